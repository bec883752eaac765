"""The year of examples/b2b-year by brute force: every month-end from the sheets themselves, without regrade.

    python3 tests/programs/b2b_year_reference.py

It reads the exports of `in/`, applies the sentences of `rules.toml` and `rules-2.toml` as they are written here once
more, and holds the result against `expected/`: grades, types, scores, decisions, since when, and the moves with their
causes. It shares no code with regrade and needs no build of it; it is slow on purpose and keeps nothing from one month
to the next but what a run leaves.
"""

import csv
import sys
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

YEAR = Path(__file__).resolve().parents[2] / "examples" / "b2b-year"
MONTHS = range(1, 13)
LEVELS = "ABC"  # best first

# What managers set: customer, how, grade, first day and last day.
CORRECTIONS = [
    ("K02", "lock", "B", date(2024, 3, 15), date(2024, 5, 31)),
    ("K12", "floor", "A", date(2024, 5, 10), date(2024, 8, 31)),
]


def end_of(month):
    return (date(2024, month + 1, 1) if month < 12 else date(2025, 1, 1)) - timedelta(days=1)


def export(name, month):
    with open(YEAR / "in" / f"2024-{month:02}" / f"{name}2024-{month:02}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def whole_years(start, end):
    """Birthdays passed."""
    years = end.year - start.year
    return years - ((end.month, end.day) < (start.month, start.day))


class Known:
    """What was known after the exports of the months up to `month`."""

    def __init__(self, month):
        self.sheet = {row["客户编号"]: row for row in export("客户", month)}
        self.orders, self.complaints = {}, {}
        for earlier in range(1, month + 1):
            self.orders.update((row["订单编号"], row) for row in export("订单", earlier))
            self.complaints.update((row["投诉编号"], row) for row in export("投诉", earlier))

    def bought(self, customer, month):
        """Yuan in a month of 2024."""
        start = f"2024-{month:02}-"
        rows = (row for row in self.orders.values() if row["客户编号"] == customer)
        return sum(Fraction(row["金额(元)"]) for row in rows if row["下单日期"].startswith(start))

    def justified(self, customer, month):
        """Complaints in the six months that end with `month`; those of 2023 are in no export."""
        months = [f"2024-{m:02}" for m in range(max(1, month - 5), month + 1)]
        rows = (row for row in self.complaints.values() if row["客户编号"] == customer and row["结论"] == "成立")
        return sum(row["投诉日期"][:7] in months for row in rows)


def facts(known, customer, month, scheme):
    """Dimensions and score of a customer at the end of a month."""
    row = known.sheet[customer]
    purchases = Fraction(row["年采购额(万元)"])
    value = "高价值" if purchases >= 100 else "中价值" if purchases >= 50 else "低价值"
    years = whole_years(date.fromisoformat(row["合作起始时间"]), end_of(month))
    complaints = known.justified(customer, month)
    if years < 1 or complaints >= 2:
        stability = "不稳定"
    else:
        stability = "稳定" if years >= 2 and complaints == 0 else "一般"
    risk = {"快消": 100, "零售业": 100, "金融业": 20}.get(row["所属行业"], 60)
    parts = [
        (60 if scheme == 1 else 50, {"高价值": 100, "中价值": 60, "低价值": 20}[value]),
        (30, {"稳定": 100, "一般": 60, "不稳定": 20}[stability]),
        (10, risk),
    ]
    if scheme == 2:
        rating = row.get("ESG评分", "")
        parts.append((10, 60 if rating == "" else 100 if int(rating) >= 80 else 60 if int(rating) >= 60 else 20))
    score = Fraction(sum(weight * points for weight, points in parts), sum(weight for weight, _ in parts))
    growth = Fraction(row["采购增长率"].rstrip("%")) / 100
    return value, stability, growth, score


def trailing(holds, amounts):
    count = 0
    for amount in reversed(amounts):
        if not holds(amount):
            break
        count += 1
    return count


def trailing_steps(holds, amounts):
    return trailing(lambda pair: holds(*pair), list(zip(amounts, amounts[1:])))


class Customer:
    """What a run leaves behind for a customer."""

    def __init__(self):
        self.rule_grade = self.grade = self.type = self.since = None
        self.counts_from = 1  # the first month that streaks count

    def copy(self):
        twin = Customer()
        twin.__dict__.update(self.__dict__)
        return twin


def first_month(known, customer):
    """The month in which the customer was first seen, in 2024."""
    start = date.fromisoformat(known.sheet[customer]["合作起始时间"])
    return start.month if start.year == 2024 else 1


def by_rules(state, score, amounts):
    """The grade after the rules; `amounts` are those of the months that count."""
    ten_thousand = 10_000
    fired = []
    if trailing(lambda a: a < 1 * ten_thousand, amounts) >= 6:
        fired.append("C")
    if state.rule_grade == "B" and score >= 80 and trailing(lambda a: a >= 8 * ten_thousand, amounts) >= 3:
        fired.append("A")
    if state.rule_grade == "C" and score >= 50 and trailing(lambda a: a >= 4 * ten_thousand, amounts) >= 3:
        fired.append("B")
    if state.rule_grade == "A" and score < 80 and trailing(lambda a: a < 8 * ten_thousand, amounts) >= 3:
        fired.append("B")
    if state.rule_grade == "B" and score < 50 and trailing(lambda a: a < 4 * ten_thousand, amounts) >= 3:
        fired.append("C")
    fired = [grade for grade in fired if grade != state.rule_grade]
    up = {grade < state.rule_grade for grade in fired}
    assert len(up) <= 1, "rules both up and down"
    return fired[0] if fired else None


def override(customer, day, grade):
    """The grade with what a manager set; A is better than B."""
    for who, how, level, since, until in CORRECTIONS:
        if who == customer and since <= day <= until:
            return level if how == "lock" else min(grade, level)
    return grade


def decide(before, known, customer, month, scheme):
    """The state after a month-end, with its score and decision. `before` is None for a customer without a run."""
    state = before.copy() if before else Customer()
    if customer not in known.sheet:
        return state, None, "absent"
    value, stability, growth, score = facts(known, customer, month, scheme)
    first = first_month(known, customer)
    if state.rule_grade is None:
        state.rule_grade = "A" if score >= 80 else "B" if score >= 50 else "C"
    else:
        counted = [known.bought(customer, m) for m in range(max(first, state.counts_from), month + 1)]
        moved = by_rules(state, score, counted)
        if moved:
            state.rule_grade, state.counts_from = moved, month + 1
    state.grade = override(customer, end_of(month), state.rule_grade)

    months = [known.bought(customer, m) for m in range(first, month + 1)]
    last = before.type if before else ""
    if (
        value == "高价值"
        and stability == "稳定"
        or last == "潜力型"
        and trailing_steps(lambda one, two: two > one, months) >= 3
        or last == "战略型"
        and value == "中价值"
        and trailing_steps(lambda one, two: two < one, months) == 0
    ):
        state.type = "战略型"
    elif value == "中价值" and growth >= Fraction(20, 100):
        state.type = "潜力型"
    elif value == "低价值" and stability == "不稳定":
        state.type = "优化型"
    else:
        state.type = "常规型"

    had = before.grade if before else None
    if had != state.grade:
        state.since = end_of(month)
    if state.grade != state.rule_grade:
        decision = "overridden"
    elif had is None:
        decision = "initial"
    else:
        decision = "held" if had == state.grade else "promoted" if state.grade < had else "demoted"
    return state, score, decision


def cause(history, customer, month):
    """Why a grade moved between two runs: which of the inputs, exchanged alone, brings the move and takes it away."""
    before = history[month - 1].get(customer)
    state = history[month][customer]
    if before.grade != before.rule_grade or state.grade != state.rule_grade:
        return "override"
    old, new = (1 if month <= 7 else 2), (1 if month < 7 else 2)
    if old == new:
        return "data"

    def moves(scheme, upto):
        """Whether it moves too with this scheme and what was known then."""
        start = history[upto - 1].get(customer)
        return decide(start, Known(upto), customer, upto, scheme)[0].grade != start.grade

    by_data, by_scheme = moves(old, month), moves(new, month - 1)
    return {(True, False): "data", (False, True): "scheme", (False, False): "both"}[(by_data, by_scheme)]


def year(last_known=None):
    """All runs: for each month the customers' states; scores and decisions by customer and month.

    With `last_known` the months before it are decided with the orders that were known after that month's exports.
    """
    history, scores, decisions = {0: {}}, {}, {}
    for month in MONTHS:
        known = Known(month)
        if last_known and month < last_known:
            sheet, known = known.sheet, Known(last_known)
            known.sheet = sheet
        history[month] = {}
        for customer in sorted(set(known.sheet) | set(history[month - 1])):
            before = history[month - 1].get(customer)
            result = decide(before, known, customer, month, 1 if month < 7 else 2)
            history[month][customer], scores[customer, month], decisions[customer, month] = result
    return history, scores, decisions


def table(name):
    with open(YEAR / "expected" / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main():
    history, scores, decisions = year()
    wrong, cells = [], 0
    found = {
        "grades.csv": lambda c, m: history[m][c].grade if c in history[m] else "",
        "types.csv": lambda c, m: history[m][c].type if c in history[m] else "",
        "since.csv": lambda c, m: history[m][c].since.isoformat() if c in history[m] else "",
        "scores.csv": lambda c, m: "" if scores.get((c, m)) is None else str(scores[c, m]),
        "decisions.csv": lambda c, m: decisions.get((c, m), ""),
    }
    for name, worked_out in found.items():
        rows = table(name)
        if {row["客户编号"] for row in rows} != set(history[12]):
            wrong.append(f"{name}: other customers")
        for row in rows:
            for month in MONTHS:
                cells += 1
                customer, by_hand = row["客户编号"], row[f"2024-{month:02}"]
                if worked_out(customer, month) != by_hand:
                    wrong.append(f"{name} {customer} {month}: by hand {by_hand}, here {worked_out(customer, month)}")
    moves = []
    for month in MONTHS:
        for customer, state in history[month].items():
            before = history[month - 1].get(customer)
            # Who was absent the month before is listed as new, and so is no move.
            was_there = decisions.get((customer, month - 1)) != "absent"
            if before and was_there and before.grade != state.grade:
                way = "upgraded" if state.grade < before.grade else "downgraded"
                why = cause(history, customer, month)
                moves.append([f"2024-{month:02}", customer, before.grade, state.grade, way, why])
    by_hand = [list(row.values()) for row in table("moves.csv")]
    cells += len(by_hand)
    wrong += [f"moves.csv has not {move}" for move in moves if move not in by_hand]
    wrong += [f"moves.csv has {move}" for move in by_hand if move not in moves]
    # The restated order: which runs before September would have graded otherwise, had they known its exports.
    otherwise = year(last_known=9)[0]
    late = [
        [f"2024-{month:02}", customer, state.grade, otherwise[month][customer].grade]
        for month in range(1, 9)
        for customer, state in history[month].items()
        if state.grade != otherwise[month][customer].grade
    ]
    by_hand = [list(row.values()) for row in table("restated.csv")]
    cells += len(by_hand)
    if late != by_hand:
        wrong.append(f"restated.csv has {by_hand}, here {late}")
    for line in wrong:
        print(f"FAILED: {line}")
    print(f"{cells - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
