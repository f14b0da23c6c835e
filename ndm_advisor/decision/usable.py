"""Hazards asked of candidates, once per case (policy 4.1): what is usable, and on what terms.

A stop that holds excludes. A stop that is unknown removes nothing: it becomes a condition in words.
A caution that holds, or may hold, becomes a condition where the record has one. Profile-free.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.decision.conditions import ask
from ndm_advisor.decision.dose import no_dose
from ndm_advisor.model.answer import Finding
from ndm_advisor.model.facts import DrugFacts, Facts, compared
from ndm_advisor.model.knowledge import Hazard, Knowledge, Strategy
from ndm_advisor.model.words import drug_name, number

_STRATEGY: Final = "strategy:"


class Asked(NamedTuple):
    """A hazard asked of one subject and the answer: True, or None for unknown."""

    hazard: Hazard
    drug: str | None
    holds: bool | None
    finding: Finding

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
    """A candidate with every hazard that holds or may hold for it."""

    strategy: Strategy
    asked: tuple[Asked, ...]
    no_dose: str | None = None

    @property
    def excluded(self) -> tuple[Asked, ...]:
        """What takes the candidate out."""
        return tuple(a for a in self.asked if a.excludes)

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
    return {
        strategy.id: _fate(strategy, facts, knowledge)
        for strategy in knowledge.strategies.values()
        if strategy.kind != "never"
    }


def _fate(strategy: Strategy, facts: Facts, knowledge: Knowledge) -> Fate:
    asked = tuple(_asked_of(strategy, facts, knowledge))
    fate = Fate(strategy, asked)
    if fate.excluded or not _in_question(strategy, facts):
        return fate
    return fate._replace(no_dose=no_dose(strategy, facts, knowledge))


def _in_question(strategy: Strategy, facts: Facts) -> bool:
    """Whether the strategy could be offered at this site and in this region at all."""
    here = strategy.kind == "mbl-active" or facts.site in strategy.sites
    return here and strategy.kind != "salvage" and facts.region in strategy.regions


def _asked_of(strategy: Strategy, facts: Facts, knowledge: Knowledge) -> Iterator[Asked]:
    # A record about a single-drug strategy may ask about its drug; a pair has no drug of its own.
    alone = facts.of_drug[strategy.drugs[0]] if len(strategy.drugs) == 1 else None
    for hazard in knowledge.hazards_of.get(_STRATEGY + strategy.id, ()):
        yield from _ask(hazard, alone, facts)
    for drug in strategy.drugs:
        for hazard in knowledge.hazards_of.get(drug, ()):
            yield from _ask(hazard, facts.of_drug[drug], facts)


def _ask(hazard: Hazard, drug: DrugFacts | None, facts: Facts) -> Iterator[Asked]:
    if hazard.applies_to == "order" or facts.region not in hazard.regions:
        return
    holds, names = ask(hazard.when, facts, drug)
    if holds is False:
        return
    finding = Finding(
        stage="usable",
        rule=hazard.id,
        result="true" if holds else "unknown",
        compared=compared(facts, names, drug),
        sources=hazard.sources,
    )
    yield Asked(hazard, None if drug is None else drug.drug, holds, finding)


def _filled(text: str, hazard: Hazard, drug: str | None) -> str:
    if "{" not in text:
        return text
    limits = [c.value for c in hazard.when if isinstance(c.value, (int, float)) and c.op != "is"]
    return text.format(
        drug=drug_name(drug or ""), limit=number(float(limits[-1])) if limits else ""
    )
