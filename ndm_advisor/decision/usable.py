"""Hazards asked of candidates, once per case (policy 4.1): what is usable, and on what terms.

A stop that holds excludes. A stop that is unknown removes nothing: it becomes a condition in words.
A caution that holds, or may hold, becomes a condition where the record has one. Profile-free.
"""

from collections.abc import Mapping
from typing import NamedTuple

from ndm_advisor.decision.conditions import ask
from ndm_advisor.decision.dose import no_dose
from ndm_advisor.decision.questions import Answers, answers
from ndm_advisor.model.answer import Finding, Truth
from ndm_advisor.model.facts import Facts, compared
from ndm_advisor.model.knowledge import Hazard, Knowledge, Put, Strategy
from ndm_advisor.model.words import drug_name, number


class Asked(NamedTuple):
    """A hazard asked of one subject and the answer: True, or None for unknown."""

    hazard: Hazard
    drug: str | None
    holds: bool | None

    @property
    def excludes(self) -> bool:
        """A stop that holds, or one whose record says that unknown means not offered."""
        if self.hazard.tier != "stop":
            return False
        return self.holds is True or self.hazard.unknown_excludes

    @property
    def condition(self) -> str:
        """What must hold, in words; "" where the record says nothing."""
        text = self.hazard.condition if self.hazard.tier != "stop" else ""
        if self.holds is None:
            text = self.hazard.unknown_as
        return _filled(text, self.hazard, self.drug)

    @property
    def because(self) -> str:
        """The reason, with this drug's name."""
        return _filled(self.hazard.because, self.hazard, self.drug)


class Fate(NamedTuple):
    """A candidate with every hazard that holds or may hold for it; `excluded` take it out."""

    strategy: Strategy
    asked: tuple[Asked, ...]
    excluded: tuple[Asked, ...]
    no_dose: str | None = None

    @property
    def is_usable(self) -> bool:
        """Nothing excludes it and it has a dose row."""
        return not self.excluded and self.no_dose is None

    @property
    def conditions(self) -> tuple[str, ...]:
        """What must hold for the offer to stand, without repetition."""
        return tuple(dict.fromkeys(a.condition for a in self.asked if a.condition))


def usable(facts: Facts, knowledge: Knowledge) -> dict[str, Fate]:
    """The fate of every strategy, whatever the profile."""
    put = knowledge.questions.put[facts.region]
    known = answers(facts, knowledge.questions)
    return {
        strategy.id: _fate(strategy, _asked(put[strategy.id], known), facts, knowledge)
        for strategy in knowledge.strategies.values()
        if strategy.kind != "never"
    }


def _asked(
    put: tuple[tuple[str | None, tuple[Put, ...]], ...], known: Mapping[str | None, Answers]
) -> tuple[Asked, ...]:
    """What holds, or may hold, of the hazards put to a strategy."""
    found: list[Asked] = []
    for drug, hazards in put:
        false, unknown = known[drug]
        found += [
            Asked(hazard, drug, None if bits & unknown else True)
            for hazard, bits in hazards
            if not bits & false
        ]
    return tuple(found)


def _fate(strategy: Strategy, asked: tuple[Asked, ...], facts: Facts, knowledge: Knowledge) -> Fate:
    excluded = tuple([a for a in asked if a.excludes])
    fate = Fate(strategy, asked, excluded)
    if excluded or not _in_question(strategy, facts):
        return fate
    return fate._replace(no_dose=no_dose(strategy, facts, knowledge))


def _in_question(strategy: Strategy, facts: Facts) -> bool:
    """Whether the strategy could be offered at this site and in this region at all."""
    here = strategy.kind == "mbl-active" or facts.site in strategy.sites
    return here and strategy.kind != "salvage" and facts.region in strategy.regions


def finding_of(asked: Asked, facts: Facts) -> Finding:
    """The finding behind a hazard: the facts that decided it, or that are missing."""
    hazard = asked.hazard
    drug = None if asked.drug is None else facts.of_drug[asked.drug]
    _, names = ask(hazard.when, facts, drug)
    result: Truth = "true" if asked.holds else "unknown"
    return Finding("usable", hazard.id, result, compared(facts, names, drug), hazard.sources)


def _filled(text: str, hazard: Hazard, drug: str | None) -> str:
    if "{" not in text:
        return text
    limits = [c.value for c in hazard.when if isinstance(c.value, (int, float)) and c.op != "is"]
    return text.format(
        drug=drug_name(drug or ""), limit=number(float(limits[-1])) if limits else ""
    )
