"""Constructed case documents by number: the same number gives the same case on every machine.

`cases.py` lets hypothesis choose; here each case has a number, so that a grid too fine for one case
can be spread over many of them, and a failure names the case it was found in.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Final

from tests.properties.cases import CATEGORIES, PAIR, RESULTS, SITES

_INVASIVE_TWICE: Final = [*SITES[:7] * 3, *SITES[7:]]
_ORGANISMS: Final = [
    *["Escherichia coli"] * 5,
    "Klebsiella pneumoniae",
    "Klebsiella pneumoniae",
    "Proteus mirabilis",
    "Serratia marcescens",
    "Pseudomonas aeruginosa",
]
# Key to the values it may have, and how often out of ten it is given at all.
_OPTIONAL: Final[dict[str, tuple[list[Any], int]]] = {
    "isolate.mbl": (["confirmed"] * 6 + ["suspected", "suspected", "ruled-out", "unknown"], 9),
    "isolate.mbl_family": (["NDM", "NDM", "VIM", "IMP", "unknown"], 6),
    "isolate.mbl_method": (["pcr", "pcr", "pcr", "mcim-ecim", "inhibitor-panel"], 8),
    "isolate.mbl_on": (["current", "current", "current", "previous"], 5),
    "isolate.pbp3_insertion": (["YRIN", "TIPY", "none"], 4),
    "isolate.methyltransferase_16s": ([True, False], 4),
    "panel.standard": (["EUCAST", "EUCAST", "CLSI"], 8),
    "infection.source": (["complicated-uti", "pneumonia", "intra-abdominal", "unknown"], 4),
    "infection.severity": (["severe", "non-severe", "non-severe"], 7),
    "infection.septic_shock": ([True, False, False, False], 4),
    "infection.sofa_rise": ([0, 1, 3], 3),
    "infection.pitt_score": ([0, 2, 5], 3),
    "infection.source_control": (["achieved", "pending", "not-needed"], 5),
    "infection.device": (["urinary-catheter", "none"], 4),
    "infection.polymicrobial": ([True, False], 4),
    "infection.anaerobes": ([True, False], 5),
    "infection.deteriorating": ([True, False], 3),
    "infection.urology_procedure_planned": ([True, False], 3),
    "patient.age_years": ([16, 30, 30, 60, 60, 60, 88], 7),
    "patient.sex": (["female", "male"], 7),
    "patient.weight_kg": ([45.0, 50.0, 70.0, 110.0], 6),
    "patient.height_cm": ([152.0, 160.0, 175.0], 5),
    "patient.crcl_ml_min": ([0.0, 4.0, 12.0, 15.0, 25.0, 30.0, 45.0, 50.5, 59.0, 90.0, 140.0], 6),
    "patient.egfr_ml_min_1_73m2": ([20.0, 40.0, 80.0], 3),
    "patient.renal_replacement": (["none"] * 4 + ["intermittent-haemodialysis", "crrt", "sled"], 6),
    "patient.residual_crcl_ml_min": ([3.0, 18.0], 2),
    "patient.crrt_effluent_l_h": ([2.5, 4.5], 2),
    "patient.aki_within_48h": ([True, False], 4),
    "patient.baseline_ckd": ([True, False], 4),
    "patient.child_pugh": (["A", "B", "C"], 4),
    "patient.pregnant": ([True, False, False, False], 5),
    "patient.breast_feeding": ([True, False], 3),
    "patient.allergies": (
        [
            [],
            [],
            [],
            [{"drug": "ceftazidime", "reaction": "anaphylaxis"}],
            [{"drug": "amoxicillin", "reaction": "angioedema", "severity": "severe"}],
            [{"drug": "ceftriaxone", "reaction": "rash", "severity": "mild"}],
            [{"drug": "gentamicin", "reaction": "anaphylaxis"}],
            [{"drug": "penicillin", "severity": "severe"}],
        ],
        6,
    ),
    "patient.medicines": ([[], [], ["dofetilide"], ["tizanidine"], ["warfarin", "rifampicin"]], 6),
    "patient.conditions": ([[], [], ["g6pd-deficiency"], ["seizures", "prolonged-qt"]], 6),
    "hospital.stock.aztreonam-avibactam": ([True, False], 6),
    "hospital.stock.ceftazidime-avibactam": ([True, True, False], 6),
    "hospital.stock.aztreonam": ([True, True, False], 6),
    "hospital.stock.cefiderocol": ([True, False], 6),
    "hospital.aztreonam_interval_h": ([6, 8], 1),
    "hospital.guideline": (["simit-2022", "escmid-2022", "idsa-2026"], 7),
    "hospital.region": (["EU", "US"], 6),
}
_COMBINED: Final = ["broth-disk-elution", "strip-stacking", "disk-proximity"]
_CEFIDEROCOL: Final = ["1", "4", ">16", "<=0.5"]
_ORDERS: Final[list[dict[str, Any]]] = [
    {"drug": "aztreonam", "dose_mg": 2000.0, "interval_h": 8.0, "infusion_h": 3.0, "route": "iv"},
    {"drug": "ceftazidime-avibactam", "dose_mg": 2500.0, "interval_h": 8.0, "infusion_h": 3.0},
    {"drug": "aztreonam-avibactam", "dose_mg": 2000.0, "interval_h": 6.0, "infusion_h": 3.0},
    {"drug": "cefiderocol", "dose_mg": 2000.0, "interval_h": 8.0, "infusion_h": 3.0},
    {"drug": "meropenem", "dose_mg": 2000.0, "interval_h": 8.0},
    {"drug": "colistin", "dose_million_units": 4.5, "interval_h": 12.0},
    {"drug": "tigecycline", "dose_mg": 100.0, "interval_h": 12.0},
    {"drug": "gentamicin", "dose_mg": 350.0, "interval_h": 24.0},
    {"drug": "ciprofloxacin", "dose_mg": 400.0, "interval_h": 8.0, "route": "iv"},
    {"drug": "nitrofurantoin", "dose_mg": 100.0, "interval_h": 6.0, "route": "oral"},
    {"drug": "metronidazole", "dose_mg": 500.0, "interval_h": 8.0},
]


def seeded_document(number: int) -> dict[str, Any]:
    """The case document of a number, any optional fact present or absent."""
    draw = random.Random(f"ndm-advisor what-if {number}")  # noqa: S311  # cases, not secrets
    flat: dict[str, Any] = {
        "isolate.organism": draw.choice(_ORGANISMS),
        "infection.site": draw.choice(_INVASIVE_TWICE),
    }
    flat |= {
        key: draw.choice(values)
        for key, (values, often) in _OPTIONAL.items()
        if draw.randrange(10) < often
    }
    flat |= dict(_results(draw))
    if "patient.crcl_ml_min" not in flat and draw.randrange(2):
        flat["patient.creatinine_umol_l"] = draw.choice([70.0, 140.0, 350.0])
    if flat.get("patient.pregnant") and draw.randrange(2):
        flat["patient.gestation_weeks"] = draw.choice([8.0, 24.0, 38.0])
    document = nested(flat)
    if draw.randrange(10) < 4:
        document["orders"] = draw.sample(_ORDERS, draw.randrange(1, 4))
    return {"format": "ndm-advisor/case/1", "id": f"constructed-{number}", **document}


def _results(draw: random.Random) -> Iterator[tuple[str, Any]]:
    for drug in RESULTS:
        if draw.randrange(2):
            yield f"panel.results.{drug}", draw.choice([*CATEGORIES, "S", "R"])
    if draw.randrange(3) == 0:
        yield "panel.results.cefiderocol", draw.choice(_CEFIDEROCOL)
    if draw.randrange(2):
        row = {"category": draw.choice("SR"), "method": draw.choice(_COMBINED)}
        yield f"panel.results.{PAIR}", row


def nested(flat: dict[str, Any]) -> dict[str, Any]:
    """Dotted keys as tables; a drug is one name, whatever stands in it."""
    document: dict[str, Any] = {}
    for key, value in flat.items():
        put(document, key, value)
    return document


def put(document: dict[str, Any], key: str, value: object) -> None:
    """Put `value` at a dotted key of a document, or take the key out when it is None."""
    *tables, last = path_of(key)
    place = document
    for table in tables:
        place = place.setdefault(table, {})
    if value is None:
        place.pop(last, None)
    else:
        place[last] = value


def path_of(key: str) -> list[str]:
    """The parts of a dotted key; what follows `panel.results.` or `hospital.stock.` is one drug."""
    for prefix in ("panel.results.", "hospital.stock."):
        if key.startswith(prefix):
            return [*prefix.strip(".").split("."), key.removeprefix(prefix)]
    return key.split(".")
