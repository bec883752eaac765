//! Words in order: takes the text of an expression, gives its tree or every fault that can be told apart.
//!
//! A Pratt parser. `or` binds least, then `and`, `not`, comparisons, `+ -`, `* /` and the sign.

mod faults;
mod primary;

pub(super) use faults::bad_date;

use super::ast::{Arithmetic, Ast, Comparison, Expr, ExprKind, Negation, level};
use super::lexer::{Sign, Token, TokenKind, Word, lex};
use crate::diagnostic::{Code, Finding};
use crate::text;
use faults::{chained, too_complex_help, too_deep};
use std::ops::Range;

/// The longest expression in bytes. Written by people they are a hundredth of it.
const LONGEST: usize = 65_536;
/// How deep brackets and operators may nest, so that no expression exhausts the stack.
const DEEPEST: u32 = 100;

/// Parses `text`. Spans are bytes of it.
pub fn parse(text: &str) -> Result<Ast, Vec<Finding>> {
    if text.len() > LONGEST {
        let finding = Finding::error(
            Code::TooComplex,
            text!(
                "the expression is longer than {LONGEST} bytes",
                "表达式超过 {LONGEST} 字节"
            ),
        );
        return Err(vec![finding.at(0..text.len()).help(too_complex_help())]);
    }
    let lexed = lex(text);
    let mut parser = Parser {
        text,
        tokens: lexed.tokens,
        at: 0,
        depth: 0,
        findings: lexed.findings,
    };
    if !lexed.readable {
        return Err(parser.findings);
    }
    match parser.whole() {
        Ok(root) if parser.findings.is_empty() => Ok(Ast { root }),
        Ok(_) => Err(parser.findings),
        Err(finding) => {
            parser.findings.push(*finding);
            Err(parser.findings)
        }
    }
}

type Parsed<T = Expr> = Result<T, Box<Finding>>;

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: u32,
    /// Faults after which reading went on.
    findings: Vec<Finding>,
}

impl Parser<'_> {
    fn peek(&self) -> &TokenKind {
        self.ahead(0)
    }

    /// The token `count` further on; after the end there is only the end.
    fn ahead(&self, count: usize) -> &TokenKind {
        let last = self.tokens.len() - 1; // `lex` always gives the end.
        &self.tokens[(self.at + count).min(last)].kind
    }

    fn span(&self) -> Range<usize> {
        self.tokens[self.at.min(self.tokens.len() - 1)].span.clone()
    }

    /// Where the token before ends.
    fn last_end(&self) -> usize {
        self.at
            .checked_sub(1)
            .map_or(0, |before| self.tokens[before].span.end)
    }

    fn next(&mut self) -> Token {
        let token = self.tokens[self.at.min(self.tokens.len() - 1)].clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    fn eat(&mut self, kind: &TokenKind) -> bool {
        let found = self.peek() == kind;
        if found {
            self.next();
        }
        found
    }

    fn eat_word(&mut self, word: Word) -> bool {
        self.eat(&TokenKind::Word(word))
    }

    fn eat_sign(&mut self, sign: Sign) -> bool {
        self.eat(&TokenKind::Sign(sign))
    }

    /// A part, unless it has too many levels.
    fn make(&self, kind: ExprKind, start: usize) -> Parsed {
        let expr = Expr::new(kind, start..self.last_end());
        if expr.height > DEEPEST {
            Err(too_deep(expr.span))
        } else {
            Ok(expr)
        }
    }

    fn whole(&mut self) -> Parsed {
        if *self.peek() == TokenKind::End {
            let finding =
                Finding::error(Code::Syntax, text!("the expression is empty", "表达式为空"));
            return Err(Box::new(finding.at(0..self.text.len())));
        }
        let root = self.expression(level::OR)?;
        if *self.peek() == TokenKind::End {
            Ok(root)
        } else {
            Err(self.stray())
        }
    }

    fn expression(&mut self, least: u8) -> Parsed {
        if self.depth == DEEPEST {
            return Err(too_deep(self.span()));
        }
        self.depth += 1;
        let result = self.expression_within_depth(least);
        self.depth -= 1;
        result
    }

    fn expression_within_depth(&mut self, least: u8) -> Parsed {
        let start = self.span().start;
        let mut left = self.prefix(least)?;
        // Where the comparison that `left` is starts its right side; `a < b < c` is refused.
        let mut compared = false;
        loop {
            left = match self.peek() {
                TokenKind::Word(Word::Or) if least <= level::OR => {
                    self.chain(left, Word::Or, level::AND)?
                }
                TokenKind::Word(Word::And) if least <= level::AND => {
                    self.chain(left, Word::And, level::NOT)?
                }
                TokenKind::Word(Word::Is) if least <= level::COMPARE => {
                    compared = true;
                    self.is(left, start)?
                }
                TokenKind::Word(Word::Not | Word::In | Word::Between | Word::Like)
                    if least <= level::COMPARE =>
                {
                    if *self.peek() == TokenKind::Word(Word::Not)
                        && !matches!(
                            self.ahead(1),
                            TokenKind::Word(Word::In | Word::Between | Word::Like)
                        )
                    {
                        return Ok(left);
                    }
                    if compared {
                        return Err(self.chained_word());
                    }
                    compared = true;
                    self.membership(left, start)?
                }
                TokenKind::Sign(sign) => {
                    let sign = *sign;
                    if let Some(op) = comparison(sign)
                        && least <= level::COMPARE
                    {
                        if compared {
                            return Err(self.chained_word());
                        }
                        compared = true;
                        self.next();
                        let right = self.expression(level::ADD)?;
                        self.compare(op, left, right)?
                    } else if let Some((op, own)) = arithmetic(sign)
                        && least <= own
                    {
                        self.next();
                        let right = self.expression(own + 1)?;
                        self.make(
                            ExprKind::Arithmetic(op, Box::new(left), Box::new(right)),
                            start,
                        )?
                    } else {
                        return Ok(left);
                    }
                }
                _ => return Ok(left),
            };
        }
    }

    /// `a and b and c`, of which `a` is read.
    fn chain(&mut self, first: Expr, word: Word, tighter: u8) -> Parsed {
        let start = first.span.start;
        let mut items = vec![first];
        while self.eat_word(word) {
            items.push(self.expression(tighter)?);
        }
        let kind = if word == Word::And {
            ExprKind::And(items)
        } else {
            ExprKind::Or(items)
        };
        self.make(kind, start)
    }

    /// `left op right`, and what is wrong if yet another comparison follows.
    fn compare(&mut self, op: Comparison, left: Expr, right: Expr) -> Parsed {
        let start = left.span.start;
        let mut first = (op, left, right);
        while let TokenKind::Sign(sign) = self.peek()
            && let Some(then) = comparison(*sign)
        {
            self.next();
            let third = self.expression(level::ADD)?;
            let (op, left, middle) = &first;
            let [a, b, c] = [left, middle, &third].map(|part| &self.text[part.span.clone()]);
            let (one, two) = (op.sign(), then.sign());
            let both = format!("{a} {one} {b} and {b} {two} {c}");
            let help = match (op, then) {
                (Comparison::LessEqual, Comparison::LessEqual) => text!(
                    "write `{b} between {a} and {c}` or `{both}`",
                    "写作 `{b} between {a} and {c}` 或 `{both}`"
                ),
                (Comparison::GreaterEqual, Comparison::GreaterEqual) => text!(
                    "write `{b} between {c} and {a}` or `{both}`",
                    "写作 `{b} between {c} and {a}` 或 `{both}`"
                ),
                _ => text!("write `{both}`", "写作 `{both}`"),
            };
            self.findings
                .push(chained(start..third.span.end).help(help));
            first = (then, first.2, third);
        }
        let (op, left, right) = first;
        self.make(
            ExprKind::Compare(op, Box::new(left), Box::new(right)),
            start,
        )
    }

    /// A comparison right behind a comparison with a word in it.
    fn chained_word(&self) -> Box<Finding> {
        Box::new(chained(self.span()).help(text!(
            "join them with `and`, or put the first in brackets",
            "用 `and` 连接，或者把前一个放进括号"
        )))
    }

    /// `is [not] null | true | false`.
    fn is(&mut self, operand: Expr, start: usize) -> Parsed {
        self.next();
        let negation = self.negation();
        let operand = Box::new(operand);
        let kind = match self.peek() {
            TokenKind::Word(Word::Null) => ExprKind::IsNull(operand, negation),
            TokenKind::Word(Word::True) => ExprKind::IsTruth(operand, true, negation),
            TokenKind::Word(Word::False) => ExprKind::IsTruth(operand, false, negation),
            _ => {
                return Err(self.expected(text!(
                    "after `is` stands `null`, `true` or `false`",
                    "`is` 后面是 `null`、`true` 或 `false`"
                )));
            }
        };
        self.next();
        self.make(kind, start)
    }

    fn negation(&mut self) -> Negation {
        if self.eat_word(Word::Not) {
            Negation::Not
        } else {
            Negation::Plain
        }
    }

    /// `[not] in (…)`, `[not] between … and …`, `[not] like …`.
    fn membership(&mut self, operand: Expr, start: usize) -> Parsed {
        let negation = self.negation();
        let operand = Box::new(operand);
        let kind = match self.next().kind {
            TokenKind::Word(Word::In) => {
                if !self.eat_sign(Sign::Open) {
                    return Err(self.expected(text!(
                        "after `in` stands a list in brackets: `in ('a', 'b')`",
                        "`in` 后面是括号里的列表：`in ('甲', '乙')`"
                    )));
                }
                ExprKind::In(operand, self.list()?, negation)
            }
            TokenKind::Word(Word::Between) => {
                let low = self.expression(level::ADD)?;
                if !self.eat_word(Word::And) {
                    return Err(self.expected(text!(
                        "`between` takes two bounds: `between 1 and 5`",
                        "`between` 要有上下限：`between 1 and 5`"
                    )));
                }
                let high = self.expression(level::ADD)?;
                ExprKind::Between(operand, Box::new(low), Box::new(high), negation)
            }
            _ => ExprKind::Like(operand, Box::new(self.expression(level::ADD)?), negation),
        };
        self.make(kind, start)
    }

    /// What stands up to the closing bracket: at least one expression.
    fn list(&mut self) -> Parsed<Vec<Expr>> {
        let mut items = vec![self.expression(level::OR)?];
        while self.eat_sign(Sign::Comma) {
            items.push(self.expression(level::OR)?);
        }
        self.close()?;
        Ok(items)
    }

    fn close(&mut self) -> Parsed<()> {
        if self.eat_sign(Sign::Close) {
            return Ok(());
        }
        if *self.peek() == TokenKind::End {
            return Err(self.expected(text!("a bracket is not closed", "括号没有结束")));
        }
        Err(self.stray())
    }

    fn prefix(&mut self, least: u8) -> Parsed {
        let start = self.span().start;
        match self.peek() {
            TokenKind::Word(Word::Not) if least > level::NOT => {
                let finding = self.expected(text!("`not` cannot stand here", "`not` 不能放在这里"));
                Err(Box::new(finding.help(text!(
                    "put `not …` in brackets",
                    "把 `not …` 放进括号"
                ))))
            }
            TokenKind::Word(Word::Not) => {
                self.next();
                let operand = self.expression(level::NOT)?;
                self.make(ExprKind::Not(Box::new(operand)), start)
            }
            TokenKind::Sign(Sign::Minus) => {
                self.next();
                let operand = self.expression(level::NEGATE)?;
                self.make(ExprKind::Negate(Box::new(operand)), start)
            }
            TokenKind::Sign(Sign::Plus) => {
                self.next();
                self.expression(level::NEGATE)
            }
            _ => self.primary(),
        }
    }
}

fn comparison(sign: Sign) -> Option<Comparison> {
    Some(match sign {
        Sign::Equal => Comparison::Equal,
        Sign::NotEqual => Comparison::NotEqual,
        Sign::Less => Comparison::Less,
        Sign::LessEqual => Comparison::LessEqual,
        Sign::Greater => Comparison::Greater,
        Sign::GreaterEqual => Comparison::GreaterEqual,
        _ => return None,
    })
}

fn arithmetic(sign: Sign) -> Option<(Arithmetic, u8)> {
    Some(match sign {
        Sign::Plus => (Arithmetic::Add, level::ADD),
        Sign::Minus => (Arithmetic::Subtract, level::ADD),
        Sign::Times => (Arithmetic::Multiply, level::MULTIPLY),
        Sign::Divide => (Arithmetic::Divide, level::MULTIPLY),
        _ => return None,
    })
}
