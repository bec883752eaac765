//! What a finding about data is about, beside its place: what people sort it by, and who is to see to it until when.

use crate::table::Date;
use std::sync::Arc;

/// The sheet, row and field of a finding, and whose it is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct About {
    /// The sheet of the scheme.
    pub sheet: Arc<str>,
    /// The check of the scheme that found it.
    pub check: Option<Arc<str>>,
    /// The field.
    pub field: Option<Arc<str>>,
    /// The key of the row, as it is written.
    pub key: Option<Arc<str>>,
    /// Who is to see to it.
    pub owner: Option<Arc<str>>,
    /// The last day on which that is in time.
    pub due: Option<Date>,
}
