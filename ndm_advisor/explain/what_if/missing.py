"""What each fact that is not given could change, and which is the most worth asking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from ndm_advisor.decision.decide import Decision
from ndm_advisor.explain.what_if.changes import CLEARANCE, supplies, variables
from ndm_advisor.explain.what_if.would_change import merged, met
from ndm_advisor.model.answer import Flip, MissingEffect, NextQuestion, WouldChange
from ndm_advisor.model.knowledge import Knowledge, Variable

Weight = Literal["none", "dose", "regimen", "outcome"]
_WEIGHTS: Final[tuple[Weight, ...]] = ("none", "dose", "regimen", "outcome")
_RESULT: Final = "panel.results."
_CREATININE: Final = ("patient.creatinine_umol_l", "patient.creatinine_mg_dl")


class Weighed(NamedTuple):
    """A fact that is not given, and what its values were found to do, equal effects as one."""

    variable: Variable
    entries: tuple[WouldChange, ...]
    answers: int  # how many different answers its values lead to, this one included
    settles_dose: bool  # a dose is withheld now and would not be

    @property
    def weight(self) -> Weight:
        """The gravest thing any of its values changes."""
        return max((weight_of(e.flips) for e in self.entries), key=_WEIGHTS.index, default="none")


def weigh(decision: Decision, knowledge: Knowledge) -> tuple[Weighed, ...]:
    """Every fact of the list that is not given and matters here, with its values tried."""
    return tuple(
        _weighed(variable, decision, knowledge)
        for variable in variables(decision, knowledge)
        if variable.missing and is_missing(variable, decision)
    )


def _weighed(variable: Variable, decision: Decision, knowledge: Knowledge) -> Weighed:
    tried = list(met(supplies(variable, decision, knowledge), decision, knowledge))
    effects = [each.effect for each in tried if each is not None]
    settles = any(found.pending == (True, False) for found in effects)
    return Weighed(variable, tuple(merged(tried)), len(set(effects)) + 1, settles)


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
    if key.startswith(_RESULT):
        result = facts.susceptibilities.get(key.removeprefix(_RESULT))
        return result is None or result.used == "untested"
    if key == CLEARANCE:
        return facts.crcl_ml_min is None and not facts.on_renal_replacement
    if key in _CREATININE:
        return facts.crcl_ml_min is None and not any(k in facts.given for k in _CREATININE)
    return key not in facts.given


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
    if weighed.settles_dose:
        yield f"cannot dose until the {name} is known"
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
