"""What differs between two knowledge bases: record by record, and case by case."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ndm_advisor.model.answer import CaseRef, Outcome

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


# -- cases ----------------------------------------------------------------------------------------

Found = Literal["same", "different", "refused"]


class Answer(NamedTuple):
    """What one side advises, without sentences. `doses`: a line for each drug of each regimen."""

    guideline: str
    region: str
    outcome: Outcome
    reason: str
    preferred: tuple[str, ...]
    alternative: tuple[str, ...]
    last_resort: tuple[str, ...]
    provisional: tuple[str, ...]
    stops: tuple[str, ...]
    dose_pending: bool
    doses: tuple[str, ...]


class Refused(NamedTuple):
    """One side cannot read the case; each problem by its own keys."""

    problems: tuple[dict[str, object], ...]


class CaseDifference(NamedTuple):
    """A case whose advice differs, or that neither side can read.

    `says` is what the new side does to the advice of the old. `doses` holds the lines of `old` and
    `new` that differ within regimens that both offer.
    """

    case: CaseRef
    change: Found
    flips: tuple[str, ...]
    says: str
    doses: tuple[tuple[str, ...], tuple[str, ...]]
    old: Answer | Refused
    new: Answer | Refused
