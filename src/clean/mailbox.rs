//! E-mail addresses as people write them: `li@example.com`, `会员服务 <service@example.com>`.
//!
//! Narrower than RFC 5322, which allows comments, quoted local parts and literal hosts: what is taken here is what every
//! mail program sends. Only ASCII, because not every server takes anything else (RFC 6531).

use std::sync::Arc;

/// The longest address that SMTP carries (RFC 5321, 4.5.3.1.3, without its brackets).
const LONGEST: usize = 254;
/// The longest local part (4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// Somebody's address, with a name if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// The name before the address.
    pub name: Option<Arc<str>>,
    /// The address itself.
    pub address: Arc<str>,
}

impl Mailbox {
    /// Reads `address` or `name <address>`; `None` for anything else, two addresses too.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let Some((name, rest)) = text.split_once('<') else {
            return is_address(text).then(|| Self {
                name: None,
                address: text.into(),
            });
        };
        let address = rest.strip_suffix('>')?.trim();
        let name = name.trim().trim_matches('"').trim();
        let is_name = !name.contains(['<', '>', '"', ',', ';']) && !name.contains(char::is_control);
        (is_name && is_address(address)).then(|| Self {
            name: (!name.is_empty()).then(|| name.into()),
            address: address.into(),
        })
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.address
            .rsplit_once('@')
            .map_or("", |(_, domain)| domain)
    }
}

/// Whether a text is one address and nothing else.
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    // RFC 5322, 3.2.3: the characters of an atom.
    let is_atom = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&c))
    };
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || c == b'-')
    };
    text.len() <= LONGEST
        && local.len() <= LONGEST_LOCAL
        && local.split('.').all(is_atom)
        && domain.contains('.')
        && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_mail_program_sends_is_an_address() {
        for good in ["a@b.cn", "li.na+vip@mail.example.com", "o'hara@x-y.org"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "li",
            "@b.cn",
            "a@",
            "a@localhost",
            "a@b..cn",
            ".a@b.cn",
            "a b@b.cn",
            "a@b.cn, c@d.cn",
            "a@b.cn\r\nBcc: c@d.cn",
            "李@b.cn",
            "a@例子.cn",
            "a@-b.cn",
            "<a@b.cn>",
        ] {
            assert!(!is_address(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_name_may_stand_before_the_address() {
        let read = Mailbox::parse(" 会员服务 <service@example.com> ").unwrap();
        assert_eq!(read.name.as_deref(), Some("会员服务"));
        assert_eq!(&*read.address, "service@example.com");
        assert_eq!(read.domain(), "example.com");
        assert_eq!(Mailbox::parse("a@b.cn").unwrap().name, None);
        for bad in [
            "甲 <a@b.cn> 乙",
            "甲, 乙 <a@b.cn>",
            "a\nb <a@b.cn>",
            "<<a@b.cn>",
            "甲 <>",
        ] {
            assert_eq!(Mailbox::parse(bad), None, "{bad:?}");
        }
    }
}
