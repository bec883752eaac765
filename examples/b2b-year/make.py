"""Makes the twelve monthly exports of this example: in/2024-01 to in/2024-12.

    python3 examples/b2b-year/make.py

Nothing is random. The tables below are the year; the rest is three sentences:

- What a customer buys in a month is two orders: six tenths on the day of its number plus one (K01 on the 2nd, K15 on
  the 16th), four tenths on the last day of the month. A month of 0 has no order.
- A customer is in the sheet from the month in which it joins, but for the months in ABSENT.
- A change counts from the sheet of its month on, until the next change.

The same call always writes the same bytes.
"""

import calendar
import csv
import pathlib
from decimal import Decimal

HERE = pathlib.Path(__file__).resolve().parent

# number, name, industry, region, manager, with us since, yearly purchases (万元), growth
CUSTOMERS = [
    ("K01", "恒远机械", "制造业", "华东", "周敏", "2019-05-20", "120", "8%"),
    ("K02", "明达电子", "制造业", "华南", "周敏", "2023-04-30", "110", "15%"),
    ("K03", "新越建材", "制造业", "华东", "周敏", "2020-03-01", "99.99", "12%"),
    ("K04", "广源食品", "快消", "华北", "郑凯", "2018-06-18", "80", "10%"),
    ("K05", "同辉商厦", "零售业", "华南", "郑凯", "2018-11-05", "130", "5%"),
    ("K06", "金桥租赁", "金融业", "华北", "郑凯", "2017-02-14", "150", "6%"),
    ("K07", "永兴包装", "制造业", "华东", "周敏", "2020-10-10", "49.99", "3%"),
    ("K08", "佳禾超市", "零售业", "华东", "郑凯", "2021-02-28", "90", "18%"),
    ("K09", "启明照明", "制造业", "华南", "周敏", "2023-06-30", "60", "19.99%"),
    ("K10", "晨曦仪表", "制造业", "华北", "何静", "2020-01-15", "50", "20%"),
    ("K11", "北辰乳业", "快消", "华北", "何静", "2019-09-09", "95", "22%"),
    ("K12", "泰安重工", "制造业", "华东", "何静", "2016-08-01", "105", "2%"),
    ("K13", "海纳餐饮", "快消", "华南", "何静", "2024-04-08", "150", "0%"),
    ("K14", "东篱家居", "制造业", "华东", "周敏", "2019-12-12", "115", "-3%"),
    ("K15", "利民物业", "服务业", "华北", "郑凯", "2021-07-01", "48", "1%"),
]

# What each buys in each month, January to December, in 万元.
AMOUNTS = {
    "K01": "10     10.5   10.2   10.8   10.4   10.6   10.3   10.9   10.5   10.7   10.4   11",
    "K02": "8.2    8      8.5    9      8.8    9.2    9.1    9.3    9      9.6    9.4    9.8",
    "K03": "7      7.9999 8      8      8      8.6    8.4    8.8    8.5    9      8.7    9.2",
    "K04": "6      6.5    6.4    7      7.5    8.5    9      8.2    8.8    9      9.1    9",
    "K05": "9.5    9      7.9    7.5    7.9999 8.1    8.5    8.3    8.8    9      8.9    9.2",
    "K06": "9      8.4    8.2    7.8    7.5    7.2    7.6    7.9    8.3    8.6    8.4    9.1",
    "K07": "4.2    4      4.1    4.3    4.2    4.4    4.2    4.5    4.3    4.6    4.4    4.2",
    "K08": "8.1    8.3    8      8.2    8.4    8.3    8.2    8.5    8.4    8.6    8.5    9",
    "K09": "3      3.2    3.1    3.9999 4      4.5    4      4.2    4.1    4.4    4.3    4.5",
    "K10": "5      5      5.5    6      6.5    6.5    6.6    6      6.2    6.4    6.6    6.6",
    "K11": "7      7.2    7.1    7.5    7.3    7.6    7.4    7.8    8.2    8.4    8.3    8.6",
    "K12": "8.5    7.9    7.5    7      6.5    6.8    7.2    7.6    7.8    8      8.4    8.8",
    "K13": "0      0      0      3.5    3.2    3      3.3    2.9    3      2.8    3.1    2.7",
    "K14": "9      1      0.9999 0      0      0      0      0      4.5    4      5      5",
    "K15": "4      4.2    4.1    4.3    4.2    4.5    4.4    4.1    4.6    4.3    4.2    4.4",
}

# Changes of yearly purchases: (customer, from this month on, 万元).
PURCHASES = [("K03", 5, "100"), ("K04", 7, "105"), ("K11", 11, "130"), ("K12", 3, "98"), ("K12", 11, "120"), ("K13", 9, "40")]

JOINS = {"K13": 4}  # the first month in the sheet
ABSENT = {("K11", 9), ("K11", 10)}  # left out of the export by mistake; the orders went on

# From July on the sheet has a column for the ESG rating, 0 to 100; a blank is a customer that has given none.
ESG_FROM = 7
ESG = {"K01": "85", "K02": "70", "K03": "60", "K05": "82", "K08": "80", "K09": "75", "K11": "65", "K12": "55", "K13": "45", "K15": "59"}
ESG_CHANGES = [("K15", 10, "60")]

# When each contract ends; K15 has none. Changes count from the sheet of that month on: the contract was renewed.
CONTRACTS = {
    "K01": "2025-06-30", "K02": "2024-08-31", "K03": "2025-03-31", "K04": "2025-01-31", "K05": "2024-09-15",
    "K06": "2025-06-30", "K07": "2024-12-31", "K08": "2024-10-07", "K09": "2024-07-20", "K10": "2025-02-28",
    "K11": "2025-05-31", "K12": "2026-03-31", "K13": "2025-04-07", "K14": "2025-11-30",
}
RENEWED = [("K02", 9, "2026-08-31"), ("K09", 9, "2026-07-20"), ("K05", 10, "2026-09-15"), ("K08", 10, "2026-10-07")]

# Where each is reached; K04 has given no address.
EMAILS = {
    "K01": "hengyuan", "K02": "mingda", "K03": "xinyue", "K05": "tonghui", "K06": "jinqiao", "K07": "yongxing",
    "K08": "jiahe", "K09": "qiming", "K10": "chenxi", "K11": "beichen", "K12": "taian", "K13": "haina",
    "K14": "dongli", "K15": "limin",
}
# Who agreed to be told that the grade changed, and from which day on: K07 did not, K09's form has no day, K13 has not been
# asked, and K15 agreed from November on.
CONSENTS = {
    "K01": ("是", "2023-11-20"), "K02": ("是", "2023-11-20"), "K03": ("是", "2023-11-22"), "K04": ("是", "2023-11-22"),
    "K05": ("是", "2023-11-22"), "K06": ("是", "2023-12-01"), "K07": ("否", ""), "K08": ("是", "2023-12-01"),
    "K09": ("是", ""), "K10": ("是", "2023-12-04"), "K11": ("是", "2024-02-05"), "K12": ("是", "2023-12-04"),
    "K13": ("", ""), "K14": ("是", "2023-12-08"), "K15": ("是", "2024-11-01"),
}
WITHDRAWN = [("K14", 9, ("否", "2024-09-02"))]  # and K14 takes it back

# (customer, day, what was done, how it went, what was said)
FOLLOW_UPS = [
    ("K01", "2024-01-16", "上门拜访", "完成", ""),
    ("K05", "2024-02-27", "上门拜访", "完成", "抱怨来料划伤"),
    ("K06", "2024-03-12", "上门拜访", "完成", ""),
    ("K01", "2024-04-16", "上门拜访", "完成", ""),
    ("K11", "2024-05-22", "方案交流", "完成", "想看冷链方案"),
    ("K14", "2024-05-23", "上门拜访", "完成", "停产搬迁中"),
    ("K01", "2024-06-12", "上门拜访", "完成", ""),
    ("K10", "2024-06-13", "上门拜访", "完成", ""),
    ("K14", "2024-06-20", "上门拜访", "完成", "新厂九月投产"),
    ("K03", "2024-06-25", "上门拜访", "完成", ""),
    ("K14", "2024-07-03", "该补货了", "完成", "九月起订货"),
    ("K01", "2024-07-11", "上门拜访", "完成", ""),
    ("K10", "2024-07-18", "上门拜访", "完成", ""),
    ("K03", "2024-07-25", "上门拜访", "完成", ""),
    ("K14", "2024-07-26", "上门拜访", "未联系上", ""),
    ("K04", "2024-08-16", "上门拜访", "完成", ""),
    ("K02", "2024-08-22", "续约", "完成", "续签两年"),
    ("K03", "2024-08-27", "上门拜访", "完成", ""),
    ("K01", "2024-09-04", "上门拜访", "完成", ""),
    ("K09", "2024-09-05", "续约", "完成", "拖了一个多月，续签两年"),
    ("K05", "2024-09-10", "续约", "完成", "续签两年"),
    ("K14", "2024-09-20", "上门拜访", "完成", "已复产"),
    ("K08", "2024-09-26", "续约", "完成", "续签两年"),
    ("K01", "2024-10-15", "上门拜访", "完成", ""),
    ("K12", "2024-11-21", "上门拜访", "完成", ""),
    ("K07", "2024-12-18", "续约", "未联系上", ""),
]

# (customer, day, what about, whether it was found to be justified). August had none.
COMPLAINTS = [
    ("K15", "2024-01-09", "送错货", "成立"),
    ("K15", "2024-01-23", "交期延误", "成立"),
    ("K01", "2024-02-14", "包装破损", "不成立"),
    ("K05", "2024-03-08", "质量不合格", "成立"),
    ("K05", "2024-03-21", "质量不合格", "成立"),
    ("K06", "2024-04-12", "开票错误", "成立"),
    ("K08", "2024-05-20", "交期延误", "不成立"),
    ("K01", "2024-06-03", "开票错误", "不成立"),
    ("K10", "2024-07-15", "送错货", "不成立"),
    ("K13", "2024-09-05", "质量不合格", "成立"),
    ("K02", "2024-10-18", "交期延误", "成立"),
    ("K09", "2024-11-11", "交期延误", "不成立"),
    ("K07", "2024-12-02", "包装破损", "成立"),
]

# The export of September has an order of July once more: part of it came back, 36,000 yuan became 11,000.
RESTATED = (9, "D2407-K04-2", "K04", "2024-07-31", "11000")


def last_day(month):
    return calendar.monthrange(2024, month)[1]


def in_force(first, changes, customer, month):
    """The value of a customer in a month: the last change up to it."""
    for who, since, value in changes:
        if who == customer and since <= month:
            first = value
    return first


def customers(month):
    header = ["客户编号", "客户名称", "所属行业", "区域", "客户经理", "合作起始时间", "年采购额(万元)", "采购增长率", "合同到期日", "邮箱", "同意通知", "同意日期"]
    rows = []
    for key, name, industry, region, manager, since, purchases, growth in CUSTOMERS:
        if month < JOINS.get(key, 1) or (key, month) in ABSENT:
            continue
        row = [key, name, industry, region, manager, since, in_force(purchases, PURCHASES, key, month), growth]
        row.append(in_force(CONTRACTS.get(key, ""), RENEWED, key, month))
        row.append(f"{EMAILS[key]}@example.com" if key in EMAILS else "")
        row.extend(in_force(CONSENTS[key], WITHDRAWN, key, month))
        if month >= ESG_FROM:
            row.append(in_force(ESG.get(key, ""), ESG_CHANGES, key, month))
        rows.append(row)
    return header + ["ESG评分"] * (month >= ESG_FROM), rows


def yuan(amount):
    """Without trailing zeros: 47999.4, 60000."""
    return f"{amount.normalize():f}"


def orders(month):
    rows = []
    for number, (key, *_) in enumerate(CUSTOMERS, 1):
        total = Decimal(AMOUNTS[key].split()[month - 1]) * 10000
        first = total * 6 / 10
        days = [(number + 1, first), (last_day(month), total - first)]
        for place, (day, amount) in enumerate(days, 1):
            if total:
                rows.append([f"D24{month:02}-{key}-{place}", key, f"2024-{month:02}-{day:02}", yuan(amount)])
    if month == RESTATED[0]:
        rows.append(list(RESTATED[1:]))
    rows.sort(key=lambda row: (row[2], row[0]))
    return ["订单编号", "客户编号", "下单日期", "金额(元)"], rows


def complaints(month):
    of_month = [row for row in COMPLAINTS if row[1].startswith(f"2024-{month:02}")]
    rows = [[f"T{day[2:4]}{day[5:7]}-{n}", key, day, about, found] for n, (key, day, about, found) in enumerate(of_month, 1)]
    return ["投诉编号", "客户编号", "投诉日期", "事由", "结论"], rows


def follow_ups(month):
    of_month = [row for row in FOLLOW_UPS if row[1].startswith(f"2024-{month:02}")]
    rows = [[f"G{day[2:4]}{day[5:7]}-{n}", key, day, *rest] for n, (key, day, *rest) in enumerate(of_month, 1)]
    return ["跟进编号", "客户编号", "跟进日期", "事项", "结果", "说明"], rows


def main():
    for month in range(1, 13):
        folder = HERE / "in" / f"2024-{month:02}"
        folder.mkdir(parents=True, exist_ok=True)
        for name, (header, rows) in [("客户", customers(month)), ("订单", orders(month)), ("投诉", complaints(month)), ("跟进", follow_ups(month))]:
            with open(folder / f"{name}2024-{month:02}.csv", "w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(header)
                writer.writerows(rows)


if __name__ == "__main__":
    main()
