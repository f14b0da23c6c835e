"""The base's sentences, looked up with plain types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from ndm_advisor.model.answer import Cited
from ndm_advisor.model.knowledge import Knowledge


def section(knowledge: Knowledge, name: str) -> Mapping[str, object]:
    """A section of `words.toml`."""
    return cast("Mapping[str, object]", knowledge.words[name])


def record(knowledge: Knowledge, name: str, key: str) -> Mapping[str, object]:
    """A record of a section; empty where there is none."""
    return cast("Mapping[str, object]", section(knowledge, name).get(key, {}))


def sentence(knowledge: Knowledge, name: str, key: str) -> str:
    """A sentence of a section: the text itself, or the `text` of its record."""
    found = section(knowledge, name).get(key, "")
    return str(found.get("text", "")) if isinstance(found, Mapping) else str(found)


def strings(found: Mapping[str, object], key: str) -> tuple[str, ...]:
    """A list of sentences; empty where there is none."""
    return tuple(str(item) for item in cast("list[object]", found.get(key, [])))


def sources_of(found: Mapping[str, object]) -> tuple[Cited, ...]:
    """The citations of a record."""
    cited = cast("list[Mapping[str, object]]", found.get("sources", []))
    return tuple(Cited(str(c["id"]), str(c["at"])) for c in cited)
