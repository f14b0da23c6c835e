"""One job of the sweep: a run of vectors through `outline`, or through the whole of `advise`."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

from ndm_advisor.decision.decide import Decision, decide
from ndm_advisor.knowledge.load import load_knowledge
from ndm_advisor.model.knowledge import Knowledge
from tests.proof.sweep.cases import ON, case_file, case_of
from tests.proof.sweep.groups import GROUPS, REST, Group, Vector, digest, vector
from tests.proof.sweep.pairs import keep
from tests.proof.sweep.requirements import faults
from tests.proof.sweep.whole import whole_faults

_OUTLINE_JOB: Final = 20_000
_WHOLE_JOB: Final = 1_000
WHOLE: Final = "whole"
_KEPT: Final = 5  # counterexamples kept of one job; all are counted
_BY_NAME: Final = {group.name: group for group in (*GROUPS, REST)}


class Job(NamedTuple):
    """`group` is a group's name, or "whole"; numbers from `start` up to but not `stop`."""

    group: str
    start: int
    stop: int

    @property
    def name(self) -> str:
        return f"{self.group}-{self.start}-{self.stop}"


class Done(NamedTuple):
    """What a job found. `examples`: case files of the first counterexamples."""

    name: str
    group: str
    vectors: int
    outcomes: dict[str, int]
    faults: int
    examples: list[str]


def plan(outlines: int, whole: int, part: int, parts: int) -> list[Job]:
    """The jobs of slice `part` of `parts`: the groups complete, the rest up to `outlines`."""
    complete = sum(group.size for group in GROUPS)
    sizes = {group.name: group.size for group in GROUPS}
    sizes[REST.name] = max(0, outlines - complete)
    jobs = []
    for name, size in sizes.items():
        jobs += _cut(name, size, part, parts, _OUTLINE_JOB)
    return [*jobs, *_cut(WHOLE, whole, part, parts, _WHOLE_JOB)]


def _cut(name: str, size: int, part: int, parts: int, most: int) -> list[Job]:
    first, last = size * (part - 1) // parts, size * part // parts
    return [Job(name, start, min(start + most, last)) for start in range(first, last, most)]


_base: list[Knowledge] = []


def knowledge() -> Knowledge:
    """The base, loaded once in each process."""
    if not _base:
        _base.append(load_knowledge())
    return _base[0]


def run(job: Job, folder: Path) -> Done:
    """Run a job; the digests of its vectors and answers, and the pairs it met, go into `folder`."""
    vectors: list[Vector] = []
    answers: set[int] = set()
    outcomes: Counter[str] = Counter()
    examples: list[str] = []
    broken = 0
    for number in range(job.start, job.stop):
        made = vector(*_source(job.group, number))
        decision, found = judge(made, whole=job.group == WHOLE)
        vectors.append(made)
        answers.add(_digest_of(decision))
        outcomes[decision.outcome] += 1
        if found:
            broken += 1
            if len(examples) < _KEPT:
                examples.append(case_file(made, found))
    _keep(folder / f"{job.name}.vectors", array("Q", map(digest, vectors)))
    _keep(folder / f"{job.name}.answers", array("Q", sorted(answers)))
    keep(folder, job.name, vectors)
    return Done(job.name, job.group, job.stop - job.start, dict(outcomes), broken, examples)


def _source(name: str, number: int) -> tuple[Group, int]:
    """Where a vector comes from; the whole answers walk through all the groups in turn."""
    if name != WHOLE:
        return _BY_NAME[name], number
    groups = (*GROUPS, REST)
    turn, place = divmod(number, len(groups))
    return groups[place], turn


def judge(made: Vector, *, whole: bool) -> tuple[Decision, list[str]]:
    """The decision on a vector's case, and what it breaks."""
    case, base = case_of(made), knowledge()
    decision = decide(case, base, on=ON, positions_too=False)
    found = [*faults(case, decision.outline), *_unsourced(decision)]
    if whole:
        found += whole_faults(made, case, base)
    return decision, found


def _unsourced(decision: Decision) -> list[str]:
    return [
        f"{offered.ranked.strategy} is offered without a source"
        for offered in decision.offered
        if not offered.ranked.sources or not all(order.sources for order in offered.orders)
    ]


def _digest_of(decision: Decision) -> int:
    text = repr(decision.outline).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def _keep(path: Path, digests: array[int]) -> None:
    part = path.with_suffix(f"{path.suffix}.part")
    with part.open("wb") as file:
        digests.tofile(file)
    part.replace(path)
