"""A page of labelled lines as plain text: a column of labels, or one `label: value` a row.

What `dose`, `crcl` and `schedule` print. Lines marked as drawn (bars) are never folded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ndm_advisor.render import text

LINEAR_BELOW: Final = 60
_COLUMN: Final = 16
_CONTINUED: Final = "  "


class Part(NamedTuple):
    """A label and its lines; `drawn` lines stand as they are, and only in the wide layout."""

    label: str
    lines: tuple[str, ...]
    drawn: bool = False
    gap: bool = False  # an empty row before, in the wide layout


class Sheet(NamedTuple):
    """How to write: `width` None does not fold."""

    width: int | None
    linear: bool
    encoding: str | None = "utf-8"
    tall_man: bool = False


def part(label: str, *lines: str | None, gap: bool = False) -> Part:
    """A part of the lines that hold anything."""
    return Part(label, tuple(line for line in lines if line), gap=gap)


def is_linear(*, linear: bool | None, width: int | None) -> bool:
    """Whether the linear layout is asked for, or the width asks for it."""
    return bool(linear) or width is None or width < LINEAR_BELOW


def write(title: str, parts: Iterable[Part], sheet: Sheet) -> str:
    """The whole page, which ends in a line end."""
    rows = _linear if sheet.linear else _wide
    lines = [*_folded(title, sheet, 0), *rows(tuple(p for p in parts if p.lines), sheet)]
    return "".join(f"{text.for_encoding(line.rstrip(), sheet.encoding)}\n" for line in lines)


def _folded(line: str, sheet: Sheet, column: int) -> list[str]:
    shown = text.visible(line)
    if sheet.tall_man:
        shown = text.tall_man(shown)
    # Folded as the stream will show it: a sign may be spelled in more letters.
    shown = text.for_encoding(shown, sheet.encoding)
    return text.fold(text.bind(shown), None if sheet.width is None else sheet.width - column)


def _linear(parts: tuple[Part, ...], sheet: Sheet) -> Iterator[str]:
    for held in parts:
        if held.drawn:
            continue
        for line in held.lines:
            first, *rest = _folded(f"{held.label}: {line}", sheet, len(_CONTINUED))
            yield first
            yield from (f"{_CONTINUED}{more}" for more in rest)


def _wide(parts: tuple[Part, ...], sheet: Sheet) -> Iterator[str]:
    for held in parts:
        if held.gap:
            yield ""
        if held.drawn:
            yield from held.lines
            continue
        head = held.label
        if len(head) >= _COLUMN - 1:  # a long label has a row of its own
            yield from _folded(head, sheet, 0)
            head = ""
        for line in held.lines:
            for more in _folded(line, sheet, _COLUMN):
                yield f"{head:<{_COLUMN}}{more}"
                head = ""
