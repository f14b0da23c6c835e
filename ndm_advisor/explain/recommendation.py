"""A decision in words: formats, never decides."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, cast

from ndm_advisor.decision.alerts.situation import bacteriuria_exception
from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.rank import A, P
from ndm_advisor.explain.abstain import abstention, information
from ndm_advisor.explain.alert_words import alert_lines
from ndm_advisor.explain.case_words import allergy_words, order_lines
from ndm_advisor.explain.course import (
    duration,
    gram_positive_note,
    lab_names,
    lab_requests,
    monitoring,
    review_due,
    step_down,
)
from ndm_advisor.explain.findings import findings
from ndm_advisor.explain.ladder import pair_support
from ndm_advisor.explain.offers import graded, offers, rejected
from ndm_advisor.explain.unknowns import not_assessed
from ndm_advisor.explain.words_of import record, section, sentence, strings
from ndm_advisor.model import words
from ndm_advisor.model.answer import (
    Alert,
    CaseRef,
    Offer,
    OrderCheck,
    Position,
    Provenance,
    Recommendation,
    SusceptibilityLine,
)
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.model.words import guideline_name, regimen_name
from ndm_advisor.steps import Steps, finish

SCHEMA_VERSION: Final = "1"
_SUMMARY_LENGTH: Final = 140


class Beside(NamedTuple):
    """What an answer says beside the decision.

    `acknowledged` maps alert ids to the reason given for each; an id that does not fire is passed
    over, and no alert changes its place or its tier for it. Without `traced` the findings are left
    out (null), for an output that shows none.
    """

    case: CaseRef
    tool_version: str
    local_override: dict[str, object] | None = None
    acknowledged: Mapping[str, str] = MappingProxyType({})
    traced: bool = True


def explain(
    decision: Decision, knowledge: Knowledge, *, case: CaseRef, tool_version: str
) -> Recommendation:
    """Write a decision out as the answer of interface section 2."""
    return finish(explaining(decision, knowledge, Beside(case, tool_version)))


def explaining(decision: Decision, knowledge: Knowledge, beside: Beside) -> Steps[Recommendation]:
    """Write a decision out in steps: a batch does a few side by side. See `explain`."""
    regimens = offers(decision, knowledge)
    yield
    not_offered = rejected(decision, knowledge)
    yield
    lines = alert_lines(decision, knowledge, beside.acknowledged)
    yield
    positions = _positions(decision, knowledge)
    yield
    unassessed = not_assessed(decision, knowledge)
    yield
    items = information(decision, knowledge)
    tests = monitoring(decision, knowledge)
    yield
    return Recommendation(
        schema_version=SCHEMA_VERSION,
        case=beside.case,
        provenance=_provenance(decision, knowledge, beside),
        outcome=decision.outcome,
        dose_pending=decision.outline.dose_pending,
        summary=_summary(decision, regimens, knowledge),
        indicator=_indicator(decision, lines),
        regimens=regimens,
        rejected=not_offered,
        abstention=abstention(decision, items, knowledge),
        information=items,
        alerts=lines,
        order_check=_order_check(decision, lines, knowledge),
        susceptibilities=_susceptibilities(decision.facts),
        guideline_positions=positions,
        would_change=None,
        missing_value_effects=None,
        not_assessed=unassessed,
        lab_requests=lab_requests(decision, knowledge),
        monitoring=tests,
        duration=duration(decision, knowledge),
        step_down=step_down(decision, knowledge),
        review_due=review_due(decision, knowledge),
        findings=findings(decision, knowledge) if beside.traced else None,
        notes=_notes(decision, knowledge),
        kidney=decision.facts.kidney,
        note=decision.case.note,
        headline=_headline(decision, knowledge),
        lab_names=lab_names(decision, knowledge),
        allergies=allergy_words(decision.case),
        pair_support=pair_support(decision.facts, knowledge),
    )


def _order_check(decision: Decision, lines: tuple[Alert, ...], knowledge: Knowledge) -> OrderCheck:
    """The verdict with the alerts about orders, as they stand among all alerts."""
    judgement = decision.judgement
    ids = {(r.id, r.tier) for r in judgement.raised}
    about = tuple(line for line in lines if (line.id, line.tier) in ids)
    return OrderCheck(judgement.verdict, about, judgement.changes, order_lines(decision, knowledge))


def _provenance(decision: Decision, knowledge: Knowledge, beside: Beside) -> Provenance:
    facts, settled = decision.facts, decision.settled
    return Provenance(
        tool_version=beside.tool_version,
        knowledge_version=knowledge.version,
        knowledge_sha256=knowledge.sha256,
        reviewed_on=knowledge.reviewed_on,
        review_due_on=knowledge.review_due_on,
        guideline=settled.guideline,
        region=settled.region,
        breakpoints=_breakpoints(decision, knowledge),
        advised_on=facts.on.isoformat(),
        local_override=beside.local_override,
        guideline_from=settled.guideline_from,
        region_from=settled.region_from,
    )


def _breakpoints(decision: Decision, knowledge: Knowledge) -> str:
    """The standard and version of the panel, as reported or the newest held."""
    panel = decision.case.panel
    if panel.standard is None:
        return "no standard named: categories as reported, MICs not read"
    held = knowledge.settings.breakpoint_versions[panel.standard]
    if panel.version is None:
        return f"{panel.standard} {held[0]} (newest held)"
    known = panel.version in held
    return f"{panel.standard} {panel.version}{'' if known else ' (not held: MICs not read)'}"


# -- the first line ------------------------------------------------------------------------------


def _headline(decision: Decision, knowledge: Knowledge) -> str:
    """Whose infection this is: organism, MBL, site and severity, in one line."""
    facts = decision.facts
    site = str(record(knowledge, "headline", facts.site).get("name", facts.site))
    mbl = sentence(knowledge, "mbl_words", facts.mbl_status).format(
        family=facts.mbl_family or "MBL"
    )
    parts = [f"{facts.organism_name}, {mbl}: {site}"]
    if facts.site != "colonisation":
        key = facts.severity
        if facts.site == "cystitis" and "infection.severity" not in facts.given:
            key = "cystitis-absent"
        parts.append(sentence(knowledge, "severity_words", key))
    return ", ".join(parts)


def _summary(decision: Decision, regimens: tuple[Offer, ...], knowledge: Knowledge) -> str:
    """What to do, in at most 140 characters."""
    if decision.outcome == "regimens":
        text = _regimen_summary(decision, regimens)
    elif decision.outcome == "abstention":
        text = "No regimen is offered: call infectious diseases and microbiology now."
    elif decision.outcome == "not_treatment":
        exception = bacteriuria_exception(decision.ordered.situation)
        key = f"summary_{exception}" if exception else "summary"
        text = sentence(knowledge, "colonisation", key)
    else:
        text = str(record(knowledge, "out_of_scope", decision.outline.reason)["reason"])
    return text if len(text) <= _SUMMARY_LENGTH else text[: _SUMMARY_LENGTH - 3] + "..."


def _regimen_summary(decision: Decision, regimens: tuple[Offer, ...]) -> str:
    first = regimens[0]
    peers = [o for o in regimens if o.rank == first.rank]
    names = [regimen_name(o.id, "with") for o in peers]
    lead = "Last resort: " if first.rank == "last_resort" else "Give "
    if first.provisional:
        lead = "Provisional: give " if first.rank != "last_resort" else "Provisional, last resort: "
    text = f"{lead}{words.join_names(names, 'or')}."
    if not first.provisional and any(o.provisional for o in peers):
        text = _proven_first(peers)
    if len(text) > _SUMMARY_LENGTH:
        text = f"{lead}{names[0]} (or one of {len(names) - 1} others below)."
    pending = " Dose pending." if decision.outline.dose_pending else ""
    return text + pending if len(text + pending) <= _SUMMARY_LENGTH else text


def _proven_first(peers: list[Offer]) -> str:
    """What is proven, then what waits for its result: never both as if they were equal."""
    proven, waiting = (
        words.join_names((regimen_name(o.id, "with") for o in peers if o.provisional is held), "or")
        for held in (False, True)
    )
    return f"Give {proven}. Provisional, untested: {waiting}."


def _indicator(
    decision: Decision, lines: tuple[Alert, ...]
) -> Literal["info", "warning", "critical"]:
    """Critical for a stop that is not standing or an abstention, else warning for a caution."""
    tiers = {line.tier for line in lines if not line.standing}
    if "stop" in tiers or decision.outcome == "abstention":
        return "critical"
    return "warning" if "caution" in tiers else "info"


# -- the panels ----------------------------------------------------------------------------------


def _susceptibilities(facts: Facts) -> tuple[SusceptibilityLine, ...]:
    return tuple(
        SusceptibilityLine(
            drug=r.drug,
            mic_mg_l=None if r.mic is None else r.mic.text,
            zone_mm=r.zone_mm,
            reported=r.reported,
            read_as=r.read_as,
            breakpoint=r.breakpoint,
            used=r.used,
            why=r.why,
            standard=r.standard,
            version=r.version,
        )
        for r in facts.susceptibilities.values()
    )


def _positions(decision: Decision, knowledge: Knowledge) -> tuple[Position, ...]:
    """The three profiles side by side; the same when the scope ended the case."""
    return tuple(_position(profile, decision, knowledge) for profile in knowledge.profiles)


def _position(guideline: str, decision: Decision, knowledge: Knowledge) -> Position:
    profile = knowledge.profiles[guideline]
    selection = decision.positions.get(guideline)
    note = _position_note(guideline, decision, knowledge)
    if selection is None:
        return Position(guideline, decision.outcome, (), (), (), (), None, None, note)
    by_rank = {
        rank: tuple(r.strategy for r in selection.ranked if r.rank == rank)
        for rank in ("preferred", "alternative", "last_resort")
    }
    first = next(iter(selection.ranked), None)
    grade = graded(first.strategy, decision.facts, profile) if first else None
    return Position(
        guideline=guideline,
        outcome=selection.outcome,
        preferred=by_rank["preferred"],
        alternative=by_rank["alternative"],
        last_resort=by_rank["last_resort"],
        provisional=tuple(r.strategy for r in selection.ranked if r.provisional),
        strength=_give(grade.give if grade else {}, "strength"),
        certainty=_give(grade.give if grade else {}, "certainty"),
        note=note,
        rows=selection.rows,
    )


def _give(found: dict[str, object], key: str) -> str | None:
    value = found.get(key)
    return None if value is None else str(value)


def _position_note(guideline: str, decision: Decision, knowledge: Knowledge) -> str:
    found = record(knowledge, "guidelines", guideline)
    sites = cast("dict[str, str]", found.get("sites", {}))
    said = sites.get(decision.facts.site, sentence(knowledge, "guideline_words", "silence"))
    parts = [f"{found['how_read']}", f"says of this site: {said}"]
    if guideline == "idsa-2026" and decision.facts.mbl_family in {"VIM", "IMP"}:
        parts.append(sentence(knowledge, "guideline_words", "speaks_of_ndm"))
    if predates := str(found.get("predates", "")):
        parts.append(predates.rstrip("."))
    return "; ".join(parts)


# -- lines of the screen -------------------------------------------------------------------------


def _notes(decision: Decision, knowledge: Knowledge) -> tuple[str, ...]:
    """Lines that belong on the screen whatever is folded away."""
    lines: list[str] = []
    if decision.outcome == "not_treatment":
        found = section(knowledge, "colonisation")
        keys = ("precautions", "no_decolonisation", "rerun", "bacteriuria")
        lines += [str(found[key]) for key in keys]
    elif decision.outcome == "out_of_scope":
        lines += _pointers(decision, knowledge)
    else:
        lines += _treatment_notes(decision, knowledge)
    return tuple(line for line in lines if line)


def _pointers(decision: Decision, knowledge: Knowledge) -> list[str]:
    found = record(knowledge, "out_of_scope", decision.outline.reason)
    lines = list(strings(found, "pointers"))
    by_enzyme = cast("dict[str, str]", found.get("by_enzyme", {}))
    if by_enzyme:
        others = decision.case.isolate.other_carbapenemases
        if others is None:
            lines.append(by_enzyme["not-tested"])
        elif not others:
            lines.append(by_enzyme["none"])
        else:
            lines += [by_enzyme.get(name, by_enzyme["other"]) for name in others]
    return lines


def _treatment_notes(decision: Decision, knowledge: Knowledge) -> list[str]:
    facts = decision.facts
    lines = [_disagreement(decision, knowledge)]
    # Policy section 2: VIM and IMP under IDSA 2026; 4.9: other and unknown families too.
    chosen_idsa = decision.settled.guideline == "idsa-2026"
    if chosen_idsa and facts.mbl_confirmed and not facts.family_is_ndm and decision.positions:
        lines.append(sentence(knowledge, "guideline_words", "speaks_of_ndm"))
    if facts.site in {"bone-joint", "endovascular"} and decision.offered:
        lines.append(sentence(knowledge, "phrases", "no_direct_evidence"))
    if facts.severity == "unknown" and facts.invasive:
        lines.append(sentence(knowledge, "phrases", "severity_assumed"))
    lines.append(gram_positive_note(decision, knowledge))
    lines.append(_not_interchangeable(decision, knowledge))
    lines += _aki_lines(decision, knowledge)
    tetracyclines = {o.ranked.strategy for o in decision.offered} & {"tigecycline", "eravacycline"}
    if tetracyclines and facts.site == "intra-abdominal":
        lines.append(sentence(knowledge, "companions", "tetracycline"))
    lines += _range_notes(decision)
    return lines


def _disagreement(decision: Decision, knowledge: Knowledge) -> str:
    """One line when the profiles disagree for this case."""
    first = {
        name: tuple(r.strategy for r in s.ranked if r.rank == "preferred")
        for name, s in decision.positions.items()
    }
    chosen = decision.settled.guideline
    others = [name for name in first if name != chosen and set(first[name]) != set(first[chosen])]
    if not others:
        return ""
    other = others[-1] if "idsa-2026" not in others else "idsa-2026"
    text = sentence(knowledge, "guideline_words", "disagree")
    return text.format(
        first=f"{guideline_name(chosen)} prefers {_preferred(first[chosen])}",
        second=f"{guideline_name(other)} {_preferred(first[other])}",
    )


def _preferred(strategies: tuple[str, ...]) -> str:
    if not strategies:
        return "none"
    return words.join_names((regimen_name(s, "with") for s in strategies), "or")


def _not_interchangeable(decision: Decision, knowledge: Knowledge) -> str:
    """Dossier 4.2 flag 2: at CrCl 50 or less whenever A and P are both shown."""
    crcl = decision.facts.crcl_ml_min
    limit = knowledge.settings.not_interchangeable_crcl_at_most
    both = {A, P} <= {o.ranked.strategy for o in decision.offered}
    if crcl is None or crcl > limit or not both:
        return ""
    return sentence(knowledge, "pair", "not_interchangeable")


def _aki_lines(decision: Decision, knowledge: Knowledge) -> list[str]:
    """The reason and the seizure warning beside the two doses of the first 48 hours."""
    shown = any(
        order.alternative_dose is not None and order.alternative_dose.why == "aki-first-48-h"
        for offer in decision.offered
        for order in offer.orders
    )
    if not shown:
        return []
    keys = ("choice", "rationale", "seizure", "unproven", "recheck")
    return [sentence(knowledge, "aki", key) for key in keys]


def _range_notes(decision: Decision) -> list[str]:
    """Cefiderocol between the standards, and the CrCl by another weight."""
    lines = []
    result = decision.facts.susceptibilities.get("cefiderocol")
    if result is not None and result.mic is not None and "between the standards" in result.why:
        lines.append(result.why)
    return lines
