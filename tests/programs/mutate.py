"""Damaged files of every format: each is read or refused, and nothing else happens.

The files are those of tests/data that other programs wrote, and what regrade writes itself; the damage is drawn by
lot, the same for every run of a seed: bytes flipped, cut, spliced, parts of a zip damaged, repeated, renamed or blown up,
numbers in them raised. Every one goes through `inspect --rows all`, every tenth through `grade` too.

    mutate.py                    300 files
    mutate.py --all              10,000 files
    mutate.py --count N --seed S
    mutate.py --only S:I         one of them, kept, and what regrade said of it
"""

import argparse
import gzip
import io
import os
import random
import re
import resource
import struct
import subprocess
import sys
import time
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from checks import EXAMPLES, REGRADE, ROOT, Checks, regrade
from memory import watched

# No run may take more: of memory (process and reader's process together), of the processor's time (seconds, of both
# too), and of time by the clock, which a busy machine stretches.
MOST_MEMORY = 512 << 20
MOST_SECONDS = 10
MOST_BY_THE_CLOCK = 60
LARGEST_SEED = 200_000
HUGE = [0, 1, 255, 65535, 65536, 1048575, 1048576, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63, 10**30]
SCHEME = """
[scheme]
name = "damaged"
language = "zh"
[sheets.customers]
key = "客户编号"
name = "客户名称"
fields = [
  { name = "客户名称", type = "text" },
  { name = "年采购额", type = "money" },
  { name = "增长率", type = "percent" },
]
[[grades]]
name = "A"
when = "年采购额 >= 100 and 增长率 > 0"
[[grades]]
name = "B"
"""


def seeds(folder):
    """The sound files, by name: name and bytes, in one order."""
    written = folder / "regrade.xlsx"
    source = EXAMPLES / "b2b-weighted"
    regrade("grade", source / "customers.csv", "-r", source / "rules.toml", "--as-of", "2024-03-31", "-o", written)
    endings = {".xlsx", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".gz"}
    kept = [
        path
        for path in sorted((ROOT / "tests" / "data").rglob("*"))
        if path.suffix in endings and path.is_file() and 0 < path.stat().st_size < LARGEST_SEED
    ]
    return [(path.name, path.read_bytes()) for path in [written, *kept]]


def flip(lot, data):
    data = bytearray(data)
    for _ in range(lot.choice([1, 1, 2, 4, 16, 64])):
        if data:
            at = lot.randrange(len(data))
            data[at] = lot.choice([lot.randrange(256), 0, 255, data[at] ^ (1 << lot.randrange(8))])
    return bytes(data)


def cut(lot, data):
    return data[: lot.randrange(len(data) + 1)]


def lose(lot, data):
    start = lot.randrange(len(data) + 1)
    return data[:start] + data[start + lot.choice([1, 2, 4, 512, lot.randrange(1, 5000)]) :]


def splice(lot, data):
    size = lot.choice([1, 4, 64, 512, 4096])
    start, to = lot.randrange(len(data) + 1), lot.randrange(len(data) + 1)
    piece = data[start : start + size] * lot.choice([1, 1, 1, 3, 200])
    return data[:to] + piece + data[to + lot.choice([0, len(piece)]) :]


def raise_number(lot, data):
    """A number of two, four or eight bytes, which may be a count, a size, a place in the file or a chain's next link."""
    data = bytearray(data)
    for _ in range(lot.choice([1, 1, 3, 10])):
        form = lot.choice(["<H", "<I", "<I", "<Q"])
        size = struct.calcsize(form)
        if len(data) > size:
            at = lot.choice([lot.randrange(len(data) - size), lot.randrange(min(len(data) - size, 2048))])
            value = lot.choice([*HUGE, lot.randrange(200)])
            struct.pack_into(form, data, at, value % (1 << 8 * size))
    return bytes(data)


def raise_text(lot, data):
    """Numbers in text: attributes of XML, references such as B3, fields of CSV."""
    numbers = list(re.finditer(rb"\d+", data))
    for number in sorted(lot.sample(numbers, min(len(numbers), lot.choice([1, 1, 2, 8]))), key=lambda one: -one.start()):
        value = lot.choice([str(lot.choice(HUGE)).encode(), b"-1", b"1e999", b"NaN", b"", b"XFD1048576"])
        data = data[: number.start()] + value + data[number.end() :]
    return data


PLAIN = [flip, flip, cut, lose, splice, raise_number]


def of_zip(lot, data):
    """A zip file written anew, with sound checksums around what was damaged; sometimes they are damaged too."""
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        parts = [(name, whole.read(name)) for name in whole.namelist()]
    told = [index for index, (name, _) in enumerate(parts) if re.search(r"sheet|workbook|shared|styles|content|rels", name, re.I)]
    for _ in range(lot.choice([1, 1, 2, 3])):
        at = lot.choice(told or range(len(parts)))
        name, part = parts[at]
        kind = lot.randrange(8)
        if kind == 0:
            parts.insert(lot.randrange(len(parts) + 1), (lot.choice([name, name.upper(), name.replace("/", "\\")]), part))
        elif kind == 1:
            parts[at] = (lot.choice([name[:-1], name.upper(), "x", "../" + name, lot.choice(parts)[0]]), part)
        elif kind == 2:
            unit = lot.choice([b" ", b"<c/>", b"<c><v>1</v></c>", b"<row/>", b"<si><t>x</t></si>", b"\0" * 16, b"<table:table-row>", b"<xf/>"])
            middle = lot.randrange(len(part) + 1)
            parts[at] = (name, part[:middle] + unit * lot.choice([1000, 100_000, 2_000_000]) + part[middle:])
        elif kind == 3:
            parts[at] = (name, b"")
        elif name.endswith((".xml", ".rels")) and kind < 7:
            parts[at] = (name, raise_text(lot, part))
        else:
            parts[at] = (name, lot.choice(PLAIN)(lot, part))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, part in parts:
            whole.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    data = out.getvalue()
    if lot.randrange(6) == 0:
        # What the directory or a part's own header says: checksum, sizes, name length, place.
        places = [found.start() for found in re.finditer(rb"PK\x01\x02|PK\x03\x04|PK\x05\x06", data)]
        data = bytearray(data)
        at = lot.choice(places) + lot.randrange(4, 46)
        if at + 4 <= len(data):
            struct.pack_into("<I", data, at, lot.choice(HUGE) % (1 << 32))
        data = bytes(data)
    return data


def damaged(lot, name, data):
    if data[:2] == b"PK" and lot.random() < 0.7:
        try:
            return of_zip(lot, data)
        except (zipfile.BadZipFile, NotImplementedError):
            pass
    if data[:2] == b"\x1f\x8b" and lot.random() < 0.5:
        return gzip.compress(lot.choice([b"a,b\n", b"\0", b"x", b"1,2,3\n"]) * lot.choice([10**5, 10**7, 10**8]), mtime=0)
    text = name.endswith((".csv", ".tsv"))
    for _ in range(lot.choice([1, 1, 1, 2, 4])):
        data = lot.choice([raise_text, *PLAIN] if text else PLAIN)(lot, data)
    return data


def make(seed, index, sound):
    lot = random.Random(f"{seed}:{index}")
    name, data = lot.choice(sound)
    return name, damaged(lot, name, data)


def run(*arguments):
    """Runs regrade: how it ended, its messages, seconds of the processor, and the most memory of one of its processes."""
    start = time.monotonic()
    process = subprocess.Popen([REGRADE, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = 0
    # A process that waits for something has no time of the processor.
    clock = time.monotonic() - start
    seconds = clock if clock > MOST_BY_THE_CLOCK else used.ru_utime + used.ru_stime
    return os.waitstatus_to_exitcode(status), said.decode(errors="replace"), seconds, used.ru_maxrss * 1024


def faults(name, command, code, said, seconds, memory):
    """What is wrong with how a run ended."""
    allowed = {"inspect": (0, 3), "grade": (0, 1, 3)}[command]
    if code not in allowed:
        yield f"exit code {code}"
    if re.search(r"\bbug:|panicked|memory allocation|overflowed|Aborted", said):
        yield "more than a message"
    if code == 3 and ("error" not in said or name not in said or "help:" not in said):
        yield "no message with the file's name and a way out"
    if seconds > MOST_SECONDS:
        yield f"{seconds:.1f} s"
    if memory > MOST_MEMORY:
        yield f"{memory >> 20} MiB"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="10,000 files")
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", default="4")
    parser.add_argument("--only", help="one file, by seed and number")
    options = parser.parse_args()
    count = options.count or (10_000 if options.all else 300)
    checks = Checks()
    sound = seeds(checks.folder)
    rules = checks.folder / "damaged.toml"
    rules.write_text(SCHEME)
    warnings.filterwarnings("ignore", "Duplicate name")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def one(index, seed=options.seed):
        name, data = make(seed, index, sound)
        path = checks.folder / f"{index}-{name}"
        path.write_bytes(data)
        found, figures = [], []
        commands = [("inspect", path, "--rows", "all", "--format", "jsonl")]
        if index % 10 == 0:
            commands.append(("grade", path, "-r", rules, "--as-of", "2024-06-30", "-o", "-", "--format", "csv"))
        for command in commands:
            code, said, seconds, memory = run(*command)
            if memory > MOST_MEMORY // 2:
                memory = watched(*command).memory
            wrong = list(faults(path.name, command[0], code, said, seconds, memory))
            if wrong:
                found.append(f"{command[0]}: {', '.join(wrong)}\n{said[-600:]}")
            figures.append((code, seconds, memory, said))
        if not found and not options.only:
            path.unlink()
        return index, path, found, figures

    if options.only:
        seed, _, index = options.only.rpartition(":")
        _, path, found, figures = one(int(index), seed or options.seed)
        for code, seconds, memory, said in figures:
            print(f"{path}: exit code {code}, {seconds:.2f} s, {memory >> 20} MiB\n{said}")
        print(*found, sep="\n")
        return 1 if found else 0

    codes, slowest, largest = {}, (0, ""), (0, "")
    with ThreadPoolExecutor(2) as pool:
        for index, path, found, figures in pool.map(one, range(count)):
            checks.check(f"--only {options.seed}:{index} ({path.name})", not found, "\n".join(found))
            for code, seconds, memory, _ in figures:
                codes[code] = codes.get(code, 0) + 1
                slowest = max(slowest, (seconds, path.name))
                largest = max(largest, (memory, path.name))
    print(f"{len(sound)} sound files, {count} damaged ones; exit codes {dict(sorted(codes.items()))}")
    print(f"longest {slowest[0]:.2f} s ({slowest[1]}), most memory {largest[0] / 2**20:.0f} MiB ({largest[1]})")
    return checks.end()


sys.exit(main())
