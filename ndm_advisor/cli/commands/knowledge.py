"""`knowledge`: the base as those see it who edit and check it."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import COMMON, Data, Guideline, Linear, On, Region, TallMan
from ndm_advisor.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

HELP: Final = """
Check, list, show and compare knowledge bases.

Examples:

\b
  ndm-advisor knowledge check
  ndm-advisor knowledge list drugs
  ndm-advisor knowledge show aztreonam-alone
  ndm-advisor knowledge diff old-data data ward7
"""
CHECK_HELP: Final = """
Run every check of a knowledge base; the TOML files are enough, no Python is needed.

Examples:

\b
  ndm-advisor knowledge check                 the installed base
  ndm-advisor knowledge check ./data          another one
  ndm-advisor knowledge check --seal ./data   check it, then seal it

A seal says that this very content has passed, and spares the checks at every start.
Exit status 5: problems were found; each is on standard error with its file.
"""
LIST_HELP: Final = """
List the ids of one kind, or every kind with its number.

Examples:

\b
  ndm-advisor knowledge list
  ndm-advisor knowledge list alerts
"""
SHOW_HELP: Final = """
Show a record as it stands in the base: file, line and TOML. `explain` says it in words.

Examples:

\b
  ndm-advisor knowledge show aztreonam-alone
  ndm-advisor knowledge show 4.2/4b
"""
DIFF_HELP: Final = """
Show which records of two bases differ, and which of the given cases get other advice.

Examples:

\b
  ndm-advisor knowledge diff old-data data         records only
  ndm-advisor knowledge diff old-data data ward7   and what it changes
  ndm-advisor knowledge diff --guideline idsa-2026 --against simit-2022 ward7

OLD and NEW are directories of knowledge bases, each checked as by `knowledge check`. With --against
there is one base (--data) and the paths are cases: old is the advice under --guideline, or under
each case's own, and new is that under --against, the region held as it was settled for the old.

Cases are what `batch` takes: directories, globs, NDJSON, CSV, -. Each base reads them by its own
names; a case that only one of them refuses is different. Only cases that differ are shown, with
what the new side does to the advice; the counts at the end add up to all cases.
Exit status 0 whether or not anything differs; 3: some cases refused by both sides, 4: all;
5: a base is missing, or its checks find problems.
"""


def check(
    directory: Annotated[
        str | None,
        typer.Argument(metavar="DIR", show_default=False, help="The base to check."),
    ] = None,
    *,
    seal: Annotated[
        bool, typer.Option("--seal", help="Write seal.json into the base if all is well.")
    ] = False,
    data: Data = None,
) -> ExitStatus:
    """Check the whole base as if it had no seal."""
    from ndm_advisor.cli.base import directory_of_base  # noqa: PLC0415
    from ndm_advisor.cli.screen import write_out  # noqa: PLC0415
    from ndm_advisor.knowledge.files import read_files  # noqa: PLC0415
    from ndm_advisor.knowledge.load import (  # noqa: PLC0415
        checksum,
        find_base,
        load_unsealed,
    )

    base = find_base(directory_of_base(directory or data))
    files = read_files(base)
    sha256 = checksum(files)
    knowledge = load_unsealed(files, sha256)
    write_out(f"{base}: {len(files)} files, no problems\n")
    write_out(f"version {knowledge.version}, sha256 {sha256}\n")
    write_out(f"checked {knowledge.reviewed_on}, due {knowledge.review_due_on}\n")
    if seal:
        write_out(f"sealed: {_sealed(base)}\n")
    return ExitStatus.OK


def _sealed(base: "Path") -> "Path":
    from ndm_advisor.knowledge.load import write_seal  # noqa: PLC0415

    try:
        return write_seal(base)
    except OSError as error:
        message = f"{base}: the seal cannot be written: {error.strerror}"
        raise UsageError(message) from error


def list_(
    kind: Annotated[
        str | None,
        typer.Argument(metavar="KIND", show_default=False, help="For example drugs, alerts."),
    ] = None,
    *,
    data: Data = None,
) -> ExitStatus:
    """List ids."""
    from ndm_advisor.cli.screen import write_out  # noqa: PLC0415
    from ndm_advisor.cli.shelf import load_shelf  # noqa: PLC0415
    from ndm_advisor.explain.pages import KINDS, kind_named  # noqa: PLC0415

    chosen = kind_named(kind) if kind is not None else None
    if kind is not None and chosen is None:
        known = ", ".join(k.plural for k in KINDS)
        message = f"`{kind}` is no kind of record; write one of {known}"
        raise UsageError(message)
    shelf = load_shelf(data)
    if chosen is not None:
        lines = chosen.ids(shelf)
    else:
        lines = tuple(f"{k.plural}: {len(k.ids(shelf))} ({k.meaning})" for k in KINDS)
    write_out("".join(f"{line}\n" for line in lines))
    return ExitStatus.OK


def show(
    ident: Annotated[str, typer.Argument(metavar="ID", show_default=False, help="An id.")],
    *,
    data: Data = None,
) -> ExitStatus:
    """Print every record with this id as its file has it."""
    from ndm_advisor.cli.base import directory_of_base  # noqa: PLC0415
    from ndm_advisor.cli.record_text import records_with  # noqa: PLC0415
    from ndm_advisor.cli.screen import write_out  # noqa: PLC0415
    from ndm_advisor.knowledge.files import read_files  # noqa: PLC0415
    from ndm_advisor.knowledge.load import find_base  # noqa: PLC0415
    from ndm_advisor.render.text import visible  # noqa: PLC0415

    base = find_base(directory_of_base(data))
    found = list(records_with(ident, read_files(base)))
    if not found:
        from ndm_advisor.cli.shelf import load_shelf  # noqa: PLC0415
        from ndm_advisor.explain.pages import suggestions  # noqa: PLC0415

        near = suggestions(ident, load_shelf(data))
        meant = f"; did you mean {', '.join(near)}?" if near else ""
        message = f"no record has the id `{ident}`{meant}"
        raise UsageError(message)
    for number, record in enumerate(found):
        gap = "\n" if number else ""
        text = "\n".join(visible(line) for line in record.lines)
        write_out(f"{gap}# {record.file}:{record.line}\n{text}\n")
    return ExitStatus.OK


def diff(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            show_default=False,
            help="Two bases, then cases; with --against, cases only. - reads standard input.",
        ),
    ],
    *,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="PROFILE",
            rich_help_panel=COMMON,
            help="Compare guidelines instead of bases: this one is the new side.",
        ),
    ] = None,
    guideline: Guideline = None,
    region: Region = None,
    on: On = None,
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="text|plain|json",
            rich_help_panel=COMMON,
            help="json: `ndm-advisor schema diff` describes it. [NDM_ADVISOR_FORMAT]",
        ),
    ] = None,
    data: Data = None,
    linear: Linear = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colour; this page has none.")
    ] = False,
    tall_man: TallMan = False,
) -> ExitStatus:
    """Compare two bases, or two guidelines, and what they advise."""
    from ndm_advisor.cli.batch.judge import Plan  # noqa: PLC0415
    from ndm_advisor.cli.diff.run import Job, run  # noqa: PLC0415
    from ndm_advisor.cli.inputs import date_of_advice  # noqa: PLC0415
    from ndm_advisor.cli.screen import screen_for  # noqa: PLC0415

    directories, cases = _sides(tuple(paths), against, data)
    screen = screen_for(output_format, linear=linear, no_color=no_color, to_file=False)
    # refusals as JSON: their problems are taken from it
    plan = Plan(date_of_advice(on), data, guideline, region, trace=False, output_format="json")
    return run(Job(directories, against, cases, plan, screen, tall_man))


def _sides(
    paths: tuple[str, ...], against: str | None, data: str | None
) -> tuple[tuple[str, str] | None, tuple[str, ...]]:
    """The two bases, None where guidelines are compared; and the paths of the cases.

    Raises:
        UsageError: two ways of naming the bases, or not both of them.
    """
    if against is not None:
        return None, paths
    if data is not None:
        message = "--data: OLD and NEW name the bases; it goes with --against"
        raise UsageError(message)
    if len(paths) < 2:  # noqa: PLR2004  # old and new
        message = "name two bases, OLD and NEW; or --against PROFILE to compare guidelines"
        raise UsageError(message)
    return (paths[0], paths[1]), paths[2:]
