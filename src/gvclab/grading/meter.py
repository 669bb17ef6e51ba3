"""How much processor time a submission has used, read from outside, where its code cannot reach.

    meter = Meter(pid)
    meter.read()         -> seconds, of the process, its threads and all that it has started

A process has a clock of its own that counts all its threads. What has ended is counted by the process that has waited
for it, or, where nobody has, as it was last seen. Processes that nobody waits for and that live too short a time to
be seen can hide some of their time: those end by the wall clock (`pool`).
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_LINUX = sys.platform == "linux"
_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_WAITED_FOR = slice(13, 15)  # cutime and cstime among the fields of /proc/PID/stat that follow the name


class Meter:
    """The processor time of a process and its family. It never goes down, also when they have ended."""

    def __init__(self, pid: int):
        self._pid = pid
        self._seen: dict[int, float] = {}  # own time, by process
        self._gone = self._most = 0.0

    def read(self) -> float:
        """Seconds so far."""
        if not _LINUX:
            return self._portable()
        now, waited_for = {}, 0.0
        for pid in _family(self._pid):
            with contextlib.suppress(OSError):  # it may have ended
                now[pid] = time.clock_gettime(~pid << 3 | 2)  # Linux's number for the clock of a process
                waited_for += _waited_for(pid)
        self._gone += sum(seconds for pid, seconds in self._seen.items() if pid not in now)
        self._seen = now
        self._most = max(self._most, sum(now.values()) + max(self._gone, waited_for))
        return self._most

    def _portable(self) -> float:
        """Where there is no /proc, and so no sandbox either."""
        import psutil  # comes with JupyterLab's kernel

        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self._pid)
            family = [process, *process.children(recursive=True)]
            self._most = max(self._most, sum(sum(one.cpu_times()[:4]) for one in family))
        return self._most


def _family(pid: int) -> Iterator[int]:
    """The process and its descendants. What has lost its parent belongs to the first process of its namespace."""
    waiting = [pid]
    while waiting:
        yield (pid := waiting.pop())
        with contextlib.suppress(OSError):  # it may have ended
            for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
                waiting += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())


def _waited_for(pid: int) -> float:
    """The time of all that a process has started and waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[_WAITED_FOR])) / _TICK
