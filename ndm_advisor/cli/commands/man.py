"""`man`: the manual page, made from the commands."""

from typing import Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.version import VERSION

HELP: Final = """
Print the manual page, made from the commands themselves.

Examples:

\b
  ndm-advisor man | man -l -
  ndm-advisor man > ~/.local/share/man/man1/ndm-advisor.1
"""


def man(context: typer.Context) -> ExitStatus:
    """Print the page."""
    from ndm_advisor.cli.base import load_base  # noqa: PLC0415
    from ndm_advisor.cli.command_tree import tree_of  # noqa: PLC0415
    from ndm_advisor.cli.commands.topics import ENVIRONMENT  # noqa: PLC0415
    from ndm_advisor.cli.manual import manual  # noqa: PLC0415
    from ndm_advisor.cli.screen import write_out  # noqa: PLC0415

    page = manual(
        tree_of(context), version=VERSION, on=load_base().reviewed_on, environment=ENVIRONMENT
    )
    write_out(page)
    return ExitStatus.OK
