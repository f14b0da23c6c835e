"""Findings in sentences, made from the conditions themselves and the values they compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ndm_advisor.decision.conditions import fact_value, holds
from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.rank import Selection, columns
from ndm_advisor.decision.usable import Asked
from ndm_advisor.explain.fact_words import (
    clause,
    clause_of,
    columns_clause,
    missing,
    said_text,
    values_words,
)
from ndm_advisor.explain.findings import Put
from ndm_advisor.model import words
from ndm_advisor.model.answer import Finding
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Knowledge, Profile, Table, TableRow

EACH: Final = "each"
JOINED: Final = ", "  # between the subjects of one sentence
_FAMILY: Final = "family"
_OUTCOMES: Final = {
    "out_of_scope": "outside what this tool covers",
    "not_treatment": "no antibiotic is advised",
    "abstention": "no choice is made",
}


def sentence_of(
    finding: Finding, puts: tuple[Put, ...], decision: Decision, knowledge: Knowledge
) -> str:
    """The finding in one sentence; `puts` are the subjects of a rule of the stage `usable`."""
    match finding.stage:
        case "usable" if puts:
            return _of_hazard(puts, decision.facts, knowledge)
        case "scope":
            outcome = _OUTCOMES[decision.scope.outcome] if decision.scope else ""
            return f"{outcome}: {values_words(finding.compared, knowledge)}"
        case "rank":
            return _of_row(finding, decision, knowledge)
        case "dose":
            return _of_dose(finding, decision, knowledge)
        case "alerts":
            return _of_alert(finding, decision, knowledge)
        case _:
            shown = values_words(finding.compared, knowledge)
            return f"{said_text(knowledge, finding.rule)}{f': {shown}' if shown else ''}"


def _of_dose(finding: Finding, decision: Decision, knowledge: Knowledge) -> str:
    """Why an offered drug has no dose, and what is known."""
    drug = finding.rule.partition("/")[2]
    orders = (order for offer in decision.offered for order in offer.orders)
    why = next((o.pending for o in orders if o.drug == drug and o.pending), "") or ""
    known = values_words(finding.compared, knowledge)
    shown = f"{why.removeprefix('dose withheld: ').rstrip('.')}; " if why else ""
    return f"the dose of {words.drug_name(drug)} is withheld: {shown}the case says: {known}"


def _of_alert(finding: Finding, decision: Decision, knowledge: Knowledge) -> str:
    """Its tier, the order it speaks of, and what raised it."""
    raised = next(r for r in decision.raised if r.id == finding.rule)
    about = f" on order {raised.order}" if raised.order else ""
    return f"{raised.tier.upper()}{about}, raised by {values_words(finding.compared, knowledge)}"


# -- rules on drugs and regimens -----------------------------------------------------------------


def _of_hazard(puts: tuple[Put, ...], facts: Facts, knowledge: Knowledge) -> str:
    """`nitrofurantoin: CrCl 24 mL/min is below 60 mL/min: not offered, the US label ...`."""
    subjects = tuple(dict.fromkeys(_subject(put) for put in puts))
    asked = puts[0].asked
    because = asked.because
    if len(subjects) > 1:
        because = of_each(because, subjects[0])
    effect = _effect(asked)
    if asked.holds:
        said = f"{_holding(asked, facts, knowledge)}: {effect}{because}"
    else:
        said = f"{_open(asked, facts, knowledge)}: {effect.rstrip(', ')}"
    return f"{JOINED.join(subjects)}: {said}"


def _subject(put: Put) -> str:
    """Of whom a rule was asked: the drug, or the regimen as a whole."""
    drug = put.asked.drug
    return words.drug_name(drug) if drug else words.regimen_name(put.strategy)


def _effect(asked: Asked) -> str:
    if asked.hazard.tier == "stop":
        known = asked.holds or not asked.hazard.unknown_excludes
        return "not offered, " if known else "not offered until it is known, "
    return f"{asked.hazard.tier}, "


def _holding(asked: Asked, facts: Facts, knowledge: Knowledge) -> str:
    drug = facts.of_drug[asked.drug] if asked.drug else None
    return words.join_names(
        clause_of(c, fact_value(c.fact, facts, drug), knowledge) for c in asked.hazard.when
    )


def _open(asked: Asked, facts: Facts, knowledge: Knowledge) -> str:
    """What is missing, and what it would have to be for the rule to hold."""
    drug = facts.of_drug[asked.drug] if asked.drug else None
    open_ = [c for c in asked.hazard.when if holds(c, fact_value(c.fact, facts, drug)) is None]
    lacking = dict.fromkeys(missing(c.fact, knowledge) for c in open_)
    asking = words.join_names(clause(c, knowledge) for c in open_)
    return f"cannot be decided, {words.join_names(lacking)}; if {asking}"


def of_each(text: str, name: str, each: str = EACH) -> str:
    """A sentence about one drug as a sentence about each of several."""
    return re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", each, text)


# -- rows of the tables of choice ----------------------------------------------------------------


def _of_row(finding: Finding, decision: Decision, knowledge: Knowledge) -> str:
    """Which guidelines came to the row, what it asked, what it gives."""
    named: dict[str, list[str]] = {}
    for guideline, selection in decision.positions.items():
        if finding.rule in selection.rows:
            profile = knowledge.profiles[guideline]
            for said in _row_words(finding.rule, profile, selection, decision, knowledge):
                named.setdefault(said, []).append(words.guideline_name(guideline))
    lines = (f"{words.join_names(who)}: {said}" for said, who in named.items())
    return ". ".join(lines) or values_words(finding.compared, knowledge)


def _row_words(
    ident: str, profile: Profile, selection: Selection, decision: Decision, knowledge: Knowledge
) -> Iterator[str]:
    facts = decision.facts
    for table in (profile.choice, knowledge.tables[_FAMILY], profile.older):
        for row in table.rows:
            if row.id == ident:
                known = columns(facts, decision.fates) if table is not profile.older else {}
                known |= {c: getattr(facts, c) for c in row.when if hasattr(facts, c)}
                asked = columns_clause(row.when, table.columns, known, knowledge)
                yield f"{asked}: {_gives(row, table, profile, selection)}"
                return
    yield f"the printed order for this site, drugs proven active first: {_offered(selection)}"


def _gives(row: TableRow, table: Table, profile: Profile, selection: Selection) -> str:
    if table is profile.older:
        turned = [t.strategy for t in selection.turned if t.row == row.id]
        kept = [r.strategy for r in selection.ranked if r.row == row.id]
        rank = str(row.give["rank"]).replace("_", " ")
        said = ((kept, rank), (turned, "not offered here"))
        return "; ".join(
            f"{words.join_names(words.regimen_name(s) for s in names)}: {what}"
            for names, what in said
            if names
        )
    if table.id == _FAMILY:
        first, pair = (str(row.give[key]) for key in ("first", "pair"))
        place = {"out": "", "alternative": "; the pair as alternative"}.get(pair, "; both stand")
        return f"{words.regimen_name(first)} first{place}"
    return _offered(selection) if selection.ranked else "no regimen by this row"


def _offered(selection: Selection) -> str:
    """Ranks with their regimens: `preferred cefiderocol; alternative amikacin`."""
    by_rank: dict[str, list[str]] = {}
    for ranked in selection.ranked:
        by_rank.setdefault(ranked.rank, []).append(words.regimen_name(ranked.strategy, "with"))
    said = [f"{rank.replace('_', ' ')} {words.join_names(by)}" for rank, by in by_rank.items()]
    return "; ".join(said) or "none qualifies"
