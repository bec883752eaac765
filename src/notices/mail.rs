//! A message as an e-mail: RFC 5322 with MIME (RFC 2045, 2047). UTF-8, text alone, the same bytes for the same message.
//!
//! Whatever a name or a subject holds, it stays in its header: what is not plain ASCII goes as encoded words, and control
//! characters are taken out before.

use super::template::one_line;
use crate::clean::mailbox::Mailbox;
use crate::table::{Date, base64};

/// How many bytes of a text go into one encoded word: 52 characters of base64 and 12 around them, so that a line with
/// `Subject: ` before them has no more than the 76 characters of RFC 2047.
const WORD: usize = 39;
/// How many characters of base64 stand in a line.
const LINE: usize = 76;

/// What an e-mail needs beside its text.
#[derive(Clone, Debug)]
pub struct Mail<'a> {
    /// Who writes.
    pub from: &'a Mailbox,
    /// Whom to.
    pub to: &'a Mailbox,
    /// The subject.
    pub subject: &'a str,
    /// As of which date.
    pub date: Date,
    /// What makes the message this one and no other, in letters and digits.
    pub id: &'a str,
    /// The text.
    pub text: &'a str,
}

/// The bytes of the e-mail.
pub fn write(mail: &Mail<'_>) -> Vec<u8> {
    let mut out = String::new();
    let mut header = |name: &str, value: &str| out.push_str(&format!("{name}: {value}\r\n"));
    header("Date", &date(mail.date));
    header("From", &mailbox(mail.from));
    header("To", &mailbox(mail.to));
    header(
        "Message-ID",
        &format!("<{}@{}>", mail.id, mail.from.domain()),
    );
    header("Subject", &unstructured(mail.subject));
    // RFC 3834: no holiday answer is wanted for what a program wrote.
    header("Auto-Submitted", "auto-generated");
    header("MIME-Version", "1.0");
    header("Content-Type", "text/plain; charset=utf-8");
    header("Content-Transfer-Encoding", "base64");
    out.push_str("\r\n");
    let text = mail.text.replace('\n', "\r\n");
    let encoded = base64::encode(text.as_bytes());
    for line in encoded.as_bytes().chunks(LINE) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push_str("\r\n");
    }
    out.into_bytes()
}

/// `Fri, 31 May 2024 00:00:00 +0000`.
fn date(date: Date) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (year, month, day) = date.ymd();
    // Days are counted from 1970-01-01, a Thursday.
    let week_day = DAYS[date.days().rem_euclid(7) as usize];
    let month = MONTHS[(month as usize).saturating_sub(1) % 12];
    format!("{week_day}, {day:02} {month} {year:04} 00:00:00 +0000")
}

fn mailbox(mailbox: &Mailbox) -> String {
    let address = &mailbox.address;
    let name = mailbox.name.as_deref().map(one_line).unwrap_or_default();
    if name.is_empty() {
        return address.to_string();
    }
    let is_atoms = name
        .bytes()
        .all(|c| c.is_ascii_alphanumeric() || b" !#$%&'*+-/=?^_`{|}~".contains(&c));
    // What looks like an encoded word must not be read as one.
    let is_plain = is_atoms && name.len() <= 60 && !name.contains("=?");
    let name = if is_plain { name } else { encoded_words(&name) };
    format!("{name}\r\n <{address}>")
}

/// A header of free text: as it is where it is plain and short, else as encoded words.
fn unstructured(text: &str) -> String {
    let text = one_line(text);
    if text.is_ascii() && text.len() <= 60 && !text.contains("=?") {
        text
    } else {
        encoded_words(&text)
    }
}

/// RFC 2047: words of at most 75 characters, a line each, none of which divides a character.
fn encoded_words(text: &str) -> String {
    let mut words: Vec<String> = vec![];
    let mut piece = String::new();
    for c in text.chars() {
        if piece.len() + c.len_utf8() > WORD {
            words.push(std::mem::take(&mut piece));
        }
        piece.push(c);
    }
    words.push(piece);
    let words: Vec<String> = words
        .iter()
        .map(|word| format!("=?UTF-8?B?{}?=", base64::encode(word.as_bytes())))
        .collect();
    words.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(name: &str, subject: &str) -> String {
        let from = Mailbox::parse("会员服务 <service@example.com>").unwrap();
        let to = Mailbox {
            name: Some(name.into()),
            address: "li@example.cn".into(),
        };
        let mail = Mail {
            from: &from,
            to: &to,
            subject,
            date: Date::new(2024, 5, 31).unwrap(),
            id: "abc123",
            text: "您好\n再见\n",
        };
        String::from_utf8(write(&mail)).unwrap()
    }

    #[test]
    fn headers_are_those_of_the_rfc() {
        let mail = sample("Li Na", "Grade A");
        let expected = "Date: Fri, 31 May 2024 00:00:00 +0000\r\n\
             From: =?UTF-8?B?5Lya5ZGY5pyN5Yqh?=\r\n <service@example.com>\r\n\
             To: Li Na\r\n <li@example.cn>\r\n\
             Message-ID: <abc123@example.com>\r\n\
             Subject: Grade A\r\n\
             Auto-Submitted: auto-generated\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: base64\r\n\
             \r\n\
             5oKo5aW9DQrlho3op4ENCg==\r\n";
        assert_eq!(mail, expected);
    }

    #[test]
    fn no_name_and_no_subject_adds_a_header_or_a_recipient() {
        for evil in [
            "甲\r\nBcc: all@example.com",
            "a\nBcc: all@example.com",
            "a\", <all@example.com>, \"b",
            "=?UTF-8?B?YQ==?=",
            &"长".repeat(500),
            &"x".repeat(500),
        ] {
            let mail = sample(evil, evil);
            let (head, _) = mail.split_once("\r\n\r\n").unwrap();
            let names: Vec<&str> = head
                .split("\r\n")
                .filter(|line| !line.starts_with(' '))
                .map(|line| line.split(':').next().unwrap())
                .collect();
            assert_eq!(
                names,
                [
                    "Date",
                    "From",
                    "To",
                    "Message-ID",
                    "Subject",
                    "Auto-Submitted",
                    "MIME-Version",
                    "Content-Type",
                    "Content-Transfer-Encoding"
                ],
                "{evil:?}"
            );
            assert!(head.lines().all(|line| line.len() <= 76), "{head}");
            let to = head.split("To: ").nth(1).unwrap();
            let to = to.split("\r\nMessage-ID").next().unwrap();
            assert_eq!(to.matches('<').count(), 1, "{to}");
        }
    }
}
