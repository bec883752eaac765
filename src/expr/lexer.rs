//! Words out of text: takes an expression as written, gives tokens with the bytes they stand on.
//!
//! Full-width forms mean what their ASCII forms mean, except inside quotes, where nothing is changed. Slips such as
//! `&&` are reported and read as what they mean, so that the parser can go on and find the next fault.

use super::ast::Number;
use super::literal;
use crate::diagnostic::{Code, Finding};
use crate::text;
use std::ops::Range;

/// One word, sign or literal.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Range<usize>,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A name as written.
    Name(String),
    /// A name that stood in double quotes.
    Quoted(String),
    /// A text that stood in single or curly quotes.
    Text(String),
    /// A number with its multiplier, unit or sign of per cent.
    Number(Number),
    /// A word of the language.
    Word(Word),
    /// An operator, bracket, comma or point.
    Sign(Sign),
    /// Nothing more.
    End,
}

/// The words of the language. They are names only in double quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    And,
    Or,
    Not,
    In,
    Between,
    Like,
    Is,
    Null,
    True,
    False,
    Case,
    When,
    Then,
    Else,
    End,
}

/// Operators, brackets, comma and point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Plus,
    Minus,
    Times,
    Divide,
    Open,
    Close,
    Comma,
    Dot,
}

impl Word {
    const ALL: [(&'static str, Self); 17] = [
        ("and", Self::And),
        ("且", Self::And),
        ("or", Self::Or),
        ("或", Self::Or),
        ("not", Self::Not),
        ("in", Self::In),
        ("between", Self::Between),
        ("like", Self::Like),
        ("is", Self::Is),
        ("null", Self::Null),
        ("true", Self::True),
        ("false", Self::False),
        ("case", Self::Case),
        ("when", Self::When),
        ("then", Self::Then),
        ("else", Self::Else),
        ("end", Self::End),
    ];

    /// The word that `text` is, in any case and width.
    pub fn of(text: &str) -> Option<Self> {
        let folded: String = text.chars().map(fold).collect();
        let folded = folded.to_ascii_lowercase();
        Self::ALL
            .iter()
            .find(|(word, _)| *word == folded)
            .map(|(_, kind)| *kind)
    }
}

/// What the lexer has to say.
pub(super) struct Lexed {
    /// The tokens; the last is `End`.
    pub tokens: Vec<Token>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Whether every fault was read as what it probably means, so that parsing on is worth it.
    pub readable: bool,
}

/// Takes `text` apart.
pub(super) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer {
        text,
        chars: text.char_indices().map(|(at, c)| (at, fold(c))).collect(),
        at: 0,
        tokens: vec![],
        findings: vec![],
        readable: true,
    };
    lexer.run();
    Lexed {
        tokens: lexer.tokens,
        findings: lexer.findings,
        readable: lexer.readable,
    }
}

/// The ASCII form of a full-width character and of the signs that people type for it.
pub(crate) fn fold(c: char) -> char {
    match c {
        // The full-width block repeats ASCII from `!` to `~` at this distance.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0)
            .filter(char::is_ascii)
            .unwrap_or(c),
        '\u{2212}' | '\u{FE63}' => '-',
        '×' => '*',
        '÷' => '/',
        '、' => ',',
        '￥' => '¥',
        '\u{FEFF}' | '\u{200B}' => ' ',
        _ => c,
    }
}

/// Whether a name may go on with `c`.
pub(super) fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || unicode_normalization::char::is_combining_mark(c)
}

/// Whether `c` stands for a currency.
pub(super) fn is_currency_sign(c: char) -> bool {
    matches!(c, '$' | '€' | '£' | '¥')
}

struct Lexer<'a> {
    text: &'a str,
    /// Folded characters with the byte on which each starts.
    chars: Vec<(usize, char)>,
    at: usize,
    tokens: Vec<Token>,
    findings: Vec<Finding>,
    readable: bool,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).map(|(_, c)| *c)
    }

    /// The byte on which the character at index `at` starts.
    fn byte(&self, at: usize) -> usize {
        self.chars
            .get(at)
            .map_or(self.text.len(), |(byte, _)| *byte)
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        let span = self.byte(start)..self.byte(self.at);
        self.tokens.push(Token { kind, span });
    }

    fn run(&mut self) {
        while let Some(c) = self.peek(0) {
            let start = self.at;
            match c {
                c if c.is_whitespace() => self.at += 1,
                '0'..='9' => self.number(),
                '.' if self.peek(1).is_some_and(|c| c.is_ascii_digit()) && !self.after_name() => {
                    self.number();
                }
                '\'' => self.quoted(&['\''], TokenKind::Text),
                '‘' | '’' => self.quoted(&['‘', '’'], TokenKind::Text),
                '“' | '”' => self.quoted(&['“', '”'], TokenKind::Text),
                '"' => self.quoted(&['"'], TokenKind::Quoted),
                c if is_name_part(c) => {
                    while self.peek(0).is_some_and(is_name_part) {
                        self.at += 1;
                    }
                    let word = &self.text[self.byte(start)..self.byte(self.at)];
                    let kind = Word::of(word)
                        .map_or_else(|| TokenKind::Name(word.to_owned()), TokenKind::Word);
                    self.push(kind, start);
                }
                _ => self.sign(c),
            }
        }
        self.push(TokenKind::End, self.at);
    }

    /// Whether the token before ends here and is a name, so that a point belongs to it.
    fn after_name(&self) -> bool {
        self.tokens.last().is_some_and(|token| {
            matches!(token.kind, TokenKind::Name(_) | TokenKind::Quoted(_))
                && token.span.end == self.byte(self.at)
        })
    }

    fn number(&mut self) {
        let start = self.at;
        let rest: Vec<char> = self.chars[start..].iter().map(|(_, c)| *c).collect();
        let (length, result) = literal::number(&rest);
        self.at += length;
        let kind = match result {
            Ok(number) => number,
            Err(fault) => {
                let span = self.byte(start)..self.byte(self.at);
                let mut finding = Finding::error(Code::BadLiteral, fault.title).at(span);
                finding.help = fault.help;
                self.findings.push(finding);
                Number::one()
            }
        };
        self.push(TokenKind::Number(kind), start);
    }

    /// A text or name up to the closing quote; a doubled closing quote stands for itself.
    fn quoted(&mut self, quotes: &[char], kind: fn(String) -> TokenKind) {
        let start = self.at;
        self.at += 1;
        let mut content = String::new();
        loop {
            let Some(c) = self.peek(0) else {
                let span = self.byte(start)..self.text.len();
                self.findings.push(
                    Finding::error(
                        Code::BadToken,
                        text!("the quote is not closed", "引号没有结束"),
                    )
                    .at(span)
                    .label(text!("opened here", "从这里开始"))
                    .help(text!(
                        "close it with `{}`",
                        "用 `{}` 结束",
                        quotes[quotes.len() - 1]
                    )),
                );
                self.readable = false;
                break;
            };
            // A quote in the full-width form closes like its ASCII form; other characters stay as written.
            if quotes.contains(&c) {
                if self.peek(1) == Some(c) {
                    content.push(c);
                    self.at += 2;
                    continue;
                }
                self.at += 1;
                break;
            }
            content.push_str(&self.text[self.byte(self.at)..self.byte(self.at + 1)]);
            self.at += 1;
        }
        if content.is_empty() && quotes == ['"'] && self.readable {
            self.findings.push(
                Finding::error(Code::BadToken, text!("the name is empty", "名称为空"))
                    .at(self.byte(start)..self.byte(self.at))
                    .help(text!(
                        "an empty text is written `''`; double quotes are for names",
                        "空文本写作 `''`；双引号用于名称"
                    )),
            );
        }
        self.push(kind(content), start);
    }

    fn sign(&mut self, c: char) {
        let start = self.at;
        let (length, sign) = match (c, self.peek(1)) {
            ('=', Some('=')) => return self.slip(2, "=", TokenKind::Sign(Sign::Equal)),
            ('=', Some('>')) => {
                return self.slip(2, ">=", TokenKind::Sign(Sign::GreaterEqual));
            }
            ('=', Some('<')) => return self.slip(2, "<=", TokenKind::Sign(Sign::LessEqual)),
            ('&', Some('&')) => return self.slip(2, "and", TokenKind::Word(Word::And)),
            ('&', _) => return self.slip(1, "and", TokenKind::Word(Word::And)),
            ('|', Some('|')) => return self.slip(2, "or", TokenKind::Word(Word::Or)),
            ('|', _) => return self.slip(1, "or", TokenKind::Word(Word::Or)),
            ('<', Some('=')) => (2, Sign::LessEqual),
            ('<', Some('>')) | ('!', Some('=')) => (2, Sign::NotEqual),
            ('>', Some('=')) => (2, Sign::GreaterEqual),
            ('!', _) => return self.slip(1, "not", TokenKind::Word(Word::Not)),
            ('=', _) => (1, Sign::Equal),
            ('≠', _) => (1, Sign::NotEqual),
            ('<', _) => (1, Sign::Less),
            ('>', _) => (1, Sign::Greater),
            ('≤' | '≦', _) => (1, Sign::LessEqual),
            ('≥' | '≧', _) => (1, Sign::GreaterEqual),
            ('+', _) => (1, Sign::Plus),
            ('-', _) => (1, Sign::Minus),
            ('*', _) => (1, Sign::Times),
            ('/', _) => (1, Sign::Divide),
            ('(', _) => (1, Sign::Open),
            (')', _) => (1, Sign::Close),
            (',', _) => (1, Sign::Comma),
            ('.', _) => (1, Sign::Dot),
            _ => return self.stray(c),
        };
        self.at += length;
        self.push(TokenKind::Sign(sign), start);
    }

    /// A sign of other languages: reported, and read as what it means here.
    fn slip(&mut self, length: usize, meant: &str, kind: TokenKind) {
        let start = self.at;
        self.at += length;
        let span = self.byte(start)..self.byte(self.at);
        let written = &self.text[span.clone()];
        self.findings.push(
            Finding::error(
                Code::BadToken,
                text!(
                    "`{written}` is not a sign of this language",
                    "`{written}` 不是条件语言的符号"
                ),
            )
            .at(span)
            .help(text!("write `{meant}`", "写作 `{meant}`")),
        );
        self.push(kind, start);
    }

    /// A character that starts nothing.
    fn stray(&mut self, c: char) {
        let span = self.byte(self.at)..self.byte(self.at + 1);
        self.at += 1;
        self.readable = false;
        let help = if is_currency_sign(c) {
            text!(
                "write the currency after the number: `100元`, `100USD`",
                "货币写在数字后面：`100元`、`100美元`"
            )
        } else {
            text!(
                "put names with spaces or signs in double quotes, texts in single quotes",
                "名称含空格或符号时用双引号，文本用单引号"
            )
        };
        let written = &self.text[span.clone()];
        self.findings.push(
            Finding::error(
                Code::BadToken,
                text!(
                    "`{written}` means nothing here",
                    "`{written}` 在这里没有意义"
                ),
            )
            .at(span)
            .help(help),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kinds of the tokens, short.
    fn shown(text: &str) -> String {
        let kinds = lex(text).tokens.into_iter().map(|token| match token.kind {
            TokenKind::Name(name) => format!("name:{name}"),
            TokenKind::Quoted(name) => format!("quoted:{name}"),
            TokenKind::Text(content) => format!("text:{content}"),
            TokenKind::Number(number) => format!("number:{number}"),
            TokenKind::Word(word) => format!("{word:?}"),
            TokenKind::Sign(sign) => format!("{sign:?}"),
            TokenKind::End => "end".into(),
        });
        kinds.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn takes_text_apart() {
        for (text, expected) in [
            ("", "end"),
            ("a>=1", "name:a GreaterEqual number:1 end"),
            (
                "年采购额 ≥ １００",
                "name:年采购额 GreaterEqual number:100 end",
            ),
            ("（a）＝‘高’", "Open name:a Close Equal text:高 end"),
            (
                "a AND b 且 c Or d 或 e",
                "name:a And name:b And name:c Or name:d Or name:e end",
            ),
            ("是否或 且且", "name:是否或 name:且且 end"),
            ("(a)或(b)", "Open name:a Close Or Open name:b Close end"),
            ("'it''s'", "text:it's end"),
            ("“高”", "text:高 end"),
            ("'Ａ，＝'", "text:Ａ，＝ end"),
            ("\"年 采购(额)\"", "quoted:年 采购(额) end"),
            ("risk.敏感度", "name:risk Dot name:敏感度 end"),
            (".5+1.5", "number:0.5 Plus number:1.5 end"),
            (
                "a＜＞b!=c≠d",
                "name:a NotEqual name:b NotEqual name:c NotEqual name:d end",
            ),
            (
                "a×b÷c－d＋e",
                "name:a Times name:b Divide name:c Minus name:d Plus name:e end",
            ),
            (
                "('a'、'b'，'c')",
                "Open text:a Comma text:b Comma text:c Close end",
            ),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn spans_are_bytes_of_the_text() {
        let text = "年采购额　≥　１００万";
        let spans: Vec<&str> = lex(text)
            .tokens
            .iter()
            .map(|token| &text[token.span.clone()])
            .collect();
        assert_eq!(spans, ["年采购额", "≥", "１００万", ""]);
    }
}
