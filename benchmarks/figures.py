"""What a part measured: printed beside its aims, and kept in docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


class Figure(NamedTuple):
    """One figure; `aim` is the most it may be (the least, where `at_least`), None = no aim."""

    what: str
    value: float
    unit: str = ""
    aim: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the unrounded figure keeps the aim."""
        if self.aim is None:
            return True
        return self.value >= self.aim if self.at_least else self.value <= self.aim

    @property
    def shown(self) -> str:
        """The figure with its unit and note."""
        text = f"{number(self.value)} {self.unit}".rstrip()
        return f"{text} ({self.note})" if self.note else text

    @property
    def aimed(self) -> str:
        """The aim and whether it is met; "" without one."""
        if self.aim is None:
            return ""
        bound = "at least" if self.at_least else "at most"
        verdict = "met" if self.is_met else "not met"
        return f"{bound} {number(self.aim)} {self.unit}".rstrip() + f": {verdict}"


class Measured(NamedTuple):
    """The figures of one part and what was measured on, in a sentence."""

    figures: Sequence[Figure]
    on: str


def number(value: float) -> str:
    """Three figures at least, no needless zeros.

    >>> [number(x) for x in (1.7, 5, 4.817, 52.36, 203.4, 81234.0)]
    ['1.7', '5', '4.82', '52.4', '203', '81,234']
    """
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def machine() -> str:
    """What of the machine bears on a figure; nothing that says whose it is."""
    python = ".".join(platform.python_version_tuple()[:2])
    return f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()}), Python {python}"


def show(name: str, measured: Measured) -> None:
    """Print a part's figures, aims beside them."""
    print(f"\n{name}: {measured.on}")
    width = max(len(figure.what) for figure in measured.figures)
    for figure in measured.figures:
        print(f"  {figure.what:<{width}}  {figure.shown}  {figure.aimed}".rstrip())


def write(name: str, measured: Measured, page: Path = PAGE) -> None:
    """Put a part's figures between its two markers in the page.

    Raises:
        ValueError: the page has no markers for this part.
    """
    text = page.read_text(encoding="utf-8")
    begin, end = markers(name)
    between = re.compile(f"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
    if not between.search(text):
        message = f"{page.name} has no place for the figures of {name}: {begin} ... {end}"
        raise ValueError(message)
    table = f"{begin}\n\n{_table(measured)}\n\n{end}"
    page.write_text(between.sub(lambda _: table, text, count=1), encoding="utf-8")


def markers(name: str) -> tuple[str, str]:
    """The two lines of the page the figures of a part stand between."""
    return f"<!-- figures: {name} -->", f"<!-- end of figures: {name} -->"


def _table(measured: Measured) -> str:
    rows = [
        f"| {_cell(figure.what)} | {_cell(figure.shown)} | {figure.aimed} |"
        for figure in measured.figures
    ]
    return "\n".join(
        [
            f"{machine()}; {measured.on}.",
            "",
            "| measured | figure | aim |",
            "| --- | --- | --- |",
            *rows,
        ]
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
