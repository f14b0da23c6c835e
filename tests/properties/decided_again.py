"""Decides edited cases again through the reader, and says what differs: the measure of `what-if`.

Nothing here asks the engine. A case is written out as canonical JSON, edited by dotted key, read
again like a file, settled as the command settles it, and decided anew.
"""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from ndm_advisor.cli.settings import apply_hospital_settings
from ndm_advisor.decision.decide import Decision, decide
from ndm_advisor.errors import CaseInvalidError
from ndm_advisor.model.answer import Dose, DrugOrder
from ndm_advisor.model.case import Case, canonical_json
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case, read_case
from ndm_advisor.read.names import Names
from tests.properties.seeded_cases import put, seeded_document

ON: Final = date(2026, 11, 22)
EXAMPLES: Final = sorted((Path(__file__).parents[2] / "examples" / "cases").glob("*.toml"))
GENERATED: Final = 500
_SETTINGS: Final = ("hospital.guideline", "hospital.region")


class Seen(NamedTuple):
    """What a clinician would call the advice: no text, no source, no reason."""

    outcome: str
    ranked: tuple[tuple[str, str, bool], ...]  # regimen, rank, provisional
    orders: dict[str, dict[str, tuple[object, ...]]]  # regimen -> drug or companion -> numbers
    withheld: frozenset[tuple[str, str]]  # regimen, drug without a dose
    stops: frozenset[str]

    @property
    def preferred(self) -> tuple[str, ...]:
        return tuple(regimen for regimen, rank, _ in self.ranked if rank == "preferred")


class Started(NamedTuple):
    """A case to start from: its document, what was decided and what is seen of it."""

    name: str
    document: dict[str, Any]
    case: Case
    decision: Decision
    seen: Seen


class Again:
    """Reads and decides documents, and starts from the examples and the generated cases."""

    def __init__(self, knowledge: Knowledge, names: Names) -> None:
        self.knowledge = knowledge
        self.names = names

    def example(self, path: Path) -> Started:
        text = path.read_text("utf-8")
        case, _ = read_case(text, path=str(path), names=self.names, on=ON)
        return self._started(path.stem, case)

    def generated(self, number: int) -> Started:
        case, _ = build_case(seeded_document(number), names=self.names, on=ON)
        return self._started(f"generated {number}", case)

    def _started(self, name: str, case: Case) -> Started:
        document = json.loads(canonical_json(case))
        decision = self.decision(document)
        assert decision is not None
        return Started(name, document, case, decision, seen_in(decision))

    def with_(self, document: dict[str, Any], changes: dict[str, Any]) -> Seen | None:
        """What is seen of the edited case; None where no case file can say so."""
        decision = self.decision(document, changes)
        return None if decision is None else seen_in(decision)

    def decision(
        self, document: dict[str, Any], changes: dict[str, Any] | None = None
    ) -> Decision | None:
        edited = copy.deepcopy(document)
        options = {}
        for key, value in (changes or {}).items():
            if key in _SETTINGS:
                options[key.partition(".")[2]] = value
            else:
                put(edited, key, copy.deepcopy(value))
        try:
            case, _ = build_case(edited, names=self.names, on=ON)
        except CaseInvalidError:
            return None
        applied = apply_hospital_settings(
            case,
            self.knowledge,
            None,
            guideline=options.get("guideline"),
            region=options.get("region"),
        )
        return decide(
            applied.case, self.knowledge, on=ON, settled=applied.settled, positions_too=False
        )


def seen_in(decision: Decision) -> Seen:
    offered = {
        o.ranked.strategy: {order.drug: order for order in (*o.orders, *o.companions)}
        for o in decision.offered
    }
    return Seen(
        outcome=decision.outcome,
        ranked=tuple(
            (o.ranked.strategy, o.ranked.rank, o.ranked.provisional) for o in decision.offered
        ),
        orders={
            regimen: {drug: _numbers(order) for drug, order in orders.items()}
            for regimen, orders in offered.items()
        },
        withheld=frozenset(
            (regimen, drug)
            for regimen, orders in offered.items()
            for drug, order in orders.items()
            if order.maintenance_dose is None
        ),
        stops=frozenset(r.id for r in decision.raised if r.tier == "stop" and not r.standing),
    )


def _numbers(order: DrugOrder) -> tuple[object, ...]:
    """Every number by which one order differs from another, those of the alternative with it."""
    beside = order.alternative_dose
    return (
        order.route,
        _dose(order.loading_dose),
        _dose(order.maintenance_dose),
        order.interval_h,
        order.to_interval_h,
        order.doses,
        order.infusion_h,
        order.to_infusion_h,
        beside
        and (
            beside.why,
            beside.route,
            _dose(beside.loading_dose),
            _dose(beside.maintenance_dose),
            beside.interval_h,
            beside.infusion_h,
        ),
    )


def _dose(dose: Dose | None) -> tuple[object, ...] | None:
    if dose is None:
        return None
    return (dose.total_mg, dose.to_total_mg, dose.components_mg, dose.units)


def flips(old: Seen, new: Seen) -> set[str]:
    """What differs: outcome, preferred, stop, a dose of what is offered in both, other offers.

    With the same preferred regimens, a dose withheld in one and none in the other is a dose too.
    """
    found = set()
    if old.outcome != new.outcome:
        found.add("outcome")
    if old.preferred != new.preferred:
        found.add("preferred")
    if old.stops != new.stops:
        found.add("stop")
    both = old.orders.keys() & new.orders.keys()
    if any(old.orders[regimen] != new.orders[regimen] for regimen in both):
        found.add("dose")
    if old.preferred == new.preferred:
        if bool(old.withheld) != bool(new.withheld):
            found.add("dose")
        if old.ranked != new.ranked:
            found.add("regimens")
    return found


def weight(found: set[str]) -> str:
    """The gravest of what differs; a stop on what is ordered changes the regimen given."""
    if "outcome" in found:
        return "outcome"
    if found & {"preferred", "regimens", "stop"}:
        return "regimen"
    return "dose" if found else "none"
