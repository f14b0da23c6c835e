"""The files of `import`, opened: bytes for messages, tables for rows."""

from __future__ import annotations

import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from ndm_advisor.cli.inputs import STDIN
from ndm_advisor.errors import UsageError
from ndm_advisor.intake.tabular import Table, open_table


def open_bytes(name: str, held: ExitStack) -> BinaryIO:
    """A file, or standard input for `-`; `held` closes it.

    Raises:
        UsageError: it cannot be opened, or standard input is a terminal.
    """
    if name == STDIN:
        if sys.stdin is None or sys.stdin.isatty():
            message = "standard input is a terminal: pipe or redirect a file into `-`"
            raise UsageError(message)
        return sys.stdin.buffer
    try:
        return held.enter_context(Path(name).open("rb"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        message = f"{name}: {reason}"
        raise UsageError(message) from error


def open_tables(names: Sequence[str], held: ExitStack, delimiter: str | None = None) -> list[Table]:
    """Each file as a table; its rows are read later.

    Raises:
        UsageError: a file that cannot be opened, or whose first line names no columns.
    """
    tables = []
    for number, name in enumerate(names):
        data = open_bytes(name, held)
        text = _text(data)
        tables.append(open_table(text, name, number, delimiter))
        if name != STDIN:
            held.callback(text.detach)
    return tables


def _text(data: BinaryIO) -> TextIOWrapper:
    """UTF-8 with surrogates for what is not, or UTF-16 where the first bytes say so."""
    start = data.peek(2)[:2] if isinstance(data, BufferedReader) else b""
    if start in {BOM_UTF16_LE, BOM_UTF16_BE}:
        return TextIOWrapper(data, encoding="utf-16", errors="replace", newline="")
    return TextIOWrapper(data, encoding="utf-8-sig", errors="surrogateescape", newline="")


def faults_of(tables: Sequence[Table]) -> Iterator[str]:
    """What was no row, said of each file; complete when the rows have been read."""
    for table in tables:
        of_file = f"{table.name}, " * (len(tables) > 1)
        for sentence in table.faults.sentences():
            yield of_file + sentence
