"""The Typer program with all its commands."""

import typer

from ndm_advisor.cli.commands import (
    about,
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
from ndm_advisor.cli.guard import guarded
from ndm_advisor.cli.root import SETTINGS, Command, add_advise, bare_program

app = bare_program()
add_advise(app)
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
    context_settings=SETTINGS,
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
    context_settings=SETTINGS,
    no_args_is_help=True,
    rich_markup_mode=None,
)
_knowledge.command(
    "check",
    cls=Command,
    short_help="Run every check of a knowledge base.",
    help=knowledge.CHECK_HELP,
)(guarded(knowledge.check))
_knowledge.command(
    "list",
    cls=Command,
    short_help="List the ids of one kind, or every kind.",
    help=knowledge.LIST_HELP,
)(guarded(knowledge.list_))
_knowledge.command(
    "show",
    cls=Command,
    short_help="Show a record as it stands in the base.",
    help=knowledge.SHOW_HELP,
)(guarded(knowledge.show))
_knowledge.command(
    "diff",
    cls=Command,
    short_help="What differs between two bases, and for whom.",
    help=knowledge.DIFF_HELP,
)(guarded(knowledge.diff))
app.add_typer(_knowledge, name="knowledge")
