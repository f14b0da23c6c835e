"""Three-valued conditions: False beats Unknown beats True.

A condition on a missing fact is Unknown (None here), never False. Conditions are flat: "or" is a
second record, and everything cleverer is a named fact of `assess.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from ndm_advisor.model.facts import DrugFacts, Facts
from ndm_advisor.model.knowledge import Condition

DRUG_PREFIX: Final = "drug."


def _below(fact: float, limit: float) -> bool:
    return fact < limit


def _at_most(fact: float, limit: float) -> bool:
    return fact <= limit


def _above(fact: float, limit: float) -> bool:
    return fact > limit


def _at_least(fact: float, limit: float) -> bool:
    return fact >= limit


_ORDERED: Final[dict[str, Callable[[float, float], bool]]] = {
    "below": _below,
    "at_most": _at_most,
    "above": _above,
    "at_least": _at_least,
}


# The load check has proved that each value fits its comparator.
_MEMBER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "is": lambda fact, wanted: bool(fact == wanted),
    "is_one_of": lambda fact, wanted: fact in wanted,
    "is_none_of": lambda fact, wanted: fact not in wanted,
    "contains_any": lambda fact, wanted: any(item in fact for item in wanted),
}


class _NotAsked:
    """A fact that is not used for this patient: no condition on it holds."""


NOT_ASKED: Final = _NotAsked()


def holds(condition: Condition, value: object) -> bool | None:
    """Whether `condition` holds for the fact's `value`; None (unknown) when the fact is missing."""
    if value is None:
        return None
    if value is NOT_ASKED:
        return False
    op, wanted = condition.op, condition.value
    if op in _ORDERED:
        return _ORDERED[op](float(value), float(wanted))  # type: ignore[arg-type]  # numbers by the load check
    return _MEMBER[op](value, wanted)


def all_of(results: Iterable[bool | None]) -> bool | None:
    """All conditions of a record: one False decides, else one Unknown leaves it open."""
    unknown = False
    for result in results:
        if result is False:
            return False
        unknown = unknown or result is None
    return None if unknown else True


def fact_value(name: str, facts: Facts, drug: DrugFacts | None) -> object:
    """The value of a named fact; names with the prefix `drug.` are asked of the subject drug."""
    if name.startswith(DRUG_PREFIX):
        return None if drug is None else getattr(drug, name[len(DRUG_PREFIX) :])
    if name == "crcl_ml_min" and facts.on_renal_replacement:
        return NOT_ASKED  # never used on renal replacement (policy section 5)
    return getattr(facts, name)


def ask(
    when: tuple[Condition, ...], facts: Facts, drug: DrugFacts | None
) -> tuple[bool | None, tuple[str, ...]]:
    """Ask all conditions of a record.

    Returns the truth and the names of the facts that decided it: for True all of them, for
    Unknown the missing ones, for False none.
    """
    values = [(c, fact_value(c.fact, facts, drug)) for c in when]
    results = [(c, holds(c, value)) for c, value in values]
    truth = all_of(result for _, result in results)
    if truth is True:
        return True, tuple(c.fact for c, _ in results)
    if truth is None:
        return None, tuple(c.fact for c, result in results if result is None)
    return False, ()
