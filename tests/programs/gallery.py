"""The pictures of docs/gallery: what regrade makes of the examples, as LibreOffice shows it.

`gallery.py` makes them anew, `gallery.py --all` those of every example in both languages too; look at every one before
it is committed. Another folder than docs/gallery may be named.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import workbooks
from checks import EXAMPLES, ROOT, Checks, environment, office, regrade
from PIL import Image, ImageChops

GALLERY = ROOT / "docs" / "gallery"
# The pictures are read beside text: not wider, and small enough for a README.
WIDEST = 1400
# There are many of the examples.
WIDEST_OF_EXAMPLES = 1000
LARGEST = 200_000


def year(folder):
    """The workbook of the last month of examples/b2b-year, from its ledger."""
    from checks import REGRADE

    path = f"{REGRADE.parent}:{environment()['PATH']}"
    subprocess.run(
        ["sh", "examples/b2b-year/year.sh", folder], cwd=ROOT, env=environment(PATH=path), check=True, capture_output=True
    )
    return folder / "2024-12.xlsx"


def graded(folder, name, files, as_of, *options):
    """The workbook of an example."""
    # No folder of the machine that makes the pictures is to be seen in them.
    example = (EXAMPLES / name).relative_to(ROOT)
    path = folder / f"{name}-{len(list(folder.iterdir()))}.xlsx"
    paths = [example / file for file in files]
    done = regrade("grade", *paths, "-r", example / "rules.toml", "--as-of", as_of, "-q", "-o", path, *options)
    if done.returncode != 0:
        sys.exit(done.stderr.decode())
    return path


def first_page(pdf, resolution=120):
    """The first page of a PDF as an image, its margins cut off."""
    base = pdf.with_suffix("")
    subprocess.run(["pdftoppm", "-png", "-singlefile", "-r", str(resolution), pdf, base], check=True)
    image = Image.open(base.with_suffix(".png")).convert("RGB")
    # The page number is no part of the picture.
    image = image.crop((0, 0, image.width, round(image.height * 0.945)))
    ink = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
    left, top, right, bottom = ink
    edge = 16
    return image.crop((max(left - edge, 0), max(top - edge, 0), right + edge, min(bottom + edge, image.height)))


def printed(folder, workbook, sheet):
    """A sheet as it is printed; with its charts, so that it has to be the first one that is."""
    book = workbook
    if openpyxl.load_workbook(book, read_only=True).sheetnames[0] != sheet:
        book = alone(folder, book, sheet, fitted=True)
    [pdf] = office(folder / "pdf", book, "pdf")
    return first_page(pdf)


def on_screen(folder, workbook, sheet):
    """A sheet at its own size, as far as it fits a large page: as one sees it before scrolling."""
    book = alone(folder, workbook, sheet, fitted=False)
    [pdf] = office(folder / "pdf", book, "pdf")
    return first_page(pdf, 100)


def alone(folder, workbook, sheet, fitted):
    """A copy of a workbook with one sheet (charts are lost on the way)."""
    book = openpyxl.load_workbook(workbook)
    for other in book.sheetnames:
        if other != sheet:
            del book[other]
    one = book[sheet]
    one.sheet_properties.pageSetUpPr.fitToPage = fitted
    if not fitted:
        one.page_setup.paperSize = 8
        one.page_setup.scale = 100
        one.print_title_rows = None
    path = folder / f"{workbook.stem}-{len(list(folder.iterdir()))}.xlsx"
    book.save(path)
    return path


def keep(image, name, gallery, widest=WIDEST):
    """Writes a picture, with as few colours as it takes to be small."""
    if image.width > widest:
        image = image.resize((widest, round(image.height * widest / image.width)), Image.LANCZOS)
    path = gallery / f"{name}.png"
    for colors in (256, 128, 64, 32):
        image.quantize(colors, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            return path
    sys.exit(f"{path} is larger than {LARGEST} bytes")


def pictures(folder):
    """Name and image of every picture."""
    b2b_year = year(folder / "year")
    for name, make, sheet in [
        ("workbook-overview", printed, "概览"),
        ("workbook-graded", on_screen, "评级明细"),
        ("workbook-scheme", printed, "方案"),
        ("workbook-history", printed, "变更历史"),
    ]:
        yield name, make(folder, b2b_year, sheet)
    chinese = graded(folder, "b2b-weighted", ["customers.csv"], "2024-03-31")
    yield "workbook-basis", printed(folder, chinese, "评分依据")
    english = graded(folder, "b2b-weighted", ["customers.csv"], "2024-03-31", "--lang", "en")
    yield "workbook-overview-en", printed(folder, english, "Overview")


def of_examples(folder):
    """Name and image of the workbook of every example: the overview, and below it the customers as one sees them first."""
    books = {}
    for lang in ("zh", "en"):
        for name, files, as_of in workbooks.ALL:
            few = ["--where", workbooks.PRINTED[name]] if name in workbooks.PRINTED else []
            path, done = workbooks.grade(folder, name, files, as_of, lang, *few)
            if done.returncode != 0:
                sys.exit(done.stderr.decode())
            sheet = openpyxl.load_workbook(path, read_only=True).sheetnames[1]
            books[path] = alone(folder, path, sheet, fitted=False)
    office(folder / "examples", [*books, *books.values()], "pdf")
    for path, graded_alone in books.items():
        above, below = (first_page(folder / "examples" / f"{one.stem}.pdf", 100) for one in (path, graded_alone))
        # Some rows show what all do.
        below = below.crop((0, 0, below.width, min(below.height, 420)))
        image = Image.new("RGB", (max(above.width, below.width), above.height + below.height), "white")
        image.paste(above, (0, 0))
        image.paste(below, (0, above.height))
        yield path.stem, image


def main():
    checks = Checks()
    named = [one for one in sys.argv[1:] if one != "--all"]
    gallery = Path(named[0]) if named else GALLERY
    examples = gallery / "examples"
    gallery.mkdir(parents=True, exist_ok=True)
    for program in ("pdftoppm", "soffice"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed: run tests/programs/install")
    made = [(gallery, WIDEST, pictures(checks.folder))]
    if "--all" in sys.argv:
        examples.mkdir(exist_ok=True)
        made.append((examples, WIDEST_OF_EXAMPLES, of_examples(checks.folder)))
    for into, widest, images in made:
        for name, image in images:
            path = keep(image, name, into, widest)
            checks.check(f"{name} is legible", image.width >= 600, image.size)
            print(f"{path.name}: {image.width} x {image.height}, {path.stat().st_size} bytes")
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
