"""How much memory regrade takes: it and the processes that it starts, together."""

import re
import subprocess
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from checks import REGRADE


def resident(pid):
    """The most memory, in bytes, that a process and those that it started have had so far."""
    most = 0
    try:
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
        most = int(found[1]) * 1024 if found else 0
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            most += resident(child)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        pass
    return most


def watched(*arguments, stdin=b""):
    """Runs regrade and looks at it as often as can be: exit code, standard output and error, seconds, memory."""
    with tempfile.TemporaryFile() as fed, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        fed.write(stdin)
        fed.seek(0)
        start, most = time.monotonic(), 0
        process = subprocess.Popen([REGRADE, *arguments], stdin=fed, stdout=out, stderr=said)
        while process.poll() is None:
            most = max(most, resident(process.pid))
        seconds = time.monotonic() - start
        out.seek(0)
        said.seek(0)
        return SimpleNamespace(
            code=process.returncode,
            out=out.read().decode(errors="replace"),
            said=said.read().decode(errors="replace"),
            seconds=seconds,
            memory=most,
        )
