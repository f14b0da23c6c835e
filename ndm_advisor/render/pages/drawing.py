"""The infusion timetable as a drawing: where each bar stands. The words stand beside it.

One row for each drug, 24 hours from left to right. A first (loading) dose is hatched, later doses
are solid, a dose without an infusion time is a diamond; every bar has its hours written above it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.explain.timetable import DAY_MIN, DrugDay, Start, Timetable
from ndm_advisor.model.words import drug_name, number

WIDTH: Final = 720
LEFT: Final = 176  # room for a drug's name
_RIGHT: Final = 12
ROW: Final = 23  # height of a drug's row
TOP: Final = 4
BAR: Final = 10
_SCALE: Final = (WIDTH - LEFT - _RIGHT) / DAY_MIN
_TICK_H: Final = 4
_MIN_PER_HOUR: Final = 60
_NARROWEST: Final = 2.5


class Bar(NamedTuple):
    """One dose. `width` 0: a moment, drawn as a diamond. `open`: it goes on after 24 hours."""

    x: float
    width: float
    is_load: bool
    label: str
    open: bool


class DrugRow(NamedTuple):
    """A drug's row: `y` is the top of its bars. `pending`: why it has none."""

    name: str
    y: float
    bars: tuple[Bar, ...]
    pending: str


class Tick(NamedTuple):
    """An hour on the scale."""

    x: float
    hour: str


class Picture(NamedTuple):
    """Everything the drawing is made of, in its own units."""

    width: int
    height: float
    left: int
    bar: int
    rows: tuple[DrugRow, ...]
    ticks: tuple[Tick, ...]
    scale_y: float
    has_load: bool
    has_maintenance: bool
    has_moment: bool


def picture(table: Timetable) -> Picture:
    """Lay the bars out."""
    rows = tuple(_row(day, n) for n, day in enumerate(table.drugs))
    bars = [bar for row in rows for bar in row.bars]
    scale_y = TOP + ROW * len(rows) + 2
    ticks = tuple(Tick(_x(hour * _MIN_PER_HOUR), str(hour)) for hour in range(0, 24 + 1, _TICK_H))
    return Picture(
        width=WIDTH,
        height=scale_y + 16,
        left=LEFT,
        bar=BAR,
        rows=rows,
        ticks=ticks,
        scale_y=scale_y,
        has_load=any(bar.is_load and bar.width for bar in bars),
        has_maintenance=any(not bar.is_load and bar.width for bar in bars),
        has_moment=any(not bar.width for bar in bars),
    )


def _row(day: DrugDay, place: int) -> DrugRow:
    top = TOP + ROW * place + ROW - BAR - 3
    name = f"with {drug_name(day.drug)}" if day.companion else drug_name(day.drug)
    pending = "" if day.starts else "no times: its dose is withheld"
    return DrugRow(name, top, tuple(_bars(day)), pending)


def _bars(day: DrugDay) -> Iterator[Bar]:
    for start in day.starts:
        end = start.start_min if start.end_min is None else start.end_min
        width = (min(end, DAY_MIN) - start.start_min) * _SCALE
        yield Bar(
            x=_x(start.start_min),
            width=round(max(width, _NARROWEST), 1) if start.end_min is not None else 0,
            is_load=start.part == "load",
            label=_hours(start),
            open=end > DAY_MIN,
        )


def _hours(start: Start) -> str:
    first = number(start.start_min / _MIN_PER_HOUR, 2)
    if start.end_min is None:
        return first
    return f"{first} to {number(start.end_min / _MIN_PER_HOUR, 2)}"


def _x(minute: float) -> float:
    return round(LEFT + minute * _SCALE, 1)
