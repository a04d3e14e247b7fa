"""How a driver measures itself: time, and memory above what the idle process takes. Standard library only."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MIB = 1024.0


def _status(pid: int, key: str) -> float:
    """A line of /proc/PID/status in MiB."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(key):
                return int(line.split()[1]) / MIB
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0.0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *_children(int(child))]
    return found


class _Children(threading.Thread):
    """The peak of the largest child process, looked at twenty times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak, self.going = 0.0, True

    def run(self) -> None:
        while self.going:
            try:
                for child in _children(os.getpid()):
                    self.peak = max(self.peak, _status(child, "VmRSS"))
            except (FileNotFoundError, ProcessLookupError):
                pass  # a child that ended while it was looked at
            time.sleep(0.05)


def measured(work: Callable[[], dict[str, Any]]) -> None:
    """Do `work` once and print what it took. It says itself how many rows it handled."""
    idle = _status(os.getpid(), "VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins anew
    sys.stdout.write("BEGINS\n")
    sys.stdout.flush()
    children = _Children()
    children.start()
    began = time.perf_counter()
    told = work()
    seconds = time.perf_counter() - began
    children.going = False
    children.join()
    peak = _status(os.getpid(), "VmHWM")
    found = {"seconds": seconds, "idle": idle, "peak": peak - idle, "child_peak": children.peak, **told}
    sys.stdout.write("RESULT " + json.dumps(found) + "\n")
    sys.stdout.flush()
