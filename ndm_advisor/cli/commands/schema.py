"""`schema`: the JSON Schemas of what goes in and what comes out."""

import json
from typing import Annotated, Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.errors import UsageError

HELP: Final = """
Print the JSON Schema of a case, of an answer or of `knowledge diff`; without a name all,
under their names.

Examples:

\b
  ndm-advisor schema case
  ndm-advisor schema answer > answer.schema.json

The schema of a case holds keys, types and words. What takes two keys to judge, names of drugs and
plausible ranges are checked by `ndm-advisor validate`.
"""
_WHICH: Final = ("case", "answer", "diff")


def schema(
    which: Annotated[
        str | None,
        typer.Argument(metavar="case|answer|diff", show_default=False, help="Which of them."),
    ] = None,
) -> ExitStatus:
    """Print one schema or all."""
    if which is not None and which not in _WHICH:
        message = f"`{which}` has no schema; write one of {', '.join(_WHICH)}"
        raise UsageError(message)
    from ndm_advisor.cli.case_schema import case_schema  # noqa: PLC0415
    from ndm_advisor.cli.screen import write_out  # noqa: PLC0415
    from ndm_advisor.render.as_json import json_schema  # noqa: PLC0415
    from ndm_advisor.render.difference_schema import difference_schema  # noqa: PLC0415

    made = {"case": case_schema, "answer": json_schema, "diff": difference_schema}
    document = made[which]() if which else {name: make() for name, make in made.items()}
    write_out(json.dumps(document, indent=2, ensure_ascii=True) + "\n")
    return ExitStatus.OK
