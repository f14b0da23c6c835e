"""A patient's numbers given as options: read and judged exactly as the same keys of a case file.

No value is repeated in a crash report, and none is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from ndm_advisor.errors import CaseError, Problem, UsageError

if TYPE_CHECKING:
    from ndm_advisor.model.case import Case
    from ndm_advisor.read.names import Names

_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_COMMA: Final = re.compile(r"[+-]?\d+,\d+")
# The organism and a site without a rule of its own: neither bears on a look-up of a dose.
_ORGANISM: Final = "Escherichia coli"
_NO_SITE: Final = "other"


def number_of(text: str | None, option: str) -> float | None:
    """The number an option gives; None where it was not given.

    Raises:
        UsageError: not a number, or one with a decimal comma.
    """
    if text is None:
        return None
    given = text.strip()
    if _NUMBER.fullmatch(given):
        return float(given)
    if _COMMA.fullmatch(given):
        message = f"{option}: `{given}`: write a decimal point, {given.replace(',', '.')}"
        raise UsageError(message)
    message = f"{option}: `{given}` is not a number; write it without its unit"
    raise UsageError(message)


def case_of(
    values: Mapping[str, object],
    options: Mapping[str, str],
    *,
    names: Names,
    on: date,
    site: str | None = None,
) -> Case:
    """A case that holds nothing but these values of its patient.

    Args:
        values: keys of the case's `patient` table; None = not given.
        options: the option behind each key, for messages.
        names: what the base calls things.
        on: the date of advice.
        site: the site of infection, where one was named.

    Raises:
        UsageError: every fault of the values, one a line, in the case reader's words.
    """
    from ndm_advisor.model.case import FORMAT  # noqa: PLC0415
    from ndm_advisor.read.case_file import build_case  # noqa: PLC0415

    document: dict[str, object] = {
        "format": FORMAT,
        "isolate": {"organism": _ORGANISM},
        "infection": {"site": site or _NO_SITE},
        "patient": {key: value for key, value in values.items() if value is not None},
    }
    try:
        case, warnings = build_case(document, names=names, on=on)
    except CaseError as error:
        faults = [p for p in error.problems if p.severity == "error"]
        raise UsageError("\n".join(_said(p, options) for p in faults)) from None
    if warnings:
        from ndm_advisor.cli.guard import say  # noqa: PLC0415

        say("\n".join(f"warning: {_said(p, options)}" for p in warnings))
    return case


def _said(problem: Problem, options: Mapping[str, str]) -> str:
    """A problem of the case reader under the name of its option."""
    key = (problem.key or "").rpartition(".")[2]
    named = options.get(key, f"--{key}" if key else "")
    message, hint = problem.message, "; ".join(t for t in (problem.help, problem.note) if t)
    for name, option in options.items():
        for written in (f"`patient.{name}`", f"`infection.{name}`", f"`{name}`"):
            message, hint = (t.replace(written, f"`{option}`") for t in (message, hint))
    return f"{named}: {message}{f' ({hint})' if hint else ''}"
