"""`explain`: what an id stands for."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import Data, Linear, TallMan
from ndm_advisor.errors import UsageError

if TYPE_CHECKING:
    from ndm_advisor.explain.page_parts import Shelf

HELP: Final = """
Explain an id of an answer: an alert, regimen, drug, rule, row, breakpoint, source or claim.

Examples:

\b
  ndm-advisor explain aztreonam-alone                   an alert
  ndm-advisor explain ceftazidime-avibactam+aztreonam   a regimen
  ndm-advisor explain cefiderocol                       a drug, a regimen
  ndm-advisor explain 4.2/4b                            a row of a table
  ndm-advisor explain IDSA26                            a source
  ndm-advisor explain claims                            every claim
  ndm-advisor explain alerts                            every alert
  ndm-advisor explain                                   every kind
"""


def explain(
    ident: Annotated[
        str | None,
        typer.Argument(
            metavar="ID", show_default=False, help="An id, the name of a drug, or a kind of id."
        ),
    ] = None,
    *,
    data: Data = None,
    linear: Linear = False,
    tall_man: TallMan = False,
) -> ExitStatus:
    """Print every page of the id."""
    from ndm_advisor.cli.pages import write_page  # noqa: PLC0415
    from ndm_advisor.cli.shelf import load_shelf  # noqa: PLC0415
    from ndm_advisor.explain.list_pages import listing  # noqa: PLC0415
    from ndm_advisor.explain.pages import kind_named, pages  # noqa: PLC0415
    from ndm_advisor.read.names import is_azt  # noqa: PLC0415

    shelf = load_shelf(data)
    if ident is None:
        _list_kinds(shelf, linear=linear)
        return ExitStatus.OK
    if (kind := kind_named(ident.strip().casefold())) is not None:
        title = f"{kind.plural.upper()}: {kind.meaning}"
        write_page(title, listing(kind, shelf), linear=linear, tall_man=tall_man)
        return ExitStatus.OK
    found = () if is_azt(ident) else pages(ident, shelf)
    if not found:
        raise UsageError(_unknown(ident, shelf))
    for number, page in enumerate(found):
        if number:
            typer.echo()
        title = f"{page.kind.upper()} {page.id}"
        write_page(title, page.sections, linear=linear, tall_man=tall_man)
    return ExitStatus.OK


def _list_kinds(shelf: "Shelf", *, linear: bool) -> None:
    from ndm_advisor.cli.pages import write_page  # noqa: PLC0415
    from ndm_advisor.explain.page_parts import Section  # noqa: PLC0415
    from ndm_advisor.explain.pages import KINDS  # noqa: PLC0415

    sections = []
    for kind in KINDS:
        ids = kind.ids(shelf)
        example = f"; for example {ids[0]}" if ids else ""
        sections.append(Section(kind.name, (f"{kind.meaning}: {len(ids)}{example}",)))
    write_page("Kinds of id; `ndm-advisor explain KIND` lists them", sections, linear=linear)


def _unknown(ident: str, shelf: "Shelf") -> str:
    from ndm_advisor.explain.pages import suggestions  # noqa: PLC0415
    from ndm_advisor.read.names import AMBIGUOUS_AZT, is_azt  # noqa: PLC0415

    if is_azt(ident):
        return AMBIGUOUS_AZT
    near = suggestions(ident, shelf)
    meant = f"; did you mean {', '.join(near)}?" if near else ""
    return f"no record has the id `{ident}`{meant}\n`ndm-advisor explain` lists the kinds of id"
