"""Full disks, folders and ledgers that must not be written, ledgers that are none, and two regrades at once.

Whatever it is: exit code 4 (75 where the ledger is in use) and a plain message in the user's language; what there was
before is still there; and when the trouble is over, the same command does what it would have done.

Full disks are small tmpfs mounts, which only root can make. Elsewhere that part is left out, and the script says so.
"""

import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path

import ledgers
from checks import REGRADE, Checks, environment

CUSTOMERS = 2000
JANUARY, FEBRUARY = ledgers.MONTHS[:2]
MEGABYTE = 1 << 20
LANGUAGES = {"en": {"LANG": "C.UTF-8"}, "zh": {"LANG": "zh_CN.UTF-8"}}
IMPORT = ["import", "-q", "--as-of", FEBRUARY, "in/2024-02/客户.csv", "in/2024-02/订单.csv"]
GRADE = ["grade", "-q", "--as-of", FEBRUARY, "-o", "out/评级.xlsx", "-o", "out/评级.csv"]


class Called:
    """What a command did."""

    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout.decode(errors="replace")
        self.said = done.stderr.decode(errors="replace")


def call(folder, *arguments, binary=REGRADE, user=None, timeout=300, **changes):
    extra = {"user": user, "group": "nogroup", "extra_groups": []} if user and os.geteuid() == 0 else {}
    return Called(subprocess.run(
        [binary, *map(str, arguments)], cwd=folder, env=environment(**changes), stdin=subprocess.DEVNULL,
        capture_output=True, timeout=timeout, check=False, **extra,
    ))


def is_in(language, called):
    """Whether the first line is in the language, names of files and grades left aside."""
    head = re.sub("`[^`]*`", "", called.said.split("\n")[0])
    return any("\u4e00" <= one <= "\u9fff" for one in head) == (language == "zh")


def is_plain(checks, label, called, code=4, words=()):
    """Exit code and message: one finding with its help, no panic, in the language of the locale."""
    checks.equal(f"{label}: exit code ({called.said.strip()})", called.code, code)
    head = called.said.splitlines()[0] if called.said else ""
    rough = [word for word in ["panicked", "RUST_BACKTRACE", "stack backtrace", "bug", "os error", "rusqlite", "SqliteFailure"]
             if word in called.said.replace("(os error", "")]
    checks.check(f"{label}: a plain message", head and not rough, called.said)
    checks.check(f"{label}: it says what to do", "help:" in called.said or "建议: " in called.said, called.said)
    for word in words:
        checks.check(f"{label}: it names {word}", word in called.said, called.said)
    checks.equal(f"{label}: nothing on standard output", called.out, "")


def files(folder):
    """What the files under a folder hold, as one hash for each."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def rows(ledger):
    """The ledger's rows, audit and moments left aside; nothing where there is no ledger yet."""
    return ledgers.content(ledger) if ledger.exists() and ledger.stat().st_size else {}


class Story:
    """January imported and graded; what February's import and grade give where nothing is wrong."""

    def __init__(self, checks):
        self.start = ledgers.sheets(checks.folder / "start", CUSTOMERS, months=2)
        self.do("import", "-q", "--as-of", JANUARY, "in/2024-01/客户.csv", "in/2024-01/订单.csv", where=self.start)
        self.do("grade", "-q", "--as-of", JANUARY, "-o", "out/评级.xlsx", "-o", "out/评级.csv", where=self.start)
        self.imported = self.copy(checks, "imported")
        self.do(*IMPORT, where=self.imported)
        self.graded = self.copy(checks, "graded", self.imported)
        self.do(*GRADE, where=self.graded)
        self.rows = {folder: rows(folder / "regrade.db") for folder in (self.start, self.imported, self.graded)}
        for folder in self.rows:
            checks.equal(f"{folder.name}: the ledger is whole", ledgers.faults(folder / "regrade.db"), [])
        self.number = 0

    @staticmethod
    def do(*arguments, where):
        called = call(where, *arguments)
        if called.code != 0:
            sys.exit(f"{arguments} ended with {called.code}:\n{called.said}")

    def copy(self, checks, name, of=None):
        """A folder of one's own to make trouble in."""
        return Path(shutil.copytree(of or self.start, checks.folder / name))

    def fresh(self, checks, of=None):
        self.number += 1
        return self.copy(checks, f"case-{self.number}", of)


def same_end(checks, story, label, folder, ledger, graded=True):
    """The same commands said again end as if nothing had happened."""
    for command in [IMPORT, GRADE] if graded else [IMPORT]:
        called = call(folder, *command, "--ledger", ledger)
        checks.equal(f"{label}, then `{command[0]}` again: exit code ({called.said.strip()})", called.code, 0)
    checks.equal(f"{label}: the ledger is whole in the end", ledgers.faults(ledger), [])
    expected = story.graded if graded else story.imported
    checks.check(f"{label}: the ledger has the same rows in the end", rows(ledger) == story.rows[expected])
    if graded:
        checks.check(f"{label}: the outputs are the same in the end", files(folder / "out") == files(story.graded / "out"))


# ---------------------------------------------------------------------------------------------------- full disks


@contextmanager
def disk(checks, size):
    """A small disk of its own; `None` where none can be made."""
    place = checks.folder / "disk"
    place.mkdir(exist_ok=True)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=777", "regrade-trouble", place],
                          capture_output=True, text=True, check=False)
    if made.returncode != 0:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def free(place):
    about = os.statvfs(place)
    return about.f_bavail * about.f_frsize


def fill(place, leave):
    """Takes all room but `leave` bytes."""
    filler = place / "filler"
    with open(filler, "wb", buffering=0) as file:
        for block in (1 << 16, 1 << 12):
            while free(place) >= leave + block:
                file.write(bytes(block))
    return filler


def is_full(checks, label, called):
    is_plain(checks, label, called)
    full = ["no room", "已满", "腾出空间", "No space left"]
    checks.check(f"{label}: it says that there is no room", any(word in called.said for word in full), called.said)


def full_disks(checks, story):
    with disk(checks, 16 * MEGABYTE) as place:
        if place is None:
            print("!!! NOT CHECKED: full disks. A tmpfs cannot be mounted here; run this script as root.")
            return
        # So much room is left that the trouble comes at once, in the middle, and at the very end.
        steps = [0, 4, 16, 36, 64, 128, 256, 512, 1024, 1536]
        for number, kilobytes in enumerate(steps):
            locale = LANGUAGES[["en", "zh"][number % 2]]
            full_ledger(checks, story, place, kilobytes << 10, locale)
            full_output(checks, story, place, kilobytes << 10, locale)
        full_commit(checks, story, place)
        full_from_the_start(checks, story, place)
        full_temporary(checks, story, place)


def full_ledger(checks, story, place, leave, locale):
    """The ledger is on the full disk, the outputs are not."""
    for command, before, after in [(IMPORT, story.start, story.imported), (GRADE, story.imported, story.graded)]:
        label = f"`{command[0]}`, ledger on a disk with {leave >> 10} kB left"
        folder = story.fresh(checks, before)
        ledger = place / "regrade.db"
        shutil.copy(before / "regrade.db", ledger)
        filler = fill(place, leave)
        called = call(folder, *command, "--ledger", ledger, **locale)
        if called.code == 0:
            checks.check(f"{label}: done, and the rows are there", rows(ledger) == story.rows[after])
        else:
            is_full(checks, label, called)
            # Somebody who only looks must not need room either: or say so plainly.
            look = call(folder, "runs", "list", "--ledger", ledger, **locale)
            if look.code != 0:
                is_full(checks, f"{label}: runs list", look)
            filler.unlink()
            checks.check(f"{label}: the ledger is as it was", rows(ledger) == story.rows[before])
            checks.check(f"{label}: the outputs are as they were", files(folder / "out") == files(before / "out"))
        filler.unlink(missing_ok=True)
        same_end(checks, story, label, folder, ledger)
        clear(place)


def full_output(checks, story, place, leave, locale):
    """The outputs are on the full disk, the ledger is not."""
    label = f"outputs on a disk with {leave >> 10} kB left"
    folder = story.fresh(checks, story.imported)
    shutil.rmtree(folder / "out")
    shutil.copytree(story.imported / "out", place / "out")
    (folder / "out").symlink_to(place / "out")
    filler = fill(place, leave)
    called = call(folder, *GRADE, **locale)
    if called.code != 0:
        is_full(checks, label, called)
        filler.unlink()
        checks.check(f"{label}: the ledger is as it was", rows(folder / "regrade.db") == story.rows[story.imported])
        checks.check(f"{label}: the outputs are as they were", files(place / "out") == files(story.imported / "out"),
                     sorted(files(place / "out")))
    else:
        checks.check(f"{label}: done, and there was room", leave > 0)
    filler.unlink(missing_ok=True)
    called = call(folder, *GRADE)
    checks.equal(f"{label}, then again: exit code ({called.said.strip()})", called.code, 0)
    checks.check(f"{label}: the ledger has the same rows in the end", rows(folder / "regrade.db") == story.rows[story.graded])
    checks.check(f"{label}: the outputs are the same in the end", files(place / "out") == files(story.graded / "out"))
    clear(place)


def full_commit(checks, story, place):
    """The room that a grade needs in the ledger, page by page: wherever it ends, outputs and ledger go together."""
    ledger = place / "regrade.db"
    shutil.copy(story.imported / "regrade.db", ledger)
    folder = story.fresh(checks, story.imported)
    low, high = 0, 8 * MEGABYTE
    tried = []
    # The room with which it just succeeds; what is just too little is where the last page does not fit.
    while high - low > 4096:
        leave = (low + high) // 2 // 4096 * 4096
        if leave in (low, high):
            break
        shutil.rmtree(folder / "out")
        shutil.copytree(story.imported / "out", folder / "out")
        for part in place.glob("regrade.db*"):
            part.unlink()
        shutil.copy(story.imported / "regrade.db", ledger)
        filler = fill(place, leave)
        called = call(folder, *GRADE, "--ledger", ledger)
        filler.unlink()
        found, out = rows(ledger), files(folder / "out")
        is_done = found == story.rows[story.graded]
        label = f"grade with {leave >> 10} kB left for the ledger"
        checks.check(f"{label}: a run or none ({called.code})", is_done == (called.code == 0), called.said)
        checks.check(f"{label}: outputs and ledger go together", out == files((story.graded if is_done else story.imported) / "out"),
                     called.said)
        tried.append((leave >> 10, called.code))
        low, high = (low, leave) if called.code == 0 else (leave, high)
    checks.check("there is a room that is just too small and one that is just enough", {code for _, code in tried} == {0, 4}, tried)
    clear(place)


def full_from_the_start(checks, story, place):
    """No ledger yet, and no room for one."""
    for language, locale in LANGUAGES.items():
        folder = story.fresh(checks)
        ledger = place / "regrade.db"
        filler = fill(place, 0)
        command = ["import", "-q", "--as-of", JANUARY, "in/2024-01/客户.csv", "in/2024-01/订单.csv", "--ledger", ledger]
        called = call(folder, *command, **locale)
        is_full(checks, f"no room for a new ledger, {language}", called)
        filler.unlink()
        called = call(folder, *command)
        checks.equal(f"a new ledger when there is room, {language}: exit code ({called.said.strip()})", called.code, 0)
        checks.equal(f"a new ledger when there is room, {language}: it is whole", ledgers.faults(ledger), [])
        clear(place)


def full_temporary(checks, story, place):
    """No room where temporary files go: it is not needed, because regrade writes beside its outputs."""
    folder = story.fresh(checks)
    filler = fill(place, 0)
    changes = {"TMPDIR": str(place), "SQLITE_TMPDIR": str(place)}
    for command in [IMPORT, GRADE, ["diff", "-q", "@previous", "@latest", "-o", "out/moves.xlsx"]]:
        called = call(folder, *command, **changes)
        checks.equal(f"`{command[0]}` without room for temporary files: exit code ({called.said.strip()})", called.code, 0)
    filler.unlink()
    checks.check("without room for temporary files: the same rows", rows(folder / "regrade.db") == story.rows[story.graded])
    clear(place)


def clear(place):
    for path in place.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


# ------------------------------------------------------------------------------------------------- who may write


def permissions(checks, story):
    """As a user without rights, because root may write everywhere."""
    checks.folder.chmod(0o755)
    binary = checks.folder / "regrade"
    shutil.copy(REGRADE, binary)
    user = "nobody" if os.geteuid() == 0 else None

    def case(label, prepare, *command):
        for language, locale in LANGUAGES.items():
            folder = story.fresh(checks, story.imported)
            # What is somebody's own can be written to, whatever its folder says.
            for path in [folder, *folder.rglob("*")]:
                if user:
                    shutil.chown(path, user)
                path.chmod(0o755 if path.is_dir() else 0o644)
            before = files(folder)
            prepare(folder)
            called = call(folder, *command, binary=binary, user=user, **locale)
            for path in [folder, *folder.rglob("*")]:
                path.chmod(0o755 if path.is_dir() else 0o644)
            name = f"{label}, {language}"
            is_plain(checks, name, called)
            checks.check(f"{name}: in its language", is_in(language, called), called.said)
            # SQLite's own files beside a ledger that could be opened say nothing.
            after = {path: content for path, content in files(folder).items() if not path.endswith(("-wal", "-shm"))}
            checks.equal(f"{name}: nothing has changed", after, before)
            again = call(folder, *GRADE, binary=binary, user=user)
            checks.equal(f"{name}, then mended: exit code ({again.said.strip()})", again.code, 0)
            checks.check(f"{name}, then mended: the same rows", rows(folder / "regrade.db") == story.rows[story.graded])

    def mode(path, bits):
        return lambda folder: (folder / path).chmod(bits)

    case("outputs in a folder that must not be written", mode("out", 0o555), *GRADE)
    case("a ledger that must not be written", mode("regrade.db", 0o444), *GRADE)
    case("a ledger that must not be read", mode("regrade.db", 0o000), *GRADE)
    case("a ledger in a folder that must not be written", mode("", 0o555), *GRADE)
    case("a backup into a folder that must not be written", mode("out", 0o555), "backup", "out")
    fresh = ["import", "-q", "--as-of", FEBRUARY, "--ledger", "out/new.db", "in/2024-02/客户.csv", "in/2024-02/订单.csv"]
    case("a new ledger in a folder that must not be written", mode("out", 0o555), *fresh)
    case("a new ledger in a folder that is not there", lambda folder: None, *fresh[:5], "none/new.db", *fresh[6:])


# ------------------------------------------------------------------------------------------ ledgers that are none


def page_size(ledger):
    """How many bytes a page of a ledger has, as its header says."""
    return int.from_bytes(ledger[16:18], "big")


def no_ledgers(checks, story):
    real = (story.imported / "regrade.db").read_bytes()
    size = page_size(real)

    def newer(path):
        path.write_bytes(real)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 99")

    def other(path):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE notes (text)")

    cases = {
        "a folder": lambda path: path.mkdir(),
        "text": lambda path: path.write_text("客户编号,金额\n" * 100, encoding="utf-8"),
        "bytes": lambda path: path.write_bytes(bytes((number * 7919) % 251 for number in range(20000))),
        "a few bytes": lambda path: path.write_bytes(b"SQLite"),
        "half a ledger": lambda path: path.write_bytes(real[: len(real) // 2 // size * size]),
        "a ledger without its last page": lambda path: path.write_bytes(real[:-size]),
        "a ledger cut in a page": lambda path: path.write_bytes(real[: -2 * size - 1000]),
        "a ledger's first page": lambda path: path.write_bytes(real[:size]),
        "a ledger's header": lambda path: path.write_bytes(real[:700]),
        "of a newer version": newer,
        "the database of another program": other,
        "a ledger with a broken header": lambda path: path.write_bytes(b"SQLite format 4\0" + real[16:]),
    }
    for name, make in cases.items():
        for language, locale in LANGUAGES.items():
            folder = story.fresh(checks, story.imported)
            ledger = folder / "regrade.db"
            ledger.unlink()
            make(ledger)
            before = files(folder)
            for command in [IMPORT, GRADE, ["runs", "list"], ["diff", "@previous", "@latest"], ["backup", "copy.db"],
                            ["review", "set", "K000001", "--grade", "高级", "--reason", "x"], ["explain", "K000001"]]:
                label = f"{name} as ledger, {command[0]}, {language}"
                called = call(folder, *command, **locale)
                is_plain(checks, label, called, words=["regrade.db"])
                checks.check(f"{label}: in its language", is_in(language, called), called.said)
                after = {path: content for path, content in files(folder).items() if not path.endswith(("-wal", "-shm"))}
                checks.check(f"{label}: nothing has changed", after == before, f"{sorted(after)}\n{sorted(before)}")
            if ledger.is_dir():
                ledger.rmdir()
            ledger.write_bytes(real)
            for ending in ["-wal", "-shm"]:
                Path(f"{ledger}{ending}").unlink(missing_ok=True)
            same_end(checks, story, f"{name} as ledger, then the real one, {language}", folder, ledger)


def broken_page(checks, story):
    """A page of zeros in a ledger shows when it is read; whoever meets it says so."""
    real = (story.imported / "regrade.db").read_bytes()
    with ledgers.reading(story.imported / "regrade.db") as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'import'").fetchone()
    size = page_size(real)
    for language, locale in LANGUAGES.items():
        folder = story.fresh(checks, story.imported)
        ledger = folder / "regrade.db"
        ledger.write_bytes(real[: (page - 1) * size] + bytes(size) + real[page * size :])
        before = files(folder)
        for command in [IMPORT, GRADE]:
            label = f"a ledger with a broken page, {command[0]}, {language}"
            called = call(folder, *command, **locale)
            is_plain(checks, label, called, words=["regrade.db"])
            checks.check(f"{label}: in its language", is_in(language, called), called.said)
            checks.check(f"{label}: it says damaged", "damaged" in called.said or "损坏" in called.said, called.said)
            checks.check(f"{label}: nothing has changed", files(folder) == before)


# ---------------------------------------------------------------------------------------------------- two at once


def start(folder, *arguments, **changes):
    return subprocess.Popen([REGRADE, *map(str, arguments)], cwd=folder, env=environment(**changes),
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@contextmanager
def writing(ledger):
    """Somebody else is writing."""
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO audit (made_at, made_by, action, subject) VALUES ('x', 'x', 'import', 'x')")
        yield
        connection.execute("ROLLBACK")


def in_use(checks, story):
    """A command that writes waits for another, for so long; those that read do not."""
    folder = story.fresh(checks, story.graded)
    ledger = folder / "regrade.db"
    review = ["review", "set", "K000001", "--grade", "高级", "--reason", "x", "--as-of", FEBRUARY]
    with writing(ledger):
        # Nothing here may open the ledger's file: closing it would give up the lock of this very process.
        before = files(folder / "out")
        for language, locale in LANGUAGES.items():
            for command in [IMPORT, GRADE, review]:
                label = f"`{command[0]}` while another writes, {language}"
                called = call(folder, *command, "--lock-wait", 0, **locale)
                is_plain(checks, label, called, code=75, words=["--lock-wait"])
                checks.check(f"{label}: in its language", is_in(language, called), called.said)
        began = time.monotonic()
        called = call(folder, *IMPORT, "--lock-wait", 2)
        checks.equal("a command that waits 2 s: exit code", called.code, 75)
        checks.check("a command that waits 2 s has waited", time.monotonic() - began >= 1.9, time.monotonic() - began)
        checks.equal("while another writes: outputs are as they were", files(folder / "out"), before)
        # They would wait for an hour, and the time is up long before: so whoever ends has not waited.
        for command in [["runs", "list"], ["runs", "show", "@latest"], ["runs", "history", "K000001"],
                        ["runs", "export", "-o", "export.csv"], ["diff", "@previous", "@latest", "-o", "moves.csv"],
                        ["explain", "K000001"], ["review", "list"], ["backup", "copy.db"],
                        ["simulate", "--set", "grades.高级.when='latest(月消费额) >= 600'"]]:
            label = f"`{' '.join(command[:2])}` while another writes"
            called = call(folder, *command, "--lock-wait", 3600, "--as-of", FEBRUARY, timeout=100)
            checks.equal(f"{label}: exit code ({called.said.strip()[:400]})", called.code, 0)
    waiting = []
    with writing(ledger):
        waiting.append(start(folder, *GRADE[:-4], "-o", "out/waited.csv", "--lock-wait", 300))
        time.sleep(1)
        checks.equal("a command that may wait does", waiting[0].poll(), None)
    _, said = waiting[0].communicate(timeout=300)
    checks.equal(f"a command that waited: exit code ({said.decode()})", waiting[0].returncode, 0)
    checks.check("a command that waited has written", (folder / "out" / "waited.csv").exists())


def at_once(checks, story):
    """The same grade at once is one run; two imports at once both land; two that make the ledger do too."""
    for number in range(3):
        folder = story.fresh(checks, story.imported)
        ledger = folder / "regrade.db"
        processes = [start(folder, *GRADE, "--lock-wait", 300) for _ in range(2)]
        for process in processes:
            _, said = process.communicate(timeout=300)
            checks.equal(f"the same grade twice at once: exit code ({said.decode()})", process.returncode, 0)
        checks.check("the same grade twice at once is one run", rows(ledger) == story.rows[story.graded])
        checks.check("the same grade twice at once: the outputs", files(folder / "out") == files(story.graded / "out"))

        folder = story.fresh(checks)
        ledger = folder / "regrade.db"
        parts = [["import", "-q", "--as-of", FEBRUARY, f"in/2024-02/{name}.csv", "--lock-wait", 300] for name in ["客户", "订单"]]
        processes = [start(folder, *part) for part in parts]
        for process in processes:
            _, said = process.communicate(timeout=300)
            checks.equal(f"two imports at once: exit code ({said.decode()})", process.returncode, 0)
        checks.equal("two imports at once: the ledger is whole", ledgers.faults(ledger), [])
        with ledgers.reading(ledger) as connection:
            found = connection.execute("SELECT file FROM import WHERE as_of = ? ORDER BY file", [FEBRUARY]).fetchall()
        checks.equal("two imports at once: both are there", [Path(name).name for (name,) in found], ["客户.csv", "订单.csv"])
        called = call(folder, *GRADE)
        # The workbook lists the files in the order in which they came.
        name = "评级.csv"
        checks.check("two imports at once, then graded: the grades", called.code == 0
                     and files(folder / "out")[name] == files(story.graded / "out")[name], called.said)

        folder = story.fresh(checks)
        ledger = folder / "new.db"
        parts = [["import", "-q", "--as-of", JANUARY, f"in/2024-01/{name}.csv", "--lock-wait", 300, "--ledger", ledger]
                 for name in ["客户", "订单"]]
        for process in [start(folder, *part) for part in parts * 2]:
            _, said = process.communicate(timeout=300)
            checks.equal(f"four make a ledger at once: exit code ({said.decode()})", process.returncode, 0)
        checks.equal("four make a ledger at once: it is whole", ledgers.faults(ledger), [])
        found = rows(ledger)
        checks.equal("four make a ledger at once: two imports", len(found["import"]), 2)


def main():
    checks = Checks()
    story = Story(checks)
    parts = {"full": full_disks, "permissions": permissions, "ledgers": no_ledgers, "page": broken_page, "in_use": in_use, "at_once": at_once}
    for name in sys.argv[1:] or parts:
        began = time.monotonic()
        parts[name](checks, story)
        print(f"{name}: {time.monotonic() - began:.0f} s")
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
