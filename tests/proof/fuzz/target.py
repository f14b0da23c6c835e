"""One input through reader, decision and renderer, with everything that must hold on the way."""

from __future__ import annotations

import io
import time
import traceback
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from ndm_advisor.cli.base import load_base, names_of
from ndm_advisor.cli.batch import output, sources
from ndm_advisor.cli.batch.judge import Judge, Judged, Plan
from ndm_advisor.cli.batch.sources import Item
from ndm_advisor.errors import CaseError
from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import CaseRef, Recommendation
from ndm_advisor.model.case import Case, canonical_json
from ndm_advisor.read.case_file import read_case
from ndm_advisor.read.diagnostics import FileReport, render_report
from ndm_advisor.read.document import decode
from tests.proof.fuzz import inert
from tests.proof.fuzz.mutate import parts, reader_of
from tests.proof.fuzz.renderers import RENDERERS, one_row

ON: Final = date(2026, 11, 22)
LONGEST_S: Final = 1.0  # of processor time, which other programs do not stretch
_FORMATS: Final = ("json", "ndjson", "csv", "table")
_SHOWN_OF_10: Final = 3  # answers to a single case that are shown as well
_PACKAGE: Final = "ndm_advisor"


class Reached(NamedTuple):
    """How far an input came: whether a case of it was decided, and what showed an answer."""

    reader: str
    decided: bool
    renderer: str | None
    seconds: float


class Violation(Exception):  # noqa: N818  # a finding, not an error of this program
    """Something that must not happen did; `kind` is the same for the same fault."""

    def __init__(self, kind: str, said: str) -> None:
        self.kind, self.said = kind, said
        super().__init__(f"{kind}: {said}")


class Target:
    """Everything an input is put through; made once for a process."""

    def __init__(self, *, watch_time: bool = True) -> None:
        """Load the base.

        Args:
            watch_time: whether an input that takes beyond a second is a violation.
        """
        self._watch_time = watch_time
        self._knowledge = load_base()
        self._names = names_of(self._knowledge)
        self._judges = {form: Judge(_plan(form)) for form in _FORMATS}
        self._weighted = [r for r in RENDERERS for _ in range(r.weight)]

    def __call__(self, data: bytes) -> Reached:
        """Put one input through.

        Raises:
            Violation: it crashed, took too long, or hostile text came through.
        """
        started = time.process_time()
        try:
            decided, renderer = self._put_through(data)
        except Violation:
            raise
        except Exception as error:
            raise Violation(_place(error), repr(error)[:300]) from error
        seconds = time.process_time() - started
        if self._watch_time and seconds > LONGEST_S:
            raise Violation("too slow", f"{seconds:.2f} s")
        return Reached(reader_of(data), decided, renderer, seconds)

    def _put_through(self, data: bytes) -> tuple[bool, str | None]:
        head, file = parts(data)
        reader = reader_of(data)
        if reader in ("toml", "json"):
            return self._one(file, f"case.{reader}", head[1])
        return self._many(file, reader, head[1])

    def _one(self, file: bytes, path: str, choice: int) -> tuple[bool, str | None]:
        try:
            text = decode(file, path=path)
            case, warnings = read_case(text, path=path, names=self._names, on=ON)
        except CaseError as error:
            inert.screen(render_report([FileReport(path, error.problems)]))
            return False, None
        inert.screen(render_report([FileReport(path, warnings)]))
        answer = self._answer(case, path)
        if choice % 10 >= _SHOWN_OF_10:
            return True, None
        renderer = self._weighted[(choice // 10 * 7 + choice) % len(self._weighted)]
        with_place = f"renderer {renderer.name}"
        try:
            renderer.check(answer, self._knowledge)
        except inert.Passed as error:
            raise Violation(f"{with_place}: {str(error)[:40]}", str(error)) from error
        return True, renderer.name

    def _answer(self, case: Case, path: str) -> Recommendation:
        canonical_json(case)
        return advise(case, self._knowledge, on=ON, reference=CaseRef(case.id, path, None))

    def _many(self, file: bytes, reader: str, choice: int) -> tuple[bool, str | None]:
        form = _FORMATS[choice % len(_FORMATS)]
        decided = False
        for item in _items(file, reader):
            made = self._judges[form](item)
            if made.crashed is not None:
                raise Violation(f"batch: {made.crashed}", made.crashed)
            decided |= made.assessed
            try:
                _check(made, form)
            except inert.Passed as error:
                raise Violation(f"batch {form}: {str(error)[:40]}", str(error)) from error
        return decided, f"batch {form}" if decided else None


def _plan(form: str) -> Plan:
    return Plan(ON, None, None, None, trace=False, output_format=form)


def _items(file: bytes, reader: str) -> Iterator[Item]:
    path = f"cases.{reader}"
    if reader == "ndjson":
        return sources._lines(io.BytesIO(file), path)  # as batch opens a file
    return sources._rows(sources._text(io.BytesIO(file)), path)


def _check(made: Judged, form: str) -> None:
    inert.screen(made.said)
    match form:
        case "csv":
            inert.as_csv(output.csv_head(None) + made.payload + b"\n", rows=2)
        case "table":
            for width in (100, None):
                inert.screen(one_row(made.row, width))
        case _:
            inert.as_json(made.payload)


def _place(error: Exception) -> str:
    """Kind of error and the innermost line of the program, which tell one fault from another."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if f"/{_PACKAGE}/" in frame.filename] or frames
    return f"{type(error).__name__} at {Path(own[-1].filename).name}:{own[-1].lineno}"
