"""`import`: a long table through `import` into `batch`: time, and memory as the rows grow.

It writes tables of invented WHONET-style rows (no patient: every row is counted up) and runs

    ndm-advisor import whonet TABLE --site complicated-uti | ndm-advisor batch - --format ndjson

By itself it prints time and highest resident memory of both processes and writes no page:

    python benchmarks/import_stream.py [--rows 20000 200000] [--import-only]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from benchmarks.figures import Figure, Measured

ADVISED_ON: Final = "2026-11-22"
FEW, MANY, QUICK_FEW, QUICK_MANY = 20_000, 200_000, 2_000, 20_000
GROWTH: Final = 1.1  # peak at MANY rows against FEW
DRUGS: Final = (
    "AMK",
    "ATM",
    "CAZ",
    "CRO",
    "CIP",
    "FEP",
    "FOX",
    "GEN",
    "IPM",
    "MEM",
    "SXT",
    "TZP",
    "CZA",
    "FDC",
)
HEADER: Final = (
    "Identification number", "Specimen number", "Organism", "Sex", "Age", "Specimen type"
)  # fmt: skip
CATEGORIES: Final = ("S", "I", "R", "R")
_CHUNK: Final = 1024 * 1024


class Cost(NamedTuple):
    """What one process took. `peak_mib` is its highest resident memory."""

    seconds: float
    processor_s: float
    peak_mib: float


class Run(NamedTuple):
    """One table through the pipe: what came out at its end, and what each process took."""

    rows: int
    lines: int
    costs: dict[str, Cost]  # `import`, `batch`


def measure(*, quick: bool) -> Measured:
    """Both numbers of rows through the pipe."""
    from benchmarks.figures import Measured  # noqa: PLC0415  # by itself this file needs no package

    sizes = (QUICK_FEW, QUICK_MANY) if quick else (FEW, MANY)
    few, many = (run(rows) for rows in sizes)
    on = f"constructed WHONET rows of {len(DRUGS)} results, {few.rows:,} against {many.rows:,}"
    return Measured(list(_figures(few, many)), on)


def _figures(few: Run, many: Run) -> list[Figure]:
    from benchmarks.figures import Figure  # noqa: PLC0415

    took = max(cost.seconds for cost in many.costs.values())
    answers = f"{many.lines:,} answers"
    figures = [Figure(f"{many.rows:,} rows through the pipe", took, "s", note=answers)]
    for name, cost in many.costs.items():
        of_row = cost.processor_s / many.rows * 1000
        figures.append(Figure(f"{name}: processor time of a row", of_row, "ms"))
    for name, cost in many.costs.items():
        before = few.costs[name].peak_mib
        figures += [
            Figure(f"{name}: {few.rows:,} rows, peak memory", before, "MiB"),
            Figure(f"{name}: {many.rows:,} rows, peak memory", cost.peak_mib, "MiB"),
            Figure(f"{name}: growth of the peak", cost.peak_mib / before, aim=GROWTH),
        ]
    return figures


def run(rows: int, *, import_only: bool = False) -> Run:
    """Write a table of `rows`, send it through the pipe and count what comes out.

    Raises:
        SystemExit: a process did not end with status 0, or a row gave no line.
    """
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "whonet.csv"
        write_table(table, rows)
        lines, costs = _piped(table, import_only=import_only)
    if lines != rows:
        message = f"{rows} rows gave {lines} lines"
        raise SystemExit(message)
    return Run(rows, lines, costs)


def write_table(path: Path, rows: int) -> None:
    """Constructed rows: results change with the number of the row, nothing is random."""
    columns = [f"{drug}_EM" if place % 2 else f"{drug}_NM" for place, drug in enumerate(DRUGS)]
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join([*HEADER, *columns]) + "\n")
        for row in range(rows):
            results = [CATEGORIES[(row // (place + 1)) % 4] for place in range(len(DRUGS))]
            who = [f"P{row}", f"S{row}", "eco", "FM"[row % 2], str(18 + row % 80), "Urine"]
            file.write(",".join([*who, *results]) + "\n")


def _piped(table: Path, *, import_only: bool) -> tuple[int, dict[str, Cost]]:
    """Lines that came out, and what each process took, by its name."""
    asked = ["import", "whonet", str(table), "--site", "complicated-uti"]
    start = time.perf_counter()
    processes = {"import": _started(asked, subprocess.DEVNULL)}
    if not import_only:
        cases = processes["import"].stdout
        processes["batch"] = _started(["batch", "-", "--format", "ndjson"], cases)
        if cases is not None:
            cases.close()  # batch alone reads them
    last = list(processes.values())[-1].stdout
    lines = 0
    while last is not None and (chunk := last.read(_CHUNK)):
        lines += chunk.count(b"\n")
    return lines, {name: _cost(process, start) for name, process in processes.items()}


def _started(asked: list[str], read: int | IO[bytes] | None) -> subprocess.Popen[bytes]:
    settings = {k: v for k, v in os.environ.items() if not k.startswith("NDM_ADVISOR_")}
    return subprocess.Popen(
        [sys.executable, "-m", "ndm_advisor", *asked, "--on", ADVISED_ON],
        stdin=read,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**settings, "XDG_CONFIG_HOME": os.devnull},  # not the reader's own settings
    )


def _cost(process: subprocess.Popen[bytes], start: float) -> Cost:
    """Wait for a process; `wait4` gives the memory of that one alone."""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{process.args!r} ended with status {process.returncode}"
        raise SystemExit(message)
    return Cost(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time and memory of a long import.")
    parser.add_argument("--rows", type=int, nargs="+", default=[FEW, MANY])
    parser.add_argument("--import-only", action="store_true", help="leave batch out")
    arguments = parser.parse_args()
    print(f"{'rows':>8}  {'process':<7}  {'peak MiB':>8}  {'seconds':>7}  {'processor':>9}")
    for rows in arguments.rows:
        for name, cost in run(rows, import_only=arguments.import_only).costs.items():
            taken = f"{cost.peak_mib:>8.1f}  {cost.seconds:>7.1f}  {cost.processor_s:>9.1f}"
            print(f"{rows:>8}  {name:<7}  {taken}")


if __name__ == "__main__":
    main()
