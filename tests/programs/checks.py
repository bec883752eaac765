"""What the scripts of this folder share: calling regrade and LibreOffice, and counting checks.

A script makes one `Checks`, calls `check` for everything it looks at, and ends with `end()`, which prints
`N passed, M failed` and gives the exit status.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


def regrade_binary():
    """The binary under test: `REGRADE`, else the release build."""
    named = os.environ.get("REGRADE")
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binary = Path(named) if named else target / "release" / "regrade"
    if not binary.is_file():
        sys.exit(f"{binary} is not there: run `cargo build --release`, or name the binary in REGRADE")
    return binary.resolve()


REGRADE = regrade_binary()


class Checks:
    """Counts what holds and what does not."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.folder = Path(tempfile.mkdtemp(prefix="regrade-programs-"))

    def check(self, name, holds, detail=""):
        """One check; the detail is shown only when it fails."""
        if holds:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAILED: {name}")
        for line in str(detail).splitlines()[:12]:
            print(f"    {line}")

    def equal(self, name, got, expected):
        """One check of equality; shows the first lines that differ."""
        self.check(name, got == expected, difference(got, expected))

    def end(self):
        """Prints the count; the exit status."""
        if self.failed:
            print(f"the files are in {self.folder}")
        else:
            shutil.rmtree(self.folder)
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def difference(got, expected):
    """Where two texts, or two lists, part."""
    if isinstance(got, tuple) and isinstance(expected, tuple) and len(got) == len(expected):
        return "\n".join(difference(one, other) for one, other in zip(got, expected) if one != other)
    if isinstance(got, bytes):
        got = got.decode(errors="replace")
    if isinstance(expected, bytes):
        expected = expected.decode(errors="replace")
    if isinstance(got, str) and isinstance(expected, str):
        got, expected = got.splitlines(), expected.splitlines()
    if isinstance(got, list) and isinstance(expected, list):
        for number, (one, other) in enumerate(zip(got, expected), 1):
            if one != other:
                return f"item {number}:\n  expected {str(other)[:600]}\n  got      {str(one)[:600]}"
        return f"expected {len(expected)} items, got {len(got)}"
    return f"expected {expected!r}\ngot      {got!r}"


def environment(**changes):
    """This process's environment without what would change regrade's words; `None` takes a name out."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "REGRADE_"))}
    env["LANG"] = "C.UTF-8"
    env.pop("NO_COLOR", None)
    for name, value in changes.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env


def regrade(*arguments, stdin=None, cwd=ROOT, env=None):
    """Runs regrade and gives what it did, output as bytes."""
    return subprocess.run(
        [REGRADE, *map(str, arguments)],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        cwd=cwd,
        env=env or environment(),
        timeout=120,
        check=False,
    )


def office(folder, sources, convert_to, import_filter=None):
    """Converts a file, or several, with LibreOffice into `folder`; gives the new files."""
    sources = [str(one) for one in (sources if isinstance(sources, list) else [sources])]
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.iterdir())
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        sys.exit("LibreOffice is not installed: run tests/programs/install")
    # A profile of its own for each call: a second soffice with the same profile waits for the first.
    with tempfile.TemporaryDirectory(prefix="regrade-office-") as profile:
        command = [program, f"-env:UserInstallation=file://{profile}", "--headless", "--norestore"]
        if import_filter:
            command.append(f"--infilter={import_filter}")
        command += ["--convert-to", convert_to, "--outdir", str(folder), *sources]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300 + 20 * len(sources), check=False)
    made = sorted(set(folder.iterdir()) - before)
    if done.returncode != 0 or len(made) < len(sources):
        sys.exit(f"LibreOffice made {len(made)} files of {len(sources)}:\n{' '.join(command)}\n{done.stdout}{done.stderr}")
    return made
