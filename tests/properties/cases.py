"""Generated case documents: any optional fact present or absent, implausible mixtures included."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

CATEGORIES = ["S", "I", "R", "not tested"]
SITES = [
    "cystitis",
    "complicated-uti",
    "bloodstream",
    "intra-abdominal",
    "pneumonia",
    "skin-soft-tissue",
    "bone-joint",
    "cns",
    "endovascular",
    "colonisation",
    "other",
]
OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "isolate.mbl": st.sampled_from(["confirmed", "confirmed", "suspected", "ruled-out", "unknown"]),
    "isolate.mbl_family": st.sampled_from(["NDM", "VIM", "IMP", "unknown"]),
    "isolate.mbl_method": st.sampled_from(["pcr", "pcr", "mcim-ecim", "inhibitor-panel"]),
    "isolate.mbl_on": st.sampled_from(["current", "current", "previous"]),
    "isolate.pbp3_insertion": st.sampled_from(["YRIN", "none"]),
    "isolate.methyltransferase_16s": st.booleans(),
    "panel.standard": st.sampled_from(["EUCAST", "CLSI"]),
    "infection.source": st.sampled_from(["complicated-uti", "pneumonia"]),
    "infection.severity": st.sampled_from(["severe", "non-severe", "non-severe"]),
    "infection.septic_shock": st.booleans(),
    "infection.sofa_rise": st.integers(0, 4),
    "infection.pitt_score": st.integers(0, 6),
    "infection.source_control": st.sampled_from(["achieved", "pending", "not-needed"]),
    "infection.device": st.sampled_from(["urinary-catheter", "none"]),
    "infection.polymicrobial": st.booleans(),
    "infection.anaerobes": st.booleans(),
    "infection.deteriorating": st.booleans(),
    "infection.urology_procedure_planned": st.booleans(),
    "patient.age_years": st.sampled_from([16, 30, 60, 88]),
    "patient.sex": st.sampled_from(["female", "male"]),
    "patient.weight_kg": st.sampled_from([50.0, 70.0, 110.0]),
    "patient.height_cm": st.sampled_from([160.0, 175.0]),
    "patient.crcl_ml_min": st.sampled_from([4.0, 12.0, 15.0, 25.0, 30.0, 45.0, 59.0, 90.0, 140.0]),
    "patient.creatinine_mg_dl": st.sampled_from([0.8, 1.6, 4.0]),
    "patient.egfr_ml_min_1_73m2": st.sampled_from([20.0, 40.0, 80.0]),
    "patient.renal_replacement": st.sampled_from(
        ["none", "none", "none", "intermittent-haemodialysis", "crrt", "sled"]
    ),
    "patient.aki_within_48h": st.booleans(),
    "patient.baseline_ckd": st.booleans(),
    "patient.child_pugh": st.sampled_from(["A", "C"]),
    "patient.pregnant": st.booleans(),
    "patient.breast_feeding": st.booleans(),
    "patient.allergies": st.sampled_from(
        [
            [],
            [],
            [{"drug": "ceftazidime", "reaction": "anaphylaxis"}],
            [{"drug": "amoxicillin", "reaction": "angioedema", "severity": "severe"}],
            [{"drug": "ceftriaxone", "reaction": "rash", "severity": "mild"}],
            [{"drug": "gentamicin", "reaction": "anaphylaxis"}],
        ]
    ),
    "patient.medicines": st.sampled_from([[], [], ["dofetilide"], ["tizanidine"], ["warfarin"]]),
    "patient.conditions": st.sampled_from([[], ["g6pd-deficiency"], ["seizures"]]),
    "hospital.stock.aztreonam-avibactam": st.booleans(),
    "hospital.stock.ceftazidime-avibactam": st.booleans(),
    "hospital.stock.aztreonam": st.booleans(),
    "hospital.stock.cefiderocol": st.booleans(),
}
RESULTS = [
    "aztreonam-avibactam",
    "cefiderocol",
    "ceftazidime-avibactam",
    "meropenem",
    "ertapenem",
    "ciprofloxacin",
    "levofloxacin",
    "trimethoprim-sulfamethoxazole",
    "amikacin",
    "gentamicin",
    "fosfomycin (iv)",
    "fosfomycin (oral)",
    "nitrofurantoin",
    "pivmecillinam",
    "tigecycline",
]
PAIR = "ceftazidime-avibactam + aztreonam"


@st.composite
def combined_tests(draw: st.DrawFn) -> dict[str, Any]:
    """The combined test with a method, or none."""
    if draw(st.booleans()):
        return {}
    method = draw(st.sampled_from(["broth-disk-elution", "disk-proximity"]))
    return {
        f"panel.results.{PAIR}": {"category": draw(st.sampled_from(["S", "R"])), "method": method}
    }


@st.composite
def flat_cases(draw: st.DrawFn) -> dict[str, Any]:
    """A flat case: dotted keys to values."""
    flat: dict[str, Any] = {
        "format": "ndm-advisor/case/1",
        "isolate.organism": draw(
            st.sampled_from(
                [
                    "Escherichia coli",
                    "Escherichia coli",
                    "Klebsiella pneumoniae",
                    "Proteus mirabilis",
                ]
            )
        ),
        "infection.site": draw(st.sampled_from(SITES[:7] * 3 + SITES[7:])),
        "hospital.guideline": draw(st.sampled_from(["simit-2022", "escmid-2022", "idsa-2026"])),
        "hospital.region": draw(st.sampled_from(["EU", "US"])),
        "panel.version": "2026",
    }
    for key, values in OPTIONAL.items():
        if draw(st.integers(0, 3)):
            flat[key] = draw(values)
    for drug in RESULTS:
        if draw(st.booleans()):
            flat[f"panel.results.{drug}"] = draw(st.sampled_from(CATEGORIES))
    flat.update(draw(combined_tests()))
    if draw(st.integers(0, 2)) == 0:
        flat["panel.results.cefiderocol"] = draw(st.sampled_from(["1", "4", ">16", "<=0.5"]))
    if flat.get("patient.pregnant") and draw(st.booleans()):
        flat["patient.gestation_weeks"] = draw(st.sampled_from([8.0, 24.0, 38.0]))
    if flat.get("patient.renal_replacement") == "crrt" and draw(st.booleans()):
        flat["patient.crrt_effluent_l_h"] = 2.5
    return flat
