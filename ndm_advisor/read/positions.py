"""Where each key and value of a TOML text stands, so that every problem can point at its line.

The scanner is only shown text that the TOML parser has accepted, so it looks for ends and never
judges. It is built on the first question: a case without problems costs nothing here.
"""

import bisect
import contextlib
import re
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

import tomli

Path = tuple[str | int, ...]
Part = Literal["key", "value"]
_DEEPEST: Final = 24  # case files are four deep; more is only seen in nonsense

_BLANK = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LITERAL = re.compile(r"'[^'\n]*'")
_BASIC = re.compile(r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"')
_LONG_LITERAL = re.compile(r"'''.*?'{3,5}", re.DOTALL)
_LONG_BASIC = re.compile(r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"{3,5}', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}\n#]+")


class Position(NamedTuple):
    """A place in the text: `line` and `column` count from 1, columns in characters."""

    line: int
    column: int
    width: int
    source_line: str


Locate = Callable[[Path, Part], Position | None]


def nowhere(_path: Path, _part: Part) -> Position | None:
    """The locator of a document without lines, for example JSON."""
    return None


def dotted(path: Path) -> str:
    """The key as a person writes it; members of a list count from 1."""
    parts = [str(part + 1) if isinstance(part, int) else _written(part) for part in path]
    return ".".join(parts)


def line_of(text: str, offset: int, width: int = 1) -> Position:
    """The position of a character of `text`, whose lines end with a line feed."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", start)
    source = text[start:] if end < 0 else text[start:end]
    line = text.count("\n", 0, start) + 1
    column = offset - start + 1
    return Position(line, column, max(1, min(width, len(source) - column + 1)), source)


class TomlPlaces:
    """Answers `places(path, "key" | "value")`; None for what is not in the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._scan: _Scan | None = None
        self._starts: list[int] = []

    def __call__(self, path: Path, part: Part) -> Position | None:
        """The place of a key or its value; of an item without a key, the value."""
        if self._scan is None:
            self._scan = scan(self._text)
            self._starts = [0, *(m.end() for m in re.finditer("\n", self._text))]
        first, second = self._scan.keys, self._scan.values
        if part == "value":
            first, second = second, first
        span = first.get(path) or second.get(path)
        return None if span is None else self._position(*span)

    def _position(self, start: int, end: int) -> Position:
        line = bisect.bisect_right(self._starts, start)
        begin = self._starts[line - 1]
        stop = self._text.find("\n", begin)
        source = self._text[begin:] if stop < 0 else self._text[begin:stop]
        width = min(end, begin + len(source)) - start
        return Position(line, start - begin + 1, max(1, width), source)


class _NotUnderstoodError(Exception):
    """Text the scanner cannot follow: what was found so far stands."""


class _Scan:
    """The spans (start, end) of keys and values by path."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.keys: dict[Path, tuple[int, int]] = {}
        self.values: dict[Path, tuple[int, int]] = {}
        self.table: Path = ()
        self._last: dict[Path, int] = {}  # index of the newest table of each array of tables

    def run(self) -> None:
        """Read to the end of the text, or to what cannot be followed."""
        position = self._blank(0)
        while position < len(self.text):
            if self.text[position] == "[":
                position = self._header(position)
            else:
                position = self._pair(position, self.table)
            position = self._blank(position)

    def _header(self, start: int) -> int:
        brackets = 2 if self.text.startswith("[[", start) else 1
        parts, _spans, position = self._dotted_key(start + brackets)
        end = self._past(position, "]" * brackets)
        path: Path = ()
        for part in parts[:-1]:
            path = self._member((*path, part))
            self.keys.setdefault(path, (start, end))
        path = (*path, parts[-1])
        if brackets == 2:  # noqa: PLR2004 - [[...]] opens an array of tables
            self._last[path] = self._last.get(path, -1) + 1
            self.keys.setdefault(path, (start, end))
        path = self._member(path)
        self.keys[path] = (start, end)
        self.table = path
        return end

    def _member(self, path: Path) -> Path:
        return (*path, self._last[path]) if path in self._last else path

    def _pair(self, start: int, table: Path, depth: int = 0) -> int:
        parts, spans, position = self._dotted_key(start)
        path = table
        for part, span in zip(parts, spans, strict=True):
            path = (*path, part)
            self.keys.setdefault(path, (start, span[1]))
        position = self._space(self._past(self._space(position), "="))
        return self._value(position, path, depth)

    def _dotted_key(self, start: int) -> tuple[list[str], list[tuple[int, int]], int]:
        parts: list[str] = []
        spans: list[tuple[int, int]] = []
        position = self._space(start)
        while True:
            match = self._any(position, _BARE_KEY, _BASIC, _LITERAL)
            parts.append(_key(match[0]))
            spans.append(match.span())
            position = self._space(match.end())
            if len(parts) > _DEEPEST:
                raise _NotUnderstoodError
            if not self.text.startswith(".", position):
                return parts, spans, position
            position = self._space(position + 1)

    def _value(self, start: int, path: Path, depth: int) -> int:
        if depth > _DEEPEST:
            raise _NotUnderstoodError
        opening = self.text[start : start + 1]
        if opening == "[":
            end = self._array(start, path, depth)
        elif opening == "{":
            end = self._inline_table(start, path, depth)
        elif opening in ('"', "'"):
            end = self._any(start, _LONG_BASIC, _LONG_LITERAL, _BASIC, _LITERAL).end()
        else:
            match = self._any(start, _SCALAR)
            end = start + len(match[0].rstrip())
        self.values[path] = (start, end)
        return end

    def _array(self, start: int, path: Path, depth: int) -> int:
        position = self._blank(start + 1)
        index = 0
        while not self.text.startswith("]", position):
            position = self._blank(self._value(position, (*path, index), depth + 1))
            index += 1
            position = self._comma(position, "]")
        return position + 1

    def _inline_table(self, start: int, path: Path, depth: int) -> int:
        position = self._blank(start + 1)
        while not self.text.startswith("}", position):
            position = self._blank(self._pair(position, path, depth + 1))
            position = self._comma(position, "}")
        return position + 1

    def _comma(self, position: int, closing: str) -> int:
        if self.text.startswith(closing, position):
            return position
        return self._blank(self._past(position, ","))

    def _past(self, position: int, token: str) -> int:
        if not self.text.startswith(token, position):
            raise _NotUnderstoodError
        return position + len(token)

    def _any(self, position: int, *patterns: re.Pattern[str]) -> re.Match[str]:
        for pattern in patterns:
            match = pattern.match(self.text, position)
            if match is not None:
                return match
        raise _NotUnderstoodError

    def _space(self, position: int) -> int:
        match = _SPACE.match(self.text, position)
        return match.end() if match else position

    def _blank(self, position: int) -> int:
        match = _BLANK.match(self.text, position)
        return match.end() if match else position


def scan(text: str) -> _Scan:
    """Index `text`; where it stops being TOML the index ends without complaint."""
    found = _Scan(text)
    with contextlib.suppress(_NotUnderstoodError):  # a place that is not known is not printed
        found.run()
    return found


def _key(written: str) -> str:
    if written[0] not in "\"'":
        return written
    try:
        return str(next(iter(tomli.loads(f"{written} = 0"))))
    except ValueError:
        raise _NotUnderstoodError from None


def _written(part: str) -> str:
    return part if _BARE_KEY.fullmatch(part) else '"' + part.replace('"', '\\"') + '"'
