"""Lists of a kind of record: each id with the lines of its page that sum it up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ndm_advisor.explain.page_parts import Section, Shelf
from ndm_advisor.explain.pages import Kind

# Which sections of a page sum it up; a kind that is not named here shows its first section.
_SUMMARY: Final[Mapping[str, tuple[str, ...]]] = {
    "alert": ("Tier", "Fires when"),
    "regimen": ("Role", "Why not"),
    "drug": ("Class", "Part played"),
    "hazard": ("Effect", "Because"),
    "row": ("When", "Then"),
    "reason": ("Outcome", "Reason", "Says"),
    "profile": ("Guideline", "Read as"),
    "organism": ("Name", "Group"),
    "source": ("Citation", "Year", "Read as"),
    "claim": ("Claim", "Verdict", "Honest wording", "Design", "Population", "Used as support"),
    "breakpoint": ("Reads", "Remark"),
}
_ONE_LINE: Final = frozenset({"dosing", "table"})  # the first line says which it is


def listing(kind: Kind, shelf: Shelf) -> Iterator[Section]:
    """A section for every id of a kind, its label the id."""
    for ident in kind.ids(shelf):
        yield Section(ident, tuple(_lines(ident, kind, shelf)))


def _lines(ident: str, kind: Kind, shelf: Shelf) -> Iterator[str]:
    held = [section for section in kind.sections(ident, shelf) if section.lines]
    wanted = _SUMMARY.get(kind.name, (held[0].label,))
    for section in held:
        if section.label not in wanted:
            continue
        lines = section.lines[:1] if kind.name in _ONE_LINE else section.lines
        lead = "" if len(wanted) == 1 else f"{section.label}: "
        yield f"{lead}{'; '.join(lines)}"
