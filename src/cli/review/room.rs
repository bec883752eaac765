//! The ledger as reviewing sees it: where customers stand by the newest run, what people said of them, and what is to be
//! written about it, in one transaction.

use crate::cli::grade::as_of;
use crate::cli::ledger;
use crate::cli::rules::{self, Rules};
use crate::cli::{Exit, Global, Stop};
use regrade::decide::{Hold, Subject};
use regrade::diagnostic::{Code, Finding, listed};
use regrade::ledger::{Ledger, Mark, Resolution, RunNumber, RunRow, Snapshot, State as Proposed, Writer};
use regrade::present::reviews::{Item, Line};
use regrade::review::{
    Correction, Current, End, Named, Said, Settled, State, barred, is_barred, name_level,
    settle_by_hand,
};
use regrade::scheme::Scheme;
use regrade::table::Date;
use regrade::text;
use std::collections::HashMap;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
