//! Two graded text files compared by those who moved: a first reading of both finds them, a second one takes their rows.
//! What comes out is what reading both whole gives.

use super::side;
use super::stayers::Stayers;
use regrade::compare::{
    self, Graded, LevelColumns, LevelReader, Levels, LevelsByKey, Moved, Unmoved, Wanted,
};
use regrade::parallel;
use regrade::read::blocks::Passes;
use regrade::read::{Options, Table};

/// Both files with the rows of those who may have moved, and the others counted.
pub struct Movers {
    /// The old file, with some of its rows.
    pub old: Graded,
    /// The new one.
    pub new: Graded,
    /// How many the others are.
    pub unmoved: Unmoved,
    /// Who they are, where that is asked for.
    pub stayers: Option<Stayers>,
}

/// Finds those who may have moved. `lists_stayed`: the others are to be listed. `None` where a file is not plain or does
/// not tell surely who moved; then both are to be read whole.
pub fn movers(
    (old, new): (&str, &str),
    wanted: &Wanted<'_>,
    options: &Options,
    is_named: bool,
    lists_stayed: bool,
) -> Option<Movers> {
    if side::is_run(old) || side::is_run(new) {
        return None;
    }
    let open = |argument: &str| Passes::open(&super::inputs::input(argument), options).ok();
    let (old, new) = (open(old)?, open(new)?);
    let graded = |table: Table| Graded::pick(vec![table], &[], wanted).ok();
    let heads = (graded(old.table().clone())?, graded(new.table().clone())?);
    let fitting = Wanted {
        scheme: side::fitting(wanted.scheme, &[&heads.0, &heads.1], is_named),
        ..wanted.clone()
    };
    let keys = compare::keys(&[&heads.0, &heads.1], &fitting).ok()?;
    let [old_key, new_key] = keys[..] else {
        return None;
    };
    let levels = Levels::default();
    let old = File {
        columns: LevelColumns::of(&heads.0, old_key, &fitting)?,
        plain: old,
    };
    let new = File {
        columns: LevelColumns::of(&heads.1, new_key, &fitting)?,
        plain: new,
    };
    let (gathered, of_new) = (
        old.gathered(&fitting, &levels)?,
        new.gathered(&fitting, &levels)?,
    );
    let mut moved = Moved::between(&gathered, &of_new, lists_stayed).ok()?;
    drop((gathered, of_new));
    let lines = [old.plain.lines(&moved.old), new.plain.lines(&moved.new)];
    let [Ok(of_old), Ok(of_new)] = lines else {
        return None;
    };
    let [of_old, of_new] = parallel::halves(|side| match side {
        0 => old.plain.with_rows(&of_old),
        _ => new.plain.with_rows(&of_new),
    });
    let stayed = std::mem::take(&mut moved.stayed);
    let stayers = if lists_stayed {
        let (old, new) = ((old.plain, heads.0, old_key), (new.plain, heads.1, new_key));
        Some(Stayers::of(old, new, stayed).ok()?)
    } else {
        None
    };
    Some(Movers {
        old: graded(of_old)?,
        new: graded(of_new)?,
        unmoved: moved.unmoved(levels),
        stayers,
    })
}

/// A file and the columns that tell.
struct File {
    plain: Passes,
    columns: LevelColumns,
}

impl File {
    /// What its rows tell.
    fn gathered(&self, wanted: &Wanted<'_>, levels: &Levels) -> Option<Vec<LevelsByKey>> {
        let columns = self.columns.columns();
        let gathered = self.plain.go_through(|blocks| {
            let mut reader = LevelReader::new(self.columns, wanted, levels);
            let mut gathered = LevelsByKey::default();
            while let Some(block) = blocks.take()? {
                block.rows(&columns, |row, cells| gathered.add(row, reader.read(cells)))?;
            }
            Ok(gathered)
        });
        gathered.ok()
    }
}

#[cfg(test)]
pub(super) mod tests;
