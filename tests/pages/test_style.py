"""Colours of the one style sheet: enough contrast, and never the only thing that says something."""

from __future__ import annotations

import re

import pytest

from ndm_advisor.render.pages.html import script
from ndm_advisor.render.pages.parts import SIGNS

STYLE = script("style.css")
COLOURS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", STYLE))
INKS = [name for name in COLOURS if name.endswith("ink")]
PAPERS = [name for name in COLOURS if name.endswith("paper")]
RULES = STYLE.partition("}")[2]


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(COLOURS[one]), luminance(COLOURS[other])), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_that_of_the_standard():
    assert luminance("#ffffff") == pytest.approx(1)
    assert luminance("#000000") == 0
    assert luminance("#808080") == pytest.approx(0.2158605, abs=1e-6)


@pytest.mark.parametrize("ink", INKS)
@pytest.mark.parametrize("paper", PAPERS)
def test_every_ink_reads_on_every_paper(ink, paper):
    assert contrast(ink, paper) >= 4.5


def test_bars_stand_out_from_the_paper():
    assert contrast("bar", "paper") >= 3


def test_every_text_is_of_an_ink_and_every_ground_a_paper():
    for name in re.findall(r"(?<![\w-])color: var\(--([a-z-]+)\)", RULES):
        assert name in INKS
    for name in re.findall(r"background: var\(--([a-z-]+)\)", RULES):
        assert name in PAPERS
    literal = set(re.findall(r"#[0-9a-f]{3,6}\b", RULES))
    assert literal <= {COLOURS["soft-ink"]}, "margin boxes know no variables: the soft ink's own"
    assert "opacity" not in RULES


def test_each_tier_has_a_sign_of_its_own():
    assert len(set(SIGNS.values())) == len(SIGNS) == 3


def test_the_sheet_fetches_nothing_and_sets_no_paper_size():
    assert not re.search(r"url\(|@import|https?:", STYLE)
    assert not re.search(r"^\s*size:", STYLE, re.MULTILINE)
