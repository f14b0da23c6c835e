"""Pages of every example, and one Chromium for all tests of a session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.explain.evidence import evidence
from ndm_advisor.explain.schedule import Schedule, schedule
from ndm_advisor.knowledge.load import load_claims
from ndm_advisor.model.answer import CaseRef, Recommendation
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import read_case
from ndm_advisor.render.pages.contents import page_of
from ndm_advisor.render.pages.html import case_html
from ndm_advisor.render.pages.markdown import case_markdown
from ndm_advisor.render.pages.parts import Page
from ndm_advisor.render.regimens import whole_offers

from . import browser as browsers

EXAMPLES = {
    path.stem: path
    for path in sorted((Path(__file__).parents[2] / "examples" / "cases").glob("*.toml"))
}
ON = date(2026, 11, 22)


class Made(NamedTuple):
    """An answer with its page in both formats."""

    answer: Recommendation
    schedules: dict[str, Schedule]
    evidence: tuple[str, ...]
    page: Page
    html: str
    markdown: str


def made_of(answer: Recommendation, knowledge: Knowledge, claims: tuple[str, ...] = ()) -> Made:
    """The page of an answer, as `advise --format html` and `md` write it."""
    whole = whole_offers(answer) if answer.regimens else ()
    schedules = {offer.id: schedule(answer, knowledge, regimen=offer.id) for offer in whole}
    page = page_of(answer, schedules, claims)
    return Made(answer, schedules, claims, page, case_html(page), case_markdown(page))


@pytest.fixture(scope="session")
def pages(knowledge, names) -> dict[str, Made]:
    claims = load_claims(None)
    found = {}
    for stem, path in EXAMPLES.items():
        text = path.read_text(encoding="utf-8")
        case, _ = read_case(text, path=str(path), names=names, on=ON, settings=())
        reference = CaseRef(case.id, f"examples/cases/{path.name}", "a" * 64)
        answer = advise(case, knowledge, on=ON, reference=reference, what_if="full")
        found[stem] = made_of(answer, knowledge, evidence(answer, claims))
    return found


@pytest.fixture(scope="session")
def browser(tmp_path_factory) -> Iterator[browsers.Browser]:
    """The system's Chromium. Without it a test is skipped, but never in continuous integration."""
    program = browsers.find()
    if program is None:
        message = "no Chromium: `apt-get install chromium` lets these tests run"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    running = browsers.Browser(program, tmp_path_factory.mktemp("chromium"))
    yield running
    running.close()
