"""Case text is data: it is shown, never obeyed; doses are folded whole."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndm_advisor.render import text

HOSTILE = ["[bold]", "[/x]", "\x1b[31mred", "\u202eSTOP", "a\x00b", "\x9b31m", "\u2066", "\ue000"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_a_terminal_would_obey_becomes_visible(hostile):
    shown = text.visible(hostile)
    assert shown.isprintable()
    assert len(shown) >= len(hostile)


def test_escapes_are_the_ones_a_programmer_knows():
    assert text.visible("\x1b[31m") == r"\x1b[31m"
    assert text.visible("\u202e") == r"\u202e"
    assert text.visible("a\tb\nc\u00a0d") == "a b c d"
    assert text.visible("\ud800") == r"\ud800"


@given(st.text(alphabet=st.characters(codec=None)))
def test_no_string_keeps_a_control_character(string):
    shown = text.visible(string)
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"} for c in shown)


@given(
    st.text(), st.sampled_from(["ascii", "latin-1", "cp437", "cp1252", "utf-8", "nonsense", None])
)
def test_no_encoding_makes_it_raise(string, encoding):
    shown = text.for_encoding(text.visible(string), encoding)
    target = encoding if encoding not in {"nonsense", None} else "ascii"
    shown.encode(target)


def test_signs_have_ascii_words():
    signs = "CrCl \u2265 30 \u2192 \u03b2-lactam, caf\u00e9"
    assert text.for_encoding(signs, "ascii") == "CrCl >= 30 -> beta-lactam, cafe"
    assert text.for_encoding(signs, "utf-8") == signs
    assert text.for_encoding("caf\u00e9", "latin-1") == "caf\u00e9"


def test_tall_man_letters_are_only_the_listed_ones():
    written = text.tall_man("ceftazidime-avibactam, ceftriaxone, cefazolin, aztreonam, cefiderocol")
    assert written == "cefTAZidime-avibactam, cefTRIAXone, ceFAZolin, aztreonam, cefiderocol"


DOSE = "ceftazidime 2 g + avibactam 0.5 g (2.5 g total)"


def test_a_dose_that_fits_the_line_stays_on_it():
    lines = text.fold(text.bind(f"give at once {DOSE} IV every 8 hours over 3 hours"), 50)
    assert lines == ["give at once", f"{DOSE} IV", "every 8 hours over 3 hours"]


def test_a_dose_too_long_for_the_line_breaks_between_its_parts_only():
    lines = text.fold(text.bind(DOSE), 24)
    assert lines == ["ceftazidime 2 g +", "avibactam 0.5 g", "(2.5 g total)"]


@pytest.mark.parametrize(
    "whole",
    [
        "2 g",
        "1,250 mg",
        "45 mL/min",
        "4 to 8 g",
        "9 million units colistimethate",
        "300 mg colistin base",
        "polymyxin B",
        "8 hours",
        "15 mg/kg",
        "2 g/0.67 g",
        ">32 mg/L",
    ],
)
def test_a_number_is_never_parted_from_its_unit(whole):
    lines = text.fold(text.bind(f"some words before {whole} and some after it"), 4)
    assert any(whole in line for line in lines), lines


def test_folding_without_a_width_changes_nothing():
    assert text.fold(text.bind(DOSE), None) == [DOSE]


@given(st.text(alphabet="abc 0123456789.mg+()", max_size=80), st.integers(1, 60))
def test_folding_loses_no_word(string, width):
    folded = " ".join(text.fold(text.bind(string), width))
    assert folded.split() == string.split()


@given(st.lists(st.sampled_from(["give", "now", "the", "pair"]), min_size=1), st.integers(5, 60))
def test_ordinary_words_never_pass_the_width(words, width):
    assert all(len(line) <= width for line in text.fold(" ".join(words), width))
