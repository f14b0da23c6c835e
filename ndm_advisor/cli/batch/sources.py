"""What the paths of the command line hold: files, directories, globs, NDJSON, CSV, `-`."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, Literal, NamedTuple

from ndm_advisor.cli.inputs import STDIN
from ndm_advisor.errors import UsageError
from ndm_advisor.read.document import LARGEST_BYTES
from ndm_advisor.read.tables import csv_rows, ndjson_lines

Kind = Literal["file", "ndjson", "csv"]
_BY_SUFFIX: Final[dict[str, Kind]] = {".ndjson": "ndjson", ".jsonl": "ndjson", ".csv": "csv"}
_CASES: Final = (".toml", ".json")
_EXPECTED: Final = ".expected.json"
_MAGIC: Final = "*?["


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

    A path that is not there stays: it is a case that cannot be read. `target`, the output, is
    passed over in directories and globs.

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
                found.setdefault(each if each == STDIN else str(Path(each).absolute()), each)
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
    inner = [_expanded(match) if Path(match).is_dir() else [match] for match in matches]
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


def _is_case(path: Path) -> bool:
    name = path.name
    is_hidden = name.startswith(".")
    return (
        path.suffix.lower() in _CASES and not name.endswith(_EXPECTED) and not is_hidden
    ) and path.is_file()


def _is_same(path: str, target: str | None) -> bool:
    return target is not None and Path(path).absolute() == Path(target).absolute()


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
    with Path(path).open("rb") as file:
        yield from _lines(file, path)


def _lines(file: BinaryIO, path: str | None) -> Iterator[Item]:
    for line in ndjson_lines(file):
        yield Item("ndjson", path, line.number, line.data)


def _of_csv(path: str) -> Iterator[Item]:
    with Path(path).open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
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


def _of_standard_input() -> Iterator[Item]:
    """NDJSON when the first line is an object of its own, else one case.

    Raises:
        UsageError: standard input is a terminal.
    """
    if sys.stdin is None or sys.stdin.isatty():
        message = "standard input is a terminal: pipe or redirect cases into `-`"
        raise UsageError(message)
    stream = sys.stdin.buffer
    first = stream.readline(LARGEST_BYTES + 2)
    start = first.removeprefix(b"\xef\xbb\xbf").strip()
    if not (start.startswith(b"{") and start.endswith(b"}")):
        yield Item("file", None, None, first + stream.read(LARGEST_BYTES + 1))
        return
    rest = first
    while rest and not rest.endswith(b"\n"):
        rest = stream.readline(LARGEST_BYTES)
    yield Item("ndjson", None, 1, first)
    for item in _lines(stream, None):
        yield item._replace(line=(item.line or 0) + 1)
