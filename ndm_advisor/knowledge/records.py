"""The parts that records of every kind share: citations, review dates, tuples instead of lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from ndm_advisor.knowledge.files import Tree
from ndm_advisor.model.answer import Cited


def cited(*holders: Tree) -> tuple[Cited, ...]:
    """The sources of the first holder that names any: a record before the header of its file."""
    for holder in holders:
        if "sources" in holder:
            return tuple(Cited(source["id"], source["at"]) for source in holder["sources"])
    return ()


def reviewed(*holders: Tree) -> tuple[str, str]:
    """(reviewed on, review due on) as ISO dates, of the record or else of its file."""
    for holder in holders:
        if "reviewed_on" in holder:
            return holder["reviewed_on"].isoformat(), holder["review_due_on"].isoformat()
    return "", ""


def head(tree: Tree) -> Tree:
    """The `[file]` table, which speaks for every record of the file."""
    table: Tree = tree.get("file", tree)
    return table


def strings(values: Iterable[str]) -> tuple[str, ...]:
    """A TOML list of text."""
    return tuple(values)


def named_drugs(strategy: str) -> tuple[str, ...]:
    """The drugs of a strategy: its id joins theirs by +."""
    return tuple(strategy.split("+"))


def frozen(value: Any) -> Any:  # noqa: ANN401  # a TOML value of any kind
    """A TOML value with tuples for lists."""
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(frozen(item) for item in value)
    return value


def plain(value: Any) -> Any:  # noqa: ANN401  # a TOML value of any kind
    """A TOML value as JSON would hold it: lists stay, dates become ISO text.

    For the trees of sentences, large and asked for by key: the seal holds them as they are.
    """
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
