"""Vials and sodium of an offer (policy 9.3), counted from the drug records."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final, cast

from ndm_advisor.decision.alerts import Offered
from ndm_advisor.model import words
from ndm_advisor.model.answer import DrugOrder
from ndm_advisor.model.knowledge import Knowledge

_HOURS_PER_DAY: Final = 24


def supply_lines(offered: Offered, knowledge: Knowledge) -> tuple[str, ...]:
    """Vials per dose and for the first 24 hours, and sodium a day, where the record has them."""
    return tuple(
        line for order in offered.orders for line in _drug(order, offered, knowledge) if line
    )


def _vial(order: DrugOrder, knowledge: Knowledge) -> tuple[float, float | None] | None:
    """(mg in a vial of all components, its volume in mL or None)."""
    text = knowledge.drugs[order.drug].text
    vial = cast("Mapping[str, object]", text.get("vial", {}))
    held = vial.get("vial_mg")
    if isinstance(held, Mapping):
        mg = sum(float(v) for v in held.values())
    elif isinstance(held, (int, float)):
        mg = float(held)
    else:
        return None
    volume = vial.get("vial_volume_ml")
    return mg, float(volume) if isinstance(volume, (int, float)) else None


def _drug(order: DrugOrder, offered: Offered, knowledge: Knowledge) -> Iterator[str]:
    vial = _vial(order, knowledge)
    dose = order.maintenance_dose
    if vial is None or dose is None or dose.total_mg is None or order.interval_h is None:
        return
    mg, volume = vial
    name = words.drug_name(order.drug)
    each = math.ceil(round(dose.total_mg / mg, 6))
    yield f"{name}: {each} {'vial' if each == 1 else 'vials'} per dose"
    if volume is not None and dose.total_mg < mg:
        used = words.number(dose.total_mg / mg * volume, 1)
        yield f"{name}: {used} mL of a {words.number(volume)} mL vial per dose"
    first_day = _first_day(order, mg, each)
    yield f"{name}: {first_day} {'vial' if first_day == 1 else 'vials'} for the first 24 hours"
    yield _sodium(order, mg, knowledge)


def _first_day(order: DrugOrder, mg: float, each: int) -> int:
    """The load and every maintenance dose that starts within 24 hours of it."""
    interval = order.interval_h or _HOURS_PER_DAY
    starts = max(1, math.ceil(_HOURS_PER_DAY / interval))
    if order.loading_dose is None or order.loading_dose.total_mg is None:
        return starts * each
    load = math.ceil(round(order.loading_dose.total_mg / mg, 6))
    return load + (starts - 1) * each


def _sodium(order: DrugOrder, vial_mg: float, knowledge: Knowledge) -> str:
    """Sodium of the maintenance doses of a day, in mg."""
    text = cast("Mapping[str, object]", knowledge.drugs[order.drug].text.get("sodium", {}))
    dose = order.maintenance_dose
    if dose is None or dose.total_mg is None or not order.interval_h:
        return ""
    per_day = dose.total_mg * _HOURS_PER_DAY / order.interval_h
    per_vial, per_g = text.get("sodium_mg_per_vial"), text.get("sodium_mg_per_g")
    if isinstance(per_vial, (int, float)):
        sodium = per_day / vial_mg * per_vial
    elif isinstance(per_g, (int, float)):
        sodium = per_day / 1000 * per_g
    else:
        return ""
    return f"{words.drug_name(order.drug)}: {words.number(sodium, 0)} mg sodium a day"
