"""What `explain` prints of an id, asked of every id typed in `double_entry/pages.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import tomli

from ndm_advisor.explain.page_parts import Section, Shelf
from ndm_advisor.explain.pages import kind_named
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names

_TYPED: Final = Path(__file__).parents[2] / "knowledge" / "double_entry" / "pages.toml"


def shelf(knowledge: Knowledge) -> Shelf:
    """What the pages of rules are made from: claims, settings and examples stand aside."""
    return Shelf(knowledge, (), {}, {})


def _sections(kind: str, ident: str, held: Shelf) -> tuple[Section, ...]:
    found = kind_named(kind)
    assert found is not None, kind
    return tuple(found.sections(ident, held))


def cited_ids(kind: str, ident: str, held: Shelf) -> list[list[str]]:
    """The ids of the sources of a page; a list for each record of that id."""
    return [
        sorted(re.split(r"[ :]", line, maxsplit=1)[0] for line in section.lines)
        for section in _sections(kind, ident, held)
        if section.label == "Sources"
    ]


@cache
def typed_pages() -> tuple[dict[str, Any], ...]:
    """The typed pages."""
    return tuple(tomli.loads(_TYPED.read_text("utf-8"))["page"])


class PageQuestion(NamedTuple):
    """One page: its sources, and lines that must stand on it."""

    typed: Mapping[str, Any]

    @property
    def label(self) -> str:
        return f"explain {self.typed['kind']} {self.typed['id']}"

    @property
    def texts(self) -> set[str]:
        return {self.typed["id"], *self.typed.get("sources", ())}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The lines and sources that are not as typed."""
        held = shelf(knowledge)
        kind, ident = self.typed["kind"], self.typed["id"]
        if "sources" in self.typed:
            found = cited_ids(kind, ident, held)
            if found != [sorted(self.typed["sources"])] * self.typed.get("times", 1):
                yield f"{self.label}: cites {found}"
        for label, lines in self.typed.get("says", {}).items():
            said = [s.lines for s in _sections(kind, ident, held) if s.label == label]
            if said != [tuple(lines)]:
                yield f"{self.label}: {label} is {said}"


def page_questions() -> Iterator[PageQuestion]:
    """One for each typed page."""
    return (PageQuestion(typed) for typed in typed_pages())
