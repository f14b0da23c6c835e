"""Every condition of the hazards, answered once per case: what is usable is read off the answers.

The base holds hundreds of records that ask a few dozen different things of a case. Each different
condition has a bit; the facts give two numbers, the bits that do not hold and the bits that cannot
be told; a record is then two comparisons. The meaning is that of `conditions.py`, which answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from ndm_advisor.decision.conditions import DRUG_PREFIX, NOT_ASKED, fact_value, holds
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import (
    Condition,
    Hazard,
    Put,
    PutTo,
    Question,
    Questions,
    Region,
    Strategy,
)

_BY_VALUE: Final = frozenset({"is", "is_one_of", "is_none_of"})
_STRATEGY: Final = "strategy:"
_REGIONS: Final[tuple[Region, ...]] = ("EU", "US")


class Answers(NamedTuple):
    """The bits of the conditions that do not hold, and of those that cannot be told.

    A record whose bits meet `false` does not hold; else one that meets `unknown` is unknown; else
    it holds.
    """

    false: int
    unknown: int


def compile_questions(
    hazards_of: Mapping[str, tuple[Hazard, ...]], strategies: Mapping[str, Strategy]
) -> Questions:
    """Number the conditions, and write down which hazards are put to which strategy.

    What only an order can meet is left out: the order check asks it.
    """
    bits: dict[Condition, int] = {}
    put: dict[str, PutTo] = {
        region: {
            strategy.id: tuple(
                (drug, found)
                for subject, drug in _subjects(strategy)
                if (found := _put(hazards_of.get(subject, ()), region, bits))
            )
            for strategy in strategies.values()
        }
        for region in _REGIONS
    }
    of_case = {c: bit for c, bit in bits.items() if not c.fact.startswith(DRUG_PREFIX)}
    of_drug = {c: bit for c, bit in bits.items() if c.fact.startswith(DRUG_PREFIX)}
    return Questions(_by_fact(of_case), _by_fact(of_drug), sum(of_drug.values()), put)


def _put(
    hazards: tuple[Hazard, ...], region: Region, bits: dict[Condition, int]
) -> tuple[Put, ...]:
    """The hazards of one subject in a region."""
    return tuple(
        (hazard, _mask(hazard, bits))
        for hazard in hazards
        if hazard.applies_to != "order" and region in hazard.regions
    )


def _subjects(strategy: Strategy) -> Iterator[tuple[str, str | None]]:
    """The strategy as a whole, then each of its drugs, with the drug that is asked about."""
    # A record about a single-drug strategy may ask about its drug; a pair has none of its own.
    yield _STRATEGY + strategy.id, strategy.drugs[0] if len(strategy.drugs) == 1 else None
    yield from ((drug, drug) for drug in strategy.drugs)


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


def answers(facts: Facts, questions: Questions) -> dict[str | None, Answers]:
    """What the case answers about each drug, and, by None, about none.

    A condition on a drug is unknown while no drug is asked about.
    """
    drug_bits = questions.drug_bits
    case = _answers(questions.of_case, lambda name: fact_value(name, facts, None))
    found: dict[str | None, Answers] = {None: Answers(case.false, case.unknown | drug_bits)}
    same: dict[tuple[object, ...], Answers] = {}  # by what is known: many drugs are alike
    for drug in facts.of_drug.values():
        known = drug[1:]  # everything but its name, which no condition asks
        if known not in same:
            own = _answers(questions.of_drug, drug.__getattribute__)
            same[known] = Answers(case.false | own.false, case.unknown & ~drug_bits | own.unknown)
        found[drug.drug] = same[known]
    return found


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
