"""What is known of one case before any choice: plain tuples, None = unknown."""

from datetime import date
from typing import Final, NamedTuple

from ndm_advisor.model.answer import Cited, Finding, Kidney, Scalar
from ndm_advisor.model.mic import Mic


class Susceptibility(NamedTuple):
    """One drug's result after interpretation (policy section 3, `susceptibility`).

    `used`: S | I | SDD | R | NS | untested. `active` is True when `used` counts as active: S, or
    EUCAST I where a high dose is listed. `not_susceptible`: the result can only be I or R.
    `conflict` says that the category disagrees with the MIC or zone of the same row.
    """

    drug: str
    mic: Mic | None
    zone_mm: float | None
    reported: str | None
    read_as: str | None
    breakpoint: str | None
    used: str
    active: bool
    high_dose: bool
    not_susceptible: bool
    standard: str | None
    version: str | None
    method: str | None
    conflict: bool
    intrinsic: bool
    why: str
    key: str
    sources: tuple[Cited, ...]


class DrugFacts(NamedTuple):
    """What is known of one drug for this case; conditions name these with the prefix `drug.`.

    `severe_allergy`: "no" | "avoid" | "caution" | "none" (no statement) from the side-chain graph
    or the drug's class after a severe reaction, "clear" when no such reaction stands in the case,
    None when allergies were not given. `any_allergy` likewise for a mild reaction or one of unknown
    severity: "label" | "caution" | "none" | "clear".
    """

    drug: str
    used: str
    active: bool
    high_dose: bool
    intrinsic: bool
    in_stock: bool | None
    severe_allergy: str | None
    any_allergy: str | None


class AllergyFinding(NamedTuple):
    """One allergy entry judged against one drug."""

    drug: str
    culprit_text: str
    reaction: str
    severity: str  # severe | mild | unknown
    cell: str  # no | avoid | caution | none | label
    reason: str
    text: str
    sources: tuple[Cited, ...]
    of_side_chain: bool  # the culprit is, or holds, a drug of the side-chain group

    @property
    def excludes(self) -> bool:
        """Whether it keeps the drug from the patient (policy section 3, row allergy)."""
        return self.severity == "severe" and self.cell in {"no", "avoid"}


class Facts(NamedTuple):
    """Every fact of policy section 3 and the case's plain answers; None = unknown."""

    # settings
    guideline: str
    region: str
    on: date
    # isolate
    organism: str
    organism_name: str
    organism_group: str
    genus: str
    is_e_coli: bool
    mbl_status: str  # confirmed | suspected | discordant | ruled-out | unknown
    mbl_confirmed: bool
    mbl_stated: str
    mbl_method: str | None
    mbl_on_previous: bool
    mbl_in_play: (
        bool  # confirmed, suspected (unknown with a carbapenem I or R among them), discordant
    )
    mbl_ruled_out: bool
    mbl_family: str | None
    family_is_ndm: bool
    carbapenem: str  # "none-tested" | "all-s" | "some-not-s"
    aztreonam_support: str  # susceptible | untested | resistant
    cefiderocol_support: str  # susceptible | not-susceptible | untested
    cefiderocol_standard: str | None
    pbp3_insertion: str | None
    pbp3_known: bool | None
    methyltransferase_16s: bool | None
    # infection
    site: str
    invasive: bool
    source: str | None
    urinary_reading: bool
    severity: str  # severe | non-severe | unknown
    severe: bool  # severe or unknown: how the policy handles it
    severity_conflict: str | None
    septic_shock: bool | None
    source_control: str | None
    device: str | None
    polymicrobial: bool | None
    anaerobes: bool | None
    deteriorating: bool | None
    urology_procedure: bool | None
    # patient
    age_years: float | None
    sex: str | None
    weight_kg: float | None
    ideal_weight_kg: float | None
    kidney: Kidney
    crcl_ml_min: float | None
    other_crcl: tuple[tuple[str, float], ...]  # CrCl by the other weights of dossier 1.2
    egfr: float | None
    egfr_given: bool
    renal_replacement: str | None
    on_renal_replacement: bool | None
    residual_crcl_ml_min: float | None
    effluent_l_h: float | None
    aki_within_48h: bool | None
    baseline_ckd: bool | None
    creatinine_days: int | None
    child_pugh: str | None
    pregnant: bool | None
    pregnancy_in_play: bool | None  # False also for men and outside the ages asked
    pregnant_eu: bool
    gestation_weeks: float | None
    gestation_known: bool
    breast_feeding: bool | None
    proven_first: bool  # policy 4.2 row 4a
    pair_divergence: bool  # CrCl 30 or less, or haemodialysis: the pair's intervals part company
    allergies_given: bool
    allergy_findings: tuple[AllergyFinding, ...]
    severe_side_chain: bool | None
    severe_beta_lactam: bool | None
    unknown_allergens: tuple[str, ...]
    medicine_classes: frozenset[str] | None
    medicines: tuple[str, ...] | None
    medicines_without_rule: tuple[str, ...]
    conditions: frozenset[str] | None
    # hospital
    aztreonam_interval_h: float
    # per drug
    susceptibilities: dict[str, Susceptibility]
    of_drug: dict[str, DrugFacts]
    # raw answers by dotted case key, and what assessing found
    given: dict[str, Scalar]
    findings: tuple[Finding, ...]


_RENAL: Final = (
    "patient.crcl_ml_min",
    "patient.creatinine_umol_l",
    "patient.creatinine_mg_dl",
    "patient.age_years",
    "patient.sex",
    "patient.weight_kg",
    "patient.height_cm",
)
_MBL: Final = ("isolate.mbl", "isolate.mbl_method", "isolate.mbl_on", "isolate.mbl_family")
CARBAPENEMS: Final = ("meropenem", "imipenem", "ertapenem", "doripenem")
_CARBAPENEM_KEYS: Final = tuple(f"panel.results.{d}" for d in CARBAPENEMS)
_AZTREONAM_KEYS: Final = (
    "panel.results.aztreonam-avibactam",
    "panel.results.ceftazidime-avibactam+aztreonam",
)
_SEVERITY: Final = (
    "infection.severity",
    "infection.septic_shock",
    "infection.sofa_rise",
    "infection.pitt_score",
    "infection.increment_cpe_score",
)

# Which case keys stand behind a fact: findings compare these, `not_assessed` names them.
FACT_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "organism": ("isolate.organism",),
    "organism_group": ("isolate.organism",),
    "genus": ("isolate.organism",),
    "is_e_coli": ("isolate.organism",),
    "mbl_status": _MBL,
    "mbl_confirmed": _MBL,
    "mbl_in_play": (*_MBL, *_CARBAPENEM_KEYS),
    "mbl_ruled_out": _MBL,
    "mbl_family": ("isolate.mbl_family",),
    "family_is_ndm": ("isolate.mbl_family",),
    "carbapenem": _CARBAPENEM_KEYS,
    "aztreonam_support": _AZTREONAM_KEYS,
    "cefiderocol_support": ("panel.results.cefiderocol",),
    "pbp3_insertion": ("isolate.pbp3_insertion",),
    "pbp3_known": ("isolate.pbp3_insertion",),
    "methyltransferase_16s": ("isolate.methyltransferase_16s",),
    "site": ("infection.site",),
    "invasive": ("infection.site",),
    "source": ("infection.source",),
    "severity": _SEVERITY,
    "severe": _SEVERITY,
    "septic_shock": ("infection.septic_shock",),
    "source_control": ("infection.source_control",),
    "device": ("infection.device",),
    "polymicrobial": ("infection.polymicrobial",),
    "anaerobes": ("infection.anaerobes",),
    "deteriorating": ("infection.deteriorating",),
    "urology_procedure": ("infection.urology_procedure_planned",),
    "age_years": ("patient.age_years",),
    "sex": ("patient.sex",),
    "weight_kg": ("patient.weight_kg",),
    "crcl_ml_min": _RENAL,
    "egfr": ("patient.egfr_ml_min_1_73m2",),
    "egfr_given": ("patient.egfr_ml_min_1_73m2",),
    "renal_replacement": ("patient.renal_replacement",),
    "on_renal_replacement": ("patient.renal_replacement",),
    "residual_crcl_ml_min": ("patient.residual_crcl_ml_min",),
    "effluent_l_h": ("patient.crrt_effluent_l_h",),
    "aki_within_48h": ("patient.aki_within_48h",),
    "baseline_ckd": ("patient.baseline_ckd",),
    "child_pugh": ("patient.child_pugh",),
    "pregnant": ("patient.pregnant",),
    "pregnancy_in_play": ("patient.pregnant",),
    "gestation_known": ("patient.gestation_weeks",),
    "gestation_weeks": ("patient.gestation_weeks",),
    "breast_feeding": ("patient.breast_feeding",),
    "severe_side_chain": ("patient.allergies",),
    "severe_beta_lactam": ("patient.allergies",),
    "medicine_classes": ("patient.medicines",),
    "conditions": ("patient.conditions",),
    "region": ("hospital.region",),
    "drug.used": ("panel.results.{drug}",),
    "drug.active": ("panel.results.{drug}",),
    "drug.intrinsic": ("isolate.organism",),
    "drug.in_stock": ("hospital.stock.{drug}",),
    "drug.severe_allergy": ("patient.allergies",),
    "drug.any_allergy": ("patient.allergies",),
}


_RESULT: Final = "panel.results."
_STANDARD: Final = "panel.standard"


def compared(
    facts: Facts, names: tuple[str, ...], drug: DrugFacts | None = None
) -> dict[str, Scalar]:
    """The values behind the named facts, by dotted case key where one exists.

    A key the case does not give is shown as null only when none of the fact's keys is given, so
    that a reader sees what was missing without a list of everything that could have been said.
    """
    shown: dict[str, Scalar] = {}
    for name in names:
        keys = fact_keys(name, drug.drug if drug else "")
        present = [key for key in keys if key in facts.given]
        for key in present:
            shown[key] = facts.given[key]
            if key.startswith(_RESULT) and _STANDARD in facts.given:
                shown[_STANDARD] = facts.given[_STANDARD]  # a result means what its standard says
        if not present:
            shown[keys[0]] = None
    return shown


def fact_keys(name: str, drug: str = "") -> tuple[str, ...]:
    """The dotted case keys behind a fact; its own name where no key exists."""
    return tuple(key.format(drug=drug) for key in FACT_KEYS.get(name, (name,)))
