"""Whether programs gave the same result. A program of its own, so that what it holds in memory is not in what is measured.

    same.py table FILE [COLUMN...]    rows, how often each text of the first column, a hash of the key and the columns, and
                                      one of all cells; numbers as numbers: 5.1 is 5.10
    same.py moves FILE                the same of J4's results, whichever program wrote them
    same.py books ONE OTHER           the first cells of two workbooks that differ, and how many do
"""

import collections
import csv
import hashlib
import itertools
import re
import sys

KEY = "客户编号"
DECIMAL = re.compile(r"-?\d+\.\d+")


def plain(cell):
    """A number without zeros at the end; other texts as they are."""
    return cell.rstrip("0").rstrip(".") if "." in cell and DECIMAL.fullmatch(cell) else cell


def text(cell):
    """A cell of a workbook as a text file has it."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return plain(f"{cell:.6f}")
    return str(cell).removesuffix(" 00:00:00")


def rows_of(file):
    """The rows of a text file or of the first sheet of a workbook, as texts."""
    if file.endswith(".xlsx"):
        import python_calamine

        sheet = python_calamine.CalamineWorkbook.from_path(file).get_sheet_by_index(0)
        return ([text(cell) for cell in row] for row in sheet.iter_rows())
    return csv.reader(open(file, encoding="utf-8-sig", newline=""))


def digest(rows, columns):
    """What `table` prints. The first hash is of sorted lines, the second of all rows as they come."""
    rows = iter(rows)
    header = next(rows)
    at = [header.index(name) for name in [KEY, *columns]]
    lines, counts, whole = [], collections.Counter(), hashlib.sha256()
    for row in rows:
        picked = [row[index] for index in at]
        counts[picked[1]] += 1
        lines.append(",".join(picked))
        whole.update("\x1f".join(map(plain, row)).encode() + b"\n")
    lines.sort()
    return "; ".join([
        f"{len(lines)} rows",
        ", ".join(f"{name} {count}" for name, count in sorted(counts.items())),
        hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16],
        whole.hexdigest()[:16],
    ])


MOVES = {"▲": "升级", "▼": "降级", "★": "新增", "○": "流失"}


def moves(rows):
    """J4's rows with the peers' columns, sorted: regrade puts the worst first and has more columns."""
    rows = iter(rows)
    header = next(rows)
    if "变动前" in header:
        at = [header.index(name) for name in ["客户", "名称", "变动前", "变动后", "变动"]]
        picked = ([row[index] for index in at] for row in rows)
        rows = ([*row[:4], MOVES[row[4][0]]] for row in picked)
    return [[KEY, "客户名称", "旧等级", "新等级", "变动"], *sorted(rows)]


def look(cell):
    """What a cell holds and how it looks."""
    # Without the two digits of transparency, which openpyxl leaves at zero.
    fill = cell.fill.fgColor.rgb[2:] if cell.fill and cell.fill.patternType else None
    return cell.value, fill, bool(cell.font and cell.font.b), (cell.number_format or "General").replace("\\", "")


def is_as_said(column, one, other):
    """Whether two looks are the same but for what regrade does in its own way, and says so (benches/README.md)."""
    (value, fill, bold, number), (value_2, fill_2, bold_2, number_2) = one, other
    # A number has its own count of decimals and thousands apart; a key is shown as text. The peers say `0.0` or nothing.
    numbers = number == number_2 or (number in ("General", "0.0") and number_2 in ("General", "@", "#,##0", "#,##0.0"))
    # The grade itself is bold.
    return value == value_2 and fill == fill_2 and (bold == bold_2 or (column == "等级" and bold_2)) and numbers


def books(one, other):
    """Prints how two workbooks differ; whether they do."""
    import openpyxl

    sheets = [openpyxl.load_workbook(file, read_only=True).worksheets[0] for file in (one, other)]
    failed = [] if sheets[0].title == sheets[1].title else [f"sheets {sheets[0].title}, {sheets[1].title}"]
    pairs = itertools.zip_longest(*(sheet.iter_rows() for sheet in sheets), fillvalue=())
    names, count = [], 0
    for number, (row, row_2) in enumerate(pairs):
        looks = list(zip(*(map(look, row), map(look, row_2))))
        if number == 0:
            names = [value for (value, *_), _ in looks]
            same = [a[0] == b[0] and all(x[1] and x[2] for x in (a, b)) for a, b in looks]
        else:
            same = [a == b or is_as_said(name, a, b) for name, (a, b) in zip(names, looks)]
        if len(row) != len(row_2) or not all(same):
            wrong = [pair for pair, good in zip(looks, same) if not good]
            failed.append(f"row {number + 1}: {len(row)} and {len(row_2)} cells, {wrong[:2]}")
        count += 1
    frames = [frame(file) for file in (one, other)]
    for what in frames[0]:
        if frames[0][what] != frames[1][what]:
            failed.append(f"{what}: {frames[0][what]} and {frames[1][what]}")
    for line in failed[:5]:
        print(line)
    print(f"{count} rows, {len(failed)} differ")
    return bool(failed)


def frame(file):
    """What is around the cells of a sheet: whether the header stays in sight, the filter, whether columns have a width."""
    import zipfile

    with zipfile.ZipFile(file) as archive, archive.open("xl/worksheets/sheet1.xml") as sheet:
        begin = sheet.read(20_000).decode(errors="replace")
        end = begin
        while block := sheet.read(1 << 20):
            end = (end + block.decode(errors="replace"))[-20_000:]
    filtered = re.search(r'<autoFilter ref="([^"]+)"', end)
    return {
        "frozen rows": re.search(r'ySplit="(\d+)"', begin)[1],
        "filter": filtered and filtered[1],
        "columns without a width": sorted(
            set(range(1, 21))
            - {at for low, high in re.findall(r'<col min="(\d+)" max="(\d+)"', begin) for at in range(int(low), int(high) + 1)}
        ),
    }


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["table", file, *columns]:
            print(digest(rows_of(file), columns))
        case ["moves", file]:
            print(digest(moves(rows_of(file)), ["变动", "旧等级", "新等级"]))
        case ["books", one, other]:
            sys.exit(books(one, other))
        case _:
            sys.exit(__doc__)
