"""One dosing table and one patient at a time: amounts, words, bands, replacement, alternatives.

The tables are made up with round numbers, so that every amount can be worked out by hand; the
rules are those of policy section 5 and dosing dossier 1.2 to 1.4.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from ndm_advisor.decision.assess import assess
from ndm_advisor.decision.dose import (
    band_at,
    band_name,
    dose_drug,
    dose_strategy,
    edges_of,
    lands_elsewhere,
    look_up,
    no_dose,
    row_text,
    same_order,
    tables_of,
    use_of,
)
from ndm_advisor.model.answer import Cited
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Amount
from ndm_advisor.read.case_file import build_case
from tests.unit.made_up_tables import NO_AMOUNT, SOURCE, WHOLE, band, base_with, fixed, table
from tests.vignettes.harness import ON


def per_kg(rate: float, **changes: Any) -> Amount:
    return NO_AMOUNT._replace(mg_per_kg=rate, **changes)


def units(system: str, amount: float, to: float | None = None, **changes: Any) -> Amount:
    return NO_AMOUNT._replace(
        units_system=system, units_amount=amount, units_to_amount=to, **changes
    )


@pytest.fixture
def patient(knowledge, names):
    def made(**values: Any) -> Facts:
        given = {"weight_kg": 70.0, "crcl_ml_min": 90.0, "renal_replacement": "none", **values}
        document = {
            "format": "ndm-advisor/case/1",
            "isolate": {"organism": "escherichia-coli"},
            "infection": {"site": "complicated-uti"},
            "hospital": {"region": "EU"},
            "patient": {key: value for key, value in given.items() if value is not None},
        }
        case, _ = build_case(document, names=names, on=ON)
        return assess(case, knowledge, guideline="simit-2022", region="EU", on=ON)

    return made


# -- amounts by weight -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kg", "mg", "text"),
    [
        (70, 1050, "amikacin 1,050 mg (15 mg/kg, actual weight 70 kg)"),
        (66.5, 997.5, "amikacin 998 mg (15 mg/kg, actual weight 66.5 kg)"),
        (100, 1500, "amikacin 1,500 mg (15 mg/kg, actual weight 100 kg)"),
        (120, 1500, "amikacin 1,500 mg (15 mg/kg, actual weight 120 kg, ceiling reached)"),
    ],
)
def test_by_weight_up_to_the_ceiling(knowledge, patient, kg, mg, text):
    made = table(band(*WHOLE, per_kg(15, max_mg=1500)))
    dose = look_up(made, patient(weight_kg=kg), knowledge).order.maintenance_dose
    assert dose.total_mg == pytest.approx(mg)
    assert dose.text == text
    assert (dose.per_kg.mg_per_kg, dose.per_kg.weight_kg) == (15, kg)
    assert dose.per_kg.to_mg_per_kg is None
    assert dose.to_total_mg is None


def test_a_daily_rate_and_its_ceiling_are_shared_out(knowledge, patient):
    daily = per_kg(15, to_mg_per_kg=30, max_mg=900, per="day")
    made = table(band(*WHOLE, daily, interval_h=8.0))
    dose = look_up(made, patient(weight_kg=50), knowledge).order.maintenance_dose
    assert dose.total_mg == pytest.approx(250)  # 15 x 50 / 3
    assert dose.per_kg.mg_per_kg == pytest.approx(5)
    assert dose.per_kg.to_mg_per_kg == pytest.approx(10)
    assert dose.to_total_mg == pytest.approx(500)
    heavy = look_up(made, patient(weight_kg=80), knowledge).order.maintenance_dose
    assert heavy.total_mg == pytest.approx(300)  # 900 / 3, not 400
    assert heavy.text == "amikacin 300 mg (5 mg/kg, actual weight 80 kg, ceiling reached)"


def test_a_combination_by_weight_names_both_components(knowledge, patient):
    drug = "trimethoprim-sulfamethoxazole"
    made = table(band(*WHOLE, per_kg(5)), drug=drug)
    dose = look_up(made, patient(weight_kg=70), knowledge).order.maintenance_dose
    text = "trimethoprim 350 mg (5 mg/kg, actual weight 70 kg) + sulfamethoxazole 1,750 mg"
    assert dose.text == text
    assert dose.components_mg == pytest.approx({"trimethoprim": 350, "sulfamethoxazole": 1750})
    assert dose.total_mg == pytest.approx(2100)


def test_without_weight_the_dose_is_withheld(knowledge, patient):
    order = look_up(table(band(*WHOLE, per_kg(15))), patient(weight_kg=None), knowledge).order
    assert order.pending == "dose withheld: the weight is not known"
    assert order.maintenance_dose is None
    assert order.interval_h is None
    assert (
        look_up(table(band(*WHOLE, fixed(500))), patient(weight_kg=None), knowledge).order.pending
        is None
    )


@pytest.mark.parametrize(
    ("rule", "kg", "height", "basis", "used"),
    [
        ("actual", 100, 175, "actual", 100),
        ("adjusted-above-1.2-ideal", 70, 177.8, "actual", 70),  # ideal 73
        ("adjusted-above-1.2-ideal", 87.6, 177.8, "actual", 87.6),  # 1.2 x 73 and not above
        ("adjusted-above-1.2-ideal", 93, 177.8, "adjusted", 81),  # 73 + 0.4 x 20
        ("adjusted-above-1.25-ideal", 91, 177.8, "actual", 91),  # below 1.25 x 73 = 91.25
        ("adjusted-above-1.25-ideal", 91.25, 177.8, "adjusted", 80.3),
        ("ideal", 100, 177.8, "ideal", 73),
        ("ideal", 100, None, "actual", 100),
        ("none", 100, 177.8, "actual", 100),
    ],
)
def test_the_weight_that_doses(  # noqa: PLR0917
    knowledge, patient, rule, kg, height, basis, used
):
    made = table(band(*WHOLE, per_kg(10)), weight=rule)
    facts = patient(weight_kg=kg, height_cm=height, sex="male")
    order = look_up(made, facts, knowledge).order
    assert order.maintenance_dose.per_kg.weight_basis == basis
    assert order.maintenance_dose.total_mg == pytest.approx(10 * used, rel=1e-4)
    said = ("height not given: actual weight used",) if height is None else ()
    assert order.notes == said


# -- polymyxins ------------------------------------------------------------------------------------


def test_million_units_for_one_dose_of_a_daily_range(knowledge, patient):
    amount = units("million-units-colistimethate", 5.5, 7.5, per="day")
    made = table(band(*WHOLE, amount, interval_h=12.0), drug="colistin")
    dose = look_up(made, patient(), knowledge).order.maintenance_dose
    assert dose.text == "2.75 to 3.75 million units colistimethate"
    assert (dose.units.amount, dose.units.to_amount) == (2.75, 3.75)
    assert dose.units.system == "million-units-colistimethate"
    assert dose.total_mg is None


def test_million_units_without_a_range(knowledge, patient):
    made = table(band(*WHOLE, units("million-units-colistimethate", 9)), drug="colistin")
    dose = look_up(made, patient(), knowledge).order.maintenance_dose
    assert dose.text == "9 million units colistimethate"
    assert (dose.units.amount, dose.units.to_amount) == (9, None)


@pytest.mark.parametrize(
    ("kg", "ends", "text"),
    [
        (
            66,
            (82.5, 99),
            "82 to 99 mg polymyxin B (1.25 to 1.5 mg polymyxin B/kg, actual weight 66 kg)",
        ),
        (
            80,
            (100, 120),
            "100 to 120 mg polymyxin B (1.25 to 1.5 mg polymyxin B/kg, actual weight 80 kg)",
        ),
        (
            100,
            (120, 120),
            "120 to 120 mg polymyxin B (1.25 to 1.5 mg polymyxin B/kg, actual weight 100 kg,"
            " ceiling reached)",
        ),
    ],
)
def test_polymyxin_b_by_weight_up_to_a_ceiling(knowledge, patient, kg, ends, text):
    amount = units("mg-polymyxin-b", 1.25, 1.5, units_per_kg=True, max_mg=120)
    made = table(band(*WHOLE, amount), drug="polymyxin-b", weight="actual")
    dose = look_up(made, patient(weight_kg=kg), knowledge).order.maintenance_dose
    assert (dose.units.amount, dose.units.to_amount) == pytest.approx(ends)
    assert dose.text.replace("120 to 120", "120") == text.replace("120 to 120", "120")


def test_a_daily_polymyxin_by_weight_is_shared_out(knowledge, patient):
    amount = units("mg-polymyxin-b", 2, 3, units_per_kg=True, per="day")
    made = table(band(*WHOLE, amount, interval_h=12.0), drug="polymyxin-b")
    dose = look_up(made, patient(weight_kg=60), knowledge).order.maintenance_dose
    assert (dose.units.amount, dose.units.to_amount) == pytest.approx((60, 90))
    text = "60 to 90 mg polymyxin B (1 to 1.5 mg polymyxin B/kg, actual weight 60 kg)"
    assert dose.text == text
    single = units("mg-polymyxin-b", 2, units_per_kg=True)
    one = table(band(*WHOLE, single), drug="polymyxin-b")
    assert look_up(one, patient(weight_kg=60), knowledge).order.maintenance_dose.text == (
        "120 mg polymyxin B (2 mg polymyxin B/kg, actual weight 60 kg)"
    )
    withheld = look_up(one, patient(weight_kg=None), knowledge).order
    assert withheld.pending == "dose withheld: the weight is not known"


# -- fixed amounts ---------------------------------------------------------------------------------


def test_a_daily_amount_is_divided_by_the_interval(knowledge, patient):
    made = table(band(*WHOLE, fixed(12_000, per="day"), interval_h=6.0))
    dose = look_up(made, patient(), knowledge).order.maintenance_dose
    assert (dose.total_mg, dose.text) == (3000, "amikacin 3 g")
    assert dose.components_mg == {"amikacin": 3000}


def test_a_printed_range_of_amounts(knowledge, patient):
    amount = fixed(200, to_components_mg=(("amikacin", 400.0),))
    dose = look_up(table(band(*WHOLE, amount)), patient(), knowledge).order.maintenance_dose
    assert (dose.total_mg, dose.to_total_mg) == (200, 400)
    assert dose.text == "amikacin 200 to 400 mg"


def test_a_daily_amount_for_a_range_of_intervals_names_the_other_way(knowledge, patient):
    made = table(
        band(*WHOLE, fixed(9000, per="day"), interval_h=8.0, to_interval_h=12.0, load=fixed(9000))
    )
    order = look_up(made, patient(), knowledge).order
    assert order.maintenance_dose.text == "amikacin 3 g"
    assert (order.interval_h, order.to_interval_h, order.longest_interval_h) == (8, None, 12)
    assert order.notes == ("or amikacin 4.5 g every 12 hours over 3 hours: the same amount a day",)
    assert order.loading_dose.text == "amikacin 9 g"


def test_a_dose_for_a_range_of_intervals_keeps_both(knowledge, patient):
    made = table(band(*WHOLE, fixed(500), interval_h=8.0, to_interval_h=12.0, note="a note"))
    order = look_up(made, patient(), knowledge).order
    assert (order.interval_h, order.to_interval_h, order.longest_interval_h) == (8, 12, None)
    assert order.notes == ("a note",)


# -- the row ---------------------------------------------------------------------------------------

LOW = band(0.0, 30.0, fixed(500), interval_h=24.0)
HIGH = band(30.0, math.inf, fixed(1000), load=fixed(2000))
TWO = table(LOW, HIGH)


@pytest.mark.parametrize(("crcl", "mg"), [(0, 500), (29.999, 500), (30, 1000), (200, 1000)])
def test_the_band_that_holds_the_value(crcl, mg):
    assert band_at(TWO, crcl).maintenance.components_mg == (("amikacin", mg),)


def test_an_edge_belongs_to_the_side_that_includes_it():
    lower = table(LOW._replace(high_included=True), HIGH._replace(low_included=False))
    assert band_at(lower, 30) == lower.bands[0]
    assert band_at(TWO, 30) == HIGH
    with pytest.raises(LookupError, match="amikacin/made-up has no band for 30"):
        band_at(table(LOW, HIGH._replace(low_included=False)), 30)


def test_an_order_of_a_band(knowledge, patient):
    made = TWO._replace(daily_max_mg=3000)
    looked = look_up(made, patient(crcl_ml_min=33), knowledge)
    order = looked.order
    assert looked.row == HIGH
    assert (order.loading_dose.text, order.maintenance_dose.text) == (
        "amikacin 2 g",
        "amikacin 1 g",
    )
    assert (order.interval_h, order.infusion_h, order.to_infusion_h) == (8, 3, None)
    assert (order.daily_max_mg, order.route, order.basis) == (3000, "iv", "label")
    assert order.crcl_band == (30, True, None, False)
    assert order.band_edge == (3, "amikacin 500 mg every 24 hours over 3 hours")
    assert order.sources == SOURCE
    assert order.bands is None
    below = look_up(made, patient(crcl_ml_min=10), knowledge).order
    assert below.crcl_band == (0, True, 30, False)
    assert below.band_edge == (
        20,
        "amikacin 2 g first, then amikacin 1 g every 8 hours over 3 hours",
    )


def test_the_pairs_infusion_time_stands_before_the_label(knowledge, patient):
    made = table(band(*WHOLE, fixed(500), infusion_h=0.5, to_infusion_h=1.0))
    label = look_up(made, patient(), knowledge).order
    assert (label.infusion_h, label.to_infusion_h) == (0.5, 1.0)
    pair = look_up(made, patient(), knowledge, 3.0).order
    assert (pair.infusion_h, pair.to_infusion_h) == (3.0, None)


def test_without_clearance_every_band_is_shown(knowledge, patient):
    order = look_up(TWO, patient(crcl_ml_min=None), knowledge).order
    assert order.pending == "dose withheld: creatinine clearance is not known"
    assert order.maintenance_dose is None
    first, second = order.bands
    assert first.band == "CrCl below 30 mL/min"
    assert first.text == "amikacin 500 mg every 24 hours over 3 hours"
    assert (first.loading_dose, first.maintenance_dose.text) == (None, "amikacin 500 mg")
    assert (first.interval_h, first.to_interval_h, first.infusion_h) == (24, None, 3)
    assert first.sources == SOURCE
    assert second.band == "CrCl at least 30 mL/min"
    assert second.loading_dose.text == "amikacin 2 g"
    ranged = table(LOW, HIGH._replace(to_interval_h=12.0))
    assert look_up(ranged, patient(crcl_ml_min=None), knowledge).order.bands[1].to_interval_h == 12


def test_one_dose_in_every_band_needs_no_clearance(knowledge, patient):
    same = table(LOW, HIGH._replace(load=None, maintenance=fixed(500), interval_h=24.0))
    order = look_up(same, patient(crcl_ml_min=None), knowledge).order
    assert order.pending is None
    assert order.maintenance_dose.text == "amikacin 500 mg"
    assert order.crcl_band is None
    assert order.bands is None


@pytest.mark.parametrize(
    ("made", "measure", "name"),
    [
        (band(30, 50, None), "crcl_ml_min", "CrCl at least 30 and below 50 mL/min"),
        (
            band(30, 50, None, low_included=False, high_included=True),
            "crcl_ml_min",
            "CrCl above 30 and at most 50 mL/min",
        ),
        (band(50, math.inf, None), "crcl_ml_min", "CrCl at least 50 mL/min"),
        (band(50, math.inf, None, low_included=False), "crcl_ml_min", "CrCl above 50 mL/min"),
        (band(0, 50, None), "crcl_ml_min", "CrCl below 50 mL/min"),
        (band(0, 50, None, high_included=True), "crcl_ml_min", "CrCl at most 50 mL/min"),
        (band(1, 2, None), "effluent_l_h", "effluent at least 1 and below 2 L/h"),
    ],
)
def test_a_band_in_words(made, measure, name):
    assert band_name(made, measure) == name


def test_the_same_order():
    assert same_order(LOW, LOW._replace(low=5.0, high=9.0, note="else", sources=()))
    assert not same_order(LOW, HIGH)
    assert not same_order(LOW, LOW._replace(interval_h=12.0))


def test_a_row_in_words(knowledge, patient):
    assert row_text(HIGH, TWO, patient(), knowledge) == (
        "amikacin 2 g first, then amikacin 1 g every 8 hours over 3 hours"
    )
    assert row_text(HIGH._replace(load=None), TWO, patient(), knowledge, 1.0) == (
        "amikacin 1 g every 8 hours over 1 hour"
    )
    by_kg = band(*WHOLE, per_kg(10))
    assert row_text(by_kg, TWO, patient(weight_kg=None), knowledge) is None
    assert row_text(by_kg, TWO, patient(), knowledge) == (
        "amikacin 700 mg (10 mg/kg, actual weight 70 kg) every 8 hours over 3 hours"
    )
    none = band(*WHOLE, None, no_dose="not below 30")
    assert row_text(none, TWO, patient(weight_kg=None), knowledge) == "no dose: not below 30"
    once = band(*WHOLE, fixed(500), interval_h=None)
    assert row_text(once, TWO, patient(), knowledge) == "amikacin 500 mg once over 3 hours"


@pytest.mark.parametrize(
    ("table_basis", "changes", "basis"),
    [
        ("label", {}, "label"),
        ("label", {"grade": "D"}, "derived"),
        ("eucast", {"grade": "D"}, "eucast"),
        ("label", {"basis": "guideline"}, "guideline"),
    ],
)
def test_a_derived_row_is_called_derived(knowledge, patient, table_basis, changes, basis):
    made = table(band(*WHOLE, fixed(500), **changes), basis=table_basis)
    assert look_up(made, patient(), knowledge).order.basis == basis


# -- renal replacement -----------------------------------------------------------------------------

HD = band(0.0, math.inf, fixed(250), interval_h=48.0, note="after the session")
REPLACED = TWO._replace(
    haemodialysis=HD, haemodialysis_text="after dialysis.", crrt_text="by level."
)


def test_haemodialysis_has_its_row(knowledge, patient):
    facts = patient(renal_replacement="intermittent-haemodialysis", crcl_ml_min=None)
    looked = look_up(REPLACED, facts, knowledge)
    assert looked.row == HD
    assert looked.order.maintenance_dose.text == "amikacin 250 mg"
    assert looked.order.interval_h == 48
    assert looked.order.crcl_band is None
    assert looked.order.band_edge is None
    assert looked.order.bands is None
    assert looked.order.dialysis == "haemodialysis: after dialysis."


@pytest.mark.parametrize(
    ("changes", "pending"),
    [
        ({"haemodialysis": None}, "dose not available: after dialysis."),
        (
            {"haemodialysis": None, "haemodialysis_text": None},
            "dose not available: no haemodialysis row in the label",
        ),
        (
            {"haemodialysis": HD._replace(maintenance=None, no_dose="redose by level")},
            "dose not available: redose by level",
        ),
    ],
)
def test_haemodialysis_without_a_row(knowledge, patient, changes, pending):
    facts = patient(renal_replacement="intermittent-haemodialysis", crcl_ml_min=None)
    order = look_up(REPLACED._replace(**changes), facts, knowledge).order
    assert order.pending == pending
    assert order.bands is None
    assert order.maintenance_dose is None


@pytest.mark.parametrize("mode", ["crrt", "sled", "peritoneal-dialysis"])
def test_other_replacement_is_for_the_specialist(knowledge, patient, mode):
    order = look_up(REPLACED, patient(renal_replacement=mode, crcl_ml_min=None), knowledge).order
    assert order.pending == (
        "dose not available: infectious diseases and critical-care pharmacist set the dose now; "
        "the first dose is not delayed; levels if available"
    )
    assert order.bands is None
    said = {"peritoneal-dialysis": "haemodialysis: after dialysis.; CRRT: by level."}
    assert order.dialysis == said.get(mode, "CRRT: by level.")


EFFLUENT = table(
    band(0.0, 2.0, fixed(300), interval_h=12.0, high_included=True),
    band(2.0, math.inf, fixed(600), interval_h=12.0, low_included=False),
    id="amikacin/crrt",
    use="crrt",
    measure="effluent_l_h",
)


@pytest.mark.parametrize(("rate", "text"), [(1.5, "amikacin 300 mg"), (2.5, "amikacin 600 mg")])
def test_crrt_by_effluent(knowledge, patient, rate, text):
    held = base_with(knowledge, TWO, EFFLUENT)
    facts = patient(renal_replacement="crrt", crrt_effluent_l_h=rate, crcl_ml_min=None)
    order = look_up(TWO, facts, held).order
    assert order.maintenance_dose.text == text
    assert order.pending is None
    assert order.crcl_band is None
    assert order.band_edge is None
    assert order.bands is None
    assert look_up(EFFLUENT, facts, held).order.maintenance_dose.text == text


def test_crrt_without_the_rate_shows_the_effluent_bands(knowledge, patient):
    held = base_with(knowledge, TWO, EFFLUENT._replace(regions=("US",)), EFFLUENT)
    facts = patient(renal_replacement="crrt", crcl_ml_min=None)
    order = look_up(TWO, facts, held).order
    assert order.pending == "dose withheld: the effluent rate in L/h is not known"
    assert [b.band for b in order.bands] == ["effluent at most 2 L/h", "effluent above 2 L/h"]
    assert order.bands[0].text == "amikacin 300 mg every 12 hours over 3 hours"
    elsewhere = base_with(knowledge, TWO, EFFLUENT._replace(regions=("US",)))
    assert look_up(TWO, facts, elsewhere).order.pending.startswith("dose not available")


# -- strategies ------------------------------------------------------------------------------------


def test_edges_at_which_the_order_changes(knowledge, patient):
    middle = band(30.0, 60.0, fixed(1000), load=fixed(2000))
    top = HIGH._replace(low=60.0)
    held = base_with(knowledge, table(LOW, middle, top))
    order = look_up(held.drugs["amikacin"].dosing[0], patient(crcl_ml_min=40), held).order
    assert edges_of(order, "systemic", patient(crcl_ml_min=40), held) == (30,)
    assert order.band_edge.distance_ml_min == 10  # 60 changes nothing
    three = base_with(knowledge, table(LOW, middle, top._replace(maintenance=fixed(1500))))
    order = look_up(three.drugs["amikacin"].dosing[0], patient(crcl_ml_min=40), three).order
    assert edges_of(order, "systemic", patient(crcl_ml_min=40), three) == (30, 60)
    assert edges_of(order, "label", patient(crcl_ml_min=40), three) == ()
    assert edges_of(order, "systemic", patient(crcl_ml_min=None), three) == ()
    assert edges_of(order._replace(crcl_band=None), "systemic", patient(), three) == ()
    assert edges_of(order._replace(route="oral"), "systemic", patient(), three) == ()


def test_another_clearance_that_lands_elsewhere(knowledge, patient):
    held = base_with(knowledge, TWO._replace(route="oral"), TWO)
    facts = patient(crcl_ml_min=40)
    order = look_up(TWO, facts, held).order
    assert lands_elsewhere(order, "systemic", 29, facts, held)
    assert not lands_elsewhere(order, "systemic", 31, facts, held)
    assert not lands_elsewhere(order, "label", 29, facts, held)
    assert not lands_elsewhere(order._replace(crcl_band=None), "systemic", 29, facts, held)
    assert not lands_elsewhere(order, "systemic", 29, patient(crcl_ml_min=None), held)
    other_route = order._replace(route="by mouth")
    assert not lands_elsewhere(other_route, "systemic", 29, facts, held)
    assert not lands_elsewhere(order, "systemic", 29, facts, base_with(held, EFFLUENT))
    apart = TWO._replace(regions=("US",))
    assert not lands_elsewhere(order, "systemic", 29, facts, base_with(held, apart))


def test_the_tables_of_a_strategy(knowledge, patient):
    strategy = knowledge.strategies["amikacin"]
    facts = patient()
    use = use_of(strategy, "amikacin", facts, knowledge)
    found = tables_of(strategy, "amikacin", facts, knowledge)
    assert [t.id for t in found] == ["amikacin/eu-complicated-uti"]
    assert {t.use for t in found} == {use}


def test_no_dose_row_for_this_kidney(knowledge, patient):
    strategy = knowledge.strategies["amikacin"]
    assert no_dose(strategy, patient(crcl_ml_min=90), knowledge) is None
    below = no_dose(strategy, patient(crcl_ml_min=19), knowledge)
    assert below == "not below CrCl 20 mL/min: tool policy"
    gone = base_with(knowledge, TWO._replace(use="nothing"))
    assert no_dose(strategy, patient(), gone) == (
        "no dosing table for amikacin at this site and in this region"
    )


@pytest.mark.parametrize(
    ("patient_values", "text"),
    [
        ({"aki_within_48h": True, "baseline_ckd": False}, ""),
        ({"aki_within_48h": True}, ", only if kidney function was normal before"),
        ({"aki_within_48h": True, "baseline_ckd": True}, None),
        ({"aki_within_48h": False, "baseline_ckd": False}, None),
        ({}, None),
    ],
)
def test_the_full_dose_beside_the_banded_one_in_kidney_injury(
    knowledge, patient, patient_values, text
):
    made = table(
        LOW._replace(maintenance=fixed(500, "cefiderocol")),
        HIGH._replace(load=None, maintenance=fixed(1000, "cefiderocol")),
        drug="cefiderocol",
    )
    held = base_with(knowledge, made, drug="cefiderocol")
    strategy = knowledge.strategies["cefiderocol"]
    facts = patient(crcl_ml_min=20, **patient_values)
    order = dose_drug("cefiderocol", "systemic", facts, held, strategy)
    assert order.maintenance_dose.text == "cefiderocol 500 mg"
    if text is None:
        assert order.alternative_dose is None
        return
    other = order.alternative_dose
    assert other.text == f"cefiderocol 1 g every 8 hours over 3 hours{text}"
    assert (other.why, other.route, other.interval_h, other.infusion_h) == (
        *("aki-first-48-h", "iv", 8, 3),
    )
    assert other.sources == (*SOURCE, Cited("CRASS-2019", "dosing dossier section 1.4"))
    full = dose_drug(
        "cefiderocol", "systemic", patient(crcl_ml_min=90, **patient_values), held, strategy
    )
    assert full.alternative_dose is None


def test_a_drug_without_tables_is_left_out(knowledge, patient):
    strategy = knowledge.strategies["amikacin"]
    assert [o.drug for o in dose_strategy(strategy, patient(), knowledge)] == ["amikacin"]
    assert dose_strategy(strategy, patient(), base_with(knowledge)) == ()
