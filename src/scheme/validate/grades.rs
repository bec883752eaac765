//! `[[grades]]`, `[[types]]`, `[[tags]]`, `[[review]]`, and the names of what was before.

use super::{Validator, Want};
use crate::diagnostic::{Code, Finding, Text};
use crate::expr::{Base, Domain, Slot, Type};
use crate::scheme::model::{
    Dimension, Expression, Grade, GradeRule, Review, SlotKind, Tag, Ties, Top, TopSize, TypeRule,
};
use crate::scheme::written::{Keys, Written, WrittenText, share_of};
use crate::table::Decimal;
use crate::text;
use std::sync::Arc;
use toml::de::DeValue;

impl Validator<'_> {
    /// `previous_grade` and `previous_type` can be any grade or type, and '' where there is none.
    pub(super) fn previous_names(&mut self, grades: &[Keys<'_>], types: &[Keys<'_>]) {
        for (name, kind, tables, what) in [
            (
                "previous_grade",
                SlotKind::PreviousGrade,
                grades,
                text!("grades", "等级"),
            ),
            (
                "previous_type",
                SlotKind::PreviousType,
                types,
                text!("types", "类型"),
            ),
        ] {
            let mut values = names_of(tables);
            values.push("".into());
            self.names
                .add(name, Type::label(Arc::new(Domain { what, values })), kind);
        }
    }

    pub(super) fn grades(&mut self, tables: Vec<Keys<'_>>, dimensions: &[Dimension]) -> Vec<Grade> {
        let names = names_of(&tables);
        let mut grades: Vec<Grade> = vec![];
        let mut seen: Vec<String> = vec![];
        for mut keys in tables {
            let findings = &mut self.findings;
            let name = keys.required_text("name", findings);
            let when = keys.text("when", findings);
            let top = keys.value("top");
            let by = keys.texts("by", true, findings);
            let ties = keys.word("ties", &[("up", Ties::Up), ("down", Ties::Down)], findings);
            let within = keys.text("within", findings);
            let keep = keys.text("keep", findings);
            let was = keys.texts("was", true, findings);
            let color = keys
                .text("color", findings)
                .and_then(|color| colour(&color, findings));
            self.grade_keys(&keys);
            let top_span = keys.span_of("top");
            let place = ["when", "top"]
                .into_iter()
                .find(|key| keys.has(key))
                .unwrap_or("name");
            let span = keys.span_of(place);
            keys.done(&mut self.findings);
            let rule = match top {
                None => {
                    let bound = when.map(|text| self.bind(&text, None, Want::Condition));
                    match bound {
                        Some(Some(when)) => GradeRule::When(Some(when)),
                        _ => GradeRule::When(None),
                    }
                }
                Some(top) => {
                    let Some(size) = self.top_size(&top) else {
                        continue;
                    };
                    let by = self.top_keys(&by, dimensions, top_span);
                    let within = within.and_then(|text| self.group(&text));
                    GradeRule::Top(Top {
                        size,
                        by,
                        ties: ties.unwrap_or(Ties::Up),
                        within,
                    })
                }
            };
            // `keep` may read the score and everything before it, not the grade that is being decided.
            let keep = keep.and_then(|text| self.bind(&text, None, Want::Condition));
            let Some(name) = name else { continue };
            for text in std::iter::once(&name).chain(&was) {
                if seen.contains(&text.value) {
                    let duplicate = duplicate_of(text, text!("grades", "等级"));
                    self.findings.push(duplicate);
                }
                seen.push(text.value.clone());
            }
            grades.push(Grade {
                name: name.value.into(),
                rule,
                was: was.into_iter().map(|text| text.value.into()).collect(),
                color,
                keep,
                span,
            });
        }
        if !names.is_empty() {
            let domain = Arc::new(Domain {
                what: text!("grades", "等级"),
                values: names,
            });
            self.names
                .add("grade", Type::label(domain), SlotKind::Grade);
        }
        grades
    }

    fn grade_keys(&mut self, keys: &Keys<'_>) {
        let mut conflict = |key: &'static str, title| {
            self.findings
                .push(Finding::error(Code::KeyConflict, title).at(keys.span_of(key)));
        };
        if keys.has("when") && keys.has("top") {
            conflict(
                "top",
                text!(
                    "a grade has either `when` or `top`",
                    "等级用 `when` 或 `top`，二者取一"
                ),
            );
        }
        if !keys.has("top") {
            for key in ["by", "ties", "within"] {
                if keys.has(key) {
                    conflict(key, text!("`{key}` needs `top`", "`{key}` 须与 `top` 同用"));
                }
            }
        }
    }

    pub(super) fn top_size(&mut self, top: &Written<&DeValue<'_>>) -> Option<TopSize> {
        let size = match top.value {
            DeValue::Integer(_) => crate::scheme::written::decimal(top.value)
                .filter(|count| *count > Decimal::ZERO)
                .map(|count| TopSize::Count(count.trunc() as u64)),
            DeValue::String(_) => share_of(top.value)
                .filter(|share| *share > Decimal::ZERO)
                .map(TopSize::Share),
            _ => None,
        };
        if size.is_none() {
            self.findings.push(
                Finding::error(
                    Code::BadFigure,
                    text!(
                        "`top` is neither a share nor a number of customers",
                        "`top` 应为占比或客户数"
                    ),
                )
                .at(top.span.clone())
                .help(text!(
                    "write a share such as \"10%\" or a whole number such as 100",
                    "请写占比如 \"10%\"，或整数如 100"
                )),
            );
        }
        size
    }

    fn top_keys(
        &mut self,
        by: &[WrittenText],
        dimensions: &[Dimension],
        span: std::ops::Range<usize>,
    ) -> Vec<Expression> {
        if by.is_empty() {
            let scored = dimensions
                .iter()
                .any(|dimension| dimension.weight.is_some());
            if scored {
                let score = Written {
                    value: "score".to_owned(),
                    span,
                };
                return self.bind(&score, None, Want::Any).into_iter().collect();
            }
            self.findings.push(
                Finding::error(
                    Code::MissingKey,
                    text!("`top` has no `by`", "`top` 缺少 `by`"),
                )
                .at(span)
                .help(text!(
                    "say by what the customers are ranked: `by = \"…\"`",
                    "请写明按什么排名：`by = \"…\"`"
                )),
            );
        }
        by.iter()
            .filter_map(|text| self.bind(text, None, Want::Any))
            .collect()
    }

    /// The slot of a dimension or field that groups the customers.
    fn group(&mut self, text: &WrittenText) -> Option<Slot> {
        let expression = self.bind(text, None, Want::Any)?;
        let slots = expression.bound.slots();
        let plain = slots.len() == 1
            && self
                .names
                .slot(text.value.trim())
                .is_some_and(|slot| slot == slots[0]);
        if plain {
            return Some(slots[0]);
        }
        self.findings.push(
            Finding::error(
                Code::BadValue,
                text!(
                    "`within` takes the name of a dimension, field or value",
                    "`within` 应为维度、字段或值的名称"
                ),
            )
            .at(text.span.clone())
            .help(text!(
                "give the expression a name under [[values]]",
                "请先在 [[values]] 中给表达式取名"
            )),
        );
        None
    }

    pub(super) fn types(&mut self, tables: Vec<Keys<'_>>) -> Vec<TypeRule> {
        let names = names_of(&tables);
        let mut types = vec![];
        let mut seen: Vec<String> = vec![];
        for mut keys in tables {
            let name = keys.required_text("name", &mut self.findings);
            let when = keys.text("when", &mut self.findings);
            let span = keys.span_of(if keys.has("when") { "when" } else { "name" });
            keys.done(&mut self.findings);
            let when = when.and_then(|text| self.bind(&text, None, Want::Condition));
            let Some(name) = name else { continue };
            if seen.contains(&name.value) {
                let duplicate = duplicate_of(&name, text!("types", "类型"));
                self.findings.push(duplicate);
            }
            seen.push(name.value.clone());
            types.push(TypeRule {
                name: name.value.into(),
                when,
                span,
            });
        }
        if !names.is_empty() {
            let domain = Arc::new(Domain {
                what: text!("types", "类型"),
                values: names,
            });
            self.names.add("type", Type::label(domain), SlotKind::Type);
        }
        types
    }

    pub(super) fn tags(&mut self, tables: Vec<Keys<'_>>) -> Vec<Tag> {
        let mut tags: Vec<Tag> = vec![];
        let written = tables.len();
        for mut keys in tables {
            let name = keys.required_text("name", &mut self.findings);
            let when = keys.text("when", &mut self.findings);
            keys.done(&mut self.findings);
            let when = match when {
                Some(text) => {
                    let Some(when) = self.bind(&text, None, Want::Condition) else {
                        continue;
                    };
                    Some(when)
                }
                None => None,
            };
            let Some(name) = name else { continue };
            let Some(template) = self.template(&name) else {
                continue;
            };
            let slot =
                self.names
                    .hidden(&name.value, Type::of(Base::Text), SlotKind::Tag(tags.len()));
            tags.push(Tag {
                name: template,
                slot,
                when,
            });
        }
        let is_whole = tags.len() == written;
        let names = is_whole.then(|| tags.iter().map(|tag| tag.name.clone()).collect());
        let slots = tags.iter().map(|tag| tag.slot).collect();
        self.names.open_tags(slots, names);
        tags
    }

    /// The conditions of reviews that hold the grade: they are decided before types, so they are bound before them.
    pub(super) fn held_reviews(&mut self, tables: &[Keys<'_>]) -> Vec<Option<Expression>> {
        tables
            .iter()
            .map(|keys| {
                let mut ignored = vec![];
                let mut keys = keys.copy();
                let held = keys.truth("hold", &mut ignored).unwrap_or(false);
                let when = keys.text("when", &mut ignored).filter(|_| held)?;
                self.bind(&when, None, Want::Condition)
            })
            .collect()
    }

    pub(super) fn reviews(
        &mut self,
        tables: Vec<Keys<'_>>,
        held: Vec<Option<Expression>>,
    ) -> Vec<Review> {
        let mut reviews: Vec<Review> = vec![];
        for (mut keys, held) in tables.into_iter().zip(held) {
            let findings = &mut self.findings;
            let name = keys.required_text("name", findings);
            let when = keys.required_text("when", findings);
            let owner = keys.text("owner", findings);
            let due_days = keys.whole("due_days", 0, findings).map(|days| days.value);
            let hold = keys.truth("hold", findings).unwrap_or(false);
            keys.done(findings);
            let owner = owner.and_then(|owner| self.template(&owner));
            let when = if hold {
                held
            } else {
                when.and_then(|text| self.bind(&text, None, Want::Condition))
            };
            let (Some(name), Some(when)) = (name, when) else {
                continue;
            };
            if reviews.iter().any(|review| *review.name == *name.value) {
                let duplicate = duplicate_of(&name, text!("review rules", "复核规则"));
                self.findings.push(duplicate);
            }
            reviews.push(Review {
                name: name.value.into(),
                when,
                owner,
                due_days,
                hold,
            });
        }
        reviews
    }
}

/// The names that a list of tables gives, for domains; faults are reported where the tables are read.
pub(super) fn names_of(tables: &[Keys<'_>]) -> Vec<Arc<str>> {
    let mut ignored = vec![];
    tables
        .iter()
        .filter_map(|keys| keys.copy().text("name", &mut ignored))
        .map(|name| name.value.into())
        .collect()
}

/// The finding that two things of a list have one name.
pub(super) fn duplicate_of(name: &WrittenText, what: Text) -> Finding {
    let text = &name.value;
    let Text { en, zh } = what;
    Finding::error(
        Code::DuplicateName,
        text!("two {en} are named `{text}`", "有两个{zh}叫 `{text}`"),
    )
    .at(name.span.clone())
    .help(text!("each name stands once", "每个名称只能出现一次"))
}

fn colour(written: &WrittenText, findings: &mut Vec<Finding>) -> Option<u32> {
    let digits = written.value.trim_start_matches('#');
    if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return u32::from_str_radix(digits, 16).ok();
    }
    let text = &written.value;
    findings.push(
        Finding::error(
            Code::BadValue,
            text!("`{text}` is no colour", "`{text}` 不是颜色"),
        )
        .at(written.span.clone())
        .help(text!(
            "write six hexadecimal digits: \"C6EFCE\"",
            "请写六位十六进制数，如 \"C6EFCE\""
        )),
    );
    None
}
