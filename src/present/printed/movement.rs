//! How levels move, as people print it and sign it.

use super::{Part, part, when};
use crate::diagnostic::Lang;
use crate::scheme::Scheme;
use crate::scheme::model::{Aim, Movement};
use crate::table::PeriodKind;
use crate::words::Word;

/// The rules of movement, and what else decides of it; of types or of grades.
pub(super) fn movement(
    scheme: &Scheme,
    movement: Option<&Movement>,
    of_types: bool,
    lang: Lang,
) -> Part {
    let title = if of_types {
        Word::MovementOfTypes
    } else {
        Word::MovementOfGrades
    };
    let headings = [
        (Word::FigureName, 0, 0),
        (Word::MoveFrom, 1, 1),
        (Word::MoveTo, 2, 2),
        (Word::Rule, 3, 5),
    ];
    let Some(movement) = movement else {
        return part(title, &headings, vec![], lang);
    };
    let name = |level: u32| -> String {
        let level = level as usize;
        if of_types {
            scheme.types[level].name.to_string()
        } else {
            scheme.grades[level].name.to_string()
        }
    };
    let rows = movement.rules.iter().map(|rule| {
        let from: Vec<String> = rule.from.iter().map(|level| name(*level)).collect();
        let from = match (from.is_empty(), lang) {
            (true, Lang::Zh) => "任意".to_owned(),
            (true, Lang::En) => "any".to_owned(),
            (false, _) => from.join("、"),
        };
        let to = match (rule.aim, lang) {
            (Aim::To(level), _) => name(level),
            (Aim::Step(steps), Lang::Zh) if steps > 0 => format!("升 {steps} 级"),
            (Aim::Step(steps), Lang::Zh) => format!("降 {} 级", -steps),
            (Aim::Step(steps), Lang::En) if steps > 0 => format!("{steps} up"),
            (Aim::Step(steps), Lang::En) => format!("{} down", -steps),
        };
        vec![
            Some(rule.name.to_string()),
            Some(from),
            Some(to),
            Some(when(Some(&rule.when), lang)),
        ]
    });
    Part {
        notes: settings(scheme, movement, &name, lang),
        ..part(title, &headings, rows.collect(), lang)
    }
}

/// What else decides of movement, a sentence each.
fn settings(
    scheme: &Scheme,
    movement: &Movement,
    name: &dyn Fn(u32) -> String,
    lang: Lang,
) -> Vec<String> {
    let zh_en = |zh: String, en: String| match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    let (period_zh, period_en) = match scheme.period {
        PeriodKind::Month => ("个月", "months"),
        PeriodKind::Quarter => ("个季度", "quarters"),
        PeriodKind::HalfYear => ("个半年", "half-years"),
        PeriodKind::Year => ("年", "years"),
    };
    let mut notes = vec![if movement.follows {
        zh_en(
            "没有规则成立时，按当期数值定级。".into(),
            "Where no rule holds, the values of the period decide.".into(),
        )
    } else {
        zh_en(
            "没有规则成立时，保持原级。".into(),
            "Where no rule holds, the level is held.".into(),
        )
    }];
    if let Some(level) = movement.initial {
        let level = name(level);
        notes.push(zh_en(
            format!("首次为 {level}。"),
            format!("The first level is {level}."),
        ));
    }
    if movement.resets {
        notes.push(zh_en(
            "升降以后，连续期数重新计算。".into(),
            "After a move the counts of periods begin anew.".into(),
        ));
    }
    let spans = [
        (
            movement.min_hold,
            "升降后满 {} 才可再变动。",
            "After a move nobody moves for {}.",
        ),
        (
            movement.min_gap_down,
            "降级后满 {} 才可再降。",
            "After a demotion nobody falls for {}.",
        ),
        (
            movement.grace,
            "达到降级条件后，宽限 {}。",
            "A demotion waits for {}.",
        ),
    ];
    for (count, zh, en) in spans.into_iter().filter(|(count, ..)| *count > 0) {
        notes.push(zh_en(
            zh.replace("{}", &format!("{count} {period_zh}")),
            en.replace("{}", &format!("{count} {period_en}")),
        ));
    }
    for (cap, zh, en) in [
        (
            movement.max_step_up,
            "每次最多升 {} 级。",
            "At most {} up at once.",
        ),
        (
            movement.max_step_down,
            "每次最多降 {} 级。",
            "At most {} down at once.",
        ),
    ] {
        if let Some(cap) = cap {
            let cap = cap.to_string();
            notes.push(zh_en(zh.replace("{}", &cap), en.replace("{}", &cap)));
        }
    }
    if let Some(eligible) = &movement.eligible {
        let rule = when(Some(eligible), lang);
        notes.push(zh_en(
            format!("仅对满足 {rule} 的客户升降。"),
            format!("Only those move for whom {rule}."),
        ));
    }
    notes
}
