//! Corrections and proposals over small sheets.
