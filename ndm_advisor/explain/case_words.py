"""What the case itself says, in words: its orders and allergies, as given and not judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.orders import needs_interval
from ndm_advisor.model import words
from ndm_advisor.model.answer import OrderLine
from ndm_advisor.model.case import Allergy, Case, Order
from ndm_advisor.model.knowledge import Drug, Knowledge

_ROUTES: Final[Mapping[str, str]] = {"iv": "IV", "im": "IM", "oral": "by mouth", "other": ""}


def order_lines(decision: Decision, knowledge: Knowledge) -> tuple[OrderLine, ...]:
    """Every order of the case in its place, with whether the check could judge it."""
    scope = decision.scope
    outside = scope is not None and scope.outcome == "out_of_scope"
    ordered = decision.ordered
    lacks = {  # a load, and a drug given once, needs no interval
        p.number
        for p in ordered.placed
        if p.order.interval_h is None and not p.is_loading and needs_interval(p, ordered)
    }
    judged = {p.number for p in ordered.placed if p.has_dose and not outside} - lacks
    lines = []
    for number, order in enumerate(decision.case.orders, start=1):
        drug = knowledge.drugs.get(order.drug_id or "")
        text = _order(order, drug, lacks_interval=number in lacks)
        lines.append(OrderLine(number, drug.id if drug else None, text, number in judged))
    return tuple(lines)


def _order(order: Order, drug: Drug | None, *, lacks_interval: bool) -> str:
    """`aztreonam 2 g IV every 6 hours over 1 hour`; what is missing is said."""
    name = words.drug_name(drug.id) if drug else order.drug
    rhythm = "(no interval given)" if lacks_interval else words.every(order.interval_h)
    parts = (
        _dose(order, name, drug) or f"{name} (no dose given)",
        _route(order, drug),
        rhythm,
        words.over(order.infusion_h),
        "as a load" if order.kind == "loading" else "",
    )
    return " ".join(part for part in parts if part)


def _route(order: Order, drug: Drug | None) -> str:
    """The route, unless the drug's name says it: IV fosfomycin."""
    named = _ROUTES.get(order.route or "", order.route or "")
    return "" if drug is not None and drug.id in {"fosfomycin-iv", "fosfomycin-oral"} else named


def _dose(order: Order, name: str, drug: Drug | None) -> str:
    """The amount with the drug's name before it; "" where the order gives none."""
    if order.components_mg is not None:
        amount = words.components(order.components_mg)
        return amount if len(order.components_mg) > 1 else f"{name} {words.grams(_sum(order))}"
    if order.dose_mg is not None:
        # The order names no split, and none is reckoned for it.
        total = " in total" if drug is not None and len(drug.components) > 1 else ""
        return f"{name} {words.grams(order.dose_mg)}{total}"
    units = next(_units(order), None)
    if units is None:
        return ""
    return units if name in units else f"{name} {units}"


def _sum(order: Order) -> float:
    return sum((order.components_mg or {}).values())


def _units(order: Order) -> Iterator[str]:
    """An amount in the unit system it was ordered in."""
    systems = {
        "million-units-colistimethate": order.dose_million_units,
        "mg-colistin-base": order.dose_mg_colistin_base,
        "mg-polymyxin-b": order.dose_mg_polymyxin_b,
        "units-polymyxin-b": order.dose_units,
    }
    for system, amount in systems.items():
        if amount is not None:
            yield words.polymyxin_amount(system, amount)


def allergy_words(case: Case) -> tuple[str, ...] | None:
    """Allergies as the case words them; None where they were not given."""
    if case.patient.allergies is None:
        return None
    return tuple(_allergy(allergy) for allergy in case.patient.allergies)


def _allergy(allergy: Allergy) -> str:
    severity = f"{allergy.severity} by the case" if allergy.severity else ""
    said = ", ".join(part for part in (allergy.reaction, severity) if part)
    return f"{allergy.drug}: {said or 'reaction not given'}"
