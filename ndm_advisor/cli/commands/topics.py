"""`help`: topics that belong to no single command."""

from typing import Annotated, Final

import typer

from ndm_advisor.cli.exit_status import MEANINGS, ExitStatus
from ndm_advisor.errors import UsageError

HELP: Final = """
Help on exit statuses, on environment variables and the configuration file, or on a command.

Examples:

\b
  ndm-advisor help exit-statuses
  ndm-advisor help environment
  ndm-advisor help advise           the help of a command
  ndm-advisor help import fhir      and of one in a group
"""
TOPICS: Final = ("exit-statuses", "exit-codes", "environment", "settings")
ENVIRONMENT: Final = """\
Settings, in falling order: option; the case's [hospital] table; environment;
configuration file; default. Every answer says which applied.

  NDM_ADVISOR_GUIDELINE   simit-2022, escmid-2022 or idsa-2026
  NDM_ADVISOR_REGION      EU or US; without one, the guideline's own
  NDM_ADVISOR_ON          date of advice, for example 2026-11-22
  NDM_ADVISOR_DATA        directory of the knowledge base
  NDM_ADVISOR_FORMAT      text, plain or json; advise also sbar, md, html, fhir
                          and cds-hooks; batch table, json, ndjson, csv, md and
                          html. A command passes over what only others write.
  NDM_ADVISOR_DEBUG       1 shows the traceback of an internal error
  NO_COLOR                not empty: no colour
  TERM=dumb               no colour
  COLUMNS                 width of the screen; below 60 one `label: value` a
                          line
  XDG_CONFIG_HOME         where ndm-advisor/config.toml stands; ~/.config
                          without it
  XDG_STATE_HOME          where teach keeps ndm-advisor/teaching.json;
                          ~/.local/state without it

config.toml holds one table. It sets what the hospital decides, never a clinical
figure:

  [hospital]
  guideline = "simit-2022"
  region = "EU"
  stock = { aztreonam-avibactam = false }
  aztreonam_interval_h = 8
"""


def help_on(
    context: typer.Context,
    topics: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TOPIC",
            show_default=False,
            help="exit-statuses (exit-codes), environment (settings), or a command.",
        ),
    ] = None,
) -> ExitStatus:
    """Print a topic, the help of a command, or the list of topics."""
    from ndm_advisor.cli.screen import write_out  # noqa: PLC0415

    topic = " ".join(topics or ())
    if not topic:
        write_out("Topics: exit-statuses, environment. For a command: ndm-advisor help COMMAND\n")
    elif topic in TOPICS:
        write_out(_statuses() if topic.startswith("exit") else ENVIRONMENT)
    elif (text := _help_of(topic, context)) is not None:
        write_out(f"{text}\n")
    else:
        message = f"`{topic}` is no topic; write exit-statuses, environment or a command"
        raise UsageError(message)
    return ExitStatus.OK


def _help_of(name: str, context: typer.Context) -> str | None:
    """What `ndm-advisor NAME --help` prints; the name may be that of a group and a command."""
    around = context.find_root()
    for word in name.split():
        command = getattr(around.command, "commands", {}).get(word)
        if command is None:
            return None
        around = type(context)(command, info_name=word, parent=around)
    return str(around.command.get_help(around))


def _statuses() -> str:
    return "".join(f"{int(status):>5}  {meaning}\n" for status, meaning in MEANINGS.items())
