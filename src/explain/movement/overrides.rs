//! What people set, as a reason: the override that counts, or that one has ended.

use super::Ladder;
use crate::decide::{Hold, Override};
use crate::diagnostic::Lang;
use crate::grading::Grading;

/// The reason, if a person's level counts instead of the rules' one, or did until now.
pub fn overridden(grading: &Grading, ladder: Ladder, row: usize, lang: Lang) -> Option<String> {
    let track = ladder.track(grading, row);
    if track.overridden.is_none() && !track.was_overridden {
        return None;
    }
    let rule = track.place.level.map(|level| ladder.name(grading, level));
    let rule = rule.as_deref().unwrap_or("—");
    let Some(index) = track.overridden else {
        return Some(match lang {
            Lang::Zh => format!("人工调整已结束，恢复为规则结果 {rule}"),
            Lang::En => format!("an override has ended: {rule}, as the rules give"),
        });
    };
    let set = &grading.past.overrides[index as usize];
    let hold = match (set.hold, lang) {
        (Hold::Floor, Lang::Zh) => "下限",
        (Hold::Lock, Lang::Zh) => "锁定",
        (Hold::Ceiling, Lang::Zh) => "上限",
        (Hold::Floor, Lang::En) => "floor",
        (Hold::Lock, Lang::En) => "lock",
        (Hold::Ceiling, Lang::En) => "ceiling",
    };
    let (level, reason, by) = (&set.level, &set.reason, &set.by);
    let until = until(set, lang);
    Some(match lang {
        Lang::Zh => format!("人工调整（{hold}）{level}：{reason}（{by}{until}），规则结果 {rule}"),
        Lang::En => {
            format!("override ({hold}) {level}: {reason} ({by}{until}), the rules give {rule}")
        }
    })
}

/// The reason of a tag that a person put on or took off.
pub fn tagged(set: &Override, lang: Lang) -> String {
    let (tag, reason, by) = (&set.level, &set.reason, &set.by);
    let until = until(set, lang);
    match (set.hold, lang) {
        (Hold::Ceiling, Lang::Zh) => format!("人工去除标签 {tag}：{reason}（{by}{until}）"),
        (Hold::Ceiling, Lang::En) => format!("tag {tag} taken off: {reason} ({by}{until})"),
        (_, Lang::Zh) => format!("人工加上标签 {tag}：{reason}（{by}{until}）"),
        (_, Lang::En) => format!("tag {tag} put on: {reason} ({by}{until})"),
    }
}

fn until(set: &Override, lang: Lang) -> String {
    let until = set.until.map(|until| match lang {
        Lang::Zh => format!("，至 {until}"),
        Lang::En => format!(", until {until}"),
    });
    until.unwrap_or_default()
}
