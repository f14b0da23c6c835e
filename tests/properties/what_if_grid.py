"""The fine grid that `what-if` is measured by, written down without its list or its cells.

`tests/properties/test_what_if.py` spreads it over the cases: each case tries a share of it, and all
cases together the whole. The whole grid for every case takes about a quarter of an hour and is not
run in CI:

    python -m tests.properties.what_if_grid [FIRST LAST]

It says each failure and exits with 1 if there is one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ndm_advisor.cli.base import names_of
from ndm_advisor.explain.what_if import missing
from ndm_advisor.explain.what_if.would_change import would_change
from ndm_advisor.knowledge.load import load_knowledge
from ndm_advisor.model.answer import MissingEffect, WouldChange
from ndm_advisor.model.knowledge import Knowledge
from tests.properties.decided_again import EXAMPLES, GENERATED, Again, Started, flips, weight

CLEARANCE: Final = "patient.crcl_ml_min"
ALLERGIES: Final = "patient.allergies"
COMBINED: Final = "panel.results.ceftazidime-avibactam+aztreonam"
_CATEGORIES: Final = ("S", "I", "R", "NS", "SDD")
_SITES: Final = (
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
)
# Policy 4.3 and 4.5: the older agents and the drugs of cystitis, by site.
_OLDER: Final = {
    "complicated-uti": (
        "ciprofloxacin",
        "levofloxacin",
        "trimethoprim-sulfamethoxazole",
        "amikacin",
        "gentamicin",
        "plazomicin",
        "fosfomycin-iv",
    ),
    "intra-abdominal": ("tigecycline", "eravacycline"),
    "skin-soft-tissue": ("tigecycline", "eravacycline"),
    "cystitis": (
        "amikacin",
        "gentamicin",
        "nitrofurantoin",
        "trimethoprim-sulfamethoxazole",
        "ciprofloxacin",
        "levofloxacin",
        "pivmecillinam",
        "fosfomycin-oral",
        "gepotidacin",
    ),
}
_PBP3: Final = ("YRIN", "YRIK", "TIPY", "other", "none")
_FAMILIES: Final = ("NDM", "VIM", "IMP", "other")
_REPLACEMENTS: Final = (
    "none",
    "intermittent-haemodialysis",
    "crrt",
    "peritoneal-dialysis",
    "sled",
)
_STOCKS: Final = ("aztreonam-avibactam", "ceftazidime-avibactam", "aztreonam", "cefiderocol")
_TYPED: Final = {"isolate.mbl_method": "pcr", "isolate.mbl_on": "current"}


class Step(NamedTuple):
    """One change: the fact it is of, its value or direction there, and the edit."""

    key: str
    towards: object
    edit: dict[str, Any]


# -- what `would_change` must know -----------------------------------------------------------------


def steps(started: Started) -> list[Step]:
    """The closed list of issue 6, every value of it."""
    return [
        *_clearances(started),
        *_results(started),
        *_enums(),
        *_typings(),
        *(
            Step(ALLERGIES, culprit, {ALLERGIES: _and_severe(culprit, started)})
            for culprit in ("ceftazidime", "penicillin")
        ),
    ]


def _clearances(started: Started) -> Iterator[Step]:
    facts = started.decision.facts
    if facts.on_renal_replacement:
        return
    for value in range(1, 201):
        yield Step(CLEARANCE, _side(value, facts.crcl_ml_min), {CLEARANCE: value})


def _side(value: float, crcl: float | None) -> str:
    if crcl is None:
        return "any"
    return "below" if value < crcl else "above"


def _results(started: Started) -> Iterator[Step]:
    older = _OLDER.get(started.decision.facts.site, ())
    for drug in ("aztreonam-avibactam", "cefiderocol", *older):
        key = f"panel.results.{drug}"
        if drug != "plazomicin" or started.decision.facts.region == "US":
            for category in (*_CATEGORIES, None):
                yield Step(key, _direction(category), {key: category})
    yield Step(COMBINED, "absent", {COMBINED: None})
    for method in ("broth-disk-elution", "strip-stacking"):
        for category in _CATEGORIES:
            row = {"category": category, "method": method}
            yield Step(COMBINED, _direction(category), {COMBINED: row})


def _direction(category: object) -> str:
    if isinstance(category, dict):
        category = category["category"]
    if category is None:
        return "absent"
    return "S" if category == "S" else "away from S"


def _enums() -> Iterator[Step]:
    single: dict[str, tuple[object, ...]] = {
        "isolate.mbl": ("suspected", "unknown"),
        "isolate.mbl_family": _FAMILIES,
        "isolate.pbp3_insertion": _PBP3,
        "infection.site": _SITES,
        "infection.severity": ("severe", "non-severe"),
        "patient.renal_replacement": _REPLACEMENTS,
        "patient.aki_within_48h": (True, False),
        "patient.pregnant": (True, False),
        "hospital.guideline": ("simit-2022", "escmid-2022", "idsa-2026"),
        "hospital.region": ("EU", "US"),
        **{f"hospital.stock.{drug}": (True, False) for drug in _STOCKS},
    }
    for key, values in single.items():
        yield from (Step(key, value, {key: value}) for value in values)


def _typings() -> Iterator[Step]:
    """What confirms or rules out an MBL is a method on this isolate, not the bare word."""
    key = "isolate.mbl"
    yield Step(key, "confirmed", {key: "confirmed", **_TYPED})
    yield Step(key, "ruled-out", {key: "ruled-out", **_TYPED, "isolate.mbl_family": None})


def _and_severe(culprit: str, started: Started) -> list[dict[str, Any]]:
    held = started.document.get("patient", {}).get("allergies", [])
    return [*held, {"drug": culprit, "severity": "severe"}]


def unlisted(
    started: Started, entries: tuple[WouldChange, ...], tried: list[Step], again: Again
) -> Iterator[str]:
    """Every flip of the grid whose fact and direction no entry has."""
    for step in tried:
        new = again.with_(started.document, step.edit)
        found = set() if new is None else flips(started.seen, new)
        listed = {
            flip
            for entry in entries
            if entry.key == step.key and any(_is_towards(step, o, started) for o in _sets(entry))
            for flip in entry.flips
        }
        if found - listed:
            yield f"{started.name}: {step.edit} flips {sorted(found)}, listed {sorted(listed)}"


def _sets(entry: WouldChange) -> tuple[dict[str, Any], ...]:
    return (entry.set, *entry.also)


def _is_towards(step: Step, offered: dict[str, Any], started: Started) -> bool:
    value = offered.get(step.key)
    if step.key == CLEARANCE:
        return _side(value, started.decision.facts.crcl_ml_min) == step.towards
    if step.key.startswith("panel.results."):
        return _direction(value) == step.towards
    if step.key == ALLERGIES:
        return any(allergy["drug"] == step.towards for allergy in value)
    return value == step.towards


# -- what the missing-value statements must know ---------------------------------------------------


def missing_values(key: str, knowledge: Knowledge) -> list[Any]:
    """Every value of a fact that is not given, finer than the base tries them."""
    if key.startswith("panel.results."):
        if key == COMBINED:
            methods = ("broth-disk-elution", "strip-stacking", "disk-proximity")
            return [{"category": c, "method": m} for c in _CATEGORIES for m in methods]
        return list(_CATEGORIES)
    if key.startswith("hospital.stock."):
        return [True, False]
    if key == ALLERGIES:
        return list(_allergies(knowledge))
    if key == "patient.medicines":
        return [[], *([name] for name in sorted(knowledge.medicines.classes))]
    return _RANGES[key]


def _allergies(knowledge: Knowledge) -> Iterator[list[dict[str, str]]]:
    yield []
    graph = knowledge.allergy
    for culprit in sorted({*graph.culprits, *graph.class_of}):
        for severity in ("severe", "mild"):
            yield [{"drug": culprit, "severity": severity}]


_FLAG: Final = [True, False]
_CONDITIONS: Final = (
    "seizures",
    "myasthenia-gravis",
    "prolonged-qt",
    "heart-failure",
    "g6pd-deficiency",
    "porphyria",
    "bone-marrow-transplant",
)
_RANGES: Final[dict[str, list[Any]]] = {
    # The bare word, and with what belongs to it: a method on this isolate, and no family.
    "isolate.mbl": [
        *("confirmed", "suspected", "ruled-out", "unknown"),
        {"isolate.mbl": "confirmed", **_TYPED},
        {"isolate.mbl": "ruled-out", **_TYPED, "isolate.mbl_family": None},
    ],
    "isolate.mbl_family": [*_FAMILIES, "unknown"],
    "isolate.mbl_method": [
        "pcr",
        "sequencing",
        "immunochromatography",
        "mcim-ecim",
        "inhibitor-panel",
        "other",
    ],
    "isolate.mbl_on": ["current", "previous"],
    "isolate.other_carbapenemases": [[], ["KPC"], ["OXA-48-like"], ["GES"], ["other"]],
    "isolate.pbp3_insertion": list(_PBP3),
    "isolate.methyltransferase_16s": _FLAG,
    "panel.standard": ["EUCAST", "CLSI", "FDA"],
    "infection.source": [
        "complicated-uti",
        "intra-abdominal",
        "pneumonia",
        "skin-soft-tissue",
        "bone-joint",
        "endovascular",
        "central-line",
        "cns",
        "other",
        "unknown",
    ],
    "infection.severity": ["severe", "non-severe"],
    "infection.septic_shock": _FLAG,
    "infection.sofa_rise": list(range(25)),
    "infection.pitt_score": list(range(15)),
    "infection.increment_cpe_score": list(range(16)),
    "infection.source_control": ["achieved", "pending", "not-possible", "not-needed"],
    "infection.device": [
        "urinary-catheter",
        "central-line",
        "prosthesis",
        "stent",
        "drain",
        "none",
    ],
    "infection.polymicrobial": _FLAG,
    "infection.anaerobes": _FLAG,
    "infection.urology_procedure_planned": _FLAG,
    "infection.deteriorating": _FLAG,
    "patient.age_years": list(range(101)),
    "patient.sex": ["female", "male"],
    "patient.weight_kg": [*range(30, 201)],
    "patient.height_cm": [*range(140, 201)],
    "patient.crcl_ml_min": [*range(1, 201)],
    "patient.creatinine_umol_l": [*range(30, 201, 2), *range(205, 1201, 5)],
    "patient.egfr_ml_min_1_73m2": [*range(1, 151)],
    "patient.renal_replacement": list(_REPLACEMENTS),
    "patient.residual_crcl_ml_min": [*range(31)],
    "patient.crrt_effluent_l_h": [quarter / 4 for quarter in range(2, 33)],
    "patient.aki_within_48h": _FLAG,
    "patient.baseline_ckd": _FLAG,
    "patient.child_pugh": ["A", "B", "C"],
    "patient.pregnant": [
        *_FLAG,
        {"patient.pregnant": False, "patient.gestation_weeks": None},
    ],
    "patient.gestation_weeks": [*range(44)],
    "patient.breast_feeding": _FLAG,
    "patient.conditions": [[], *([condition] for condition in _CONDITIONS)],
}


def edit_of(key: str, value: Any) -> dict[str, Any]:
    """The edit that gives a fact a value; a value may bring what belongs to it."""
    return value if isinstance(value, dict) and key in value else {key: value}


def missing_keys(started: Started, knowledge: Knowledge) -> list[str]:
    """The facts that the case does not give: absent, or said to be unknown."""
    drugs = sorted({*knowledge.strategy_drugs, "imipenem", "ertapenem", "doripenem"})
    keys = [
        *_RANGES,
        ALLERGIES,
        "patient.medicines",
        COMBINED,
        *(f"panel.results.{drug}" for drug in drugs),
        *(f"hospital.stock.{drug}" for drug in drugs),
    ]
    return [key for key in keys if is_open(started, key)]


def is_open(started: Started, key: str) -> bool:
    """Whether the case leaves the fact open."""
    facts = started.decision.facts
    if key == CLEARANCE:
        return facts.crcl_ml_min is None and not facts.on_renal_replacement
    if key == "patient.creatinine_umol_l" and "patient.creatinine_mg_dl" in facts.given:
        return False
    return facts.given.get(key) in {None, "unknown", "not tested", "pending"}


def misstated(
    started: Started,
    key: str,
    said: MissingEffect | None,
    values: list[Any],
    again: Again,
    *,
    whole: bool,
) -> Iterator[str]:
    """What the values of an open fact do that its statement does not say.

    With `whole` the values are all there are, and the statement may not say more than they do.
    """
    weights = ("none", "dose", "regimen", "outcome")
    gravest, by = "none", None
    for value in values:
        new = again.with_(started.document, edit_of(key, value))
        found = "none" if new is None else weight(flips(started.seen, new))
        if weights.index(found) > weights.index(gravest):
            gravest, by = found, value
    stated = said.effect if said else "none"
    if weights.index(gravest) > weights.index(stated):
        yield f"{started.name}: {key} said {said and stated}, but {by!r} changes the {gravest}"
    elif whole and stated != gravest:
        yield f"{started.name}: {key} said {stated}, but no value changes more than {gravest}"


# -- the slow command ------------------------------------------------------------------------------


def failures(started: Started, again: Again) -> Iterator[str]:
    """The whole grid of one case."""
    knowledge = again.knowledge
    entries = would_change(started.decision, knowledge)
    yield from unlisted(started, entries, steps(started), again)
    weighed = missing.weigh(started.decision, knowledge)
    said = {effect.key: effect for effect in missing.missing_value_effects(weighed)}
    for key in dict.fromkeys([*missing_keys(started, knowledge), *said]):
        values = missing_values(key, knowledge)
        yield from misstated(started, key, said.get(key), values, again, whole=True)


def main(arguments: list[str]) -> int:
    """Try the whole grid on the examples and the generated cases from FIRST to LAST."""
    knowledge = load_knowledge()
    again = Again(knowledge, names_of(knowledge))
    first, last = map(int, arguments) if arguments else (0, GENERATED)
    cases = [again.example(path) for path in EXAMPLES] if first == 0 else []
    cases += [again.generated(number) for number in range(first, last)]
    found = 0
    for started in cases:
        for failure in failures(started, again):
            found += 1
            sys.stdout.write(f"{failure}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(cases)} cases, {found} failures\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
