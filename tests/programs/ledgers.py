"""What the scripts about the ledger share: months of customers and orders, and the ledger as SQLite shows it.

The sheets are as large as they are asked to be and always the same: who buys what is worked out from numbers.
"""

import csv
import shutil
import sqlite3
from contextlib import closing, contextmanager

SCHEME = """
[scheme]
name = "月度评级"
language = "zh"
period = "month"
unit = "元"

[sheets.customers]
key = "客户编号"
name = "客户名称"
fields = [
  { name = "客户名称", type = "text" },
  { name = "地区", type = "text" },
]

[sheets.orders]
customer = "客户编号"
date = "下单日期"
id = "订单编号"
fields = [{ name = "金额", type = "money", required = true }]

[[metrics]]
name = "月消费额"
from = "orders"
value = "sum(金额)"
per = "month"

[[grades]]
name = "高级"
when = "latest(月消费额) >= 700"
[[grades]]
name = "中级"
when = "latest(月消费额) >= 300"
[[grades]]
name = "低级"

[[types]]
name = "重点"
when = "grade = '高级'"
[[types]]
name = "一般"
"""

# The last day of each month that is graded.
MONTHS = ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]
REGIONS = ["华东", "华南", "华北", "西南"]


def amount(number, month):
    """What a customer buys in a month: as good as random, and always the same."""
    return (number * 7919 + month * 104729 + number * month * 31) % 1000


def customers(path, count, month):
    """The customers' sheet of a month; a few are new every month."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["客户编号", "客户名称", "地区"])
        for number in range(count + month):
            out.writerow([f"K{number:06}", f"恒远机械{number:06}有限公司", REGIONS[number % 4]])


def orders(path, count, month):
    """The orders of a month, one for each customer."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["订单编号", "客户编号", "下单日期", "金额"])
        for number in range(count + month):
            day = f"{MONTHS[month][:7]}-{number % 28 + 1:02}"
            out.writerow([f"D{month}{number:06}", f"K{number:06}", day, amount(number, month)])


def sheets(folder, count, months=len(MONTHS)):
    """A folder with the scheme and `in/2024-01` and so on, each with the two sheets of that month."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rules.toml").write_text(SCHEME, encoding="utf-8")
    for month in range(months):
        place = folder / "in" / MONTHS[month][:7]
        place.mkdir(parents=True)
        customers(place / "客户.csv", count, month)
        orders(place / "订单.csv", count, month)
    (folder / "out").mkdir(exist_ok=True)
    return folder


@contextmanager
def reading(ledger):
    """A connection that changes no rows. It takes in the log that a killed command left, as the next command would."""
    with closing(sqlite3.connect(ledger)) as connection:
        connection.execute("PRAGMA query_only = ON")
        yield connection


def copied(ledger, folder):
    """A copy of a ledger that nobody has open, with the log that a killed command leaves. Looking at the copy leaves it to
    regrade to make sense of the log."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for ending in ["", "-wal", "-journal"]:
        part = ledger.with_name(ledger.name + ending)
        if part.exists():
            shutil.copy(part, folder / part.name)
    return folder / ledger.name


def tables(connection):
    return [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]


def content(ledger, moments=False):
    """All rows of all tables but the audit; with `moments` also when they were written."""
    found = {}
    with reading(ledger) as connection:
        for table in tables(connection):
            if table == "audit":
                continue
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            names = [name for name in names if moments or not name.endswith("_at")]
            found[table] = connection.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY rowid"
                                              if has_rowid(connection, table) else
                                              f"SELECT {', '.join(names)} FROM {table} ORDER BY 1, 2").fetchall()
    return found


def has_rowid(connection, table):
    (made,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", [table]).fetchone()
    return "WITHOUT ROWID" not in made


def faults(ledger):
    """What is wrong with a ledger: by SQLite's own checks, and runs or imports that are not all there."""
    with reading(ledger) as connection:
        found = [line for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
        found += [f"dangling: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
        if "run" not in tables(connection):
            return found
        for what, query in [
            ("run", """SELECT number, customer_count, end_row - first_row,
                              (SELECT count(*) FROM run_customer WHERE run = number),
                              (SELECT count(*) FROM run_customer WHERE id >= first_row AND id < end_row),
                              (SELECT sum(value) FROM json_each(counts)) FROM run"""),
            ("import", """SELECT id, row_count, end_row - first_row,
                                 (SELECT count(*) FROM sheet_row WHERE import = import.id),
                                 (SELECT count(*) FROM sheet_row WHERE id >= first_row AND id < end_row) FROM import"""),
        ]:
            for number, *counts in connection.execute(query):
                if len(set(counts)) != 1 or (what == "run" and counts[0] == 0):
                    found.append(f"{what} {number} is not whole: {counts}")
        for table, column, parent in [("sheet_row", "import", "import"), ("run_customer", "run", "run"),
                                      ("run_input", "run", "run")]:
            key = "number" if parent == "run" else "id"
            (lost,) = connection.execute(
                f"SELECT count(*) FROM {table} WHERE {column} NOT IN (SELECT {key} FROM {parent})").fetchone()
            if lost:
                found.append(f"{lost} rows of {table} belong to nothing")
        without = "SELECT number FROM run WHERE number NOT IN (SELECT run FROM run_input)"
        found += [f"run {number} has no inputs" for (number,) in connection.execute(without)]
    return found


def size(found):
    """How much there is of what `content` gives, for messages."""
    return {table: len(rows) for table, rows in found.items() if rows}
