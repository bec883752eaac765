//! `regrade explain --all --shift 2%`: how firm the grades of everybody are.

use super::files::{Files, write_outputs};
use super::grade_files::Graded;
use super::output::files_of;
use super::{Exit, Format, Global, Stop, list};
use regrade::diagnostic::{Code, Finding, Lang};
use regrade::explain::distance::{Shift, Way, World};
use regrade::explain::name_of;
use regrade::grading::Grading;
use regrade::ledger::Ledger;
use regrade::present::listing::{ListCell, ListColumn, Listing};
use regrade::present::table::{ColumnKind, ColumnRole};
use regrade::present::workbook;
use regrade::table::Decimal;
use regrade::text;
use std::io;
use std::path::Path;

/// The share that values shift by: `2%`, `0.02`.
pub fn share(text: &str) -> Result<Decimal, Stop> {
    let (number, parts) = match text.trim().strip_suffix(['%', '％']) {
        Some(number) => (number.trim(), Decimal::HUNDRED),
        None => (text.trim(), Decimal::ONE),
    };
    let share = Decimal::parse(number).and_then(|number| number.checked_div(parts));
    let fits = |share: &Decimal| *share > Decimal::ZERO && *share < Decimal::ONE;
    share.filter(fits).ok_or_else(|| {
        let finding = Finding::error(
            Code::Usage,
            text!(
                "`{text}` is no share that values can shift by",
                "`{text}` 不是可用的增减比例"
            ),
        );
        Stop::usage(finding.help(text!(
            "write a share above 0% and below 100%, such as `--shift 2%`",
            "请写大于 0%、小于 100% 的比例，如 `--shift 2%`"
        )))
    })
}

/// Writes how many grades change.
pub fn run(
    by: Decimal,
    global: &Global,
    gather: impl FnOnce(&[&Path]) -> Result<(Graded, Option<Ledger>), Stop>,
) -> Result<Exit, Stop> {
    if global.role.is_some() {
        let finding = Finding::error(
            Code::NotForRole,
            text!(
                "how firm grades are is told of all customers together, which is for no role",
                "等级稳固程度按全体客户计算，不能用于任何角色"
            ),
        );
        return Err(Stop::usage(finding.help(text!(
            "leave `--role` out, or name a customer",
            "请去掉 `--role`，或指定客户"
        ))));
    }
    let outputs = list::targets_with_workbook(global)?;
    let (graded, _) = gather(&files_of(&outputs))?;
    let grading = &graded.grading;
    let lang = global.lang.map_or(grading.scheme.language, Lang::from);
    let shifts = World::new(grading).shifts(by);
    let rows = || {
        let rows = shifts.iter();
        rows.map(|shift| cells(grading, shift, by, lang)).collect()
    };
    let mut files = Files::default();
    let reader = write_outputs(&outputs, &mut files, |output, out| {
        let listing = if list::is_keyed(output) {
            Listing::keyed(&columns(), rows())
        } else {
            Listing::new(lang, &columns(), rows())
        };
        if output.format == Format::Xlsx {
            let as_of = grading.book.as_of;
            return out.workbook(output, |out| {
                workbook::write_shifts(&listing, as_of, out).map_err(io::Error::other)
            });
        }
        let width = list::width_in(&out);
        out.text(|out| list::render(output, &listing, width, out))
    })?;
    files.commit()?;
    reader.end()?;
    Ok(Exit::Done)
}

fn columns() -> [ListColumn; 6] {
    let text = ColumnKind::Text;
    let count = ColumnKind::Number { places: 0 };
    [
        ListColumn::new("value", text!("Value", "值"), text, ColumnRole::Key),
        ListColumn::new("shift", text!("Shift", "增减"), text, ColumnRole::Name),
        ListColumn::new("better", text!("Up", "升级"), count, ColumnRole::Input),
        ListColumn::new("worse", text!("Down", "降级"), count, ColumnRole::Input),
        ListColumn::new(
            "changed",
            text!("Changed", "合计变动"),
            count,
            ColumnRole::Input,
        ),
        ListColumn::new(
            "customers",
            text!("Customers", "客户数"),
            count,
            ColumnRole::Input,
        ),
    ]
}

fn cells(grading: &Grading, shift: &Shift, by: Decimal, lang: Lang) -> Vec<ListCell> {
    let all = text!("all together", "全部同时");
    let name = match shift.slot {
        Some(slot) => ListCell::text(name_of(&grading.scheme, slot, lang).to_string()),
        None => ListCell::Word("all", all),
    };
    let percent = by.checked_mul(Decimal::HUNDRED).unwrap_or(by);
    let sign = match shift.way {
        Way::Less => '-',
        _ => '+',
    };
    vec![
        name,
        ListCell::text(format!("{sign}{percent}%")),
        ListCell::count(shift.better),
        ListCell::count(shift.worse),
        ListCell::count(shift.better + shift.worse),
        ListCell::count(grading.len()),
    ]
}
