"""The answer as JSON: the dataclasses' own keys in their own order, numbers as numbers.

The shape is the public contract (interface section 2); `json_schema` describes it in full.
"""

from __future__ import annotations

import math
import re
from typing import Final

import pydantic_core

from ndm_advisor.model.answer import CaseRef
from ndm_advisor.render.answer_schema import answer_schema

# Control, bidirectional and invisible characters that JSON allows raw but a terminal may obey.
_OBEYED: Final = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def to_json(made: object, *, indent: int | None = 2) -> bytes:
    """Write an answer or a look-up as UTF-8 JSON, without a final line end.

    `indent` None writes one line. Whole numbers print without a fraction, what is not a finite
    number as null; characters that a terminal would obey are written as escapes, which any JSON
    reader turns back.
    """
    raw = pydantic_core.to_json(to_data(made), indent=indent)
    if raw.isascii() and b"\x7f" not in raw:
        return raw
    return _OBEYED.sub(_escaped, raw.decode()).encode()


def to_data(value: object) -> object:
    """Turn an answer, or any part of it, into plain dicts, lists and scalars.

    Raises:
        TypeError: a value the contract does not know, which is a bug.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub(_escaped, value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dict):
        return {to_data(str(key)): to_data(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return _sequence(value)
    message = f"no JSON form for {type(value).__name__}"
    raise TypeError(message)


def json_schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of one answer."""
    return answer_schema()


def _sequence(value: tuple[object, ...] | list[object]) -> object:
    names: tuple[str, ...] | None = getattr(value, "_fields", None)
    if names is None:
        return [to_data(item) for item in value]
    data = {name: to_data(item) for name, item in zip(names, value, strict=True)}
    if isinstance(value, CaseRef) and value.line is None:
        del data["line"]  # only a line of an NDJSON or CSV file has one
    return data


def _number(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
