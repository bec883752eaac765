#!/usr/bin/env python3
"""regrade beside pandas, polars, DuckDB, xan, the stock crates and hand-written references: one command, one table.

    python3 benches/run.py WORK [--runs 5] [--small] [--alone] [--write] [JOB...]

Everything is made in the folder WORK, about 6 GB and ten minutes the first time. The programs of a job run in turns; then
their results are compared, and a result that differs ends the run with 1. `--small` takes a tenth of the rows or less,
`--alone` leaves the peers out, `--write` puts the table into benches/README.md. `REGRADE` names another binary.
Jobs: start j1-10k j1 j1p j2 j3-100k j3 j4 import; all of them if none is named.
"""

import argparse
import datetime
import os
import re
import subprocess
import sys
from dataclasses import dataclass

import measure
import prepare
from jobs import ALL_COLUMNS, REGRADE, Jobs
from measure import Cost, say

SAME = prepare.ROOT / "benches" / "same.py"
README = prepare.ROOT / "benches" / "README.md"
# Who takes longer than so many seconds runs once.
LONG = 15
# A start takes milliseconds: it is tried more often.
STARTS = 10
MISSED = {True: "met", False: "missed"}


@dataclass
class Result:
    """A job with what its programs cost and whether their results are the same."""

    job: object
    costs: dict
    verdicts: dict

    @property
    def own(self):
        return self.costs[REGRADE]

    def best(self, family):
        """The fastest of a family: polars is run in more than one way."""
        return min((cost.wall for name, cost in self.costs.items() if name.startswith(family)), default=None)


def main():
    options = arguments()
    place = prepare.Place(options.work)
    binary = prepare.regrade()
    place.build_reference()
    if not options.alone:
        place.install_peers()
    known = Jobs(place, binary, options.small, options.alone)
    jobs = known.all()
    wanted = options.jobs or [*jobs, *([] if options.alone else ["import"])]
    results, imported = [], None
    for name in wanted:
        say(f"{name} …")
        if name == "import":
            imported = ledger(10_000 if options.small else 1_000_000)
        elif name in jobs:
            results.append(measured(jobs[name](), options.runs, place, known.checker()))
        else:
            sys.exit(f"no job is called {name}: {', '.join(jobs)}, import")
    text = document(results, imported, place, binary, options)
    print(text)
    if options.write:
        measure.put_between(README, "table", text)
    return any(verdict != "same" for result in results for verdict in result.verdicts.values())


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", help="the folder of data, peers and results")
    parser.add_argument("jobs", nargs="*", metavar="JOB")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--write", action="store_true")
    return parser.parse_intermixed_args()


def measured(job, runs, place, python):
    """Runs the programs of a job in turns, then compares what they wrote and takes it away."""
    costs = {program.name: [] for program in job.programs}
    for turn in range(runs * STARTS if job.name == "start" else runs):
        for program in list(job.programs):
            so_far = costs[program.name]
            if turn and so_far[0].wall > LONG:
                continue
            if program.out:
                program.out.unlink(missing_ok=True)
            try:
                so_far.append(measure.run(program.command, place.folder, program.environment))
            except measure.Failed as failed:
                if program.name in (REGRADE, ALL_COLUMNS):
                    raise
                # A peer that runs out of memory, say, costs its own line only.
                say(f"{program.name}: {failed}")
                job.programs.remove(program)
    verdicts = compared(job, python)
    for program in job.programs:
        if program.out:
            program.out.unlink()
    return Result(job, {program.name: measure.median(costs[program.name]) for program in job.programs}, verdicts)


def compared(job, python):
    """Whether each program's result is the first other one's; how it differs is said."""
    programs = [program for program in job.programs if program.compared and program.out]
    if not programs:
        return {}
    # regrade is held against the others, not the others against it.
    base = programs[1]
    right = looked(job, base, python)
    verdicts = {}
    for program in programs:
        found = right if program is base else looked(job, program, python)
        wrong = [] if found == right else [f"{found} instead of {right}"]
        if job.expected and job.expected not in found:
            wrong.append(f"{found} without {job.expected}")
        if job.cells and program is not base:
            done = subprocess.run([python, "-B", SAME, "books", base.out, program.out], capture_output=True, text=True, check=False)
            wrong += [done.stdout + done.stderr] if done.returncode else []
        verdicts[program.name] = "DIFFERS" if wrong else "same"
        if wrong:
            say(f"{job.title}: {program.name}: {'; '.join(wrong)}")
    return verdicts


def looked(job, program, python):
    what, *columns = job.look
    command = [python, "-B", SAME, what, program.out, *columns]
    # Books of a small run are compared by cells only: to read them all, python-calamine would have to be there.
    if job.cells and program.out.suffix == ".xlsx":
        return ""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def ledger(rows):
    """`regrade import` beside the least that SQLite can do with the same file: seconds of both, and their ratio."""
    command = ["cargo", "bench", "--locked", "--bench", "ledger", "--", "command", str(rows)]
    said = subprocess.run(command, cwd=prepare.ROOT, capture_output=True, text=True, check=True).stdout
    least = re.search(r"raw insert +([\d.]+) s", said)
    own = re.search(r"regrade import +([\d.]+) s +([\d.]+) ×", said)
    return rows, float(least[1]), float(own[1]), float(own[2])


def document(results, imported, place, binary, options):
    """The tables, with the machine."""
    size = ", small data" if options.small else ""
    runs = f"Medians of {options.runs} runs in turns" if options.runs > 1 else "One run in turns"
    lines = [
        f"Measured on {datetime.date.today()}: {measure.machine()}; {prepare.versions(place, binary)}. "
        f"{runs} (one run of what takes more than {LONG} s), warm cache{size}.",
        "",
        "| job | regrade: wall s / CPU s / peak MiB | target | all result columns: wall s / peak MiB | beside the others |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [summary(result) for result in results]
    if imported:
        rows, least, own, ratio = imported
        lines.append(
            f"| import of {rows:,} × 14 into the ledger | {own:.2f} | 1.5 × the raw bulk insert: "
            f"{MISSED[ratio <= 1.5]}, {ratio:.2f} × | | raw bulk insert {least:.2f} |"
        )
    for result in results:
        if len(result.costs) > 1:
            lines += ["", f"{result.job.title}", "", *programs(result)]
    return "\n".join(lines)


def summary(result):
    """The line of a job: what regrade took, its targets, by how much they are missed."""
    job, own = result.job, result.own
    targets = []
    if job.wall:
        targets.append(target(own.wall, job.wall, seconds))
    if job.peak:
        targets.append(target(own.peak, job.peak, lambda mib: f"{mib:.0f} MiB"))
    beside = []
    for family, part in job.against.items():
        other = result.best(family)
        if other:
            beside.append(f"{own.wall / other:.2f} of {family}'s {seconds(other)} (at most {part:.2g}: {MISSED[own.wall <= part * other]})")
    whole = result.costs.get(ALL_COLUMNS)
    told = f"{seconds(whole.wall)} / {whole.peak:.0f}" if whole else ""
    return f"| {job.title} | {three(own)} | {', '.join(targets)} | {told} | {'; '.join(beside)} |"


def target(found, limit, shown):
    """A limit, and whether it is kept or how many times as much it took."""
    if found <= limit:
        return f"{shown(limit)}: met"
    return f"{shown(limit)}: missed, {found / limit:.2f} ×"


def seconds(wall):
    return f"{wall * 1000:.1f} ms" if wall < 0.0995 else f"{wall:.2f} s"


def three(cost: Cost):
    return f"{cost.wall:.3f} / {cost.cpu:.3f} / {cost.peak:.0f}"


def programs(result):
    """The table of one job: all programs, the fastest first."""
    lines = ["| program | wall s / CPU s / peak MiB | × regrade | result |", "| --- | --- | --- | --- |"]
    for name, cost in sorted(result.costs.items(), key=lambda item: item[1].wall):
        verdict = result.verdicts.get(name, "other columns")
        lines.append(f"| {name} | {three(cost)} | {cost.wall / result.own.wall:.2f} | {verdict} |")
    return lines


if __name__ == "__main__":
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.exit(main())
