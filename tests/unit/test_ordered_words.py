"""Two sentences about orders whose figures no vignette can hold (policy section 6).

A range whose ends are printed in two units, and starts that are apart by half a minute.
"""

from __future__ import annotations

from typing import Any

from ndm_advisor.decision.decide import decide
from ndm_advisor.explain.recommendation import explain
from ndm_advisor.model.answer import CaseRef
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases


def said(
    ident: str, base: str, changes: dict[str, Any], knowledge: Knowledge, names: Names
) -> list[str]:
    """What the order alerts of this id say."""
    case, _ = build_case(document(load_bases()[base], changes, []), names=names, on=ON)
    decision = decide(case, knowledge, on=ON)
    answer = explain(decision, knowledge, case=CaseRef(case.id, None, None), tool_version="test")
    return [alert.text for alert in answer.order_check.alerts if alert.id == ident]


def test_a_daily_range_is_reckoned_from_both_ends(knowledge: Knowledge, names: Names) -> None:
    """Dosing dossier 18: 250 to 500 mg every 12 hours at CrCl 30 to 60, so 0.5 to 1 g a day."""
    order = {"drug": "ciprofloxacin", "dose_mg": 750, "interval_h": 12, "route": "oral"}
    changes = {
        "panel.results.ciprofloxacin": "S",
        "patient.crcl_ml_min": 45,
        "orders": [order],
    }
    (text,) = said("dose-outside-band", "cystitis", changes, knowledge, names)
    assert "1.5 g a day ordered; this patient's dose is 500 mg to 1 g a day" in text


def test_the_seconds_of_a_start_are_parts_of_a_minute(knowledge: Knowledge, names: Names) -> None:
    pair = (("ceftazidime-avibactam", 2500, "08:00"), ("aztreonam", 2000, "08:31:30"))
    orders = [
        {"drug": drug, "dose_mg": mg, "interval_h": 8, "infusion_h": 3, "start_time": start}
        for drug, mg, start in pair
    ]
    (text,) = said("pair-not-together", "bloodstream", {"orders": orders}, knowledge, names)
    assert "start 31.5 minutes apart" in text


def test_starts_are_told_apart_to_a_tenth_of_a_minute(knowledge: Knowledge, names: Names) -> None:
    pair = (("ceftazidime-avibactam", 2500, "08:00"), ("aztreonam", 2000, "08:30:20"))
    orders = [
        {"drug": drug, "dose_mg": mg, "interval_h": 8, "infusion_h": 3, "start_time": start}
        for drug, mg, start in pair
    ]
    (text,) = said("pair-not-together", "bloodstream", {"orders": orders}, knowledge, names)
    assert "start 30.3 minutes apart" in text
