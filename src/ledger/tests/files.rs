//! The file: whose it is, who may write, what becomes of it when something goes wrong.

use super::*;
use crate::ledger::RunNumber;
use crate::ledger::schema::{APPLICATION, STEPS};
use crate::ledger::{Error, copy};
use rusqlite::Connection;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

fn figure(path: &Path, pragma: &str) -> i64 {
    let connection = Connection::open(path).unwrap();
    connection
        .query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))
        .unwrap()
}

fn open(path: &Path) -> Result<Ledger, Error> {
    Ledger::open(path, Duration::ZERO)
}

/// Puts something where a ledger is looked for.
type Make<'a> = &'a dyn Fn(&Path);

/// An import of one row.
fn bring_in(ledger: &mut Ledger, as_of: &str) {
    let writer = ledger.write(&who()).unwrap();
    let rows = table(&["编号"], &[&["C0001"]]);
    add(&writer, &rows, &filed(as_of), [Some("C0001")]).unwrap();
    writer.commit().unwrap();
}

#[test]
fn a_ledger_that_is_not_there_is_made_only_when_asked() {
    let (_folder, path) = place();
    assert_eq!(open(&path).unwrap_err(), Error::NotFound);
    assert!(!path.exists());
    drop(Ledger::create_or_open(&path, Duration::ZERO).unwrap());
    open(&path).unwrap();
    assert_eq!(figure(&path, "application_id"), i64::from(APPLICATION));
    assert_eq!(figure(&path, "user_version"), STEPS.len() as i64);
}

#[test]
fn a_file_that_was_only_begun_is_no_ledger_yet() {
    let (_folder, path) = place();
    std::fs::write(&path, "").unwrap();
    assert_eq!(open(&path).unwrap_err(), Error::NotFound);
    Ledger::create_or_open(&path, Duration::ZERO).unwrap();
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = place();
    let mut ledger = Ledger::create_or_open(&path, Duration::ZERO).unwrap();
    bring_in(&mut ledger, "2024-03-31");
    ledger.backup(&folder.path().join("copy.db")).unwrap();
    let mut seen = vec![];
    for entry in folder.path().read_dir().unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        let name = entry.file_name().into_string().unwrap();
        assert_eq!(mode, 0o600, "{name}");
        seen.push(name);
    }
    seen.sort();
    assert_eq!(
        seen,
        ["copy.db", "regrade.db", "regrade.db-shm", "regrade.db-wal"]
    );
}

#[test]
fn what_is_dropped_has_changed_nothing() {
    let (_folder, mut ledger) = ledger();
    bring_in(&mut ledger, "2024-03-31");
    let writer = ledger.write(&who()).unwrap();
    let rows = table(&["编号"], &[&["2"]]);
    add(&writer, &rows, &filed("2024-04-30"), []).unwrap();
    writer.flush().unwrap();
    assert_eq!(writer.imports().unwrap().len(), 2);
    drop(writer);
    assert_eq!(ledger.imports().unwrap().len(), 1);
    assert_eq!(ledger.audit().unwrap().len(), 1);
    // And the next one goes on as if it had not been.
    bring_in(&mut ledger, "2024-04-30");
    assert_eq!(ledger.imports().unwrap().len(), 2);
}

#[test]
fn one_writes_and_others_read_what_was_before() {
    let (_folder, mut ledger) = ledger();
    bring_in(&mut ledger, "2024-03-31");
    let mut other = open(&ledger.path).unwrap();
    let path = ledger.path.clone();
    let writer = ledger.write(&who()).unwrap();
    let rows = table(&["编号"], &[&["2"]]);
    add(&writer, &rows, &filed("2024-04-30"), []).unwrap();
    assert_eq!(other.write(&who()).map(drop).unwrap_err(), Error::Busy);
    assert_eq!(other.imports().unwrap().len(), 1);
    // Opening needs no lock either.
    assert_eq!(open(&path).unwrap().imports().unwrap().len(), 1);
    writer.commit().unwrap();
    assert_eq!(other.imports().unwrap().len(), 2);
    drop(other.write(&who()).unwrap());
}

#[test]
fn a_writer_is_waited_for() {
    let (_folder, mut ledger) = ledger();
    let path = ledger.path.clone();
    let writer = ledger.write(&who()).unwrap();
    let waiting = std::thread::spawn(move || {
        let mut other = Ledger::open(&path, Duration::from_secs(20)).unwrap();
        bring_in(&mut other, "2024-03-31");
    });
    std::thread::sleep(Duration::from_millis(100));
    writer.commit().unwrap();
    waiting.join().unwrap();
    assert_eq!(ledger.imports().unwrap().len(), 1);
}

#[test]
fn a_snapshot_holds_still() {
    let (_folder, mut ledger) = ledger();
    let mut other = open(&ledger.path).unwrap();
    let snapshot = other.snapshot().unwrap();
    bring_in(&mut ledger, "2024-03-31");
    assert_eq!(snapshot.imports().unwrap().len(), 0);
    drop(snapshot);
    assert_eq!(other.imports().unwrap().len(), 1);
}

#[test]
fn many_make_one_ledger_at_a_time() {
    let (_folder, path) = place();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut ledger = Ledger::create_or_open(&path, Duration::from_secs(60)).unwrap();
                bring_in(&mut ledger, "2024-03-31");
            });
        }
    });
    assert_eq!(open(&path).unwrap().imports().unwrap().len(), 8);
}

#[test]
fn a_ledger_that_is_being_made_is_nobody_elses() {
    let (_folder, path) = place();
    std::fs::write(&path, []).unwrap();
    let made = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !made.load(Ordering::Relaxed) {
                    let seen = Ledger::open(&path, Duration::from_secs(60)).err();
                    assert!(matches!(seen, None | Some(Error::NotFound)), "{seen:?}");
                }
            });
        }
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(20));
            Ledger::create_or_open(&path, Duration::from_secs(60)).unwrap();
            made.store(true, Ordering::Relaxed);
        });
    });
}

#[test]
fn an_older_ledger_is_brought_up_and_a_copy_of_it_kept() {
    let (folder, path) = place();
    let mut ledger = Ledger::create_or_open(&path, Duration::ZERO).unwrap();
    bring_in(&mut ledger, "2024-03-31");
    drop(ledger);
    // The next version as it could be; the present one is the older.
    let mut steps = STEPS.to_vec();
    steps
        .push("ALTER TABLE import ADD COLUMN remark TEXT; UPDATE import SET remark = 'brought up'");
    let ledger = Ledger::connect(&path, Duration::ZERO).unwrap();
    ledger.prepare(&steps, false).unwrap();
    let remark: String = ledger
        .connection
        .query_row("SELECT remark FROM import", [], |row| row.get(0))
        .unwrap();
    assert_eq!(remark, "brought up");
    drop(ledger);
    assert_eq!(figure(&path, "user_version"), steps.len() as i64);
    let copy = folder
        .path()
        .join(format!("regrade.db.v{}.bak", STEPS.len()));
    assert_eq!(open(&copy).unwrap().imports().unwrap().len(), 1);
    // To the program of the older version it is a newer one, and stays as it is.
    let error = open(&path).unwrap_err();
    let (found, known) = (steps.len() as u32, STEPS.len() as u32);
    assert_eq!(error, Error::Newer { found, known });
    assert_eq!(
        Ledger::create_or_open(&path, Duration::ZERO).unwrap_err(),
        Error::Newer { found, known }
    );
}

#[test]
fn of_an_older_ledger_moments_say_which_runs_knew_what() {
    let (_folder, path) = place();
    drop(Connection::open(&path).unwrap());
    let ledger = Ledger::connect(&path, Duration::ZERO).unwrap();
    ledger.prepare(&STEPS[..1], true).unwrap();
    let old = r"
INSERT INTO scheme VALUES ('h', '', '', '');
INSERT INTO run VALUES (1, 'a', 'h', '2024-01-31', NULL, 1, '2024-02-01T08:00:00Z', 'x', '', 0, '{}', '[]', NULL, 0, 0),
                       (2, 'b', 'h', '2024-02-29', NULL, 1, '2024-03-01T08:00:00Z', 'x', '', 0, '{}', '[]', NULL, 0, 0);
INSERT INTO override (id, made_at, made_by, customer, subject, hold, level, reason, author, ended_at, ended_on, ended_by,
                      ended_reason)
VALUES (1, '2024-02-10T08:00:00Z', 'x', 'A', 'grade', 'lock', 'A', 'r', 'x', '2024-03-10T08:00:00Z', '1900-01-01', 'x',
        'r');
INSERT INTO review_mark (customer, rule, first_run, resolved_at, resolved_by, resolved_reason, resolved_how)
VALUES ('A', 'big', 1, '2024-02-10T08:00:00Z', 'x', 'r', 'confirmed');
";
    ledger.connection.execute_batch(old).unwrap();
    drop(ledger);
    let ledger = open(&path).unwrap();
    let stored = &ledger.overrides().unwrap()[0];
    let known = |run| stored.known_to(RunNumber(run)).map(|set| set.until);
    assert_eq!((known(1), known(2)), (None, Some(None)));
    let later = ledger.settled(date("2024-02-29"), Some(RunNumber(2)));
    assert_eq!(later.unwrap().len(), 1);
    let earlier = ledger.settled(date("2024-02-29"), Some(RunNumber(1)));
    assert_eq!(earlier.unwrap(), []);
}

#[test]
fn a_step_that_fails_leaves_the_older_ledger() {
    let (_folder, path) = place();
    drop(Ledger::create_or_open(&path, Duration::ZERO).unwrap());
    let mut steps = STEPS.to_vec();
    steps.extend(["CREATE TABLE more (x) STRICT", "no SQL"]);
    let ledger = Ledger::connect(&path, Duration::ZERO).unwrap();
    assert!(matches!(
        ledger.prepare(&steps, false),
        Err(Error::Other(_))
    ));
    drop(ledger);
    assert_eq!(figure(&path, "user_version"), STEPS.len() as i64);
    assert_eq!(
        open(&path).unwrap().integrity_check().unwrap(),
        Vec::<String>::new()
    );
}

#[test]
fn what_is_no_ledger_is_refused_and_left_alone() {
    let (folder, path) = place();
    let foreign = |path: &Path| {
        Connection::open(path)
            .unwrap()
            .execute_batch("CREATE TABLE theirs (x)")
            .unwrap();
    };
    let makers: [(&str, Make<'_>); 5] = [
        ("garbage", &|path| {
            std::fs::write(path, [0xFF; 9000]).unwrap();
        }),
        ("short", &|path| std::fs::write(path, "x").unwrap()),
        ("text", &|path| {
            std::fs::write(path, "客户编号,金额\n".repeat(999)).unwrap();
        }),
        ("foreign", &foreign),
        ("folder", &|path| std::fs::create_dir(path).unwrap()),
    ];
    for (name, make) in makers {
        let path = folder.path().join(name);
        make(&path);
        let before = std::fs::read(&path).ok();
        for error in [
            open(&path).unwrap_err(),
            Ledger::create_or_open(&path, Duration::ZERO).unwrap_err(),
        ] {
            assert!(matches!(error, Error::NotALedger(_)), "{name}: {error:?}");
        }
        assert_eq!(std::fs::read(&path).ok(), before, "{name}");
        assert!(
            !folder.path().join(format!("{name}-wal")).exists(),
            "{name}"
        );
    }
    let below = folder.path().join("text").join("regrade.db");
    assert!(matches!(
        Ledger::create_or_open(&below, Duration::ZERO).unwrap_err(),
        Error::NoAccess(_)
    ));
    drop(path);
}

#[test]
fn a_ledger_cut_short_is_damaged() {
    const PAGE: usize = crate::ledger::file::PAGE as usize;
    let (_folder, path) = place();
    let mut ledger = Ledger::create_or_open(&path, Duration::ZERO).unwrap();
    bring_in(&mut ledger, "2024-03-31");
    drop(ledger);
    let whole = std::fs::read(&path).unwrap();
    for length in [20, 101, 5000, whole.len() / 2, whole.len() - PAGE] {
        std::fs::write(&path, &whole[..length]).unwrap();
        let error = open(&path).and_then(|ledger| ledger.imports().map(drop));
        assert!(
            matches!(error, Err(Error::Damaged(_) | Error::NotALedger(_))),
            "{length}: {error:?}"
        );
    }
    std::fs::write(&path, &whole).unwrap();
    assert_eq!(
        open(&path).unwrap().integrity_check().unwrap(),
        Vec::<String>::new()
    );
    // A page of zeros is found when somebody looks for it.
    let mut broken = whole;
    let middle = broken.len() / 2 / PAGE * PAGE;
    broken[middle..middle + PAGE].fill(0);
    std::fs::write(&path, &broken).unwrap();
    let found = open(&path).and_then(|ledger| ledger.integrity_check());
    assert!(
        found.as_ref().is_err() || !found.as_ref().unwrap().is_empty(),
        "{found:?}"
    );
}

#[test]
fn a_copy_is_of_one_moment_while_somebody_writes() {
    let (folder, mut ledger) = ledger();
    bring_in(&mut ledger, "2024-03-31");
    let reader = open(&ledger.path).unwrap();
    let writer = ledger.write(&who()).unwrap();
    let rows = table(&["编号"], &[&["2"]]);
    add(&writer, &rows, &filed("2024-04-30"), []).unwrap();
    writer.flush().unwrap();
    let to = folder.path().join("copy.db");
    reader.backup(&to).unwrap();
    writer.commit().unwrap();
    assert_eq!(open(&to).unwrap().imports().unwrap().len(), 1);
    // One file, and nothing half made beside it.
    let names: Vec<_> = folder
        .path()
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(".regrade-") || name.starts_with("copy.db-"))
        .collect();
    assert_eq!(names, Vec::<String>::new());
    // A copy takes the place of the one before.
    reader.backup(&to).unwrap();
    assert_eq!(open(&to).unwrap().imports().unwrap().len(), 2);
    let nowhere = folder.path().join("none").join("copy.db");
    assert!(matches!(reader.backup(&nowhere), Err(Error::NoAccess(_))));
}

#[test]
fn a_copy_becomes_the_ledger_and_the_ledger_goes_aside() {
    let (folder, mut ledger) = ledger();
    let (copy, aside) = (
        folder.path().join("copy.db"),
        folder.path().join("aside.db"),
    );
    bring_in(&mut ledger, "2024-03-31");
    ledger.backup(&copy).unwrap();
    bring_in(&mut ledger, "2024-04-30");
    let path = ledger.path.clone();
    let restore = || Ledger::restore(&path, &copy, &aside, Duration::ZERO, &who());
    // Not while somebody writes.
    let writer = ledger.write(&who()).unwrap();
    assert_eq!(restore().unwrap_err().error, Error::Busy);
    drop(writer);
    assert_eq!(ledger.imports().unwrap().len(), 2);
    assert_eq!(restore().unwrap().aside, Some(aside.clone()));
    // Whoever has it open goes on with what is there now.
    assert_eq!(ledger.imports().unwrap().len(), 1);
    assert_eq!(open(&aside).unwrap().imports().unwrap().len(), 2);
    assert_eq!(
        ledger.audit().unwrap().last().unwrap().action.key(),
        "restore"
    );
    assert_eq!(ledger.integrity_check().unwrap(), Vec::<String>::new());
    bring_in(&mut ledger, "2024-04-30");
}

#[test]
fn a_copy_is_restored_where_no_ledger_can_be_read() {
    let (folder, mut ledger) = ledger();
    let (copy, aside) = (
        folder.path().join("copy.db"),
        folder.path().join("aside.db"),
    );
    bring_in(&mut ledger, "2024-03-31");
    ledger.backup(&copy).unwrap();
    let path = ledger.path.clone();
    drop(ledger);
    let restore = |from: &Path| Ledger::restore(&path, from, &aside, Duration::ZERO, &who());
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(restore(&copy).unwrap().aside, Some(aside.clone()));
    assert_eq!(std::fs::read(&aside).unwrap(), &whole[..whole.len() / 2]);
    assert_eq!(open(&path).unwrap().imports().unwrap().len(), 1);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(restore(&copy).unwrap().aside, None);
    assert_eq!(open(&path).unwrap().imports().unwrap().len(), 1);
    // What is no copy changes nothing.
    let before = std::fs::read(&path).unwrap();
    std::fs::write(&copy, &whole[..whole.len() / 2]).unwrap();
    let failed = restore(&copy).unwrap_err();
    assert!(failed.is_of_copy && matches!(failed.error, Error::Damaged(_)));
    std::fs::write(&copy, "no ledger").unwrap();
    assert!(matches!(
        restore(&copy).unwrap_err().error,
        Error::NotALedger(_)
    ));
    let none = folder.path().join("none");
    assert_eq!(restore(&none).unwrap_err().error, Error::NotFound);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn names_beside_a_ledger_keep_its_name() {
    assert_eq!(
        copy::beside(Path::new("a/客户.db"), "v1.bak"),
        Path::new("a/客户.db.v1.bak")
    );
}
