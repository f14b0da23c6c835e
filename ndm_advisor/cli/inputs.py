"""Case files and standard input, the date of advice: what comes in from outside."""

from __future__ import annotations

import os
import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO, Final

from ndm_advisor.errors import UsageError
from ndm_advisor.regular_file import open_regular

STDIN: Final = "-"
ON: Final = "NDM_ADVISOR_ON"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_text(name: str) -> str:
    """The text of a case file, or of standard input for `-`.

    Raises:
        UsageError: the path cannot be read, or standard input is a terminal.
        CaseFormatError: too large, or not UTF-8.
    """
    from ndm_advisor.read.document import LARGEST_BYTES, decode  # noqa: PLC0415

    if name == STDIN:
        if sys.stdin is None or sys.stdin.isatty():
            message = "standard input is a terminal: pipe or redirect a case into `-`"
            raise UsageError(message)
        return decode(sys.stdin.buffer.read(LARGEST_BYTES + 1), path=None)
    try:
        with open_file(name) as file:
            data = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        message = f"{name}: {reason}"
        raise UsageError(message) from error
    return decode(data, path=name)


def open_file(name: str) -> BinaryIO:
    """Open a regular file to read.

    Raises:
        OSError: it cannot be read, or is a pipe, a device or a directory.
        ValueError: not a path.
    """
    return open_regular(Path(name), instead="send its text to `-`")


def path_of(name: str) -> str | None:
    """The path as given; None for standard input."""
    return None if name == STDIN else name


def date_of_advice(option: str | None) -> date:
    """`--on`, else the environment, else today where the program runs: the only look at a clock.

    Raises:
        UsageError: not a date.
    """
    if option is not None:
        return _day(option, "--on")
    if named := os.environ.get(ON):
        return _day(named, ON)
    return datetime.now(tz=UTC).astimezone().date()


def _day(text: str, origin: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # the 30th of February
    message = f"{origin}: `{text}` is not a date; write it as 2026-11-22"
    raise UsageError(message)
