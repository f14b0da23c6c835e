"""Cases whose whole answer is known: the vignettes and the examples."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import tomli

from ndm_advisor.cli import example_check
from ndm_advisor.decision.decide import Decision, decide
from ndm_advisor.explain.recommendation import explain
from ndm_advisor.model.answer import CaseRef
from ndm_advisor.model.case import Case
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from ndm_advisor.render.as_json import to_data
from tests.vignettes.harness import (
    ON,
    differences,
    fact_differences,
    hazard_differences,
    vignettes,
)


class CaseProbe(NamedTuple):
    """A case with what its whole answer is expected to say."""

    label: str
    document: dict[str, Any]
    differences: Callable[[Any, dict[str, Any]], Iterable[str]]

    @property
    def texts(self) -> set[str]:
        return set()  # those of its answer, and of the document: see the judge

    def case(self, names: Names) -> Case:
        """The case, read by these names."""
        return build_case(self.document, names=names, on=ON)[0]

    def answer(self, decision: Decision, knowledge: Knowledge) -> dict[str, Any]:
        """The answer as its JSON would hold it."""
        reference = CaseRef(decision.case.id, None, None)
        shown: dict[str, Any] = to_data(
            explain(decision, knowledge, case=reference, tool_version="test")
        )
        return shown

    def faults(self, decision: Decision, shown: dict[str, Any]) -> list[str]:
        """That offers and alerts are sourced holds of every answer, so it is asked of each."""
        return [*self.differences(decision, shown), *_unsourced(shown)]

    def ask(self, knowledge: Knowledge, names: Names) -> list[str]:
        """What the base does not answer as expected."""
        decision = decide(self.case(names), knowledge, on=ON)
        return self.faults(decision, self.answer(decision, knowledge))


def case_probes() -> Iterator[CaseProbe]:
    """The vignettes, then the examples."""
    for vignette in vignettes():
        yield CaseProbe(vignette.label, vignette.document, _Expected(vignette.expect))
    for path in example_check.example_files():
        expected = json.loads(example_check.expected_file(path).read_bytes())
        document = tomli.loads(path.read_text(encoding="utf-8"))
        yield CaseProbe(f"examples: {path.stem}", document, _AsExample(expected))


class _Expected:
    """What a vignette names, by the harness of the vignettes."""

    def __init__(self, expect: dict[str, Any]) -> None:
        self._expect = expect

    def __call__(self, decision: Any, answer: dict[str, Any]) -> Iterator[str]:
        yield from differences(self._expect, answer)
        yield from fact_differences(self._expect.get("facts", {}), decision.facts)
        yield from hazard_differences(self._expect, decision)


class _AsExample:
    """What an example's expected answer names."""

    def __init__(self, expected: dict[str, Any]) -> None:
        self._expected = expected

    def __call__(self, decision: Any, answer: dict[str, Any]) -> Iterator[str]:
        yield from example_check.differences(self._expected, answer)


def _unsourced(answer: dict[str, Any]) -> Iterator[str]:
    for regimen in answer["regimens"]:
        for held in (regimen, *regimen["drugs"], *regimen["companions"]):
            if not held["sources"]:
                yield f"{regimen['id']}: no source"
    for alert in answer["alerts"]:
        if not alert["sources"]:
            yield f"alert {alert['id']}: no source"


class Settled(NamedTuple):
    """A case as the unchanged base reads and decides it."""

    case: Case
    decision: Decision

    def unlike(self, decision: Decision) -> bool:
        """Whether another base decides otherwise."""
        return _bare(decision) != _bare(self.decision)

    def upon(self, knowledge: Knowledge) -> Decision:
        """The same decision, for another base to word."""
        ordered = self.decision.ordered
        situation = ordered.situation._replace(knowledge=knowledge)
        return self.decision._replace(ordered=ordered._replace(situation=situation))


def _bare(decision: Decision) -> Decision:
    """A decision without the base that its orders were judged by."""
    nothing: Any = None
    return decision._replace(ordered=decision.ordered._replace(situation=nothing))
