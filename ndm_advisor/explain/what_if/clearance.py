"""The clearances at which anything could change: the edges of the base cut the line into cells."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple, cast

from ndm_advisor.decision.decide import Decision
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.model.words import number

_FACT: Final = "crcl_ml_min"


class Span(NamedTuple):
    """Clearances in mL/min that give the same answer, and one of them to try."""

    low: float
    low_included: bool
    high: float
    high_included: bool
    value: float

    @property
    def words(self) -> str:
        """For example `CrCl 30 mL/min or less`, `CrCl above 50 mL/min`."""
        low = f"{'' if self.low_included else 'above '}{number(self.low)}"
        if self.low == self.high:
            return f"CrCl {low} mL/min"
        if self.high == math.inf:
            return f"CrCl {low} mL/min{' or more' if self.low_included else ''}"
        high = f"{'' if self.high_included else 'below '}{number(self.high)}"
        if self.low == 0:
            return f"CrCl {high} mL/min{' or less' if self.high_included else ''}"
        return f"CrCl {low} to {high} mL/min"

    def joined(self, other: Span) -> Span | None:
        """The two as one where they touch; None where they do not."""
        first, second = sorted((self, other), key=lambda s: (s.low, s.high))
        if first.high != second.low or not (first.high_included or second.low_included):
            return None
        return self._replace(
            low=first.low,
            low_included=first.low_included,
            high=second.high,
            high_included=second.high_included,
        )


def edges(knowledge: Knowledge, region: str) -> tuple[float, ...]:
    """Every clearance the base compares with: of bands, of hazards, of settings."""
    found = {0.0}
    for drug in knowledge.drugs.values():
        for table in drug.dosing:
            if table.measure == _FACT and region in table.regions:
                found |= {edge for band in table.bands for edge in (band.low, band.high)}
    for hazard in knowledge.hazards.values():
        found |= {float(cast("float", c.value)) for c in hazard.when if c.fact == _FACT}
    settings = knowledge.settings
    found |= {
        settings.unstable_crcl_at_most,
        settings.divergence_crcl_at_most,
        settings.six_hourly_crcl_above,
        settings.not_interchangeable_crcl_at_most,
        settings.augmented_crcl_at_least,
    }
    return tuple(sorted(edge for edge in found if edge != math.inf))


def cells(decision: Decision, knowledge: Knowledge) -> list[Span]:
    """Every cell but the patient's own, the nearest first, those below before those above."""
    found = list(_cells(edges(knowledge, decision.facts.region)))
    crcl = decision.facts.crcl_ml_min
    if crcl is None:
        return found
    below = [s._replace(value=_near_top(s)) for s in reversed(found) if s.high <= crcl]
    above = [s for s in found if s.low >= crcl]
    own = [s for s in (*below, *above) if _holds(s, crcl)]
    return [s for s in (*below, *above) if s not in own]


def nearest(decision: Decision) -> Iterator[Span]:
    """Just beyond the edges of this patient's bands, below and above."""
    crcl = decision.facts.crcl_ml_min
    bands = [o.crcl_band for offer in decision.offered for o in offer.orders if o.crcl_band]
    if crcl is None or not bands:
        return
    low = max(bands, key=lambda b: b.from_ml_min)
    if low.from_ml_min > 0:
        edge, inside = low.from_ml_min, low.from_included
        yield Span(0, low_included=True, high=edge, high_included=not inside,
                   value=_below(edge) if inside else edge)  # fmt: skip
    tops = [b for b in bands if b.to_ml_min is not None]
    if tops:
        top = min(tops, key=lambda b: b.to_ml_min or 0)
        edge, inside = top.to_ml_min or 0, top.to_included
        yield Span(edge, low_included=not inside, high=math.inf, high_included=False,
                   value=_above(edge) if inside else edge)  # fmt: skip


def _cells(found: tuple[float, ...]) -> Iterator[Span]:
    """Each edge, and each open space above it."""
    for edge, following in zip(found, (*found[1:], math.inf), strict=True):
        yield Span(edge, low_included=True, high=edge, high_included=True, value=edge)
        value = _above(edge)
        if value >= following:
            value = (edge + following) / 2
        yield Span(edge, low_included=False, high=following, high_included=False, value=value)


def _holds(span: Span, crcl: float) -> bool:
    above = crcl > span.low or (span.low_included and crcl == span.low)
    below = crcl < span.high or (span.high_included and crcl == span.high)
    return above and below


def _near_top(span: Span) -> float:
    """The highest whole number of a cell below the patient: the smallest change."""
    if span.high_included or _below(span.high) <= span.low:
        return span.value
    return _below(span.high)


def _above(edge: float) -> float:
    return math.floor(edge) + 1


def _below(edge: float) -> float:
    return max(math.ceil(edge) - 1, edge / 2)
