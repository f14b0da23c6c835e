"""The first 24 hours of a regimen: when each infusion starts and ends, and how many lines it takes.

Times are whole minutes after the first start. Nothing here chooses a dose: the orders of an answer
are laid along the day. The load takes the place of the first dose; maintenance follows one interval
after the start of the load, as the aztreonam-avibactam labels print it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.decision.alerts.of_kidney import missed_starts
from ndm_advisor.decision.dose import PAIR
from ndm_advisor.explain.words_of import sentence
from ndm_advisor.model import words
from ndm_advisor.model.answer import Dose, DrugOrder, Offer
from ndm_advisor.model.knowledge import Knowledge

DAY_MIN: Final = 24 * 60
_MIN_PER_HOUR: Final = 60
_PARTNER, _AZTREONAM = PAIR.split("+")
_HOURS_48: Final = 48


class Start(NamedTuple):
    """One dose. `end_min` null: by mouth, or the source prints no infusion time."""

    part: str  # load | maintenance
    number: int
    start_min: int
    end_min: int | None
    dose: Dose


class DrugDay(NamedTuple):
    """One drug's day. `pending`: why nothing can be drawn; then `starts` is empty."""

    drug: str
    route: str
    companion: bool
    interval_h: float | None
    to_interval_h: float | None
    infusion_h: float | None
    to_infusion_h: float | None
    starts: tuple[Start, ...]
    next_start_min: int | None
    pending: str | None
    notes: tuple[str, ...]


class Together(NamedTuple):
    """Drugs that start at the same minute."""

    start_min: int
    drugs: tuple[str, ...]


class Interval(NamedTuple):
    """A drug's interval, where the intervals of a regimen differ."""

    drug: str
    interval_h: float
    to_interval_h: float | None


class Unpartnered(NamedTuple):
    """Aztreonam starts without a ceftazidime-avibactam start beside them."""

    in_24_h: int
    of_24_h: int
    in_48_h: str  # "4 of 6"


class Busiest(NamedTuple):
    """The moment that takes most lines. `lines_if_shared` null: nothing may share."""

    at_min: int
    drugs: tuple[str, ...]
    lines: int
    lines_if_shared: int | None
    text: str


class Timetable(NamedTuple):
    """A regimen's first 24 hours."""

    regimen: str
    hours: int
    drugs: tuple[DrugDay, ...]
    same_starts: tuple[Together, ...]
    different_intervals: tuple[Interval, ...]
    unpartnered: Unpartnered | None
    busiest: Busiest | None


def timetable(offer: Offer, region: str, knowledge: Knowledge) -> Timetable:
    """Lay out the first 24 hours of an offer with its companions.

    Args:
        offer: a regimen of an answer.
        region: "EU" or "US": whether the pair may share a line.
        knowledge: the base, for the wording of the lines.
    """
    own = tuple(_drug_day(order, companion=False) for order in offer.drugs)
    days = (*own, *(_drug_day(order, companion=True) for order in offer.companions))
    return Timetable(
        regimen=offer.id,
        hours=DAY_MIN // _MIN_PER_HOUR,
        drugs=days,
        same_starts=tuple(_together(days)),
        different_intervals=_different(own),
        unpartnered=_unpartnered(offer, days),
        busiest=_busiest(offer.id, days, region, knowledge),
    )


# -- one drug -------------------------------------------------------------------------------------


def minutes(hours: float) -> int:
    """Hours as whole minutes."""
    return round(hours * _MIN_PER_HOUR)


def _drug_day(order: DrugOrder, *, companion: bool) -> DrugDay:
    every = tuple(_starts(order))
    drawn = tuple(start for start in every if start.start_min < DAY_MIN)
    return DrugDay(
        drug=order.drug,
        route=order.route,
        companion=companion,
        interval_h=order.interval_h,
        to_interval_h=order.to_interval_h,
        infusion_h=order.infusion_h,
        to_infusion_h=order.to_infusion_h,
        starts=drawn,
        next_start_min=every[len(drawn)].start_min if len(every) > len(drawn) else None,
        pending=None if every else (order.pending or "dose withheld"),
        notes=tuple(_notes(order)),
    )


def _starts(order: DrugOrder) -> Iterator[Start]:
    """Every start up to the first at or after 24 hours; none while the dose is pending."""
    first = order.loading_dose or order.maintenance_dose
    if first is None:
        return
    length = _length(order)
    number, at = 1, 0
    while True:
        is_load = number == 1 and order.loading_dose is not None
        dose = first if number == 1 else order.maintenance_dose
        if dose is None:
            return
        end = None if length is None else at + length
        yield Start("load" if is_load else "maintenance", number, at, end, dose)
        if at >= DAY_MIN or order.interval_h is None or _is_last(order, number):
            return
        number, at = number + 1, at + minutes(order.interval_h)


def _is_last(order: DrugOrder, number: int) -> bool:
    loads = 0 if order.loading_dose is None else 1
    return order.doses is not None and number - loads >= order.doses


def _length(order: DrugOrder) -> int | None:
    """Minutes an infusion takes: the longer end of a printed range, when the line is free again."""
    longest = order.to_infusion_h or order.infusion_h
    return None if longest is None or order.route != "iv" else minutes(longest)


def _notes(order: DrugOrder) -> Iterator[str]:
    """What the drawing had to settle, and what it leaves out."""
    if order.loading_dose is not None and order.maintenance_dose is not None and order.interval_h:
        yield (
            f"maintenance starts {words.hours(order.interval_h)} after the start of the load, one "
            "interval"
        )
    if order.to_interval_h and order.to_interval_h != order.interval_h:
        printed = words.every(order.interval_h, order.to_interval_h)
        yield f"printed {printed}; drawn {words.every(order.interval_h)}"
    if order.to_infusion_h and order.to_infusion_h != order.infusion_h:
        printed = words.over(order.infusion_h, order.to_infusion_h)
        yield f"printed {printed}; drawn {words.over(order.to_infusion_h)}"
    if order.route == "iv" and order.maintenance_dose is not None and order.infusion_h is None:
        yield "the source prints no infusion time: only the start is drawn"
    if order.alternative_dose is not None:
        yield "another dose stands beside this one in the answer; it is not drawn"
    yield from order.notes


# -- several drugs --------------------------------------------------------------------------------


def _together(days: tuple[DrugDay, ...]) -> Iterator[Together]:
    at: dict[int, list[str]] = {}
    for day in days:
        for start in day.starts:
            at.setdefault(start.start_min, []).append(day.drug)
    for minute, drugs in sorted(at.items()):
        if len(drugs) > 1:
            yield Together(minute, tuple(drugs))


def _different(days: tuple[DrugDay, ...]) -> tuple[Interval, ...]:
    found = tuple(
        Interval(day.drug, day.interval_h, day.to_interval_h)
        for day in days
        if day.interval_h is not None
    )
    return found if len({(i.interval_h, i.to_interval_h) for i in found}) > 1 else ()


def _unpartnered(offer: Offer, days: tuple[DrugDay, ...]) -> Unpartnered | None:
    """For the pair with times for both: aztreonam starts that stand alone."""
    if offer.id != PAIR:
        return None
    by_drug = {day.drug: day for day in days}
    partner, aztreonam = by_drug[_PARTNER], by_drug[_AZTREONAM]
    if partner.pending or aztreonam.pending:
        return None
    beside = {start.start_min for start in partner.starts}
    alone = [start for start in aztreonam.starts if start.start_min not in beside]
    in_48_h = missed_starts(partner.interval_h, aztreonam.interval_h)
    return Unpartnered(len(alone), len(aztreonam.starts), in_48_h)


# -- lines ----------------------------------------------------------------------------------------


def _busiest(
    regimen: str, days: tuple[DrugDay, ...], region: str, knowledge: Knowledge
) -> Busiest | None:
    """The first moment at which most infusions run (policy 9.2); None where nothing is infused."""
    moments = sorted({s.start_min for day in days if day.route == "iv" for s in day.starts})
    if not moments:
        return None
    running = {at: _running(days, at) for at in moments}
    shares = regimen == PAIR
    at = max(
        moments, key=lambda m: (_count(running[m], region, shares=shares), len(running[m]), -m)
    )
    drugs = running[at]
    pair = shares and {_PARTNER, _AZTREONAM} <= set(drugs)
    return Busiest(
        at_min=at,
        drugs=drugs,
        lines=_count(drugs, region, shares=shares),
        lines_if_shared=len(drugs) - 1 if pair else None,
        text=_lines_text(drugs, region, knowledge, pair=pair),
    )


def _running(days: tuple[DrugDay, ...], at: int) -> tuple[str, ...]:
    """The drugs whose infusion runs at a minute; one without a length runs at its start."""
    return tuple(
        day.drug
        for day in days
        if day.route == "iv"
        and any(s.start_min <= at < (s.end_min or s.start_min + 1) for s in day.starts)
    )


def _count(drugs: tuple[str, ...], region: str, *, shares: bool) -> int:
    """Every drug a line of its own; by the US label the pair shares one Y-site."""
    pair = shares and region == "US" and {_PARTNER, _AZTREONAM} <= set(drugs)
    return len(drugs) - 1 if pair else len(drugs)


def _lines_text(drugs: tuple[str, ...], region: str, knowledge: Knowledge, *, pair: bool) -> str:
    said = []
    if pair:
        key = "pair-same-y-site" if region == "US" else "pair-eu"
        said.append(sentence(knowledge, "lines", key))
    for drug in drugs:
        if pair and drug in {_PARTNER, _AZTREONAM}:
            continue
        own = sentence(knowledge, "lines", drug)
        name = words.drug_name(drug)
        said.append(own or f"{name[:1].upper()}{name[1:]}: counted as its own line; no rule on it.")
    return " ".join(said)
