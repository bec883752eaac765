"""Import and grade can be repeated: the outputs have the same bytes, and the ledger the same rows, the audit left aside.

The months of a small business and the year of examples/b2b-year, each step done once in one folder and three times in
another; and once more from the beginning in the end, with all files at once, as `in/*` of a cron line has them.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import ledgers
from checks import EXAMPLES, REGRADE, Checks, environment

FORMATS = ["xlsx", "csv", "jsonl", "json", "md", "tsv"]
B2B_YEAR = EXAMPLES / "b2b-year"


def do(checks, folder, label, *arguments):
    done = subprocess.run([REGRADE, *map(str, arguments)], cwd=folder, env=environment(), stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=300, check=False)
    checks.equal(f"{label}: exit code ({done.stderr.decode()})", done.returncode, 0)
    return done


def outputs(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((folder / "out").iterdir())}


def months(checks, name, source, days, rules):
    """Every step once in one folder, three times in the other."""
    once, often = (Path(shutil.copytree(source, checks.folder / f"{name}-{which}")) for which in ("once", "often"))
    for folder in (once, often):
        (folder / "out").mkdir(exist_ok=True)
    for day in days:
        month = day[:7]
        files = sorted(str(path.relative_to(source)) for path in (source / "in" / month).iterdir())
        steps = [
            ["import", "-q", "--as-of", day, "-r", rules(month), *files],
            ["grade", "-q", "--as-of", day, "-r", rules(month),
             *(word for form in FORMATS for word in ("-o", f"out/{month}.{form}"))],
        ]
        for step in steps:
            label = f"{name}, {month}, {step[0]}"
            do(checks, once, label, *step)
            do(checks, often, label, *step)
            ledger, found = ledgers.content(often / "regrade.db", moments=True), outputs(often)
            for number in (2, 3):
                done = do(checks, often, f"{label}, time {number}", *step)
                checks.check(f"{label}, time {number}: nothing on standard output", not done.stdout)
                checks.check(f"{label}, time {number}: the ledger is the same, to the moment",
                             ledgers.content(often / "regrade.db", moments=True) == ledger)
                checks.equal(f"{label}, time {number}: the outputs are the same", outputs(often), found)
        checks.equal(f"{name}, {month}: done once or often, the outputs are the same", outputs(often), outputs(once))
    checks.check(f"{name}: done once or often, the ledger has the same rows",
                 ledgers.content(often / "regrade.db") == ledgers.content(once / "regrade.db"))
    checks.equal(f"{name}: the ledger is whole", ledgers.faults(often / "regrade.db"), [])
    return often


def all_files_again(checks, name, folder, day, rules):
    """The files of all months as of the last one: what the ledger has is known, and nothing comes of it."""
    files = [str(path.relative_to(folder)) for path in sorted((folder / "in").rglob("*")) if path.is_file()]
    before, found = ledgers.content(folder / "regrade.db", moments=True), outputs(folder)
    do(checks, folder, f"{name}, all files again", "import", "-q", "--as-of", day, "-r", rules, *files)
    after = ledgers.content(folder / "regrade.db", moments=True)
    checks.check(f"{name}, all files again: the ledger is the same", after == before,
                 f"{ledgers.size(before)}\n{ledgers.size(after)}")
    do(checks, folder, f"{name}, graded once more", "grade", "-q", "--as-of", day, "-r", rules,
       *(word for form in FORMATS for word in ("-o", f"out/{day[:7]}.{form}")))
    checks.equal(f"{name}, graded once more: the outputs are the same", outputs(folder), found)


def main():
    checks = Checks()
    made = ledgers.sheets(checks.folder / "made", 1000)
    often = months(checks, "months", made, ledgers.MONTHS, lambda month: "rules.toml")
    all_files_again(checks, "months", often, ledgers.MONTHS[-1], "rules.toml")

    days = ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31", "2024-06-30",
            "2024-07-31", "2024-08-31", "2024-09-30", "2024-10-31", "2024-11-30", "2024-12-31"]
    months(checks, "b2b-year", B2B_YEAR, days, lambda month: "rules.toml" if month < "2024-07" else "rules-2.toml")
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
