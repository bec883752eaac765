//! Tasks as iCalendar (RFC 5545): all-day events that calendars show, move and take away again.
//!
//! - A task keeps its UID from run to run, so a calendar that imports a later file moves the event instead of adding one.
//!   SEQUENCE is the number of the as-of day: what is published later wins.
//! - What is done or dropped is published as CANCELLED. A file that left it out would leave the event where it is.
//! - What is overdue stands on the first working day after the as-of date, with the days in its title: nobody looks at
//!   last month.
//! - An event ends on the day after it (DTEND is exclusive, RFC 5545 3.6.1) and takes no time from anybody.
//! - There is no ORGANIZER: regrade has no address, and RFC 5545 3.8.4.3 forbids one on a calendar of one's own.

use super::tasks::why;
use crate::diagnostic::Lang;
use crate::table::Date;
use crate::tasks::{State, Task, WorkingDays};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The most bytes of a line, its end not counted (RFC 5545 3.1).
const LINE: usize = 75;
/// At what hour of the day on which to begin a calendar reminds.
const REMIND_AT: i32 = 9;

/// What all events of a file have in common.
#[derive(Clone, Debug)]
pub struct Calendar<'a> {
    /// The name of the scheme.
    pub scheme: &'a str,
    /// The as-of date: when it is published.
    pub as_of: Date,
    /// The days that people work on.
    pub days: &'a WorkingDays,
    /// The language of the events.
    pub lang: Lang,
    /// The name that calendars show, if they ask.
    pub name: &'a str,
}

impl Calendar<'_> {
    /// Writes the tasks. Of several with one UID the one that is to be done stands for all, else the last one due.
    pub fn write(&self, tasks: &[&Task], out: &mut dyn Write) -> io::Result<()> {
        let mut events: BTreeMap<(Date, String), &Task> = BTreeMap::new();
        let mut of_uid: BTreeMap<String, &Task> = BTreeMap::new();
        for task in tasks {
            let uid = task.uid(self.scheme);
            let rank = |task: &Task| (task.state.is_open(), task.due);
            let known = of_uid
                .get(&uid)
                .is_some_and(|known| rank(known) >= rank(task));
            if !known {
                of_uid.insert(uid, task);
            }
        }
        for (uid, task) in of_uid {
            events.insert((self.day(task), uid), task);
        }
        let mut lines = Lines(out);
        lines.line("BEGIN", "VCALENDAR")?;
        lines.line("VERSION", "2.0")?;
        let version = env!("CARGO_PKG_VERSION");
        lines.line("PRODID", &format!("-//regrade//regrade {version}//EN"))?;
        lines.line("CALSCALE", "GREGORIAN")?;
        lines.line("METHOD", "PUBLISH")?;
        lines.line("X-WR-CALNAME", &text(self.name))?;
        for ((day, uid), task) in events {
            self.event(task, day, &uid, &mut lines)?;
        }
        lines.line("END", "VCALENDAR")
    }

    /// On which day the event stands.
    fn day(&self, task: &Task) -> Date {
        let next = self.as_of.add_days(1).unwrap_or(self.as_of);
        match task.state {
            State::Overdue(_) => self.days.on_or_after(next),
            State::Due | State::Done(_) | State::Dropped => task.due,
        }
    }

    fn event(&self, task: &Task, day: Date, uid: &str, lines: &mut Lines<'_>) -> io::Result<()> {
        let end = day.add_days(1).unwrap_or(day);
        lines.line("BEGIN", "VEVENT")?;
        lines.line("UID", &format!("{uid}@regrade"))?;
        lines.line("DTSTAMP", &format!("{}T000000Z", basic(self.as_of)))?;
        lines.line("SEQUENCE", &self.as_of.days().max(0).to_string())?;
        lines.line("DTSTART;VALUE=DATE", &basic(day))?;
        lines.line("DTEND;VALUE=DATE", &basic(end))?;
        lines.line("SUMMARY", &text(&self.summary(task)))?;
        lines.line("DESCRIPTION", &text(&self.description(task)))?;
        let status = if task.state.is_open() {
            "CONFIRMED"
        } else {
            "CANCELLED"
        };
        lines.line("STATUS", status)?;
        lines.line("TRANSP", "TRANSPARENT")?;
        let ahead = task.start.days_to(day);
        // A calendar would ring for what is past as soon as it reads it.
        if task.state == State::Due && ahead > 0 && task.start > self.as_of {
            // Counted from midnight before the day: three days ahead at nine is 63 hours before.
            let hours = ahead * 24 - REMIND_AT;
            lines.line("BEGIN", "VALARM")?;
            lines.line("ACTION", "DISPLAY")?;
            lines.line("DESCRIPTION", &text(&self.summary(task)))?;
            lines.line("TRIGGER", &format!("-P{}DT{}H", hours / 24, hours % 24))?;
            lines.line("END", "VALARM")?;
        }
        lines.line("END", "VEVENT")
    }

    fn summary(&self, task: &Task) -> String {
        let title = &task.title;
        let customer = task.name.as_ref().unwrap_or(&task.customer);
        match (self.lang, task.state) {
            (Lang::Zh, State::Overdue(days)) => format!("逾期 {days} 天：{title} {customer}"),
            (Lang::En, State::Overdue(1)) => format!("1 day overdue: {title} {customer}"),
            (Lang::En, State::Overdue(days)) => format!("{days} days overdue: {title} {customer}"),
            _ => format!("{title} {customer}"),
        }
    }

    fn description(&self, task: &Task) -> String {
        let why = why(&task.why, self.lang);
        let name = task.name.as_deref().unwrap_or_default();
        let customer = format!("{} {name}", task.customer);
        let (customer, due) = (customer.trim_end(), task.due);
        let never = match self.lang {
            Lang::En => "none",
            Lang::Zh => "无",
        };
        let last = task.last.map_or(never.to_owned(), |day| day.to_string());
        match self.lang {
            Lang::En => {
                format!("customer: {customer}\ndue: {due}\nlast follow-up: {last}\nwhy: {why}")
            }
            Lang::Zh => {
                format!("客户：{customer}\n到期日：{due}\n上次跟进：{last}\n依据：{why}")
            }
        }
    }
}

/// A day as `20240331`.
fn basic(day: Date) -> String {
    let (year, month, day) = day.ymd();
    format!("{year:04}{month:02}{day:02}")
}

/// A text with what has a meaning of its own escaped (RFC 5545 3.3.11). Other control characters may not stand in one.
fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Lines that end in CRLF and are folded where they are too long, never within a character.
struct Lines<'a>(&'a mut dyn Write);

impl Lines<'_> {
    fn line(&mut self, name: &str, value: &str) -> io::Result<()> {
        let line = format!("{name}:{value}");
        let mut rest = line.as_str();
        let mut room = LINE;
        while rest.len() > room {
            let cut = (1..=room).rev().find(|at| rest.is_char_boundary(*at));
            let cut = cut.unwrap_or(rest.len());
            let (part, after) = rest.split_at(cut);
            write!(self.0, "{part}\r\n ")?;
            rest = after;
            // The space that begins a continued line is one of its bytes.
            room = LINE - 1;
        }
        write!(self.0, "{rest}\r\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(value: &str) -> String {
        let mut out = vec![];
        Lines(&mut out).line("SUMMARY", value).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_are_folded_at_75_bytes_and_never_within_a_character() {
        for value in [
            String::new(),
            "x".repeat(67),
            "x".repeat(68),
            "上".repeat(200),
            format!("x{}", "😀".repeat(90)),
        ] {
            let written = folded(&value);
            for line in written.split_terminator("\r\n") {
                assert!(line.len() <= 75, "{} bytes: {line}", line.len());
            }
            assert_eq!(written.replace("\r\n ", ""), format!("SUMMARY:{value}\r\n"));
        }
        assert_eq!(folded(&"x".repeat(67)).matches("\r\n").count(), 1);
        assert_eq!(folded(&"x".repeat(68)).matches("\r\n").count(), 2);
    }

    #[test]
    fn texts_are_escaped_as_rfc_5545_says() {
        // 3.3.11: Project XYZ Final Review\nConference Room - 3B\nCome Prepared.
        assert_eq!(text("a;b,c\\d\r\ne\u{7}"), "a\\;b\\,c\\\\d\\ne");
    }
}
