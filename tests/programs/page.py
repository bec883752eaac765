#!/usr/bin/env python3
"""The page of a report as its readers have it: opened from a file in Chromium, without anything else.

Nothing is asked of the network and nothing is said on the console; search, filters, order and pages do what they say;
the keyboard reaches everything; axe-core finds no fault in light and in dark; on paper nothing is cut.

`--pictures FOLDER` writes the pictures of docs/gallery there instead.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from checks import EXAMPLES, ROOT, Checks, regrade

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NODE = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "programs" / "node" / "node_modules"
AXE = NODE / "axe-core" / "axe.min.js"
B2B = EXAMPLES / "b2b-weighted"
HOSTILE = "</script><img src=x onerror=alert(1)>\"'\u202egpj"


def made(checks, name, *arguments):
    """A page that regrade wrote."""
    path = checks.folder / f"{name}.html"
    done = regrade(*arguments, "-q", "-o", path)
    if done.returncode != 0:
        sys.exit(f"no page {name}:\n{done.stderr.decode()}")
    return path


class Reader:
    """A window on a page that writes down everything that the page should not do."""

    def __init__(self, browser, path, width=1280, scheme="light"):
        self.context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.page = self.context.new_page()
        self.asked = []
        self.said = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        self.page.goto(path.as_uri())
        self.own = path.as_uri()

    def count(self):
        return self.page.inner_text("#count")

    def rows(self):
        return self.page.locator("#customers-table tbody tr").count()

    def column(self, index):
        return self.page.locator(f"#customers-table tbody tr > :nth-child({index})").all_inner_texts()

    def find(self, text):
        self.page.fill("#search", text)
        self.page.wait_for_timeout(250)

    def end(self, checks, name):
        checks.equal(f"{name}: asks for nothing but itself", self.asked, [self.own])
        checks.equal(f"{name}: says nothing on the console", self.said, [])
        self.context.close()


def a_list(checks, browser, path):
    """Search, filters, order and pages of the 220 customers of b2b-weighted."""
    reader = Reader(browser, path)
    page = reader.page
    checks.equal("fifty rows to begin with", reader.rows(), 50)
    checks.equal("how many are told", reader.count(), "第 1–50 位，共 220 位客户")
    checks.equal("and said aloud", page.get_attribute("#count", "aria-live"), "polite")
    headings = page.locator("#customers-table thead th").all_inner_texts()
    grade, score = headings.index("等级") + 1, headings.index("得分") + 1

    choice = page.locator("#find select").first
    choice.select_option(label="A")
    checks.equal("41 customers are A", reader.count(), "第 1–41 位，符合条件 41 位，共 220 位客户")
    checks.equal("and only they are shown", set(reader.column(grade)), {"A"})
    first = reader.column(1)[0]
    reader.find(first)
    checks.equal("one of them has this number", reader.column(1), [first])
    reader.find("".join(chr(ord(c) + 0xFEE0) for c in first))
    checks.equal("full-width letters find it too", reader.column(1), [first])
    reader.find("没有这样的客户")
    checks.equal("nobody fits", (reader.rows(), reader.count()), (0, "220 位客户中没有符合条件的"))
    page.click("#find button[type=reset]")
    page.wait_for_timeout(100)
    checks.equal("all again", reader.count(), "第 1–50 位，共 220 位客户")

    button = page.locator(f"#customers-table thead th:nth-child({score}) button")
    for direction, reverse in (("ascending", False), ("descending", True)):
        button.click()
        heading = page.locator(f"#customers-table thead th:nth-child({score})")
        checks.equal(f"says {direction}", heading.get_attribute("aria-sort"), direction)
        shown = [float(text) for text in reader.column(score)]
        checks.equal(f"is {direction}", shown, sorted(shown, reverse=reverse))
    seen = set(reader.column(1))
    for _ in range(4):
        page.click("#pager [data-step=on]")
        seen.update(reader.column(1))
    checks.equal("the pages hold everybody once", len(seen), 220)
    checks.check("the last page ends the way", page.is_disabled("#pager [data-step=on]"))
    reader.end(checks, "list")


def keyboard(checks, browser, path):
    """From the top by Tab: the skip link, then everything in its order; what has the focus is seen."""
    reader = Reader(browser, path)
    page = reader.page
    page.keyboard.press("Tab")
    skip = "document.activeElement.className"
    checks.equal("the first stop is the skip link", page.evaluate(skip), "skip")
    box = page.locator(".skip").bounding_box()
    checks.check("which is seen then", box["y"] >= 0, box)
    page.keyboard.press("Enter")
    checks.equal("and leads to the report", page.evaluate("document.activeElement.id"), "main")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "search":
            break
    checks.equal("Tab reaches the search", page.evaluate("document.activeElement.id"), "search")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    checks.equal("whose focus is seen", outline, "solid")
    page.keyboard.type("C2024")
    page.keyboard.press("Tab")
    checks.equal("then the first filter", page.evaluate("document.activeElement.tagName"), "SELECT")
    levels = page.eval_on_selector_all("h1,h2,h3,h4", "all => all.map(one => Number(one.tagName[1]))")
    steps = all(now <= before + 1 for before, now in zip([0, *levels], levels))
    checks.check("headings go down one step at a time", levels[0] == 1 and steps, levels)
    landmarks = page.evaluate("['header','nav','main'].map(name => document.querySelectorAll(name).length)")
    checks.check("landmarks", all(landmarks), landmarks)
    reader.end(checks, "keyboard")


def faults(checks, browser, path, name):
    """What axe-core finds, in light and in dark, on a wide and on a narrow screen."""
    for scheme in ("light", "dark"):
        for width in (1280, 400):
            reader = Reader(browser, path, width, scheme)
            page = reader.page
            wide = page.evaluate("document.documentElement.scrollWidth")
            checks.check(f"{name}, {scheme}, {width}: nothing beside the screen", wide <= width, wide)
            # The page's own policy lets no script in: axe runs beside it, through the debugger.
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
            told = "\n".join(f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found)
            checks.check(f"{name}, {scheme}, {width}: axe-core finds nothing", not found, told)
            ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
            light = sum(int(part) for part in re.findall(r"\d+", ground)[:3]) > 384
            checks.equal(f"{name}: {scheme} is {scheme}", light, scheme == "light")
            reader.end(checks, f"{name}, {scheme}, {width}")


def toggle(checks, browser, path):
    reader = Reader(browser, path)
    ground = "getComputedStyle(document.body).backgroundColor"
    before = reader.page.evaluate(ground)
    reader.page.click("#theme")
    dark = reader.page.evaluate(ground)
    reader.page.click("#theme")
    checks.check("the button makes it dark", dark != before, dark)
    checks.equal("and light again", reader.page.evaluate(ground), before)
    reader.end(checks, "toggle")


def paper(checks, browser, path, name):
    """Printed: no word of a table stands outside the paper, and every customer of the list is whole."""
    reader = Reader(browser, path)
    shown = reader.column(1)
    pdf = checks.folder / f"{name}.pdf"
    reader.page.pdf(path=pdf, prefer_css_page_size=True)
    reader.end(checks, f"{name} on paper")
    layout = checks.folder / f"{name}.bbox"
    subprocess.run(["pdftotext", "-bbox", pdf, layout], check=True)
    boxes = layout.read_text(encoding="utf-8")
    for sheet, words in enumerate(boxes.split("<page ")[1:], 1):
        size = [float(number) for number in re.findall(r'(?:width|height)="([\d.]+)"', words)[:2]]
        for found in re.finditer(r'xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*)</word', words):
            left, top, right, bottom = (float(number) for number in found.groups()[:4])
            inside = left >= 0 and top >= 0 and right <= size[0] - 14 and bottom <= size[1]
            if not inside:
                checks.check(f"{name}, sheet {sheet}: `{found[5]}` is on the paper", False, found[0])
                return
    checks.check(f"{name}: every word is on the paper", True)
    text = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, text=True, check=True).stdout
    text = re.sub(r"\s", "", text)
    missing = [one for one in shown if re.sub(r"\s", "", one) not in text]
    checks.equal(f"{name}: everybody shown is printed", missing, [])


def hostile(checks, browser):
    """Names that would run, if they were not text."""
    source = (B2B / "customers.csv").read_text(encoding="utf-8-sig").splitlines()
    row = source[1].split(",")
    row[1] = '"' + HOSTILE.replace('"', '""') + '"'
    changed = checks.folder / "hostile.csv"
    changed.write_text("\n".join([source[0], ",".join(row), *source[2:]]) + "\n", encoding="utf-8")
    path = made(checks, "hostile", "grade", changed, "-r", B2B / "rules.toml", "--as-of", "2024-03-31")
    reader = Reader(browser, path)
    reader.find("onerror")
    checks.equal("the name is found as text", reader.rows(), 1)
    shown = "\n".join(reader.page.locator("#customers-table tbody tr").first.all_inner_texts())
    checks.check("and shown as text", "</script><img src=x onerror=alert(1)>\"'\\u{202e}gpj" in shown, shown)
    checks.equal("no element came of it", reader.page.locator("img").count(), 0)
    reader.end(checks, "hostile")


def many(checks, browser):
    """20,000 customers: the page opens and finds in time."""
    source = (B2B / "customers.csv").read_text(encoding="utf-8-sig").splitlines()
    rows = [line.split(",", 1)[1] for line in source[1:]]
    lines = [f"K{number:06},{rows[number % len(rows)]}" for number in range(20_000)]
    path = checks.folder / "many.csv"
    path.write_text("\n".join([source[0], *lines]) + "\n", encoding="utf-8")
    page = made(checks, "many", "grade", path, "-r", B2B / "rules.toml", "--as-of", "2024-03-31")
    checks.check("20,000 customers are at most 8 MB", page.stat().st_size < 8_000_000, page.stat().st_size)
    reader = Reader(browser, page)
    checks.equal("all are there", reader.count(), "第 1–50 位，共 20,000 位客户")
    took = reader.page.evaluate(
        """async () => {
            const search = document.getElementById('search');
            const start = performance.now();
            search.value = 'k019999';
            search.dispatchEvent(new Event('input'));
            while (!document.getElementById('count').textContent.includes('1–1')) {
                await new Promise(requestAnimationFrame);
                if (performance.now() - start > 20000) return 1e9;
            }
            return performance.now() - start;
        }"""
    )
    checks.check("one is found within three seconds", took < 3000, f"{took:.0f} ms")
    reader.end(checks, "many")


def year(checks):
    """The report of b2b-year in a ledger: movement, trend, everything."""
    folder = checks.folder / "year"
    env = {**os.environ, "PATH": f"{checks.folder / 'bin'}:{os.environ['PATH']}"}
    (checks.folder / "bin").mkdir()
    from checks import REGRADE

    (checks.folder / "bin" / "regrade").symlink_to(REGRADE)
    script = ["sh", "examples/b2b-year/year.sh", str(folder)]
    subprocess.run(script, cwd=ROOT, env=env, check=True, capture_output=True)
    ledger = ["--ledger", folder / "regrade.db", "-r", EXAMPLES / "b2b-year" / "rules-2.toml"]
    pages = {lang: made(checks, f"year-{lang}", "report", "2024", *ledger, "--lang", lang) for lang in ("zh", "en")}
    pages["moves"] = made(checks, "moves", "diff", "@2024-06", "@2024-12", *ledger, "--lang", "zh")
    candidate = ["--set", "dimensions.价值贡献.weight=30"]
    pages["backtest"] = made(checks, "backtest", "backtest", *ledger, *candidate, "--lang", "zh")
    return pages


def moves(checks, browser, path):
    """The page of `diff`: who moved is listed and searched; the grid says its figures in words too."""
    reader = Reader(browser, path)
    page = reader.page
    headings = page.locator("#customers-table thead th").all_inner_texts()
    before, after = headings.index("变动前") + 1, headings.index("变动后") + 1
    listed = page.locator("#matrix table").first.locator("tbody tr")
    matrix = [row.locator("th, td").all_inner_texts() for row in listed.all()]
    down = sum(
        int(count)
        for place, row in enumerate(matrix[:3])
        for level, count in enumerate(row[1:4])
        if level > place
    )
    steps = headings.index("级数") + 1
    page.locator(f"#customers-table thead th:nth-child({steps}) button").click()
    worst = [text for text in reader.column(steps) if text.startswith("-")]
    checks.equal("as many came down as the matrix says", len(worst), down)
    pairs = set(zip(reader.column(before), reader.column(after)))
    checks.check("none of whom is where they were", pairs and all(one != other for one, other in pairs), pairs)
    told = page.locator("#matrix svg.wide").nth(1).locator("text.on").all_text_contents()
    shares = [
        text
        for row in page.locator("#matrix table").nth(1).locator("tbody tr").all()
        for text in row.locator("td").all_inner_texts()
        if text
    ]
    checks.equal("the grid holds the figures of the table", told, shares)
    reader.end(checks, "moves")


def distribution(checks, browser, path):
    """The picture of the scores: as many columns as the table has rows with customers, in the grades' colours."""
    reader = Reader(browser, path)
    page = reader.page
    rows = [row.locator("td").all_inner_texts() for row in page.locator("#distribution table").first.locator("tbody tr").all()]
    counts = [[int(text.replace(",", "")) for text in row[2:-1]] for row in rows]
    parts = sum(count > 0 for row in counts for count in row)
    drawn = page.locator("#distribution svg.wide")
    checks.equal("a part for each count", drawn.locator("rect.mark").count(), parts)
    totals = [row[-1] for row in rows if row[-1] != "0"]
    checks.equal("each column says its figure", drawn.locator("text.over").all_text_contents()[: len(totals)], totals)
    cuts = page.locator("#distribution table").nth(1).locator("tbody tr")
    checks.equal("a line for each grade that begins", drawn.locator("line.cut").count(), cuts.count())
    reader.end(checks, "distribution")


def pictures(checks, browser, pages, folder):
    """The top of the report, light and dark, wide and narrow."""
    for name, lang, width, scheme, top in (
        ("report-light", "zh", 1180, "light", "movement"),
        ("report-dark", "en", 1180, "dark", "movement"),
        ("report-list", "zh", 1180, "light", "customers"),
        ("report-narrow", "zh", 400, "light", None),
        ("report-distribution", "graded", 1180, "light", "distribution"),
        ("diff-matrix", "moves", 1180, "light", "matrix"),
        ("simulate-grid", "grid", 1180, "light", "grid"),
        ("backtest", "backtest", 1180, "light", "moves"),
    ):
        reader = Reader(browser, pages[lang], width, scheme)
        if top:
            reader.page.evaluate("name => document.getElementById(name).scrollIntoView({behavior: 'instant'})", top)
        reader.page.screenshot(path=folder / f"{name}.png")
        reader.end(checks, name)


def main():
    if CHROMIUM is None or not AXE.is_file():
        sys.exit("Chromium or axe-core is not installed: run tests/programs/install")
    checks = Checks()
    pages = year(checks)
    with sync_playwright() as player:
        # Root has no sandbox to run in.
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        graded = ["grade", B2B / "customers.csv", "-r", B2B / "rules.toml", "--as-of", "2024-03-31"]
        pages["graded"] = made(checks, "graded", *graded)
        grid = ["--grid", "grades.A.when=score >= {70..90:5}", "--grid", "dimensions.价值贡献.weight={40..80:10}"]
        pages["grid"] = made(checks, "grid", "simulate", *graded[1:], *grid, "--figure", "share(A)")
        if "--pictures" in sys.argv:
            folder = Path(sys.argv[sys.argv.index("--pictures") + 1])
            folder.mkdir(parents=True, exist_ok=True)
            pictures(checks, browser, pages, folder)
            return checks.end()
        page = pages.pop("graded")
        again = made(checks, "again", *graded)
        checks.equal("the same input gives the same bytes", page.read_bytes() == again.read_bytes(), True)
        a_list(checks, browser, page)
        keyboard(checks, browser, page)
        toggle(checks, browser, page)
        faults(checks, browser, page, "grading")
        distribution(checks, browser, page)
        for lang, report in pages.items():
            faults(checks, browser, report, f"year, {lang}")
            paper(checks, browser, report, f"year, {lang}")
        paper(checks, browser, page, "grading")
        moves(checks, browser, pages["moves"])
        distribution(checks, browser, pages["zh"])
        hostile(checks, browser)
        many(checks, browser)
        browser.close()
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
