"""Policy section 10: monotone in ignorance.

"Take a case and remove one optional fact ... (a) Not adverse: no regimen is offered that was not;
none loses `provisional` or a condition; `dose_pending` does not become false; strength and
certainty do not rise. (b) Adverse: whatever is newly offered, dosed or no longer provisional
stands beside a `not_assessed` entry that names the removed fact."
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from ndm_advisor.explain.advise import advise
from ndm_advisor.read.case_file import build_case
from ndm_advisor.render.as_json import to_json
from tests.properties.cases import flat_cases
from tests.properties.seeded_cases import put, seeded_document
from tests.vignettes.harness import ON, document

SETTINGS = {"format", "panel.version", "hospital.guideline", "hospital.region", "id", "note"}
REQUIRED = {"isolate.organism", "infection.site"}
TABLES = {
    *("isolate", "panel", "panel.results", "infection"),
    *("patient", "hospital", "hospital.stock"),
}
NUMBERED = 200
STRENGTHS = [None, "not_graded", "good_practice", "conditional", "strong"]
CERTAINTIES = [None, "very_low", "low", "moderate", "high"]


@pytest.fixture(scope="module")
def answer(knowledge, names):
    def make(flat: dict[str, Any]) -> dict[str, Any]:
        case, _ = build_case(document(flat, {}, []), names=names, on=ON)
        return json.loads(to_json(advise(case, knowledge, on=ON)))

    return make


@pytest.fixture(scope="module")
def weighty(knowledge):
    """Whether a finding excluded, ended the case, contradicted or withheld a dose.

    An alert beside the offer, or a caution that gave it a condition, is none of these.
    """

    def ask(finding: dict[str, Any]) -> bool:
        if finding["stage"] == "usable":
            return knowledge.hazards[finding["rule"]].tier == "stop"
        return finding["stage"] != "alerts"

    return ask


def is_adverse(before: dict[str, Any], key: str, weighty: Callable[[dict[str, Any]], bool]) -> bool:
    """A finding with result "true" compared the fact and thereby took something away."""
    return any(
        f["result"] == "true" and f["compared"].get(key) is not None and weighty(f)
        for f in before["findings"]
    )


def doses(answer: dict[str, Any]) -> dict[tuple[str, str], bool]:
    """Whether each drug of each regimen, companions too, has its dose."""
    return {
        (regimen["id"], order["drug"]): order["maintenance_dose"] is not None
        for regimen in answer["regimens"]
        for order in (*regimen["drugs"], *regimen["companions"])
    }


def key_of(flat_key: str) -> str:
    plain = flat_key.replace(" + ", "+")
    return plain.replace("fosfomycin (iv)", "fosfomycin-iv").replace(
        "fosfomycin (oral)", "fosfomycin-oral"
    )


def compare(
    before: dict[str, Any],
    after: dict[str, Any],
    key: str,
    weighty: Callable[[dict[str, Any]], bool],
) -> None:
    named = {k for item in after["not_assessed"] for k in item["keys"]}
    removed = key_of(key)
    was = {r["id"]: r for r in before["regimens"]}
    gained = [r["id"] for r in after["regimens"] if r["id"] not in was]
    firmer = [
        r["id"]
        for r in after["regimens"]
        if r["id"] in was and was[r["id"]]["provisional"] and not r["provisional"]
    ]
    # Where nothing is offered any more nothing is pending either: that is no certainty gained.
    dosed = before["dose_pending"] and not after["dose_pending"] and after["regimens"]
    had = doses(before)
    dosed = dosed or any(dose and not had.get(place, True) for place, dose in doses(after).items())
    if is_adverse(before, removed, weighty):
        if gained or firmer or dosed:
            assert removed in named, (removed, gained, firmer, dosed)
        return
    assert not gained, (removed, gained)
    assert not firmer, (removed, firmer)
    assert not dosed, removed
    for regimen in after["regimens"]:
        old = was[regimen["id"]]
        assert set(old["conditions"]) <= set(regimen["conditions"]), (
            removed,
            regimen["id"],
            old["conditions"],
            regimen["conditions"],
        )
        assert STRENGTHS.index(regimen["strength"]) <= STRENGTHS.index(old["strength"]), removed
        assert CERTAINTIES.index(regimen["certainty"]) <= CERTAINTIES.index(old["certainty"]), (
            removed
        )


@pytest.mark.safety("SAF-401", "SAF-402")
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)
@given(flat=flat_cases())
def test_removing_a_fact_never_adds_certainty(flat, answer, weighty):
    before = answer(flat)
    for key in flat:
        if key not in SETTINGS | REQUIRED:
            if key == "patient.pregnant" and "patient.gestation_weeks" in flat:
                continue  # removing one of the two alone is a case of its own
            compare(before, answer({k: v for k, v in flat.items() if k != key}), key, weighty)


@pytest.mark.parametrize("part", range(10))
def test_removing_a_fact_of_a_numbered_case_never_adds_certainty(
    part, knowledge, names, weighty
) -> None:
    """The cases of `what-if`, with orders and kidneys that the others lack; one fact in four."""

    def advised(document: dict[str, Any]) -> dict[str, Any]:
        case, _ = build_case(document, names=names, on=ON)
        return json.loads(to_json(advise(case, knowledge, on=ON)))

    for number in range(part, NUMBERED, 10):
        document = seeded_document(number)
        before = advised(document)
        for key in list(keys_of(document))[number % 4 :: 4]:
            if key in SETTINGS | REQUIRED:
                continue
            if key == "patient.pregnant" and "gestation_weeks" in document["patient"]:
                continue  # removing one of the two alone is a case of its own
            less = copy.deepcopy(document)
            put(less, key, None)
            compare(before, advised(less), key, weighty)


def keys_of(table: dict[str, Any], path: str = "") -> Iterator[str]:
    """Every dotted key of a document but its orders, which are not facts of the case."""
    for name, value in table.items():
        key = f"{path}.{name}" if path else name
        if key in TABLES:
            yield from keys_of(value, key)
        elif key != "orders":
            yield key
