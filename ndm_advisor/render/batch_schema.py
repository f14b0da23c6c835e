"""JSON Schemas of what `batch` writes, kept by hand beside the contract (interface section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ndm_advisor.render.answer_schema import (
    ANSWER,
    RECORDS,
    SCHEMA_ID,
    TEXT_OR_NULL,
    WORDS,
    Schema,
    a,
    many,
    one_of,
    record,
)

CHANGES: Final = ("new", "advice", "case", "rules", "local file", "settings")

_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_PLACE: Final[Schema] = {"type": ["integer", "null"], "minimum": 1}

_RECORDS: Final[Mapping[str, Schema]] = {
    "Problem": record(
        code={"type": "string", "pattern": r"^[EW]\d{3}$"},
        severity=one_of("error", "warning"),
        key=TEXT_OR_NULL,
        line=_PLACE,
        column=_PLACE,
        message=WORDS,
        help=TEXT_OR_NULL,
    ),
    "RefusedCase": record(
        optional=("line",),
        id=TEXT_OR_NULL,
        path=TEXT_OR_NULL,
        line={"type": "integer", "minimum": 1},
        sha256={"type": "null"},
    ),
    "Since": record(
        changed={"type": "array", "items": one_of(*CHANGES), "minItems": 1, "uniqueItems": True}
    ),
}

_REFUSED: Final = record(
    optional=("since",),
    schema_version={"const": "1"},
    case=a("RefusedCase"),
    error=record(problems={**many("Problem"), "minItems": 1}),
    since=a("Since"),
)

_RECORD: Final[Schema] = {"anyOf": [a("Answer"), a("Refused")]}

_BATCH: Final = record(
    optional=("since",),
    schema_version={"const": "1"},
    totals=record(cases=_COUNT, stop=_COUNT, not_assessed=_COUNT, caution=_COUNT, no_alert=_COUNT),
    since=record(shown=_COUNT, unchanged=_COUNT, gone=_COUNT),
    cases=many("Record"),
)


def refused_schema() -> Schema:
    """Return the schema of the record that stands in the place of a refused case."""
    said = "A case that could not be read or assessed, with every problem and its place."
    return _published("ndm_advisor refused case", said, _REFUSED, _RECORDS)


def record_schema() -> Schema:
    """Return the schema of one record of a batch: a line of NDJSON, a member of `cases`."""
    said = "One case of a batch: an answer, or the problems of a refused case."
    return _published("ndm_advisor batch record", said, _RECORD, _of_records())


def batch_schema() -> Schema:
    """Return the schema of what `batch --format json` writes."""
    said = "A batch: totals that add up, the records in worklist order."
    return _published("ndm_advisor batch", said, _BATCH, {**_of_records(), "Record": _RECORD})


def _of_records() -> dict[str, Schema]:
    return {**RECORDS, **_RECORDS, "Answer": _answer(), "Refused": _REFUSED}


def _answer() -> Schema:
    """An answer as `advise` gives it; with `--since` it says what changed."""
    properties = ANSWER["properties"]
    assert isinstance(properties, dict)  # noqa: S101  # `record` made it
    return {**ANSWER, "properties": {**properties, "since": a("Since")}}


def _published(title: str, said: str, shape: Schema, records: Mapping[str, Schema]) -> Schema:
    head: Schema = {"$schema": SCHEMA_ID, "title": title, "description": said}
    return {**head, **shape, "$defs": dict(records)}
