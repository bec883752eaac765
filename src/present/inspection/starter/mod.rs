//! A first `[sheets]` section of a scheme, for tables as they are. `check` takes it as it is; what a person has to
//! confirm (types, units, which column is the key) stands beside it in comments.
//!
//! Takes tables; gives TOML. Nothing in it is a secret of this module: a column is described by what [`super::guess`]
//! says of it, and named so that [`read::find_columns`] finds it again.

mod names;
mod role;

use super::guess::{self, ColumnGuess, Undecided, guesses};
use crate::clean::text::parse_id;
use crate::diagnostic::{Lang, Text};
use crate::read::{self, Table};
use crate::scheme::kind_word;
use crate::scheme::model::FieldKind;
use crate::text;
use crate::words::{by_count, how_many};
use names::{Entry, entries, quoted};
use role::Role;
use std::collections::BTreeSet;

/// Words of headers that name somebody's name.
const NAME: [&str; 6] = ["名称", "姓名", "公司", "单位", "name", "company"];

/// Collects sections.
pub struct Starter {
    lang: Lang,
    text: String,
    /// The names of the sheets so far.
    sheets: BTreeSet<String>,
    /// The names of the customers' fields, folded, and that of their key.
    customers: BTreeSet<String>,
    key: String,
}

impl Starter {
    /// Nothing yet; comments are in `lang`.
    pub fn new(lang: Lang) -> Self {
        Self {
            lang,
            text: String::new(),
            sheets: BTreeSet::new(),
            customers: BTreeSet::new(),
            key: String::new(),
        }
    }

    /// The sections as TOML.
    pub fn finish(self) -> String {
        self.text
    }

    /// Adds the section of a table.
    pub fn add(&mut self, table: &Table) {
        let columns = guesses(table);
        let entries = entries(table, &columns);
        let role = role::role_of(self, table, &columns, &entries);
        let place = table.origin.place();
        let rows = table.rows.len();
        let in_all = how_many(rows, "row");
        self.comment(&text!(
            "{place}: {in_all}. Written by `regrade inspect --starter`; confirm types, units and keys.",
            "{place}：{rows} 行。由 `regrade inspect --starter` 写出，请核对类型、单位和编号列。"
        ));
        let name = match &role {
            Role::Unclear | Role::More => {
                self.comment(&if matches!(role, Role::More) {
                    text!(
                        "it has the customers' key, so that it is read as more of `customers`; add what it has to the fields.",
                        "编号列与客户表相同，会与客户表合为一张读取；需要的列请加进客户表的 fields。"
                    )
                } else {
                    text!(
                        "no column tells whose rows these are, so there is no section for it.",
                        "没有一列能说明每行属于哪个客户，所以没有写出这一节。"
                    )
                });
                self.text.push('\n');
                return;
            }
            Role::Customers { .. } => "customers".to_owned(),
            Role::Events { .. } => role::name_for(self, table, "events"),
            Role::Lookup { .. } => role::name_for(self, table, "lookup"),
        };
        self.sheets.insert(name.clone());
        self.text += &format!("[sheets.{name}]\n");
        let of = |column: usize| entries.iter().find(|entry| entry.column == column);
        let mut taken = vec![];
        match role {
            Role::Customers { key } => {
                self.names_field("key", of(key));
                self.said_of_key(table, key, &columns[key]);
                let named = (0..columns.len()).find(|column| {
                    *column != key
                        && columns[*column].kind == Some(FieldKind::Text)
                        && guess::has_word(&table.headers[*column], &NAME)
                });
                self.names_field("name", named.and_then(of));
                taken.push(key);
                let names = entries.iter().map(|entry| read::fold_header(&entry.name));
                self.customers = names.collect();
                self.key.clone_from(&table.headers[key].folded);
            }
            Role::Events { customer, date, id } => {
                self.names_field("customer", of(customer));
                self.names_field("date", of(date));
                self.names_field("id", id.and_then(of));
                taken.extend([customer, date]);
                taken.extend(id);
            }
            Role::Lookup { key } => {
                self.text += "kind = \"lookup\"\n";
                self.names_field("key", of(key));
                self.names_field("on", of(key));
                taken.push(key);
            }
            Role::More | Role::Unclear => {}
        }
        self.allow_bad(
            table,
            &columns,
            &entries,
            taken.first().copied(),
            name == "customers",
        );
        self.fields(table, &columns, &entries, &taken);
        self.text.push('\n');
    }

    fn names_field(&mut self, key: &str, entry: Option<&Entry>) {
        if let Some(entry) = entry {
            self.text += &format!("{key} = {}\n", quoted(&entry.name));
        }
    }

    fn said_of_key(&mut self, table: &Table, key: usize, column: &ColumnGuess) {
        let rows = table.rows.len();
        let Some((row, earlier)) = column.repeated.first() else {
            let in_all = how_many(rows, "row");
            return self.comment(&text!("{in_all}, no key twice", "{rows} 行，编号没有重复"));
        };
        let number = |row: &u32| table.rows.row_number(*row as usize);
        let (one, two) = (number(earlier), number(row));
        let header = &table.headers[key].text;
        let count = column.repeated.len();
        let rows = how_many(count, "row");
        let repeat = by_count(&count, "repeats", "repeat");
        self.comment(&text!(
            "{rows} {repeat} a `{header}`, as rows {one} and {two} do",
            "`{header}` 有 {count} 行重复，如第 {one} 行和第 {two} 行"
        ));
    }

    /// The share of bad rows that the table has already, where it is above the default.
    fn allow_bad(
        &mut self,
        table: &Table,
        columns: &[ColumnGuess],
        entries: &[Entry],
        key: Option<usize>,
        is_customers: bool,
    ) {
        let mut bad: BTreeSet<u32> = entries
            .iter()
            .flat_map(|entry| columns[entry.column].refused())
            .collect();
        bad.extend(table.broken.iter().map(|broken| broken.index as u32));
        if let Some(key) = key {
            // As an id, whatever it looks like.
            let keyless =
                |row: &usize| !matches!(parse_id(table.rows.cell(*row, key)), Ok(Some(_)));
            bad.extend((0..table.rows.len()).filter(keyless).map(|row| row as u32));
            if is_customers {
                let repeated = columns[key].repeated.iter();
                bad.extend(repeated.flat_map(|(row, earlier)| [*row, *earlier]));
            }
        }
        let rows = table.rows.len();
        if bad.len() * 100 > rows {
            let share = (bad.len() * 100).div_ceil(rows);
            let count = bad.len();
            let rows = how_many(count, "row");
            let they_are = by_count(&count, "it is", "they are");
            let them = by_count(&count, "it", "them");
            self.comment(&text!(
                "{rows} cannot be used as {they_are}: mend {them}, and take this out",
                "有 {count} 行现在不能用：修好以后请去掉这一行"
            ));
            self.text += &format!("allow_bad = \"{share}%\"\n");
        }
    }

    fn fields(
        &mut self,
        table: &Table,
        columns: &[ColumnGuess],
        entries: &[Entry],
        taken: &[usize],
    ) {
        self.text += "fields = [\n";
        for (column, header) in table.headers.iter().enumerate() {
            let guess = &columns[column];
            let Some(entry) = entries.iter().find(|entry| entry.column == column) else {
                if guess.kind.is_some() {
                    let shown = if header.text.is_empty() {
                        "—"
                    } else {
                        &header.text
                    };
                    self.text += "  ";
                    self.comment(&text!(
                        "`{shown}`: no header of its own, so that no field can name it",
                        "`{shown}`：没有自己的表头，字段无法指明它"
                    ));
                }
                continue;
            };
            // What `key`, `date` and `id` name needs no entry, unless it stands under another header.
            if taken.contains(&column) && entry.alias.is_none() {
                continue;
            }
            self.field(table, entry, guess, taken.contains(&column));
        }
        self.text += "]\n";
    }

    fn field(&mut self, table: &Table, entry: &Entry, guess: &ColumnGuess, is_key: bool) {
        let header = &table.headers[entry.column];
        let kind = match &guess.kind {
            Some(FieldKind::Date | FieldKind::DateTime) if guess.undecided.is_some() => {
                FieldKind::Text
            }
            // Whose key is a text has ids all the same.
            Some(FieldKind::Text) if is_key => FieldKind::Id,
            Some(kind) => kind.clone(),
            None => return,
        };
        let mut keys = format!(
            "name = {}, type = \"{}\"",
            quoted(&entry.name),
            kind_word(&kind)
        );
        let unit = matches!(kind, FieldKind::Money(_))
            .then(|| guess::unit_of(table, header))
            .flatten();
        if let Some(unit) = &unit {
            keys += &format!(", unit = {}", quoted(&unit.to_string()));
        }
        if let Some(alias) = &entry.alias {
            keys += &format!(", headers = [{}]", quoted(alias));
        }
        let mut said = guess.examples.join(" | ");
        let mut say = |text: Text| {
            if !said.is_empty() {
                said += " · ";
            }
            said += text.get(self.lang);
        };
        if guess.blanks > 0 {
            let blanks = guess.blanks;
            say(text!("{blanks} blank", "空白 {blanks}"));
        }
        if matches!(kind, FieldKind::Money(_)) && unit.is_none() {
            say(text!(
                "add its `unit`, such as \"元\"",
                "请写上单位，如 unit = \"元\""
            ));
        }
        match &guess.undecided {
            Some(Undecided::Order(_)) => say(text!(
                "day/month or month/day? then `type = \"date\", date_order = \"dmy\"` or `\"mdy\"`",
                "日/月还是月/日？确认后改为 type = \"date\", date_order = \"dmy\"（或 \"mdy\"）"
            )),
            Some(Undecided::TwoDigits) => say(text!(
                "years of two digits: `type = \"date\", date_order = \"ymd\"`, `\"dmy\"` or `\"mdy\"`",
                "年份两位：确认后改为 type = \"date\", date_order = \"ymd\"（或 \"dmy\"、\"mdy\"）"
            )),
            None => {}
        }
        let said: String = said
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        self.text += &format!("  {{ {keys} }},  # {said}\n");
    }

    fn comment(&mut self, text: &Text) {
        let line: String = text
            .get(self.lang)
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        self.text += &format!("# {line}\n");
    }
}
