"""Runs the program as a user does and tells what it took: time and memory, children included."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.cases import ON, ROOT

_SAMPLED_EVERY_S: Final = 0.05
_PROC: Final = Path("/proc")


class Took(NamedTuple):
    """One run: seconds on the clock and of the processors, peak resident memory in MiB.

    `sum_mib` adds up the peak of each process (memory they share counts in each), `largest_mib` is
    the peak of the largest. Both are 0 on a system without /proc.
    """

    wall_s: float
    processor_s: float
    sum_mib: float
    largest_mib: float


def batch(cases: Path, *, output_format: str, jobs: int) -> Took:
    """One `batch` of the file, its answers written beside it and removed again.

    Raises:
        SystemExit: it did not end with status 0; what it said is shown.
    """
    answers = cases.with_name(f"answers.{output_format}")
    command = [sys.executable, "-m", "ndm_advisor", "batch", str(cases)]
    command += ["--on", ON.isoformat(), "--format", output_format]
    command += ["--jobs", str(jobs), "-o", str(answers)]
    took = _run(command)
    answers.unlink()
    return took


def _run(command: list[str]) -> Took:
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=_bare_environment(), stdout=said, stderr=said
        )
        memory = _Memory(process.pid)
        memory.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        memory.ended.set()
        memory.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            tail = said.read()[-2000:].decode(errors="replace")
            message = f"{' '.join(command)} ended with status {process.returncode}:\n{tail}"
            raise SystemExit(message)
    peaks = [kib / 1024 for kib in memory.peak_kib.values()]
    processor = usage.ru_utime + usage.ru_stime
    return Took(wall, processor, sum(peaks), max(peaks, default=0.0))


def _bare_environment() -> dict[str, str]:
    """Without the reader's own settings: they may change what an answer is."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("NDM_ADVISOR_")}
    return {**kept, "XDG_CONFIG_HOME": os.devnull}


class _Memory(threading.Thread):
    """Notes the peak of each process under way: the one started and those it starts."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.ended = threading.Event()
        self.peak_kib: dict[int, int] = {}

    def run(self) -> None:
        while _PROC.exists() and not self.ended.wait(_SAMPLED_EVERY_S):
            for pid in _family(self.pid):
                peak = _peak_kib(pid)
                self.peak_kib[pid] = max(peak, self.peak_kib.get(pid, 0))


def _family(pid: int) -> list[int]:
    """A process and its descendants, as far as they are still there."""
    try:
        children = (_PROC / f"{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(descendant for child in children for descendant in _family(int(child)))]


def _peak_kib(pid: int) -> int:
    """The kernel's own high-water mark of the resident set; 0 for a process that has gone."""
    try:
        lines = (_PROC / f"{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    marks = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(next(marks, "0"))
