"""`throughput`: many NDJSON cases to NDJSON answers in a file, by one process and by two."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import cases, processes
from benchmarks.figures import Figure, Measured

CASES, QUICK_CASES = 100_000, 10_000
SECONDS = 60.0  # for CASES with two jobs
SPEED_UP = 1.7  # two jobs against one


def measure(*, quick: bool) -> Measured:
    """Run the same file with two jobs and with one; a quick run is scaled up to `CASES`."""
    count = QUICK_CASES if quick else CASES
    scale = CASES / count
    with tempfile.TemporaryDirectory() as folder:
        path = cases.write_ndjson(Path(folder) / "cases.ndjson", count)
        two = processes.batch(path, output_format="ndjson", jobs=2)
        one = processes.batch(path, output_format="ndjson", jobs=1)
    of = f"{CASES:,} cases" + (", scaled up" if quick else "")
    figures = [
        Figure(f"{of}: two jobs", two.wall_s * scale, "s", aim=SECONDS),
        Figure(f"{of}: one job", one.wall_s * scale, "s"),
        Figure("one job / two jobs", one.wall_s / two.wall_s, aim=SPEED_UP, at_least=True),
        Figure("one job: processor time of a case", one.processor_s / count * 1000, "ms"),
        Figure("two jobs: processor time of a case", two.processor_s / count * 1000, "ms"),
        Figure("two jobs: cores kept busy", two.processor_s / two.wall_s),
    ]
    return Measured(figures, f"one run each on {count:,} NDJSON cases, clock on the wall")
