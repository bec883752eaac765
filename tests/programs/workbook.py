"""The graded workbook as other programs see it: openpyxl looks into it, LibreOffice prints it."""

import csv
import datetime
import math
import re
import shutil
import subprocess
import sys
import zipfile

import openpyxl
from checks import EXAMPLES, Checks, office, regrade

FONT = "微软雅黑"
REVIEW = {"复核等级", "复核类型", "复核意见", "复核人", "备注"}
# Fill and text of the best, middle and worst of three grades.
COLORS = {"A": ("BFD7EE", "0B3C66"), "B": ("F2F2F2", "404040"), "C": ("E29C6B", "3D1600")}


def rgb(color):
    return color.rgb[-6:] if color is not None and color.rgb else None


def grade(checks, name, as_of):
    example = EXAMPLES / name
    path = checks.folder / f"{name}.xlsx"
    done = regrade("grade", example / "customers.csv", "-r", example / "rules.toml", "--as-of", as_of, "-o", path)
    checks.equal(f"{name}: exit code ({done.stderr.decode()})", done.returncode, 0)
    return path


def b2b(checks, path):
    book = openpyxl.load_workbook(path)
    checks.equal("sheets", book.sheetnames, ["概览", "评级明细", "说明"])
    checks.equal("every sheet is shown", {sheet.sheet_state for sheet in book}, {"visible"})
    sheet = book["评级明细"]
    with open(EXAMPLES / "b2b-weighted" / "customers.csv", encoding="utf-8", newline="") as source:
        input_header, *input_rows = csv.reader(source)
    header = [cell.value for cell in sheet[1]]
    column = {name: number for number, name in enumerate(header, 1)}
    rows = range(2, sheet.max_row + 1)
    checks.equal("a row for each customer", len(rows), len(input_rows))
    checks.equal("no heading twice", len(column), len(header))
    checks.equal("every input column is there", set(input_header) - set(header), set())
    checks.equal("key, name and grade come first", header[:3], ["客户编号", "客户名称", "等级"])
    checks.equal("the reviewers' columns come last", header[-5:], ["复核等级", "复核类型", "复核意见", "复核人", "备注"])

    # Header: bold, white on dark, frozen with key and name; rows that a filter can sort.
    checks.equal("header is bold", {cell.font.b for cell in sheet[1]}, {True})
    checks.equal("header is white", {rgb(cell.font.color) for cell in sheet[1]}, {"FFFFFF"})
    checks.equal("header is filled", {cell.fill.patternType for cell in sheet[1]}, {"solid"})
    checks.equal("header, key and name are frozen", sheet.freeze_panes, "C2")
    corner = f"A1:{sheet.cell(sheet.max_row, sheet.max_column).coordinate}"
    checks.equal("one table", len(sheet.tables), 1)
    table = next(iter(sheet.tables.values()))
    checks.equal("the table is the whole sheet", table.ref, corner)
    checks.equal("the table has an autofilter", table.autoFilter and table.autoFilter.ref.replace("$", ""), corner)
    checks.equal("the header is printed on each page", sheet.print_title_rows, "$1:$1")
    checks.equal("A4, landscape", (sheet.page_setup.paperSize, sheet.page_setup.orientation), (9, "landscape"))
    checks.check("one page wide", sheet.sheet_properties.pageSetUpPr.fitToPage and not sheet.page_setup.fitToHeight)
    checks.check("page numbers", "&P" in (sheet.oddFooter.center.text or ""))

    # Cells: ids as text, numbers as numbers, dates as dates.
    def cells(name):
        return [sheet.cell(row, column[name]) for row in rows]

    ids = cells("客户编号")
    checks.equal("ids as they were", [cell.value for cell in ids], [row[0] for row in input_rows])
    checks.equal("ids are text", {(cell.data_type, cell.number_format) for cell in ids}, {("s", "@")})
    phones = cells("座机")
    checks.equal("phones are text", {cell.data_type for cell in phones if cell.value is not None}, {"s"})
    amounts = cells("年采购额(万元)")
    checks.equal("amounts are numbers", [cell.value for cell in amounts],
                 [float(row[input_header.index("年采购额(万元)")].replace(",", "")) for row in input_rows])
    checks.equal("amounts have two places", {cell.number_format for cell in amounts}, {"#,##0.00"})
    dates = cells("合作起始时间")
    checks.equal("dates are dates", {type(cell.value) for cell in dates}, {datetime.datetime})
    checks.equal("dates as yyyy-mm-dd", {cell.number_format for cell in dates}, {"yyyy-mm-dd"})
    checks.equal("the grade's date is the as-of date", {cell.value for cell in cells("等级更新日期")},
                 {datetime.datetime(2024, 3, 31)})
    checks.equal("per cent", {cell.number_format[-1] for cell in cells("采购增长率")}, {"%"})
    checks.check("scores are numbers", all(isinstance(cell.value, int | float) for cell in cells("得分")))

    # Colours: the grade's own in its cell, lighter along the row, and none that a condition makes there.
    for name, colors in COLORS.items():
        graded = [cell for cell in cells("等级") if cell.value == name]
        checks.check(f"somebody is {name}", graded)
        checks.equal(f"{name}: fill and text", {(rgb(cell.fill.fgColor), rgb(cell.font.color)) for cell in graded}, {colors})
        rest = {rgb(sheet.cell(cell.row, column["客户名称"]).fill.fgColor) for cell in graded}
        checks.check(f"{name}: one lighter fill along the row", len(rest) == 1 and rest != {colors[0]}, rest)
    columns_with_conditions = {
        sheet.cell(1, number).value
        for ranges in sheet.conditional_formatting
        for area in ranges.sqref.ranges
        for number in range(area.min_col, area.max_col + 1)
    }
    checks.equal("conditional formats only where people write", columns_with_conditions - REVIEW, set())
    checks.check("marks beside the colours", all(cell.value == "★新增" for cell in cells("变动")))
    fonts = {cell.font.name for other in book for row in other.iter_rows() for cell in row if cell.value is not None}
    checks.equal("one font", fonts, {FONT})

    # Drop-downs of grades and types, with an error text.
    lists = {str(one.sqref): one for one in sheet.data_validations.dataValidation}
    for name, choices in [("复核等级", "A,B,C"), ("复核类型", "战略型,潜力型,优化型,常规型")]:
        letter = sheet.cell(1, column[name]).column_letter
        found = lists.get(f"{letter}2:{letter}{sheet.max_row}")
        checks.check(f"{name} has a drop-down", found is not None, list(lists))
        if found is not None:
            checks.equal(f"{name}: its choices", (found.type, found.formula1), ("list", f'"{choices}"'))
            checks.check(f"{name}: an error text", found.showErrorMessage and found.error and found.errorTitle)

    checks.check("no formula", not any(cell.data_type == "f" for other in book for row in other.iter_rows() for cell in row))
    checks.equal("made on the as-of date", book.properties.created, datetime.datetime(2024, 3, 31))
    with zipfile.ZipFile(path) as package:
        checks.equal("sound zip", package.testzip(), None)
        part = package.read("xl/worksheets/sheet2.xml").decode()
    checks.check("no green corners at numbers that are text", re.search(r'<ignoredError [^>]*numberStoredAsText="1"', part))
    widths = {letter: one.width for letter, one in sheet.column_dimensions.items()}
    longest = max(len(cell.value) * 2 for cell in cells("客户名称") if not cell.value.isascii())
    checks.check("names have room (a Chinese character is two columns)", widths["B"] >= longest * 0.75, widths["B"])


def findings(checks, path):
    book = openpyxl.load_workbook(path)
    checks.equal("a sheet of findings where there are some", book.sheetnames, ["概览", "评级明细", "质检", "说明"])
    graded = book["评级明细"]
    header = [cell.value for cell in graded[1]]
    ids = [row[0].value for row in graded.iter_rows(min_row=2)]
    with open(EXAMPLES / "purchase-value" / "customers.csv", encoding="gb18030", newline="") as source:
        checks.equal("leading zeros stay", ids, [row[0] for row in csv.reader(source)][1:])
    place = header.index("等级") + 1
    unrated = [graded.cell(row, place) for row in range(2, graded.max_row + 1) if graded.cell(row, place).value is None]
    checks.equal("three are unrated", len(unrated), 3)
    checks.check("unrated is hatched", all(cell.fill.patternType not in (None, "solid") for cell in unrated))


def printed(checks, path, name, customers):
    [pdf] = office(checks.folder / f"{name}-pdf", path, "pdf")
    for program in ("pdfinfo", "pdftotext"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed: run tests/programs/install")
    info = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True, check=True).stdout
    pages = int(re.search(r"^Pages:\s+(\d+)", info, re.MULTILINE)[1])
    # The overview, at most 80 customers a page, the sheet about the run.
    wanted = 1 + math.ceil(customers / 80) + 1
    checks.check(f"{name}: at least {wanted} pages", pages >= wanted, f"{pages} pages")
    checks.check(f"{name}: no more than a page for ten customers", pages <= 10 + customers / 10, f"{pages} pages")
    size = re.search(r"^Page size:\s+([\d.]+) x ([\d.]+)", info, re.MULTILINE)
    checks.check(f"{name}: landscape", float(size[1]) > float(size[2]), info)
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    checks.equal(f"{name}: page numbers", len(re.findall(rf"第\s*\d+\s*页，共\s*{pages}\s*页", text)), pages)
    return text


def main():
    checks = Checks()
    path = grade(checks, "b2b-weighted", "2024-03-31")
    b2b(checks, path)
    text = printed(checks, path, "b2b-weighted", 220)
    checks.equal("every customer is printed", len(set(re.findall(r"C2024\d{4}", text))), 220)
    path = grade(checks, "purchase-value", "2024-12-31")
    findings(checks, path)
    printed(checks, path, "purchase-value", 56)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
