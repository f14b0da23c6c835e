"""The answer as JSON: the dataclasses' own keys in their own order, numbers as numbers.

The shape is the public contract (interface section 2); `json_schema` describes it in full.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import pydantic_core

from ndm_advisor.model.answer import CaseRef, Cited, Monitoring, NotAssessed, Rejected
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
    data = _data(made)
    try:
        raw = pydantic_core.to_json(data, indent=indent)
    except (UnicodeError, pydantic_core.PydanticSerializationError):
        raw = pydantic_core.to_json(_without_surrogates(data), indent=indent)
    if raw.isascii() and b"\x7f" not in raw:
        return raw
    return _OBEYED.sub(_escaped, raw.decode()).encode()


def to_data(value: object) -> object:
    """Turn an answer, or any part of it, into plain dicts, lists and scalars.

    Raises:
        TypeError: a value the contract does not know, which is a bug.
    """
    return pydantic_core.to_jsonable_python(_data(value))  # what stayed a tuple becomes a list


def json_schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of one answer."""
    return answer_schema()


_Form = Callable[[Any], Any]


class _Forms(dict[type, _Form]):
    """What becomes of a value, by its type; a type not met before is looked into once."""

    def __missing__(self, kind: type) -> _Form:
        if hasattr(kind, "_fields"):
            form = _record(kind)
        elif issubclass(kind, str):
            form = str  # an enumeration of texts
        else:
            message = f"no JSON form for {kind.__name__}"
            raise TypeError(message)
        self[kind] = form
        return form


def _data(value: Any) -> Any:  # noqa: ANN401  # any part of an answer
    return value if type(value) in _PLAIN else _FORMS[type(value)](value)


def _record(kind: type) -> _Form:
    """A named tuple as an object with its own keys.

    Fields that stand in JSON as they are, by their declared type, are taken over unseen, and so
    are tuples of texts: most of an answer is of these, and a batch would spend a tenth of its time
    on looking at each.
    """
    declared = get_type_hints(kind)
    names: tuple[str, ...] = kind._fields  # type: ignore[attr-defined]  # a named tuple
    cited = tuple(name for name in names if declared[name] == tuple[Cited, ...])
    others = tuple(n for n in names if n not in cited and not _stands(declared[n]))

    def form(value: tuple[object, ...]) -> dict[str, Any]:
        data: dict[str, Any] = dict(zip(names, value, strict=False))  # as long as its type
        for name in cited:
            data[name] = list(map(_cited, data[name]))
        for name in others:
            item = data[name]
            if type(item) not in _PLAIN:
                data[name] = _FORMS[type(item)](item)
        return data

    return lru_cache(maxsize=1024)(form) if kind in _RECURRING else form


def _stands(declared: object) -> bool:
    """Whether every value of a declared type stands in JSON as it is; a tuple of texts does."""
    if get_origin(declared) in {Union, UnionType}:
        return all(_stands(part) for part in get_args(declared))
    is_plain = declared in _PLAIN or declared == tuple[str, ...]
    return is_plain or get_origin(declared) is Literal


def _case_ref(value: CaseRef) -> dict[str, Any]:
    data: dict[str, Any] = dict(zip(CaseRef._fields, value, strict=True))
    if value.line is None:
        del data["line"]  # only a line of an NDJSON or CSV file has one
    return data


@lru_cache(maxsize=4096)
def _cited(value: Cited) -> dict[str, str]:
    """A citation: one object for each of the base's, which most records of an answer share."""
    return dict(zip(Cited._fields, value, strict=True))


def _list(value: Iterable[object]) -> list[Any]:
    return [item if type(item) in _PLAIN else _FORMS[type(item)](item) for item in value]


def _object(value: Mapping[object, object]) -> dict[str, Any]:
    return {str(key): _data(item) for key, item in value.items()}


def _without_surrogates(data: Any) -> Any:  # noqa: ANN401  # plain dicts, lists and scalars
    """Half characters, which UTF-8 cannot hold, as escapes one can see."""
    if isinstance(data, str):
        return _SURROGATE.sub(_escaped, data)
    if isinstance(data, dict):
        return {_without_surrogates(key): _without_surrogates(v) for key, v in data.items()}
    return [_without_surrogates(item) for item in data] if isinstance(data, list | tuple) else data


def _number(value: float) -> float | int | None:
    if not math.isfinite(value):
        return None
    return int(value) if value.is_integer() else value


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


# Records of words alone, of which a few hundred recur from case to case: one object for each, like
# a citation. A number among the words would not do, since 1 and True are one key of a cache.
_RECURRING: Final[frozenset[type]] = frozenset({Monitoring, NotAssessed, Rejected})
# What stands in JSON as it is.
_PLAIN: Final[frozenset[type]] = frozenset({str, bool, int, type(None)})
_FORMS: Final = _Forms(
    {
        **dict.fromkeys(_PLAIN, lambda value: value),
        float: _number,
        tuple: _list,
        list: _list,
        dict: _object,
        CaseRef: _case_ref,
        Cited: _cited,
    }
)
