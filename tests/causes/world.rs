//! A thousand customers of two months with all that two runs are made of, and what it comes to, worked out again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Year, month, day.
pub type Day = (i32, u32, u32);

pub const JANUARY: Day = (2024, 1, 31);
pub const FEBRUARY: Day = (2024, 2, 29);

/// Numbers that look like chance and are the same on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        // Knuth's multiplier; the upper bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

/// A row of the customers' sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Customer {
    /// In whole 万元; blank where it is not known.
    pub purchases: Option<i64>,
    /// A customer since.
    pub since: Day,
}

pub type Sheet = BTreeMap<String, Customer>;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Hold {
    Floor,
    Lock,
    Ceiling,
}

/// What people set, by customer: grades are numbered from the best.
pub type Overrides = BTreeMap<String, (Hold, usize)>;

pub const GRADES: [&str; 4] = ["A", "B", "C", "D"];

/// What differs between the two schemes.
pub struct Scheme {
    /// From how much on purchases are 高 and 中, and the points of 高, 中, 低.
    pub bands: ([i64; 2], [i64; 3]),
    /// The weights of purchases and of years; together 100.
    pub weights: [i64; 2],
    /// The best so many per cent are A.
    pub top: i64,
    /// The scores from which on B and C are given.
    pub cuts: [i64; 2],
}

pub const OLD: Scheme = Scheme {
    bands: ([100, 50], [100, 60, 20]),
    weights: [60, 40],
    top: 10,
    cuts: [60, 40],
};
pub const NEW: Scheme = Scheme {
    bands: ([90, 55], [100, 60, 20]),
    weights: [50, 50],
    top: 14,
    cuts: [62, 40],
};

impl Scheme {
    pub fn text(&self) -> String {
        let ([high, middle], [first, second, third]) = self.bands;
        let ([value, years], [b, c], top) = (self.weights, self.cuts, self.top);
        format!(
            r#"[scheme]
name = "causes"
language = "zh"
[sheets.customers]
key = "编号"
fields = [{{ name = "采购额", type = "number" }}, {{ name = "合作起始", type = "date" }}]
[[values]]
name = "合作年限"
is = "years(合作起始)"
[[dimensions]]
name = "价值"
weight = {value}
bands = [
  {{ label = "高", when = "采购额 >= {high}", points = {first} }},
  {{ label = "中", when = "采购额 >= {middle}", points = {second} }},
  {{ label = "低", points = {third} }},
]
[[dimensions]]
name = "年限"
weight = {years}
points = "clamp(合作年限 * 20 + 采购额 * 0.1, 0, 100)"
[[grades]]
name = "A"
top = "{top}%"
by = "score"
[[grades]]
name = "B"
when = "score >= {b}"
[[grades]]
name = "C"
when = "score >= {c}"
[[grades]]
name = "D"
"#
        )
    }

    /// The score in thousandths; `None` where the purchases are not known.
    pub fn score(&self, customer: &Customer, as_of: Day) -> Option<i64> {
        let purchases = customer.purchases?;
        let ([high, middle], points) = self.bands;
        let value = match purchases {
            _ if purchases >= high => points[0],
            _ if purchases >= middle => points[1],
            _ => points[2],
        };
        // 0.1 a unit of purchases: tenths of a point.
        let years = (years(customer.since, as_of) * 200 + purchases).clamp(0, 1000);
        Some(value * self.weights[0] * 10 + years * self.weights[1])
    }

    /// The grade of every customer on a date, overrides applied; `None` for who is unrated.
    pub fn grades(
        &self,
        sheet: &Sheet,
        overrides: &Overrides,
        as_of: Day,
    ) -> BTreeMap<String, Option<usize>> {
        let scores: BTreeMap<&String, Option<i64>> = sheet
            .iter()
            .map(|(id, customer)| (id, self.score(customer, as_of)))
            .collect();
        let mut known: Vec<i64> = scores.values().flatten().copied().collect();
        known.sort_unstable();
        let grade = |id: &String, score: &Option<i64>| {
            let by_rule = score.map(|score| {
                let better = known.len() - known.partition_point(|other| *other <= score);
                match score {
                    // In iff B × 100 < P × N.
                    _ if (better as i64) * 100 < self.top * known.len() as i64 => 0,
                    _ if score >= self.cuts[0] * 1000 => 1,
                    _ if score >= self.cuts[1] * 1000 => 2,
                    _ => 3,
                }
            });
            match (overrides.get(id), by_rule) {
                (None, rule) => rule,
                (Some((Hold::Lock, level)), _) => Some(*level),
                (Some((Hold::Floor, level)), rule) => Some(rule.map_or(*level, |r| r.min(*level))),
                (Some((Hold::Ceiling, level)), rule) => rule.map(|r| r.max(*level)),
            }
        };
        let graded = scores.iter().map(|(id, score)| (*id, grade(id, score)));
        graded.map(|(id, grade)| (id.clone(), grade)).collect()
    }
}

/// Whole years by the calendar; 29 February counts on 1 March where there is none.
fn years(from: Day, to: Day) -> i64 {
    i64::from(to.0 - from.0) - i64::from((to.1, to.2) < (from.1, from.2))
}

/// All that two runs are made of.
pub struct World {
    pub schemes: [&'static Scheme; 2],
    pub sheets: [Sheet; 2],
    pub overrides: [Overrides; 2],
    /// Overrides that are set for January only: they expire by themselves.
    pub expiring: BTreeSet<String>,
}

impl World {
    pub fn new(seed: u64, schemes: [&'static Scheme; 2]) -> Self {
        let mut chance = Chance(seed);
        let customer = |chance: &mut Chance| {
            let purchases = (!chance.percent(2)).then(|| chance.below(140) as i64);
            let year = 2018 + chance.below(6) as i32;
            // Every fifth has an anniversary between the two runs.
            let (month, day) = if chance.percent(20) {
                (2, 1 + chance.below(28))
            } else {
                (1 + chance.below(12), 1 + chance.below(28))
            };
            Customer {
                purchases,
                since: (year, month as u32, day as u32),
            }
        };
        let mut old = Sheet::new();
        for number in 0..1000 {
            old.insert(format!("K{number:04}"), customer(&mut chance));
        }
        // A leap day is an anniversary of its own.
        for (number, year) in [(3, 2020), (4, 2016)] {
            old.get_mut(&format!("K{number:04}")).unwrap().since = (year, 2, 29);
        }
        let mut new = Sheet::new();
        for (id, before) in &old {
            let mut now = before.clone();
            match chance.below(100) {
                // Gone.
                0..3 => continue,
                3..35 => {
                    now.purchases = Some(before.purchases.map_or(60, |known| {
                        // More up than down, so that others are pushed out of the best.
                        (known + chance.below(61) as i64 - 12).max(0)
                    }));
                }
                35..37 => now.purchases = None,
                _ => {}
            }
            new.insert(id.clone(), now);
        }
        for number in 1000..1030 {
            new.insert(format!("K{number:04}"), customer(&mut chance));
        }
        let mut overrides = [Overrides::new(), Overrides::new()];
        let mut expiring = BTreeSet::new();
        for id in old.keys() {
            let kind = chance.below(100);
            let hold = [Hold::Floor, Hold::Lock, Hold::Ceiling][chance.below(3) as usize];
            let set = (hold, chance.below(4) as usize);
            match kind {
                0..3 => {
                    overrides[0].insert(id.clone(), set);
                    overrides[1].insert(id.clone(), set);
                }
                3..6 => {
                    overrides[0].insert(id.clone(), set);
                    expiring.insert(id.clone());
                }
                6..9 if new.contains_key(id) => {
                    overrides[1].insert(id.clone(), set);
                }
                _ => {}
            }
        }
        Self {
            schemes,
            sheets: [old, new],
            overrides,
            expiring,
        }
    }

    /// The grades with each thing the old one (0) or the new one (1).
    pub fn grades(
        &self,
        [data, scheme, overrides, time]: [usize; 4],
    ) -> BTreeMap<String, Option<usize>> {
        self.schemes[scheme].grades(
            &self.sheets[data],
            &self.overrides[overrides],
            [JANUARY, FEBRUARY][time],
        )
    }

    /// The cause of every move of a customer whom both runs have.
    pub fn causes(&self) -> BTreeMap<String, &'static str> {
        let (before, after) = (self.grades([0; 4]), self.grades([1; 4]));
        let old_overrides = self.grades([1, 1, 0, 1]);
        let old_scheme = self.grades([1, 0, 1, 1]);
        let new_scheme = self.grades([0, 1, 0, 0]);
        let old_data = self.grades([0, 1, 1, 1]);
        let old_time = self.grades([1, 1, 1, 0]);
        let mut causes = BTreeMap::new();
        for (id, old) in &before {
            let Some(new) = after.get(id).filter(|new| *new != old) else {
                continue;
            };
            let needed = old_scheme[id] != *new;
            let enough = new_scheme[id] == *new;
            let cause = if old_overrides[id] == *old {
                "override"
            } else if needed && enough && old_scheme[id] == *old {
                "scheme"
            } else if needed || enough {
                "both"
            } else if old_data[id] != *old && old_time[id] == *old {
                "time"
            } else if self.sheets[0][id] == self.sheets[1][id] {
                "other_customers"
            } else {
                "data"
            };
            causes.insert(id.clone(), cause);
        }
        causes
    }

    /// Writes the sheets, the schemes and the lists of overrides.
    pub fn write(&self, folder: &Path) {
        for (sheet, name) in self.sheets.iter().zip(["01", "02"]) {
            let mut text = String::from("编号,采购额,合作起始\n");
            for (id, customer) in sheet {
                let purchases = customer.purchases.map(|number| number.to_string());
                let (year, month, day) = customer.since;
                let purchases = purchases.unwrap_or_default();
                writeln!(text, "{id},{purchases},{year}-{month:02}-{day:02}").unwrap();
            }
            fs::write(folder.join(format!("客户2024-{name}.csv")), text).unwrap();
        }
        for (scheme, name) in self.schemes.iter().zip(["rules-1.toml", "rules-2.toml"]) {
            fs::write(folder.join(name), scheme.text()).unwrap();
        }
        let set = |only: &dyn Fn(&String) -> bool, of: &Overrides| {
            let mut text = String::from("编号,等级,方式,理由,有效期至\n");
            for (id, (hold, level)) in of.iter().filter(|(id, _)| only(id)) {
                let hold = match hold {
                    Hold::Floor => "下限",
                    Hold::Lock => "锁定",
                    Hold::Ceiling => "上限",
                };
                let until = if self.expiring.contains(id) {
                    "2024-02-15"
                } else {
                    "2099-12-31"
                };
                writeln!(text, "{id},{},{hold},商定,{until}", GRADES[*level]).unwrap();
            }
            text
        };
        let [old, new] = &self.overrides;
        fs::write(folder.join("调整1.csv"), set(&|_| true, old)).unwrap();
        let fresh = |id: &String| !old.contains_key(id);
        fs::write(folder.join("调整2.csv"), set(&fresh, new)).unwrap();
    }
}
