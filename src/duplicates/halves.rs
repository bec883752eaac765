//! Work that two threads share.

use std::panic::resume_unwind;

/// Does one half of the work beside the other: 0 and 1 say which. Where one panics, so does this: half of what there is
/// would look like all of it.
pub fn halves<T: Send>(work: impl Fn(usize) -> T + Sync) -> [T; 2] {
    std::thread::scope(|scope| {
        let other = scope.spawn(|| work(1));
        let one = work(0);
        let other = other.join().unwrap_or_else(|panic| resume_unwind(panic));
        [one, other]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_that_panics_is_not_left_out() {
        assert_eq!(halves(|which| which), [0, 1]);
        for bad in [0, 1] {
            let done = std::panic::catch_unwind(|| halves(|which| assert_ne!(which, bad)));
            assert!(done.is_err(), "{bad}");
        }
    }
}
