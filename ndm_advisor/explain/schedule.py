"""`schedule CASE`: the timetable of one offered regimen, or why there is none, with the review."""

from __future__ import annotations

from typing import Final, NamedTuple

from ndm_advisor.explain.timetable import DAY_MIN, Timetable, timetable
from ndm_advisor.model import words
from ndm_advisor.model.answer import Alert, CaseRef, NotAssessed, Offer, Provenance, Recommendation
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.model.names import fold

SCHEMA_VERSION: Final = "1"
_MIN_PER_HOUR: Final = 60


class Clock(NamedTuple):
    """A time of day for a minute of the timetable; `day` counts from 1."""

    minute: int
    time: str
    day: int


class Review(NamedTuple):
    """When to review: hours after the first active dose, and the dates."""

    after_h: tuple[float, float]
    first_on: str
    last_on: str
    counted_from: str
    text: str


class Schedule(NamedTuple):
    """The whole answer. `timetable` null: no regimen is offered, and `reason` says why.

    `clock` is empty unless the time of the first start was given. `stops`: the case's stops, which
    stand before any timetable.
    """

    schema_version: str
    case: CaseRef
    provenance: Provenance
    outcome: str
    dose_pending: bool
    summary: str
    reason: str | None
    regimen: str | None
    rank: str | None
    provisional: bool
    conditions: tuple[str, ...]
    others: tuple[str, ...]
    start: str | None
    clock: tuple[Clock, ...]
    timetable: Timetable | None
    administration: tuple[str, ...]
    review: Review | None
    stops: tuple[Alert, ...]
    not_assessed: tuple[NotAssessed, ...]


class NotOfferedError(ValueError):
    """A regimen was named that this case is not offered; the message says why."""


def schedule(
    answer: Recommendation,
    knowledge: Knowledge,
    *,
    regimen: str | None = None,
    start_min: int | None = None,
) -> Schedule:
    """The timetable of the first regimen offered, or of the one named.

    Args:
        answer: the answer to the case.
        knowledge: the base the answer rests on.
        regimen: a regimen id, upper and lower case and spaces as one; None = the first.
        start_min: minutes after midnight of the first start; None prints no clock time.

    Raises:
        NotOfferedError: the regimen named is not among those offered.
    """
    offer = _chosen(answer, regimen)
    made = timetable(offer, answer.provenance.region, knowledge) if offer else None
    return Schedule(
        schema_version=SCHEMA_VERSION,
        case=answer.case,
        provenance=answer.provenance,
        outcome=answer.outcome,
        dose_pending=bool(made and any(day.pending for day in made.drugs)),
        summary=answer.summary,
        reason=None if offer else answer.summary,
        regimen=offer.id if offer else None,
        rank=offer.rank if offer else None,
        provisional=offer.provisional if offer else False,
        conditions=offer.conditions if offer else (),
        others=tuple(o.id for o in answer.regimens if o is not offer),
        start=None if start_min is None else _time(start_min),
        clock=_clock(made, start_min),
        timetable=made,
        administration=offer.administration if offer else (),
        review=_review(answer, knowledge),
        stops=tuple(a for a in answer.alerts if a.tier == "stop" and not a.standing),
        not_assessed=_gaps(offer, made, answer),
    )


def _chosen(answer: Recommendation, regimen: str | None) -> Offer | None:
    if not answer.regimens:
        return None
    if regimen is None:
        return answer.regimens[0]
    for offer in answer.regimens:
        if fold(offer.id) == fold(regimen):
            return offer
    offered = ", ".join(offer.id for offer in answer.regimens)
    why = next((r.because for r in answer.rejected if fold(r.id) == fold(regimen)), ())
    because = f" ({'; '.join(why)})" if why else ""
    message = f"`{regimen}` is not offered for this case{because}; offered: {offered}"
    raise NotOfferedError(message)


def _review(answer: Recommendation, knowledge: Knowledge) -> Review | None:
    due = answer.review_due
    if due is None:
        return None
    hours = knowledge.settings.review_hours
    return Review(hours, due.first_on, due.last_on, due.counted_from, due.text)


def _gaps(
    offer: Offer | None, made: Timetable | None, answer: Recommendation
) -> tuple[NotAssessed, ...]:
    if offer is None or made is None:
        return (NotAssessed("timetable", answer.summary, ""),)
    pending = [day for day in made.drugs if day.pending]
    gaps = [
        NotAssessed(f"times of {words.drug_name(day.drug)}", day.pending or "", "")
        for day in pending
    ]
    if answer.kidney.method == "renal-replacement":
        why = "the times of sessions are not known; what is given after a session is not drawn"
        gaps.append(NotAssessed("renal replacement", why, ""))
    return tuple(gaps)


# -- clock ----------------------------------------------------------------------------------------


def _clock(made: Timetable | None, start_min: int | None) -> tuple[Clock, ...]:
    """A time of day for every minute the timetable names."""
    if made is None or start_min is None:
        return ()
    named: set[int] = set()
    for day in made.drugs:
        for start in day.starts:
            named |= {start.start_min, start.start_min if start.end_min is None else start.end_min}
        if day.next_start_min is not None:
            named.add(day.next_start_min)
    if made.busiest is not None:
        named.add(made.busiest.at_min)
    return tuple(
        Clock(m, _time(start_min + m), 1 + (start_min + m) // DAY_MIN) for m in sorted(named)
    )


def _time(minute: int) -> str:
    hour, rest = divmod(minute % DAY_MIN, _MIN_PER_HOUR)
    return f"{hour:02d}:{rest:02d}"
