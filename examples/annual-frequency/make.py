"""Makes the sheets of this example, and the grades that its rule gives.

    python3 examples/annual-frequency/make.py

The grades are worked out here from the sentence itself, order by order in whole cents, and without regrade: they are
what tests hold regrade's answer against. The same call always writes the same bytes.
"""

import csv
import datetime
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
EXPECTED = HERE.parent.parent / "tests" / "examples" / "annual-frequency"

FIRST_DAY = datetime.date(2024, 1, 1)  # of the twelve months up to the as-of date
AS_OF = datetime.date(2024, 12, 31)
LIMIT = 1_000_000_00  # cents

# What a customer spends in the twelve months (in cents), and in how many orders: every threshold of the rule, on it
# and on both sides of it, against every other.
AMOUNTS = [999_999_99, 1_000_000_00, 1_000_000_01]
COUNTS = [1, 23, 24, 25, 59, 60, 61]
OTHERS = [
    (0, 0),  # no order at all
    (900_000_00, 72),  # six a month and under the limit: the gap in the sentence
    (5_000_00, 61),
    (5_000_00, 60),
    (5_000_00, 24),
    (5_000_00, 23),
    (88_88, 1),
    (3_210_987_65, 1),
    (1_234_567_89, 30),
    (456_789_10, 40),
]


def parts(total, count):
    """`total` in `count` amounts, unequal and adding up exactly."""
    if count == 0:
        return []
    weights = [1 + (7 * i) % 5 for i in range(count)]
    amounts = [total * weight // sum(weights) for weight in weights]
    amounts[-1] += total - sum(amounts)
    return amounts


def day(index, count):
    """The day of order `index` of `count`: spread over the year, the first and the last day among them."""
    if count == 1:
        return FIRST_DAY + datetime.timedelta(days=180)
    return FIRST_DAY + datetime.timedelta(days=index * (AS_OF - FIRST_DAY).days // (count - 1))


def customers_and_orders():
    """Customers as (id, name), orders as (customer, date, cents)."""
    customers, orders = [], []

    def add(name, rows):
        key = f"N{len(customers) + 1:04}"
        customers.append((key, name))
        orders.extend((key, date, cents) for date, cents in rows)

    plans = [(amount, count) for amount in AMOUNTS for count in COUNTS] + OTHERS
    for number, (total, count) in enumerate(plans, 1):
        add(f"示例客户{number:02}", [(day(i, count), cents) for i, cents in enumerate(parts(total, count))])

    before = FIRST_DAY - datetime.timedelta(days=1)
    march = datetime.date(2024, 3, 15)
    july = datetime.date(2024, 7, 1)
    # The day before the twelve months does not count, their first and last day do.
    add("上年末大单", [(before, 2_000_000_00), (FIRST_DAY, 1_00)])
    add("首日大单", [(FIRST_DAY, 1_000_000_01)])
    add("末日大单", [(AS_OF, 1_000_000_01)])
    add("只在上年买过", [(before, 10_000_00)])
    # A return takes its amount off and is no purchase.
    add("退货后不超", [(march, 1_000_000_01), (july, -1)])
    add("退货后仍超", [(march, 1_000_000_02), (july, -1)])
    add("退货不算次数", [(day(i, 23), 100_00) for i in range(23)] + [(july, -50_00)])
    add("全部退货", [(march, 100_00), (july, -100_00)])
    orders.sort(key=lambda order: (order[1], order[0], order[2]))
    return customers, orders


def facts(key, orders):
    """What the customer spent in the twelve months (cents), and in how many purchases."""
    cents = [c for k, date, c in orders if k == key and FIRST_DAY <= date <= AS_OF]
    return sum(cents), sum(c > 0 for c in cents)


def grade(cents, purchases):
    """The rule without gaps. Two a month is 24 a year."""
    if cents > LIMIT:
        return "高级"
    return "中级" if purchases >= 24 else "低级"


def grade_as_written(cents, purchases):
    """The letter of the sentence: no grade for those that it does not name."""
    if cents > LIMIT:
        return "高级"
    if 24 <= purchases <= 60:
        return "中级"
    return "低级" if purchases < 24 else ""


def yuan(cents):
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main():
    customers, orders = customers_and_orders()
    write(HERE / "customers.csv", ["客户编号", "客户名称"], customers)
    rows = [(f"D{n:05}", key, date.isoformat(), yuan(cents)) for n, (key, date, cents) in enumerate(orders, 1)]
    write(HERE / "orders.csv", ["订单编号", "客户编号", "下单日期", "金额(元)"], rows)
    for name, rule in [("expected.csv", grade), ("expected-as-written.csv", grade_as_written)]:
        write(EXPECTED / name, ["客户编号", "等级"], [(key, rule(*facts(key, orders))) for key, _ in customers])


if __name__ == "__main__":
    main()
