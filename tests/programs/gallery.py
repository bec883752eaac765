"""The pictures of docs/gallery: what regrade makes of the examples, as LibreOffice shows it.

`gallery.py` makes them anew; look at every one before it is committed. A picture is a line of PICTURES: its name, the
function that makes it, and what that function takes. Whatever shows something else (a page in a browser) is another
function that gives an image.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
from checks import EXAMPLES, ROOT, Checks, environment, office, regrade
from PIL import Image, ImageChops

GALLERY = ROOT / "docs" / "gallery"
# The pictures are read beside text: not wider, and small enough for a README.
WIDEST = 1400
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


def keep(image, name, gallery):
    """Writes a picture, with as few colours as it takes to be small."""
    if image.width > WIDEST:
        image = image.resize((WIDEST, round(image.height * WIDEST / image.width)), Image.LANCZOS)
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


def main():
    checks = Checks()
    gallery = Path(sys.argv[1]) if len(sys.argv) > 1 else GALLERY
    gallery.mkdir(parents=True, exist_ok=True)
    for program in ("pdftoppm", "soffice"):
        if shutil.which(program) is None:
            sys.exit(f"{program} is not installed: run tests/programs/install")
    for name, image in pictures(checks.folder):
        path = keep(image, name, gallery)
        checks.check(f"{name} is legible", image.width >= 600, image.size)
        print(f"{path.name}: {image.width} x {image.height}, {path.stat().st_size} bytes")
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
