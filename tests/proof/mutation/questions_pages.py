"""What `explain` prints of an id, asked of every id typed in `double_entry/pages.toml`.

The order of the alerts stands there too, and is asked of the lines of an answer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, NamedTuple, cast

import tomli

from ndm_advisor.decision.alerts import Raised
from ndm_advisor.decision.decide import Decision
from ndm_advisor.explain.alert_words import alert_lines
from ndm_advisor.explain.page_parts import Section, Shelf
from ndm_advisor.explain.pages import kind_named
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names

_TYPED: Final = Path(__file__).parents[2] / "knowledge" / "double_entry" / "pages.toml"
_STANDS: Final = " (a standing reminder is not counted)"
_BOTH: Final = ["EU", "US"]
Lines = tuple[str, ...]


@cache
def typed_pages() -> dict[str, dict[str, dict[str, Any]]]:
    """The typed pages by kind and id."""
    return tomli.loads(_TYPED.read_text("utf-8"))


def shelf(knowledge: Knowledge) -> Shelf:
    """What the pages of rules are made from: claims and examples stand aside."""
    return Shelf(knowledge, (), {})


def _sections(kind: str, ident: str, knowledge: Knowledge) -> tuple[Section, ...]:
    found = kind_named(kind)
    assert found is not None, kind
    return tuple(found.sections(ident, shelf(knowledge)))


def cited_ids(kind: str, ident: str, knowledge: Knowledge) -> list[list[str]]:
    """The ids of the sources of a page; a list for each record of that id."""
    return [
        sorted(re.split(r"[ :]", line, maxsplit=1)[0] for line in section.lines)
        for section in _sections(kind, ident, knowledge)
        if section.label == "Sources"
    ]


def _of_alert(typed: Mapping[str, Any]) -> dict[str, Lines]:
    tier = " or ".join(typed["tier"]) + (_STANDS if typed.get("standing") else "")
    orders = ("orders in the case",) if typed.get("orders") else ()
    return {"Tier": (tier,) if tier else (), "Asks for": orders}


def _of_regimen(typed: Mapping[str, Any]) -> dict[str, Lines]:
    sites = ", ".join(typed.get("sites", ()))
    regions = ", ".join(typed.get("regions", _BOTH))
    return {"Sites": (sites,) if sites else (), "Regions": (regions,)}


def _of_table(typed: Mapping[str, Any]) -> dict[str, Lines]:
    return {"Columns": tuple(typed["columns"]), "Cannot occur": tuple(typed["cannot_occur"])}


def _of_profile(typed: Mapping[str, Any]) -> dict[str, Lines]:
    return {"Guideline": (typed["guideline"],)}


_SAYS: Final[Mapping[str, Callable[[Mapping[str, Any]], dict[str, Lines]]]] = {
    "alert": _of_alert,
    "regimen": _of_regimen,
    "table": _of_table,
    "profile": _of_profile,
    "row": lambda typed: {},
}


class PageQuestion(NamedTuple):
    """One page: the sources it must cite, and the lines that must stand on it."""

    kind: str
    id: str
    sources: tuple[str, ...] | None  # None: they are not asked
    records: int  # of this id
    says: Mapping[str, Lines]

    @property
    def label(self) -> str:
        return f"explain {self.kind} {self.id}"

    @property
    def texts(self) -> set[str]:
        return {self.id, *(self.sources or ())}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The lines and sources that are not as typed."""
        if self.sources is not None:
            found = cited_ids(self.kind, self.id, knowledge)
            if found != [sorted(self.sources)] * self.records:
                yield f"{self.label}: cites {found}"
        sections = _sections(self.kind, self.id, knowledge)
        for label, lines in self.says.items():
            said = [section.lines for section in sections if section.label == label]
            if said != [lines]:
                yield f"{self.label}: {label} is {said}"


class OrderQuestion(NamedTuple):
    """All alerts in one tier: in which order a reader meets them."""

    ids: tuple[str, ...]

    @property
    def label(self) -> str:
        return "the order of the alerts"

    @property
    def texts(self) -> set[str]:
        return set(self.ids)

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The order, where it is another."""
        values: dict[str, str] = defaultdict(str)
        raised = [
            Raised(ident, "stop", next(iter(knowledge.alerts[ident].texts)), values, ())
            for ident in sorted(self.ids)
        ]
        judgement = SimpleNamespace(raised=())
        decision = cast(Decision, SimpleNamespace(judgement=judgement, raised=raised))
        met = tuple(line.id for line in alert_lines(decision, knowledge, {}))
        if met != self.ids:
            yield f"{self.label} is {met}"


def page_questions() -> Iterator[PageQuestion | OrderQuestion]:
    """One for each typed page, and one about the order of the alerts."""
    for kind, typed in typed_pages().items():
        for ident, page in typed.items():
            default = ["policy"] if kind == "row" else None
            sources = page.get("sources", default)
            cited = None if sources is None else tuple(sources)
            yield PageQuestion(kind, ident, cited, page.get("tables", 1), _SAYS[kind](page))
    yield OrderQuestion(tuple(typed_pages()["alert"]))
