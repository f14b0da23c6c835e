"""What counts as a difference between two bases, and what does not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from ndm_advisor.knowledge.diff import differences
from ndm_advisor.model.difference import KeyChange, RecordChange

from .conftest import Trees

Edit = Callable[[Trees], Any]


def changed(trees: Trees, edit: Edit) -> tuple[RecordChange, ...]:
    after = copy.deepcopy(trees)
    edit(after)
    return differences(trees, after).records


def _record(trees: Trees, path: str, kind: str, ident: str) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in trees[path][kind] if r["id"] == ident)
    return found


@pytest.mark.parametrize(
    "edit",
    [
        lambda t: t["hazards/kidney.toml"]["hazard"].reverse(),
        lambda t: t["hazards/kidney.toml"]["hazard"][0]["when"].reverse(),
        lambda t: t["organisms.toml"]["groups"]["enterobacterales"].reverse(),
        lambda t: t["drugs/cefiderocol.toml"]["brands"].reverse(),
        lambda t: t["alerts.toml"]["alert"][0]["sources"].reverse(),
        lambda t: t["allergy.toml"]["cell"].reverse(),
        lambda t: t["drugs/cefiderocol.toml"]["dosing"][0].update(
            daily_max_mg=float(t["drugs/cefiderocol.toml"]["dosing"][0]["daily_max_mg"])
        ),
    ],
)
def test_order_and_notation_without_a_meaning_are_no_difference(trees: Trees, edit: Edit) -> None:
    assert changed(trees, edit) == ()


def test_the_order_of_strategies_and_of_offers_has_a_meaning(trees: Trees) -> None:
    (moved,) = changed(trees, lambda t: t["strategies.toml"]["strategy"].reverse())
    assert (moved.kind, moved.id, moved.keys[0].key) == ("strategy", "*", "order")
    (offers,) = changed(trees, lambda t: t["tables/cystitis.toml"]["offer"].reverse())
    assert offers.id == "cystitis"


def test_true_is_not_one(trees: Trees) -> None:
    def edit(held: Trees) -> None:
        held["alerts.toml"]["alert"][0]["standing"] = 0

    (found,) = changed(trees, edit)
    assert found.keys == (KeyChange("standing", old=False, new=0),)


def test_two_records_of_one_id_are_told_apart_by_their_kind(trees: Trees) -> None:
    def edit(held: Trees) -> None:
        _record(held, "hazards/companions.toml", "hazard", "warfarin")["do"] = "other"
        _record(held, "medicines.toml", "medicine", "warfarin")["names"] = ["other"]

    found = [(one.kind, one.id, one.change) for one in changed(trees, edit)]
    assert found == [("hazard", "warfarin", "changed"), ("medicine", "warfarin", "changed")]


def test_a_band_put_in_is_one_difference_not_one_for_each_band_below(trees: Trees) -> None:
    def edit(held: Trees) -> None:
        bands = held["drugs/cefiderocol.toml"]["dosing"][0]["bands"]
        bands.insert(0, {**bands[0], "note": "new"})

    (found,) = changed(trees, edit)
    (key,) = found.keys
    assert (key.key, key.old) == ("bands.1", None)


def test_a_file_gone_takes_all_its_records(trees: Trees) -> None:
    found = changed(trees, lambda t: t.pop("drugs/gepotidacin.toml"))
    assert {(r.kind, r.id, r.change) for r in found} == {
        ("drug", "gepotidacin", "removed"),
        ("dosing", "gepotidacin/cystitis", "removed"),
    }


def test_dates_of_review_are_counted_and_nothing_else(trees: Trees) -> None:
    after = copy.deepcopy(trees)
    after["drugs/cefiderocol.toml"]["reviewed_on"] = date(2027, 1, 1)
    after["alerts.toml"]["file"]["review_due_on"] = date(2028, 1, 1)
    found = differences(trees, after)
    assert (found.records, found.redated) == ((), 2)
