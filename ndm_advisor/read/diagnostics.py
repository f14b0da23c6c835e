"""Problems as plain text: what is wrong, where, what to write instead, why it matters.

Only the line at fault is shown, never more of the patient. Whatever a file holds, the output is
harmless to a terminal: control characters and directional marks are written out.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Final, NamedTuple

from ndm_advisor.errors import Problem

_WIDEST: Final = 100  # characters of a source line; more is cut away round the caret
_BEFORE_CARET: Final = 40
_TAB: Final = "    "


class FileReport(NamedTuple):
    """The problems of one file. `path` is None for standard input."""

    path: str | None
    problems: tuple[Problem, ...]


def visible(text: str) -> str:
    r"""`text` on one line, every character that cannot be seen written as its escape.

    A space other than the plain one cannot be told from it, and is written out too.

    >>> visible("\x1b[31mred\tx")
    '\\x1b[31mred    x'
    """
    return text if text.isprintable() else "".join(map(_visible_character, text))


def render_report(reports: Sequence[FileReport]) -> str:
    """All problems of all files, then the count line. Empty when there is nothing to say."""
    blocks = [
        render_problem(problem, path=report.path)
        for report in reports
        for problem in in_order(report.problems)
    ]
    return "\n".join([*blocks, count_line(reports) + "\n"]) if blocks else ""


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sorted by line and column; what has no known place comes last."""
    return tuple(sorted(problems, key=lambda p: (p.line is None, p.line or 0, p.column or 0)))


def render_problem(problem: Problem, *, path: str | None) -> str:
    """One problem, ending with a line feed."""
    lines = [f"{problem.severity}[{problem.code}]: {visible(problem.message)}"]
    lines.append(f"  --> {_place(problem, path)}")
    margin = _margin(problem)
    lines.extend(_source(problem, margin))
    lines.extend(_remark("help", problem.help, margin))
    lines.extend(_remark("note", problem.note, margin))
    return "\n".join(lines) + "\n"


def count_line(reports: Sequence[FileReport]) -> str:
    """For example `3 errors, 1 warning in 2 files. case-03 was not assessed`."""
    problems = [problem for report in reports for problem in report.problems]
    errors = sum(problem.severity == "error" for problem in problems)
    counts = [_counted(errors, "error")] if errors else []
    if len(problems) > errors:
        counts.append(_counted(len(problems) - errors, "warning"))
    total = f"{', '.join(counts)} in {_counted(len(reports), 'file')}."
    refused = [_name(report.path) for report in reports if _is_refused(report)]
    if not refused:
        return total
    verb = "was" if len(refused) == 1 else "were"
    return f"{total} {_joined(refused)} {verb} not assessed."


def _is_refused(report: FileReport) -> bool:
    return any(problem.severity == "error" for problem in report.problems)


def _name(path: str | None) -> str:
    return "standard input" if path is None else visible(PurePath(path).stem)


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _place(problem: Problem, path: str | None) -> str:
    name = "standard input" if path is None else visible(path)
    if problem.line is None:
        return f"{name}: {visible(problem.key)}" if problem.key else name
    if problem.column is None:
        return f"{name}:{problem.line}"
    places = sorted(mark[:2] for mark in _marks(problem))
    return f"{name}:" + " and ".join(f"{line}:{column}" for line, column in places)


def _marks(problem: Problem) -> list[tuple[int, int, str, int, str]]:
    """Line, column, source line, width and mark of each place, in the order of the file."""
    if problem.line is None or problem.column is None:
        return []
    mark = f"^ {problem.caption or ''}".rstrip()
    marks = [(problem.line, problem.column, problem.source_line or "", problem.width, mark)]
    if problem.also is not None:
        line, column, source, caption = problem.also
        marks.append((line, column, source, len(source.rstrip()) - column + 1, f"- {caption}"))
    return sorted(marks)


def _margin(problem: Problem) -> int:
    return len(str(max([problem.line or 0, *(mark[0] for mark in _marks(problem))])))


def _source(problem: Problem, margin: int) -> list[str]:
    if problem.source_line is None:
        return []
    empty = f" {' ' * margin} |"
    lines = [line for mark in _marks(problem) for line in _marked(*mark, margin)]
    return [empty, *lines, *([empty] if problem.help or problem.note else [])]


def _marked(  # noqa: PLR0917 - a line, a span in it, and how it is marked
    number: int, column: int, source: str, width: int, mark: str, margin: int
) -> list[str]:
    """The source line and, below it, `mark` drawn under `width` characters from `column` on."""
    start = min(column - 1, len(source))
    end = min(start + max(1, width), max(len(source), start + 1))
    first = max(0, start - _BEFORE_CARET) if len(source) > _WIDEST else 0
    last = min(len(source), first + _WIDEST)
    end = min(end, max(last, start + 1))
    before = ("..." if first else "") + visible(source[first:start])
    span = visible(source[start:end])
    after = visible(source[end:last]) + ("..." if last < len(source) else "")
    underline = mark[0] * max(1, _columns(span))
    return [
        f" {number:>{margin}} | {before}{span}{after}".rstrip(),
        f" {' ' * margin} | {' ' * _columns(before)}{underline}{mark[1:]}",
    ]


def _remark(kind: str, text: str | None, margin: int) -> list[str]:
    return [f" {' ' * margin} = {kind}: {visible(text)}"] if text else []


def _visible_character(character: str) -> str:
    if character == "\t":
        return _TAB
    if character.isprintable():
        return character
    number = ord(character)
    if number <= 0xFF:  # noqa: PLR2004 - two hexadecimal digits reach so far
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"  # noqa: PLR2004


def _columns(text: str) -> int:
    """Terminal columns: wide East Asian characters take two, combining marks none."""
    return sum(
        0
        if unicodedata.combining(character)
        else (2 if unicodedata.east_asian_width(character) in "WF" else 1)
        for character in text
    )
