"""What a shell sees: closed and broken pipes, full disks, folders that cannot be written, locales, repeated runs.

The checks of permissions run as a user without rights, because root may write everywhere.
"""

import hashlib
import os
import pty
import shutil
import subprocess
import sys
import time

from checks import EXAMPLES, REGRADE, Checks, environment, regrade

B2B = EXAMPLES / "b2b-weighted"
CDNOW = EXAMPLES / "cdnow"
GRADE_B2B = ["grade", B2B / "customers.csv", "-r", B2B / "rules.toml", "--as-of", "2024-03-31"]
GRADE_CDNOW = ["grade", CDNOW / "orders.csv", "-r", CDNOW / "rules.toml", "--as-of", "1998-06-30"]


def has_chinese(text):
    return any("\u4e00" <= one <= "\u9fff" for one in text)


def shell(command, **changes):
    """A command line under bash, with its stages' exit codes in `PIPESTATUS` order on the last line of stderr."""
    env = environment(**changes)
    env["PATH"] = f"{REGRADE.parent}:{env['PATH']}"
    return subprocess.run(
        ["bash", "-c", command], capture_output=True, env=env, cwd=EXAMPLES.parent, timeout=120, check=False
    )


def pipes(checks):
    b2b, cdnow = (" ".join(map(str, one)) for one in (GRADE_B2B, GRADE_CDNOW))
    # The second is longer than a pipe holds, so regrade surely writes into a pipe that nobody reads any more.
    for label, command in [("short", b2b), ("long", cdnow)]:
        for form in ["csv", "tsv", "jsonl", "json", "md", "table"]:
            done = shell(f"regrade {command} --format {form} -q | head -1; echo ${{PIPESTATUS[0]}} >&2")
            checks.equal(f"{label} {form} into `head -1`: exit code", done.stderr.decode().split()[-1:], ["0"])
            checks.equal(f"{label} {form} into `head -1`: nothing else said", done.stderr.decode().strip(), "0")
            checks.check(f"{label} {form} into `head -1`: a line came out", done.stdout.strip())
        done = shell(f"regrade {command} --format jsonl -q >&-; echo $? >&2")
        said = done.stderr.decode()
        checks.check(f"{label}: closed standard output: no panic", "panic" not in said and "bug" not in said, said)
        checks.check(f"{label}: closed standard output: 0 or 4", said.split()[-1] in {"0", "4"}, said)
        done = shell(f"regrade {command} --format jsonl 2>&- >/dev/null; echo $?")
        checks.equal(f"{label}: closed standard error", done.stdout, b"0\n")
        done = shell(f"regrade {command} --format jsonl -q > /dev/full; echo $? >&2")
        said = done.stderr.decode()
        checks.equal(f"{label}: full disk: exit code", said.split()[-1], "4")
        checks.check(f"{label}: full disk: a message", "cannot write" in said and "help:" in said, said)
    done = shell(f"regrade {b2b} -q -o /dev/full --format csv; echo $? >&2")
    checks.equal("-o /dev/full: exit code", done.stderr.decode().split()[-1], "4")
    for command in ["man", "completions bash", f"inspect {CDNOW / 'orders.csv'} --rows all",
                    f"explain C20240002 {B2B / 'customers.csv'} -r {B2B / 'rules.toml'} --as-of 2024-03-31"]:
        done = shell(f"regrade {command} | head -1; echo ${{PIPESTATUS[0]}} >&2")
        checks.equal(f"`{command}` into `head -1`", done.stderr.decode().strip(), "0")
        done = shell(f"regrade {command} > /dev/full; echo $? >&2")
        said = done.stderr.decode()
        checks.check(f"`{command}` into a full disk: no panic", "panic" not in said and "bug:" not in said, said)
        checks.equal(f"`{command}` into a full disk: exit code", said.split()[-1], "4")


def places(checks):
    """Outputs that cannot be written leave nothing behind."""
    folder = checks.folder / "closed"
    folder.mkdir()
    open_folder = checks.folder / "open"
    open_folder.mkdir()
    (open_folder / "old.csv").write_text("old")
    open_folder.chmod(0o777)
    checks.folder.chmod(0o755)
    folder.chmod(0o555)
    binary = checks.folder / "regrade"
    shutil.copy(REGRADE, binary)
    sheet, rules = checks.folder / "b2b.csv", checks.folder / "b2b.toml"
    shutil.copy(B2B / "customers.csv", sheet)
    shutil.copy(B2B / "rules.toml", rules)
    nobody = {"user": "nobody"} if os.geteuid() == 0 else {}

    def grade(*outputs):
        names = [word for output in outputs for word in ("-o", output)]
        return subprocess.run(
            [binary, "grade", sheet, "-r", rules, "--as-of", "2024-03-31", *names],
            capture_output=True, env=environment(), cwd="/", timeout=120, check=False, **nobody,
        )

    def left(where):
        return sorted(path.name for path in where.iterdir())

    for ending in ["csv", "xlsx", "jsonl"]:
        done = grade(folder / f"out.{ending}")
        said = done.stderr.decode()
        checks.equal(f"folder without the right to write, {ending}: exit code", done.returncode, 4)
        checks.check(f"folder without the right to write, {ending}: a message", "cannot write" in said and "help:" in said, said)
        checks.equal(f"folder without the right to write, {ending}: nothing is left", left(folder), [])
    done = grade(open_folder / "old.csv", folder / "out.xlsx")
    checks.equal("one of two outputs cannot be written: exit code", done.returncode, 4)
    checks.equal("one of two outputs cannot be written: neither is", left(open_folder), ["old.csv"])
    checks.equal("one of two outputs cannot be written: the old one stays", (open_folder / "old.csv").read_text(), "old")
    done = grade(checks.folder / "missing" / "out.csv")
    checks.equal("folder that does not exist: exit code", done.returncode, 4)
    done = grade(open_folder)
    checks.check("a folder as output is refused", done.returncode in {2, 4}, done.stderr.decode())
    done = grade(open_folder / "out.doc")
    checks.equal("an ending that is no format: exit code", done.returncode, 2)
    checks.equal("nothing is left in the end", left(open_folder), ["old.csv"])
    done = grade(open_folder / "old.csv", open_folder / "new.xlsx")
    checks.equal("both can be written: exit code", done.returncode, 0)
    checks.equal("both are there, nothing else is", left(open_folder), ["new.xlsx", "old.csv"])
    folder.chmod(0o755)


def killed(checks):
    """A run that is killed leaves the old file as it was."""
    folder = checks.folder / "killed"
    folder.mkdir()
    target = folder / "out.xlsx"
    target.write_text("old")
    for wait in [0.01, 0.03, 0.1, 0.2]:
        process = subprocess.Popen(
            [REGRADE, *map(str, GRADE_CDNOW), "-o", target], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=environment(),
        )
        time.sleep(wait)
        process.kill()
        process.wait()
        content = target.read_bytes()
        checks.check(f"killed after {wait} s: old or whole", content == b"old" or content[:2] == b"PK")
        target.write_text("old")


def locales(checks):
    sheet, rules = B2B / "customers.csv", B2B / "rules.toml"
    wrong = ["grade", sheet, "-r", rules, "--as-of", "2024-03-31", "--where", "scor >= 80"]
    for changes, chinese in [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW.UTF-8"}, True),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": None}, False),
    ]:
        env = environment(**changes)
        done = regrade(*wrong, env=env)
        said = done.stderr.decode()
        checks.equal(f"{changes}: exit code", done.returncode, 2)
        head = said.splitlines()[0]
        checks.equal(f"{changes}: message in Chinese", has_chinese(head), chinese)
        done = regrade(*GRADE_B2B, "-o", checks.folder / "language.csv", env=env)
        said = done.stderr.decode()
        checks.equal(f"{changes}: last line in Chinese", has_chinese(said.split("A 41")[0]), chinese)
    done = regrade(*wrong, "--lang", "zh", env=environment())
    checks.check("--lang zh beats the locale", has_chinese(done.stderr.decode().splitlines()[0]))
    done = regrade("check", "-r", checks.folder / "none.toml", env=environment(LANG="zh_CN.UTF-8"))
    checks.equal("a scheme that is not there: exit code", done.returncode, 2)
    checks.check("a scheme that is not there: in Chinese", has_chinese(done.stderr.decode()))


def on_terminal(arguments, **changes):
    """What comes out on a terminal."""
    env = environment(TERM="xterm-256color", **changes)
    leader, follower = pty.openpty()
    process = subprocess.Popen([REGRADE, *map(str, arguments)], stdout=follower, stderr=follower, stdin=subprocess.DEVNULL, env=env)
    os.close(follower)
    parts = []
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        parts.append(part)
    process.wait()
    os.close(leader)
    return b"".join(parts)


def colors(checks):
    first = [*GRADE_B2B, "--where", "grade = 'A'"]
    shown = on_terminal(first)
    checks.check("a table on a terminal", "客户编号".encode() in shown and b"C20240002," not in shown, shown[:300])
    checks.check("colours on a terminal", b"\x1b[" in shown)
    checks.check("NO_COLOR: none", b"\x1b[" not in on_terminal(first, NO_COLOR="1"))
    checks.check("an empty NO_COLOR does not count", b"\x1b[" in on_terminal(first, NO_COLOR=""))
    checks.check("--color never: none", b"\x1b[" not in on_terminal([*first, "--color", "never"]))
    wrong = [*GRADE_B2B, "--where", "scor >= 80"]
    checks.check("colours in messages", b"\x1b[" in on_terminal(wrong))
    checks.check("NO_COLOR: none in messages", b"\x1b[" not in on_terminal(wrong, NO_COLOR="1"))
    piped = regrade(*first, "--format", "table")
    checks.check("no colours in a pipe", b"\x1b[" not in piped.stdout + piped.stderr)
    always = regrade(*first, "--format", "table", "--color", "always")
    checks.check("--color always: in a pipe too", b"\x1b[" in always.stdout)


def the_same_bytes(checks):
    def digest(arguments, form, run, env):
        path = checks.folder / f"{run}.{form}"
        done = regrade(*arguments, "-o", path, env=env)
        checks.equal(f"{form}: exit code", done.returncode, 0)
        piped = regrade(*arguments, "--format", form, env=env)
        path_bytes = path.read_bytes()
        return hashlib.sha256(path_bytes).hexdigest(), hashlib.sha256(piped.stdout).hexdigest(), path_bytes, piped.stdout

    for name, arguments in [("b2b-weighted", GRADE_B2B), ("cdnow", GRADE_CDNOW)]:
        for form in ["csv", "tsv", "jsonl", "json", "md", "xlsx"]:
            one = digest(arguments, form, "one", environment(TZ="UTC"))
            # A zip's times have steps of two seconds.
            if form == "xlsx":
                time.sleep(2.1)
            other = digest(arguments, form, "other", environment(TZ="Asia/Shanghai", LANG="zh_CN.UTF-8"))
            checks.equal(f"{name}, {form}: two runs, the same file", other[0], one[0])
            checks.equal(f"{name}, {form}: two runs, the same standard output", other[1], one[1])
            mark = b"\xef\xbb\xbf" if form == "csv" and not one[2].isascii() else b""
            checks.equal(f"{name}, {form}: file and standard output are the same, but for the mark of CSV files",
                         one[0], hashlib.sha256(mark + one[3]).hexdigest())


def main():
    checks = Checks()
    for part in [pipes, places, killed, locales, colors, the_same_bytes]:
        part(checks)
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
