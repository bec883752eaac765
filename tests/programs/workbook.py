"""The graded workbook as other programs see it: openpyxl and SheetJS look into it, LibreOffice prints it.

Without `--all` LibreOffice prints a few of them; with it, those of all examples in both languages.
"""

import csv
import datetime
import json
import math
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import workbooks
from checks import EXAMPLES, ROOT, Checks, office, regrade
from PIL import Image

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
    checks.equal("sheets", book.sheetnames, ["概览", "评级明细", "评分依据", "方案", "说明"])
    checks.equal("every sheet is shown", {sheet.sheet_state for sheet in book}, {"visible"})
    told = {cell.value for row in book["概览"].iter_rows() for cell in row}
    checks.check("a first grading has no moves to tell of", "等级分布" in told and "升降级" not in told)
    sheet = book["评级明细"]
    with open(EXAMPLES / "b2b-weighted" / "customers.csv", encoding="utf-8", newline="") as source:
        input_header, *input_rows = csv.reader(source)
    header = [cell.value for cell in sheet[1]]
    column = {name: number for number, name in enumerate(header, 1)}
    rows = range(2, sheet.max_row + 1)
    checks.equal("a row for each customer", len(rows), len(input_rows))
    checks.equal("no heading twice", len(column), len(header))
    checks.equal("every input column is there", set(input_header) - set(header), set())
    first = ["客户编号", "客户名称", "等级", "变动", "上期等级", "得分", "原因", "距上一级", "等级更新日期"]
    checks.equal("key, name and results come first", header[: len(first)], first)
    inputs = [name for name in input_header if name not in first]
    rest = header[len(first) :]
    checks.equal("then the input", rest[: len(inputs)], inputs)
    checks.equal("then dimensions, type and tags", rest[len(inputs) : -5],
                 ["价值贡献", "合作稳定性", "行业风险", "类型", "标签"])
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
    checks.equal("a sheet of findings where there are some", book.sheetnames, ["概览", "评级明细", "评分依据", "方案", "质检", "说明"])
    graded = book["评级明细"]
    header = [cell.value for cell in graded[1]]
    ids = [row[0].value for row in graded.iter_rows(min_row=2)]
    with open(EXAMPLES / "purchase-value" / "customers.csv", encoding="gb18030", newline="") as source:
        checks.equal("leading zeros stay", ids, [row[0] for row in csv.reader(source)][1:])
    place = header.index("等级") + 1
    unrated = [graded.cell(row, place) for row in range(2, graded.max_row + 1) if graded.cell(row, place).value is None]
    checks.equal("three are unrated", len(unrated), 3)
    checks.check("unrated is hatched", all(cell.fill.patternType not in (None, "solid") for cell in unrated))


def basis(checks, path):
    """A row for each customer and dimension, whose parts add up to the score."""
    book = openpyxl.load_workbook(path)
    sheet, graded = book["评分依据"], book["评级明细"]
    header = [cell.value for cell in sheet[1]]
    checks.equal("basis: headings", header,
                 ["客户", "名称", "维度", "档位", "分数", "权重", "计入得分", "规则", "数值", "来源"])
    rows = [dict(zip(header, (cell.value for cell in row))) for row in sheet.iter_rows(min_row=2)]
    checks.equal("basis: a row for each customer and dimension", len(rows), 220 * 3)
    columns = [cell.value for cell in graded[1]]
    score, key = columns.index("得分"), columns.index("客户编号")
    scores = {row[key].value: row[score].value for row in graded.iter_rows(min_row=2)}
    parts = {}
    for row in rows:
        parts[row["客户"]] = parts.get(row["客户"], 0) + row["计入得分"]
    checks.equal("basis: parts add up to scores", parts, scores)
    with open(EXAMPLES / "b2b-weighted" / "customers.csv", encoding="utf-8", newline="") as source:
        lines = {row[0]: number for number, row in enumerate(csv.reader(source), 1)}
    wrong = [row for row in rows if row["来源"] != f"examples/b2b-weighted/customers.csv:{lines[row['客户']]}"]
    checks.equal("basis: every source is the customer's line", wrong, [])


def history(checks, path):
    """The twelve months of those who moved are those that were worked out by hand."""
    book = openpyxl.load_workbook(path)
    sheet = book["变更历史"]
    with open(EXAMPLES / "b2b-year" / "expected" / "grades.csv", encoding="utf-8-sig", newline="") as source:
        _, *expected = csv.reader(source)
    found = {}
    for row in sheet.iter_rows(min_row=2, values_only=True):
        found[row[0]] = [re.sub("^[▲▼★]", "", value or "") for value in row[4:]]
    for key, *grades in expected:
        present = [grade for grade in grades if grade]
        moved = len(set(present)) > 1
        checks.equal(f"history: {key} is there if it moved", key in found, moved)
        if moved:
            # An absent customer keeps the grade; the sheet says that nobody saw it.
            kept = [("○" if one == "○" else grade) for one, grade in zip(found[key], grades)]
            checks.equal(f"history: {key}", found[key], kept)
    signs = {"▲": [], "▼": []}
    for row in sheet.iter_rows(min_row=2, values_only=True):
        for sign, counted in (("▲", row[2]), ("▼", row[3])):
            signs[sign].append((row[0], sum((value or "").startswith(sign) for value in row[4:]), counted))
    for sign, rows in signs.items():
        checks.equal(f"history: as many {sign} as are counted", [one for one in rows if one[1] != one[2]], [])
    levels = book["概览"]
    texts = [cell.value for row in levels.iter_rows() for cell in row]
    checks.check("the overview has the counts before", "上期客户数" in texts and "增减" in texts)
    checks.check("the overview has the last runs", "近期批次" in texts)
    checks.equal("the overview has three charts", len(alts(path, 1)), 3)
    names = {one.name: one.value for one in book.custom_doc_props.props}
    checks.check("the run's id is a property", re.fullmatch("[0-9a-f]{64}", names.get("regrade.run", "")), names)
    checks.check("a hash of the content is a property", names.get("regrade.content"), names)


def alts(path, sheet):
    """The texts for those who do not see the charts of a sheet."""
    with zipfile.ZipFile(path) as package:
        name = f"xl/drawings/drawing{sheet}.xml"
        if name not in package.namelist():
            return []
        return re.findall(r'<xdr:cNvPr [^>]*descr="([^"]*)"', package.read(name).decode())


def sheet_js(paths):
    """What SheetJS reads: of each workbook the sheets with their cells."""
    modules = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "programs" / "node" / "node_modules"
    program = """
        const XLSX = require("xlsx");
        for (const path of process.argv.slice(1)) {
            const book = XLSX.readFile(path, { WTF: true });
            const cells = book.SheetNames.map(name =>
                [name, Object.keys(book.Sheets[name]).filter(key => key[0] !== "!" && book.Sheets[name][key].t !== "z").length]);
            console.log(JSON.stringify(cells));
        }"""
    env = {**os.environ, "NODE_PATH": str(modules)}
    done = subprocess.run(["node", "-e", program, *map(str, paths)], capture_output=True, text=True, env=env, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def every_example(checks):
    """The workbook of every example and its report, in both languages: sound, whole, and as they say.

    Gives those to be printed.
    """
    made = {}
    reports = {}
    instead = {}
    for lang in ("zh", "en"):
        for name, files, as_of in workbooks.ALL:
            # Thousands of customers show nothing that hundreds do not.
            if name == "cdnow" and "--all" not in sys.argv:
                continue
            path, done = workbooks.grade(checks.folder, name, files, as_of, lang)
            checks.equal(f"{name} {lang}: exit code ({done.stderr.decode()})", done.returncode, 0)
            checks.check(f"{name} {lang}: nothing from the library", "Excel" not in done.stderr.decode(), done.stderr.decode())
            made[path] = lang
            if name in workbooks.PRINTED:
                few = checks.folder / "few"
                few.mkdir(exist_ok=True)
                instead[path], _ = workbooks.grade(few, name, files, as_of, lang, "--where", workbooks.PRINTED[name])
            path, done = workbooks.report(checks.folder, name, files, as_of, lang)
            checks.equal(f"{name} {lang}: exit code of the report ({done.stderr.decode()})", done.returncode, 0)
            reports[path] = lang
    made[workbooks.year(checks.folder / "year")] = "zh"
    for path in reports:
        sound_and_whole(checks, path, openpyxl.load_workbook(path))
    read, said = sheet_js(made)
    checks.equal(f"SheetJS reads all of them ({said[:300]})", len(read), len(made))
    for (path, lang), other in zip(made.items(), read):
        name = path.stem
        book = openpyxl.load_workbook(path)
        sound_and_whole(checks, path, book)
        counts = [
            [sheet.title, sum(cell.value is not None for row in sheet.iter_rows() for cell in row)] for sheet in book
        ]
        checks.equal(f"{name}: SheetJS reads what openpyxl reads", other, counts)
        for sheet in book:
            if sheet.tables:
                checks.check(f"{name} {sheet.title}: a frozen header", sheet.freeze_panes.endswith("2"), sheet.freeze_panes)
                checks.equal(f"{name} {sheet.title}: its header on each page", sheet.print_title_rows, "$1:$1")
        texts = alts(path, 1)
        checks.check(f"{name}: charts with a text beside them", texts and all(texts), texts)
        word = re.compile("[\u4e00-\u9fff]")
        if lang == "en":
            # The scheme may name the second sheet and its columns itself.
            others = [one for place, one in enumerate(book.sheetnames) if place != 1 and word.search(one)]
            checks.equal(f"{name}: English names of sheets", others, [])
            head = {cell.value for cell in book.worksheets[1][1]}
            own = workbooks.own_columns(name.removesuffix("-en"))
            checks.check(f"{name}: English headings", own or {"Change", "Reasons", "Reviewer"} <= head, head)
        formulas = [cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
        checks.equal(f"{name}: values, not formulas", formulas, [])
    again = checks.folder / "again"
    again.mkdir()
    for name, files, as_of in workbooks.ALL[:3]:
        path, _ = workbooks.grade(again, name, files, as_of, "zh")
        checks.check(f"{name}: the bytes repeat", path.read_bytes() == (checks.folder / path.name).read_bytes())
    return {instead.get(path, path): lang for path, lang in (made | reports).items()}


def sound_and_whole(checks, path, book):
    """A package that holds together; on each sheet nothing is cut, on paper neither."""
    name = path.stem
    wrong = workbooks.unsound(path)
    checks.check(f"{name}: nothing is wrong with the package", not wrong, "\n".join(wrong))
    for sheet in book:
        # The customers' own texts may be longer than a column; those of the examples are not.
        cut = workbooks.cut(sheet)
        checks.check(f"{name} {sheet.title}: nothing is cut", not cut, "\n".join(cut))
        setup = sheet.page_setup
        checks.equal(f"{name} {sheet.title}: A4, landscape", (setup.paperSize, setup.orientation), (9, "landscape"))
        wide = sheet.sheet_properties.pageSetUpPr
        checks.check(f"{name} {sheet.title}: one page wide", wide.fitToPage and not setup.fitToHeight)
        checks.check(f"{name} {sheet.title}: page numbers", "&P" in (sheet.oddFooter.center.text or ""))


def drawn(checks, pdf, name):
    """Whether the first page has a chart: bars in their colour, as large as bars are."""
    base = pdf.with_suffix("")
    subprocess.run(["pdftoppm", "-png", "-singlefile", "-r", "50", pdf, base], check=True)
    image = Image.open(base.with_suffix(".png")).convert("RGB")
    near = sum(
        count
        for count, color in image.getcolors(image.width * image.height)
        if all(abs(one - other) < 12 for one, other in zip(color, (0x2E, 0x5F, 0x93)))
    )
    checks.check(f"{name}: the charts are drawn", near > 300, f"{near} pixels")


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


def pages(checks, made):
    """Printed by LibreOffice: every sheet is there, its charts too."""
    names = {"b2b-weighted-en", "rfm-orders-en", "lifecycle-zh", "2024-12", "service-report-zh"}
    wanted = [path for path in made if "--all" in sys.argv or path.stem in names]
    folder = checks.folder / "pdf"
    # LibreOffice takes longer to start than to print, so it starts once.
    office(folder, wanted, "pdf")
    for path in wanted:
        lang, pdf = made[path], folder / f"{path.stem}.pdf"
        if "-report-" not in path.stem:
            drawn(checks, pdf, path.stem)
        text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
        # A number that does not fit shows as this.
        checks.equal(f"{path.stem}: every number fits", re.findall("###+", text), [])
        footer = r"第\s*1\s*页" if lang == "zh" else r"Page\s+1\s+of"
        checks.check(f"{path.stem}: page numbers in its language", re.search(footer, text))


# Of templates: worksheets in each language, and the choices of some of their columns.
TEMPLATES = {
    "monthly": (["客户", "订单"], ["customers", "orders"], {"C": ("高级,中级,低级", "high,middle,low")}),
    "lifecycle": (["客户"], ["customers"], {"D": ("是,否", "yes,no")}),
    "service": (["客户", "工单", "答卷"], ["customers", "tickets", "surveys"], {}),
    "rfm": (["订单"], ["orders"], {}),
}


def blanks(checks):
    """The workbooks to fill in, empty and with rows: drop-downs, ids as text, nothing cut."""
    for template, (*names, choices) in TEMPLATES.items():
        for at, lang in enumerate(("zh", "en")):
            for options in ([], ["--sample"]):
                name = f"{template} {lang} {options}"
                folder = checks.folder / name
                done = regrade("init", "--template", template, folder, "--lang", lang, *options)
                checks.equal(f"{name}: exit code ({done.stderr.decode()})", done.returncode, 0)
                [path] = folder.glob("*.xlsx")
                wrong = workbooks.unsound(path)
                checks.check(f"{name}: nothing is wrong with the package", not wrong, "\n".join(wrong))
                book = openpyxl.load_workbook(path)
                checks.equal(f"{name}: worksheets", book.sheetnames, names[at])
                for sheet in book:
                    cut = workbooks.cut(sheet)
                    checks.check(f"{name} {sheet.title}: nothing is cut", not cut, "\n".join(cut))
                    checks.check(f"{name} {sheet.title}: a note on each heading", all(cell.comment for cell in sheet[1]))
                    checks.equal(f"{name} {sheet.title}: rows", sheet.max_row > 1, bool(options))
                    # What is typed below the last row is text, too.
                    style = sheet.column_dimensions["A"].number_format
                    checks.equal(f"{name} {sheet.title}: ids stay text", style, "@")
                    typed = {(cell.data_type, cell.number_format) for [cell] in sheet.iter_rows(min_row=2, max_col=1)}
                    checks.check(f"{name} {sheet.title}: ids are text", typed <= {("s", "@")}, typed)
                lists = {str(one.sqref).split(":")[0]: one for one in book.worksheets[0].data_validations.dataValidation}
                for column, texts in choices.items():
                    one = lists.get(f"{column}2")
                    checks.check(f"{name}: a drop-down in {column}", one is not None, list(lists))
                    checks.equal(f"{name}: its choices", one and one.formula1, f'"{texts[at]}"')


def main():
    checks = Checks()
    blanks(checks)
    path = grade(checks, "b2b-weighted", "2024-03-31")
    b2b(checks, path)
    text = printed(checks, path, "b2b-weighted", 220)
    checks.equal("every customer is printed", len(set(re.findall(r"C2024\d{4}", text))), 220)
    path = grade(checks, "purchase-value", "2024-12-31")
    findings(checks, path)
    printed(checks, path, "purchase-value", 56)
    made = every_example(checks)
    basis(checks, checks.folder / "b2b-weighted-zh.xlsx")
    history(checks, checks.folder / "year" / "2024-12.xlsx")
    pages(checks, made)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
