"""The program without its commands: help, version, and how a command prints its own help.

`app.py` puts one command into it where that is all a run needs; `program.py` puts in all of them.
"""

from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.guard import guarded
from ndm_advisor.cli.options import IN_ORDER
from ndm_advisor.version import VERSION

# No `from __future__ import annotations` in modules with commands: typer would have to evaluate
# every annotation from its text at each start.

_HELP: Final = """
Advise a regimen for an infection by E. coli, or another of the Enterobacterales, that makes
NDM or another metallo-beta-lactamase, or abstain and say what is missing.

Decision support for professionals; not clinically validated. Verify against local policy.

Examples:

\b
  ndm-advisor advise case.toml                advise one case
  ndm-advisor advise - < case.toml            the same from standard input
  ndm-advisor advise case.toml --format json  for programs
  ndm-advisor batch cases                     many cases, a worklist
  ndm-advisor what-if case.toml               what would change the answer
  ndm-advisor validate cases/*.toml           diagnostics only
  ndm-advisor new > case.toml                 a blank case to fill in
  ndm-advisor explain aztreonam-alone         what an id means, and why
"""
_MORE: Final = """
\b
More: ndm-advisor COMMAND --help
      ndm-advisor help exit-statuses
      ndm-advisor help environment
      ndm-advisor about, and README.md, which says how to report an error
"""
SETTINGS: Final = {"help_option_names": ["-h", "--help"]}


class Command(TyperCommand):
    """A command whose help prints its options in the sections they name, common ones first.

    It keeps the order in which options stood, for those that belong together.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # typer's own types
        """Parse as ever; the names of the options in their order go to the context's `meta`."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        ctx.meta[IN_ORDER] = tuple(parameter.name for parameter in order)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # typer's own types
        """Write one list per section, in the order of the parameters."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                is_argument = parameter.param_type_name == "argument"
                title = "Arguments" if is_argument else "Other options"
                named = getattr(parameter, "rich_help_panel", None) or title
                sections.setdefault(named, []).append(record)
        if len(sections) == 1 or list(sections) == ["Arguments", "Other options"]:
            sections = {k.replace("Other options", "Options"): v for k, v in sections.items()}
        order = sorted(sections, key=lambda title: title == "Other options")  # the rest comes last
        for title in order:
            records = sections[title]
            with formatter.section(title):
                formatter.write_dl(records)


def _show_version(value: bool) -> ExitStatus | None:  # noqa: FBT001  # typer passes it so
    if not value:
        return None
    from ndm_advisor.cli.base import version_of_base  # noqa: PLC0415

    typer.echo(f"ndm-advisor {VERSION}")
    typer.echo(f"knowledge {version_of_base()}")
    return ExitStatus.OK


def bare_program() -> typer.Typer:
    """A program with help and version and no command yet."""
    made = typer.Typer(
        help=_HELP,
        epilog=_MORE,
        context_settings=SETTINGS,
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    made.callback()(_root)
    return made


def _root(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=guarded(_show_version),
            is_eager=True,
            help="Print the versions of the tool and of its knowledge, and exit.",
        ),
    ] = False,
) -> None:
    pass


def add_advise(program: typer.Typer) -> None:
    """Give the program its first command."""
    from ndm_advisor.cli.commands import advise  # noqa: PLC0415  # a module of commands, not here

    add = program.command("advise", cls=Command, short_help="Advise on one case.", help=advise.HELP)
    add(guarded(advise.advise))
