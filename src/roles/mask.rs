//! How values are masked: which characters stay, which become `*`.
//!
//! Masking (屏蔽) is the technique of that name in GB/T 37964-2019, 信息安全技术 个人信息去标识化指南; that what is shown
//! should be masked is 7.2 of GB/T 35273-2020, 信息安全技术 个人信息安全规范. A text that is not of the form that its mask
//! knows is masked wholly rather than shown.

use crate::scheme::model::Mask;
use crate::table::{Decimal, Value};
use unicode_normalization::UnicodeNormalization;

/// What stands for a text of which nothing stays, whatever its length.
const NOTHING: &str = "****";

/// A value as it is masked; `None` if it is missing.
pub fn value(mask: Mask, value: &Value) -> Option<String> {
    Some(match (mask, value) {
        (_, Value::Missing) => return None,
        (Mask::Year, Value::Date(date)) => date.ymd().0.to_string(),
        (Mask::Year, Value::DateTime(moment)) => moment.date().ymd().0.to_string(),
        (_, Value::Date(_) | Value::DateTime(_) | Value::Bool(_)) => NOTHING.to_owned(),
        (Mask::Magnitude, Value::Number(number)) => magnitude(*number),
        (_, Value::Number(number)) => text(mask, &number.to_string()),
        (_, Value::Text(written)) => text(mask, written),
        (_, Value::List(items)) => {
            let items: Vec<String> = items.iter().map(|item| text(mask, item)).collect();
            items.join("、")
        }
    })
}

/// A text as it is masked.
pub fn text(mask: Mask, written: &str) -> String {
    let plain: String = written.nfkc().collect();
    let plain = plain.trim();
    if plain.is_empty() {
        return String::new();
    }
    match mask {
        Mask::Name => name(plain),
        Mask::Phone => phones(plain),
        Mask::IdCard => id_card(plain),
        Mask::Email => each(plain, email),
        Mask::BankCard => bank_card(plain),
        Mask::Address => address(plain),
        Mask::Text | Mask::Year | Mask::Magnitude => first_stays(plain),
    }
}

/// `345678.9` → `3*****`: the first digit, and how many there are before the point.
fn magnitude(number: Decimal) -> String {
    let written = number.to_string();
    let (sign, digits) = match written.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", &*written),
    };
    let whole = digits.split('.').next().unwrap_or(digits);
    if whole == "0" {
        return format!("{sign}0");
    }
    let stars = "*".repeat(whole.chars().count().saturating_sub(1));
    format!("{sign}{}{stars}", &whole[..1])
}

/// 张三丰 → 张**. Blanks stay, so that the parts of a name stay apart.
fn name(plain: &str) -> String {
    let mut chars = plain.chars();
    let first = chars.next().into_iter();
    // A single character would be the whole name.
    if plain.chars().count() == 1 {
        return "*".to_owned();
    }
    first
        .chain(chars.map(|c| if c == ' ' { ' ' } else { '*' }))
        .collect()
}

/// The first character, and three signs whatever the length.
fn first_stays(plain: &str) -> String {
    match plain.chars().next() {
        Some(first) if plain.chars().nth(1).is_some() => format!("{first}***"),
        _ => "*".to_owned(),
    }
}

/// Several values in a cell, each for itself, with what parts them.
fn each(plain: &str, one: impl Fn(&str) -> String) -> String {
    let is_between = |c: char| matches!(c, ',' | ';' | '、' | '/' | '|' | '\n');
    let mut masked = String::new();
    for part in plain.split_inclusive(is_between) {
        let inner = part.trim_end_matches(is_between);
        if !inner.trim().is_empty() {
            masked += &one(inner.trim());
        }
        masked += &part[inner.len()..];
    }
    masked
}

fn phones(plain: &str) -> String {
    each(plain, phone)
}

/// `138****1234`; `010-****5678` with the area code; `+86` stays before it, an extension is gone.
fn phone(plain: &str) -> String {
    let (country, rest) = country(plain);
    let number = before_extension(rest);
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let last = |count: usize| &digits[digits.len() - count..];
    let masked = if digits.len() == 11 && digits.starts_with('1') {
        format!("{}****{}", &digits[..3], last(4))
    } else if let Some(area) = area_code(&digits) {
        format!("{}-****{}", &digits[..area], last(4))
    } else if digits.len() >= 7 {
        format!("****{}", last(4))
    } else {
        return NOTHING.to_owned();
    };
    format!("{country}{masked}")
}

/// A country's code that is written before the number, and the number.
fn country(plain: &str) -> (&'static str, &str) {
    for code in ["+86", "0086", "(+86)", "86-", "86 "] {
        if let Some(rest) = plain.strip_prefix(code) {
            return ("+86 ", rest);
        }
    }
    ("", plain)
}

/// How long the area code of a landline is: 010 and 02x have three digits, the others four. `None` for what is none.
fn area_code(digits: &str) -> Option<usize> {
    let area = match digits.as_bytes() {
        [b'0', b'1' | b'2', ..] => 3,
        [b'0', ..] => 4,
        _ => return None,
    };
    matches!(digits.len() - area.min(digits.len()), 7 | 8).then_some(area)
}

/// The number without an extension: what comes after 转, `#`, `x`, `ext`, or a last short group after a dash.
fn before_extension(number: &str) -> &str {
    let lower = number.to_ascii_lowercase();
    let mut end = number.len();
    for sign in ["转", "ext", "分机", "#", "x"] {
        if let Some(at) = lower.find(sign) {
            end = end.min(at);
        }
    }
    let number = &number[..end];
    let groups: Vec<&str> = number.split('-').collect();
    match groups.as_slice() {
        [.., before, last]
            if groups.len() > 1
                && (1..=5).contains(&last.trim().len())
                && before.chars().filter(char::is_ascii_digit).count() >= 7 =>
        {
            &number[..number.len() - last.len() - 1]
        }
        _ => number,
    }
}

/// `110101********1234`; of the old ones with 15 digits five are masked. Nothing but digits is one, and for the eighteenth
/// place `X`.
fn id_card(plain: &str) -> String {
    let code: String = plain.chars().filter(|c| !c.is_whitespace()).collect();
    let length = code.len();
    let digits = match length {
        18 => code.strip_suffix(['X', 'x']).unwrap_or(&code),
        _ => &code,
    };
    if !matches!(length, 15 | 18) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return NOTHING.to_owned();
    }
    format!(
        "{}{}{}",
        &code[..6],
        "*".repeat(length - 10),
        &code[length - 4..]
    )
}

/// `z***@example.com`.
fn email(plain: &str) -> String {
    match plain.rsplit_once('@') {
        Some((user, domain)) if !user.is_empty() && domain.contains('.') => {
            let first: String = user.chars().take(1).collect();
            format!("{first}***@{domain}")
        }
        _ => NOTHING.to_owned(),
    }
}

/// `**** **** **** 1234`.
fn bank_card(plain: &str) -> String {
    let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 12 {
        return NOTHING.to_owned();
    }
    format!("**** **** **** {}", &digits[digits.len() - 4..])
}

/// 浙江省杭州市西湖区文三路1号 → 浙江省杭州市西湖区****.
fn address(plain: &str) -> String {
    format!("{}{NOTHING}", &plain[..district_end(plain)])
}

/// What ends the names of places, from the province down to the district.
const PROVINCE: [&str; 4] = ["特别行政区", "自治区", "省", "市"];
const CITY: [&str; 4] = ["自治州", "地区", "市", "盟"];
const DISTRICT: [&str; 5] = ["自治县", "区", "县", "旗", "市"];
/// What only a street, a village or a house has: no name of a district goes on behind it.
const STREET: [char; 12] = [
    '路', '街', '道', '号', '巷', '弄', '村', '镇', '乡', '栋', '楼', '院',
];
/// What may stand between a name and the word for a street: 花市大街, 老县东路.
const BEFORE_STREET: [char; 8] = ['大', '东', '西', '南', '北', '中', '前', '后'];
/// The longest name of a place, such as 积石山保安族东乡族撒拉族自治县.
const LONGEST: usize = 16;

/// Where the district ends; 0 if not even a province is named.
fn district_end(plain: &str) -> usize {
    let mut end = 0;
    for level in [&PROVINCE[..], &CITY[..], &DISTRICT[..]] {
        let rest = &plain[end..];
        let stop = rest
            .char_indices()
            .find(|(_, c)| STREET.contains(c) || c.is_ascii_digit())
            .map_or(rest.len(), |(at, _)| at);
        let limit = rest
            .char_indices()
            .nth(LONGEST)
            .map_or(rest.len(), |(at, _)| at);
        let reach = &rest[..stop.min(limit)];
        let place = first_end(reach, rest, level);
        let district = first_end(reach, rest, &DISTRICT[..4]);
        // What ends behind a district is no city: the 花市 of 朝阳区花市大街.
        let is_higher = |place: &usize| district.is_none_or(|district| *place <= district);
        end += place.filter(is_higher).unwrap_or(0);
    }
    end
}

/// Where the first name of a place ends that one of these words ends; `reach` is what of the rest is looked at.
fn first_end(reach: &str, rest: &str, words: &[&str]) -> Option<usize> {
    let ends = words.iter().filter_map(|word| {
        let at = reach.find(word)?;
        let end = at + word.len();
        let after = &rest[end..];
        let after = after.strip_prefix(BEFORE_STREET).unwrap_or(after);
        // A name stands before the word: 市场 is no city. Before the word for a street the name is the street's.
        (at > 0 && !after.starts_with(STREET)).then_some(end)
    });
    ends.min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Date;

    #[test]
    fn each_kind_of_text_keeps_what_it_says_and_no_more() {
        let cases = [
            (Mask::Name, "张三丰", "张**"),
            (Mask::Name, "张三", "张*"),
            (Mask::Name, "欧阳修", "欧**"),
            (Mask::Name, "张", "*"),
            (Mask::Name, "杭州味全食品有限公司", "杭*********"),
            (Mask::Name, "Li Lei", "L* ***"),
            (Mask::Phone, "13812341234", "138****1234"),
            (Mask::Phone, "138 1234 1234", "138****1234"),
            (Mask::Phone, "１３８１２３４１２３４", "138****1234"),
            (Mask::Phone, "+86 138-1234-1234", "+86 138****1234"),
            (Mask::Phone, "008613812341234", "+86 138****1234"),
            (Mask::Phone, "010-12345678", "010-****5678"),
            (Mask::Phone, "0571-87654321", "0571-****4321"),
            (Mask::Phone, "05718765432", "0571-****5432"),
            (Mask::Phone, "010-12345678-801", "010-****5678"),
            (Mask::Phone, "010-12345678转801", "010-****5678"),
            (Mask::Phone, "87654321", "****4321"),
            (Mask::Phone, "4008123123", "****3123"),
            (Mask::Phone, "110", "****"),
            (Mask::Phone, "见备注", "****"),
            (
                Mask::Phone,
                "13812341234、010-12345678",
                "138****1234、010-****5678",
            ),
            (Mask::IdCard, "110101199003071234", "110101********1234"),
            (Mask::IdCard, "11010119900307123X", "110101********123X"),
            (Mask::IdCard, "110101900307123", "110101*****7123"),
            (Mask::IdCard, "E12345678", "****"),
            (Mask::IdCard, "11010119900307123x", "110101********123x"),
            (Mask::IdCard, "zhangsan@qq.com", "****"),
            (Mask::IdCard, "11010119900307X234", "****"),
            (Mask::IdCard, "11010190030712X", "****"),
            (Mask::IdCard, "李四住在朝阳", "****"),
            (Mask::Email, "zhang@example.com", "z***@example.com"),
            (Mask::Email, "a@b.cn;li@c.cn", "a***@b.cn;l***@c.cn"),
            (Mask::Email, "zhang", "****"),
            (Mask::BankCard, "6222 0000 1111 1234", "**** **** **** 1234"),
            (Mask::BankCard, "6222000011112221234", "**** **** **** 1234"),
            (Mask::BankCard, "1234", "****"),
            (
                Mask::Address,
                "浙江省杭州市西湖区文三路1号",
                "浙江省杭州市西湖区****",
            ),
            (
                Mask::Address,
                "上海市浦东新区张江路1号",
                "上海市浦东新区****",
            ),
            (
                Mask::Address,
                "内蒙古自治区锡林郭勒盟多伦县某村3号",
                "内蒙古自治区锡林郭勒盟多伦县****",
            ),
            (Mask::Address, "朝阳区建国路88号阳光小区", "朝阳区****"),
            (Mask::Address, "北京市朝阳区花市大街", "北京市朝阳区****"),
            (Mask::Address, "朝阳区花市大街3号", "朝阳区****"),
            (Mask::Address, "北京市花市大街3号", "北京市****"),
            (Mask::Address, "杭州市老县东路", "杭州市****"),
            (
                Mask::Address,
                "新疆维吾尔自治区阿克苏地区库车市天山路",
                "新疆维吾尔自治区阿克苏地区库车市****",
            ),
            (
                Mask::Address,
                "江苏省苏州市昆山市前进路1号",
                "江苏省苏州市昆山市****",
            ),
            (Mask::Address, "建国路88号阳光小区", "****"),
            (Mask::Address, "221B Baker Street, London", "****"),
            (Mask::Text, "华东大客户", "华***"),
            (Mask::Text, "好", "*"),
            (Mask::Text, "", ""),
        ];
        for (mask, written, wanted) in cases {
            assert_eq!(text(mask, written), wanted, "{mask:?} of {written}");
        }
    }

    #[test]
    fn dates_keep_the_year_and_numbers_how_large_they_are() {
        let day = Value::Date(Date::new(2024, 3, 31).unwrap());
        assert_eq!(value(Mask::Year, &day).unwrap(), "2024");
        assert_eq!(value(Mask::Text, &day).unwrap(), "****");
        let number = |text: &str| Value::Number(Decimal::parse(text).unwrap());
        let magnitudes = [
            ("345678.9", "3*****"),
            ("-88", "-8*"),
            ("7", "7"),
            ("0.25", "0"),
        ];
        for (written, wanted) in magnitudes {
            assert_eq!(value(Mask::Magnitude, &number(written)).unwrap(), wanted);
        }
        assert_eq!(value(Mask::Name, &Value::Missing), None);
    }
}
