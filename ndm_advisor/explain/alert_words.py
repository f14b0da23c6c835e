"""Raised alerts in words: the base's text and action with this patient's values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from ndm_advisor.decision.alerts import Raised
from ndm_advisor.decision.decide import Decision
from ndm_advisor.model.answer import Alert, Cited, Tier
from ndm_advisor.model.knowledge import AlertText, Knowledge

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
    """One line: what is so, what to do now, and what other hazard records add to each."""
    record = knowledge.alerts[raised.id]
    said = [_said(alert, record, knowledge) for alert in (raised, *raised.more)]
    return Alert(
        id=raised.id,
        tier=raised.tier,
        text=_joined(alert.text for alert in said),
        action=_joined(alert.action for alert in said),
        sources=tuple(dict.fromkeys(source for alert in said for source in alert.sources)),
        standing=raised.standing,
        priority=record.priority,
    )


class _Said(NamedTuple):
    text: str
    action: str
    sources: tuple[Cited, ...]


def _said(raised: Raised, record: AlertText, knowledge: Knowledge) -> _Said:
    """An alert in the words of its hazard record, else in those of its own."""
    instead = str(knowledge.words["phrases"][raised.instead]) if raised.instead else ""
    if raised.variant == "hazard":
        sources = knowledge.hazards[raised.values["hazard"]].sources
        return _Said(raised.values["because"], instead or raised.values["do"], sources)
    text = record.texts[raised.variant].format_map(raised.values)
    action = instead or record.actions[raised.variant].format_map(raised.values)
    return _Said(text, action, record.sources)


def _joined(sentences: Iterable[str]) -> str:
    """Each once."""
    return " ".join(dict.fromkeys(map(_sentence, sentences)))


def _sentence(text: str) -> str:
    """First letter up, one full stop at the end. Drug names stay as they are written."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""
