"""What `notify` writes, read by other programs: e-mails by Python's email package, text messages counted by a table of our
own, the table for mail merge by Python's csv; each customer told once, also when the command is killed.

    notify.py          8 kills
    notify.py --all    60 kills
"""

import csv
import email
import email.header
import email.policy
import email.utils
import io
import os
import random
import shutil
import subprocess
import sys
import time

from checks import REGRADE, Checks, environment

KILLS = 60 if "--all" in sys.argv else 8
COUNT = 3000 if "--all" in sys.argv else 600
RULES = """
[scheme]
name = "会员"
language = "zh"
unit = "元"

[sheets.customers]
key = "编号"
name = "名称"
fields = [
  { name = "名称", type = "text" },
  { name = "消费额", type = "money" },
  { name = "邮箱", type = "text" },
  { name = "手机", type = "id" },
  { name = "同意", type = "bool" },
  { name = "同意日期", type = "date" },
]

[[grades]]
name = "A"
when = "消费额 >= 10000"
[[grades]]
name = "B"
when = "消费额 >= 5000"
[[grades]]
name = "C"

[[strategies]]
when = "grade = 'A'"
benefits = ["专属客服", "免运费"]

[notify]
from = "会员服务部（华东） <service@example.com>"
email = "邮箱"
phone = "手机"
consent = { field = "同意", date = "同意日期" }
"""
NAMES = [
    "甲\r\nBcc: all@example.com", 'a", <all@example.com>, "b', "=?UTF-8?B?YQ==?=", "长" * 120, "x" * 300, "O'Hara & Söhne",
    "😀客户", "=HYPERLINK(1)", "普通公司", "Plain Name",
]

# 3GPP TS 23.038: the default alphabet by its code points, and those that need an escape.
BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED = set("\f^{}\\[~]|€")


def sms(text):
    """Alphabet, units and parts, counted part by part."""
    if all(c in BASIC or c in ESCAPED for c in text):
        alphabet, sizes, whole, room = "GSM-7", [2 if c in ESCAPED else 1 for c in text], 160, 153
    else:
        alphabet, sizes, whole, room = "UCS-2", [len(c.encode("utf-16-be")) // 2 for c in text], 70, 67
    if sum(sizes) <= whole:
        return alphabet, sum(sizes), 1
    parts = [0]
    for size in sizes:
        if parts[-1] + size > room:
            parts.append(0)
        parts[-1] += size
    return alphabet, sum(sizes), len(parts)


class Customer:
    def __init__(self, number, month, of):
        self.key = f"K{number:05}"
        self.name = NAMES[number % len(NAMES)]
        self.amount = of.choice([3000, 5000, 8000, 10000, 12000])
        agreed = number % 7
        self.consent = {0: "否", 1: ""}.get(agreed, "是")
        self.date = {2: "", 3: "2030-01-01"}.get(agreed, "2024-01-15")
        self.email = {0: "", 1: "not an address", 2: "a@b.cn, c@d.cn"}.get(number % 11, f"k{number}@example.com")
        self.phone = f"138{number:08}"

    def grade(self):
        return "A" if self.amount >= 10000 else "B" if self.amount >= 5000 else "C"

    def agreed(self):
        return self.consent == "是" and self.date == "2024-01-15"

    def reachable(self):
        return self.email.startswith("k")

    def row(self):
        return [self.key, self.name, self.amount, self.email, self.phone, self.consent, self.date]


def regrade(folder, *words):
    done = subprocess.run([REGRADE, *words], cwd=folder, env=environment(), stdin=subprocess.DEVNULL, capture_output=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def prepare(folder):
    """Two graded months in a ledger; the customers of each."""
    folder.mkdir()
    (folder / "rules.toml").write_text(RULES, encoding="utf-8")
    months = []
    for month, day in [(1, "2024-01-31"), (2, "2024-02-29")]:
        of = random.Random(month)
        customers = [Customer(number, month, of) for number in range(COUNT)]
        # The second month has the name, the address and the consent of the first.
        with open(folder / f"客户{month}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["编号", "名称", "消费额", "邮箱", "手机", "同意", "同意日期"])
            writer.writerows(customer.row() for customer in customers)
        code, _, said = regrade(folder, "grade", f"客户{month}.csv", "-q", "--as-of", day, "--ledger", "regrade.db", "-o", "g.csv")
        assert code == 0, said
        months.append(customers)
    return months


def moved(months):
    return [(was, now) for was, now in zip(*months) if was.grade() != now.grade()]


def read_mails(folder):
    mails = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        raw = path.read_bytes()
        mails[path.name] = (raw, email.message_from_bytes(raw, policy=email.policy.default))
    return mails


def check_mails(checks, folder, months):
    wanted = {now.key: (was, now) for was, now in moved(months) if now.agreed() and now.reachable()}
    code, _, said = regrade(folder, "notify", "-o", "mails/")
    checks.check("notify ends with 0", code == 0, said)
    mails = read_mails(folder / "mails")
    checks.equal("a mail for everybody who moved, agreed and has an address", len(mails), len(wanted))
    checks.check("their number is told", f"messages {len(wanted)} " in said, said)
    ids, seen = set(), set()
    for name, (raw, mail) in mails.items():
        key = name.split("-")[3]
        was, now = wanted.get(key, (None, None))
        if now is None:
            checks.check(f"{name} is for nobody", False)
            continue
        seen.add(key)
        checks.equal(f"{name}: no defects", mail.defects, [])
        checks.equal(f"{name}: one recipient", [a.addr_spec for a in mail["to"].addresses], [now.email])
        checks.equal(f"{name}: the sender", [a.addr_spec for a in mail["from"].addresses], ["service@example.com"])
        checks.equal(f"{name}: the sender's name", mail["from"].addresses[0].display_name, "会员服务部（华东）")
        checks.check(f"{name}: nobody else", mail["bcc"] is None and mail["cc"] is None)
        checks.equal(f"{name}: the date", email.utils.parsedate_to_datetime(str(mail["date"])).isoformat(),
                     "2024-02-29T00:00:00+00:00")
        name_shown = " ".join(now.name.split())
        # The newer parser of addresses keeps the white space between two encoded words, which RFC 2047 takes out.
        to = email.message_from_bytes(raw)["to"]
        decoded = str(email.header.make_header(email.header.decode_header(to)))
        checks.equal(f"{name}: the name", decoded.rsplit("<", 1)[0].strip(), name_shown)
        word = "升为" if now.grade() < was.grade() else "调整为"
        checks.check(f"{name}: the subject", mail["subject"].endswith(f"：等级{word} {now.grade()}"), mail["subject"])
        text = mail.get_content()
        checks.check(f"{name}: old and new", f"由 {was.grade()} {word} {now.grade()}" in text, text)
        checks.equal(f"{name}: the benefits", "专属客服" in text, now.grade() == "A")
        checks.check(f"{name}: lines end as the RFC says", raw.count(b"\n") == raw.count(b"\r\n"))
        checks.check(f"{name}: no line of more than 76", max(map(len, raw.split(b"\r\n"))) <= 76)
        ids.add(str(mail["message-id"]))
    checks.equal("everybody", seen, set(wanted))
    checks.equal("no two mails have one id", len(ids), len(mails))
    code, _, said = regrade(folder, "notify", "-o", "mails/")
    checks.check("a second call tells nobody", code == 0 and f"messages 0; told before {len(wanted)}" in said, said)
    checks.equal("and changes no file", {n: r for n, (r, _) in read_mails(folder / "mails").items()},
                 {n: r for n, (r, _) in mails.items()})


def check_sms(checks, folder, months):
    (folder / "短信.txt").write_text("{{ name }} {{ new }} {{ reason }}{% if new == 'A' %}€[]^{% endif %}\n", encoding="utf-8")
    (folder / "sms.txt").write_text("{{ id }}: {{ new }} ~{{ 'x' * 150 }}\n", encoding="utf-8")
    for template in ["短信.txt", "sms.txt"]:
        code, out, said = regrade(folder, "notify", "--as", "sms", "--template", template, "--again", "--format", "csv")
        checks.check(f"{template}: ends with 0", code == 0, said)
        rows = list(csv.DictReader(io.StringIO(out)))
        checks.equal(f"{template}: one row for everybody who agreed", len(rows),
                     len([1 for _, now in moved(months) if now.agreed()]))
        for row in rows:
            # The escape against formulas is for spreadsheets and no part of the message.
            text = row["正文"][1:] if row["正文"].startswith("'=") else row["正文"]
            alphabet, units, parts = sms(text)
            checks.equal(f"{template}: {row['客户编号']}", (row["编码"], row["长度"], row["条数"]),
                         (alphabet, str(units), str(parts)))


def check_merge(checks, folder, months):
    code, _, said = regrade(folder, "notify", "--again", "-o", "merge.csv")
    checks.check("mail merge ends with 0", code == 0, said)
    with open(folder / "merge.csv", encoding="utf-8-sig", newline="") as file:
        rows = {row["客户编号"]: row for row in csv.DictReader(file)}
    wanted = {now.key: (was, now) for was, now in moved(months) if now.agreed() and now.reachable()}
    checks.equal("a row for each", sorted(rows), sorted(wanted))
    for key, (was, now) in wanted.items():
        row = rows[key]
        checks.equal(f"{key} in the table", (row["地址"], row["原"], row["现"]), (now.email, was.grade(), now.grade()))
        amount = f"{now.amount / 10000:g} 万元" if now.amount >= 10000 else f"{now.amount} 元"
        checks.check(f"{key}: the amount decided", str(now.amount) in row["依据"] or amount in row["依据"], row["依据"])
        checks.check(f"{key}: the text is whole", row["正文"].rstrip().endswith("会员服务部（华东）"), row["正文"])


def check_kills(checks, base):
    """Killed at any moment, the next call neither loses a message nor tells anybody twice."""
    whole = base.parent / "whole"
    shutil.copytree(base, whole)
    begun = time.monotonic()
    regrade(whole, "notify", "-q", "-o", "out/")
    seconds = time.monotonic() - begun
    expected = {path.name: path.read_bytes() for path in (whole / "out").iterdir()}
    of = random.Random(5)
    for kill in range(KILLS):
        folder = base.parent / f"kill{kill}"
        shutil.copytree(base, folder)
        running = subprocess.Popen([REGRADE, "notify", "-q", "-o", "out/"], cwd=folder, env=environment(),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(of.uniform(0.3, 1.0) * seconds)
        running.kill()
        running.wait()
        shown = {path.name for path in (folder / "out").iterdir()} if (folder / "out").is_dir() else set()
        half = [name for name in shown if not name.startswith(".") and
                (folder / "out" / name).read_bytes() != expected.get(name)]
        checks.equal(f"kill {kill}: no half message", half, [])
        code, _, said = regrade(folder, "notify", "-q", "-o", "out/")
        checks.check(f"kill {kill}: the next call ends with 0", code == 0, said)
        after = {path.name: path.read_bytes() for path in (folder / "out").iterdir() if not path.name.startswith(".")}
        checks.equal(f"kill {kill}: all messages, each once", after, expected)
        code, _, said = regrade(folder, "notify", "-o", "again/")
        checks.check(f"kill {kill}: and nobody twice", f"messages 0; told before {len(expected)}" in said, said)
        shutil.rmtree(folder)


def check_closed_pipe(checks, folder, months):
    """A reader of standard output that goes away takes no messages with it, and nobody is told twice for it."""
    code, whole, _ = regrade(folder, "notify", "--format", "csv")
    checks.check("there is more than a pipe holds", code == 0 and len(whole.encode()) > 1 << 16, len(whole))
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([REGRADE, "notify", "-o", "mails/", "-o", "-", "--format", "csv"], cwd=folder, env=environment(),
                          stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    checks.equal("a reader that goes away is no error", done.returncode, 0)
    wanted = [now for _, now in moved(months) if now.agreed() and now.reachable()]
    mails = os.listdir(folder / "mails")
    checks.equal("all mails are there", len([name for name in mails if not name.startswith(".")]), len(wanted))
    code, _, said = regrade(folder, "notify", "-o", "again/")
    checks.check("and the ledger knows it", f"messages 0; told before {len(wanted)}" in said, said)


def main():
    checks = Checks()
    base = checks.folder / "base"
    months = prepare(base)
    first = checks.folder / "first"
    shutil.copytree(base, first)
    check_mails(checks, first, months)
    check_sms(checks, first, months)
    check_merge(checks, first, months)
    closed = checks.folder / "closed"
    shutil.copytree(base, closed)
    check_closed_pipe(checks, closed, months)
    check_kills(checks, base)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
