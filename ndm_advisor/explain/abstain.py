"""Abstentions and what a specialist may choose from (policy section 1, 4.2, 4.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.rank import A, F, P, qualifying
from ndm_advisor.decision.usable import Asked, Fate
from ndm_advisor.explain.words_of import record, section, sentence, sources_of, strings
from ndm_advisor.model import words
from ndm_advisor.model.answer import Abstention, Information
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Knowledge

_SALVAGE: Final = ("fosfomycin-iv+tigecycline", "fosfomycin-iv+polymyxin-b")
_SALVAGE_KEYS: Final = {
    "fosfomycin-iv+tigecycline": "fosfomycin-tigecycline",
    "fosfomycin-iv+polymyxin-b": "fosfomycin-polymyxin",
}
_TETRACYCLINES: Final = ("tigecycline", "eravacycline")
_DEEP_SITES: Final = frozenset({"bloodstream", "endovascular", "pneumonia", "bone-joint"})


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
    settle = strings(found, "would_settle")
    if decision.facts.cefiderocol_support == "untested":
        settle = (*settle, *strings(found, "would_settle_untested"))
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
        ask=str(found.get("ask", "")),
        running_drug=running,
        sources=sources_of(found),
        rule=reason,
        lines=tuple(lines),
    )


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


# -- information ---------------------------------------------------------------------------------


def information(decision: Decision, knowledge: Knowledge) -> tuple[Information, ...]:
    """Candidates a specialist may choose, each with its status; never a regimen."""
    if decision.scope is not None and decision.scope.outcome != "abstention":
        return ()
    reason = decision.outline.reason
    if reason == "mbl-unknown-no-carbapenem":
        return ()
    items: list[Information] = []
    if decision.outcome == "abstention":
        items += _active(decision, knowledge)
    if reason == "row-8":
        items += _salvage(decision, knowledge)
    items += _older(decision, knowledge)
    items += _second_agents(decision, knowledge)
    items += _cystitis(decision, knowledge)
    known: dict[str, Information] = {}
    for item in items:
        known.setdefault(item.id, item)
    return tuple(known.values())


def status_of(drug: str, facts: Facts, fate: Fate | None = None) -> str:
    """A drug's standing in words: S, R, untested, not in stock, or excluded and by what."""
    if facts.of_drug[drug].intrinsic:
        return "resistant by nature"
    result = facts.susceptibilities.get(drug)
    used = "untested" if result is None else result.used
    by = [a for a in (fate.excluded if fate else ()) if a.drug == drug]
    for asked in by:
        if asked.hazard.id == "not-in-stock":
            return f"{used}, not in stock"
        if asked.hazard.alert in {
            "severe-allergy",
            "pregnancy",
            "hepatic",
            "renal-limit",
            "contraindicated-companion",
        }:
            return f"{used}, excluded: {asked.because}"
    return used


def _strategy_status(strategy: str, decision: Decision) -> dict[str, str]:
    facts = decision.facts
    fate = decision.fates.get(strategy)
    drugs = strategy.split("+")
    status = {d: status_of(d, facts, fate) for d in drugs}
    if strategy in {A, P}:
        # The partners' own rows never speak for the strategy.
        spoken = {"resistant": "R", "susceptible": "S"}.get(facts.aztreonam_support, "untested")
        status = {d: _with_support(spoken, text) for d, text in status.items()}
    return status


def _with_support(support: str, status: str) -> str:
    _, comma, rest = status.partition(",")
    return f"{support} with avibactam{comma}{rest}"


def _active(decision: Decision, knowledge: Knowledge) -> Iterator[Information]:
    """A, P and F with what stands in their way."""
    reason = decision.outline.reason
    for strategy in (A, P, F):
        text = ""
        fate = decision.fates[strategy]
        if reason == "row-7" and strategy == F:
            text = sentence(knowledge, "salvage", "cefiderocol-before-result")
        elif reason == "cystitis-none" and not (fate.excluded and _resistant(fate)):
            text = sentence(knowledge, "salvage", "cystitis-reserve")
        elif reason == "pregnancy-not-severe":
            text = _pregnancy_lines(strategy, decision, knowledge)
        elif fate.excluded:
            text = "; ".join(dict.fromkeys(a.because for a in fate.excluded))
        yield Information(strategy, _strategy_status(strategy, decision), text)


def _resistant(fate: Fate) -> bool:
    return any(a.hazard.alert == "resistant-drug-ordered" for a in fate.excluded)


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


def _salvage(decision: Decision, knowledge: Knowledge) -> Iterator[Information]:
    """Row 8: salvage sets without a component that is R, resistant by nature or excluded."""
    facts = decision.facts
    for strategy in _SALVAGE:
        fate = decision.fates[strategy]
        if any(_rules_out_salvage(a) for a in fate.excluded):
            continue
        text = sentence(knowledge, "salvage", _SALVAGE_KEYS[strategy])
        yield Information(strategy, _strategy_status(strategy, decision), text)
    urinary = facts.site == "complicated-uti" or facts.source == "complicated-uti"
    if facts.region != "US" or not urinary:
        return  # licensed in the US, for complicated urinary infection only
    found = record(knowledge, "salvage", "cefepime-zidebactam")
    text = f"{found['text']} {found.get(facts.region.lower(), '')}".strip()
    status = "laboratory data only"
    if decision.fates["cefepime-zidebactam"].excluded:
        status = f"{status}, not in stock"
    yield Information("cefepime-zidebactam", {"cefepime-zidebactam": status}, text)


def _rules_out_salvage(asked: Asked) -> bool:
    """R, resistant by nature, or excluded by the patient; site, stock and results do not."""
    hazard = asked.hazard
    return hazard.alert in {
        "resistant-drug-ordered",
        "severe-allergy",
        "pregnancy",
        "hepatic",
        "renal-limit",
        "contraindicated-companion",
    }


def _older(decision: Decision, knowledge: Knowledge) -> Iterator[Information]:
    """Older agents tested S where they are no regimen (policy 4.3), or in pregnancy (4.8)."""
    facts, reason = decision.facts, decision.outline.reason
    if reason == "pregnancy-not-severe":
        for ident in qualifying(facts, decision.fates):
            lines = _pregnancy_lines(ident, decision, knowledge)
            yield Information(ident, _strategy_status(ident, decision), lines)
    elif decision.scope is None and facts.site in _DEEP_SITES:
        for fate in decision.fates.values():
            if _is_proven_older(fate, facts):
                text = sentence(knowledge, "salvage", _deep_site_words(fate.strategy.id, facts))
                status = _strategy_status(fate.strategy.id, decision)
                yield Information(fate.strategy.id, status, text)


def _is_proven_older(fate: Fate, facts: Facts) -> bool:
    strategy = fate.strategy
    here = strategy.kind == "older" and facts.region in strategy.regions
    return here and facts.of_drug[strategy.id].active


def _deep_site_words(strategy: str, facts: Facts) -> str:
    """Tetracyclines in pneumonia show the guideline conflict (guidelines dossier 1.2)."""
    if strategy in _TETRACYCLINES and facts.site == "pneumonia":
        return "pneumonia-tetracycline-conflict"
    if strategy in _TETRACYCLINES and facts.site == "bone-joint":
        return "bone-tetracycline"
    return "older-agent-information"


def _second_agents(decision: Decision, knowledge: Knowledge) -> Iterator[Information]:
    """Policy 4.6: severe, and row 4b or an unconfirmed MBL; agents reported S, without a dose."""
    facts, selection = decision.facts, decision.selection
    if selection is None or selection.outcome != "regimens" or not facts.severe:
        return
    alone = any("untested-alone" in r.says for r in selection.ranked)
    if not (alone or not facts.mbl_confirmed) or not facts.invasive:
        return
    offered = {r.strategy for r in selection.ranked}
    for drug in strings(section(knowledge, "second_agent"), "agents"):
        result = facts.susceptibilities.get(drug)
        excluded = _excluded_alone(drug, decision)
        if result is None or result.used != "S" or drug in offered or excluded:
            continue
        key = "tetracycline" if drug in _TETRACYCLINES else "text"
        text = sentence(knowledge, "second_agent", key)
        yield Information(drug, {drug: "S"}, text)


def _excluded_alone(drug: str, decision: Decision) -> bool:
    """Whether the patient, the species or the stock rules a second agent out; its site does not."""
    fate = decision.fates.get(drug)
    site = {"tetracycline-blood-or-urine", "cystitis-drug-outside-cystitis"}
    return any(
        a.hazard.alert not in site and a.hazard.id != "iv-fosfomycin-other-species"
        for a in (fate.excluded if fate else ())
    )


def _cystitis(decision: Decision, knowledge: Knowledge) -> Iterator[Information]:
    """Colistin in cystitis is information (policy 4.5); IV fosfomycin likewise in reserve."""
    facts = decision.facts
    if facts.site != "cystitis" or decision.scope is not None:
        return
    result = facts.susceptibilities.get("colistin")
    if result is not None and result.used not in {"R", "NS"}:
        text = sentence(knowledge, "salvage", "colistin-cystitis")
        yield Information("colistin", {"colistin": result.used}, text)
