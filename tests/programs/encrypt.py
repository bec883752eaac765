"""Workbooks behind a password: other programs open them with it and not without, and regrade reads them back.

msoffcrypto-tool decrypts them, checks that nothing was changed since, and gives the very bytes that are written without
a password; olefile finds no fault with the container; LibreOffice opens them. Every command that writes a workbook does
so behind the password, and every command that takes one reads it.
"""

import csv
import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

import msoffcrypto
import olefile
from checks import ROOT, Checks, environment, regrade

EXAMPLE = ROOT / "examples" / "b2b-weighted"
RULES = ["-r", EXAMPLE / "rules.toml", "--as-of", "2024-03-31"]
PASSWORD = "秘密 1234&\"'"
CONTAINER = bytes.fromhex("d0cf11e0a1b11ae1")

# LibreOffice asks for the password in a window; a macro hands it over. It says how it went in a file.
MACRO = """
Function Property(sName As String, aValue As Variant)
    Dim oProperty As New com.sun.star.beans.PropertyValue
    oProperty.Name = sName
    oProperty.Value = aValue
    Property = oProperty
End Function

Sub Convert(sBook As String, sPassword As String, sRows As String, sTold As String)
    Dim oBook As Object
    Dim aOpen(1) As Variant
    Dim aSave(1) As Variant
    On Error GoTo Refused
    aOpen(0) = Property("Hidden", True)
    aOpen(1) = Property("Hidden", True)
    If sPassword <> "" Then aOpen(1) = Property("Password", sPassword)
    oBook = StarDesktop.loadComponentFromURL(sBook, "_blank", 0, aOpen())
    If IsNull(oBook) Then GoTo Refused
    aSave(0) = Property("FilterName", "Text - txt - csv (StarCalc)")
    aSave(1) = Property("FilterOptions", "44,34,76,1,,0,false,true,false,false,false,2")
    oBook.storeToURL(sRows, aSave())
    oBook.close(True)
    Say(sTold, "opened")
    Exit Sub
Refused:
    Say(sTold, "refused")
End Sub

Sub Say(sTold As String, sWhat As String)
    Dim iFile As Integer
    iFile = FreeFile
    Open sTold For Output As #iFile
    Print #iFile, sWhat
    Close #iFile
    StarDesktop.terminate()
End Sub
"""

MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
{}</script:module>
"""
LIBRARY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
    library:passwordprotected="false"><library:element library:name="Module1"/></library:library>
"""


class Office:
    """LibreOffice with the macro, in a profile of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.profile = folder / "profile"
        self.profile.mkdir(parents=True)
        # What a new profile has is put there by the first start, over whatever was there.
        self.start("--terminate_after_init")
        library = self.profile / "user" / "basic" / "Standard"
        library.mkdir(parents=True, exist_ok=True)
        (library / "script.xlb").write_text(LIBRARY)
        (library / "Module1.xba").write_text(MODULE.format(escape(MACRO)))

    def start(self, *arguments):
        program = shutil.which("soffice") or shutil.which("libreoffice") or sys.exit("LibreOffice is not installed")
        command = [program, f"-env:UserInstallation={self.profile.as_uri()}", "--headless", "--norestore", *arguments]
        subprocess.run(command, capture_output=True, timeout=180, check=False)

    def open(self, book, password):
        """What it says of a workbook, and the rows of its second sheet."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        rows, told = folder / "rows.csv", folder / "told"
        texts = [book.as_uri(), password or "", rows.as_uri(), str(told)]
        quoted = ",".join('"' + text.replace('"', '""') + '"' for text in texts)
        self.start(f"macro:///Standard.Module1.Convert({quoted})")
        said = told.read_text().strip() if told.exists() else "nothing"
        # The name of the sheet comes after that of the file.
        sheets = [file.read_text("utf-8") for file in sorted(folder.glob("rows*.csv"))]
        return said, [row for sheet in sheets for row in csv.reader(io.StringIO(sheet))]


def decrypted(container, password):
    """The workbook in a container, whose seal is whole; else what is wrong."""
    office = msoffcrypto.OfficeFile(io.BytesIO(container))
    out = io.BytesIO()
    try:
        office.load_key(password=password, verify_password=True)
        office.decrypt(out, verify_integrity=True)
    except (msoffcrypto.exceptions.InvalidKeyError, msoffcrypto.exceptions.DecryptionError) as error:
        return type(error).__name__
    return out.getvalue()


class Room:
    """A folder with passwords in files."""

    def __init__(self, checks):
        self.checks = checks
        self.folder = checks.folder
        self.secret = self.file("secret.txt", PASSWORD + "\nnot the password\n")
        self.locked = ["--encrypt-password-file", self.secret]
        self.unlock = ["--password-file", self.secret]

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *arguments, code=0, **changes):
        """Calls regrade and checks the exit code."""
        done = regrade(*arguments, cwd=self.folder, env=environment(**changes))
        said = done.stderr.decode()
        self.checks.check(f"exit code {code}: {arguments}", done.returncode == code, f"{done.returncode}\n{said}")
        return done, said

    def grade(self, name, *more, customers=EXAMPLE / "customers.csv", code=0):
        """The bytes of a graded workbook."""
        self.run("grade", customers, *RULES, "-q", "-o", name, *more, code=code)
        path = self.folder / name
        return path.read_bytes() if path.exists() else b""


def other_programs(room):
    """What other programs make of a workbook, and that the same input gives the same bytes."""
    checks = room.checks
    plain = room.grade("plain.xlsx")
    locked = room.grade("locked.xlsx", *room.locked)
    checks.check("a container", locked.startswith(CONTAINER))
    checks.check("the workbook in it", decrypted(locked, PASSWORD) == plain)
    checks.equal("a wrong password", decrypted(locked, PASSWORD + " "), "InvalidKeyError")
    checks.check("again: the same bytes", room.grade("again.xlsx", *room.locked) == locked)
    other = room.file("other.txt", "another")
    elsewhere = room.grade("other.xlsx", "--encrypt-password-file", other)
    checks.check("another password: other bytes", elsewhere != locked and decrypted(elsewhere, "another") == plain)

    # One bit of the encrypted package: the seal shows it.
    with olefile.OleFileIO(io.BytesIO(locked), raise_defects=olefile.DEFECT_INCORRECT) as container:
        package = container.openstream("EncryptedPackage").read()
        checks.equal("no fault of the container", container.parsing_issues, [])
    at = locked.index(package[4096:4096 + 64])
    changed = locked[:at] + bytes([locked[at] ^ 1]) + locked[at + 1:]
    checks.equal("a changed bit", decrypted(changed, PASSWORD), "InvalidKeyError")

    office, sheets = Office(room.folder / "office"), {}
    for name, file, password, expected in [
        ("plain", "plain.xlsx", None, "opened"),
        ("password", "locked.xlsx", PASSWORD, "opened"),
        ("no password", "locked.xlsx", None, "refused"),
        ("wrong password", "locked.xlsx", "1234", "refused"),
    ]:
        said, sheets[name] = office.open(room.folder / file, password)
        checks.equal(f"LibreOffice, {name}", said, expected)
    checks.check("LibreOffice: rows", len(sheets["plain"]) > 200 and sheets["password"] == sheets["plain"])
    checks.equal("LibreOffice: nothing without", sheets["no password"] + sheets["wrong password"], [])


def large(room):
    """A container with more sectors than its header has room to name."""
    head, *rows = (EXAMPLE / "customers.csv").read_text("utf-8-sig").splitlines()
    numbered = (f"K{number:07}" + rows[number % len(rows)][9:] for number in range(60_000))
    many = room.file("many.csv", "\n".join([head, *numbered]) + "\n")
    locked = room.grade("large.xlsx", *room.locked, customers=many)
    room.checks.check("more than 7 MB", len(locked) > 7_200_000, len(locked))
    with olefile.OleFileIO(io.BytesIO(locked), raise_defects=olefile.DEFECT_INCORRECT) as container:
        room.checks.equal("large: no fault of the container", container.parsing_issues, [])
    whole = decrypted(locked, PASSWORD)
    room.checks.check("large: a zip file, whole", isinstance(whole, bytes) and whole.startswith(b"PK"), whole[:99])
    room.run("runs", "verify", "large.xlsx", *room.unlock)


def every_command(room):
    """Each command that writes a workbook does so behind the password, into a file and into standard output."""
    checks = room.checks
    customers = EXAMPLE / "customers.csv"
    bad = room.file("bad.csv", customers.read_text("utf-8-sig").replace("49.99", "forty-nine", 1))
    room.run("import", bad, *RULES, "-q", "--ledger", "l.db", "-o", "repairs.xlsx", *room.locked)
    ledger = [*RULES, "--ledger", "l.db"]
    wanted = {
        "grade": ["grade", customers, *RULES],
        "check": ["check", bad, *RULES],
        "diff": ["diff", "plain.xlsx", "plain.xlsx", "--key", "客户编号"],
        "simulate": ["simulate", *ledger, "--set", "grades.A.when='score >= 75'"],
        "repairs": ["review", "list", "--kind", "repair", *ledger],
    }
    room.run("grade", *ledger, "-q", "-o", "run.csv")
    for name, call in wanted.items():
        code = 1 if name == "check" else 0
        room.run(*call, "-q", "-o", f"{name}.xlsx", *room.locked, code=code)
        book = (room.folder / f"{name}.xlsx").read_bytes()
        is_book = isinstance(decrypted(book, PASSWORD), bytes)
        checks.check(f"{name}: a file behind the password", book.startswith(CONTAINER) and is_book)
        done, _ = room.run(*call, "-q", "--format", "xlsx", "-o", "-", *room.locked, code=code)
        is_book = isinstance(decrypted(done.stdout, PASSWORD), bytes) if done.stdout.startswith(CONTAINER) else False
        checks.check(f"{name}: standard output behind the password", is_book, done.stdout[:40])
    book = (room.folder / "repairs.xlsx").read_bytes()
    checks.check("import: a file behind the password", book.startswith(CONTAINER))


def read_back(room):
    """What takes a workbook takes one behind a password, with the password and not without."""
    checks = room.checks
    customers = EXAMPLE / "customers.csv"
    calls = {
        "verify": ["runs", "verify", "locked.xlsx"],
        "diff": ["diff", "locked.xlsx", "plain.xlsx"],
        "previous": ["grade", customers, *RULES, "--previous", "locked.xlsx", "-o", "after.csv"],
        "grade": ["grade", "locked.xlsx", *RULES, "-o", "regraded.csv"],
        "inspect": ["inspect", "locked.xlsx"],
    }
    for name, call in calls.items():
        with_password, _ = room.run(*call, *room.unlock)
        without = [text if text != "locked.xlsx" else "plain.xlsx" for text in call]
        plain, _ = room.run(*without)
        out = with_password.stdout.replace(b"locked.xlsx", b"plain.xlsx")
        checks.equal(f"{name}: as the plain workbook", out, plain.stdout)
        _, said = room.run(*call, code=3)
        checks.check(f"{name}: says how", "--password-file" in said, said)
        _, said = room.run(*call, "--password-file", room.file("wrong.txt", "wrong\n"), code=3)
        checks.check(f"{name}: the wrong one", "the password does not open the workbook" in said, said)


def faults(room):
    """What cannot be a password, or protects nothing; nothing is written then."""
    grade = ["grade", EXAMPLE / "customers.csv", *RULES, "-q"]
    for name, file, outputs, en, zh in [
        ("empty", room.file("empty.txt", ""), ["-o", "never.xlsx"], "there is no password in it", "没有密码"),
        ("blank", room.file("blank.txt", "\nsecret\n"), ["-o", "never.xlsx"], "there is no password", "没有密码"),
        ("missing", room.folder / "none.txt", ["-o", "never.xlsx"], "cannot read the password", "无法读取"),
        ("long", room.file("long.txt", "密" * 256), ["-o", "never.xlsx"], "has 256 characters", "有 256 个字符"),
        ("no workbook", room.secret, ["-o", "never.csv"], "only workbooks are encrypted", "只有工作簿可以加密"),
        ("no output", room.secret, [], "only workbooks are encrypted", "只有工作簿可以加密"),
    ]:
        for lang, words in (("C.UTF-8", en), ("zh_CN.UTF-8", zh)):
            _, said = room.run(*grade, *outputs, "--encrypt-password-file", file, code=2, LANG=lang)
            room.checks.check(f"{name}, {lang}", words in said and "密密" not in said, said)
    room.checks.check("nothing is written", not list(room.folder.glob("never.*")))
    longest = room.file("longest.txt", "密" * 255)
    book = room.grade("longest.xlsx", "--encrypt-password-file", longest)
    room.checks.check("255 characters", isinstance(decrypted(book, "密" * 255), bytes))


def main():
    room = Room(Checks())
    other_programs(room)
    large(room)
    every_command(room)
    read_back(room)
    faults(room)
    return room.checks.end()


if __name__ == "__main__":
    sys.exit(main())
