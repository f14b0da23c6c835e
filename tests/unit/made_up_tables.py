"""Dosing tables made up for a test: amikacin, one row or a few."""

from __future__ import annotations

import math
from typing import Any

from ndm_advisor.model.answer import Cited
from ndm_advisor.model.knowledge import Amount, Band, Dosing, Knowledge

SOURCE = (Cited("XCHK-AMK", "made up"),)
NO_AMOUNT = Amount(
    "dose", None, None, None, None, None, None, None, None, units_per_kg=False, note=None
)
WHOLE = (0.0, math.inf)


def fixed(mg: float, name: str = "amikacin", **changes: Any) -> Amount:
    return NO_AMOUNT._replace(components_mg=((name, mg),), **changes)


def band(low: float, high: float, maintenance: Amount | None, **changes: Any) -> Band:
    made = Band(
        low=low,
        low_included=True,
        high=high,
        high_included=False,
        load=None,
        maintenance=maintenance,
        interval_h=8.0,
        to_interval_h=None,
        doses=None,
        infusion_h=3.0,
        to_infusion_h=None,
        no_dose=None,
        note=None,
        basis="",
        sources=SOURCE,
        grade="V",
    )
    return made._replace(**changes)


def table(*bands: Band, **changes: Any) -> Dosing:
    made = Dosing(
        "amikacin/made-up", "amikacin", "systemic", ("EU",), "iv", "crcl_ml_min", bands, "actual",
        None, None, None, None, None, "label", "made up", SOURCE, "V", "2026-11-22", "2027-05-22",
    )  # fmt: skip
    return made._replace(**changes)


def base_with(knowledge: Knowledge, *tables: Dosing, drug: str = "amikacin") -> Knowledge:
    """The base, a drug of which has these tables and no others."""
    held = knowledge.drugs[drug]._replace(dosing=tables)
    return knowledge._replace(drugs={**knowledge.drugs, drug: held})
