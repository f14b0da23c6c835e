"""A document as the text of a case file, whatever stands in it: valid, hostile or without sense."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from typing import Any, Final

from ndm_advisor.read.tables import is_text, key_of_column

Document = dict[str, Any]
Reader = str  # "toml" | "json" | "ndjson" | "csv"

_INNER: Final = ("results", "stock")  # tables of a table that have a header of their own


def as_toml(documents: Sequence[Document]) -> str:
    """The first document as TOML; what TOML cannot say is written and will be refused."""
    document = documents[0]
    tables = {key: value for key, value in document.items() if isinstance(value, Mapping)}
    orders = document.get("orders")
    listed = isinstance(orders, list) and all(isinstance(order, Mapping) for order in orders)
    apart = {*tables, "orders"} if listed else set(tables)
    lines = _pairs({key: value for key, value in document.items() if key not in apart})
    for name, table in tables.items():
        inner = {k: v for k, v in table.items() if k in _INNER and isinstance(v, Mapping)}
        lines += [f"[{_key(name)}]", *_pairs({k: v for k, v in table.items() if k not in inner})]
        for key, rows in inner.items():
            lines += [f"[{_key(name)}.{_key(key)}]", *_pairs(rows)]
    for order in orders or () if listed else ():
        lines += ["[[orders]]", *_pairs(order)]
    return "\n".join(lines) + "\n"


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{_key(key)} = {toml_value(value)}" for key, value in table.items()]


def _key(key: object) -> str:
    text = str(key)
    is_bare = text.isascii() and text.replace("-", "").replace("_", "").isalnum()
    return text if is_bare else _string(text)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_value(value: object) -> str:
    """One value inline."""
    match value:
        case bool():
            written = "true" if value else "false"
        case str() | None:
            written = _string(value or "")
        case date() | time():
            written = value.isoformat()
        case Mapping():
            written = "{ " + ", ".join(_pairs(value)) + " }"
        case list() | tuple():
            written = "[" + ", ".join(map(toml_value, value)) + "]"
        case _:
            written = repr(value)
    return written


def as_json(documents: Sequence[Document]) -> str:
    """The first document as JSON on one line."""
    return json.dumps(documents[0], default=str, ensure_ascii=False)


def as_ndjson(documents: Sequence[Document]) -> str:
    """One document a line."""
    return "".join(as_json([document]) + "\n" for document in documents)


def as_csv(documents: Sequence[Document]) -> str:
    """One document a row; the columns are those of all."""
    rows = [cells(document) for document in documents]
    header = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def cells(table: Mapping[str, Any], start: str = "") -> dict[str, str]:
    """Cells by column: text as it stands, everything else as TOML."""
    found: dict[str, str] = {}
    for key, value in table.items():
        column = f"{start}{key}"
        if column == "orders" and isinstance(value, list):
            for number, order in enumerate(value, 1):
                if isinstance(order, Mapping):
                    found |= cells(order, f"orders.{number}.")
        elif isinstance(value, Mapping) and key != "components_mg":
            found |= cells(value, f"{column}.")
        else:
            plain = isinstance(value, str) and is_text(key_of_column(column))
            found[column] = str(value) if plain else toml_value(value)
    return found


WRITERS: Final[dict[Reader, Callable[[Sequence[Document]], str]]] = {
    "toml": as_toml,
    "json": as_json,
    "ndjson": as_ndjson,
    "csv": as_csv,
}
