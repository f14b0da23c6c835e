"""Breakpoints made up for a test: one row, of which a test names what matters to it."""

from __future__ import annotations

from typing import Any

from ndm_advisor.model.answer import Cited
from ndm_advisor.model.knowledge import Breakpoint

DRUG = "amikacin"
SOURCE = Cited("EUCAST16", "made up")


def row(**changes: Any) -> Breakpoint:
    made = Breakpoint(
        id="made-up",
        standard="EUCAST",
        version="2026",
        drug=DRUG,
        organisms="",
        indication="all",
        method="MIC",
        status="numeric",
        s_at_most_mg_l=None,
        r_above_mg_l=None,
        r_at_least_mg_l=None,
        s_at_least_mm=None,
        r_below_mm=None,
        r_at_most_mm=None,
        between=None,
        off_scale_s=False,
        atu_from=None,
        atu_to=None,
        disk_content_ug=None,
        remark="",
        sources=(SOURCE,),
    )
    return made._replace(**changes)
