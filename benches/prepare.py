"""Makes what the jobs need in a folder: the references, the data, the peers, workbooks. What is there is left as it is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from measure import output, say

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "benches" / "peers"


class Place:
    """The folder of a benchmark, and the programs in it."""

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.data = self.folder / "data"
        self.out = self.folder / "out"
        self.reference = self.folder / "target" / "release" / "reference"
        self.python = self.folder / "venv" / "bin" / "python"
        for one in (self.data, self.out):
            one.mkdir(parents=True, exist_ok=True)

    def build_reference(self):
        """The generator and the references, which are a package of their own."""
        say("building the references")
        cargo("build", "--release", "--locked", "--manifest-path", PEERS / "reference" / "Cargo.toml",
              target=self.folder / "target")

    def install_peers(self):
        """The pinned peers, in an environment of their own."""
        pinned = PEERS / "requirements.txt"
        done = self.folder / "venv" / "installed.txt"
        if done.is_file() and done.read_text() == pinned.read_text():
            return
        say("installing the peers")
        subprocess.run([sys.executable, "-m", "venv", self.folder / "venv"], check=True)
        subprocess.run([self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", pinned], check=True)
        shutil.copy(pinned, done)

    def made(self, name, *command):
        """A file that a command makes: its last word will be the file. It is whole or not there."""
        path = self.data / name
        if not path.exists():
            say(f"making {name}")
            # The ending stays the same, which some programs go by.
            half = path.with_name(f"half-{name}")
            subprocess.run([str(word) for word in [*command, half]], check=True, stdout=subprocess.DEVNULL)
            half.rename(path)
        return path

    def customers(self, rows, period=0):
        name = f"c{rows}.csv" if period == 0 else f"c{rows}-{period}.csv"
        return self.made(name, self.reference, "customers", period, rows)

    def orders(self, rows):
        return self.made(f"t{rows}.csv", self.reference, "orders", rows)

    def workbook(self, rows):
        """The customers as a spreadsheet program would save them."""
        return self.made(f"c{rows}.xlsx", self.reference, "workbook", self.customers(rows))

    def graded(self, rows):
        """The two files that J4 compares: what J1 gives of two periods."""
        return (
            self.made(f"j1-{rows}.csv", self.reference, "j1", self.customers(rows)),
            self.made(f"j1-{rows}-1.csv", self.reference, "j1", self.customers(rows, 1)),
        )


def cargo(*words, target=None):
    environment = dict(os.environ)
    if target:
        environment["CARGO_TARGET_DIR"] = str(target)
    subprocess.run(["cargo", *map(str, words)], check=True, cwd=ROOT, env=environment)


def regrade():
    """The program: `REGRADE`, else the release build of this tree."""
    named = os.environ.get("REGRADE")
    if named:
        return Path(named).resolve()
    say("building regrade")
    cargo("build", "--release", "--locked")
    return (ROOT / os.environ.get("CARGO_TARGET_DIR", "target")).resolve() / "release" / "regrade"


def versions(place, binary):
    """Which versions of everything ran."""
    commit = output("git", "-C", ROOT, "rev-parse", "--short=12", "HEAD")
    changed = output("git", "-C", ROOT, "status", "--porcelain", "--", "src", "Cargo.toml", "Cargo.lock")
    found = [
        f"{output(binary, '--version')} ({commit or 'no commit'}{', changed' if changed else ''})",
        output("rustc", "--version").split(" (")[0],
    ]
    if place.python.exists():
        found.append(output(place.python, "--version"))
        found += (PEERS / "requirements.txt").read_text().replace("==", " ").splitlines()
    if xan(place):
        found.append(output(xan(place), "--version"))
    return ", ".join(found)


def xan(place):
    """xan, where somebody has put it on the path or into the folder."""
    own = place.folder / "xan" / "bin" / "xan"
    return own if own.exists() else shutil.which("xan")
