"""What hostile files may not do: take memory and time, give a number that is none, leave something behind.

The files are those of tests/data/guards and tests/data/read, which other programs wrote (`make.py` there), and bombs
that are made here. Every one is read or refused within 100 MiB, all processes together, and seconds (a minute on a busy machine).
"""

import gzip
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from checks import REGRADE, ROOT, Checks
from memory import watched

GUARDS = ROOT / "tests" / "data" / "guards"
READ = ROOT / "tests" / "data" / "read"
MOST_MEMORY = 100 << 20
MOST_SECONDS = 60


def inspect(path, *options, **others):
    return watched("inspect", path, "--rows", "all", "--format", "jsonl", *options, **others)


def rows(run):
    return [json.loads(line) for line in run.out.splitlines()]


def bomb(name, part, unit, times):
    """A workbook with one of its parts blown up, as small as deflate makes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(GUARDS / name) as whole, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed:
        for entry in whole.namelist():
            content = whole.read(entry)
            if entry == part:
                head, tail = content[: len(content) // 2], content[len(content) // 2 :]
                # Between two tags, so that it stays XML.
                at = head.rfind(b"><") + 1
                with changed.open(entry, "w", force_zip64=True) as to:
                    to.write(head[:at])
                    for _ in range(times):
                        to.write(unit)
                    to.write(head[at:] + tail)
            else:
                changed.writestr(entry, content)
    return out.getvalue()


def main():
    checks = Checks()

    def small(name, run, codes=(0, 3)):
        checks.check(f"{name}: exit code {codes}", run.code in codes, f"{run.code}\n{run.said}")
        checks.check(f"{name}: 100 MiB", run.memory < MOST_MEMORY, f"{run.memory >> 20} MiB")
        checks.check(f"{name}: time", run.seconds < MOST_SECONDS, f"{run.seconds:.1f} s")
        if run.code == 3:
            checks.check(f"{name}: a message", Path(name).name in run.said and "help:" in run.said, run.said)
        checks.check(f"{name}: nothing of a reader's process", "memory allocation" not in run.said and "panicked" not in run.said, run.said)

    # Two cells in the corners, and counts of 2^32, in every format.
    for path in sorted([*READ.glob("corner.*"), *GUARDS.glob("corner.*")]):
        run = inspect(path)
        small(path.name, run, (0,))
        checks.equal(f"{path.name}: its row", rows(run), [{"id": "x", "a": 1}])
        checks.check(f"{path.name}: the far cell is told", "stray-cells" in run.said, run.said)
    for path in sorted(GUARDS.glob("strings.*")):
        small(path.name, inspect(path))
    small("circle.xls", inspect(GUARDS / "circle.xls"), (3,))

    # A checksum that fails.
    for path in sorted([*READ.glob("checksum.*"), *GUARDS.glob("checksum.*")]):
        run = inspect(path)
        small(path.name, run, (3,))
        checks.check(f"{path.name}: says damaged", "damaged" in run.said and not run.out, run.said)

    # A formula without a value, an error, an id that lost its digits: findings, none a number.
    rules = checks.folder / "told.toml"
    rules.write_text(
        '[scheme]\nname = "t"\nlanguage = "zh"\n[sheets.customers]\nkey = "客户编号"\nallow_bad = 1.0\n'
        'fields = [{ name = "年采购额", type = "money" }]\n[[grades]]\nname = "A"\nwhen = "年采购额 >= 1"\n[[grades]]\nname = "B"\n'
    )
    for path in sorted(GUARDS.glob("told.*")):
        run = watched("grade", path, "-r", rules, "--as-of", "2024-06-30", "-v", "-o", "-", "--format", "jsonl")
        # SheetJS writes no formula that it has no value for.
        expected = {"B3": "#DIV/0!", "A4": "44010619900101"} | ({} if path.suffix == ".xlsb" else {"B2": "not saved"})
        for place, shown in expected.items():
            checks.check(f"{path.name}: {place} is told", f"!{place}]" in run.said and shown in run.said, run.said)
        values = {row["id"]: row["values"].get("年采购额") for row in map(json.loads, run.out.splitlines())}
        wrong = {key: value for key, value in values.items() if value is not None and (key, path.suffix) != ("a", ".xlsb")}
        checks.equal(f"{path.name}: no number of it", wrong, {})

    # Bombs: a thousand to one and more.
    folder = checks.folder
    for name, data in {
        "bomb.csv.gz": gzip.compress(b"a,b\n1,2\n" * 60_000_000, 9, mtime=0),
        "bomb.xlsx.gz": gzip.compress(bomb("openpyxl.xlsx", "xl/worksheets/sheet1.xml", b"<c/>" * 250_000, 200), mtime=0),
        "bomb.sheet.xlsx": bomb("openpyxl.xlsx", "xl/worksheets/sheet1.xml", b"<c/>" * 250_000, 400),
        "bomb.strings.xlsx": bomb("libreoffice.xlsx", "xl/sharedStrings.xml", b"<si><t/></si>" * 100_000, 400),
        "bomb.styles.xlsx": bomb("openpyxl.xlsx", "xl/styles.xml", b"<xf/>" * 200_000, 400),
        "bomb.ods": bomb("libreoffice.ods", "content.xml", b"<table:table-cell/>" * 50_000, 400),
    }.items():
        path = folder / name
        path.write_bytes(data)
        run = inspect(path)
        checks.check(f"{name}: refused", run.code == 3 and name in run.said and "help:" in run.said, f"{run.code} {run.said}")
        checks.check(f"{name}: 512 MiB", run.memory < 512 << 20, f"{run.memory >> 20} MiB")
        checks.check(f"{name}: time", run.seconds < MOST_SECONDS, f"{run.seconds:.1f} s")

    # A password.
    locked, secret = GUARDS / "password.xlsx", folder / "secret.txt"
    for text, code, said in [("密码 1234\n", 0, ""), ("密码 1234\r\nmore", 0, ""), ("other\n", 3, "does not open"), (None, 3, "encrypted")]:
        secret.write_text(text or "", newline="")
        run = inspect(locked, *([] if text is None else ["--password-file", secret]))
        checks.check(f"password {text!r}", run.code == code and said in run.said and "1234" not in run.said, run.said)
        checks.check(f"password {text!r}: rows", len(rows(run)) == (40 if code == 0 else 0), run.out)

    # The same from standard input, where there is no file to hand on.
    for name in ["xlwt.xls", "sheetjs.xlsb", "libreoffice.ods"]:
        by_name, piped = inspect(GUARDS / name), inspect("-", stdin=(GUARDS / name).read_bytes())
        checks.check(f"{name}: is read", by_name.code == 0 and len(rows(by_name)) == 40, by_name.said)
        checks.equal(f"{name}: the same from standard input", piped.out, by_name.out)

    # Killed in the middle, nothing is left: the reader's process ends with the one that started it.
    slow = folder / "slow.ods"
    slow.write_bytes(bomb("libreoffice.ods", "content.xml", b"<table:table-cell/>" * 50_000, 100))
    process = subprocess.Popen([REGRADE, "inspect", slow], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    child = ""
    while process.poll() is None and not child:
        child = children.read_text().strip()
    process.kill()
    process.wait()
    until = time.monotonic() + 10
    while child and os.path.exists(f"/proc/{child}") and time.monotonic() < until:
        time.sleep(0.05)
    checks.check("the reader's process was seen", child)
    checks.check("and ends with its parent", not os.path.exists(f"/proc/{child}"), child)
    return checks.end()


sys.exit(main())
