"""What each fact that is not given could change, and which is the most worth asking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from ndm_advisor.decision.decide import Decision
from ndm_advisor.explain.what_if.changes import CLEARANCE, is_open, supplies, variables
from ndm_advisor.explain.what_if.would_change import Met, merged, met
from ndm_advisor.model.answer import Flip, MissingEffect, NextQuestion, Outline, WouldChange
from ndm_advisor.model.knowledge import Knowledge, Variable
from ndm_advisor.model.words import drug_name, join_names

Weight = Literal["none", "dose", "regimen", "outcome"]
_WEIGHTS: Final[tuple[Weight, ...]] = ("none", "dose", "regimen", "outcome")
_CREATININE: Final = ("patient.creatinine_umol_l", "patient.creatinine_mg_dl")
# What the clearance is computed from where it is not given (policy section 3, `crcl`).
_OF_CLEARANCE: Final = frozenset(
    {*_CREATININE, "patient.age_years", "patient.sex", "patient.weight_kg", "patient.height_cm"}
)
# What only tells beside a clearance: these, and what it is computed from.
_BESIDE_CLEARANCE: Final = frozenset(
    {*_OF_CLEARANCE, "patient.aki_within_48h", "patient.baseline_ckd"}
)
_MAINTENANCE: Final = 2  # where a dose key of an outline holds the maintenance dose
_Orders = frozenset[tuple[str, str]]  # regimen and drug


class Weighed(NamedTuple):
    """A fact that is not given, and what its values were found to do, equal effects as one."""

    variable: Variable
    entries: tuple[WouldChange, ...]
    answers: int  # how many different answers its values lead to, this one included
    doses: tuple[str, ...]  # drugs withheld now, of which every value settles the dose
    doses_all: bool  # and no other drug is withheld
    by_clearance: bool  # because the clearance, not known now, can be computed with it

    @property
    def weight(self) -> Weight:
        """The gravest thing any of its values changes."""
        return max((weight_of(e.flips) for e in self.entries), key=_WEIGHTS.index, default="none")


def weigh(decision: Decision, knowledge: Knowledge) -> tuple[Weighed, ...]:
    """Every fact of the list that is not given and matters here, with its values tried."""
    found = [
        _weighed(variable, decision, knowledge)
        for variable in variables(decision, knowledge)
        if variable.missing and is_missing(variable, decision)
    ]
    return tuple(w for w in found if not _waits(w, found))


def _waits(weighed: Weighed, others: Iterable[Weighed]) -> bool:
    """Whether the fact does nothing only because the clearance is not known either.

    To say that the advice is the same whatever the creatinine would be wrong; the statement about
    the clearance stands for it.
    """
    if weighed.weight != "none" or weighed.variable.key not in _BESIDE_CLEARANCE:
        return False
    return any(w.variable.key == CLEARANCE and w.weight != "none" for w in others)


def _weighed(variable: Variable, decision: Decision, knowledge: Knowledge) -> Weighed:
    supplied = list(supplies(variable, decision, knowledge))
    tried = list(met(supplied, decision, knowledge))
    found = [each for each in tried if each is not None]
    now = _withheld(decision.outline)
    settled = _settled(now, found) if len(found) == len(supplied) else frozenset[tuple[str, str]]()
    is_part = decision.facts.crcl_ml_min is None and variable.key in _OF_CLEARANCE
    return Weighed(
        variable=variable,
        entries=tuple(merged(tried)),
        answers=len({each.effect for each in found}) + 1,
        doses=tuple(dict.fromkeys(drug for _, drug, _ in _doses_in(decision.outline, settled))),
        doses_all=settled == now,
        by_clearance=is_part,
    )


def _settled(now: _Orders, found: Iterable[Met]) -> _Orders:
    """The orders withheld now that some value doses and no value leaves withheld."""
    left: set[tuple[str, str]] = set()
    dosed: set[tuple[str, str]] = set()
    for each in found:
        still = _withheld(each.outline)
        left |= still
        dosed |= {(regimen, drug) for regimen, drug, _ in each.outline.doses} - still
    return (now & dosed) - left


def _withheld(outline: Outline) -> _Orders:
    return frozenset((r, drug) for r, drug, key in outline.doses if key[_MAINTENANCE] is None)


def _doses_in(outline: Outline, orders: _Orders) -> Iterator[tuple[str, str, tuple[object, ...]]]:
    return (dose for dose in outline.doses if dose[:2] in orders)


def weight_of(flips: tuple[Flip, ...]) -> Weight:
    """How much an effect changes; a stop on what is ordered changes the regimen given."""
    if "outcome" in flips:
        return "outcome"
    return "regimen" if {"preferred", "regimens", "stop"} & set(flips) else "dose"


def is_missing(variable: Variable, decision: Decision) -> bool:
    """Whether the case lacks the fact, and it means something for this case."""
    facts, key = decision.facts, variable.key
    for needed, values in variable.needs.items():
        if facts.given.get(needed) not in values:
            return False
    if key in _CREATININE:
        return facts.crcl_ml_min is None and not any(k in facts.given for k in _CREATININE)
    return is_open(key, decision)


# -- in words ------------------------------------------------------------------------------------


def missing_value_effects(weighed: Iterable[Weighed]) -> tuple[MissingEffect, ...]:
    """The statements, the gravest first, in the list's order among equals."""
    ordered = sorted(weighed, key=lambda w: -_WEIGHTS.index(w.weight))
    return tuple(
        MissingEffect(w.variable.key, w.weight, "; ".join(_details(w)), w.variable.name)
        for w in ordered
    )


def _details(weighed: Weighed) -> Iterator[str]:
    name, weight = weighed.variable.name, weighed.weight
    if weight == "none":
        yield f"same outcome, regimens and doses whatever the {name}"
        return
    if weighed.doses:
        what = "" if weighed.doses_all else f" {join_names(map(drug_name, weighed.doses))}"
        if weighed.by_clearance:
            yield f"with the {name} the creatinine clearance is known, to dose{what} by"
        else:
            yield f"cannot dose{what} until the {name} is known"
    elif weight == "dose":
        yield f"a dose depends on the {name}"
    if weight != "dose":
        gravest = [entry for entry in weighed.entries if weight_of(entry.flips) == weight]
        yield from (f"{entry.says}: {entry.text}" for entry in gravest)


def next_question(weighed: Iterable[Weighed]) -> NextQuestion | None:
    """The one to ask next: by what it can change, by how many answers it tells apart, by order."""
    asked = [w for w in weighed if w.variable.ask and w.weight != "none"]
    if not asked:
        return None
    best = min(asked, key=_turn)
    return NextQuestion(
        key=best.variable.key,
        kind=best.variable.kind,  # type: ignore[arg-type]  # settings have nothing to ask
        effect=best.weight,  # type: ignore[arg-type]  # "none" is left out above
        text=best.variable.ask,
        because="; ".join(_details(best)),
    )


def _turn(weighed: Weighed) -> tuple[int, int, int]:
    weight = _WEIGHTS.index(weighed.weight)
    return (-weight, -weighed.answers, weighed.variable.priority)
