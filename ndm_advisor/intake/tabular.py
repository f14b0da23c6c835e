"""Tables of laboratories: rows one by one, and the rows of one isolate together.

Rows of an isolate need not stand together in the file. They are gathered in a temporary database on
disk, so that memory stays flat however long the file is; the database is gone when the run ends.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Final, NamedTuple, TextIO

from ndm_advisor.errors import UsageError

_DELIMITERS: Final = "\t|;,"
_MOST_REASONS: Final = 100
_CACHE_KIB: Final = 2_048  # of the temporary database, whatever its size


class Row(NamedTuple):
    """One row: the number of its file, its line there (the header is line 1), its cells."""

    file: int
    line: int
    cells: tuple[str, ...]


class Faults:
    """Lines that are no rows: counted by their reason, with the first line of each."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[int, int]] = {}

    def add(self, reason: str, line: int) -> None:
        """Count one line."""
        first, count = self.held.get(reason, (line, 0))
        if reason in self.held or len(self.held) < _MOST_REASONS:
            self.held[reason] = (first, count + 1)

    def sentences(self) -> Iterator[str]:
        """One sentence for each reason."""
        for reason, (first, count) in self.held.items():
            more = f" and {count - 1} more" if count > 1 else ""
            yield f"line {first}{more}: {reason}"


class Table(NamedTuple):
    """The header of a table, and its rows, read as they are asked for.

    `faults` fills while the rows are read: what is no row, with the first line and how many.
    """

    name: str
    header: tuple[str, ...]
    rows: Iterator[Row]
    faults: Faults


def open_table(file: TextIO, name: str, number: int, delimiter: str | None = None) -> Table:
    """The table in `file`, opened as UTF-8 with surrogates for what is not.

    Raises:
        UsageError: no header, or one column only.
    """
    try:
        first = file.readline()
    except csv.Error as error:  # pragma: no cover - a text file reads as text
        raise UsageError(str(error)) from error
    mark = delimiter or max(_DELIMITERS, key=first.count)
    header = next(csv.reader([first], delimiter=mark), [])
    cells = tuple(_mended(cell).strip().removeprefix("\ufeff") for cell in header)
    if len(cells) < 2:  # noqa: PLR2004 - one column is no table
        message = f"{name}: no table: the first line does not name columns (tab, |, ; or comma)"
        raise UsageError(message)
    faults = Faults()
    return Table(name, cells, _rows(file, mark, len(cells), number, faults), faults)


def _rows(file: TextIO, mark: str, width: int, number: int, faults: Faults) -> Iterator[Row]:
    reader = csv.reader(file, delimiter=mark)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            faults.add(f"not a row: {error}", reader.line_num + 1)
            continue
        line = reader.line_num + 1  # the header was read before
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != width:
            counted = f"{len(cells)} cells, where the header has {width}"
            faults.add(f"not a row: {counted}", line)
            continue
        yield Row(number, line, tuple(_mended(cell).strip() for cell in cells))


def _mended(cell: str) -> str:
    """A cell that is not UTF-8 read as ISO 8859-1, which every byte is."""
    if cell.isascii() or not any("\udc80" <= sign <= "\udcff" for sign in cell):
        return cell
    return cell.encode("utf-8", "surrogateescape").decode("latin-1")


def without_cells(row: Row, kept: frozenset[int]) -> Row:
    """A row that holds only the cells that are read: names do not go to disk."""
    return row._replace(
        cells=tuple(cell if place in kept else "" for place, cell in enumerate(row.cells))
    )


def grouped(rows: Iterable[tuple[tuple[str, ...] | None, Row]]) -> Iterator[list[Row]]:
    """The rows of each key together, in the order in which the keys are first seen.

    A row whose key is None stands alone. Keys are kept as digests only.
    """
    with closing(sqlite3.connect("")) as shelf:  # a nameless database: on disk, deleted on close
        shelf.executescript(
            f"""
            PRAGMA journal_mode = OFF;
            PRAGMA synchronous = OFF;
            PRAGMA cache_size = -{_CACHE_KIB};
            CREATE TABLE keys (key BLOB PRIMARY KEY, first INTEGER) WITHOUT ROWID;
            CREATE TABLE rows (first INTEGER, file INTEGER, line INTEGER, cells TEXT);
            """
        )
        for number, (key, row) in enumerate(rows):
            first = number if key is None else _first(shelf, key, number)
            cells = json.dumps(row.cells)
            shelf.execute(
                "INSERT INTO rows VALUES (?, ?, ?, ?)", (first, row.file, row.line, cells)
            )
        shelf.execute("CREATE INDEX by_first ON rows (first)")
        found = shelf.execute("SELECT first, file, line, cells FROM rows ORDER BY first, rowid")
        yield from _by_first(found)


def _first(shelf: sqlite3.Connection, key: tuple[str, ...], number: int) -> int:
    digest = hashlib.blake2b(json.dumps(key).encode(), digest_size=16).digest()
    held = shelf.execute("SELECT first FROM keys WHERE key = ?", (digest,)).fetchone()
    if held is not None:
        return int(held[0])
    shelf.execute("INSERT INTO keys VALUES (?, ?)", (digest, number))
    return number


def _by_first(found: Iterable[tuple[int, int, int, str]]) -> Iterator[list[Row]]:
    current: int | None = None
    group: list[Row] = []
    for first, file, line, cells in found:
        if first != current and group:
            yield group
            group = []
        current = first
        group.append(Row(file, line, tuple(json.loads(cells))))
    if group:
        yield group


def place_of(row: Row, column: str, files: Sequence[str]) -> str:
    """Where a cell stands, for the report."""
    return f"{files[row.file]} " * (len(files) > 1) + f"line {row.line}, {column}"
