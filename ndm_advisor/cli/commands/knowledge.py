"""`knowledge`: the base as those see it who edit and check it."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import Data
from ndm_advisor.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

HELP: Final = """
Check, list and show the knowledge base.

Examples:

\b
  ndm-advisor knowledge check
  ndm-advisor knowledge list drugs
  ndm-advisor knowledge show aztreonam-alone
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
