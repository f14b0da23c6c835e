"""Lines to and from a person: plain text, no cursor, no colour, nothing redrawn.

A screen reader follows it, and the terminal is left as it was: its mode is never changed.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import sys
from typing import BinaryIO, Final, TextIO

from ndm_advisor.errors import UsageError
from ndm_advisor.render import text

_WIDEST: Final = 80
_AGAIN_S: Final = 0.5
_INDENT: Final = "  "
_OPTION: Final = re.compile(r"(?<!\S)(\d+) = ")  # a number stays beside the word it stands for


class Terminal:
    """Writes folded lines to `stream`, reads answers from `source`.

    `poll` is the source's file descriptor, where one can wait for it.
    """

    def __init__(
        self, stream: TextIO, source: BinaryIO, width: int, *, poll: int | None = None
    ) -> None:
        self._stream = stream
        self._poll = poll
        self._source = source
        self._width = min(width, _WIDEST)

    def say(self, line: str = "", *, first: str = "", indent: int = 0) -> None:
        """Write one line, folded; `first` stands before it, what follows is indented."""
        lead = _INDENT * indent
        room = max(20, self._width - len(lead) - len(first))
        rest = " " * len(first)
        bound = _OPTION.sub(rf"\1{text.HARD}={text.HARD}", text.bind(text.visible(line)))
        for number, part in enumerate(text.fold(bound, room)):
            self._write(f"{lead}{rest if number else first}{part}".rstrip() + "\n")

    def say_verbatim(self, lines: str) -> None:
        """Write text that is not folded: a case file."""
        self._write(lines)

    def ask(self, prompt: str) -> str:
        """Ask for one line; it is returned without the blanks round it.

        Raises:
            KeyboardInterrupt: Ctrl-C, or the end of the input; the cursor stands on a new line.
        """
        while True:
            answer = self._line(prompt)
            if answer.isprintable():
                return answer
            self.say("Not taken: it holds a character that cannot be seen. Arrow keys do not work.")

    def _line(self, prompt: str) -> str:
        try:
            self._write(prompt)
            self._wait()
            line = self._source.readline()
        except KeyboardInterrupt:
            self._write("\n")
            raise
        if not line.endswith(b"\n"):  # Ctrl-D: what stands on the line was not sent off
            self._write("\n")
            raise KeyboardInterrupt
        return line.decode(sys.stdin.encoding or "utf-8", "replace").strip()

    def _wait(self) -> None:
        """Come back now and then until there is a line.

        A Ctrl-C that arrives just before a blocking read is seen only after it.
        """
        while self._poll is not None and not select.select([self._poll], [], [], _AGAIN_S)[0]:
            pass

    def _write(self, content: str) -> None:
        self._stream.write(text.for_encoding(content, self._stream.encoding))
        self._stream.flush()


def is_terminal() -> bool:
    """Whether standard input and standard output are a person's."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def open_terminal() -> Terminal:
    """Standard input, and standard output or, where that goes elsewhere, standard error.

    Raises:
        UsageError: there is nobody to ask.
    """
    if sys.stdin is not None and sys.stdin.isatty():
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and stream.isatty():
                width = shutil.get_terminal_size().columns
                # on Windows `select` knows sockets only; there Ctrl-C ends the read itself
                poll = None if os.name == "nt" else sys.stdin.fileno()
                return Terminal(stream, sys.stdin.buffer, width, poll=poll)
    message = "--ask needs a terminal; without it, `ndm-advisor new` prints a blank case"
    raise UsageError(message)
