"""What a role does not see is nowhere in what is written for it.

Every value of a hidden column, every masked value and everything of the customers whom the role does not see is a text
or number that stands nowhere else. Every command writes every format for the role, from files and from a ledger, in both
languages; workbooks are unzipped, and every byte of every part, of standard output and of standard error is searched for
each of them, in several encodings. What is masked must be masked as specified.
"""

import base64
import csv
import io
import json
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

from checks import REGRADE, Checks

SCHEME = """
[scheme]
name = "roles"
version = "1"
language = "zh"
period = "month"

[sheets.customers]
key = "客户编号"
name = "客户名称"
allow_bad = "20%"
fields = [
  { name = "客户名称", type = "text", mask = "name" },
  { name = "手机", type = "text", mask = "phone" },
  { name = "身份证", type = "id", mask = "id_card" },
  { name = "邮箱", type = "text", mask = "email" },
  { name = "银行卡", type = "id", mask = "bank_card" },
  { name = "地址", type = "text", mask = "address" },
  { name = "区域", type = "choice", choices = ["华东", "华南"] },
  { name = "行业", type = "text" },
  { name = "年采购额", type = "money", unit = "元" },
  { name = "负责人", type = "text" },
  { name = "签约日", type = "date" },
  { name = "年检日", type = "date" },
]

[sheets.orders]
customer = "客户编号"
date = "日期"
fields = [{ name = "金额", type = "money", unit = "元" }, { name = "门店", type = "text" }]

[sheets.surveys]
customer = "客户编号"
date = "答卷日"
fields = [{ name = "满意分", type = "number" }, { name = "推荐分", type = "number" }]

[sheets.tickets]
customer = "客户编号"
date = "提出"
id = "工单号"
fields = [
  { name = "提出", type = "datetime" },
  { name = "回复", type = "datetime" },
  { name = "门类", type = "text" },
]

[sheets.trades]
kind = "lookup"
key = "行业"
on = "行业"
fields = [{ name = "行业经理", type = "text" }]

[[metrics]]
name = "月消费额"
from = "orders"
value = "sum(金额)"
per = "month"
[[metrics]]
name = "总消费额"
from = "orders"
value = "sum(金额)"

[[values]]
name = "折算额"
is = "年采购额 / 3"
[[values]]
name = "名次"
is = "rank(年采购额)"

[[dimensions]]
name = "价值"
weight = 50
bands = [
  { label = "高", when = "年采购额 >= 1000000", points = 100 },
  { label = "低", points = 40 },
]
[[dimensions]]
name = "体量"
weight = 50
points = "least(100, 年采购额 / 77777)"
[[dimensions]]
name = "归属"
bands = [{ label = "直管", when = "负责人 = '密主管甲'" }, { label = "他管" }]

[[grades]]
name = "A"
when = "score >= 60"
color = "C6EFCE"
[[grades]]
name = "B"

[[movement]]
of = "grade"
initial = "B"
rules = [
  { name = "连续达标", to = "A", when = "streak(月消费额 >= 5000) >= 2" },
  { name = "连续不足", to = "B", when = "streak(月消费额 < 100) >= 2" },
]

[[types]]
name = "大户"
when = "总消费额 >= 20000"
[[types]]
name = "散户"

[[tags]]
name = "{负责人}名下"
[[tags]]
name = "{区域}客户"
[[tags]]
name = "大额"
when = "年采购额 >= 1000000"

[[review]]
name = "大额复核"
when = "年采购额 >= 5000000"
owner = "{负责人}"
due_days = 5

[[strategies]]
when = "grade = 'A'"
service = "专人"
respond_within = "2 hours"
goal = "留住"
goal_met = "年采购额 >= 5000000"
hours = 3
tasks = [{ title = "拜访", every = "1 month", by = "{负责人}" }, { title = "庆祝", when = "年采购额 >= 8000000" }, { title = "年检", on = "年检日" }]
benefits = ["优先"]
[[strategies]]
service = "标准"

[report]
amount = "年采购额"
churned = "负责人 = '密主管乙' or 总消费额 < 300"
bought = "总消费额 > 0"
repurchased = "总消费额 > 20000"
behaviour = ["年采购额", "总消费额", "折算额"]
[report.satisfaction]
sheet = "surveys"
csat = "满意分"
nps = "推荐分"
[report.service]
sheet = "tickets"
replied = "回复"
kind = "门类"

[[roles]]
name = "客服"
rows = "区域 = '华东'"
hide = ["年采购额", "负责人", "年检日", "orders.金额", "trades.行业经理", "surveys.满意分", "tickets.门类"]
mask = ["客户名称", "手机", "身份证", "邮箱", "银行卡", "地址", "签约日"]
[[roles]]
name = "外部"
preset = "external"
hide = ["年采购额", "orders.金额"]
key_file = "role.key"
[[roles]]
name = "华东组"
rows = "区域 = '华东'"
"""

HEADER = [
    "客户编号", "客户名称", "手机", "身份证", "邮箱", "银行卡", "地址", "区域", "行业", "年采购额", "负责人", "签约日", "年检日", "备注",
]
# The columns whose values a role must not find, and how it sees the masked ones.
CUSTOMERS = [
    ["KH-7001", "密客甲贸易公司", "13851237001", "310101198807067001", "mkjia@secret-a.example", "6222021234567897001",
     "上海市浦东新区密语路7001弄", "华东", "食品", "8765432.19", "密主管甲", "2021-03-17", "2024-05-14", "内情甲备注"],
    ["KH-7002", "密客乙商行", "021-65437002", "310101197901017002", "mkyi@secret-b.example", "6222029876543217002",
     "浙江省杭州市西湖区密文街7002号", "华东", "纺织", "432198.76", "密主管乙", "2019-11-23", "2024-05-15", "内情乙备注"],
    ["KH-8003", "异客丙实业", "13951238003", "440101198001018003", "ykbing@secret-c.example", "6222035555666677778003",
     "广东省广州市天河区异乡路8003号", "华南", "异业机械", "6543217.98", "异主管丙", "2020-07-19", "2024-05-16", "内情丙备注"],
    ["KH-8004", "异客丁工坊", "13751238004", "440101198102028004", "ykding@secret-d.example", "6222035555666677778004",
     "广东省深圳市南山区异乡路8004号", "华南", "异业电子", "21987.65", "异主管丁", "2022-02-13", "2024-05-17", "内情丁备注"],
    # A row that cannot be used: what is wrong with it is told by what stands there.
    ["KH-9005", "异客戊", "13651239005", "440101198203039005", "ykwu@secret-e.example", "6222035555666677779005",
     "广东省佛山市禅城区异乡路9005号", "华南", "食品", "坏数九零零五", "异主管戊", "2023-01-09", "2024-05-18", "内情戊备注"],
]
ORDERS = [
    ("KH-7001", "2024-01-11", "9871.23", "密店一"),
    ("KH-7001", "2024-02-12", "9762.34", "密店二"),
    ("KH-7001", "2024-03-13", "9653.45", "密店三"),
    ("KH-7002", "2024-02-14", "345.67", "密店四"),
    ("KH-8003", "2024-01-15", "8761.98", "异店五"),
    ("KH-8003", "2024-02-16", "8652.87", "异店六"),
    ("KH-8004", "2024-03-17", "234.56", "异店七"),
]
SURVEYS = [("KH-7001", "2024-02-20", "4", "9"), ("KH-7002", "2024-02-21", "2", "3"), ("KH-8003", "2024-02-22", "5", "10")]
TICKETS = [
    ("KH-7001", "GD-密单一", "2024-02-27 09:00", "", "密类一"),
    ("KH-7002", "GD-密单二", "2024-02-27 10:00", "2024-02-27 11:00", "密类二"),
    ("KH-8003", "GD-异单三", "2024-02-28 09:00", "", "异类三"),
]
TRADES = [("食品", "密行经理一"), ("纺织", "密行经理二"), ("异业机械", "异行经理三"), ("异业电子", "异行经理四")]
MASKED = {
    "KH-7001": {
        "客户名称": "密******",
        "手机": "138****7001",
        "身份证": "310101********7001",
        "邮箱": "m***@secret-a.example",
        "银行卡": "**** **** **** 7001",
        "地址": "上海市浦东新区****",
        "签约日": "2021",
    },
    "KH-7002": {
        "客户名称": "密****",
        "手机": "021-****7002",
        "身份证": "310101********7002",
        "邮箱": "m***@secret-b.example",
        "银行卡": "**** **** **** 7002",
        "地址": "浙江省杭州市西湖区****",
        "签约日": "2019",
    },
}
REASON = "客户说年采购额 8765432.19 属实"


def numbers(text):
    """A number in the forms in which it could be written."""
    whole, _, rest = text.partition(".")
    forms = {text, f"{int(whole):,}" + (f".{rest}" if rest else "")}
    # What is worked out of it by the scheme, and what it is in ten thousands.
    value = float(text)
    forms |= {f"{value / 3:.6f}".rstrip("0"), f"{value / 10000:.8f}".rstrip("0"), f"{value / 77777:.6f}".rstrip("0")}
    return {form for form in forms if len(form) >= 5}


def secrets(role):
    """What nothing that is written for the role may hold."""
    found = set()
    for row in CUSTOMERS:
        customer = dict(zip(HEADER, row))
        is_own = customer["区域"] == "华东" and role == "客服" or role == "外部"
        hidden = ["客户名称", "手机", "身份证", "邮箱", "银行卡", "地址", "负责人", "备注"]
        if role == "客服":
            hidden.append("签约日")
        found |= {customer[name] for name in hidden}
        if customer["年采购额"].startswith("坏"):
            found.add(customer["年采购额"])
        else:
            found |= numbers(customer["年采购额"])
        if role == "外部" or not is_own:
            found.add(customer["客户编号"])
        if not is_own:
            found |= {customer["签约日"], customer["行业"]} - {"食品"}
    totals = {}
    for key, _, amount, shop in ORDERS:
        found |= {amount, shop}
        totals[key] = totals.get(key, 0) + round(float(amount) * 100)
    found |= {f"{total // 100}.{total % 100:02}" for total in totals.values()}
    found |= {manager for _, manager in TRADES}
    found.add("客户说")
    for key, number, _, _, kind in TICKETS:
        found.add(kind)
        if role == "外部" or key.startswith("KH-8"):
            found.add(number)
    return found


def forms(secret):
    """The bytes in which a text could be hidden."""
    raw = secret.encode()
    named = "".join(f"&#{ord(c)};" if ord(c) > 127 else c for c in secret)
    hexed = "".join(f"&#x{ord(c):X};" if ord(c) > 127 else c for c in secret)
    escaped = json.dumps(secret)[1:-1]
    codes = {raw, secret.encode("utf-16-le"), secret.encode("utf-16-be"), secret.encode("gb18030")}
    codes |= {named.encode(), hexed.encode(), escaped.encode()}
    # Three places of a text in a stream of base64; what is at its ends depends on the neighbours.
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw)
        codes.add(whole[4 if shift else 0 : len(whole) - 4])
    return {code for code in codes if len(code) >= 5}


def parts(data):
    """A file, and what is packed in it."""
    yield data
    # A pseudonym begins with P and any letter.
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                yield name.encode()
                yield from parts(packed.read(name))


class Role(Checks):
    """The scene, and searching what is written in it."""

    def __init__(self):
        super().__init__()
        self.write("rules.toml", SCHEME)
        self.table("客户.csv", [HEADER, *CUSTOMERS])
        self.table("orders.csv", [["客户编号", "日期", "金额", "门店"], *ORDERS])
        self.table("surveys.csv", [["客户编号", "答卷日", "满意分", "推荐分"], *SURVEYS])
        self.table("tickets.csv", [["客户编号", "工单号", "提出", "回复", "门类"], *TICKETS])
        self.table("trades.csv", [["行业", "行业经理"], *TRADES])
        self.searched = 0

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def table(self, name, rows):
        with open(self.folder / name, "w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows)

    def run(self, *arguments, exit_code=(0, 1)):
        """Calls regrade, whose locale decides nothing here; the output and what it said."""
        command = [REGRADE, *map(str, arguments)]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, timeout=120)
        allowed = exit_code if isinstance(exit_code, tuple) else (exit_code,)
        self.check(f"{arguments} ends with {allowed}", done.returncode in allowed, done.stderr.decode(errors="replace"))
        return done

    def search(self, name, data, role):
        """No secret is in the data."""
        self.searched += 1
        for part in parts(data):
            for secret in SECRETS[role]:
                for form in forms(secret):
                    if form in part:
                        at = part.index(form)
                        shown = part[max(0, at - 60) : at + 60].decode(errors="replace")
                        self.check(f"{name} has {secret}", False, shown)
        self.check(name, True)

    def for_role(self, role, *arguments, files=(), exit_code=(0, 1)):
        """Runs a command for a role and searches everything that it writes."""
        for lang in ["zh", "en"]:
            written = [part for file in files for part in ("-o", file)]
            done = self.run(*arguments, *written, "--role", role, "--lang", lang, exit_code=exit_code)
            name = f"{' '.join(map(str, arguments))} --role {role} --lang {lang}"
            self.search(f"{name}: standard output", done.stdout, role)
            self.search(f"{name}: standard error", done.stderr, role)
            for file in files:
                path = self.folder / file
                self.check(f"{name}: {file} is written", path.is_file() and path.stat().st_size > 0)
                if path.is_file():
                    self.search(f"{name}: {file}", path.read_bytes(), role)
        return done


SECRETS = {role: secrets(role) for role in ["客服", "外部"]}
# Everything of others, but not the regions and trades that stand in the scheme.
SECRETS["华东组"] = {value for row in CUSTOMERS if row[7] != "华东" for value in row if value} - {"华南", "食品"}
FORMATS = ["g.csv", "g.tsv", "g.jsonl", "g.json", "g.xlsx", "g.md", "g.txt", "g.html"]
REPORTS = ["r.md", "r.json", "r.xlsx", "r.html", "r.txt"]
LISTS = ["l.csv", "l.tsv", "l.jsonl", "l.json", "l.md", "l.txt"]
SHEETS = ["customers=客户.csv", "orders=orders.csv", "trades=trades.csv", "surveys=surveys.csv", "tickets=tickets.csv"]


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def secrets_would_be_found(c):
    """The search finds what is there: without a role every secret that grading shows is in the outputs."""
    done = c.run("grade", *SHEETS, "--as-of", "2024-04-30", "-o", "all.xlsx", "-o", "all.json")
    workbook = b"\n".join(parts((c.folder / "all.xlsx").read_bytes()))
    for secret in ["密客甲贸易公司", "13851237001", "KH-8003", "密主管甲", "内情甲备注", "异主管丁"]:
        c.check(f"the search finds {secret}", any(form in workbook for form in forms(secret)), done.stderr.decode())
    texts = (c.folder / "all.json").read_bytes()
    c.check("the search finds the sum of orders", b"29287.02" in texts, texts[:2000])


def files(c, role):
    every = ["--summary-json", "s.json"]
    c.for_role(role, "grade", *SHEETS, "--as-of", "2024-04-30", *every, files=FORMATS)
    c.search("the summary", (c.folder / "s.json").read_bytes(), role)
    for format in ["table", "csv", "json", "md", "xlsx"]:
        c.for_role(role, "grade", *SHEETS, "--as-of", "2024-04-30", "--format", format)
    c.for_role(role, "grade", *SHEETS, "--as-of", "2024-04-30", "--verbose", "--format", "csv")
    c.for_role(role, "simulate", *SHEETS, "--as-of", "2024-04-30", "--set", "grades.A.when='score >= 99'", files=["x.xlsx", "x.json", "x.csv", "x.md"])
    # What a role does not see it cannot find out by asking.
    for asked in ["年采购额 > 8765432", "手机 = '13851237001'", "折算额 > 1"]:
        done = c.for_role(role, "grade", *SHEETS, "--where", asked.replace("8765432", "1").replace("13851237001", "1"), exit_code=2)
        c.check(f"--where {asked} is refused", b"not-for-role" in done.stderr, done.stderr.decode())
    for asked in ["a = 年采购额", "a = concat(手机, '')", "a = 月消费额"]:
        done = c.for_role(role, "grade", *SHEETS, "--columns", asked, exit_code=2)
    c.for_role(role, "grade", *SHEETS, "--as-of", "2024-04-30", "--columns", "*, g = 等级, r = 原因", files=FORMATS)
    c.for_role(role, "report", *SHEETS, "--as-of", "2024-04-30", files=REPORTS)
    c.for_role(role, "report", *SHEETS, "--as-of", "2024-04-30", "--by", "区域", "--where", "grade = 'A'", files=REPORTS)
    for by in ["负责人", "手机", "year(签约日)", "区域, 年采购额", "客户编号"][: 5 if role == "外部" else 4]:
        if role == "客服" or by != "year(签约日)":
            done = c.for_role(role, "report", *SHEETS, "--by", by, exit_code=2)
            c.check(f"--by {by} is refused", b"not-for-role" in done.stderr, done.stderr.decode())
    # An error about the data quotes it, and is told in numbers.
    c.table("坏.csv", [HEADER, CUSTOMERS[2], CUSTOMERS[2]])
    c.for_role(role, "grade", "customers=坏.csv", "--strict", "--format", "csv", exit_code=(0, 1, 3))


def ledger(c, role):
    db = ["--ledger", "l.db"]
    c.for_role(role, "grade", *db, "--as-of", "2024-04-30", files=FORMATS)
    c.for_role(role, "grade", *db, "--as-of", "2024-04-30", "--changed", files=["g.csv"])
    c.for_role(role, "diff", *db, "@2024-02", "@2024-04", files=["d.csv", "d.tsv", "d.jsonl", "d.json", "d.md", "d.txt", "d.xlsx"])
    c.for_role(role, "diff", *db, "@2024-02", "@2024-04", "--on", "type")
    c.for_role(role, "diff", *db, "@2024-02", "@2024-04", "--amount", "年采购额", exit_code=2)
    c.for_role(role, "simulate", *db, "--set", "grades.A.when='score >= 99'", files=["x.xlsx", "x.json", "x.csv"])
    c.for_role(role, "tasks", "2024-Q2", *db, files=["t.csv", "t.xlsx", "t.json", "t.md", "t.tsv", "t.jsonl"])
    c.for_role(role, "tasks", "2024-Q2", *SHEETS, "--as-of", "2024-04-30", files=["t.csv", "t.json"])
    for what in [[], ["@latest"], ["@2024-03"], ["2024"], ["2024-Q2"]]:
        c.for_role(role, "report", *what, *db, files=REPORTS)
    c.for_role(role, "report", *db, "--by", "区域", "--where", "区域 = '华东'", files=REPORTS)
    for lang in ["zh", "en"]:
        c.run("tasks", "2024-Q2", *db, "--role", role, "--lang", lang, "-o", f"calendars-{role}/")
        for path in (c.folder / f"calendars-{role}").rglob("*"):
            c.search(f"{path.name} for {role}", path.name.encode() + (path.read_bytes() if path.is_file() else b""), role)
    c.for_role(role, "runs", "list", *db, files=LISTS)
    c.for_role(role, "review", "list", *db, files=LISTS)
    c.for_role(role, "runs", "show", "@latest", *db, files=LISTS)
    c.for_role(role, "runs", "export", *db, files=["e.csv", "e.tsv", "e.jsonl"])
    c.for_role(role, "runs", "export", "@latest", *db, "--changed", "--where", "区域 = '华东'", files=["e.csv"])
    c.for_role(role, "runs", "export", "@latest", *db, "--columns", "客户编号, 手机, g = 等级, t = 标签", files=["e.csv", "e.xlsx", "e.json"]) if role == "客服" else None
    c.for_role(role, "runs", "export", "@latest", *db, "--columns", "g = 等级, t = 标签, z = 年采购额", files=[], exit_code=2)
    # Customers by the key that the role knows.
    seen = c.folder / "seen.csv"
    c.run("grade", *db, "--as-of", "2024-04-30", "--role", role, "-o", seen)
    keys = [row["客户编号"] for row in rows_of(seen)]
    for key in keys:
        for format in ["table", "json"]:
            c.for_role(role, "explain", key, *db, "--format", format, exit_code=0)
        if role == "客服":
            c.for_role(role, "runs", "history", key, *db, files=LISTS, exit_code=0)
    for foreign in [row[0] for row in CUSTOMERS if row[0] not in keys]:
        for command in [["explain", foreign], ["runs", "history", foreign]]:
            done = c.run(*command, *db, "--role", role, exit_code=2)
            said = (done.stdout + done.stderr).replace(foreign.encode(), b"")
            c.search(f"{command} for {role}", said, role)


def refused(c):
    """A command that cannot leave out what the role does not see does not run, and writes nothing."""
    for command in [
        ["check", *SHEETS], ["check", "-o", "p.xlsx", *SHEETS], ["inspect", "客户.csv"], ["import", *SHEETS, "--ledger", "l.db"],
        ["review", "list", "--kind", "repair", "--ledger", "l.db"], ["review", "KH-7001", "--ledger", "l.db"], ["review", "duplicates", "--ledger", "l.db"], ["backup", "b.db", "--ledger", "l.db"],
        ["runs", "verify", "客户.csv", "--ledger", "l.db"], ["diff", "客户.csv", "客户.csv"],
        ["notify", "--ledger", "l.db"], ["notify", "--ledger", "l.db", "-o", "n.csv"],
    ]:  # fmt: skip
        done = c.for_role("客服", *command, exit_code=2)
        c.check(f"{command} is refused", b"not-for-role" in done.stderr and not done.stdout, done.stderr.decode())
    c.check("nothing was written", not any((c.folder / name).exists() for name in ["p.xlsx", "b.db", "n.csv"]))
    done = c.run("grade", *SHEETS, "--role", "客户服务", exit_code=2)
    c.check("a role that is none is told", "客服" in done.stderr.decode(), done.stderr.decode())


def told(c):
    """A role that sees everything of its customers writes to these, and to nobody else."""
    (c.folder / "活动.txt").write_text("{{ name }} {{ 年采购额 }} {{ values['手机'] }}", encoding="utf-8")
    campaign = ["notify", "--ledger", "l.db", "--campaign", "秋", "--template", "活动.txt", "--as", "text"]
    shown = c.for_role("华东组", *campaign, "--format", "jsonl", exit_code=0)
    own = [json.loads(line)["id"] for line in shown.stdout.splitlines()]
    c.equal("its own customers are shown", own, ["KH-7001", "KH-7002"])
    done = c.run(*campaign, "--role", "华东组", "-o", "华东通知/", "-o", "华东通知.csv", exit_code=0)
    c.search("what it said", done.stdout + done.stderr, "华东组")
    c.equal("its own customers are told", [row["客户编号"] for row in rows_of(c.folder / "华东通知.csv")], ["KH-7001", "KH-7002"])
    letters = sorted((c.folder / "华东通知").iterdir())
    c.equal("a letter for each", len(letters), 2)
    for path in letters:
        c.search(path.name, path.name.encode() + path.read_bytes(), "华东组")
    c.check("with all that is known of them", "13851237001".encode() in letters[0].read_bytes(), letters[0].read_text())
    done = c.run(*campaign, "--format", "jsonl", exit_code=0)
    rest = [json.loads(line)["id"] for line in done.stdout.splitlines()]
    c.equal("the others are still to be told", rest, ["KH-8003", "KH-8004"])


def masks(c):
    c.run("grade", *SHEETS, "--as-of", "2024-04-30", "--role", "客服", "-o", "m.csv")
    rows = rows_of(c.folder / "m.csv")
    c.equal("the role sees its customers", [row["客户编号"] for row in rows], list(MASKED))
    for row in rows:
        for name, masked in MASKED[row["客户编号"]].items():
            c.equal(f"{name} of {row['客户编号']}", row[name], masked)
        c.check("hidden columns are no columns", not {"年采购额", "负责人", "备注", "得分", "体量 分"} & set(row), row.keys())
        c.equal("labels stay", row["价值"], "高" if row["客户编号"] == "KH-7001" else "低")
        c.equal("tags of open columns stay", row["标签"].split("|")[0], "华东客户")


def pseudonyms(c):
    """One pseudonym for a customer in every file of the role; another role or another key has others."""
    c.run("grade", *SHEETS, "--as-of", "2024-04-30", "--role", "外部", "-o", "a.csv", "-o", "a.jsonl")
    c.run("grade", *SHEETS, "--as-of", "2024-03-31", "--role", "外部", "-o", "b.csv")
    first = [row["客户编号"] for row in rows_of(c.folder / "a.csv")]
    later = [row["客户编号"] for row in rows_of(c.folder / "b.csv")]
    lines = [json.loads(line)["id"] for line in (c.folder / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    c.equal("the same in another month", later, first)
    c.equal("the same in another format", lines, first)
    c.equal("as many as customers", len(set(first)), len(CUSTOMERS))
    c.run("init", "--new-role-key", "other.key", exit_code=0)
    mode = (c.folder / "other.key").stat().st_mode & 0o777
    c.equal("only its owner reads a key", oct(mode), oct(0o600))
    c.run("init", "--new-role-key", "other.key", exit_code=4)
    c.run("grade", *SHEETS, "--as-of", "2024-04-30", "--role", "外部", "--role-key", "other.key", "-o", "o.csv")
    other = [row["客户编号"] for row in rows_of(c.folder / "o.csv")]
    c.check("another key, other pseudonyms", not set(other) & set(first))
    c.run("grade", *SHEETS, "--as-of", "2024-04-30", "--role", "external", "--role-key", "role.key", "-o", "p.csv")
    c.check("another role, others", not {row["客户编号"] for row in rows_of(c.folder / "p.csv")} & set(first))
    c.run("grade", *SHEETS, "--role", "external", exit_code=2)
    key = (c.folder / "role.key").read_text().strip()
    for file in c.folder.iterdir():
        if file.name != "role.key" and file.is_file():
            c.check(f"{file.name} has no key", key.encode() not in file.read_bytes())


def reports(c):
    """Figures are those of the role's customers, by what there is and not by what it sees; keys are those of its lists."""
    made = {}
    for name in ["客服", "外部"]:
        c.run("report", "@2024-04", "--ledger", "l.db", "--role", name, "-o", "r.json")
        report = json.loads((c.folder / "r.json").read_text(encoding="utf-8"))
        sections = {key: section["tables"] for key, section in report["sections"].items()}
        made[name] = (json.dumps(report, ensure_ascii=False), sections)
    text, sections = made["客服"]
    c.check("revenue is left out", "contribution" not in sections, sections.keys())
    c.check("it is said what is left out", "`年采购额`" in text and "`surveys.满意分`" in text)
    # Of KH-7001 and KH-7002 the second belongs to 密主管乙; the first bought for 29287.02.
    churned = next(row for row in sections["churn"]["overall"]["rows"] if row["what"] == "流失")
    c.equal("who is lost is known of what is hidden", churned["customers"], 1)
    again = sections["strategies"]["repurchase"]["total"]
    c.equal("who bought again too", (again["bought"], again["again"]), (2, 1))
    c.equal("only the scale that is seen", list(sections["satisfaction"]), ["nps"])
    waiting = sections["service"]["open"]["rows"]
    c.equal("its waiting request", [(row["request"], row["customer"]) for row in waiting], [("GD-密单一", "KH-7001")])
    c.check("without the hidden kind", "kind" not in waiting[0], waiting)
    _, sections = made["外部"]
    waiting = sections["service"]["open"]["rows"]
    keys = {row["客户编号"] for row in rows_of(c.folder / "a.csv")}
    c.check("waiting requests by pseudonym", len(waiting) == 2 and {row["customer"] for row in waiting} <= keys, waiting)


def reviews(c):
    """Overrides and the queue, of the role's customers."""
    def listed(*more):
        return json.loads(c.run("review", "list", "--ledger", "l.db", "--format", "json", *more, exit_code=0).stdout)

    c.equal("everybody's", {line["customer"] for line in listed()}, {"KH-7001", "KH-8003"})
    mine = listed("--role", "客服")
    c.equal("the role's", {(line["item"], line["customer"]) for line in mine}, {("override", "KH-7001")})
    c.equal("what people wrote is withheld", {line["reason"] for line in mine if line["item"] == "override"}, {"（保密）"})
    keys = {row["客户编号"] for row in rows_of(c.folder / "a.csv")}
    strange = {line["customer"] for line in listed("--role", "外部")}
    c.check("by pseudonym", len(strange) == 2 and strange <= keys, strange)


def tasks(c):
    """The days are those that everybody sees, and conditions hold by what there is; a day that is hidden is not told."""
    ask = ["tasks", "2024-05", "--ledger", "l.db", "--format", "json"]

    def rows(*more):
        return json.loads(c.run(*ask, *more, exit_code=0).stdout)

    def own(rows):
        return sorted((row["id"], row["task"], row["due"]) for row in rows)

    every = rows()
    everybody = [row for row in every if row["id"] in MASKED]
    mine = rows("--role", "客服")
    c.equal("the same days as everybody's", own(mine), own(row for row in everybody if row["task"] != "年检"))
    c.check("a task by a hidden amount is there", "庆祝" in {row["task"] for row in mine}, mine)
    c.check("one on a hidden day is not", "年检" in {row["task"] for row in everybody}, everybody)
    c.check("nobody is named whom the role does not see", not any(row["owner"] for row in mine), mine)
    c.equal("names are masked", {row["name"] for row in mine}, {MASKED["KH-7001"]["客户名称"]})
    strange = rows("--role", "外部")
    c.equal("by pseudonym as many", len(strange), len(every))
    c.check("and none by key", not {row["id"] for row in strange} & {row["id"] for row in every}, strange)


def audit(c):
    """Who took out what is in the ledger, and no value is."""
    lines = sqlite3.connect(c.folder / "l.db").execute(
        "SELECT made_by, subject, detail FROM audit WHERE action = 'export'"
    )
    lines = lines.fetchall()
    for command in ["grade", "diff", "simulate", "explain", "report", "tasks", "runs export", "runs history"]:
        mine = [json.loads(detail) for _, _, detail in lines if json.loads(detail)["command"] == command]
        mine = [line for line in mine if line["role"] == "客服"]
        c.check(f"{command} is in the audit", bool(mine))
        columns = all("年采购额" in (line["hidden"] or []) and "手机" in (line["masked"] or []) for line in mine)
        c.check(f"{command}: with the columns that the role does not see", columns, mine[:2])
    runs = [run for _, run, detail in lines if json.loads(detail)["command"] == "runs export"]
    c.check("an export of runs says which", all(runs), runs[:2])
    notices = [json.loads(detail) for _, _, detail in lines if json.loads(detail)["command"] == "notify"]
    notices = [[line[key] for key in ("role", "format", "file", "rows", "hidden")] for line in notices]
    wanted = [["华东组", "jsonl", None, 2, []]] * 2
    wanted += [["华东组", "text", "华东通知", 2, []], ["华东组", "csv", "华东通知.csv", 2, []], [None, "jsonl", None, 2, None]]
    c.equal("messages are in the audit, previews too", notices, wanted)
    graded = [json.loads(detail) for _, _, detail in lines if json.loads(detail)["command"] == "grade"]
    graded = [line for line in graded if line["role"] == "客服" and line["format"] == "xlsx"]
    c.equal("rows, file and columns", [graded[0][key] for key in ("rows", "file")], [2, "g.xlsx"])
    c.check("hidden columns are named", {"年采购额", "负责人"} <= set(graded[0]["hidden"]), graded[0])
    c.check("masked columns are named", "手机" in graded[0]["masked"], graded[0])
    c.check("who did it", all(by == "prüfer" for by, _, _ in lines), lines[:1])
    c.search("the audit", "\n".join(str(line) for line in lines).encode(), "客服")


def main():
    import os

    os.environ["REGRADE_BY"] = "prüfer"
    c = Role()
    c.run("init", "--new-role-key", "role.key", exit_code=0)
    secrets_would_be_found(c)
    for month in ["2024-02-29", "2024-03-31", "2024-04-30"]:
        c.run("grade", *(SHEETS if month == "2024-02-29" else []), "--ledger", "l.db", "--as-of", month, "-o", "x.csv")
    c.run("review", "set", "KH-7001", "--grade", "A", "--reason", REASON, "--ledger", "l.db", "--as-of", "2024-04-30")
    c.run("grade", "--ledger", "l.db", "--as-of", "2024-04-30", "-o", "x.csv")
    for role in ["客服", "外部"]:
        files(c, role)
        ledger(c, role)
    refused(c)
    told(c)
    masks(c)
    pseudonyms(c)
    reports(c)
    tasks(c)
    reviews(c)
    audit(c)
    print(f"{c.searched} outputs searched for {len(SECRETS['客服'])} and {len(SECRETS['外部'])} secrets")
    return c.end()


if __name__ == "__main__":
    sys.exit(main())
