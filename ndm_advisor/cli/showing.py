"""An answer on its way out: to a screen, a page, another program or a file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from ndm_advisor.cli.screen import FOR_PROGRAMS, PAGES, write_file, write_out

if TYPE_CHECKING:
    from ndm_advisor.cli.screen import Screen
    from ndm_advisor.model.answer import Recommendation
    from ndm_advisor.model.case import Case
    from ndm_advisor.model.knowledge import Knowledge
    from ndm_advisor.render.view import Options

# Renderers are imported where they are used: a run needs one of them.


class Wanted(NamedTuple):
    """How the answer is wanted; `target` None is standard output, `data` the base's directory."""

    screen: Screen
    target: str | None
    why: bool
    full: bool
    tall_man: bool
    data: str | None


def show(answer: Recommendation, case: Case, knowledge: Knowledge, wanted: Wanted) -> None:
    """Write the answer in the form asked for; `case` as its file says it.

    Raises:
        UsageError: the file cannot be written, or an extra for the form is not installed.
    """
    kind = wanted.screen.kind
    if kind == "colour":
        from rich.console import Console  # noqa: PLC0415  # slow to import, and seldom needed

        from ndm_advisor.render.rich_text import print_answer  # noqa: PLC0415

        console = Console(file=sys.stdout, width=wanted.screen.width)
        print_answer(answer, console, _options(answer, wanted))
    elif kind in FOR_PROGRAMS:
        _put(_document(answer, case, knowledge, kind) + b"\n", wanted)
    elif kind in PAGES:
        _put(_page(answer, knowledge, wanted).encode(), wanted)
    else:
        _put(_text(answer, wanted), wanted)


def _put(content: bytes | str, wanted: Wanted) -> None:
    """To the file, else to standard output: text as its encoding can hold it, bytes as they are."""
    if wanted.target is None:
        write_out(content)
    else:
        write_file(wanted.target, content.encode() if isinstance(content, str) else content)


def _text(answer: Recommendation, wanted: Wanted) -> str:
    """What a person reads at a terminal, on the phone or in a file."""
    encoding = sys.stdout.encoding if wanted.target is None else "utf-8"
    if wanted.screen.kind == "sbar":
        from ndm_advisor.render.sbar import to_sbar  # noqa: PLC0415

        return to_sbar(answer, tall_man=wanted.tall_man, encoding=encoding)
    from ndm_advisor.render.plain import to_text  # noqa: PLC0415

    return to_text(answer, _options(answer, wanted), encoding=encoding)


def _options(answer: Recommendation, wanted: Wanted) -> Options:
    from ndm_advisor.render.view import Options  # noqa: PLC0415

    evidence = _evidence(answer, wanted.data) if wanted.full else ()
    screen = wanted.screen
    return Options(wanted.why, wanted.full, wanted.tall_man, screen.width, screen.linear, evidence)


def _page(answer: Recommendation, knowledge: Knowledge, wanted: Wanted) -> str:
    """Everything there is, with the timetable of what is preferred."""
    from ndm_advisor.explain.schedule import schedule  # noqa: PLC0415
    from ndm_advisor.render.pages.contents import page_of  # noqa: PLC0415
    from ndm_advisor.render.pages.html import case_html  # noqa: PLC0415
    from ndm_advisor.render.pages.markdown import case_markdown  # noqa: PLC0415
    from ndm_advisor.render.regimens import whole_offers  # noqa: PLC0415

    whole = whole_offers(answer) if answer.regimens else ()
    schedules = {offer.id: schedule(answer, knowledge, regimen=offer.id) for offer in whole}
    page = page_of(answer, schedules, _evidence(answer, wanted.data))
    write = case_html if wanted.screen.kind == "html" else case_markdown
    return write(page, tall_man=wanted.tall_man)


def _document(answer: Recommendation, case: Case, knowledge: Knowledge, kind: str) -> bytes:
    """The answer for other programs."""
    if kind == "fhir":
        from ndm_advisor.render.fhir.document import to_fhir  # noqa: PLC0415

        return to_fhir(answer, case, knowledge)
    if kind == "cds-hooks":
        from ndm_advisor.render.fhir.cds_hooks import to_cards  # noqa: PLC0415

        return to_cards(answer, knowledge)
    from ndm_advisor.render.as_json import to_json  # noqa: PLC0415

    return to_json(answer)


def _evidence(answer: Recommendation, data: str | None) -> tuple[str, ...]:
    """The claims that bear on the answer, which no answer without `--full` loads."""
    from ndm_advisor.cli.base import directory_of_base  # noqa: PLC0415
    from ndm_advisor.explain.evidence import evidence  # noqa: PLC0415
    from ndm_advisor.knowledge.load import load_claims  # noqa: PLC0415

    return evidence(answer, load_claims(directory_of_base(data)))
