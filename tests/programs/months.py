"""Other rows for the rule of examples/monthly-consumption, graded in several ways, against brute force.

    python3 tests/programs/months.py [DATASETS] [FIRST SEED]

Each data set is made from its seed: customers with and without a grade to begin with, monthly sums on the thresholds,
just beside them and away from them, in runs that are long enough for promotions and demotions. It is graded

- from the two files in one call, as of every month's end;
- imported once and graded once;
- imported and graded month by month, every month's grades looked at;
- the same with every step done twice;
- the same with months left out: some without any call, some imported and not graded;
- the same with exports that begin in January again every month.

All of them must give what the sentences of the rule give, worked out here month by month and customer by customer.
"""

import calendar
import csv
import io
import random
import sys
from checks import EXAMPLES, Checks, regrade

RULES = EXAMPLES / "monthly-consumption" / "rules.toml"
MONTHS = range(1, 10)
CENTS = {  # sums of a month in cents, by how much that is; the limits are 50,000 and 10,000
    "high": [500_01, 501_00, 600_00, 1234_56, 99_999_99],
    "middle": [100_00, 100_01, 250_00, 499_99, 500_00],
    "low": [0, 1, 50_00, 99_00, 99_99],
}


def month_end(month):
    return f"2024-{month:02}-{calendar.monthrange(2024, month)[1]}"


class Data:
    """Customers and orders from a seed."""

    def __init__(self, seed):
        self.chance = chance = random.Random(seed)
        self.customers, self.orders = [], []  # (id, name, grade, date), (id, customer, date, cents)
        for number in range(60):
            key = f"{number:05}"  # leading zeros are part of an id
            grade = chance.choice(["高级", "中级", "低级", ""])
            since = chance.choice(["2023-12-31", "2023-12-31", "2023-12-04"]) if grade else ""
            self.customers.append((key, f"客户{number}", grade, since))
            first = 1 if grade else chance.choice([1, 2, 3, 5, 9, 10])  # 10: nothing until the end
            level = "middle"
            for month in MONTHS:
                if chance.random() < 0.3:
                    level = chance.choice(["high", "middle", "low", "low"])
                if month >= first:
                    self.buy(key, month, chance.choice(CENTS[level]))
        # An order on every first and last day: the exports cover the months whole.
        self.customers.append(("99999", "每月都有", "中级", "2023-12-31"))
        for month in MONTHS:
            self.order("99999", f"2024-{month:02}-01", 150_00)
            self.order("99999", month_end(month), 50_00)
        chance.shuffle(self.orders)

    def buy(self, key, month, cents):
        """The sum of a month in one to three orders, now and then with a return among them; 0 may be no order."""
        count = self.chance.choice([1, 1, 2, 3])
        if cents == 0 and self.chance.random() < 0.8:
            return
        parts = [self.chance.randint(-50_00, 200_00) for _ in range(count - 1)]
        for part in [*parts, cents - sum(parts)]:
            day = self.chance.randint(1, int(month_end(month)[-2:]))
            self.order(key, f"2024-{month:02}-{day:02}", part)

    def order(self, key, day, cents):
        self.orders.append((f"O{len(self.orders):06}", key, day, cents))

    def grades(self, until):
        """The rule, in its own words: the grade of every customer at the end of month `until`, '' for none."""
        result = {}
        for key, _, grade, _ in self.customers:
            days = [day for _, customer, day, _ in self.orders if customer == key]
            begun = 1 if grade else min((int(day[5:7]) for day in days), default=99)
            over, under = 0, 0  # months in a row
            for month in range(begun, until + 1):
                bought = sum(c for _, customer, day, c in self.orders if customer == key and int(day[5:7]) == month)
                over = over + 1 if bought > 500_00 else 0
                under = under + 1 if bought < 100_00 else 0
                if grade == "":
                    grade = "高级" if bought > 500_00 else "中级" if bought >= 100_00 else "低级"
                elif over >= 3 and grade != "高级":
                    grade, over, under = "高级", 0, 0
                elif under >= 6 and grade != "低级":
                    grade, over, under = "低级", 0, 0
            result[key] = grade
        return result

    def write(self, folder):
        """Writes the sheets: customers, all orders, the orders of each month, and those from January on."""
        folder.mkdir()
        table(folder / "客户.csv", ["客户编号", "客户名称", "当前等级", "等级更新日期"], self.customers)
        self.write_orders(folder / "订单.csv", MONTHS)
        for month in MONTHS:
            self.write_orders(folder / f"订单2024-{month:02}.csv", [month])
            self.write_orders(folder / f"订单至2024-{month:02}.csv", range(1, month + 1))

    def write_orders(self, path, months):
        rows = [
            (order, key, day, f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}")
            for order, key, day, cents in self.orders
            if int(day[5:7]) in months
        ]
        table(path, ["订单编号", "客户编号", "下单日期", "金额"], rows)


def table(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


class Way:
    """A way to grade a data set: calls of regrade in its folder, and what they gave."""

    def __init__(self, checks, data, folder, name):
        self.checks, self.data, self.folder, self.name = checks, data, folder, name
        self.ledger = folder / f"{name}.db"

    def call(self, *arguments):
        """Runs regrade; it must succeed."""
        done = regrade(*arguments, "-r", RULES, cwd=self.folder)
        self.checks.check(f"{self.folder.name} {self.name}: {arguments}", done.returncode == 0, done.stderr.decode())
        return done.stdout.decode()

    def bring(self, month, *files):
        self.call("import", "-q", "--ledger", self.ledger, "--as-of", month_end(month), *files)

    def grade(self, month, *source):
        """Grades as of a month's end, from files or from the ledger, and looks at every grade."""
        source = source or ("--ledger", self.ledger)
        text = self.call("grade", "-q", "--format", "csv", "--as-of", month_end(month), *source)
        rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
        got = sorted((row["客户编号"], row["等级"]) for row in rows)
        expected = sorted(self.data.grades(month).items())
        self.checks.equal(f"{self.folder.name} {self.name}: grades of {month_end(month)}", got, expected)

    def monthly(self, exports, times=1, left_out=(), ungraded=()):
        """Month by month: import, then grade. What is left out is imported with the next month."""
        waiting = []
        for month in MONTHS:
            waiting.append(exports.format(month=month))
            if month in left_out:
                continue
            for _ in range(times):
                self.bring(month, "客户.csv", *waiting)
            waiting = []
            if month not in ungraded:
                for _ in range(times):
                    self.grade(month)


def some_months(chance):
    """Some months, never the last."""
    return {month for month in MONTHS[:-1] if chance.random() < 0.4}


def one_data_set(checks, seed):
    data = Data(seed)
    folder = checks.folder / f"seed-{seed}"
    data.write(folder)
    last = MONTHS[-1]

    def way(name):
        return Way(checks, data, folder, name)

    files = way("files")
    for month in MONTHS:
        files.grade(month, "客户.csv", "订单.csv")
    once = way("once")
    once.bring(last, "客户.csv", "订单.csv")
    once.grade(last)
    of_month, since_january = "订单2024-{month:02}.csv", "订单至2024-{month:02}.csv"
    way("monthly").monthly(of_month)
    way("twice").monthly(of_month, times=2)
    way("gaps").monthly(of_month, left_out=some_months(data.chance), ungraded=some_months(data.chance))
    way("cumulative").monthly(since_january, ungraded=some_months(data.chance))


def main():
    datasets, first = (int(argument) for argument in (sys.argv[1:] + ["4", "1"][len(sys.argv) - 1 :]))
    checks = Checks()
    for seed in range(first, first + datasets):
        one_data_set(checks, seed)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
