//! The movement of grades and types: every line of the design's section as cases, monthly runs against one catch-up
//! run, and the engine against a slow model that was written from the text alone.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own files fails by panic"
)]

mod cases;
mod catch_up;
mod model;
mod schemes;
mod world;
mod written;
