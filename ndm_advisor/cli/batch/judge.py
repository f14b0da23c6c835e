"""One case of a batch from its raw text to finished bytes; nothing passes from one to the next."""

from __future__ import annotations

import hashlib
import json
import traceback
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ndm_advisor.cli.base import load_base, names_of
from ndm_advisor.cli.batch.since import Print, print_of
from ndm_advisor.cli.batch.sources import Item
from ndm_advisor.cli.inputs import open_file
from ndm_advisor.cli.screen import PAGES
from ndm_advisor.cli.settings import Applied, Local, apply_hospital_settings, read_local
from ndm_advisor.decision.decide import deciding
from ndm_advisor.errors import CaseError, CaseFormatError, KnowledgeError, Problem
from ndm_advisor.explain.advise import WhatIf, advising
from ndm_advisor.explain.recommendation import Beside
from ndm_advisor.model.answer import CaseRef, NotAssessed, Recommendation
from ndm_advisor.model.case import FORMAT, Case, Infection, Isolate, canonical_json
from ndm_advisor.read import tables
from ndm_advisor.read.case_file import read_case
from ndm_advisor.read.diagnostics import in_order, render_problem
from ndm_advisor.read.document import LARGEST_BYTES, decode, parse
from ndm_advisor.render.as_json import to_json
from ndm_advisor.render.worklist import (
    Row,
    csv_cells,
    csv_line,
    refused_cells,
    refused_row,
    row_of,
)
from ndm_advisor.steps import Steps, side_by_side
from ndm_advisor.version import VERSION

if TYPE_CHECKING:
    from ndm_advisor.model.knowledge import Knowledge
    from ndm_advisor.read.names import Names

SCHEMA_VERSION: Final = "1"
_NO_FINDINGS: Final = NotAssessed(
    "findings", "left out of a batch", "run it again with --trace, or `advise` on the case"
)


class Plan(NamedTuple):
    """What every case of a run is judged by; small, so that it can go to another process."""

    on: date
    data: str | None
    guideline: str | None
    region: str | None
    trace: bool
    output_format: str
    compare: bool = False
    knowledge_sha256: str = ""
    what_if: bool = False
    tall_man: bool = False


class Judged(NamedTuple):
    """A case, finished.

    `row` is its line of the worklist, `payload` its bytes in the format asked for (no line end),
    `said` its diagnostics as text, `crashed` the kind of an internal error, `print` what an earlier
    run is compared by, where one was given.
    """

    row: Row
    payload: bytes
    said: str
    assessed: bool
    crashed: str | None = None
    print: Print | None = None


class Judge:
    """Judges cases one by one by the same knowledge and settings."""

    def __init__(self, plan: Plan) -> None:
        """Load the base and the configuration file.

        Raises:
            KnowledgeError: no base, or not the one the run began with.
            UsageError: the configuration file, an option or a variable is wrong.
        """
        self.plan = plan
        self.knowledge: Knowledge = load_base(plan.data)
        if plan.knowledge_sha256 and self.knowledge.sha256 != plan.knowledge_sha256:
            raise KnowledgeError(("the base has changed while the batch was running",))
        self.names: Names = names_of(self.knowledge)
        self.local: Local | None = read_local(self.names, on=plan.on)
        self.settings_in_force()  # a wrong setting ends the run at once

    def settings_in_force(self) -> list[str | None]:
        """Guideline and region for a case that names neither; options and variables included."""
        settled = self.applied(_blank()).settled
        return [self.plan.guideline, self.plan.region, settled.guideline, settled.region]

    def __call__(self, item: Item) -> Judged:
        """Read and advise; whatever happens, the case has its one record."""
        (judged,) = self.all((item,))
        return judged

    def all(self, items: Sequence[Item]) -> list[Judged]:
        """Several cases, each by itself, side by side; a few at a time is best."""
        found = side_by_side([self._judging(item) for item in items])
        return [
            each if isinstance(each, Judged) else self.refusal(item, each)
            for item, each in zip(items, found, strict=True)
        ]

    def _judging(self, item: Item) -> Steps[Judged]:
        """The whole way of a case."""
        case, warnings = self._read(item)
        yield
        sha256 = hashlib.sha256(canonical_json(case)).hexdigest()
        reference = CaseRef(case.id, item.path, sha256, item.line)
        applied, on = self.applied(case), self.plan.on
        yield
        decision = yield from deciding(applied.case, self.knowledge, on=on, settled=applied.settled)
        yield
        beside = Beside(reference, VERSION, applied.local_override, traced=self.plan.trace)
        what_if: WhatIf = "full" if self.plan.what_if else ""
        answer = yield from advising(decision, self.knowledge, beside, what_if)
        yield
        shown = answer if self.plan.trace else _without_findings(answer)
        return self._assessed(shown, item, warnings)

    def case_of(self, item: Item) -> Case:
        """Read a case by the names of this base.

        Raises:
            CaseError: it is refused.
        """
        case, _ = self._read(item)
        return case

    def applied(self, case: Case) -> Applied:
        """The case with the settings of the run and of the hospital in place."""
        plan = self.plan
        return apply_hospital_settings(
            case, self.knowledge, self.local, guideline=plan.guideline, region=plan.region
        )

    def refusal(self, item: Item, error: Exception) -> Judged:
        """The record of a case that was refused, or that crashed the program."""
        if isinstance(error, CaseError):
            return self._refused(item, in_order(error.problems))
        message = "internal error; the fault is the program's, not the case's"
        problem = Problem("E900", "error", None, item.line, None, message)
        return self._refused(item, (problem,))._replace(crashed=_place_of(error))

    def _read(self, item: Item) -> tables.Read:
        if item.fault is not None and (item.kind != "csv" or item.line is None):
            raise CaseFormatError(item.path, (_unreadable(item.fault, item.line),))
        path, on, names = item.path, self.plan.on, self.names
        if item.kind == "ndjson":
            line = tables.Line(item.line or 0, item.data or b"")
            return tables.read_line(line, path=path, names=names, on=on)
        if item.kind == "csv":
            row = tables.Row(item.line or 0, item.cells, item.fault)
            return tables.read_row(row, item.header, path=path, names=names, on=on)
        data = item.data if item.data is not None else _bytes_of(item.path or "")
        return read_case(decode(data, path=path), path=path, names=names, on=on)

    def _assessed(
        self, answer: Recommendation, item: Item, warnings: tuple[Problem, ...]
    ) -> Judged:
        row = row_of(answer)
        record = to_json(answer, indent=None) if self._needs_json else b""
        payload = record
        if self.plan.output_format == "csv":
            payload = csv_line(csv_cells(answer, row)).rstrip(b"\n")
        elif self.plan.output_format in PAGES:
            from ndm_advisor.render.pages import report  # noqa: PLC0415  # only pages need it

            kind, tall_man = self.plan.output_format, self.plan.tall_man
            payload = report.answered_row(kind, answer, row, tall_man=tall_man)
        return self._judged(row, record, payload, _said(item, warnings), assessed=True)

    def _refused(self, item: Item, problems: tuple[Problem, ...]) -> Judged:
        row = refused_row(_id_of(item), item.path, item.line, problems)
        record = to_json(_error_record(row, problems), indent=None) if self._needs_json else b""
        payload = record
        if self.plan.output_format == "csv":
            payload = csv_line(refused_cells(row, problems)).rstrip(b"\n")
        elif self.plan.output_format in PAGES:
            from ndm_advisor.render.pages import report  # noqa: PLC0415  # only pages need it

            kind, tall_man = self.plan.output_format, self.plan.tall_man
            payload = report.refused_row(kind, row, problems, tall_man=tall_man)
        return self._judged(row, record, payload, _said(item, problems), assessed=False)

    @property
    def _needs_json(self) -> bool:
        return self.plan.compare or self.plan.output_format in {"json", "ndjson"}

    def _judged(
        self, row: Row, record: bytes, payload: bytes, said: str, *, assessed: bool
    ) -> Judged:
        made = print_of(json.loads(record)) if self.plan.compare else None
        return Judged(row, payload, said, assessed, print=made)


def _blank() -> Case:
    return Case(
        format=FORMAT,
        isolate=Isolate(organism="escherichia-coli"),
        infection=Infection(site="other"),
    )


def _bytes_of(path: str) -> bytes:
    try:
        with open_file(path) as file:
            return file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        fault = f"the file cannot be read: {reason}"
        raise CaseFormatError(path, (_unreadable(fault, None),)) from None


def _unreadable(fault: str, line: int | None) -> Problem:
    return Problem("E100", "error", None, line, None, fault)


def _without_findings(answer: Recommendation) -> Recommendation:
    """A batch names no finding unless asked: null, and the reason beside it."""
    return answer._replace(findings=None, not_assessed=(*answer.not_assessed, _NO_FINDINGS))


def _error_record(row: Row, problems: tuple[Problem, ...]) -> dict[str, object]:
    case: dict[str, object] = {"id": row.id, "path": row.path}
    if row.line is not None:
        case["line"] = row.line
    case["sha256"] = None
    keys = ("code", "severity", "key", "line", "column", "message", "help")
    said = [{key: getattr(problem, key) for key in keys} for problem in problems]
    return {"schema_version": SCHEMA_VERSION, "case": case, "error": {"problems": said}}


def _id_of(item: Item) -> str | None:
    """The label of a case that could not be read, where it can still be told."""
    if item.kind == "csv":
        names = (name.strip() for name in item.header)
        return dict(zip(names, item.cells, strict=False)).get("id") or None
    try:
        data = item.data if item.data is not None else _bytes_of(item.path or "")
        path = "line.json" if item.kind == "ndjson" else item.path
        found = parse(decode(data, path=path), path=path).document.get("id")
    except CaseError:
        return None
    return found if isinstance(found, str) else None


def _place_of(error: Exception) -> str:
    """Kind and place of a crash; nothing the case holds."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"


def _said(item: Item, problems: tuple[Problem, ...]) -> str:
    """The problems as text. A problem with a key but no column is placed by both."""
    path = item.path or "standard input"
    blocks = []
    for problem in problems:
        if item.line is not None and problem.column is None:
            place = f"{path}:{item.line}"
            blocks.append(render_problem(problem._replace(line=None), path=place))
        else:
            blocks.append(render_problem(problem, path=item.path))
    return "".join(f"{block}\n" for block in blocks)
