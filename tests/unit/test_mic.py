"""An MIC is an operator and a number in mg/L; everything else is refused with what to write."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndm_advisor.model.mic import (
    CATEGORIES,
    MicFormatError,
    is_category,
    parse_mic,
    round_up_to_doubling_dilution,
)

SENTENCE = 'write a number in mg/L with optional <, <=, =, >= or >, for example "<=0.5"'


@pytest.mark.parametrize(
    ("text", "operator", "value"),
    [
        ("0.5", "=", 0.5),
        ("=0.5", "=", 0.5),
        ("<=0.25", "<=", 0.25),
        ("< 0.25", "<", 0.25),
        (">32", ">", 32.0),
        (">= 64", ">=", 64.0),
        ("  8 ", "=", 8.0),
        ("0.016", "=", 0.016),
        ("10000", "=", 10000.0),
    ],
)
def test_reads_operator_and_number(text, operator, value):
    mic = parse_mic(text)
    assert (mic.operator, mic.value_mg_l) == (operator, value)


def test_keeps_the_laboratorys_writing_for_display():
    assert parse_mic(" > 32").text == "> 32"
    assert parse_mic("0.50").text == "0.50"


def test_only_an_end_point_is_not_censored():
    assert not parse_mic("8").is_censored
    assert not parse_mic("=8").is_censored
    assert all(parse_mic(f"{sign}8").is_censored for sign in ("<", "<=", ">", ">="))


@pytest.mark.safety("SAF-206")
@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (">>8", SENTENCE),
        ("", SENTENCE),
        ("resistant", SENTENCE),
        ("8e2", SENTENCE),
        ("-1", SENTENCE),
        ("٣", SENTENCE),  # an Arabic-Indic digit is a number to Python, not to a laboratory
        ("1234567", SENTENCE),
        ("0,5", f'{SENTENCE}; a decimal is written with a point: "0.5"'),
        ("<=0,25", f'{SENTENCE}; a decimal is written with a point: "<=0.25"'),
        ("8 mg/L", f"{SENTENCE}, without the unit"),
        ("≤0.5", f'{SENTENCE}; here "<=0.5"'),
        (".5", f'{SENTENCE}; write the zero before the point: "0.5"'),
        (">.5", f'{SENTENCE}; write the zero before the point: ">0.5"'),
        ("2/38", f"{SENTENCE}; of a combination, the concentration of its first component"),
        ("0", "an MIC lies above 0 and not above 10000 mg/L"),
        ("0.0", "an MIC lies above 0 and not above 10000 mg/L"),
        ("10001", "an MIC lies above 0 and not above 10000 mg/L"),
    ],
)
def test_refuses_with_what_to_write(text, advice):
    with pytest.raises(MicFormatError) as refused:
        parse_mic(text)
    assert str(refused.value) == advice


def test_categories_are_exact():
    assert all(is_category(category) for category in CATEGORIES)
    assert not any(is_category(text) for text in ("s", "Not tested", "S ", "resistant", ""))


@pytest.mark.parametrize(
    ("value", "dilution"),
    [
        (0.19, 0.25),
        (0.38, 0.5),
        (3, 4),
        (1.5, 2),
        (48, 64),
        (0.25, 0.25),
        (8, 8),
        (1024, 1024),
        (0.12, 0.125),  # CLSI's short form of 0.125
        (0.125, 0.125),
        (0.06, 0.0625),
        (0.03, 0.03125),
        (0.016, 0.015625),
        (0.015, 0.015625),
        (0.064, 0.125),
        (0.094, 0.125),
        (0.002, 0.001953125),
    ],
)
def test_off_series_values_go_up_to_the_next_dilution(value, dilution):
    assert round_up_to_doubling_dilution(value) == dilution


@pytest.mark.parametrize("value", [0.0, -1.0, float("inf"), float("nan")])
def test_rounding_refuses_what_is_no_concentration(value):
    with pytest.raises(ValueError):  # noqa: PT011 - the value is all there is to say
        round_up_to_doubling_dilution(value)


@given(st.floats(min_value=0.26, max_value=5000))
def test_rounding_goes_up_and_less_than_doubles(value):
    assert value <= round_up_to_doubling_dilution(value) < 2 * value


@pytest.mark.safety("SAF-703")
@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(MicFormatError):
        assert 0 < parse_mic(text).value_mg_l <= 10_000
