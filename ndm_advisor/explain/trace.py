"""The trace of an answer: every condition that decided something, and the lines it is shown by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ndm_advisor.decision.alerts import finding_of
from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.outline import withheld
from ndm_advisor.explain.fact_words import name_of_subject
from ndm_advisor.explain.sentences import EACH, JOINED, Put, of_each, sentence_of
from ndm_advisor.model import words
from ndm_advisor.model.answer import Finding
from ndm_advisor.model.knowledge import Knowledge

_Key = tuple[str, str, str, str]
_SUBJECT = "\N{OBJECT REPLACEMENT CHARACTER}"  # where a sentence names its only subject


def findings(decision: Decision, knowledge: Knowledge) -> tuple[Finding, ...]:
    """Every finding, stage by stage and once, each in a sentence."""
    held: dict[_Key, Finding] = {}
    puts: dict[_Key, list[Put]] = {}
    for finding, put in _found(decision):
        key = (
            finding.stage,
            finding.rule,
            finding.result,
            repr(sorted(finding.compared.items())),
        )
        held.setdefault(key, finding)
        if put is not None:
            puts.setdefault(key, []).append(put)
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
            yield asked.finding, Put(name_of_subject(asked.drug, fate.strategy.id), asked)
    for selection in decision.positions.values():
        yield from ((finding, None) for finding in selection.findings)
    yield from ((finding, None) for finding in withheld(decision.offered, decision.facts))
    yield from ((finding_of(raised, decision.facts), None) for raised in decision.raised)


# -- as lines of a screen ------------------------------------------------------------------------


def merged(found: Iterable[Finding]) -> Iterator[str]:
    """A line for each sentence with its rule; one rule put to several drugs is one line."""
    subjects: dict[tuple[str, str, str], list[str]] = {}
    for finding in found:
        who, said = _parted(finding)
        subjects.setdefault((finding.rule, finding.result, said), []).extend(who)
    for (rule, result, said), all_named in subjects.items():
        names = tuple(dict.fromkeys(all_named))
        text = said.replace(_SUBJECT, names[0] if len(names) == 1 else EACH)
        lead = f"{words.join_names(names)}: " if names else ""
        yield f"{lead}{text} [{rule}: {result}]"


def _parted(finding: Finding) -> tuple[tuple[str, ...], str]:
    """The subjects and the rest of a sentence on drugs; other sentences have no subject."""
    who, colon, said = finding.text.partition(": ")
    if finding.stage != "usable" or not colon:
        return (), finding.text
    subjects = tuple(who.split(JOINED))
    return subjects, of_each(said, who, _SUBJECT) if len(subjects) == 1 else said
