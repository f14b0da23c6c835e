"""Which row and which route a dose comes from, and what stands beside it (policy section 5).

Made-up tables with round numbers, as in `test_dose.py`; the tigecycline doses are dossier 7's.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from ndm_advisor.decision.assess import assess
from ndm_advisor.decision.dose import dose_drug, dose_strategy, look_up, no_dose, row_text
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Dosing, Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.unit.made_up_tables import WHOLE, band, base_with, fixed, table
from tests.vignettes.harness import ON


@pytest.fixture
def patient(knowledge: Knowledge, names: Names) -> Any:
    def made(site: str = "complicated-uti", **values: Any) -> Facts:
        given = {"weight_kg": 70.0, "crcl_ml_min": 90.0, "renal_replacement": "none", **values}
        document: dict[str, Any] = {
            "format": "ndm-advisor/case/1",
            "isolate": {"organism": "escherichia-coli"},
            "infection": {"site": site},
            "hospital": {"region": "EU"},
            "patient": {key: value for key, value in given.items() if value is not None},
        }
        case, _ = build_case(document, names=names, on=ON)
        return assess(case, knowledge, guideline="simit-2022", region="EU", on=ON)

    return made


# -- the row ---------------------------------------------------------------------------------------


def test_a_printed_infusion_range_is_shown_whole_unless_the_pair_sets_the_time(
    knowledge: Knowledge, patient: Any
) -> None:
    made = band(*WHOLE, fixed(500), infusion_h=0.5, to_infusion_h=1.0)
    whole = row_text(made, table(made), patient(), knowledge)
    assert whole == "amikacin 500 mg every 8 hours over 30 to 60 minutes"
    pair = row_text(made, table(made), patient(), knowledge, 3.0)
    assert pair == "amikacin 500 mg every 8 hours over 3 hours"


@pytest.mark.parametrize(
    ("mode", "text"),
    [
        ("none", "amikacin 1 g"),
        ("crrt", "amikacin 1 g"),
        ("sled", "amikacin 1 g"),
        ("intermittent-haemodialysis", "amikacin 250 mg"),
    ],
)
def test_a_dose_that_no_kidney_changes(
    knowledge: Knowledge, patient: Any, mode: str, text: str
) -> None:
    session = band(*WHOLE, fixed(250), note="after the session")
    made = table(band(*WHOLE, fixed(1000)), measure="none", haemodialysis=session)
    order = look_up(made, patient(renal_replacement=mode), knowledge).order
    assert order.maintenance_dose is not None
    assert order.maintenance_dose.text == text
    assert order.pending is None
    assert order.crcl_band is None
    assert order.band_edge is None
    assert order.bands is None


def test_one_row_for_every_clearance_needs_none(knowledge: Knowledge, patient: Any) -> None:
    made = table(band(*WHOLE, fixed(1000)))
    order = look_up(made, patient(crcl_ml_min=None), knowledge).order
    assert order.maintenance_dose is not None
    assert order.maintenance_dose.text == "amikacin 1 g"
    assert (order.pending, order.crcl_band, order.bands) == (None, None, None)


def test_an_effluent_table_is_read_by_effluent_alone(knowledge: Knowledge, patient: Any) -> None:
    made = table(
        band(0.0, 2.0, fixed(300)), band(2.0, math.inf, fixed(600)), measure="effluent_l_h"
    )
    facts = patient(renal_replacement="crrt", crrt_effluent_l_h=2.5, crcl_ml_min=None)
    order = look_up(made, facts, knowledge).order
    assert order.maintenance_dose is not None
    assert order.maintenance_dose.text == "amikacin 600 mg"


def test_a_row_that_forbids_says_why_and_gives_nothing(knowledge: Knowledge, patient: Any) -> None:
    made = table(band(0.0, 30.0, None, no_dose="not below 30"), band(30.0, math.inf, fixed(1000)))
    order = look_up(made, patient(crcl_ml_min=20), knowledge).order
    assert (order.pending, order.maintenance_dose, order.interval_h) == ("not below 30", None, None)
    assert order.crcl_band is not None
    assert (order.crcl_band.from_ml_min, order.crcl_band.to_ml_min) == (0, 30)


@pytest.mark.parametrize(
    ("crcl", "distance", "beyond"),
    [
        (58.0, 2.0, "amikacin 2 g every 8 hours over 3 hours"),
        (33.0, 3.0, "amikacin 500 mg every 8 hours over 3 hours"),
    ],
)
def test_the_nearest_edge_and_what_lies_beyond_it(
    knowledge: Knowledge, patient: Any, crcl: float, distance: float, beyond: str
) -> None:
    made = table(
        band(0.0, 30.0, fixed(500)),
        band(30.0, 60.0, fixed(1000)),
        band(60.0, math.inf, fixed(2000)),
    )
    edge = look_up(made, patient(crcl_ml_min=crcl), knowledge).order.band_edge
    assert edge is not None
    assert edge.distance_ml_min == pytest.approx(distance)
    assert edge.dose_beyond == beyond


def test_both_ends_of_a_daily_range_are_shared_out(knowledge: Knowledge, patient: Any) -> None:
    daily = fixed(1200, to_components_mg=(("amikacin", 2400),), per="day")
    dose = look_up(table(band(*WHOLE, daily)), patient(), knowledge).order.maintenance_dose
    assert dose is not None
    assert (dose.total_mg, dose.to_total_mg) == (400, 800)
    assert dose.text == "amikacin 400 to 800 mg"


# -- routes and alternatives -----------------------------------------------------------------------

IV = table(band(*WHOLE, fixed(1000)), id="amikacin/iv")
ORAL = table(band(*WHOLE, fixed(500), infusion_h=None), id="amikacin/oral", route="oral")
NOT_IV = table(band(*WHOLE, None, no_dose="not read"), id="amikacin/iv")


def ordered(knowledge: Knowledge, patient: Any, *tables: Dosing) -> Any:
    held = base_with(knowledge, *tables)
    return dose_drug("amikacin", "systemic", patient(), held, knowledge.strategies["amikacin"])


def test_the_other_route_stands_beside_the_first(knowledge: Knowledge, patient: Any) -> None:
    order = ordered(knowledge, patient, IV, ORAL)
    assert (order.route, order.alternative_dose.route) == ("iv", "oral")
    assert (order.alternative_dose.why, order.alternative_dose.text) == (
        *("oral", "amikacin 500 mg every 8 hours"),
    )
    third = ordered(knowledge, patient, IV, IV._replace(id="amikacin/second"), ORAL)
    assert third.alternative_dose.route == "oral"


def test_an_intravenous_dose_is_no_oral_alternative(knowledge: Knowledge, patient: Any) -> None:
    assert ordered(knowledge, patient, ORAL, IV).alternative_dose is None
    assert ordered(knowledge, patient, NOT_IV, ORAL).route == "oral"
    assert ordered(knowledge, patient, NOT_IV, ORAL).alternative_dose is None


def test_a_drug_is_without_a_dose_only_when_every_route_is(
    knowledge: Knowledge, patient: Any
) -> None:
    strategy = knowledge.strategies["amikacin"]._replace(uses={})
    facts = patient()
    assert no_dose(strategy, facts, base_with(knowledge, NOT_IV, ORAL)) is None
    assert no_dose(strategy, facts, base_with(knowledge, NOT_IV)) == "not read"


def test_the_label_dose_stands_beside_the_high_dose_of_tigecycline(
    knowledge: Knowledge, patient: Any
) -> None:
    strategy = knowledge.strategies["tigecycline"]
    (order,) = dose_strategy(strategy, patient("intra-abdominal"), knowledge)
    assert order.loading_dose is not None
    assert order.maintenance_dose is not None
    assert (order.loading_dose.total_mg, order.maintenance_dose.total_mg) == (200, 100)
    other = order.alternative_dose
    assert other is not None
    assert (other.why, other.route) == ("label", "iv")
    assert other.text == (
        "tigecycline 100 mg first, then tigecycline 50 mg every 12 hours over 30 to 60 minutes"
    )
