//! `[[dimensions]]`: bands, indicators, points, temporary ones.

use super::{Validator, Want};
use crate::diagnostic::{Code, Finding};
use crate::expr::{Base, Domain, Slot, Type};
use crate::scheme::model::{
    Band, Dimension, DimensionRule, Indicator, IndicatorRule, SlotKind, Temporary,
};
use crate::scheme::written::{Keys, WrittenText};
use crate::table::Decimal;
use crate::text;
use std::sync::Arc;

impl Validator<'_> {
    pub(super) fn dimensions(&mut self, tables: Vec<Keys<'_>>) -> Vec<Dimension> {
        let mut dimensions: Vec<Dimension> = vec![];
        let mut spans = vec![];
        for keys in tables {
            let span = keys.span.clone();
            if let Some(dimension) = self.dimension(keys, dimensions.len()) {
                dimensions.push(dimension);
                spans.push(span);
            }
        }
        let weights: Vec<Decimal> = dimensions
            .iter()
            .filter_map(|dimension| dimension.weight)
            .collect();
        if !weights.is_empty() && weights.iter().all(|weight| *weight == Decimal::ZERO) {
            self.findings.push(
                Finding::error(
                    Code::BadFigure,
                    text!("all weights are 0", "所有权重都是 0"),
                )
                .at(spans[0].clone())
                .help(text!(
                    "give at least one dimension a weight",
                    "至少给一个维度设置权重"
                )),
            );
        }
        dimensions
    }

    fn dimension(&mut self, mut keys: Keys<'_>, index: usize) -> Option<Dimension> {
        let name = keys.required_text("name", &mut self.findings);
        if let Some(name) = &name {
            let name = &name.value;
            keys.what = text!("dimension `{name}`", "维度 `{name}` ");
        }
        let weight = self.weight(&mut keys);
        let points = keys.text("points", &mut self.findings);
        let bands = keys.tables("bands", &text!("a band", "档"), &mut self.findings);
        let indicators = keys.tables(
            "indicators",
            &text!("an indicator", "指标项"),
            &mut self.findings,
        );
        let temporary = keys
            .table(
                "temporary",
                text!("`temporary`", "`temporary` "),
                &mut self.findings,
            )
            .map(|keys| self.temporary(keys));
        let (has_points, has_indicators) = (keys.has("points"), keys.has("indicators"));
        if has_points && has_indicators {
            self.findings.push(
                Finding::error(
                    Code::KeyConflict,
                    text!(
                        "`points` and `indicators` exclude each other",
                        "`points` 与 `indicators` 只能写一个"
                    ),
                )
                .at(keys.span_of("points")),
            );
        }
        if !has_points && !has_indicators && bands.is_empty() {
            self.findings.push(keys.missing("bands"));
        }
        keys.done(&mut self.findings);
        let name = name?;
        let scored = weight.is_some();
        let rule = if has_points || has_indicators {
            let own = self.names.hidden(
                &name.value,
                Type::of(Base::Number),
                SlotKind::OwnPoints(index),
            );
            let points = points.and_then(|text| self.bind(&text, None, Want::Number));
            let indicators = indicators
                .into_iter()
                .filter_map(|keys| self.indicator(keys))
                .collect::<Vec<_>>();
            let bands = self.bands(
                bands,
                Some(own),
                BandNeeds {
                    label: true,
                    points: false,
                },
            );
            if has_points {
                points.map(|points| DimensionRule::Points { points, bands, own })
            } else {
                Some(DimensionRule::Indicators {
                    indicators,
                    bands,
                    own,
                })
            }
        } else {
            Some(DimensionRule::Bands(self.bands(
                bands,
                None,
                BandNeeds {
                    label: true,
                    points: scored,
                },
            )))
        };
        let labels = rule.as_ref().map(DimensionRule::labels).unwrap_or_default();
        let what = &name.value;
        let ty = if rule.is_some() {
            Type::label(Arc::new(Domain {
                what: text!("labels of `{what}`", "`{what}` 的档"),
                values: labels,
            }))
        } else {
            Type::of(Base::Null)
        };
        let (label_slot, fresh) = self.names.add(&name.value, ty, SlotKind::Label(index));
        self.check_name(&name, fresh);
        self.check_heading(&name);
        let points_slot = self.names.add_points(&name.value, SlotKind::Points(index));
        Some(Dimension {
            name: name.value.into(),
            label_slot,
            points_slot,
            weight,
            rule: rule?,
            temporary,
            span: name.span,
        })
    }

    fn weight(&mut self, keys: &mut Keys<'_>) -> Option<Decimal> {
        let weight = keys.number("weight", &mut self.findings)?;
        if weight.value < Decimal::ZERO {
            self.findings.push(
                Finding::error(
                    Code::BadFigure,
                    text!("a weight is not negative", "权重不能为负"),
                )
                .at(weight.span),
            );
            return None;
        }
        Some(weight.value)
    }

    fn temporary(&mut self, mut keys: Keys<'_>) -> Temporary {
        let findings = &mut self.findings;
        let mut text = |key, keys: &mut Keys<'_>| {
            keys.text(key, findings)
                .map(|text: WrittenText| text.value)
                .filter(|text| !text.trim().is_empty())
        };
        let by = text("by", &mut keys);
        let reason = text("reason", &mut keys);
        let approved_by = text("approved_by", &mut keys);
        let from = keys.date("from", findings);
        let until = keys.date("until", findings);
        if let (Some(from), Some(until)) = (&from, &until)
            && from.value > until.value
        {
            findings.push(
                Finding::error(
                    Code::BadFigure,
                    text!("`until` is before `from`", "`until` 早于 `from`"),
                )
                .at(until.span.clone()),
            );
        }
        keys.done(findings);
        Temporary {
            by,
            reason,
            approved_by,
            from: from.map(|d| d.value),
            until: until.map(|d| d.value),
        }
    }

    fn indicator(&mut self, mut keys: Keys<'_>) -> Option<Indicator> {
        let name = keys.required_text("name", &mut self.findings);
        if !keys.has("weight") {
            self.findings.push(keys.missing("weight"));
        }
        let weight = self.weight(&mut keys);
        let points = keys.text("points", &mut self.findings);
        let bands = keys.tables("bands", &text!("a band", "档"), &mut self.findings);
        if keys.has("points") == keys.has("bands") {
            self.findings.push(
                Finding::error(
                    Code::KeyConflict,
                    text!(
                        "an indicator has either `bands` or `points`",
                        "指标打分用 `bands` 或 `points`，二者取一"
                    ),
                )
                .at(keys.span.clone()),
            );
        }
        let by_points = keys.has("points");
        keys.done(&mut self.findings);
        let rule = if by_points {
            IndicatorRule::Points(points.and_then(|text| self.bind(&text, None, Want::Number))?)
        } else {
            IndicatorRule::Bands(self.bands(
                bands,
                None,
                BandNeeds {
                    label: false,
                    points: true,
                },
            ))
        };
        let name = name?;
        Some(Indicator {
            name: name.value.into(),
            weight: weight?,
            rule,
            span: name.span,
        })
    }

    fn bands(&mut self, tables: Vec<Keys<'_>>, own: Option<Slot>, needs: BandNeeds) -> Vec<Band> {
        let mut bands = vec![];
        for mut keys in tables {
            let label = if needs.label {
                keys.required_text("label", &mut self.findings)
            } else {
                keys.text("label", &mut self.findings)
            };
            let when = keys.text("when", &mut self.findings);
            let span = when
                .as_ref()
                .map_or(keys.span.clone(), |when| when.span.clone());
            let points = keys.number("points", &mut self.findings);
            if needs.points && !keys.has("points") {
                self.findings.push(keys.missing("points").help(text!(
                    "a dimension with a weight needs points in every band",
                    "有权重的维度每一档都要写 points"
                )));
            }
            if let (Some(points), Some(_)) = (&points, own) {
                self.findings.push(
                    Finding::error(
                        Code::KeyConflict,
                        text!(
                            "these bands only label: the points come from `points` or `indicators`",
                            "这些档只给标签：分数来自 `points` 或 `indicators`"
                        ),
                    )
                    .at(points.span.clone()),
                );
            }
            keys.done(&mut self.findings);
            // A band whose condition is wrong keeps its label, so that what refers to it is not wrong as well.
            let when = when.and_then(|text| self.bind(&text, own, Want::Condition));
            bands.push(Band {
                label: label.map(|label| label.value.into()),
                when,
                points: points.map(|points| points.value),
                span,
            });
        }
        bands
    }
}

/// What every band must have.
#[derive(Clone, Copy)]
struct BandNeeds {
    label: bool,
    points: bool,
}
