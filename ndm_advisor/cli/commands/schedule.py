"""`schedule`: the first 24 hours of the regimen advised."""

import re
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import (
    COMMON,
    CaseFile,
    Data,
    Format,
    Guideline,
    Linear,
    NoColor,
    On,
    Region,
    Settings,
    Strict,
    TallMan,
    Trace,
)
from ndm_advisor.errors import UsageError

if TYPE_CHECKING:
    from ndm_advisor.cli.given import Given
    from ndm_advisor.explain.schedule import Schedule
    from ndm_advisor.model.answer import Recommendation

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


def schedule(
    case: CaseFile,
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
    output_format: Format = None,
    guideline: Guideline = None,
    region: Region = None,
    settings: Settings = None,
    on: On = None,
    data: Data = None,
    strict: Strict = False,
    linear: Linear = False,
    no_color: NoColor = False,
    tall_man: TallMan = False,
    trace: Trace = False,
) -> ExitStatus:
    """Advise, then lay the orders along the day."""
    from ndm_advisor.cli.given import Asked, read_given, refuse_overdue, say_what_applied, warn  # noqa: PLC0415
    from ndm_advisor.cli.guard import working_on  # noqa: PLC0415
    from ndm_advisor.cli.screen import screen_for  # noqa: PLC0415
    from ndm_advisor.explain.schedule import NotOfferedError  # noqa: PLC0415
    from ndm_advisor.explain.schedule import schedule as schedule_of  # noqa: PLC0415

    screen_for(output_format, linear=linear, no_color=no_color, to_file=False)  # refuses early
    start_min = _minute(start)
    asked = Asked(case, guideline, region, tuple(settings or ()), on, data, strict)
    with working_on(case):
        given = read_given(asked)
        answer = _answer(given)
        if strict:
            refuse_overdue(answer.provenance)
        warn(given)
        if trace:
            say_what_applied(given)
        try:
            made = schedule_of(answer, given.knowledge, regimen=regimen, start_min=start_min)
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


def _answer(given: "Given") -> "Recommendation":
    """The answer as `advise` gives it, for its orders."""
    from ndm_advisor.explain.advise import advise  # noqa: PLC0415

    return advise(
        given.applied.case,
        given.knowledge,
        on=given.on,
        settled=given.applied.settled,
        reference=given.reference,
        local_override=given.applied.local_override,
        traced=False,
    )


def _show(made: "Schedule", output_format: str | None, *, linear: bool, tall_man: bool) -> None:
    from ndm_advisor.cli.lookup_screen import show_with  # noqa: PLC0415
    from ndm_advisor.render.schedule import schedule_text  # noqa: PLC0415

    show_with(made, schedule_text, output_format, linear=linear, tall_man=tall_man)
