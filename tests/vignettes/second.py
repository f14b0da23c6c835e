"""Which words an answer chooses, typed a second time: variants, corrections, candidates.

An alert's id and tier do not say which of its sentences is shown, nor a verdict what becomes of the
order. Here both follow from the case by policy sections 3, 4, 6 and 7, beside the rules and not
from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.rank import Turned
from ndm_advisor.model.answer import Change
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.model.words import drug_name, grams

_CARBAPENEMS: Final = ("meropenem", "imipenem", "ertapenem", "doripenem")
_PAIR: Final = "ceftazidime-avibactam+aztreonam"
_PAIR_SAID: Final = "ceftazidime-avibactam with aztreonam"
_TETRACYCLINES: Final = frozenset({"tigecycline", "eravacycline"})


def choice_faults(decision: Decision, knowledge: Knowledge) -> Iterator[str]:
    """Everything that is chosen otherwise than the policy says."""
    yield from _variants(decision, knowledge)
    yield from _hazards(decision, knowledge)
    yield from _instead(decision)
    yield from _changes(decision)
    yield from _amounts(decision)
    yield from _candidates(decision)
    yield from _selections(decision, knowledge)


# -- which sentence --------------------------------------------------------------------------------


def _variants(decision: Decision, knowledge: Knowledge) -> Iterator[str]:
    for raised in decision.raised:
        if raised.variant == "hazard":
            continue
        wanted = _WANTED.get(raised.id)
        if wanted is not None and raised.variant not in wanted(raised, decision):
            yield f"{raised.id}: {raised.variant}"
        if "drugs" in raised.values and raised.id in _OF_FIRST:
            first = decision.offered[0].ranked.strategy if decision.offered else ""
            said = _PAIR_SAID if first == _PAIR else first.replace("fosfomycin-iv", "IV fosfomycin")
            if first and drug_name(said) != raised.values["drugs"] != said:
                yield f"{raised.id}: {raised.values['drugs']} for {first}"
            if not first and raised.values["drugs"] != "what infectious diseases names":
                yield f"{raised.id}: {raised.values['drugs']} for nothing"
    for raised in decision.raised:
        yield from _category(raised, decision)


_OF_FIRST: Final = frozenset(
    {"aztreonam-alone", "carbapenem-alone", "inhibitor-combination-alone", "polymyxin-alone"}
    | {"resistant-drug-ordered", "allergy-caution", "cefiderocol-untested"}
)


def _unconfirmed(_: Any, decision: Decision) -> set[str]:
    isolate, status = decision.case.isolate, decision.facts.mbl_status
    if status == "ruled-out" and isolate.mbl_on == "previous":
        return {"ruled-out-previous"}
    of_status = {
        "ruled-out": "ruled-out" if isolate.mbl_method else "ruled-out-no-method",
        "confirmed": "immunochromatography",
        "discordant": "discordant",
    }
    if status in of_status:
        return {of_status[status]}
    if isolate.mbl in {None, "unknown"}:
        return {"unknown" if status == "suspected" else "untyped"}
    if isolate.mbl_on == "previous":
        return {"previous"}
    if isolate.mbl_method is None:
        return {"no-method" if isolate.mbl == "confirmed" else "suspected-no-method"}
    return {"suspected-proving" if isolate.mbl_method in _PROVING else "suspected"}


_PROVING: Final = frozenset({"pcr", "sequencing", "immunochromatography", "mcim-ecim"})


def _contradiction(raised: Any, decision: Decision) -> set[str]:
    if raised.variant in {"intrinsic", "methyltransferase"}:
        return {raised.variant}
    if decision.case.isolate.mbl == "ruled-out":
        return {"ruled-out-family"}
    results = decision.facts.susceptibilities
    used = [results[d].used for d in _CARBAPENEMS if d in results]
    tested = [category for category in used if category != "untested"]
    all_s = bool(tested) and all(category == "S" for category in tested)
    return {"carbapenem-s" if all_s else "ceftazidime-avibactam-s"}


def _kidney_injury(raised: Any, decision: Decision) -> set[str]:
    if not decision.facts.aki_within_48h:
        stale = "stale" if decision.offered else "stale-none"
        stale = "stale-unknown" if decision.facts.crcl_ml_min is None else stale
        return {stale, "acute-or-chronic"}
    if not decision.offered:
        return {"aki-none"}
    others = [o.alternative_dose for offer in decision.offered for o in offer.orders]
    if not any(other is not None and other.why == "aki-first-48-h" for other in others):
        if decision.facts.crcl_ml_min is None:
            return {"aki-unknown"}
        first = next(o.drug for offer in decision.offered for o in offer.orders)
        return {"aki-banded"} if raised.values["drug"] == drug_name(first) else set()
    return {"aki" if decision.facts.baseline_ckd is False else "aki-baseline-unknown"}


def _allergy(raised: Any, decision: Decision) -> set[str]:
    if raised.variant == "not-judged":
        strangers = decision.facts.unknown_allergens
        return {"not-judged"} if raised.values["culprit"] in strangers else set()
    of_cell = {"caution": "caution", "none": "no-statement"}
    wanted = set()
    named = set(re.split(", | and ", raised.values["drug"]))
    for found in decision.facts.allergy_findings:
        if drug_name(found.drug) not in named:
            continue
        if found.cell == "label":
            wanted.add("eu-any-cephalosporin")
        elif found.severity == "severe":
            wanted.add(of_cell.get(found.cell, ""))
        elif found.cell == "caution":
            wanted.add("mild" if found.severity == "mild" else "unknown-severity")
    return wanted


def _resistant(raised: Any, _: Decision) -> set[str]:
    for fact, variant in _NOT_BY_RESULT.items():
        if fact in raised.facts:
            return {variant, "stop"} if raised.drug == "aztreonam-avibactam" else {variant}
    return {"stop"}


_NOT_BY_RESULT: Final = {
    "drug.intrinsic": "intrinsic",
    "methyltransferase_16s": "methyltransferase",
    "aztreonam_support": "strategy",
}


def _inhibitor(raised: Any, decision: Decision) -> set[str]:
    if decision.facts.mbl_stated == "unknown":
        return {"caution"}
    if raised.drug != "ceftazidime-avibactam":
        return {"with-or-without"}
    changes = decision.judgement.changes
    return {"stop" if any(c.to == "aztreonam" and c.do == "add" for c in changes) else "replaced"}


def _divergence(raised: Any, decision: Decision) -> set[str]:
    """Nothing is named as what to give that another thing than the stock excludes."""
    product = decision.fates["aztreonam-avibactam"]
    out = product.no_dose is not None or {a.hazard.id for a in product.excluded} - {"not-in-stock"}
    wanted = {"caution", "replacement"}
    return {"pending", *(f"{variant}-pair-only" if out else variant for variant in wanted)}


def _toxicity(raised: Any, _: Decision) -> set[str]:
    return {"polymyxin-b" if raised.drug == "polymyxin-b" else "caution"}


def _partner(raised: Any, decision: Decision) -> set[str]:
    """It speaks of the partner that has no dose."""
    (placed,) = (p for p in decision.ordered.placed if p.number == raised.order)
    return set() if placed.has_dose else {"no-dose", "no-dose-pending"}


_WANTED: Final = {
    "inhibitor-combination-alone": _inhibitor,
    "polymyxin-toxicity": _toxicity,
    "pair-renal-divergence": _divergence,
    "partner-missing": _partner,
    "mbl-unconfirmed": _unconfirmed,
    "mechanism-contradiction": _contradiction,
    "creatinine-unstable": _kidney_injury,
    "allergy-caution": _allergy,
    "resistant-drug-ordered": _resistant,
}


def _category(raised: Any, decision: Decision) -> Iterator[str]:
    """The carbapenem that speaks for an MBL, and the category that contradicts a species."""
    results = decision.facts.susceptibilities
    shown = (raised.values.get("first", ""), raised.values.get("category", ""))
    if (raised.id, raised.variant) == ("mbl-unconfirmed", "unknown"):
        shown = (raised.values.get("drug", ""), raised.values.get("category", ""))
    elif (raised.id, raised.variant) != ("inhibitor-combination-alone", "caution"):
        if "category" in raised.values:
            yield from _reported(raised, decision)
        return
    not_s = [
        (drug, results[drug].used)
        for drug in _CARBAPENEMS
        if drug in results and results[drug].used not in {"S", "untested"}
    ]
    if not_s and shown != not_s[0]:
        yield f"{raised.id}: {shown} and not {not_s[0]}"


def _alone(raised: Any, decision: Decision) -> Iterator[str]:
    """The category that did not make the carbapenem work: what counts, the less active reading."""
    result = decision.facts.susceptibilities.get(raised.drug)
    said = "not tested"
    if result is not None:
        said = result.used if result.used in {"S", "I", "R"} else result.reported or result.used
    if raised.values["category"] != said:
        yield f"{raised.id}: {raised.drug} {raised.values['category']}, not {said}"


def _reported(raised: Any, decision: Decision) -> Iterator[str]:
    if raised.id == "carbapenem-alone":
        yield from _alone(raised, decision)
    if raised.id != "mechanism-contradiction" or raised.variant not in _ROWS:
        return
    named = {
        (drug_name(r.drug), *_spoken(r.reported, r.read_as))
        for r in decision.facts.susceptibilities.values()
    }
    said = tuple(raised.values[key] for key in ("drug", "how", "category"))
    if said not in named:
        yield f"{raised.id}: {' '.join(said)}"


def _spoken(reported: str | None, read_as: str | None) -> tuple[str, str | None]:
    """What the laboratory reported; where that is no category, what the tool read."""
    if reported in {None, "pending", "not tested"}:
        return "read as", read_as
    return "reported", reported


_ROWS: Final = frozenset({"intrinsic", "methyltransferase"})


# -- hazards in words ------------------------------------------------------------------------------


def _hazards(decision: Decision, knowledge: Knowledge) -> Iterator[str]:
    for raised in decision.raised:
        if raised.variant != "hazard" or raised.values.get("hazard") not in knowledge.hazards:
            continue
        hazard = knowledge.hazards[raised.values["hazard"]]
        if raised.facts != tuple(c.fact for c in hazard.when) or raised.values["do"] != hazard.do:
            yield f"{raised.id}: not the facts or the advice of {hazard.id}"
        name = drug_name(raised.drug) if raised.drug else ""
        because = re.escape(hazard.because).replace(r"\{drug\}", re.escape(name))
        if not re.fullmatch(because.replace(r"\{limit\}", r"[\d.]*"), raised.values["because"]):
            yield f"{raised.id}: {raised.values['because']}"


# -- orders ----------------------------------------------------------------------------------------


def _instead(decision: Decision) -> Iterator[str]:
    """What an alert says instead of its own action (policy 7: no alert contradicts the change)."""
    judged = decision.judgement
    colonised = decision.scope is not None and decision.scope.outcome == "not_treatment"
    allergic = {r.order for r in judged.raised if r.id == "severe-allergy"}
    for raised in judged.raised:
        change = next((c for c in judged.changes if c.order == raised.order), None)
        wanted = "order_allergy" if raised.id == "severe-allergy" else ""
        if change is not None and raised.id != "treating-colonisation":
            wanted = (
                _instead_of(raised, change.do, decision, colonised=colonised, allergic=allergic)
                or wanted
            )
        if raised.instead != wanted and not (raised.instead == "order_allergy" and allergic):
            yield f"{raised.id}: says {raised.instead!r} instead, not {wanted!r}"


def _instead_of(
    raised: Any, do: str, decision: Decision, *, colonised: bool, allergic: set[int]
) -> str:
    """The phrase by what becomes of the alert's order."""
    if colonised or raised.order in allergic:
        return _at_carriage(decision) if colonised else "order_allergy"
    if raised.id == "resistant-drug-ordered" and _gets_partner(raised.order, decision):
        return "order_completed"
    untyped = (raised.id, raised.tier) == ("inhibitor-combination-alone", "caution")
    phrases = {
        "order_typed": untyped and do in {"replace", "call", "stop"},
        "order_and_other_go": do == "stop" and _other_strategy_goes(raised, decision),
        "order_goes": _goes(raised, do, decision),
        "order_not_needed": do == "stop" and raised.id in _REPLACES,
    }
    return next((phrase for phrase, fits in phrases.items() if fits), "")


def _at_carriage(decision: Decision) -> str:
    """Bacteriuria is treated in pregnancy and before urological procedures (policy 9.6)."""
    procedure = decision.case.infection.urology_procedure_planned
    treated = decision.case.patient.pregnant or procedure
    return "at_bacteriuria" if treated else "at_colonisation"


def _gets_partner(order: int, decision: Decision) -> bool:
    """Whether a partner of the pair is added to an order."""
    partners = {"aztreonam", "ceftazidime-avibactam"}
    return any(
        (c.order, c.do) == (order, "add") and c.to in partners for c in decision.judgement.changes
    )


def _other_strategy_goes(raised: Any, decision: Decision) -> bool:
    """Of aztreonam-avibactam and the pair, both ordered: the one that is not stopped goes too."""
    if raised.id not in _REPLACES | {"duplicate-strategy"}:
        return False
    product, partners = {"aztreonam-avibactam"}, {"aztreonam", "ceftazidime-avibactam"}
    if raised.drug not in product | partners:
        return False
    other = partners if raised.drug in product else product
    gone = {c.order for c in decision.judgement.changes if c.do in {"replace", "call", "stop"}}
    return any(p.drug in other and p.number in gone for p in decision.ordered.placed)


def _in_hours(text: str) -> float:
    """A time as it is printed, in hours."""
    number, unit = text.split()
    return float(number) / (60 if unit.startswith("minute") else 1)


def _goes(raised: Any, do: str, decision: Decision) -> bool:
    """Whether the action would mend, or keep, an order that does not run on."""
    if raised.id in _MENDS:
        return do in {"replace", "call", "stop"}
    if raised.id != "duplicate-strategy":
        return False
    numbers = {p.number for p in decision.ordered.placed if p.drug == raised.drug}
    gone = {c.order for c in decision.judgement.changes if c.do in {"replace", "call", "stop"}}
    none_stays = raised.variant != "stop" and numbers <= gone
    return do in {"replace", "call"} or none_stays


_MENDS: Final = frozenset(
    {"dose-outside-band", "pair-not-together", "pair-renal-divergence", "partner-missing"}
)
_REPLACES: Final = frozenset(
    {
        "resistant-drug-ordered",
        "carbapenem-alone",
        "inhibitor-combination-alone",
        "polymyxin-alone",
    }
)
_AMOUNT: Final = r"[\d.,]+(?: to [\d.,]+)? (?:g|mg|million units|units)\b[^;]*"
_ONE: Final = (
    rf"(?:[A-Za-z -]*{_AMOUNT} first, then )?[A-Za-z -]*{_AMOUNT} (?:IV|by mouth)"
    r"(?: every [^;]+| once[^;]*)"
)
_NOT_DOSED: Final = r"by infectious diseases|dose withheld: [^;]+|dose not available: .+"
_TO: Final = {
    "adjust": re.compile(rf"{_ONE}|{_NOT_DOSED}"),
    "add": re.compile(
        rf"{_ONE}|{_NOT_DOSED}|after the load (?:{_ONE}|{_NOT_DOSED})"
        rf"|[a-z-]+ after the load {_ONE}; {_ONE}"
    ),
    "stop": re.compile(
        r"[A-Za-z -]+: (?:no antibacterial is advised for colonisation"
        r"|the drug for bacteriuria is chosen with infectious diseases first"
        r"|given twice; stop before the next dose|[a-z +-]+ stands without it)"
    ),
    "call": re.compile(
        r"metronidazole is excluded; infectious diseases names another anaerobic drug now"
        r"|no regimen is offered: (?:.+ is not stopped before the replacement hangs"
        r"|give no further dose of .+|call infectious diseases now)(?:; call now)?"
        r"|(?:.+ is not stopped before the replacement hangs|give no further dose of .+)"
        r"; call infectious diseases now"
    ),
    "replace": re.compile(
        rf"(?:{_ONE}|{_NOT_DOSED})(?:; (?:{_ONE}|{_NOT_DOSED}))?"
        r"(?:; (?:[A-Za-z -]+ is not stopped before the replacement hangs"
        r"|give no further dose of [A-Za-z -]+))?"
    ),
}


def _changes(decision: Decision) -> Iterator[str]:
    placed = {p.number: p for p in decision.ordered.placed}
    verdict, changes = decision.judgement.verdict, decision.judgement.changes
    if (verdict in {"not_assessed", "appropriate"} and changes) or (
        verdict == "harmful" and not changes
    ):
        yield f"{verdict}: {changes}"
    if decision.outline.reason == "mbl-unknown-no-carbapenem" and decision.candidates:
        yield f"candidates of an MBL nobody knows: {decision.candidates}"
    for change in decision.judgement.changes:
        shape = _TO.get(change.do)
        if (
            shape is None
            or not isinstance(change.because, str)
            or not shape.fullmatch(change.because)
        ):
            yield f"change of order {change.order}: {change.do}, {change.because}"
        elif change.order in placed:
            yield from _change(change, placed[change.order].drug, decision)
        elif placed:
            yield f"change of order {change.order}: no such order"


def _change(change: Change, drug: str, decision: Decision) -> Iterator[str]:
    """What becomes of one order, and that the words are about it."""
    name, to = drug_name(drug), change.to
    offered = decision.offered[0].ranked.strategy if decision.offered else None
    wanted = {"adjust": drug, "stop": None, "call": None, "replace": offered}
    if change.do in wanted and to != wanted[change.do]:
        yield f"{name}: {change.do} to {to}, not {wanted[change.do]}"
    if change.do == "stop" and not change.because.startswith(f"{name}: "):
        yield f"{name}: stopped as {change.because}"
    starts = any(r.id == "partner-missing" for r in decision.judgement.raised)
    if change.do == "adjust" and " first, then " in change.because and not starts:
        yield f"{name}: a load for a drug that runs"
    parts = [part for part in (to or "").split("+") if part]
    unsaid = [part for part in parts if part.split("-")[0] not in change.because]
    if change.do in {"replace", "add"} and unsaid and "dose" not in change.because:
        yield f"{name}: {unsaid} not in {change.because}"


def _amounts(decision: Decision) -> Iterator[str]:
    """What a dose alert says was ordered: for a day, or for one dose beside a component."""
    placed = {p.number: p for p in decision.ordered.placed}
    for raised in decision.raised:
        if raised.id != "dose-outside-band" or raised.order not in placed:
            continue
        ordered, said = placed[raised.order], raised.values
        per_day = ordered.daily_mg if ordered.daily_mg is not None else ordered.amount_mg
        mg = ordered.amount_mg if raised.variant == "component-or-total" else per_day
        if mg is not None and said["value"] != grams(mg):
            yield f"{raised.drug}: {said['value']} ordered, not {grams(mg)}"
        if raised.variant == "infusion" and _in_hours(said["first"]) != ordered.order.infusion_h:
            yield f"{raised.drug}: over {said['first']}"
        if raised.variant == "interval" and _in_hours(said["interval"]) != ordered.order.interval_h:
            yield f"{raised.drug}: every {said['interval']} hours"
        if raised.variant == "stop-high" and float(said["first"]) <= 2:
            yield f"{raised.drug}: {said['first']} times is no stop"
        if raised.variant == "stop-low" and not 0 <= float(said["first"].split()[0]) < 50:
            yield f"{raised.drug}: {said['first']} is no stop"


# -- choice ----------------------------------------------------------------------------------------


def _candidates(decision: Decision) -> Iterator[str]:
    site = decision.case.infection.site
    for candidate in decision.candidates:
        ident, say = candidate
        tetracycline = ident in _TETRACYCLINES
        if say not in _SAYS or not _is_said(ident, say, decision.outline.reason):
            yield f"{ident}: {say}"
        if (say == "pneumonia-tetracycline-conflict") != (
            tetracycline and site == "pneumonia" and say not in _SECOND
        ):
            yield f"{ident} in {site}: {say}"
        if say == "bone-tetracycline" and not (tetracycline and site == "bone-joint"):
            yield f"{ident} in {site}: {say}"
        if (
            say == "older-agent-information"
            and tetracycline
            and site in {"pneumonia", "bone-joint"}
        ):
            yield f"{ident} in {site}: {say}"
        if (say == "second-tetracycline") != (say in _SECOND and tetracycline):
            yield f"{ident}: {say}"


def _is_said(ident: str, say: str, reason: str) -> bool:
    """Policy 4.2 row 7: cefiderocol before its result; 4.8: each option in pregnancy."""
    if reason == "pregnancy-not-severe":
        return say == "pregnancy"
    before_result = reason == "row-7" and ident == "cefiderocol"
    return before_result == (say == "cefiderocol-before-result")


_SECOND: Final = frozenset({"second", "second-tetracycline", "pregnancy", "because"})
_SAYS: Final = _SECOND | {
    *("pneumonia-tetracycline-conflict", "bone-tetracycline", "older-agent-information"),
    *("fosfomycin-tigecycline", "fosfomycin-polymyxin", "cefepime-zidebactam"),
    *("cefiderocol-before-result", "cystitis-reserve", "colistin-cystitis"),
}
_TURNED: Final = {
    "reserve-for-no-beta-lactam": None,
    "type-first": None,
    "cystitis-reserve": "4.5",
}


def _selections(decision: Decision, knowledge: Knowledge) -> Iterator[str]:
    """Rows that exist, reasons only where nothing is offered, and why the usable is not."""
    for profile, selection in decision.positions.items():
        held = knowledge.profiles[profile]
        tables = (held.choice, held.older, *knowledge.tables.values())
        rows = {row.id for table in tables for row in table.rows} | {"4.5"}
        if bool(selection.reason) != (selection.outcome == "abstention"):
            yield f"{profile}: {selection.outcome} because {selection.reason}"
        applied = [a.id for a in selection.applied]
        if not {r.row for r in selection.ranked} | {*applied} <= rows:
            yield f"{profile}: rows {applied}"
        if decision.case.infection.site == "cystitis" and applied != ["4.5"]:
            yield f"{profile}: applied {applied}"
        offered = {ranked.strategy for ranked in selection.ranked}
        for turned in selection.turned:
            if turned.strategy in offered or not _is_turned(turned, rows, knowledge):
                yield f"{profile}: {turned}"


def _is_turned(turned: Turned, rows: set[str], knowledge: Knowledge) -> bool:
    if turned.because not in _TURNED or turned.strategy not in knowledge.strategies:
        return False
    return turned.row in rows and _TURNED[turned.because] in {None, turned.row}
