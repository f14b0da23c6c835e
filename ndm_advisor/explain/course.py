"""Around the regimen (policy section 9): requests, monitoring, duration, step-down, review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import cast

from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.rank import A, F, P
from ndm_advisor.explain.words_of import record, section, sentence, sources_of, strings
from ndm_advisor.model import words
from ndm_advisor.model.answer import Duration, Monitoring, ReviewDue
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Knowledge

_HOURS_PER_DAY = 24
_TESTED_SITES = ("cystitis", "complicated-uti", "intra-abdominal", "skin-soft-tissue")


def lab_requests(decision: Decision, knowledge: Knowledge) -> tuple[str, ...]:
    """The exact texts to send to the laboratory, most useful first."""
    keys = dict.fromkeys(_request_keys(decision))
    return tuple(sentence(knowledge, "lab_requests", key) for key in keys)


def lab_names(decision: Decision, knowledge: Knowledge) -> tuple[str, ...]:
    """The same requests by name, for the first screen."""
    keys = dict.fromkeys(_request_keys(decision))
    return tuple(str(record(knowledge, "lab_requests", key)["name"]) for key in keys)


def _request_keys(decision: Decision) -> Iterator[str]:
    facts = decision.facts
    if decision.scope is not None and decision.scope.outcome != "abstention":
        if decision.scope.reason == "ruled-out" and facts.mbl_method is None:
            yield "carbapenemase-type"
        return
    if decision.outline.reason == "mbl-unknown-no-carbapenem":
        yield "carbapenems"
        yield "carbapenemase-type"
        return
    yield from _mbl_keys(decision)
    if facts.invasive:
        yield from _active_keys(decision)
    if facts.site in _TESTED_SITES and _older_untested(decision):
        yield f"older-agents-{facts.site}"
    if decision.outline.reason == "row-8":
        yield from ("salvage-agents", "pbp3") if _pbp3_open(decision) else ("salvage-agents",)
    if facts.deteriorating:
        yield "re-test"


def _pbp3_open(decision: Decision) -> bool:
    return decision.facts.is_e_coli and decision.facts.pbp3_insertion is None


def _mbl_keys(decision: Decision) -> Iterator[str]:
    facts = decision.facts
    if facts.mbl_status == "discordant":
        yield "second-method"
    elif not facts.mbl_confirmed and facts.invasive:
        yield "carbapenemase-type"


def _active_keys(decision: Decision) -> Iterator[str]:
    facts = decision.facts
    if facts.aztreonam_support == "untested":
        yield "aztreonam-avibactam"
        yield "combined-test"
    if facts.cefiderocol_support == "untested":
        yield "cefiderocol"


def _older_untested(decision: Decision) -> bool:
    """Whether no older agent of this site is proven and one has no result yet."""
    facts = decision.facts
    older = [
        f.strategy.id
        for f in decision.fates.values()
        if f.strategy.kind in {"older", "cystitis-only"} and facts.site in f.strategy.sites
    ]
    if facts.site != "cystitis" and facts.severe and decision.outcome == "regimens":
        return False
    proven = any(facts.of_drug[d].active for d in older)
    return not proven and any(facts.of_drug[d].used == "untested" for d in older)


def monitoring(decision: Decision, knowledge: Knowledge) -> tuple[Monitoring, ...]:
    """What to measure for what is offered, and when."""
    drugs = {o.drug for offer in decision.offered for o in (*offer.orders, *offer.companions)}
    if not drugs:
        return ()
    lines = []
    for item in cast("list[Mapping[str, object]]", knowledge.words["monitoring"]):
        wanted = strings(item, "for")
        if "*" in wanted or drugs & set(wanted):
            lines.append(Monitoring(str(item["test"]), str(item["when"]), sources_of(item)))
    return tuple(lines)


def duration(decision: Decision, knowledge: Knowledge) -> Duration | None:
    """How long, from the first day of active therapy, for the first regimen offered."""
    if not decision.offered:
        return None
    facts = decision.facts
    found = _duration_record(decision.offered[0].ranked.strategy, facts, knowledge)
    counted = sentence(knowledge, "duration_words", "counted_from")
    low, high = found.get("from_days"), found.get("to_days")
    text = f"{found['text']}; {counted}" if low is not None else str(found["text"])
    return Duration(text, _days(low), _days(high), sources_of(found))


def _days(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _duration_record(strategy: str, facts: Facts, knowledge: Knowledge) -> Mapping[str, object]:
    site = record(knowledge, "durations", facts.site)
    variants: list[str] = [strategy]
    if facts.site == "intra-abdominal":
        variants = ["source-controlled"] if facts.source_control == "achieved" else [facts.region]
    for variant in variants:
        if variant in site:
            return cast("Mapping[str, object]", site[variant])
    return site


def step_down(decision: Decision, knowledge: Knowledge) -> str | None:
    """Oral step-down: only a proven fluoroquinolone or co-trimoxazole (policy 9.5)."""
    facts = decision.facts
    if not (decision.offered and facts.invasive):
        return None
    found = section(knowledge, "step_down")
    blood = facts.site == "bloodstream" and facts.source == "complicated-uti"
    never = str(found["never"])
    agents = []
    if facts.site in strings(found, "sites") or blood:
        agents = [a for a in strings(found, "agents") if _tolerated(a, decision)]
    if not agents:
        return f"{found['none']} {never}"
    key = "possible_bacteraemia" if blood else "possible"
    return f"{str(found[key]).format(drugs=words.join_names(agents, 'or'))} {never}"


def _tolerated(drug: str, decision: Decision) -> bool:
    facts = decision.facts
    return facts.of_drug[drug].used == "S" and not decision.fates[drug].excluded


def review_due(decision: Decision, knowledge: Knowledge) -> ReviewDue | None:
    """48 and 72 hours after the first active dose, or the date of advice (policy 9.7)."""
    if decision.outcome not in {"regimens", "abstention"}:
        return None
    started = decision.case.infection.active_therapy_started_on
    counted_from = started or decision.facts.on
    first, last = (
        (counted_from + timedelta(days=hours / _HOURS_PER_DAY)).isoformat()
        for hours in knowledge.settings.review_hours
    )
    text, short = sentence(knowledge, "review", "text"), sentence(knowledge, "review", "short")
    if started is None:
        text = f"{text} {sentence(knowledge, 'review', 'from_advice')}"
    device = decision.facts.device
    if device not in {None, "none"}:
        named = (device or "").replace("-", " ").capitalize()
        remove = sentence(knowledge, "review", "device").format(device=named)
        text, short = f"{text} {remove}", f"{short}. {remove}"
    if {A, P} <= {o.ranked.strategy for o in decision.offered}:
        text = f"{text} {sentence(knowledge, 'review', 'pair_to_fixed')}"
    return ReviewDue(text, first, last, counted_from.isoformat(), short)


def gram_positive_note(decision: Decision, knowledge: Knowledge) -> str:
    """What A, P and F leave uncovered, where site or culture calls for it (policy 9.1)."""
    sites = {"intra-abdominal", "skin-soft-tissue", "pneumonia"}
    facts = decision.facts
    active = {o.ranked.strategy for o in decision.offered} & {A, P, F}
    if not active or not (facts.site in sites or facts.polymicrobial):
        return ""
    return sentence(knowledge, "companions", "gram-positive")
