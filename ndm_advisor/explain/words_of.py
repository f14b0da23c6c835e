"""The base's sentences, looked up with plain types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ndm_advisor.model.answer import Cited
from ndm_advisor.model.knowledge import Knowledge


def section(knowledge: Knowledge, name: str) -> Mapping[str, object]:
    """A section of `words.toml`."""
    found: Mapping[str, object] = knowledge.words[name]
    return found


def record(knowledge: Knowledge, name: str, key: str) -> Mapping[str, object]:
    """A record of a section; empty where there is none."""
    found: Mapping[str, object] = knowledge.words[name].get(key, _NOTHING)
    return found


def sentence(knowledge: Knowledge, name: str, key: str) -> str:
    """A sentence of a section: the text itself, or the `text` of its record."""
    found = knowledge.words[name].get(key, "")
    return str(found) if isinstance(found, str) else str(found.get("text", ""))


def strings(found: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """A list of sentences; empty where there is none."""
    return tuple(map(str, found.get(key, ())))


def sources_of(found: Mapping[str, Any]) -> tuple[Cited, ...]:
    """The citations of a record."""
    return tuple(Cited(str(c["id"]), str(c["at"])) for c in found.get("sources", ()))


_NOTHING: Final[Mapping[str, object]] = {}
