"""What a reader gets of a page: words without markup, and the elements they stand in."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

_VOID = {"meta", "br", "hr", "img", "input", "link", "rect", "line", "path"}
_UNREAD = {"style", "script", "title"}
_BLOCKS = {"p", "li", "td", "th", "h1", "h2", "h3", "dd", "dt", "caption", "desc", "figcaption"}
_BLOCKS |= {"span", "text", "summary"}


class Read(HTMLParser):
    """`words`: the text, spaces joined. `elements`: every start tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.pieces: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes something else"
        if tag in _BLOCKS:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not (_UNREAD & set(self.open) and "svg" not in self.open):
            self.pieces.append(data)

    @property
    def words(self) -> str:
        return on_one_line("".join(self.pieces))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def on_one_line(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())
