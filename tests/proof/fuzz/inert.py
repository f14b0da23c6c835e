"""What no output may hold, whatever stood in the case; each check raises `Passed` with it."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from html.parser import HTMLParser
from typing import Any, Final

from ndm_advisor.render.worklist import COLUMNS

COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")  # what rich writes to colour a word, and nothing else
_RAW: Final = frozenset({"Cc", "Zl", "Zp", "Cs"})
_TURNS: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"})
_FORMULA: Final = tuple("=+-@\t\r")
# Tags by which a page acts or fetches; text of a case must never become one.
_ACTING: Final = frozenset(
    {"img", "iframe", "object", "embed", "form", "input", "base", "frame", "audio", "video"}
)


class Passed(AssertionError):  # noqa: N818  # says what happened: hostile text passed
    """Text of a case came out as something other than text."""


def screen(text: str) -> None:
    """Lines of printable characters: nothing that a terminal or a reader's eye would obey."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.isprintable():
            odd = next(c for c in line if not c.isprintable())
            raise Passed(f"line {number} holds U+{ord(odd):04X}")


def coloured(text: str) -> str:
    """The screen behind its colours, checked like any other."""
    bare = COLOUR.sub("", text)
    screen(bare)
    return bare


def as_json(data: bytes) -> Any:
    """One JSON document, in which no character of a case stands raw that a terminal would obey.

    Characters without a meaning of their own (private use, unassigned) may stand: it is data.
    """
    for character in set(data.decode("utf-8")) - {"\n"}:
        if (
            unicodedata.category(character) in _RAW
            or unicodedata.bidirectional(character) in _TURNS
        ):
            raise Passed(f"JSON holds U+{ord(character):04X}")
    return json.loads(data)


def as_csv(data: bytes, *, rows: int) -> None:
    """So many rows, each with all columns, no cell a formula, no cell over more lines than one."""
    text = data.decode("utf-8")
    screen(text)
    found = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if len(found) != rows or text.count("\n") != rows:
        raise Passed(f"{rows} rows became {len(found)}")
    for row in found:
        if len(row) != len(COLUMNS):
            raise Passed(f"{len(row)} cells in place of {len(COLUMNS)}")
        for cell in row:
            if cell.lstrip(" ").startswith(_FORMULA):
                raise Passed(f"a formula: {cell[:40]!r}")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _ACTING:
            raise Passed(f"the page holds <{tag}>")
        self.scripts += tag == "script"
        for name, value in attrs:
            if name.startswith("on"):
                raise Passed(f"the page holds {name}=")
            if "javascript:" in (value or "").lower():
                raise Passed(f"the page holds javascript: in {name}")


def as_html(text: str, *, scripts: int) -> None:
    """A page whose tags are its own: no more scripts than it has, none that act or fetch."""
    screen(text.replace("\u00a0", " "))  # a space that does not break, between number and unit
    page = _Page()
    page.feed(text)
    page.close()
    if page.scripts > scripts:
        raise Passed(f"{page.scripts} scripts in place of {scripts}")


_RAW_MARKUP: Final = re.compile(r"(?<!\\)(?:<[a-zA-Z/!]|\]\(|\[[^\]\\]*\]\[|`)")


def as_markdown(text: str) -> None:
    """CommonMark in which no text of a case is a tag, a link or code."""
    screen(text)
    if found := _RAW_MARKUP.search(text):
        raise Passed(f"the page holds {text[found.start() : found.start() + 20]!r}")
