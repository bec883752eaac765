//! Where messages go: a folder with a file for each, or one table with a row for each.

use crate::cli::audit::{self, Exported};
use crate::cli::files::{Files, Reader, unwritable, write_outputs};
use crate::cli::list::{is_keyed, render, width_in};
use crate::cli::output::{Output, named_twice, outputs_at, place};
use crate::cli::{Format, Global, Stop};
use regrade::clean::mailbox::Mailbox;
use regrade::diagnostic::{Code, Finding, Lang, Text};
use regrade::grading::Grading;
use regrade::ledger::{Error, Writer};
use regrade::notices::{Form, Notice, mail, sms};
use regrade::present::listing::{ListCell, ListColumn, Listing};
use regrade::present::table::{ColumnKind, ColumnRole, OutCell};
use regrade::scheme::model::Occasion;
use regrade::table::{Date, Hash};
use regrade::text;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How much of a customer's key a file's name shows.
const SHOWN: usize = 40;

/// The outputs of a call.
pub struct Outputs {
    folders: Vec<PathBuf>,
    /// Lists of the messages.
    pub tables: Vec<Output>,
    /// Whether any was named; without, messages are only shown.
    pub is_named: bool,
}

/// The messages, and what they need to be written.
pub struct Messages<'a> {
    pub notices: &'a [Notice],
    pub grading: &'a Grading,
    pub form: Form,
    pub lang: Lang,
    pub from: Option<&'a Mailbox>,
    pub campaign: Option<&'a str>,
}

/// Everything written.
pub struct Prepared {
    /// The files, which wait to appear.
    pub files: Files,
    /// Whether somebody read all of standard output.
    pub reader: Reader,
}

impl Outputs {
    /// Those that `-o` names: what ends in `/` or is a folder is one.
    pub fn of(global: &Global) -> Result<Self, Stop> {
        let is_folder = |path: &&String| path.ends_with(['/', '\\']) || Path::new(path).is_dir();
        let folders: Vec<PathBuf> = global
            .output
            .iter()
            .filter(is_folder)
            .map(PathBuf::from)
            .collect();
        let others = global.output.iter().filter(|path| !is_folder(path));
        let others: Vec<String> = others.cloned().collect();
        let tables = if others.is_empty() && !folders.is_empty() {
            vec![]
        } else {
            outputs_at(global, &others, global.format)?
        };
        for (index, folder) in folders.iter().enumerate() {
            if folders[..index]
                .iter()
                .any(|other| place(other) == place(folder))
            {
                return Err(named_twice(&folder.display().to_string()));
            }
        }
        if tables.iter().any(|output| output.format == Format::Xlsx) {
            let finding = Finding::error(
                Code::Usage,
                text!(
                    "messages are not written as a workbook",
                    "通知不能输出为工作簿"
                ),
            );
            return Err(Stop::usage(finding.help(text!(
                "write a folder (`-o notices/`), .csv, .tsv, .jsonl or .json",
                "请输出到文件夹（`-o notices/`），或 .csv、.tsv、.jsonl、.json"
            ))));
        }
        Ok(Self {
            folders,
            tables,
            is_named: !global.output.is_empty(),
        })
    }

    /// Whether messages go into a folder.
    pub const fn has_folder(&self) -> bool {
        !self.folders.is_empty()
    }

    /// The plain files.
    pub fn files(&self) -> Vec<&Path> {
        crate::cli::output::files_of(&self.tables)
    }

    /// Writes everything; the files appear when they are committed.
    pub fn prepare(&self, messages: &Messages<'_>) -> Result<Prepared, Stop> {
        let mut files = Files::default();
        for folder in &self.folders {
            make(folder)?;
            for notice in messages.notices {
                let (name, bytes) = messages.file(notice);
                files.write(&folder.join(name), |out| out.write_all(&bytes))?;
            }
        }
        let reader = write_outputs(&self.tables, &mut files, |output, out| {
            let (listing, width) = (messages.listing(output), width_in(&out));
            out.text(|out| render(output, &listing, width, out))
        })?;
        Ok(Prepared { files, reader })
    }

    /// Writes into the ledger's audit what was taken out.
    pub fn audit(
        &self,
        writer: &Writer<'_>,
        global: &Global,
        form: Form,
        exported: &Exported<'_>,
    ) -> Result<(), Error> {
        let mut folders = self.folders.iter();
        folders.try_for_each(|folder| {
            audit::with_folder(writer, global, folder, form.key(), exported)
        })?;
        audit::with(writer, global, &self.tables, exported)
    }
}

/// The folder itself is made where there is none; what it lies in must be there.
fn make(folder: &Path) -> Result<(), Stop> {
    match std::fs::create_dir(folder) {
        Err(error) if !folder.is_dir() => Err(unwritable(folder, &error)),
        _ => Ok(()),
    }
}

impl Messages<'_> {
    /// What makes a message this one: the customer and what it is told. The same message has the same name and the same
    /// bytes, however often it is written.
    fn identity(&self, notice: &Notice) -> String {
        let what = match &notice.case.new {
            Some(level) => format!("{}\n{level}", notice.case.ladder.subject().key()),
            None => format!("campaign\n{}", self.campaign.unwrap_or_default()),
        };
        let key = &notice.customer;
        Hash::of(&format!("{}\n{what}\n{key}", self.date()))
    }

    fn date(&self) -> Date {
        self.grading.book.as_of
    }

    /// A message as a file: its name and its bytes.
    fn file(&self, notice: &Notice) -> (String, Vec<u8>) {
        let identity = self.identity(notice);
        let ending = match self.form {
            Form::Mail => "eml",
            Form::Text | Form::Sms => "txt",
        };
        let key: String = notice
            .customer
            .chars()
            .map(|c| {
                if c.is_alphanumeric() || c == '_' {
                    c
                } else {
                    '-'
                }
            })
            .take(SHOWN)
            .collect();
        let short = identity.get(..8).unwrap_or_default();
        let name = format!("{}-{key}-{short}.{ending}", self.date());
        (name, self.bytes(notice, &identity))
    }

    fn bytes(&self, notice: &Notice, identity: &str) -> Vec<u8> {
        let (Form::Mail, Some(from), Some(address)) = (self.form, self.from, &notice.address)
        else {
            return self.plain(notice).into_bytes();
        };
        let to = Mailbox {
            name: notice.name.clone(),
            address: address.as_str().into(),
        };
        mail::write(&mail::Mail {
            from,
            to: &to,
            subject: notice.subject.as_deref().unwrap_or_default(),
            date: self.date(),
            id: identity.get(..32).unwrap_or_default(),
            text: &notice.text,
        })
    }

    /// A letter has its subject above it; a text message is the text alone.
    fn plain(&self, notice: &Notice) -> String {
        match (self.form, &notice.subject) {
            (Form::Sms, _) => notice.text.trim_end().to_owned(),
            (_, Some(subject)) => format!("{subject}\n\n{}", notice.text),
            (_, None) => notice.text.clone(),
        }
    }

    /// The messages as a table. People see no texts of many lines in theirs.
    fn listing(&self, output: &Output) -> Listing {
        let is_for_people = matches!(output.format, Format::Table | Format::Md);
        let columns = self.columns(is_for_people);
        let rows = self.notices.iter();
        let rows = rows.map(|notice| self.row(notice, is_for_people)).collect();
        if is_keyed(output) {
            Listing::keyed(&columns, rows)
        } else {
            Listing::new(self.lang, &columns, rows)
        }
    }

    fn columns(&self, is_for_people: bool) -> Vec<ListColumn> {
        let text =
            |key, heading| ListColumn::new(key, heading, ColumnKind::Text, ColumnRole::Computed);
        let count = |key, heading| {
            let kind = ColumnKind::Number { places: 0 };
            ListColumn::new(key, heading, kind, ColumnRole::Computed)
        };
        let id = text!("customer", "客户编号");
        let name = text!("name", "客户名称");
        let mut columns = vec![
            ListColumn::new("id", id, ColumnKind::Id, ColumnRole::Key),
            ListColumn::new("name", name, ColumnKind::Text, ColumnRole::Name),
            text("address", text!("address", "地址")),
            text("occasion", text!("occasion", "事由")),
            text("old", text!("before", "原")),
            text("new", text!("now", "现")),
            ListColumn::new(
                "since",
                text!("since", "起始日期"),
                ColumnKind::Date,
                ColumnRole::Since,
            ),
            text("reason", text!("reason", "依据")),
        ];
        if !is_for_people {
            columns.push(text("benefits", text!("benefits", "权益")));
            columns.push(text("next", text!("next", "下一步")));
            columns.push(text("subject", text!("subject", "主题")));
            columns.push(text("text", text!("text", "正文")));
        }
        if self.form == Form::Sms {
            columns.push(text("alphabet", text!("alphabet", "编码")));
            columns.push(count("units", text!("length", "长度")));
            columns.push(count("parts", text!("parts", "条数")));
        }
        columns
    }

    fn row(&self, notice: &Notice, is_for_people: bool) -> Vec<ListCell> {
        let maybe = |text: Option<&str>| ListCell::maybe(text.map(str::to_owned));
        let level = |level: &Option<Arc<str>>| maybe(level.as_deref());
        let case = &notice.case;
        let since = case
            .since
            .or_else(|| case.new.as_ref().map(|_| self.date()));
        let mut row = vec![
            ListCell::text(&*notice.customer),
            level(&notice.name),
            maybe(notice.address.as_deref()),
            ListCell::Word(case.occasion.key(), word(case.occasion)),
            level(&case.old),
            level(&case.new),
            since.map_or(ListCell::Value(OutCell::Blank), |day| {
                ListCell::Value(OutCell::Date(day))
            }),
            maybe(notice.reason.as_deref()),
        ];
        if !is_for_people {
            row.push(ListCell::text(notice.benefits.join(match self.lang {
                Lang::Zh => "；",
                Lang::En => "; ",
            })));
            row.push(maybe(notice.next.as_deref()));
            row.push(maybe(notice.subject.as_deref()));
            row.push(ListCell::text(match self.form {
                Form::Sms => notice.text.trim_end(),
                _ => &notice.text,
            }));
        }
        if self.form == Form::Sms {
            let length = sms::length(notice.text.trim_end());
            row.push(ListCell::text(length.alphabet.key()));
            row.push(ListCell::count(length.units));
            row.push(ListCell::count(length.parts));
        }
        row
    }
}

/// An occasion for people.
fn word(occasion: Occasion) -> Text {
    match occasion {
        Occasion::Upgraded => text!("up", "升级"),
        Occasion::Downgraded => text!("down", "降级"),
        Occasion::Changed => text!("changed", "改变"),
        Occasion::New => text!("new", "新增"),
        Occasion::Campaign => text!("campaign", "活动"),
    }
}
