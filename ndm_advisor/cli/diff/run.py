"""One comparison from its paths to its status; a case is written as it comes and then let go."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from ndm_advisor.cli.batch.judge import Judge, Plan
from ndm_advisor.cli.batch.progress import Progress
from ndm_advisor.cli.batch.sources import find_inputs, items
from ndm_advisor.cli.diff.bases import differing_records, judges_of
from ndm_advisor.cli.diff.cases import Compared, Comparer
from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.guard import say
from ndm_advisor.cli.screen import Screen, write_out
from ndm_advisor.errors import UsageError
from ndm_advisor.render.as_json import to_json
from ndm_advisor.render.difference import case_text, records_text, totals_text
from ndm_advisor.render.sheet import Sheet, is_linear, part, write
from ndm_advisor.version import VERSION

if TYPE_CHECKING:
    from ndm_advisor.model.difference import BaseDifference

SCHEMA_VERSION = "1"


class Job(NamedTuple):
    """What was asked for: `directories` of two bases, or a profile `against` another."""

    directories: tuple[str, str] | None
    against: str | None
    cases: tuple[str, ...]
    plan: Plan
    screen: Screen
    tall_man: bool


def run(job: Job) -> ExitStatus:
    """Compare records and cases and write what differs.

    Raises:
        UsageError: wrong settings, or none of the cases' paths is there.
        KnowledgeError: a base is missing, or its checks find problems.
    """
    paths = find_inputs(job.cases, target=None) if job.cases else []
    old, new = _judges(job)
    records = differing_records(job.directories) if job.directories else None
    writer = _Json(job) if job.screen.kind == "json" else _Text(job)
    writer.head(_stamp(old, job, against=None), _stamp(new, job, against=job.against), records)
    comparer = Comparer(old, new, job.against)
    totals = dict.fromkeys(("cases", "same", "different", "refused"), 0)
    crashed = False
    progress = Progress(linear=bool(job.screen.linear))
    for item in items(paths):
        made = comparer(item)
        totals["cases"] += 1
        totals[made.difference.change if made.difference else "same"] += 1
        crashed |= any(refusal.crashed for refusal in made.refusals)
        if made.difference is not None:
            progress.clear()
            _say(made)
            writer.case(made)
        progress.tick(totals["cases"])
    progress.clear()
    writer.end(totals)
    return _status(job, totals, crashed=crashed)


def _judges(job: Job) -> tuple[Judge, Judge]:
    if job.directories is not None:
        return judges_of(job.plan, job.directories)
    judge = Judge(job.plan)
    if job.against not in judge.knowledge.profiles:
        known = ", ".join(sorted(judge.knowledge.profiles))
        message = f"--against: `{job.against}` is not a guideline; write one of {known}"
        raise UsageError(message)
    return judge, judge


def _stamp(judge: Judge, job: Job, *, against: str | None) -> dict[str, Any]:
    """What one side is: the base, and the guideline asked for; null where each case's own holds."""
    base = judge.knowledge
    return {
        "directory": judge.plan.data,
        "version": base.version,
        "sha256": base.sha256,
        "guideline": against or job.plan.guideline,
    }


def _say(made: Compared) -> None:
    """The diagnostics of a refused case; what both sides say stands once."""
    for text in dict.fromkeys(refusal.said for refusal in made.refusals):
        sys.stderr.write(text)
    for refusal in made.refusals:
        if refusal.crashed:
            say(
                f"internal error: {refusal.crashed} (version {VERSION}). Report this line where "
                "the program's repository is hosted, without patient data."
            )


def _status(job: Job, totals: dict[str, int], *, crashed: bool) -> ExitStatus:
    if crashed:
        return ExitStatus.INTERNAL
    if job.cases and totals["refused"] == totals["cases"]:
        return ExitStatus.NONE_ASSESSED
    return ExitStatus.SOME_NOT_ASSESSED if totals["refused"] else ExitStatus.OK


class _Text:
    """Pages of labelled lines."""

    def __init__(self, job: Job) -> None:
        screen = job.screen
        linear = is_linear(linear=screen.linear, width=screen.width)
        self.job = job
        self.sheet = Sheet(screen.width, linear, sys.stdout.encoding, job.tall_man)

    def head(
        self, old: dict[str, Any], new: dict[str, Any], records: BaseDifference | None
    ) -> None:
        sides = (part("Old", _side_words(old)), part("New", _side_words(new)))
        write_out(write("KNOWLEDGE DIFF", sides, self.sheet))
        if records is not None:
            write_out("\n" + records_text(records, self.sheet))

    def case(self, made: Compared) -> None:
        if made.difference is not None:
            write_out(case_text(made.difference, self.sheet))

    def end(self, totals: dict[str, int]) -> None:
        if not self.job.cases:
            return
        if not totals["cases"]:
            say("no case in what was given")
        write_out("\n" + write(f"CASES: {totals_text(totals)}", (), self.sheet))


def _side_words(side: dict[str, Any]) -> str:
    guideline = side["guideline"] or "each case's own guideline"
    place = f"{side['directory']}: " if side["directory"] else ""
    return f"{place}version {side['version']}, sha256 {side['sha256'][:12]}; {guideline}"


class _Json:
    """One object, a case on each line of its list; the counts stand at its end."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.comma = b"\n"

    def head(
        self, old: dict[str, Any], new: dict[str, Any], records: BaseDifference | None
    ) -> None:
        made = {
            "schema_version": SCHEMA_VERSION,
            "advised_on": self.job.plan.on.isoformat(),
            "old": old,
            "new": new,
            "records": None if records is None else records.records,
            "redated": None if records is None else records.redated,
        }
        write_out(to_json(made, indent=None)[:-1] + b',"cases":[')

    def case(self, made: Compared) -> None:
        write_out(self.comma + to_json(made.difference, indent=None))
        self.comma = b",\n"

    def end(self, totals: dict[str, int]) -> None:
        write_out(b'\n],"totals":' + to_json(totals, indent=None) + b"}\n")
