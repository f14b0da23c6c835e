"""Issue 9: fuzzed messages never crash, and their counts add up whatever is in them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ndm_advisor.intake.catalogue import Catalogue
from ndm_advisor.intake.to_case import to_cases
from ndm_advisor.intake.told import Told
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names
from ndm_advisor.render.fhir.document import bundle_of
from tests.intake.conftest import PEER
from tests.intake.fhir_cases import FULL, ON, answered, example, reports
from tests.intake.test_fhir_reading import GROWN_XML, laboratory_bundle, swiss_xml

pytest.importorskip("fhir.resources")
pytest.importorskip("lxml")

WORDS = ["Observation", "Patient", "Bundle", "#", "Observation/r1", "R", "mg/L", "8", "1e999"]
WORDS += ["\u202e\x1b[31m", "urn:ndm-advisor:fhir:case-key", "isolate.mbl", "panel.results.x", ""]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(WORDS)
    | st.text(max_size=20)
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["code", "coding", "value", "reference", "text", "x"]),
                          inner, max_size=4)
    ),
    max_leaves=12,
)  # fmt: skip
RELAXED = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def survives(data: bytes, catalogue: Catalogue) -> None:
    for report in reports(data, catalogue):
        made = to_cases(report, Told(site="other"), catalogue, on=ON)
        assert made.read + len(made.set_aside) == made.observations == len(report.observations)
        assert all(left.reason for left in made.set_aside)


def bodies(names: Names, knowledge: Knowledge) -> list[Any]:
    """A laboratory's bundle, one of ours with everything in it, and the real one if it is here."""
    case = example(FULL, names)
    held = [laboratory_bundle(), bundle_of(answered(case, knowledge), case, knowledge)]
    real = PEER / "fhir-be-antibiogram-ecoli-saureus.json"
    return [*held, json.loads(real.read_bytes())] if real.is_file() else held


def mutated(draw: Any, held: Any) -> Any:
    """The same tree with one branch, chosen at random, replaced, removed, doubled or wrapped."""
    if not isinstance(held, dict | list) or not held or draw(st.integers(0, 8)) == 0:
        return draw(ANYTHING)
    keys = sorted(held) if isinstance(held, dict) else range(len(held))
    at = draw(st.sampled_from(keys))
    how = draw(st.sampled_from(["into", "into", "into", "into", "drop", "wrap", "unwrap"]))
    if how == "unwrap":
        return held[at]
    made = held.copy()
    if how == "drop":
        del made[at]
    else:
        made[at] = [held[at]] * 2 if how == "wrap" else mutated(draw, held[at])
    return made


@RELAXED
@given(data=st.data())
def test_mutated_bundles(
    data: st.DataObject, names: Names, knowledge: Knowledge, catalogue: Catalogue
) -> None:
    body = data.draw(st.sampled_from(bodies(names, knowledge)))
    for _ in range(data.draw(st.integers(1, 6))):
        body = mutated(data.draw, body)
    survives(json.dumps(body, default=str).encode(), catalogue)


@RELAXED
@given(kind=st.sampled_from(["Observation", "Patient", "MedicationRequest", "AllergyIntolerance",
                             "Condition", "Specimen", "DiagnosticReport", "MedicationStatement"]),
       body=st.dictionaries(st.sampled_from(
           ["code", "status", "intent", "subject", "hasMember", "component", "interpretation",
            "valueQuantity", "valueCodeableConcept", "valueString", "extension", "category",
            "dosageInstruction", "reaction", "contained", "type", "medicationReference"]),
           ANYTHING, max_size=8))  # fmt: skip
def test_resources_of_any_content(kind: str, body: dict[str, Any], catalogue: Catalogue) -> None:
    entries = [{"resource": {"resourceType": kind} | body}, *laboratory_bundle()["entry"]]
    survives(json.dumps({"resourceType": "Bundle", "entry": entries}).encode(), catalogue)


@RELAXED
@given(data=st.data())
def test_damaged_bytes(data: st.DataObject, catalogue: Catalogue) -> None:
    """JSON, XML and NDJSON with bytes cut out, put in and turned round."""
    lines = [json.dumps(e["resource"]).encode() for e in laboratory_bundle()["entry"]]
    raw = bytearray(
        data.draw(
            st.sampled_from(
                [
                    json.dumps(laboratory_bundle()).encode(),
                    swiss_xml(GROWN_XML),
                    b"\n".join(lines),
                ]
            )
        )
    )
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw)))
        length = data.draw(st.integers(0, 40))
        raw[at : at + length] = data.draw(st.binary(max_size=12))
    survives(bytes(raw), catalogue)
