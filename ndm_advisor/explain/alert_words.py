"""Raised alerts in words: the base's text and action with this patient's values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

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
    text, action, sources = _said(raised, record, knowledge)
    if raised.more:
        more = [_said(alert, record, knowledge) for alert in raised.more]
        text = _joined((text, *(said[0] for said in more)))
        action = _joined((action, *(said[1] for said in more)))
        sources = tuple(dict.fromkeys((*sources, *(cited for said in more for cited in said[2]))))
    return Alert(
        id=raised.id,
        tier=raised.tier,
        text=text,
        action=action,
        sources=sources,
        standing=raised.standing,
        priority=record.priority,
    )


def _said(
    raised: Raised, record: AlertText, knowledge: Knowledge
) -> tuple[str, str, tuple[Cited, ...]]:
    """Text, action and sources, in the words of its hazard record, else in those of its own."""
    instead = str(knowledge.words["phrases"][raised.instead]) if raised.instead else ""
    if raised.variant == "hazard":
        sources = knowledge.hazards[raised.values["hazard"]].sources
        text, action = raised.values["because"], instead or raised.values["do"]
    else:
        sources = record.sources
        text = record.texts[raised.variant].format_map(raised.values)
        action = instead or record.actions[raised.variant].format_map(raised.values)
    return _sentence(text), _sentence(action), sources


def _joined(sentences: Iterable[str]) -> str:
    """Each once."""
    return " ".join(dict.fromkeys(sentences))


def _sentence(text: str) -> str:
    """First letter up, one full stop at the end. Drug names stay as they are written."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""
