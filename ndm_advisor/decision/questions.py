"""Every condition of the hazards, answered once per case: what is usable is read off the answers.

The base holds hundreds of records that ask a few dozen different things of a case. Each different
condition has a bit; the facts give two numbers, the bits that do not hold and the bits that cannot
be told; a record is then two comparisons. The meaning is that of `conditions.py`, which answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from ndm_advisor.decision.conditions import DRUG_PREFIX, NOT_ASKED, fact_value, holds
from ndm_advisor.model.facts import DrugFacts, Facts
from ndm_advisor.model.knowledge import Condition, Hazard, Question, Questions

_BY_VALUE: Final = frozenset({"is", "is_one_of", "is_none_of"})
_REGIONS: Final = ("EU", "US")


class Answers(NamedTuple):
    """The bits of the conditions that do not hold, and of those that cannot be told.

    A record whose bits meet `false` does not hold; else one that meets `unknown` is unknown; else
    it holds.
    """

    false: int
    unknown: int


def compile_questions(hazards_of: Mapping[str, tuple[Hazard, ...]]) -> Questions:
    """Number the conditions, and write down which hazards are put to which subject.

    What only an order can meet is left out: the order check asks it.
    """
    bits: dict[Condition, int] = {}
    put = {
        region: {
            subject: tuple(
                (hazard, _mask(hazard, bits))
                for hazard in hazards
                if hazard.applies_to != "order" and region in hazard.regions
            )
            for subject, hazards in hazards_of.items()
        }
        for region in _REGIONS
    }
    of_case = {c: bit for c, bit in bits.items() if not c.fact.startswith(DRUG_PREFIX)}
    of_drug = {c: bit for c, bit in bits.items() if c.fact.startswith(DRUG_PREFIX)}
    return Questions(_by_fact(of_case), _by_fact(of_drug), sum(of_drug.values()), put)


def _mask(hazard: Hazard, bits: dict[Condition, int]) -> int:
    mask = 0
    for condition in hazard.when:
        mask |= bits.setdefault(condition, 1 << len(bits))
    return mask


def _by_fact(bits: Mapping[Condition, int]) -> dict[str, Question]:
    grouped: dict[str, dict[Condition, int]] = {}
    for condition, bit in bits.items():
        name = condition.fact.removeprefix(DRUG_PREFIX)
        grouped.setdefault(name, {})[condition] = bit
    return {name: _question(found) for name, found in grouped.items()}


def _question(bits: Mapping[Condition, int]) -> Question:
    """What each value that a condition names answers, and what any other does."""
    named = {c: bit for c, bit in bits.items() if c.op in _BY_VALUE}
    values = {value for c in named for value in _values(c)}
    false_for = {
        value: sum(bit for c, bit in named.items() if not holds(c, value)) for value in values
    }
    # A value that no condition names: every list lacks it.
    otherwise = sum(bit for c, bit in named.items() if c.op != "is_none_of")
    others = tuple((c, bit) for c, bit in bits.items() if c not in named)
    return Question(sum(bits.values()), false_for, otherwise, others)


def _values(condition: Condition) -> tuple[object, ...]:
    value = condition.value
    return (value,) if condition.op == "is" else tuple(value)  # type: ignore[arg-type]  # a list by the load check


def of_case(facts: Facts, questions: Questions) -> Answers:
    """What the case answers; a condition on a drug is unknown while no drug is asked about."""
    found = _answers(questions.of_case, lambda name: fact_value(name, facts, None))
    return found._replace(unknown=found.unknown | questions.drug_bits)


class DrugAnswers:
    """The case's answers with those about one drug; drugs of which the same is known share them."""

    def __init__(self, facts: Facts, questions: Questions) -> None:
        """Ask the case; no drug is asked about yet."""
        self._questions = questions
        self._facts = facts
        self.of_case = of_case(facts, questions)
        self._same: dict[tuple[object, ...], Answers] = {}
        self._held: dict[str, Answers] = {}

    def about(self, drug: str | None) -> Answers:
        """The answers for a hazard put to `drug`, or to a regimen as a whole."""
        if drug is None:
            return self.of_case
        held = self._held.get(drug)
        if held is None:
            held = self._held[drug] = self._asked_of(self._facts.of_drug[drug])
        return held

    def _asked_of(self, drug: DrugFacts) -> Answers:
        known = drug[1:]  # everything but its name, which no condition asks
        if known not in self._same:
            own = _answers(self._questions.of_drug, lambda name: getattr(drug, name))
            case, bits = self.of_case, self._questions.drug_bits
            unknown = (case.unknown & ~bits) | own.unknown
            self._same[known] = Answers(case.false | own.false, unknown)
        return self._same[known]


def _answers(asked: Mapping[str, Question], value_of: Callable[[str], object]) -> Answers:
    false = unknown = 0
    for name, question in asked.items():
        value = value_of(name)
        if value is None:
            unknown |= question.bits
        elif value is NOT_ASKED:
            false |= question.bits
        else:
            false |= question.false_for.get(value, question.otherwise)
            for condition, bit in question.others:
                if not holds(condition, value):
                    false |= bit
    return Answers(false, unknown)
