"""What regrade wrote is next month's input, also after Excel's relatives have saved it again.

The graded workbook and the graded CSV go through LibreOffice and openpyxl and are graded again: the result columns
are replaced and not doubled, the grades are the same, the previous grade is last month's, nobody moves.
"""

import csv
import io
import json
import sys

import openpyxl
from checks import EXAMPLES, Checks, office, regrade

# Example, as-of of the first run, of the second.
SCHEMES = [("b2b-weighted", "2024-03-31", "2024-03-31"), ("hotel-guests", "2024-03-31", "2024-04-30")]
# Tokens of LibreOffice's text export filter: comma, double quote, UTF-8, cells as shown, the second sheet.
TEXT_EXPORT = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
TEXT_IMPORT = "Text - txt - csv (StarCalc):44,34,76,1,{columns},1033,false,true"


def records(checks, label, done):
    """The JSON lines of a run, by id."""
    checks.equal(f"{label}: exit code ({done.stderr.decode()})", done.returncode, 0)
    return {record["id"]: record for record in map(json.loads, done.stdout.splitlines())}


def header(done):
    return next(csv.reader(io.StringIO(done.stdout.decode())), [])


def saved_again(folder, name, workbook, sheet):
    """The ways a result comes back: label and file."""
    yield "the workbook as regrade wrote it", workbook
    yield "the CSV as regrade wrote it", sheet
    [again] = office(folder / f"{name}-xlsx", workbook, "xlsx")
    yield "the workbook saved by LibreOffice as xlsx", again
    [again] = office(folder / f"{name}-ods", workbook, "ods")
    yield "the workbook saved by LibreOffice as ods", again
    [again] = office(folder / f"{name}-xls", workbook, "xls")
    yield "the workbook saved by LibreOffice as xls", again
    [again] = office(folder / f"{name}-csv", workbook, TEXT_EXPORT)
    yield "its sheet saved by LibreOffice as CSV", again
    again = folder / f"{name}-openpyxl.xlsx"
    openpyxl.load_workbook(workbook).save(again)
    yield "the workbook saved by openpyxl", again
    with open(sheet, encoding="utf-8-sig", newline="") as rows:
        columns = len(next(csv.reader(rows)))
    # The first column is the key, the others are what LibreOffice takes them for.
    formats = "/".join(["1/2", *(f"{number}/1" for number in range(2, columns + 1))])
    [again] = office(folder / f"{name}-csv-csv", sheet, "csv:Text - txt - csv (StarCalc):44,34,76",
                     TEXT_IMPORT.format(columns=formats))
    yield "the CSV saved by LibreOffice as CSV", again


def round_trip(checks, name, first_date, second_date):
    folder = checks.folder
    rules = EXAMPLES / name / "rules.toml"
    scheme = ["-r", rules]
    if name == "hotel-guests":
        # Two generations: the workbook that goes round has previous grades already, and people who moved.
        january = folder / "january.csv"
        source = (EXAMPLES / name / "customers.csv").read_text(encoding="utf-8")
        done = regrade("grade", EXAMPLES / name / "customers.csv", *scheme, "--as-of", "2024-02-29", "-o", january)
        checks.equal(f"{name}: the run before: exit code", done.returncode, 0)
        rows = list(csv.reader(io.StringIO(january.read_text(encoding="utf-8-sig"))))
        nights = rows[0].index("累计入住天数")
        for number, row in enumerate(rows[1:]):
            if number % 3 == 0:
                row[nights] = str(int(row[nights]) + 15)
        original = folder / "february.csv"
        with open(original, "w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows)
        checks.check(f"{name}: the sheet has a row for each customer", len(rows) == source.count("\n"))
    else:
        original = EXAMPLES / name / "customers.csv"
    workbook, sheet = folder / f"{name}.xlsx", folder / f"{name}.csv"
    first = regrade("grade", original, *scheme, "--as-of", first_date, "-o", workbook, "-o", sheet)
    checks.equal(f"{name}: the first run: exit code", first.returncode, 0)
    before = records(checks, name, regrade("grade", original, *scheme, "--as-of", first_date, "--format", "jsonl"))
    decisions = {record["decision"] for record in before.values()}
    wanted = {"initial"} if name == "b2b-weighted" else {"promoted", "held"}
    checks.equal(f"{name}: decisions of the first run", decisions, wanted)
    columns = header(regrade("grade", original, *scheme, "--as-of", first_date, "--format", "csv"))
    for label, path in saved_again(folder, name, workbook, sheet):
        label = f"{name}, {label}"
        again = [path, *scheme, "--as-of", second_date]
        done = regrade("grade", *again, "--format", "jsonl")
        if path.suffix != ".csv":
            # The workbook's other sheets are no customers, whether the table is named or found.
            again[0] = f"{path}[评级明细]"
            whole, done = done, regrade("grade", *again, "--format", "jsonl")
            checks.equal(f"{label}: the table is found without its name\n{whole.stderr.decode()}",
                         (whole.returncode, whole.stdout), (done.returncode, done.stdout))
        after = records(checks, label, done)
        if done.returncode != 0:
            continue
        checks.equal(f"{label}: the same customers in the same order", list(after), list(before))
        for key in ["name", "grade", "type", "score", "labels", "points", "parts", "tags", "values"]:
            checks.equal(f"{label}: the same {key}", [one[key] for one in after.values()],
                         [one[key] for one in before.values()])
        checks.equal(f"{label}: the previous grade is last month's", [one["previous"] for one in after.values()],
                     [one["grade"] for one in before.values()])
        checks.equal(f"{label}: everybody is held", {one["decision"] for one in after.values()}, {"held"})
        checks.equal(f"{label}: the grade is as old as it was", [one["since"] for one in after.values()],
                     [one["since"] for one in before.values()])
        again_columns = header(regrade("grade", *again, "--format", "csv"))
        checks.equal(f"{label}: no column is doubled", len(set(again_columns)), len(again_columns))
        extra = {"复核等级", "复核类型", "复核意见", "复核人", "备注"}
        checks.equal(f"{label}: the same columns", sorted(set(again_columns) - extra), sorted(columns))
        checks.check(f"{label}: no column has a suffix", not [one for one in again_columns if one.endswith("2")])


def main():
    checks = Checks()
    for name, first_date, second_date in SCHEMES:
        round_trip(checks, name, first_date, second_date)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
