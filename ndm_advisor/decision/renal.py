"""Kidney equations and dosing weights (dosing dossier 1.1 and 1.2). Nothing is rounded here."""

from __future__ import annotations

from typing import Final

# Cockcroft-Gault, mg/dL form [FDA-MERO-2026; GLOBALRPH-CG]; micromol/L is converted.
_AGE_FROM: Final = 140.0
_DIVISOR: Final = 72.0
_FEMALE: Final = 0.85
_UMOL_L_PER_MG_DL: Final = 88.4

# Devine ideal body weight [GLOBALRPH-CG; FRASER-COL].
_DEVINE_BASE_KG: Final = {"male": 50.0, "female": 45.5}
_DEVINE_KG_PER_INCH: Final = 2.3
_DEVINE_FROM_INCHES: Final = 60.0
_CM_PER_INCH: Final = 2.54
_ADJUSTED_SHARE: Final = 0.4


def creatinine_clearance_ml_min(
    *, age_years: float, weight_kg: float, creatinine_mg_dl: float, female: bool
) -> float:
    """Estimate creatinine clearance in mL/min (Cockcroft-Gault), unrounded.

    Source: FDA-MERO-2026 (dosing dossier 1.1). `weight_kg` is the weight chosen by policy
    section 3, not always the actual weight.
    """
    male = (_AGE_FROM - age_years) * weight_kg / (_DIVISOR * creatinine_mg_dl)
    return male * _FEMALE if female else male


def mg_dl_from_umol_l(creatinine_umol_l: float) -> float:
    """Creatinine in mg/dL (dosing dossier 1.1: divide by 88.4)."""
    return creatinine_umol_l / _UMOL_L_PER_MG_DL


def ideal_weight_kg(*, height_cm: float, sex: str) -> float:
    """Devine ideal body weight in kg; below 60 inches it goes on in a straight line."""
    inches = height_cm / _CM_PER_INCH
    return _DEVINE_BASE_KG[sex] + _DEVINE_KG_PER_INCH * (inches - _DEVINE_FROM_INCHES)


def is_below_devine(height_cm: float) -> bool:
    """Whether the height is below the 60 inches from which Devine is defined."""
    return height_cm / _CM_PER_INCH < _DEVINE_FROM_INCHES


def adjusted_weight_kg(*, actual_kg: float, ideal_kg: float) -> float:
    """Ideal weight plus 0.4 of the excess (dosing dossier 1.2)."""
    return ideal_kg + _ADJUSTED_SHARE * (actual_kg - ideal_kg)
