//! `[[movement]]`: validated to the last name, so that a scheme can be written and checked today, and refused with a
//! plain finding, because it needs the ledger to run.

use super::grades::names_of;
use super::{Validator, Want};
use crate::diagnostic::{Code, Finding, nearest};
use crate::scheme::model::Grade;
use crate::scheme::written::{Keys, WrittenText, not_yet};
use crate::text;
use std::sync::Arc;

impl Validator<'_> {
    pub(super) fn movement(&mut self, tables: Vec<Keys<'_>>, grades: &[Grade], types: &[Keys<'_>]) {
        let grade_names: Vec<Arc<str>> = grades.iter().map(|grade| grade.name.clone()).collect();
        let type_names = names_of(types);
        for mut keys in tables {
            self.findings
                .push(not_yet("[[movement]]").at(keys.span.clone()));
            let findings = &mut self.findings;
            let of_types = keys
                .word("of", &[("grade", false), ("type", true)], findings)
                .unwrap_or(false);
            let known = if of_types { &type_names } else { &grade_names };
            let initial = keys.text("initial", findings);
            keys.word("rearm", &[("reset", ()), ("sliding", ())], findings);
            for key in ["min_hold", "min_gap_down", "grace"] {
                keys.whole(key, 0, findings);
            }
            for key in ["max_step_up", "max_step_down"] {
                keys.whole(key, 1, findings);
            }
            keys.word("otherwise", &[("hold", ()), ("follow", ())], findings);
            let eligible = keys.text("eligible", findings);
            let rules = keys.tables("rules", &text!("a rule", "规则"), findings);
            keys.done(findings);
            if let Some(initial) = initial {
                self.known_grade(&initial, known);
            }
            if let Some(eligible) = eligible {
                self.bind(&eligible, None, Want::Condition);
            }
            for rule in rules {
                self.movement_rule(rule, known);
            }
        }
    }

    fn movement_rule(&mut self, mut keys: Keys<'_>, known: &[Arc<str>]) {
        let findings = &mut self.findings;
        keys.required_text("name", findings);
        let when = keys.required_text("when", findings);
        let to = keys.text("to", findings);
        let step = keys.number("step", findings);
        let from = keys.texts("from", true, findings);
        if to.is_some() == step.is_some() {
            findings.push(
                Finding::error(
                    Code::KeyConflict,
                    text!(
                        "a rule has either `to` or `step`",
                        "规则用 `to` 或 `step`，二者取一"
                    ),
                )
                .at(keys.span.clone()),
            );
        }
        if let Some(step) = step.filter(|step| !step.value.is_whole() || step.value.trunc() == 0) {
            findings.push(
                Finding::error(
                    Code::BadFigure,
                    text!(
                        "`step` is a whole number, up 1 or down -1",
                        "`step` 为整数：升为 1，降为 -1"
                    ),
                )
                .at(step.span),
            );
        }
        keys.done(findings);
        for name in to.iter().chain(&from) {
            self.known_grade(name, known);
        }
        if let Some(when) = when {
            self.bind(&when, None, Want::Condition);
        }
    }

    fn known_grade(&mut self, name: &WrittenText, known: &[Arc<str>]) {
        if known.iter().any(|grade| **grade == *name.value) {
            return;
        }
        let text = &name.value;
        let mut finding = Finding::error(
            Code::UnknownLabel,
            text!("no grade or type `{text}`", "没有等级或类型 `{text}`"),
        )
        .at(name.span.clone());
        if let Some(near) = nearest(text, known.iter().map(|grade| &**grade)) {
            finding = finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？"));
        }
        self.findings.push(finding);
    }
}
