"""What one reading of a case collects: its problems, each with the place it points at."""

import math
from datetime import date, datetime, time
from typing import Final, NamedTuple

from ndm_advisor.errors import Problem
from ndm_advisor.read.names import Names
from ndm_advisor.read.positions import Locate, Part, Path, Position, dotted

_LONGEST_SHOWN: Final = 60


class Remark(NamedTuple):
    """What is said beside a problem's message."""

    help: str | None = None
    note: str | None = None
    caption: str | None = None
    part: Part = "value"
    also: Path | None = None  # a second key the problem is about
    also_caption: str = ""


class Reading:
    """Collects problems. `on` is the date of advice. No state outlives the reading of one case."""

    def __init__(self, *, names: Names, on: date, locate: Locate) -> None:
        self.names = names
        self.on = on
        self.problems: list[Problem] = []
        self._locate = locate
        self._faulty: set[Path] = set()

    def error(self, code: str, path: Path, message: str, remark: Remark | None = None) -> None:
        """Note an error, once for each key: the first cause is the one to mend."""
        if path not in self._faulty:
            self._faulty.add(path)
            self._note(code, "error", path, message, remark or Remark())

    def warn(self, code: str, path: Path, message: str, remark: Remark | None = None) -> None:
        """Note a remark on a case that can still be assessed."""
        self._note(code, "warning", path, message, remark or Remark())

    def missing(self, path: Path, message: str, remark: Remark) -> None:
        """Note a missing key. It has no line of its own: point at the header of its table."""
        if path not in self._faulty:
            self._faulty.add(path)
            place = self._locate(path[:-1], "key") if len(path) > 1 else None
            self._add("E201", "error", path, place, message, remark)

    def is_faulty(self, path: Path) -> bool:
        """An error stands at `path` already."""
        return path in self._faulty

    def _note(self, code: str, severity: str, path: Path, message: str, remark: Remark) -> None:
        place = self._locate(path, remark.part)
        also = None
        if place is not None and remark.also is not None:
            first = self._locate(remark.also, "key")
            if first is not None and first.line != place.line:
                also = (first.line, first.column, first.source_line, remark.also_caption)
        self._add(code, severity, path, place, message, remark, also)

    def _add(  # noqa: PLR0917 - the fields of a problem
        self,
        code: str,
        severity: str,
        path: Path,
        place: Position | None,
        message: str,
        remark: Remark,
        also: tuple[int, int, str, str] | None = None,
    ) -> None:
        problem = Problem(
            code=code,
            severity=severity,
            key=dotted(path) or None,
            line=place.line if place else None,
            column=place.column if place else None,
            message=message,
            help=remark.help,
            note=remark.note,
            source_line=place.source_line if place else None,
            width=place.width if place else 1,
            caption=remark.caption,
            also=also,
        )
        self.problems.append(problem)


def shown(value: object) -> str:
    """A value as the file would write it, short enough for a line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list | tuple):
        return "a list"
    text = f'"{value}"' if isinstance(value, str) else number_text(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."


def ticked(name: str) -> str:
    """A name or key between backticks, short enough for a line."""
    return f"`{name if len(name) <= _LONGEST_SHOWN else name[: _LONGEST_SHOWN - 3] + '...'}`"


def number_text(value: object) -> str:
    """A number without trailing zeros; a date or time in ISO form.

    >>> number_text(71.0), number_text(0.5)
    ('71', '0.5')
    """
    if isinstance(value, float):
        if math.isfinite(value) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004
            return str(int(value))
        return repr(value)
    if isinstance(value, int):
        return "a number of more than 30 digits" if abs(value) >= 10**30 else str(value)
    return value.isoformat() if isinstance(value, date | datetime | time) else str(value)


def number_at(table: object, key: str) -> float | None:
    """The number at `key`; None when there is none that can be compared."""
    value = table.get(key) if isinstance(table, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
