"""What a command costs, as the kernel counts it, and on which machine."""

import os
import platform
import shlex
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Cost:
    """One run: seconds on the clock, seconds of all cores, and the most memory, in MiB, that one process had."""

    wall: float
    cpu: float
    peak: float


class Failed(Exception):
    """A command that did not end with 0."""


def run(command, folder, environment=None, codes=(0,)):
    """Runs a command, a list of words, without a shell and without its output; what it says is shown if it fails.

    No child is seen with less memory than this process has, about 18 MiB: the kernel counts from before the `exec`.
    """
    said = folder / "said.txt"
    with open(said, "wb") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in codes:
        tail = said.read_text(errors="replace")[-2000:]
        raise Failed(f"exit code {process.returncode}: {shlex.join(map(str, command))}\n{tail}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def median(costs):
    """The medians of several runs, each for itself."""
    middle = lambda what: statistics.median(getattr(cost, what) for cost in costs)
    return Cost(middle("wall"), middle("cpu"), middle("peak"))


def output(*command):
    """What a command prints, or nothing where there is no such command."""
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def machine():
    """The processor, its cores, the memory and the system, in one line."""
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{cpu or platform.machine()}, {cores} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def put_between(path, mark, text):
    """Puts a text between two marks of a document, instead of what stood there."""
    begin, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    before, rest = Path(path).read_text(encoding="utf-8").split(begin)
    _, after = rest.split(end)
    Path(path).write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", encoding="utf-8")


def say(text):
    """Progress, apart from the results."""
    print(text, file=sys.stderr, flush=True)
