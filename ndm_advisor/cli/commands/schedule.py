"""`schedule`: the first 24 hours of the regimen advised."""

import hashlib
import re
import sys
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import COMMON, Data, Linear, On, TallMan
from ndm_advisor.errors import KnowledgeError, UsageError

if TYPE_CHECKING:
    from ndm_advisor.errors import Problem
    from ndm_advisor.explain.schedule import Schedule
    from ndm_advisor.model.answer import Recommendation
    from ndm_advisor.model.knowledge import Knowledge

HELP: Final = """
Draw the first 24 hours of the regimen advised: starts and ends, shared starts, lines, next review.

Examples:

\b
  ndm-advisor schedule case.toml
  ndm-advisor schedule case.toml --start 08:00
  ndm-advisor schedule case.toml --regimen ceftazidime-avibactam+aztreonam
  ndm-advisor schedule case.toml --format json

Times are minutes after the first start; --start adds times of day. No clock is read.
Exit status 4: the case was refused; every problem is on standard error.
"""
_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_MIN_PER_HOUR: Final = 60


class _Asked(NamedTuple):
    case: str
    guideline: str | None
    region: str | None
    settings: tuple[str, ...]
    on: str | None
    data: str | None
    strict: bool


class _Answered(NamedTuple):
    answer: "Recommendation"
    knowledge: "Knowledge"
    warnings: "tuple[Problem, ...]"


def schedule(
    case: Annotated[
        str,
        typer.Argument(
            metavar="CASE",
            show_default=False,
            help="Case file, TOML or JSON; - reads standard input.",
        ),
    ],
    *,
    regimen: Annotated[
        str | None,
        typer.Option(
            "--regimen",
            metavar="ID",
            rich_help_panel=COMMON,
            help="One of the regimens offered; the first without it.",
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--start",
            metavar="HH:MM",
            rich_help_panel=COMMON,
            help="Time of the first start, for times of day.",
        ),
    ] = None,
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="text|plain|json",
            rich_help_panel=COMMON,
            help="text on a terminal, plain when piped. [NDM_ADVISOR_FORMAT]",
        ),
    ] = None,
    guideline: Annotated[
        str | None,
        typer.Option(
            metavar="PROFILE",
            rich_help_panel=COMMON,
            help="simit-2022, escmid-2022 or idsa-2026. [NDM_ADVISOR_GUIDELINE]",
        ),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(
            metavar="EU|US", rich_help_panel=COMMON, help="Labels to use. [NDM_ADVISOR_REGION]"
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            rich_help_panel=COMMON,
            help="Change a key of the case first; KEY= takes it out. May be repeated.",
        ),
    ] = None,
    on: On = None,
    data: Data = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse knowledge that is overdue for review.")
    ] = False,
    linear: Linear = False,
    tall_man: TallMan = False,
) -> ExitStatus:
    """Advise, then lay the orders along the day."""
    from ndm_advisor.cli.guard import working_on  # noqa: PLC0415
    from ndm_advisor.cli.screen import screen_for  # noqa: PLC0415
    from ndm_advisor.explain.schedule import NotOfferedError  # noqa: PLC0415
    from ndm_advisor.explain.schedule import schedule as schedule_of  # noqa: PLC0415

    screen_for(output_format, linear=linear, no_color=True, to_file=False)  # refuses early
    start_min = _minute(start)
    asked = _Asked(case, guideline, region, tuple(settings or ()), on, data, strict)
    with working_on(case):
        answer, knowledge, warnings = _answer(asked)
        _warn(case, warnings)
        try:
            made = schedule_of(answer, knowledge, regimen=regimen, start_min=start_min)
        except NotOfferedError as error:
            message = f"--regimen: {error}"
            raise UsageError(message) from error
        _show(made, output_format, linear=linear, tall_man=tall_man)
    return ExitStatus.OK


def _minute(start: str | None) -> int | None:
    """Minutes after midnight.

    Raises:
        UsageError: not a time of day.
    """
    if start is None:
        return None
    match = _TIME.fullmatch(start)
    if match is None:
        message = f"--start: `{start}` is not a time of day; write it as 08:00"
        raise UsageError(message)
    return int(match[1]) * _MIN_PER_HOUR + int(match[2])


def _answer(asked: _Asked) -> _Answered:
    """The answer as `advise` gives it, with the base and the warnings about the case.

    Raises:
        NdmAdvisorError: options, case or knowledge do not allow one.
    """
    from ndm_advisor.cli.base import load_base, names_of  # noqa: PLC0415
    from ndm_advisor.cli.inputs import date_of_advice, path_of, read_text  # noqa: PLC0415
    from ndm_advisor.cli.settings import apply_hospital_settings, read_local  # noqa: PLC0415
    from ndm_advisor.explain.advise import advise  # noqa: PLC0415
    from ndm_advisor.model.answer import CaseRef  # noqa: PLC0415
    from ndm_advisor.model.case import canonical_json  # noqa: PLC0415
    from ndm_advisor.read.case_file import read_case  # noqa: PLC0415

    day = date_of_advice(asked.on)
    path = path_of(asked.case)
    text = read_text(asked.case)
    knowledge = load_base(asked.data)
    names = names_of(knowledge)
    case, warnings = read_case(text, path=path, names=names, on=day, settings=asked.settings)
    applied = apply_hospital_settings(
        case,
        knowledge,
        read_local(names, on=day),
        guideline=asked.guideline,
        region=asked.region,
    )
    answer = advise(
        applied.case,
        knowledge,
        on=day,
        settled=applied.settled,
        reference=CaseRef(case.id, path, hashlib.sha256(canonical_json(case)).hexdigest()),
        local_override=applied.local_override,
    )
    if asked.strict and answer.provenance.review_due_on < answer.provenance.advised_on:
        due = answer.provenance.review_due_on
        raise KnowledgeError((f"overdue for review since {due} (--strict)",))
    return _Answered(answer, knowledge, warnings)


def _warn(case: str, warnings: "tuple[Problem, ...]") -> None:
    if not warnings:
        return
    from ndm_advisor.cli.inputs import path_of  # noqa: PLC0415
    from ndm_advisor.read.diagnostics import FileReport, render_report  # noqa: PLC0415

    sys.stderr.write(render_report([FileReport(path_of(case), warnings)]))
    sys.stderr.flush()


def _show(made: "Schedule", output_format: str | None, *, linear: bool, tall_man: bool) -> None:
    from ndm_advisor.cli.lookup_screen import show_with  # noqa: PLC0415
    from ndm_advisor.render.schedule import schedule_text  # noqa: PLC0415

    show_with(made, schedule_text, output_format, linear=linear, tall_man=tall_man)
