"""No alert asks for what another forbids: one order, one way out."""

from __future__ import annotations

from datetime import date

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.read.case_file import build_case

ON = date(2026, 11, 22)
MEROPENEM = {"drug": "meropenem", "dose_mg": 2000, "interval_h": 8, "infusion_h": 3}


def _answer(knowledge, names, *, site="bloodstream", patient=None, orders=(MEROPENEM,)):
    document = {
        "format": "ndm-advisor/case/1",
        "isolate": {
            "organism": "Escherichia coli",
            "mbl": "confirmed",
            "mbl_family": "NDM",
            "mbl_method": "pcr",
        },
        "panel": {
            "standard": "EUCAST",
            "results": {
                "aztreonam-avibactam": {"mic_mg_l": "0.5", "category": "S"},
                "meropenem": "R",
            },
        },
        "infection": {"site": site, "severity": "severe"},
        "patient": {"crcl_ml_min": 45, "renal_replacement": "none", **(patient or {})},
        "orders": [*orders],
    }
    case, _ = build_case(document, names=names, on=ON)
    return advise(case, knowledge, on=ON)


def _actions(answer):
    return {a.id: a.action for a in answer.alerts}


@pytest.mark.safety("SAF-306")
def test_the_dose_of_an_order_that_is_replaced_is_not_mended(knowledge, names):
    answer = _answer(knowledge, names)
    assert [c.do for c in answer.order_check.change] == ["replace"]
    actions = _actions(answer)
    assert "Order meropenem" not in actions["dose-outside-band"]
    assert "this order goes" in actions["dose-outside-band"]


@pytest.mark.safety("SAF-306")
def test_a_resistant_drug_is_stopped_when_its_replacement_hangs(knowledge, names):
    actions = _actions(_answer(knowledge, names))
    assert "when it hangs" in actions["resistant-drug-ordered"]
    assert "Do not give it" not in actions["resistant-drug-ordered"]


@pytest.mark.safety("SAF-306", "SAF-103")
def test_a_drug_the_patient_is_severely_allergic_to_is_held_at_once(knowledge, names):
    allergy = {"allergies": [{"drug": "meropenem", "severity": "severe"}]}
    answer = _answer(knowledge, names, patient=allergy)
    change = answer.order_check.change[0]
    assert "not stopped before" not in change.because
    assert "no further dose of meropenem" in change.because
    for alert in answer.order_check.alerts:
        if alert.id in {"severe-allergy", "carbapenem-alone", "resistant-drug-ordered"}:
            assert alert.action.startswith("Hold every further dose")


@pytest.mark.safety("SAF-306")
def test_at_colonisation_the_order_stops_and_nothing_replaces_it(knowledge, names):
    answer = _answer(knowledge, names, site="colonisation")
    assert [c.do for c in answer.order_check.change] == ["stop"]
    assert "Give " not in _actions(answer)["carbapenem-alone"]


@pytest.mark.safety("SAF-306")
def test_a_running_drug_is_adjusted_without_a_second_load(knowledge, names):
    order = {
        "drug": "aztreonam-avibactam",
        "components_mg": {"aztreonam": 1500, "avibactam": 500},
        "interval_h": 6,
        "infusion_h": 3,
    }
    answer = _answer(knowledge, names, orders=(order,))
    change = answer.order_check.change[0]
    assert change.do == "adjust"
    assert "first, then" not in change.because
    (alert,) = [a for a in answer.order_check.alerts if a.id == "dose-outside-band"]
    assert "first, then" not in alert.action
    assert "aztreonam 0.75 g + avibactam 0.25 g" in alert.action
    assert "aztreonam 0.75 g + avibactam 0.25 g" in change.because
