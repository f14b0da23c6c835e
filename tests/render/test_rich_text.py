"""Coloured screens say the same words as plain ones; case text is never markup."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from ndm_advisor.render import text
from ndm_advisor.render.plain import to_text
from ndm_advisor.render.rich_text import export_svg, print_answer
from ndm_advisor.render.view import Options

from .factory import all_answers, answer, harmful, with_case_text

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def printed(recommendation, width=100, options=None, **console):
    stream = io.StringIO()
    settings_ = {"force_terminal": True, "color_system": "standard", "legacy_windows": False}
    out = Console(file=stream, width=width, **{**settings_, **console}, _environ={})
    print_answer(recommendation, out, options or Options())
    return stream.getvalue()


@pytest.mark.safety("SAF-207", "SAF-701")
@pytest.mark.parametrize("width", [200, 100, 80, 60, 30])
@pytest.mark.parametrize("name", all_answers())
def test_colour_adds_nothing_but_colour(name, width):
    case = all_answers()[name]
    coloured = ANSI.sub("", printed(case, width))
    plain = to_text(case, Options(width=width))
    assert [line.rstrip() for line in coloured.splitlines()] == plain.splitlines()


def test_tiers_are_words_as_well_as_colours():
    screen = printed(harmful())
    assert re.search(r"\x1b\[[0-9;]*m(STOP)\x1b", screen)
    assert re.search(r"\x1b\[[0-9;]*m(CAUTION)\x1b", screen)


def test_nothing_is_dimmed():
    assert not re.search(r"\x1b\[(?:\d+;)*2[;m]", printed(harmful(), options=Options(full=True)))


def test_without_colour_bold_remains():
    screen = printed(harmful(), no_color=True)
    assert "\x1b[1m" in screen
    assert not re.search(r"\x1b\[(?:1;)?(?:3|4|9|10)\d", screen)


@pytest.mark.safety("SAF-701")
@pytest.mark.parametrize(
    "hostile", ["[bold]", "[/x]", "[s]", "[bed 4]", "\x1b[31m", "\u202e", ":smile:"]
)
def test_hostile_case_text_survives_as_text(hostile):
    bare = ANSI.sub("", printed(with_case_text(hostile)))
    assert bare.count(text.visible(hostile)) >= 3
    assert bare.replace("\n", "").isprintable()


@pytest.mark.safety("SAF-701")
@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=12))
def test_any_case_text_survives_as_text(string):
    bare = ANSI.sub("", printed(with_case_text(string)))
    assert "".join(text.visible(string).split()) in "".join(bare.split())


def test_the_picture_holds_the_screen():
    picture = export_svg(answer(), "ndm-advisor advise case.toml")
    assert picture.startswith("<svg")
    assert "ceftazidime" in picture
    assert "ndm-advisor advise case.toml" in picture.replace("&#160;", " ")
    assert not re.search(r"url\((?!#)|@font-face", picture)
