"""The Typer program: its commands, its help, its version."""

from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand

from ndm_advisor.cli.commands import (
    about,
    advise,
    batch,
    completion,
    crcl,
    dose,
    explain,
    importing,
    knowledge,
    man,
    new,
    schedule,
    schema,
    selftest,
    teach,
    topics,
    validate,
    what_if,
)
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
  ndm-advisor advise case.toml                  advise one case
  ndm-advisor advise - < case.toml              the same from standard input
  ndm-advisor advise case.toml --format json    for programs
  ndm-advisor batch cases                       many cases, a worklist by urgency
  ndm-advisor what-if case.toml                 what would change the answer
  ndm-advisor validate cases/*.toml             diagnostics only
  ndm-advisor new > case.toml                   a blank case to fill in
  ndm-advisor explain aztreonam-alone           what an id stands for, and why
"""
_MORE: Final = """
\b
More: ndm-advisor COMMAND --help
      ndm-advisor help exit-statuses
      ndm-advisor help environment
"""
_SETTINGS: Final = {"help_option_names": ["-h", "--help"]}


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
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)


def _show_version(value: bool) -> ExitStatus | None:  # noqa: FBT001  # typer passes it so
    if not value:
        return None
    from ndm_advisor.cli.base import version_of_base  # noqa: PLC0415

    typer.echo(f"ndm-advisor {VERSION}")
    typer.echo(f"knowledge {version_of_base()}")
    return ExitStatus.OK


app = typer.Typer(
    help=_HELP,
    epilog=_MORE,
    context_settings=_SETTINGS,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
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


app.command("advise", cls=Command, short_help="Advise on one case.", help=advise.HELP)(
    guarded(advise.advise)
)
app.command("batch", cls=Command, short_help="Advise on many cases: a worklist.", help=batch.HELP)(
    guarded(batch.batch)
)
app.command("validate", cls=Command, short_help="Check case files; no advice.", help=validate.HELP)(
    guarded(validate.validate)
)
app.command("new", cls=Command, short_help="Print a blank case, or ask for one.", help=new.HELP)(
    guarded(new.new)
)
app.command("what-if", cls=Command, short_help="What would change the answer.", help=what_if.HELP)(
    guarded(what_if.what_if)
)
app.command(
    "explain", cls=Command, short_help="Say what an id stands for, and why.", help=explain.HELP
)(guarded(explain.explain))
app.command("dose", cls=Command, short_help="Look up a dose by drug and CrCl.", help=dose.HELP)(
    guarded(dose.dose)
)
app.command("crcl", cls=Command, short_help="Compute a creatinine clearance.", help=crcl.HELP)(
    guarded(crcl.crcl)
)
app.command(
    "schedule", cls=Command, short_help="Draw the first 24 hours of a regimen.", help=schedule.HELP
)(guarded(schedule.schedule))
app.command(
    "teach", cls=Command, short_help="Worked cases: commit, then compare.", help=teach.HELP
)(guarded(teach.teach))
app.command("schema", cls=Command, short_help="Print the JSON Schemas.", help=schema.HELP)(
    guarded(schema.schema)
)
app.command(
    "about", cls=Command, short_help="Intended use, limits, sources, versions.", help=about.HELP
)(guarded(about.about))
app.command(
    "selftest", cls=Command, short_help="Re-run the examples and checks.", help=selftest.HELP
)(guarded(selftest.selftest))
app.command("completion", cls=Command, short_help="Shell completion.", help=completion.HELP)(
    guarded(completion.completion)
)
app.command("man", cls=Command, short_help="The manual page.", help=man.HELP)(guarded(man.man))
app.command("help", cls=Command, short_help="Exit statuses, settings, commands.", help=topics.HELP)(
    guarded(topics.help_on)
)

_import = typer.Typer(
    help=importing.HELP,
    short_help="Laboratories' exports to case files.",
    context_settings=_SETTINGS,
    no_args_is_help=True,
    rich_markup_mode=None,
)
_import.command(
    "fhir", cls=Command, short_help="FHIR R4 bundles and bulk files.", help=importing.FHIR_HELP
)(guarded(importing.fhir))
_import.command(
    "hl7", cls=Command, short_help="HL7 version 2 results (ORU^R01).", help=importing.HL7_HELP
)(guarded(importing.hl7))
_import.command("whonet", cls=Command, short_help="WHONET exports.", help=importing.WHONET_HELP)(
    guarded(importing.whonet)
)
_import.command(
    "ncbi", cls=Command, short_help="Tables downloaded from NCBI.", help=importing.NCBI_HELP
)(guarded(importing.ncbi))
_import.command(
    "csv", cls=Command, short_help="Tables of your own, by a mapping file.", help=importing.CSV_HELP
)(guarded(importing.csv))
app.add_typer(_import, name="import")

_knowledge = typer.Typer(
    help=knowledge.HELP,
    short_help="Check, list, show and compare bases.",
    context_settings=_SETTINGS,
    no_args_is_help=True,
    rich_markup_mode=None,
)
_knowledge.command("check", cls=Command, help=knowledge.CHECK_HELP)(guarded(knowledge.check))
_knowledge.command("list", cls=Command, help=knowledge.LIST_HELP)(guarded(knowledge.list_))
_knowledge.command("show", cls=Command, help=knowledge.SHOW_HELP)(guarded(knowledge.show))
_knowledge.command("diff", cls=Command, help=knowledge.DIFF_HELP)(guarded(knowledge.diff))
app.add_typer(_knowledge, name="knowledge")
