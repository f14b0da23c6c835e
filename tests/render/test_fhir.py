"""`advise --format fhir`: what is written is valid, proposes and never orders, and says all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ndm_advisor.model.answer import Recommendation
from ndm_advisor.model.case import Case
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names
from ndm_advisor.render.fhir.document import bundle_of, check, to_fhir
from ndm_advisor.render.fhir.of_answer import status
from tests.intake.fhir_cases import EXAMPLES, answered, example

R4B = pytest.importorskip("fhir.resources.R4B")

Resource = dict[str, Any]
IDS = [path.stem for path in EXAMPLES]


def written(path: Path, names: Names, knowledge: Knowledge) -> tuple[Recommendation, Resource]:
    case = example(path, names)
    answer = answered(case, knowledge)
    return answer, json.loads(to_fhir(answer, case, knowledge))


def of_type(made: Resource, kind: str) -> list[Resource]:
    held = [entry["resource"] for entry in made["entry"]]
    return [resource for resource in held if resource["resourceType"] == kind]


def proposals(made: Resource) -> list[Resource]:
    return [r for r in of_type(made, "MedicationRequest") if r["intent"] != "order"]


@pytest.mark.parametrize("path", EXAMPLES, ids=IDS)
def test_every_example_is_valid_and_hangs_together(
    path: Path, names: Names, knowledge: Knowledge
) -> None:
    """Issue 9: what we write is validated whole."""
    answer, made = written(path, names, knowledge)
    R4B.get_fhir_model_class("Bundle").model_validate(made)
    urls = [entry["fullUrl"] for entry in made["entry"]]
    assert len(urls) == len(set(urls))
    assert set(_references(made)) <= set(urls)
    (guidance,) = of_type(made, "GuidanceResponse")
    assert guidance["note"][0]["text"] == answer.summary
    assert guidance["occurrenceDateTime"] == "2026-11-22"


def _references(held: object) -> list[str]:
    if isinstance(held, dict):
        own = [held["reference"]] if isinstance(held.get("reference"), str) else []
        return own + [r for inner in held.values() for r in _references(inner)]
    return [r for inner in held for r in _references(inner)] if isinstance(held, list) else []


@pytest.mark.parametrize("path", EXAMPLES, ids=IDS)
def test_regimens_are_proposals_and_only_where_the_answer_offers_them(
    path: Path, names: Names, knowledge: Knowledge
) -> None:
    """An abstention is never turned into a regimen."""
    answer, made = written(path, names, knowledge)
    (guidance,) = of_type(made, "GuidanceResponse")
    wanted = [d.drug for offer in answer.regimens for d in (*offer.drugs, *offer.companions)]
    got = [r["medicationCodeableConcept"]["coding"][0]["code"] for r in proposals(made)]
    assert got == wanted
    assert all(r["status"] == "draft" and r["intent"] == "proposal" for r in proposals(made))
    assert ("result" in guidance) is (answer.outcome == "regimens")
    assert len(of_type(made, "RequestGroup")) == (1 if answer.regimens else 0)
    if answer.outcome != "regimens":
        assert proposals(made) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=IDS)
def test_each_amount_is_the_answers(path: Path, names: Names, knowledge: Knowledge) -> None:
    """The quantities for programs and the words for people are one dose."""
    answer, made = written(path, names, knowledge)
    drugs = [d for offer in answer.regimens for d in (*offer.drugs, *offer.companions)]
    for drug, request in zip(drugs, proposals(made), strict=True):
        doses = [dose for dose in (drug.loading_dose, drug.maintenance_dose) if dose is not None]
        instructions = request["dosageInstruction"]
        if not doses:
            assert "doseAndRate" not in instructions[0]
            assert drug.pending is not None
            assert drug.pending in instructions[0]["text"]
            continue
        for dose, instruction in zip(doses, instructions, strict=True):
            assert dose.text in instruction["text"]
            (amount,) = instruction["doseAndRate"]
            if dose.units is not None:
                assert "mg" not in {amount["doseQuantity"].get("code")}
            elif dose.to_total_mg is not None:
                span = amount["doseRange"]
                assert (span["low"]["value"], span["high"]["value"]) == pytest.approx(
                    (dose.total_mg, dose.to_total_mg)
                )
            else:
                assert amount["doseQuantity"]["value"] == pytest.approx(dose.total_mg)
                assert amount["doseQuantity"]["code"] == "mg"
        repeat = instructions[-1].get("timing", {}).get("repeat", {})
        if drug.maintenance_dose is not None and drug.doses != 1:
            assert repeat.get("period") == drug.interval_h
        if drug.infusion_h:
            assert (repeat["duration"], repeat["durationUnit"]) == (drug.infusion_h, "h")


@pytest.mark.parametrize("path", EXAMPLES, ids=IDS)
def test_every_alert_and_every_gap_is_carried(
    path: Path, names: Names, knowledge: Knowledge
) -> None:
    answer, made = written(path, names, knowledge)
    severity = {"stop": "high", "caution": "moderate", "note": "low"}
    got = {(i["code"]["text"], i["severity"]) for i in of_type(made, "DetectedIssue")}
    assert got == {(alert.id, severity[alert.tier]) for alert in answer.alerts}
    (guidance,) = of_type(made, "GuidanceResponse")
    lines = [note["text"] for note in guidance["note"]]
    for item in answer.not_assessed:
        assert any(line.startswith(f"Not assessed: {item.what}: {item.why}") for line in lines)
    asked = {
        code["code"]
        for required in guidance.get("dataRequirement", [])
        for each in required["codeFilter"]
        for code in each["code"]
    }
    assert asked == {key.partition("[")[0] for i in answer.not_assessed for key in i.keys}
    assert lines[-1].endswith("Verify against local policy.")


def test_the_stamp_names_every_version_and_hash(case_of: Any, knowledge: Knowledge) -> None:
    answer, case = case_of("bloodstream-all-tested")
    made = json.loads(to_fhir(answer, case, knowledge))
    (guidance,) = of_type(made, "GuidanceResponse")
    (stamp,) = guidance["extension"]
    got = {part["url"]: part["valueString"] for part in stamp["extension"]}
    wanted = {key: value for key, value in answer.provenance._asdict().items() if value is not None}
    assert got == wanted | {"schema_version": "1", "case_sha256": "0" * 64}


STATUSES = {
    "bloodstream-all-tested": "data-requested",  # answered; further facts would add
    "bloodstream-cefiderocol-untested": "data-required",  # abstains until cefiderocol is tested
    "bloodstream-dose-pending": "data-required",
}


@pytest.mark.parametrize(("name", "wanted"), STATUSES.items())
def test_the_status_says_whether_data_are_missing(name: str, wanted: str, case_of: Any) -> None:
    answer, _ = case_of(name)
    assert status(answer) == wanted


def test_nothing_missing_is_a_success(case_of: Any) -> None:
    answer, _ = case_of("bloodstream-all-tested")
    assert status(answer._replace(not_assessed=())) == "success"


def test_the_same_case_gives_the_same_bytes(case_of: Any, knowledge: Knowledge) -> None:
    answer, case = case_of("bloodstream-all-tested")
    assert to_fhir(answer, case, knowledge) == to_fhir(answer, case, knowledge)


def test_the_pair_is_one_choice(case_of: Any, knowledge: Knowledge) -> None:
    """Ceftazidime-avibactam and aztreonam are chosen together or not at all."""
    answer, case = case_of("bloodstream-all-tested")
    made = bundle_of(answer, case, knowledge)
    (group,) = of_type(made, "RequestGroup")
    (all_,) = group["action"]
    assert all_["selectionBehavior"] == "at-most-one"
    (pair,) = [a for a in all_["action"] if a["code"][0]["coding"][0]["code"].count("+") == 1]
    assert pair["selectionBehavior"] == "all"
    assert [a["title"] for a in pair["action"]] == ["ceftazidime-avibactam", "aztreonam"]


def test_an_acknowledgement_stands_beside_its_alert(case_of: Any, knowledge: Knowledge) -> None:
    answer, case = case_of("bloodstream-all-tested")
    seen = answer.alerts[0]._replace(acknowledged="consultant aware", tier="stop")
    made = bundle_of(answer._replace(alerts=(seen,)), case, knowledge)
    (issue,) = of_type(made, "DetectedIssue")
    assert issue["severity"] == "high"
    assert issue["mitigation"] == [{"action": {"text": "acknowledged: consultant aware"}}]


def test_an_invalid_bundle_is_never_written(case_of: Any, knowledge: Knowledge) -> None:
    answer, case = case_of("bloodstream-all-tested")
    made: Any = bundle_of(answer, case, knowledge)
    made["entry"][0]["resource"]["status"] = ["no", "code"]
    with pytest.raises(ValueError, match="status"):
        check(made)


@pytest.fixture
def case_of(names: Names, knowledge: Knowledge) -> Any:
    def load(name: str) -> tuple[Recommendation, Case]:
        (path,) = [p for p in EXAMPLES if p.stem == name]
        case = example(path, names)
        return answered(case, knowledge), case

    return load
