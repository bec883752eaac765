//! Work that the cores share. What it gives comes in the order of the work, however the threads went on with it.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;

/// How many threads are of use here. Finding it out reads files.
pub fn cores() -> usize {
    static CORES: LazyLock<usize> =
        LazyLock::new(|| thread::available_parallelism().map_or(1, NonZero::get));
    *CORES
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

/// Fills `out` piece by piece, each of `len` entries (the last one of what is left), by up to `threads` threads. What the
/// pieces give beside comes in their order.
pub fn fill<T: Send, R: Send>(
    threads: usize,
    out: &mut [T],
    len: usize,
    work: impl Fn(usize, &mut [T]) -> R + Sync,
) -> Vec<R> {
    let len = len.max(1);
    let count = out.len().div_ceil(len);
    // Each piece is taken once, by whoever comes first.
    let pieces: Vec<Mutex<&mut [T]>> = out.chunks_mut(len).map(Mutex::new).collect();
    each(threads, count, |index| {
        let mut piece = pieces[index].lock().unwrap_or_else(PoisonError::into_inner);
        work(index, &mut piece)
    })
}

/// How many pieces a thread may be ahead of the one that is taken next.
const AHEAD: usize = 4;

/// The same, where each piece is taken by this thread, in order, as soon as it is there: not much of it is kept. The
/// first error of `take` ends the work.
pub fn in_turn<T: Send, E: Send>(
    threads: usize,
    count: usize,
    work: impl Fn(usize) -> T + Sync,
    take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let mut pieces = 0..count;
    let next = || Ok(pieces.next());
    flow(threads.min(count), next, |index| Ok(work(index)), take)
}

/// Takes pieces of work from `next` until there are none, one call at a time; does them on up to `threads` threads, and
/// hands what they give to `take`, on this thread and in the order of the pieces. Not much of it is kept: who is far
/// ahead waits. The first error, in that order, ends the work.
pub fn flow<T: Send, R: Send, E: Send>(
    threads: usize,
    mut next: impl FnMut() -> Result<Option<T>, E> + Send,
    work: impl Fn(T) -> Result<R, E> + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    if threads < 2 {
        while let Some(piece) = next()? {
            take(work(piece)?)?;
        }
        return Ok(());
    }
    let flow = Flow {
        source: Mutex::new((0, next)),
        given: Mutex::new(Given {
            turn: 0,
            waiting: BTreeMap::new(),
            is_stopped: false,
        }),
        moved: Condvar::new(),
    };
    thread::scope(|scope| {
        let others: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| flow.work(&work)))
            .collect();
        let taken = flow.take(take);
        for other in others {
            other.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
        taken
    })
}

/// What the threads of a flow share.
struct Flow<N, R, E> {
    /// How many pieces were taken, and where they come from.
    source: Mutex<(usize, N)>,
    given: Mutex<Given<R, E>>,
    /// Something was given or taken.
    moved: Condvar,
}

/// What was given, until its turn comes.
struct Given<R, E> {
    turn: usize,
    /// What each piece came to; `None` in place of the one behind the last.
    waiting: BTreeMap<usize, Option<Result<R, E>>>,
    is_stopped: bool,
}

/// Who takes no more, or panics, stops the others, who would wait for ever.
struct Stop<'a, N, R, E>(&'a Flow<N, R, E>);

impl<N, R, E> Drop for Stop<'_, N, R, E> {
    fn drop(&mut self) {
        self.0.given().is_stopped = true;
        self.0.moved.notify_all();
    }
}

impl<N, R, E> Flow<N, R, E> {
    fn given(&self) -> MutexGuard<'_, Given<R, E>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while this is so and nobody has stopped.
    fn wait_while(&self, is_so: impl Fn(&Given<R, E>) -> bool) -> MutexGuard<'_, Given<R, E>> {
        let waits = |given: &mut Given<R, E>| !given.is_stopped && is_so(given);
        let waited = self.moved.wait_while(self.given(), waits);
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    /// Does pieces until there are none.
    fn work<T>(&self, work: &impl Fn(T) -> Result<R, E>)
    where
        N: FnMut() -> Result<Option<T>, E>,
    {
        let stop = Stop(self);
        loop {
            let (index, piece) = {
                let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
                let (count, next) = &mut *source;
                *count += 1;
                (*count - 1, next())
            };
            let done = piece.transpose().map(|piece| piece.and_then(work));
            let is_end = done.is_none();
            let mut given = self.wait_while(|given| index > given.turn + AHEAD);
            given.waiting.insert(index, done);
            let is_stopped = given.is_stopped;
            drop(given);
            self.moved.notify_all();
            if is_end || is_stopped {
                // The others go on with what they have.
                std::mem::forget(stop);
                return;
            }
        }
    }

    /// Takes what pieces came to, in their order, up to the first error.
    fn take(&self, mut take: impl FnMut(R) -> Result<(), E>) -> Result<(), E> {
        let _stop = Stop(self);
        loop {
            let mut given = self.wait_while(|given| !given.waiting.contains_key(&given.turn));
            let turn = given.turn;
            given.turn += 1;
            let next = given.waiting.remove(&turn);
            drop(given);
            self.moved.notify_all();
            match next.flatten() {
                Some(done) => take(done?)?,
                // There are no more; or a thread has panicked, which is told when it is joined.
                None => return Ok(()),
            }
        }
    }
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
    fn all_of_a_slice_is_filled() {
        for threads in 0..4 {
            for len in [0, 1, 3, 10, 11] {
                let mut out = [0; 10];
                let given = fill(threads, &mut out, len, |index, piece| {
                    for (place, entry) in piece.iter_mut().enumerate() {
                        *entry = index * len.max(1) + place;
                    }
                    piece.len()
                });
                assert_eq!(out, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "{threads} {len}");
                assert_eq!(given.iter().sum::<usize>(), 10);
            }
        }
    }

    #[test]
    fn each_piece_is_taken_in_its_turn_until_one_is_not_wanted() {
        for threads in 0..5 {
            for wanted in [0, 1, 50, 100] {
                let mut taken = vec![];
                let ended = in_turn(
                    threads,
                    100,
                    |index| index,
                    |index| {
                        taken.push(index);
                        if taken.len() > wanted {
                            Err(index)
                        } else {
                            Ok(())
                        }
                    },
                );
                let count = 100.min(wanted + 1);
                assert_eq!(taken, (0..count).collect::<Vec<_>>(), "{threads} threads");
                assert_eq!(ended, if wanted < 100 { Err(wanted) } else { Ok(()) });
            }
        }
    }

    #[test]
    fn what_flows_comes_in_its_order_until_the_first_error_of_that_order() {
        for threads in 0..5 {
            for (wrong, wanted) in [(vec![], 40), (vec![30, 7], 7), (vec![0], 0)] {
                let mut pieces = 0..40;
                let mut taken = vec![];
                let ended = flow(
                    threads,
                    || Ok(pieces.next()),
                    |piece| {
                        thread::sleep(std::time::Duration::from_micros(40 - piece));
                        if wrong.contains(&piece) {
                            Err(piece)
                        } else {
                            Ok(piece)
                        }
                    },
                    |piece| {
                        taken.push(piece);
                        Ok(())
                    },
                );
                assert_eq!(taken, (0..wanted).collect::<Vec<_>>(), "{threads} threads");
                let error = wrong.iter().copied().min();
                assert_eq!(ended, error.map_or(Ok(()), Err));
            }
            let source = |at: u32| if at < 3 { Ok(Some(at)) } else { Err("source") };
            let mut at = 0;
            let next = || {
                at += 1;
                source(at)
            };
            assert_eq!(flow(threads, next, Ok, |_| Ok(())), Err("source"));
            let mut pieces = 0..40;
            let taken = flow(
                threads,
                || Ok(pieces.next()),
                Ok,
                |piece| {
                    if piece == 5 { Err("sink") } else { Ok(()) }
                },
            );
            assert_eq!(taken, Err("sink"));
        }
    }

    #[test]
    fn a_piece_that_panics_is_not_left_out() {
        for bad in [0, 1] {
            assert!(catch_unwind(|| halves(|which| assert_ne!(which, bad))).is_err());
            assert!(catch_unwind(|| each(2, 2, |which| assert_ne!(which, bad))).is_err());
            let in_turn = || in_turn(2, 9, |which| assert_ne!(which, bad), Ok::<(), ()>);
            assert!(catch_unwind(in_turn).is_err());
            for threads in 1..4 {
                let flow = || {
                    let mut pieces = 0..40;
                    let work = |which| {
                        assert_ne!(which, bad);
                        Ok::<_, ()>(which)
                    };
                    flow(threads, || Ok(pieces.next()), work, |_| Ok(()))
                };
                assert!(catch_unwind(flow).is_err());
            }
        }
    }
}
