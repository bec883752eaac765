"""Rows that could not be used are mended in the workbook that `import` writes, and read back.

4 rows of 808 are bad. The workbook is mended with openpyxl, saved again by LibreOffice and SheetJS, and read back by
`review` and by `import`: however it comes back, the ledger is that of a clean import, table by table, but for the audit
and what is kept of the repairs. So it is for a text file and for a workbook, whose numbers and dates are no texts.
"""

import csv
import datetime
import json
import re
import shutil
import sqlite3
import sys
from contextlib import closing

import openpyxl
from checks import Checks, office, regrade
from review import sheetjs

SCHEME = """
[scheme]
name = "修正"
language = "zh"
[sheets.customers]
key = "客户编号"
name = "客户名称"
{allow}
fields = [
  {{ name = "客户名称", type = "text" }},
  {{ name = "年采购额", type = "money", unit = "元" }},
  {{ name = "折扣", type = "percent" }},
  {{ name = "签约日", type = "date" }},
  {{ name = "地区", type = "choice", choices = ["华东", "华北", "华南"] }},
  {{ name = "重点", type = "bool" }},
]
[[grades]]
name = "A"
when = "年采购额 >= 1000"
[[grades]]
name = "B"
"""

HEADERS = ["客户编号", "客户名称", "年采购额", "折扣", "签约日", "地区", "重点", "备注"]
COUNT = 808
# Index of the row, column, what is wrong in it: an amount, a date, a choice, a key that is not there.
WRONG = [(57, "年采购额", "一百二"), (101, "签约日", "2024-13-05"), (333, "地区", "华中"), (700, "客户编号", None)]
# What is kept of repairs, beside the audit; every other table has to be equal.
KEPT = {"audit", "repair", "former_content"}
DAY = "2024-03-31"
MENDED = "已修正.xlsx"


def customers():
    """The rows, with ids that begin with zeros and with texts that look like other things."""
    for index in range(COUNT):
        yield {
            "客户编号": f"{index + 1:05d}",
            "客户名称": ["客户,甲", "=客户", "0123", "客户\n乙"][index % 4] + str(index),
            # With few digits: LibreOffice keeps 15 of what a person types.
            "年采购额": round(index * 7.3 + 1234567.89, 2) if index % 5 else index * 3,
            "折扣": 0.125 + index % 7 / 100,
            "签约日": datetime.date(2023, index % 12 + 1, index % 28 + 1),
            "地区": ["华东", "华北", "华南"][index % 3],
            "重点": ["是", "否"][index % 2],
            "备注": None if index % 9 else "1-2",
        }


def spoilt():
    rows = list(customers())
    for index, column, wrong in WRONG:
        rows[index][column] = wrong
    return rows


def write_text(path, rows):
    """As an export has it: everything is text."""
    def text(column, value):
        if value is None:
            return ""
        return f"{value:.2%}" if column == "折扣" else str(value)
    with open(path, "w", encoding="utf-8", newline="") as out:
        sheet = csv.writer(out)
        sheet.writerow(HEADERS)
        sheet.writerows([text(column, row[column]) for column in HEADERS] for row in rows)


def write_workbook(path, rows):
    """As people have it: amounts, shares and dates are numbers."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "客户"
    sheet.append(HEADERS)
    for row in rows:
        sheet.append([row[column] for column in HEADERS])
        for column, form in [("折扣", "0.00%"), ("签约日", "yyyy-mm-dd")]:
            sheet.cell(sheet.max_row, HEADERS.index(column) + 1).number_format = form
        name = sheet.cell(sheet.max_row, 2)
        name.data_type = "s"
    book.save(path)


class Case:
    """A ledger with the bad file, and one with the clean one."""

    def __init__(self, checks, name, write, ending):
        self.checks, self.name = checks, name
        self.file = f"客户.{ending}"
        self.folders = {}
        for which, rows in [("bad", spoilt()), ("clean", list(customers()))]:
            folder = checks.folder / f"{name}-{which}"
            folder.mkdir()
            (folder / "rules.toml").write_text(SCHEME.format(allow=""), encoding="utf-8")
            write(folder / self.file, rows)
            self.folders[which] = folder
        self.bad = self.folders["bad"]
        self.run("import", self.file, where="clean")
        told = self.run("import", self.file, "-o", "待修正.xlsx").stderr.decode()
        checks.check(f"{name}: 4 rows wait", "待修正的行：4" in told or "rows waiting for repair: 4" in told, told)
        for folder in self.folders.values():
            shutil.copy(folder / "regrade.db", folder / "fresh.db")

    def run(self, *arguments, code=0, where="bad", **options):
        done = regrade(*arguments, "--as-of", DAY, cwd=self.folders[where], **options)
        label = f"{self.name}: regrade {' '.join(map(str, arguments))}"
        self.checks.equal(f"{label}\n{done.stderr.decode()}", done.returncode, code)
        return done

    def again(self):
        """Both ledgers as they were after the import."""
        for folder in self.folders.values():
            for name in ["regrade.db-wal", "regrade.db-shm"]:
                (folder / name).unlink(missing_ok=True)
            shutil.copy(folder / "fresh.db", folder / "regrade.db")

    def tables(self, which="bad"):
        """All rows of all tables, moments left aside."""
        found = {}
        with closing(sqlite3.connect(self.folders[which] / "regrade.db")) as ledger:
            names = [name for (name,) in ledger.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            for table in names:
                columns = [row[1] for row in ledger.execute(f'PRAGMA table_info("{table}")')]
                columns = ", ".join(name for name in columns if not name.endswith("_at"))
                found[table] = ledger.execute(f'SELECT {columns} FROM "{table}" ORDER BY 1, 2').fetchall()
        return found

    def is_as(self, label, before):
        """The ledger is as it was, the audit with it."""
        now = self.tables()
        for table in sorted(before):
            self.checks.equal(f"{label}: table {table}", now[table], before[table])

    def is_clean(self, label):
        """The ledger is that of a clean import, but for the audit."""
        mended, clean = self.tables(), self.tables("clean")
        self.checks.equal(f"{label}: the same tables", sorted(mended), sorted(clean))
        for table in sorted(set(clean) - KEPT):
            self.checks.equal(f"{label}: table {table}", mended[table], clean[table])
        self.checks.equal(f"{label}: 4 repairs are kept", len(mended["repair"]), 4)

    def places(self):
        """The rows that wait by their numbers in the file, as `review list` has them."""
        listed = self.run("review", "list", "--kind", "repair", "--format", "jsonl").stdout.splitlines()
        places = [json.loads(line)["place"] for line in listed]
        return [re.findall(r"[0-9]+", place)[-1] for place in places]

    def mend(self, name, rows=None, by="张三", source="待修正.xlsx"):
        """A copy of the workbook in which somebody put right what was wrong: {index: {heading: value}}."""
        right = list(customers())
        if rows is None:
            rows = {index: {column: right[index][column]} for index, column, _ in WRONG}
        book = openpyxl.load_workbook(self.bad / source)
        sheet = book["客户"]
        headings = {cell.value: cell.column for cell in sheet[1]}
        # By their names: a name of two lines moves the numbers of the lines below it.
        places = {right[index]["客户名称"]: row for index, row in rows.items()}
        for row in range(2, sheet.max_row + 1):
            customer = sheet.cell(row, headings["客户名称"])
            # What begins with = is a text here.
            customer.data_type = "s"
            for heading, value in places.get(customer.value, {}).items():
                sheet.cell(row, headings[heading]).value = value
            if customer.value in places and by:
                sheet.cell(row, headings["修正人"]).value = by
        book.save(self.bad / name)
        return name


def layout(case):
    """The workbook has the rows in their layout, the bad cells marked and noted, and drop-downs where there are choices."""
    checks, name = case.checks, case.name
    book = openpyxl.load_workbook(case.bad / "待修正.xlsx")
    sheet = book["客户"]
    headings = [cell.value for cell in sheet[1]]
    checks.equal(f"{name}: the original columns in their order", headings[:len(HEADERS)], HEADERS)
    marked = set()
    plain = sheet.cell(2, 2).fill.fgColor.rgb
    for row in sheet.iter_rows(min_row=2, max_col=len(HEADERS)):
        for cell in row:
            if cell.comment:
                marked.add(cell.coordinate)
                checks.check(f"{name}: {cell.coordinate} is coloured", cell.fill.fgColor.rgb != plain)
            else:
                checks.equal(f"{name}: {cell.coordinate} is not", cell.fill.fgColor.rgb, plain)
    wanted = {f"{'ABCDEFGH'[HEADERS.index(column)]}{row}" for row, (_, column, _) in enumerate(WRONG, 2)}
    checks.equal(f"{name}: the bad cells have notes", marked, wanted)
    checks.check(f"{name}: the note says why", "2024-13-05" in sheet["E3"].comment.text, sheet["E3"].comment.text)
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    checks.equal(f"{name}: drop-downs of the choices", [lists.get(at) for at in ["F2:F5", "G2:G5"]],
                 ['"华东,华北,华南"', '"是,否"'])
    checks.equal(f"{name}: ids are texts", [sheet["A2"].value, sheet["A2"].data_type], ["00058", "s"])
    places = [sheet.cell(row, headings.index("原位置") + 1).value for row in range(2, 6)]
    lines = case.places()
    checks.equal(f"{name}: the rows of the file are named", [re.findall(r"[0-9]+", place)[-1] for place in places], lines)


def saved_again(case):
    """The ways a mended workbook comes back."""
    yield "SheetJS, csv", sheetjs(case.bad / MENDED, case.bad / "sheetjs.csv", "客户")
    yield "SheetJS, xlsx", sheetjs(case.bad / MENDED, case.bad / "sheetjs.xlsx")
    for ending in ["xlsx", "ods", "xls"]:
        [again] = office(case.bad / ending, case.bad / MENDED, ending)
        yield f"LibreOffice, {ending}", again
    yield "openpyxl", MENDED


def round_trip(case):
    """Mended and read back, the ledger is that of a clean import; read again, nothing changes."""
    checks, name = case.checks, case.name
    case.mend(MENDED)
    untouched = case.tables()
    case.run("review", "待修正.xlsx")
    case.is_as(f"{name}: an untouched workbook changes nothing", untouched)
    for label, path in saved_again(case):
        for command in ["review", "import"]:
            if label != "openpyxl" and command == "import":
                continue
            where = f"{name}, {label}, {command}"
            case.again()
            case.run(command, path)
            # SheetJS keeps no formats, so a date that was typed comes back as a number of days; and as CSV a workbook's
            # cells come back as texts. They say the same, and are not the same cells.
            if label != "SheetJS, xlsx" and (name == "text" or label != "SheetJS, csv"):
                case.is_clean(where)
            grades = [case.run("grade", "-n", "--format", "jsonl", where=which).stdout for which in ["bad", "clean"]]
            checks.equal(f"{where}: the same grades", *grades)
            once = case.tables()
            case.run(command, path)
            case.is_as(f"{where}: read again, nothing changes", once)
            listed = case.run("review", "list", "--kind", "repair", "--format", "jsonl").stdout
            checks.equal(f"{where}: nothing waits", listed, b"")
    # Both files are known by now, the bad and the mended one: neither undoes what was mended.
    mended = case.tables()
    for which in ["bad", "clean"]:
        case.run("import", str(case.folders[which] / case.file), "--source", "客户")
        case.is_as(f"{name}: the {which} file again changes nothing", mended)
    grades = [case.run("grade", "--format", "jsonl", where=which).stdout for which in ["bad", "clean"]]
    checks.equal(f"{name}: the same grades", *grades)
    exports = [case.run("runs", "export", "--format", "csv", where=which).stdout for which in ["bad", "clean"]]
    checks.equal(f"{name}: the same export", *[[line.split(b",")[2:] for line in text.splitlines()] for text in exports])


def half(case):
    """What is not mended, or not right, stays open and is told; deleted rows are not lost."""
    checks, name = case.checks, case.name
    case.again()
    right = list(customers())
    places = case.places()
    half = case.mend("一半.xlsx", {57: {"年采购额": "仍不对"}, 101: {"签约日": right[101]["签约日"]}})
    book = openpyxl.load_workbook(case.bad / half)
    book["客户"].delete_rows(4)
    book.save(case.bad / half)
    told = case.run("review", half, code=1).stderr.decode()
    checks.check(f"{name}: the row that is wrong still is told with its cell", "still-bad" in told and "C2" in told, told)
    checks.equal(f"{name}: three rows wait still", case.places(), [places[at] for at in (0, 2, 3)])
    case.run("review", "list", "--kind", "repair", "-o", "再修正.xlsx")
    case.run("review", case.mend(MENDED, {index: {column: right[index][column]} for index, column, _ in WRONG
                                          if index != 101}, source="再修正.xlsx"))
    case.is_clean(f"{name}, in two goes")


def two_people(case):
    """Two who mend a row differently are both named, and neither counts, in one call and one after the other."""
    checks, name = case.checks, case.name
    one = case.mend("一.xlsx", {333: {"地区": "华东"}})
    other = case.mend("二.xlsx", {333: {"地区": "华北"}}, by="李四")
    for calls in [[[one, other]], [[one], [other]], [[other], [one]]]:
        case.again()
        before = case.tables()
        for number, call in enumerate(calls):
            last = number + 1 == len(calls)
            told = case.run("review", *call, code=1 if last else 0).stderr.decode()
        label = f"{name}, {calls}"
        checks.check(f"{label}: both are named", "张三" in told and "李四" in told, told)
        now = case.tables()
        for table in ["sheet_row", "quarantine"]:
            checks.equal(f"{label}: {table} is as it was", now[table], before[table])
    case.run("review", "list", "--kind", "repair", "-o", "分歧.xlsx")
    book = openpyxl.load_workbook(case.bad / "分歧.xlsx")
    said = [cell.value for row in book["客户"] for cell in row if cell.value and "李四" in str(cell.value)]
    checks.check(f"{name}: the new workbook says who says what", said and "张三" in said[0], said)
    case.run("review", case.mend("主管.xlsx", {333: {"地区": "华南"}}, by="主管", source="分歧.xlsx"))
    checks.equal(f"{name}: who knows both decides", len(case.places()), 3)


def edited(case):
    """A workbook with repairs that nobody has read is not written over."""
    checks, name = case.checks, case.name
    case.again()
    case.mend("在改.xlsx", {57: {"年采购额": 5}})
    content = (case.bad / "在改.xlsx").read_bytes()
    case.run("import", case.file, "-o", "在改.xlsx", code=2)
    case.run("review", "list", "--kind", "repair", "-o", "在改.xlsx", code=2)
    checks.equal(f"{name}: it is as it was", (case.bad / "在改.xlsx").read_bytes(), content)
    case.run("review", "在改.xlsx")
    case.run("import", case.file, "-o", "在改.xlsx")
    checks.equal(f"{name}: three rows are left in it",
                 openpyxl.load_workbook(case.bad / "在改.xlsx")["客户"].max_row, 4)


def too_many(case):
    """Above the limit nothing is imported, and the workbook is written; mended, both are imported together."""
    checks, name = case.checks, case.name
    (case.bad / "rules.toml").write_text(SCHEME.format(allow='allow_bad = "0%"'), encoding="utf-8")
    case.again()
    for file in case.bad.glob("regrade.db*"):
        file.unlink()
    told = case.run("import", case.file, "-o", "太多.xlsx", code=3).stderr.decode()
    checks.check(f"{name}: it says how to go on", "已修正" in told or "mend them there" in told or "修正后" in told, told)
    checks.equal(f"{name}: nothing is in the ledger", case.tables()["import"], [])
    mended = case.mend("太多已修正.xlsx", source="太多.xlsx")
    told = case.run("review", mended, code=1).stderr.decode()
    checks.check(f"{name}: alone its rows are of no file", "unknown-row" in told, told)
    case.run("import", case.file, mended)
    case.is_clean(f"{name}, above the limit")


CHECKED = """
[scheme]
language = "zh"
[sheets.customers]
key = "客户编号"
allow_bad = "50%"
fields = [{ name = "年采购额", type = "number" }, { name = "已付", type = "number" }]
[[checks]]
name = "付得不比买得多"
sheet = "customers"
that = "已付 <= 年采购额"
allow = 1
[[grades]]
name = "A"
"""


def too_many_for_a_check(checks):
    """More rows fail a check than it allows, so nothing is imported; mended beside the file, they are right."""
    folder = checks.folder / "check"
    folder.mkdir()
    (folder / "rules.toml").write_text(CHECKED, encoding="utf-8")
    rows = ["客户编号,年采购额,已付", "001,10,20", "002,10,30", "003,10,5", "004,10,6", "005,10,7"]
    (folder / "客户.csv").write_text("\n".join(rows), encoding="utf-8")
    done = regrade("import", "客户.csv", "-o", "待修正.xlsx", "--as-of", DAY, cwd=folder)
    checks.equal("more rows fail than the check allows", done.returncode, 3)
    book = openpyxl.load_workbook(folder / "待修正.xlsx")
    for sheet in book:
        for row in sheet.iter_rows():
            if row[0].value in ("001", "002"):
                paid = next(cell for cell in row if cell.value in ("20", "30", 20, 30))
                paid.value = 1
    book.save(folder / MENDED)
    done = regrade("import", "客户.csv", MENDED, "--by", "李", "--as-of", DAY, cwd=folder)
    checks.equal(f"mended, the check holds\n{done.stderr.decode()}", done.returncode, 0)
    done = regrade("grade", "--as-of", DAY, "--format", "csv", "--columns", "客户编号, 已付", cwd=folder)
    paid = dict(csv.reader(done.stdout.decode().splitlines()[1:]))
    checks.equal("all are graded as mended", paid, {"001": "1", "002": "1", "003": "5", "004": "6", "005": "7"})


def main():
    checks = Checks()
    too_many_for_a_check(checks)
    for name, write, ending in [("text", write_text, "csv"), ("workbook", write_workbook, "xlsx")]:
        case = Case(checks, name, write, ending)
        layout(case)
        round_trip(case)
        half(case)
        two_people(case)
        edited(case)
        too_many(case)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
