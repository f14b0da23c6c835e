"""How a dose is printed (policy section 5, interface section 2), one made-up table at a time.

The figures are round, so that every amount can be worked out by hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from ndm_advisor.decision.assess import assess
from ndm_advisor.decision.dose import dose_drug, look_up
from ndm_advisor.model.answer import Cited
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Amount, Band, Dosing, Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON

Patient = Callable[..., Facts]

SOURCE = (Cited("XCHK-AMK", "made up"),)
AMOUNT = Amount(
    "dose", None, None, None, None, None, None, None, None, units_per_kg=False, note=None
)
PER_KG = AMOUNT._replace(mg_per_kg=10.0)
BAND = Band(
    low=0.0,
    low_included=True,
    high=math.inf,
    high_included=False,
    load=None,
    maintenance=PER_KG,
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


def table(drug: str, *bands: Band, **changes: Any) -> Dosing:
    made = Dosing(
        f"{drug}/made-up", drug, "systemic", ("EU",), "iv", "crcl_ml_min", bands, "actual",
        None, None, None, None, None, "label", "made up", SOURCE, "V", "2026-11-22", "2027-05-22",
    )  # fmt: skip
    return made._replace(**changes)


def fixed(**mg: float) -> Amount:
    return AMOUNT._replace(components_mg=tuple(mg.items()))


def base_with(knowledge: Knowledge, drug: str, *tables: Dosing) -> Knowledge:
    """The base, a drug of which has these tables and no others."""
    held = knowledge.drugs[drug]._replace(dosing=tables)
    return knowledge._replace(drugs={**knowledge.drugs, drug: held})


@pytest.fixture
def patient(knowledge: Knowledge, names: Names) -> Patient:
    def made(region: str = "EU", **values: Any) -> Facts:
        given = {"weight_kg": 70.0, "crcl_ml_min": 90.0, "renal_replacement": "none", **values}
        flat: dict[str, object] = {
            "format": "ndm-advisor/case/1",
            "isolate": {"organism": "escherichia-coli"},
            "infection": {"site": "bloodstream"},
            "hospital": {"region": region},
            "patient": {key: value for key, value in given.items() if value is not None},
        }
        case, _ = build_case(flat, names=names, on=ON)
        return assess(case, knowledge, guideline="simit-2022", region=region, on=ON)

    return made


# -- by weight -------------------------------------------------------------------------------------


def test_a_drug_by_weight_is_named_with_its_route(knowledge: Knowledge, patient: Patient) -> None:
    """Two products hold fosfomycin: a dose says which."""
    order = look_up(table("fosfomycin-iv", BAND), patient(), knowledge).order
    assert order.maintenance_dose is not None
    text = "IV fosfomycin 700 mg (10 mg/kg, actual weight 70 kg)"
    assert order.maintenance_dose.text == text


def test_three_components_by_weight_are_all_named(knowledge: Knowledge, patient: Patient) -> None:
    drug = "trimethoprim-sulfamethoxazole"
    three = knowledge.drugs[drug]._replace(
        components=("trimethoprim", "sulfamethoxazole", "a-third"),
        ratio={"sulfamethoxazole": 5.0, "a-third": 0.5},
    )
    held = knowledge._replace(drugs={**knowledge.drugs, drug: three})
    dose = look_up(table(drug, BAND), patient(), held).order.maintenance_dose
    assert dose is not None
    assert dose.text == (
        "trimethoprim 700 mg (10 mg/kg, actual weight 70 kg) + sulfamethoxazole 3,500 mg"
        " + a-third 350 mg"
    )


# -- bands while the effluent rate is not known ----------------------------------------------------


@pytest.mark.parametrize(
    ("region", "text"),
    [
        ("EU", "cefiderocol 1 g every 8 hours over 3 hours"),
        ("US", "cefiderocol 2 g every 8 hours over 3 hours"),
    ],
)
def test_the_effluent_bands_are_those_of_the_region(
    knowledge: Knowledge, patient: Patient, region: str, text: str
) -> None:
    """Section 3, region: it chooses the label table wherever both are listed."""
    kidneys = BAND._replace(maintenance=fixed(cefiderocol=500))
    systemic = table("cefiderocol", kidneys, regions=("EU", "US"))
    by_region = [
        table(
            "cefiderocol",
            BAND._replace(maintenance=fixed(cefiderocol=mg)),
            use="crrt",
            measure="effluent_l_h",
            regions=(place,),
        )
        for place, mg in (("EU", 1000), ("US", 2000))
    ]
    held = base_with(knowledge, "cefiderocol", systemic, *by_region)
    facts = patient(region, renal_replacement="crrt", crcl_ml_min=None)
    order = look_up(systemic, facts, held).order
    assert order.pending == "dose withheld: the effluent rate in L/h is not known"
    assert [b.text for b in order.bands or ()] == [text]


# -- the full dose in kidney injury ----------------------------------------------------------------


def test_the_full_dose_in_kidney_injury_names_its_load(
    knowledge: Knowledge, patient: Patient
) -> None:
    """Section 5: the full dose stands beside the banded one, as a whole order."""
    low = BAND._replace(high=50.0, maintenance=fixed(cefiderocol=500))
    full = BAND._replace(
        low=50.0, load=fixed(cefiderocol=3000), maintenance=fixed(cefiderocol=2000)
    )
    held = base_with(knowledge, "cefiderocol", table("cefiderocol", low, full))
    facts = patient(crcl_ml_min=20.0, aki_within_48h=True, baseline_ckd=False)
    strategy = knowledge.strategies["cefiderocol"]
    other = dose_drug("cefiderocol", "systemic", facts, held, strategy).alternative_dose
    assert other is not None
    assert other.text == ("cefiderocol 3 g first, then cefiderocol 2 g every 8 hours over 3 hours")
