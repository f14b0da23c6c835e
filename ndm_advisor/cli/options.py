"""Options that several commands share, each written once."""

from typing import Annotated, Final

import typer

COMMON: Final = "Common options"
IN_ORDER: Final = "ndm_advisor.options_in_order"  # of a context's `meta`: options as they stood

Data = Annotated[
    str | None,
    typer.Option("--data", metavar="DIR", help="Knowledge base to use. [NDM_ADVISOR_DATA]"),
]
On = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="YYYY-MM-DD",
        rich_help_panel=COMMON,
        help="Date of advice; today if not given. [NDM_ADVISOR_ON]",
    ),
]
Linear = Annotated[
    bool, typer.Option("--linear", help="One `label: value` a line, for screen readers.")
]
TallMan = Annotated[
    bool,
    typer.Option("--tall-man/--no-tall-man", help="Write look-alike names as cefTAZidime."),
]
