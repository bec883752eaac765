//! Numbers, money and per cent as people and spreadsheets write them: `1,200`, `￥120`, `120万元`, `（1,234）`, `12.5%`.
//!
//! Takes a cell and what field and header say of it ([`NumberRule`]); gives an exact amount in the field's unit. The
//! cell's unit beats the header's, the header's beats the field's; 万 and the like alone are multipliers. A form that
//! could mean two things is refused.

mod exact;
mod written;

use super::fault::{CellFault, Read};
use super::text::{fold, is_blank, trim, unreadable};
use crate::table::unit::split_multiplier;
use crate::table::{Cell, Decimal, Unit};
use exact::{Factor, millionths_of_double, plain, scaled};
use written::{Written, written};

/// What kind of number a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NumberKind {
    /// A plain number.
    Number,
    /// A share: 20% is 0.2.
    Percent,
    /// Money.
    Money,
}

/// What field and header say of a column of numbers.
#[derive(Clone, PartialEq, Debug)]
pub struct NumberRule {
    /// The field's type.
    pub kind: NumberKind,
    /// The unit of the field; amounts come back in it.
    pub field_unit: Option<Unit>,
    /// The unit of bare numbers in this column, from its header or, for money, a line such as `单位：万元` above it.
    pub header_unit: Option<Unit>,
    /// Whether the header says %, so that a bare number is a percentage.
    pub header_percent: bool,
    /// Places that numbers are rounded to (0 to 6); absent: 6.
    pub scale: Option<u32>,
}

/// A number as read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Amount {
    /// The value, of money in the field's unit.
    pub value: Decimal,
    /// Whether the cell names a unit of another scale than the one in force. The value follows the cell.
    pub unit_conflict: bool,
}

/// Reads one cell. For many cells of a column make a [`NumberReader`] once.
pub fn parse_number(cell: Cell<'_>, rule: &NumberRule) -> Read<Amount> {
    NumberReader::new(rule).read(cell)
}

/// Reads the cells of one column.
#[derive(Clone, Debug)]
pub struct NumberReader {
    kind: NumberKind,
    /// What amounts come back in.
    target: Unit,
    /// What bare numbers are in.
    bare_unit: Unit,
    /// What turns a bare number into the target; `None` if their currencies differ.
    bare: Option<Factor>,
    header_percent: bool,
    places: u32,
}

impl NumberReader {
    /// A reader for a column of this rule.
    pub fn new(rule: &NumberRule) -> Self {
        // A plain number's field has no unit; a header such as `销量（万）` is what its multipliers are measured in.
        let field_unit = if rule.kind == NumberKind::Money {
            rule.field_unit.as_ref()
        } else {
            None
        };
        let target = field_unit
            .or(rule.header_unit.as_ref())
            .cloned()
            .unwrap_or_else(Unit::yuan);
        let bare_unit = rule.header_unit.clone().unwrap_or_else(|| target.clone());
        let bare = match rule.kind {
            NumberKind::Percent if rule.header_percent => Some(Factor::HUNDREDTH),
            NumberKind::Percent | NumberKind::Number => Some(Factor::ONE),
            NumberKind::Money => same_currency(&bare_unit.currency, &target.currency)
                .then(|| Factor::between(bare_unit.scale, target.scale)),
        };
        let places = rule.scale.unwrap_or(6).min(6);
        Self {
            kind: rule.kind,
            target,
            bare_unit,
            bare,
            header_percent: rule.header_percent,
            places,
        }
    }

    /// Header and field if their units are of different currencies, so that no bare number can be read.
    pub fn clash(&self) -> Option<(&Unit, &Unit)> {
        self.bare
            .is_none()
            .then_some((&self.bare_unit, &self.target))
    }

    /// Reads one cell.
    pub fn read(&self, cell: Cell<'_>) -> Read<Amount> {
        let Some((millionths, unit_conflict)) = self.read_millionths(cell)? else {
            return Ok(None);
        };
        let value = Decimal::from_millionths(millionths).ok_or(CellFault::TooLarge)?;
        Ok(Some(Amount {
            value,
            unit_conflict,
        }))
    }

    /// Reads what nearly all cells of a text file are, plain digits, where the column takes them as they stand; the same
    /// as [`Self::read_millionths`].
    #[inline]
    pub(super) fn usual<'a>(&self) -> impl Fn(Cell<'a>) -> Option<i64> + use<'a> {
        let as_it_stands = self.takes_as_it_stands();
        move |cell| match cell {
            Cell::Text(text) if as_it_stands => plain(text.as_bytes()),
            _ => None,
        }
    }

    /// Whether a bare number of six places is the amount.
    #[inline]
    fn takes_as_it_stands(&self) -> bool {
        self.bare == Some(Factor::ONE) && self.places == 6
    }

    /// Reads one cell: millionths, and whether its unit is in conflict.
    #[inline]
    pub(super) fn read_millionths(&self, cell: Cell<'_>) -> Read<(i64, bool)> {
        match cell {
            Cell::Blank => Ok(None),
            Cell::Text(text) => match plain(text.as_bytes()) {
                Some(millionths) => self.bare_millionths(millionths),
                None => self.read_text(text),
            },
            Cell::Number(value) => match millionths_of_double(value) {
                Some(millionths) => self.bare_millionths(millionths),
                None => self.inexact(value, self.bare),
            },
            Cell::Percent(_) if self.kind == NumberKind::Money => Err(CellFault::PercentInMoney),
            // The workbook shows a per cent sign, so the number is the fraction whatever the header says.
            Cell::Percent(value) => {
                let conflict = self.mixes_percent();
                self.inexact(value, Some(Factor::ONE))
                    .map(|read| read.map(|(value, _)| (value, conflict)))
            }
            Cell::Date(_) => Err(CellFault::DateFormat),
            Cell::Bool(_) => Err(CellFault::NotANumber),
            Cell::Error(error) => CellFault::of_error(error),
        }
    }

    /// A bare number that has at most six places.
    #[inline]
    fn bare_millionths(&self, millionths: i64) -> Read<(i64, bool)> {
        if self.takes_as_it_stands() {
            return Ok(Some((millionths, false)));
        }
        let number = Written {
            negative: millionths < 0,
            mantissa: u128::from(millionths.unsigned_abs()),
            exponent: -6,
            ..Written::default()
        };
        self.finish(
            &number,
            self.bare
                .ok_or_else(|| self.foreign(&self.bare_unit.to_string()))?,
            false,
        )
    }

    /// A number whose shortest decimal form has more places than are kept, or is very large.
    fn inexact(&self, value: f64, factor: Option<Factor>) -> Read<(i64, bool)> {
        let text = format!("{value}");
        let number = written(&text).ok_or(CellFault::NotANumber)?;
        self.finish(
            &number,
            factor.ok_or_else(|| self.foreign(&self.bare_unit.to_string()))?,
            false,
        )
    }

    fn read_text(&self, text: &str) -> Read<(i64, bool)> {
        if is_blank(text) {
            return Ok(None);
        }
        let folded = fold(trim(text));
        let Some(number) = written(&folded) else {
            return unreadable(text, CellFault::NotANumber);
        };
        let (factor, conflict) = match self.kind {
            _ if number.percent => self.percent(&number)?,
            NumberKind::Money => self.money(&number)?,
            NumberKind::Number => self.multiplied(&number)?,
            NumberKind::Percent if number.has_unit() => return Err(CellFault::NotANumber),
            NumberKind::Percent => (self.bare.unwrap_or(Factor::ONE), false),
        };
        self.finish(&number, factor, conflict)
    }

    fn percent(&self, number: &Written<'_>) -> Result<(Factor, bool), CellFault> {
        match self.kind {
            _ if number.has_unit() => Err(CellFault::NotANumber),
            NumberKind::Money => Err(CellFault::PercentInMoney),
            NumberKind::Number | NumberKind::Percent => {
                Ok((Factor::HUNDREDTH, self.mixes_percent()))
            }
        }
    }

    /// A plain number is what it says, so that under a % header `20%` is 0.2 beside a bare 20: worth a warning.
    fn mixes_percent(&self) -> bool {
        self.kind == NumberKind::Number && self.header_percent
    }

    /// A plain number takes multipliers (`120万`), no units and no counting words.
    fn multiplied(&self, number: &Written<'_>) -> Result<(Factor, bool), CellFault> {
        if !number.has_unit() {
            return Ok((Factor::ONE, false));
        }
        let (scale, word) = split_multiplier(number.after);
        if word.is_empty() && number.before.is_empty() {
            return Ok((Factor::between(scale, self.bare_unit.scale), false));
        }
        let unit = if number.before.is_empty() {
            number.after
        } else {
            number.before
        };
        if Unit::is_well_known(unit) && !split_multiplier(unit).1.is_empty() {
            Err(CellFault::UnitOnNumber {
                unit: unit.to_owned(),
            })
        } else {
            Err(CellFault::NotANumber)
        }
    }

    fn money(&self, number: &Written<'_>) -> Result<(Factor, bool), CellFault> {
        if !number.has_unit() {
            return match self.bare {
                Some(factor) => Ok((factor, false)),
                None => Err(self.foreign(&self.bare_unit.to_string())),
            };
        }
        let unit = |text: &str| {
            if *text == *self.target.currency {
                return Ok(Unit {
                    scale: 1,
                    ..self.target.clone()
                });
            }
            Unit::parse(text).ok_or(CellFault::NotANumber)
        };
        // Before the number stands a currency (`￥`, `RMB`), after it a multiplier, a currency or both.
        let (scale, word) = split_multiplier(number.after);
        let named = match (number.before.is_empty(), word.is_empty()) {
            (true, true) => None,
            (true, false) => Some(unit(word)?),
            (false, after_is_bare) => {
                // `约100` and `共100` name no currency; `US$` and codes of currencies have a letter of ASCII in them.
                let known = Unit::is_well_known(number.before)
                    || number.before.contains(|c: char| c.is_ascii())
                    || *number.before == *self.target.currency;
                let before = unit(number.before).ok().filter(|_| known);
                let before = before.ok_or(CellFault::NotANumber)?;
                let agree = after_is_bare || same_currency(&before.currency, &unit(word)?.currency);
                if before.scale != 1 || !agree {
                    return Err(CellFault::NotANumber);
                }
                Some(before)
            }
        };
        if named.as_ref().is_some_and(|unit| unit.scale != 1) {
            return Err(CellFault::NotANumber);
        }
        let currency = named
            .as_ref()
            .map_or(&self.bare_unit.currency, |unit| &unit.currency);
        if !same_currency(currency, &self.target.currency) {
            return Err(self.foreign(
                &Unit {
                    currency: currency.clone(),
                    scale,
                }
                .to_string(),
            ));
        }
        Ok((
            Factor::between(scale, self.target.scale),
            named.is_some() && scale != self.bare_unit.scale,
        ))
    }

    fn foreign(&self, unit: &str) -> CellFault {
        CellFault::UnknownUnit {
            unit: unit.to_owned(),
            expected: self.target.to_string(),
        }
    }

    /// `number` times `factor`, rounded once, half away from zero.
    fn finish(&self, number: &Written<'_>, factor: Factor, conflict: bool) -> Read<(i64, bool)> {
        let magnitude = scaled(number.mantissa, number.exponent, factor, self.places)
            .ok_or(CellFault::TooLarge)?;
        let millionths = if number.negative {
            -magnitude
        } else {
            magnitude
        };
        Decimal::from_millionths(millionths).ok_or(CellFault::TooLarge)?;
        Ok(Some((millionths, conflict)))
    }
}

/// Whether two currencies are one, whatever they are called.
fn same_currency(one: &str, other: &str) -> bool {
    const NAMES: [&[&str]; 6] = [
        &["美元", "美金", "USD", "US$", "$"],
        &["欧元", "EUR", "€"],
        &["日元", "JPY"],
        &["港元", "港币", "HKD", "HK$"],
        &["英镑", "GBP", "£"],
        &["新台币", "台币", "TWD", "NT$"],
    ];
    one.eq_ignore_ascii_case(other)
        || NAMES.iter().any(|names| {
            [one, other]
                .iter()
                .all(|wanted| names.iter().any(|name| name.eq_ignore_ascii_case(wanted)))
        })
}

#[cfg(test)]
mod tests;
