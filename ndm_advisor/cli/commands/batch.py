"""`batch`: many cases, one worklist."""

import os
from typing import Annotated, Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import COMMON, Data, Guideline, Linear, On, Region, Strict, TallMan
from ndm_advisor.errors import UsageError

HELP: Final = """
Advise on many cases and list them by urgency: STOP, NOT ASSESSED, CAUTION, NO ALERT.

Examples:

\b
  ndm-advisor batch ward7
  ndm-advisor batch 'cases/*.toml' cases.csv
  ndm-advisor batch cases.ndjson --format ndjson --jobs 4 -o answers.ndjson
  ndm-advisor batch cases.ndjson --format ndjson -o answers.ndjson --resume
  ndm-advisor batch ward7 --since yesterday.ndjson
  ndm-advisor batch ward7 --fail-on stop
  ndm-advisor batch - --format json < cases.ndjson
  ndm-advisor batch ward7 --format html -o worklist.html

A directory: its *.toml and *.json, without *.expected.json. NDJSON (.ndjson, .jsonl): one
object a line. CSV: one row a case, columns named by dotted key, an empty cell is absent.
Standard input is known by its first line: an object is NDJSON, a header with the columns
format and isolate.organism is CSV, anything else is one case.
One case that cannot be read does not stop the others; problems are on standard error.
Exit status 1: --fail-on reached, 3: some cases not assessed, 4: none assessed.
"""
_FORMATS: Final = ("table", "json", "ndjson", "csv", "md", "html")
_FAIL_ON: Final = ("never", "caution", "stop")


def batch(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            show_default=False,
            help="Files, directories, globs; - reads standard input.",
        ),
    ],
    *,
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="table|json|ndjson|csv|md|html",
            rich_help_panel=COMMON,
            help="table: the first 200 by urgency; ndjson and csv: all, in input order; "
            "md and html: a report of all by urgency. "
            "[NDM_ADVISOR_FORMAT]",
        ),
    ] = None,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on",
            metavar="never|caution|stop",
            rich_help_panel=COMMON,
            help="End with status 1 if a case is of that class or worse.",
        ),
    ] = "never",
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="FILE",
            rich_help_panel=COMMON,
            help="Show only what changed since FILE, the json or ndjson of an earlier run.",
        ),
    ] = None,
    guideline: Guideline = None,
    region: Region = None,
    on: On = None,
    jobs: Annotated[
        int,
        typer.Option("--jobs", metavar="N", min=1, rich_help_panel=COMMON, help="Processes."),
    ] = 1,
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            rich_help_panel=COMMON,
            help="Write to FILE; until the run ends, to FILE.part.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the FILE.part of an interrupted run.")
    ] = False,
    data: Data = None,
    strict: Strict = False,
    linear: Linear = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colour; the worklist has none.")
    ] = False,
    tall_man: TallMan = False,
    trace: Annotated[
        bool, typer.Option("--trace", help="Keep every finding in json and ndjson.")
    ] = False,
    what_if: Annotated[
        bool,
        typer.Option("--what-if", help="Try every single change of each case; json, ndjson, html."),
    ] = False,
) -> ExitStatus:
    """Judge all, write all."""
    wanted = _format(output_format)
    _check(fail_on, _FAIL_ON, "--fail-on")
    from ndm_advisor.cli.batch.judge import Plan  # noqa: PLC0415
    from ndm_advisor.cli.batch.output import Screen  # noqa: PLC0415
    from ndm_advisor.cli.batch.run import Job, check_resume, run  # noqa: PLC0415
    from ndm_advisor.cli.inputs import STDIN, date_of_advice  # noqa: PLC0415
    from ndm_advisor.cli.screen import check_target, text_width  # noqa: PLC0415

    target = None if output in {None, STDIN} else output
    given = tuple(paths)
    if resume:
        check_resume(given, target)
    for path in given if target is not None else ():
        check_target(target or "", beside=None if path == STDIN else path)
    plan = Plan(
        date_of_advice(on),
        data,
        guideline,
        region,
        trace,
        wanted,
        compare=since is not None,
        tall_man=tall_man,
        what_if=what_if,
    )
    screen = Screen(None if linear else text_width(), tall_man)
    return run(Job(given, plan, fail_on, jobs, since, target, resume, strict, linear, screen))


def _format(option: str | None) -> str:
    """The option, else the environment where it names one of these formats, else a table."""
    from ndm_advisor.cli.screen import ADVISE_FORMATS, FORMAT  # noqa: PLC0415

    if option is not None:
        _check(option, _FORMATS, "--format")
        return option
    named = os.environ.get(FORMAT)
    if not named or (named in ADVISE_FORMATS and named not in _FORMATS):
        return _FORMATS[0]  # what the variable names is for another command
    _check(named, _FORMATS, FORMAT)
    return named


def _check(value: str, known: tuple[str, ...], option: str) -> None:
    if value not in known:
        message = f"{option}: `{value}` is not known here; write one of {', '.join(known)}"
        raise UsageError(message)
