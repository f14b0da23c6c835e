"""A schedule on a screen: every start and end as a list, and as bars along 24 hours.

The bars repeat the list and say nothing that it does not; the linear layout has the list alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.explain.schedule import Schedule
from ndm_advisor.explain.timetable import DAY_MIN, Busiest, DrugDay, Start, Timetable, Unpartnered
from ndm_advisor.model.words import (
    drug_name,
    every,
    guideline_name,
    hours,
    join_names,
    number,
    over,
    regimen_name,
)
from ndm_advisor.render import phrases, text
from ndm_advisor.render.provenance import CLOSING, SHA_SHOWN, edition, warnings
from ndm_advisor.render.sheet import Part, Sheet, part, write

_HOURS: Final = 24
_TICK_H: Final = 4
_INDENT: Final = "  "
_MOST_CELLS: Final = 4  # for each hour: a quarter of an hour a cell


class _Ink(NamedTuple):
    """What bars are drawn with."""

    load: str
    maintenance: str
    moment: str  # a dose without a length
    empty: str


_BLOCKS: Final = _Ink(load="\u2593", maintenance="\u2588", moment="\u25c6", empty="\u00b7")
_ASCII: Final = _Ink(load="=", maintenance="#", moment="o", empty=".")


def schedule_text(made: Schedule, sheet: Sheet) -> str:
    """The whole schedule as plain text; `sheet` says how wide, and whether linear."""
    name = regimen_name(made.regimen, "AND") if made.regimen else "none"
    return write(f"SCHEDULE {name}", _parts(made, sheet), sheet)


def timetable_lines(made: Schedule, table: Timetable) -> tuple[Part, ...]:
    """Everything that is drawn, in words: starts by drug, shared starts, intervals, lines."""
    days = (Part(_label(day), tuple(_day_lines(day, made))) for day in table.drugs)
    lines = () if table.busiest is None else tuple(_lines(table.busiest, made))
    found = (
        *days,
        Part("Same time", tuple(_same(table, made))),
        Part("Intervals", tuple(_intervals(table))),
        Part("Lines", lines),
    )
    return tuple(held for held in found if held.lines)


def _parts(made: Schedule, sheet: Sheet) -> Iterator[Part]:
    yield Part("Provenance", tuple(_provenance(made)))
    for stop in made.stops:
        yield part("STOP", f"{stop.text} Do: {stop.action} [{stop.id}]")
    if made.timetable is None:
        yield part("No timetable", made.reason)
    else:
        yield from _regimen_parts(made, made.timetable, sheet)
    if made.review is not None:
        first, last = made.review.after_h
        when = f"{number(first)} hours ({made.review.first_on}) and {number(last)} hours "
        yield part("Next review", f"{when}({made.review.last_on})", made.review.text, gap=True)
    yield Part("NOT ASSESSED", tuple(f"{gap.what}: {gap.why}" for gap in made.not_assessed))
    yield part("Use", CLOSING)


def _provenance(made: Schedule) -> Iterator[str]:
    stamp, case = made.provenance, made.case
    yield (
        f"ndm-advisor {stamp.tool_version} | knowledge {stamp.knowledge_version} | "
        f"checked {stamp.reviewed_on}, due {stamp.review_due_on}"
    )
    sha = (case.sha256 or "")[:SHA_SHOWN]
    named = f"case {case.id} ({sha})" if case.id else f"case {sha}"
    yield (
        f"{named} | {guideline_name(stamp.guideline)}, {stamp.region} | {edition(stamp)} | "
        f"advised {stamp.advised_on}"
    )
    yield from warnings(stamp)


def _regimen_parts(made: Schedule, table: Timetable, sheet: Sheet) -> Iterator[Part]:
    marks = " (PROVISIONAL)" if made.provisional else ""
    yield part("Rank", f"{phrases.rank_words(made.rank or 'preferred').lower()}{marks}")
    yield Part("Only if", made.conditions)
    yield part("Others", _others(made))
    yield part("Times", _how_times_read(made))
    for day in table.drugs:
        yield Part(_label(day), tuple(_day_lines(day, made)), gap=True)
    if not sheet.linear and any(day.starts for day in table.drugs):
        yield Part("Bars", tuple(_bars(table, sheet)), drawn=True, gap=True)
    yield Part("Same time", tuple(_same(table, made)), gap=True)
    yield Part("Intervals", tuple(_intervals(table)))
    if table.busiest is not None:
        yield Part("Lines", (*_lines(table.busiest, made), *made.administration))


def _others(made: Schedule) -> str:
    if not made.others:
        return ""
    return f"also offered: {', '.join(made.others)} (--regimen ID)"


def _how_times_read(made: Schedule) -> str:
    if made.start is None:
        return "minutes after the first start; --start 08:00 adds times of day"
    return f"first start {made.start}; minutes after it beside each time of day"


def _label(day: DrugDay) -> str:
    return f"{drug_name(day.drug)}{' (companion)' if day.companion else ''}"


# -- the list -------------------------------------------------------------------------------------


def _day_lines(day: DrugDay, made: Schedule) -> Iterator[str]:
    if day.pending is not None:
        yield f"no times: {phrases.withheld(day.pending)}"
        return
    rhythm = every(day.interval_h, day.to_interval_h) or "one dose"
    time = over(day.infusion_h, day.to_infusion_h)
    yield " ".join(w for w in (phrases.route_words(day.route), rhythm, time) if w)
    for start in day.starts:
        yield f"{_span(start, made)}: {start.part}, {phrases.dose_words(day.drug, start.dose)}"
    if day.next_start_min is not None:
        yield f"next at {_at(day.next_start_min, made)}"
    yield from day.notes


def _span(start: Start, made: Schedule) -> str:
    if start.end_min is None:
        return f"at {_at(start.start_min, made)}"
    if made.start is None:
        spell = f"{_hour(start.start_min)} to {_hour(start.end_min)}"
        return f"minute {number(start.start_min)} to {number(start.end_min)} (hour {spell})"
    clock = f"{_clock(start.start_min, made)} to {_clock(start.end_min, made)}"
    return f"{clock} (minute {number(start.start_min)} to {number(start.end_min)})"


def _at(minute: int, made: Schedule) -> str:
    if made.start is None:
        return f"minute {number(minute)} (hour {_hour(minute)})"
    return f"{_clock(minute, made)} (minute {number(minute)})"


def _hour(minute: int) -> str:
    return number(minute / 60, 2)


def _clock(minute: int, made: Schedule) -> str:
    found = next(c for c in made.clock if c.minute == minute)
    return found.time if found.day == 1 else f"{found.time} on day {found.day}"


# -- bars -----------------------------------------------------------------------------------------


def _bars(table: Timetable, sheet: Sheet) -> Iterator[str]:
    """A name and a bar for each drug, then the hours; never wider than the screen."""
    ink = _BLOCKS if text.is_unicode(sheet.encoding) else _ASCII
    room = (sheet.width or 80) - len(_INDENT)
    each = max(1, min(_MOST_CELLS, room // _HOURS))
    for day in table.drugs:
        name = text.tall_man(_label(day)) if sheet.tall_man else _label(day)
        yield name if day.starts else f"{name}: no times"
        if day.starts:
            yield _INDENT + _bar(day, each, ink)
    yield _INDENT + _scale(each)
    yield f"{_INDENT}hours; {ink.load} load, {ink.maintenance} maintenance{_moment(table, ink)}"


def _moment(table: Timetable, ink: _Ink) -> str:
    has_moment = any(start.end_min is None for day in table.drugs for start in day.starts)
    return f", {ink.moment} dose without an infusion time" if has_moment else ""


def _bar(day: DrugDay, each: int, ink: _Ink) -> str:
    """One character for each part of an hour; a short infusion has one at least."""
    cells = [ink.empty] * (_HOURS * each)
    for start in day.starts:
        first = start.start_min * len(cells) // DAY_MIN
        if start.end_min is None:
            cells[first] = ink.moment
            continue
        last = max(first, -(-start.end_min * len(cells) // DAY_MIN) - 1)
        for cell in range(first, min(last + 1, len(cells))):
            cells[cell] = ink.load if start.part == "load" else ink.maintenance
    return "".join(cells)


def _scale(each: int) -> str:
    """The hours under the bars, each at its cell."""
    row = ""
    for hour in range(0, _HOURS, _TICK_H):
        row += f"{hour:<{_TICK_H * each}}"
    return row.rstrip()


# -- what it adds up to ---------------------------------------------------------------------------


def _same(table: Timetable, made: Schedule) -> Iterator[str]:
    if sum(1 for day in table.drugs if day.starts) < 2:  # noqa: PLR2004  # nothing to start with
        return
    if not table.same_starts:
        yield "no two drugs start together"
    for found in table.same_starts:
        drugs = join_names(drug_name(drug) for drug in found.drugs)
        yield f"{_at(found.start_min, made)}: {drugs} start together"


def _intervals(table: Timetable) -> Iterator[str]:
    if table.different_intervals:
        said = "; ".join(
            f"{drug_name(i.drug)} {every(i.interval_h, i.to_interval_h)}"
            for i in table.different_intervals
        )
        yield f"they differ: {said}"
    if table.unpartnered is not None and table.different_intervals:
        yield _alone(table.unpartnered)


def _alone(found: Unpartnered) -> str:
    return (
        f"{found.in_24_h} of {found.of_24_h} aztreonam starts in {hours(24)} "
        f"({found.in_48_h} in {hours(48)}) have no ceftazidime-avibactam start beside them"
    )


def _lines(busiest: Busiest, made: Schedule) -> Iterator[str]:
    drugs = join_names(drug_name(drug) for drug in busiest.drugs)
    noun = "line" if busiest.lines == 1 else "lines"
    shared = busiest.lines_if_shared
    also = ""
    if shared is not None and shared != busiest.lines:
        also = f"; {shared} if local pharmacy allows the shared Y-site"
    elif shared is not None:
        also = f"; {shared + 1} if the Y-site is not shared"
    at = _at(busiest.at_min, made)
    yield f"{busiest.lines} {noun} at the busiest moment, {at}: {drugs}{also}"
    for sentence in busiest.text.split(". "):
        said = sentence if sentence.endswith(".") else f"{sentence}."
        if not any(said in line for line in made.administration):
            yield said
