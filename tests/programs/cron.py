"""The crontab line of the README, taken out of it and run as cron runs it: month after month, with what goes wrong.

As cron runs it: nothing in the environment but HOME, LOGNAME, SHELL and PATH, /bin/sh, no standard input, and whatever is
said is a mail. libfaketime sets the clock to the first of the month. Only the two folders that the README has to name,
/srv/crm and the one of regrade, are others here.
"""

import csv
import glob
import hashlib
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import ledgers
from checks import EXAMPLES, REGRADE, ROOT, Checks

EXAMPLE = EXAMPLES / "monthly-consumption"
OTHER_PAGES = ["README.zh-CN.md", "docs/ledger.md", "docs/ledger.zh-CN.md"]
FIELD = r"[\d*/,-]+"
LINE = re.compile(rf"^({FIELD} {FIELD} {FIELD} {FIELD} {FIELD})\s+(.*\bregrade\b.*)$", re.MULTILINE)
BROKEN = "订单编号,客户编号,下单日期,金额\n" + "".join(f"X{number},U00000,不知道,很多\n" for number in range(50))


class Line:
    """The crontab line, and the PATH that the README says to put above it."""

    def __init__(self):
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        found = LINE.findall(readme)
        if len(found) != 1:
            sys.exit(f"README.md has {len(found)} crontab lines with regrade; there should be one, such as\n"
                     "5 2 1 * *  cd /srv/crm && regrade import -q --as-of prev-month-end in/* && ...")
        self.when, self.command = found[0]
        self.elsewhere = {name: LINE.findall((ROOT / name).read_text(encoding="utf-8")) for name in OTHER_PAGES}
        paths = set(re.findall(r"\bPATH=(/[^\s`]+)", readme))
        if len(paths) != 1:
            sys.exit(f"README.md should say once which PATH goes above the crontab line; it has {sorted(paths)}")
        [self.path] = paths


class Cron:
    """A folder that the line is run in."""

    def __init__(self, checks, line, name):
        self.folder = checks.folder / name / "crm"
        self.programs = checks.folder / name / "programs"
        self.programs.mkdir(parents=True)
        (self.programs / "regrade").symlink_to(REGRADE)
        for part in ("in", "out"):
            (self.folder / part).mkdir(parents=True)
        shutil.copy(EXAMPLE / "rules.toml", self.folder)
        self.line = line
        [own] = [folder for folder in line.path.split(":") if folder not in ("/usr/bin", "/bin")]
        self.path = line.path.replace(own, str(self.programs))
        self.own = own

    def run(self, day, path=None, command=None):
        """What the line does on that day, at the minute that it names: exit code and mail."""
        command = (command or self.line.command).replace("/srv/crm", str(self.folder))
        minute, hour = self.line.when.split()[:2]
        clock = {
            "LD_PRELOAD": faketime(), "FAKETIME": f"@{day} {int(hour):02}:{int(minute):02}:00",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        environment = {"HOME": "/", "LOGNAME": "crm", "SHELL": "/bin/sh", "PATH": path or self.path, **clock}
        words = [f"{name}={value}" for name, value in environment.items()]
        done = subprocess.run(["env", "-i", *words, "/bin/sh", "-c", command], cwd="/", stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False)
        return done.returncode, done.stdout.decode(errors="replace")

    def put(self, name, text):
        (self.folder / "in" / name).write_text(text, encoding="utf-8")

    def ledger(self):
        path = self.folder / "regrade.db"
        return ledgers.content(path, moments=True) if path.exists() else {}

    def rows(self):
        return ledgers.content(self.folder / "regrade.db")

    def outputs(self):
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((self.folder / "out").iterdir())}

    def dates(self):
        with ledgers.reading(self.folder / "regrade.db") as connection:
            return [date for (date,) in connection.execute("SELECT as_of FROM run ORDER BY number")]

    def grades(self, date):
        with ledgers.reading(self.folder / "regrade.db") as connection:
            query = "SELECT customer, grade FROM run_customer JOIN run ON number = run WHERE as_of = ? ORDER BY customer"
            return connection.execute(query, [date]).fetchall()


def faketime():
    found = sorted(glob.glob("/usr/lib/*/faketime/libfaketime.so.1") + glob.glob("/usr/lib/faketime/libfaketime.so.1"))
    if not found:
        sys.exit("libfaketime is not installed: run tests/programs/install")
    return found[0]


def months():
    """The orders of each month of the example, as files of their own."""
    with open(EXAMPLE / "orders.csv", encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    by_month = defaultdict(list)
    for row in rows:
        by_month[row[2][:7]].append(row)
    return {month: "".join(",".join(row) + "\n" for row in [header, *rows]) for month, rows in sorted(by_month.items())}


CUSTOMERS = (EXAMPLE / "customers.csv").read_text(encoding="utf-8-sig")


def well(checks, cron, label, day, date):
    """All is well: nobody gets a mail, and there is a run as of the last day of the month before."""
    code, mail = cron.run(day)
    checks.equal(f"{label}: exit code", code, 0)
    checks.equal(f"{label}: no mail", mail, "")
    checks.equal(f"{label}: the newest run", cron.dates()[-1:], [date])
    checks.equal(f"{label}: the outputs", sorted(cron.outputs()), ["升降级.xlsx", "评级.xlsx"])
    checks.equal(f"{label}: the ledger is whole", ledgers.faults(cron.folder / "regrade.db"), [])


def stops(checks, cron, label, day, code, *said):
    """Something is wrong: one mail that says what, and nothing has changed."""
    before = cron.ledger(), cron.outputs()
    got, mail = cron.run(day)
    checks.equal(f"{label}: exit code ({mail.strip()})", got, code)
    for word in said:
        checks.check(f"{label}: the mail says `{word}`", word in mail, mail)
    checks.check(f"{label}: the mail says what to do", "help:" in mail, mail)
    checks.check(f"{label}: the chain ends there", "@previous" in said or "@previous" not in mail, mail)
    checks.check(f"{label}: nothing has changed", (cron.ledger(), cron.outputs()) == before)


def again(checks, cron, label, day):
    """The line once more on the same day: nothing to say, nothing new."""
    before = cron.ledger(), cron.outputs()
    code, mail = cron.run(day)
    checks.equal(f"{label}, once more: exit code and mail", (code, mail), (0, ""))
    checks.check(f"{label}, once more: the ledger and the outputs are the same", (cron.ledger(), cron.outputs()) == before)


def rules_of_cron(checks, line):
    command = line.command
    checks.equal("the line has no % that cron would make a line break of", re.findall(r"(?<!\\)%", command), [])
    for name, found in line.elsewhere.items():
        checks.equal(f"{name} has the same line", found, [(line.when, command)])
    checks.check("the line goes by the month before", "--as-of prev-month-end" in command)
    checks.check("the line is for the first of the month", line.when.split()[2:] == ["1", "*", "*"], line.when)
    checks.check("the line begins where the sheets are", command.startswith("cd /srv/crm && "), command)
    checks.equal("each command of the line is quiet", command.count("regrade ") - command.count(" -q"), 0)
    checks.check("cron's own folders are in the PATH", {"/usr/bin", "/bin"} <= set(line.path.split(":")), line.path)


def a_year(checks, line, orders):
    cron = Cron(checks, line, "year")
    cron.put("客户.csv", CUSTOMERS)
    cron.put("订单2024-01.csv", orders["2024-01"])

    # As the README says: regrade must be found.
    code, mail = cron.run("2024-02-01", path="/usr/bin:/bin")
    checks.equal("without the PATH line: exit code", code, 127)
    checks.check("without the PATH line: the mail says so", "not found" in mail, mail)
    checks.equal("without the PATH line: nothing has come of it", (cron.ledger(), cron.outputs()), ({}, {}))

    # The first month has none before it.
    code, mail = cron.run("2024-02-01")
    checks.equal(f"the first month: exit code ({mail.strip()})", code, 2)
    checks.check("the first month: the mail says that there is no run before", "@previous" in mail, mail)
    checks.equal("the first month: a run", cron.dates(), ["2024-01-31"])
    checks.equal("the first month: the outputs", sorted(cron.outputs()), ["评级.xlsx"])
    stops(checks, cron, "the first month, once more", "2024-02-01", 2, "@previous")

    cron.put("订单2024-02.csv", orders["2024-02"])
    # With the full path of regrade in all places instead of the PATH line, as the README says too.
    full = line.command.replace("regrade ", f"{cron.programs}/regrade ")
    other = Cron(checks, line, "full-path")
    shutil.copytree(cron.folder, other.folder, dirs_exist_ok=True)
    code, mail = other.run("2024-03-01", path="/usr/bin:/bin", command=full)
    checks.equal("the full path in place of the PATH line", (code, mail), (0, ""))
    well(checks, cron, "February", "2024-03-01", "2024-02-29")
    checks.check("February: the same with the full path", (cron.rows(), cron.outputs()) == (other.rows(), other.outputs()))
    again(checks, cron, "February", "2024-03-01")
    # A leap day later the same month is meant.
    again(checks, cron, "February on another day of March", "2024-03-31")
    february = cron.grades("2024-02-29")

    # An empty month: the folder is empty, and then it has what it had.
    aside = cron.folder / "aside"
    (cron.folder / "in").rename(aside)
    (cron.folder / "in").mkdir()
    stops(checks, cron, "March, the folder is empty", "2024-04-01", 3, "in/*")
    (cron.folder / "in").rmdir()
    stops(checks, cron, "March, there is no folder", "2024-04-01", 3, "in/*")
    aside.rename(cron.folder / "in")
    code, mail = cron.run("2024-04-01")
    checks.equal(f"March, no new files: exit code ({mail.strip()})", code, 0)
    checks.check("March, no new files: the mail says that no orders cover it", "covers 2024-03" in mail, mail)
    checks.equal("March, no new files: that is all it says", mail.count("warning[") + mail.count("error["), 1)
    checks.equal("March, no new files: a run", cron.dates(), ["2024-01-31", "2024-02-29", "2024-03-31"])
    checks.equal("March, no new files: everybody has the grade of February", cron.grades("2024-03-31"), february)
    before = cron.ledger(), cron.outputs()
    checks.equal("March, no new files, once more", cron.run("2024-04-01"), (0, mail))
    checks.check("March, no new files, once more: the same", (cron.ledger(), cron.outputs()) == before)

    # A bad file: nothing of the month goes in, the sound file beside it neither.
    cron.put("订单2024-03.csv", orders["2024-03"])
    cron.put("订单2024-04.csv", BROKEN)
    for number in (1, 2):
        stops(checks, cron, f"April, a bad file, time {number}", "2024-05-01", 3, "订单2024-04.csv")
    cron.put("订单2024-04.csv", orders["2024-04"])
    code, mail = cron.run("2024-05-01")
    checks.equal(f"April, mended: exit code ({mail.strip()})", code, 0)
    checks.equal("April, mended: a run", cron.dates()[-1], "2024-04-30")
    # March's orders came with it, late: what was recorded of March stays, and the mail says who would have been another.
    late = "would have been"
    checks.check("April, mended: the mail says whose March would have been another", late in mail, mail)
    checks.equal("April, mended: that is all it says", mail.count("warning[") + mail.count("error["), mail.count(late))
    checks.equal("April, mended: what was recorded of March stays", cron.grades("2024-03-31"), february)
    again(checks, cron, "April, mended", "2024-05-01")
    cron.put("订单2024-05.csv", orders["2024-05"])
    well(checks, cron, "May", "2024-06-01", "2024-05-31")
    return cron


def without_trouble(checks, line, orders):
    """The same months with no bad file and nothing said twice: the same ledger and the same outputs."""
    cron = Cron(checks, line, "smooth")
    cron.put("客户.csv", CUSTOMERS)
    for day, names in [("2024-02-01", ["01"]), ("2024-03-01", ["02"]), ("2024-04-01", []), ("2024-05-01", ["03", "04"]),
                       ("2024-06-01", ["05"])]:
        for name in names:
            cron.put(f"订单2024-{name}.csv", orders[f"2024-{name}"])
        cron.run(day)
    return cron


def gate(checks, line, orders):
    """More than one in twenty would go down: the gate stops the line before anything is written."""
    cron = Cron(checks, line, "gate")
    lines = CUSTOMERS.splitlines()
    cron.put("客户.csv", CUSTOMERS)
    cron.put("订单2024-01.csv", orders["2024-01"])
    cron.run("2024-02-01")
    cron.put("订单2024-02.csv", orders["2024-02"])
    well(checks, cron, "before the gate", "2024-03-01", "2024-02-29")
    rules = (cron.folder / "rules.toml").read_text(encoding="utf-8")
    sharp = rules.replace("streak(月消费额 < 100) >= 6", "streak(月消费额 < 100000) >= 1")
    checks.check("the scheme could be sharpened", sharp != rules and len(lines) > 20)
    (cron.folder / "rules.toml").write_text(sharp, encoding="utf-8")
    cron.put("订单2024-03.csv", orders["2024-03"])
    outputs, runs = cron.outputs(), cron.dates()
    code, mail = cron.run("2024-04-01")
    checks.equal(f"the gate: exit code ({mail.strip()})", code, 1)
    checks.check("the gate: the mail says which", "downgraded > 0.05" in mail, mail)
    checks.equal("the gate: no run, no output", (cron.outputs(), cron.dates()), (outputs, runs))
    (cron.folder / "rules.toml").write_text(rules, encoding="utf-8")
    well(checks, cron, "after the gate, with the scheme mended", "2024-04-01", "2024-03-31")


def main():
    checks = Checks()
    line = Line()
    orders = months()
    rules_of_cron(checks, line)
    cron, smooth = a_year(checks, line, orders), without_trouble(checks, line, orders)
    checks.check("whatever went wrong: the ledger has the same rows", cron.rows() == smooth.rows(),
                 f"{ledgers.size(cron.rows())}\n{ledgers.size(smooth.rows())}")
    checks.equal("whatever went wrong: the outputs are the same", cron.outputs(), smooth.outputs())
    gate(checks, line, orders)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
