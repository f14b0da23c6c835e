"""A dosing table in words, for every patient at once: bands as the source prints them."""

from __future__ import annotations

from collections.abc import Iterator

from ndm_advisor.decision.dose import band_name
from ndm_advisor.model import words
from ndm_advisor.model.knowledge import Amount, Band, Dosing


def dosing_lines(table: Dosing, *, grades: bool = False) -> tuple[str, ...]:
    """Which table it is, then a line for each band; `grades` adds how each was read."""
    return tuple(_lines(table, grades=grades))


def _lines(table: Dosing, *, grades: bool) -> Iterator[str]:
    route = "IV" if table.route == "iv" else "by mouth"
    use = table.use.replace("-", " ")
    yield f"{table.label}; {use}; {', '.join(table.regions)}; {route}; basis {table.basis}"
    if table.weight != "none":
        yield f"weight: {table.weight.replace('-', ' ')}"
    for band in table.bands:
        name = "" if table.measure == "none" else f"{band_name(band, table.measure)}: "
        yield f"{name}{band_words(band)}{f' [{band.grade}]' if grades else ''}"
    if table.haemodialysis is not None:
        yield f"haemodialysis: {band_words(table.haemodialysis)}"
    for label, text in (
        ("haemodialysis", table.haemodialysis_text),
        ("continuous renal replacement", table.crrt_text),
    ):
        if text:
            yield f"{label}: {text}"
    if table.daily_max_mg is not None:
        yield f"at most {words.grams(table.daily_max_mg)} per day"


def band_words(band: Band) -> str:
    """One band's order: load first, then maintenance, interval and infusion."""
    if band.maintenance is None:
        return f"no dose: {band.no_dose}"
    load = f"load {amount_words(band.load)}, then " if band.load else ""
    rhythm = words.every(band.interval_h, band.to_interval_h)
    if band.doses == 1:
        rhythm = "as a single dose"
    if band.maintenance.per == "day":
        rhythm = f"per day, divided {rhythm}" if rhythm else "per day"
    time = words.over(band.infusion_h, band.to_infusion_h)
    parts = (f"{load}{amount_words(band.maintenance)}", rhythm, time)
    note = f" ({band.note})" if band.note else ""
    return " ".join(part for part in parts if part) + note


def amount_words(amount: Amount) -> str:
    """An amount as its source prints it, without a patient."""
    text = _amount(amount)
    return f"{text} ({amount.note})" if amount.note else text


def _amount(amount: Amount) -> str:
    if amount.components_mg is not None:
        low = words.components(dict(amount.components_mg))
        upper = amount.to_components_mg
        return f"{low} to {words.components(dict(upper))}" if upper else low
    if amount.mg_per_kg is not None:
        most = f", at most {words.grams(amount.max_mg)}" if amount.max_mg else ""
        return f"{_span(amount.mg_per_kg, amount.to_mg_per_kg)} mg/kg{most}"
    system, low_units = amount.units_system, amount.units_amount
    if system is None or low_units is None:
        return ""
    text = words.polymyxin_amount(system, low_units, amount.units_to_amount)
    return f"{text} per kg" if amount.units_per_kg else text


def _span(low: float, high: float | None) -> str:
    return words.number(low) if high is None else f"{words.number(low)} to {words.number(high)}"
