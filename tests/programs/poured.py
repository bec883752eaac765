"""Large sheets, whose rows regrade pours into the workbook itself, against small ones, which a library writes.

`--plain` pours any number of rows; without it a sheet of some thousand rows is the library's. So both are asked for the
same customers, and openpyxl and LibreOffice have to see the same cells, formats, widths, drop-downs and colours.
Without `--all` these are a few of the examples, and rows that try what texts and numbers can be.
"""

import csv
import os
import re
import subprocess
import sys
import zipfile

import openpyxl
import workbooks
from checks import EXAMPLES, REGRADE, Checks, environment, office, regrade
from openpyxl.utils.escape import unescape

# What the rows below are graded by: texts, amounts, shares, dates, and a person's columns.
SCHEME = """
[scheme]
name = "poured"
version = "1"
language = "zh"
period = "year"

[sheets.customers]
key = "编号"
name = "名称"
allow_bad = "100%"
fields = [
  { name = "编号", type = "id" },
  { name = "名称", type = "text" },
  { name = "金额", type = "money", unit = "元" },
  { name = "增长", type = "percent" },
  { name = "开始", type = "date" },
]

[[grades]]
name = "A"
when = "金额 >= 1000"
[[grades]]
name = "B"
when = "金额 >= 10"
[[grades]]
name = "C"

[output]
fill = "FILL"
"""
TEXTS = [
    "", " before", "after ", "two\nlines", "tab\there", "<a & b>", "\"quoted\"", "_x0041_", "_x0041_x0042_", "_x41_",
    "=1+1", "+1", "'text", "１２３（全角）", "😀𠮷", "é\u0301", "\ufeffmark", "长" * 300, "x" * 33000, "0012", "1e5", "#N/A",
    "2024-03-31", "TRUE", "https://example.com/?a=1&b=2", "\u200b", "\x7f\x80",
]


def rows(count):
    """Customers whose cells are odd in turn."""
    yield ["编号", "名称", "金额", "增长", "开始", "备注", "数"]
    for number in range(count):
        text = TEXTS[number % len(TEXTS)]
        amount = [f"{number * 7 % 2000}.{number % 100:02}", f"-{number}.5", "0", "8999999999999.999999", ""][number % 5 if number % 97 == 0 else 0]
        share = f"{number % 300 - 100}%" if number % 7 else ""
        day = f"{1901 + number % 180}-{number % 12 + 1:02}-{number % 28 + 1:02}"
        yield [f"{number:06}", f"客户{number}", amount, share, day, text, str(number / 7) if number % 3 else "n/a"]


def graded_sheet(path):
    """The sheet of customers, its number, and its part of the package."""
    book = openpyxl.load_workbook(path)
    known = {one.name: one.value for one in book.custom_doc_props.props}
    name = re.findall(r'"([^"]*)"', known["regrade.sheets"])[0]
    number = book.sheetnames.index(name) + 1
    with zipfile.ZipFile(path) as package:
        return book, book[name], number, package.testzip(), package.read(f"xl/worksheets/sheet{number}.xml").decode()


def looks(cell, is_inline):
    """All that a cell shows, and how. Of texts that stand in their cells openpyxl leaves `_x005F_` as it is written."""
    value = unescape(cell.value) if is_inline and isinstance(cell.value, str) else cell.value
    font, fill, border, alignment = cell.font, cell.fill, cell.border, cell.alignment
    return (
        cell.coordinate, value, cell.data_type, cell.number_format,
        (font.name, font.sz, font.b, font.i, font.color and font.color.rgb),
        (fill.patternType, fill.fgColor.rgb, fill.bgColor.rgb),
        (border.left.style, border.top.style, border.left.color and border.left.color.rgb),
        (alignment.horizontal, alignment.vertical, alignment.wrap_text, alignment.indent),
    )


def alike(checks, name, poured, held):
    """Compares the sheets of customers of two workbooks."""
    (_, one, one_number, broken, one_xml), (_, other, other_number, _, other_xml) = graded_sheet(poured), graded_sheet(held)
    checks.equal(f"{name}: a sound archive", broken, None)
    checks.check(f"{name}: the texts stand in the cells of one and in the list of the other",
                 'inlineStr' in one_xml and 'inlineStr' not in other_xml)
    checks.equal(f"{name}: the used range", one.dimensions, other.dimensions)
    checks.equal(f"{name}: cells", [looks(cell, True) for row in one.iter_rows() for cell in row],
                 [looks(cell, False) for row in other.iter_rows() for cell in row])
    for what, of in {
        "widths": lambda sheet: {letter: column.width for letter, column in sheet.column_dimensions.items()},
        "frozen panes": lambda sheet: sheet.freeze_panes,
        "drop-downs": lambda sheet: [(str(rule.sqref), rule.type, rule.formula1, rule.error)
                                     for rule in sheet.data_validations.dataValidation],
        "conditions": lambda sheet: [(str(area.sqref), rule.formula, rule.priority, rule.dxf.fill.bgColor.rgb)
                                     for area in sheet.conditional_formatting for rule in area.rules],
        "printed headings": lambda sheet: sheet.print_title_rows,
        "paper": lambda sheet: (sheet.page_setup.paperSize, sheet.page_setup.orientation, sheet.oddFooter.center.text),
        "links": lambda sheet: len(sheet._hyperlinks),
        "height of the headings": lambda sheet: sheet.row_dimensions[1].height,
    }.items():
        checks.equal(f"{name}: {what}", of(one), of(other))
    tables = [table.ref for table in other.tables.values()]
    checks.equal(f"{name}: the filter", [one.auto_filter.ref], tables)
    checks.equal(f"{name}: no green corners", *(re.findall("<ignoredError [^>]*>", xml) for xml in (one_xml, other_xml)))
    return one_number, other_number


def office_sees(checks, name, poured, held, numbers):
    """LibreOffice's text of both sheets."""
    texts = []
    for path, number in zip((poured, held), numbers):
        folder = checks.folder / f"{path.stem}-text"
        made = office(folder, path, f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,{number}")
        texts.append(made[0].read_text(encoding="utf-8"))
    checks.check(f"{name}: LibreOffice reads something", len(texts[0]) > 100)
    checks.equal(f"{name}: LibreOffice reads the same", *texts)


def both(checks, name, *arguments):
    """The same customers, poured and held."""
    made = []
    for way, option in [("poured", ["--plain"]), ("held", [])]:
        path = checks.folder / f"{name}-{way}.xlsx"
        done = regrade("grade", *arguments, *option, "-o", path)
        checks.check(f"{name}: {way} ({done.stderr.decode()[:300]})", done.returncode in (0, 1))
        made.append(path)
    return made


def examples(checks, every):
    known = workbooks.ALL if every else [one for one in workbooks.ALL if one[0] in ("b2b-weighted", "rfm-orders", "purchase-value")]
    for name, files, as_of in known:
        folder = EXAMPLES / name
        arguments = [*(folder / one for one in files), "-r", workbooks.scheme(name), "--as-of", as_of]
        poured, held = both(checks, name, *arguments)
        alike(checks, name, poured, held)


def odd_rows(checks):
    for fill, count in [("row", 5000), ("cell", 60)]:
        source, rules = checks.folder / f"odd-{fill}.csv", checks.folder / f"odd-{fill}.toml"
        with open(source, "w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows(count))
        rules.write_text(SCHEME.replace("FILL", fill), encoding="utf-8")
        arguments = [source, "-r", rules, "--as-of", "2024-12-31"]
        poured, held = both(checks, f"odd-{fill}", *arguments)
        numbers = alike(checks, f"odd-{fill}", poured, held)
        office_sees(checks, f"odd-{fill}", poured, held, numbers)
        # As many cores as there are, and one.
        alone = checks.folder / f"odd-{fill}-alone.xlsx"
        command = [REGRADE, "grade", *map(str, arguments), "--plain", "-o", str(alone)]
        only = lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        subprocess.run(command, env=environment(), preexec_fn=only, capture_output=True, check=False, timeout=120)
        checks.check(f"odd-{fill}: any number of cores gives the same bytes", alone.read_bytes() == poured.read_bytes())


def many(checks):
    """More rows than are held: the customers' sheet and the others are poured beside those that are not."""
    source, rules = checks.folder / "many.csv", checks.folder / "many.toml"
    with open(source, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows(60_000))
    rules.write_text(SCHEME.replace("FILL", "cell"), encoding="utf-8")
    path = checks.folder / "many.xlsx"
    done = regrade("grade", source, "-r", rules, "--as-of", "2024-12-31", "-o", path)
    checks.check(f"many ({done.stderr.decode()[:300]})", done.returncode in (0, 1))
    book, sheet, _, broken, xml = graded_sheet(path)
    checks.equal("many: a sound archive", broken, None)
    checks.equal("many: a row for each customer", sheet.max_row, 60_001)
    checks.check("many: poured", "inlineStr" in xml)
    for other in book:
        checks.check(f"many: {other.title} has something in it", other.max_row > 1)
    fonts = {cell.font.name for row in sheet.iter_rows(max_row=2000) for cell in row if cell.value is not None}
    checks.equal("many: one font", fonts, {"微软雅黑"})


if __name__ == "__main__":
    checks = Checks()
    examples(checks, "--all" in sys.argv)
    odd_rows(checks)
    if "--all" in sys.argv:
        many(checks)
    sys.exit(checks.end())
