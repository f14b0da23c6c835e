"""Kidney equations and dosing weights (dosing dossier 1.1 and 1.2). Nothing is rounded here.

The one home of the equations' constants; the thresholds for using a weight are settings.
"""

from __future__ import annotations

from typing import Final

# Cockcroft-Gault, mg/dL form [FDA-MERO-2026; GLOBALRPH-CG]; micromol/L is converted.
AGE_FROM_YEARS: Final = 140.0
DIVISOR: Final = 72.0
FEMALE_FACTOR: Final = 0.85
UMOL_L_PER_MG_DL: Final = 88.4

# Devine ideal body weight [GLOBALRPH-CG; FRASER-COL].
DEVINE_BASE_KG: Final = {"male": 50.0, "female": 45.5}
DEVINE_KG_PER_INCH: Final = 2.3
DEVINE_FROM_INCHES: Final = 60.0
CM_PER_INCH: Final = 2.54


def creatinine_clearance_ml_min(
    *, age_years: float, weight_kg: float, creatinine_mg_dl: float, female: bool
) -> float:
    """Estimate creatinine clearance in mL/min (Cockcroft-Gault), unrounded.

    Source: FDA-MERO-2026 (dosing dossier 1.1). `weight_kg` is the weight chosen by policy
    section 3, not always the actual weight.
    """
    male = (AGE_FROM_YEARS - age_years) * weight_kg / (DIVISOR * creatinine_mg_dl)
    return male * FEMALE_FACTOR if female else male


def mg_dl_from_umol_l(creatinine_umol_l: float) -> float:
    """Creatinine in mg/dL (dosing dossier 1.1: divide by 88.4)."""
    return creatinine_umol_l / UMOL_L_PER_MG_DL


def ideal_weight_kg(*, height_cm: float, sex: str) -> float:
    """Devine ideal body weight in kg; below 60 inches it goes on in a straight line."""
    inches = height_cm / CM_PER_INCH
    return DEVINE_BASE_KG[sex] + DEVINE_KG_PER_INCH * (inches - DEVINE_FROM_INCHES)


def is_below_devine(height_cm: float) -> bool:
    """Whether the height is below the 60 inches from which Devine is defined."""
    return height_cm / CM_PER_INCH < DEVINE_FROM_INCHES


def adjusted_weight_kg(*, actual_kg: float, ideal_kg: float, share: float) -> float:
    """Ideal weight plus a share of the excess (dosing dossier 1.2; the share is a setting)."""
    return ideal_kg + share * (actual_kg - ideal_kg)
