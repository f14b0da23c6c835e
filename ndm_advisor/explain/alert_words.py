"""Raised alerts in words: the base's text and action with this patient's values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ndm_advisor.decision.alerts import Raised
from ndm_advisor.decision.decide import Decision
from ndm_advisor.model import words
from ndm_advisor.model.answer import Alert, Cited, Tier
from ndm_advisor.model.knowledge import AlertText, Knowledge

_DRUG: Final = "\N{OBJECT REPLACEMENT CHARACTER}"  # in the place of a drug; no word holds it
_TIERS: Final[Mapping[Tier, int]] = {"stop": 0, "caution": 1, "note": 2}


def alert_lines(
    decision: Decision, knowledge: Knowledge, acknowledged: Mapping[str, str]
) -> tuple[Alert, ...]:
    """Every alert of a decision, first what changes the next hour.

    Within a tier those about orders come first: they speak of what is being given. What somebody
    has acknowledged stays in its place and carries the reason.
    """
    about = {(raised.id, raised.tier) for raised in decision.judgement.raised}
    lines = [_alert(raised, knowledge) for raised in decision.raised]
    lines.sort(key=lambda a: (_TIERS[a.tier], (a.id, a.tier) not in about, a.priority, a.id))
    return tuple(line._replace(acknowledged=acknowledged.get(line.id)) for line in lines)


def _alert(raised: Raised, knowledge: Knowledge) -> Alert:
    """One line: what is so, what to do now; of other drugs and by other records too."""
    record = knowledge.alerts[raised.id]
    if raised.more:
        alerts = (raised, *raised.more)
        text = " ".join(dict.fromkeys(_text(alert, record) for alert in alerts))
        action = _actions(alerts, record, knowledge)
        found = (_sources(alert, record, knowledge) for alert in alerts)
        sources = tuple(dict.fromkeys(cited for those in found for cited in those))
    else:
        text = _text(raised, record)
        action = _sentence(_action(raised, record, knowledge))
        sources = _sources(raised, record, knowledge)
    return Alert(
        id=raised.id,
        tier=raised.tier,
        text=text,
        action=action,
        sources=sources,
        standing=raised.standing,
        priority=record.priority,
    )


def _text(raised: Raised, record: AlertText) -> str:
    if raised.variant == "hazard":
        return _sentence(raised.values["because"])
    return _sentence(record.texts[raised.variant].format_map(raised.values))


def _action(raised: Raised, record: AlertText, knowledge: Knowledge) -> str:
    if raised.instead:
        return str(knowledge.words["phrases"][raised.instead])
    if raised.variant == "hazard":
        return raised.values["do"]
    return record.actions[raised.variant].format_map(raised.values)


def _sources(raised: Raised, record: AlertText, knowledge: Knowledge) -> tuple[Cited, ...]:
    if raised.variant == "hazard":
        return knowledge.hazards[raised.values["hazard"]].sources
    return record.sources


def _actions(alerts: Iterable[Raised], record: AlertText, knowledge: Knowledge) -> str:
    """Each action once, with every drug it is for."""
    drugs_of: dict[str, dict[str, None]] = {}
    for alert in alerts:
        of_any = alert._replace(values={**alert.values, "drug": _DRUG})
        action = _action(of_any, record, knowledge)
        drugs_of.setdefault(action, {})[alert.values.get("drug", "")] = None
    return " ".join(
        _sentence(action.replace(_DRUG, words.join_names(drugs)))
        for action, drugs in drugs_of.items()
    )


def _sentence(text: str) -> str:
    """First letter up, one full stop at the end. Drug names stay as they are written."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""
