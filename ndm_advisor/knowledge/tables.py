"""Decision tables and guideline profiles."""

from __future__ import annotations

from typing import Final

from ndm_advisor.knowledge.files import Tree
from ndm_advisor.knowledge.records import cited, frozen
from ndm_advisor.model.knowledge import Profile, Table, TableRow

_NOT_GIVEN: Final = frozenset({"id", "when", "sources"})
_GRADE_WHEN: Final[tuple[str, ...]] = ("strategies", "sites", "severity", "family_is_ndm")
_GRADE_GIVE: Final[tuple[str, ...]] = ("strength", "certainty", "basis")


def decision_table(tree: Tree) -> Table:
    """One table; a frozen list of offers becomes rows that hold for every case, in order."""
    rows = tree["row"] if "row" in tree else _listed(tree)
    return Table(
        id=tree["id"],
        columns=frozen(tree.get("columns", {})),
        impossible=frozen(tree.get("impossible", [])),
        rows=tuple(_row(record, tree) for record in rows),
    )


def _listed(tree: Tree) -> list[Tree]:
    return [{"id": f"{tree['id']}/{o['strategy']}", "when": {}, **o} for o in tree["offer"]]


def _row(record: Tree, tree: Tree) -> TableRow:
    given = {key: frozen(value) for key, value in record.items() if key not in _NOT_GIVEN}
    return TableRow(record["id"], frozen(record["when"]), given, cited(record, tree))


def profile(tree: Tree, tables: dict[str, Table]) -> Profile:
    """A guideline with its two tables and what it graded."""
    return Profile(
        id=tree["id"],
        name=tree["name"],
        year=tree["year"],
        source=tree["source"],
        how_read=tree["how_read"],
        default_region=tree["default_region"],
        choice=tables[tree["choice"]],
        older=tables[tree["older"]],
        grades=tuple(_grade(row, number) for number, row in enumerate(tree["grade"], 1)),
        older_before_cefiderocol=tree.get("older_before_cefiderocol", False),
    )


def _grade(record: Tree, number: int) -> TableRow:
    """What the guideline graded; first match counts, so the order of the file is kept."""
    when: dict[str, tuple[object, ...]] = {
        key: _several(record[key]) for key in _GRADE_WHEN if key in record
    }
    given: dict[str, object] = {key: record.get(key) for key in _GRADE_GIVE}
    return TableRow(f"grade-{number}", when, given, cited(record))


def _several(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list) else (value,)
