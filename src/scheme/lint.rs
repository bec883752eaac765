//! What is probably not meant in a scheme that is valid.

use super::model::Scheme;
use crate::diagnostic::Finding;

/// Lints a scheme.
pub fn lint(_scheme: &Scheme, _source: &str) -> Vec<Finding> {
    vec![]
}
