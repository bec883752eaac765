//! What is told, worked out by hand.
