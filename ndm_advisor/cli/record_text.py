"""Records as their TOML files have them: found by id, cut out by their headers.

For reading only. The headers of TOML stand at the start of a line, and so does an id's key, so the
text of a record runs from its header to the next one that is not below it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

_HEADER: Final = re.compile(r"^\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ID: Final = re.compile(r'^id\s*=\s*"([^"]*)"')


class Record(NamedTuple):
    """`line` counts from 1 and is where the record begins."""

    file: str
    line: int
    lines: tuple[str, ...]


def records_with(ident: str, files: Mapping[str, bytes]) -> Iterator[Record]:
    """Every record of this id: `id = "..."`, or a table of settings.toml by its name."""
    wanted = ident.casefold()
    for file, content in files.items():
        lines = content.decode("utf-8", "replace").splitlines()
        for number, line in enumerate(lines):
            header = _HEADER.match(line)
            named = _ID.match(line)
            if named and named[1].casefold() == wanted:
                yield _cut(file, lines, _start(lines, number))
            elif file == "settings.toml" and header and header[1].casefold() == wanted:
                yield _cut(file, lines, number)


def _start(lines: list[str], number: int) -> int | None:
    """The header above an id; None for the id of a whole file."""
    for above in range(number, -1, -1):
        if _HEADER.match(lines[above]):
            return above
    return None


def _cut(file: str, lines: list[str], start: int | None) -> Record:
    if start is None:
        return Record(file, 1, tuple(lines))
    header = _HEADER.match(lines[start])
    name = header[1] if header else ""
    end = start + 1
    while end < len(lines):
        next_header = _HEADER.match(lines[end])
        if next_header and not next_header[1].startswith(f"{name}."):
            break
        end += 1
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1  # the blank lines and the comment before the next record
    return Record(file, start + 1, tuple(lines[start:end]))
