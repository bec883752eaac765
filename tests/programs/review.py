"""Reviewers fill the graded workbook, other programs save it again, and regrade reads the corrections back.

The workbook goes through openpyxl, LibreOffice (as xlsx, ods and CSV) and SheetJS (as xlsx and CSV), which all drop
the custom properties by which regrade would know it. However it comes back, the same corrections are read, and
reading it again changes nothing.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
from checks import ROOT, Checks, office, regrade

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
MODULES = TARGET / "programs" / "node" / "node_modules"
# Tokens of LibreOffice's text export filter: comma, double quote, UTF-8, cells as shown, the second sheet.
TEXT_EXPORT = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"

SCHEME = """
[scheme]
name = "review"
language = "{language}"
[sheets.customers]
key = "{key}"
name = "{name}"
fields = [
  {{ name = "{name}", type = "text" }},
  {{ name = "{amount}", type = "number" }},
]
[[grades]]
name = "A"
when = "{amount} >= 100"
[[grades]]
name = "B"
when = "{amount} >= 50"
[[grades]]
name = "C"
[[types]]
name = "{strategic}"
when = "grade = 'A'"
[[types]]
name = "{other}"
[[review]]
name = "{rule}"
when = "{amount} >= 1000"
due_days = 3
"""

WORDS = {
    "zh": {
        "language": "zh", "key": "客户编号", "name": "客户名称", "amount": "年采购额", "strategic": "战略型",
        "other": "优化型", "rule": "采购额很高", "grade": "复核等级", "type": "复核类型", "comment": "复核意见",
        "by": "复核人", "sheet": "评级明细", "reason": "=重点客户，-破例", "people": ("张三", "李四"),
    },
    "en": {
        "language": "en", "key": "id", "name": "customer", "amount": "amount", "strategic": "strategic",
        "other": "other", "rule": "very large", "grade": "Review grade", "type": "Review type",
        "comment": "Review comment", "by": "Reviewer", "sheet": "Graded", "reason": "=key account, -an exception",
        "people": ("Ann", "Bob"),
    },
}

# Ids with zeros in front, long ids, and one that a spreadsheet takes for a number.
CUSTOMERS = [
    ("00123", "华星", 120), ("00124", "明达", 60), ("440301199001011234", "东方", 10), ("7", "大河", 55),
    ("C-5", "新远", 5), ("C-6", "立信", 2000), ("C-7", "安和", 70),
]


class Case:
    """A ledger with one run, and its graded workbook."""

    def __init__(self, checks, language):
        self.checks = checks
        self.words = WORDS[language]
        self.folder = checks.folder / language
        self.folder.mkdir()
        (self.folder / "rules.toml").write_text(SCHEME.format(**self.words), encoding="utf-8")
        with open(self.folder / "customers.csv", "w", encoding="utf-8", newline="") as out:
            sheet = csv.writer(out)
            sheet.writerow([self.words["key"], self.words["name"], self.words["amount"]])
            sheet.writerows(CUSTOMERS)
        self.run("import", "customers.csv")
        self.run("grade", "-o", "graded.xlsx")
        self.fresh = self.folder / "fresh.db"
        shutil.copy(self.folder / "regrade.db", self.fresh)

    def run(self, *arguments, code=0):
        done = regrade(*arguments, "--as-of", "2024-03-31", cwd=self.folder)
        label = f"{self.words['language']}: regrade {' '.join(map(str, arguments))}"
        self.checks.equal(f"{label}\n{done.stderr.decode()}", done.returncode, code)
        return done

    def again(self):
        """The ledger as it was after the run."""
        for name in ["regrade.db-wal", "regrade.db-shm"]:
            (self.folder / name).unlink(missing_ok=True)
        shutil.copy(self.fresh, self.folder / "regrade.db")

    def listed(self):
        """What `review list` says, without numbers and dates: they are the same for all ways."""
        lines = self.run("review", "list", "--format", "jsonl").stdout.splitlines()
        keys = ["item", "customer", "subject", "level", "kind", "person", "reason"]
        return [tuple(line[key] for key in keys) for line in map(json.loads, lines)]

    def fill(self, name, rows):
        """A copy of the workbook in which somebody filled rows: {id: {heading: text}}."""
        path = self.folder / name
        book = openpyxl.load_workbook(self.folder / "graded.xlsx")
        sheet = book[self.words["sheet"]]
        headings = {cell.value: cell.column for cell in sheet[1]}
        for row in range(2, sheet.max_row + 1):
            for heading, text in rows.get(sheet.cell(row, headings[self.words["key"]]).value, {}).items():
                sheet.cell(row, headings[self.words[heading]]).value = text
                # What begins with = is a text here.
                sheet.cell(row, headings[self.words[heading]]).data_type = "s"
        book.save(path)
        return path


def sheetjs(source, target, sheet=None):
    """Saves a workbook again with SheetJS; as CSV only one sheet."""
    script = """
        const XLSX = require(process.argv[1]);
        const book = XLSX.readFile(process.argv[2]);
        if (process.argv[4]) {
            require('fs').writeFileSync(process.argv[3], XLSX.utils.sheet_to_csv(book.Sheets[process.argv[4]]));
        } else {
            XLSX.writeFile(book, process.argv[3]);
        }
    """
    command = ["node", "-e", script, str(MODULES / "xlsx"), str(source), str(target)]
    done = subprocess.run(command + ([sheet] if sheet else []), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"SheetJS made nothing of {source}: {done.stderr}")
    return target


def saved_again(case, source):
    """The ways a filled workbook comes back: label and file."""
    stem = source.stem
    yield "openpyxl", source
    for ending, form in [("xlsx", "xlsx"), ("ods", "ods"), ("xls", "xls"), ("csv", TEXT_EXPORT)]:
        [again] = office(case.folder / f"{stem}-{ending}", source, form)
        yield f"LibreOffice, {ending}", again
    yield "SheetJS, xlsx", sheetjs(source, case.folder / f"{stem}-sheetjs.xlsx")
    yield "SheetJS, csv", sheetjs(source, case.folder / f"{stem}-sheetjs.csv", case.words["sheet"])
    [again] = office(case.folder / f"{stem}-both", case.folder / f"{stem}-sheetjs.xlsx", "xlsx")
    yield "SheetJS, then LibreOffice", again


def one_reviewer(case):
    """Corrections read back, whoever saved the workbook; a second reading and a second run change nothing."""
    checks, words = case.checks, case.words
    ann, _ = words["people"]
    signed = {"comment": words["reason"], "by": ann}
    filled = case.fill("filled.xlsx", {
        "00124": {"grade": "A", **signed},
        "440301199001011234": {"grade": "B", "type": words["strategic"], **signed},
        "7": {"grade": "C", **signed},
        # Wrong: nobody, no reason, no such grade.
        "00123": {"grade": "B", "comment": words["reason"]},
        "C-5": {"grade": "B", "by": ann},
        "C-7": {"grade": "AAA", **signed},
    })
    reason = words["reason"]
    expected = sorted([
        ("override", "00124", "grade", "A", "floor", ann, reason),
        ("override", "440301199001011234", "grade", "B", "floor", ann, reason),
        ("override", "440301199001011234", "type", words["strategic"], "lock", ann, reason),
        ("override", "7", "grade", "C", "lock", ann, reason),
    ])
    for label, path in saved_again(case, filled):
        label = f"{words['language']}, {label}"
        case.again()
        told = case.run("review", path, code=1).stderr.decode()
        for code in ["unsigned-correction", "unknown-label"]:
            checks.check(f"{label}: {code} is told", code in told, told)
        got = case.listed()
        checks.equal(f"{label}: the corrections", sorted(line for line in got if line[0] == "override"), expected)
        case.run("review", path, code=1)
        checks.equal(f"{label}: read again, nothing changes", case.listed(), got)
        graded = case.run("grade", "--format", "jsonl").stdout.splitlines()
        grades = {line["id"]: (line["grade"], line["decision"]) for line in map(json.loads, graded)}
        checks.equal(f"{label}: the next run shows them", [grades[key] for key in ["00124", "440301199001011234", "7"]],
                     [("A", "overridden"), ("B", "overridden"), ("C", "overridden")])
        checks.equal(f"{label}: and only them", grades["C-7"][0], "B")
        case.run("review", path, code=1)
        checks.equal(f"{label}: read again after it, nothing changes", case.listed(), got)


def two_reviewers(case):
    """Who disagrees is told with both names and nothing counts, in one call and one after the other."""
    checks, words = case.checks, case.words
    ann, bob = words["people"]
    one = case.fill("one.xlsx", {
        "00124": {"grade": "A", "comment": "1", "by": ann},
        "7": {"grade": "A", "comment": "2", "by": ann},
    })
    other = case.fill("other.xlsx", {
        "00124": {"grade": "C", "comment": "3", "by": bob},
        "7": {"grade": "A", "comment": "4", "by": bob},
    })
    [other] = office(case.folder / "other-again", other, "xlsx")
    for calls in [[[one, other]], [[one], [other]], [[other], [one]]]:
        label = f"{words['language']}, {[[path.name for path in call] for call in calls]}"
        case.again()
        for number, call in enumerate(calls):
            last = number + 1 == len(calls)
            told = case.run("review", *call, code=1 if last else 0).stderr.decode()
        checks.check(f"{label}: both names are told", ann in told and bob in told, told)
        live = [line[1:5] for line in case.listed() if line[0] == "override"]
        checks.equal(f"{label}: only what both say counts", live, [("7", "grade", "A", "floor")])
        disputed = {line[5] for line in case.listed() if line[0] == "disputed"}
        checks.equal(f"{label}: both are listed", disputed, {ann, bob})


def queue(case):
    """The review queue waits until somebody confirms or corrects."""
    checks, words = case.checks, case.words
    case.again()
    waiting = [line[1] for line in case.listed() if line[0] == "review"]
    checks.equal("the queue", waiting, ["C-6"])
    ann, _ = words["people"]
    agreed = case.fill("agreed.xlsx", {"C-6": {"grade": "A", "comment": "ok", "by": ann}})
    told = case.run("review", agreed).stderr.decode()
    checks.check("it is told that it changes nothing", "changes-nothing" in told, told)
    checks.equal("who says the same confirms", [line for line in case.listed() if line[0] != "override"], [])


def main():
    checks = Checks()
    for language in WORDS:
        case = Case(checks, language)
        one_reviewer(case)
        two_reviewers(case)
        queue(case)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
