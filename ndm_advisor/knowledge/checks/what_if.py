"""The list of what could be different changes only what a case file can say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ndm_advisor.knowledge.checks.walk import Trees, said
from ndm_advisor.model.case import FORMAT, Case, Infection, Isolate

_FILE: Final = "what-if.toml"
_MOST_AT_FIRST: Final = 38  # with the two clearances, 40 comparisons for the first screen
_DRUG: Final = "{drug}"
_STANDS_FOR_IT: Final = "ciprofloxacin"


def problems(trees: Trees) -> Iterator[str]:
    """Keys and values no case can have, a fact twice, more on the first screen than it may try."""
    variables = trees[_FILE]["variable"]
    keys = [variable["key"] for variable in variables]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield said(_FILE, key, "stands twice")
    for variable in variables:
        yield from _variable(variable)
    short = sum(bool(value.get("short")) for v in variables for value in v["value"])
    if short > _MOST_AT_FIRST:
        yield said(_FILE, "short", f"{short} values; the first screen tries {_MOST_AT_FIRST}")


def _variable(variable: dict[str, Any]) -> Iterator[str]:
    key = variable["key"]
    if (_DRUG in key) != ("each" in variable):
        yield said(_FILE, key, "`{drug}` and `each` belong together")
    if not variable["value"] and "values_from" not in variable:
        yield said(_FILE, key, "has no value to try")
    if not variable.get("changes") and not variable.get("missing"):
        yield said(_FILE, key, "is neither changed nor weighed while missing")
    for value in variable["value"]:
        for changed, new in {
            **value.get("set", {}),
            **dict.fromkeys(value.get("clear", ())),
        }.items():
            if (fault := _fault(changed.replace(_DRUG, _STANDS_FOR_IT), new)) is not None:
                yield said(_FILE, key, f"`{value['says']}`: {fault}")


def _fault(key: str, new: object) -> str | None:
    """Why no case can have the value, by setting it in one."""
    blank = Case(
        format=FORMAT,
        isolate=Isolate(organism="escherichia-coli"),
        infection=Infection(site="bloodstream"),
    )
    try:
        blank.with_(key, new)
    except KeyError:
        return f"a case file has no key `{key}`" if new is not None else None
    except ValueError:
        return f"`{key}` cannot be {new!r}"
    return None
