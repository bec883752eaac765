"""One sheet in every format that is read gives the same JSON lines, to the byte.

The sheets are those of the examples; LibreOffice makes xlsx, xls and ods of them, with ids and phones imported as
text and everything else as LibreOffice takes it (numbers as numbers, what it knows as dates as dates).
"""

import csv
import gzip
import io
import sys

from checks import EXAMPLES, Checks, office, regrade

# Sheet, as-of date, encoding of the example, columns that are text (the others are LibreOffice's to judge).
SHEETS = [
    ("b2b-weighted", "2024-03-31", "utf-8", {"客户编号", "客户名称", "座机"}),
    ("purchase-value", "2024-12-31", "gb18030", {"客户编号", "客户名称"}),
]
# Tokens of LibreOffice's text import filter: comma, double quote, UTF-8, first line, column formats (2: text, 1:
# standard), language (US English), quoted fields as text, special numbers such as dates recognised.
TEXT_IMPORT = 'Text - txt - csv (StarCalc):44,34,76,1,{columns},1033,false,{special}'


def grade(rules, as_of, source, stdin=None):
    return regrade("grade", source, "-r", rules, "--as-of", as_of, "--format", "jsonl", stdin=stdin)


def separated(text, delimiter):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(csv.reader(io.StringIO(text)))
    return out.getvalue()


def variants(folder, text, texts):
    """The sheet in every format: label and file."""
    folder.mkdir()

    def write(name, content):
        path = folder / name
        path.write_bytes(content)
        return path

    plain = write("客户.csv", text.encode("utf-8"))
    yield "UTF-8 CSV", plain
    yield "UTF-8 CSV with a BOM", write("bom.csv", b"\xef\xbb\xbf" + text.encode("utf-8"))
    yield "GB18030 CSV", write("gb18030.csv", text.encode("gb18030"))
    yield "UTF-16 TSV", write("utf16.txt", separated(text, "\t").encode("utf-16"))
    yield "UTF-16 BE TSV without a BOM", write("utf16be.tsv", separated(text, "\t").encode("utf-16-be"))
    yield "semicolons, CRLF", write("semicolon.csv", separated(text, ";").encode("utf-8"))
    yield "gzip", write("客户.csv.gz", gzip.compress(text.encode("utf-8"), mtime=0))
    yield "gzip without an ending", write("packed", gzip.compress(text.encode("gb18030"), mtime=0))
    yield "CSV named .xlsx", write("really.csv.xlsx", text.encode("utf-8"))
    header = next(csv.reader(io.StringIO(text)))
    columns = "/".join(f"{number}/{2 if name in texts else 1}" for number, name in enumerate(header, 1))
    for special in ("true", "false"):
        for ending in ("xlsx", "xls", "ods"):
            filtered = TEXT_IMPORT.format(columns=columns, special=special)
            [made] = office(folder / f"special-{special}", plain, ending, filtered)
            dates = "dates as dates" if special == "true" else "dates as text"
            yield f"{ending} by LibreOffice, {dates}", made


def main():
    checks = Checks()
    for name, as_of, encoding, texts in SHEETS:
        example = EXAMPLES / name
        rules = example / "rules.toml"
        text = (example / "customers.csv").read_bytes().decode(encoding)
        plain = grade(rules, as_of, example / "customers.csv")
        expected = plain.stdout
        rows = text.count("\n") - 1
        checks.equal(f"{name}: exit code", plain.returncode, 0)
        checks.equal(f"{name}: a line for each customer", expected.count(b"\n"), rows)
        for label, path in variants(checks.folder / name, text, texts):
            done = grade(rules, as_of, path)
            checks.equal(f"{name}, {label}: exit code ({done.stderr.decode()})", done.returncode, 0)
            checks.equal(f"{name}, {label}: the same JSON lines", done.stdout, expected)
            piped = grade(rules, as_of, "-", stdin=path.read_bytes())
            checks.equal(f"{name}, {label} through a pipe: the same JSON lines", piped.stdout, expected)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
