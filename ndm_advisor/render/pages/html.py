"""Pages as HTML: one file that needs nothing else, on the screen and on paper.

Templates escape everything they are given, and every value passes `_shown` first: characters that
a terminal, a browser or a reader would obey come out as letters. The one style and the one script
of a page are allowed by their hashes; nothing else runs, and nothing is fetched.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ndm_advisor.render import text
from ndm_advisor.render.pages.drawing import picture
from ndm_advisor.render.pages.parts import SIGNS, Drawing, Page, Part, Section, Stamp
from ndm_advisor.render.pages.stamp import STANDING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jinja2 import Environment
    from markupsafe import Markup

_SPACES: Final = str.maketrans({text.HARD: "\u00a0", text.FIRM: " ", text.SOFT: " "})
_PLAIN_IN_CSS: Final = re.compile(r"[^A-Za-z0-9 .,|()-]")
_SIZES: Final = ((6500, "roomy"), (8800, "close"), (10800, "dense"))  # characters at most
_SMALLEST: Final = "densest"
_DRAWN: Final = 300  # a row of the drawing takes the room of that many characters


def case_html(page: Page, *, tall_man: bool = False) -> str:
    """Write the page of one case."""
    body = fragment("case.html", tall_man=tall_man, page=page)
    return page_html(page.title, body, page.stamp, size=print_size(page), tall_man=tall_man)


def print_size(page: Page) -> str:
    """Choose the size of print: as large as lets a case stand on two sheets.

    By the characters that are printed; a closed section is not.
    """
    count = sum(map(_size, page.lead))
    for section in (*page.answer, *page.reference):
        count += sum(map(_size, _printed(section)))
    return next((name for most, name in _SIZES if count <= most), _SMALLEST)


def _printed(section: Section) -> Iterator[Part]:
    if section.folded:
        return
    yield from section.parts
    for inner in section.within:
        yield from _printed(inner)


def _size(value: object) -> int:
    """Count the characters of a part, whatever it is made of."""
    if isinstance(value, Drawing):
        return _DRAWN * len(value.schedule.timetable.drugs if value.schedule.timetable else ())
    if isinstance(value, str):
        return len(value)
    return sum(map(_size, value)) if isinstance(value, tuple) else 0


def page_html(
    title: str,
    body: Markup,
    stamp: Stamp,
    *,
    script: str = "",
    size: str = "close",
    tall_man: bool = False,
) -> str:
    """Write a whole document round a body: head, style, stamp at head and foot of every page.

    Args:
        title: what the window and the file are called.
        body: markup of a template of this package.
        stamp: stands in the margins of each printed page, and once on the screen.
        script: a script of this package; nothing else on the page runs.
        size: of print on paper: roomy, close, dense or densest.
        tall_man: look-alike names as cefTAZidime.
    """
    style = f"{_source('style.css')}\n{_margins(stamp)}"
    made = fragment(
        "base.html",
        tall_man=tall_man,
        title=title,
        body=body,
        stamp=stamp,
        standing=STANDING,
        size=size,
        style=_markup(style),
        script=_markup(script),
        style_hash=_hash(style),
        script_hash=_hash(script) if script else "",
    )
    return f"{made}\n"


def fragment(template: str, *, tall_man: bool = False, **values: object) -> Markup:
    """Write a part of a page from a template of this package."""
    return _markup(_environment(tall_man=tall_man).get_template(template).render(**values))


def script(name: str) -> str:
    """Return a script of this package."""
    return _source(name)


# -- what makes it safe ---------------------------------------------------------------------------


def _shown(value: object) -> object:
    """Return a value as it may be escaped and printed; markup of ours passes as it is."""
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    return text.bind(text.visible(value)).translate(_SPACES)


def _shown_tall(value: object) -> object:
    shown = _shown(value)
    return text.tall_man(shown) if isinstance(shown, str) and shown is not value else shown


def _verbatim(words: str) -> Markup:
    """Return a case's own words: made visible, escaped, otherwise left alone."""
    from markupsafe import escape  # noqa: PLC0415 - comes with the template library

    return escape(text.visible(words))


def _margins(stamp: Stamp) -> str:
    """Write the rules for the head and the foot of each printed page."""
    boxes = {
        "top-left": _in_css(f"{stamp.tool} | {stamp.rules}"),
        "top-right": _in_css(stamp.date),
        "bottom-left": _in_css(f"{stamp.subject} | {stamp.tool} | {stamp.date}"),
        "bottom-right": '"page " counter(page) " of " counter(pages)',
    }
    rules = "".join(f"  @{place} {{ content: {said}; }}\n" for place, said in boxes.items())
    return f"@page {{\n{rules}}}\n"


def _in_css(words: str) -> str:
    """Write a CSS string; all but letters, digits and a few signs by their numbers."""
    shown = text.visible(words)
    return f'"{_PLAIN_IN_CSS.sub(lambda found: f"{chr(92)}{ord(found[0]):x} ", shown)}"'


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


# -- templates ------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def _environment(*, tall_man: bool) -> Environment:
    from jinja2 import (  # noqa: PLC0415 - slow to import, and only pages need it
        Environment,
        PackageLoader,
        StrictUndefined,
    )

    finalize: Callable[[object], object] = _shown_tall if tall_man else _shown
    made = Environment(
        loader=PackageLoader("ndm_advisor.render.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.filters["verbatim"] = _verbatim
    made.globals.update(signs=SIGNS, picture=picture)
    made.tests["part"] = lambda value, kind: type(value).__name__ == kind
    return made


def _source(name: str) -> str:
    from importlib.resources import files  # noqa: PLC0415 - only pages need it

    return (files("ndm_advisor.render.pages") / "templates" / name).read_text(encoding="utf-8")


def _markup(content: str) -> Markup:
    from markupsafe import Markup  # noqa: PLC0415 - comes with the template library

    return Markup(content)  # noqa: S704 - from our own templates, which escape what they hold
