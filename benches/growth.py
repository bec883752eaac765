#!/usr/bin/env python3
"""How cost grows: rows, orders, bands, columns, months made good, customers in a ledger; and that bad cells are not lost.

    python3 benches/growth.py WORK [--runs 3] [--small] [--write] [STEP...]

Steps: rows orders bands columns fields periods ledger bad; all of them if none is named. What a step finds is kept in
WORK/growth.json, so that long ones can be run by themselves; `--write` puts all that is known into benches/GROWTH.md and
its picture. Large data is made, used and deleted, one file at a time: 10M customers are 1.4 GB, and 1.8 GB graded.
`--small` takes a hundredth of the rows, to try the script. `REGRADE` names another binary.
"""

import argparse
import contextlib
import csv
import datetime
import json
import shutil
import sys
from dataclasses import dataclass

import chart
import measure
import prepare
from curves import Curve, Point
from jobs import AS_OF, SCHEMES
from measure import say

FOLDER = prepare.ROOT / "benches"
# The bad cells of every hundredth customer: a column of the generator's, its name, and what nobody can read there.
BAD = [(8, "年采购额", "面议"), (7, "合作起始时间", "2024-13-41"), (10, "投诉次数", "三次"), (12, "增长率", "待定")]


@dataclass
class Bench:
    """Where it runs, with which program, how often; what it has found."""

    place: prepare.Place
    binary: object
    runs: int
    small: bool
    found: dict

    def sizes(self, *sizes):
        return [max(size // 100, 10) for size in sizes] if self.small else sizes

    @contextlib.contextmanager
    def data(self, *command):
        """A file for as long as it is needed."""
        path = self.place.data / "growth.csv"
        measure.run([self.place.reference, *command, path], self.place.folder)
        try:
            yield path
        finally:
            path.unlink()

    def timed(self, *command):
        """The median cost of a command that may be run again."""
        costs = [measure.run([self.binary, *command], self.place.folder)]
        while len(costs) < self.runs and costs[0].wall < 60:
            costs.append(measure.run([self.binary, *command], self.place.folder))
        return measure.median(costs)

    def graded(self, data, scheme):
        out = self.place.out / "growth.csv"
        cost = self.timed("grade", data, "-r", scheme, *AS_OF, "-o", out)
        out.unlink()
        return cost

    def point(self, curve, size, cost):
        """One point of a curve, kept at once."""
        say(f"{curve} at {size:,}: {cost.wall:.3f} s, {cost.peak:.0f} MiB")
        points = self.found.setdefault("curves", {}).setdefault(curve, {})
        points[str(size)] = [cost.wall, cost.cpu, cost.peak]
        self.keep()

    def keep(self):
        (self.place.folder / "growth.json").write_text(json.dumps(self.found, ensure_ascii=False, indent=1))

    def scheme(self, name, text):
        path = self.place.folder / name
        path.write_text(text, encoding="utf-8")
        return path


def rows(bench):
    for size in bench.sizes(10_000, 100_000, 1_000_000, 10_000_000):
        with bench.data("customers", 0, size) as data:
            for curve, scheme in [("J1", "j1.toml"), ("J1p", "j1p.toml")]:
                bench.point(curve, size, bench.graded(data, SCHEMES / scheme))


def orders(bench):
    for size in bench.sizes(1_000_000, 3_000_000, 10_000_000, 30_000_000):
        with bench.data("orders", size) as data:
            bench.point("J2", size, bench.graded(data, SCHEMES / "j2.toml"))


def bands(bench):
    """J1 with many bands on the amount, which decides nothing else then."""
    whole = (SCHEMES / "j1.toml").read_text(encoding="utf-8")
    whole = whole.replace("价值 = '高'", "年采购额 >= 100").replace("价值 = '中'", "年采购额 >= 50").replace("价值 = '低'", "年采购额 < 50")
    before, rest = whole.split("bands = [", 1)
    after = rest.split("]\n", 1)[1]
    (size,) = bench.sizes(1_000_000)
    data = bench.place.customers(size)
    for count in (20, 200, 2_000):
        steps = range(count - 1, 0, -1)
        lines = [f"{{ label = '{step}', when = '年采购额 >= {step * 1000 / count:g}', points = {step * 100 / count:g} }}" for step in steps]
        text = ",\n".join([*lines, "{ label = '0', points = 0 }"])
        bench.point("bands", count, bench.graded(data, bench.scheme("bands.toml", f"{before}bands = [\n{text}\n]\n{after}")))


def columns(bench):
    """More columns in the file, which the scheme does not use: they are handed through."""
    wide(bench, "columns", lambda name: "")


def fields(bench):
    """More columns that the scheme declares as numbers, which are cleaned and checked too."""
    wide(bench, "fields", lambda name: f'  {{ name = "{name}", type = "number" }},\n')


def wide(bench, curve, declared):
    (size,) = bench.sizes(100_000)
    scheme = (SCHEMES / "j1.toml").read_text(encoding="utf-8")
    for count in (10, 50, 200, 500):
        names = [f"指标{number:03}" for number in range(1, count - 9)]
        path = bench.place.data / "wide.csv"
        with open(bench.place.customers(size), encoding="utf-8", newline="") as narrow, open(path, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            for number, row in enumerate(csv.reader(narrow)):
                # The columns that J1 uses, and two more.
                row = [row[at] for at in (0, 1, 2, 4, 7, 8, 9, 10, 11, 12)]
                writer.writerow(row + (names if number == 0 else [f"{(number * step) % 1000}.{number % 100:02}" for step in range(1, count - 9)]))
        text = scheme.replace("fields = [\n", "fields = [\n" + "".join(map(declared, names)), 1)
        bench.point(curve, count, bench.graded(path, bench.scheme("wide.toml", text)))
        path.unlink()


def month_end(number):
    """The last day of a month, counted from January 2022."""
    following = datetime.date(2022 + (number + 1) // 12, (number + 1) % 12 + 1, 1)
    return following - datetime.timedelta(days=1)


def periods(bench):
    """A run after months without one: each month's end is graded for what it moves."""
    (customers,) = bench.sizes(20_000)
    folder = bench.place.folder / "periods"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with open(folder / "客户.csv", "w", encoding="utf-8") as people, open(folder / "订单.csv", "w", encoding="utf-8") as sales:
        people.write("客户编号\n")
        sales.write("客户编号,日期,金额\n")
        people.writelines(f"K{number:06}\n" for number in range(customers))
        for month in range(37):
            day = month_end(month)
            amounts = ((number * 7919 + month * 104729 + number * month * 31) % 1000 for number in range(customers))
            sales.writelines(f"K{number:06},{day},{amount}\n" for number, amount in enumerate(amounts))
    known = ("-q", "-r", SCHEMES / "months.toml", "--ledger", folder / "begun.db", "--as-of", month_end(0))
    measure.run([bench.binary, "import", *known, folder / "客户.csv", folder / "订单.csv"], folder)
    measure.run([bench.binary, "grade", *known, "-o", folder / "out.csv"], folder)
    for count in (1, 6, 12, 24, 36):
        costs = []
        for _ in range(bench.runs):
            shutil.copy(folder / "begun.db", folder / "ledger.db")
            costs.append(measure.run(
                [bench.binary, "grade", "-q", "-r", SCHEMES / "months.toml", "--ledger", folder / "ledger.db",
                 "--as-of", month_end(count), "-o", folder / "out.csv"], folder))
        bench.point("periods", count, measure.median(costs))
    shutil.rmtree(folder)


def ledger(bench):
    """Two years of months: the customers' sheet of each is imported, and graded from the ledger."""
    scheme = bench.scheme("ledger.toml", (SCHEMES / "j1.toml").read_text(encoding="utf-8").replace('period = "year"', 'period = "month"'))
    sizes = bench.sizes(10_000, 100_000, 1_000_000)
    for size in sizes:
        folder = bench.place.folder / "ledger"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        months = []
        for month in range(24):
            words = ("-q", "-r", scheme, "--ledger", folder / "regrade.db", "--as-of", month_end(month + 24))
            # The same name each month: they are of one source.
            with bench.data("customers", month, size) as data:
                imported = measure.run([bench.binary, "import", *words, data], folder)
            graded = measure.run([bench.binary, "grade", *words, "-o", folder / "out.csv"], folder)
            months.append(measure.Cost(imported.wall + graded.wall, imported.cpu + graded.cpu, max(imported.peak, graded.peak)))
            if size == sizes[1]:
                bench.point("month of the ledger", month + 1, months[-1])
        total = measure.Cost(sum(one.wall for one in months), sum(one.cpu for one in months), max(one.peak for one in months))
        bench.found.setdefault("ledger MiB", {})[str(size)] = (folder / "regrade.db").stat().st_size / 2**20
        bench.point("ledger", size, total)
        shutil.rmtree(folder)


def bad(bench):
    """One customer in a hundred has a cell that nobody can read: each is refused and told, and nobody else is."""
    (size,) = bench.sizes(10_000_000)
    scheme = (SCHEMES / "j1.toml").read_text(encoding="utf-8").replace('key = "客户编号"', 'key = "客户编号"\nallow_bad = "100%"', 1)
    path, out, said = bench.place.data / "bad.csv", bench.place.out / "bad.csv", bench.place.folder / "bad.json"
    expected = []
    with bench.data("customers", 0, size) as data, open(data, encoding="utf-8") as good, open(path, "w", encoding="utf-8") as file:
        for number, line in enumerate(good):
            if number % 100 == 37:
                column, field, value = BAD[number // 100 % len(BAD)]
                # No comma of the notes, the last column, comes before.
                cells = line.split(",", column + 1)
                cells[column] = value
                line = ",".join(cells)
                expected.append((cells[0], field, value, number + 1))
            file.write(line)
    cost = measure.run(
        [bench.binary, "grade", path, "-r", bench.scheme("bad.toml", scheme), *AS_OF, "-o", out, "--summary-json", said],
        bench.place.folder,
        codes=(0, 1),
    )
    summary = json.loads(said.read_text(encoding="utf-8"))
    told = [
        (one["key"], one["field"], one["value"], int(one["place"].rsplit(":", 1)[1]))
        for one in summary["findings"]["list"]
        if one["code"] == "bad-cell"
    ]
    refused = {key for key, *_ in expected}
    failed = [] if sorted(told) == sorted(expected) else [f"{len(told)} bad cells told of {len(expected)}"]
    if summary["refused"] != len(expected):
        failed.append(f"{summary['refused']} refused of {len(expected)}")
    graded = 0
    with open(path, encoding="utf-8", newline="") as before, open(out, encoding="utf-8-sig", newline="") as after:
        rows_in, rows_out = csv.reader(before), csv.reader(after)
        grade = next(rows_out).index("等级")
        next(rows_in)
        for row, result in zip(rows_in, rows_out, strict=True):
            is_graded = result[grade] in ("A", "B", "C")
            graded += is_graded
            if row[0] != result[0] or is_graded == (row[0] in refused):
                failed.append(f"{row[0]} came out as {result[0]}, {result[grade]}")
    for file in (path, out, said):
        file.unlink()
    bench.found["bad"] = {"rows": size, "graded": graded, "refused": summary["refused"], "told": len(told), "failed": failed[:5],
                          "cost": [cost.wall, cost.cpu, cost.peak]}
    bench.keep()
    say(f"bad: {bench.found['bad']}")


STEPS = {step.__name__: step for step in (rows, orders, bands, columns, fields, periods, ledger, bad)}


def curves(found):
    """The curves that there are points for, in the order of `Curve`s."""
    every = [
        Curve("J1", "J1 by customers", "customers"),
        Curve("J1p", "J1p, ranked, by customers", "customers"),
        Curve("J2", "J2 by orders", "orders"),
        Curve("bands", "J1 of 1M by bands", "bands"),
        Curve("columns", "J1 of 100k by columns handed through", "columns"),
        Curve("fields", "J1 of 100k by columns cleaned", "columns"),
        Curve("periods", "months made good, 20k customers", "months"),
        Curve("ledger", "24 months in the ledger, by customers", "customers"),
        Curve("month of the ledger", "a month of 100k in the ledger, by month", "month"),
    ]
    for curve in every:
        points = found.get("curves", {}).get(curve.key, {})
        curve.points = sorted(Point(int(size), *cost) for size, cost in points.items())
    return [curve for curve in every if curve.points and curve.points[0].size * 2 <= curve.points[-1].size]


def document(bench):
    lines = [
        f"Measured on {datetime.date.today()}: {measure.machine()}; {prepare.versions(bench.place, bench.binary)}."
        + (" A hundredth of the rows." if bench.small else ""),
        "",
        "![Cost against size, both logarithmic](growth.svg)",
        "",
        "| curve | slope, all points | slope, to the largest from half of it or less | at most 1.1 |",
        "| --- | --- | --- | --- |",
    ]
    every = curves(bench.found)
    for curve in every:
        verdict = "yes" if curve.is_linear() else "no: see below"
        lines.append(f"| {curve.title} | {curve.slope():.2f} | {curve.end_slope():.2f} | {verdict} |")
    lines += ["", *memory(bench.found), *not_lost(bench.found)]
    for curve in every:
        lines += ["", f"### {curve.title}", "", f"| {curve.unit} | wall s | CPU s | peak MiB |", "| ---: | ---: | ---: | ---: |"]
        lines += [f"| {point.size:,} | {point.wall:.3f} | {point.cpu:.3f} | {point.peak:.0f} |" for point in curve.points]
        if curve.key == "ledger":
            sizes = bench.found.get("ledger MiB", {})
            lines += ["", "The ledger after 24 months: " + ", ".join(f"{int(size):,} customers {mib:,.0f} MiB" for size, mib in sizes.items()) + "."]
    return "\n".join(lines)


def memory(found):
    """Whether memory is flat, and what a rank costs a customer."""
    peaks = {curve: {int(size): cost[2] for size, cost in points.items()} for curve, points in found.get("curves", {}).items()}
    plain, ranked = peaks.get("J1", {}), peaks.get("J1p", {})
    both = sorted(plain.keys() & ranked.keys())[-2:]
    if len(both) < 2:
        return []
    low, high = both
    flat = plain[high] / plain[low]
    per_customer = (plain[high] - plain[low]) * 2**20 / (high - low)
    each = [(ranked[size] - plain[size]) * 2**20 / size for size in both]
    grown = ((ranked[high] - plain[high]) - (ranked[low] - plain[low])) * 2**20 / (high - low)
    return [
        f"Memory of J1 from {low:,} to {high:,} customers: {plain[low]:.0f} to {plain[high]:.0f} MiB, {flat:.2f} times"
        f" ({'flat' if flat <= 1.1 else 'not flat'}: {per_customer:.1f} bytes a customer more). A rank (J1p) costs {each[0]:.0f} and {each[1]:.0f} bytes a customer more,"
        f" {grown:.0f} from one to the other ({'met' if grown <= 40 and each[1] <= 40 else 'missed'}: at most 40).",
        "",
    ]


def not_lost(found):
    if "bad" not in found:
        return []
    bad = found["bad"]
    wall, _, peak = bad["cost"]
    verdict = "none is lost, all are told, each with its line, field and value" if not bad["failed"] else f"WRONG: {bad['failed']}"
    return [
        f"{bad['rows']:,} customers, 1 % of them with a bad cell (`allow_bad = \"100%\"`): {bad['graded']:,} graded + {bad['refused']:,} refused"
        f" = {bad['graded'] + bad['refused']:,}; {bad['told']:,} bad cells told; {verdict}. {wall:.1f} s, {peak:.0f} MiB.",
        "",
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", help="the folder of data and results")
    parser.add_argument("steps", nargs="*", metavar="STEP")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_intermixed_args()
    place = prepare.Place(options.work)
    kept = place.folder / "growth.json"
    found = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    bench = Bench(place, prepare.regrade(), options.runs, options.small, found)
    place.build_reference()
    for step in options.steps or STEPS:
        if step not in STEPS:
            sys.exit(f"no step is called {step}: {', '.join(STEPS)}")
        say(f"{step} …")
        STEPS[step](bench)
    text = document(bench)
    print(text)
    picture = chart.draw(curves(found))
    (place.folder / "growth.svg").write_text(picture, encoding="utf-8")
    if options.write:
        (FOLDER / "growth.svg").write_text(picture, encoding="utf-8")
        measure.put_between(FOLDER / "GROWTH.md", "growth", text)
    return bool(found.get("bad", {}).get("failed"))


if __name__ == "__main__":
    sys.exit(main())
