"""What a page is made of: sections of paragraphs, lists, tables, alerts and one drawing.

Plain text only. Each writer (`html`, `markdown`) makes it safe for its own format, in one place.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from ndm_advisor.explain.schedule import Schedule
from ndm_advisor.model.answer import Tier

# A sign beside each tier's word: neither of them stands for the tier by colour.
SIGNS: Final[dict[Tier, str]] = {"stop": "\u25a0", "caution": "\u25b2", "note": "\u25cf"}

Cell = tuple[str, ...]  # the lines of a cell
TextRole = Literal["plain", "lead", "status", "withheld", "small", "warning", "verbatim"]
ListRole = Literal["plain", "small", "condition", "bands", "pairs"]  # `pairs`: two columns


class Text(NamedTuple):
    """A paragraph. `role` says what for: it chooses the weight on the page."""

    words: str
    role: TextRole = "plain"
    label: str = ""


class Items(NamedTuple):
    """A list; `label` stands before it."""

    lines: tuple[str, ...]
    label: str = ""
    role: ListRole = "plain"


class Table(NamedTuple):
    """A table with a head for each column; the first cell of a row is its head."""

    key: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Warned(NamedTuple):
    """One alert."""

    tier: Tier
    id: str
    text: str
    action: str
    acknowledged: str | None
    sources: str


class Drawing(NamedTuple):
    """The infusions of a regimen's first 24 hours. `lines` say in words what is drawn."""

    schedule: Schedule
    lines: tuple[tuple[str, tuple[str, ...]], ...]
    summary: tuple[str, ...]


Part = Text | Items | Table | Warned | Drawing


class Section(NamedTuple):
    """A heading with its parts. `folded`: closed on the screen, printed only when opened."""

    key: str
    title: str
    parts: tuple[Part, ...]
    within: tuple[Section, ...] = ()
    folded: bool = False


class Stamp(NamedTuple):
    """What stands at the head and the foot of every printed page."""

    tool: str
    rules: str
    subject: str
    date: str


class Page(NamedTuple):
    """One case, ready to be written: what to do first, what it rests on after it."""

    title: str
    lead: tuple[Part, ...]
    answer: tuple[Section, ...]
    reference: tuple[Section, ...]
    stamp: Stamp
    identity: tuple[str, ...]


def filled(*sections: Section | None) -> tuple[Section, ...]:
    """The sections that hold anything."""
    return tuple(s for s in sections if s is not None and (s.parts or s.within))


def texts(*lines: str | None, role: Literal["plain", "small"] = "plain") -> tuple[Text, ...]:
    """A paragraph for each line that holds anything."""
    return tuple(Text(line, role) for line in lines if line)


def items(lines: tuple[str, ...], label: str = "", role: ListRole = "plain") -> tuple[Items, ...]:
    """A list, if there is anything to list."""
    kept = tuple(line for line in lines if line)
    return (Items(kept, label, role),) if kept else ()
