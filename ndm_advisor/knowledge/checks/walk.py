"""Walking the trees of a base, and how a problem is said."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ndm_advisor.knowledge.files import Tree

Trees = dict[str, Tree]


class Held(NamedTuple):
    """A table of a base: the file, the record it belongs to, its key path and its content."""

    path: str
    record: str
    keys: tuple[str, ...]
    table: Tree


def said(path: str, record: str, what: str) -> str:
    """A problem in the form in which `KnowledgeError` carries it."""
    return f"{path}: {record}: {what}"


def tables(path: str, tree: Tree) -> Iterator[Held]:
    """Every table of a file, however deep, outermost first."""
    yield from _below(Held(path, str(tree.get("id", "file")), (), tree))


def _below(held: Held) -> Iterator[Held]:
    yield held
    for key, value in held.table.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield from _below(_named(held, key, item))


def _named(parent: Held, key: str, table: Tree) -> Held:
    """A table inside another: a record when it has an id of its own (a citation is none)."""
    is_record = isinstance(table.get("id"), str) and "at" not in table
    if is_record:
        record = table["id"]
    elif parent.record == "file":
        record = key
    else:
        record = parent.record
    return Held(parent.path, record, (*parent.keys, key), table)


def every(trees: Trees) -> Iterator[Held]:
    """Every table of the base."""
    for path, tree in trees.items():
        yield from tables(path, tree)


def records(trees: Trees, start: str, key: str) -> Iterator[tuple[str, Tree]]:
    """(path, record) of a list of records in every file whose path starts so."""
    for path, tree in trees.items():
        if path.startswith(start):
            for record in tree.get(key, ()):
                yield path, record


def drug_records(trees: Trees) -> Iterator[tuple[str, Tree]]:
    """(path, drug) of dosed drugs, a file each, and of the panel's list."""
    for path, tree in trees.items():
        if path.startswith("drugs/"):
            for record in tree.get("drug", [tree]):
                yield path, record


def dosing_tables(trees: Trees) -> Iterator[tuple[str, Tree, Tree]]:
    """(path, drug, dosing table)."""
    for path, drug in drug_records(trees):
        for table in drug.get("dosing", ()):
            yield path, drug, table


def ids(trees: Trees, start: str, key: str) -> frozenset[str]:
    """The ids of a list of records."""
    return frozenset(record["id"] for _, record in records(trees, start, key))


def drug_ids(trees: Trees) -> frozenset[str]:
    """Every drug: dosed, on the panel, or a component."""
    return frozenset(record["id"] for _, record in drug_records(trees))


def section(trees: Trees, name: str) -> dict[str, Any]:
    """A section of words.toml; empty when it is not there."""
    found: dict[str, Any] = trees.get("words.toml", {}).get(name, {})
    return found
