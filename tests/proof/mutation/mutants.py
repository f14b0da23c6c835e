"""Every mutant of `data/`, in a fixed order: what is changed, and how to change it back.

A number that two rows must print (the edge between two bands) is one fact and moves in both;
changed in one alone it would be a hole or an overlap that the load check refuses, and those checks
do not count here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final, NamedTuple

import tomli

from ndm_advisor.knowledge.files import Tree

Trees = dict[str, Tree]
Place = tuple[str | int, ...]

# Files and tables that are not mutated, and why.
NOT_MUTATED: Final = {
    "base.toml": "the version of the base",
    "sources/": "bibliography: shown, never compared",
    "claims.toml": "what the source documents claim: shown by `explain` alone",
    "conditions.toml": "what each condition means: shown by `explain` alone",
    "loinc.toml": "laboratory codes: read by `import` alone, which has tests of its own",
    "what-if.toml": "which values `what-if` tries: it decides nothing, and has tests of its own",
}
_NOT_FACTS: Final = frozenset(
    {"reviewed_on", "review_due_on", "codes", "fires_when", "misuse", "group_sources"}
)
_SIDES: Final = {"above": "at_least", "at_least": "above", "below": "at_most", "at_most": "below"}
_EDGE: Final = re.compile(r"(\w*?)_?(above|at_least|below|at_most)(?=_|$)(\w*)")
_LOW: Final = frozenset({"above", "at_least"})
# An end point of a dilution series: its next step is the next dilution. CLSI reads 6 mg/L as 8, so
# that a breakpoint of 8 moved to 9 divides no two isolates.
_END_POINTS: Final = frozenset({"s_at_most_mg_l", "r_above_mg_l", "r_at_least_mg_l"})
_NAMES: Final = frozenset({"aliases", "brands", "names", "severe_words"})


class Edit(NamedTuple):
    """One change: set the value at a place, take it out, or give its key another name."""

    place: Place
    do: str  # set | drop | rename
    value: Any = None


class Mutant(NamedTuple):
    """One changed base. `record` is the place of the nearest record, for the order of vignettes."""

    file: str
    kind: str  # number | boundary | item | name | flag | record | source
    what: str
    record: Place
    edits: tuple[Edit, ...]

    @property
    def name(self) -> str:
        """The mutant in one line."""
        return f"{self.file}: {self.what}"


class Printed(float):
    """A number with the digits it was printed with."""

    digits: str

    def __new__(cls, text: str) -> Printed:
        made = super().__new__(cls, text)
        made.digits = text
        return made


def printed(files: dict[str, bytes]) -> Trees:
    """The trees of the base for `mutants`: numbers with a point keep how they are printed."""
    return {
        path: tomli.loads(content.decode(), parse_float=Printed) for path, content in files.items()
    }


def mutants(trees: Trees) -> Iterator[Mutant]:
    """Every mutant of every file that is mutated."""
    for file in sorted(trees):
        if not any(file.startswith(name) for name in NOT_MUTATED):
            yield from _Walk(file, trees[file]).of(trees[file], (), ())


class _Walk:
    """One file, table by table."""

    def __init__(self, file: str, tree: Tree) -> None:
        self._file = file
        self._tree = tree

    def _made(self, kind: str, what: str, record: Place, *edits: Edit) -> Mutant:
        return Mutant(self._file, kind, f"{self._said(record)}{what}", record, edits)

    def _said(self, record: Place) -> str:
        node: Any = self._tree
        said = ""
        for step in record:
            node = node[step]
            name = node.get("id") if isinstance(node, dict) else None
            said = f"{name}, " if name else f"{said}{step} "
        return said

    def of(self, node: Tree, place: Place, record: Place) -> Iterator[Mutant]:
        """The mutants of one table."""
        for key, value in node.items():
            here = (*place, key)
            if key in _NOT_FACTS:
                continue
            if key == "sources":
                yield self._made("source", "without its sources", record, Edit(here, "set", []))
            elif isinstance(value, bool):
                yield self._made(
                    "flag", f"{key} {value} to {not value}", record, Edit(here, "set", not value)
                )
            elif isinstance(value, (int, float)):
                yield from self._number(key, value, here, record)
            elif isinstance(value, dict):
                yield from self.of(value, here, here)
            elif isinstance(value, list):
                yield from self._list(key, value, here, record)
        yield from self._conditions(node, place, record)

    def _number(self, key: str, value: float, here: Place, record: Place) -> Iterator[Mutant]:
        if "bands" in here and _EDGE.fullmatch(key):
            return  # an edge: see _edges
        for other in dilutions(value) if key in _END_POINTS else nudged(value):
            edit = Edit(here, "set", other)
            yield self._made("number", f"{key} {_text(value)} to {_text(other)}", record, edit)

    def _list(self, key: str, items: list[Any], here: Place, record: Place) -> Iterator[Mutant]:
        if self._file == "words.toml" and all(isinstance(item, str) for item in items):
            return  # sentences: words are not mutated
        if key == "bands":
            yield from self._edges(items, here)
        for index, item in enumerate(items):
            place = (*here, index)
            drop = Edit(place, "drop")
            if isinstance(item, dict):
                yield self._made("record", "removed", place, drop)
                yield from self.of(item, place, place)
            else:
                kind = "name" if key in _NAMES else "item"
                yield self._made(kind, f"{key} without {_text(item)}", record, drop)
                if isinstance(item, (int, float)) and not isinstance(item, bool):
                    yield from self._number(key, item, place, record)

    def _edges(self, bands: list[Tree], here: Place) -> Iterator[Mutant]:
        """The edges of a dosing table, each moved and each opened or closed, in both its rows."""
        found: dict[tuple[str, float], list[tuple[Place, str]]] = {}
        for index, band in enumerate(bands):
            for key, value in band.items():
                match = _EDGE.fullmatch(key)
                if match and isinstance(value, (int, float)):
                    measure = f"{match[1]}{match[3]}"
                    found.setdefault((measure, float(value)), []).append(((*here, index), key))
        for (measure, _), rows in found.items():
            place, key = rows[0]
            value = self._at((*place, key))
            for other in nudged(value):
                edits = [Edit((*row, name), "set", other) for row, name in rows]
                what = f"{measure} edge {_text(value)} to {_text(other)}"
                yield self._made("number", what, place, *edits)
            edits = [Edit((*row, name), "rename", _flipped(name)) for row, name in rows]
            what = f"{measure} edge {_text(value)}: its side"
            yield self._made("boundary", what, place, *edits)

    def _conditions(self, node: Tree, place: Place, record: Place) -> Iterator[Mutant]:
        """`{ fact = "crcl_ml_min", below = 30 }` opened or closed."""
        if "fact" not in node:
            return
        for key in _SIDES.keys() & node.keys():
            edit = Edit((*place, key), "rename", _SIDES[key])
            yield self._made("boundary", f"{node['fact']} {key} to {_SIDES[key]}", record, edit)

    def _at(self, place: Place) -> Any:
        node: Any = self._tree
        for step in place:
            node = node[step]
        return node


def nudged(value: float) -> list[float]:
    """The number one step of its last printed digit up and down.

    >>> [float(x) for x in nudged(Printed("187.5"))], nudged(8)
    ([187.4, 187.6], [7, 9])
    """
    if isinstance(value, int):
        return [value - 1, value + 1] if value else [1]  # no figure of the base is below 0
    exact = Decimal(value.digits if isinstance(value, Printed) else repr(value))
    step = Decimal(1).scaleb(int(exact.as_tuple().exponent))
    return [Printed(str(exact - step)), Printed(str(exact + step))]


def dilutions(value: float) -> list[float]:
    """The dilution below and above.

    >>> [float(x) for x in dilutions(0.5)]
    [0.25, 1.0]
    """
    return [Printed(f"{value / 2:g}"), Printed(f"{value * 2:g}")]


def _flipped(key: str) -> str:
    match = _EDGE.fullmatch(key)
    assert match is not None
    start, end = match.span(2)
    return f"{key[:start]}{_SIDES[match[2]]}{key[end:]}"


def _text(value: object) -> str:
    return value.digits if isinstance(value, Printed) else str(value)


@contextmanager
def mutated(trees: Trees, mutant: Mutant) -> Iterator[Trees]:
    """The trees with a mutant's changes; put back afterwards."""
    undo: list[tuple[Any, Any, Any]] = []  # container, key or None for "whole", what stood there
    try:
        for edit in mutant.edits:
            *way, last = edit.place
            holder: Any = trees[mutant.file]
            for step in way:
                holder = holder[step]
            undo.append((holder, None, holder.copy()))
            _apply(holder, last, edit)
        yield trees
    finally:
        for holder, _, before in reversed(undo):
            holder.clear()
            holder.extend(before) if isinstance(holder, list) else holder.update(before)


def _apply(holder: Any, last: Any, edit: Edit) -> None:
    if edit.do == "set":
        holder[last] = float(edit.value) if isinstance(edit.value, Printed) else edit.value
    elif edit.do == "drop":
        del holder[last]
    else:
        pairs = [(edit.value if key == last else key, value) for key, value in holder.items()]
        holder.clear()
        holder.update(pairs)
