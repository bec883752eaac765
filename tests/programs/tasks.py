"""Tasks as other programs see them: calendars in two calendar libraries, the list in openpyxl, and the tasks of a quarter
of examples/b2b-year worked out once more without regrade.

A calendar here is what a calendar program does with a file: by UID, a higher or equal SEQUENCE replaces what is there,
and what is cancelled goes.
"""

import csv
import os
import subprocess
import sys
from datetime import date, datetime, timedelta

import icalendar
import openpyxl
import vobject
from checks import EXAMPLES, REGRADE, Checks, environment, regrade

YEAR = EXAMPLES / "b2b-year"
HOLIDAYS = {date(2024, 9, day) for day in (15, 16, 17)} | {date(2024, 10, day) for day in range(1, 8)}
WORKED = {date(2024, 9, 14), date(2024, 9, 29), date(2024, 10, 12)}


class Calendar:
    """The events of somebody's calendar."""

    def __init__(self):
        self.events = {}

    def take(self, path):
        """Imports a file."""
        for event in icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT"):
            uid = str(event["UID"])
            known = self.events.get(uid)
            if known is not None and known["SEQUENCE"] > event["SEQUENCE"]:
                continue
            if str(event["STATUS"]) == "CANCELLED":
                self.events.pop(uid, None)
            else:
                self.events[uid] = event

    def shown(self):
        """Day and title of every event, in order."""
        return sorted((event.decoded("DTSTART").isoformat(), str(event["SUMMARY"])) for event in self.events.values())


def well_formed(checks, path):
    """What RFC 5545 asks of a file, read by hand and by two libraries."""
    name, raw = path.name, path.read_bytes()
    lines = raw.split(b"\r\n")
    checks.equal(f"{name} ends its last line", lines[-1], b"")
    checks.check(f"{name} has no bare line ends", b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b""))
    for line in lines:
        checks.check(f"{name} has lines of at most 75 bytes", len(line) <= 75, line)
        try:
            line.decode()
        except UnicodeDecodeError as error:
            checks.check(f"{name} is folded between characters", False, error)
    calendar = icalendar.Calendar.from_ical(raw)
    checks.equal(f"{name} is published", (str(calendar["METHOD"]), str(calendar["VERSION"])), ("PUBLISH", "2.0"))
    events = calendar.walk("VEVENT")
    uids = [str(event["UID"]) for event in events]
    checks.equal(f"{name} has each task once", len(uids), len(set(uids)))
    for event in events:
        checks.equal(f"{name}: no errors in {event['SUMMARY']}", [list(event.errors)], [[]])
        start, end = event.decoded("DTSTART"), event.decoded("DTEND")
        all_day = not isinstance(start, datetime) and end - start == timedelta(days=1)
        checks.check(f"{name}: all-day events end on the next day", all_day, (start, end))
        stamp = event.decoded("DTSTAMP")
        checks.check(f"{name}: stamped in UTC", stamp.utcoffset() == timedelta(0), stamp)
        for alarm in event.walk("VALARM"):
            rings = datetime.combine(start, datetime.min.time()) + alarm.decoded("TRIGGER")
            checks.equal(f"{name}: rings at nine", rings.hour, 9)
    other = vobject.readOne(raw.decode())
    checks.equal(f"{name}: the other library finds the same events", sorted(e.uid.value for e in other.vevent_list), sorted(uids))
    checks.check(f"{name}: the other library finds it valid", other.validate(raiseException=True))


def expected(name):
    with open(YEAR / "expected" / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def run_year(folder):
    """The year of the example, as its page says."""
    programs = folder / "bin"
    programs.mkdir()
    (programs / "regrade").symlink_to(REGRADE)
    env = environment(PATH=f"{programs}{os.pathsep}{os.environ['PATH']}")
    out = folder / "year"
    subprocess.run(["sh", YEAR / "year.sh", out], check=True, capture_output=True, env=env, timeout=300)
    return out


def the_year(checks, out):
    names = {row["客户编号"]: row["客户名称"] for row in export("客户", 6)}
    june, august = out / "calendars-2024-06", out / "calendars-2024-08"
    for folder in (june, august):
        for path in sorted(folder.iterdir()):
            well_formed(checks, path)
    planned = expected("tasks-2024-06.csv")
    listed = sorted((row["到期日"], f"{row['任务']} {names[row['客户编号']]}") for row in planned)
    calendars = {path.stem: Calendar() for path in june.iterdir()}
    checks.equal("a file for each owner", sorted(calendars), sorted({row["负责人"] for row in planned}))
    for time in ("once", "twice"):
        for owner, calendar in calendars.items():
            calendar.take(june / f"{owner}.ics")
        shown = sorted(sum((calendar.shown() for calendar in calendars.values()), []))
        checks.equal(f"imported {time}, each task is there once", shown, listed)
    for owner, calendar in calendars.items():
        of_owner = sum(row["负责人"] == owner for row in planned)
        checks.equal(f"{owner} has what is theirs", len(calendar.events), of_owner)
    before = {uid: str(event["SUMMARY"]) for calendar in calendars.values() for uid, event in calendar.events.items()}

    left = []
    for row in expected("tasks-2024-08.csv"):
        title = f"{row['任务']} {names[row['客户编号']]}"
        if row["逾期天数"]:
            # 31 August is a Saturday; the next working day is Monday.
            left.append(("2024-09-02", f"逾期 {row['逾期天数']} 天：{title}"))
        elif not row["完成日"]:
            left.append((row["到期日"], title))
    for time in ("once", "twice"):
        for owner, calendar in calendars.items():
            calendar.take(august / f"{owner}.ics")
        shown = sorted(sum((calendar.shown() for calendar in calendars.values()), []))
        checks.equal(f"two months later, imported {time}, what is done has gone and what is overdue shows", shown, sorted(left))
    after = {uid: str(event["SUMMARY"]) for calendar in calendars.values() for uid, event in calendar.events.items()}
    for uid in set(before) & set(after):
        checks.check("a task keeps its UID", after[uid].endswith(before[uid]), (before[uid], after[uid]))
    checks.check("tasks of before are known again", len(set(before) & set(after)) >= 10, (before, after))
    # An old file after a new one changes nothing.
    now = calendars["周敏"].shown()
    calendars["周敏"].take(june / "周敏.ics")
    overdue = [title for _, title in calendars["周敏"].shown() if title.startswith("逾期")]
    checks.equal("an older file moves nothing back", overdue, [title for _, title in now if title.startswith("逾期")])


def export(name, month):
    with open(YEAR / "in" / f"2024-{month:02}" / f"{name}2024-{month:02}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_worked(day):
    return day in WORKED or day.weekday() < 5 and day not in HOLIDAYS


def toward(day, step):
    while not is_worked(day):
        day += timedelta(days=step)
    return day


def month_end(year, month):
    return (date(year + month // 12, month % 12 + 1, 1)) - timedelta(days=1)


def later(day, months):
    """The same day of the month so many months later, the last one where there is none, or from a last day."""
    month = day.month - 1 + months
    end = month_end(day.year + month // 12, month % 12 + 1)
    is_last = (day + timedelta(days=1)).day == 1
    return end if is_last or day.day > end.day else end.replace(day=day.day)


def spread(ids, free):
    """The days of these customers among the working days that are free."""
    return {one: free[(2 * n + 1) * len(free) // (2 * len(ids))] for n, one in enumerate(sorted(ids))}


def quarter_by_hand(known):
    """The tasks of July to September as they stand at the end of month `known`, straight from the exports: day,
    customer, task, owner, and the day on which it was done."""
    sheets = {month: {row["客户编号"]: row for row in export("客户", month)} for month in range(1, known + 1)}
    types = {row["客户编号"]: row for row in expected("types.csv")}
    done = [row for month in range(1, known + 1) for row in export("跟进", month) if row["结果"] == "完成"]
    bought = [row for month in range(1, known + 1) for row in export("订单", month)]
    now, today = sheets[known], month_end(2024, known)

    def follow_ups(one, title):
        days = (row["跟进日期"] for row in done if row["客户编号"] == one and row["事项"] == title)
        return sorted(map(date.fromisoformat, days))

    def in_type(month, name):
        """By owner."""
        owners = {}
        for one, row in sheets[month].items():
            if types[one][f"2024-{month:02}"] == name:
                owners.setdefault(row["客户经理"], []).append(one)
        return owners

    tasks = []

    def every(title, name, months, begins):
        ends = later(begins, months) - timedelta(days=1)
        given = {}
        # The last month-end before the interval, then those within it, as far as they are known.
        ahead = [month for month in range(1, known + 1) if month_end(2024, month) < begins]
        within = [month for month in range(1, known + 1) if begins <= month_end(2024, month) < ends]
        for month in ahead[-1:] + within:
            first = max(begins, month_end(2024, month) + timedelta(days=1))
            free = [first + timedelta(days=n) for n in range((ends - first).days + 1)]
            free = [day for day in free if is_worked(day)]
            present = in_type(month, name)
            still = {one for ones in present.values() for one in ones}
            given = {one: slot for one, slot in given.items() if one in still}
            for ones in present.values():
                given.update(spread([one for one in ones if one not in given], free))
        # At a month-end since, it may have come to nothing.
        for month in range(1, known + 1):
            if month_end(2024, month) >= ends:
                still = {one for ones in in_type(month, name).values() for one in ones}
                settled = {one for one in given if any(day >= begins for day in follow_ups(one, title))}
                given = {one: slot for one, slot in given.items() if one in still | settled}
        for one, due in given.items():
            last = [day for day in follow_ups(one, title) if day < begins]
            if last and later(last[-1], months) > due:
                due = min(toward(later(last[-1], months), 1), toward(ends, -1))
            since = [day for day in follow_ups(one, title) if day >= begins]
            tasks.append((due, one, title, since[0] if since else None))

    for month in (7, 8, 9):
        every("上门拜访", "战略型", 1, date(2024, month, 1))
    every("方案交流", "潜力型", 3, date(2024, 7, 1))
    for one, row in now.items():
        if row["合同到期日"]:
            due = toward(date.fromisoformat(row["合同到期日"]), -1)
            begins = toward(due - timedelta(days=30), -1)
            since = [day for day in follow_ups(one, "续约") if day >= begins]
            tasks.append((due, one, "续约", since[0] if since else None))
    for one in now:
        open_since = None
        for month in range(1, known + 1):
            end = month_end(2024, month)
            days = [date.fromisoformat(r["下单日期"]) for r in bought if r["客户编号"] == one]
            days = [day for day in days if day <= end]
            since = [day for day in follow_ups(one, "该补货了") if open_since and open_since < day <= end]
            if since:
                tasks.append((toward(open_since + timedelta(days=1), 1), one, "该补货了", since[0]))
                open_since = None
            holds = bool(days) and (end - max(days)).days > 90
            open_since = (open_since or end) if holds else None
        if open_since:
            tasks.append((toward(open_since + timedelta(days=1), 1), one, "该补货了", None))
    within = [task for task in tasks if date(2024, 7, 1) <= task[0] <= date(2024, 9, 30)]
    shown = []
    for due, one, title, on in within:
        overdue = str((today - due).days) if on is None and due < today else ""
        shown.append((now[one]["客户经理"], due.isoformat(), one, title, overdue, on.isoformat() if on else ""))
    return sorted(shown)


def worked_out_again(checks):
    """The lists of the example's page against the sentences of its scheme, written here once more."""
    for name, known in (("tasks-2024-06.csv", 6), ("tasks-2024-08.csv", 8)):
        keys = ("负责人", "到期日", "客户编号", "任务", "逾期天数", "完成日")
        page = sorted(tuple(row.get(key, "") for key in keys) for row in expected(name))
        checks.equal(f"{name} by brute force", page, quarter_by_hand(known))


SCHEME = """
[scheme]
name = "t"
language = "zh"
[sheets.customers]
key = "编号"
name = "名称"
fields = [{ name = "名称", type = "text" }, { name = "经理", type = "text" }]
[[strategies]]
tasks = [{ title = "拜访, 送礼; \\\\ 致谢", every = "week", by = "{经理}", lead_days = 2 }]
"""

NAMES = [
    ("1", "甲,乙;丙\\丁", "王/五"), ("2", "长" * 120, "CON"), ("3", "😀" * 40 + "é", "王/五"), ("4", "two\nlines", "王:五"),
    ("5", "x" * 300, ""), ("007", '"quoted"', "..\\up"),
]


def hostile_names(checks, folder):
    """Whatever customers and owners are called, it comes back as it was, and files are where they should be."""
    (folder / "rules.toml").write_text(SCHEME, encoding="utf-8")
    with open(folder / "c.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("编号", "名称", "经理"), *NAMES])
    asked = ("tasks", "2024-09", "c.csv", "--as-of", "2024-08-31", "-q")
    run = regrade(*asked, "-o", "cal/", "-o", "all.ics", "-o", "tasks.xlsx", cwd=folder)
    checks.equal("hostile names", run.returncode, 0)
    made = sorted(path.name for path in (folder / "cal").iterdir())
    checks.check("no name leaves its folder or names a device", all("/" not in n and "\\" not in n and n.split(".")[0].upper() != "CON" for n in made), made)
    checks.equal("a file an owner, two whose names are alike too", len(made), 5)
    titles = set()
    for path in [*sorted((folder / "cal").iterdir()), folder / "all.ics"]:
        well_formed(checks, path)
        events = icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")
        titles |= {str(event["SUMMARY"]) for event in events}
    checks.equal("titles come back as they were", titles, {f"拜访, 送礼; \\ 致谢 {name}" for _, name, _ in NAMES})

    sheet = openpyxl.load_workbook(folder / "tasks.xlsx").worksheets[0]
    checks.equal("the sheet is a table with a filter", [table.autoFilter.ref for table in sheet.tables.values()], [sheet.dimensions])
    checks.equal("headings and keys stay in sight", sheet.freeze_panes, "C2")
    heading = [cell.value for cell in sheet[1]]
    rows = [dict(zip(heading, row)) for row in sheet.iter_rows(min_row=2)]
    # Weeks begin on Mondays: four whole ones, and of the fifth, from the 30th on, nobody gets the first day.
    checks.equal("four weeks of six customers", len(rows), 24)
    checks.check("ids are text", all(isinstance(row["客户编号"].value, str) for row in rows) and any(row["客户编号"].value == "007" for row in rows))
    checks.check("days are days", all(isinstance(row["到期日"].value, datetime) and row["到期日"].number_format == "yyyy-mm-dd" for row in rows))
    checks.equal("printed with its heading", sheet.print_title_rows, "$1:$1")

    # The reader of standard output goes away at once; the calendar is written nevertheless.
    (folder / "all.ics").unlink()
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        left = subprocess.run([REGRADE, *asked, "-o", "all.ics", "-o", "-"], cwd=folder, stdout=closed, stderr=subprocess.PIPE, env=environment(), check=False)
    checks.equal("a closed pipe is no error", (left.returncode, b"error" in left.stderr), (0, False))
    checks.check("and takes no file with it", (folder / "all.ics").is_file())


def main():
    checks = Checks()
    worked_out_again(checks)
    the_year(checks, run_year(checks.folder))
    folder = checks.folder / "names"
    folder.mkdir()
    hostile_names(checks, folder)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
