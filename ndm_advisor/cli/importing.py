"""One run of `import`: reports in, case files or lines out, and an account of what became of all.

Nothing is held but counts: a file of any length runs in the same memory.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.screen import write_file, write_out
from ndm_advisor.errors import UsageError
from ndm_advisor.intake.catalogue import Catalogue
from ndm_advisor.intake.observed import Report, Understood
from ndm_advisor.intake.quantities import shown
from ndm_advisor.intake.to_case import NO_CASE, to_cases
from ndm_advisor.intake.told import Told
from ndm_advisor.model.case import Case, canonical_json
from ndm_advisor.read.write_case import to_toml
from ndm_advisor.render.text import visible

_MOST_REASONS: Final = 500  # kept apart; what is beyond them is counted together
_MOST_SHOWN: Final = 20
_WITH_ISOLATE: Final = "said of isolates without a case"
_AGAIN: Final = "the same isolate is reported again: a case of its own, its id ends in -2, -3 ..."
_FILE_NAME: Final = re.compile(r"[\w-]{1,100}", re.ASCII)
_OTHER: Final = "other reasons (--verbose shows each)"
_PRIVATE_DIRECTORY: Final = 0o700


class Target(NamedTuple):
    """Where the cases go. `directory` None: one object a line on standard output."""

    directory: Path | None
    force: bool
    dry_run: bool
    verbose: bool


class Tally:
    """What became of everything: counts, and the reasons with how often each was given."""

    def __init__(self) -> None:
        self.cases = self.written = self.without = 0
        self.observations = self.read = 0
        self.set_aside: Counter[str] = Counter()
        self.no_case: Counter[str] = Counter()
        self.assumed: Counter[str] = Counter()
        self.conflicts: Counter[str] = Counter()
        self.faults: list[str] = []
        self.more_faults = 0

    def count(self, understood: Understood) -> None:
        """Add one report."""
        self.cases += len(understood.cases)
        self.without += len(understood.no_case)
        self.observations += understood.observations
        self.read += understood.read
        for left in understood.set_aside:
            is_lost = left.reason.startswith(NO_CASE)
            _add(self.set_aside, _WITH_ISOLATE if is_lost else left.reason)
        for reason in understood.no_case:
            _add(self.no_case, reason)
        for made in understood.cases:
            for note in made.assumed:
                _add(self.assumed, note)
            for conflict in made.conflicts:
                _add(self.conflicts, f"{made.case.id}: {conflict}")
        for note in understood.report.notes:
            _add(self.assumed, note)
        for fault in understood.report.faults:
            self.fault(fault)

    def fault(self, fault: str) -> None:
        """A part that could not be read."""
        if len(self.faults) < _MOST_SHOWN:
            self.faults.append(fault)
        else:
            self.more_faults += 1


def _add(counter: Counter[str], reason: str) -> None:
    counter[reason if reason in counter or len(counter) < _MOST_REASONS else _OTHER] += 1


def run_import(
    reports: Iterable[Report],
    told: Told,
    catalogue: Catalogue,
    target: Target,
    tally: Tally,
    *,
    on: date,
    may_repeat: bool = False,
) -> None:
    """Make the cases of all reports, write them and count everything in `tally`.

    `may_repeat`: one isolate may come in several reports, as messages are sent again.

    Raises:
        UsageError: a file that is there already or cannot be written.
    """
    if target.directory is not None and not target.dry_run:
        _make(target.directory)
    given: Counter[str] = Counter()
    for report in reports:
        understood = to_cases(report, told, catalogue, on=on)
        if may_repeat:
            understood = _numbered(understood, given)
        tally.count(understood)
        if target.verbose:
            _say_each(understood)
        if not target.dry_run:
            for made in understood.cases:
                _write(made.case, target)
                tally.written += 1


def _numbered(understood: Understood, given: Counter[str]) -> Understood:
    """The cases whose id was given before, numbered: no case takes the place of another."""
    cases = []
    for made in understood.cases:
        id_ = made.case.id or ""
        if not id_.startswith(understood.report.label):  # a running number comes once
            given[id_] += 1
        if given[id_] > 1:
            case = made.case.model_copy(update={"id": f"{id_}-{given[id_]}"})
            cases.append(made._replace(case=case, assumed=(*made.assumed, _AGAIN)))
        else:
            cases.append(made)
    return understood._replace(cases=tuple(cases))


def _make(directory: Path) -> None:
    try:
        directory.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    except OSError as error:
        message = f"--to: {directory}: {error.strerror}"
        raise UsageError(message) from error


def _write(case: Case, target: Target) -> None:
    if target.directory is None:
        write_out(_line_of(case))
        return
    if _FILE_NAME.fullmatch(case.id or "") is None:
        message = f"--to: the id `{case.id}` cannot name a file: letters, digits, - and _ only"
        raise UsageError(message)
    path = target.directory / f"{case.id}.toml"
    if path.exists() and not target.force:
        message = f"--to: {path} is there already: name another directory, or --force"
        raise UsageError(message)
    write_file(str(path), to_toml(case).encode())


def _line_of(case: Case) -> bytes:
    """The case in one line of ASCII: what a terminal would obey is spelt out."""
    line = canonical_json(case)
    return (line if line.isascii() else json.dumps(json.loads(line)).encode()) + b"\n"


# --- the account --------------------------------------------------------------------------------


def _say_each(understood: Understood) -> None:
    """Every observation that was set aside, every conflict, with its place."""
    label = understood.report.label
    for left in understood.set_aside:
        said = left.observation
        named = said.name or next((code.code for code in said.codes), "")
        what = (
            f"{said.kind} {shown(named)}" if named else said.kind
        )  # never a value: it may be a birth
        _line(f"{label}: set aside: {what} at {said.place}: {left.reason}")
    for made in understood.cases:
        for key, place in made.provenance:
            _line(f"{made.case.id}: {key}: {place}")
        for conflict in made.conflicts:
            _line(f"{made.case.id}: conflict: {conflict}")


def say_account(tally: Tally, unread: Sequence[str], *, dry_run: bool) -> None:
    """What was understood, what was set aside and why, on standard error."""
    sys.stdout.flush()
    isolates = tally.cases + tally.without
    done = f"would be written: {tally.cases}" if dry_run else f"written: {tally.written}"
    _line(f"isolates: {isolates}; cases {done}; without a case: {tally.without}")
    left = tally.observations - tally.read
    _line(f"observations: {tally.observations}; read: {tally.read}; set aside: {left}")
    _section("without a case", tally.no_case)
    _section("set aside", tally.set_aside)
    _section("conflicts", tally.conflicts)
    _section("assumed or read leniently", tally.assumed)
    if tally.faults:
        _line(f"not readable: {len(tally.faults) + tally.more_faults}")
        for fault in tally.faults:
            _line(f"  {fault}")
        if tally.more_faults:
            _line(f"  and {tally.more_faults} more")
    if unread:
        _line(f"columns not read: {', '.join(unread)}")


def _section(title: str, reasons: Counter[str]) -> None:
    if not reasons:
        return
    _line(f"{title}: {reasons.total()}")
    shown = reasons.most_common(_MOST_SHOWN)
    width = len(str(shown[0][1]))
    for reason, count in shown:
        _line(f"  {count:>{width}}  {reason}")
    rest = reasons.total() - sum(count for _, count in shown)
    if rest:
        _line(f"  {rest:>{width}}  more; --verbose shows each")


def _line(text: str) -> None:
    sys.stderr.write(f"{visible(text)}\n")


def status_of(tally: Tally) -> ExitStatus:
    """None of the isolates made a case, some did not, or all did."""
    if tally.cases == 0:
        return ExitStatus.NONE_ASSESSED
    if tally.without or tally.faults:
        return ExitStatus.SOME_NOT_ASSESSED
    return ExitStatus.OK
