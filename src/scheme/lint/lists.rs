//! The lists of a scheme in which the first entry that holds counts.

use crate::diagnostic::Text;
use crate::scheme::model::{
    Band, DimensionRule, Expression, GradeRule, IndicatorRule, Movement, MovementRule, Scheme, Top,
};
use crate::text;
use std::ops::Range;

/// What a list gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of {
    /// The band of a dimension, by its place.
    Dimension(usize),
    /// The points of an indicator.
    Indicator,
    /// The grade.
    Grades,
    /// The type.
    Types,
    /// The strategy.
    Strategies,
}

/// A list of conditions.
pub struct List<'a> {
    /// What it gives.
    pub of: Of,
    /// What an entry of it is called in a sentence: "band of `价值贡献`".
    pub what: Text,
    /// Whether everybody has to be in one of its entries.
    pub complete: bool,
    /// Its entries in order.
    pub entries: Vec<Entry<'a>>,
}

/// One entry of a list.
pub struct Entry<'a> {
    /// Its name.
    pub name: Text,
    /// For whom it is.
    pub rule: Rule<'a>,
    /// Where it stands.
    pub span: Range<usize>,
    /// Whether it is of use only where no entry before it holds.
    pub exclusive: bool,
    /// Whether movement leads there, whatever the values give.
    pub led_to: bool,
}

/// For whom an entry is.
#[derive(Clone, Copy)]
pub enum Rule<'a> {
    /// Those for whom a condition holds.
    When(&'a Expression),
    /// The best.
    Best(&'a Top),
    /// Everybody left.
    Otherwise,
}

impl<'a> From<Option<&'a Expression>> for Rule<'a> {
    fn from(when: Option<&'a Expression>) -> Self {
        when.map_or(Self::Otherwise, Self::When)
    }
}

/// All lists, in the order of the scheme.
pub fn lists(scheme: &Scheme) -> Vec<List<'_>> {
    let mut lists = vec![];
    for (index, dimension) in scheme.dimensions.iter().enumerate() {
        let name = &dimension.name;
        let (bands, indicators) = match &dimension.rule {
            DimensionRule::Bands(bands) | DimensionRule::Points { bands, .. } => (bands, &[][..]),
            DimensionRule::Indicators {
                indicators, bands, ..
            } => (bands, &indicators[..]),
        };
        lists.push(of_bands(Of::Dimension(index), name, bands));
        for indicator in indicators {
            if let IndicatorRule::Bands(bands) = &indicator.rule {
                lists.push(of_bands(Of::Indicator, &indicator.name, bands));
            }
        }
    }
    let named = |name: &str| text!("`{name}`", "`{name}`");
    lists.push(List {
        of: Of::Grades,
        what: text!("grade", "等级"),
        complete: true,
        entries: scheme
            .grades
            .iter()
            .enumerate()
            .map(|(index, grade)| Entry {
                name: named(&grade.name),
                rule: match &grade.rule {
                    GradeRule::When(when) => when.as_ref().into(),
                    GradeRule::Top(top) => Rule::Best(top),
                },
                span: grade.span.clone(),
                exclusive: true,
                led_to: leads_to(scheme.grade_movement.as_ref(), index, scheme.grades.len()),
            })
            .collect(),
    });
    lists.push(List {
        of: Of::Types,
        what: text!("type", "类型"),
        complete: true,
        entries: scheme
            .types
            .iter()
            .enumerate()
            .map(|(index, rule)| Entry {
                name: named(&rule.name),
                rule: rule.when.as_ref().into(),
                span: rule.span.clone(),
                exclusive: true,
                led_to: leads_to(scheme.type_movement.as_ref(), index, scheme.types.len()),
            })
            .collect(),
    });
    lists.push(List {
        of: Of::Strategies,
        what: text!("strategy", "策略"),
        complete: false,
        entries: scheme
            .strategies
            .iter()
            .enumerate()
            .map(|(index, strategy)| Entry {
                name: numbered("strategy", "条策略", index),
                rule: strategy.when.as_ref().into(),
                span: strategy.span.clone(),
                // Tasks come from all strategies that hold, so one with tasks is of use behind another.
                exclusive: strategy.tasks.is_empty(),
                led_to: false,
            })
            .collect(),
    });
    lists.retain(|list| !list.entries.is_empty());
    lists
}

fn of_bands<'a>(of: Of, name: &str, bands: &'a [Band]) -> List<'a> {
    List {
        of,
        what: text!("band of `{name}`", "`{name}` 的档"),
        complete: true,
        entries: bands
            .iter()
            .enumerate()
            .map(|(index, band)| Entry {
                name: match &band.label {
                    Some(label) => text!("`{label}`", "`{label}`"),
                    None => numbered("band", "档", index),
                },
                rule: band.when.as_ref().into(),
                span: band.span.clone(),
                exclusive: true,
                led_to: false,
            })
            .collect(),
    }
}

/// Whether movement leads to a level: at the first, by a rule, or on the way to another where the steps are capped.
fn leads_to(movement: Option<&Movement>, level: usize, count: usize) -> bool {
    let Some(movement) = movement else {
        return false;
    };
    let wanted = level as u32;
    let is_capped = movement.max_step_up.is_some() || movement.max_step_down.is_some();
    let by_rule = |rule: &MovementRule| {
        (0..count as u32).any(|from| {
            let target = rule.target(from, count);
            target.is_some_and(|target| movement.capped(from, target) == wanted)
        })
    };
    movement.initial == Some(wanted)
        || movement.rules.iter().any(by_rule)
        || (movement.follows && is_capped)
}

fn numbered(en: &str, zh: &str, index: usize) -> Text {
    let number = index + 1;
    Text {
        en: format!("{en} {number}"),
        zh: format!("第 {number} {zh}"),
    }
}
