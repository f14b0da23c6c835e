"""`answer`: a whole answer against reading and validating the same case from its TOML file.

All in one process, in turn for each case, by processor time. The answer is `advise()` as a batch
calls it: facts, three profiles, doses, alerts, order check, and every sentence of them; no
counterfactuals, no trace, no output. Beside it stands the same with the trace, every condition that
was asked in a sentence. Reading is what `advise FILE` does to have a case: open the file, decode,
parse, every check. The file is in the system's cache. Beside it stands the same without the file,
from text in memory.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks import cases
from benchmarks.figures import Figure, Measured, number
from ndm_advisor.cli.inputs import read_text
from ndm_advisor.explain.advise import advise
from ndm_advisor.read.case_file import read_case

AIM = 5.0  # times reading and validating
_ROUNDS, _QUICK_ROUNDS = 9, 5
_QUICK_STEP = 10  # of the vignettes, one in ten


class Timed(NamedTuple):
    """Median processor time of one case, in nanoseconds."""

    sample: cases.Sample
    read_ns: float
    text_ns: float
    answer_ns: float
    traced_ns: float

    @property
    def ratio(self) -> float:
        """The whole answer against reading and validating the file."""
        return self.answer_ns / self.read_ns

    @property
    def text_ratio(self) -> float:
        """The same against the text in memory."""
        return self.answer_ns / self.text_ns

    @property
    def traced_ratio(self) -> float:
        """The same with the trace."""
        return self.traced_ns / self.read_ns


def measure(*, quick: bool) -> Measured:
    """Time every example and vignette."""
    known = cases.base()
    examples = list(cases.examples(known))
    vignettes = list(cases.vignettes(known))[:: _QUICK_STEP if quick else 1]
    rounds = _QUICK_ROUNDS if quick else _ROUNDS
    for sample in examples:  # the first answer of a process fills its look-ups
        advise(sample.case, known.knowledge, on=cases.ON)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.toml"
        figures = [
            *_figures("examples", [_timed(s, known, path, rounds) for s in examples]),
            *_figures("vignettes", [_timed(s, known, path, rounds) for s in vignettes]),
        ]
    on = (
        f"{len(examples)} examples and {len(vignettes):,} vignettes, median of {rounds} rounds each"
    )
    return Measured(figures, on)


def _timed(sample: cases.Sample, known: cases.Base, path: Path, rounds: int) -> Timed:
    path.write_text(sample.text, encoding="utf-8")
    name = str(path)

    def read() -> object:
        return read_case(read_text(name), path=name, names=known.names, on=cases.ON)

    def text() -> object:
        return read_case(sample.text, path=None, names=known.names, on=cases.ON)

    def answer() -> object:
        return advise(sample.case, known.knowledge, on=cases.ON, traced=False)

    def traced() -> object:
        return advise(sample.case, known.knowledge, on=cases.ON)

    calls = (read, answer, text, traced)  # each reading after an answer, so that none is warm
    turns = [tuple(map(_spent_ns, calls)) for _ in range(rounds)]
    from_file, answered, from_text, with_trace = map(statistics.median, zip(*turns, strict=True))
    return Timed(sample, from_file, from_text, answered, with_trace)


def _spent_ns(call: Callable[[], object]) -> int:
    began = time.process_time_ns()
    call()
    return time.process_time_ns() - began


def _figures(group: str, timed: list[Timed]) -> list[Figure]:
    worst = max(timed, key=lambda one: one.ratio)
    median_ms = statistics.median(one.answer_ns for one in timed) / 1e6
    read_ms = statistics.median(one.read_ns for one in timed) / 1e6
    traced = statistics.median(one.traced_ratio for one in timed)
    text = statistics.median(one.text_ratio for one in timed)
    of_text = f"median; worst {number(max(one.text_ratio for one in timed))}"
    above = sum(one.ratio > AIM for one in timed)
    label = worst.sample.label
    if worst.sample.group != group:
        label = f"{worst.sample.group}: {label}"
    return [
        Figure(f"{group}: answer", median_ms, "ms", note="median"),
        Figure(f"{group}: reading and validating", read_ms, "ms", note="median"),
        Figure(f"{group}: answer / reading", _median_ratio(timed), aim=AIM, note="median"),
        Figure(f"{group}: answer / reading, worst", worst.ratio, aim=AIM, note=label),
        Figure(f"{group}: above the aim", above, f"of {len(timed):,} cases"),
        Figure(f"{group}: answer / reading from text in memory", text, note=of_text),
        Figure(f"{group}: answer with the trace / reading", traced),
    ]


def _median_ratio(timed: list[Timed]) -> float:
    return statistics.median(one.ratio for one in timed)
