"""What the paths of the command line hold: files, directories, globs, NDJSON, CSV, `-`."""

from __future__ import annotations

import glob
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, NamedTuple, TextIO, cast

from ndm_advisor.cli.inputs import STDIN, open_file
from ndm_advisor.errors import UsageError
from ndm_advisor.read.document import LARGEST_BYTES
from ndm_advisor.read.tables import csv_columns, csv_rows, ndjson_lines

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Kind = Literal["file", "ndjson", "csv"]
_BY_SUFFIX: Final[dict[str, Kind]] = {".ndjson": "ndjson", ".jsonl": "ndjson", ".csv": "csv"}
_CASES: Final = (".toml", ".json")
_EXPECTED: Final = ".expected.json"
_MAGIC: Final = "*?["
_HEADER_OF_CASES: Final = frozenset({"format", "isolate.organism"})  # by these CSV is known
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class Item(NamedTuple):
    """One case as it is found, not yet read.

    `path` is None for standard input. `data`: the bytes of a line or of standard input; None for a
    file, which is read where it is judged. `cells` and `header` are those of a CSV row. `fault`
    says why there is nothing to read.
    """

    kind: Kind
    path: str | None
    line: int | None = None
    data: bytes | None = None
    cells: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    fault: str | None = None


def find_inputs(given: Sequence[str], *, target: str | None) -> list[str]:
    """Every file the paths name, once each, in order; a directory's and a glob's by name.

    A path that is not there stays, and so does what is named like a case and is no file: each is
    a case that cannot be read. Two paths to one file are one. `target`, the output, is passed over
    in directories and globs.

    Raises:
        UsageError: not one of the paths is there.
    """
    found: dict[str, str] = {}
    missing = []
    for name in given:
        if name != STDIN and not _is_there(name) and not _globbed(name):
            missing.append(name)
        for each in _expanded(name):
            if each == name or not _is_same(each, target):
                found.setdefault(each if each == STDIN else os.path.realpath(each), each)
    if len(missing) == len(given):
        message = f"{missing[0]}: no such file, directory or match" if missing else "no path"
        raise UsageError(message)
    return list(found.values())


def _expanded(name: str) -> list[str]:
    if name == STDIN:
        return [name]
    try:
        if Path(name).is_dir():
            return [str(path) for path in sorted(Path(name).iterdir()) if _is_case(path)]
    except OSError:
        return [name]  # it will be a case that cannot be read
    matches = [] if _is_there(name) else _globbed(name)
    if not matches:
        return [name]
    inner = [_expanded(match) if _is_folder(match) else [match] for match in matches]
    return [path for paths in inner for path in paths if not path.endswith(_EXPECTED)]


def _is_there(name: str) -> bool:
    try:
        return Path(name).exists()
    except OSError:
        return True  # in a directory that may not be looked into


def _globbed(name: str) -> list[str]:
    if not any(sign in name for sign in _MAGIC):
        return []
    return sorted(glob.glob(name, recursive=True))  # noqa: PTH207  # keeps the path as it is written


def _is_folder(path: str) -> bool:
    """A directory to look into, not one that is named like a case."""
    return Path(path).is_dir() and not _is_case(Path(path))


def _is_case(path: Path) -> bool:
    """By its name alone: a link that leads nowhere is not to vanish from the totals."""
    name = path.name
    is_hidden = name.startswith(".")
    return path.suffix.lower() in _CASES and not name.endswith(_EXPECTED) and not is_hidden


def _is_same(path: str, target: str | None) -> bool:
    return target is not None and os.path.realpath(path) == os.path.realpath(target)


def items(paths: Sequence[str]) -> Iterator[Item]:
    """The cases of every file, in order; nothing is held but the one in hand."""
    for path in paths:
        if path == STDIN:
            yield from _of_standard_input()
            continue
        kind = _BY_SUFFIX.get(Path(path).suffix.lower(), "file")
        if kind == "file":
            yield Item("file", path)
            continue
        try:
            yield from _of_ndjson(path) if kind == "ndjson" else _of_csv(path)
        except OSError as error:
            yield Item(kind, path, fault=f"the file cannot be read: {error.strerror}")


def _of_ndjson(path: str) -> Iterator[Item]:
    with open_file(path) as file:
        yield from _lines(file, path)


def _lines(file: BinaryIO, path: str | None) -> Iterator[Item]:
    for line in ndjson_lines(file):
        yield Item("ndjson", path, line.number, line.data)


def _of_csv(path: str) -> Iterator[Item]:
    with _text(open_file(path)) as file:
        yield from _rows(file, path)


def _text(file: BinaryIO) -> TextIO:
    return io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")


def _rows(file: TextIO, path: str | None) -> Iterator[Item]:
    rows = csv_rows(file)
    header = next(rows, None)
    if header is None:
        yield Item("csv", path, fault="the file is empty: no header and no rows")
        return
    if header.fault or len(header.cells) == 1:
        fault = header.fault or "the header has one column: separate the columns by commas"
        yield Item("csv", path, header.number, fault=fault)
        return
    for row in rows:
        yield Item("csv", path, row.number, None, row.cells, header.cells, row.fault)


# -- standard input -------------------------------------------------------------------------------


def _of_standard_input() -> Iterator[Item]:
    """NDJSON when a line is an object of its own, CSV when the first is a header, else one case.

    Raises:
        UsageError: standard input is a terminal.
    """
    if sys.stdin is None or sys.stdin.isatty():
        message = "standard input is a terminal: pipe or redirect cases into `-`"
        raise UsageError(message)
    stream = cast(io.BufferedIOBase, sys.stdin.buffer)
    before, first = _next_line(stream)
    whole = io.BufferedReader(_Again(before, stream))
    if not first.startswith(b"{") and set(csv_columns(first)) >= _HEADER_OF_CASES:
        yield from _rows(_text(whole), None)
        return
    is_ndjson = first.startswith(b"{") and first.endswith(b"}")
    if not is_ndjson and len(before) <= LARGEST_BYTES:
        more, second = _next_line(stream)
        is_ndjson = _is_case_object(second)  # the first line alone is at fault
        whole = io.BufferedReader(_Again(before + more, stream))
    if is_ndjson:
        yield from _lines(whole, None)
    else:
        yield Item("file", None, None, whole.read(LARGEST_BYTES + 1))


def _next_line(stream: io.BufferedIOBase) -> tuple[bytes, bytes]:
    """All that was read, and the line in it that is not blank, without mark and white space."""
    read = b""
    while line := stream.readline(LARGEST_BYTES + 2):
        read += line
        text = line.removeprefix(_BYTE_ORDER_MARK).strip()
        if text or len(read) > LARGEST_BYTES:
            return read, text
    return read, b""


def _is_case_object(line: bytes) -> bool:
    """Whether a line is a whole case in JSON: no line of one case written over many is."""
    try:
        found = json.loads(line) if line.startswith(b"{") else None
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "format" in found


class _Again(io.RawIOBase):
    """A stream from its beginning, of which `start` was read already."""

    def __init__(self, start: bytes, rest: io.BufferedIOBase) -> None:
        self._start = io.BytesIO(start)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        room = memoryview(buffer)
        data = self._start.read(len(room)) or self._rest.read1(len(room))
        room[: len(data)] = data
        return len(data)
