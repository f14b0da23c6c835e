"""What differs between two knowledge bases, record by record."""

from __future__ import annotations

from typing import Literal, NamedTuple

Turn = Literal["added", "removed", "changed"]


class KeyChange(NamedTuple):
    """One key: its value before and after, as JSON would hold it; None where the key is not there.

    `key` is dotted below the record; the items of a list of tables count from 1, by the newer base
    where they stand in it.
    """

    key: str
    old: object
    new: object


class RecordChange(NamedTuple):
    """One record. `kind` is the list it stands in (`hazard`, `dosing`), "" for a table of its own.

    `keys` are those of a changed record; review dates are never among them.
    """

    file: str
    kind: str
    id: str
    change: Turn
    keys: tuple[KeyChange, ...] = ()


class BaseDifference(NamedTuple):
    """Every record that differs, by file; `redated`: how many have other dates of review."""

    records: tuple[RecordChange, ...]
    redated: int
