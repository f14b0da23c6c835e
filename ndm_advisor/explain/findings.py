"""The trace of an answer: every condition that decided something, in sentences if wanted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ndm_advisor.decision.alerts import finding_of
from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.outline import withheld
from ndm_advisor.decision.rank import findings_of
from ndm_advisor.decision.usable import Asked
from ndm_advisor.decision.usable import finding_of as hazard_finding
from ndm_advisor.model.answer import Finding
from ndm_advisor.model.knowledge import Knowledge

_Key = tuple[str, str, str, str]


class Put(NamedTuple):
    """A rule as it was put to a strategy or to one of its drugs."""

    strategy: str
    asked: Asked


def findings(decision: Decision, knowledge: Knowledge) -> tuple[Finding, ...]:
    """Every finding in a sentence, stage by stage and once."""
    held: dict[_Key, Finding] = {}
    puts: dict[_Key, list[Put]] = {}
    for finding, put in _found(decision):
        compared = repr(sorted(finding.compared.items()))
        key = (finding.stage, finding.rule, finding.result, compared)
        held.setdefault(key, finding)
        if put is not None:
            puts.setdefault(key, []).append(put)
    from ndm_advisor.explain.sentences import sentence_of  # noqa: PLC0415  # a screen may do without

    return tuple(
        finding._replace(text=sentence_of(finding, tuple(puts.get(key, ())), decision, knowledge))
        for key, finding in held.items()
    )


def _found(decision: Decision) -> Iterator[tuple[Finding, Put | None]]:
    yield from ((finding, None) for finding in decision.facts.findings)
    if decision.scope is not None:
        yield decision.scope.finding, None
    for fate in decision.fates.values():
        for asked in fate.asked:
            yield hazard_finding(asked, decision.facts), Put(fate.strategy.id, asked)
    for selection in decision.positions.values():
        yield from ((finding, None) for finding in findings_of(selection, decision.facts))
    yield from ((finding, None) for finding in withheld(decision.offered, decision.facts))
    yield from ((finding_of(raised, decision.facts), None) for raised in decision.raised)
