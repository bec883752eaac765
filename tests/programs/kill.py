"""kill -9 at random moments of import, grade and review: nothing is ever half there.

After each kill the ledger passes its checks and has all of a run or nothing of it, and each output is the one of before or
the new one, whole. The command said again ends as if nothing had happened: the outputs have the same bytes and the ledger
the same rows as where nobody was killed.

    kill.py          40 kills
    kill.py --all    200 kills; KILLS=1000 for more, SEED=7 for other moments
"""

import collections
import os
import random
import re
import shutil
import subprocess
import sys
import time

import ledgers
from checks import REGRADE, Checks, environment

KILLS = int(os.environ.get("KILLS", 200 if "--all" in sys.argv else 40))
CUSTOMERS = int(os.environ.get("CUSTOMERS", 20000 if "--all" in sys.argv else 10000))
SEED = int(os.environ.get("SEED", 1))
OUTPUTS = ["评级.xlsx", "评级.csv"]
# SQLite's own files beside it are taken in and removed by the next command.
OF_LEDGER = {"regrade.db", "regrade.db-wal", "regrade.db-shm", "regrade.db-journal"}
LEFT_OVER = re.compile(r"\.regrade-[0-9A-Za-z]{6}\.tmp")
LONG_AGO = time.time() - 2 * 24 * 60 * 60


def grade(month):
    outputs = [word for name in OUTPUTS for word in ("-o", f"out/{name}")]
    return ["grade", "-q", "--as-of", ledgers.MONTHS[month], *outputs]


def imported(month):
    folder = f"in/{ledgers.MONTHS[month][:7]}"
    return ["import", "-q", "--as-of", ledgers.MONTHS[month], f"{folder}/客户.csv", f"{folder}/订单.csv"]


def corrections(folder):
    lines = ["客户编号,等级,原因,复核人"]
    lines += [f"K{number:06},高级,重点客户 {number},何静" for number in range(0, CUSTOMERS, 20)]
    (folder / "调整.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


class Step:
    """A command with what is there before it and after it."""

    def __init__(self, name, command):
        self.name = name
        self.command = command
        self.before = None
        self.after = None
        self.seconds = {}
        self.counts = collections.Counter()


def steps():
    return [
        Step("the first import", imported(0)),
        Step("the first grade", grade(0)),
        Step("review set of many", ["review", "set", "-q", "--as-of", ledgers.MONTHS[0], "--from", "调整.csv"]),
        Step("review set of one", ["review", "set", "-q", "--as-of", ledgers.MONTHS[0], "--by", "何静", "K000001",
                                   "--grade", "高级", "--reason", "新订单"]),
        Step("import", imported(1)),
        Step("grade", grade(1)),
    ]


def start(folder, command):
    return subprocess.Popen([REGRADE, *command], cwd=folder, env=environment(), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def outputs(folder):
    """The bytes of the outputs that are there."""
    return {path.name: path.read_bytes() for path in sorted((folder / "out").iterdir())
            if not LEFT_OVER.fullmatch(path.name)}


class State:
    """What a folder holds: the ledger's rows and the outputs."""

    def __init__(self, folder, scratch):
        self.outputs = outputs(folder)
        self.ledger = {}
        self.faults = []
        if (folder / "regrade.db").exists():
            ledger = ledgers.copied(folder / "regrade.db", scratch)
            self.faults = ledgers.faults(ledger)
            self.ledger = ledgers.content(ledger)


def undisturbed(checks, folder, store, all_steps):
    """Does every step, keeps the folder as it is before and after it, and measures how long it takes from what kills are
    aimed at to its end."""
    for number, step in enumerate(all_steps):
        step.store = store / str(number)
        shutil.copytree(folder, step.store, ignore=shutil.ignore_patterns("in"))
        step.before = State(folder, checks.folder / "look")
        for aim, watched in AIMS.items():
            if watched is first_output and step.command[0] != "grade":
                continue
            # The first of all is slow: nothing is in the system's cache.
            for _ in range(2):
                restore(step, folder)
                before = watched(folder)
                began = time.monotonic()
                process = start(folder, step.command)
                wait_for(watched, before, folder, process)
                began = time.monotonic() if watched is not never else began
                said, _ = process.communicate()
                taken = time.monotonic() - began
                step.seconds[aim] = min(taken, step.seconds.get(aim, taken))
                checks.equal(f"{step.name}: exit code ({said.decode()})", process.returncode, 0)
        step.after = State(folder, checks.folder / "look")
        checks.equal(f"{step.name}: the ledger is whole", step.after.faults, [])


def restore(step, folder):
    """The folder as it was before the step; the sheets stay."""
    for path in folder.iterdir():
        if path.name != "in":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(step.store, folder, dirs_exist_ok=True)


def look(checks, step, folder, label):
    """Checks what a kill has left; gives how far the command had come."""
    state = State(folder, checks.folder / "look")
    checks.equal(f"{label}: the ledger is whole", state.faults, [])
    # The file of a new ledger is there before its tables, and these before any rows.
    is_before = state.ledger == step.before.ledger or (not step.before.ledger and not any(state.ledger.values()))
    is_after = state.ledger == step.after.ledger
    checks.check(f"{label}: all of it or nothing of it is in the ledger", is_before or is_after,
                 f"{ledgers.size(state.ledger)}\nbefore {ledgers.size(step.before.ledger)}\n"
                 f"after {ledgers.size(step.after.ledger)}")
    new = 0
    for name in sorted(set(state.outputs) | set(step.before.outputs)):
        found, old, whole = (of.get(name) for of in (state.outputs, step.before.outputs, step.after.outputs))
        checks.check(f"{label}: {name} is the old one or the new one, whole", found in (old, whole),
                     f"{len(found or b'')} bytes, old {len(old or b'')}, new {len(whole or b'')}")
        new += found == whole and found != old
    if is_after and not is_before:
        # The ledger commits last.
        checks.equal(f"{label}: what the ledger has, the outputs have", state.outputs, step.after.outputs)
        return "after the commit"
    changed = sum(step.after.outputs[name] != step.before.outputs.get(name) for name in step.after.outputs)
    return "nothing yet" if new == 0 else f"{new} of {changed} outputs, not the ledger"


def never(folder):
    return None


def written_log(folder):
    """Changes as soon as the command has begun to write into the ledger."""
    log = folder / "regrade.db-wal"
    return log.stat().st_size if log.exists() else 0


def first_output(folder):
    """Changes as soon as an output has appeared: then the command is about to commit."""
    output = folder / "out" / OUTPUTS[0]
    return output.stat().st_ino if output.exists() else 0


# What to wait for before the kill.
AIMS = {"any moment": never, "the writing of the ledger": written_log, "the commit": first_output}


def wait_for(watched, before, folder, process):
    """Waits until what is watched is another than before, or the command is done."""
    while watched is not never and process.poll() is None and watched(folder) == before:
        time.sleep(0.0002)


def kill(step, folder, aim, dice):
    """Begins the command, waits for what is aimed at and for a part of the time that it takes from there, and kills it."""
    watched = AIMS[aim]
    before = watched(folder)
    process = start(folder, step.command)
    wait_for(watched, before, folder, process)
    # At the commit the moments between the outputs and the ledger count, and these are the first.
    time.sleep(step.seconds[aim] * dice.random() ** (4 if watched is first_output else 1))
    process.kill()
    return process


def left_over(folder):
    return sorted(path for path in (folder / "out").iterdir() if LEFT_OVER.fullmatch(path.name))


def trial(checks, step, folder, kills, dice):
    """Kills the command so often, then lets it end."""
    restore(step, folder)
    abandoned = 0
    for number in range(kills):
        aim = dice.choice(list(step.seconds))
        label = f"{step.name}, kill {number + 1} aimed at {aim}, seed {SEED}"
        process = kill(step, folder, aim, dice)
        said, _ = process.communicate()
        is_killed = process.returncode == -9
        # A machine is not equally fast all the time.
        step.seconds[aim] *= 1.05 if is_killed else 0.8
        checks.check(f"{label}: killed, or done before ({process.returncode})", process.returncode in (-9, 0), said.decode())
        found = look(checks, step, folder, label)
        step.counts[found if is_killed else "done before the kill"] += 1
        strange = {path.name for path in (folder / "out").iterdir() if not LEFT_OVER.fullmatch(path.name)}
        checks.check(f"{label}: nothing else stands among the outputs", strange <= set(OUTPUTS), strange)
        beside = {path.name for path in folder.iterdir()} - OF_LEDGER
        checks.equal(f"{label}: nothing else stands beside the ledger", sorted(beside),
                     sorted({"in", "out", "rules.toml", "调整.csv"}))
        # As if it had been days ago: the next command takes away what nobody writes any more.
        abandoned += sum(path.stat().st_mtime > LONG_AGO + 60 for path in left_over(folder))
        for path in left_over(folder):
            os.utime(path, (LONG_AGO, LONG_AGO))
    process = start(folder, step.command)
    said, _ = process.communicate()
    label = f"{step.name} killed {kills} times and said again"
    checks.equal(f"{label}: exit code ({said.decode()})", process.returncode, 0)
    state = State(folder, checks.folder / "look")
    checks.equal(f"{label}: the ledger is whole", state.faults, [])
    checks.check(f"{label}: the ledger has the same rows", state.ledger == step.after.ledger,
                 f"{ledgers.size(state.ledger)}\nexpected {ledgers.size(step.after.ledger)}")
    checks.check(f"{label}: the outputs have the same bytes", state.outputs == step.after.outputs)
    checks.equal(f"{label}: what was left over is gone", [path.name for path in left_over(folder)], [])
    return abandoned


def main():
    checks = Checks()
    dice = random.Random(SEED)
    folder = ledgers.sheets(checks.folder / "work", CUSTOMERS, months=2)
    corrections(folder)
    all_steps = steps()
    began = time.monotonic()
    undisturbed(checks, folder, checks.folder / "store", all_steps)
    taken = [step.seconds["any moment"] for step in all_steps]
    # What takes long has more moments to be killed in.
    chosen = [all_steps[number] for number in (0, 1, 2, 4, 5, 5, 4, 3)]
    kills, round_, abandoned = 0, 0, 0
    while kills < KILLS:
        step = chosen[round_ % len(chosen)]
        # Now and then what comes after a kill is killed too.
        often = min(dice.choice([1, 1, 2, 3]), KILLS - kills)
        abandoned += trial(checks, step, folder, often, dice)
        kills += often
        round_ += 1
    for step, whole in zip(all_steps, taken):
        where = ", ".join(f"{count} {name}" for name, count in sorted(step.counts.items()))
        print(f"{step.name} ({whole:.2f} s): {where or 'not killed'}")
    landed = sum(count for step in all_steps for name, count in step.counts.items() if name != "done before the kill")
    print(f"{kills} kills, {landed} of them while the command was at work; {abandoned} files left over and taken away; "
          f"{CUSTOMERS} customers, {time.monotonic() - began:.0f} s")
    checks.check("enough kills came while the command was at work", landed * 4 > kills, f"{landed} of {kills}")
    return checks.end()


if __name__ == "__main__":
    sys.exit(main())
