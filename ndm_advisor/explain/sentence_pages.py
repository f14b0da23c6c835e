"""Pages of the sentences that answers are made of: what each says, and on whose word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

from ndm_advisor.explain.page_parts import (
    Section,
    Shelf,
    cited_section,
    grade_section,
    label_words,
    one,
    placeholders,
    value_words,
)
from ndm_advisor.explain.words_of import sources_of

# Sections whose records have pages of their own kinds: reasons and facts.
_ELSEWHERE: Final = frozenset({"abstention", "out_of_scope", "findings", "colonisation", "file"})
_NOT_SAID: Final = frozenset({"id", "grade", "sources", "reviewed_on", "review_due_on"})
_YEAR: Final = "year"  # 2022, not 2,022
Record = Mapping[str, object]


def sentence_ids(shelf: Shelf) -> tuple[str, ...]:
    """The ids of every sentence or group of sentences with its own sources: `lines.pair-eu`."""
    return tuple(ident for ident, _ in _records(shelf))


def sentence_sections(ident: str, shelf: Shelf) -> Iterator[Section]:
    """What is said, and the sources."""
    found = dict(_records(shelf))[ident]
    for key, value in found.items():
        if key not in _NOT_SAID and not isinstance(value, Mapping):
            label = label_words(key.replace("-", "_"))
            said = (str(value),) if key == _YEAR else _texts(value)
            yield one(label, *map(placeholders, said))
    yield grade_section(str(found.get("grade", "")))
    yield cited_section(sources_of(found), shelf)


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(value_words(item) for item in value)
    return (value_words(value),)


def _records(shelf: Shelf) -> Iterator[tuple[str, Record]]:
    for name, value in shelf.knowledge.words.items():
        if name not in _ELSEWHERE:
            yield from _below(name, value)


def _below(place: str, value: object) -> Iterator[tuple[str, Record]]:
    if isinstance(value, Mapping):
        if "sources" in value:
            yield place, cast("Record", value)
        for key, item in value.items():
            yield from _below(f"{place}.{key}", item)
    elif isinstance(value, list | tuple):
        for item in value:
            if isinstance(item, Mapping) and "id" in item:
                yield from _below(f"{place}.{item['id']}", item)
