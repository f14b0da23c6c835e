"""The figures as typed a second time, brought into the terms of the compiled base."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ndm_advisor.knowledge.files import Tree
from ndm_advisor.model.knowledge import Amount, Band, Dosing

TYPED = Path(__file__).resolve().parent / "double_entry"
LINE = "clearance"  # a table without a renal measure holds for every clearance
MEASURES = {"crcl_ml_min": LINE, "effluent_l_h": "effluent", "none": LINE}
TYPED_MEASURES = {"crcl": LINE, "egfr": LINE, "none": LINE}
UNITS = {
    "million-units-colistimethate": "million_units",
    "mg-colistin-base": "mg_colistin_base",
    "mg-polymyxin-b": "mg_polymyxin_b",
    "units-polymyxin-b": "units_polymyxin_b",
}
NO_DOSE = "none"
ONCE = "once"
HOURS = 24
Ends = tuple[float, float]  # a figure, or a printed range


class Order(NamedTuple):
    """What one row orders. `interval` and `infusion` in hours; an empty infusion is not given."""

    load: dict[str, Ends] | None
    daily: dict[str, Ends] | None  # None: no dose
    interval: Ends | str | None
    infusion: Ends | None


class Span(NamedTuple):
    """Where a row stands: for which drug, and from where to where."""

    drug: str
    region: str
    route: str
    measure: str
    low: float
    low_included: bool
    high: float
    high_included: bool

    def holds(self, value: float) -> bool:
        above = value > self.low or (self.low_included and value == self.low)
        return above and (value < self.high or (self.high_included and value == self.high))

    def is_of(self, other: Span) -> bool:
        return self[:4] == other[:4]

    def samples(self) -> list[float]:
        """Both edges, just inside them, and the middle."""
        high = self.low + 1000 if math.isinf(self.high) else self.high
        step = (high - self.low) / 1000
        inside = [self.low + step, (self.low + high) / 2, high - step]
        return [v for v in (self.low, *inside, high) if self.holds(v)]


class Typed(NamedTuple):
    span: Span
    order: Order
    line: str
    use: str


# -- as typed -------------------------------------------------------------------------------------


def lines(name: str) -> list[dict[str, str]]:
    with (TYPED / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def typed_doses() -> Iterator[Typed]:
    for row in lines("doses.csv"):
        regions = ["EU", "US"] if row["region"] == "both" else [row["region"]]
        for region in regions:
            for route in row["route"].split(" or "):
                said = f"{row['drug']} {row['region']} {row['use']}, {row['where']}"
                yield Typed(_span(row, region, route), _order(row), said, row["use"])


def _span(row: dict[str, str], region: str, route: str) -> Span:
    low = float(row["from"]) if row["from"] else 0.0
    high = float(row["to"]) if row["to"] else math.inf
    by_crrt = "crrt" in row["use"] and row["measure"] == "none"
    return Span(
        row["drug"],
        region,
        route,
        "crrt" if by_crrt else TYPED_MEASURES.get(row["measure"], row["measure"]),
        low,
        row["from_included"] != "n",
        high,
        row["to_included"] == "y",
    )


def _order(row: dict[str, str]) -> Order:
    load = _amount(row["load"]) if row["load"] else None
    infusion = _ends(row["infusion_h"]) if row["infusion_h"] else None
    if row["maintenance"] == NO_DOSE:
        return Order(None, None, None, None)
    once = row["interval_h"] == ONCE
    interval = ONCE if once else _ends(row["interval_h"])
    daily = per_day(_amount(row["maintenance"]), row["per"], interval)
    return Order(load, daily, interval, infusion)


def _amount(text: str) -> dict[str, Ends]:
    """`ceftazidime=2000;avibactam=500`, `mg_per_kg=8..12 up to 600`, ..."""
    text, _, _ = text.partition(" every ")
    text, _, cap = text.partition(" up to ")
    parts: dict[str, Ends] = {}
    for part in text.split(";"):
        name, _, figures = part.partition("=")
        figures, _, basis = figures.partition(" ")
        parts[_name(name + ("_per_kg" if basis.startswith("per kg") else ""))] = _ends(figures)
    if cap:
        parts["cap"] = _ends(cap)
    return parts


def _name(name: str) -> str:
    named = {"mecillinam": "pivmecillinam", "trimethoprim_mg_per_kg": "mg_per_kg"}
    return named.get(name, name)


def _ends(text: str) -> Ends:
    low, _, high = text.partition("..")
    return float(low), float(high or low)


# -- as compiled ----------------------------------------------------------------------------------


def compiled(table: Dosing) -> Iterator[Typed]:
    for region in table.regions:
        for band in table.bands:
            span = _band_span(table, region, band)
            yield Typed(span, order_of(band), f"{table.id}: {edges(band)}", table.use)
        if table.haemodialysis is not None:
            span = _whole(table.drug, region, table.route, "haemodialysis")
            order = order_of(table.haemodialysis)
            yield Typed(span, order, f"{table.id}: haemodialysis", table.use)


def listed_doses(tree: Tree) -> list[Typed]:
    """The high doses of EUCAST's own list, read from its words; it knows no kidney function."""
    return [
        Typed(_whole(record["drug"], region, route, LINE), order, record["id"], "")
        for record in tree["dosage"]
        for region in ("EU", "US")
        for route, order in _worded(record.get("high_dose", ""), record["drug"])
    ]


_LISTED = re.compile(
    r"(?P<amounts>[\d.]+ m?g(?: \+ [\d.]+ m?g)?) (?P<routes>by mouth or intravenously|by mouth|"
    r"intravenously)? ?(?P<times>\d times|twice|once) a day(?:, each over (?P<infusion>\d+) hours)?"
)
_TIMES = {"once": 1, "twice": 2}


def _worded(text: str, drug: str) -> Iterator[tuple[str, Order]]:
    """`2 g intravenously 3 times a day, or 1 g 6 times a day`, dose by dose and route by route."""
    routes = ""
    for found in _LISTED.finditer(text):
        routes = found["routes"] or routes
        times = _TIMES.get(found["times"]) or int(found["times"].split()[0])
        amounts = [_milligrams(amount) for amount in found["amounts"].split(" + ")]
        names = drug.split("-") if len(amounts) > 1 else [drug]
        daily = {n: (mg * times,) * 2 for n, mg in zip(names, amounts, strict=True)}
        infusion = float(found["infusion"]) if found["infusion"] else None
        hours = HOURS / times
        order = Order(None, daily, (hours, hours), infusion and (infusion, infusion))
        for said, route in (("by mouth", "oral"), ("intravenously", "iv")):
            if said in routes:
                yield route, order


def _milligrams(text: str) -> float:
    figure, unit = text.split()
    return float(figure) * (1000 if unit == "g" else 1)


def _whole(drug: str, region: str, route: str, measure: str) -> Span:
    return Span(drug, region, route, measure, 0, True, math.inf, False)  # noqa: FBT003  # edges


def _band_span(table: Dosing, region: str, band: Band) -> Span:
    return Span(
        table.drug,
        region,
        table.route,
        MEASURES[table.measure],
        band.low,
        band.low_included,
        band.high,
        band.high_included,
    )


def edges(band: Band) -> str:
    low = f"{'at least' if band.low_included else 'above'} {band.low:g}"
    if math.isinf(band.high):
        return low
    return f"{low}, {'at most' if band.high_included else 'below'} {band.high:g}"


def order_of(band: Band) -> Order:
    if band.maintenance is None:
        return Order(None, None, None, None)
    interval: Ends | str | None = ONCE
    if band.interval_h is not None:
        interval = (band.interval_h, band.to_interval_h or band.interval_h)
    infusion = None
    if band.infusion_h is not None:
        infusion = (band.infusion_h, band.to_infusion_h or band.infusion_h)
    load = None if band.load is None else parts_of(band.load)
    daily = per_day(parts_of(band.maintenance), band.maintenance.per, interval)
    return Order(load, daily, interval, infusion)


def parts_of(amount: Amount) -> dict[str, Ends]:
    parts: dict[str, Ends] = {}
    if amount.components_mg is not None:
        highs = dict(amount.to_components_mg or amount.components_mg)
        parts = {name: (low, highs[name]) for name, low in amount.components_mg}
    elif amount.mg_per_kg is not None:
        parts["mg_per_kg"] = (amount.mg_per_kg, amount.to_mg_per_kg or amount.mg_per_kg)
    elif amount.units_system is not None and amount.units_amount is not None:
        name = UNITS[amount.units_system] + ("_per_kg" if amount.units_per_kg else "")
        parts[name] = (amount.units_amount, amount.units_to_amount or amount.units_amount)
    if amount.max_mg is not None:
        parts["cap"] = (amount.max_mg, amount.max_mg)
    return parts


def per_day(parts: dict[str, Ends], per: str, interval: Ends | str | None) -> dict[str, Ends]:
    """A daily amount, where the source prints one dose and a single interval."""
    if per == "day" or not isinstance(interval, tuple):
        return parts
    low, high = interval
    return {name: (a * HOURS / high, b * HOURS / low) for name, (a, b) in parts.items()}
