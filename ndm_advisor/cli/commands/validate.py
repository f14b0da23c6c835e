"""`validate`: what is wrong with case files, and no advice."""

import sys
from typing import Annotated, Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import Data, On
from ndm_advisor.errors import CaseError, Problem, UsageError

HELP: Final = """
Check case files and give no advice. All problems of all files are reported at once.

Examples:

\b
  ndm-advisor validate case.toml
  ndm-advisor validate cases/*.toml
  ndm-advisor validate - < case.toml

Problems go to standard error; standard output has one line per file.
Exit status 0: all can be assessed, 3: some cannot, 4: none can.
"""


def validate(
    cases: Annotated[
        list[str],
        typer.Argument(
            metavar="CASE...", show_default=False, help="Case files; - reads standard input."
        ),
    ],
    *,
    on: On = None,
    data: Data = None,
) -> ExitStatus:
    """Read every case as `advise` would."""
    from ndm_advisor.cli.base import load_base, names_of  # noqa: PLC0415
    from ndm_advisor.cli.guard import say, working_on  # noqa: PLC0415
    from ndm_advisor.cli.inputs import date_of_advice, path_of, read_text  # noqa: PLC0415
    from ndm_advisor.cli.screen import write_out  # noqa: PLC0415
    from ndm_advisor.read.case_file import read_case  # noqa: PLC0415
    from ndm_advisor.read.diagnostics import FileReport, render_report, visible  # noqa: PLC0415

    day = date_of_advice(on)
    names = names_of(load_base(data))
    reports: list[FileReport] = []
    unreadable = refused = 0
    for name in cases:
        path = path_of(name)
        try:
            with working_on(name):
                _, problems = read_case(read_text(name), path=path, names=names, on=day)
        except CaseError as error:
            problems = error.problems
            refused += 1
        except UsageError as error:
            say(str(error))
            unreadable += 1
            continue
        reports.append(FileReport(path, problems))
        write_out(f"{visible(name)}: {_verdict(problems)}\n")
    sys.stdout.flush()
    sys.stderr.write(render_report(reports))
    return _status(len(cases), unreadable, refused)


def _verdict(problems: tuple[Problem, ...]) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    counts = [_counted(errors, "error")] if errors else []
    if len(problems) > errors:
        counts.append(_counted(len(problems) - errors, "warning"))
    verdict = "cannot be assessed" if errors else "can be assessed"
    return f"{verdict}; {', '.join(counts)}" if counts else f"{verdict}; no problems"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _status(given: int, unreadable: int, refused: int) -> ExitStatus:
    """A path that cannot be read, among others that can, is a case not assessed."""
    if unreadable == given:
        return ExitStatus.USAGE
    if refused + unreadable == given:
        return ExitStatus.NONE_ASSESSED
    return ExitStatus.SOME_NOT_ASSESSED if refused + unreadable else ExitStatus.OK
