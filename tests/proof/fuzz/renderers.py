"""Every way an answer is shown, each with the check of what comes out. What exists is picked up."""

from __future__ import annotations

import io
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, Final, NamedTuple

from rich.console import Console

from ndm_advisor.explain.schedule import schedule
from ndm_advisor.model.answer import Recommendation
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.render.as_json import to_json
from ndm_advisor.render.block import Options
from ndm_advisor.render.plain import to_text
from ndm_advisor.render.rich_text import print_answer
from ndm_advisor.render.sbar import to_sbar
from ndm_advisor.render.schedule import schedule_text
from ndm_advisor.render.sheet import Sheet
from ndm_advisor.render.worklist import (
    CLASSES,
    COLUMNS,
    Row,
    Stamp,
    csv_cells,
    csv_line,
    row_of,
    table,
)
from tests.proof.fuzz import inert

_WIDE: Final = Options(full=True, width=100)
_NARROW: Final = Options(width=59, linear=True)
_STAMP: Final = Stamp(("ndm-advisor",), ("KNOWLEDGE OVERDUE FOR REVIEW",))


class Renderer(NamedTuple):
    """Writes an answer and checks what was written; `weight` is how often it is chosen."""

    name: str
    check: Callable[[Recommendation, Knowledge], None]
    weight: int


def _text(answer: Recommendation, _knowledge: Knowledge) -> None:
    inert.screen(to_text(answer, _WIDE))


def _plain(answer: Recommendation, _knowledge: Knowledge) -> None:
    inert.screen(to_text(answer, _NARROW))


def _ascii(answer: Recommendation, _knowledge: Knowledge) -> None:
    shown = to_text(answer, _NARROW, encoding="ascii")
    inert.screen(shown)
    shown.encode("ascii")


def _rich(answer: Recommendation, _knowledge: Knowledge) -> None:
    """Colour adds nothing and markup takes nothing away."""
    out = io.StringIO()
    console = Console(
        file=out, width=100, force_terminal=True, color_system="truecolor", legacy_windows=False
    )
    options = Options()
    print_answer(answer, console, options)
    bare = "\n".join(line.rstrip() for line in inert.coloured(out.getvalue()).split("\n"))
    if bare != to_text(answer, options._replace(width=100), encoding=console.encoding):
        raise inert.Passed("the coloured screen has other words than the plain one")


def _json(answer: Recommendation, _knowledge: Knowledge) -> None:
    found: Any = inert.as_json(to_json(answer))
    if found["case"]["id"] != _storable(answer.case.id):
        raise inert.Passed("the id does not come back from JSON as it was")


def _storable(text: str | None) -> str | None:
    return None if text is None else text.encode(errors="backslashreplace").decode()


def _sbar(answer: Recommendation, _knowledge: Knowledge) -> None:
    inert.screen(to_sbar(answer))


def _csv(answer: Recommendation, _knowledge: Knowledge) -> None:
    head = csv_line(list(COLUMNS))
    inert.as_csv(head + csv_line(csv_cells(answer, row_of(answer))), rows=2)


def _worklist(answer: Recommendation, _knowledge: Knowledge) -> None:
    for width in (100, None):
        inert.screen(one_row(row_of(answer), width))


def one_row(row: Row, width: int | None) -> str:
    """The worklist of a batch of one case."""
    totals = {kind: int(kind == row.kind) for kind in CLASSES}
    return table([row], totals, stamp=_STAMP, width=width, shown_of=1)


def _schedule(answer: Recommendation, knowledge: Knowledge) -> None:
    made = schedule(answer, knowledge, regimen=None)
    for sheet in (Sheet(100, linear=False), Sheet(40, linear=True)):
        inert.screen(schedule_text(made, sheet))


RENDERERS: Final = [
    Renderer("text", _text, 2),
    Renderer("plain", _plain, 2),
    Renderer("ascii", _ascii, 1),
    Renderer("rich", _rich, 1),
    Renderer("json", _json, 6),
    Renderer("sbar", _sbar, 4),
    Renderer("csv", _csv, 6),
    Renderer("worklist", _worklist, 6),
    Renderer("schedule", _schedule, 3),
]

if find_spec("ndm_advisor.render.pages") is not None:
    from ndm_advisor.render.pages.contents import page_of
    from ndm_advisor.render.pages.html import case_html
    from ndm_advisor.render.pages.markdown import case_markdown
    from ndm_advisor.render.pages.parts import Page
    from ndm_advisor.render.regimens import whole_offers

    def _page(answer: Recommendation, knowledge: Knowledge) -> Page:
        whole = whole_offers(answer) if answer.regimens else ()
        return page_of(answer, {o.id: schedule(answer, knowledge, regimen=o.id) for o in whole})

    def _html(answer: Recommendation, knowledge: Knowledge) -> None:
        inert.as_html(case_html(_page(answer, knowledge)), scripts=0)

    def _markdown(answer: Recommendation, knowledge: Knowledge) -> None:
        inert.as_markdown(case_markdown(_page(answer, knowledge)))

    RENDERERS += [Renderer("html", _html, 2), Renderer("md", _markdown, 2)]
