"""Names are compared after one folding, whole, and never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndm_advisor.model.names import fold
from ndm_advisor.read.names import (
    Names,
    drug_ids,
    is_azt,
    is_combined_test,
    panel_id,
    similar_drugs,
    similar_organisms,
    similar_words,
)

from .known_names import NAMES


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Ceftazidime/Avibactam", "ceftazidime-avibactam"),
        ("ceftazidime - avibactam", "ceftazidime-avibactam"),
        ("CEFTAZIDIME_AVIBACTAM", "ceftazidime-avibactam"),
        ("  ceftazidime   avibactam ", "ceftazidime-avibactam"),
        ("ceftazidime\u2013avibactam", "ceftazidime-avibactam"),
        ("ceftazidime\u2011avibactam", "ceftazidime-avibactam"),
        ("ceftazidime\u00a0avibactam", "ceftazidime-avibactam"),
        ("fosfomycin (IV)", "fosfomycin-iv"),
        ("Fosfomycin iv", "fosfomycin-iv"),
        ("E. coli", "e-coli"),
        ("E.coli", "e-coli"),
        ("\uff25. coli", "e-coli"),
        ("a  +  b", "a+b"),
        ("\u03b2-lactam", "beta-lactam"),
        ("", ""),
        ("--", ""),
    ],
)
def test_one_spelling_for_all_ways_of_writing(written, folded):
    assert fold(written) == folded


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing(name):
    assert fold(fold(name)) == fold(name)


@pytest.mark.safety("SAF-106")
def test_a_part_of_a_name_is_not_the_name():
    assert drug_ids("aztreonam", NAMES) == ("aztreonam",)
    assert drug_ids("aztreonam-avibactam", NAMES) == ("aztreonam-avibactam",)
    assert drug_ids("aztreonam-avibactam-x", NAMES) == ()
    assert drug_ids("avib", NAMES) == ()


@pytest.mark.safety("SAF-106")
def test_azt_is_azt_in_any_writing():
    assert is_azt("AZT")
    assert is_azt(" azt ")
    assert not is_azt("azt1")


@pytest.mark.parametrize(
    ("name", "is_it"),
    [
        ("ceftazidime-avibactam + aztreonam", True),
        ("aztreonam+ceftazidime-avibactam", True),
        ("CZA + ATM", True),
        ("ceftazidime-avibactam + aztreonam + colistin", False),
        ("ceftazidime + aztreonam", False),
        ("aztreonam", False),
        ("aztreonam + aztreonam", False),
        ("+", False),
    ],
)
def test_the_combined_test_names_both_drugs_and_no_other(name, is_it):
    assert is_combined_test(name, NAMES) is is_it
    assert (panel_id(name, NAMES) == ("ceftazidime-avibactam+aztreonam",)) is is_it


def test_suggestions():
    assert similar_drugs("ceftazidim", NAMES)[0] == "ceftazidime"
    assert similar_drugs("colistine", NAMES) == ("colistin",)
    assert similar_drugs("xyz", NAMES) == ()
    assert similar_drugs("a" * 10_000, NAMES) == ()
    assert similar_organisms("Klebsiela pneumoniae", NAMES)[0] == "klebsiella-pneumoniae"
    assert similar_words("SEVERE", ("severe", "non-severe")) == ("severe",)


@pytest.mark.parametrize(("written", "meant"), [("neomicin", ("neomycin",)), ("vancomycin", ())])
def test_another_drug_of_a_like_name_is_no_slip(written, meant):
    names = Names({"neomycin": ("neomycin",)}, {})
    assert similar_drugs(written, names) == meant
