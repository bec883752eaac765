"""People decide which customers are one in the workbook that regrade wrote, in other programs, and regrade reads it back.

The workbook goes through openpyxl and LibreOffice (as xlsx and ods). However it comes back, the same verdicts are kept,
reading it again changes nothing, the merge comes before every sum, and what is taken back is as it was. At the end a file
with many customers is searched within limits of time and memory: 30,000, with `--all` 1,000,000.
"""

import json
import random
import resource
import shutil
import subprocess
import sys
import time

import openpyxl
from checks import REGRADE, Checks, environment, office, regrade

SCHEME = """
[scheme]
language = "{language}"
[sheets.customers]
key = "客户编号"
name = "客户名称"
fields = [
  {{ name = "客户名称", type = "text" }},
  {{ name = "统一社会信用代码", type = "id" }},
  {{ name = "手机", type = "text" }},
]
[sheets.orders]
customer = "客户编号"
date = "日期"
fields = [{{ name = "金额", type = "number" }}]
[duplicates]
fields = [
  {{ name = "客户名称", kind = "company" }},
  {{ name = "统一社会信用代码", kind = "credit_code" }},
  {{ name = "手机", kind = "phone" }},
]
[[metrics]]
name = "消费额"
from = "orders"
value = "sum(金额)"
[[grades]]
name = "A"
when = "消费额 >= 100"
[[grades]]
name = "B"
"""

CUSTOMERS = """客户编号,客户名称,统一社会信用代码,手机
00123,深圳市华为技术有限公司,914403001922038216,13800138000
00124,華為技術(深圳)股份有限公司,914403001922038216,0755-28780808
00125,深圳市华为技术有限公司上海分公司,,13800138000
7,瑞丰电子商务（杭州）有限公司,,13911112222
8,杭州瑞丰电子商务有限责任公司,,139-1111-2222
9,青山木业有限公司,,13666660000
10,青山木业有限责任公司,,13666660000
"""

ORDERS = "客户编号,日期,金额\n00123,2024-01-05,60\n00124,2024-02-05,50\n7,2024-01-06,70\n8,2024-02-06,20\n10,2024-02-07,30\n"

WORDS = {
    "zh": {"verdict": "判断", "comment": "复核意见", "by": "复核人", "merge": "合并", "keep": "不合并", "open": "待定",
           "sheet": "疑似重复"},
    "en": {"verdict": "Verdict", "comment": "Review comment", "by": "Reviewer", "merge": "merge", "keep": "keep apart",
           "open": "undecided", "sheet": "Possible duplicates"},
}


def ledger(checks, name, language):
    """A folder with a ledger of the customers."""
    folder = checks.folder / name
    folder.mkdir()
    (folder / "rules.toml").write_text(SCHEME.format(language=language), encoding="utf-8")
    (folder / "客户.csv").write_text(CUSTOMERS, encoding="utf-8")
    (folder / "订单.csv").write_text(ORDERS, encoding="utf-8")
    done = regrade("import", "--as-of", "2024-03-31", "客户.csv", "订单.csv", cwd=folder)
    checks.equal(f"{name}: the import ends well", done.returncode, 0)
    checks.check(f"{name}: it says how many", b"suspected-duplicates" in done.stderr, done.stderr.decode())
    return folder


def fill(path, words, verdicts, by):
    """Fills verdicts with openpyxl, by pair of keys; gives the headings."""
    book = openpyxl.load_workbook(path)
    sheet = book[words["sheet"]]
    heads = [cell.value for cell in sheet[1]]
    at = {head: place for place, head in enumerate(heads, 1)}
    for row in range(2, sheet.max_row + 1):
        pair = tuple(sorted(str(sheet.cell(row, at[f"客户编号 {side}"]).value) for side in "AB"))
        if pair in verdicts:
            sheet.cell(row, at[words["verdict"]]).value = words[verdicts[pair]]
            sheet.cell(row, at[words["comment"]]).value = "=看过"
            sheet.cell(row, at[words["by"]]).value = by
    book.save(path)
    return sheet, heads


def sums(folder):
    """What each customer has spent, by the ledger."""
    done = regrade("grade", "-q", "--as-of", "2024-03-31", "--format", "jsonl", cwd=folder)
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return {line["id"]: line["values"]["消费额"] for line in lines}


PLAIN = {"00123": 60, "00124": 50, "00125": 0, "7": 70, "8": 20, "9": 0, "10": 30}
MERGED = {"00123": 110, "00125": 0, "7": 90, "9": 0, "10": 30}


def round_trip(checks, language, way):
    """Written, filled, saved by another program, read back."""
    name = f"{language}-{way}"
    words = WORDS[language]
    folder = ledger(checks, name, language)
    checks.equal(f"{name}: nobody is merged yet", sums(folder), PLAIN)
    path = folder / "pairs.xlsx"
    regrade("review", "duplicates", "--as-of", "2024-03-31", "-o", "pairs.xlsx", cwd=folder)
    first = path.read_bytes()
    regrade("review", "duplicates", "--as-of", "2024-03-31", "-o", "pairs.xlsx", cwd=folder)
    checks.check(f"{name}: the same bytes again", path.read_bytes() == first)
    verdicts = {("00123", "00124"): "merge", ("7", "8"): "merge", ("10", "9"): "open"}
    sheet, heads = fill(path, words, verdicts, "李四")
    checks.equal(f"{name}: people fill the first columns", heads[:3], [words["verdict"], words["comment"], words["by"]])
    points = [sheet.cell(row, 4).value for row in range(2, sheet.max_row + 1)]
    checks.check(f"{name}: the surest come first", points == sorted(points, reverse=True) and len(points) == 3, points)
    rules = [rule.formula1 for rule in sheet.data_validations.dataValidation]
    checks.equal(f"{name}: a drop-down", rules, [f'"{words["merge"]},{words["keep"]},{words["open"]}"'])
    filled = path
    if way != "openpyxl":
        filled = office(folder / "saved", path, way)[0]
    done = regrade("review", "--as-of", "2024-03-31", filled, cwd=folder)
    checks.equal(f"{name}: read back", done.returncode, 0)
    checks.equal(f"{name}: merged before sums are made", sums(folder), MERGED)
    before = regrade("runs", "list", "--format", "jsonl", cwd=folder).stdout
    again = regrade("review", "--as-of", "2024-03-31", filled, cwd=folder)
    checks.check(f"{name}: known already", b"known already: 3" in again.stderr, again.stderr.decode())
    sums(folder)
    checks.equal(f"{name}: the same run", regrade("runs", "list", "--format", "jsonl", cwd=folder).stdout, before)
    left = regrade("review", "duplicates", "--as-of", "2024-03-31", "--format", "jsonl", cwd=folder).stdout.decode()
    left = [json.loads(line) for line in left.splitlines()]
    checks.equal(f"{name}: asked again only what is open", [line["verdict"] for line in left], ["open"])
    # A later import is merged as well.
    (folder / "订单2.csv").write_text("客户编号,日期,金额\n00124,2024-03-05,1000\n", encoding="utf-8")
    regrade("import", "-q", "--as-of", "2024-03-31", "--source", "more", "订单2.csv", cwd=folder)
    checks.equal(f"{name}: at every later import", sums(folder)["00123"], 1110)
    # Another one disagrees: neither counts.
    shutil.copy(path, folder / "other.xlsx")
    fill(folder / "other.xlsx", words, {("7", "8"): "keep"}, "王五")
    done = regrade("review", "--as-of", "2024-03-31", "other.xlsx", cwd=folder)
    checks.equal(f"{name}: a disagreement is a finding", done.returncode, 1)
    checks.check(f"{name}: it is listed", b"[disagreement]" in done.stderr, done.stderr.decode())
    checks.equal(f"{name}: neither is applied", {key: sums(folder).get(key) for key in ("7", "8")}, {"7": 70, "8": 20})
    done = regrade("review", "unmerge", "00124", "00123", "--reason", "no", "--as-of", "2024-03-31", cwd=folder)
    checks.equal(f"{name}: taken back", done.returncode, 0)
    checks.equal(f"{name}: as it was", {key: sums(folder).get(key) for key in ("00123", "00124")},
                 {"00123": 60, "00124": 1050})


def many(checks, count, seconds, megabytes):
    """Customers by the number, one in twelve with a copy."""
    folder = checks.folder / "many"
    folder.mkdir()
    lot = random.Random(1)
    signs = [chr(code) for code in range(0x4E00, 0x4E00 + 600)]
    cities = ["深圳", "上海", "杭州", "广州", "苏州", "成都", "武汉", "南京", "青岛", "厦门", "西安", "长沙", "北京", "天津"]
    trades = ["科技", "贸易", "电子商务", "生物科技", "物流", "建筑工程", "机械设备", "汽车配件", "农业发展", "文化传媒"]
    recent, copies = [], 0
    with open(folder / "客户.csv", "w", encoding="utf-8") as file:
        file.write("客户编号,客户名称,统一社会信用代码,手机\n")
        for number in range(count):
            if recent and lot.random() < 1 / 12:
                name, phone = lot.choice(recent)
                name = name.replace("有限公司", "有限责任公司")
                copies += 1
            else:
                trade = "".join(lot.choices(signs, k=lot.choice([2, 2, 3]))) + lot.choice(trades)
                name = f"{lot.choice(cities)}{trade}有限公司"
                phone = f"1{lot.randrange(3 * 10**9, 10**10)}"
                recent = [*recent[-500:], (name, phone)]
            file.write(f"C{number:07d},{name},,{phone}\n")
    (folder / "rules.toml").write_text(SCHEME.format(language="zh"), encoding="utf-8")
    start = time.monotonic()
    done = subprocess.run(
        [REGRADE, "review", "duplicates", "客户.csv", "--format", "jsonl", "-o", "pairs.jsonl"],
        cwd=folder, env=environment(), capture_output=True, check=False,
    )
    took = time.monotonic() - start
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{count} customers searched in {took:.1f} s, {most:.0f} MiB: {done.stderr.decode().strip()}")
    checks.equal("many: ends well", done.returncode, 0)
    checks.check("many: in time", took < seconds, f"{took:.1f} s")
    checks.check("many: in memory", most < megabytes, f"{most:.0f} MiB")
    with open(folder / "pairs.jsonl", encoding="utf-8") as file:
        strict = sum(json.loads(line)["sure"] == "strict" for line in file)
    checks.check("many: nearly all copies are found", strict >= copies * 0.97, f"{strict} of {copies}")


def main():
    """All of it."""
    checks = Checks()
    for language in ("zh", "en"):
        for way in ("openpyxl", "xlsx", "ods"):
            round_trip(checks, language, way)
    if "--all" in sys.argv:
        many(checks, 1_000_000, 20, 1536)
    else:
        many(checks, 30_000, 10, 512)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
