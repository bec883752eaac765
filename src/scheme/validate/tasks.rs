//! `[tasks]`: the sheet with the follow-ups, holidays, and the weekends that are worked.

use super::checks::no_sheet;
use super::expressions::bind_in;
use super::named_field::field_scope;
use super::sheets::Sheets;
use super::{Validator, Want};
use crate::diagnostic::{Code, Finding};
use crate::scheme::model::{EventSheet, FieldKind, FollowUpRule, Tasks};
use crate::scheme::written::{Keys, WrittenText};
use crate::table::{Date, Period};
use crate::text;

/// What kinds of fields can name a task.
const NAMING: [FieldKind; 3] = [FieldKind::Text, FieldKind::Choice, FieldKind::Id];

impl Validator<'_> {
    pub(super) fn tasks(&mut self, keys: Option<Keys<'_>>, sheets: &Sheets) -> Tasks {
        let Some(mut keys) = keys else {
            return Tasks::default();
        };
        let sheet = keys.text("sheet", &mut self.findings);
        let title = keys.text("title", &mut self.findings);
        let done = keys.text("done", &mut self.findings);
        let holidays = self.days(&mut keys, "holidays");
        let workdays = self.days(&mut keys, "workdays");
        keys.done(&mut self.findings);
        for (written, (first, last)) in &workdays {
            let both = |(_, (from, to)): &(WrittenText, (Date, Date))| from <= last && first <= to;
            if holidays.iter().any(both) {
                let text = &written.value;
                self.findings.push(
                    Finding::error(
                        Code::KeyConflict,
                        text!(
                            "`{text}` is both a holiday and a workday",
                            "`{text}` 既是假日又是工作日"
                        ),
                    )
                    .at(written.span.clone())
                    .help(text!(
                        "leave the days that are worked out of `holidays`",
                        "请把要上班的日子从 `holidays` 中去掉"
                    )),
                );
            }
        }
        let spans = |days: Vec<(WrittenText, (Date, Date))>| {
            days.into_iter().map(|(_, span)| span).collect()
        };
        Tasks {
            follow_ups: self.follow_ups(sheet, title, done, &sheets.events),
            holidays: spans(holidays),
            workdays: spans(workdays),
        }
    }

    fn follow_ups(
        &mut self,
        sheet: Option<WrittenText>,
        title: Option<WrittenText>,
        done: Option<WrittenText>,
        events: &[EventSheet],
    ) -> Option<FollowUpRule> {
        let Some(sheet) = sheet else {
            if let Some(alone) = title.or(done) {
                self.findings.push(
                    Finding::error(
                        Code::KeyConflict,
                        text!(
                            "`title` and `done` are about the rows of a `sheet`, which is not there",
                            "`title` 和 `done` 说的是 `sheet` 的行，须与它一起写"
                        ),
                    )
                    .at(alone.span)
                    .help(text!(
                        "name the event sheet with the follow-ups in `sheet`",
                        "请在 `sheet` 中写明记录跟进的流水表"
                    )),
                );
            }
            return None;
        };
        let found = events
            .iter()
            .position(|event| *event.sheet.name == *sheet.value);
        let Some(index) = found else {
            let names = events.iter().map(|event| &*event.sheet.name);
            self.findings.push(no_sheet(&sheet, names));
            return None;
        };
        let rows = &events[index].sheet;
        let title = match title {
            None => None,
            Some(title) => {
                let names = rows.fields.iter().map(|field| &*field.name);
                match names.clone().position(|name| *name == *title.value) {
                    None => {
                        self.unknown_field(&title, names, &sheet.value);
                        return None;
                    }
                    Some(field) => {
                        self.is_of(&title, &rows.fields[field].kind, &NAMING);
                        Some(field)
                    }
                }
            }
        };
        let done = done.and_then(|done| {
            let scope = field_scope(&sheet.value, &rows.fields);
            let bound = bind_in(&done.value, &scope, Want::Condition, &mut vec![]);
            self.take(&done, bound)
        });
        Some(FollowUpRule {
            sheet: index,
            title,
            done,
        })
    }

    /// Days and spans of days.
    fn days(&mut self, keys: &mut Keys<'_>, key: &'static str) -> Vec<(WrittenText, (Date, Date))> {
        let written = keys.days(key, &mut self.findings);
        let mut days = vec![];
        for text in written {
            match Period::parse_span(&text.value) {
                Some(span) => days.push((text, span)),
                None => self.findings.push(
                    Finding::error(
                        Code::BadValue,
                        text!(
                            "`{}` is no day and no span of days",
                            "`{}` 不是日期，也不是一段日期",
                            text.value
                        ),
                    )
                    .at(text.span)
                    .help(text!(
                        "write `2024-10-01` or `2024-10-01..2024-10-07`",
                        "请写 `2024-10-01` 或 `2024-10-01..2024-10-07`"
                    )),
                ),
            }
        }
        days
    }
}
