//! Grades customers from sheets by a scheme written in TOML, and says why.
//!
//! The modules in the order in which a row meets them, with one type on each arrow:
//!
//! ```text
//! table       exact numbers, dates, periods, units, columns, raw rows, places                     all stand on it
//! words       headings, sheets, labels in both languages                                          all may say them
//! diagnostic  Finding{code, severity, place, help} → text in both languages                       all stand on it
//! expr        text → Ast → Bound{type, unit, series}; (Bound, Frame) → column                     the only evaluator
//! scheme      TOML text → Keys (what was written) → Scheme (what is meant); Scheme → lint findings
//! encryption  (workbook, Password) → container; what reading one needs
//! read        Input → Tables{headers, raw rows, places}                                           the only reader
//! clean       (Sheet, Tables) → CleanSheet{typed columns, refused rows}
//! checks      (Sheet, Tables) → CleanSheet without the rows that fail; (CleanSheet, the last one) → findings
//! book        (Scheme, Inputs, as-of date) → Book{roster, events up to the date, lookups, coverage}
//! predict     purchases of all customers → fitted models → estimates; or a refusal                floats stay in it
//! metrics     (Scheme, Book) → a column or a series for each metric
//! rank        columns → Population{ranks, shares, means}; places from the top
//! assess      (Scheme, Facts) → Assessment{bands, points, score, grade of the values}
//! decide      (grade of the values, grade before) → Decided{grade, decision}
//! classify    (Scheme, Facts) → Classification{types, reviews, strategies}; tags
//! grading     (Scheme, Book) → Grading                                                            metrics to classify
//! explain     Grading → Explainer; row → Explanation, reasons; distances to other grades
//! review      (Scheme, Tables, where customers stand) → Settled{what people set, who disagrees}; proposals
//! repair      (Table, Tables of a repair workbook) → Mended{table, who mended what, what waits still}
//! duplicates  (Scheme, columns of the customers) → pairs, points, evidence; decisions → who is whom
//! compare     (Snapshot, Snapshot) → Comparison{moves, matrix}
//! notices     (Grading, who is to be told what) → messages, and whom they are not for
//! tasks       (Called of each run, follow-ups, days) → tasks with their days and states
//! report      (Grading, what was before, runs) → Report{sections of tables and charts}
//! backtest    Grading of each period end → Replay → Steadiness, Separation
//! calibrate   (levels with thresholds, wanted shares, values) → round thresholds
//! parallel    pieces of work → what they give, in their order                                   all may share work so
//! temporary   folder → a file beside what it becomes
//! roles       (Scheme, role), Grading → Grading as the role sees it
//! ledger      Table, run, what people set ↔ one SQLite file                                       the only one that knows SQLite
//! stream      (Scheme, Tables of some rows) → Chunks → Outcome; or the Reason for the whole path         a file bit by bit
//! present     Grading → Results, Summary → bytes                                                  the only writer
//! ```
//!
//! From `clean` to `compare` there is no I/O, no clock and no printing: the clock is the as-of date, and what there is
//! to say comes back as findings.

pub mod assess;
pub mod backtest;
pub mod book;
pub mod calibrate;
pub mod checks;
pub mod classify;
pub mod clean;
pub mod compare;
pub mod decide;
pub mod diagnostic;
pub mod duplicates;
pub mod encryption;
pub mod explain;
pub mod expr;
pub mod grading;
pub mod ledger;
pub mod metrics;
pub mod notices;
pub mod parallel;
pub mod predict;
pub mod present;
pub mod rank;
pub mod read;
pub mod repair;
pub mod report;
pub mod review;
pub mod roles;
pub mod scheme;
pub mod stream;
pub mod table;
pub mod tasks;
pub mod temporary;
pub mod words;
