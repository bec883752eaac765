//! What a company's name says: where it is, what it is called, and whether it is a branch. The legal form says nothing.

use super::Agreement;
use super::company_words::{BRACKETED_FORMS, BRANCHES, FORMS, LATIN_FORMS, REGIONS, SHOPS};
use super::cores::cores;
use super::fold::folded;
use foldhash::HashSet;

/// The name of a company, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// The folded name without region and legal form; of a branch without region only.
    pub core: Box<str>,
    /// The regions that it names, in the order of their texts, each ended by a space.
    pub regions: Box<str>,
    /// Whether it is of a part of a company: a branch, a shop, an office. Never the same as its head office, nor as
    /// another branch.
    pub is_branch: bool,
}

/// The longest name of a region has so many characters.
const LONGEST_REGION: usize = 4;

impl Company {
    /// Takes a name apart.
    pub fn of(name: &str) -> Self {
        let mut regions: Vec<String> = vec![];
        let plain = without_brackets(&folded(name), &mut regions);
        let is_latin = !plain.chars().any(|c| c.is_alphabetic() && !c.is_ascii());
        let (mut core, is_branch) = if is_latin {
            latin(&plain)
        } else {
            let mut joined = plain;
            joined.retain(char::is_alphanumeric);
            let rest = without_regions(&joined, &mut regions).to_owned();
            chinese(&rest, &mut regions)
        };
        if core.is_empty() {
            core = folded(name);
            core.retain(char::is_alphanumeric);
            regions.clear();
        }
        regions.sort_unstable();
        regions.dedup();
        let ended = regions.iter().map(|region| format!("{region} "));
        Self {
            core: core.into(),
            regions: ended.collect::<String>().into(),
            is_branch,
        }
    }

    /// What two spellings of one name have in common.
    pub fn key(&self) -> String {
        let sign = if self.is_branch { "#" } else { "" };
        format!("{}{sign}{}", self.regions, self.core)
    }

    /// How it goes together with another.
    pub fn agreement(&self, other: &Self) -> Agreement {
        if self.is_branch || other.is_branch {
            let same = self.is_branch == other.is_branch && self.key() == other.key();
            return if same {
                Agreement::Same
            } else {
                Agreement::Never
            };
        }
        let regions = self.beside(other);
        let names = cores(&self.core, &other.core);
        match (names, regions) {
            (Agreement::Different, _) => Agreement::Different,
            (Agreement::Apart, _) | (_, Regions::Others) => Agreement::Apart,
            (names, Regions::Same) => names,
            (Agreement::Same, Regions::Unsaid) => Agreement::Near,
            (Agreement::Near, Regions::Unsaid) => Agreement::Like,
            (_, Regions::Unsaid) => Agreement::Close,
        }
    }

    fn beside(&self, other: &Self) -> Regions {
        let list = |company: &Self| -> HashSet<String> {
            company
                .regions
                .split_terminator(' ')
                .map(str::to_owned)
                .collect()
        };
        if self.regions == other.regions {
            return Regions::Same;
        }
        if self.regions.is_empty() || other.regions.is_empty() {
            return Regions::Unsaid;
        }
        let (one, two) = (list(self), list(other));
        if one.is_subset(&two) || two.is_subset(&one) {
            Regions::Same
        } else {
            Regions::Others
        }
    }
}

/// How the regions of two names go together.
#[derive(Clone, Copy)]
enum Regions {
    /// The same, or one of them says more.
    Same,
    /// One name says none.
    Unsaid,
    /// Two different ones.
    Others,
}

/// The name without brackets: what they hold is a region, a legal form, or a part of the name.
fn without_brackets(name: &str, regions: &mut Vec<String>) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    let opens = |c: char| {
        matches!(
            c,
            '(' | '[' | '{' | '【' | '〔' | '〖' | '「' | '『' | '《' | '〈' | '<'
        )
    };
    let closes = |c: char| {
        matches!(
            c,
            ')' | ']' | '}' | '】' | '〕' | '〗' | '」' | '』' | '》' | '〉' | '>'
        )
    };
    while let Some(start) = rest.find(opens) {
        plain.push_str(&rest[..start]);
        let width = rest[start..].chars().next().map_or(1, char::len_utf8);
        let inside = &rest[start + width..];
        let (held, after) = match inside.find(closes) {
            Some(end) => {
                let width = inside[end..].chars().next().map_or(1, char::len_utf8);
                (&inside[..end], &inside[end + width..])
            }
            None => (inside, ""),
        };
        let mut bare = held.to_owned();
        bare.retain(char::is_alphanumeric);
        let mut named = vec![];
        let is_region = without_regions(&bare, &mut named).is_empty() && !named.is_empty();
        if is_region {
            regions.append(&mut named);
        } else if bare == "中国" || bare == "china" {
            regions.push("中国".to_owned());
        } else if !BRACKETED_FORMS.contains(&bare.as_str()) && !bare.starts_with('原') {
            plain.push(' ');
            plain.push_str(held);
            plain.push(' ');
        }
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// Takes the regions off the start of a name without spaces.
fn without_regions<'a>(name: &'a str, regions: &mut Vec<String>) -> &'a str {
    let mut rest = name;
    let known = regions.len();
    loop {
        let ends: Vec<usize> = rest
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take(LONGEST_REGION)
            .collect();
        let found = ends
            .iter()
            .rev()
            .find(|end| REGIONS.contains(&rest[..**end]));
        if let Some(end) = found {
            regions.push(rest[..*end].to_owned());
            rest = &rest[*end..];
            let ending = [
                "壮族自治区",
                "回族自治区",
                "维吾尔自治区",
                "自治区",
                "特别行政区",
                "省",
                "市",
                "地区",
                "州",
            ];
            rest = ending
                .iter()
                .find_map(|ending| rest.strip_prefix(ending))
                .unwrap_or(rest);
            continue;
        }
        // A district, but only behind a city, and only where a name is left.
        if regions.len() > known {
            let district = rest
                .char_indices()
                .take(6)
                .find(|(at, c)| *at >= 6 && matches!(c, '区' | '县' | '市' | '镇'));
            if let Some((at, c)) = district {
                let end = at + c.len_utf8();
                if rest[end..].chars().count() >= 2 {
                    regions.push(rest[..at].to_owned());
                    rest = &rest[end..];
                }
            }
        }
        return rest;
    }
}

/// The core of a name in Chinese letters, and whether it is of a branch.
fn chinese(name: &str, regions: &mut Vec<String>) -> (String, bool) {
    let form = FORMS
        .iter()
        .filter_map(|form| Some((name.find(form)?, form.len())))
        .min_by_key(|(at, len)| (*at, usize::MAX - len));
    if let Some((at, len)) = form {
        let (head, tail) = (&name[..at], &name[at + len..]);
        if head.is_empty() {
            // 株式会社 stands in front as well.
            return chinese_without_form(tail);
        }
        let mut named = vec![];
        if without_regions(tail, &mut named).is_empty() {
            regions.extend(named);
            return (without_group_form(head).to_owned(), false);
        }
        if FORMS.contains(&tail) || BRACKETED_FORMS.contains(&tail) || tail == "总公司" {
            return (head.to_owned(), false);
        }
        return (format!("{head}{tail}"), true);
    }
    chinese_without_form(name)
}

/// `集团公司` and `总公司` are what is left of a legal form.
fn without_group_form(name: &str) -> &str {
    name.strip_suffix("总公司").unwrap_or(name)
}

fn chinese_without_form(name: &str) -> (String, bool) {
    let ends = |words: &[&str]| words.iter().any(|word| name.ends_with(word));
    let shop = name.strip_suffix('店').is_some_and(|rest| {
        let numbered =
            rest.ends_with(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
        let in_region = REGIONS
            .iter()
            .any(|region| rest.len() > region.len() && rest.ends_with(region));
        numbered || in_region
    });
    if ends(&BRANCHES) || ends(&SHOPS) || shop {
        return (name.to_owned(), true);
    }
    let core = ["总公司", "总店", "总行", "公司"]
        .iter()
        .find_map(|form| name.strip_suffix(form))
        .filter(|core| !core.is_empty());
    (core.unwrap_or(name).to_owned(), false)
}

/// The core of a name in Latin letters, and whether it is of a branch.
fn latin(name: &str) -> (String, bool) {
    let name = name.replace('&', " and ").replace(['.', '\''], "");
    let mut words: Vec<&str> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && *word != "the")
        .collect();
    let is_branch = words.contains(&"branch")
        || words.contains(&"store")
        || words.contains(&"outlet")
        || words
            .windows(2)
            .any(|two| matches!(two, ["rep" | "representative" | "liaison", "office"]));
    if is_branch {
        words.retain(|word| !LATIN_FORMS.contains(word));
        return (words.concat(), true);
    }
    while words.len() > 1
        && words
            .last()
            .is_some_and(|word| LATIN_FORMS.contains(word) || *word == "and")
    {
        words.pop();
    }
    (words.concat(), false)
}
