//! The condition language from text to value, over the small sample of `docs/functions.md`.

mod eval;
mod messages;
mod page;
mod round_trip;
mod sample;
