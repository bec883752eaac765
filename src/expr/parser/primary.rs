//! What operators stand between: literals, names, calls, brackets and `case`.

use super::{Parsed, Parser, bad_date};
use crate::diagnostic::{Code, Finding};
use crate::expr::ast::{Expr, ExprKind, Spot, level};
use crate::expr::lexer::{Sign, TokenKind, Word, fold};
use crate::expr::literal;
use crate::text;
use std::ops::Range;

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Parsed {
        let start = self.span().start;
        let token = self.next();
        let kind = match token.kind {
            TokenKind::Number(number) => ExprKind::Number(number),
            TokenKind::Text(content) => ExprKind::Text(content),
            TokenKind::Word(Word::Null) => ExprKind::Null,
            TokenKind::Word(Word::True) => ExprKind::Bool(true),
            TokenKind::Word(Word::False) => ExprKind::Bool(false),
            TokenKind::Word(Word::Case) => self.case()?,
            TokenKind::Sign(Sign::Open) => {
                let mut inner = self.expression(level::OR)?;
                self.close()?;
                inner.span = start..self.last_end();
                return Ok(inner);
            }
            TokenKind::Quoted(name) => self.name(name)?,
            TokenKind::Name(name) => match self.peek() {
                TokenKind::Text(content) if literal_word(&name) => {
                    let content = content.clone();
                    self.next();
                    self.dated(&name, &content, start)?
                }
                TokenKind::Sign(Sign::Open) => self.call(&name, token.span)?,
                _ => self.name(name)?,
            },
            _ => {
                self.at = self.at.min(self.tokens.len() - 1);
                return Err(self.no_operand(&token.kind, token.span));
            }
        };
        self.make(kind, start)
    }

    /// A name of which the first part is read.
    pub(super) fn name(&mut self, first: String) -> Parsed<ExprKind> {
        if !self.eat_sign(Sign::Dot) {
            return Ok(ExprKind::Name {
                sheet: None,
                name: first,
            });
        }
        match self.peek() {
            TokenKind::Name(name) | TokenKind::Quoted(name) => {
                let name = name.clone();
                self.next();
                Ok(ExprKind::Name {
                    sheet: Some(first),
                    name,
                })
            }
            _ => Err(self.expected(text!(
                "after `{first}.` stands a field",
                "`{first}.` 后面是字段名"
            ))),
        }
    }

    /// `date '…'`, `datetime '…'`, `timestamp '…'`.
    pub(super) fn dated(&self, word: &str, content: &str, start: usize) -> Parsed<ExprKind> {
        if word.eq_ignore_ascii_case("date") {
            if let Some(date) = literal::date(content) {
                return Ok(ExprKind::Date(date));
            }
        } else if let Some(moment) = literal::moment(content) {
            return Ok(ExprKind::DateTime(moment));
        }
        Err(Box::new(bad_date(content, start..self.last_end())))
    }

    /// A call of which the name is read.
    pub(super) fn call(&mut self, name: &str, name_span: Range<usize>) -> Parsed<ExprKind> {
        self.next();
        let folded: String = name.chars().map(fold).collect();
        let function = if folded.is_ascii() {
            folded.to_ascii_lowercase()
        } else {
            name.to_owned()
        };
        let (mut arguments, mut within) = (vec![], None);
        if !self.eat_sign(Sign::Close) {
            loop {
                arguments.push(self.expression(level::OR)?);
                // The group stands behind the value or behind everything: `quantile(x within y, 5)`.
                if within.is_none() {
                    within = self.group()?.map(Box::new);
                }
                if !self.eat_sign(Sign::Comma) {
                    break;
                }
            }
            self.close()?;
        }
        Ok(ExprKind::Call {
            function,
            name_span: Spot(name_span),
            arguments,
            within,
        })
    }

    /// The name after `within`, if that is the next word.
    fn group(&mut self) -> Result<Option<Expr>, Box<Finding>> {
        if !matches!(self.peek(), TokenKind::Name(word) if word.eq_ignore_ascii_case("within")) {
            return Ok(None);
        }
        self.next();
        let start = self.span().start;
        let kind = match self.next().kind {
            TokenKind::Name(name) | TokenKind::Quoted(name) => self.name(name)?,
            _ => {
                let span = start..self.last_end().max(start);
                return Err(Box::new(
                    Finding::error(
                        Code::Syntax,
                        text!("after `within` stands a name", "`within` 后面是名称"),
                    )
                    .at(span)
                    .help(text!("as in `mean(x within y)`", "例如 `mean(x within y)`")),
                ));
            }
        };
        self.make(kind, start).map(Some)
    }

    /// `case` is read.
    pub(super) fn case(&mut self) -> Parsed<ExprKind> {
        let mut arms = vec![];
        while self.eat_word(Word::When) {
            let condition = self.expression(level::OR)?;
            if !self.eat_word(Word::Then) {
                return Err(self.expected(text!("`then` is missing", "缺少 `then`")));
            }
            arms.push((condition, self.expression(level::OR)?));
        }
        if arms.is_empty() {
            let finding = self.expected(text!("`when` is missing", "缺少 `when`"));
            return Err(Box::new(finding.help(text!(
                "write `case when x = 1 then … else … end`",
                "写作 `case when x = 1 then … else … end`"
            ))));
        }
        let otherwise = if self.eat_word(Word::Else) {
            Some(Box::new(self.expression(level::OR)?))
        } else {
            None
        };
        if !self.eat_word(Word::End) {
            return Err(self.expected(text!("`end` is missing", "缺少 `end`")));
        }
        Ok(ExprKind::Case(arms, otherwise))
    }
}

/// Whether a text behind this name makes a date literal of both.
fn literal_word(name: &str) -> bool {
    ["date", "datetime", "timestamp"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(name))
}
