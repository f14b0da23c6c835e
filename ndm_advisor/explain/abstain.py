"""Abstentions and what a specialist may choose from (policy section 1, 4.2, 4.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

from ndm_advisor.decision.candidates import RESISTANT, Candidate
from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.rank import A, P
from ndm_advisor.decision.usable import Fate
from ndm_advisor.explain.open_results import ORAL_FOSFOMYCIN, open_agents, open_salvage
from ndm_advisor.explain.words_of import record, sentence, sources_of, strings
from ndm_advisor.model import words
from ndm_advisor.model.answer import Abstention, Information
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Knowledge

_OF_THE_SITE: Final = (
    "tetracycline-blood-or-urine",
    "cystitis-drug-outside-cystitis",
    "untested-older-agent",
)
_NO_TEST_LEFT: Final = ("Infectious diseases' choice from the results given",)
_NONE_IN_RESERVE: Final = (
    "Which treatment does infectious diseases want? "
    "None of aztreonam-avibactam, the pair and cefiderocol is proven active and usable here."
)


def abstention(
    decision: Decision, information: tuple[Information, ...], knowledge: Knowledge
) -> Abstention | None:
    """The abstention with every line to be printed, in the order of policy section 1."""
    if decision.outcome != "abstention":
        return None
    reason = decision.outline.reason
    found = record(knowledge, "abstention", reason)
    common = record(knowledge, "abstention", "common")
    why = _reason(found, decision.facts)
    settle = _settle(found, decision)
    running = str(common["running"])
    lines = [str(common["not_withhold"]), _call(found, common), running]
    lines += [f"{common['why']} {why}", f"{common['settle']} {'; '.join(settle)}"]
    if information:
        lines.append(str(common["information"]))
        lines += [_information_line(item) for item in information]
    if exact := found.get("exact"):
        lines = [str(exact)]
    return Abstention(
        reason=str(found.get("exact") or why),
        would_settle=settle,
        ask=_ask(found, decision),
        running_drug=running,
        sources=sources_of(found),
        rule=reason,
        lines=tuple(lines),
    )


def _settle(found: Mapping[str, object], decision: Decision) -> tuple[str, ...]:
    """What would settle it; never a result that is given (policy section 1)."""
    settle = strings(found, "would_settle")
    if decision.outline.reason == "cystitis-none":
        settle = tuple(_cystitis_tests(settle, decision)) or _NO_TEST_LEFT
    elif decision.outline.reason == "row-8":
        tests = ", ".join(open_salvage(decision.facts))
        settle = (f"{tests[:1].upper()}{tests[1:]}",) if tests else _NO_TEST_LEFT
    if decision.facts.cefiderocol_support == "untested":
        settle = (*settle, *strings(found, "would_settle_untested"))
    return settle


def _cystitis_tests(settle: tuple[str, ...], decision: Decision) -> Iterator[str]:
    """The line about oral fosfomycin, and the line about the others, each where one is open."""
    lacking = open_agents(decision)
    for line in settle:
        of_fosfomycin = "fosfomycin" in line.lower()
        if any((drug == ORAL_FOSFOMYCIN) is of_fosfomycin for drug in lacking):
            yield line


def _ask(found: Mapping[str, object], decision: Decision) -> str:
    """The question for infectious diseases; what is kept in reserve only where it is active."""
    text = str(found.get("ask", ""))
    if decision.outline.reason != "cystitis-none":
        return text
    active = [c.id for c in decision.candidates if c.say == "cystitis-reserve"]
    if not active:
        return _NONE_IN_RESERVE
    names = words.join_names(
        ("the pair" if s == P else words.regimen_name(s) for s in active), "or"
    )
    return f"Does infectious diseases release {names}, active but kept in reserve?"


def _reason(found: Mapping[str, object], facts: Facts) -> str:
    text = str(
        found.get("reason_eu") if facts.region == "EU" and "reason_eu" in found else found["reason"]
    )
    return text.format(region=facts.region) if "{" in text else text


def _call(found: Mapping[str, object], common: Mapping[str, object]) -> str:
    extra = cast("Mapping[str, str]", common["call_extra"])
    return " ".join([str(common["call"]), *(extra[c] for c in strings(found, "call"))])


def _information_line(item: Information) -> str:
    status = "; ".join(f"{words.drug_name(d)} {s}" for d, s in item.status.items())
    return f"{words.regimen_name(item.id)} ({status}): {item.text}"


# -- information -------------------------------------------------------------------------------


def information(decision: Decision, knowledge: Knowledge) -> tuple[Information, ...]:
    """Candidates a specialist may choose, each with its status; never a regimen."""
    return tuple(
        Information(c.id, _status(c.id, decision), _words(c, decision, knowledge))
        for c in decision.candidates
    )


def _words(candidate: Candidate, decision: Decision, knowledge: Knowledge) -> str:
    """What is said beside a candidate, and on what condition; never nothing."""
    fate = decision.fates.get(candidate.id)
    conditions = fate.conditions if fate and fate.strategy.kind == "older" else ()
    said = _said_of(candidate, decision, knowledge)
    return " ".join([said, *(f"{c[:1].upper()}{c[1:].rstrip('.')}." for c in conditions)])


def _said_of(candidate: Candidate, decision: Decision, knowledge: Knowledge) -> str:
    if candidate.say == "pregnancy":
        return _pregnancy_lines(candidate.id, decision, knowledge)
    if candidate.say == "because":
        excluded = decision.fates[candidate.id].excluded
        why = "; ".join(dict.fromkeys(a.because for a in excluded))
        return why or sentence(knowledge, "salvage", "for-a-specialist")
    if candidate.say.startswith("second"):
        key = "tetracycline" if candidate.say.endswith("tetracycline") else "text"
        return sentence(knowledge, "second_agent", key)
    text = sentence(knowledge, "salvage", candidate.say)
    if candidate.id == "cefepime-zidebactam":
        licence = record(knowledge, "salvage", candidate.id)[decision.facts.region.lower()]
        return f"{text} {licence}"
    return text


def _status(strategy: str, decision: Decision) -> dict[str, str]:
    """Each drug's standing; the partners' own rows never speak for A or P."""
    facts = decision.facts
    fate = decision.fates.get(strategy)
    status = {d: _status_of(d, facts, fate) for d in strategy.split("+")}
    if strategy in {A, P}:
        spoken = {"resistant": "R", "susceptible": "S"}.get(facts.aztreonam_support, "untested")
        spoken = spoken if strategy == A else f"{spoken} as a pair"
        return {d: _with_support(spoken, text) for d, text in status.items()}
    return status


def _status_of(drug: str, facts: Facts, fate: Fate | None) -> str:
    """S, R, untested, not in stock, or excluded and by what."""
    if drug == "cefepime-zidebactam":
        out = fate is not None and fate.excluded
        return "laboratory data only, not in stock" if out else "laboratory data only"
    if facts.of_drug[drug].intrinsic:
        return "resistant by nature"
    result = facts.susceptibilities.get(drug)
    used = "untested" if result is None else result.used
    for asked in fate.excluded if fate else ():
        if asked.drug == drug and asked.hazard.id == "not-in-stock":
            return f"{used}, not in stock"
        if asked.drug == drug and asked.hazard.alert not in {RESISTANT, "", *_OF_THE_SITE}:
            return f"{used}, excluded: {asked.because}"
    return used


def _with_support(support: str, status: str) -> str:
    _, comma, rest = status.partition(",")
    return f"{support}{comma}{rest}"


def _pregnancy_lines(strategy: str, decision: Decision, knowledge: Knowledge) -> str:
    """Each option's pregnancy line from its label (policy 4.8)."""
    region = decision.facts.region.lower()
    lines = []
    for drug in strategy.split("+"):
        text = knowledge.drugs[drug].text
        found = text.get(f"pregnancy_{region}") or text.get("pregnancy") or {}
        said = cast("Mapping[str, object]", found).get("text", "no statement read")
        lines.append(f"{words.drug_name(drug)}: {said}")
    return " ".join(line.rstrip(".") + "." for line in lines)
