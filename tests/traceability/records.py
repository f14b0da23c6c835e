"""The base as it stands in `data/`: every leaf with its key path and the citation nearest to it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ndm_advisor.knowledge.files import parse, read_files

DATA = Path(__file__).parents[2] / "data"
# Keys that identify, date or grade a record and are no figure of it.
_ABOUT = {"id", "sources", "grade", "reviewed_on", "review_due_on"}
NUMBER = re.compile(r"(?<![A-Za-z_\d])\d+(?:,\d{3})*(?:\.\d+)*")

Tree = dict[str, Any]
Citation = tuple[str, str]  # source id, locator


class Leaf(NamedTuple):
    """A value of the base: where it stands and what it rests on."""

    file: str
    keys: tuple[str, ...]
    value: Any
    sources: tuple[Citation, ...]
    grade: str

    @property
    def path(self) -> str:
        return f"data/{self.file}: {'.'.join(self.keys)}"


@cache
def trees() -> dict[str, Tree]:
    return parse(read_files(DATA))


@cache
def leaves(file: str) -> tuple[Leaf, ...]:
    """Every value of a file; a record without sources of its own rests on what encloses it."""
    tree = trees()[file]
    head = tree.get("file", {})
    return tuple(_walk(file, (), tree, _cited(head), head.get("grade", "")))


def _walk(file: str, keys: tuple[str, ...], value: Any, sources, grade: str) -> Iterator[Leaf]:
    if isinstance(value, dict):
        sources, grade = _cited(value) or sources, value.get("grade", grade)
        for key, item in value.items():
            if key not in _ABOUT:
                yield from _walk(file, (*keys, key), item, sources, grade)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            name = item.get("id", place) if isinstance(item, dict) else place
            yield from _walk(file, (*keys, str(name)), item, sources, grade)
    else:
        yield Leaf(file, keys, value, sources, grade)


def _cited(record: Tree) -> tuple[Citation, ...]:
    return tuple((c["id"], c["at"]) for c in record.get("sources", ()))


def leaf(file: str, *keys: str) -> Leaf:
    """The one leaf at a key path, which must be there."""
    (found,) = (item for item in leaves(file) if item.keys == keys)
    return found


@cache
def drug_file(drug: str) -> str:
    return f"drugs/{drug}.toml"


@cache
def source_ids() -> frozenset[str]:
    files = (tree for name, tree in trees().items() if name.startswith("sources/"))
    return frozenset(record["id"] for tree in files for record in tree["source"])


@cache
def row_ids() -> frozenset[str]:
    """Ids of the rows of the decision tables; a table without rows goes by its policy clause."""
    found: set[str] = set()
    for name, tree in trees().items():
        if name.startswith("tables/"):
            found |= {row["id"] for row in tree.get("row", ())}
            found |= {at for source, at in _cited(tree) if source == "policy"}
    return frozenset(found)


@cache
def index() -> dict[str, tuple[Leaf, ...]]:
    """Number as printed -> every leaf of the base that holds it, to help where a walk ends."""
    found: dict[str, list[Leaf]] = defaultdict(list)
    for file in trees():
        for item in leaves(file):
            if not isinstance(item.value, bool):
                for number in NUMBER.findall(str(item.value)):
                    found[number].append(item)
    return {number: tuple(held) for number, held in found.items()}
