"""What the scripts about workbooks share: the workbooks of all examples, and what may be measured of any of them."""

import re
import subprocess
import tomllib
import xml.etree.ElementTree as ElementTree
import zipfile
from functools import cache
from pathlib import PurePosixPath

from checks import EXAMPLES, REGRADE, ROOT, environment, regrade
from PIL import ImageFont

# Folder, files, as-of date; `None` for the scheme that shows every key.
ALL = [
    ("abc-share", ["customers.csv"], "2024-12-31"),
    ("annual-frequency", ["customers.csv", "orders.csv"], "2024-12-31"),
    ("b2b-weighted", ["customers.csv"], "2024-03-31"),
    ("cdnow", ["orders.csv"], "1998-06-30"),
    ("ecommerce-members", ["customers.csv"], "2024-12-31"),
    ("hotel-guests", ["customers.csv"], "2024-12-31"),
    ("lifecycle", ["customers.csv"], "2024-12-31"),
    ("monthly-consumption", ["customers.csv", "orders.csv"], "2024-09-30"),
    ("purchase-value", ["customers.csv"], "2024-12-31"),
    ("reference", ["customers.csv", "ids.csv", "orders.csv", "risk.csv", "visits.csv"], "2024-12-31"),
    ("rfm-orders", ["orders.csv"], "2006-12-31"),
    ("service", ["客户.csv", "工单.csv", "满意度答卷.csv"], "2024-06-30"),
]

# Of thousands of customers some are printed: LibreOffice takes minutes over a hundred pages, which show what three show.
PRINTED = {"cdnow": "customer_id <= '00100'"}

# Pixels of a text at 96 dots an inch: 10 points are 13.33 of them.
PIXELS_A_POINT = 96 / 72


def grade(folder, name, files, as_of, lang, *options):
    """Grades an example into a workbook."""
    return written("grade", folder / f"{name}-{lang}.xlsx", name, files, as_of, lang, *options)


def report(folder, name, files, as_of, lang):
    """The report on an example as a workbook."""
    return written("report", folder / f"{name}-report-{lang}.xlsx", name, files, as_of, lang)


def written(command, path, name, files, as_of, lang, *options):
    """Runs a command that writes a workbook; relative paths, as people write them."""
    example = (EXAMPLES / name).relative_to(ROOT)
    paths = [example / file for file in files]
    done = regrade(command, *paths, "-r", scheme(name).relative_to(ROOT), "--as-of", as_of, "--lang", lang, "-q", "-o", path, *options)
    return path, done


def scheme(name):
    """The scheme of an example."""
    return ROOT / "rules.example.toml" if name == "reference" else EXAMPLES / name / "rules.toml"


def own_columns(name):
    """Whether the scheme of an example says which columns its output has."""
    return "columns" in tomllib.loads(scheme(name).read_text(encoding="utf-8")).get("output", {})


def year(folder):
    """The workbooks of examples/b2b-year, from its ledger; gives the last one's."""
    path = f"{REGRADE.parent}:{environment()['PATH']}"
    script = ["sh", "examples/b2b-year/year.sh", str(folder)]
    subprocess.run(script, cwd=ROOT, env=environment(PATH=path), check=True, capture_output=True)
    return folder / "2024-12.xlsx"


# ── Sound: a package whose parts hold together ───────────────────────────────


def unsound(path):
    """What is wrong with the package: parts without a type, relationships to nothing, broken XML, indices beyond a list."""
    wrong = []
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        if len(names) != len(set(names)):
            wrong.append("a part is there twice")
        trees = {}
        for name in names:
            if name.endswith((".xml", ".rels")):
                try:
                    trees[name] = ElementTree.fromstring(package.read(name))
                except ElementTree.ParseError as error:
                    wrong.append(f"{name}: {error}")
    if wrong:
        return wrong
    types = trees["[Content_Types].xml"]
    defaults = {one.get("Extension") for one in types if one.tag.endswith("Default")}
    parts = {one.get("PartName") for one in types if one.tag.endswith("Override")}
    wrong += [f"{part} is no part" for part in parts if part.lstrip("/") not in names]
    for name in names:
        if f"/{name}" not in parts and name.rpartition(".")[2] not in defaults:
            wrong.append(f"{name} has no content type")
    for name, tree in trees.items():
        if not name.endswith(".rels"):
            continue
        base = PurePosixPath(name).parent.parent
        ids = [one.get("Id") for one in tree]
        if len(ids) != len(set(ids)):
            wrong.append(f"{name}: an id twice")
        for one in tree:
            if one.get("TargetMode") == "External":
                continue
            target = one.get("Target")
            whole = target.lstrip("/") if target.startswith("/") else resolved(base, target)
            if whole not in names:
                wrong.append(f"{name}: {target} is not there")
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    styles = trees["xl/styles.xml"]
    formats = len(styles.find(f"{main}cellXfs"))
    conditional = styles.find(f"{main}dxfs")
    conditional = 0 if conditional is None else len(conditional)
    strings = len(trees["xl/sharedStrings.xml"]) if "xl/sharedStrings.xml" in trees else 0
    tables = []
    for name, tree in trees.items():
        if name.startswith("xl/tables/"):
            tables.append(tree.get("name").lower())
            columns = [one.get("name").lower() for one in tree.iter(f"{main}tableColumn")]
            if len(columns) != len(set(columns)):
                wrong.append(f"{name}: a heading twice")
        if not name.startswith("xl/worksheets/sheet"):
            continue
        for cell in tree.iter(f"{main}c"):
            if int(cell.get("s", 0)) >= formats:
                wrong.append(f"{name}: {cell.get('r')} has no format")
            value = cell.find(f"{main}v")
            if cell.get("t") == "s" and int(value.text) >= strings:
                wrong.append(f"{name}: {cell.get('r')} has no text")
        for rule in tree.iter(f"{main}cfRule"):
            if rule.get("dxfId") and int(rule.get("dxfId")) >= conditional:
                wrong.append(f"{name}: a rule has no format")
    if len(tables) != len(set(tables)):
        wrong.append("two tables have one name")
    return wrong


def resolved(base, target):
    """A relative target from a folder of the package."""
    parts = list(base.parts)
    for part in PurePosixPath(target).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


# ── Whole: every text is within its cells ────────────────────────────────────


@cache
def font(points, bold):
    """The Chinese font that stands in for 微软雅黑."""
    style = "Bold" if bold else "Regular"
    found = subprocess.run(
        ["fc-match", "-f", "%{file}|%{index}", f"Noto Sans CJK SC:style={style}"], capture_output=True, text=True, check=True
    )
    file, index = found.stdout.split("|")
    if "CJK" not in file:
        raise SystemExit("fonts-noto-cjk is not installed: run tests/programs/install")
    # Ten times as large, because hinting rounds advances to whole pixels.
    return ImageFont.truetype(file, round(points * PIXELS_A_POINT * 10), index=int(index) & 0xFFFF)


@cache
def advance(character, points, bold):
    """The pixels from one character to the next."""
    return font(points, bold).getlength(character) / 10


def rendered(text, cell):
    """The pixels that a line of a cell takes."""
    points, bold = cell.font.sz or 11, bool(cell.font.b)
    return sum(advance(character, points, bold) for character in text)


def shown(cell):
    """A value as the cell's number format shows it."""
    value, code = cell.value, cell.number_format
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value)
    if hasattr(value, "strftime"):
        return value.strftime("%Y-%m-%d %H:%M:%S" if "h" in code else "%Y-%m-%d")
    positive = code.split(";")[0]
    places = len(positive.rstrip("%").partition(".")[2])
    if code == "General":
        return f"{value:.10g}"
    if code.endswith("%"):
        return f"{value * 100:.{places}f}%"
    text = f"{value:,.{places}f}" if "," in code else f"{value:.{places}f}"
    return f"+{text}" if code.startswith("+") and value > 0 else text


def cut(sheet):
    """The cells whose text does not fit, with what is lacking in pixels."""
    found = []
    merged = {}
    for area in sheet.merged_cells.ranges:
        merged[(area.min_row, area.min_col)] = area
    default = sheet.sheet_format.defaultRowHeight or 15
    edge = sheet.max_column
    cells = {(cell.row, cell.column): cell for row in sheet.iter_rows() for cell in row}

    # Neighbours of one width stand in the file as one.
    widths = {
        column: one.width for one in sheet.column_dimensions.values() for column in range(one.min, one.max + 1)
    }

    def width_of(column):
        # Excel's pixels for a width in characters of seven.
        return round(widths.get(column, 9.14) * 7)

    def is_free(cell):
        return cell.value is None and not cell.border.left.style

    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is None:
                continue
            area = merged.get((cell.row, cell.column))
            last = area.max_col if area else cell.column
            width = sum(width_of(column) for column in range(cell.column, last + 1))
            # The lines of the cell and its padding, then a step of indent.
            usable = width - 4 - 9 * int(cell.alignment.indent or 0)
            text = shown(cell)
            if cell.alignment.wrap_text:
                lines = sum(wrapped(line, cell, usable) for line in text.split("\n"))
                rows = range(cell.row, (area.max_row if area else cell.row) + 1)
                height = sum((sheet.row_dimensions[at].height or default) * PIXELS_A_POINT for at in rows)
                needed = lines * (cell.font.sz or 11) * PIXELS_A_POINT * 1.2
                if needed > height + 1:
                    found.append(f"{cell.coordinate}: {lines} lines in {height:.0f} pixels: {text[:60]}")
                continue
            if isinstance(cell.value, str) and cell.alignment.horizontal in (None, "general", "left"):
                # A text runs on over cells without anything in them.
                column = last + 1
                while column <= edge and is_free(cells[cell.row, column]):
                    usable += width_of(column)
                    column += 1
                if column > edge:
                    continue
            # Of a heading with a filter the arrow takes its place.
            needed = max(rendered(line, cell) for line in text.split("\n"))
            if needed > usable:
                found.append(f"{cell.coordinate}: {needed:.0f} of {usable} pixels: {text[:60]}")
    return found


def wrapped(line, cell, usable):
    """How many lines a text takes: Chinese breaks between characters, words between words."""
    pieces = re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+", line)
    lines, used = 1, 0
    for piece in pieces:
        length = rendered(piece.rstrip(), cell)
        if used and used + length > usable:
            lines, used = lines + 1, 0
        while length > usable:
            lines, length = lines + 1, length - usable
        used += rendered(piece, cell)
    return lines
