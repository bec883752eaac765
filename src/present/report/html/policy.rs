//! What a page may do: nothing but its own style and script, each known by its hash.

use crate::table::{Hash, base64};

/// The content security policy of a page with these inline parts.
pub fn of(style: &str, script: &str) -> String {
    let (style, script) = (source(style), source(script));
    format!(
        "default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"
    )
}

/// An inline part as a source of the policy.
fn source(content: &str) -> String {
    let mut hash = Hash::default();
    hash.update(content);
    format!("'sha256-{}'", base64::encode(&hash.bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Content Security Policy Level 3, section 2.3.1: `alert('Hello, world.');`.
    #[test]
    fn a_part_is_known_by_its_hash() {
        assert_eq!(
            source("alert('Hello, world.');"),
            "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
        );
    }
}
