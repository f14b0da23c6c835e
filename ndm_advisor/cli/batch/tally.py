"""Counts that add up, the head of the worklist, the exit status."""

from __future__ import annotations

from typing import Final, NamedTuple

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.render.worklist import CLASSES, TABLE_ROWS, Class, Row

FAIL_ON: Final[dict[str, tuple[Class, ...]]] = {
    "never": (),
    "caution": ("stop", "caution"),
    "stop": ("stop",),
}


class Entry(NamedTuple):
    """One case as it is written: `shown` is false where `--since` leaves it out."""

    row: Row
    payload: bytes
    assessed: bool
    crashed: bool
    shown: bool


class Tally:
    """Every case counted once."""

    def __init__(self) -> None:
        """Start at nought."""
        self.totals: dict[Class, int] = dict.fromkeys(CLASSES, 0)
        self.assessed = 0
        self.shown = 0
        self.crashed = False
        self._first: dict[Class, list[Row]] = {kind: [] for kind in CLASSES}

    @property
    def cases(self) -> int:
        """All cases, shown or not."""
        return sum(self.totals.values())

    def add(self, entry: Entry) -> None:
        """Count a case; of each class only the rows that a table can show are kept."""
        kind = entry.row.kind
        self.totals[kind] += 1
        self.assessed += entry.assessed
        self.crashed |= entry.crashed
        self.shown += entry.shown
        if entry.shown and len(self._first[kind]) < TABLE_ROWS:
            self._first[kind].append(entry.row)

    def rows(self) -> list[Row]:
        """The first rows of the worklist: by class, then in input order."""
        return [row for kind in CLASSES for row in self._first[kind]][:TABLE_ROWS]

    def status(self, fail_on: str) -> ExitStatus:
        """The status of a run that came to its end."""
        if self.crashed:
            return ExitStatus.INTERNAL
        if self.assessed == 0:
            return ExitStatus.NONE_ASSESSED
        if self.assessed < self.cases:
            return ExitStatus.SOME_NOT_ASSESSED
        reached = any(self.totals[kind] for kind in FAIL_ON[fail_on])
        return ExitStatus.FAIL_ON if reached else ExitStatus.OK

    def status_so_far(self, fail_on: str) -> ExitStatus:
        """The status of a run that nobody reads any more: of the cases judged until then."""
        status = self.status(fail_on) if self.cases else ExitStatus.OK
        is_none = status is ExitStatus.NONE_ASSESSED  # the rest was not tried
        return ExitStatus.SOME_NOT_ASSESSED if is_none else status
