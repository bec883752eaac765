//! Which row of the output a piece begins with: pieces are graded side by side, and each knows how many rows are before
//! it when those before it know how many they show.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The turns of pieces that are worked on side by side. Pieces are begun in their order, so that nobody waits for one
/// that nobody has begun.
#[derive(Default)]
pub struct Turns {
    so_far: Mutex<SoFar>,
    moved: Condvar,
}

#[derive(Default)]
struct SoFar {
    /// Whose turn it is.
    turn: usize,
    /// How many rows are before it.
    rows: usize,
    /// The first piece known to have come to nothing: nobody behind it has a turn.
    ended: Option<usize>,
}

/// The turn of one piece.
pub struct Turn<'t> {
    turns: &'t Turns,
    index: usize,
    is_told: bool,
}

impl Turns {
    /// That of the piece of this number, from 0.
    pub const fn of(&self, index: usize) -> Turn<'_> {
        Turn {
            turns: self,
            index,
            is_told: false,
        }
    }

    fn so_far(&self) -> MutexGuard<'_, SoFar> {
        self.so_far.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// How many rows are before this piece, which shows so many; waits until that is known. `None`: a piece before it came
    /// to nothing, and so does all of it.
    pub fn rows_before(self, count: usize) -> Option<usize> {
        self.begin(count, |_| Ok::<_, ()>(())).ok().flatten()
    }

    /// The same. `begin` does what has to be done before the pieces behind have their turn.
    pub fn begin<E>(
        mut self,
        count: usize,
        begin: impl FnOnce(usize) -> Result<(), E>,
    ) -> Result<Option<usize>, E> {
        let mut so_far = self.turns.so_far();
        while so_far.turn != self.index {
            if so_far.ended.is_some_and(|ended| ended < self.index) {
                return Ok(None);
            }
            let moved = self.turns.moved.wait(so_far);
            so_far = moved.unwrap_or_else(PoisonError::into_inner);
        }
        let before = so_far.rows;
        drop(so_far);
        begin(before)?;
        self.is_told = true;
        let mut so_far = self.turns.so_far();
        so_far.rows += count;
        so_far.turn += 1;
        drop(so_far);
        self.turns.moved.notify_all();
        Ok(Some(before))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        // Who gives up, by an error or a panic, lets nobody wait.
        if !self.is_told {
            let mut so_far = self.turns.so_far();
            so_far.ended = Some(
                so_far
                    .ended
                    .map_or(self.index, |ended| ended.min(self.index)),
            );
            drop(so_far);
            self.turns.moved.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::Duration;

    #[test]
    fn rows_are_counted_in_the_order_of_the_pieces() {
        let (turns, is_begun) = (Turns::default(), AtomicBool::new(false));
        thread::scope(|scope| {
            let late = scope.spawn(|| {
                let before = turns.of(1).rows_before(5);
                (before, is_begun.load(Ordering::SeqCst))
            });
            let begin = |_| {
                thread::sleep(Duration::from_millis(5));
                is_begun.store(true, Ordering::SeqCst);
                Ok::<_, ()>(())
            };
            assert_eq!(turns.of(0).begin(3, begin), Ok(Some(0)));
            assert_eq!(late.join().unwrap(), (Some(3), true));
        });
        assert_eq!(turns.of(2).rows_before(1), Some(8));
    }

    #[test]
    fn nobody_waits_for_a_piece_that_came_to_nothing() {
        let turns = Turns::default();
        thread::scope(|scope| {
            let late = scope.spawn(|| turns.of(1).rows_before(5));
            drop(turns.of(0));
            assert_eq!(late.join().unwrap(), None);
        });
        // Those before it have their turns.
        let turns = Turns::default();
        drop(turns.of(1));
        assert_eq!(turns.of(0).rows_before(3), Some(0));
        assert_eq!(turns.of(2).rows_before(3), None);
    }
}
