"""`schema`: the JSON Schemas of what goes in and what comes out."""

import json
from typing import Annotated, Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.errors import UsageError

HELP: Final = """
Print the JSON Schema of what goes in or comes out; without a name all, under their names.

\b
  case      a case file
  answer    what `advise --format json` writes
  refused   what a batch writes in the place of a case it refuses
  record    a line of a batch as ndjson: an answer or a refused case
  batch     what `batch --format json` writes

Examples:

\b
  ndm-advisor schema case
  ndm-advisor schema answer > answer.schema.json
  ndm-advisor schema batch

The schema of a case holds keys, types and words. What takes two keys to judge, names of drugs and
plausible ranges are checked by `ndm-advisor validate`.
"""
_WHICH: Final = ("case", "answer", "refused", "record", "batch")


def schema(
    which: Annotated[
        str | None,
        typer.Argument(metavar="|".join(_WHICH), show_default=False, help="Which of them."),
    ] = None,
) -> ExitStatus:
    """Print one schema or all."""
    if which is not None and which not in _WHICH:
        message = f"`{which}` has no schema; write one of {', '.join(_WHICH)}"
        raise UsageError(message)
    from ndm_advisor.cli.case_schema import case_schema  # noqa: PLC0415
    from ndm_advisor.cli.screen import write_out  # noqa: PLC0415
    from ndm_advisor.render import batch_schema as batch  # noqa: PLC0415
    from ndm_advisor.render.as_json import json_schema  # noqa: PLC0415

    made = {
        "case": case_schema,
        "answer": json_schema,
        "refused": batch.refused_schema,
        "record": batch.record_schema,
        "batch": batch.batch_schema,
    }
    document = made[which]() if which else {name: make() for name, make in made.items()}
    write_out(json.dumps(document, indent=2, ensure_ascii=True) + "\n")
    return ExitStatus.OK
