"""Where a learner sits: lines out, lines in, at a terminal or through a pipe."""

from __future__ import annotations

import os
import shutil
import sys
from typing import BinaryIO, Final, NamedTuple, cast

from ndm_advisor.cli.asking.terminal import Terminal
from ndm_advisor.cli.screen import text_width
from ndm_advisor.cli.teaching.printed import Page
from ndm_advisor.errors import UsageError
from ndm_advisor.render.sheet import Sheet, is_linear, write

_USUAL: Final = 80


class Desk(NamedTuple):
    """`is_own` says that a person sits there: only then is progress kept."""

    terminal: Terminal
    sheet: Sheet
    is_own: bool

    def show(self, page: Page) -> None:
        """Write a page, an empty line before it."""
        self.terminal.say_verbatim("\n" + write(page.title, page.parts, self.sheet))


def sheet_for(*, linear: bool, tall_man: bool) -> Sheet:
    """How pages are written to standard output."""
    width = text_width()
    encoding = sys.stdout.encoding
    return Sheet(width, is_linear(linear=linear, width=width), encoding, tall_man)


def open_desk(*, linear: bool, tall_man: bool) -> Desk:
    """Standard input, and standard output or, where that goes elsewhere, standard error.

    Raises:
        UsageError: there is nothing to read answers from.
    """
    if sys.stdin is None:
        message = "there is no standard input to read answers from"
        raise UsageError(message)
    sheet = sheet_for(linear=linear, tall_man=tall_man)
    if not sys.stdin.isatty():
        lines = cast("BinaryIO", _WholeLines(sys.stdin.buffer))
        return Desk(Terminal(sys.stdout, lines, sheet.width or _USUAL), sheet, is_own=False)
    out = next((s for s in (sys.stdout, sys.stderr) if s is not None and s.isatty()), None)
    if out is None:
        message = "questions need a terminal to stand on; --blind prints them"
        raise UsageError(message)
    width = shutil.get_terminal_size().columns
    poll = None if os.name == "nt" else sys.stdin.fileno()
    return Desk(Terminal(out, sys.stdin.buffer, width, poll=poll), sheet, is_own=True)


class _WholeLines:
    """A pipe whose last line may lack its line end; a person's half line is not sent off."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source

    def readline(self) -> bytes:
        line = self._source.readline()
        return line + b"\n" if line and not line.endswith(b"\n") else line
