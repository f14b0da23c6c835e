"""One case asked of both sides: the same advice, other advice, or refused."""

from __future__ import annotations

import json
from typing import NamedTuple

from ndm_advisor.cli.batch.judge import Judge, Judged
from ndm_advisor.cli.batch.sources import Item
from ndm_advisor.decision.decide import Decision, decide
from ndm_advisor.model.answer import CaseRef
from ndm_advisor.model.case import Case
from ndm_advisor.model.difference import Answer, CaseDifference, Refused
from ndm_advisor.render.difference import changed_doses, flips_of, order_lines, says

_Side = Decision | Judged  # what one side makes of a case: a decision, or its refusal


class Compared(NamedTuple):
    """A case, finished.

    `difference` is None when the advice is the same. `refusals` hold the diagnostics of a case that
    is counted as refused: neither side could read it, or the program crashed on it.
    """

    difference: CaseDifference | None
    refusals: tuple[Judged, ...] = ()


class Comparer:
    """Asks two bases the same case; or one base, under its guideline and under another."""

    def __init__(self, old: Judge, new: Judge, against: str | None = None) -> None:
        """`against`: the profile of the new side, where all else is settled as for the old."""
        self.old, self.new, self.against = old, new, against
        self.reads_alike = old.names == new.names

    def __call__(self, item: Item) -> Compared:
        """Compare; whatever happens, the case is counted once."""
        old_case = _read(self.old, item)
        new_case = old_case if self.reads_alike else _read(self.new, item)
        old = _decided(self.old, old_case, item)
        new = _decided(self.new, new_case, item, self.against)
        if isinstance(old, Decision) and isinstance(new, Decision):
            return Compared(None if old.outline == new.outline else _differing(old, new, item))
        refusals = tuple(side for side in (old, new) if isinstance(side, Judged))
        by_both = len(refusals) > 1 or any(side.crashed for side in refusals)
        difference = _refused(old, new, item, by_both=by_both)
        return Compared(difference, tuple(dict.fromkeys(refusals)) if by_both else ())


def _read(judge: Judge, item: Item) -> Case | Judged:
    try:
        return judge.case_of(item)
    except Exception as error:  # noqa: BLE001  # one case that crashes must not stop the others
        return judge.refusal(item, error)


def _decided(judge: Judge, case: Case | Judged, item: Item, against: str | None = None) -> _Side:
    if isinstance(case, Judged):
        return case
    try:
        applied = judge.applied(case)
        settled = applied.settled
        if against is not None:
            settled = settled._replace(guideline=against, guideline_from="option")
        return decide(
            applied.case, judge.knowledge, on=judge.plan.on, settled=settled, positions_too=False
        )
    except Exception as error:  # noqa: BLE001  # as above
        return judge.refusal(item, error)


def _differing(old: Decision, new: Decision, item: Item) -> CaseDifference:
    return CaseDifference(
        case=CaseRef(old.case.id, item.path, None, item.line),
        change="different",
        flips=flips_of(old.outline, new.outline),
        says=says(old.outline, new.outline),
        doses=changed_doses(old, new),
        old=_answer(old),
        new=_answer(new),
    )


def _refused(old: _Side, new: _Side, item: Item, *, by_both: bool) -> CaseDifference:
    refusal = new if isinstance(new, Judged) else old
    row = refusal.row if isinstance(refusal, Judged) else None
    by = "both" if by_both else "the new side" if isinstance(new, Judged) else "the old side"
    said = f"refused by {by}: {row.text}" if row else ""
    return CaseDifference(
        case=CaseRef(_label(old, new), item.path, None, item.line),
        change="refused" if by_both else "different",
        flips=() if by_both else ("refused",),
        says=said,
        doses=((), ()),
        old=_answer(old),
        new=_answer(new),
    )


def _label(*sides: _Side) -> str | None:
    found = (s.case.id if isinstance(s, Decision) else s.row.id for s in sides)
    return next((ident for ident in found if ident), None)


def _answer(side: _Side) -> Answer | Refused:
    if isinstance(side, Judged):
        return Refused(tuple(json.loads(side.payload)["error"]["problems"]))
    outline = side.outline
    ranks = {
        rank: tuple(ident for ident, held, _ in outline.ranked if held == rank)
        for rank in ("preferred", "alternative", "last_resort")
    }
    return Answer(
        guideline=side.settled.guideline,
        region=side.settled.region,
        outcome=outline.outcome,
        reason=outline.reason,
        **ranks,
        provisional=tuple(ident for ident, _, is_unproven in outline.ranked if is_unproven),
        stops=outline.stops,
        dose_pending=outline.dose_pending,
        doses=order_lines(side),
    )
