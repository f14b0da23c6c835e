"""What must hold of every answer, whatever the rules say: policy sections 1, 3 to 6 and 10.

Written from the policy and the dossiers, beside the rules and not from them. A requirement is a
function of the case and its outline that yields a sentence for each fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ndm_advisor.model.answer import Outline
from ndm_advisor.model.case import Allergy, Case, Patient
from tests.proof.sweep.doses import dose_faults
from tests.proof.sweep.known import (
    Kidneys,
    early_outcome,
    kidneys,
    mbl,
    pair_support,
    read,
)

A: Final = "aztreonam-avibactam"
P: Final = "ceftazidime-avibactam+aztreonam"
F: Final = "cefiderocol"
ACTIVE: Final = frozenset({A, P, F})
RANKS: Final = ("preferred", "alternative", "last_resort")
AMINOGLYCOSIDES: Final = frozenset({"amikacin", "gentamicin", "plazomicin"})
FLUOROQUINOLONES: Final = frozenset({"ciprofloxacin", "levofloxacin"})
TETRACYCLINES: Final = frozenset({"tigecycline", "eravacycline"})
SXT: Final = "trimethoprim-sulfamethoxazole"
BLADDER_ONLY: Final = frozenset(
    {"nitrofurantoin", "pivmecillinam", "fosfomycin-oral", "gepotidacin"}
)

# Policy 4.3, 4.5: what may be offered where. Nothing that is never offered alone stands here:
# aztreonam, ceftazidime-avibactam, the carbapenems and the polymyxins have no site.
_URINE: Final = frozenset({*FLUOROQUINOLONES, SXT, "amikacin", "gentamicin"})
OLDER_AT: Final = {
    "complicated-uti": _URINE | {"plazomicin", "fosfomycin-iv"},
    "intra-abdominal": TETRACYCLINES,
    "skin-soft-tissue": TETRACYCLINES,
    "cystitis": _URINE | BLADDER_ONLY,
}

# Policy 3, organism_group.
_POLYMYXINS: Final = frozenset({"colistin", "polymyxin-b"})
RESISTANT_BY_NATURE: Final = {
    "proteus-mirabilis": _POLYMYXINS | TETRACYCLINES | {"nitrofurantoin"},
    "morganella-morganii": _POLYMYXINS
    | TETRACYCLINES
    | {"nitrofurantoin", "fosfomycin-iv", "fosfomycin-oral"},
    "providencia-stuartii": _POLYMYXINS | TETRACYCLINES | {"nitrofurantoin"},
    "serratia-marcescens": _POLYMYXINS | {"nitrofurantoin"},
    "hafnia-alvei": _POLYMYXINS,
    "leclercia-adecarboxylata": frozenset({"fosfomycin-iv", "fosfomycin-oral"}),
}

# Dosing dossier section 21: what a severe reaction stops ("no" and "avoid"), by region.
_ALL_FOUR: Final = frozenset({"ceftazidime-avibactam", "aztreonam", A, F})
_LABELLED: Final = frozenset({"ceftazidime-avibactam", A, F})  # aztreonam itself: caution
STOPPED: Final[dict[str, dict[str, frozenset[str]]]] = {
    "ceftazidime": {"EU": _ALL_FOUR, "US": _ALL_FOUR},
    "aztreonam": {"EU": _ALL_FOUR, "US": _ALL_FOUR},
    F: {"EU": _ALL_FOUR, "US": _ALL_FOUR},
    "ceftazidime-avibactam": {"EU": _ALL_FOUR, "US": _ALL_FOUR},
    A: {"EU": _ALL_FOUR, "US": _ALL_FOUR},
    "ceftriaxone": {"EU": _LABELLED, "US": frozenset({"ceftazidime-avibactam", F})},
    "amoxicillin": {"EU": _LABELLED | {"pivmecillinam"}, "US": frozenset({F, "pivmecillinam"})},
    "meropenem": {"EU": _LABELLED, "US": frozenset({F})},
    "beta-lactam": {"EU": _LABELLED, "US": frozenset({"ceftazidime-avibactam", F})},
}
_CLASSES: Final = (
    AMINOGLYCOSIDES,
    FLUOROQUINOLONES,
    TETRACYCLINES,
    _POLYMYXINS,
    frozenset({SXT}),
    frozenset({"nitrofurantoin"}),
)
for _class in _CLASSES:
    for _drug in _class:
        STOPPED[_drug] = {"EU": _class, "US": _class}
_FOSFOMYCINS: Final = frozenset({"fosfomycin-iv", "fosfomycin-oral"})
STOPPED["fosfomycin"] = {"EU": _FOSFOMYCINS, "US": _FOSFOMYCINS}


def faults(case: Case, outline: Outline) -> Iterator[str]:
    """Every requirement the outline breaks, a sentence each."""
    yield from outcome_faults(case, outline)
    region = region_of(case)
    kidney = kidneys(case.patient)
    for strategy, _, provisional in outline.ranked:
        yield from _never_here(strategy, case)
        yield from _without_support(strategy, case)
        yield from _from_the_patient(strategy, case, kidney, region)
        yield from _firm_too_soon(strategy, case, provisional=provisional)
    yield from dose_faults(case, outline, kidney, region)
    yield from _stops(case, outline)


def region_of(case: Case) -> str:
    """Policy 3, row region: given, else the profile's."""
    return case.hospital.region or ("US" if case.hospital.guideline == "idsa-2026" else "EU")


def drugs_of(strategy: str) -> tuple[str, ...]:
    """The drugs of what is offered."""
    return ("ceftazidime-avibactam", "aztreonam") if strategy == P else (strategy,)


def outcome_faults(case: Case, outline: Outline) -> Iterator[str]:
    """Exactly one outcome, the first of policy 1 that applies; regimens with it and only then."""
    wanted = early_outcome(case)
    if wanted is None and outline.outcome not in {"regimens", "abstention"}:
        yield f"outcome {outline.outcome} where section 4 decides"
    if wanted is not None and outline.outcome != wanted:
        yield f"outcome {outline.outcome}, policy 1 says {wanted}"
    if (outline.outcome == "regimens") != bool(outline.ranked):
        yield f"outcome {outline.outcome} with {len(outline.ranked)} regimens"
    ranks = [RANKS.index(rank) for _, rank, _ in outline.ranked]
    if ranks != sorted(ranks):
        yield f"ranks are not in order: {outline.ranked}"
    ids = [strategy for strategy, _, _ in outline.ranked]
    if len(ids) != len(set(ids)):
        yield f"offered twice: {ids}"


def _never_here(strategy: str, case: Case) -> Iterator[str]:
    """Policy 4.3, 4.5 and "named but never offered"."""
    site = case.infection.site
    here = OLDER_AT.get(site, frozenset())
    if strategy not in here and (strategy not in ACTIVE or site == "cystitis"):
        yield f"{strategy} is offered at {site}"
    if strategy in _FOSFOMYCINS and case.isolate.organism != "escherichia-coli":
        yield f"{strategy} is offered for another species than E. coli"
    if strategy == "plazomicin" and region_of(case) != "US":
        yield "plazomicin is offered outside the US"
    if strategy in RESISTANT_BY_NATURE.get(case.isolate.organism, ()):
        yield f"{strategy} is offered against resistance by nature"
    if strategy in AMINOGLYCOSIDES and case.isolate.methyltransferase_16s:
        yield f"{strategy} is offered against a 16S methyltransferase"


def _without_support(strategy: str, case: Case) -> Iterator[str]:
    """Policy 3 and 4.1: never a drug that is R, nor one without the S it needs."""
    if strategy in {A, P}:
        if pair_support(case) == "resistant":
            yield f"{strategy} is offered against a result"
        return
    if strategy == F:
        if read(case, F) != "S" and not _unread(case, F):
            yield "cefiderocol is offered without S"
        return
    row = case.panel.results.get(strategy)
    standard = case.panel.standard
    category = row.category if row is not None else None
    if row is not None and category is None and row.mic_mg_l is not None:
        category = "S" if standard in {"EUCAST", "FDA"} else None  # tigecycline 0.5 mg/L
    if category != "S" and not (category == "I" and standard == "EUCAST"):
        yield f"{strategy} is offered with {category or 'no result'}"
    narrow = {"tigecycline": {"escherichia-coli", "citrobacter-koseri"}}
    narrow["eravacycline"] = {"escherichia-coli"}
    if standard == "EUCAST" and case.isolate.organism not in narrow.get(
        strategy, {case.isolate.organism}
    ):
        yield f"{strategy} is offered for a species without a EUCAST breakpoint"


def _unread(case: Case, drug: str) -> bool:
    """A number under a standard the policy says nothing of."""
    row = case.panel.results.get(drug)
    return row is not None and case.panel.standard == "FDA" and row.category is None


def _firm_too_soon(strategy: str, case: Case, *, provisional: bool) -> Iterator[str]:
    """Policy 4.2 and 4.4: provisional while the MBL is not confirmed or the pair not tested."""
    if provisional:
        return
    if mbl(case) != "confirmed":
        yield f"{strategy} is firm though the MBL is not confirmed"
    if strategy in {A, P} and pair_support(case) != "susceptible":
        yield f"{strategy} is firm though its support is untested"


# -- the patient ----------------------------------------------------------------------------------


def _from_the_patient(strategy: str, case: Case, kidney: Kidneys, region: str) -> Iterator[str]:
    patient = case.patient
    for drug in drugs_of(strategy):
        if case.hospital.stock.get(drug) is False:
            yield f"{strategy} is offered without stock of {drug}"
        if any(drug in _stopped_by(entry, region) for entry in patient.allergies or ()):
            yield f"{strategy} is offered though a severe allergy stops {drug}"
    if patient.pregnant and _stopped_in_pregnancy(strategy, patient.gestation_weeks):
        yield f"{strategy} is offered in pregnancy"
    if patient.child_pugh == "C" and strategy in {"tigecycline", SXT}:
        yield f"{strategy} is offered at Child-Pugh C"
    if _stopped_by_kidneys(strategy, case, kidney, region):
        yield f"{strategy} is offered with {kidney} in {region}"
    if strategy in _stopped_by_company(patient, region):
        yield f"{strategy} is offered with {patient.medicines} and {patient.conditions}"


def _stopped_by_company(patient: Patient, region: str) -> set[str]:
    """Policy 6, contraindicated-companion, and the UK label of nitrofurantoin."""
    taken = {medicine.drug for medicine in patient.medicines or ()}
    beside = {"dofetilide": SXT, "tizanidine": "ciprofloxacin"}
    found = {drug for medicine, drug in beside.items() if medicine in taken}
    forbidden = {"g6pd-deficiency", "porphyria"} & {*(patient.conditions or ())}
    return found | {"nitrofurantoin"} if forbidden and region == "EU" else found


def _stopped_by(entry: Allergy, region: str) -> frozenset[str]:
    """Mild and unknown reactions exclude nothing (policy 3, row allergy)."""
    if entry.severity != "severe":
        return frozenset()
    return STOPPED.get(entry.drug, {}).get(region, frozenset())


_NEVER_IN_PREGNANCY: Final = (
    TETRACYCLINES
    | FLUOROQUINOLONES
    | AMINOGLYCOSIDES
    | {"colistin", "gepotidacin", "pivmecillinam"}
)


def _stopped_in_pregnancy(strategy: str, weeks: float | None) -> bool:
    """Policy 4.8."""
    if strategy == SXT:
        return weeks is None or weeks <= 13 or weeks >= 36
    if strategy == "nitrofurantoin":
        return weeks is not None and weeks >= 36
    return strategy in _NEVER_IN_PREGNANCY


def _stopped_by_kidneys(strategy: str, case: Case, kidney: Kidneys, region: str) -> bool:
    """Policy 5: settings, renal replacement and the labels' gaps."""
    if kidney.replaced:
        never = {"nitrofurantoin", SXT, "plazomicin", "pivmecillinam", "gepotidacin"}
        return strategy in never or (strategy == "fosfomycin-iv" and region == "US")
    egfr, crcl = case.patient.egfr_ml_min_1_73m2, kidney.crcl
    if strategy == "nitrofurantoin" and region == "EU" and egfr is not None:
        return egfr < 30
    if crcl is None:
        return False
    if strategy == A and region == "EU" and kidney.mode == "none":
        return crcl <= 15
    if strategy == "fosfomycin-iv":
        return crcl <= 10 if region == "US" else crcl < 10
    lowest = {
        "nitrofurantoin": 60 if region == "US" else 45,
        "amikacin": 20,
        "gentamicin": 20,
        SXT: 15,
        "plazomicin": 15,
        "pivmecillinam": 30,
        "gepotidacin": 30,
    }
    return strategy in lowest and crcl < lowest[strategy]


# -- stops ----------------------------------------------------------------------------------------


def _stops(case: Case, outline: Outline) -> Iterator[str]:
    """Policy 4.1: what is offered raises no stop, but row 4b with a known PBP3 insertion."""
    if outline.outcome != "regimens" or not outline.stops:
        return
    excepted = (
        outline.stops == ("pair-untested-e-coli",)
        and case.isolate.organism == "escherichia-coli"
        and case.isolate.pbp3_insertion not in {None, "none"}
        and pair_support(case) == "untested"
        and read(case, F) != "S"
        and {strategy for strategy, _, _ in outline.ranked} & {A, P}
    )
    if not excepted:
        yield f"regimens are offered with the stops {outline.stops}"
