"""`memory`: peak resident memory of a batch as the number of cases grows, with two jobs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import cases, processes
from benchmarks.figures import Figure, Measured

FEW, MANY, QUICK_MANY = 10_000, 200_000, 30_000
GROWTH = 1.1  # peak at MANY against FEW
_FORMATS = ("ndjson", "csv")


def measure(*, quick: bool) -> Measured:
    """Both sizes in both streamed formats."""
    many = QUICK_MANY if quick else MANY
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        few_path = cases.write_ndjson(Path(folder) / "few.ndjson", FEW)
        many_path = cases.write_ndjson(Path(folder) / "many.ndjson", many)
        for output_format in _FORMATS:
            few = processes.batch(few_path, output_format=output_format, jobs=2)
            much = processes.batch(many_path, output_format=output_format, jobs=2)
            figures += _figures(output_format, few, much, many)
    return Measured(figures, f"NDJSON cases, two jobs, {FEW:,} against {many:,}")


def _figures(name: str, few: processes.Took, much: processes.Took, many: int) -> tuple[Figure, ...]:
    return (
        Figure(f"{name}: {FEW:,} cases, sum of the processes", few.sum_mib, "MiB"),
        Figure(f"{name}: {many:,} cases, sum of the processes", much.sum_mib, "MiB"),
        Figure(f"{name}: growth of the sum", much.sum_mib / few.sum_mib, aim=GROWTH),
        Figure(f"{name}: {FEW:,} cases, largest process", few.largest_mib, "MiB"),
        Figure(f"{name}: {many:,} cases, largest process", much.largest_mib, "MiB"),
        Figure(f"{name}: growth of the largest", much.largest_mib / few.largest_mib, aim=GROWTH),
    )
