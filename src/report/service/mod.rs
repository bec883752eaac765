//! Whether requests are answered in the time that the customer's strategy promises, and which ones wait.

mod outcome;

use super::cells::{ratio, said};
use super::groups::Groups;
use super::material::Material;
use super::{Block, Cell, Chart, Column, Kind, Plot, Row, Section, Series, Table};
use crate::scheme::model::{Span, Tickets};
use crate::table::column::MISSING;
use crate::table::{Column as Values, Date, DateTime, Decimal};
use crate::text;
use crate::words::{Word, by_count};
use outcome::{Count, HOUR, Outcome, Request};
use std::sync::Arc;

/// How many waiting requests are listed.
const LISTED: usize = 200;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// The day after which rows of an event sheet count; `None` if all do.
pub(super) fn since(material: &Material<'_>, within: Option<Span>) -> Option<Date> {
    within.map(|within| within.back_from(material.grading.book.as_of))
}

/// A request that waits for its first reply.
struct Waiting {
    /// Its row in the sheet.
    event: usize,
    /// Its customer, by the place in the scope.
    place: usize,
    opened: Option<i64>,
    /// How long there was for it.
    within: Option<i64>,
    /// How long there is still.
    left: Option<i64>,
}

/// The section; `None` where the scheme names no requests.
pub(super) fn section(material: &Material<'_>) -> Option<Section> {
    let lang = material.lang;
    let scheme = &material.grading.scheme;
    let tickets = scheme.report.service?;
    let groups = Groups::main(material);
    let (counts, mut waiting) = judge(material, &tickets, &groups);
    let mut section = Section::new("service", said(lang, text!("Service", "服务响应")));
    let name = &scheme.events[tickets.sheet].sheet.name;
    let as_of = material.grading.book.as_of;
    section.notes.push(said(
        lang,
        text!(
            "Requests are the rows of `{name}` by the customers of this report, as of the end of {as_of}: a reply after \
             it is not known yet.",
            "工单是 `{name}` 中本报告客户的行，截止到 {as_of} 当天结束：之后的回复还不知道。"
        ),
    ));
    if let Some(since) = since(material, tickets.within) {
        section.notes.push(said(
            lang,
            text!("Requests after {since} count.", "只算 {since} 之后的工单。"),
        ));
    }
    section.notes.push(said(
        lang,
        text!(
            "In time: the first reply came within `respond_within` of the customer's strategy, by the clock, nights and \
             weekends counted. The share is of the requests of which it is decided: answered, or overdue without a \
             reply. Not judged: no `respond_within` for the customer, closed without a reply, or a reply before the \
             request.",
            "及时：首次回复在该客户的策略写明的 `respond_within` 之内，按钟点算，夜间和周末也算。占比的分母是已有定论的：已回复的，和没回复而已超时的。\
             不判断：该客户没有 `respond_within`，没有回复就关闭，或者回复早于提出。"
        ),
    ));
    section
        .blocks
        .push(Block::Table(table(material, &groups, &counts)));
    if groups.list.len() > 1 {
        section
            .blocks
            .push(Block::Chart(chart(material, &groups, &counts)));
    }
    // Overdue ones first; then by grade, and those with the least time left before the others.
    waiting.sort_by_key(|found| {
        let group = groups.at(found.place);
        let is_overdue = found.left.is_some_and(|left| left < 0);
        let left = found.left.unwrap_or(i64::MAX);
        (!is_overdue, group, left, found.opened, found.event)
    });
    let rest = waiting.len().saturating_sub(LISTED);
    if rest > 0 {
        let are = by_count(&rest, "is", "are");
        section.notes.push(said(
            lang,
            text!(
                "{LISTED} of the requests that wait are listed, {rest} more {are} not.",
                "待回复的工单列出 {LISTED} 个，另有 {rest} 个未列。"
            ),
        ));
    }
    if !waiting.is_empty() {
        let listed = &waiting[..waiting.len() - rest];
        section
            .blocks
            .push(Block::Table(open(material, &tickets, &groups, listed)));
    }
    Some(section)
}

/// Counts the requests of each group, and finds those that wait.
fn judge(
    material: &Material<'_>,
    tickets: &Tickets,
    groups: &Groups,
) -> (Vec<Count>, Vec<Waiting>) {
    let grading = material.grading;
    let events = &grading.book.events[tickets.sheet];
    let moments = |field: Option<usize>| match field.map(|field| &events.clean.columns[field]) {
        Some(Values::DateTime(seconds)) => Some(seconds),
        _ => None,
    };
    let (opened, replied) = (
        moments(Some(tickets.opened)),
        moments(Some(tickets.replied)),
    );
    let closed = moments(tickets.closed);
    let at = |column: Option<&Vec<i64>>, row: usize| {
        column
            .map(|seconds| seconds[row])
            .filter(|moment| *moment != MISSING)
    };
    let promised: Vec<Option<i64>> = grading
        .scheme
        .strategies
        .iter()
        .map(crate::scheme::model::Strategy::responds_within)
        .collect();
    // The end of the as-of day is the beginning of the next one.
    let now = (i64::from(grading.book.as_of.days()) + 1) * DAY;
    let since = since(material, tickets.within).map(Date::days);
    let mut counts = vec![Count::default(); groups.list.len()];
    let mut waiting = vec![];
    for (place, row) in material.scope.rows().iter().enumerate() {
        let strategy = grading.classification.strategies[*row as usize].index();
        let within = strategy.and_then(|strategy| promised[strategy]);
        for event in events.rows_of(*row as usize) {
            let event = event as usize;
            if since.is_some_and(|since| events.days[event] <= since) {
                continue;
            }
            let request = Request {
                opened: at(opened, event),
                replied: at(replied, event),
                closed: at(closed, event),
            };
            let outcome = request.outcome(within, now);
            counts[groups.at(place)].add(outcome, request, now);
            let left = match outcome {
                Outcome::Overdue(left) | Outcome::Open(left) => Some(left),
                Outcome::OpenWithoutLimit => None,
                Outcome::InTime | Outcome::Late | Outcome::NotJudged => continue,
            };
            waiting.push(Waiting {
                event,
                place,
                opened: request.opened,
                within,
                left,
            });
        }
    }
    (counts, waiting)
}

fn table(material: &Material<'_>, groups: &Groups, counts: &[Count]) -> Table {
    let lang = material.lang;
    let figures = |count: &Count| {
        vec![
            Cell::count(count.all()),
            Cell::count(count.in_time),
            Cell::count(count.late),
            Cell::count(count.overdue),
            Cell::share(count.in_time, count.due()),
            Cell::count(count.open),
            Cell::count(count.not_judged),
            Cell::number(count.mean_hours()),
        ]
    };
    let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
    let columns = vec![
        groups.column(),
        column("requests", text!("Requests", "工单数"), Kind::Count),
        column("in_time", text!("In time", "及时"), Kind::Count),
        column("late", text!("Late", "超时回复"), Kind::Count),
        column("overdue", text!("Overdue", "超时未回复"), Kind::Count),
        column("share", text!("Share in time", "及时率"), Kind::Share),
        column(
            "open",
            text!("Open, with time left", "待回复，未超时"),
            Kind::Count,
        ),
        column("not_judged", text!("Not judged", "不判断"), Kind::Count),
        column(
            "mean_hours",
            text!("Hours to the first reply, mean", "平均首次回复小时"),
            Kind::Number,
        ),
    ];
    let all = counts.iter().fold(Count::default(), Count::plus);
    let mut table =
        Table::new("response", columns).titled(said(lang, text!("Answered in time", "及时回复")));
    table.rows = groups.rows(lang, |group| figures(&counts[group]), figures(&all));
    table
}

/// The requests that wait, one by one.
fn open(material: &Material<'_>, tickets: &Tickets, groups: &Groups, waiting: &[Waiting]) -> Table {
    let lang = material.lang;
    let sheet = &material.grading.scheme.events[tickets.sheet];
    let events = &material.grading.book.events[tickets.sheet];
    let column = |key: &str, text, kind| Column::new(key, said(lang, text), kind);
    let mut columns = vec![];
    if let Some(id) = sheet.id {
        let name = &sheet.sheet.fields[id].name;
        columns.push(Column::new("request", &**name, Kind::Text));
    }
    columns.extend([
        groups.column(),
        Column::new("customer", Word::Customer.get(lang), Kind::Text),
        Column::new("customer_name", Word::CustomerName.get(lang), Kind::Text),
    ]);
    if let Some(kind) = tickets.kind {
        let name = &sheet.sheet.fields[kind].name;
        columns.push(Column::new("kind", &**name, Kind::Text));
    }
    columns.extend([
        column("opened", text!("Opened", "提出时间"), Kind::Text),
        column("due", text!("Answer by", "应回复时间"), Kind::Text),
        column("hours_left", text!("Hours left", "剩余小时"), Kind::Number),
    ]);
    let mut table = Table::new("open", columns)
        .titled(said(lang, text!("Waiting for a reply", "待回复的工单")));
    let text = |field: usize, row: usize| match &events.clean.columns[field] {
        Values::Text(texts) => texts
            .get(row)
            .map_or(Cell::Missing, |text| Cell::Text(text.clone())),
        _ => Cell::Missing,
    };
    let maybe =
        |text: Option<&Arc<str>>| text.map_or(Cell::Missing, |text| Cell::Text(text.clone()));
    let moment = |seconds: Option<i64>| {
        let moment = seconds.and_then(DateTime::from_seconds);
        moment.map_or(Cell::Missing, |moment| Cell::text(&moment.to_string()))
    };
    for found in waiting {
        let row = material.scope.rows()[found.place] as usize;
        let label = &groups.list[groups.at(found.place)];
        let mut cells = vec![];
        cells.extend(sheet.id.map(|id| text(id, found.event)));
        cells.push(Cell::Text(label.text.clone()));
        cells.push(maybe(material.scope.id(row)));
        cells.push(maybe(material.scope.name(row)));
        cells.extend(tickets.kind.map(|kind| text(kind, found.event)));
        let due = found.opened.zip(found.within);
        let left = found.left.and_then(|left| ratio(i128::from(left), HOUR));
        cells.extend([
            moment(found.opened),
            moment(due.map(|(opened, within)| opened + within)),
            Cell::number(left),
        ]);
        table.rows.push(Row::new(cells).of_grade(label.grade));
    }
    table
}

fn chart(material: &Material<'_>, groups: &Groups, counts: &[Count]) -> Chart {
    let lang = material.lang;
    let of = &groups.heading;
    let series = |name, pick: fn(&Count) -> usize| {
        let values = counts
            .iter()
            .map(|count| Some(Decimal::from_count(pick(count))));
        Series::plain(said(lang, name), values.collect())
    };
    let parts = groups.list.iter().zip(counts).map(|(label, count)| {
        let (name, in_time, due) = (&label.text, count.in_time, count.due());
        said(
            lang,
            text!(
                "{name} {in_time} of {due}",
                "{name} {due} 个中 {in_time} 个"
            ),
        )
    });
    let parts = parts.collect::<Vec<_>>().join(", ");
    Chart::Stack(Plot {
        title: said(lang, text!("Replies by {of}", "各{of}的回复")),
        alt: said(
            lang,
            text!(
                "Answered in time by {of}: {parts}",
                "各{of}及时回复的工单：{parts}"
            ),
        ),
        kind: Kind::Count,
        categories: groups.list.clone(),
        series: vec![
            series(text!("in time", "及时"), |count| count.in_time),
            series(text!("late", "超时回复"), |count| count.late),
            series(text!("overdue", "超时未回复"), |count| count.overdue),
        ],
    })
}
