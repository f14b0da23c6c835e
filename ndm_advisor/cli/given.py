"""A case file as commands that answer it need it: read, with the settings that apply."""

from __future__ import annotations

import hashlib
import sys
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from ndm_advisor.errors import KnowledgeError

if TYPE_CHECKING:
    from ndm_advisor.cli.settings import Applied
    from ndm_advisor.errors import Problem
    from ndm_advisor.model.answer import CaseRef, Provenance
    from ndm_advisor.model.knowledge import Knowledge


class Asked(NamedTuple):
    """The options that say which case is answered, by which rules."""

    case: str
    guideline: str | None
    region: str | None
    settings: tuple[str, ...]
    on: str | None
    data: str | None
    strict: bool


class Given(NamedTuple):
    """A case with the settings that apply to it; `reference` is of what the file says."""

    applied: Applied
    reference: CaseRef
    knowledge: Knowledge
    on: date
    path: str | None
    warnings: tuple[Problem, ...]


def read_given(asked: Asked) -> Given:
    """Read the case and settle its profile, region and stock.

    Raises:
        NdmAdvisorError: options, case or knowledge do not allow an answer.
    """
    return read_both(asked)[0]


def read_both(asked: Asked, *changes: tuple[str, ...]) -> tuple[Given, ...]:
    """The case as it is, and once more for each list of `KEY=VALUE`; read from its file once.

    Raises:
        NdmAdvisorError: options, case, a change or knowledge do not allow an answer.
    """
    from ndm_advisor.cli.base import load_base, names_of  # noqa: PLC0415
    from ndm_advisor.cli.inputs import date_of_advice, path_of, read_text  # noqa: PLC0415
    from ndm_advisor.cli.settings import apply_hospital_settings, read_local  # noqa: PLC0415
    from ndm_advisor.model.answer import CaseRef  # noqa: PLC0415
    from ndm_advisor.model.case import canonical_json  # noqa: PLC0415
    from ndm_advisor.read.case_file import read_case  # noqa: PLC0415

    on, path, text = date_of_advice(asked.on), path_of(asked.case), read_text(asked.case)
    knowledge = load_base(asked.data)
    names = names_of(knowledge)
    local = read_local(names, on=on)
    made = []
    for settings in (asked.settings, *((*asked.settings, *more) for more in changes)):
        case, warnings = read_case(text, path=path, names=names, on=on, settings=settings)
        applied = apply_hospital_settings(
            case, knowledge, local, guideline=asked.guideline, region=asked.region
        )
        sha256 = hashlib.sha256(canonical_json(case)).hexdigest()
        reference = CaseRef(case.id, path, sha256)
        made.append(Given(applied, reference, knowledge, on, path, warnings))
    return tuple(made)


def warn(given: Given) -> None:
    """Write the warnings about the case to standard error."""
    if not given.warnings:
        return
    from ndm_advisor.read.diagnostics import FileReport, render_report  # noqa: PLC0415

    sys.stderr.write(render_report([FileReport(given.path, given.warnings)]))
    sys.stderr.flush()


def refuse_overdue(stamp: Provenance) -> None:
    """Refuse an answer that rests on overdue knowledge (--strict).

    Raises:
        KnowledgeError: it was due for review before the date of advice.
    """
    if stamp.review_due_on < stamp.advised_on:
        raise KnowledgeError((f"overdue for review since {stamp.review_due_on} (--strict)",))
