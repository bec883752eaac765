//! The report of a backtest: what a candidate scheme would have done with the past, beside the present one.

use super::cells::{ratio, said};
use super::{
    Block, Cell, Chart, Column, Fact, Flows, Kind, Label, Plot, Report, Row, Section, Series, Table,
};
use crate::backtest::{
    Following, GradeOutcome, Pairs, Replay, Separation, Steadiness, separation, steadiness,
};
use crate::diagnostic::{Lang, Text};
use crate::table::decimal::divide_half_away;
use crate::table::{Date, Decimal, Period, PeriodKind};
use crate::text;
use crate::words::Word;
use std::sync::Arc;

/// What the report is made from.
pub struct Backtest<'a> {
    /// The language.
    pub lang: Lang,
    /// What the candidate scheme calls itself.
    pub scheme: &'a str,
    /// How long its periods are.
    pub period: PeriodKind,
    /// The span graded by the candidate.
    pub candidate: &'a Replay,
    /// The same span graded by the present scheme.
    pub present: &'a Replay,
    /// Up to how many periods after a move one the other way takes it back.
    pub within: usize,
    /// What came after.
    pub following: Following<'a>,
}

/// Makes it.
pub fn report(made: &Backtest<'_>) -> Report {
    let lang = made.lang;
    let (first, last) = (made.ends().first(), made.ends().last());
    let span = |end: Option<&Date>| end.map(|end| made.name_of(*end)).unwrap_or_default();
    let (first, last) = (span(first), span(last));
    let name = made.scheme.trim();
    let title = if name.is_empty() {
        text!("Backtest, {first} to {last}", "回测 {first} 至 {last}")
    } else {
        text!(
            "{name}: backtest, {first} to {last}",
            "{name}回测 {first} 至 {last}"
        )
    };
    let steady = made.sides().map(|side| steadiness(side, made.within));
    let apart = made.sides().map(|side| separation(side, &made.following));
    Report {
        lang,
        title: said(lang, title),
        facts: facts(made, &first, &last),
        grades: made.candidate.grades.clone(),
        sections: vec![
            moves(made, &steady),
            afterwards(made, &apart),
            difference(made),
        ],
        customers: None,
    }
}

impl<'a> Backtest<'a> {
    fn ends(&self) -> &[Date] {
        &self.candidate.ends
    }

    /// The candidate, then the present scheme.
    fn sides(&self) -> [&'a Replay; 2] {
        [self.candidate, self.present]
    }

    fn side_words(&self) -> [String; 2] {
        [text!("candidate", "候选"), text!("present", "现行")].map(|word| said(self.lang, word))
    }

    /// A period by its last day: `2024-03`.
    fn name_of(&self, end: Date) -> String {
        Period::of(self.period, end).to_string()
    }

    fn column(&self, key: &str, heading: Text, kind: Kind) -> Column {
        Column::new(key, said(self.lang, heading), kind)
    }

    fn categories(&self) -> Vec<Label> {
        let ends = self.ends().iter();
        ends.map(|end| Label::plain(self.name_of(*end))).collect()
    }
}

/// The keys of the two sides in JSON.
const SIDES: [&str; 2] = ["candidate", "present"];

fn facts(made: &Backtest<'_>, first: &str, last: &str) -> Vec<Fact> {
    let fact = |key, label, value: String| Fact {
        key,
        label: said(made.lang, label),
        value,
    };
    let revenue = made.following.revenue.map(|revenue| &revenue.heading);
    let mut facts = vec![
        fact(
            "candidate",
            text!("Candidate", "候选方案"),
            made.candidate.name.clone(),
        ),
        fact(
            "present",
            text!("Present scheme", "现行方案"),
            made.present.name.clone(),
        ),
        fact(
            "periods",
            text!("Periods", "期间"),
            format!("{first} … {last} ({})", made.ends().len()),
        ),
        fact(
            "customers",
            text!("Customers", "客户数"),
            made.candidate.customers().len().to_string(),
        ),
        fact(
            "ahead",
            text!("Periods looked ahead", "往后看几期"),
            made.following.ahead.to_string(),
        ),
        fact(
            "within",
            text!("Moved back within (periods)", "几期内变回算反复"),
            made.within.to_string(),
        ),
    ];
    if let Some(revenue) = revenue {
        let label = text!("Revenue", "收入");
        facts.push(fact("revenue", label, revenue.clone()));
    }
    facts
}

/// Who moved, who moved back, and how long grades last.
fn moves(made: &Backtest<'_>, steady: &[Steadiness; 2]) -> Section {
    let lang = made.lang;
    let within = made.within;
    let mut section = Section::new("moves", said(lang, text!("Moves", "升降与稳定")));
    let notes = [
        text!(
            "Each period end is graded by the sheets in force then and the events up to then, as both are known now, going \
             on from the replayed period end before; what people set counts from its first day to its last. Nothing \
             recorded is used: at the first period end everybody has what the scheme gives, looking back over the periods \
             before.",
            "每个期末都按当时有效的客户表和截至当时的流水（以现在所知为准）重新评级，并接着上一个重评的期末；人工调整在其有效期内起作用。不使用已记录的批次：第一个期末的等级由方案回看以前各期得出。"
        ),
        text!(
            "A move is another grade than the one that the customer had when last there; who is absent, or whose row is \
             refused, keeps the grade and is in no count. The share that kept its grade is of those who had one both \
             times. Moved back: the other way within {within} periods. Periods in a grade: the mean length of a stay, as \
             far as the span shows it.",
            "变动：与客户上次在册时的等级不同；缺席的、数据待修正的客户保持原等级，不计入。保持等级的占比，分母是前后都有等级的客户。反复：{within} 期内又变回相反方向。平均停留：在一个等级上连续停留的期数，以所示期间内看到的为准。"
        ),
    ];
    section.notes.extend(notes.map(|note| said(lang, note)));
    section.blocks.push(Block::Table(stability(made, steady)));
    section.blocks.push(Block::Chart(moved(made, steady)));
    section.blocks.push(Block::Table(by_period(made, steady)));
    section
}

/// A line a scheme.
fn stability(made: &Backtest<'_>, steady: &[Steadiness; 2]) -> Table {
    let column = |key: &str, text, kind| made.column(key, text, kind);
    let columns = vec![
        column("scheme", text!("Scheme", "方案"), Kind::Text),
        column("up", text!("Moves up", "升级次数"), Kind::Count),
        column("down", text!("Moves down", "降级次数"), Kind::Count),
        column(
            "up_again",
            text!("Down, then up again", "降后又升"),
            Kind::Count,
        ),
        column(
            "down_again",
            text!("Up, then down again", "升后又降"),
            Kind::Count,
        ),
        column(
            "reversed_share",
            text!("Moves taken back", "反复占变动"),
            Kind::Share,
        ),
        column(
            "kept_share",
            text!("Kept their grade", "保持等级"),
            Kind::Share,
        ),
        column(
            "stay",
            text!("Periods in a grade", "平均停留（期）"),
            Kind::Number,
        ),
    ];
    let mut table = Table::new("stability", columns);
    for (side, steady) in made.side_words().iter().zip(steady) {
        let compared = steady.total(|turn| turn.compared);
        table.rows.push(Row::new(vec![
            Cell::text(side),
            Cell::count(steady.total(|turn| turn.up)),
            Cell::count(steady.total(|turn| turn.down)),
            Cell::count(steady.total(|turn| turn.up_again)),
            Cell::count(steady.total(|turn| turn.down_again)),
            Cell::share(
                steady.total(crate::backtest::Turn::reversed),
                steady.total(crate::backtest::Turn::moved),
            ),
            Cell::share(
                steady.total(crate::backtest::Turn::kept),
                compared,
            ),
            Cell::number(
                ratio(steady.graded as i128, steady.stays as i128).map(|mean| mean.round(2)),
            ),
        ]));
    }
    table
}

/// A line a period, the two schemes beside each other.
fn by_period(made: &Backtest<'_>, steady: &[Steadiness; 2]) -> Table {
    let lang = made.lang;
    let mut columns = vec![
        made.column("as_of", text!("Period end", "期末"), Kind::Date),
        made.column("customers", text!("Customers", "客户数"), Kind::Count),
        made.column("new", text!("New", "新增"), Kind::Count),
    ];
    for (key, side) in SIDES.iter().zip(made.side_words()) {
        let mut column = |name: &str, what: Text, kind| {
            let what = said(lang, what);
            columns.push(Column::new(
                format!("{key}.{name}"),
                said(lang, text!("{what}, {side}", "{what}（{side}）")),
                kind,
            ));
        };
        column("up", text!("Up", "升"), Kind::Count);
        column("down", text!("Down", "降"), Kind::Count);
        column("reversed", text!("Back", "反复"), Kind::Count);
        column("kept_share", text!("Kept", "保持"), Kind::Share);
    }
    let mut table = Table::new("periods", columns);
    for (end, as_of) in made.ends().iter().enumerate() {
        let turn = &steady[0].turns[end];
        let mut cells = vec![
            Cell::Date(*as_of),
            Cell::count(turn.customers),
            Cell::count(turn.new),
        ];
        for steady in steady {
            let turn = &steady.turns[end];
            cells.push(Cell::count(turn.up));
            cells.push(Cell::count(turn.down));
            cells.push(Cell::count(turn.reversed()));
            cells.push(Cell::share(turn.kept(), turn.compared));
        }
        table.rows.push(Row::new(cells));
    }
    table
}

fn moved(made: &Backtest<'_>, steady: &[Steadiness; 2]) -> Chart {
    let lang = made.lang;
    let words = made.side_words();
    let series = words.iter().zip(steady).map(|(side, steady)| {
        let share = |turn: &crate::backtest::Turn| {
            ratio(turn.moved() as i128, turn.compared as i128)
        };
        Series::plain(side.as_str(), steady.turns.iter().map(share).collect())
    });
    let series = series.collect();
    let totals = words.iter().zip(steady).map(|(side, steady)| {
        let count = steady.total(crate::backtest::Turn::moved);
        format!("{side} {count}")
    });
    let totals = totals.collect::<Vec<_>>().join(", ");
    Chart::Lines(Plot {
        title: said(lang, text!("Share that moved", "变动客户的占比")),
        alt: said(
            lang,
            text!(
                "Share of customers who moved at each period end; moves in all: {totals}",
                "各期末等级有变的客户占比；变动总次数：{totals}"
            ),
        ),
        kind: Kind::Share,
        categories: made.categories(),
        series,
    })
}

/// What customers did afterwards, by the grade that they had.
fn afterwards(made: &Backtest<'_>, apart: &[Separation; 2]) -> Section {
    let lang = made.lang;
    let title = text!("What came after", "事后检验");
    let mut section = Section::new("afterwards", said(lang, title));
    let ahead = made.following.ahead;
    let judged = apart[0].judged();
    let all = made.ends().len();
    section.notes.push(said(
        lang,
        text!(
            "For each period end, the {ahead} periods after it: known for {judged} of {all} period ends, the others are \
             left out. A customer counts once for each period end.",
            "看每个期末以后的 {ahead} 期：{all} 个期末中有 {judged} 个已经知道，其余不计。每位客户在每个期末各计一次。"
        ),
    ));
    if judged == 0 {
        return section;
    }
    section.notes.extend(how_judged(made));
    section.blocks.push(Block::Table(quality(made, apart)));
    section.blocks.push(Block::Chart(in_order(made, apart)));
    for ((side, apart), (key, word)) in made
        .sides()
        .iter()
        .zip(apart)
        .zip(SIDES.iter().zip(made.side_words()))
    {
        let table = outcomes(made, side, apart, key);
        section.blocks.push(Block::Table(table.titled(word)));
    }
    section
}

/// How it is defined what customers spent, who is lost, and what the figures say.
fn how_judged(made: &Backtest<'_>) -> Vec<String> {
    let lang = made.lang;
    let ahead = made.following.ahead;
    let mut notes = vec![];
    if let Some(revenue) = made.following.revenue {
        let name = &revenue.heading;
        notes.push(text!(
            "Revenue is what {name} adds up, over the periods after.",
            "收入：把 {name} 所加总的流水，按其后各期合计。"
        ));
    }
    notes.push(if made.following.churned.is_empty() {
        text!(
            "Lost: no revenue in the {ahead} periods after.",
            "流失：其后 {ahead} 期没有收入。"
        )
    } else {
        text!(
            "Lost: `[report] churned` of the present scheme holds {ahead} periods later; of those who are not there then \
             it is unknown.",
            "流失：{ahead} 期以后满足现行方案的 `[report] churned`；那时不在册的不计。"
        )
    });
    notes.push(text!(
        "In order: of all pairs of customers of one period end who spent differently afterwards, the share in which the one \
         who spent more had the better grade; with the same grade half a pair. 50% is what lots would give. Gini is twice \
         that, less one.",
        "排序正确：同一期末、事后收入不同的任意两位客户中，收入多的那位等级更高的比例；等级相同算半对。抽签也有 50%。基尼系数是它的两倍减一。"
    ));
    notes.into_iter().map(|note| said(lang, note)).collect()
}

/// How many pairs of all are in order, halves for those of one grade.
fn concordance(pairs: &Pairs) -> Option<Decimal> {
    let all = i128::try_from(pairs.all()).ok()?.checked_mul(2)?;
    let right = i128::try_from(2 * pairs.right + pairs.same).ok()?;
    part(right, all)
}

/// The same from -1 to 1.
fn gini(pairs: &Pairs) -> Option<Decimal> {
    let all = i128::try_from(pairs.all()).ok()?;
    let (right, wrong) = (
        i128::try_from(pairs.right).ok()?,
        i128::try_from(pairs.wrong).ok()?,
    );
    part(right - wrong, all)
}

/// A part of a whole that may both be too large for [`ratio`]: pairs grow with the square of customers.
fn part(part: i128, whole: i128) -> Option<Decimal> {
    // Beyond 10^30 the last digits say nothing in six places.
    let scale = if whole.unsigned_abs() > 10u128.pow(30) {
        10i128.pow(9)
    } else {
        1
    };
    ratio(part / scale, whole / scale)
}

/// A line a scheme.
fn quality(made: &Backtest<'_>, apart: &[Separation; 2]) -> Table {
    let column = |key: &str, text, kind| made.column(key, text, kind);
    let columns = vec![
        column("scheme", text!("Scheme", "方案"), Kind::Text),
        column("top", text!("Top grade", "最高等级"), Kind::Text),
        column(
            "top_customers",
            text!("Its share of customers", "占客户"),
            Kind::Share,
        ),
        column(
            "top_revenue",
            text!("Its share of revenue after", "占其后收入"),
            Kind::Share,
        ),
        column("in_order", text!("In order", "排序正确"), Kind::Share),
        column("gini", text!("Gini", "基尼系数"), Kind::Number),
    ];
    let mut table = Table::new("separation", columns);
    let rows = made.side_words().into_iter().zip(made.sides()).zip(apart);
    for ((word, side), apart) in rows {
        let total = apart.total();
        let top = &apart.grades[0];
        let name = side.grades.first().map(|(name, _)| Cell::Text(name.clone()));
        table.rows.push(Row::new(vec![
            Cell::text(&word),
            name.unwrap_or(Cell::Missing),
            Cell::share(top.customers, total.customers),
            Cell::number(share_of(top, &total)),
            Cell::number(concordance(&apart.pairs)),
            Cell::number(gini(&apart.pairs).map(|gini| gini.round(3))),
        ]));
    }
    table
}

/// What share of what was spent is of these; none of nothing or less.
fn share_of(outcome: &GradeOutcome, total: &GradeOutcome) -> Option<Decimal> {
    ratio(outcome.spent, total.spent).filter(|_| total.spent > 0 && outcome.known > 0)
}

/// What customers of each grade of a scheme did.
fn outcomes(made: &Backtest<'_>, side: &Replay, apart: &Separation, key: &str) -> Table {
    let lang = made.lang;
    let revenue = made.following.revenue;
    let money = if revenue.is_some_and(|revenue| revenue.is_money) {
        Kind::Money
    } else {
        Kind::Number
    };
    let column = |key: &str, text, kind| made.column(key, text, kind);
    let columns = vec![
        Column::new("grade", Word::Grade.get(lang), Kind::Text),
        column("customers", text!("Customers", "客户（人次）"), Kind::Count),
        column(
            "customer_share",
            text!("Share of customers", "客户占比"),
            Kind::Share,
        ),
        column(
            "mean",
            text!("Mean revenue after", "其后户均收入"),
            money,
        ),
        column(
            "revenue_share",
            text!("Share of revenue", "收入占比"),
            Kind::Share,
        ),
        column("lost", text!("Lost", "流失"), Kind::Count),
        column("lost_share", text!("Share lost", "流失率"), Kind::Share),
    ];
    let total = apart.total();
    let cells = |name: Cell, outcome: &GradeOutcome| {
        let mean = (outcome.known > 0)
            .then(|| divide_half_away(outcome.spent, outcome.known as i128))
            .and_then(Decimal::from_wide);
        vec![
            name,
            Cell::count(outcome.customers),
            Cell::share(outcome.customers, total.customers),
            Cell::number(mean.map(|mean| mean.round(2))),
            Cell::number(share_of(outcome, &total)),
            Cell::count(outcome.lost),
            Cell::share(outcome.lost, outcome.lost + outcome.stayed),
        ]
    };
    let mut table = Table::new(format!("grades.{key}"), columns);
    for (grade, outcome) in apart.grades.iter().enumerate() {
        let (name, _) = &side.grades[grade];
        let row = Row::new(cells(Cell::Text(name.clone()), outcome));
        table.rows.push(row.of_grade(colour(made, name)));
    }
    if apart.ungraded.customers > 0 {
        let name = Cell::text(crate::decide::Decision::Unrated.word(lang));
        table.rows.push(Row::new(cells(name, &apart.ungraded)));
    }
    let all = Cell::text(Word::Total.get(lang));
    table.rows.push(Row::total(cells(all, &total)));
    table
}

/// The colour of a grade: that of the candidate's grade of the name.
fn colour(made: &Backtest<'_>, name: &str) -> Option<usize> {
    let mut grades = made.candidate.grades.iter();
    grades.position(|(known, _)| **known == *name)
}

fn in_order(made: &Backtest<'_>, apart: &[Separation; 2]) -> Chart {
    let lang = made.lang;
    let words = made.side_words();
    let series = words.iter().zip(apart).map(|(side, apart)| {
        let share = |pairs: &Option<Pairs>| pairs.as_ref().and_then(concordance);
        Series::plain(side.as_str(), apart.by_end.iter().map(share).collect())
    });
    let series = series.collect();
    let percent = |share: Decimal| {
        let hundredfold = share.checked_mul(Decimal::HUNDRED).unwrap_or_default();
        format!("{}%", hundredfold.round(1))
    };
    let totals = words.iter().zip(apart).map(|(side, apart)| {
        let share = concordance(&apart.pairs).map_or_else(|| "–".to_owned(), percent);
        format!("{side} {share}")
    });
    let totals = totals.collect::<Vec<_>>().join(", ");
    Chart::Lines(Plot {
        title: said(
            lang,
            text!("Pairs in order", "排序正确的比例"),
        ),
        alt: said(
            lang,
            text!(
                "Share of pairs in order at each period end; all together: {totals}",
                "各期末排序正确的比例；合计：{totals}"
            ),
        ),
        kind: Kind::Share,
        categories: made.categories(),
        series,
    })
}

/// Who stands elsewhere at the last period end.
fn difference(made: &Backtest<'_>) -> Section {
    let lang = made.lang;
    let end = made.ends().len() - 1;
    let as_of = made.ends()[end];
    let [candidate, present] = made.sides();
    let place = |side: &Replay, id: &str| {
        let standing = side.customer(id).and_then(|known| known.standings[end]);
        let standing = standing.filter(|standing| standing.is_present())?;
        Some(standing.grade.map_or(side.grades.len(), |grade| grade as usize))
    };
    let mut counts = vec![vec![0u64; candidate.grades.len() + 1]; present.grades.len() + 1];
    for customer in candidate.customers() {
        let (from, to) = (place(present, &customer.id), place(candidate, &customer.id));
        if let (Some(from), Some(to)) = (from, to) {
            counts[from][to] += 1;
        }
    }
    let elsewhere = made.candidate.customers().iter().filter(|customer| {
        let of = |side: &Replay| {
            let standing = side.customer(&customer.id)?.standings[end]?;
            standing.is_present().then(|| side.grade_name(standing).cloned())
        };
        let (was, is) = (of(present), of(candidate));
        was.is_some() && is.is_some() && was != is
    });
    let elsewhere = elsewhere.count();
    let all: u64 = counts.iter().flatten().sum();
    let mut section = Section::new(
        "difference",
        said(lang, text!("The two schemes at the end", "期末两方案对照")),
    );
    section.notes.push(said(
        lang,
        text!(
            "At the end, on {as_of}, {elsewhere} of {all} customers have another grade by the candidate.",
            "{as_of} 时，{all} 位客户中有 {elsewhere} 位按候选方案等级不同。"
        ),
    ));
    let labels = |side: &Replay| {
        let grades = side.grades.iter();
        let mut labels: Vec<Label> = grades
            .map(|(name, _)| Label {
                text: name.clone(),
                grade: colour(made, name),
            })
            .collect();
        labels.push(Label::plain(crate::decide::Decision::Unrated.word(lang)));
        labels
    };
    let (from, to) = (labels(present), labels(candidate));
    // A level that nobody has is a line without width, but a grade is there though nobody has it.
    let rows: Vec<usize> = (0..from.len())
        .filter(|row| *row < present.grades.len() || counts[*row].iter().any(|count| *count > 0))
        .collect();
    let columns: Vec<usize> = (0..to.len())
        .filter(|at| *at < candidate.grades.len() || counts.iter().any(|row| row[*at] > 0))
        .collect();
    section.blocks.push(Block::Table(matrix(
        made, &from, &to, &rows, &columns, &counts,
    )));
    let is_used = |row: &&usize| counts[**row].iter().any(|count| *count > 0);
    let rows: Vec<usize> = rows.iter().filter(is_used).copied().collect();
    let is_used = |at: &&usize| counts.iter().any(|row| row[**at] > 0);
    let columns: Vec<usize> = columns.iter().filter(is_used).copied().collect();
    section.blocks.push(Block::Chart(Chart::Flows(Flows {
        title: said(
            lang,
            text!("From the present scheme to the candidate", "从现行方案到候选方案"),
        ),
        alt: said(
            lang,
            text!(
                "Which grade by the present scheme and which by the candidate on {as_of}: {elsewhere} customers differ",
                "{as_of} 时现行方案与候选方案的等级对照：{elsewhere} 位客户不同"
            ),
        ),
        before: made.side_words()[1].clone(),
        after: made.side_words()[0].clone(),
        from: rows.iter().map(|row| from[*row].clone()).collect(),
        to: columns.iter().map(|at| to[*at].clone()).collect(),
        counts: rows
            .iter()
            .map(|row| columns.iter().map(|at| counts[*row][*at]).collect())
            .collect(),
    })));
    section
}

fn matrix(
    made: &Backtest<'_>,
    from: &[Label],
    to: &[Label],
    rows: &[usize],
    columns: &[usize],
    counts: &[Vec<u64>],
) -> Table {
    let lang = made.lang;
    let mut heads = vec![made.column(
        "present",
        text!("Present ↓ candidate →", "现行 ↓ 候选 →"),
        Kind::Text,
    )];
    for at in columns {
        let name: &Arc<str> = &to[*at].text;
        heads.push(Column::new(format!("to.{name}"), &**name, Kind::Count));
    }
    heads.push(Column::new("total", Word::Total.get(lang), Kind::Count));
    let mut table = Table::new("matrix", heads);
    let count = |count: u64| Cell::count(count as usize);
    for row in rows {
        let mut cells = vec![Cell::Text(from[*row].text.clone())];
        cells.extend(columns.iter().map(|at| count(counts[*row][*at])));
        cells.push(count(counts[*row].iter().sum()));
        table.rows.push(Row::new(cells).of_grade(from[*row].grade));
    }
    let mut cells = vec![Cell::text(Word::Total.get(lang))];
    cells.extend(
        columns
            .iter()
            .map(|at| count(counts.iter().map(|row| row[*at]).sum())),
    );
    cells.push(count(counts.iter().flatten().sum()));
    table.rows.push(Row::total(cells));
    table
}
