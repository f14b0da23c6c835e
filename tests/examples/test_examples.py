"""Every example's answer against `NAME.expected.json`, written by hand from policy rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.read.case_file import read_case
from ndm_advisor.render.as_json import json_schema, to_json
from tests.vignettes.harness import ON

CASES = sorted((Path(__file__).parents[2] / "examples" / "cases").glob("*.toml"))
COMPARED = {
    "policy",
    "outcome",
    "dose_pending",
    "regimens",
    "alerts",
    "information",
    "rejected",
    "not_assessed_keys",
    "abstention_contains",
    "notes",
}


def read(path: Path, names) -> Any:
    case, _ = read_case(path.read_text("utf-8"), path=path.name, names=names, on=ON)
    return case


@pytest.fixture(scope="module")
def answers(knowledge, names) -> dict[str, dict[str, Any]]:
    return {
        path.stem: json.loads(to_json(advise(read(path, names), knowledge, on=ON)))
        for path in CASES
    }


@pytest.fixture(params=CASES, ids=lambda p: p.stem)
def pair(request, answers) -> tuple[dict[str, Any], dict[str, Any]]:
    expected = json.loads(request.param.with_suffix(".expected.json").read_text("utf-8"))
    return expected, answers[request.param.stem]


def test_there_are_enough_and_each_has_its_expected_answer() -> None:
    assert len(CASES) >= 14
    assert [p.name for p in CASES if not p.with_suffix(".expected.json").exists()] == []


def test_expected_answers_name_their_policy_rows(pair) -> None:
    expected, _ = pair
    assert expected["policy"]
    assert set(expected) <= COMPARED


def test_outcome(pair) -> None:
    expected, answer = pair
    assert answer["outcome"] == expected["outcome"]
    assert answer["dose_pending"] == expected.get("dose_pending", False)


def test_regimens_in_order(pair) -> None:
    expected, answer = pair
    for wanted, got in zip(expected.get("regimens", []), answer["regimens"], strict=True):
        for key in ("id", "rank", "order", "provisional", "strength", "certainty"):
            if key in wanted:
                assert got[key] == wanted[key], (wanted["id"], key)


def test_doses(pair) -> None:
    expected, answer = pair
    offered = {r["id"]: r for r in answer["regimens"]}
    for regimen in expected.get("regimens", []):
        got = offered[regimen["id"]]
        orders = {o["drug"]: o for o in (*got["drugs"], *got["companions"])}
        for wanted in regimen.get("drugs", []):
            compare_order(wanted, orders[wanted["drug"]])


def compare_order(wanted: dict[str, Any], order: dict[str, Any]) -> None:
    for key in ("route", "interval_h", "infusion_h"):
        if key in wanted:
            assert order[key] == wanted[key], (wanted["drug"], key)
    for key in ("loading_dose", "maintenance_dose"):
        if f"{key}_mg" in wanted:
            dose = order[key]
            assert (dose and dose["components_mg"]) == wanted[f"{key}_mg"], (wanted["drug"], key)
    if "crcl_band" in wanted:
        band = order["crcl_band"]
        edges = band and [band["from_ml_min"], band["to_ml_min"]]
        assert edges == wanted["crcl_band"], wanted["drug"]


def test_alerts(pair) -> None:
    expected, answer = pair
    fired = {a["id"]: a["tier"] for a in answer["alerts"]}
    wanted = expected.get("alerts", {})
    assert {i: fired.get(i) for i in wanted.get("must", {})} == wanted.get("must", {})
    assert [i for i in wanted.get("must_not", []) if i in fired] == []


def test_what_is_said_beside(pair) -> None:
    expected, answer = pair
    assert set(expected.get("information", [])) <= {i["id"] for i in answer["information"]}
    assert set(expected.get("rejected", [])) <= {r["id"] for r in answer["rejected"]}
    named = {key for item in answer["not_assessed"] for key in item["keys"]}
    wanted = {key.replace(" + ", "+") for key in expected.get("not_assessed_keys", [])}
    assert wanted <= named
    said = json.dumps(answer["abstention"], ensure_ascii=False).casefold()
    for text in expected.get("abstention_contains", []):
        assert text.casefold() in said


def test_json_fits_the_published_schema(pair) -> None:
    _, answer = pair
    jsonschema.validate(answer, json_schema())


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


def test_nothing_in_provenance_is_empty(pair) -> None:
    _, answer = pair
    for key, value in answer["provenance"].items():
        if key not in {"local_override", "signed_off_by"}:
            assert value, key
