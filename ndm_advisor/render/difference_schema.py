"""JSON Schema of `knowledge diff --format json`, kept beside the contract it describes."""

from __future__ import annotations

from typing import Final

from ndm_advisor.render.answer_schema import (
    COUNT_OR_NULL,
    DAY,
    FLAG,
    FLIPS,
    OUTCOMES,
    SCHEMA_ID,
    SHA,
    TEXT,
    TEXT_OR_NULL,
    TEXTS,
    WORDS,
    Schema,
    a,
    many,
    one_of,
    record,
)

_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_ANY: Final[Schema] = {}  # a value of a base, of any kind
_ONE_SIDE: Final[Schema] = {"anyOf": [a("Answer"), a("Refused")]}

_RECORDS: Final[dict[str, Schema]] = {
    "Side": record(directory=TEXT_OR_NULL, version=WORDS, sha256=SHA, guideline=TEXT_OR_NULL),
    "KeyChange": record(key=WORDS, old=_ANY, new=_ANY),
    "RecordChange": record(
        file=WORDS,
        kind=TEXT,
        id=WORDS,
        change=one_of("added", "removed", "changed"),
        keys=many("KeyChange"),
    ),
    "CaseRef": record(
        optional=("line",),
        id=TEXT_OR_NULL,
        path=TEXT_OR_NULL,
        sha256={"type": "null"},
        line=COUNT_OR_NULL,
    ),
    "Answer": record(
        guideline=WORDS,
        region=one_of("EU", "US"),
        outcome=one_of(*OUTCOMES),
        reason=TEXT,
        preferred=TEXTS,
        alternative=TEXTS,
        last_resort=TEXTS,
        provisional=TEXTS,
        stops=TEXTS,
        dose_pending=FLAG,
        doses=TEXTS,
    ),
    "Refused": record(problems=many("Problem")),
    "Problem": record(
        code=WORDS,
        severity=one_of("error", "warning"),
        key=TEXT_OR_NULL,
        line=COUNT_OR_NULL,
        column=COUNT_OR_NULL,
        message=WORDS,
        help=TEXT_OR_NULL,
    ),
    "CaseDifference": record(
        case=a("CaseRef"),
        change=one_of("different", "refused"),
        flips={"type": "array", "items": one_of(*FLIPS, "reason", "refused")},
        says=WORDS,
        doses={"type": "array", "items": TEXTS, "minItems": 2, "maxItems": 2},
        old=_ONE_SIDE,
        new=_ONE_SIDE,
    ),
}


def difference_schema() -> Schema:
    """Return the schema: a fresh dict that the caller may change."""
    return {
        "$schema": SCHEMA_ID,
        "title": "ndm_advisor difference",
        "description": "What differs between two bases or two guidelines, version 1. "
        "`records` and `redated` are null where guidelines are compared.",
        **record(
            schema_version={"const": "1"},
            advised_on=DAY,
            old=a("Side"),
            new=a("Side"),
            records={"anyOf": [many("RecordChange"), {"type": "null"}]},
            redated={"type": ["integer", "null"], "minimum": 0},
            cases=many("CaseDifference"),
            totals=record(cases=_COUNT, same=_COUNT, different=_COUNT, refused=_COUNT),
        ),
        "$defs": dict(_RECORDS),
    }
