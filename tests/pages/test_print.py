"""Each example on paper and on a screen, as Chromium makes it."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader

from .browser import PAPER
from .conftest import EXAMPLES
from .reading import on_one_line

POINTS = {"A4": (595, 842), "Letter": (612, 792)}
NARROW, WIDE = 420, 1100


def text_of(page) -> str:
    return on_one_line(page.extract_text())


@pytest.mark.parametrize("stem", EXAMPLES)
def test_one_or_two_clean_pages_on_either_paper(browser, pages, tmp_path, stem):
    made = pages[stem]
    file = tmp_path / "page.html"
    file.write_text(made.html, encoding="utf-8")
    with browser.open(file) as tab:
        printed = {paper: PdfReader(io.BytesIO(tab.pdf(paper))).pages for paper in PAPER}
        assert tab.said == [], "nothing was refused, nothing went wrong"
        assert tab.requests == [file.as_uri()]
    stamp = made.answer.provenance
    versions = (
        f"ndm-advisor {stamp.tool_version} | "
        f"knowledge {stamp.knowledge_version} ({stamp.knowledge_sha256[:6]})"
    )
    for paper, sheets in printed.items():
        assert len(sheets) in {1, 2}, paper
        for number, sheet in enumerate(sheets, 1):
            size = (round(sheet.mediabox.width), round(sheet.mediabox.height))
            assert size == pytest.approx(POINTS[paper], abs=2)
            words = text_of(sheet)
            assert words.count(versions) >= 2, "at the head and at the foot"
            assert words.count("advised 2026-11-22") >= 2
            assert f"case {stem[:40]}" in words
            assert f"page {number} of {len(sheets)}" in words
        whole = " ".join(map(text_of, sheets))
        assert "Not clinically validated; figures await sign-off." in whole
        assert_what_matters_is_printed(whole, made)


def assert_what_matters_is_printed(whole: str, made) -> None:
    squeezed = re.sub(r"[\s-]+", "", whole)  # a line may end after a hyphen

    def stands(words: str) -> bool:
        return re.sub(r"[\s-]+", "", words) in squeezed

    answer = made.answer
    assert stands(answer.summary)
    for alert in answer.alerts:
        assert stands(alert.text)
        assert stands(alert.action)
    for offer in answer.regimens:
        assert all(stands(line) for line in offer.administration)
        for order in (*offer.drugs, *offer.companions):
            for dose in (order.loading_dose, order.maintenance_dose):
                assert dose is None or stands(dose.text.partition(" (")[0].split(" ", 1)[-1])
    for gap in answer.not_assessed:
        assert gap.what in {"would_change", "missing_value_effects"} or stands(gap.what)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("stem", ["ar-0048-bloodstream", "published-18-blood-and-lung"])
def test_nothing_runs_off_a_screen(browser, pages, tmp_path, stem, width):
    file = tmp_path / "page.html"
    file.write_text(pages[stem].html, encoding="utf-8")
    with browser.open(file, width=width) as tab:
        assert tab.run("document.documentElement.scrollWidth") <= width
        assert tab.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert tab.run("[...document.querySelectorAll('details')].filter(d => d.open).length") == 0


def test_on_a_narrow_screen_no_dose_is_broken_and_the_drawing_stays_legible(
    browser, pages, tmp_path
):
    file = tmp_path / "page.html"
    file.write_text(pages["ar-0048-bloodstream"].html, encoding="utf-8")
    cells = "[...document.querySelectorAll('.t-doses')[0].rows[1].querySelectorAll('td')]"
    with browser.open(file, width=NARROW) as tab:
        lefts = tab.run(f"{cells}.map(c => c.getBoundingClientRect().left)")
        assert len(set(lefts)) == 1, "one below the other"
        heads = tab.run(f"{cells}.map(c => c.dataset.head)")
        assert heads == ["Dose", "How often", "Infusion", "CrCl band"]
        assert tab.run("document.querySelector('svg').getBoundingClientRect().width") >= 500
    with browser.open(file, width=WIDE) as tab:
        assert len(set(tab.run(f"{cells}.map(c => c.getBoundingClientRect().left)"))) == 4


def test_a_closed_section_prints_when_it_was_opened(browser, pages, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(pages["cns-meningitis"].html, encoding="utf-8")
    said = "Every rule that was asked"
    with browser.open(file) as tab:
        closed = PdfReader(io.BytesIO(tab.pdf("A4"))).pages
        tab.run("document.querySelectorAll('details').forEach(d => { d.open = true })")
        opened = PdfReader(io.BytesIO(tab.pdf("A4"))).pages
    assert said.upper() not in " ".join(map(text_of, closed)).upper()
    assert said.upper() in " ".join(map(text_of, opened)).upper()
