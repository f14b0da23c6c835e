"""Decision tables are total and exclusive: proved by trying every combination of their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

from ndm_advisor.knowledge.checks.walk import Trees, ids, said, section
from ndm_advisor.knowledge.files import Tree

FAMILY: Final = "aztreonam-family"
_SHOWN: Final = 3
_BOTH: Final = (True, False)

# What the decision can ask of a column. A table must be ready for every one of these values.
DOMAINS: Final[Mapping[str, tuple[str | bool, ...]]] = {
    "aztreonam_support": ("susceptible", "untested", "resistant"),
    "cefiderocol_support": ("susceptible", "not-susceptible", "untested"),
    "usable": ("ap-and-f", "ap-only", "f-only", "none"),
    "proven_first": _BOTH,
    "aztreonam_avibactam": ("stocked", "stock-unknown", "not-usable"),
    "pair_usable": _BOTH,
    "cefiderocol_usable": _BOTH,
    "is_e_coli": _BOTH,
    "pregnant_eu": _BOTH,
    "pair_divergence": _BOTH,
    "mbl_confirmed": _BOTH,
    "severe": _BOTH,
    "active_usable": _BOTH,
    "allergy_took_all": _BOTH,
}
_GROUP: Final = "group"  # of an older agent: as many as the strategies name


def problems(trees: Trees) -> Iterator[str]:
    """Combinations of columns without exactly one row, and rows that give what nobody reads."""
    groups = {s["group"] for s in trees["strategies.toml"]["strategy"] if s["kind"] == "older"}
    domains = {**DOMAINS, _GROUP: tuple(sorted(groups))}
    for path, tree in trees.items():
        if not path.startswith("tables/"):
            continue
        if "row" in tree:
            found = [*_columns(tree, domains)]
            found += [] if found else [*_coverage(tree)]
            for what in [*found, *_given(tree)]:
                yield said(path, tree["id"], what)
        for what in _references(tree, trees):
            yield said(path, tree["id"], what)


def _columns(tree: Tree, domains: Mapping[str, tuple[str | bool, ...]]) -> Iterator[str]:
    """Columns the decision knows, with all their values; rows that keep to them."""
    columns = tree["columns"]
    for name, values in columns.items():
        if name not in domains:
            yield f"column {name} is no column of the decision"
        elif set(values) != set(domains[name]) or len(values) != len(domains[name]):
            yield f"column {name} must hold {', '.join(map(str, domains[name]))}"
    for label, when in _conditions(tree):
        for name, values in when.items():
            if name not in columns:
                yield f"{label}: {name} is no column of the table"
            elif strange := [value for value in values if value not in columns[name]]:
                yield f"{label}: {name} has no value {strange[0]}"


def _conditions(tree: Tree) -> Iterator[tuple[str, Tree]]:
    for row in tree["row"]:
        yield f"row {row['id']}", row["when"]
    for number, when in enumerate(tree.get("impossible", ()), 1):
        yield f"impossible {number}", when


def _coverage(tree: Tree) -> Iterator[str]:
    """Every possible combination has exactly one row; every row has a combination."""
    names = list(tree["columns"])
    used: set[str] = set()
    gaps: list[str] = []
    for values in product(*tree["columns"].values()):
        case = dict(zip(names, values, strict=True))
        if any(_fits(case, when) for when in tree.get("impossible", ())):
            continue
        rows = [row["id"] for row in tree["row"] if _fits(case, row["when"])]
        used.update(rows)
        if not rows:
            gaps.append(f"no row for {_words(case)}")
        elif len(rows) > 1:
            gaps.append(f"rows {' and '.join(rows)} both fit {_words(case)}")
    yield from gaps[:_SHOWN]
    if len(gaps) > _SHOWN:
        yield f"and {len(gaps) - _SHOWN} more combinations without exactly one row"
    for row in tree["row"]:
        if row["id"] not in used:
            yield f"row {row['id']} never applies"


def _fits(case: Mapping[str, str | bool], when: Tree) -> bool:
    return all(case[name] in values for name, values in when.items())


def _words(case: Mapping[str, str | bool]) -> str:
    return ", ".join(f"{name} = {str(value).lower()}" for name, value in case.items())


def _given(tree: Tree) -> Iterator[str]:
    """Every row of a table gives the same kind of thing."""
    forms = [{"offer"}, {"abstain"}, {"rank", "active"}, {"first", "pair"}]
    by_table = {"choice": forms[:2], "older": forms[2:3], "family": forms[3:]}
    allowed = by_table.get(tree["id"].split("-")[0], forms)
    seen: set[str] = set()
    for row in tree["row"]:
        if set(row) - {"id", "when", "sources"} not in allowed:
            wanted = " or ".join(" and ".join(sorted(form)) for form in allowed)
            yield f"row {row['id']} must give {wanted}"
        if row["id"] in seen:
            yield f"row {row['id']} stands twice"
        seen.add(row["id"])


def _references(tree: Tree, trees: Trees) -> Iterator[str]:
    """Strategies and sentences that the rows name."""
    strategies = ids(trees, "strategies.toml", "strategy") | {FAMILY}
    say, abstention = section(trees, "say"), section(trees, "abstention")
    offers = [*tree.get("offer", ())]
    for row in tree.get("row", ()):
        offers += row.get("offer", ())
        if "abstain" in row and row["abstain"] not in abstention:
            yield f"row {row['id']}: words.toml has no [abstention.{row['abstain']}]"
        if "first" in row and row["first"] not in strategies:
            yield f"row {row['id']}: there is no strategy {row['first']}"
    for offer in offers:
        if offer["strategy"] not in strategies:
            yield f"there is no strategy {offer['strategy']}"
        if "say" in offer and offer["say"] not in say:
            yield f"words.toml has no sentence `{offer['say']}` in [say]"
