"""The kidney equations and dosing weights, worked by hand (dosing dossier 1.1 and 1.2)."""

from __future__ import annotations

import pytest

from ndm_advisor.decision.renal import (
    adjusted_weight_kg,
    creatinine_clearance_ml_min,
    ideal_weight_kg,
    is_below_devine,
    mg_dl_from_umol_l,
)


@pytest.mark.parametrize(
    ("age", "weight", "creatinine", "female", "crcl"),
    [
        (60, 72, 1.0, False, 80.0),  # (140 - 60) x 72 / 72
        (60, 72, 1.0, True, 68.0),  # x 0.85
        (60, 72, 2.0, False, 40.0),
        (70, 70, 1.0, False, 68.06),  # the test vectors of the dossier
        (70, 60, 1.5, True, 33.06),
    ],
)
def test_cockcroft_gault(age, weight, creatinine, female, crcl):
    found = creatinine_clearance_ml_min(
        age_years=age, weight_kg=weight, creatinine_mg_dl=creatinine, female=female
    )
    assert found == pytest.approx(crcl, abs=0.005)


def test_micromol_per_litre_is_divided_by_88_4():
    assert mg_dl_from_umol_l(88.4) == pytest.approx(1.0)
    assert mg_dl_from_umol_l(176.8) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("height", "sex", "kg"),
    [
        (152.4, "male", 50.0),
        (152.4, "female", 45.5),
        (177.8, "male", 73.0),  # 10 inches above 60
        (177.8, "female", 68.5),
    ],
)
def test_devine(height, sex, kg):
    assert ideal_weight_kg(height_cm=height, sex=sex) == pytest.approx(kg)


@pytest.mark.parametrize(("height", "below"), [(150.0, True), (152.4, False), (160.0, False)])
def test_below_60_inches_devine_is_extrapolated(height, below):
    assert is_below_devine(height) is below


def test_adjusted_weight_is_ideal_and_a_share_of_the_excess():
    assert adjusted_weight_kg(actual_kg=110.0, ideal_kg=70.0, share=0.4) == pytest.approx(86.0)
