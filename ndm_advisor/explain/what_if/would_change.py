"""Every single change that changes the advice, equal effects as one (interface `would_change`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ndm_advisor.decision.decide import Decision, decide
from ndm_advisor.explain.what_if.changes import (
    CLEARANCE,
    GUIDELINE,
    REGION,
    Change,
    changed,
    changes,
    is_open,
)
from ndm_advisor.explain.what_if.clearance import Span
from ndm_advisor.explain.what_if.effects import Effect, effect, said, words_of
from ndm_advisor.model.answer import Outline, WouldChange
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.model.words import join_names


def would_change(
    decision: Decision, knowledge: Knowledge, *, short: bool = False
) -> tuple[WouldChange, ...]:
    """The changes of the base's list that change the advice, by what can be had soonest.

    `short` tries only those marked for the first screen. Each entry holds for the case as it is
    with that one change, and was computed by deciding it again.
    """
    tried = changes(decision, knowledge, short=short)
    found = merged(met(tried, decision, knowledge))
    return tuple(sorted(found, key=lambda entry: _is_settled(entry, decision)))


def _is_settled(entry: WouldChange, decision: Decision) -> bool:
    """What the case leaves open comes before what it says: it can be settled by asking.

    A clearance near an edge is open too; a profile or region is chosen, whether the case names it
    or not.
    """
    if entry.key in {GUIDELINE, REGION}:
        return True
    near = any(r.id == "crcl-near-band-edge" for r in decision.raised)
    return not is_open(entry.key, decision) and not (entry.key == CLEARANCE and near)


def outline_with(change: Change, decision: Decision, knowledge: Knowledge) -> Outline | None:
    """The outline of the changed case; None where the case says so already."""
    made = changed(change, decision, knowledge)
    if made is None:
        return None
    on = decision.facts.on
    case, settled = made
    return decide(case, knowledge, on=on, settled=settled, positions_too=False).outline


class Met(NamedTuple):
    """A change that was tried, with what it does."""

    change: Change
    effect: Effect
    outline: Outline


def met(tried: Iterable[Change], decision: Decision, knowledge: Knowledge) -> Iterator[Met | None]:
    """Each change with its effect; None for a clearance without one, which parts its neighbours."""
    for change in tried:
        outline = outline_with(change, decision, knowledge)
        found = effect(decision.outline, outline) if outline else None
        if outline is not None and found is not None:
            yield Met(change, found, outline)
        elif change.span is not None:
            yield None


def merged(tried: Iterable[Met | None]) -> list[WouldChange]:
    """Changes of one fact with the same effect as one, clearances where nothing lies between."""
    return [_entry(group) for group in _groups(tried)]


def _groups(tried: Iterable[Met | None]) -> list[list[Met]]:
    groups: list[list[Met]] = []
    before: Met | None = None
    for each in tried:
        if each is not None:
            group = _group_of(each, groups, before)
            group.append(each) if group else groups.append([each])
        before = each
    return groups


def _group_of(each: Met, groups: list[list[Met]], before: Met | None) -> list[Met] | None:
    if each.change.span is not None:
        last = groups[-1] if groups else []
        span = last[-1].change.span if last and last[-1] is before else None
        touches = span is not None and span.joined(each.change.span) is not None
        return last if touches and said(last[-1].effect) == said(each.effect) else None
    key, effect_ = each.change.variable.key, said(each.effect)
    alike = (g for g in groups if g[0].change.variable.key == key and said(g[0].effect) == effect_)
    return next(alike, None)


def _entry(group: list[Met]) -> WouldChange:
    (first, found, _), *others = group
    return WouldChange(
        set=first.set,
        outcome=found.outcome,
        preferred=found.preferred,
        doses_change="dose" in found.flips,
        alerts_added=found.stops_added,
        key=first.variable.key,
        flips=found.flips,
        alerts_removed=found.stops_removed,
        also=tuple(other.change.set for other in others),
        says=_says(group),
        text=words_of(found),
    )


def _says(group: list[Met]) -> str:
    """The changes of a group in words; clearances as one span."""
    span: Span | None = group[0].change.span
    for other in group[1:]:
        if span is not None and other.change.span is not None:
            span = span.joined(other.change.span)
    if span is not None:
        return span.words
    return join_names((other.change.says for other in group), "or")
