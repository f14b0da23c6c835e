"""The answer as JSON: the dataclasses' own keys in their own order, numbers as numbers.

The shape is the public contract (interface section 2); `json_schema` describes it in full.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeVar

import pydantic_core

from ndm_advisor.model.answer import CaseRef, Cited
from ndm_advisor.render.answer_schema import answer_schema

# Control, bidirectional and invisible characters that JSON allows raw but a terminal may obey.
_OBEYED: Final = re.compile("[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_Scalar = TypeVar("_Scalar", bool, int, None)
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
    return _FORMS[type(value)](value)


def json_schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of one answer."""
    return answer_schema()


_Form = Callable[[Any], Any]


class _Forms(dict[type, _Form]):
    """What becomes of a value, by its type; a type not met before is looked into once."""

    def __missing__(self, kind: type) -> _Form:
        names: tuple[str, ...] | None = getattr(kind, "_fields", None)
        if names is not None:
            form = _record(names)
        elif issubclass(kind, str):
            form = _text  # an enumeration of texts
        else:
            message = f"no JSON form for {kind.__name__}"
            raise TypeError(message)
        self[kind] = form
        return form


def _record(names: tuple[str, ...]) -> _Form:
    """A named tuple as an object with its own keys."""

    def form(value: tuple[object, ...]) -> dict[str, Any]:
        return {name: _FORMS[type(item)](item) for name, item in zip(names, value, strict=True)}

    return form


def _case_ref(value: CaseRef) -> dict[str, Any]:
    data: dict[str, Any] = _record(CaseRef._fields)(value)
    if value.line is None:
        del data["line"]  # only a line of an NDJSON or CSV file has one
    return data


@lru_cache(maxsize=4096)
def _cited(value: Cited) -> dict[str, str]:
    """A citation: one object for each of the base's, which most records of an answer share."""
    return dict(zip(Cited._fields, map(_text, value), strict=True))


def _list(value: Iterable[object]) -> list[Any]:
    return [_FORMS[type(item)](item) for item in value]


def _object(value: Mapping[object, object]) -> dict[str, Any]:
    return {_text(str(key)): _FORMS[type(item)](item) for key, item in value.items()}


def _text(value: str) -> str:
    return value if value.isascii() else _SURROGATE.sub(_escaped, value)


def _same(value: _Scalar) -> _Scalar:
    return value


def _number(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


_FORMS: Final = _Forms(
    {
        str: _text,
        bool: _same,
        int: _same,
        float: _number,
        type(None): _same,
        tuple: _list,
        list: _list,
        dict: _object,
        CaseRef: _case_ref,
        Cited: _cited,
    }
)
