//! Customers who are tried: values of which parts are made that are not seen through (a product of two of them), put
//! together, and between two of them that come to something else the places at which that turns.
//!
//! The same scheme gives the same customers. They are some of all: whom they show there is.

use super::cells::{Given, Row};
use super::component::Outcome;
use super::open::Open;
use crate::expr::{Base, Slot};
use crate::scheme::lint::shape::{ONE, Shape};
use crate::scheme::lint::values::{key, value};
use crate::scheme::lint::variables::Kind;
use crate::table::{Date, Value};
use std::collections::{BTreeMap, BTreeSet};

/// At most so many are put together of the values themselves.
const MOST: usize = 1_500;
/// All values of a field are tried where they are no more than these.
const MOST_OF_ONE: i64 = 40;
/// So many pairs are looked between at a time, and so many times.
const MOST_PAIRS: usize = 120;
const ROUNDS: usize = 2;
/// So many pairs are looked between of those that differ in the same.
const ALIKE: usize = 2;
/// Points that come to more than these are not looked between: nearly every value has its own.
const MOST_POINTS: usize = 64;

/// The values that are tried, for each value from outside.
struct Tries {
    values: Vec<Vec<Value>>,
    /// Of ordered ones the least difference.
    steps: Vec<Option<i64>>,
    bases: Vec<Base>,
}

/// Two customers who differ in one value.
struct Pair {
    row: Row,
    place: usize,
    low: i64,
    high: i64,
}

/// The customers. `closed` are the values that comparisons read which are not seen through; `come_to` says what some
/// customers come to.
pub fn rows(
    open: &Open<'_>,
    given: &[Given],
    closed: &BTreeSet<Slot>,
    as_of: Date,
    come_to: impl Fn(Vec<Row>) -> Vec<Outcome>,
) -> Vec<Row> {
    let tries = Tries::of(open, given, closed, as_of);
    let mut rows = tries.put_together();
    let outcomes = come_to(rows.clone());
    let points: BTreeSet<Option<(i128, i128)>> = outcomes.iter().map(|own| own.points).collect();
    let are_few = points.len() <= MOST_POINTS;
    let is_same = |one: &Outcome, other: &Outcome| {
        one.choices == other.choices && (!are_few || one.points == other.points)
    };
    let mut pairs = tries.pairs(&rows, &outcomes, &is_same);
    for _ in 0..ROUNDS {
        let (found, more) = tries.look_between(pairs, &come_to, &is_same);
        rows.extend(found);
        pairs = more;
    }
    rows
}

impl Tries {
    fn of(open: &Open<'_>, given: &[Given], closed: &BTreeSet<Slot>, as_of: Date) -> Self {
        let values_of = |given: &Given| {
            let is_mixed = open.is_mixed(given.slot) || closed.contains(&given.slot);
            tried(open, given, is_mixed, as_of)
        };
        let mut values: Vec<Vec<Value>> = given.iter().map(values_of).collect();
        // As many of each as go together; where some have few the others may have more.
        let together = |most: usize| {
            let counts = values.iter().map(|values| values.len().clamp(1, most));
            counts.fold(1, usize::saturating_mul)
        };
        let most = (2..=MOST).take_while(|most| together(*most) <= MOST);
        let most = most.last().unwrap_or(2);
        for values in &mut values {
            thin(values, most);
        }
        let step = |given: &Given| match &given.variable.kind {
            Kind::Ordered(shape) if shape.closed.is_none() => Some(shape.step.max(1)),
            _ => None,
        };
        Self {
            values,
            steps: given.iter().map(step).collect(),
            bases: given.iter().map(|given| given.variable.ty.base).collect(),
        }
    }

    /// Everything with everything; the last value changes fastest.
    fn put_together(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = vec![vec![]];
        for values in &self.values {
            let longer = |row: &Row| {
                let row = row.clone();
                let with = move |value: &Value| {
                    let mut row = row.clone();
                    row.push(value.clone());
                    row
                };
                values.iter().map(with).collect::<Vec<Row>>()
            };
            rows = rows.iter().flat_map(longer).collect();
            // Two of each of many are too many still.
            if rows.len() > 4 * MOST {
                thin(&mut rows, MOST);
            }
        }
        rows
    }

    /// Pairs that come to something else, a few of each sort.
    fn pairs(
        &self,
        rows: &[Row],
        outcomes: &[Outcome],
        is_same: &dyn Fn(&Outcome, &Outcome) -> bool,
    ) -> Vec<Pair> {
        // Nobody, where a value has no possible one; or they were thinned, and neighbours are not known.
        let lens = self.values.iter().map(Vec::len);
        if rows.is_empty() || lens.fold(1, usize::saturating_mul) != rows.len() {
            return vec![];
        }
        let mut sorts: BTreeMap<(usize, &Outcome, &Outcome), Vec<usize>> = BTreeMap::new();
        let mut stride = rows.len();
        for (place, values) in self.values.iter().enumerate() {
            stride /= values.len();
            if self.steps[place].is_none() {
                continue;
            }
            for at in 0..rows.len() {
                if at / stride % values.len() + 1 < values.len() {
                    let (one, other) = (&outcomes[at], &outcomes[at + stride]);
                    if !is_same(one, other) {
                        sorts.entry((place, one, other)).or_default().push(at);
                    }
                }
            }
        }
        let mut pairs = vec![];
        for ((place, ..), mut at) in sorts {
            thin(&mut at, ALIKE);
            let stride: usize = self.values[place + 1..].iter().map(Vec::len).product();
            for at in at {
                let ends = key(&rows[at][place]).zip(key(&rows[at + stride][place]));
                pairs.extend(ends.map(|(low, high)| Pair {
                    row: rows[at].clone(),
                    place,
                    low,
                    high,
                }));
            }
        }
        pairs
    }

    fn with(&self, pair: &Pair, key: i64) -> Option<Row> {
        let mut row = pair.row.clone();
        row[pair.place] = value(self.bases[pair.place], key)?;
        Some(row)
    }

    /// The neighbours between which pairs turn for the first time, and what is left of the pairs behind them.
    fn look_between(
        &self,
        mut pairs: Vec<Pair>,
        come_to: &impl Fn(Vec<Row>) -> Vec<Outcome>,
        is_same: &dyn Fn(&Outcome, &Outcome) -> bool,
    ) -> (Vec<Row>, Vec<Pair>) {
        let step = |pair: &Pair| self.steps[pair.place].unwrap_or(1);
        pairs.retain(|pair| pair.high.saturating_sub(pair.low) > step(pair));
        thin(&mut pairs, MOST_PAIRS);
        let ends: Vec<i64> = pairs.iter().map(|pair| pair.high).collect();
        loop {
            let wide = |pair: &&mut Pair| {
                pair.high
                    .checked_sub(pair.low)
                    .is_some_and(|width| width > step(pair))
            };
            let mut wide: Vec<&mut Pair> = pairs.iter_mut().filter(wide).collect();
            if wide.is_empty() {
                break;
            }
            let middle = |pair: &Pair| {
                let step = step(pair);
                let steps = (pair.high - pair.low) / step / 2;
                pair.low + steps.max(1) * step
            };
            // What they come to is compared within one call.
            let lows = wide.iter().map(|pair| self.with(pair, pair.low));
            let middles = wide.iter().map(|pair| self.with(pair, middle(pair)));
            let rows: Vec<Row> = lows.chain(middles).map(Option::unwrap_or_default).collect();
            if rows.iter().any(Vec::is_empty) {
                break;
            }
            let outcomes = come_to(rows);
            let count = wide.len();
            for (index, pair) in wide.iter_mut().enumerate() {
                let middle = middle(pair);
                if is_same(&outcomes[index], &outcomes[count + index]) {
                    pair.low = middle;
                } else {
                    pair.high = middle;
                }
            }
        }
        let ways = |pair: &Pair| [self.with(pair, pair.low), self.with(pair, pair.high)];
        let found = pairs.iter().flat_map(ways).flatten().collect();
        let rest = pairs.into_iter().zip(ends).map(|(pair, end)| Pair {
            low: pair.high,
            high: end,
            ..pair
        });
        (found, rest.collect())
    }
}

/// Leaves so many, from the first to the last at equal distances.
fn thin<T>(all: &mut Vec<T>, most: usize) {
    let len = all.len();
    if len <= most {
        return;
    }
    let last = most.saturating_sub(1).max(1);
    let kept: BTreeSet<usize> = (0..most).map(|at| at * (len - 1) / last).collect();
    let mut at = 0..len;
    all.retain(|_| at.next().is_some_and(|at| kept.contains(&at)));
}

/// The values of one that are tried: those that stand for all of them as far as that is known, and plain ones where it is
/// mixed with others in what is not seen through.
fn tried(open: &Open<'_>, given: &Given, is_mixed: bool, as_of: Date) -> Vec<Value> {
    let known = given.samples(&BTreeSet::new(), 0);
    if !is_mixed {
        return known;
    }
    let (variable, missing) = (&given.variable, known.contains(&Value::Missing));
    match &variable.kind {
        Kind::Ordered(shape) if shape.closed.is_none() => {
            let mut keys: BTreeSet<i64> = known.iter().filter_map(key).collect();
            keys.extend(plain(variable.ty.base, shape, as_of));
            let values = keys
                .into_iter()
                .filter_map(|key| value(variable.ty.base, key));
            values.chain(missing.then_some(Value::Missing)).collect()
        }
        Kind::Texts(names) if names.is_empty() => {
            let words = open.words().iter().cloned().map(Value::Text);
            let more: Vec<Value> = words.filter(|word| !known.contains(word)).collect();
            known.into_iter().chain(more).collect()
        }
        Kind::List => {
            let domain = variable.ty.domain.as_ref();
            let all = domain.map_or(&[][..], |domain| &domain.values);
            let each = all.iter().map(|text| Value::List(vec![text.clone()]));
            let both = (all.len() > 1).then(|| Value::List(all.to_vec()));
            known.into_iter().chain(each).chain(both).collect()
        }
        _ => known,
    }
}

/// Plain numbers and days of all sizes, or all that there are.
fn plain(base: Base, shape: &Shape, as_of: Date) -> Vec<i64> {
    let step = shape.step.max(1);
    let ends = shape.least.zip(shape.greatest);
    if let Some((least, greatest)) = ends
        && let Some(width) = greatest.checked_sub(least)
        && width / step <= MOST_OF_ONE
    {
        let first = least.div_euclid(step) * step;
        let all = (0..=width / step + 1).map(|times| first + times * step);
        return all.filter(|key| (least..=greatest).contains(key)).collect();
    }
    let day = i64::from(as_of.days());
    let days = [-3650, -365, -90, -30, -1, 0, 1, 30];
    let mut keys: Vec<i64> = match base {
        Base::Date => days.iter().map(|more| day + more).collect(),
        Base::DateTime => days.iter().map(|more| (day + more) * 86_400).collect(),
        _ => {
            let sizes = [1, 10, 1000, 100_000, 10_000_000];
            let both = sizes.into_iter().flat_map(|size| [-size, size]);
            both.chain([0]).map(|size| size * ONE).collect()
        }
    };
    keys.extend(shape.least.into_iter().chain(shape.greatest));
    let keys = keys.into_iter().map(|key| key.div_euclid(step) * step);
    keys.filter(|key| {
        shape.least.is_none_or(|least| *key >= least)
            && shape.greatest.is_none_or(|greatest| *key <= greatest)
    })
    .collect()
}
