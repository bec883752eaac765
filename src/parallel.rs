//! Work that the cores share. What it gives comes in the order of the work, however the threads went on with it.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Condvar, Mutex, PoisonError};
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

/// How many pieces each thread may be ahead of the one that takes them.
const AHEAD: usize = 4;

/// The same, where each piece is taken by this thread, in order, as soon as it is there: not much of it is kept. The
/// first error of `take` ends the work.
pub fn in_turn<T: Send, E>(
    threads: usize,
    count: usize,
    work: impl Fn(usize) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let threads = threads.min(count);
    if threads < 2 {
        return (0..count).try_for_each(|index| take(work(index)));
    }
    let work = &work;
    thread::scope(|scope| {
        let (done, others): (Vec<_>, Vec<_>) = (0..threads)
            .map(|first| {
                let (give, done) = sync_channel(AHEAD);
                let other = scope.spawn(move || {
                    let mut mine = (first..count).step_by(threads);
                    // Where nobody takes it any more, nobody needs the rest.
                    mine.try_for_each(|index| give.send(work(index)).ok());
                });
                (done, other)
            })
            .unzip();
        for index in 0..count {
            match done[index % threads].recv() {
                Ok(given) => take(given)?,
                // It has panicked, which is told below.
                Err(_) => break,
            }
        }
        drop(done);
        for other in others {
            other.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
        Ok(())
    })
}

/// Takes pieces of work from `next` until there are none, one call at a time; does them on up to `threads` threads, and
/// hands what they give to `take`, one call at a time and in the order of the pieces. Not much of it is kept: who is far
/// ahead waits. The first error, in that order, ends the work.
pub fn flow<T: Send, R: Send, E: Send>(
    threads: usize,
    mut next: impl FnMut() -> Result<Option<T>, E> + Send,
    work: impl Fn(T) -> Result<R, E> + Sync,
    mut take: impl FnMut(R) -> Result<(), E> + Send,
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
            take,
            error: None,
        }),
        moved: Condvar::new(),
        stopped: AtomicBool::new(false),
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            .map(|_| scope.spawn(|| flow.go(&work)))
            .collect();
        flow.go(&work);
        for other in others {
            other.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
    });
    let given = flow.given.into_inner();
    let given = given.unwrap_or_else(PoisonError::into_inner);
    given.error.map_or(Ok(()), Err)
}

/// What the threads of a flow share.
struct Flow<N, R, K, E> {
    /// How many pieces were taken, and where they come from.
    source: Mutex<(usize, N)>,
    given: Mutex<Given<R, K, E>>,
    moved: Condvar,
    stopped: AtomicBool,
}

/// What was given, until its turn comes.
struct Given<R, K, E> {
    turn: usize,
    waiting: BTreeMap<usize, Result<R, E>>,
    take: K,
    error: Option<E>,
}

/// Who panics stops the others, who would wait for its piece for ever.
struct Stop<'a, N, R, K, E>(&'a Flow<N, R, K, E>);

impl<N, R, K, E> Drop for Stop<'_, N, R, K, E> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.stop();
        }
    }
}

impl<N, R, K, E> Flow<N, R, K, E> {
    fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Nobody is between looking and waiting.
        drop(self.given.lock());
        self.moved.notify_all();
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    fn go<T>(&self, work: &impl Fn(T) -> Result<R, E>)
    where
        N: FnMut() -> Result<Option<T>, E>,
        K: FnMut(R) -> Result<(), E>,
    {
        let _stop = Stop(self);
        while !self.is_stopped() {
            let (index, piece) = {
                let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
                let (count, next) = &mut *source;
                *count += 1;
                (*count - 1, next())
            };
            let given = match piece {
                Ok(None) => return,
                Ok(Some(piece)) => work(piece),
                Err(error) => Err(error),
            };
            self.hand_over(index, given);
        }
    }

    /// Hands over what is there in its turn, and waits while it is far ahead.
    fn hand_over(&self, index: usize, given: Result<R, E>)
    where
        K: FnMut(R) -> Result<(), E>,
    {
        let mut all = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.is_stopped() && index > all.turn + AHEAD {
            all = self.moved.wait(all).unwrap_or_else(PoisonError::into_inner);
        }
        if self.is_stopped() {
            return;
        }
        let all = &mut *all;
        all.waiting.insert(index, given);
        while let Some(given) = all.waiting.remove(&all.turn) {
            if let Err(error) = given.and_then(&mut all.take) {
                all.error = Some(error);
                self.stopped.store(true, Ordering::SeqCst);
                break;
            }
            all.turn += 1;
        }
        self.moved.notify_all();
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
