"""`throughput`: many NDJSON cases to NDJSON answers in a file, by one process and by two."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks import cases, processes
from benchmarks.figures import Figure, Measured

CASES = 100_000
SECONDS = 60.0  # for CASES with two jobs
SPEED_UP = 1.7  # two jobs against one
_PAIR_CASES, _PAIRS = 10_000, 3


def measure(*, quick: bool) -> Measured:
    """All cases with two jobs once; one job against two in pairs of shorter runs.

    A quick run is one pair, its two jobs scaled up to `CASES`.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = cases.write_ndjson(Path(folder) / "pair.ndjson", _PAIR_CASES)
        pairs = [_pair(path, two_first=turn % 2 == 0) for turn in range(1 if quick else _PAIRS)]
        if quick:
            whole, scale = pairs[0][0], CASES / _PAIR_CASES
        else:
            path = cases.write_ndjson(Path(folder) / "cases.ndjson", CASES)
            whole, scale = processes.batch(path, output_format="ndjson", jobs=2), 1.0
    of = f"{CASES:,} cases, two jobs" + (", scaled up" if quick else "")
    figures = [
        Figure(of, whole.wall_s * scale, "s", aim=SECONDS, note=_busy(whole)),
        *_speed_up(pairs),
    ]
    on = f"clock on the wall; {len(pairs)} x two jobs and one on {_PAIR_CASES:,} NDJSON cases"
    return Measured(figures, on)


_Pair = tuple[processes.Took, processes.Took]  # two jobs, one job


def _pair(path: Path, *, two_first: bool) -> _Pair:
    if two_first:
        two = processes.batch(path, output_format="ndjson", jobs=2)
        return two, processes.batch(path, output_format="ndjson", jobs=1)
    one = processes.batch(path, output_format="ndjson", jobs=1)
    return processes.batch(path, output_format="ndjson", jobs=2), one


def _speed_up(pairs: list[_Pair]) -> list[Figure]:
    ratios = [one.wall_s / two.wall_s for two, one in pairs]
    between = f"median; {min(ratios):.2f} to {max(ratios):.2f}"
    freest, _ = max(pairs, key=lambda pair: _cores(pair[0]))
    two_ms, one_ms = (
        statistics.median(took.processor_s for took in column) / _PAIR_CASES * 1000
        for column in zip(*pairs, strict=True)
    )
    return [
        Figure(
            "one job / two jobs",
            statistics.median(ratios),
            aim=SPEED_UP,
            at_least=True,
            note=between,
        ),
        Figure("two jobs, at best", _cores(freest), "cores kept busy"),
        Figure("one job: processor time of a case", one_ms, "ms"),
        Figure("two jobs: processor time of a case", two_ms, "ms"),
    ]


def _busy(took: processes.Took) -> str:
    return f"{_cores(took):.2f} cores kept busy"


def _cores(took: processes.Took) -> float:
    return took.processor_s / took.wall_s
