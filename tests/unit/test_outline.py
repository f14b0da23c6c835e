"""The outline: equal where the advice is equal, another where any number of it is another.

It is what what-if, `knowledge diff` and `batch --since` compare (policy 10, interface 3 and 4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ndm_advisor.decision.decide import Decision, decide
from ndm_advisor.decision.outline import dose_key
from ndm_advisor.model.answer import AlternativeDose, Dose, DrugOrder, Units
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases

A = "aztreonam-avibactam"
P = "ceftazidime-avibactam+aztreonam"
F = "cefiderocol"
MEROPENEM = {"drug": "meropenem", "dose_mg": 2000, "interval_h": 8, "infusion_h": 3, "route": "iv"}
Decide = Callable[..., Decision]


@pytest.fixture
def decided(knowledge: Knowledge, names: Names) -> Decide:
    def made(base: str, changes: dict[str, Any], *unset: str) -> Decision:
        flat = load_bases()[base]
        case, _ = build_case(document(flat, changes, list(unset)), names=names, on=ON)
        return decide(case, knowledge, on=ON)

    return made


# -- the case --------------------------------------------------------------------------------------


def test_outcome_and_ranking(decided: Decide) -> None:
    made = decided("bloodstream", {}).outline
    assert (made.outcome, made.reason, made.dose_pending) == ("regimens", "", False)
    assert made.ranked == (
        *((A, "preferred", False), (P, "preferred", False)),
        (F, "alternative", False),
    )


def test_what_is_provisional_is_another_advice(decided: Decide) -> None:
    proven = decided("skin-soft-tissue", {}).outline
    untested = decided("skin-soft-tissue", {}, "panel.results.aztreonam-avibactam").outline
    assert [(i, r) for i, r, _ in proven.ranked] == [(i, r) for i, r, _ in untested.ranked]
    assert proven.doses == untested.doses
    assert {i: p for i, _, p in untested.ranked} == {A: True, P: True, F: False}
    assert proven != untested


@pytest.mark.parametrize(
    ("base", "changes", "wanted"),
    [
        ("bloodstream", {"patient.age_years": 12}, ("out_of_scope", "child")),
        ("colonisation", {}, ("not_treatment", "colonisation")),
        (
            "bloodstream",
            {"panel.results.aztreonam-avibactam": "R", "panel.results.cefiderocol": "R"},
            ("abstention", "row-8"),
        ),
    ],
)
def test_nothing_offered(
    decided: Decide, base: str, changes: dict[str, Any], wanted: tuple[str, str]
) -> None:
    made = decided(base, changes).outline
    assert (made.outcome, made.reason) == wanted
    assert (made.ranked, made.doses) == ((), ())


def test_a_dose_for_every_drug_and_companion(decided: Decide) -> None:
    made = decided("intra-abdominal", {})
    assert [(regimen, drug) for regimen, drug, _ in made.outline.doses] == [
        *((A, A), (A, "metronidazole")),
        *((P, "ceftazidime-avibactam"), (P, "aztreonam"), (P, "metronidazole")),
        *((F, F), (F, "metronidazole")),
    ]
    orders = [o for offer in made.offered for o in (*offer.orders, *offer.companions)]
    assert [key for _, _, key in made.outline.doses] == [dose_key(o) for o in orders]


def test_another_clearance_gives_another_outline(decided: Decide) -> None:
    full, reduced = (decided("bloodstream", {"patient.crcl_ml_min": n}) for n in (90, 40))
    assert full.outline.ranked == reduced.outline.ranked
    assert full.outline.doses != reduced.outline.doses
    assert full.outline == decided("bloodstream", {"patient.crcl_ml_min": 95}).outline


# -- stops -----------------------------------------------------------------------------------------


def test_stops_are_named_cautions_and_notes_are_not(decided: Decide) -> None:
    made = decided("bloodstream", {"orders": [MEROPENEM], "infection.source_control": "pending"})
    tiers = {alert.id: alert.tier for alert in made.raised}
    assert tiers["source-control"] == "caution"
    assert tiers["aztreonam-alone"] == "note"
    assert made.outline.stops == ("carbapenem-alone", "resistant-drug-ordered")


def test_what_stands_on_every_answer_is_no_stop(decided: Decide) -> None:
    made = decided("bloodstream", {})
    assert any(alert.standing for alert in made.raised)
    assert made.outline.stops == ()


# -- the numbers of an order -----------------------------------------------------------------------

DOSE = Dose("2 g", 2000.0, None, {"aztreonam": 1500.0, "avibactam": 500.0}, None, None)
OTHER = AlternativeDose("aki-first-48-h", "iv", DOSE, DOSE, 8.0, 3.0, ())
ORDER = DrugOrder(
    drug=A,
    route="iv",
    loading_dose=DOSE,
    maintenance_dose=DOSE,
    interval_h=6.0,
    to_interval_h=None,
    doses=None,
    infusion_h=3.0,
    to_infusion_h=None,
    daily_max_mg=None,
    crcl_band=None,
    band_edge=None,
    bands=None,
    alternative_dose=OTHER,
    dialysis=None,
    basis="label",
    sources=(),
)
UNITS = Dose("9 million units", None, None, None, None, Units("units-polymyxin-b", 9.0, None))
MORE = DOSE._replace(total_mg=2670.0)
SPLIT = DOSE._replace(components_mg={"aztreonam": 1600.0, "avibactam": 400.0})


def ordered(**changes: Any) -> DrugOrder:
    return ORDER._replace(**changes)


def beside(**changes: Any) -> DrugOrder:
    return ORDER._replace(alternative_dose=OTHER._replace(**changes))


@pytest.mark.parametrize(
    "changed",
    [
        ordered(route="oral"),
        ordered(interval_h=8.0),
        ordered(to_interval_h=8.0),
        ordered(doses=1),
        ordered(infusion_h=1.0),
        ordered(to_infusion_h=4.0),
        *(
            ordered(**{key: dose})
            for key in ("loading_dose", "maintenance_dose")
            for dose in (None, MORE, SPLIT, UNITS, DOSE._replace(to_total_mg=2500.0))
        ),
        ordered(alternative_dose=None),
        beside(why="label"),
        beside(route="oral"),
        beside(interval_h=12.0),
        beside(infusion_h=1.0),
        *(
            beside(**{key: dose})
            for key in ("loading_dose", "maintenance_dose")
            for dose in (None, MORE, SPLIT, UNITS)
        ),
    ],
)
def test_another_number_is_another_order(changed: DrugOrder) -> None:
    assert dose_key(changed) != dose_key(ORDER)


def test_an_amount_in_units() -> None:
    units = ORDER._replace(maintenance_dose=UNITS)
    half = UNITS._replace(units=Units("units-polymyxin-b", 4.5, None))
    assert dose_key(units) != dose_key(ORDER._replace(maintenance_dose=half))
    assert dose_key(units) == dose_key(units._replace(sources=(), basis="guideline"))


def test_words_and_the_order_of_components_are_no_numbers() -> None:
    turned = {"avibactam": 500.0, "aztreonam": 1500.0}
    same = DOSE._replace(text="two grams", components_mg=turned)
    assert dose_key(ORDER._replace(maintenance_dose=same)) == dose_key(ORDER)
