"""Conditions in three values, each at both sides of its edge."""

from __future__ import annotations

import pytest

from ndm_advisor.decision.conditions import NOT_ASKED, all_of, holds
from ndm_advisor.model.knowledge import Condition


@pytest.mark.parametrize(
    ("op", "below", "at", "above"),
    [
        ("below", True, False, False),
        ("at_most", True, True, False),
        ("above", False, False, True),
        ("at_least", False, True, True),
    ],
)
def test_an_edge_belongs_to_one_side(op, below, at, above):
    condition = Condition("crcl_ml_min", op, 30)
    assert [holds(condition, value) for value in (29.9, 30.0, 30.1)] == [below, at, above]


@pytest.mark.parametrize(
    ("op", "wanted", "value", "truth"),
    [
        ("is", "R", "R", True),
        ("is", "R", "S", False),
        ("is", True, False, False),
        ("is_one_of", ["a", "b"], "b", True),
        ("is_one_of", ["a", "b"], "c", False),
        ("is_none_of", ["a", "b"], "b", False),
        ("is_none_of", ["a", "b"], "c", True),
        ("contains_any", ["a", "b"], frozenset({"b", "c"}), True),
        ("contains_any", ["a", "b"], frozenset({"c"}), False),
        ("contains_any", ["a"], frozenset(), False),
    ],
)
def test_members(op, wanted, value, truth):
    assert holds(Condition("fact", op, wanted), value) is truth


@pytest.mark.parametrize("op", ["is", "is_one_of", "is_none_of", "below", "contains_any"])
def test_a_missing_fact_is_unknown_and_one_not_asked_is_false(op):
    assert holds(Condition("fact", op, 30), None) is None
    assert holds(Condition("fact", op, 30), NOT_ASKED) is False


@pytest.mark.parametrize(
    ("results", "truth"),
    [
        ([], True),
        ([True, True], True),
        ([True, None], None),
        ([None, True], None),
        ([None, False], False),
        ([False, None], False),
        ([True, False], False),
    ],
)
def test_one_false_decides_else_one_unknown_leaves_it_open(results, truth):
    assert all_of(results) is truth
