//! What a table is to a scheme, by its headers and by which of its columns repeat: the customers, something that happened
//! to them, or a table to look things up in.

use super::super::guess::{self, ColumnGuess};
use super::Starter;
use crate::read::Table;
use crate::scheme::model::FieldKind;

/// Words of headers that name a customer.
const CUSTOMER: [&str; 12] = [
    "客户", "会员", "用户", "顾客", "买家", "商户", "customer", "client", "member", "user",
    "account", "cust",
];
/// Words of headers that name a day.
const DAY: [&str; 4] = ["日期", "时间", "date", "time"];
/// What sheets of events are called, by words of the file's or worksheet's name.
const EVENTS: [(&str, &str); 13] = [
    ("订单", "orders"),
    ("order", "orders"),
    ("销售", "sales"),
    ("工单", "tickets"),
    ("投诉", "complaints"),
    ("回访", "visits"),
    ("拜访", "visits"),
    ("回款", "payments"),
    ("付款", "payments"),
    ("交易", "transactions"),
    ("流水", "transactions"),
    ("消费", "purchases"),
    ("采购", "purchases"),
];

/// What a table is to the scheme; columns by index.
pub(super) enum Role {
    Customers {
        key: usize,
    },
    Events {
        customer: usize,
        date: usize,
        id: Option<usize>,
    },
    Lookup {
        key: usize,
    },
    Unclear,
    /// More of the customers' sheet.
    More,
}

/// What the table is, beside the sections that `starter` has already.
pub(super) fn role_of(starter: &Starter, table: &Table, columns: &[ColumnGuess]) -> Role {
    let all = 0..columns.len();
    let is = |column: usize, kind: FieldKind| columns[column].kind == Some(kind);
    let word = |column: usize, words: &[&str]| guess::has_word(&table.headers[column], words);
    let named = |column: &usize| !table.headers[*column].text.is_empty();
    let ids: Vec<usize> = all
        .clone()
        .filter(|c| is(*c, FieldKind::Id))
        .filter(named)
        .collect();
    let texts: Vec<usize> = all
        .clone()
        .filter(|c| is(*c, FieldKind::Text))
        .filter(named)
        .collect();
    let unique =
        |column: &usize| columns[*column].repeated.is_empty() && columns[*column].blanks == 0;
    let of_customer = |column: &usize| word(*column, &CUSTOMER);
    let dates: Vec<usize> = all
        .filter(|c| is(*c, FieldKind::Date) || is(*c, FieldKind::DateTime))
        .filter(|c| columns[*c].undecided.is_none() && columns[*c].blanks == 0)
        .filter(named)
        .collect();
    let date = dates.iter().find(|c| word(**c, &DAY)).or(dates.first());
    let customer = ids
        .iter()
        .find(|c| of_customer(c))
        .or_else(|| texts.iter().find(|c| of_customer(c)))
        .or_else(|| ids.iter().find(|c| !unique(c)));
    if let (Some(customer), Some(date)) = (customer, date)
        && !columns[*customer].repeated.is_empty()
    {
        let mut others = ids.iter().filter(|c| *c != customer && unique(c));
        return Role::Events {
            customer: *customer,
            date: *date,
            id: others.next().copied(),
        };
    }
    let key = ids
        .iter()
        .find(|c| of_customer(c) && unique(c))
        .or_else(|| ids.iter().find(|c| unique(c)))
        .or_else(|| ids.iter().find(|c| of_customer(c)))
        .or_else(|| texts.iter().find(|c| of_customer(c) && unique(c)))
        .or_else(|| texts.iter().find(|c| unique(c)));
    match key {
        Some(key) if !starter.sheets.contains("customers") => Role::Customers { key: *key },
        Some(key) if table.headers[*key].folded == starter.key => Role::More,
        Some(key) if starter.customers.contains(&table.headers[*key].folded) => {
            Role::Lookup { key: *key }
        }
        _ => Role::Unclear,
    }
}

/// A name for a sheet that no other has, from its file's. Keys of TOML are ASCII.
pub(super) fn name_for(starter: &Starter, table: &Table, default: &str) -> String {
    let origin = &table.origin;
    let file = origin.file.rsplit(['/', '\\']).next().unwrap_or_default();
    let file = file.split('.').next().unwrap_or_default().to_lowercase();
    let worksheet = origin.worksheet.as_deref().unwrap_or_default();
    let known = EVENTS
        .iter()
        .find(|(word, _)| file.contains(word) || worksheet.contains(word));
    let plain: String = file
        .chars()
        .filter(|c| c.is_ascii_alphabetic() || *c == '_')
        .collect();
    let base = match known {
        Some((_, name)) => (*name).to_owned(),
        None if plain.is_empty() || plain == "customers" => default.to_owned(),
        None => plain,
    };
    let numbered = (2..).map(|number| format!("{base}{number}"));
    let mut names = std::iter::once(base.clone()).chain(numbered);
    names
        .find(|name| !starter.sheets.contains(name))
        .unwrap_or(base)
}
