"""Spans of clearance, and effects in words, for made-up outlines."""

from __future__ import annotations

import math

import pytest

from ndm_advisor.explain.what_if.clearance import Span, edges
from ndm_advisor.explain.what_if.effects import effect, words_of
from ndm_advisor.model.answer import Outline
from ndm_advisor.model.knowledge import Knowledge


def span(low: float, high: float, *, low_in: bool = False, high_in: bool = False) -> Span:
    return Span(low, low_included=low_in, high=high, high_included=high_in, value=low)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (span(30, 30, low_in=True, high_in=True), "CrCl 30 mL/min"),
        (span(0, 30, low_in=True, high_in=True), "CrCl 30 mL/min or less"),
        (span(0, 30, low_in=True), "CrCl below 30 mL/min"),
        (span(50, math.inf), "CrCl above 50 mL/min"),
        (span(120, math.inf, low_in=True), "CrCl 120 mL/min or more"),
        (span(15, 30, high_in=True), "CrCl above 15 to 30 mL/min"),
        (span(15, 30, low_in=True), "CrCl 15 to below 30 mL/min"),
    ],
)
def test_a_span_in_words(made: Span, words: str) -> None:
    assert made.words == words


def test_spans_join_where_one_of_them_holds_the_edge() -> None:
    point, above = span(30, 30, low_in=True, high_in=True), span(30, 50)
    joined = point.joined(above)
    assert joined is not None
    assert joined.words == "CrCl 30 to below 50 mL/min"
    assert span(0, 30).joined(above) is None  # 30 itself lies between
    assert span(0, 15, high_in=True).joined(above) is None


def test_edges_hold_those_of_bands_hazards_and_settings(knowledge: Knowledge) -> None:
    eu = edges(knowledge, "EU")
    assert list(eu) == sorted(set(eu))
    assert {15, 30, 50, 120} <= set(eu)  # aztreonam-avibactam and cefiderocol, EU labels
    assert knowledge.settings.augmented_crcl_at_least in eu
    assert math.inf not in eu


BASE = Outline(
    "regimens", "", (("a", "preferred", False),), (("a", "d", (1,)),), (), dose_pending=False
)


def changed(**fields: object) -> Outline:
    return BASE._replace(**fields)  # type: ignore[arg-type]  # a field of the outline each


def test_the_same_advice_has_no_effect() -> None:
    assert effect(BASE, BASE) is None


@pytest.mark.parametrize(
    ("new", "flips", "words"),
    [
        (changed(doses=(("a", "d", (2,)),)), ("dose",), "another dose of d"),
        (changed(dose_pending=True), ("dose",), "a dose is withheld"),
        (changed(stops=("x",)), ("stop",), "adds STOP x"),
        (
            changed(ranked=(("a", "preferred", True),)),
            ("regimens",),
            "a provisional",
        ),
        (
            changed(ranked=(("a", "preferred", False), ("b", "alternative", False))),
            ("regimens",),
            "also b",
        ),
        (
            changed(ranked=(("b", "preferred", False),), doses=()),
            ("preferred",),
            "prefer b",
        ),
        (
            changed(ranked=(("b", "last_resort", False),), doses=()),
            ("preferred",),
            "as last resort b",
        ),
        (
            Outline("abstention", "row-8", (), (), (), dose_pending=False),
            ("outcome", "preferred"),
            "no regimen is offered",
        ),
    ],
)
def test_what_differs_and_in_words(new: Outline, flips: tuple[str, ...], words: str) -> None:
    found = effect(BASE, new)
    assert found is not None
    assert found.flips == flips
    assert words_of(found) == words


def test_a_reason_alone_is_no_other_advice() -> None:
    one = Outline("abstention", "row-7", (), (), (), dose_pending=False)
    assert effect(one, one._replace(reason="row-8")) is None
