"""Around the regimen (policy section 9): requests, monitoring, duration, step-down, review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import cast

from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.rank import A, F, P
from ndm_advisor.explain.open_results import older_agents, open_agents, open_salvage
from ndm_advisor.explain.words_of import record, section, sentence, sources_of, strings
from ndm_advisor.model import words
from ndm_advisor.model.answer import Duration, Monitoring, ReviewDue
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Knowledge

_HOURS_PER_DAY = 24
# Policy section 3, row mbl: the methods that prove an MBL, or its absence.
_PROVING = frozenset({"pcr", "sequencing", "immunochromatography", "mcim-ecim"})
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
        unproven = facts.mbl_method not in _PROVING or facts.mbl_on_previous
        if decision.scope.reason == "ruled-out" and unproven:
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
        yield from _salvage_keys(facts)
    if facts.deteriorating:
        yield "re-test"


def _salvage_keys(facts: Facts) -> Iterator[str]:
    if open_salvage(facts):
        yield "salvage-agents"
    if facts.is_e_coli and facts.pbp3_insertion is None:
        yield "pbp3"


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
    """Whether no older agent of this site can be given and one has no result yet."""
    facts = decision.facts
    if decision.outline.reason == "cystitis-severe":
        return False  # no cystitis: the site is to be entered again
    if facts.site != "cystitis" and facts.severe and decision.outcome == "regimens":
        return False
    proven = any(
        f.is_usable and facts.of_drug[f.strategy.id].active for f in older_agents(decision)
    )
    return not proven and bool(open_agents(decision))


def monitoring(decision: Decision, knowledge: Knowledge) -> tuple[Monitoring, ...]:
    """What to measure for what is offered, and when."""
    drugs = {o.drug for offer in decision.offered for o in (*offer.orders, *offer.companions)}
    if not drugs:
        return ()
    lines = []
    for item in cast("list[Mapping[str, object]]", knowledge.words["monitoring"]):
        wanted = strings(item, "for")
        if ("*" in wanted or drugs & set(wanted)) and _is_due(item, decision):
            lines.append(Monitoring(str(item["test"]), str(item["when"]), sources_of(item)))
    return tuple(lines)


def _is_due(item: Mapping[str, object], decision: Decision) -> bool:
    """Whether a test of the offered drugs has its reason in this patient."""
    facts = decision.facts
    if item["id"] == "creatinine":  # it bands doses, and on renal replacement nothing is banded
        return not facts.on_renal_replacement
    if item["id"] == "aminoglycoside-levels":  # in cystitis 1 dose: there is no second
        return facts.site != "cystitis"
    # Who takes no medicine takes no anticoagulant; which of those named is one, no rule says.
    return not (item.get("needs_medicine") and facts.medicines == ())


def duration(decision: Decision, knowledge: Knowledge) -> Duration | None:
    """How long, from the first day of active therapy, for the first regimen offered.

    In cystitis each drug has its own duration: where they differ, the text says each.
    """
    if not decision.offered:
        return None
    facts = decision.facts
    found = _duration_record(decision.offered[0].ranked.strategy, facts, knowledge)
    counted = sentence(knowledge, "duration_words", "counted_from")
    low, high = found.get("from_days"), found.get("to_days")
    each = _each_duration(decision, knowledge) if facts.site == "cystitis" else {}
    said, sources = str(found["text"]), sources_of(found)
    if len(each) > 1:
        said = "; ".join(f"{words.join_names(drugs)}: {text}" for text, drugs in each.items())
        records = (_duration_record(o.ranked.strategy, facts, knowledge) for o in decision.offered)
        sources = tuple(dict.fromkeys(cited for one in records for cited in sources_of(one)))
    text = f"{said}; {counted}" if low is not None else said
    return Duration(text, _days(low), _days(high), sources)


def _each_duration(decision: Decision, knowledge: Knowledge) -> dict[str, list[str]]:
    """The durations of what is offered, each with its regimens."""
    each: dict[str, list[str]] = {}
    for offer in decision.offered:
        strategy = offer.ranked.strategy
        text = str(_duration_record(strategy, decision.facts, knowledge)["text"])
        each.setdefault(text, []).append(words.regimen_name(strategy))
    return each


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
    possible = str(found[key]).format(drugs=words.join_names(agents, "or"))
    against = "; ".join(dict.fromkeys(c for a in agents for c in _cautions(a, decision)))
    return " ".join((possible, *((f"Before it, weigh: {against}.",) if against else ()), never))


def _cautions(drug: str, decision: Decision) -> Iterator[str]:
    """What a caution of policy section 6 says of the drug in this patient, known to hold."""
    for asked in decision.fates[drug].asked:
        if asked.hazard.tier == "caution" and asked.holds:
            yield asked.because


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
