"""One batch from its paths to its status."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from ndm_advisor.cli.batch import journal as journals
from ndm_advisor.cli.batch import output, pool
from ndm_advisor.cli.batch.judge import Judge, Judged, Plan
from ndm_advisor.cli.batch.progress import Progress
from ndm_advisor.cli.batch.since import Since, changed_row, with_change
from ndm_advisor.cli.batch.sources import find_inputs, items
from ndm_advisor.cli.batch.tally import Entry, Tally
from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.guard import forget_output, say
from ndm_advisor.cli.inputs import STDIN
from ndm_advisor.cli.screen import PAGES, write_out
from ndm_advisor.errors import KnowledgeError, UsageError
from ndm_advisor.render.worklist import csv_line, place_of
from ndm_advisor.version import VERSION

_STREAMED: Final = ("ndjson", "csv")
_BY_URGENCY: Final = ("json", *PAGES)  # nothing can be written before the last case is judged


class Job(NamedTuple):
    """What was asked for."""

    paths: tuple[str, ...]
    plan: Plan
    fail_on: str
    jobs: int
    since: str | None
    target: str | None
    resume: bool
    strict: bool
    linear: bool
    screen: output.Screen


def run(job: Job) -> ExitStatus:
    """Judge every case and write what was asked for.

    Raises:
        UsageError: wrong options, unreadable paths, an output that cannot be written.
        KnowledgeError: no base, or overdue with --strict.
    """
    paths = find_inputs(job.paths, target=job.target)
    judge = Judge(job.plan)
    if job.strict:
        _refuse_overdue(judge)
    return _Run(job, paths, judge).run()


def _refuse_overdue(judge: Judge) -> None:
    due = judge.knowledge.review_due_on
    if due < judge.plan.on.isoformat():
        raise KnowledgeError((f"overdue for review since {due} (--strict)",))


class _Run:
    """The parts of one run; it ends with `run`."""

    def __init__(self, job: Job, paths: list[str], judge: Judge) -> None:
        self.job, self.paths, self.judge = job, paths, judge
        self.format = job.plan.output_format
        self.since = Since(job.since) if job.since else None
        self.tally = Tally()
        self.progress = Progress(linear=job.linear)
        self.journal = self._journal()

    def _journal(self) -> journals.Journal | None:
        if self.job.target is not None:
            return journals.begin(
                self.job.target, self._head(), first=self._first, resume=self.job.resume
            )
        return journals.temporary() if self.format in _BY_URGENCY else None

    @property
    def _first(self) -> bytes:
        """What stands before the records."""
        return output.csv_head(self.since) if self.format == "csv" else b""

    def _head(self) -> dict[str, object]:
        """What must be the same for a run to be taken up."""
        plan, local = self.job.plan, self.judge.local
        applied = self.judge.settings_in_force()
        return {
            "inputs": [[path, *_size_and_time(path)] for path in self.paths],
            "options": [
                plan.output_format,
                applied,
                plan.trace,
                plan.what_if,
                self.job.screen.tall_man,
            ],
            "since": [self.job.since, *_size_and_time(self.job.since)] if self.job.since else None,
            "configuration": local.sha256 if local else None,
            "knowledge": self.judge.knowledge.sha256,
            "version": VERSION,
            "date": plan.on.isoformat(),
        }

    def run(self) -> ExitStatus:
        try:
            self._judge_all()
            self.progress.clear()
            self._finish()
            sys.stdout.flush()
        except BrokenPipeError:
            self.progress.clear()
            forget_output()  # whoever read has seen enough; that is no fault
            return self.tally.status_so_far(self.job.fail_on)
        except KeyboardInterrupt:
            self.progress.clear()
            if self.job.target is not None:
                say(f"{self.job.target}.part holds {self.tally.cases} cases; --resume goes on")
            raise
        finally:
            if self.journal is not None:
                self.journal.close()
        return self.tally.status(self.job.fail_on)

    def _judge_all(self) -> None:
        if self.journal is None and self._first:
            write_out(self._first)
        done = self._replay()
        found = islice(items(self.paths), done, None)
        for chunk in pool.judged(found, self.judge, jobs=self.job.jobs):
            entries = [self._entry(made) for made in chunk]
            for entry in entries:
                self.tally.add(entry)
            self._write(entries)
            for cases in range(self.tally.cases - len(entries), self.tally.cases):
                self.progress.tick(cases + 1)

    def _write(self, entries: Sequence[Entry]) -> None:
        """Some cases at once: a system call for each would take a twentieth of the time."""
        if self.journal is not None:
            self.journal.add(entries, index=self.format in _BY_URGENCY)
        elif self.format in _STREAMED:
            write_out(b"\n".join([*(entry.payload for entry in entries if entry.shown), b""]))

    def _replay(self) -> int:
        """Take up what an interrupted run left; how many cases that is."""
        if not (self.job.resume and self.journal):
            return 0
        for entry in self.journal.replay(self._first, index=self.format in _BY_URGENCY):
            self.tally.add(entry)
            if self.since is not None:
                self.since.resume(entry.row, shown=entry.shown)
        return self.tally.cases

    def _say(self, made: Judged) -> None:
        if made.said or made.crashed:
            self.progress.clear()
            sys.stderr.write(made.said)
        if made.crashed:
            say(
                f"internal error while working on {place_of(made.row._replace(id=None))}: "
                f"{made.crashed} (version {VERSION}). Report this line where the program's "
                "repository is hosted, without patient data."
            )

    def _entry(self, made: Judged) -> Entry:
        """Say what there is to say of a case, and make of it what will be written."""
        self._say(made)
        row, payload, shown = made.row, made.payload, True
        if self.since is not None and made.print is not None:
            change = self.since.compare(made.print)
            row, shown = changed_row(row, change), change.is_shown
            if change.note:
                self.progress.clear()
                say(f"--since: {change.note}")
            if self.format == "csv":
                payload += b"," + csv_line([" ".join(change.changed)]).rstrip(b"\n")
            elif self.format in PAGES:
                payload = output.page_row_with_change(self.format, payload, change)
            elif self.format != "table":
                payload = with_change(payload, change)
        return Entry(row, payload, made.assessed, made.crashed is not None, shown)

    def _finish(self) -> None:
        if self.job.target is not None and self.journal is not None:
            if self.format in _STREAMED:
                journals.finish_in_order(self.job.target, self.journal)
            else:
                journals.finish(self.job.target, self._chunks())
        elif self.format == "table":
            write_out(output.as_table(self.tally, self.since, self.job.screen, self.judge))
        elif self.format in _BY_URGENCY:
            for chunk in self._chunks():
                write_out(chunk)
        if self.tally.cases == 0:
            say("no case in what was given")
        elif self.format != "table" or self.job.target is not None:
            sys.stdout.flush()
            sys.stderr.write(output.totals_text(self.tally, self.since) + "\n")

    def _chunks(self) -> Iterator[bytes]:
        journal = self.journal
        if self.format == "table" or journal is None:
            screen = output.Screen(None, self.job.screen.tall_man)
            yield output.as_table(self.tally, self.since, screen, self.judge).encode()
        elif self.format == "json":
            yield from output.as_json(journal.by_class(), self.tally, self.since)
        else:
            yield from output.as_page(journal.by_class(), self.tally, self.since, self.judge)


def _size_and_time(path: str) -> list[int]:
    """Bytes and nanoseconds; nothing for what is not there."""
    try:
        found = Path(path).stat()
    except OSError:
        return []
    return [found.st_size, found.st_mtime_ns]


def check_resume(paths: tuple[str, ...], target: str | None) -> None:
    """Refuse what cannot be taken up.

    Raises:
        UsageError: no output file, or standard input among the paths.
    """
    if target is None:
        message = "--resume: needs -o FILE, the file to go on with"
        raise UsageError(message)
    if STDIN in paths:
        message = "--resume: standard input cannot be read again; name files"
        raise UsageError(message)
