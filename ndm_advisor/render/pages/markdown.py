r"""Pages as CommonMark with pipe tables: to paste into a note, a ticket or a handover.

Every word of an answer passes `escaped`: what would be markup, a link, HTML or a table's border
stands as the letters it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ndm_advisor.render import text
from ndm_advisor.render.pages.parts import (
    SIGNS,
    Drawing,
    Items,
    Page,
    Part,
    Section,
    Stamp,
    Table,
    Text,
    Warned,
)
from ndm_advisor.render.pages.stamp import STANDING

# Signs that mean something anywhere in a line, and those that do at its beginning only.
_ANYWHERE: Final = re.compile(r"[\\`*_\[\]<>|~&$^]")
_AT_START: Final = re.compile(r"^(?P<number>\d{1,9})(?=[.)])|^(?=[-+=#:])")
_ADDRESS: Final = re.compile(r":(?=//)|(?<=www)\.(?=\S)", re.IGNORECASE)


def case_markdown(page: Page, *, tall_man: bool = False) -> str:
    """Write the page of one case."""
    writer = Writer(tall_man=tall_man)
    blocks = [
        f"# {escaped(page.title)}",
        *(block for part in page.lead for block in writer.part(part)),
        *(block for section in page.answer for block in writer.section(section, 2)),
        *(block for section in page.reference for block in writer.section(section, 2)),
        "## Identity",
        "\n".join(f"- {escaped(line)}" for line in page.identity),
    ]
    return document(page.stamp, blocks, writer)


def document(stamp: Stamp, blocks: Iterable[str], writer: Writer) -> str:
    """Write a whole document: the stamp at its head and at its foot."""
    versions = " | ".join((stamp.tool, stamp.rules, stamp.date))
    head = f"{writer.words(versions)}  \n**{writer.words(STANDING)}**"
    foot = escaped(" | ".join((stamp.subject, stamp.tool, stamp.date)))
    return "\n\n".join((head, *blocks, "---", foot)) + "\n"


def escaped(words: str) -> str:
    r"""Return words as one line of CommonMark that reads as the words themselves.

    >>> escaped("1. [x](y) <b>|")
    '1\\. \\[x\\](y) \\<b\\>\\|'
    """
    shown = _ANYWHERE.sub(r"\\\g<0>", text.visible(words).strip())
    shown = _ADDRESS.sub(r"\\\g<0>", shown)
    return _AT_START.sub(lambda found: f"{found['number'] or ''}\\", shown)


class Writer:
    """Parts to blocks; a block is what stands between two empty lines."""

    def __init__(self, *, tall_man: bool = False) -> None:
        """Say whether look-alike names are written as cefTAZidime."""
        self.tall_man = tall_man

    def words(self, words: str) -> str:
        """Write words of an answer."""
        return escaped(text.tall_man(words) if self.tall_man else words)

    def listed(self, lines: Iterable[str]) -> str:
        """Write a list."""
        return "\n".join(f"- {self.words(line)}" for line in lines)

    def section(self, section: Section, level: int) -> Iterator[str]:
        """Write a section; closed ones stand open here."""
        yield f"{'#' * level} {self.words(section.title)}"
        for part in section.parts:
            yield from self.part(part)
        for inner in section.within:
            yield from self.section(inner, level + 1)

    def part(self, part: Part) -> Iterator[str]:
        """Write one part."""
        match part:
            case Text():
                yield self._paragraph(part)
            case Items():
                if part.label:
                    yield f"**{self.words(part.label)}**"
                yield self.listed(part.lines)
            case Table():
                yield self._table(part)
            case Warned():
                yield self._alert(part)
            case Drawing():
                yield from self._drawing(part)

    def _paragraph(self, part: Text) -> str:
        said = escaped(part.words) if part.role == "verbatim" else self.words(part.words)
        if part.role in {"lead", "warning", "withheld", "status"}:
            said = f"**{said}**"
        return f"**{self.words(part.label)}:** {said}" if part.label else said

    def _alert(self, part: Warned) -> str:
        lines = [f"{SIGNS[part.tier]} **{part.tier.upper()}** {self.words(part.text)}"]
        if part.action:
            lines.append(f"**Do:** {self.words(part.action)}")
        if part.acknowledged is not None:
            said = self.words(part.acknowledged)
            lines.append(f"**Acknowledged; it stands as it is:** {said}")
        lines.append(self.words(f"[{part.id}] {part.sources}"))
        return "  \n".join(lines)

    def _table(self, part: Table) -> str:
        head = [self.words(name) for name in part.head]
        rows = [[self.cell(cell) for cell in row] for row in part.rows]
        return "\n".join(
            (row_of(head), row_of(["---"] * len(head)), *(row_of(cells) for cells in rows))
        )

    def cell(self, lines: Iterable[str]) -> str:
        """Write a cell; its lines are joined, because a cell has one."""
        return "; ".join(self.words(line) for line in lines)

    def _drawing(self, part: Drawing) -> Iterator[str]:
        yield "**First 24 hours**"
        yield "\n".join(
            f"- **{self.words(label)}:** {self.cell(lines)}" for label, lines in part.lines
        )


def row_of(cells: Iterable[str]) -> str:
    """Write a row of a table."""
    return f"| {' | '.join(cells)} |"
