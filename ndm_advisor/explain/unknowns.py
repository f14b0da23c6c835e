"""What was not assessed, why, and what would supply it. Silence never means safe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.interpret import PAIR_TEST
from ndm_advisor.decision.orders import PARTNERS, needs_interval
from ndm_advisor.decision.rank import A, F
from ndm_advisor.explain.open_results import older_agents
from ndm_advisor.model import words
from ndm_advisor.model.answer import NotAssessed
from ndm_advisor.model.facts import CARBAPENEMS, FACT_KEYS
from ndm_advisor.model.knowledge import Knowledge

_RENAL: Final = (
    "patient.crcl_ml_min",
    "patient.creatinine_umol_l",
    "patient.creatinine_mg_dl",
    "patient.egfr_ml_min_1_73m2",
    "patient.weight_kg",
    "patient.height_cm",
    "patient.creatinine_measured_on",
    "patient.aki_within_48h",
    "patient.baseline_ckd",
)
# A category alone, or a number, counts as untested: the method goes with it (policy section 3).
_PAIR_SUPPLY: Final = (
    'panel.results."ceftazidime-avibactam + aztreonam" = '
    '{ category = "S" or "R", method = "broth-disk-elution" or "strip-stacking" }'
)
_POLYMYXIN_DOSE: Final[Mapping[str, str]] = {
    "colistin": "dose_mg_colistin_base",
    "polymyxin-b": "dose_mg_polymyxin_b",
}
_SEVERITY: Final = FACT_KEYS["severity"]
NOT_COMPUTED: Final = ("would_change", "missing_value_effects")  # null unless asked for


def not_assessed(decision: Decision, knowledge: Knowledge) -> tuple[NotAssessed, ...]:
    """Everything absent that could change the advice, and everything read but not judged."""
    return (
        *_isolate(decision),
        *_results(decision),
        *_infection(decision),
        *_patient(decision),
        *_hospital(decision, knowledge),
        *_read_not_judged(decision),
        *_later(),
    )


def _absent(decision: Decision, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key for key in keys if key not in decision.facts.given)


def _one(decision: Decision, key: str, what: str, why: str, supply: str) -> Iterator[NotAssessed]:
    if key not in decision.facts.given:
        yield NotAssessed(what, why, f"{key} = {supply}", (key,))


def _isolate(decision: Decision) -> Iterator[NotAssessed]:
    facts = decision.facts
    yield from _one(
        decision,
        "isolate.mbl",
        "MBL status",
        "not given",
        '"confirmed", "suspected" or "ruled-out", with isolate.mbl_method',
    )
    if facts.mbl_stated in {"confirmed", "ruled-out"}:
        method = '"pcr", "sequencing", "immunochromatography" or "mcim-ecim"'
        yield from _one(decision, "isolate.mbl_method", "MBL method", "not given", method)
        yield from _one(
            decision,
            "isolate.mbl_on",
            "isolate typed",
            "not given: taken as the current one",
            '"current" or "previous"',
        )
    yield from _one(
        decision, "isolate.mbl_family", "MBL family", "not given", '"NDM", "VIM", "IMP" or "other"'
    )
    if facts.is_e_coli:
        values = '"YRIN", "YRIK", "TIPY", "other" or "none"'
        what = "PBP3 insertion"
        yield from _one(decision, "isolate.pbp3_insertion", what, "not tested", values)
    yield from _one(
        decision,
        "isolate.methyltransferase_16s",
        "16S methyltransferase",
        "not tested",
        "true or false",
    )


def _results(decision: Decision) -> Iterator[NotAssessed]:
    facts = decision.facts
    wanted = (
        ("aztreonam-avibactam", "aztreonam-avibactam"),
        ("ceftazidime-avibactam+aztreonam", "combined test"),
        ("cefiderocol", "cefiderocol"),
        ("ceftazidime-avibactam", "ceftazidime-avibactam"),
    )
    for drug, what in wanted:
        key = f"panel.results.{drug}"
        supply = _PAIR_SUPPLY if drug == PAIR_TEST else f'{key} = "S", "R" or an MIC'
        result = facts.susceptibilities.get(drug)
        if result is None:
            yield NotAssessed(what, "not tested", supply, (key,))
        elif result.used == "untested":
            yield NotAssessed(what, result.why, supply, (key,))
        elif drug == PAIR_TEST and result.method is None and result.used not in {"R", "NS"}:
            yield NotAssessed(what, "no method: counts as untested", supply, (key,))
    missing = tuple(
        f"panel.results.{d}"
        for d in CARBAPENEMS
        if d not in facts.susceptibilities or facts.susceptibilities[d].used == "untested"
    )
    if missing:
        why = "none tested" if facts.carbapenem == "none-tested" else "not all tested"
        yield NotAssessed("carbapenems", why, "; ".join(missing), missing)
    yield from _unread(decision)
    yield from _older_results(decision)


def _unread(decision: Decision) -> Iterator[NotAssessed]:
    """Numbers that were not read, with the standard that would make them readable."""
    facts = decision.facts
    unread = [
        r.drug
        for r in facts.susceptibilities.values()
        if (r.mic is not None or r.zone_mm is not None)
        and r.read_as is None
        and r.drug != "ceftazidime-avibactam+aztreonam"
    ]
    if unread and "panel.standard" not in facts.given:
        yield NotAssessed(
            "MICs and zones",
            f"no standard named: not read for {words.join_names(unread)}",
            'panel.standard = "EUCAST" or "CLSI"',
            ("panel.standard",),
        )
    elif "panel.standard" not in facts.given and facts.susceptibilities:
        yield NotAssessed(
            "standard of the categories",
            "not named: I counts as not S",
            'panel.standard = "EUCAST" or "CLSI"',
            ("panel.standard",),
        )


def _older_results(decision: Decision) -> Iterator[NotAssessed]:
    facts = decision.facts
    untested = tuple(
        f.strategy.id
        for f in older_agents(decision)
        if facts.of_drug[f.strategy.id].used == "untested"
    )
    if untested and decision.scope is None:
        keys = tuple(f"panel.results.{d}" for d in untested)
        names = words.join_names(words.drug_name(d) for d in untested)
        yield NotAssessed(f"older agents: {names}", "no result that counts", "; ".join(keys), keys)


def _infection(decision: Decision) -> Iterator[NotAssessed]:
    facts = decision.facts
    absent = _absent(decision, _SEVERITY)
    if absent:
        stated = "infection.severity" in facts.given or facts.severity == "severe"
        why = "not all given" if stated else "not given: handled as severe"
        if not stated and facts.site == "cystitis":
            why = "not given: taken as not severe"
        what = "severity scores" if stated else "severity"
        yield NotAssessed(what, why, "; ".join(absent), absent)
    sets = (
        (
            "infection.source_control",
            "source control",
            '"achieved", "pending", "not-possible" or "not-needed"',
        ),
        ("infection.device", "device", '"none" or its name'),
        ("infection.polymicrobial", "other organisms", "true or false"),
    )
    for key, what, supply in sets:
        if facts.invasive:
            yield from _one(decision, key, what, "not given", supply)
    if facts.site == "intra-abdominal":
        yield from _one(
            decision, "infection.anaerobes", "anaerobes", "not given: assumed", "true or false"
        )
    if facts.site == "bloodstream":
        yield from _one(decision, "infection.source", "source", "not given", "a site")


def _patient(decision: Decision) -> Iterator[NotAssessed]:
    yield from _one(decision, "patient.age_years", "age", "not given: adult assumed", "years")
    yield from _one(decision, "patient.sex", "sex", "not given", '"female" or "male"')
    asked = (
        ("patient.allergies", "allergies", "[] or a list"),
        ("patient.medicines", "medicines", "[] or a list"),
        ("patient.conditions", "conditions", "[] or a list"),
        ("patient.child_pugh", "Child-Pugh", '"A", "B" or "C"'),
        ("patient.renal_replacement", "renal replacement", '"none" or its kind'),
        ("patient.breast_feeding", "breast-feeding", "true or false"),
    )
    for key, what, supply in asked:
        why = "not given: taken as none for dosing" if key.endswith("replacement") else "not given"
        yield from _one(decision, key, what, why, supply)
    yield from _pregnancy(decision)
    yield from _kidney(decision)


def _pregnancy(decision: Decision) -> Iterator[NotAssessed]:
    facts = decision.facts
    why = "not given: ask" if facts.pregnancy_in_play is None else "not given"
    yield from _one(decision, "patient.pregnant", "pregnancy", why, "true or false")
    if facts.pregnant:
        supply = "completed weeks"
        yield from _one(
            decision, "patient.gestation_weeks", "week of pregnancy", "not given", supply
        )


def _kidney(decision: Decision) -> Iterator[NotAssessed]:
    facts = decision.facts
    if facts.on_renal_replacement:
        yield from _replacement(decision)
        return
    absent = _absent(decision, _RENAL)
    if not absent:
        return
    if facts.crcl_ml_min is None:
        supply = (
            "patient.crcl_ml_min, or age_years, sex, weight_kg and creatinine_umol_l "
            "(or creatinine_mg_dl)"
        )
        yield NotAssessed(
            "creatinine clearance", "not given: doses by CrCl are withheld", supply, absent
        )
    else:
        yield NotAssessed("kidney details", "not given", "; ".join(absent), absent)


def _replacement(decision: Decision) -> Iterator[NotAssessed]:
    facts = decision.facts
    if facts.renal_replacement == "intermittent-haemodialysis":
        why = "not given: the longest interval is used"
        yield from _one(decision, "patient.residual_crcl_ml_min", "residual CrCl", why, "mL/min")
    if facts.renal_replacement == "crrt":
        why = "not given: the dose by effluent is withheld"
        yield from _one(decision, "patient.crrt_effluent_l_h", "CRRT effluent rate", why, "L/h")


def _hospital(decision: Decision, knowledge: Knowledge) -> Iterator[NotAssessed]:
    """Stock, drug by drug: of A, P and F always, of others where they are in question."""
    facts = decision.facts
    if decision.scope is not None and decision.scope.outcome != "abstention":
        return
    drugs = [A, "ceftazidime-avibactam", "aztreonam", F]
    drugs += [f.strategy.id for f in older_agents(decision) if facts.of_drug[f.strategy.id].active]
    keys = _absent(decision, tuple(f"hospital.stock.{d}" for d in drugs))
    if keys:
        names = [k.removeprefix("hospital.stock.") for k in keys]
        what = f"stock: {words.join_names(words.drug_name(n) for n in names)}"
        yield NotAssessed(what, "not given", "; ".join(f"{k} = true or false" for k in keys), keys)


def _read_not_judged(decision: Decision) -> Iterator[NotAssessed]:
    facts = decision.facts
    for name in facts.unknown_allergens:
        why = "not in the base: kept, not judged"
        yield NotAssessed(f"allergy to {name}", why, "a drug or class name", ("patient.allergies",))
    for name in facts.medicines_without_rule:
        why = "no interaction rule for it here"
        yield NotAssessed(f"medicine {name}", why, "check it elsewhere", ("patient.medicines",))
    for index, allergy in enumerate(decision.case.patient.allergies or ()):
        if allergy.severity is None or allergy.severity == "unknown":
            keys = (f"patient.allergies[{index}].severity", "patient.allergies")
            what = f"severity of the reaction to {allergy.drug}"
            yield NotAssessed(what, "not given: judged by its words", '"severe" or "mild"', keys)
    for number, name in decision.ordered.strangers:
        why = "not a drug of this base: not judged"
        key = f"orders.{number}.drug"
        yield NotAssessed(f"order of {name}", why, "check it elsewhere", (key,))
    yield from _orders(decision)


def _orders(decision: Decision) -> Iterator[NotAssessed]:
    """What the orders leave open: doses, intervals, start times."""
    for placed in decision.ordered.placed:
        order = placed.order
        missing = [
            key
            for key, value in (("interval_h", order.interval_h), ("infusion_h", order.infusion_h))
            if value is None and order.route in {None, "iv"}
        ]
        if "interval_h" in missing and (
            placed.is_loading or not needs_interval(placed, decision.ordered)
        ):  # a load, and a drug given once
            missing.remove("interval_h")
        if not placed.has_dose:
            missing.insert(0, _POLYMYXIN_DOSE.get(placed.drug, "dose_mg"))  # never a bare mg
        if placed.drug in PARTNERS and order.start_time is None:
            missing.append("start_time")
        if missing:
            keys = tuple(f"orders.{placed.number}.{key}" for key in missing)
            what = f"order {placed.number} ({words.drug_name(placed.drug)})"
            yield NotAssessed(what, "not all given", "; ".join(keys), keys)


def _later() -> Iterator[NotAssessed]:
    for part in NOT_COMPUTED:
        yield NotAssessed(part, "not asked for", "`ndm-advisor what-if` on the case", ())
