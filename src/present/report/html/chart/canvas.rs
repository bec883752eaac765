//! What charts are drawn on: shapes and texts in pixels, written down in the order in which they lie on each other.

use super::escape;
use crate::present::palette::{Rgb, readable_on};
use crate::present::shown;
use std::borrow::Cow;
use std::fmt::Write;

/// The height of a line of text.
pub const LINE: f64 = 18.0;

/// Where a text has its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor {
    /// It starts there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// How a text looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ink {
    /// A name or a value.
    Plain,
    /// What stands aside: ticks, counts.
    Muted,
    /// A heading.
    Strong,
    /// On this colour.
    On(Rgb),
    /// On whatever is there: what is below it ends before its letters.
    Over,
}

/// An upright rectangle.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A drawing.
pub struct Canvas {
    pub width: f64,
    pub height: f64,
    body: String,
    /// Where the texts are, so that tests can see whether two lie on each other.
    #[cfg(test)]
    pub texts: Vec<Rect>,
}

impl Canvas {
    /// An empty drawing of this width; its height is settled when all is drawn.
    pub fn new(width: f64) -> Self {
        Self {
            width,
            height: 0.0,
            body: String::new(),
            #[cfg(test)]
            texts: vec![],
        }
    }

    /// The `<svg>`, named and described for those who do not see it. Both texts are escaped already.
    pub fn svg(&self, id: &str, class: &str, title: &str, alt: &str) -> String {
        let (width, height) = (px(self.width), px(self.height));
        format!(
            "<svg class=\"{class}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n<title id=\"{id}-t\">{title}</title>\n<desc id=\"{id}-d\">{alt}</desc>\n{}</svg>\n",
            self.body
        )
    }

    /// A filled rectangle that says what it is when it is pointed at.
    pub fn rect(&mut self, rect: Rect, fill: Rgb, tip: &str) {
        let _ = writeln!(
            self.body,
            "<rect class=\"mark\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#{fill:06x}\">{}</rect>",
            px(rect.x),
            px(rect.y),
            px(rect.width),
            px(rect.height),
            title(tip)
        );
    }

    /// The outline of a rectangle; `tip` says what it is when it is pointed at, if there is something to say.
    pub fn frame(&mut self, rect: Rect, class: &str, tip: &str) {
        let tip = if tip.is_empty() {
            String::new()
        } else {
            title(tip)
        };
        let _ = writeln!(
            self.body,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\">{tip}</rect>",
            px(rect.x),
            px(rect.y),
            px(rect.width),
            px(rect.height)
        );
    }

    /// A filled band between two edges.
    pub fn band(&mut self, path: &str, fill: Rgb, class: &str, tip: &str) {
        let _ = writeln!(
            self.body,
            "<path class=\"{class}\" d=\"{path}\" fill=\"#{fill:06x}\" stroke=\"#{fill:06x}\">{}</path>",
            title(tip)
        );
    }

    /// A line through points.
    pub fn line(&mut self, points: &[(f64, f64)], stroke: Rgb, dash: &str) {
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{},{}", px(*x), px(*y)))
            .collect();
        let dash = if dash.is_empty() {
            String::new()
        } else {
            format!(" stroke-dasharray=\"{dash}\"")
        };
        let _ = writeln!(
            self.body,
            "<polyline class=\"line\" points=\"{}\" stroke=\"#{stroke:06x}\"{dash}/>",
            points.join(" ")
        );
    }

    /// A thin straight line that is no figure.
    pub fn rule(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let _ = writeln!(
            self.body,
            "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
            px(from.0),
            px(from.1),
            px(to.0),
            px(to.1)
        );
    }

    /// A point of a line, in the shape of its series.
    pub fn point(&mut self, shape: usize, at: (f64, f64), fill: Rgb, tip: &str) {
        let _ = writeln!(
            self.body,
            "<path class=\"point\" d=\"{}\" fill=\"#{fill:06x}\">{}</path>",
            shape_at(shape, at.0, at.1),
            title(tip)
        );
    }

    /// A text whose line has its middle at `y`.
    pub fn text(&mut self, at: (f64, f64), anchor: Anchor, ink: Ink, text: &str) {
        let (x, y) = at;
        let place = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let look = match ink {
            Ink::Plain => String::new(),
            Ink::Muted => " class=\"muted\"".to_owned(),
            Ink::Strong => " class=\"strong\"".to_owned(),
            Ink::Over => " class=\"over\"".to_owned(),
            Ink::On(fill) => format!(" class=\"on\" fill=\"#{:06x}\"", readable_on(fill)),
        };
        let _ = writeln!(
            self.body,
            // A third of the letters' height below the middle is where they stand.
            "<text x=\"{}\" y=\"{}\"{place}{look}>{}</text>",
            px(x),
            px(y + 4.5),
            escape::text(text)
        );
        #[cfg(test)]
        {
            let width = measure(text);
            let x = match anchor {
                Anchor::Start => x,
                Anchor::Middle => x - width / 2.0,
                Anchor::End => x - width,
            };
            self.texts.push(Rect {
                x,
                y: y - LINE / 2.0 + 1.0,
                width,
                height: LINE - 2.0,
            });
        }
    }
}

#[cfg(test)]
impl Canvas {
    /// No text lies on another, and none leaves the drawing.
    pub fn assert_texts_apart(&self) {
        for (index, one) in self.texts.iter().enumerate() {
            let inside = one.x >= -0.1
                && one.x + one.width <= self.width + 0.1
                && one.y >= -0.1
                && one.y + one.height <= self.height + 0.1;
            assert!(
                inside,
                "{one:?} leaves {} × {}:\n{}",
                self.width, self.height, self.body
            );
            for other in &self.texts[index + 1..] {
                let apart = one.x + one.width <= other.x + 0.1
                    || other.x + other.width <= one.x + 0.1
                    || one.y + one.height <= other.y + 0.1
                    || other.y + other.height <= one.y + 0.1;
                assert!(apart, "{one:?} and {other:?} overlap:\n{}", self.body);
            }
        }
    }
}

/// The path of a mark around a point: a disc, a square, a diamond, a triangle, and its reverse.
pub fn shape_at(shape: usize, x: f64, y: f64) -> String {
    let at = |dx: f64, dy: f64| format!("{} {}", px(x + dx), px(y + dy));
    match shape % 5 {
        0 => format!("M{}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", at(-4.0, 0.0)),
        1 => format!("M{}h7v7h-7z", at(-3.5, -3.5)),
        2 => format!("M{}l5 5l-5 5l-5 -5z", at(0.0, -5.0)),
        3 => format!("M{}l5 8h-10z", at(0.0, -5.0)),
        _ => format!("M{}l5 -8h-10z", at(0.0, 5.0)),
    }
}

/// The dashes of a line, in the order of its series.
pub const fn dash(series: usize) -> &'static str {
    match series % 4 {
        0 => "",
        1 => "7 4",
        2 => "2 3",
        _ => "9 3 2 3",
    }
}

/// A number of pixels with at most one place.
pub fn px(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    let (whole, tenth) = (tenths / 10, (tenths % 10).abs());
    match (tenth, tenths < 0 && whole == 0) {
        (0, _) => whole.to_string(),
        (tenth, true) => format!("-0.{tenth}"),
        (tenth, false) => format!("{whole}.{tenth}"),
    }
}

/// How wide a text of 13 pixels is at most in the fonts of the page: nobody can ask the browser, which will choose one of
/// them, and the widest has to fit.
pub fn measure(text: &str) -> f64 {
    text.chars().map(advance).sum()
}

/// How far a character leads.
fn advance(c: char) -> f64 {
    match (c, shown::width(c.encode_utf8(&mut [0; 4]))) {
        (_, 0) => 0.0,
        ('i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ', _) => 4.6,
        ('M' | 'W' | 'm' | 'w' | '@' | '%', _) => 12.5,
        ('A'..='Z' | '0'..='9' | '+' | '<' | '>' | '=' | '_' | '&', _) => 9.2,
        ('…', _) => 13.0,
        (_, 1) => 8.3,
        _ => 13.2,
    }
}

/// As much of a text as fits this many pixels, with `…` where it is cut.
pub fn fit(text: &str, width: f64) -> Cow<'_, str> {
    if measure(text) <= width {
        return Cow::Borrowed(text);
    }
    let mut used = advance('…');
    let mut cut = String::new();
    for c in text.chars() {
        used += advance(c);
        if used > width {
            break;
        }
        cut.push(c);
    }
    cut.push('…');
    Cow::Owned(cut)
}

/// A text in lines that fit this many pixels, at most so many: broken where a word ends, inside one that is too long and
/// between any two characters of Chinese. The last line is cut where the text goes on.
pub fn wrapped(text: &str, width: f64, most: usize) -> Vec<String> {
    let mut lines = vec![];
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = line_end(rest, width);
        if end == rest.len() || lines.len() + 1 >= most {
            lines.push(fit(rest, width).into_owned());
            break;
        }
        lines.push(rest[..end].trim_end().to_owned());
        rest = rest[end..].trim_start();
    }
    lines
}

/// Where the first line of a text ends; at least one character is in it.
fn line_end(text: &str, width: f64) -> usize {
    let is_wide = |c: char| advance(c) > 13.0;
    let (mut used, mut may_break) = (0.0, 0);
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if before == ' ' || "-_.,/，、".contains(before) || is_wide(before) || is_wide(c) {
            may_break = at;
        }
        used += advance(c);
        if c != ' ' && used > width {
            return if may_break > 0 {
                may_break
            } else {
                at.max(c.len_utf8())
            };
        }
        before = c;
    }
    text.len()
}

fn title(tip: &str) -> String {
    format!("<title>{}</title>", escape::text(tip))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_fits_and_chinese_is_wider() {
        assert_eq!(fit("重要价值客户", 80.0), "重要价值客户");
        assert_eq!(fit("重要价值客户", 70.0), "重要价值…");
        assert!(measure("客户") > measure("ab"));
        for width in 14..120 {
            let width = f64::from(width);
            assert!(measure(&fit("重a要b价W值d客1户", width)) <= width);
        }
    }

    #[test]
    fn a_long_name_takes_lines() {
        assert_eq!(wrapped("重要价值客户", 40.0, 3), ["重要价", "值客户"]);
        assert_eq!(wrapped("重要价值客户", 40.0, 1), ["重要…"]);
        assert_eq!(wrapped("key account", 60.0, 2), ["key", "account"]);
        assert_eq!(wrapped("grades.A.when", 70.0, 3), ["grades.A.", "when"]);
        assert_eq!(wrapped("aaaaaaaa", 34.0, 2), ["aaaa", "aaaa"]);
        assert!(wrapped("", 40.0, 3).is_empty());
        for width in 14..120 {
            for most in 1..4 {
                let width = f64::from(width);
                let lines = wrapped("重a要b价W值 d客1户, xyz-uvw", width, most);
                assert!(lines.len() <= most);
                assert!(lines.iter().all(|line| measure(line) <= width), "{lines:?}");
            }
        }
    }

    #[test]
    fn pixels_have_one_place_at_most() {
        for (value, expected) in [
            (0.0, "0"),
            (12.0, "12"),
            (12.34, "12.3"),
            (12.95, "13"),
            (-0.25, "-0.3"),
            (-3.5, "-3.5"),
        ] {
            assert_eq!(px(value), expected);
        }
    }
}
