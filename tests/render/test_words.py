"""Numbers, amounts, times and names are written as the safe-presentation list asks."""

from __future__ import annotations

import doctest
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndm_advisor.model import words


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(words).failed == 0


@pytest.mark.safety("SAF-207")
@pytest.mark.parametrize(
    ("mg", "written"),
    [
        (2000, "2 g"),
        (1250, "1.25 g"),
        (1000, "1 g"),
        (999.5, "999.5 mg"),
        (750, "750 mg"),
        (187.5, "187.5 mg"),
        (1065.5, "1,065.5 mg"),
        (670.0000000001, "670 mg"),
    ],
)
def test_a_single_amount_is_in_mg_below_1000_and_in_g_from_there(mg, written):
    assert words.grams(mg) == written


def test_a_product_is_written_with_its_parts_and_its_total_in_one_unit():
    european = {"ceftazidime": 750, "avibactam": 187.5}
    assert words.components(european) == (
        "ceftazidime 0.75 g + avibactam 0.1875 g (0.9375 g total)"
    )
    assert words.total_then_split({"aztreonam": 1350, "avibactam": 450}) == (
        "1.8 g (aztreonam 1.35 g + avibactam 0.45 g)"
    )


@pytest.mark.parametrize(
    ("ends", "written"),
    [
        ((4000, 8000), "4 to 8 g"),
        ((400, 600), "400 to 600 mg"),
        ((500, 1000), "500 mg to 1 g"),
        ((500, None), "500 mg"),
        ((500, 500), "500 mg"),
    ],
)
def test_a_range_names_the_unit_once_if_both_ends_share_it(ends, written):
    assert words.grams_range(*ends) == written


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (words.every(8), "every 8 hours"),
        (words.every(4, 6), "every 4 to 6 hours"),
        (words.every(None), ""),
        (words.over(3), "over 3 hours"),
        (words.over(0.5), "over 30 minutes"),
        (words.over(0.5, 1), "over 30 to 60 minutes"),
        (words.over(0.5, 2), "over 30 minutes to 2 hours"),
        (words.over(1.5), "over 1.5 hours"),
        (words.over(1), "over 1 hour"),
        (words.over(1 / 60), "over 1 minute"),
        (words.over(None), ""),
    ],
)
def test_times_are_words(written, expected):
    assert written == expected


@pytest.mark.safety("SAF-205")
def test_a_polymyxin_never_has_a_bare_mg():
    assert words.polymyxin_amount("mg-colistin-base", 300) == "300 mg colistin base"
    assert words.polymyxin_amount("million-units-colistimethate", 4.5) == (
        "4.5 million units colistimethate"
    )
    assert words.polymyxin_amount("units-polymyxin-b", 15000, 25000) == (
        "15,000 to 25,000 units polymyxin B"
    )


def test_names_are_written_in_full():
    assert words.regimen_name("fosfomycin-iv+polymyxin-b") == "IV fosfomycin + polymyxin B"
    assert words.drug_name("fosfomycin-oral") == "oral fosfomycin"
    assert words.guideline_name("simit-2022") == "SIMIT 2022"
    assert words.join_names(["a", "b", "c"]) == "a, b and c"
    assert words.join_names(["a", "b"], "or") == "a or b"
    assert words.join_names([]) == ""


@pytest.mark.safety("SAF-207")
@given(st.floats(min_value=0, max_value=1e7, allow_nan=False))
def test_no_number_has_a_trailing_zero_or_lacks_a_leading_one(x):
    written = words.number(x)
    assert re.fullmatch(r"\d{1,3}(,\d{3})*(\.\d*[1-9])?", written), written
