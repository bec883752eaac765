//! The levels of a list, and the number that each condition compares one value with.

use crate::expr::{self, Bound, Comparison, fold};
use crate::scheme::Scheme;
use crate::scheme::model::{Band, Expression, GradeRule};
use crate::table::Decimal;
use std::sync::Arc;

/// The levels of a list, best first.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// Where the list is in the scheme, for `--set`: `grades`, `dimensions.价值贡献.bands`.
    pub path: String,
    /// The levels.
    pub levels: Vec<Level>,
}

/// A grade, or a band of a dimension.
#[derive(Clone, Debug)]
pub struct Level {
    /// Its name or label.
    pub name: Arc<str>,
    /// Its condition; `None` is otherwise.
    pub when: Option<Expression>,
    /// Whether it is given by rank: its share is in the scheme already.
    pub is_ranked: bool,
    /// With movement: lost only below this.
    pub keep: Option<Expression>,
}

/// A condition that compares one value with one number.
#[derive(Clone, Debug)]
pub struct Threshold {
    /// The value.
    pub value: Bound,
    /// How it is compared: `>= > <= <`, the value on the left.
    pub comparison: Comparison,
    /// The condition before the number, and behind it with the number's unit: `年采购额 >= ` and `万`.
    around: (String, String),
    /// What is written for a value: the value times the first, by the second.
    written: (i128, i128),
}

/// Why a condition has no number to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoThreshold {
    /// It takes everybody who is left.
    Otherwise,
    /// It goes by rank.
    Ranked,
    /// It is not one value against one number.
    NotOneNumber,
}

impl Ladder {
    /// The grades of a scheme.
    pub fn grades(scheme: &Scheme) -> Self {
        let level = |grade: &crate::scheme::model::Grade| Level {
            name: grade.name.clone(),
            when: match &grade.rule {
                GradeRule::When(when) => when.clone(),
                GradeRule::Top(_) => None,
            },
            is_ranked: matches!(grade.rule, GradeRule::Top(_)),
            keep: grade.keep.clone(),
        };
        Self {
            path: "grades".to_owned(),
            levels: scheme.grades.iter().map(level).collect(),
        }
    }

    /// The bands of a dimension; `None` if the scheme has none of the name.
    pub fn bands(scheme: &Scheme, name: &str) -> Option<Self> {
        let mut dimensions = scheme.dimensions.iter();
        let place = dimensions.position(|known| *known.name == *name)?;
        let bands = scheme.dimensions[place].rule.bands();
        let level = |band: &Band| Level {
            name: band.label.clone().unwrap_or_default(),
            when: band.when.clone(),
            is_ranked: false,
            keep: None,
        };
        Some(Self {
            path: format!("dimensions.{}.bands", step(name, place)),
            levels: bands.iter().map(level).collect(),
        })
    }

    /// Where the condition of a level is, for `--set`.
    pub fn path_of(&self, level: usize) -> String {
        let own = &self.levels[level].name;
        let is_only = self
            .levels
            .iter()
            .filter(|other| other.name == *own)
            .count()
            == 1;
        let name = if is_only {
            step(own, level)
        } else {
            (level + 1).to_string()
        };
        format!("{}.{name}.when", self.path)
    }
}

/// An entry of a list in a path: its name, or its number from 1 where the name would not be read as one step.
fn step(name: &str, place: usize) -> String {
    let is_plain = !name.is_empty() && name.trim() == name && !name.contains(['.', '=']);
    if is_plain {
        name.to_owned()
    } else {
        (place + 1).to_string()
    }
}

impl Level {
    /// What its condition compares with which number.
    pub fn threshold(&self) -> Result<Threshold, NoThreshold> {
        if self.is_ranked {
            return Err(NoThreshold::Ranked);
        }
        let when = self.when.as_ref().ok_or(NoThreshold::Otherwise)?;
        Threshold::of(when).ok_or(NoThreshold::NotOneNumber)
    }
}

impl Threshold {
    /// Of a condition such as `score >= 80`, `100万 <= 年采购额`.
    fn of(when: &Expression) -> Option<Self> {
        let found = expr::Threshold::of(&when.bound)?;
        let span = found.span;
        // As the lexer reads it: `１００万` is a number too.
        let text: String = when.part(span.clone())?.chars().map(fold).collect();
        let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || "-+. ".contains(c));
        let digits = Decimal::parse(text[..text.len() - unit.len()].trim())?;
        let (before, after) = (&when.text[..span.start], &when.text[span.end..]);
        let is_bare = found.literal == Decimal::ZERO;
        Some(Self {
            value: found.value.clone(),
            comparison: found.comparison,
            around: (
                before.to_owned(),
                // Of nothing nobody sees what a unit stands for; a bare number has that of the value.
                format!("{}{after}", if is_bare { "" } else { unit }),
            ),
            written: if is_bare {
                (1, 1)
            } else {
                let digits = i128::from(digits.millionths());
                // Both have the sign of the number.
                let literal = i128::from(found.literal.millionths());
                ((i128::from(found.scale) * digits).abs(), literal.abs())
            },
        })
    }

    /// Of `value >= number`, where there is no number yet.
    pub fn at_least(value: &Expression) -> Self {
        Self {
            value: value.bound.clone(),
            comparison: Comparison::GreaterEqual,
            around: (format!("{} >= ", value.text.trim()), String::new()),
            written: (1, 1),
        }
    }

    /// The condition with another number; `None` where that cannot be written in its unit.
    pub fn with(&self, number: Decimal) -> Option<String> {
        // A number with many digits in a small unit may be beyond 128 bits on the way.
        let written = i128::from(number.millionths()).checked_mul(self.written.0)? / self.written.1;
        let number = Decimal::from_wide(written)?;
        Some(format!("{}{number}{}", self.around.0, self.around.1))
    }

    /// The finest step, in millionths of the value, that can still be written: numbers have six places.
    pub fn finest(&self) -> i128 {
        (self.written.1 / self.written.0.max(1)).max(1)
    }

    /// Whether more is better.
    pub const fn is_upward(&self) -> bool {
        self.comparison.is_upward()
    }

    /// Whether the number itself is in.
    pub const fn takes_equal(&self) -> bool {
        self.comparison.takes_equal()
    }
}
