//! `--grid "grades.A.when=score >= {70..90:5}"`: one value of a scheme written several ways.
//!
//! Takes what was written and gives the assignments of [`super::set`], one for each way: a list `{a, b, c}` of texts as
//! they stand, or a range `{from..to:step}` of exact numbers, which may all have the same unit behind them
//! (`{10%..30%:5%}`, `{50万..100万:10万}`). A range has its first number and every step after it up to the last one; the
//! step is 1 where none is written.

use crate::diagnostic::{Code, Finding, Text};
use crate::expr::fold;
use crate::table::Decimal;
use crate::text;

/// How many schemes a grid may have.
pub const MOST_CELLS: usize = 400;
/// How many values may be written several ways: what has more than two sides is no table.
pub const MOST_VALUES: usize = 2;

/// One value of a scheme, and the ways in which it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridValue {
    /// Where it stands in the scheme.
    path: String,
    /// What stands before the part that changes, and behind it.
    around: (String, String),
    /// What stands in between, in the order in which it was written.
    ways: Vec<String>,
}

impl GridValue {
    /// Reads one `--grid`.
    pub fn parse(written: &str) -> Result<Self, Finding> {
        let Some((path, value)) = written.split_once('=') else {
            return Err(bad(written, text!("there is no `=` in it", "其中缺少 `=`")));
        };
        let (path, value) = (path.trim(), value.trim());
        let braces = value.matches('{').count();
        if braces == 0 || path.contains(['{', '}']) {
            return Err(bad(
                written,
                text!(
                    "nothing in its value stands in braces",
                    "其中的值没有花括号部分"
                ),
            ));
        }
        if braces > 1 || value.matches('}').count() != 1 {
            return Err(bad(
                written,
                text!(
                    "one value is written several ways by one pair of braces",
                    "一个值只能有一对花括号"
                ),
            ));
        }
        let around = value.split_once('{');
        let Some((before, (inside, after))) =
            around.and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        else {
            return Err(bad(
                written,
                text!("its braces stand the wrong way round", "花括号的次序不对"),
            ));
        };
        // The range of a full-width keyboard: `{０．．９０：３０}`.
        let folded: String = inside.chars().map(fold).collect();
        let ways = match folded.split_once("..") {
            Some((from, rest)) => range(written, from, rest)?,
            None => list(written, inside)?,
        };
        if ways.len() < 2 {
            let only = ways.first().map_or("", String::as_str);
            return Err(bad(
                written,
                text!(
                    "it has only one way, `{only}`: `--set` changes a value once",
                    "只有一种写法 `{only}`：只改一次请用 `--set`"
                ),
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            around: (before.to_owned(), after.to_owned()),
            ways,
        })
    }

    /// What the value is called over a table: its path, and what stands around the part that changes.
    pub fn name(&self) -> String {
        let (before, after) = &self.around;
        if before.is_empty() && after.is_empty() {
            return self.path.clone();
        }
        format!("{} = {before}…{after}", self.path)
    }

    /// The ways in which it is written.
    pub fn ways(&self) -> &[String] {
        &self.ways
    }

    /// What `--set` takes for one of them.
    pub fn assignment(&self, way: usize) -> String {
        let (before, after) = &self.around;
        format!("{}={before}{}{after}", self.path, self.ways[way])
    }
}

/// The values of a grid, which may not be too many.
pub fn values(written: &[String]) -> Result<Vec<GridValue>, Finding> {
    let values = written.iter().map(|written| GridValue::parse(written));
    let values = values.collect::<Result<Vec<_>, _>>()?;
    let grid = || written.join(" --grid ");
    if values.len() > MOST_VALUES {
        return Err(bad(
            &grid(),
            text!("a grid has two values at most", "一个网格最多有两个值"),
        ));
    }
    if let [one, other] = &values[..]
        && one.path == other.path
    {
        let path = &one.path;
        return Err(bad(
            &grid(),
            text!(
                "both are of `{path}`, and one would write over the other",
                "两个都是 `{path}`，后一个会盖掉前一个"
            ),
        ));
    }
    let cells: usize = values.iter().map(|value| value.ways.len()).product();
    if cells > MOST_CELLS {
        return Err(too_many(&grid(), &cells.to_string()));
    }
    Ok(values)
}

/// `a, b, c`: texts as they stand, each once.
fn list(written: &str, inside: &str) -> Result<Vec<String>, Finding> {
    let mut ways: Vec<String> = vec![];
    for item in inside.split([',', '，']).map(str::trim) {
        if item.is_empty() {
            return Err(bad(
                written,
                text!("a way of it is blank", "有一种写法是空的"),
            ));
        }
        if ways.iter().any(|known| known == item) {
            return Err(bad(
                written,
                text!("`{item}` stands there twice", "`{item}` 写了两次"),
            ));
        }
        ways.push(item.to_owned());
    }
    Ok(ways)
}

/// `from..to:step`.
fn range(written: &str, from: &str, rest: &str) -> Result<Vec<String>, Finding> {
    let (to, step) = match rest.split_once([':', '：']) {
        Some((to, step)) => (to, Some(step)),
        None => (rest, None),
    };
    let (first, unit) = number(written, from)?;
    let (last, unit_of_last) = number(written, to)?;
    let (step, unit_of_step) = match step {
        Some(step) => number(written, step)?,
        None => (Decimal::ONE, unit),
    };
    if unit != unit_of_last || unit != unit_of_step {
        return Err(bad(
            written,
            text!(
                "first, last and step of a range have the same unit, as in `{{10%..30%:5%}}`",
                "起、止、步长的单位要相同，如 `{{10%..30%:5%}}`"
            ),
        ));
    }
    if step <= Decimal::ZERO || first > last {
        return Err(bad(
            written,
            text!(
                "a range goes up: `{{70..90:5}}`",
                "范围要从小到大：`{{70..90:5}}`"
            ),
        ));
    }
    let (first, last) = (first.millionths(), last.millionths());
    let step = step.millionths();
    let count = (i128::from(last) - i128::from(first)) / i128::from(step) + 1;
    if count > MOST_CELLS as i128 {
        return Err(too_many(written, &count.to_string()));
    }
    let way = |index: i128| {
        let millionths = i128::from(first) + index * i128::from(step);
        let number = Decimal::from_wide(millionths).unwrap_or_default();
        format!("{number}{unit}")
    };
    Ok((0..count).map(way).collect())
}

/// A number and the unit behind it.
fn number<'a>(written: &str, part: &'a str) -> Result<(Decimal, &'a str), Finding> {
    let part = part.trim();
    let is_of_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+');
    let end = part.find(|c| !is_of_number(c)).unwrap_or(part.len());
    let (digits, unit) = part.split_at(end);
    let is_unit = !unit.contains(|c: char| c.is_ascii_digit() || c == '.' || c == ':');
    let number = Decimal::parse(digits).filter(|_| is_unit);
    number
        .map(|number| (number, unit.trim()))
        .ok_or_else(|| bad(written, text!("`{part}` is no number", "`{part}` 不是数字")))
}

fn bad(written: &str, why: Text) -> Finding {
    let Text { en, zh } = why;
    Finding::error(
        Code::BadGrid,
        text!("`--grid {written}`: {en}", "`--grid {written}`：{zh}"),
    )
    .help(text!(
        "write `--grid 'grades.A.when=score >= {{70..90:5}}'` or `--grid 'dimensions.价值.weight={{20, 30, 40}}'`, twice at \
         most",
        "请写 `--grid 'grades.A.when=score >= {{70..90:5}}'` 或 `--grid 'dimensions.价值.weight={{20, 30, 40}}'`，最多写两次"
    ))
}

fn too_many(written: &str, count: &str) -> Finding {
    Finding::error(
        Code::BadGrid,
        text!(
            "`--grid {written}`: {count} schemes are too many, {MOST_CELLS} are the most",
            "`--grid {written}`：共 {count} 个方案，太多了，最多 {MOST_CELLS} 个"
        ),
    )
    .help(text!(
        "take larger steps first, then smaller ones where it matters",
        "先用大的步长，再在要紧的地方用小的步长"
    ))
}

#[cfg(test)]
mod tests {
    use super::{GridValue, values};

    fn ways(written: &str) -> Vec<String> {
        let value = GridValue::parse(written).unwrap();
        (0..value.ways().len())
            .map(|way| value.assignment(way))
            .collect()
    }

    #[test]
    fn a_range_has_its_ends_and_exact_steps() {
        for (written, expected) in [
            (
                "grades.A.when=score >= {０..９０：３０}",
                &[
                    "grades.A.when=score >= 0",
                    "grades.A.when=score >= 30",
                    "grades.A.when=score >= 60",
                    "grades.A.when=score >= 90",
                ][..],
            ),
            (
                "grades.A.when=score >= {70..80:5}",
                &[
                    "grades.A.when=score >= 70",
                    "grades.A.when=score >= 75",
                    "grades.A.when=score >= 80",
                ][..],
            ),
            (
                "dimensions.价值.weight = {0.1..0.35:0.1}",
                &[
                    "dimensions.价值.weight=0.1",
                    "dimensions.价值.weight=0.2",
                    "dimensions.价值.weight=0.3",
                ],
            ),
            (
                "grades.A.top={10%..20%:5%}",
                &["grades.A.top=10%", "grades.A.top=15%", "grades.A.top=20%"],
            ),
            (
                "grades.甲.when=年采购额 >= {-1万..1万 : 1万} and x > 1",
                &[
                    "grades.甲.when=年采购额 >= -1万 and x > 1",
                    "grades.甲.when=年采购额 >= 0万 and x > 1",
                    "grades.甲.when=年采购额 >= 1万 and x > 1",
                ],
            ),
            (
                "movement.grace={1..3}",
                &["movement.grace=1", "movement.grace=2", "movement.grace=3"],
            ),
            (
                "scheme.missing={unrated，reweight}",
                &["scheme.missing=unrated", "scheme.missing=reweight"],
            ),
        ] {
            assert_eq!(ways(written), expected, "{written}");
        }
    }

    #[test]
    fn what_is_no_grid_is_refused_with_the_reason() {
        for (written, told) in [
            ("grades.A.when", "there is no `=`"),
            ("grades.A.when=score >= 70", "stands in braces"),
            ("grades.{A,B}.when=score", "stands in braces"),
            ("a.b={1,2} and {3,4}", "one pair of braces"),
            ("a.b={1,2}}", "one pair of braces"),
            ("a.b=}1,2{", "the wrong way round"),
            ("a.b={7}", "only one way, `7`"),
            ("a.b={70..74:5}", "only one way, `70`"),
            ("a.b={1,,2}", "is blank"),
            ("a.b={1, 1}", "`1` stands there twice"),
            ("a.b={x..9}", "`x` is no number"),
            ("a.b={1..}", "`` is no number"),
            ("a.b={1..9:2%}", "the same unit"),
            ("a.b={9..1:2}", "a range goes up"),
            ("a.b={1..9:0}", "a range goes up"),
            ("a.b={1..9:-1}", "a range goes up"),
            ("a.b={0..1:0.000001}", "1000001 schemes are too many"),
        ] {
            let finding = GridValue::parse(written).unwrap_err();
            assert!(finding.title.en.contains(told), "{}", finding.title.en);
        }
    }

    #[test]
    fn a_grid_has_two_values_and_so_many_cells_at_most() {
        let grid = |written: &[&str]| {
            let written: Vec<String> = written.iter().map(|text| (*text).to_owned()).collect();
            values(&written).map_err(|finding| finding.title.en)
        };
        assert_eq!(grid(&["a.b={1..20}", "a.c={1..20}"]).unwrap().len(), 2);
        for (written, told) in [
            (&["a.b={1,2}", "a.c={1,2}", "a.d={1,2}"][..], "two values"),
            (&["a.b={1,2}", "a.b={3,4}"], "write over the other"),
            (&["a.b={1..20}", "a.c={1..21}"], "420 schemes"),
        ] {
            let said = grid(written).unwrap_err();
            assert!(said.contains(told), "{said}");
        }
    }
}
