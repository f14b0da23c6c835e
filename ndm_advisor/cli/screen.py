"""Where and how an answer is shown: format, width, colour, file."""

import contextlib
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Final, Literal, NamedTuple

from ndm_advisor.errors import UsageError

Kind = Literal["colour", "plain", "json", "sbar", "md", "html", "fhir", "cds-hooks"]

FORMAT: Final = "NDM_ADVISOR_FORMAT"
FORMATS: Final = ("text", "plain", "json")
PAGES: Final[tuple[Kind, ...]] = ("md", "html")
FOR_PROGRAMS: Final[tuple[Kind, ...]] = ("json", "fhir", "cds-hooks")
ADVISE_FORMATS: Final = (*FORMATS, "sbar", *PAGES, "fhir", "cds-hooks")
_SOMEWHERE: Final = (*ADVISE_FORMATS, "table", "ndjson", "csv")  # one variable for all commands
_NARROW: Final = 60
_USUAL: Final = 80
_OWNER_ONLY: Final = 0o600
# The `format` of a case in TOML, JSON or a cell. An answer that refuses one quotes it escaped.
_SIGN_OF_A_CASE: Final = (
    rb"""(?m)^[ \t]*["']?format["']?[ \t]*=[ \t]*["']ndm-advisor/case/"""
    rb"""|"format"\s*:\s*"ndm-advisor/case/"""
    rb"""|(?:^|[,;\t])"?ndm-advisor/case/\d+"?(?:[,;\t\r]|$)"""
)
_LOOKED_THROUGH: Final = 1024 * 1024  # the most a case may be


class Screen(NamedTuple):
    """How to write: `width` None does not fold; `linear` None lets the width decide."""

    kind: Kind
    width: int | None
    linear: bool | None


_OWN_LAYOUT: Final[tuple[Kind, ...]] = (*FOR_PROGRAMS, "sbar", *PAGES)  # on every terminal


def screen_for(
    format_option: str | None,
    *,
    linear: bool,
    no_color: bool,
    to_file: bool,
    formats: tuple[str, ...] = FORMATS,
) -> Screen:
    """What the options, the environment and the terminal ask for, among a command's `formats`.

    Raises:
        UsageError: a format this command does not write.
    """
    asked = _format(format_option, formats)
    for kind in _OWN_LAYOUT:
        if asked == kind:
            return Screen(kind, None, None)
    on_terminal = sys.stdout.isatty() and not to_file
    if not on_terminal:
        columns = _columns_named()
        wide = asked == "text" and not linear and (columns or _USUAL) >= _NARROW
        if wide:
            return Screen("plain", columns or _USUAL, linear=None)
        return Screen("plain", columns, linear=True)
    width = shutil.get_terminal_size().columns
    if linear or width < _NARROW:
        return Screen("plain", width, linear=True)
    plain = asked == "plain" or not _colour(no_color)
    return Screen("plain" if plain else "colour", width, linear=None)


def _format(option: str | None, formats: tuple[str, ...]) -> str | None:
    for value, origin in ((option, "--format"), (os.environ.get(FORMAT), FORMAT)):
        if value in formats:
            return value
        if value and not (origin == FORMAT and value in _SOMEWHERE):  # another command's own
            message = f"{origin}: `{value}` is not a format; write one of {', '.join(formats)}"
            raise UsageError(message)
    return None


def _colour(no_color: bool) -> bool:  # noqa: FBT001  # one flag, read at one place
    return not (no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb")


def _columns_named() -> int | None:
    """`COLUMNS`, where it is a width; a pipe has none of its own."""
    named = os.environ.get("COLUMNS", "")
    return int(named) if named.isascii() and named.isdecimal() and int(named) > 0 else None


def text_width() -> int | None:
    """The width for pages of text: the terminal's, at most 100; None when piped."""
    if sys.stdout.isatty():
        return min(shutil.get_terminal_size().columns, 100)
    return _columns_named()


def write_out(content: str | bytes) -> None:
    """Write to standard output; text in what its encoding can hold, bytes as they are."""
    if isinstance(content, bytes):
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        return
    from ndm_advisor.render.text import for_encoding  # noqa: PLC0415

    sys.stdout.write(for_encoding(content, sys.stdout.encoding))


def check_target(target: str, *, beside: str | None, over_case: bool = False) -> None:
    """Refuse a file that cannot be the output, before any work is done.

    `over_case` allows what holds a case: somebody who saves a case was asked already.

    Raises:
        UsageError: a directory, a directory that is not there, a link, a pipe or device, a case.
    """
    path = Path(target)
    if path.is_dir():
        message = f"-o: {target} is a directory"
        raise UsageError(message)
    if not path.parent.is_dir():
        message = f"-o: {path.parent} is not a directory"
        raise UsageError(message)
    if beside is not None and path.exists() and Path(beside).exists() and path.samefile(beside):
        message = f"-o: {target} is the case file itself"
        raise UsageError(message)
    if path.is_symlink():  # the file would take the place of the link, /dev/stdout for one
        message = f"-o: {target} is a link; name the file itself"
        raise UsageError(message)
    if path.exists() and not path.is_file():
        message = f"-o: {target} is not a regular file; without -o the answer is on standard output"
        raise UsageError(message)
    if not over_case and _holds_case(path):
        message = f"-o: {target} holds a case, which the answer would replace; name another file"
        raise UsageError(message)


def _holds_case(path: Path) -> bool:
    """Whether a slip of the keyboard would write an answer over somebody's case."""
    try:
        with path.open("rb") as file:
            return re.search(_SIGN_OF_A_CASE, file.read(_LOOKED_THROUGH)) is not None
    except OSError:
        return False  # not there yet, or not to be read


def write_file(target: str, content: bytes) -> None:
    """Write the file whole or not at all, readable by its owner only.

    Raises:
        UsageError: it cannot be written; what stood there before stands there still.
    """
    part = f"{target}.part"
    try:
        with contextlib.suppress(FileNotFoundError):
            Path(part).unlink()
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(part).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(part).unlink()
            raise
    except OSError as error:
        message = f"-o: {target}: {error.strerror}"
        raise UsageError(message) from error
