"""A case file as commands that answer it need it: read, with the settings that apply."""

from __future__ import annotations

import hashlib
import sys
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from ndm_advisor.errors import KnowledgeError

if TYPE_CHECKING:
    from ndm_advisor.cli.settings import Applied, Local
    from ndm_advisor.errors import Problem
    from ndm_advisor.model.answer import CaseRef, Provenance
    from ndm_advisor.model.case import Case
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
    """A case as its file says it, and with the settings that apply; `reference` is of the file."""

    case: Case
    applied: Applied
    reference: CaseRef
    knowledge: Knowledge
    on: date
    path: str | None
    warnings: tuple[Problem, ...] = ()


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
    from ndm_advisor.cli.settings import read_local  # noqa: PLC0415
    from ndm_advisor.read.case_file import read_case  # noqa: PLC0415

    on, path, text = date_of_advice(asked.on), path_of(asked.case), read_text(asked.case)
    knowledge = load_base(asked.data)
    names = names_of(knowledge)
    place = Place(knowledge, on, read_local(names, on=on), asked.guideline, asked.region)
    made = []
    for settings in (asked.settings, *((*asked.settings, *more) for more in changes)):
        case, warnings = read_case(text, path=path, names=names, on=on, settings=settings)
        made.append(given_in(place, case, path)._replace(warnings=warnings))
    return tuple(made)


class Place(NamedTuple):
    """Where and when a case is answered; guideline and region are the options."""

    knowledge: Knowledge
    on: date
    local: Local | None
    guideline: str | None
    region: str | None


def given_in(place: Place, case: Case, path: str | None) -> Given:
    """Settle profile, region and stock of a case that has been read.

    Raises:
        UsageError: an option or a variable names what does not exist.
    """
    from ndm_advisor.cli.settings import apply_hospital_settings  # noqa: PLC0415
    from ndm_advisor.model.answer import CaseRef  # noqa: PLC0415
    from ndm_advisor.model.case import canonical_json  # noqa: PLC0415

    knowledge, on, local, guideline, region = place
    applied = apply_hospital_settings(case, knowledge, local, guideline=guideline, region=region)
    reference = CaseRef(case.id, path, hashlib.sha256(canonical_json(case)).hexdigest())
    return Given(case, applied, reference, knowledge, on, path)


def warn(given: Given) -> None:
    """Write the warnings about the case to standard error."""
    if not given.warnings:
        return
    from ndm_advisor.read.diagnostics import FileReport, render_report  # noqa: PLC0415

    sys.stderr.write(render_report([FileReport(given.path, given.warnings)]))
    sys.stderr.flush()


def say_what_applied(given: Given) -> None:
    """Write to standard error what the answer rests on beside the case (--trace)."""
    from ndm_advisor.cli.guard import say  # noqa: PLC0415

    settled, knowledge = given.applied.settled, given.knowledge
    sealed = "sealed" if knowledge.sealed else "not sealed: every check was run"
    say(f"guideline {settled.guideline} ({settled.guideline_from})")
    say(f"region {settled.region} ({settled.region_from})")
    say(f"date of advice {given.on.isoformat()}")
    say(f"knowledge {knowledge.version} ({sealed})")


def refuse_overdue(stamp: Provenance) -> None:
    """Refuse an answer that rests on overdue knowledge (--strict).

    Raises:
        KnowledgeError: it was due for review before the date of advice.
    """
    if stamp.review_due_on < stamp.advised_on:
        raise KnowledgeError((f"overdue for review since {stamp.review_due_on} (--strict)",))
