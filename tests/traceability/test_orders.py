"""Every number of every order in JSON is a dosing band's figure, or a named formula's result.

The band is found in `data/drugs` by its figures and by its sources: an order that cites anything
but its band's own sources rests on no band.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.traceability.orders import (
    alternative_rows,
    citations,
    neighbours,
    pending_rows,
    rows,
    rows_of,
)
from tests.traceability.records import source_ids, trees
from tests.traceability.screens import EXAMPLES, Answered, answered
from tests.traceability.test_numbers import CASES

# Which test proves the numbers under each key of an order.
PROVED = {
    "of its band": {
        "loading_dose",
        "maintenance_dose",
        "interval_h",
        "to_interval_h",
        "doses",
        "infusion_h",
        "to_infusion_h",
        "daily_max_mg",
        "crcl_band",
    },
    "of its own": {"band_edge", "alternative_dose", "bands"},
}


@pytest.fixture(scope="module")
def answers(knowledge, names) -> dict[str, Answered]:
    return {
        label: answered(example, knowledge, names, settings)
        for label, (example, settings) in CASES.items()
    }


def orders(answers: dict[str, Answered]) -> Iterator[tuple[str, Answered, dict[str, Any], bool]]:
    for label, answer in answers.items():
        for order, pair in answer.orders():
            yield f"{label}: {order['drug']}", answer, order, pair


def numbers(value: Any, path: str = "") -> Iterator[str]:
    """The key paths of every number below a value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from numbers(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            yield from numbers(item, path)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path


@pytest.mark.safety("SAF-208")
def test_no_key_of_an_order_goes_unproved(answers) -> None:
    seen = {path.split(".")[0] for _, _, order, _ in orders(answers) for path in numbers(order)}
    assert seen <= set().union(*PROVED.values())
    assert seen >= PROVED["of its own"] | {"loading_dose", "maintenance_dose", "crcl_band"}


@pytest.mark.safety("SAF-202", "SAF-208")
def test_every_order_is_a_band_with_that_bands_sources(answers) -> None:
    proved = 0
    for label, answer, order, pair in orders(answers):
        if order["maintenance_dose"] is not None:
            assert rows_of(order, answer.patient, pair=pair), label
            proved += 1
    assert proved >= 50


@pytest.mark.safety("SAF-204")
def test_a_withheld_order_cites_its_table(answers) -> None:
    withheld = [o for o in orders(answers) if o[2]["maintenance_dose"] is None]
    assert withheld
    for label, answer, order, pair in withheld:
        tables = {citations(r.table) for r in rows(order["drug"], answer.patient, pair=pair)}
        assert citations(order) in tables, label
        assert order["pending"], label
        kept = {path.split(".")[0] for path in numbers(order)}
        assert kept <= {"daily_max_mg", "bands", "crcl_band", "band_edge"}, label
        maxima = {t.get("daily_max_mg") for t in trees()[f"drugs/{order['drug']}.toml"]["dosing"]}
        assert order["daily_max_mg"] in maxima | {None}, label


@pytest.mark.safety("SAF-202")
def test_the_clearance_lies_in_the_band(answers) -> None:
    for label, answer, order, pair in orders(answers):
        if order["crcl_band"] is not None:
            crcl = answer.patient.crcl
            assert crcl is not None, label
            assert all(r.holds(crcl) for r in rows_of(order, answer.patient, pair=pair)), label


def test_the_distance_is_to_the_nearest_edge_that_changes_the_order(answers) -> None:
    for label, answer, order, pair in orders(answers):
        if order["band_edge"] is not None:
            crcl = answer.patient.crcl
            distances = [
                min(abs(crcl - edge) for edge, _ in neighbours(row))
                for row in rows_of(order, answer.patient, pair=pair)
                if neighbours(row)
            ]
            got = order["band_edge"]["distance_ml_min"]
            assert any(abs(got - wanted) < 1e-9 for wanted in distances), label


@pytest.mark.safety("SAF-202")
def test_every_alternative_dose_is_a_band(answers) -> None:
    found = [o for o in orders(answers) if o[2]["alternative_dose"]]
    assert found
    for label, answer, order, pair in found:
        used = alternative_rows(order, answer.patient, pair=pair)
        assert used, label
        beyond = citations(order["alternative_dose"])[len(used[0].sources) :]
        rule = order["alternative_dose"]["why"] == "aki-first-48-h"
        assert [source for source, _ in beyond] == (["CRASS-2019"] if rule else []), label


@pytest.mark.safety("SAF-204")
def test_every_band_of_a_pending_dose_is_a_band(answers) -> None:
    found = [o for o in orders(answers) if o[2]["bands"]]
    assert found
    for label, answer, order, pair in found:
        proved = pending_rows(order, answer.patient, pair=pair)
        assert len(proved) == len(order["bands"]), label


def test_every_cited_source_is_held(answers) -> None:
    for label, _, order, _ in orders(answers):
        assert order["sources"], label
        for source, locator in citations(order):
            assert source in source_ids(), label
            assert locator, label


# -- the test can fail ---------------------------------------------------------------------------


@pytest.mark.safety("SAF-208")
def test_each_changed_number_of_an_order_is_found(answers) -> None:
    """Raise every number proved by the band by one, one at a time: no band is left."""
    answer = answers["intra-abdominal-aki"]
    changed = 0
    for order, pair in answer.orders():
        for path in set(numbers({key: order[key] for key in PROVED["of its band"]})):
            other = copy.deepcopy(order)
            *keys, last = path.split(".")
            place = other
            for key in keys:
                place = place[key]
            place[last] += 1
            assert rows_of(other, answer.patient, pair=pair) == [], f"{order['drug']} {path}"
            changed += 1
    assert changed >= 20


def test_another_source_is_found(answers) -> None:
    answer = answers["intra-abdominal-aki"]
    order, pair = next(answer.orders())
    other = {**order, "sources": [{"id": "policy", "at": "section 5"}]}
    assert rows_of(order, answer.patient, pair=pair)
    assert rows_of(other, answer.patient, pair=pair) == []


def test_all_examples_are_asked() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.toml")} <= set(CASES)
