"""Two bases to the records that differ, by file, kind and id, not by place.

Read from the TOML trees: a comment or the layout of a file is no difference.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Final

from ndm_advisor.knowledge.files import Tree
from ndm_advisor.knowledge.records import plain
from ndm_advisor.model.difference import BaseDifference, KeyChange, RecordChange

_DATES: Final = frozenset({"reviewed_on", "review_due_on"})
# Keys by which the records of a list are known, where that is not `id`.
_KNOWN_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "cell": ("culprit", "drug", "region"),
    "variable": ("key",),
}
# Lists that are asked only whether they hold something; every other list is read in its order.
_SETS: Final = frozenset(
    {
        "aliases", "allergens", "also_called", "ambiguous_names", "avibactam_products", "bears_on",
        "brands", "classes", "contains_any", "disk", "generic", "gradient_strip", "impossible",
        "intrinsic", "is_none_of", "is_one_of", "lab_abbreviations", "method_not_verified", "mic",
        "names", "regions", "severity", "side_chain_group", "sites", "sources", "strategies",
        "subject", "tiers", "tool_policy", "tool_policy_classes", "unverified", "verified", "when",
        "without_code",
    }
)  # fmt: skip
# Records whose order decides what is offered, or shown, first among equals.
_IN_ORDER: Final = ("strategy", "variable")
_SETS_BELOW: Final = ("groups.", "when.", "impossible.", "culprits.")  # of tables with free keys

_Name = tuple[str, str]  # kind and id
_Records = dict[_Name, Tree]
_Pair = tuple[int, Any, Any]  # number from 1, and the item on either side, None where it is not


def differences(old: Mapping[str, Tree], new: Mapping[str, Tree]) -> BaseDifference:
    """Compare the trees of two bases by relative path; sound ones, as the checks find them."""
    changes: list[RecordChange] = []
    redated = 0
    for path in sorted({*old, *new}):
        before, after = _records(path, old.get(path)), _records(path, new.get(path))
        for name in dict.fromkeys((*before, *after)):
            was, now = before.get(name), after.get(name)
            if was is not None and now is not None:
                redated += _dates(was) != _dates(now)
            changes += _change(path, name, was, now)
        changes += _moved(path, before, after)
    return BaseDifference(tuple(changes), redated)


def _change(path: str, name: _Name, was: Tree | None, now: Tree | None) -> Iterator[RecordChange]:
    kind, ident = name
    if was is None or now is None:
        yield RecordChange(path, kind, ident, "added" if was is None else "removed")
        return
    # the keys of a table may be free: its own name says what they hold
    table = ident if not kind and ident != "file" else ""
    found = (k._replace(key=k.key.removeprefix(f"{table}.")) for k in _keys(table, was, now))
    keys = tuple(k for k in found if k.key not in _DATES)
    if keys:
        yield RecordChange(path, kind, ident, "changed", keys)


def _moved(path: str, before: _Records, after: _Records) -> Iterator[RecordChange]:
    """Records of both bases that stand in another order, where the order means something."""
    for kind in _IN_ORDER:
        was = [ident for held, ident in before if held == kind and (held, ident) in after]
        now = [ident for held, ident in after if held == kind and (held, ident) in before]
        if was != now:
            yield RecordChange(path, kind, "*", "changed", (KeyChange("order", was, now),))


def _dates(table: Tree) -> tuple[object, object]:
    return table.get("reviewed_on"), table.get("review_due_on")


# -- records --------------------------------------------------------------------------------------


def _records(path: str, tree: Tree | None) -> _Records:
    """The records of a file by kind and id, each without the records that stand in it."""
    found: _Records = {}
    if tree is None:
        return found
    whole = _without_records(tree, found)
    if "id" in tree:
        found[path.split("/", maxsplit=1)[0].rstrip("s"), str(tree["id"])] = whole
        return found
    # a file without an id: its head, and a record for each table
    head = {key: value for key, value in whole.items() if not isinstance(value, dict)}
    head |= whole.get("file", {})
    if head:
        found["", "file"] = head
    tables = {k: v for k, v in whole.items() if isinstance(v, dict) and k != "file"}
    return found | {("", key): table for key, table in tables.items()}


def _without_records(table: Tree, found: _Records) -> Tree:
    """The table without its lists of records, which go into `found`."""
    own: Tree = {}
    for key, value in table.items():
        names = [_name(key, item) for item in value] if isinstance(value, list) else []
        if names and all(names):
            for name, item in zip(names, value, strict=True):
                found[key, name] = _without_records(item, found)
        else:
            own[key] = value
    return own


def _name(kind: str, item: object) -> str:
    """What a record of a list is known by; "" for what is none, as a citation is."""
    if not isinstance(item, dict) or "at" in item:
        return ""
    return ", ".join(str(item[key]) for key in _KNOWN_BY.get(kind, ("id",)) if key in item)


# -- keys -----------------------------------------------------------------------------------------


def _keys(key: str, was: Any, now: Any) -> Iterator[KeyChange]:  # noqa: ANN401  # TOML values
    """What differs below `key`, down to single values."""
    if _canonical(key, was) == _canonical(key, now):
        return
    if isinstance(was, dict) and isinstance(now, dict):
        for part in dict.fromkeys((*was, *now)):
            yield from _keys(f"{key}.{part}" if key else part, was.get(part), now.get(part))
    elif _holds_tables(was) and _holds_tables(now):
        for number, item_was, item_now in _paired(key, was, now):
            yield from _keys(f"{key}.{number}", item_was, item_now)
    else:
        yield KeyChange(key, plain(was), plain(now))


def _holds_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _paired(key: str, was: Sequence[Tree], now: Sequence[Tree]) -> Iterator[_Pair]:
    """The tables of two lists that differ: those alike are taken out, the rest go side by side."""
    old, new = [_canonical("", t) for t in was], [_canonical("", t) for t in now]
    if _is_set(key):
        left = _not_in(old, new), _not_in(new, old)
        blocks = [left]
    else:
        matched = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        blocks = [
            (list(range(i, i_end)), list(range(j, j_end)))
            for tag, i, i_end, j, j_end in matched
            if tag != "equal"
        ]
    for gone, come in blocks:
        for i, j in zip_longest(gone, come):
            number = (j if j is not None else i) + 1
            yield number, None if i is None else was[i], None if j is None else now[j]


def _not_in(these: Sequence[Hashable], others: Sequence[Hashable]) -> list[int]:
    """Places of the items that the others lack, an item counted as often as it stands."""
    rest = list(others)
    places = []
    for place, item in enumerate(these):
        if item in rest:
            rest.remove(item)
        else:
            places.append(place)
    return places


def _is_set(key: str) -> bool:
    return key.rsplit(".", maxsplit=1)[-1] in _SETS or key.startswith(_SETS_BELOW)


def _canonical(key: str, value: Any) -> Hashable:  # noqa: ANN401  # a TOML value of any kind
    """Equal for what means the same: 50 and 50.0, a set in another order; never 1 and true."""
    if isinstance(value, dict):
        items = ((k, _canonical(f"{key}.{k}" if key else k, v)) for k, v in value.items())
        return ("table", tuple(sorted(items)))
    if isinstance(value, list):
        held = [_canonical("", item) for item in value]
        return ("list", tuple(sorted(held, key=repr) if _is_set(key) else held))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return ("number", float(value))
    return (type(value).__name__, str(value))
