"""Bands tile the line of their measure: every value has exactly one band, the edges included."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from ndm_advisor.knowledge.checks.walk import Trees, dosing_tables, said
from ndm_advisor.knowledge.drugs import band, components_of
from ndm_advisor.knowledge.files import Tree
from ndm_advisor.model.knowledge import Band

_EDGES: Final = ("crcl_", "effluent_")
_START: Final = {"crcl_ml_min": "crcl_", "effluent_l_h": "effluent_", "none": "-"}
_HOURS_PER_DAY: Final = 24
_ROUNDING: Final = 1.001  # printed component amounts are rounded: 0.67 g for two thirds


def problems(trees: Trees) -> Iterator[str]:
    """Gaps, overlaps, edges and amounts of every dosing table."""
    for path, drug, table in dosing_tables(trees):
        found = [*_foreign_edges(table), *_of_components(table, drug)]
        bands = sorted(
            (band(record, table["measure"]) for record in table["bands"]),
            key=lambda b: (b.low, not b.low_included, b.high),
        )
        found += [*_tiling(bands, table["measure"]), *_above_maximum(table, bands)]
        for what in found:
            yield said(path, table["id"], what)


def _foreign_edges(table: Tree) -> Iterator[str]:
    """Edges of another measure, and two edges on one side, would be read past in silence."""
    own = _START[table["measure"]]
    for number, record in enumerate(table["bands"], 1):
        edges = [key for key in record if key.startswith(_EDGES)]
        if strange := [key for key in edges if not key.startswith(own)]:
            yield f"band {number} has `{strange[0]}` in a table over {table['measure']}"
        for side in (("at_least", "above"), ("at_most", "below")):
            if sum(any(f"_{word}_" in key for word in side) for key in edges) > 1:
                yield f"band {number} names one edge twice"


def _tiling(bands: list[Band], measure: str) -> Iterator[str]:
    first, last = bands[0], bands[-1]
    from_above_zero = measure == "effluent_l_h" and first.low == 0
    if first.low != 0 or not (first.low_included or from_above_zero):
        yield f"nothing is said from 0 to {first.low:g}"
    for one in bands:
        whole = one.low_included and one.high_included
        if one.low > one.high or (one.low == one.high and not whole):
            yield f"the band from {one.low:g} to {one.high:g} is empty"
    for lower, upper in pairwise(bands):
        yield from _seam(lower, upper)
    if last.high != math.inf:
        yield f"nothing is said above {last.high:g}"


def _seam(lower: Band, upper: Band) -> Iterator[str]:
    if lower.high < upper.low:
        yield f"gap between {lower.high:g} and {upper.low:g}"
    elif lower.high > upper.low:
        yield f"overlap between {upper.low:g} and {lower.high:g}"
    elif lower.high_included and upper.low_included:
        yield f"overlap at {upper.low:g}: both bands hold it"
    elif not lower.high_included and not upper.low_included:
        yield f"gap at {upper.low:g}: neither band holds it"


def _of_components(table: Tree, drug: Tree) -> Iterator[str]:
    """An amount in mg names every component of the drug and nothing else."""
    parts = set(components_of(drug))
    rows = [*table["bands"], *([table["haemodialysis"]] if "haemodialysis" in table else [])]
    for record in (band(row, "none") for row in rows):
        for amount in (record.load, record.maintenance):
            for pairs in () if amount is None else (amount.components_mg, amount.to_components_mg):
                if pairs and {name for name, _ in pairs} != parts:
                    named = ", ".join(name for name, _ in pairs)
                    yield f"an amount names {named}, the drug holds {', '.join(sorted(parts))}"


def _above_maximum(table: Tree, bands: list[Band]) -> Iterator[str]:
    """No band orders more a day than the table's own maximum."""
    maximum = table.get("daily_max_mg")
    for one in bands:
        amount = one.maintenance
        if maximum is None or amount is None or amount.components_mg is None or not one.interval_h:
            continue
        total = sum(mg for _, mg in amount.to_components_mg or amount.components_mg)
        per_day = total if amount.per == "day" else total * _HOURS_PER_DAY / one.interval_h
        if per_day > maximum * _ROUNDING:
            yield f"{per_day:g} mg a day from {one.low:g} is above daily_max_mg = {maximum:g}"
