"""Tables of laboratories: rows one by one, and the rows of one isolate together.

Rows of an isolate need not stand together in the file. They are gathered in a temporary database on
disk, so that memory stays flat however long the file is; the database is gone when the run ends.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Final, NamedTuple, TextIO

from ndm_advisor.errors import UsageError

_DELIMITERS: Final = "\t|;,"
_BY_ANY: Final = "by tab, |, ; or comma"
_MOST_REASONS: Final = 100
LONGEST_LINE: Final = 100_000  # characters; the csv module takes no longer cell
_MOST_LINES: Final = 20  # of one row: a comment of that many lines is a quote left open
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
    first = file.readline(LONGEST_LINE)
    mark = delimiter or max(_DELIMITERS, key=first.count)
    header = _cells([first], mark) if len(first) < LONGEST_LINE else None
    cells = tuple(_mended(cell).strip().removeprefix("\ufeff") for cell in header or ())
    if len(cells) < 2:  # noqa: PLR2004 - one column is no table
        asked = f"by {delimiter!r}, the mapping's delimiter" if delimiter else _BY_ANY
        message = f"{name}: no table: the first line does not name columns parted {asked}"
        raise UsageError(message)
    faults = Faults()
    return Table(name, cells, _rows(_Lines(file), mark, len(cells), number, faults), faults)


class _Lines:
    """The lines of a file, some of which may come again; a long one is cut, and so is no row."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.again: deque[str] = deque()
        self.number = 1  # the header

    def take(self) -> str:
        """The next line; empty at the end."""
        line = self.again.popleft() if self.again else self._read()
        self.number += bool(line)
        return line

    def give_back(self, lines: Sequence[str]) -> None:
        """These lines, the last that were taken, come again."""
        self.again.extendleft(reversed(lines))
        self.number -= len(lines)

    def _read(self) -> str:
        line = rest = self.file.readline(LONGEST_LINE)
        while len(rest) == LONGEST_LINE and not rest.endswith(("\n", "\r")):
            rest = self.file.readline(LONGEST_LINE)
        return line


def _rows(lines: _Lines, mark: str, width: int, number: int, faults: Faults) -> Iterator[Row]:
    while line := lines.take():
        at = lines.number
        if not line.strip():
            continue
        cells = _row(line, lines, mark, width)
        if isinstance(cells, str):
            faults.add(f"not a row: {cells}", at)
        elif any(cell.strip() for cell in cells):
            yield Row(number, at, tuple(_mended(cell).strip() for cell in cells))


def _row(line: str, lines: _Lines, mark: str, width: int) -> list[str] | str:
    """The cells of the row that begins with `line`, or why it is none.

    A cell in quotes may run over several lines. A quote that is never closed costs its own line
    only: those below are read as rows again.
    """
    if len(line) >= LONGEST_LINE:
        return "longer than a row can be"
    more: list[str] = []
    while (cells := _cells([line, *more], mark)) is None and len(more) < _MOST_LINES:
        following = lines.take()
        if not following:
            break
        more.append(following)
    if cells is not None and len(cells) == width:
        return cells
    lines.give_back(more)
    alone = next(csv.reader([line], delimiter=mark), [])  # a quote inside a cell is a sign like any
    if len(alone) == width and alone[-1].count('"') == line.count('"', line.rfind(mark)):
        return alone
    return f"{len(alone)} cells, where the header has {width}"


def _cells(lines: Sequence[str], mark: str) -> list[str] | None:
    """The cells of one row; None while a quote is open, or where one stands amiss."""
    try:
        return next(csv.reader(lines, delimiter=mark, strict=True), [])
    except csv.Error:
        return None


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


def files_of(tables: Sequence[Table]) -> tuple[str, ...]:
    """The names that places begin with: none where there is one table only."""
    return tuple(table.name for table in tables) if len(tables) > 1 else ()


def place_of(row: Row, column: str, files: Sequence[str]) -> str:
    """Where a cell stands, for the report."""
    return f"{files[row.file]} " * (len(files) > 1) + f"line {row.line}, {column}"
