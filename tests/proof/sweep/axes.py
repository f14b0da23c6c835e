"""The partitions of every fact a condition can distinguish.

An axis is one fact of the case file with its values: every category, and for a number a value just
below, at and just above each edge that the policy or a dosing table names. None is "not given" and
stands on every optional axis. `usual` lists how the fact is filled where its group does not
enumerate it: a value may stand there more than once, so that most fills stay inside the scope.

Values that no condition tells apart are one partition and have one representative: YRIN stands
for every PBP3 insertion, `pcr` for the methods that prove an MBL and its family.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple


class Axis(NamedTuple):
    """One fact: its dotted case key, its partitions, and how often each stands in a fill."""

    key: str
    values: tuple[Any, ...]
    usual: tuple[int, ...]  # positions in `values`


def _axis(key: str, *values: Any, often: Mapping[int, int] | None = None) -> Axis:
    usual = [p for p in range(len(values)) for _ in range((often or {}).get(p, 1))]
    return Axis(key, values, tuple(usual))


FLAG: Final = (None, False, True)
CATEGORIES: Final = (None, "S", "I", "R")
PAIR_TEST: Final = "ceftazidime-avibactam+aztreonam"


def row(category: str | None = None, **other: Any) -> dict[str, Any]:
    """A panel row."""
    return {**({"category": category} if category else {}), **other}


def _result(drug: str, *extra: Any, absent: int = 2) -> Axis:
    return _axis(f"panel.results.{drug}", *CATEGORIES, *extra, often={0: absent, 1: 3})


def _allergy(drug: str, severity: str) -> tuple[dict[str, str], ...]:
    return ({"drug": drug, "severity": severity},)


# The edges of every clearance band in the dosing dossier, each with its neighbours.
CRCL_EDGES: Final = (5, 10, 15, 20, 25, 30, 40, 45, 50, 60, 70, 80, 90, 120, 130)
CRCL: Final[tuple[float | None, ...]] = (
    None,
    0.0,
    *(value for edge in CRCL_EDGES for value in (edge - 0.1, float(edge), edge + 0.1)),
    200.0,
)
_CRCL_90: Final = CRCL.index(90.1)

ISOLATE: Final = (
    _axis(
        "isolate.organism",
        "escherichia-coli",
        "klebsiella-pneumoniae",
        "citrobacter-koseri",
        "proteus-mirabilis",
        "morganella-morganii",
        "providencia-stuartii",
        "serratia-marcescens",
        "hafnia-alvei",
        "leclercia-adecarboxylata",
        "atlantibacter-hermannii",
        "pseudomonas-aeruginosa",
        often={0: 12, 1: 4},
    ),
    _axis("isolate.mbl", None, "confirmed", "suspected", "ruled-out", "unknown", often={1: 12}),
    _axis(
        "isolate.mbl_method",
        None,
        "pcr",
        "sequencing",
        "immunochromatography",
        "mcim-ecim",
        "inhibitor-panel",
        "other",
        often={1: 10},
    ),
    _axis("isolate.mbl_on", None, "current", "previous", often={0: 4, 1: 4}),
    _axis("isolate.mbl_family", None, "NDM", "VIM", "IMP", "other", "unknown", often={1: 5}),
    _axis("isolate.pbp3_insertion", None, "none", "YRIN", often={0: 2}),
    _axis("isolate.methyltransferase_16s", *FLAG, often={0: 2, 1: 3}),
)

OLDER_RESULTS: Final = (
    "ciprofloxacin",
    "levofloxacin",
    "trimethoprim-sulfamethoxazole",
    "amikacin",
    "gentamicin",
    "plazomicin",
    "fosfomycin-iv",
    "tigecycline",
    "eravacycline",
    "nitrofurantoin",
    "pivmecillinam",
    "fosfomycin-oral",
    "gepotidacin",
    "colistin",
    "polymyxin-b",
)
PANEL: Final = (
    _axis("panel.standard", None, "EUCAST", "CLSI", "FDA", often={1: 6, 2: 4}),
    _axis("panel.version", None, "2026", "2025", "2019", often={0: 4, 1: 4}),
    _result(
        "aztreonam-avibactam",
        row("NS"),
        row("pending"),
        *(row(mic_mg_l=mic) for mic in ("4", "4.1", "8", "16", "<=0.5", ">32", "<=8")),
        row("S", mic_mg_l="16"),
    ),
    _axis(
        f"panel.results.{PAIR_TEST}",
        None,
        row("S", method="broth-disk-elution"),
        row("S", method="strip-stacking"),
        row("S", method="disk-proximity"),
        row("S"),
        row("R", method="broth-disk-elution"),
        row("R", method="disk-proximity"),
        row(mic_mg_l="0.5", method="strip-stacking"),
        often={0: 6},
    ),
    _result(
        "cefiderocol",
        row("NS"),
        row("pending"),
        *(row(mic_mg_l=mic) for mic in ("2", "2.1", "4", "4.1", "8", "16", "<=0.5", ">16", "<=8")),
        row(zone_mm=22.0),
        row(zone_mm=23.0),
        row(zone_mm=16.0),
        row("S", mic_mg_l="8"),
    ),
    _axis("panel.results.ceftazidime-avibactam", None, "S", "R", often={0: 6, 2: 4}),
    _axis("panel.results.meropenem", *CATEGORIES, often={0: 3, 3: 6}),
    _axis("panel.results.ertapenem", None, "S", "R", often={0: 4, 2: 2}),
    _axis("panel.results.aztreonam", None, "S", "R"),
    _axis("panel.results.tigecycline", *CATEGORIES, row(mic_mg_l="0.5"), row("S", mic_mg_l="0.5")),
    *(_result(drug) for drug in OLDER_RESULTS if drug != "tigecycline"),
)

INFECTION: Final = (
    _axis(
        "infection.site",
        "bloodstream",
        "complicated-uti",
        "intra-abdominal",
        "pneumonia",
        "skin-soft-tissue",
        "bone-joint",
        "endovascular",
        "cystitis",
        "colonisation",
        "cns",
        "other",
        often=dict.fromkeys(range(8), 4),
    ),
    _axis("infection.source", None, "complicated-uti", "pneumonia", often={0: 3}),
    _axis("infection.severity", None, "severe", "non-severe", often={2: 3}),
    _axis("infection.septic_shock", *FLAG, often={0: 4, 1: 4}),
    _axis("infection.sofa_rise", None, 1, 2, 3, often={0: 5, 1: 5}),
    _axis("infection.pitt_score", None, 3, 4, 5, often={0: 5, 1: 5}),
    _axis("infection.increment_cpe_score", None, 7, 8, 9, often={0: 5, 1: 5}),
    _axis("infection.source_control", None, "achieved", "pending", "not-possible", "not-needed"),
    _axis("infection.device", None, "none", "urinary-catheter", "central-line"),
    _axis("infection.polymicrobial", *FLAG),
    _axis("infection.anaerobes", *FLAG),
    _axis("infection.deteriorating", *FLAG),
    _axis("infection.urology_procedure_planned", *FLAG),
)

MEDICINES: Final = (
    "dofetilide",
    "tizanidine",
    "probenecid",
    "warfarin",
    "valproate",
    "strong-cyp3a-inducer",
    "nephrotoxin",
    "neuromuscular-blocker",
    "qt-drug",
    "ace-inhibitor",
    "methotrexate",
    "a medicine without a rule",
)
CULPRITS: Final = (
    "ceftazidime",
    "aztreonam",
    "cefiderocol",
    "ceftriaxone",
    "amoxicillin",
    "meropenem",
    "ceftazidime-avibactam",
    "aztreonam-avibactam",
    "beta-lactam",
    "gentamicin",
    "ciprofloxacin",
    "trimethoprim-sulfamethoxazole",
    "nitrofurantoin",
    "tigecycline",
    "fosfomycin",
    "colistin",
)
CONDITIONS: Final = (
    "seizures",
    "myasthenia-gravis",
    "prolonged-qt",
    "heart-failure",
    "g6pd-deficiency",
    "porphyria",
    "bone-marrow-transplant",
)
PATIENT: Final = (
    _axis("patient.age_years", None, 17, 18, 11, 12, 55, 56, 40, 75, often={2: 4, 7: 6, 8: 6}),
    _axis("patient.sex", None, "female", "male"),
    _axis("patient.weight_kg", None, 45.0, 70.0, 78.0, 110.0, 130.0),
    _axis("patient.height_cm", None, 150.0, 170.0),
    _axis("patient.crcl_ml_min", *CRCL, often={0: 12, _CRCL_90: 8}),
    _axis("patient.creatinine_mg_dl", None, 0.8, 1.8, 6.0, often={0: 3}),
    _axis("patient.creatinine_measured_on", None, 0, 1, 2),  # days before the date of advice
    _axis("patient.egfr_ml_min_1_73m2", None, 29.9, 30.0, 30.1, 44.9, 45.0, 45.1, 90.0),
    _axis(
        "patient.renal_replacement",
        None,
        "none",
        "intermittent-haemodialysis",
        "crrt",
        "peritoneal-dialysis",
        "sled",
        often={0: 4, 1: 10},
    ),
    _axis("patient.residual_crcl_ml_min", None, 4.9, 5.0, 5.1, 15.0, 15.1),
    _axis("patient.crrt_effluent_l_h", None, 1.9, 2.0, 2.1, 3.0, 3.1, 4.0, 4.1),
    _axis("patient.aki_within_48h", *FLAG),
    _axis("patient.baseline_ckd", *FLAG),
    _axis("patient.child_pugh", None, "A", "B", "C"),
    _axis("patient.pregnant", *FLAG, often={0: 3, 1: 4}),
    _axis("patient.gestation_weeks", None, 12.9, 13.0, 13.1, 35.9, 36.0, 36.1),
    _axis("patient.breast_feeding", *FLAG),
    _axis(
        "patient.allergies",
        None,
        (),
        *(_allergy(drug, severity) for drug in CULPRITS for severity in ("severe", "mild")),
        _allergy("ceftazidime", "unknown"),
        _allergy("a substance nobody knows", "severe"),
        often={0: 12, 1: 24},
    ),
    _axis("patient.medicines", None, (), *((name,) for name in MEDICINES), often={0: 4, 1: 10}),
    _axis("patient.conditions", None, (), *((name,) for name in CONDITIONS), often={0: 4, 1: 10}),
)

STOCKED: Final = (
    "aztreonam-avibactam",
    "ceftazidime-avibactam",
    "aztreonam",
    "cefiderocol",
    "metronidazole",
    "amikacin",
    "ciprofloxacin",
    "tigecycline",
    "nitrofurantoin",
)
HOSPITAL: Final = (
    _axis("hospital.guideline", None, "simit-2022", "escmid-2022", "idsa-2026"),
    _axis("hospital.region", None, "EU", "US"),
    *(_axis(f"hospital.stock.{drug}", *FLAG, often={2: 3}) for drug in STOCKED),
    _axis("hospital.aztreonam_interval_h", None, 6, 8),
)

AXES: Final[tuple[Axis, ...]] = (*ISOLATE, *PANEL, *INFECTION, *PATIENT, *HOSPITAL)
PLACE: Final[dict[str, int]] = {axis.key: place for place, axis in enumerate(AXES)}


def position(key: str, value: Any) -> int:
    """Where a value stands on its axis."""
    return AXES[PLACE[key]].values.index(value)


def positions(key: str, values: Sequence[Any]) -> tuple[int, ...]:
    """Where values stand on their axis."""
    return tuple(position(key, value) for value in values)
