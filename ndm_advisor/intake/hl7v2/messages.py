"""From the bytes of a file to its messages: one, many, batches; any line ending."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

LONGEST_LINE: Final = 1_000_000  # bytes; a segment is a few hundred
LARGEST_MESSAGE: Final = 20_000_000  # characters
_CHUNK: Final = 65_536
_ENVELOPE: Final = frozenset({"FHS", "BHS", "BTS", "FTS"})
_NO_FRAME: Final = {0x0B: None, 0x1C: None}  # the frame of MLLP


class Message(NamedTuple):
    """The lines of one message, from its MSH on; `line` is that of the first, from 1."""

    line: int
    lines: tuple[str, ...]
    faults: tuple[str, ...]
    notes: tuple[str, ...]


def lines_of(file: BinaryIO) -> Iterator[bytes | None]:
    """Lines ended by carriage return, line feed or both; None for one that is too long."""
    rest = b""
    skipping = False
    while chunk := file.read(_CHUNK):
        *whole, rest = re.split(rb"\r\n|\r|\n", rest + chunk)
        for line in whole:
            yield None if skipping or len(line) > LONGEST_LINE else line
            skipping = False
        if len(rest) > LONGEST_LINE:
            skipping, rest = True, b""
    if rest or skipping:
        yield None if skipping else rest


class _Open:
    """The message in hand. Faults of one kind are counted together, so that memory stays flat."""

    def __init__(self, start: int, lines: list[str]) -> None:
        self.start = start
        self.lines = lines
        self.size = 0
        self.faults: dict[str, tuple[int, int]] = {}
        self.notes: dict[str, tuple[int, int]] = {}

    def add(self, number: int, raw: bytes | None, line: str) -> None:
        """Take a line, or the reason why it cannot be taken."""
        fault = None
        if raw is None:
            fault = "longer than a segment can be"
        elif not line or line[:3] in _ENVELOPE:
            return
        elif not self.lines:
            fault = "stands before any message header (MSH)"
        elif self.size + len(line) > LARGEST_MESSAGE:
            fault = "the message is larger than a message can be"
        if fault is None:
            self.size += len(line)
            self.lines.append(line)
        else:
            _count(self.faults, fault, number)

    def closed(self) -> Iterator[Message]:
        """The message, where there is one or something to say."""
        if self.lines or self.faults:
            said = (tuple(_sentences(self.faults)), tuple(_sentences(self.notes)))
            yield Message(self.start, tuple(self.lines), *said)


def messages(file: BinaryIO) -> Iterator[Message]:
    """The messages of a file: one, many, or batches; an empty line and an envelope are passed."""
    current = _Open(1, [])
    for number, raw in enumerate(lines_of(file), 1):
        line, note = ("", "") if raw is None else _decoded(raw)
        if line[:3] == "MSH":
            yield from current.closed()
            current = _Open(number, [line])
        else:
            current.add(number, raw, line)
        if note:
            _count(current.notes, note, number)
    yield from current.closed()


def _count(held: dict[str, tuple[int, int]], said: str, number: int) -> None:
    first, count = held.get(said, (number, 0))
    held[said] = (first, count + 1)


def _sentences(held: dict[str, tuple[int, int]]) -> Iterator[str]:
    for said, (first, count) in held.items():
        more = f" and {count - 1} more" if count > 1 else ""
        yield f"line {first}{more}: {said}"


def _decoded(raw: bytes) -> tuple[str, str]:
    """The text of a line, and a note where it is not UTF-8."""
    note = ""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
        note = "not UTF-8; read as ISO 8859-1"
    return text.translate(_NO_FRAME).lstrip("\ufeff \t").rstrip(), note
