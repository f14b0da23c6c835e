"""Quantities of a case: strict number types, and the range in which each is plausible.

The types guard what no calculation survives (text, truth values, infinities, a weight of zero).
The ranges guard against a slip of unit; they are engineering limits of the dosing dossier, section
1.6 (grade U), the age limits those of the clinical policy, section 3. They are no clinical facts.
"""

from typing import Annotated, NamedTuple

from pydantic import Field

Positive = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Count = Annotated[int, Field(strict=True, ge=0)]


class Range(NamedTuple):
    """Accepted from `low` to `high`, both included; outside `usual` it is worth a second look.

    `hint_low` and `hint_high` say which slip usually lies behind a value below or above. With
    `adults_only` the lower limit is not asked of a patient below 18.
    """

    unit: str
    low: float
    high: float
    usual_low: float
    usual_high: float
    hint_low: str = ""
    hint_high: str = ""
    adults_only: bool = False


_POUNDS = "check the unit; 1 kg is 2.2 pounds"
_CREATININE = "creatinine in micromol/L is about 88 times the value in mg/dL"
_MINUTES = "write hours, not minutes: 30 minutes are 0.5"

PATIENT_RANGES: dict[str, Range] = {
    "age_years": Range("years", 0, 120, 0, 110),
    "weight_kg": Range("kg", 30, 300, 40, 180, _POUNDS, _POUNDS, adults_only=True),
    "height_cm": Range("cm", 120, 220, 145, 205, adults_only=True),
    "creatinine_mg_dl": Range(
        "mg/dL",
        0.2,
        20,
        0.4,
        8,
        "check the unit; " + _CREATININE,
        "this looks like micromol/L: use `creatinine_umol_l`; " + _CREATININE,
        adults_only=True,
    ),
    "creatinine_umol_l": Range(
        "micromol/L",
        18,
        1768,
        35,
        700,
        "this looks like mg/dL: use `creatinine_mg_dl`; " + _CREATININE,
        "check the unit; " + _CREATININE,
        adults_only=True,
    ),
    "crcl_ml_min": Range(
        "mL/min", 0, 250, 5, 180, "", "check the unit: `crcl_ml_min` is in mL/min, not a creatinine"
    ),
    "egfr_ml_min_1_73m2": Range("mL/min/1.73 m2", 0, 250, 5, 180),
    "residual_crcl_ml_min": Range("mL/min", 0, 100, 0, 60),
    "crrt_effluent_l_h": Range(
        "L/h", 0.1, 20, 0.5, 8, "", "write litres per hour: 2500 mL/h are 2.5"
    ),
    "gestation_weeks": Range("weeks", 0, 45, 0, 43, "", "write completed weeks, not days"),
}

INFECTION_RANGES: dict[str, Range] = {
    "sofa_rise": Range("points", 0, 24, 0, 24),
    "pitt_score": Range("points", 0, 14, 0, 14),
    "increment_cpe_score": Range("points", 0, 15, 0, 15),
}

ORDER_RANGES: dict[str, Range] = {
    "dose_mg": Range(
        "mg", 0.001, 40000, 1, 25000, "write milligrams: 2 g are 2000", "write milligrams"
    ),
    "dose_mg_colistin_base": Range("mg", 1, 1000, 10, 450),
    "dose_mg_polymyxin_b": Range("mg", 1, 1000, 10, 400),
    "dose_million_units": Range(
        "million units",
        0.01,
        30,
        0.25,
        12,
        "",
        "write millions: 9,000,000 units are `dose_million_units = 9`",
    ),
    "dose_units": Range(
        "units",
        1000,
        50_000_000,
        100_000,
        5_000_000,
        "write single units: 1 million units are `dose_units = 1000000`",
        "",
    ),
    "interval_h": Range("hours", 0.25, 720, 4, 72, "", "write hours between doses"),
    "infusion_h": Range("hours", 0, 24, 0, 24, "", _MINUTES),
}

RESULT_RANGES: dict[str, Range] = {"zone_mm": Range("mm", 0, 60, 6, 50)}

BODY_MASS_INDEX = Range("kg/m2", 12, 70, 12, 70)  # a warning only: both numbers may be right
METRES = Range("m", 1, 3, 1, 3)  # a height that was meant in metres
INCHES = Range("inches", 48, 90, 48, 90)  # a height that was meant in inches
ADULT_AGE_YEARS = 18
