//! What happened to a customer in a word and a sign, the same in every format.

use super::table::RowMark;
use crate::compare::Class;
use crate::decide::Decision;
use crate::diagnostic::Lang;

/// The sign that stands before a decision's word, so that colour never stands alone. Every sign is in GB 2312, so that
/// any Chinese font and any terminal has it.
pub const fn decision_sign(decision: Decision) -> &'static str {
    match decision {
        Decision::Initial => "★",
        Decision::Promoted => "▲",
        Decision::Demoted => "▼",
        Decision::Held => "＝",
        Decision::AtRisk => "！",
        Decision::Overridden => "◎",
        Decision::Unrated => "？",
        Decision::Absent => "○",
        Decision::Refused => "×",
        Decision::Classified => "◆",
    }
}

/// What happened to a customer, as every format shows it: `▲升1级`, `▼ down 2`, `＝不变`, `★新增`, `◎人工调整（▲升1级）`.
pub fn decision_mark(mark: &RowMark, lang: Lang) -> String {
    let mut text = String::new();
    write_decision_mark(mark, lang, &mut text);
    text
}

/// Appends it to `out`.
pub fn write_decision_mark(mark: &RowMark, lang: Lang, out: &mut String) {
    match (mark.decision, mark.steps) {
        (Decision::Promoted, Some(steps)) if steps > 0 => out.push_str(&moved(steps, lang)),
        (Decision::Demoted, Some(steps)) if steps < 0 => out.push_str(&moved(steps, lang)),
        (decision, steps) => {
            out.extend(decision_parts(decision, lang));
            if let (Decision::Overridden, Some(steps)) = (decision, steps.filter(|by| *by != 0)) {
                let [open, close] = match lang {
                    Lang::En => [" (", ")"],
                    Lang::Zh => ["（", "）"],
                };
                out.extend([open, &moved(steps, lang), close]);
            }
        }
    }
}

/// A decision with its sign and without steps, for counts of it: `▲升级`, `★ new`.
pub fn decision_word(decision: Decision, lang: Lang) -> String {
    decision_parts(decision, lang).concat()
}

/// Sign, what stands between, and word.
const fn decision_parts(decision: Decision, lang: Lang) -> [&'static str; 3] {
    let word = match (lang, decision) {
        (Lang::Zh, Decision::Initial) => "新增",
        (Lang::En, Decision::Promoted) => "up",
        (Lang::En, Decision::Demoted) => "down",
        (Lang::En, Decision::Held) => "same",
        _ => decision.word(lang),
    };
    let between = match lang {
        Lang::Zh => "",
        Lang::En => " ",
    };
    [decision_sign(decision), between, word]
}

/// The sign before a class of a comparison.
pub const fn class_sign(class: Class) -> &'static str {
    match class {
        Class::Changed => "◇",
        other => decision_sign(class_decision(other)),
    }
}

/// The decision that says the same as a class.
pub const fn class_decision(class: Class) -> Decision {
    match class {
        Class::Upgraded => Decision::Promoted,
        Class::Downgraded => Decision::Demoted,
        Class::Changed => Decision::Classified,
        Class::Unrated => Decision::Unrated,
        Class::New => Decision::Initial,
        Class::Absent => Decision::Absent,
        Class::Refused => Decision::Refused,
        Class::Unchanged => Decision::Held,
    }
}

/// A class with its sign: `▲升级`, `▼ down`.
pub fn class_word(class: Class, lang: Lang) -> String {
    let (sign, word) = (class_sign(class), class.word(lang));
    match lang {
        Lang::En => format!("{sign} {word}"),
        Lang::Zh => format!("{sign}{word}"),
    }
}

/// What happened to a customer who was absent, and is there again: a new one that is known.
pub fn back_mark(lang: Lang) -> String {
    let sign = class_sign(Class::New);
    match lang {
        Lang::En => format!("{sign} back"),
        Lang::Zh => format!("{sign}回归"),
    }
}

/// What happened to a customer between two sides: `▲升1级`, `◇ changed`.
pub fn class_mark(class: Class, steps: Option<i32>, lang: Lang) -> String {
    match (class, steps) {
        (Class::Upgraded | Class::Downgraded, Some(steps)) if steps != 0 => moved(steps, lang),
        _ => class_word(class, lang),
    }
}

/// `▲升1级`, `▼ down 2`.
fn moved(steps: i32, lang: Lang) -> String {
    let (decision, up) = if steps > 0 {
        (Decision::Promoted, true)
    } else {
        (Decision::Demoted, false)
    };
    let (sign, by) = (decision_sign(decision), steps.unsigned_abs());
    match (lang, up) {
        (Lang::En, true) => format!("{sign} up {by}"),
        (Lang::En, false) => format!("{sign} down {by}"),
        (Lang::Zh, true) => format!("{sign}升{by}级"),
        (Lang::Zh, false) => format!("{sign}降{by}级"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(decision: Decision, steps: Option<i32>) -> RowMark {
        RowMark {
            grade: None,
            decision,
            steps,
        }
    }

    #[test]
    fn marks_say_what_happened_without_colour() {
        for (decision, steps, zh, en) in [
            (Decision::Promoted, Some(1), "▲升1级", "▲ up 1"),
            (Decision::Promoted, None, "▲升级", "▲ up"),
            (Decision::Demoted, Some(-2), "▼降2级", "▼ down 2"),
            (Decision::Held, Some(0), "＝不变", "＝ same"),
            (Decision::Initial, None, "★新增", "★ new"),
            (Decision::Absent, None, "○缺席", "○ absent"),
            (Decision::AtRisk, Some(0), "！预警", "！ at risk"),
            (Decision::Overridden, None, "◎人工调整", "◎ overridden"),
            (Decision::Overridden, Some(0), "◎人工调整", "◎ overridden"),
            (
                Decision::Overridden,
                Some(1),
                "◎人工调整（▲升1级）",
                "◎ overridden (▲ up 1)",
            ),
            (Decision::Unrated, None, "？未评级", "？ unrated"),
            (Decision::Refused, None, "×数据待修正", "× refused"),
            (Decision::Classified, None, "◆已分类", "◆ classified"),
        ] {
            assert_eq!(decision_mark(&mark(decision, steps), Lang::Zh), zh);
            assert_eq!(decision_mark(&mark(decision, steps), Lang::En), en);
        }
    }
}
