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
NoColor = Annotated[bool, typer.Option("--no-color", help="No colour; this page has none.")]
Trace = Annotated[bool, typer.Option("--trace", help="Say on standard error what applied.")]
TallMan = Annotated[
    bool,
    typer.Option("--tall-man/--no-tall-man", help="Write look-alike names as cefTAZidime."),
]
Guideline = Annotated[
    str | None,
    typer.Option(
        metavar="PROFILE",
        rich_help_panel=COMMON,
        help="simit-2022, escmid-2022 or idsa-2026. [NDM_ADVISOR_GUIDELINE]",
    ),
]
Region = Annotated[
    str | None,
    typer.Option(
        metavar="EU|US", rich_help_panel=COMMON, help="Labels to use. [NDM_ADVISOR_REGION]"
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        rich_help_panel=COMMON,
        help="Change a key of the case first; KEY= takes it out. May be repeated.",
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Refuse knowledge that is overdue for review.")
]
WeightKg = Annotated[
    str | None,
    typer.Option("--weight-kg", metavar="KG", rich_help_panel=COMMON, help="Actual weight."),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="text|plain|json",
        rich_help_panel=COMMON,
        help="text on a terminal, plain when piped. [NDM_ADVISOR_FORMAT]",
    ),
]
CaseFile = Annotated[
    str,
    typer.Argument(
        metavar="CASE",
        show_default=False,
        help="Case file, TOML or JSON; - reads standard input.",
    ),
]
