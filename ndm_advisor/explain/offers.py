"""Offers and rejections in words: grade, reasons, conditions, lines and supply."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from ndm_advisor.decision.alerts import Offered
from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.rank import A, F, P, Turned
from ndm_advisor.explain.supply import supply_lines
from ndm_advisor.explain.words_of import sentence
from ndm_advisor.model import words
from ndm_advisor.model.answer import Cited, Offer, Rejected
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Knowledge, Profile, TableRow


def offers(decision: Decision, knowledge: Knowledge) -> tuple[Offer, ...]:
    """The ranked regimens with everything a pharmacist reads about them."""
    seen: dict[str, int] = {}
    made = []
    for offered in decision.offered:
        rank = offered.ranked.rank
        seen[rank] = seen.get(rank, 0) + 1
        made.append(_offer(offered, seen[rank], decision, knowledge))
    return tuple(made)


def _offer(offered: Offered, order: int, decision: Decision, knowledge: Knowledge) -> Offer:
    facts, ranked = decision.facts, offered.ranked
    profile = knowledge.profiles[decision.settled.guideline]
    grade = graded(ranked.strategy, facts, profile)
    strategy = offered.fate.strategy
    return Offer(
        id=ranked.strategy,
        rank=ranked.rank,
        order=order,
        provisional=ranked.provisional,
        conditions=_conditions(offered, facts, knowledge),
        companions=offered.companions,
        support=_support(offered, facts),
        strength=_text(grade, "strength"),
        certainty=_text(grade, "certainty"),
        basis=_basis(grade, facts),
        because=tuple(_because(offered, facts, knowledge)),
        sources=_unique((*ranked.sources, *(grade.sources if grade else ()), *strategy.sources)),
        drugs=offered.orders,
        administration=tuple(_administration(offered, facts, knowledge)),
        supply=supply_lines(offered, facts.region, knowledge),
    )


# -- grade ---------------------------------------------------------------------------------------


def graded(strategy: str, facts: Facts, profile: Profile) -> TableRow | None:
    """The grade a profile gives a strategy here; None where it graded nothing (policy 4.10)."""
    if not facts.mbl_confirmed and facts.invasive:
        return None
    for row in profile.grades:
        # An unknown severity is one the guideline graded only where it graded both.
        known = facts.severity != "unknown" or len(row.when["severity"]) > 1
        severity = facts.severity if facts.severity != "unknown" else "severe"
        if not known:
            continue
        asked = {"strategies": strategy, "sites": facts.site, "severity": severity}
        fits = all(value in row.when[key] for key, value in asked.items())
        if fits and facts.family_is_ndm in row.when.get("family_is_ndm", (facts.family_is_ndm,)):
            return row
    return None


def _text(grade: TableRow | None, key: str) -> str | None:
    value = grade.give.get(key) if grade else None
    return None if value is None else str(value)


def _basis(grade: TableRow | None, facts: Facts) -> str:
    return str(grade.give["basis"]) if grade else "tool_policy"


def _support(offered: Offered, facts: Facts) -> Literal["susceptible", "untested", "not_needed"]:
    strategy = offered.fate.strategy
    if strategy.support == "aztreonam_support":
        return "susceptible" if facts.aztreonam_support == "susceptible" else "untested"
    return (
        "susceptible"
        if strategy.support in {"cefiderocol_support", "susceptible"}
        else "not_needed"
    )


# -- reasons and conditions ----------------------------------------------------------------------


def _conditions(offered: Offered, facts: Facts, knowledge: Knowledge) -> tuple[str, ...]:
    lines = list(offered.fate.conditions)
    if offered.ranked.strategy == P and _interval_open(facts):
        at = words.number(knowledge.settings.divergence_crcl_at_most)
        lines.append(
            f"at CrCl {at} mL/min or less or on renal replacement: "
            f"{sentence(knowledge, 'phrases', 'interval_by_specialist')}"
        )
    if not facts.mbl_confirmed and facts.site != "cystitis":
        lines.append(sentence(knowledge, "phrases", "confirm_or_stop"))
    return tuple(dict.fromkeys(lines))


def _interval_open(facts: Facts) -> bool:
    """Whether the pair's interval is, or may be, for a specialist; unknown facts count."""
    if facts.pair_divergence or facts.on_renal_replacement is not False:
        return True
    return facts.crcl_ml_min is None


def _because(offered: Offered, facts: Facts, knowledge: Knowledge) -> Iterator[str]:
    for key in offered.ranked.says:
        if key == "untested-alone":
            severity = "severe" if facts.severe else "not-severe"
            yield sentence(knowledge, "say", "untested")
            yield sentence(knowledge, "say", f"untested-alone-{severity}")
        elif text := sentence(knowledge, "say", key):
            yield text
    if offered.ranked.strategy == A and facts.guideline != "idsa-2026":
        yield sentence(knowledge, "guideline_words", "unlicensed_2022")
    if not facts.mbl_confirmed and facts.invasive:
        yield "the MBL is not confirmed: tool policy, no guideline strength"
    for drug in offered.drugs:
        result = facts.susceptibilities.get(drug)
        if result is not None and result.high_dose and offered.ranked.strategy not in {A, P, F}:
            high = knowledge.settings.eucast_high_doses[drug]
            name = words.drug_name(drug)
            yield f"{name} I by EUCAST: susceptible, increased exposure; high dose {high}"


# -- lines ---------------------------------------------------------------------------------------


def _administration(offered: Offered, facts: Facts, knowledge: Knowledge) -> Iterator[str]:
    strategy = offered.ranked.strategy
    if strategy == P:
        yield sentence(knowledge, "pair", "given_together")
        yield sentence(knowledge, "lines", "pair-same-y-site")
        yield sentence(knowledge, "lines", "pair-strong-solution")
        yield sentence(knowledge, "lines", "aztreonam-dilution")
        if facts.region == "EU":
            yield sentence(knowledge, "lines", "pair-eu")
        yield sentence(knowledge, "lines", "pair-conflict")
        yield sentence(knowledge, "lines", "not-possible")
        if facts.crcl_ml_min is not None:
            yield from _pair_kidney(facts, knowledge)
    elif strategy in {A, F}:
        yield sentence(knowledge, "lines", strategy)
    if offered.companions:
        yield sentence(knowledge, "lines", "metronidazole")
    if facts.on_renal_replacement:
        yield (
            sentence(knowledge, "renal_replacement", "after_session")
            if (facts.renal_replacement == "intermittent-haemodialysis")
            else sentence(knowledge, "renal_replacement", "not_used")
        )


def _pair_kidney(facts: Facts, knowledge: Knowledge) -> Iterator[str]:
    settings = knowledge.settings
    crcl = facts.crcl_ml_min or math.inf
    if crcl <= settings.not_interchangeable_crcl_at_most:
        yield sentence(knowledge, "pair", "derived")
    if facts.aztreonam_interval_h != settings.pair_aztreonam_interval_h:
        six = crcl > settings.six_hourly_crcl_above
        yield sentence(knowledge, "pair", "six_hourly" if six else "six_hourly_refused")


# -- why not -------------------------------------------------------------------------------------


def rejected(decision: Decision, knowledge: Knowledge) -> tuple[Rejected, ...]:
    """Everything that is not offered, each with its rule: excluded, turned down, never given."""
    offered = {o.ranked.strategy for o in decision.offered}
    lines = [*_excluded(decision, knowledge, offered), *_turned(decision, knowledge, offered)]
    lines += list(_never(decision, knowledge))
    return tuple(lines)


def _excluded(decision: Decision, knowledge: Knowledge, offered: set[str]) -> Iterator[Rejected]:
    if decision.scope is not None and decision.scope.outcome != "abstention":
        return
    asked_about = _asked_about(decision)
    for fate in decision.fates.values():
        strategy = fate.strategy
        here = strategy.kind == "mbl-active" or decision.facts.site in strategy.sites
        relevant = here or strategy.id in asked_about
        if strategy.id in offered or strategy.kind in {"salvage", "companion"} or not relevant:
            continue
        if fate.excluded:
            yield Rejected(
                strategy.id,
                tuple(dict.fromkeys(a.because for a in fate.excluded)),
                tuple(dict.fromkeys(a.hazard.id for a in fate.excluded)),
                _unique(tuple(s for a in fate.excluded for s in a.hazard.sources)),
            )
        elif fate.no_dose:
            yield Rejected(strategy.id, (fate.no_dose,), ("no-dose",), ())


def _asked_about(decision: Decision) -> set[str]:
    """What a prescriber will ask about: drugs with an active result, tetracyclines in blood."""
    active = {r.drug for r in decision.facts.susceptibilities.values() if r.active}
    in_blood = decision.facts.site in {"bloodstream", "endovascular"}
    return active | {"tigecycline", "eravacycline"} if in_blood else active


def _turned(decision: Decision, knowledge: Knowledge, offered: set[str]) -> Iterator[Rejected]:
    selection = decision.selection
    if selection is None:
        return
    said = set()
    for turned in selection.turned:
        if turned.strategy not in offered:
            said.add(turned.strategy)
            text = _turned_because(turned, decision, knowledge)
            yield Rejected(turned.strategy, (text,), (turned.row,), (Cited("policy", turned.row),))
    if selection.outcome != "regimens":
        return
    for strategy in (A, P, F):
        if decision.fates[strategy].is_usable and strategy not in offered | said:
            yield Rejected(strategy, (_not_in_row(strategy, decision),), selection.rows, ())


def _turned_because(turned: Turned, decision: Decision, knowledge: Knowledge) -> str:
    """Why it is turned down; what no test proves is not called active."""
    text = sentence(knowledge, "say", turned.because)
    untested = decision.facts.aztreonam_support == "untested" and turned.strategy in {A, P}
    return text.replace("active, ", "untested, ", 1) if untested else text


def _not_in_row(strategy: str, decision: Decision) -> str:
    only = "only when aztreonam-avibactam cannot be had"
    if strategy == P and decision.facts.pregnant_eu:
        return f"in pregnancy the UK label contraindicates aztreonam: {only}"
    if strategy == P:
        return only
    return "the guideline's row for this case does not name it"


def _never(decision: Decision, knowledge: Knowledge) -> Iterator[Rejected]:
    """Named but never offered: always said while an MBL is in play."""
    if not decision.positions or not decision.facts.mbl_in_play:
        return
    for strategy in knowledge.strategies.values():
        if strategy.kind == "never":
            text = sentence(knowledge, "why_not", strategy.id)
            yield Rejected(strategy.id, (text,), (f"never/{strategy.id}",), strategy.sources)
    beta_lactam = any(o.ranked.strategy in {A, P, F} for o in decision.offered)
    if beta_lactam and decision.facts.invasive:
        for drug in ("colistin", "polymyxin-b"):
            text = sentence(knowledge, "why_not", drug)
            sources = knowledge.strategies[drug].sources
            yield Rejected(drug, (text,), (f"never/{drug}",), sources)


def _unique(sources: tuple[Cited, ...]) -> tuple[Cited, ...]:
    return tuple(dict.fromkeys(sources))
