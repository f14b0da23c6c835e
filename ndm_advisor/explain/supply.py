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
_SAID_WITH_A_VOWEL: Final = ("8", "11", "18")


def supply_lines(offered: Offered, region: str, knowledge: Knowledge) -> tuple[str, ...]:
    """Vials per dose and for the first 24 hours, and sodium a day, where the record has them."""
    return tuple(line for o in offered.orders for line in _drug(o, region, knowledge))


def _said(order: DrugOrder, what: str, region: str, knowledge: Knowledge) -> Mapping[str, object]:
    """A drug's statement for the region, or for both; empty where none was read."""
    text = knowledge.drugs[order.drug].text
    found = text.get(f"{what}_{region.lower()}") or text.get(what, {})
    return cast("Mapping[str, object]", found)


def _vial(order: DrugOrder, region: str, knowledge: Knowledge) -> tuple[float, float | None] | None:
    """(mg in a vial of all components, its volume in mL or None)."""
    vial = _said(order, "vial", region, knowledge)
    held = vial.get("vial_mg")
    if isinstance(held, Mapping):
        mg = sum(float(v) for v in held.values())
    elif isinstance(held, (int, float)):
        mg = float(held)
    else:
        return None
    volume = vial.get("vial_volume_ml")
    return mg, float(volume) if isinstance(volume, (int, float)) else None


def _drug(order: DrugOrder, region: str, knowledge: Knowledge) -> Iterator[str]:
    """The lines of one drug; of both doses where a person is still to choose between them."""
    name, other = words.drug_name(order.drug), order.alternative_dose
    if other is None or other.why != "aki-first-48-h":
        yield from _counted(order, name, region, knowledge)
        return
    full = order._replace(
        loading_dose=other.loading_dose,
        maintenance_dose=other.maintenance_dose,
        interval_h=other.interval_h,
    )
    yield from _counted(order, f"{name}, banded dose", region, knowledge)
    yield from _counted(full, f"{name}, full dose", region, knowledge)


def _counted(order: DrugOrder, name: str, region: str, knowledge: Knowledge) -> Iterator[str]:
    dose, vial = order.maintenance_dose, _vial(order, region, knowledge)
    if dose is None or dose.total_mg is None:
        return
    if vial is not None:
        yield from (f"{name}: {line}" for line in _vials(order, dose.total_mg, *vial))
    if sodium := _sodium(order, None if vial is None else vial[0], region, knowledge):
        yield f"{name}: {sodium}"


def _vials(order: DrugOrder, total_mg: float, mg: float, volume: float | None) -> Iterator[str]:
    each = math.ceil(round(total_mg / mg, 6))
    yield f"{each} {'vial' if each == 1 else 'vials'} per dose"
    if volume is not None and total_mg < mg:
        used = words.number(total_mg / mg * volume, 1)
        size = words.number(volume)
        article = "an" if size.startswith(_SAID_WITH_A_VOWEL) else "a"
        yield f"{used} mL of {article} {size} mL vial per dose"
    first_day = _first_day(order, mg, each)
    yield f"{first_day} {'vial' if first_day == 1 else 'vials'} for the first 24 hours"


def _first_day(order: DrugOrder, mg: float, each: int) -> int:
    """The load and every maintenance dose that starts within 24 hours of it."""
    interval = order.interval_h or _HOURS_PER_DAY
    starts = max(1, math.ceil(_HOURS_PER_DAY / interval))
    if order.loading_dose is None or order.loading_dose.total_mg is None:
        return starts * each
    load = math.ceil(round(order.loading_dose.total_mg / mg, 6))
    return load + (starts - 1) * each


def _sodium(order: DrugOrder, vial_mg: float | None, region: str, knowledge: Knowledge) -> str:
    """Sodium of the maintenance doses of a day, in mg."""
    text = _said(order, "sodium", region, knowledge)
    dose = order.maintenance_dose
    if dose is None or dose.total_mg is None or not order.interval_h:
        return ""
    per_day = dose.total_mg * _HOURS_PER_DAY / order.interval_h
    per_vial, per_g = text.get("sodium_mg_per_vial"), text.get("sodium_mg_per_g")
    if isinstance(per_vial, (int, float)) and vial_mg:
        sodium = per_day / vial_mg * per_vial
    elif isinstance(per_g, (int, float)):
        sodium = per_day / 1000 * per_g
    else:
        return ""
    return f"{words.number(sodium, 0)} mg sodium a day"
