"""Polymyxin orders and doses by day, in the units of their own table (dosing dossier 10.2)."""

from __future__ import annotations

from datetime import date

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.read.case_file import build_case

ON = date(2026, 11, 22)


def _text(knowledge, names, **order):
    document = {
        "format": "ndm-advisor/case/1",
        "isolate": {"organism": "Escherichia coli", "mbl": "confirmed", "mbl_method": "pcr"},
        "panel": {"standard": "EUCAST", "results": {"cefiderocol": "S"}},
        "infection": {"site": "bloodstream", "severity": "severe"},
        "patient": {"crcl_ml_min": 90, "renal_replacement": "none"},
        "hospital": {"region": "EU"},
        "orders": [{"drug": "colistin", "infusion_h": 1, "route": "iv", **order}],
    }
    case, _ = build_case(document, names=names, on=ON)
    alerts = advise(case, knowledge, on=ON).order_check.alerts
    return next((a.text for a in alerts if a.id == "dose-outside-band"), "")


@pytest.mark.parametrize(
    ("order", "ordered"),
    [
        ({"dose_million_units": 6, "interval_h": 8}, "18 million units colistimethate a day"),
        ({"dose_million_units": 3, "interval_h": 12}, "6 million units colistimethate a day"),
    ],
)
def test_both_amounts_are_for_a_day(knowledge, names, order, ordered):
    text = _text(knowledge, names, **order)
    assert ordered in text
    assert "9 million units colistimethate a day" in text


@pytest.mark.parametrize(
    "order",
    [{"dose_million_units": 3, "interval_h": 8}, {"dose_million_units": 4.5, "interval_h": 12}],
)
def test_9_million_units_a_day_may_be_shared_out_over_8_or_12_hours(knowledge, names, order):
    assert _text(knowledge, names, **order) == ""
