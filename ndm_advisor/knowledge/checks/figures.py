"""Figures say their unit in the key and stand under a citation; unverified ones are called so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ndm_advisor.knowledge.checks.walk import Held, Trees, every, said
from ndm_advisor.knowledge.files import Tree

_UNITS: Final = frozenset(
    {
        "mg", "g", "ug", "kg", "ml", "l", "h", "min", "minutes", "hours", "days", "day", "week",
        "weeks",
        "years", "mm", "cm", "in", "inch", "mmol", "meq", "umol", "percent", "c", "dl",
        "doses", "vials", "vial", "units", "parts", "ratio", "fraction", "factor", "share",
        "score", "rise", "starts", "intercept", "slope", "divisor",
    }
)  # fmt: skip
# A count, a calendar year, an order; and the comparisons of conditions: their fact names the unit.
_BARE: Final = frozenset(
    {"year", "n", "priority", "doses", "below", "at_most", "above", "at_least"}
)
_BY_COMPONENT: Final = "_mg"  # `vial_mg = { ceftazidime = 2000, avibactam = 500 }`
_AREA: Final = frozenset({"atu_from", "atu_to"})  # in the unit of the breakpoint's method
_UNVERIFIED: Final = ("unverified", "not traced", "not verified")
_WORDS: Final = frozenset({"text", "honest", "design", "population", "claim", "verdict"})


def problems(trees: Trees) -> Iterator[str]:
    """Bare numbers, numbers without a source, grade U where it may not stand, dates in disorder."""
    grades = {s["id"]: s["grade"] for p, t in trees.items() for s in _sources(p, t)}
    for held in every(trees):
        for what in [*_without_unit(held), *_unverified(held, grades), *_dates(held)]:
            yield said(held.path, held.record, what)
    for path, tree in trees.items():
        for record, what in _uncited(tree, path, cited=path.startswith("sources/")):
            yield said(path, record, what)


def _sources(path: str, tree: Tree) -> list[Tree]:
    found: list[Tree] = tree.get("source", []) if path.startswith("sources/") else []
    return found


def _without_unit(held: Held) -> Iterator[str]:
    """A number's unit is in its key, or in the key of the table that lists it by component."""
    if held.keys and held.keys[-1].endswith(_BY_COMPONENT):
        return
    for key, value in held.table.items():
        if _numbers(value) and key not in _BARE | _AREA and not _has_unit(key):
            yield f"`{key}` is a number without a unit in its key"


def _has_unit(key: str) -> bool:
    return not _UNITS.isdisjoint(key.split("_"))


def _numbers(value: Any) -> bool:  # noqa: ANN401  # any TOML value
    if isinstance(value, list):
        return any(map(_numbers, value))
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _unverified(held: Held, grades: dict[str, str]) -> Iterator[str]:
    """Grade U is said in words, and a record that advises rests on more than grade U."""
    if held.path.startswith("sources/"):
        return
    if held.table.get("grade") == "U":
        words = " ".join(str(held.table.get(key, "")) for key in _WORDS).casefold()
        if not any(word in words for word in _UNVERIFIED):
            yield 'grade U is shown only with the word "unverified"'
        return
    cites = [c.get("id") for c in held.table.get("sources", ()) if isinstance(c, dict)]
    if cites and all(grades.get(str(cite)) == "U" for cite in cites):
        yield "rests on sources of grade U alone"


def _dates(held: Held) -> Iterator[str]:
    table = held.table
    if "reviewed_on" in table and not table["reviewed_on"] < table["review_due_on"]:
        yield "the review is due before it was done"


def _uncited(value: Any, record: str, *, cited: bool) -> Iterator[tuple[str, str]]:  # noqa: ANN401  # any TOML value
    """Numbers below a table that names no source, nor any table round it."""
    if isinstance(value, list):
        for item in value:
            yield from _uncited(item, record, cited=cited)
    if not isinstance(value, dict):
        return
    record = value["id"] if isinstance(value.get("id"), str) and "at" not in value else record
    cited = cited or bool(value.get("sources")) or bool(value.get("file", {}).get("sources"))
    for key, item in value.items():
        if not cited and _numbers(item) and key not in _BARE:
            yield record, f"`{key}` is a number without a source"
        yield from _uncited(item, record, cited=cited)
