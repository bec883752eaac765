"""Two books that differ in nothing but what a role does not see, and not in any result, are the same to the role.

Grades, labels, types, tags with a name of their own and who is in a queue are results, which stay whatever they are made
of. All else that a role is told must not depend on hidden values: every command writes every format of both books for the
role, and every byte is the same, workbooks unzipped. So it is for grades by values and for grades that rules move.
"""

import csv
import os
import re
import subprocess
import sys

from checks import REGRADE, Checks
from roles import parts

SCHEME = """
[scheme]
name = "twins"
version = "1"
language = "zh"
period = "month"

[sheets.customers]
key = "编号"
name = "名称"
fields = [
  { name = "名称", type = "text" },
  { name = "密否", type = "bool" },
  { name = "密额", type = "number" },
  { name = "密文", type = "text" },
  { name = "密日", type = "date" },
  { name = "开额", type = "number" },
]

[sheets.orders]
customer = "编号"
date = "日期"
fields = [{ name = "金额", type = "number" }, { name = "密价", type = "number" }]

[sheets.visits]
customer = "编号"
date = "拜访日"
fields = [{ name = "时长", type = "number" }]

[[metrics]]
name = "月密"
from = "orders"
value = "sum(密价)"
per = "month"
[[metrics]]
name = "总额"
from = "orders"
value = "sum(金额)"
[[metrics]]
name = "大密"
from = "orders"
value = "max(密价)"
[[metrics]]
name = "密后额"
from = "orders"
value = "sum(金额)"
where = "密价 > 50"
[[metrics]]
name = "近访"
from = "visits"
value = "count()"
within = "2 months"
[[metrics]]
name = "末访"
from = "visits"
value = "last(时长)"

[[values]]
name = "密排"
is = "rank(密额)"

[[dimensions]]
name = "价值"
weight = 1
bands = [{ label = "高", when = "密额 >= 1000", points = 100 }, { label = "低", points = 40 }]
[[dimensions]]
name = "指标"
bands = [{ label = "全", when = "points >= 0" }]
[[dimensions.indicators]]
name = "合同"
weight = 1
bands = [{ when = "密否", points = 60 }, { points = 40 }]
[[dimensions.indicators]]
name = "规模"
weight = 1
bands = [{ when = "开额 >= 0", points = 50 }]

[[grades]]
name = "A"
when = "密否 and 密额 >= 500 and 开额 >= 10"
[[grades]]
name = "B"
%s
[[types]]
name = "大"
when = "密否 and 密额 >= 700"
[[types]]
name = "小"

[[tags]]
name = "{密文}的"
[[tags]]
name = "旧"
when = "密日 < '2020-01-01'"

[[review]]
name = "看"
when = "密额 >= 9000 or 开额 >= 80"
owner = "{密文}"

[[strategies]]
when = "grade = 'A'"
service = "专人"
[[strategies]]
service = "标准"
tasks = [{ title = "拜访", every = "1 month", by = "{密文}" }]

[[roles]]
name = "客服"
hide = ["密否", "密额", "密文", "密日", "orders.密价", "visits.拜访日"]
"""
MOVEMENT = """
[[movement]]
of = "grade"
initial = "B"
eligible = "密文 = '甲一'"
rules = [
  { name = "升", to = "A", when = "streak(月密 >= 50) >= 4 and 密否" },
  { name = "降", to = "B", when = "streak(月密 < 20) >= 9" },
]
[[movement]]
of = "type"
initial = "小"
rules = [{ name = "变", to = "大", when = "streak(月密 >= 60) >= 5" }]
"""
HEADER = ["编号", "名称", "密否", "密额", "密文", "密日", "开额"]
BOOKS = {
    "one": {
        "客户.csv": [
            HEADER,
            ["1", "甲", "是", "40", "甲一", "2021-01-01", "90"],
            ["2", "乙", "否", "5", "乙乙乙乙乙", "2022-02-02", "70"],
            ["3", "丙", "是", "88", "丙丙丙", "2023-03-03", "20"],
            ["4", "丁", "否", "99", "", "2021-12-31", "5"],
        ],
        "orders.csv": [
            ["编号", "日期", "金额", "密价"],
            ["1", "2024-01-05", "5", "60"],
            ["1", "2024-02-05", "6", "70"],
            ["1", "2024-03-05", "6", "80"],
            ["2", "2024-02-07", "1", "1"],
            ["3", "2024-03-07", "1", "3"],
        ],
        "visits.csv": [["编号", "拜访日", "时长"], ["1", "2024-01-09", "3"], ["1", "2024-03-09", "4"], ["2", "2024-02-02", "7"]],
    },
    "other": {
        "客户.csv": [
            HEADER,
            ["1", "甲", "否", "333.3333", "一个很长很长的负责人姓名", "2021-05-05", "90"],
            ["2", "乙", "是", "499", "乙", "2023-12-02", "70"],
            ["3", "丙", "否", "-45", "丙", "2020-03-03", "20"],
            ["4", "丁", "是", "17", "甲一", "2022-12-31", "5"],
        ],
        "orders.csv": [
            ["编号", "日期", "金额", "密价"],
            ["1", "2024-01-05", "5", "1"],
            ["1", "2024-02-05", "6", "2"],
            ["1", "2024-03-05", "6", "0.5"],
            ["2", "2024-02-07", "1", "99999"],
            ["3", "2024-03-07", "1", "77"],
        ],
        "visits.csv": [["编号", "拜访日", "时长"], ["1", "2024-03-19", "3"], ["1", "2024-01-04", "4"], ["2", "2024-03-22", "7"]],
    },
}
# The customers a month later. The open column of one changes in both, so that both bring something new.
LATER = {name: [row[:-1] + ["71" if row[0] == "2" else row[-1]] for row in tables["客户.csv"]] for name, tables in BOOKS.items()}
LATER["one"][3][4] = "换了人"
SHEETS = ["customers=客户.csv", "orders=orders.csv", "visits=visits.csv"]
# The id of a run is worked out of all that it was given, and a run has been made when it was.
ID = re.compile(rb"[0-9a-f]{64}")
MADE = re.compile(rb"20\d\d-\d\d-\d\dT[0-9:]+Z")


class Book:
    """One of the books, with all that was written of it."""

    def __init__(self, folder, scheme, tables):
        self.folder = folder
        self.written = {}
        folder.mkdir(parents=True)
        (folder / "rules.toml").write_text(scheme, encoding="utf-8")
        for name, rows in tables.items():
            self.table(name, rows)

    def table(self, name, rows):
        with open(self.folder / name, "w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows)

    def run(self, *arguments, files=()):
        outputs = [part for file in files for part in ("-o", file)]
        environment = {**os.environ, "REGRADE_BY": "prüfer"}
        done = subprocess.run(
            [REGRADE, *arguments, *outputs], cwd=self.folder, env=environment, capture_output=True, timeout=120
        )
        return done

    def told(self, *arguments, files=()):
        """What a command tells the role, by the name of the place."""
        done = self.run(*arguments, "--role", "客服", files=files)
        name = " ".join(arguments)
        assert done.returncode == 0, f"{name}: {done.returncode}\n{done.stderr.decode()}"
        self.written |= {f"{name}: output": done.stdout, f"{name}: messages": done.stderr}
        for file in files:
            path = self.folder / file
            if path.is_file():
                for number, part in enumerate(parts(path.read_bytes())):
                    # The packed bytes themselves have the length of what is unpacked.
                    if number or not file.endswith(".xlsx"):
                        self.written[f"{name}: {file}, part {number}"] = part
                path.unlink()

    def tell(self):
        files = ["g.csv", "g.json", "g.jsonl", "g.xlsx", "g.md", "g.txt", "g.html"]
        asked = [*SHEETS, "--as-of", "2024-04-30"]
        for lang in ["zh", "en"]:
            of_files = [*asked, "--lang", lang]
            self.told("grade", *of_files, files=files)
            self.told("grade", *of_files, "--plain", files=["p.xlsx"])
            self.told("grade", *of_files, "--verbose")
            self.told("simulate", *of_files, "--set", "grades.A.when='密额 >= 9999999'", files=["x.json", "x.csv", "x.xlsx"])
            for key in "1234":
                for format in ["table", "json"]:
                    self.told("explain", key, *of_files, "--format", format)
            self.told("tasks", "2024-Q2", *of_files, files=["t.csv", "t.json", "t.xlsx"])
            self.told("report", *of_files, files=["r.json", "r.html", "r.md", "r.xlsx"])
        db = ["--ledger", "l.db"]
        # A tag that the role does not see changes in one of the books.
        for month, sheets in [("2024-03-31", SHEETS), ("2024-04-30", SHEETS[:1])]:
            if month == "2024-04-30":
                self.table("客户.csv", LATER[self.folder.name])
            done = self.run("grade", *sheets, *db, "--as-of", month, files=["w.csv"])
            assert done.returncode in (0, 1), done.stderr.decode()
        self.told("grade", *db, "--as-of", "2024-04-30", "--changed", files=["c.csv"])
        self.told("grade", *db, "--as-of", "2024-05-31", "--changed", files=["c.csv"])
        self.told("diff", *db, "@2024-03", "@2024-04", files=["d.json", "d.csv", "d.xlsx"])
        self.told("runs", "show", "@2024-04", *db, "--format", "json")
        self.told("runs", "export", "@2024-04", *db, files=["e.jsonl", "e.csv"])
        self.told("runs", "export", "@2024-04", "--changed", *db, files=["e.jsonl"])
        self.told("runs", "history", "1", *db, "--format", "json")
        self.told("runs", "list", *db, "--format", "json")
        self.ids = {id[:8] for text in list(self.written.values()) for id in ID.findall(text)}

    def same_for_all(self, place):
        """What was written there, without ids of runs and the time."""
        text = ID.sub(b"#", MADE.sub(b"#", self.written[place]))
        for id in self.ids:
            text = text.replace(id, b"#")
        return text


def same(c, name, movement):
    books = []
    for book, tables in BOOKS.items():
        books.append(Book(c.folder / name / book, SCHEME % movement, tables))
        books[-1].tell()
    one, other = books
    c.equal(f"{name}: as many outputs", sorted(one.written), sorted(other.written))
    for place in one.written:
        c.equal(f"{name}: {place}", one.same_for_all(place), other.same_for_all(place))
    # Without a role the books are not the same.
    whole = [book.run("grade", *SHEETS, "--as-of", "2024-04-30").stdout for book in books]
    c.check(f"{name}: the books differ", whole[0] != whole[1])
    return len(one.written)


def main():
    c = Checks()
    count = sum(same(c, name, movement) for name, movement in [("by values", ""), ("by rules", MOVEMENT)])
    print(f"{count} outputs of two books are the same")
    return c.end()


if __name__ == "__main__":
    sys.exit(main())
