"""Many cases in one file: NDJSON, one object a line; CSV, one case a row.

A line or row is cut out first and read later, alone: one that cannot be read leaves the others as
they are.
"""

from __future__ import annotations

import csv
import io
import types
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date
from typing import BinaryIO, Final, Literal, NamedTuple, TextIO, Union, cast, get_args, get_origin

import tomli
from pydantic import BaseModel

from ndm_advisor.errors import CaseError, CaseFormatError, CaseInvalidError, Problem
from ndm_advisor.model.case import (
    FORMAT,
    Allergy,
    Case,
    Hospital,
    Infection,
    Isolate,
    Order,
    Panel,
    PanelResult,
    Patient,
    panel_result,
)
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.document import LARGEST_BYTES, Document, decode, is_short, parse
from ndm_advisor.read.names import Names
from ndm_advisor.read.positions import Path, dotted

_RESULT_KEYS: Final = tuple(PanelResult.model_fields)
_MODELS: Final[dict[str, type[BaseModel]]] = {
    "orders": Order,
    "allergies": Allergy,
    "isolate": Isolate,
    "panel": Panel,
    "infection": Infection,
    "patient": Patient,
    "hospital": Hospital,
}
_LISTS: Final = ("orders", "patient.allergies", "patient.medicines")
_MOST_MEMBERS: Final = 99
_RESULT_DEPTH: Final = 3  # panel.results.<drug>
_FORMAT_STEM: Final = FORMAT.rpartition("/")[0] + "/"
_MOST_COLUMNS: Final = 10_000  # every drug of a panel five times and 99 orders are some 2,000
_MOST_LINES: Final = 200  # of one row: more is a quote that was not closed, not a note
_TOO_LARGE: Final = "the row is larger than 1 MiB; a case needs a few KiB"
_NOT_CLOSED: Final = "a quote opens in this row and does not close where a cell can end"

Read = tuple[Case, tuple[Problem, ...]]


class Line(NamedTuple):
    """One line of an NDJSON file; `data` may be longer than a case may be, never much."""

    number: int
    data: bytes


class Row(NamedTuple):
    """One row of a CSV file, from the line `number` on; `fault` where it is no row."""

    number: int
    cells: tuple[str, ...]
    fault: str | None = None


# -- NDJSON ---------------------------------------------------------------------------------------


def ndjson_lines(file: BinaryIO) -> Iterator[Line]:
    """The lines that are not blank, with their numbers from 1.

    Of a line longer than a case may be, just enough is kept for the reader to refuse it.
    """
    number = 0
    while data := file.readline(LARGEST_BYTES + 2):
        number += 1
        rest = data
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(LARGEST_BYTES)
        if data.strip() not in (b"", b"\xef\xbb\xbf"):
            yield Line(number, data)


def read_line(line: Line, *, path: str | None, names: Names, on: date) -> Read:
    """Read one line as a JSON case.

    Raises:
        CaseError: with every problem; those without a better place have the line's number.
    """
    try:
        text = decode(line.data.rstrip(b"\r\n"), path=path)
        document, _, _ = parse(text, path="line.json")
        case, warnings = build_case(
            document, path=path, names=names, on=on, is_small=is_short(text)
        )
    except CaseError as error:
        raise type(error)(path, _on_line(error.problems, line.number)) from None
    return case, _on_line(warnings, line.number)


def _on_line(problems: tuple[Problem, ...], number: int) -> tuple[Problem, ...]:
    """The whole case stands on its line: it is not printed beside a problem."""
    return tuple(problem._replace(line=number, source_line=None) for problem in problems)


# -- CSV ------------------------------------------------------------------------------------------


def csv_rows(file: TextIO) -> Iterator[Row]:
    """The header, then the rows that are not empty.

    A quote that is never closed costs its own row, not those below: the next line of the file is
    read as a row again. Bytes that are not UTF-8 are to be surrogates in the text
    (`errors="surrogateescape"`).
    """
    lines = _Lines(file)
    format_at: int | None = None
    is_header = True
    while line := lines.take():
        row = _row(line, lines, format_at)
        if row.fault is None and not any(cell.strip() for cell in row.cells):
            continue
        if is_header:
            format_at, is_header = _place_of_format(row.cells), False
        yield row


def csv_columns(line: bytes) -> tuple[str, ...]:
    """The names a line has when it is read as the header of a CSV file."""
    text = line.decode("utf-8-sig", errors="surrogateescape")
    row = next(csv_rows(io.StringIO(text, newline="")), None)
    return () if row is None else tuple(name.strip() for name in row.cells)


class _Lines:
    """The lines of a file, with their ends, some of which may be read again.

    Of a line longer than a case may be, just enough is kept to see that it is.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self.number = 0

    def take(self) -> str:
        """The next line, number `number` from 1; empty at the end."""
        line = self._again.popleft() if self._again else self._read()
        self.number += bool(line)
        return line

    def give_back(self, taken: Sequence[str]) -> None:
        """These lines, the last that were taken, come again."""
        self._again.extendleft(reversed(taken))
        self.number -= len(taken)

    def _read(self) -> str:
        line = rest = self._file.readline(LARGEST_BYTES + 1)
        while rest and not rest.endswith(("\n", "\r")):
            rest = self._file.readline(LARGEST_BYTES)
        return line


def _row(line: str, lines: _Lines, format_at: int | None) -> Row:
    """The row that begins with `line`; more lines are taken only inside quotes."""
    number = lines.number
    more: list[str] = []
    size = len(line)

    def text() -> Iterator[str]:
        nonlocal size
        yield line
        while following := lines.take():
            more.append(following)
            size += len(following)
            is_too_much = size > LARGEST_BYTES or len(more) > _MOST_LINES
            if is_too_much or _begins_case(following, format_at):
                return
            yield following

    if size > LARGEST_BYTES:
        return Row(number, (), _TOO_LARGE)
    try:
        return Row(number, tuple(next(csv.reader(text(), strict=True), ())))
    except csv.Error as error:
        lines.give_back(more)
        is_open = bool(more) or str(error) == "unexpected end of data"
        return Row(number, (), _NOT_CLOSED if is_open else f"not a row of CSV: {error}")


def _place_of_format(header: Sequence[str]) -> int | None:
    names = [name.strip() for name in header]
    return names.index("format") if "format" in names else None


def _begins_case(line: str, format_at: int | None) -> bool:
    """Whether a line inside quotes has the look of the next case: then the quotes never closed."""
    if format_at is None or _FORMAT_STEM not in line:
        return False
    try:
        cells = next(csv.reader([line]), [])
    except csv.Error:
        return False
    return len(cells) > format_at and cells[format_at].strip().startswith(_FORMAT_STEM)


def read_row(row: Row, header: Sequence[str], *, path: str | None, names: Names, on: date) -> Read:
    """Read one row as a case whose keys are the columns' names.

    Raises:
        CaseError: with every problem, each with the row's first line.
    """
    _check_row(row, header, path)
    try:
        case, warnings = build_case(_document(row, header, path), path=path, names=names, on=on)
    except CaseError as error:
        raise type(error)(path, _on_line(error.problems, row.number)) from None
    return case, _on_line(warnings, row.number)


def _check_row(row: Row, header: Sequence[str], path: str | None) -> None:
    message = row.fault
    help_ = "a cell that holds a comma, a quote or a line end stands in quotes, its quotes doubled"
    if message is None and len(header) > _MOST_COLUMNS:
        message, help_ = f"the header has more than {_MOST_COLUMNS:,} columns", ""
    if message is None and len(row.cells) != len(header):
        message = f"the row has {len(row.cells)} cells, the header {len(header)}"
        help_ = "one cell for each column; leave a cell empty where nothing is known"
    if message is None and any("\0" in cell for cell in row.cells):
        message, help_ = "a NUL character is not text", ""
    if message is None and any(_is_not_utf8(cell) for cell in row.cells):
        message, help_ = "the row is not UTF-8", "save the file as UTF-8"
    if message is not None:
        problem = Problem("E109", "error", None, row.number, None, message, help_ or None)
        raise CaseFormatError(path, (problem,))


def _is_not_utf8(cell: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in cell)


def _document(row: Row, header: Sequence[str], path: str | None) -> Document:
    document: Document = {}
    faults: list[Problem] = []
    for column, cell in zip(header, row.cells, strict=True):
        if not cell.strip():
            continue  # an empty cell is an absent key
        key = key_of_column(column)
        fault = _put(document, key, _value(cell, key))
        if fault is not None:
            key_text = dotted(key) or None
            faults.append(Problem("E110", "error", key_text, row.number, None, fault, None))
    if faults:
        raise CaseInvalidError(path, tuple(faults))
    return _with_lists(document)


def key_of_column(column: str) -> Path:
    """The key path a column names; what follows `panel.results.` is a drug, dots and all.

    >>> key_of_column("panel.results.ceftazidime-avibactam + aztreonam.category")
    ('panel', 'results', 'ceftazidime-avibactam + aztreonam', 'category')
    """
    name = column.strip()
    for prefix in (("panel", "results"), ("hospital", "stock")):
        start = ".".join(prefix) + "."
        if name.startswith(start):
            drug, dot, last = name.removeprefix(start).rpartition(".")
            if prefix[0] == "panel" and dot and last in _RESULT_KEYS:
                return (*prefix, drug.strip('"'), last)
            return (*prefix, name.removeprefix(start).strip('"'))
    return tuple(name.split("."))


def _value(cell: str, key: Path) -> object:
    """Text of a text field, else the TOML value; what is neither is left for the schema."""
    if is_text(key):
        is_row = key[:2] == ("panel", "results") and len(key) == _RESULT_DEPTH
        return _toml(cell) if is_row and cell.lstrip().startswith("{") else cell
    return _toml(cell)


def _toml(cell: str) -> object:
    text = cell.strip()
    try:
        alone, listed = tomli.loads(f"value = {text}"), tomli.loads(f"value = [{text}]")
    except (ValueError, RecursionError):
        return cell
    is_one = list(alone) == ["value"] and listed == {"value": [alone["value"]]}
    return alone["value"] if is_one and not text.endswith(",") else cell


def is_text(key: Path) -> bool:
    """Whether the model has text, or words of a fixed list, at `key`."""
    if key[:2] == ("panel", "results"):
        return len(key) == _RESULT_DEPTH or key[-1] != "zone_mm"
    model: type[BaseModel] = Case
    for part in key[:-1]:
        if str(part).isdecimal():
            continue
        inner = _model(model, str(part))
        if inner is None:
            return False
        model = inner
    if str(key[-1]).isdecimal():
        return key[:-1] == ("patient", "medicines")
    field = model.model_fields.get(str(key[-1]))
    return field is not None and _is_text_type(field.annotation)


def _model(model: type[BaseModel], key: str) -> type[BaseModel] | None:
    return _MODELS.get(key) if model in {Case, Patient} else None


def _is_text_type(kind: object) -> bool:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        kinds = [each for each in get_args(kind) if each is not type(None)]
        return bool(kinds) and all(_is_text_type(each) for each in kinds)
    if origin is Literal:
        return all(isinstance(word, str) for word in get_args(kind))
    return kind is str


def _put(document: Document, key: Path, value: object) -> str | None:
    """Set a key; the reason where two columns of the row cannot both hold."""
    node = document
    for depth, part in enumerate(key[:-1]):
        inner = node.setdefault(str(part), {})
        if isinstance(inner, str) and key[:2] == ("panel", "results"):
            inner = node[str(part)] = dict(panel_result(inner))
        if not isinstance(inner, dict):
            return f"`{dotted(key)}` stands beside a value of `{dotted(key[: depth + 1])}`"
        node = cast(Document, inner)
    last = str(key[-1])
    held = node.get(last)
    is_row = key[:2] == ("panel", "results") and len(key) == _RESULT_DEPTH
    if is_row and isinstance(held, dict):
        more = dict(panel_result(value)) if isinstance(value, str) else value
        if isinstance(more, dict) and not more.keys() & held.keys():
            held.update(more)
            return None
    if last in node:
        return f"`{dotted(key)}` is given by two columns"
    node[last] = value
    return None


def _with_lists(document: Document) -> Document:
    """Tables with the keys 1, 2, ... become lists; an empty place between them is closed up."""
    for name in _LISTS:
        *tables, last = name.split(".")
        node: object = document
        for table in tables:
            node = node.get(table) if isinstance(node, dict) else None
        rows = node.get(last) if isinstance(node, dict) else None
        if isinstance(node, dict) and isinstance(rows, dict) and all(map(_is_place, rows)):
            node[last] = [rows[key] for key in sorted(rows, key=int)]
    return document


def _is_place(key: str) -> bool:
    return key.isascii() and key.isdecimal() and 0 < int(key) <= _MOST_MEMBERS
