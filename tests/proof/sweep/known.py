"""What the policy makes of a case, written a second time for the sweep.

Read from policy sections 1 and 3 and the dosing dossier, never from `ndm_advisor/decision` or
`data/`. Where the policy leaves room the answer is None and no requirement rests on it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ndm_advisor.model.case import Case, PanelResult, Patient

PAIR_TEST: Final = "ceftazidime-avibactam+aztreonam"
METHODS: Final = {"pcr", "sequencing", "immunochromatography", "mcim-ecim"}
PROVING: Final = {"broth-disk-elution", "strip-stacking"}
NOT_ENTEROBACTERALES: Final = {"pseudomonas-aeruginosa"}

# EUCAST v16.0 and CLSI M100-Ed36, Enterobacterales (clinical/breakpoints.md): S at most, R above.
# CLSI prints R from 16; an end point between two dilutions is read as the next one.
_MIC_LIMITS: Final = {
    ("aztreonam-avibactam", "EUCAST"): (4.0, 4.0),
    ("aztreonam-avibactam", "CLSI"): (4.0, 8.0),
    ("cefiderocol", "EUCAST"): (2.0, 2.0),
    ("cefiderocol", "CLSI"): (4.0, 8.0),
}
_ZONES: Final = {"EUCAST": (23.0, 23.0), "CLSI": (16.0, 9.0)}  # cefiderocol: S from, R below
_HELD: Final = {
    ("aztreonam-avibactam", "EUCAST"): {None, "2026"},
    ("aztreonam-avibactam", "CLSI"): {None, "2026"},
    ("cefiderocol", "EUCAST"): {None, "2026"},
    ("cefiderocol", "CLSI"): {None, "2026", "2025"},
}
_NO_BREAKPOINT: Final = {("aztreonam-avibactam", "CLSI", "2025")}
_WORSE: Final = {"S": 0, "I": 1, "NS": 2, "R": 3}


class Kidneys(NamedTuple):
    """`crcl` None: not known, or not used. `mode`: the replacement, "none", or None for unknown."""

    crcl: float | None
    mode: str | None

    @property
    def replaced(self) -> bool:
        return self.mode not in {None, "none"}


def severity(case: Case) -> str:
    """Policy 3, row severity."""
    infection = case.infection
    blood = infection.site == "bloodstream"
    criteria = (
        bool(infection.septic_shock),
        (infection.sofa_rise or 0) >= 2,
        blood and (infection.increment_cpe_score or 0) >= 8,
        blood and (infection.pitt_score or 0) >= 4,
        infection.site == "endovascular",
    )
    if any(criteria) or infection.severity == "severe":
        return "severe"
    if infection.severity == "non-severe" or infection.site == "cystitis":
        return "non-severe"
    return "unknown"


def carbapenems(case: Case) -> list[str]:
    """The categories of the carbapenems that have one."""
    rows = (case.panel.results.get(drug) for drug in ("meropenem", "ertapenem"))
    return [row.category for row in rows if row is not None and row.category in {"S", "I", "R"}]


def mbl(case: Case) -> str:
    """Policy 3, row mbl."""
    isolate, tested = case.isolate, carbapenems(case)
    all_s = bool(tested) and set(tested) == {"S"}
    stated = isolate.mbl or "unknown"
    if stated == "ruled-out" and isolate.mbl_family in {"NDM", "VIM", "IMP", "other"}:
        return "discordant"
    if stated == "unknown" and tested and not all_s:
        return "suspected"
    if stated != "confirmed":
        return stated
    if isolate.mbl_method not in METHODS or isolate.mbl_on == "previous":
        return "suspected"
    partner = case.panel.results.get("ceftazidime-avibactam")
    if all_s or (partner is not None and partner.category == "S"):
        return "discordant"
    return "confirmed"


def early_outcome(case: Case) -> str | None:
    """Orders 1 to 4 of policy 1, and 4.8; None where section 4 decides."""
    age, site, tested = case.patient.age_years, case.infection.site, carbapenems(case)
    known, ill = mbl(case), severity(case)
    invasive = site not in {"cystitis", "colonisation"}
    if (age is not None and age < 18) or case.isolate.organism in NOT_ENTEROBACTERALES:
        return "out_of_scope"
    if site == "colonisation":
        return "not_treatment"
    if known == "ruled-out" or (known == "unknown" and set(tested) == {"S"}):
        return "out_of_scope"
    abstained = (
        site in {"cns", "other"},
        site == "cystitis" and ill == "severe",
        known == "unknown" and not tested and invasive,
        bool(case.patient.pregnant) and invasive and ill == "non-severe",
    )
    return "abstention" if any(abstained) else None


# -- results --------------------------------------------------------------------------------------


def read(case: Case, drug: str) -> str | None:
    """What a row of aztreonam-avibactam or cefiderocol counts as; None: not a category."""
    row = case.panel.results.get(drug)
    if row is None:
        return None
    reported = row.category if row.category in _WORSE else None
    if reported == "S" and (drug, case.panel.standard, case.panel.version) in _NO_BREAKPOINT:
        reported = None  # an S without a breakpoint counts as untested; an I or R still warns
    number = _of_number(case, drug, row)
    if reported and number:
        return max(reported, number, key=_WORSE.__getitem__)
    return reported or number


def _of_number(case: Case, drug: str, row: PanelResult) -> str | None:
    standard = case.panel.standard
    key = (drug, standard or "")
    if case.panel.version not in _HELD.get(key, ()):
        return None
    if row.zone_mm is not None and row.mic_mg_l is None:
        susceptible, resistant = _ZONES[standard or ""]
        return "S" if row.zone_mm >= susceptible else "R" if row.zone_mm < resistant else "I"
    if row.mic_mg_l is None:
        return None
    return _of_mic(row.mic_mg_l, standard or "", *_MIC_LIMITS[key])


def _of_mic(text: str, standard: str, s_max: float, r_above: float) -> str | None:
    """An end point; one that is censored on the wrong side is no category (trap 11)."""
    value = float(text.lstrip("<=>"))
    if text.startswith(">"):
        return "R" if value >= r_above else None
    if text.startswith("<="):
        return "S" if value <= s_max else None
    if value <= s_max:
        return "S"
    if standard == "CLSI" and value < 2 * s_max:
        value = 2 * s_max  # the next dilution up
    return "R" if value > r_above else "I"


def pair_support(case: Case) -> str:
    """Policy 3, row aztreonam_support."""
    product = read(case, "aztreonam-avibactam")
    test = case.panel.results.get(PAIR_TEST)
    category = test.category if test is not None else None
    against = product in {"R", "NS"} or category in {"R", "NS"}
    if against or (product == "I" and case.panel.standard in {"CLSI", "FDA"}):
        return "resistant"
    proved = test is not None and category == "S" and test.method in PROVING
    return "susceptible" if product == "S" or proved else "untested"


# -- the patient ----------------------------------------------------------------------------------


def kidneys(patient: Patient) -> Kidneys:
    """Policy 3, row crcl: as given, else Cockcroft-Gault with the weight of dossier 1.2."""
    mode = patient.renal_replacement
    if mode not in {None, "none"}:
        return Kidneys(None, mode)
    if patient.crcl_ml_min is not None:
        return Kidneys(patient.crcl_ml_min, mode)
    weight = dosing_weight(patient, 1.2)
    creatinine, age = patient.creatinine_mg_dl, patient.age_years
    if weight is None or creatinine is None or age is None or patient.sex is None:
        return Kidneys(None, mode)
    crcl = (140 - age) * weight / (72 * creatinine)
    return Kidneys(crcl * 0.85 if patient.sex == "female" else crcl, mode)


def dosing_weight(patient: Patient, above: float) -> float | None:
    """Actual weight up to and including `above` times the ideal, adjusted (0.4) beyond it."""
    weight, height = patient.weight_kg, patient.height_cm
    if weight is None or height is None or patient.sex is None:
        return weight
    ideal = (50.0 if patient.sex == "male" else 45.5) + 2.3 * (height / 2.54 - 60)
    return weight if weight <= above * ideal else ideal + 0.4 * (weight - ideal)
