"""Orders as a learner types them: `ceftazidime-avibactam 2500 mg every 8 h over 3 h`.

Only the writing is read here. A drug is found whole, under any name the base holds, never by a part
of its name; whether an amount is allowed is judged by the reader of case files, in its words.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from ndm_advisor.errors import CaseInvalidError, Problem
from ndm_advisor.model.case import FORMAT, Order
from ndm_advisor.model.words import join_names
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.document import Document
from ndm_advisor.read.names import AMBIGUOUS_AZT, Names, drug_ids, is_azt, similar_drugs
from ndm_advisor.read.reading import ticked

DOSE_FORM: Final = (
    "All components of one administration, and the interval: 1000 mg every 12 hours over 1 hour; "
    "a single dose: 1000 mg once."
)
_MINUTES_PER_HOUR: Final = 60
# Between two drugs: a comma, semicolon or plus, or the words; a comma inside a number is none.
_BETWEEN: Final = re.compile(r"\s*[;\n]\s*|,(?=\s|$)\s*|\s*\+\s*|\s+(?:and|with)\s+", re.IGNORECASE)
_AMOUNT_STARTS: Final = re.compile(r"\s+(?=[.\d])")
_NUMBER: Final = r"(?<![\d.,])(\d+(?:\.\d+)?)"
_HOURS: Final = r"(?:hours?|hrs?|h)"
_DECIMAL_COMMA: Final = re.compile(r"\d,\d")
_REST_OF_A_CASE: Final[Document] = {
    "format": FORMAT,
    "isolate": {"organism": "Escherichia coli"},
    "infection": {"site": "other"},
}


_WORDS_OF_KEYS: Final = {
    "dose_mg_colistin_base": "`300 mg colistin base`",
    "dose_million_units": "`9 million units`",
    "dose_mg_polymyxin_b": "`100 mg polymyxin B`",
    "dose_units": "`1000000 units`",
    "dose_mg": "mg",
}


class NotUnderstoodError(ValueError):
    """An entry that cannot be an order; the message says what to write."""


class Typed(NamedTuple):
    """One drug as typed; `dose` is the text behind its name, "" when there is none."""

    drug: str
    dose: str


_FIELDS: Final = (
    ("dose_million_units", re.compile(rf"{_NUMBER}\s*million\s+units(?:\s+colistimethate)?\b")),
    ("dose_mg_colistin_base", re.compile(rf"{_NUMBER}\s*mg\s+colistin\s+base\b")),
    ("dose_mg_polymyxin_b", re.compile(rf"{_NUMBER}\s*mg\s+polymyxin\s+b\b")),
    ("dose_units", re.compile(rf"{_NUMBER}\s*units\b")),
    ("dose_mg", re.compile(rf"{_NUMBER}\s*mg(?:\s+(?:in\s+)?total)?\b(?!/)")),
    ("dose_g", re.compile(rf"{_NUMBER}\s*g(?:rams?)?(?:\s+(?:in\s+)?total)?\b(?!/)")),
)
_INTERVAL: Final = re.compile(rf"(?:every\s+|q\s*){_NUMBER}\s*(?:{_HOURS})?(?![\w.])")
_DAILY: Final = re.compile(r"(?:once\s+)?daily\b|every\s+day\b")
_ONCE: Final = re.compile(r"once\b|(?:as\s+)?a?\s*single\s+dose\b")
_OVER: Final = re.compile(rf"over\s+{_NUMBER}\s*{_HOURS}(?![\w.])")
_OVER_MINUTES: Final = re.compile(rf"over\s+{_NUMBER}\s*min(?:ute)?s?\b")
_ROUTE: Final = re.compile(r"\b(iv|intravenous(?:ly)?|by\s+mouth|orally|oral|po)\b")
_LOAD: Final = re.compile(r"(?:as\s+a\s+)?load(?:ing(?:\s+dose)?)?\b")


def read_drugs(text: str, names: Names) -> tuple[Typed, ...]:
    """The drugs of one line, each with what was written of its dose.

    Raises:
        NotUnderstoodError: a name that is unknown or ambiguous, with the names that are near.
    """
    found = tuple(_typed(entry, names) for entry in _BETWEEN.split(text.strip()) if entry)
    if not found:
        message = "write at least one drug"
        raise NotUnderstoodError(message)
    return found


def _typed(entry: str, names: Names) -> Typed:
    name, *dose = _AMOUNT_STARTS.split(entry.strip(), maxsplit=1)
    return Typed(_identified(name.strip(), names), dose[0] if dose else "")


def _identified(name: str, names: Names) -> str:
    """The one drug of this name.

    Raises:
        NotUnderstoodError: none, or more than one.
    """
    if is_azt(name):
        raise NotUnderstoodError(AMBIGUOUS_AZT)
    ids = drug_ids(name, names)
    if len(ids) == 1:
        return ids[0]
    if ids:
        message = f"{ticked(name)} may be {join_names(ids, 'or')}: write which"
        raise NotUnderstoodError(message)
    near = similar_drugs(name, names)
    meant = f"; did you mean {join_names(near, 'or')}? (not assumed)" if near else ""
    message = f"{ticked(name)} is no drug the tool knows{meant}"
    raise NotUnderstoodError(message)


def read_order(drug: str, dose: str, *, names: Names, on: date) -> tuple[Order, tuple[str, ...]]:
    """The order of a drug, with what the reader of case files remarks on it.

    An empty `dose` is an order whose dose is left open.

    Raises:
        NotUnderstoodError: it could stand in no case file.
    """
    fields: Document = {"drug": drug, **_fields(dose)}
    if drug in {"fosfomycin-iv", "fosfomycin-oral"}:
        fields["route"] = drug.removeprefix("fosfomycin-")
    try:
        case, remarks = build_case({**_REST_OF_A_CASE, "orders": [fields]}, names=names, on=on)
    except CaseInvalidError as error:
        first = next(p for p in error.problems if p.severity == "error")
        raise NotUnderstoodError(_as_typed(first)) from error
    return case.orders[0], tuple(r.message for r in remarks)


def _as_typed(problem: Problem) -> str:
    """What the reader of case files says, its keys in the words of this form."""
    said = f"{problem.message}: {problem.help}" if problem.help else problem.message
    for key, words in _WORDS_OF_KEYS.items():
        said = said.replace(f"`{key}`", words)
    return said


def _fields(dose: str) -> Document:
    """The keys of an order that `dose` says, part by part until nothing is left.

    Raises:
        NotUnderstoodError: something is left, or no amount was written.
    """
    if not dose:
        return {}
    if _DECIMAL_COMMA.search(dose):
        message = "no comma in a number: 2500 mg, or 2.5 g with a point"
        raise NotUnderstoodError(message)
    rest = dose.casefold()
    fields: Document = {}
    for key, pattern in _PARTS:
        match = pattern.search(rest)
        if match is not None and not (set(_said(key, match)) & set(fields)):
            fields.update(_said(key, match))
            rest = f"{rest[: match.start()]} {rest[match.end() :]}"
    left = rest.strip(" ,.")
    if left:
        raise NotUnderstoodError(f"{ticked(left)} is not understood. {DOSE_FORM}")
    if not any(key.startswith("dose_") for key in fields):
        raise NotUnderstoodError(f"no amount with its unit. {DOSE_FORM}")
    return fields


_PARTS: Final = (
    *_FIELDS,
    ("interval_h", _INTERVAL),
    ("daily", _DAILY),
    ("once", _ONCE),
    ("over_h", _OVER),
    ("over_minutes", _OVER_MINUTES),
    ("route", _ROUTE),
    ("kind", _LOAD),
)


def _said(key: str, match: re.Match[str]) -> Document:
    """What one part of an entry stands for among the keys of an order."""
    value = float(match[1]) if match.re.groups and match[1][0].isdigit() else 0.0
    said: dict[str, Document] = {
        "dose_g": {"dose_mg": round(value * 1000, 6)},
        "daily": {"interval_h": 24},
        "once": {},
        "over_h": {"infusion_h": value},
        "over_minutes": {"infusion_h": value / _MINUTES_PER_HOUR},
        "route": {"route": "iv" if match[0].startswith("i") else "oral"},
        "kind": {"kind": "loading"},
    }
    return said.get(key, {key: value})
