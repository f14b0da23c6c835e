"""`start`: processor time of `ndm-advisor advise` against an empty program on the same stack.

Both run as whole processes with their output piped, in pairs that alternate in order, so that a
machine that slows down slows both. It measures user plus system time of the process, which other
work on the machine disturbs less than the clock on the wall. For another case or installation:

    python -m benchmarks.startup [--pairs 15] [--case FILE] [--program PATH]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from benchmarks.figures import Figure, Measured, machine, show

ROOT = Path(__file__).resolve().parent.parent
CASE = ROOT / "examples" / "cases" / "bloodstream-all-tested.toml"
EMPTY = "benchmarks.empty_program"
ADVISED_ON = "2026-11-22"
PAIRS, QUICK_PAIRS = 15, 5
AIM = 1.3  # times the empty program


class Pair(NamedTuple):
    """Processor time in milliseconds of one run of each program."""

    advise_ms: float
    empty_ms: float


def measure(*, quick: bool) -> Measured:
    """One example case, the installed program."""
    return compare(QUICK_PAIRS if quick else PAIRS, CASE, program(None))


def main() -> None:
    """Measure what the options name, and print."""
    arguments = parse_arguments()
    print(machine())
    show("start", compare(arguments.pairs, arguments.case, program(arguments.program)))


def compare(count: int, case: Path, advisor: list[str]) -> Measured:
    """Run both programs in pairs that alternate in order."""
    advise = [*advisor, "advise", str(case), "--on", ADVISED_ON]
    empty = [sys.executable, "-m", EMPTY, str(case), "--on", ADVISED_ON]
    for command in (advise, empty):  # bytecode and disk caches are warm before anything counts
        processor_ms(command)
    pairs = [measure_pair(advise, empty, advise_first=turn % 2 == 0) for turn in range(count)]
    return Measured(figures(pairs), f"{count} pairs of runs, user plus system time of a process")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Processor time of one answer.")
    parser.add_argument("--pairs", type=int, default=PAIRS, help=f"pairs of runs (default {PAIRS})")
    parser.add_argument("--case", type=Path, default=CASE, help="case file to advise on")
    parser.add_argument("--program", type=Path, help="the installed ndm-advisor to measure")
    arguments = parser.parse_args()
    if arguments.pairs < 1:
        parser.error("--pairs takes a number from 1")
    return arguments


def program(given: Path | None) -> list[str]:
    """The command beside this interpreter, as a user runs it; else the module of the checkout."""
    beside = given or Path(sys.executable).with_name("ndm-advisor")
    return [str(beside)] if beside.exists() else [sys.executable, "-m", "ndm_advisor"]


def measure_pair(advise: list[str], empty: list[str], *, advise_first: bool) -> Pair:
    if advise_first:
        return Pair(processor_ms(advise), processor_ms(empty))
    empty_ms = processor_ms(empty)
    return Pair(processor_ms(advise), empty_ms)


def processor_ms(command: list[str]) -> float:
    """User plus system time of the whole process, in milliseconds.

    Raises:
        SystemExit: the program did not end with status 0; what it wrote is shown.
    """
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT)
    with process.stdout or open(os.devnull, "rb") as pipe:  # noqa: PTH123  # for the type only
        written = pipe.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{' '.join(command)} ended with status {process.returncode}:\n{written.decode()}"
        raise SystemExit(message)
    return (usage.ru_utime + usage.ru_stime) * 1000


def figures(pairs: list[Pair]) -> list[Figure]:
    """Medians of both, and of their ratio within a pair with its range."""
    ratios = [pair.advise_ms / pair.empty_ms for pair in pairs]
    between = f"median; {min(ratios):.2f} to {max(ratios):.2f}"
    advise_ms = statistics.median(pair.advise_ms for pair in pairs)
    empty_ms = statistics.median(pair.empty_ms for pair in pairs)
    return [
        Figure("ndm-advisor advise", advise_ms, "ms", note="median"),
        Figure("empty program", empty_ms, "ms", note="median"),
        Figure("ratio in a pair", statistics.median(ratios), aim=AIM, note=between),
    ]


if __name__ == "__main__":
    main()
