"""The jobs and who does them. benches/README.md says what each is."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

from prepare import PEERS, ROOT, xan

SCHEMES = ROOT / "benches" / "schemes"
AS_OF = ("--as-of", "2025-12-31")
J1_COLUMNS = ("等级", "客户类型")
J2_COLUMNS = ("等级", "细分", "R分", "F分", "M分", "晋升")
# What the peers write into the workbook of J3, asked for by the call.
J3_ASKED = "*, 价值分 = points(价值), 稳定分 = points(稳定), 综合得分 = score, 等级 = grade, 客户类型 = type, 标签 = tags"

REGRADE = "regrade"
ALL_COLUMNS = "regrade, all result columns"
STOCK = "stock crates (calamine, rust_xlsxwriter)"
REFERENCE = "hand-written reference"


@dataclass
class Program:
    """Who does a job, and how: the last word of the command is the output, which is under `out`."""

    name: str
    command: list
    out: Path
    environment: dict = field(default_factory=dict)
    # Not so where it writes other columns than the rest.
    compared: bool = True


@dataclass
class Job:
    """A job, the programs that do it, and what regrade is to reach: seconds, MiB, parts of what others take."""

    name: str
    title: str
    programs: list
    # How `same.py` looks at a result, and what it says of the right one, by programs that are not ours.
    look: list = field(default_factory=list)
    expected: str = ""
    # Whether workbooks are compared cell by cell.
    cells: bool = False
    wall: float = None
    peak: float = None
    against: dict = field(default_factory=dict)


class Jobs:
    """The jobs of one folder; `small`: a tenth of the rows or less, without targets. `alone`: no peers to install."""

    def __init__(self, place, binary, small, alone):
        self.place, self.binary, self.small, self.alone = place, binary, small, alone

    def all(self):
        """All jobs by name; none is prepared before it is made."""
        small = self.small
        found = {
            "start": self.start,
            "j1-10k": lambda: self.j1("J1 10k, whole process", 10_000, wall=0.010, against={"DuckDB": 1 / 10}),
            "j1": lambda: self.j1("J1 1M", 1_000_000, wall=0.25, peak=64, against={"polars": 1 / 2}, expected="b12e5c86da088f9f"),
            "j1p": lambda: self.j1p("J1p 1M", 1_000_000, wall=0.35, against={"polars": 0.6}, expected="d27a4fa617249ade"),
            "j2": lambda: self.j2("J2 10M", 10_000_000, wall=0.65, peak=500, against={"DuckDB": 1 / 2}, expected="37f8e76ad6ffbee8"),
            "j3-100k": lambda: self.j3("J3 100k", 100_000, wall=0.35, peak=128, against={"polars": 1 / 20, STOCK: 1 / 3}),
            "j3": lambda: self.j3("J3 1M", 1_000_000, wall=3.5, peak=256, against={"polars": 1 / 20}, expected="b12e5c86da088f9f"),
            "j4": lambda: self.j4("J4 1M", 1_000_000, wall=0.30, peak=300, against={"polars": 2 / 3}, expected="2f49034f091541f7"),
        }
        if small:
            found["j1"] = lambda: self.j1("J1 100k", 100_000)
            found["j1p"] = lambda: self.j1p("J1p 100k", 100_000)
            found["j2"] = lambda: self.j2("J2 1M", 1_000_000, expected="62261a23d785aa16")
            found["j3"] = lambda: self.j3("J3 10k", 10_000)
            found["j4"] = lambda: self.j4("J4 100k", 100_000)
            del found["j3-100k"]
        return found

    def start(self):
        programs = [Program(REGRADE, [self.binary, "--version"], None)]
        return Job("start", "start-up (`regrade --version`)", programs, wall=0.005)

    def j1(self, title, rows, **targets):
        data, scheme = self.place.customers(rows), SCHEMES / "j1.toml"
        programs = [
            self.regrade(data, scheme),
            self.regrade_all(data, scheme),
            *self.peers(
                ("polars lazy", "j1_polars.py", data, "-", "lazy"),
                ("polars sink", "j1_polars.py", data, "-", "sink"),
                ("DuckDB", "j1_duckdb.py", data),
                ("pandas", "j1_pandas.py", data),
                ("pandas, pyarrow's reader", "j1_pandas.py", data, {"ENGINE": "pyarrow"}),
            ),
            *self.xan(data),
            self.reference(f"{REFERENCE}, two cores and mmap", "j1", data),
            self.reference(f"{REFERENCE}, csv crate on one core", "j1-csv-crate", data),
            self.reference("copy of the file", "copy", data, compared=False),
        ]
        return Job("j1", f"{title}: grade CSV → CSV, 14 columns", programs, ["table", *J1_COLUMNS], **targets)

    def j1p(self, title, rows, **targets):
        data, scheme = self.place.customers(rows), SCHEMES / "j1p.toml"
        programs = [
            self.regrade(data, scheme),
            self.regrade_all(data, scheme),
            *self.peers(
                ("polars lazy", "j1_polars.py", data, "p", "lazy"),
                ("polars sink", "j1_polars.py", data, "p", "sink"),
                ("DuckDB", "j1_duckdb.py", data, "p"),
                ("pandas", "j1_pandas.py", data, "p"),
            ),
            self.reference(f"{REFERENCE}, two cores and mmap", "j1p", data),
        ]
        return Job("j1p", f"{title}: best 10 % and 40 %", programs, ["table", *J1_COLUMNS], **targets)

    def j2(self, title, rows, **targets):
        data, scheme = self.place.orders(rows), SCHEMES / "j2.toml"
        programs = [
            self.regrade(data, scheme),
            self.regrade_all(data, scheme),
            *self.peers(
                ("polars", "j2_polars.py", data, "eager"),
                ("polars streaming", "j2_polars.py", data, "stream"),
                ("DuckDB", "j2_duckdb.py", data),
                ("pandas", "j2_pandas.py", data),
            ),
            self.reference(f"{REFERENCE}, 64 hash partitions", "j2", data),
        ]
        return Job("j2", f"{title}: orders → RFM → grades", programs, ["table", *J2_COLUMNS], **targets)

    def j3(self, title, rows, **targets):
        data, scheme = self.place.workbook(rows), SCHEMES / "j3.toml"
        grade = [self.binary, "grade", data, "-r", scheme, *AS_OF, "--plain"]
        programs = [
            self.program(REGRADE, [*grade, "--columns", J3_ASKED, "-o"], "xlsx"),
            self.program(ALL_COLUMNS, [*grade, "-o"], "xlsx", compared=False),
            *self.peers(
                ("polars, xlsxwriter", "j3_polars_xlsxwriter.py", data, "xlsx"),
                # A million rows cost these minutes and gigabytes.
                *(
                    [
                        ("pandas, calamine, xlsxwriter", "j3_pandas_xlsxwriter.py", data, "xlsx"),
                        ("pandas, openpyxl", "j3_pandas_openpyxl.py", data, "xlsx"),
                    ]
                    if rows <= 100_000
                    else []
                ),
            ),
            self.reference(STOCK, "j3-stock", data, ending="xlsx"),
            self.reference(f"{REFERENCE}, own scanner and writer", "j3", data, ending="xlsx"),
        ]
        cells = rows <= 100_000
        return Job("j3", f"{title}: xlsx → coloured xlsx, 20 columns", programs, ["table", *J1_COLUMNS], cells=cells, **targets)

    def j4(self, title, rows, **targets):
        old, new = self.place.graded(rows)
        diff = [self.binary, "diff", old, new, "--lang", "zh", "--key", "客户编号", "--grade", "等级", "--levels", "A,B,C"]
        programs = [
            self.program(REGRADE, [*diff, "--only", "upgraded,downgraded,new,absent", "-o"]),
            self.program(ALL_COLUMNS, [*diff, "-o"], compared=False),
            *self.peers(
                ("polars", "j4_polars.py", old, new),
                ("DuckDB", "j4_duckdb.py", old, new),
                ("pandas", "j4_pandas.py", old, new),
            ),
            self.reference(REFERENCE, "j4", old, new),
        ]
        return Job("j4", f"{title}: who moved between two graded files", programs, ["moves"], **targets)

    def regrade(self, data, scheme):
        return self.program(REGRADE, [self.binary, "grade", data, "-r", scheme, *AS_OF, "-o"])

    def regrade_all(self, data, scheme):
        """The same scheme, but for its choice of columns: all of the input's and all results with their reasons."""
        whole = self.place.folder / f"{scheme.stem}-all.toml"
        whole.write_text(scheme.read_text(encoding="utf-8").split("\n[output]\n")[0] + "\n", encoding="utf-8")
        return self.program(ALL_COLUMNS, [self.binary, "grade", data, "-r", whole, *AS_OF, "-o"], compared=False)

    def peers(self, *peers):
        """Python programs: a name, a script, its inputs, then what follows the output, and its environment."""
        if self.alone:
            return []
        programs = []
        for name, script, *words in peers:
            environment = words.pop() if isinstance(words[-1], dict) else {}
            inputs = [word for word in words if isinstance(word, Path)]
            options = [word for word in words if not isinstance(word, Path)]
            ending = options.pop(0) if options[:1] == ["xlsx"] else "csv"
            out = self.out(name, ending)
            command = [self.place.python, PEERS / script, *inputs, out, *options]
            programs.append(Program(name, command, out, environment))
        return programs

    def xan(self, data):
        found = None if self.alone else xan(self.place)
        if not found:
            return []
        out = self.out("xan", "csv")
        path = {"PATH": f"{Path(found).parent}:/usr/bin:/bin"}
        return [Program("xan", ["sh", PEERS / "j1_xan.sh", data, out], out, path)]

    def reference(self, name, *words, ending="csv", compared=True):
        return self.program(name, [self.place.reference, *words], ending, compared)

    def program(self, name, command, ending="csv", compared=True):
        out = self.out(name, ending)
        return Program(name, [*command, out], out, compared=compared)

    def out(self, name, ending):
        return self.place.out / f"{''.join(letter if letter.isalnum() else '-' for letter in name)}.{ending}"

    def checker(self):
        """The Python that has openpyxl and the like: the peers' or, without them, the one that runs this."""
        return Path(sys.executable) if self.alone else self.place.python
