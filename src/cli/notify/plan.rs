//! How customers are told: by the scheme as it is now, or as the run had it where there is none; and by the newest
//! consent that the ledger knows.

use super::Args;
use super::output::Outputs;
use crate::cli::recorded::Known;
use crate::cli::rules::{self, Rules};
use crate::cli::{Exit, Global, Stop, ledger};
use regrade::book::{Inputs, SheetKind, customers_on};
use regrade::clean::mailbox::Mailbox;
use regrade::diagnostic::{Code, Finding, Lang, Text, system};
use regrade::grading::Grading;
use regrade::ledger::{Error, Ledger};
use regrade::notices::template::clean;
use regrade::notices::{
    Form, Newer, Permission, Plan, Template, builtin_template, field_of, names,
};
use regrade::scheme::Scheme;
use regrade::scheme::model::{Consent, Notify, Occasion};
use regrade::text;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A plan, and what the command needs beside it.
pub struct Planned<'a> {
    /// How messages are made.
    pub plan: Plan<'a>,
    /// Who writes.
    pub from: Option<Mailbox>,
}

impl Planned<'_> {
    /// A template that cannot say its message.
    pub fn stop(&self, occasion: Occasion, finding: Finding) -> Stop {
        let template = self.plan.templates.get(&occasion);
        Stop::Findings {
            findings: vec![finding],
            source: template.map(|template| (template.name.clone(), template.text.clone())),
            exit: Exit::Usage,
        }
    }
}

/// Makes the plan.
pub fn plan<'a>(
    ledger: &Ledger,
    new: &Known,
    grading: &Grading,
    args: &'a Args,
    form: Form,
    outputs: &Outputs,
    global: &Global,
) -> Result<Planned<'a>, Stop> {
    let rules = rules(global)?;
    let now = rules.as_ref().map_or(&new.scheme, |rules| &rules.scheme);
    let nothing = Notify::default();
    let notify = now.notify.as_ref().unwrap_or(&nothing);
    let lang = global.lang.map_or(new.scheme.language, Lang::from);
    let consent = match &args.campaign {
        Some(_) => notify.campaign_consent.as_ref().or(notify.consent.as_ref()),
        None => notify.consent.as_ref(),
    };
    let find = |consent: &Consent| {
        Permission::find(consent, &new.scheme).map_err(|name| not_in_run(new, &name))
    };
    let permission = consent.map(find).transpose()?;
    let newer = match consent {
        Some(consent) => newer(ledger, new, now, consent)?,
        None => None,
    };
    if form == Form::Mail && outputs.has_folder() && notify.from.is_none() {
        return Err(missing_key("from", "who writes", "发件人"));
    }
    let (field, key) = match form {
        Form::Sms => (&notify.phone, "phone"),
        Form::Mail | Form::Text => (&notify.email, "email"),
    };
    let needs_address = form == Form::Sms || (form == Form::Mail && outputs.has_folder());
    let address = match field {
        Some(name) if form != Form::Text => {
            Some(field_of(&new.scheme, name).ok_or_else(|| not_in_run(new, name))?)
        }
        None if needs_address => {
            return Err(missing_key(
                key,
                "the field with the addresses",
                "存放地址的字段",
            ));
        }
        _ => None,
    };
    let templates = templates(&grading.scheme, notify, args, form, lang, outputs, global)?;
    Ok(Planned {
        plan: Plan {
            lang,
            form,
            templates,
            campaign: args.campaign.as_deref().map(str::trim),
            sender: notify.from.as_ref().and_then(|from| from.name.clone()),
            address,
            permission,
            newer,
        },
        from: notify.from.clone(),
    })
}

/// The scheme as it is now, if there is one where it is looked for.
fn rules(global: &Global) -> Result<Option<Rules>, Stop> {
    let is_named = global.rules.is_some() || !global.set.is_empty();
    if is_named || rules::path(global).exists() {
        rules::load(global).map(Some)
    } else {
        Ok(None)
    }
}

/// What `[notify]` does not say and the form needs.
fn missing_key(key: &str, en: &str, zh: &str) -> Stop {
    Stop::usage(
        Finding::error(
            Code::MissingKey,
            text!(
                "the scheme does not say {en}: `[notify] {key}`",
                "方案没有写明{zh}：`[notify] {key}`"
            ),
        )
        .help(text!(
            "add it to the scheme, or write `--as text`",
            "请在方案中补上，或写 `--as text`"
        )),
    )
}

/// A field that the run was made without.
fn not_in_run(new: &Known, name: &str) -> Stop {
    let (run, as_of) = (new.run.short_id(), new.run.as_of);
    Stop::usage(
        Finding::error(
            Code::UnknownName,
            text!(
                "the run `{run}` as of {as_of} was made by a scheme without the field `{name}`",
                "批次 `{run}`（{as_of}）所用的方案没有字段 `{name}`"
            ),
        )
        .help(text!(
            "grade that date again with the scheme as it is now",
            "请用现在的方案重新评级该日期"
        )),
    )
}

/// The customers' sheets that came in after those of the run: who has taken consent back since is not told.
fn newer(
    ledger: &Ledger,
    new: &Known,
    scheme: &Scheme,
    consent: &Consent,
) -> Result<Option<Newer>, Stop> {
    let trouble = |error: Error| ledger::trouble(ledger.path(), &error);
    let used = ledger.run_inputs(new.run.number).map_err(trouble)?;
    let imports = ledger.imports().map_err(trouble)?;
    let of_customers: Vec<_> = imports
        .into_iter()
        .filter(|import| SheetKind::of(scheme, &import.sheet) == Some(SheetKind::Customers))
        .collect();
    let last_used = used.iter().map(|input| input.import).max();
    let is_newer = |import: &regrade::ledger::Import| {
        Some(import.id) > last_used && import.filing.as_of >= new.run.as_of
    };
    if !of_customers.iter().any(is_newer) {
        return Ok(None);
    }
    let Some(as_of) = of_customers.iter().map(|import| import.filing.as_of).max() else {
        return Ok(None);
    };
    let Ok(permission) = Permission::find(consent, scheme) else {
        return Ok(None);
    };
    let mut inputs = Inputs::empty(scheme);
    for import in of_customers {
        if import.filing.in_force(as_of).is_some() {
            let table = ledger.load_table(import.id).map_err(trouble)?;
            inputs.put(scheme, &import.sheet, table, Some(import.filing));
        }
    }
    // What there is to say of rows was said when they came in.
    let found = customers_on(scheme, inputs, as_of);
    Ok(found.map(|(roster, rows, _)| Newer {
        roster,
        rows,
        as_of,
        permission,
    }))
}

/// The templates that may be needed, each read whole before anybody is told anything.
fn templates(
    scheme: &Scheme,
    notify: &Notify,
    args: &Args,
    form: Form,
    lang: Lang,
    outputs: &Outputs,
    global: &Global,
) -> Result<BTreeMap<Occasion, Template>, Stop> {
    let occasions: Vec<Occasion> = match args.campaign {
        Some(_) => vec![Occasion::Campaign],
        None => Occasion::MOVES.to_vec(),
    };
    let mut templates = BTreeMap::new();
    for occasion in occasions {
        let of_scheme = notify.templates.iter().find(|(of, _)| *of == occasion);
        let file: Option<PathBuf> = match (&args.template, of_scheme) {
            (Some(file), _) => Some(file.clone()),
            (None, Some((_, file))) => Some(rules::beside(global, file)),
            (None, None) => None,
        };
        let (name, text) = if let Some(file) = &file {
            (file.display().to_string(), read(file)?)
        } else {
            let (name, text) = builtin_template(occasion, form, lang);
            (name.to_owned(), text.to_owned())
        };
        let known = names(scheme, occasion);
        let template = Template::new(&name, &text, known.iter().map(|name: &Arc<str>| &**name));
        let template = template.map_err(|findings| Stop::Findings {
            findings,
            source: Some((name.clone(), clean(&text))),
            exit: Exit::Usage,
        })?;
        if form == Form::Mail && outputs.has_folder() && !template.has_subject() {
            return Err(Stop::Findings {
                findings: vec![
                    Finding::error(
                        Code::BadTemplate,
                        text!(
                            "the template has no subject, and an e-mail needs one",
                            "模板没有主题，而邮件需要主题"
                        ),
                    )
                    .at(0..0)
                    .help(text!(
                        "begin it with a line `Subject: …`",
                        "请在第一行写 `主题：…`"
                    )),
                ],
                source: Some((name, template.text)),
                exit: Exit::Usage,
            });
        }
        templates.insert(occasion, template);
    }
    Ok(templates)
}

fn read(file: &Path) -> Result<String, Stop> {
    let shown = file.display();
    std::fs::read_to_string(file).map_err(|error| {
        let finding = if error.kind() == std::io::ErrorKind::InvalidData {
            let title = text!(
                "the template `{shown}` is not UTF-8",
                "模板 `{shown}` 不是 UTF-8 编码"
            );
            let finding = Finding::error(Code::BadEncoding, title);
            finding.help(text!("save it as UTF-8", "请另存为 UTF-8"))
        } else {
            let Text { en, zh } = system::told(&error);
            let title = text!(
                "cannot read the template `{shown}`: {en}",
                "无法读取模板 `{shown}`：{zh}"
            );
            Finding::error(Code::Unreadable, title).help(text!(
                "name a text file that you may read: with `--template FILE`, or in `templates` of `[notify]`",
                "请用 `--template 文件` 或 `[notify]` 的 `templates` 指定可以读取的文本文件"
            ))
        };
        Stop::usage(finding)
    })
}
