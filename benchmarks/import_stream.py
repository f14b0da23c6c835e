"""Whether a long table streams through `import` into `batch` in flat memory.

It writes tables of invented WHONET-style rows (no patient: every row is counted up), runs

    ndm-advisor import whonet TABLE --site complicated-uti | ndm-advisor batch - --format ndjson

and prints, for each number of rows, the time and the highest resident memory of both processes. It
judges nothing: memory that does not grow with the rows is to be seen in the figures.

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
from typing import NamedTuple

ADVISED_ON = "2026-11-22"
DRUGS = (
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
HEADER = ["Identification number", "Specimen number", "Organism", "Sex", "Age", "Specimen type"]
CATEGORIES = ("S", "I", "R", "R")


class Cost(NamedTuple):
    """What one process cost. `peak_mib` is its highest resident memory."""

    seconds: float
    peak_mib: float


def main() -> None:
    """Measure and print."""
    arguments = parse_arguments()
    print(f"{'rows':>8}  {'process':<7}  {'peak MiB':>8}  {'seconds':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for rows in arguments.rows:
            table = Path(folder) / f"whonet-{rows}.csv"
            write_table(table, rows)
            costs = measure(table, import_only=arguments.import_only)
            for name, cost in costs.items():
                print(f"{rows:>8}  {name:<7}  {cost.peak_mib:>8.1f}  {cost.seconds:>7.1f}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Memory of a long import.")
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--import-only", action="store_true", help="leave batch out")
    return parser.parse_args()


def write_table(path: Path, rows: int) -> None:
    """Constructed rows: results change with the number of the row, nothing is random."""
    columns = [f"{drug}_EM" if place % 2 else f"{drug}_NM" for place, drug in enumerate(DRUGS)]
    with path.open("w", encoding="utf-8") as file:
        file.write(",".join([*HEADER, *columns]) + "\n")
        for row in range(rows):
            results = [CATEGORIES[(row // (place + 1)) % 4] for place in range(len(DRUGS))]
            who = [f"P{row}", f"S{row}", "eco", "FM"[row % 2], str(18 + row % 80), "Urine"]
            file.write(",".join([*who, *results]) + "\n")


def measure(table: Path, *, import_only: bool) -> dict[str, Cost]:
    """Run the pipe and wait for each process with the memory it used."""
    program = [sys.executable, "-m", "ndm_advisor"]
    start = time.perf_counter()
    first = subprocess.Popen(
        [*program, "import", "whonet", str(table), "--site", "complicated-uti", "--on", ADVISED_ON],
        stdout=subprocess.DEVNULL if import_only else subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    if import_only:
        return {"import": cost_of(first, start)}
    second = subprocess.Popen(
        [*program, "batch", "-", "--format", "ndjson", "--on", ADVISED_ON],
        stdin=first.stdout,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if first.stdout is not None:
        first.stdout.close()
    return {"import": cost_of(first, start), "batch": cost_of(second, start)}


def cost_of(process: subprocess.Popen[bytes], start: float) -> Cost:
    """Wait for a process; `wait4` gives the memory of that one alone."""
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return Cost(time.perf_counter() - start, used.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
