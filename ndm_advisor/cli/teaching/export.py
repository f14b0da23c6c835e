"""Lessons as one page for a browser or a printer: everything in the file, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from typing import Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from ndm_advisor.cli.teaching.printed import Page
from ndm_advisor.render import text

_TEMPLATE: Final = "page.html.j2"
_NO_BREAK: Final = "\u00a0"
_LONGEST_WHOLE: Final = 40  # a longer word may break at its hyphens
_WHOLE: Final = Markup('<span class="whole">{}</span>')


def to_html(title: str, sections: Sequence[tuple[str, Sequence[Page]]], footer: str) -> str:
    """The whole page. `sections` are headings with their pages; each begins a sheet of paper.

    Every text is escaped, and what a screen would obey is made visible first.
    """
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["shown"] = _shown
    environment.filters["verbatim"] = text.visible
    source = resources.files(__package__).joinpath(_TEMPLATE).read_text(encoding="utf-8")
    template = environment.from_string(source)
    return template.render(title=title, sections=sections, footer=footer)


def _shown(line: str) -> Markup:
    """A line escaped, its amounts and the words with hyphens in one piece."""
    words = text.bind(text.visible(line)).replace(text.HARD, _NO_BREAK)
    return Markup(" ").join(_whole(word) for word in text.loosen(words).split(" "))


def _whole(word: str) -> Markup:
    return _WHOLE.format(word) if "-" in word and len(word) <= _LONGEST_WHOLE else escape(word)
