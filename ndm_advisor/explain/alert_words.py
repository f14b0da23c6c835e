"""Raised alerts in words: the base's text and action with this patient's values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ndm_advisor.decision.alerts import Raised
from ndm_advisor.decision.decide import Decision
from ndm_advisor.model.answer import Alert, Tier
from ndm_advisor.model.knowledge import Knowledge

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
    record = knowledge.alerts[raised.id]
    instead = str(knowledge.words["phrases"][raised.instead]) if raised.instead else ""
    if raised.variant == "hazard":
        hazard = knowledge.hazards[raised.values["hazard"]]
        return Alert(
            id=raised.id,
            tier=raised.tier,
            text=_sentence(raised.values["because"]),
            action=_sentence(instead or raised.values["do"]),
            sources=hazard.sources,
            priority=record.priority,
        )
    return Alert(
        id=raised.id,
        tier=raised.tier,
        text=_sentence(record.texts[raised.variant].format_map(raised.values)),
        action=_sentence(instead or record.actions[raised.variant].format_map(raised.values)),
        sources=record.sources,
        standing=raised.standing,
        priority=record.priority,
    )


def _sentence(text: str) -> str:
    """First letter up, one full stop at the end. Drug names stay as they are written."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""
