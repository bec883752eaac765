//! Which column of a graded file is what: as the user says, as the scheme says, or as a heading leaves no doubt.

use super::{Graded, On, Wanted};
use crate::clean::sheet::field_headers;
use crate::diagnostic::{Code, Finding, Lang, Text, nearest};
use crate::read::find_columns;
use crate::scheme::model::Scheme;
use crate::text;
use crate::words::Word;

/// Headers that are called like a key wherever there is no scheme to name it.
const KEYS: [&str; 20] = [
    "id",
    "customerid",
    "customerno",
    "customerno.",
    "customernumber",
    "customercode",
    "clientid",
    "memberid",
    "accountid",
    "客户编号",
    "客户id",
    "客户号",
    "客户代码",
    "客户编码",
    "编号",
    "会员编号",
    "会员号",
    "会员id",
    "会员卡号",
    "用户id",
];

/// Headers that are called like a name.
const NAMES: [&str; 12] = [
    "客户名称",
    "客户姓名",
    "客户",
    "名称",
    "姓名",
    "会员姓名",
    "公司名称",
    "企业名称",
    "customer",
    "customername",
    "name",
    "company",
];

impl Graded {
    /// The column of what is compared.
    pub(in crate::compare) fn level(&self, wanted: &Wanted<'_>) -> Result<usize, Finding> {
        if let Some(header) = wanted.level {
            return self.named(header, "--grade");
        }
        let own = self.own.as_ref();
        let found = match &wanted.on {
            On::Grade => own
                .and_then(|own| own.grade)
                .or_else(|| self.headed(Word::Grade)),
            On::Type => own
                .and_then(|own| own.kind)
                .or_else(|| self.headed(Word::Type)),
            On::Dimension(name) => {
                let suffixed = (2..).map_while(|number| self.only(&format!("{name}_{number}")));
                suffixed.last().or_else(|| self.only(name))
            }
        };
        found.ok_or_else(|| {
            let what = match &wanted.on {
                On::Grade => text!("the grade", "等级"),
                On::Type => text!("the type", "类型"),
                On::Dimension(name) => text!("`{name}`", "`{name}`"),
            };
            let Text { en, zh } = what;
            Finding::error(
                Code::Usage,
                Text {
                    en: format!("no column is certain to be {en}"),
                    zh: format!("无法确定哪一列是{zh}"),
                },
            )
            .place(self.header_place())
            .with_note(self.headers_found())
            .help(text!("name it: `--grade HEADER`", "请指定：`--grade 列名`"))
        })
    }

    /// The one column that has the heading of a result, in either language.
    fn headed(&self, word: Word) -> Option<usize> {
        let mut found = [Lang::Zh, Lang::En]
            .into_iter()
            .filter_map(|lang| self.only(word.get(lang)));
        match (found.next(), found.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        }
    }

    /// The column with this header, if there is one and no other.
    fn only(&self, header: &str) -> Option<usize> {
        match find_columns(self.headers(), &[header.to_owned()])[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The column that an option names.
    pub(super) fn named(&self, header: &str, option: &str) -> Result<usize, Finding> {
        let found = find_columns(self.headers(), &[header.to_owned()]);
        if let [one] = found[..] {
            return Ok(one);
        }
        let title = if found.is_empty() {
            text!(
                "`{option}`: there is no column `{header}`",
                "`{option}`：没有列 `{header}`"
            )
        } else {
            text!(
                "`{option}`: more than one column is `{header}`",
                "`{option}`：不止一列是 `{header}`"
            )
        };
        let finding = Finding::error(Code::Usage, title)
            .place(self.header_place())
            .with_note(self.headers_found());
        let texts = self.headers().iter().map(|header| header.text.as_str());
        Err(
            match nearest(header, texts.filter(|text| !text.is_empty())) {
                Some(near) if found.is_empty() => {
                    finding.help(text!("did you mean `{near}`?", "是否想写 `{near}`？"))
                }
                _ => finding,
            },
        )
    }

    pub(in crate::compare) fn name(&self, wanted: &Wanted<'_>, key: usize) -> Option<usize> {
        let by_scheme = wanted.scheme.and_then(|scheme| {
            let customers = scheme.customers.as_ref()?;
            let names = field_headers(&customers.sheet.fields[customers.name?]);
            find_columns(self.headers(), &names).first().copied()
        });
        let by_word = || {
            let found = (0..self.headers().len())
                .filter(|at| NAMES.contains(&&*self.headers()[*at].folded));
            let found: Vec<usize> = found.filter(|at| *at != key).collect();
            found.first().copied().filter(|_| found.len() == 1)
        };
        by_scheme.or_else(by_word)
    }
}

/// The key columns of graded files that are to be compared with each other: what the user names, else the scheme's key,
/// else the one header that is called like a key in all of them.
pub fn keys(files: &[&Graded], wanted: &Wanted<'_>) -> Result<Vec<usize>, Vec<Finding>> {
    if let Some(header) = wanted.key {
        let found = files.iter().map(|file| file.named(header, "--key"));
        return all(found);
    }
    if let Some(names) = wanted.scheme.and_then(key_of_scheme) {
        let found = files.iter().map(|file| {
            find_columns(file.headers(), &names)
                .first()
                .copied()
                .ok_or_else(|| {
                    let name = &names[0];
                    Finding::error(
                        Code::MissingColumn,
                        text!(
                            "there is no column for the scheme's key `{name}`",
                            "没有方案的键 `{name}` 对应的列"
                        ),
                    )
                    .place(file.header_place())
                    .with_note(file.headers_found())
                    .help(text!(
                        "name the key's column: `--key HEADER`",
                        "请指定键所在的列：`--key 列名`"
                    ))
                })
        });
        return all(found);
    }
    let like_keys = |file: &Graded| -> Vec<String> {
        let folded = file.headers().iter().map(|header| header.folded.clone());
        folded.filter(|folded| KEYS.contains(&&**folded)).collect()
    };
    let mut common = like_keys(files[0]);
    for file in &files[1..] {
        let others = like_keys(file);
        common.retain(|folded| others.contains(folded));
    }
    if let [one] = &common[..] {
        let place = |file: &&Graded| {
            file.headers()
                .iter()
                .position(|header| header.folded == *one)
        };
        return Ok(files.iter().filter_map(place).collect());
    }
    let finding = |file: &&Graded| {
        Finding::error(
            Code::Usage,
            text!(
                "no column is certain to be the customer's key",
                "无法确定哪一列是客户的编号"
            ),
        )
        .place(file.header_place())
        .with_note(file.headers_found())
        .help(text!(
            "name it, `--key HEADER`, or give the scheme, `-r FILE`",
            "请指定列 `--key 列名`，或给出方案 `-r 文件`"
        ))
    };
    Err(files.iter().map(finding).collect())
}

fn all(found: impl Iterator<Item = Result<usize, Finding>>) -> Result<Vec<usize>, Vec<Finding>> {
    let (mut columns, mut errors) = (vec![], vec![]);
    for result in found {
        match result {
            Ok(column) => columns.push(column),
            Err(finding) => errors.push(finding),
        }
    }
    if errors.is_empty() {
        Ok(columns)
    } else {
        Err(errors)
    }
}

/// The names that the header of the scheme's key may have.
pub(super) fn key_of_scheme(scheme: &Scheme) -> Option<Vec<String>> {
    let customers = scheme
        .customers
        .as_ref()
        .map(|customers| &customers.sheet.fields[customers.key]);
    let event = scheme
        .events
        .first()
        .map(|event| &event.sheet.fields[event.customer]);
    customers.or(event).map(field_headers)
}
