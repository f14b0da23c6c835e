"""`new`: a blank case file, or one made by question and answer."""

import sys
from typing import Annotated, Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import Data, On

HELP: Final = """
Print a blank case file with every key as a comment, or ask for a case.

Examples:

\b
  ndm-advisor new > case.toml         a blank case, to be filled in
  ndm-advisor new --ask               questions, then a file name
  ndm-advisor new --ask > case.toml   questions, then the case

The blank case is refused until its organism and its site are changed. --ask needs a terminal.
"""


def new(
    *,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask for the case, question by question.")
    ] = False,
    on: On = None,
    data: Data = None,
) -> ExitStatus:
    """Print a blank case, or ask for one and print or save it."""
    from ndm_advisor.cli.screen import write_out  # noqa: PLC0415

    if not ask:
        from ndm_advisor.cli.blank_case import blank_case  # noqa: PLC0415

        write_out(blank_case())
        return ExitStatus.OK
    from ndm_advisor.cli.prompts import ask_case, offer_to_save  # noqa: PLC0415

    made = ask_case(finish="finish", on=on, data=data)
    write_out(made.text)
    if sys.stdout.isatty():
        sys.stdout.flush()
        offer_to_save(made.terminal, made.text)
    return ExitStatus.OK
