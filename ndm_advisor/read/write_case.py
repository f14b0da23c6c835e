"""A case as the text of a case file: the way back from `read_case`.

What is absent is not written. The text reads back as the same case; names of drugs stand as the
model has them, organisms as they are printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Final

from ndm_advisor.model.case import Case
from ndm_advisor.read.reading import number_text

_HEAD: Final = """\
# Case file for ndm-advisor. A key that is absent is not known: never "no", never "S".
# It is to hold no name, date of birth or hospital number.
"""
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_TABLES: Final = ("isolate", "panel", "infection", "patient", "hospital")
_OWN_TABLES: Final = ("results", "stock")  # written under a header of their own
_READERS_OWN: Final = "drug_id"  # the reader finds it again
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}

Table = Mapping[str, object]


def to_toml(case: Case) -> str:
    """The case file of `case`; `read_case` makes the same case of it."""
    document = case.model_dump(exclude_none=True)
    document["isolate"]["organism"] = organism_name(case.isolate.organism)
    if case.patient.medicines is not None:
        document["patient"]["medicines"] = [medicine.drug for medicine in case.patient.medicines]
    lines = [_HEAD, *_pairs({k: v for k, v in document.items() if _is_top(k)})]
    for table in _TABLES:
        lines.extend(_table(table, document[table]))
    for order in document["orders"]:
        lines.extend(("", "[[orders]]", *_pairs(_in_file(order))))
    return "\n".join(lines) + "\n"


def organism_name(organism: str) -> str:
    """An organism as it is printed: a canonical id has hyphens for its spaces.

    >>> organism_name("escherichia-coli")
    'Escherichia coli'
    """
    return organism.replace("-", " ").capitalize()


def _is_top(key: str) -> bool:
    return key != "orders" and key not in _TABLES


def _table(name: str, table: Table) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if key not in _OWN_TABLES}
    if plain:
        yield from ("", f"[{name}]", *_pairs(plain))
    for key in _OWN_TABLES:
        rows = table.get(key)
        if isinstance(rows, Mapping) and rows:
            shown = {drug: _short(row) for drug, row in rows.items()}
            yield from ("", f"[{name}.{key}]", *_pairs(shown))


def _short(row: object) -> object:
    """A panel row that holds a category or an MIC alone is that text."""
    if isinstance(row, Mapping) and len(row) == 1 and row.keys() <= {"category", "mic_mg_l"}:
        return next(iter(row.values()))
    return row


def _pairs(table: Table) -> Iterator[str]:
    for key, value in table.items():
        yield f"{_key(key)} = {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, int | float | date | time):
        return number_text(value)
    if isinstance(value, Mapping):
        fields = _in_file(value)
        return "{ " + ", ".join(_pairs(fields)) + " }" if fields else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    raise TypeError(value)


def _in_file(row: Table) -> Table:
    return {key: value for key, value in row.items() if key != _READERS_OWN}


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    # TOML takes no control character as it stands; the others that cannot be seen are spelt out too
    return character if character.isprintable() else f"\\U{ord(character):08x}"
