"""The comparable core of a decision: equal outlines mean equal advice."""

from __future__ import annotations

from ndm_advisor.decision.alerts import Offered, Raised
from ndm_advisor.decision.rank import Selection
from ndm_advisor.decision.scope import Scope
from ndm_advisor.model.answer import AlternativeDose, Cited, Dose, DrugOrder, Finding, Outline
from ndm_advisor.model.facts import Facts, compared


def outline(
    ended: Scope | None,
    selection: Selection | None,
    offered: tuple[Offered, ...],
    raised: tuple[Raised, ...],
) -> Outline:
    """Outcome, ranking, every number of every order and companion, and the stops. No text."""
    return Outline(
        outcome=ended.outcome if ended else selection.outcome if selection else "abstention",
        reason=ended.reason if ended else selection.reason if selection else "",
        ranked=tuple((o.ranked.strategy, o.ranked.rank, o.ranked.provisional) for o in offered),
        doses=tuple(
            (o.ranked.strategy, order.drug, dose_key(order))
            for o in offered
            for order in (*o.orders, *o.companions)
        ),
        stops=tuple(sorted(r.id for r in raised if r.tier == "stop" and not r.standing)),
        dose_pending=is_pending(offered),
    )


def is_pending(offered: tuple[Offered, ...]) -> bool:
    """Whether any offered drug lacks a dose that a missing fact or a specialist must supply."""
    return any(
        order.maintenance_dose is None for o in offered for order in (*o.orders, *o.companions)
    )


def withheld(offered: tuple[Offered, ...], facts: Facts) -> list[Finding]:
    """A finding for every drug without a dose, with the facts that withhold it."""
    names = ("renal_replacement", "effluent_l_h")
    if not facts.on_renal_replacement:
        names = ("crcl_ml_min", "weight_kg")
    source = (Cited("policy", "section 5, dose_pending"),)
    return [
        Finding("dose", f"withheld/{order.drug}", "true", compared(facts, names), source)
        for o in offered
        for order in o.orders
        if order.maintenance_dose is None
    ]


def dose_key(order: DrugOrder) -> tuple[object, ...]:
    """Every number of an order."""
    return (
        order.route,
        _numbers(order.loading_dose),
        _numbers(order.maintenance_dose),
        order.interval_h,
        order.to_interval_h,
        order.doses,
        order.infusion_h,
        order.to_infusion_h,
        _alternative_key(order.alternative_dose),
    )


def _alternative_key(other: AlternativeDose | None) -> tuple[object, ...] | None:
    if other is None:
        return None
    return (
        other.why,
        other.route,
        _numbers(other.loading_dose),
        _numbers(other.maintenance_dose),
        other.interval_h,
        other.infusion_h,
    )


def _numbers(dose: Dose | None) -> tuple[object, ...] | None:
    if dose is None:
        return None
    components = tuple(sorted(dose.components_mg.items())) if dose.components_mg else None
    return (dose.total_mg, dose.to_total_mg, components, dose.units)
