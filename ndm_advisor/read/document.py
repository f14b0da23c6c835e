"""From the text of a file to nested tables, or every reason why it cannot be read.

TOML is mended for further reading only: a faulty line is reported, left out, and the rest is looked
at, so that one slip does not hide the next. A text with a fault is never accepted.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple, NoReturn

import tomli

from ndm_advisor.errors import CaseFormatError, Problem
from ndm_advisor.read.positions import Locate, Position, TomlPlaces, line_of, nowhere

LARGEST_BYTES: Final = 1024 * 1024
_MOST_SYNTAX_FAULTS: Final = 20
_TOO_LARGE: Final = "the file is larger than 1 MiB; a case needs a few KiB"
MOST_VALUES: Final = 1000
MOST_MEMBERS: Final = 99  # of one list: orders, medicines, allergies
_TOO_MANY: Final = f"the case holds more than {MOST_VALUES:,} values; a case needs some dozens"
MOST_CHARACTERS: Final = 20_000  # of one text: a note of ten pages
_TOO_WORDY: Final = f"a text of the case has more than {MOST_CHARACTERS:,} characters"
_TOO_LONG: Final = f"a list of the case has more than {MOST_MEMBERS} members"

Document = dict[str, object]
_Holder = dict[str, object] | list[object] | tuple[object, ...]


class Parsed(NamedTuple):
    """`faults` are syntax problems; where there are any, `document` lacks the lines at fault."""

    document: Document
    locate: Locate
    faults: tuple[Problem, ...]


def decode(data: bytes, *, path: str | None) -> str:
    """The text of a case file. A byte order mark is dropped.

    Raises:
        CaseFormatError: more than 1 MiB, or not UTF-8 (with the line and byte).
    """
    if len(data) > LARGEST_BYTES:
        _refuse(path, "E101", _TOO_LARGE)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        _refuse(path, "E102", "the file is UTF-16, not UTF-8", help="save it as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start + 1} (0x{data[error.start]:02x}) is not UTF-8"
        _refuse(path, "E102", message, line=line, help="save the file as UTF-8")


def parse(text: str, *, path: str | None) -> Parsed:
    """Read `text` as JSON when it starts with `{` or `path` ends in .json, else as TOML.

    Raises:
        CaseFormatError: nothing of it can be read.
    """
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    _check_characters(plain, path)
    try:
        if (path or "").lower().endswith(".json") or plain.lstrip().startswith("{"):
            return Parsed(parse_json(plain, path=path), nowhere, ())
        return _parse_toml(plain, path)
    except RecursionError:
        _refuse(path, "E107", "lists or tables are nested too deeply; a case is four deep")


def is_short(text: str) -> bool:
    """Whether a JSON text is too short to hold more than a case can: most are told at a glance.

    A further value costs a comma, a table or a list a bracket.
    """
    commas = text.count(",")
    brackets = text.count("{") + text.count("[")
    return commas < MOST_MEMBERS and brackets < MOST_VALUES // 2 and len(text) <= MOST_CHARACTERS


def refuse_too_many(document: Document, *, path: str | None) -> None:
    """Refuse what holds more values than a case can: to judge each of them would take minutes.

    Raises:
        CaseFormatError: more than `MOST_VALUES` keys and members of lists at any depth, more
            than `MOST_MEMBERS` in one list, or `MOST_CHARACTERS` in one text or key.
    """
    waiting: list[_Holder] = [document]
    count = 0
    while waiting:
        holder = waiting.pop()
        count += len(holder)
        if count > MOST_VALUES:
            _refuse(path, "E101", _TOO_MANY)
        if not isinstance(holder, dict) and len(holder) > MOST_MEMBERS:
            _refuse(path, "E101", _TOO_LONG)
        longest, inner = _longest_text(holder)
        if longest > MOST_CHARACTERS:
            _refuse(path, "E101", _TOO_WORDY)
        waiting += inner


def _longest_text(holder: _Holder) -> tuple[int, list[_Holder]]:
    """The length of the longest text or key, and the lists and tables inside. Met by every case."""
    longest = 0
    values: Iterable[object] = holder
    if isinstance(holder, dict):
        longest, values = max(map(len, holder), default=0), holder.values()
    inner = []
    for each in values:
        if isinstance(each, str):
            longest = max(longest, len(each))
        elif isinstance(each, (dict, list, tuple)):
            inner.append(each)
    return longest, inner


def parse_json(text: str, *, path: str | None) -> Document:
    """One JSON object, without duplicate keys, NaN or Infinity.

    Raises:
        CaseFormatError: anything else.
        RecursionError: nested too deeply.
    """
    faults = _JsonFaults()
    try:
        document = json.loads(text, object_pairs_hook=faults.table, parse_constant=faults.constant)
    except json.JSONDecodeError as error:
        place = line_of(text, min(error.pos, max(0, len(text) - 1)))
        help_ = "mend the comma, quote or bracket there, or write the case as TOML"
        _refuse_at(path, "E105", f"not JSON: {_lower_first(error.msg)}", place, help=help_)
    except ValueError:  # a number of more digits than Python converts
        _refuse(path, "E105", "not JSON: a number has too many digits")
    if faults.found:
        raise CaseFormatError(path, tuple(faults.problems(document)))
    if not isinstance(document, dict):
        _refuse(path, "E108", "a case is one JSON object", help="start it with `{`")
    return document


class _Constant(NamedTuple):
    """NaN or an infinity, until it is told where it stands."""

    name: str


class _JsonFaults:
    """What JSON allows and a case does not, noted on the way so that its keys can be named.

    A table is read before the one that holds it: the path is known only when all is read.
    """

    def __init__(self) -> None:
        self.twice: dict[int, tuple[Document, list[str]]] = {}  # kept, so that its id stays its own
        self.found = False

    def table(self, pairs: list[tuple[str, object]]) -> Document:
        made = dict(pairs)
        if len(made) < len(pairs):
            self.found = True
            counted = Counter(key for key, _ in pairs)
            self.twice[id(made)] = made, [key for key, times in counted.items() if times > 1]
        return made

    def constant(self, name: str) -> _Constant:
        self.found = True
        return _Constant(name)

    def problems(self, document: object) -> Iterator[Problem]:
        """The first faults, in the order of the file; an order counts from 1 in its key."""
        waiting: list[tuple[tuple[str, ...], object]] = [((), document)]
        left = _MOST_SYNTAX_FAULTS
        while waiting and left:
            at, node = waiting.pop()
            for problem in islice(self._of(at, node), left):
                left -= 1
                yield problem
            waiting += reversed([((*at, key), inner) for key, inner in _members(node)])

    def _of(self, at: tuple[str, ...], node: object) -> Iterator[Problem]:
        if isinstance(node, _Constant):
            help_ = "leave out what is not known"
            key = ".".join(at) or None
            yield Problem("E206", "error", key, None, None, f"{node.name} is not a number", help_)
        _, names = self.twice.get(id(node), ({}, []))
        for name in names:
            key = ".".join((*at, name))
            message = f"the key {json.dumps(name)} stands twice"
            yield Problem("E106", "error", key, None, None, message, "keep one")


def _members(node: object) -> Iterator[tuple[str, object]]:
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from ((str(number), inner) for number, inner in enumerate(node, 1))


def _parse_toml(text: str, path: str | None) -> Parsed:
    lines = text.split("\n")
    faults: list[Problem] = []
    while True:
        readable = "\n".join(lines)
        try:
            document = tomli.loads(readable)
        except tomli.TOMLDecodeError as error:
            place, fault = _toml_fault(error, readable)
            faults.append(fault)
            if len(faults) == _MOST_SYNTAX_FAULTS or not _can_leave_out(place):
                raise CaseFormatError(path, tuple(faults)) from None
            lines[place.line - 1] = ""
        except ValueError:  # a number of more digits than Python converts
            _refuse(path, "E104", "not TOML: a number has too many digits")
        else:
            return Parsed(document, TomlPlaces(readable), tuple(faults))


def _can_leave_out(place: Position) -> bool:
    """The fault keeps to its line: no string, list or table runs on to the next."""
    line = place.source_line
    balanced = line.count("[") == line.count("]") and line.count("{") == line.count("}")
    return (
        balanced
        and line.strip() not in ("", "]", "}")
        and not line.lstrip().startswith("[")
        and '"""' not in line
        and "'''" not in line
    )


def _toml_fault(error: tomli.TOMLDecodeError, text: str) -> tuple[Position, Problem]:
    offset = min(error.pos, len(text))
    if re.match(r"(Cannot|Duplicate)", error.msg):
        return _twice(error, text, offset)
    place = line_of(text, offset)
    help_ = _toml_help(place.source_line)
    return place, _at("E104", f"not TOML: {_lower_first(error.msg)}", place, help=help_)


def _twice(error: tomli.TOMLDecodeError, text: str, offset: int) -> tuple[Position, Problem]:
    """A key or table that stands twice. The parser stops behind the second; we point at it."""
    place = line_of(text, max(0, offset - 1))
    line = place.source_line
    header = line.lstrip().startswith("[")
    if not header and "inline" in error.msg:
        return place, _at("E106", _lower_first(error.msg), place, help="keep one")
    if not header and "=" not in line:
        return place, _at("E106", "a key stands twice", place, help="keep one")
    name = line.strip() if header else line.partition("=")[0].strip()
    whole = Position(place.line, line.index(name) + 1, max(1, len(name)), line)
    message = f"the {'table' if header else 'key'} `{_visible(name)}` stands twice"
    help_ = "keep one; several orders are `[[orders]]` each" if header else "keep one"
    return whole, _at("E106", message, whole, help=help_, also=_first(text, whole))


def _first(text: str, second: Position) -> tuple[int, int, str, str] | None:
    """The line above that holds the same key in the same table, where it can be told."""
    wanted = _key_text(second.source_line)
    lines = text.split("\n")[: second.line - 1]
    is_table = wanted.startswith("[")
    for number in range(len(lines), 0, -1):
        line = lines[number - 1]
        if _key_text(line) == wanted:
            return number, len(line) - len(line.lstrip()) + 1, line, "first here"
        if line.lstrip().startswith("[") and not is_table:
            return None
    return None


def _key_text(line: str) -> str:
    text = line.strip()
    if text.startswith("["):
        return text.partition("#")[0].strip()
    return text.partition("=")[0].strip().strip("\"'") if "=" in text else ""


_TOML_HELP: Final = (
    (r"[^=]*=\s*[<>]?=?\s*\d+,\d+\s*(#.*)?$", "decimals have a point: write 4.5, not 4,5"),
    (r"[^=]*=\s*[<>≤≥]", 'an MIC is text in quotes: write ">32" or "<=0.5"'),
    (r"[^=]*=\s*[+-]?\.\d", "write the zero before the point: 0.5, not .5"),
    (r"[^=]*=\s*[+-]?\d+\.(\D|$)", "write a figure after the point, or no point: 4, not 4."),
    (r"[^=]*=\s*0\d", "a number has no leading zero; an identifier is text in quotes"),
    (r"[^=]*=\s*\d{4}-\d{1,2}-\d{1,2}", "write a date that exists, as 2026-11-20, without quotes"),
    (r"[^=]*=\s*\d{1,2}[./]\d{1,2}[./]\d{2,4}", "a date is written 2026-11-20, without quotes"),
    (r"[^=]*=\s*(True|False|TRUE|FALSE|yes|no|Yes|No)\b", "write true or false"),
    (r"[^=]*=\s*\d[\d.]*\s*[A-Za-z%/]", "write the number alone: the key names the unit"),
    (r"[^=]*=\s*[A-Za-z]", 'text stands in quotes, for example site = "bloodstream"'),
    (r"[^=]*=\s*\d+-\d", "write one number; a range is not a value"),
    (r"[^=]*=\s*(#.*)?$", "leave the line out when the value is not known: absent is an answer"),
    (r"\s*[\w-]+\s*:\s", 'write `key = value`, with "=" in place of ":"'),
    (r"[^=]*[ (+/][^=]*=", 'put a name with spaces or signs in quotes: "fosfomycin (iv)" = "8"'),
)


def _toml_help(line: str) -> str | None:
    return next((help_ for pattern, help_ in _TOML_HELP if re.match(pattern, line)), None)


def _check_characters(text: str, path: str | None) -> None:
    if len(text) > LARGEST_BYTES:
        _refuse(path, "E101", _TOO_LARGE)
    offset = text.find("\0")
    if offset >= 0:
        _refuse_at(path, "E103", "a NUL character is not text", line_of(text, offset))
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        place = line_of(text, error.start)
        _refuse_at(path, "E102", "half of a surrogate pair is not text", place)
    if size > LARGEST_BYTES:
        _refuse(path, "E101", _TOO_LARGE)


def _visible(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 - a line has room for 60


def _lower_first(message: str) -> str:
    return message[:1].lower() + message[1:]


def _at(
    code: str,
    message: str,
    place: Position,
    *,
    help: str | None = None,  # noqa: A002 - the word the reader of a diagnostic sees
    also: tuple[int, int, str, str] | None = None,
) -> Problem:
    return Problem(
        code=code,
        severity="error",
        key=None,
        line=place.line,
        column=place.column,
        message=message,
        help=help,
        source_line=place.source_line,
        width=place.width,
        also=also,
    )


def _refuse_at(
    path: str | None,
    code: str,
    message: str,
    place: Position,
    *,
    help: str | None = None,  # noqa: A002 - the word the reader of a diagnostic sees
) -> NoReturn:
    raise CaseFormatError(path, (_at(code, message, place, help=help),))


def _refuse(
    path: str | None,
    code: str,
    message: str,
    *,
    line: int | None = None,
    help: str | None = None,  # noqa: A002 - the word the reader of a diagnostic sees
) -> NoReturn:
    problem = Problem(code, "error", None, line, None, message, help)
    raise CaseFormatError(path, (problem,)) from None
