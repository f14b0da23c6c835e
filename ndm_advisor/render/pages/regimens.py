"""The regimens of a page: those preferred as cards with doses and timetable, others in rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ndm_advisor.explain.schedule import Schedule
from ndm_advisor.explain.timetable import Timetable
from ndm_advisor.model.answer import Cited, DrugOrder, Offer, Recommendation
from ndm_advisor.model.words import drug_name, join_names, number, regimen_name
from ndm_advisor.render import phrases
from ndm_advisor.render.conditions import Conditions, conditions_of
from ndm_advisor.render.pages.parts import (
    Cell,
    Drawing,
    Items,
    ListRole,
    Part,
    Section,
    Table,
    Text,
    items,
)
from ndm_advisor.render.regimens import whole_offers
from ndm_advisor.render.schedule import timetable_lines

_RHYTHM: Final = ("How often", "Infusion", "CrCl band")
_MIN_PER_HOUR: Final = 60
_FEW: Final = 2  # lines that stand better below each other

Schedules = Mapping[str, Schedule]


def regimens(answer: Recommendation, schedules: Schedules) -> Iterator[Section]:
    """Yield what to give: every preferred regimen whole, then the further ones."""
    if not answer.regimens:
        return
    only_if = conditions_of(answer.regimens)
    whole = whole_offers(answer)
    cards = tuple(
        Section(
            f"offer {'first' if n == 0 else 'or'}",
            f"{'' if n == 0 else 'Or: '}{phrases.together(offer.id)}",
            tuple(_card(offer, answer, only_if, schedules.get(offer.id))),
        )
        for n, offer in enumerate(whole)
    )
    shared = items(only_if.shared, "Only if", "condition")
    kidney = (Text(answer.kidney.text, "plain", "Kidney"),) if answer.kidney.text else ()
    yield Section("give", "Regimen and dose", (*kidney, *shared), cards)
    others = tuple(offer for offer in answer.regimens if offer not in whole)
    if others:
        yield Section("others", "Further regimens", (_others(others, answer, only_if),))


# -- one regimen ----------------------------------------------------------------------------------


def _card(
    offer: Offer, answer: Recommendation, only_if: Conditions, schedule: Schedule | None
) -> Iterator[Part]:
    status = phrases.status_words(offer, answer.provenance.guideline)
    yield Text(status, "status")
    yield from items(only_if.own.get(offer.id, ()), "Only if", "condition")
    yield from doses(offer)
    yield from _beside((*offer.drugs, *offer.companions), answer)
    if schedule is not None:
        yield from drawing(schedule)
    role: ListRole = "pairs" if len(offer.administration) > _FEW else "plain"
    yield from items(offer.administration, "How to give it", role)
    if said := cited(offer_sources(offer)):
        yield Text(said, "small", "Sources")


def doses(offer: Offer) -> tuple[Part, ...]:
    """Write every order of an offer, a drug a row; or why none of its drugs has a dose."""
    orders = (*offer.drugs, *offer.companions)
    reasons = {order.pending if _is_withheld(order) else None for order in orders}
    if reasons != {None} and len(reasons) == 1:
        return (Text(phrases.withheld(reasons.pop()), "withheld"),)
    has_load = any(order.loading_dose is not None for order in orders)
    rows = [_dose_row(order, "", has_load=has_load) for order in offer.drugs]
    rows += [_dose_row(order, "with ", has_load=has_load) for order in offer.companions]
    head = ("Drug", *(("Load", "Then") if has_load else ("Dose",)), *_RHYTHM)
    key = "doses with-load" if has_load else "doses"
    return (Table(key, f"Doses of {regimen_name(offer.id, 'with')}", head, tuple(rows)),)


def _is_withheld(order: DrugOrder) -> bool:
    return order.loading_dose is None and order.maintenance_dose is None


def _dose_row(order: DrugOrder, lead: str, *, has_load: bool) -> tuple[tuple[str, ...], ...]:
    route = phrases.route_words(order.route)
    head = (f"{lead}{drug_name(order.drug)} {route}".rstrip(),)
    band = () if order.crcl_band is None else (phrases.band_words(order.crcl_band),)
    if _is_withheld(order):
        said = ((phrases.withheld(order.pending),), (), (), band)
        return (head, *(((),) if has_load else ()), *said)
    cells = phrases.order_cells(order)
    again = [cells.maintenance] if cells.maintenance else []
    if order.pending:
        again.append(f"next: {order.pending}")
    if order.basis == "derived":
        again.append("derived, not printed by a source")
    if not has_load:
        return (head, tuple(again), (cells.rhythm,), (cells.time,), band)
    load = (cells.load or "no load",)
    return (head, load, tuple(again), (cells.rhythm,), (cells.time,), band)


def _beside(orders: tuple[DrugOrder, ...], answer: Recommendation) -> Iterator[Part]:
    """Yield what stands beside the doses: others to choose, dialysis, every band, limits, notes."""
    for order in orders:
        name = drug_name(order.drug)
        if order.alternative_dose is not None:
            yield Text(phrases.alternative_words(order.drug, order.alternative_dose), "plain", name)
        if order.dialysis and answer.kidney.method == "renal-replacement":
            yield Text(order.dialysis, "plain", f"{name}, renal replacement")
    for order in orders:
        if order.bands:
            first, *rows = phrases.band_lines(order)
            yield Items(tuple(rows), first.rstrip(":"), "bands")
    limits = [f"{drug_name(order.drug)}: {said}" for order in orders if (said := _limits(order))]
    if limits:
        yield Text(" ".join(limits), "small", "Edges and limits")


def _limits(order: DrugOrder) -> str:
    """Write the nearest edge of a band with the dose beyond it, the daily maximum, the notes."""
    said = []
    if order.band_edge is not None:
        distance = phrases.distance_words(order.band_edge.distance_ml_min)
        said.append(f"nearest edge {distance} away, beyond it {order.band_edge.dose_beyond}")
    if order.daily_max_mg is not None:
        said.append(phrases.daily_max_words(order.daily_max_mg))
    said += [note.rstrip(".") for note in order.notes]
    return f"{'; '.join(said)}." if said else ""


def cited(sources: tuple[Cited, ...]) -> str:
    """Write sources with their places, each source once."""
    places: dict[str, list[str]] = {}
    for found in sources:
        listed = places.setdefault(found.id, [])
        if found.at and found.at not in listed:
            listed.append(found.at)
    return "; ".join(f"{source}{bracketed(at)}" for source, at in places.items())


def bracketed(words: Iterable[str], ends: str = "()") -> str:
    """Write words in brackets after a space; nothing for none."""
    said = ", ".join(words)
    return f" {ends[0]}{said}{ends[1]}" if said else ""


def offer_sources(offer: Offer) -> tuple[Cited, ...]:
    """Return what an offer and its orders rest on."""
    orders = (*offer.drugs, *offer.companions)
    return (*offer.sources, *(found for order in orders for found in order.sources))


# -- the timetable --------------------------------------------------------------------------------


def drawing(schedule: Schedule) -> Iterator[Drawing]:
    """Yield the first 24 hours, where anything has a time."""
    table = schedule.timetable
    if table is None or not any(day.starts for day in table.drugs):
        return
    lines = tuple((held.label, held.lines) for held in timetable_lines(schedule, table))
    yield Drawing(schedule, lines, tuple(_summary(table, lines)))


def _summary(table: Timetable, lines: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[str]:
    """Yield what a reader of the drawing must not have to work out."""
    together: dict[tuple[str, ...], list[str]] = {}
    for found in table.same_starts:
        together.setdefault(found.drugs, []).append(number(found.start_min / _MIN_PER_HOUR, 2))
    for drugs, hours in together.items():
        noun = "hour" if len(hours) == 1 else "hours"
        names = join_names(drug_name(drug) for drug in drugs)
        yield f"{names} start together at {noun} {join_names(hours)}."
    said = dict(lines)
    yield from (f"{line}." for line in said.get("Intervals", ()))
    for day in table.drugs:
        if day.next_start_min is not None and day.starts:
            yield from (f"{drug_name(day.drug)}: {note}." for note in day.notes if _is_drawn(note))
    if table.busiest is not None:
        yield f"{said['Lines'][0]}."


def _is_drawn(note: str) -> bool:
    """Say whether a note explains the drawing; the others stand beside the dose."""
    return "; drawn" in note or "is drawn" in note or "maintenance starts" in note


# -- further regimens -----------------------------------------------------------------------------


def _others(offers: tuple[Offer, ...], answer: Recommendation, only_if: Conditions) -> Table:
    guideline = answer.provenance.guideline
    conditional = any(only_if.own.get(offer.id) for offer in offers)
    conditions = ("Only if",) if conditional else ()
    head = ("Regimen", "Orders", *conditions, "How to give it")
    rows: list[tuple[Cell, ...]] = []
    for offer in offers:
        status = phrases.status_words(offer._replace(rank="preferred"), guideline)
        sources = ", ".join(dict.fromkeys(found.id for found in offer_sources(offer)))
        name = (regimen_name(offer.id, "AND"), f"{phrases.rank_words(offer.rank)}; {status}")
        own = (only_if.own.get(offer.id, ()),) if conditional else ()
        rows.append(((*name, sources), tuple(_orders(offer)), *own, offer.administration))
    return Table("others", "Regimens after the preferred ones", head, tuple(rows))


def _orders(offer: Offer) -> Iterator[str]:
    for order in offer.drugs:
        yield phrases.order_words(order)
        if order.alternative_dose is not None:
            yield phrases.alternative_words(order.drug, order.alternative_dose)
        if order.bands:
            yield from phrases.band_lines(order)
    yield from (f"with {phrases.order_words(order)}" for order in offer.companions)
