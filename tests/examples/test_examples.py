"""Every example's answer against `NAME.expected.json`, written by hand from policy rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ndm_advisor.cli.example_check import (
    ADVISED_ON,
    COMPARED,
    answer_of,
    differences,
    example_files,
    expected_file,
)
from ndm_advisor.render.as_json import json_schema
from tests.vignettes.harness import ON

CASES = sorted((Path(__file__).parents[2] / "examples" / "cases").glob("*.toml"))


@pytest.fixture(scope="module")
def answers(knowledge) -> dict[str, dict[str, Any]]:
    return {path.stem: answer_of(path, knowledge) for path in CASES}


@pytest.fixture(params=CASES, ids=lambda p: p.stem)
def pair(request, answers) -> tuple[dict[str, Any], dict[str, Any]]:
    expected = json.loads(expected_file(request.param).read_text("utf-8"))
    return expected, answers[request.param.stem]


def test_there_are_enough_and_each_has_its_expected_answer() -> None:
    assert len(CASES) >= 14
    assert list(example_files()) == CASES


def test_they_are_advised_on_the_date_of_every_test() -> None:
    assert ADVISED_ON == ON


def test_expected_answers_name_their_policy_rows(pair) -> None:
    expected, _ = pair
    assert expected["policy"]
    assert set(expected) <= COMPARED


@pytest.mark.safety("SAF-108", "SAF-202")
def test_the_answer_is_as_expected(pair) -> None:
    """The comparison that `selftest` runs on every installation."""
    assert differences(*pair) == ()


def test_json_fits_the_published_schema(pair) -> None:
    _, answer = pair
    jsonschema.validate(answer, json_schema())


@pytest.mark.safety("SAF-207")
def test_every_offer_is_whole(pair) -> None:
    """Regimen, dose with unit, infusion, what to ask and when to review, each sourced."""
    _, answer = pair
    for regimen in answer["regimens"]:
        assert regimen["sources"], regimen["id"]
        for order in (*regimen["drugs"], *regimen["companions"]):
            assert order["sources"], order["drug"]
            if order["maintenance_dose"] is None:
                assert order["pending"], order["drug"]
                assert answer["dose_pending"]
            else:
                assert order["maintenance_dose"]["text"]
                assert order["interval_h"] or order["doses"] == 1
    if answer["outcome"] in {"regimens", "abstention"}:
        assert answer["review_due"]["first_on"] > "2026-11-01"


def test_notes_say_where_the_facts_come_from() -> None:
    for path in CASES:
        text = path.read_text("utf-8")
        named = "Published case" in text or "AR Isolate Bank" in text or "NCBI" in text
        assert "constructed" in text or named, path.name


@pytest.mark.safety("SAF-505")
def test_nothing_in_provenance_is_empty(pair) -> None:
    _, answer = pair
    for key, value in answer["provenance"].items():
        if key not in {"local_override", "signed_off_by"}:
            assert value, key
