"""A case and the same case changed: what differs in the answer, and which rules made it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from ndm_advisor.decision.decide import Decision
from ndm_advisor.decision.dose import order_text
from ndm_advisor.decision.usable import Asked, Fate
from ndm_advisor.model.answer import (
    CaseRef,
    Cited,
    CrclBand,
    DrugOrder,
    Offer,
    Outcome,
    Provenance,
    Recommendation,
    Tier,
)
from ndm_advisor.model.words import drug_name, number, regimen_name


class Side(NamedTuple):
    """One of the two answers in brief."""

    outcome: Outcome
    preferred: tuple[str, ...]
    alternative: tuple[str, ...]
    last_resort: tuple[str, ...]
    stops: tuple[str, ...]
    dose_pending: bool
    summary: str
    guideline: str
    region: str


class Difference(NamedTuple):
    """One part of the answer that is not the same; an empty side says nothing there."""

    what: str
    old: tuple[str, ...]
    new: tuple[str, ...]


class Cause(NamedTuple):
    """A rule that applies to one of the two cases only.

    `of` is the regimen it bears on, "" for the whole case. `holds` says on which side.
    """

    kind: Literal["scope", "hazard", "row", "band"]
    id: str
    of: str
    holds: Literal["old", "new"]
    text: str
    sources: tuple[Cited, ...]


class Comparison(NamedTuple):
    """Old and new side by side. `set` holds the keys that differ, null where one is absent."""

    schema_version: str
    case: CaseRef
    provenance: Provenance
    set: dict[str, object]
    old: Side
    new: Side
    differences: tuple[Difference, ...]
    causes: tuple[Cause, ...]


class Answered(NamedTuple):
    """A case decided and said."""

    decision: Decision
    answer: Recommendation


def compare(old: Answered, new: Answered) -> Comparison:
    """Set two answers side by side; the stamp and the case's label are those of the old."""
    return Comparison(
        schema_version=old.answer.schema_version,
        case=old.answer.case,
        provenance=old.answer.provenance,
        set=_changed(old.decision, new.decision),
        old=_side(old.answer),
        new=_side(new.answer),
        differences=tuple(_differences(old.answer, new.answer)),
        causes=tuple(_causes(old.decision, new.decision)),
    )


def _changed(old: Decision, new: Decision) -> dict[str, object]:
    """The keys of the case that differ, with their new values."""
    before, after = old.facts.given, new.facts.given
    keys = (key for key in {**before, **after} if before.get(key) != after.get(key))
    return {key: after.get(key) for key in keys}


def _side(answer: Recommendation) -> Side:
    def ranked(rank: str) -> tuple[str, ...]:
        return tuple(offer.id for offer in answer.regimens if offer.rank == rank)

    return Side(
        outcome=answer.outcome,
        preferred=ranked("preferred"),
        alternative=ranked("alternative"),
        last_resort=ranked("last_resort"),
        stops=tuple(a.id for a in answer.alerts if a.tier == "stop" and not a.standing),
        dose_pending=answer.dose_pending,
        summary=answer.summary,
        guideline=answer.provenance.guideline,
        region=answer.provenance.region,
    )


# -- what differs --------------------------------------------------------------------------------


def _differences(old: Recommendation, new: Recommendation) -> Iterator[Difference]:
    yield from (
        *_pairs("bottom line", (old.summary,), (new.summary,)),
        *_ranks(old, new),
        *_orders(old, new),
        *_pairs("STOP", _alerts(old, "stop"), _alerts(new, "stop")),
        *_pairs("CAUTION", _alerts(old, "caution"), _alerts(new, "caution")),
        *_pairs("verdict on orders", (old.order_check.verdict,), (new.order_check.verdict,)),
        *_pairs("kidney", (old.kidney.text,), (new.kidney.text,)),
        *_pairs("duration", _duration(old), _duration(new)),
        *_pairs("step-down", _one(old.step_down), _one(new.step_down)),
        *_pairs("ask laboratory", old.lab_names, new.lab_names),
        *_pairs("not assessed", _gaps(old), _gaps(new)),
    )


def _pairs(what: str, old: Iterable[str], new: Iterable[str]) -> Iterator[Difference]:
    before, after = tuple(old), tuple(new)
    if before != after:
        held = set(before) & set(after)
        many = len(before) > 1 or len(after) > 1
        # Of a list, only what is not on both sides; a change of order alone shows both in full.
        short = [tuple(t for t in side if not (many and t in held)) for side in (before, after)]
        if not any(short):
            short = [before, after]
        yield Difference(what, short[0], short[1])


def _ranks(old: Recommendation, new: Recommendation) -> Iterator[Difference]:
    for rank in ("preferred", "alternative", "last_resort"):
        before, after = _named(old, rank), _named(new, rank)
        if before != after:
            yield Difference(rank.replace("_", " "), before, after)


def _named(answer: Recommendation, rank: str) -> tuple[str, ...]:
    return tuple(
        f"{regimen_name(offer.id)}{' (provisional)' if offer.provisional else ''}"
        for offer in answer.regimens
        if offer.rank == rank
    )


def _orders(old: Recommendation, new: Recommendation) -> Iterator[Difference]:
    """The orders and conditions of each regimen that either side offers."""
    before = {offer.id: offer for offer in old.regimens}
    after = {offer.id: offer for offer in new.regimens}
    for ident in dict.fromkeys((*before, *after)):
        held, now = before.get(ident), after.get(ident)
        yield from _pairs(regimen_name(ident), _offer(held, ident, old), _offer(now, ident, new))


def _offer(offer: Offer | None, ident: str, answer: Recommendation) -> tuple[str, ...]:
    if offer is None:
        because = next((r.because for r in answer.rejected if r.id == ident), ())
        return (f"not offered{': ' if because else ''}{'; '.join(because)}",)
    conditions = (f"only if {condition}" for condition in offer.conditions)
    return (*map(order_words, (*offer.drugs, *offer.companions)), *conditions)


def order_words(order: DrugOrder) -> str:
    """An order in one line, or why it has no dose."""
    if order.maintenance_dose is None:
        return f"{drug_name(order.drug)}: {order.pending or 'no dose'}"
    text = order_text(
        order.loading_dose,
        order.maintenance_dose,
        (order.interval_h, order.to_interval_h),
        (order.infusion_h, order.to_infusion_h),
    )
    return f"{text}, {'IV' if order.route == 'iv' else order.route}"


def _alerts(answer: Recommendation, tier: Tier) -> tuple[str, ...]:
    return tuple(
        f"{alert.text} [{alert.id}]"
        for alert in answer.alerts
        if alert.tier == tier and not alert.standing
    )


def _duration(answer: Recommendation) -> tuple[str, ...]:
    return _one(answer.duration.text if answer.duration else None)


def _one(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()


def _gaps(answer: Recommendation) -> tuple[str, ...]:
    return tuple(item.what for item in answer.not_assessed)


# -- what made it --------------------------------------------------------------------------------


def _causes(old: Decision, new: Decision) -> Iterator[Cause]:
    if (old.outline.reason, old.outline.outcome) != (new.outline.reason, new.outline.outcome):
        yield from _scope(old, "old")
        yield from _scope(new, "new")
    yield from _hazards(old, new, "old")
    yield from _hazards(new, old, "new")
    yield from _rows(old, new, "old")
    yield from _rows(new, old, "new")
    yield from _bands(old, new)


def _scope(decision: Decision, side: Literal["old", "new"]) -> Iterator[Cause]:
    if decision.scope is not None:
        found = decision.scope.finding
        yield Cause("scope", found.rule, "", side, decision.scope.outcome, found.sources)


def _hazards(here: Decision, there: Decision, side: Literal["old", "new"]) -> Iterator[Cause]:
    """What excludes on this side only, of the regimens that one of the sides offers."""
    offered = {o.ranked.strategy for o in (*here.offered, *there.offered)}
    for ident, fate in here.fates.items():
        if ident in offered:
            beyond = {(a.hazard.id, a.drug) for a in _excluding(there.fates.get(ident))}
            for asked in _excluding(fate):
                if (asked.hazard.id, asked.drug) not in beyond:
                    sources = asked.hazard.sources
                    yield Cause("hazard", asked.hazard.id, ident, side, asked.because, sources)


def _excluding(fate: Fate | None) -> tuple[Asked, ...]:
    return () if fate is None else fate.excluded


def _rows(here: Decision, there: Decision, side: Literal["old", "new"]) -> Iterator[Cause]:
    """Rows of the tables of choice that applied on this side only."""
    if here.selection is None:
        return
    beyond = there.selection.rows if there.selection else ()
    for applied in here.selection.applied:
        if applied.id not in beyond:
            sources = applied.row.sources if applied.row else (Cited("policy", applied.id),)
            about = regimen_name(applied.older) if applied.older else "regimens"
            yield Cause("row", applied.id, applied.older, side, f"chooses the {about}", sources)


def _bands(old: Decision, new: Decision) -> Iterator[Cause]:
    """Bands of CrCl that dose a drug on one side only."""
    held = {(o.ranked.strategy, d.drug): d for o in old.offered for d in o.orders}
    for offer in new.offered:
        for order in offer.orders:
            was = held.get((offer.ranked.strategy, order.drug))
            if was is not None and was.crcl_band != order.crcl_band:
                yield from _band(was, offer.ranked.strategy, "old")
                yield from _band(order, offer.ranked.strategy, "new")


def _band(order: DrugOrder, regimen: str, side: Literal["old", "new"]) -> Iterator[Cause]:
    if order.crcl_band is not None:
        text = f"{drug_name(order.drug)} by the band {_band_words(order.crcl_band)}"
        yield Cause("band", order.drug, regimen, side, text, order.sources)


def _band_words(band: CrclBand) -> str:
    low = f"{'at least' if band.from_included else 'above'} {number(band.from_ml_min)}"
    if band.to_ml_min is None:
        return f"{low} mL/min"
    high = f"{'at most' if band.to_included else 'below'} {number(band.to_ml_min)} mL/min"
    return high if band.from_ml_min == 0 else f"{low} and {high}"
