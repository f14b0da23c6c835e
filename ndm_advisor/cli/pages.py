"""Pages of labels and lines on standard output, folded to the screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ndm_advisor.cli.screen import text_width, write_out
from ndm_advisor.explain.page_parts import Section
from ndm_advisor.render import text

_COLUMN: Final = 18  # where the text of a labelled line starts
_NARROW: Final = 60


def write_page(
    title: str, sections: Iterable[Section], *, linear: bool = False, tall_man: bool = False
) -> None:
    """Write one page: its title, then each section; one `label: line` a row when linear."""
    width = text_width()
    one_a_row = linear or width is None or width < _NARROW
    rows = _linear(sections, width) if one_a_row else _wide(sections, width)
    lines = [title, *rows]
    shown = [text.tall_man(line) if tall_man else line for line in lines]
    write_out("\n".join(shown) + "\n")


def _linear(sections: Iterable[Section], width: int | None) -> Iterator[str]:
    for section in sections:
        for line in section.lines:
            words = text.bind(text.visible(f"{section.label}: {line}"))
            first, *rest = text.fold(words, None if width is None else width - 2)
            yield first
            yield from (f"  {part}" for part in rest)


def _wide(sections: Iterable[Section], width: int | None) -> Iterator[str]:
    for section in sections:
        head = section.label
        if len(head) >= _COLUMN - 1:  # a long label has a row of its own
            yield head
            head = ""
        for line in section.lines:
            room = None if width is None else width - _COLUMN
            for part in text.fold(text.bind(text.visible(line)), room):
                yield f"{head:<{_COLUMN}}{part}"
                head = ""
