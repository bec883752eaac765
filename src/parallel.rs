//! Work that the cores share. What it gives comes in the order of the work, however the threads went on with it.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many threads are of use here.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Does `count` pieces of work by up to `threads` threads, each taking the next piece when it has done one. Where one
/// panics, so does this: some of what there is would look like all of it.
pub fn each<T: Send>(threads: usize, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    if threads.min(count) < 2 {
        return (0..count).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = vec![];
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return done;
            }
            done.push((index, work(index)));
        }
    };
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(count)).map(|_| scope.spawn(take)).collect();
        let mut done = take();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, given)| given).collect()
}

/// Does one half of the work beside the other: 0 and 1 say which.
pub fn halves<T: Send>(work: impl Fn(usize) -> T + Sync) -> [T; 2] {
    thread::scope(|scope| {
        let other = scope.spawn(|| work(1));
        let one = work(0);
        let other = other.join().unwrap_or_else(|panic| resume_unwind(panic));
        [one, other]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;

    #[test]
    fn what_is_given_comes_in_the_order_of_the_work() {
        for threads in 0..5 {
            let slow_first = |index: usize| {
                thread::sleep(std::time::Duration::from_millis(20 / (index as u64 + 1)));
                index
            };
            let given = each(threads, 7, slow_first);
            assert_eq!(given, [0, 1, 2, 3, 4, 5, 6], "{threads} threads");
            assert!(each(threads, 0, |index| index).is_empty());
        }
        assert_eq!(halves(|which| which), [0, 1]);
    }

    #[test]
    fn a_piece_that_panics_is_not_left_out() {
        for bad in [0, 1] {
            assert!(catch_unwind(|| halves(|which| assert_ne!(which, bad))).is_err());
            assert!(catch_unwind(|| each(2, 2, |which| assert_ne!(which, bad))).is_err());
        }
    }
}
