"""Kinds of answer: what may be written, how it is read, how it is shown.

Only the writing is read here. Whether a value is allowed and plausible is judged by the reader of
case files, with the same words: what cannot be read is passed on to it as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from ndm_advisor.model.case import panel_result
from ndm_advisor.model.mic import CATEGORIES
from ndm_advisor.model.names import fold
from ndm_advisor.model.quantities import Range
from ndm_advisor.read.reading import number_text, shown

NONE: Final = "none"


class NotReadError(ValueError):
    """An answer that no case file could hold; the message says what to write."""


class Choice(NamedTuple):
    """One of `values`, by its number or its name."""

    values: tuple[str, ...]


class Menu(NamedTuple):
    """One of `options` (text on the screen, value), by number or text."""

    options: tuple[tuple[str, object], ...]


class Number(NamedTuple):
    """A number in the unit of `limits`."""

    limits: Range


class Day(NamedTuple):
    """A date not after the date of advice."""


class Text(NamedTuple):
    """Free text; `hint` says what is wanted."""

    hint: str


class Several(NamedTuple):
    """Names with commas between them, or `none`. `values` are the only ones allowed, if any."""

    hint: str
    values: tuple[str, ...] = ()


class Allergens(NamedTuple):
    """As `Several`; each name becomes an entry of its own with a reaction to ask for."""

    hint: str


class Result(NamedTuple):
    """A row of the panel."""


class DrugName(NamedTuple):
    """The name of a drug on the panel; `hint` names some."""

    hint: str


Answer = Choice | Menu | Number | Day | Text | Several | Allergens | Result | DrugName

YES_NO: Final = Menu((("yes", True), ("no", False)))

_NUMBER: Final = re.compile(r"([+-]?\d{1,15}(?:\.\d{1,12})?)\s*([A-Za-z%].*)?", re.ASCII)
_ZONE: Final = re.compile(r"\s*(?:zone\s*)?(\d{1,3}(?:\.\d+)?)\s*mm\b|\s*zone\s*(\d{1,3})\b", re.I)
_MIC_UNIT: Final = re.compile(r"^mic\s*|\s*mg/l$", re.IGNORECASE)
_PAUSE: Final = re.compile(r"[,;](?=\s|$)")  # between two parts, not inside a number
_DAYS_BACK: Final = {"today": 0, "yesterday": 1}


# -- what may be written --


def allowed(answer: Answer, on: date) -> str:
    """The line under a question: values, unit and range, or form."""
    match answer:
        case Choice() | Menu():
            return _numbered(_labels(answer))
        case Number(limits):
            low, high = number_text(float(limits.low)), number_text(float(limits.high))
            return f"A number in {limits.unit}, {low} to {high}."
        case Day():
            return f"A date as YYYY-MM-DD, not after {on.isoformat()}; or today, yesterday."
        case Result():
            return "S, I, SDD, R, NS; MIC in mg/L as 0.5 or >32; zone 23 mm; pending."
        case Several() | Allergens() | Text() | DrugName():
            values = answer.values if isinstance(answer, Several) else ()
            return f"{answer.hint} {_numbered(values)}".strip()


def _labels(answer: Choice | Menu) -> tuple[str, ...]:
    if isinstance(answer, Choice):
        return answer.values
    return tuple(label for label, _ in answer.options)


def _numbered(values: tuple[str, ...]) -> str:
    return "; ".join(f"{n} = {value}" for n, value in enumerate(values, 1))


# -- reading --


def read(answer: Answer, text: str, on: date) -> object:
    """The value for the document of a case; text that cannot be read is returned as it stands.

    Raises:
        NotReadError: it could not stand in any case file.
    """
    match answer:
        case Choice(values):
            return _one_of(text, values)
        case Menu(options):
            return _from_menu(text, options)
        case Number(limits):
            return _number(text, limits)
        case Day():
            back = _DAYS_BACK.get(text.casefold())
            return text if back is None else on - timedelta(days=back)
        case Result():
            return _result(text)
        case Several() | Allergens() | Text() | DrugName():
            return _words(answer, text)


def _words(answer: Several | Allergens | Text | DrugName, text: str) -> object:
    if isinstance(answer, Several):
        return [_one_of(name, answer.values) for name in _names(text)]
    return [{"drug": name} for name in _names(text)] if isinstance(answer, Allergens) else text


def _one_of(text: str, values: tuple[str, ...]) -> str:
    """The value of this number or name; case, spaces and hyphens do not count."""
    if text.isascii() and text.isdecimal() and 0 < int(text) <= len(values):
        return values[int(text) - 1]
    return next((value for value in values if fold(value) == fold(text)), text)


def _from_menu(text: str, options: tuple[tuple[str, object], ...]) -> object:
    labels = tuple(label for label, _ in options)
    chosen = _one_of(text, labels)
    for label, value in options:
        if label == chosen:
            return value
    raise NotReadError(f"{shown(text)} is not one of them: write {' or '.join(labels)}")


def _number(text: str, limits: Range) -> object:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    if match[2] and match[2].casefold() != limits.unit.casefold():
        raise NotReadError(f"{shown(text)}: write the number in {limits.unit}, without a unit")
    return float(match[1]) if "." in match[1] else int(match[1])


def _names(text: str) -> list[str]:
    if fold(text) in {NONE, "no"}:
        return []
    if fold(text) == "yes":
        message = "write the names, with commas between them"
        raise NotReadError(message)
    names = [name.strip() for name in re.split(r"[,;]", text)]
    return list(dict.fromkeys(name for name in names if name))


def _result(text: str) -> object:
    """A row from its parts in any order; text without a known part is returned as it stands."""
    whole = next((c for c in CATEGORIES if c.casefold() == text.casefold()), None)
    if whole is not None:
        return {"category": whole}
    row: dict[str, object] = {}
    if zone := _ZONE.search(text):
        row["zone_mm"] = float(zone[1] or zone[2])
        text = text[: zone.start()] + text[zone.end() :]
    words = _PAUSE.sub(" ", text).split()
    for category in CATEGORIES:
        found = [word for word in words if word.casefold() == category.casefold()]
        if found and "category" not in row:
            row["category"] = category
            words.remove(found[0])
    mic = _MIC_UNIT.sub("", " ".join(words)).strip()
    if not row:
        return mic
    return row | ({"mic_mg_l": mic} if mic else {})


def as_row(given: object) -> dict[str, object]:
    """A panel row as a table, whichever way it was written."""
    if isinstance(given, Mapping):
        return dict(given)
    return dict(panel_result(str(given)))


# -- showing --


def shown_value(answer: Answer, value: object) -> str:
    """A value as the summary and the questions show it."""
    match answer:
        case Menu(options):
            return next((label for label, own in options if own == value), str(value))
        case Number(limits):
            return f"{number_text(value)} {limits.unit}"
        case Result():
            return _shown_row(as_row(value))
        case Several() | Allergens():
            return _shown_names(value)
        case Choice() | Day() | Text() | DrugName():
            return number_text(value)


def _shown_row(row: dict[str, object]) -> str:
    parts = [str(row["category"])] if "category" in row else []
    if "mic_mg_l" in row:
        parts.append(f"MIC {row['mic_mg_l']} mg/L")
    if "zone_mm" in row:
        parts.append(f"zone {number_text(row['zone_mm'])} mm")
    if "standard" in row:
        parts.append(f"by {row['standard']}")
    return ", ".join(parts)


def _shown_names(value: object) -> str:
    entries = value if isinstance(value, list) else []
    names = [str(e.get("drug", "")) if isinstance(e, Mapping) else str(e) for e in entries]
    return ", ".join(names) if names else NONE
