//! HTML tables, which many systems export under the name `.xls`. The only room that knows `html5gum`.
//!
//! Takes the file's bytes; gives one table for each `<table>` with cells, also for tables within tables, called
//! `table 1`, `table 2` and so on. Exports are tag soup, so an element ends where a browser would end it. Texts before
//! a table stand above it as they do when Excel opens the file, one row each: titles, `单位：万元`.
//!
//! Cells are text as shown; where the program that wrote it says which number is behind it (Excel's `x:num`,
//! LibreOffice's `sdval`), that counts. A cell over several columns or rows has its value in the first, as in a
//! workbook.

mod covered;

use super::numbers::number;
use super::sheet_rows::{MOST_COLUMNS, SheetRows};
use super::worksheets::{Sheet, of_text, wanted};
use super::{Format, Source, Table};
use crate::diagnostic::{Code, Finding};
use crate::table::Cell;
use crate::text;
use covered::Covered;
use html5gum::emitters::default::StartTag;
use html5gum::{Token, Tokenizer};

/// No page is nested deeper; a broken one opens tables without end.
const DEEPEST: usize = 64;

/// Lines of text before a table that stand above it; the last ones count.
const TITLES: usize = 10;

/// Reads the tables of an HTML file.
pub(super) fn read(bytes: &[u8], source: &Source<'_>) -> Result<Vec<Table>, Vec<Finding>> {
    of_text(bytes, declared_encoding(bytes).as_deref(), source, sheets)
}

fn sheets(text: &str, source: &Source<'_>) -> Result<Vec<Sheet>, Vec<Finding>> {
    let mut page = Page::new(source, text.len() as u64);
    for token in Tokenizer::new(text) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => page.open(&tag)?,
            Token::EndTag(tag) => page.close(&tag.name)?,
            Token::String(text) => page.text(&String::from_utf8_lossy(&text.value)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    page.finish()
}

/// The encoding that a `<meta>` of the page names.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let start: String = bytes
        .iter()
        .take(4096)
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    let (_, rest) = start.split_once("charset=")?;
    let label = rest.trim_start_matches(['"', '\'', ' ']);
    let end = label.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:".contains(c))?;
    (end > 0).then(|| label[..end].to_owned())
}

/// The page so far.
struct Page<'a> {
    source: &'a Source<'a>,
    size: u64,
    /// The tables that are open, the outermost first.
    open: Vec<OpenTable<'a>>,
    /// Finished tables with their numbers, in the order in which they end.
    sheets: Vec<(usize, Sheet)>,
    count: usize,
    /// Texts outside tables since the last one.
    titles: Vec<String>,
    title: String,
    /// Whether what comes is not shown.
    hidden: bool,
    /// Whether the page said where it ends.
    ended: bool,
}

struct OpenTable<'a> {
    number: usize,
    rows: SheetRows<'a>,
    /// The current row, from 0.
    row: u32,
    in_row: bool,
    /// The column after the last cell of the row.
    column: u32,
    covered: Covered,
    cell: Option<OpenCell>,
}

struct OpenCell {
    column: u32,
    text: String,
    /// Whether there is anything in it but white space.
    begun: bool,
    number: Option<f64>,
}

impl<'a> Page<'a> {
    fn new(source: &'a Source<'a>, size: u64) -> Self {
        Self {
            source,
            size,
            open: vec![],
            sheets: vec![],
            count: 0,
            titles: vec![],
            title: String::new(),
            hidden: false,
            ended: false,
        }
    }

    fn open(&mut self, tag: &StartTag<()>) -> Result<(), Vec<Finding>> {
        let name: &[u8] = &tag.name;
        // What a browser does not show; their ends come as they are written.
        self.hidden |= matches!(name, b"title" | b"script" | b"style") && !tag.self_closing;
        if name == b"table" {
            return self.open_table();
        }
        if name == b"br" {
            self.line_break();
            return Ok(());
        }
        let Some(table) = self.open.last_mut() else {
            if is_block(name) {
                self.end_title();
            }
            return Ok(());
        };
        match name {
            b"tr" | b"thead" | b"tbody" | b"tfoot" => {
                table.end_row()?;
                table.in_row = name == b"tr";
            }
            b"td" | b"th" => {
                table.end_cell()?;
                table.in_row = true;
                table.open_cell(tag, self.source)?;
            }
            _ if is_block(name) => self.block(),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &[u8]) -> Result<(), Vec<Finding>> {
        if matches!(name, b"title" | b"script" | b"style") {
            self.hidden = false;
        }
        self.ended |= matches!(name, b"body" | b"html");
        let Some(table) = self.open.last_mut() else {
            if is_block(name) {
                self.end_title();
            }
            return Ok(());
        };
        match name {
            b"table" => self.end_table()?,
            b"td" | b"th" => table.end_cell()?,
            b"tr" | b"thead" | b"tbody" | b"tfoot" => table.end_row()?,
            _ => {}
        }
        Ok(())
    }

    /// White space is one blank, as a browser shows it.
    fn text(&mut self, text: &str) {
        if self.hidden {
            return;
        }
        let into = match self.open.last_mut() {
            Some(table) => match &mut table.cell {
                Some(cell) => {
                    cell.begun |= text.contains(|c: char| !c.is_whitespace());
                    &mut cell.text
                }
                // Between cells there is no place for a text.
                None => return,
            },
            None => &mut self.title,
        };
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
                if !into.is_empty() && !into.ends_with([' ', '\n']) {
                    into.push(' ');
                }
            } else {
                into.push(c);
            }
        }
    }

    fn line_break(&mut self) {
        match self.open.last_mut() {
            Some(table) => {
                if let Some(cell) = &mut table.cell {
                    cell.text.push('\n');
                }
            }
            None => self.end_title(),
        }
    }

    /// A paragraph within a cell begins a line.
    fn block(&mut self) {
        if let Some(cell) = self.open.last_mut().and_then(|table| table.cell.as_mut())
            && cell.begun
            && !cell.text.ends_with('\n')
        {
            cell.text.push('\n');
        }
    }

    fn end_title(&mut self) {
        let title = std::mem::take(&mut self.title);
        if !title.trim().is_empty() {
            if self.titles.len() == TITLES {
                self.titles.remove(0);
            }
            self.titles.push(title.trim().to_owned());
        }
    }

    fn open_table(&mut self) -> Result<(), Vec<Finding>> {
        if self.open.len() == DEEPEST {
            return Err(self.source.broken(&text!(
                "tables within tables without end",
                "表格层层嵌套，没有尽头"
            )));
        }
        self.end_title();
        self.count += 1;
        let mut rows = SheetRows::new(self.source, &name_of(self.count), Format::Html, self.size);
        let mut row = 0;
        for title in std::mem::take(&mut self.titles) {
            rows.add(row, 0, Cell::Text(&title))?;
            row += 1;
        }
        self.open.push(OpenTable {
            number: self.count,
            rows,
            row,
            in_row: false,
            column: 0,
            covered: Covered::default(),
            cell: None,
        });
        Ok(())
    }

    fn end_table(&mut self) -> Result<(), Vec<Finding>> {
        if let Some(mut table) = self.open.pop() {
            table.end_row()?;
            self.sheets.push((table.number, table.rows.finish()));
        }
        Ok(())
    }

    /// The tables in the order of the page.
    fn finish(mut self) -> Result<Vec<Sheet>, Vec<Finding>> {
        // Sloppy pages leave a table open, but they end.
        if !self.open.is_empty() && !self.ended {
            let why = text!("it ends within a table", "内容在表格中间断开");
            // Saved again it would look whole, and the rows would be lost for good.
            let again = text!(
                "rows at its end are missing: export or download it again",
                "末尾的行已缺失：请重新导出或下载"
            );
            let found = self.source.broken(&why).into_iter();
            return Err(found.map(|error| error.help(again.clone())).collect());
        }
        while !self.open.is_empty() {
            self.end_table()?;
        }
        let has_data = |sheet: &Sheet| !matches!(sheet, Ok(None));
        if !self.sheets.iter().any(|(_, sheet)| has_data(sheet)) {
            let title = text!(
                "this is an HTML page without a table",
                "这是没有表格的网页（HTML）"
            );
            return Err(vec![Finding::error(Code::BadFormat, title).help(text!(
                "open it in a browser: it may be a login page that came instead of the export",
                "请用浏览器打开看看：可能下载到的是登录页，而不是导出的表"
            ))]);
        }
        self.sheets.sort_by_key(|(number, _)| *number);
        let names: Vec<String> = (1..=self.count).map(name_of).collect();
        let wanted = wanted(&names, self.source)?;
        let sheets = self.sheets.into_iter();
        let sheets = sheets.filter(|(number, _)| wanted.contains(&(number - 1)));
        Ok(sheets.map(|(_, sheet)| sheet).collect())
    }
}

impl OpenTable<'_> {
    fn open_cell(&mut self, tag: &StartTag<()>, source: &Source<'_>) -> Result<(), Vec<Finding>> {
        let attribute = |name: &str| {
            let value = tag.attributes.get(name.as_bytes())?;
            Some(String::from_utf8_lossy(&value.value).into_owned())
        };
        let span = |name| attribute(name).and_then(|span| span.trim().parse::<u32>().ok());
        let column = self.covered.first_free(self.column);
        // The limits of HTML itself.
        let columns = span("colspan").unwrap_or(1).clamp(1, 1000);
        let rows = span("rowspan").unwrap_or(1).clamp(1, 65_534);
        if column + columns > MOST_COLUMNS {
            return Err(source.broken(&text!(
                "a cell outside the worksheet",
                "有单元格超出工作表范围"
            )));
        }
        self.column = column + columns;
        if rows > 1 {
            self.covered.add(column..self.column, self.row + rows);
        }
        let behind = attribute("x:num").or_else(|| attribute("sdval"));
        self.cell = Some(OpenCell {
            column,
            text: String::new(),
            begun: false,
            number: behind.and_then(|value| value.trim().parse().ok()),
        });
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), Vec<Finding>> {
        let Some(cell) = self.cell.take() else {
            return Ok(());
        };
        let text = cell.text.trim_matches([' ', '\n', '\t']);
        let value = match cell.number {
            Some(behind) if shows_number(text) => number(behind, text.ends_with(['%', '％'])),
            _ => Cell::Text(text),
        };
        self.rows.add(self.row, cell.column, value)
    }

    fn end_row(&mut self) -> Result<(), Vec<Finding>> {
        self.end_cell()?;
        if self.in_row {
            self.in_row = false;
            self.row += 1;
            self.column = 0;
            self.covered.begin_row(self.row);
        }
        Ok(())
    }
}

fn name_of(number: usize) -> String {
    format!("table {number}")
}

/// Elements that begin a line.
fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"p" | b"div"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"li"
            | b"center"
            | b"body"
            | b"head"
            | b"caption"
            | b"form"
    )
}

/// Whether a cell shows the number that is behind it, and not a date or a word: digits with what belongs to a number.
fn shows_number(text: &str) -> bool {
    let rest = text.trim_start_matches(['-', '+', '(', '（', '¥', '￥', '$', '€', ' ']);
    rest.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && rest.chars().all(|c| {
            c.is_ascii_digit()
                || matches!(
                    c,
                    '.' | ',' | '%' | '％' | ')' | '）' | 'E' | 'e' | '+' | ' '
                )
        })
}
