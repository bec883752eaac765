//! Formats, every one cloned from one base: the workbook's default format does not reach cells that have their own.

use crate::present::palette::{self, HATCH, HEADER, INK, LINE, Rgb, Swatch, WHITE};
use crate::present::table::{ColumnKind, GradeStyle};
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, FormatPattern};
use std::collections::HashMap;

/// The font that every Windows and every office suite in China has.
const FONT: &str = "微软雅黑";

/// What stands behind a cell of the table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Shade {
    /// Paper.
    Plain,
    /// A hint of a grade's colour.
    Tint(usize),
    /// A grade's colour.
    Grade(usize),
    /// No grade.
    Hatched,
    /// A person decided.
    Overridden,
    /// A person fills it.
    Input,
    /// It should have been done.
    Late,
}

/// How a value is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Look {
    /// Text on one line.
    Text,
    /// A short text in the middle.
    Centred,
    /// The grade itself: in the middle and bold.
    Grade,
    /// Sentences.
    Wrapped,
    /// Text, even if it looks like a number.
    Id,
    /// A number as Excel shows it.
    General,
    /// A number with this many places.
    Number(u32),
    /// A share with this many places.
    Percent(u32),
    /// A difference with this many places and its sign.
    Delta(u32),
    /// A day.
    Date,
    /// A moment.
    DateTime,
}

impl Look {
    /// How values of a kind are shown.
    pub const fn of(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Id => Self::Id,
            ColumnKind::Text => Self::Text,
            ColumnKind::Number { places } => Self::Number(places),
            ColumnKind::Percent { places } => Self::Percent(places),
            ColumnKind::Date => Self::Date,
            ColumnKind::DateTime => Self::DateTime,
            ColumnKind::Bool => Self::Centred,
        }
    }
}

/// The formats of one workbook.
pub struct Formats {
    swatches: Vec<Swatch>,
    fill_row: bool,
    cells: HashMap<(Shade, Look), Format>,
}

impl Formats {
    /// For these grades, best first.
    pub fn new(grades: &[GradeStyle], fill_row: bool) -> Self {
        Self {
            swatches: palette::of_grades(grades),
            fill_row,
            cells: HashMap::new(),
        }
    }

    /// Whether there are grades at all.
    pub const fn has_grades(&self) -> bool {
        !self.swatches.is_empty()
    }

    /// What every format is cloned from.
    #[allow(clippy::unused_self)] // a format of the workbook like the others
    pub fn base(&self) -> Format {
        Format::new()
            .set_font_name(FONT)
            .set_font_size(10)
            .set_font_color(Color::RGB(INK))
            .set_align(FormatAlign::VerticalCenter)
    }

    /// How many grades have colours.
    pub const fn grades(&self) -> usize {
        self.swatches.len()
    }

    /// What stands behind the cells of a row of a grade.
    pub fn behind_rows(&self) -> fn(usize) -> Shade {
        if self.fill_row {
            Shade::Grade
        } else {
            Shade::Tint
        }
    }

    /// The format of a cell of the table.
    pub fn cell(&mut self, shade: Shade, look: Look) -> &Format {
        if !self.cells.contains_key(&(shade, look)) {
            let format = self.shaded(look_of(self.bordered(), look), shade);
            self.cells.insert((shade, look), format);
        }
        &self.cells[&(shade, look)]
    }

    /// The base with thin lines around.
    pub fn bordered(&self) -> Format {
        self.base()
            .set_border(FormatBorder::Thin)
            .set_border_color(Color::RGB(LINE))
    }

    /// A heading of a table on this dark colour.
    pub fn heading(&self, fill: Rgb) -> Format {
        look_of(self.bordered(), Look::Text)
            .set_bold()
            .set_font_color(Color::RGB(WHITE))
            .set_background_color(Color::RGB(fill))
    }

    /// A heading of the overview.
    pub fn section(&self) -> Format {
        self.heading(HEADER)
    }

    /// With what stands behind it.
    pub fn shaded(&self, format: Format, shade: Shade) -> Format {
        let swatch = |grade: usize| self.swatches.get(grade);
        match shade {
            Shade::Plain => format,
            Shade::Tint(grade) => match swatch(grade) {
                Some(swatch) => format.set_background_color(Color::RGB(swatch.tint)),
                None => format,
            },
            Shade::Grade(grade) => match swatch(grade) {
                Some(swatch) => format
                    .set_background_color(Color::RGB(swatch.fill))
                    .set_font_color(Color::RGB(swatch.text)),
                None => format,
            },
            Shade::Hatched => format
                .set_pattern(FormatPattern::LightUp)
                .set_foreground_color(Color::RGB(HATCH))
                .set_background_color(Color::RGB(WHITE)),
            Shade::Overridden => format.set_background_color(Color::RGB(palette::OVERRIDDEN)),
            Shade::Input => format.set_background_color(Color::RGB(palette::INPUT)),
            Shade::Late => format.set_background_color(Color::RGB(palette::FILLED)),
        }
    }
}

/// With the number format and alignment of a value.
pub fn look_of(format: Format, look: Look) -> Format {
    let places = |zero: &str, places: u32| match places {
        0 => zero.to_owned(),
        places => format!("{zero}.{}", "0".repeat(places as usize)),
    };
    // Texts are a step away from the line, so that they do not touch the number before them. Numbers are not: LibreOffice
    // drops the step of some cells and keeps that of others, and figures below each other would not line up.
    let left = |format: Format| format.set_align(FormatAlign::Left).set_indent(1);
    let right = |format: Format| format.set_align(FormatAlign::Right).set_indent(0);
    match look {
        Look::Text => left(format),
        Look::Centred => format.set_align(FormatAlign::Center),
        Look::Grade => format.set_align(FormatAlign::Center).set_bold(),
        Look::Wrapped => left(format).set_text_wrap(),
        Look::Id => left(format).set_num_format("@"),
        Look::General => right(format),
        Look::Number(n) => right(format).set_num_format(places("#,##0", n)),
        Look::Percent(n) => right(format).set_num_format(places("0", n) + "%"),
        Look::Delta(n) => {
            let zero = places("0", n);
            right(format).set_num_format(format!("+{zero};-{zero};{zero}"))
        }
        Look::Date => format
            .set_align(FormatAlign::Center)
            .set_num_format("yyyy-mm-dd"),
        Look::DateTime => format
            .set_align(FormatAlign::Center)
            .set_num_format("yyyy-mm-dd hh:mm:ss"),
    }
}
