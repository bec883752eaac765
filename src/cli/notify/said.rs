//! What a call of `notify` says at the end: how many were told, who was not and why.

use regrade::diagnostic::{Lang, Text, listed};
use regrade::grading::Grading;
use regrade::notices::{Composed, Form, customers_name};
use regrade::scheme::model::Occasion;
use regrade::text;

/// What became of the messages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They were written, and the ledger keeps it.
    Written,
    /// They were only shown.
    Shown,
    /// They were only made, by `--dry-run`.
    Dry,
}

/// What there is to say at the end.
pub struct Said<'a> {
    pub grading: &'a Grading,
    pub composed: &'a Composed,
    pub before: usize,
    pub held: usize,
    pub asked: bool,
    pub form: Form,
    pub mode: Mode,
    /// Whether there is no run before, so that nobody has moved, and who is new is not asked for.
    pub is_first: bool,
}

impl Said<'_> {
    /// A line each.
    pub fn lines(&self, lang: Lang) -> Vec<Text> {
        let notices = &self.composed.notices;
        let count = |occasion: Occasion| {
            let of = notices.iter();
            of.filter(|notice| notice.case.occasion == occasion).count()
        };
        let words = [
            (Occasion::Upgraded, "up", "升"),
            (Occasion::Downgraded, "down", "降"),
            (Occasion::Changed, "changed", "变"),
            (Occasion::New, "new", "新"),
        ];
        let parts: Vec<String> = words
            .into_iter()
            .map(|(occasion, en, zh)| (count(occasion), if lang == Lang::Zh { zh } else { en }))
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{word} {count}"))
            .collect();
        let between = if lang == Lang::Zh { "，" } else { ", " };
        let parts = match (parts.is_empty(), lang) {
            (true, _) => String::new(),
            (false, Lang::Zh) => format!("（{}）", parts.join(between)),
            (false, Lang::En) => format!(" ({})", parts.join(between)),
        };
        let (all, before) = (notices.len(), self.before);
        let mut lines = vec![if self.mode == Mode::Written {
            text!(
                "messages {all}{parts}; told before {before}",
                "通知 {all} 条{parts}；此前已通知 {before} 位"
            )
        } else {
            text!(
                "would write messages {all}{parts}; told before {before}",
                "将通知 {all} 条{parts}；此前已通知 {before} 位"
            )
        }];
        if self.is_first {
            lines.push(text!(
                "no run before: nobody has moved; `--only new` tells everybody the first grade",
                "没有更早的批次，谈不上升降；`--only new` 可通知首次等级"
            ));
        }
        if self.form == Form::Sms && all > 0 {
            let parts: usize = notices
                .iter()
                .map(|notice| regrade::notices::sms::length(notice.text.trim_end()).parts)
                .sum();
            lines.push(text!(
                "text messages to pay for: {parts}",
                "计费短信 {parts} 条"
            ));
        }
        if !self.composed.unconsented.is_empty() {
            let rows = self.composed.unconsented.iter();
            let names: Vec<String> = rows
                .map(|(row, _)| customers_name(self.grading, *row as usize))
                .collect();
            let Text { en, zh } = listed(names.iter().map(String::as_str));
            let count = names.len();
            lines.push(text!(
                "without consent {count}: {en}",
                "未同意 {count} 位：{zh}"
            ));
        }
        if self.held > 0 {
            let held = self.held;
            lines.push(text!("held out to compare {held}", "留作对照 {held} 位"));
        }
        if !self.asked && all > 0 {
            lines.push(text!(
                "the scheme names no consent (`[notify] consent`): nobody was asked",
                "方案没有写明同意字段（`[notify] consent`），未按同意筛选"
            ));
        }
        if all > 0 && self.mode == Mode::Shown {
            lines.push(text!(
                "a preview: nothing is recorded until messages are written with `-o`",
                "这是预览：用 `-o` 写出通知时才会记入台账"
            ));
        }
        lines
    }
}
