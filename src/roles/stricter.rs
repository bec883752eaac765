//! Whether a role has been made stricter: a run that was recorded before shows more than the role may see now.

use super::Viewer;
use crate::expr::{Bound, Slot};
use crate::scheme::Scheme;
use crate::scheme::model::{
    Band, DimensionRule, Expression, Field, GradeRule, IndicatorRule, Metric, MetricSource,
    SlotKind, TemplatePart, WindowSpan,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a condition reads, down to the fields: each name with what the scheme says of it.
pub type Definitions = BTreeMap<String, String>;

impl Viewer {
    /// The first column by name, if any, that the role sees here and does not see as it is in another scheme; of the rows
    /// `rows` is said.
    pub fn is_laxer_than(&self, other: &Self) -> Option<Arc<str>> {
        let text = |viewer: &Self| viewer.role.rows.as_ref().map(|rows| rows.text.clone());
        if text(self) != text(other) || self.rows_read != other.rows_read {
            return Some("rows".into());
        }
        let entries = self.scheme.slots.entries.iter().zip(&self.sights.how);
        let mut laxer = entries.filter(|(entry, how)| {
            let others = other.scheme.slots.entries.iter().zip(&other.sights.how);
            // A dimension's label and its points have one name.
            let kind = std::mem::discriminant(&entry.kind);
            let mut same = others.filter(|(known, _)| {
                known.name == entry.name && std::mem::discriminant(&known.kind) == kind
            });
            same.any(|(known, other_how)| {
                known.sight > entry.sight || known.sight == entry.sight && other_how != *how
            })
        });
        let column = laxer.next().map(|(entry, _)| entry.name.clone());
        column.or_else(|| self.event_field_hidden_by(other))
    }

    /// The first field of an event sheet that the other hides and this one shows, by name.
    fn event_field_hidden_by(&self, other: &Self) -> Option<Arc<str>> {
        let hidden = other.sights.of_events.iter();
        let mut hidden = hidden.filter_map(|(sheet, field)| {
            let theirs = &other.scheme.events[*sheet].sheet;
            let name = &theirs.fields[*field].name;
            let mut events = self.scheme.events.iter();
            let sheet = events.position(|event| event.sheet.name == theirs.name)?;
            let own = &self.scheme.events[sheet].sheet;
            let field = own.fields.iter().position(|field| field.name == *name)?;
            let is_shown = !self.sights.of_events.contains(&(sheet, field));
            is_shown.then(|| format!("{}.{name}", own.name).into())
        });
        hidden.next()
    }
}

/// What `rows` reads. A value of the same name may be another customer's in another scheme.
pub fn definitions(scheme: &Scheme, rows: Option<&Expression>) -> Definitions {
    let mut reader = Reader {
        scheme,
        told: Definitions::new(),
    };
    if let Some(rows) = rows {
        reader.read(&rows.bound);
    }
    reader.told
}

struct Reader<'a> {
    scheme: &'a Scheme,
    told: Definitions,
}

impl Reader<'_> {
    fn read(&mut self, bound: &Bound) {
        for slot in bound.slots() {
            self.slot(slot);
        }
    }

    /// What is said of a column, and of all that it is worked out of.
    fn slot(&mut self, slot: Slot) {
        let scheme = self.scheme;
        let entry = &scheme.slots.entries[slot.0 as usize];
        let key = match entry.kind {
            SlotKind::Points(_) | SlotKind::OwnPoints(_) => format!("{}.points", entry.name),
            _ => entry.name.to_string(),
        };
        if self.told.contains_key(&key) {
            return;
        }
        // Said before it is followed: what reads itself ends here.
        self.told.insert(key.clone(), String::new());
        let said = match entry.kind {
            SlotKind::Field(field) => self.customers_field(field),
            SlotKind::LookupField(lookup, field) => {
                let rule = &scheme.lookups[lookup];
                let (key, field) = (&rule.sheet.fields[rule.key], &rule.sheet.fields[field]);
                let on = self.customers_field(rule.on);
                format!("{} {} {on}", said_of_field(key), said_of_field(field))
            }
            SlotKind::Metric(metric) => self.metric(&scheme.metrics[metric]),
            SlotKind::Value(value) => self.text(Some(&scheme.values[value].is)),
            SlotKind::Label(index) | SlotKind::Points(index) | SlotKind::OwnPoints(index) => {
                self.dimension(index)
            }
            SlotKind::Score => {
                let weighted = 0..scheme.dimensions.len();
                let weighted = weighted.filter_map(|index| {
                    let dimension = &scheme.dimensions[index];
                    let weight = dimension.weight?;
                    let said = self.dimension(index);
                    Some(format!("{} {weight} {said}", dimension.name))
                });
                weighted.collect::<Vec<_>>().join("; ")
            }
            SlotKind::Tag(index) => {
                let tag = &scheme.tags[index];
                for part in &tag.name.parts {
                    if let TemplatePart::Slot(slot) = part {
                        self.slot(*slot);
                    }
                }
                format!("{} {}", tag.name.text, self.text(tag.when.as_ref()))
            }
            SlotKind::Grade | SlotKind::PreviousGrade => self.grades(),
            SlotKind::Type | SlotKind::PreviousType => {
                let types = scheme.types.iter();
                let types = types.map(|rule| (&rule.name, rule.when.as_ref()));
                let said = types.map(|(name, when)| format!("{name} {}", self.text(when)));
                said.collect::<Vec<_>>().join("; ")
            }
            SlotKind::Id => String::new(),
        };
        self.told.insert(key, said);
    }

    /// A condition as written; what it reads is followed.
    fn text(&mut self, expression: Option<&Expression>) -> String {
        let Some(expression) = expression else {
            return String::new();
        };
        self.read(&expression.bound);
        expression.text.to_string()
    }

    fn customers_field(&self, field: usize) -> String {
        let customers = self.scheme.customers.as_ref();
        customers.map_or(String::new(), |rule| {
            said_of_field(&rule.sheet.fields[field])
        })
    }

    fn metric(&mut self, metric: &Metric) -> String {
        // Over an event sheet the filter's slots are that sheet's fields, of which `filter` is said as written.
        let filter = metric.filter.as_ref().map(|filter| &filter.text);
        let from = match metric.from {
            MetricSource::Events(sheet) => {
                let rule = &self.scheme.events[sheet];
                let sheet = &rule.sheet;
                let fields: Vec<String> = sheet.fields.iter().map(said_of_field).collect();
                let rows = sheet.rows.as_ref().map(|rows| &rows.text);
                format!("{} {rows:?} {}", sheet.name, fields.join("; "))
            }
            MetricSource::History(field) => self.customers_field(field),
        };
        let span = match metric.window.span {
            WindowSpan::Anniversary(field) => self.customers_field(field),
            ref span => format!("{span:?}"),
        };
        let (ending, per, gaps) = (metric.window.ending, metric.per, metric.gaps);
        let ahead = metric.ahead;
        format!(
            "{} {filter:?} {from} {span} {ending:?} {per:?} {gaps:?} {ahead:?}",
            metric.text
        )
    }

    fn dimension(&mut self, index: usize) -> String {
        let dimension = &self.scheme.dimensions[index];
        let said = match &dimension.rule {
            DimensionRule::Bands(bands) => self.bands(bands),
            DimensionRule::Points { points, bands, .. } => {
                format!("{} {}", self.text(Some(points)), self.bands(bands))
            }
            DimensionRule::Indicators {
                indicators, bands, ..
            } => {
                let said = indicators.iter().map(|indicator| {
                    let (name, weight) = (&indicator.name, indicator.weight);
                    let rule = match &indicator.rule {
                        IndicatorRule::Bands(bands) => self.bands(bands),
                        IndicatorRule::Points(points) => self.text(Some(points)),
                    };
                    format!("{name} {weight} {rule}")
                });
                let said: Vec<String> = said.collect();
                format!("{} {}", said.join("; "), self.bands(bands))
            }
        };
        format!("{said} {:?}", dimension.temporary)
    }

    fn bands(&mut self, bands: &[Band]) -> String {
        let said = bands.iter().map(|band| {
            let when = self.text(band.when.as_ref());
            format!("{:?} {:?} {when}", band.label, band.points)
        });
        said.collect::<Vec<_>>().join("; ")
    }

    fn grades(&mut self) -> String {
        let scheme = self.scheme;
        let said = scheme.grades.iter().map(|grade| {
            let rule = match &grade.rule {
                GradeRule::When(when) => self.text(when.as_ref()),
                GradeRule::Top(top) => {
                    let by: Vec<String> = top.by.iter().map(|by| self.text(Some(by))).collect();
                    let within = top.within.map(|slot| {
                        self.slot(slot);
                        &scheme.slots.entries[slot.0 as usize].name
                    });
                    format!("{} {:?} {:?} {within:?}", by.join(", "), top.size, top.ties)
                }
            };
            let keep = self.text(grade.keep.as_ref());
            format!("{} {rule} {keep}", grade.name)
        });
        said.collect::<Vec<_>>().join("; ")
    }
}

/// How a field's cells are read. How roles see it is no part of it.
fn said_of_field(field: &Field) -> String {
    let (name, kind, headers) = (&field.name, &field.kind, &field.headers);
    let (choices, map, scale) = (&field.choices, &field.map, field.scale);
    format!(
        "{name} {kind:?} {headers:?} {choices:?} {map:?} {scale:?} {} {:?}",
        field.fill_down, field.date_order
    )
}
