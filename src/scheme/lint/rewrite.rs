//! Conditions rewritten to read variables. They stay conditions of the same language: what judges them is the
//! evaluator that grades.

use super::shape::shape;
use super::variables::{Kind, Variable};
use crate::diagnostic::Text;
use crate::expr::{Base, Bound, Comparison, Node, Scalar, Slot, Type};
use crate::scheme::model::{Expression, FieldKind, Scheme, SlotKind};
use crate::table::{Decimal, Value};
use crate::text;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Collects the variables of a list of conditions.
pub struct Collector<'a> {
    scheme: &'a Scheme,
    /// The text of the expression that is being rewritten.
    text: Arc<str>,
    /// The variables so far; a slot of a rewritten condition is an index into them.
    pub variables: Vec<Variable>,
}

impl<'a> Collector<'a> {
    /// No variables yet.
    pub fn new(scheme: &'a Scheme) -> Self {
        Self {
            scheme,
            text: "".into(),
            variables: vec![],
        }
    }

    /// The condition over variables.
    pub fn condition(&mut self, expression: &Expression) -> Bound {
        self.text = expression.text.clone();
        self.truth(&expression.bound, false)
    }

    /// A single part as a variable; `ty` is the type of what stands for it.
    pub fn alone(&mut self, text: &Arc<str>, part: &Bound, ty: &Type) -> Variable {
        self.text = text.clone();
        if let (Node::Compare(_, left, right), Base::Number) = (&part.node, ty.base) {
            let sides = [self.written(left), self.written(right)];
            let ordered = left.ty.base != Base::Text;
            return Variable {
                name: text!("{} and {}", "{} 与 {}", sides[0], sides[1]),
                kind: Kind::Pair { ordered, sides },
                ..self.plain(Some(part), ty.clone())
            };
        }
        let slot = self.variable(part, false);
        self.variables[slot.0 as usize].clone()
    }

    /// A rank: whether a customer is among the best is decided by the others, so either may be.
    pub fn best(&mut self, name: Text) -> Bound {
        let ty = Type::of(Base::Bool);
        let slot = self.add(Variable {
            name,
            kind: Kind::Best,
            ..self.plain(None, ty.clone())
        });
        Bound {
            node: Node::Slot(slot),
            ty,
            span: 0..0,
        }
    }

    fn truth(&mut self, bound: &Bound, nullable: bool) -> Bound {
        if bound.is_constant() {
            return bound.clone();
        }
        let node = match &bound.node {
            Node::Not(inner) => Node::Not(Box::new(self.truth(inner, nullable))),
            Node::And(items) => Node::And(self.truths(items, nullable)),
            Node::Or(items) => Node::Or(self.truths(items, nullable)),
            Node::IsTruth(inner, wanted) => {
                Node::IsTruth(Box::new(self.truth(inner, true)), *wanted)
            }
            Node::IsNull(inner) if inner.ty.base == Base::Bool => {
                Node::IsNull(Box::new(self.truth(inner, true)))
            }
            Node::IsNull(inner) => Node::IsNull(Box::new(self.value(inner, &[], true))),
            Node::Compare(op, left, right) => {
                return self.comparison(bound, *op, left, right, nullable);
            }
            Node::In(operand, list) if operand.ty.base != Base::Bool => {
                let literals: Option<Vec<Value>> =
                    list.iter().map(|item| item.literal().cloned()).collect();
                let Some(literals) = literals else {
                    return self.opaque(bound, nullable);
                };
                Node::In(
                    Box::new(self.value(operand, &literals, nullable)),
                    list.clone(),
                )
            }
            Node::Case(arms, otherwise) => {
                let arms = arms
                    .iter()
                    .map(|(condition, result)| {
                        (
                            self.truth(condition, nullable),
                            self.truth(result, nullable),
                        )
                    })
                    .collect();
                Node::Case(
                    arms,
                    otherwise
                        .as_ref()
                        .map(|otherwise| Box::new(self.truth(otherwise, nullable))),
                )
            }
            Node::Scalar(Scalar::Coalesce, items) => {
                Node::Scalar(Scalar::Coalesce, self.truths(items, true))
            }
            _ => return self.opaque(bound, nullable),
        };
        Bound {
            node,
            ..bound.clone()
        }
    }

    fn truths(&mut self, items: &[Bound], nullable: bool) -> Vec<Bound> {
        items
            .iter()
            .map(|item| self.truth(item, nullable))
            .collect()
    }

    fn comparison(
        &mut self,
        bound: &Bound,
        op: Comparison,
        left: &Bound,
        right: &Bound,
        nullable: bool,
    ) -> Bound {
        let with = |op, left, right| Bound {
            node: Node::Compare(op, Box::new(left), Box::new(right)),
            ..bound.clone()
        };
        match left.ty.base {
            Base::Bool => {
                let (left, right) = (self.truth(left, nullable), self.truth(right, nullable));
                return with(op, left, right);
            }
            // The order of texts is asked for so seldom that the test is taken as a whole.
            Base::Text if op.is_order() => return self.opaque(bound, nullable),
            _ => {}
        }
        if let Some(literal) = right.literal() {
            let operand = self.value(left, std::slice::from_ref(literal), nullable);
            return with(op, operand, right.clone());
        }
        let pair = |left: &Bound, right: &Bound| {
            Some(Bound {
                node: Node::Compare(
                    Comparison::Less,
                    Box::new(left.clone()),
                    Box::new(right.clone()),
                ),
                ..bound.clone()
            })
        };
        let (straight, turned) = (pair(left, right), pair(right, left));
        let (op, slot) = if let Some(slot) = self.find(straight.as_ref()) {
            (op, slot)
        } else if let Some(slot) = self.find(turned.as_ref()) {
            (op.mirrored(), slot)
        } else {
            let sides = [self.written(left), self.written(right)];
            let ordered = left.ty.base != Base::Text;
            let name = text!("{} and {}", "{} 与 {}", sides[0], sides[1]);
            let plain = self.plain(straight.as_ref(), Type::of(Base::Number));
            (
                op,
                self.add(Variable {
                    name,
                    kind: Kind::Pair { ordered, sides },
                    ..plain
                }),
            )
        };
        self.variables[slot.0 as usize].nullable |= nullable;
        let ty = Type::of(Base::Number);
        let operand = Bound {
            node: Node::Slot(slot),
            ty: ty.clone(),
            span: left.span.clone(),
        };
        let nought = Bound {
            node: Node::Literal(Value::Number(Decimal::ZERO)),
            ty,
            span: right.span.clone(),
        };
        with(op, operand, nought)
    }

    /// A test that is not looked into: it may hold or not.
    fn opaque(&mut self, bound: &Bound, nullable: bool) -> Bound {
        let slot = self.variable(bound, nullable);
        Bound {
            node: Node::Slot(slot),
            ..bound.clone()
        }
    }

    /// A part that gives a value, over variables, which are compared with `literals`.
    fn value(&mut self, bound: &Bound, literals: &[Value], nullable: bool) -> Bound {
        if bound.is_constant() {
            return bound.clone();
        }
        match &bound.node {
            // Seen through, so that `coalesce(x, 0) >= 1` and `x < 1` are known to be about one thing.
            Node::Scalar(Scalar::Coalesce, items)
                if items
                    .iter()
                    .all(|item| item.is_constant() || matches!(item.node, Node::Slot(_))) =>
            {
                let items = items
                    .iter()
                    .map(|item| self.value(item, literals, true))
                    .collect();
                Bound {
                    node: Node::Scalar(Scalar::Coalesce, items),
                    ..bound.clone()
                }
            }
            // The same for money in another unit: `x * f` reaches the literal just above or just below.
            Node::Rescale(inner, factor) if *factor > 0 => {
                let scaled: Vec<Value> = literals
                    .iter()
                    .filter_map(|literal| match literal {
                        Value::Number(number) => Some(number.millionths()),
                        _ => None,
                    })
                    .flat_map(|literal| {
                        let below = literal.div_euclid(*factor);
                        [below, below + i64::from(literal.rem_euclid(*factor) != 0)]
                    })
                    .filter_map(|scaled| Decimal::from_millionths(scaled).map(Value::Number))
                    .collect();
                let inner = self.value(inner, &scaled, nullable);
                Bound {
                    node: Node::Rescale(Box::new(inner), *factor),
                    ..bound.clone()
                }
            }
            _ => {
                let slot = self.variable(bound, nullable);
                self.variables[slot.0 as usize].compared_with(literals);
                Bound {
                    node: Node::Slot(slot),
                    ..bound.clone()
                }
            }
        }
    }

    fn variable(&mut self, bound: &Bound, nullable: bool) -> Slot {
        let slot = self.find(Some(bound)).unwrap_or_else(|| {
            let plain = self.plain(Some(bound), bound.ty.clone());
            let (name, kind) = (self.name(bound), self.kind(bound));
            self.add(Variable {
                name,
                kind,
                ..plain
            })
        });
        self.variables[slot.0 as usize].nullable |= nullable;
        slot
    }

    fn kind(&self, bound: &Bound) -> Kind {
        match bound.ty.base {
            Base::Bool => Kind::Truth,
            Base::List => Kind::List,
            Base::Text | Base::Null => {
                let texts = |values: Vec<Value>| -> Vec<Arc<str>> {
                    let text = |value| {
                        if let Value::Text(text) = value {
                            Some(text)
                        } else {
                            None
                        }
                    };
                    values.into_iter().filter_map(text).collect()
                };
                let domain = bound.ty.domain.as_ref().map(|domain| domain.values.clone());
                let domain = domain.filter(|values| !values.is_empty());
                let of_shape = || shape(self.scheme, None, bound).closed.map(texts);
                Kind::Texts(domain.or_else(of_shape).unwrap_or_default())
            }
            Base::Number | Base::Date | Base::DateTime => {
                Kind::Ordered(shape(self.scheme, None, bound))
            }
        }
    }

    fn find(&self, bound: Option<&Bound>) -> Option<Slot> {
        let index = self
            .variables
            .iter()
            .position(|known| known.stands_for.as_ref() == bound && bound.is_some());
        index.map(|index| Slot(index as u32))
    }

    fn add(&mut self, variable: Variable) -> Slot {
        self.variables.push(variable);
        Slot(self.variables.len() as u32 - 1)
    }

    fn plain(&self, bound: Option<&Bound>, ty: Type) -> Variable {
        Variable {
            stands_for: bound.cloned(),
            name: text!("", ""),
            kind: Kind::Truth,
            ty,
            thresholds: BTreeSet::new(),
            literals: vec![],
            nullable: false,
            percent: bound.is_some_and(|bound| self.is_percent(bound)),
        }
    }

    fn is_percent(&self, bound: &Bound) -> bool {
        let Node::Slot(slot) = bound.node else {
            return false;
        };
        let field = match self.scheme.slots.entries[slot.0 as usize].kind {
            SlotKind::Field(field) => self
                .scheme
                .customers
                .as_ref()
                .map(|customers| &customers.sheet.fields[field]),
            SlotKind::LookupField(lookup, field) => {
                Some(&self.scheme.lookups[lookup].sheet.fields[field])
            }
            _ => None,
        };
        field.is_some_and(|field| field.kind == FieldKind::Percent)
    }

    fn name(&self, bound: &Bound) -> Text {
        let Node::Slot(slot) = bound.node else {
            let written = self.written(bound);
            return text!("{written}", "{written}");
        };
        let entry = &self.scheme.slots.entries[slot.0 as usize];
        let name = &entry.name;
        match entry.kind {
            SlotKind::Points(_) => text!("points({name})", "points({name})"),
            SlotKind::OwnPoints(_) => text!("points", "points"),
            _ => text!("{name}", "{name}"),
        }
    }

    /// A part as it was written.
    fn written(&self, bound: &Bound) -> Arc<str> {
        self.text
            .get(bound.span.clone())
            .unwrap_or(&self.text)
            .into()
    }
}
