"""Cases out to FHIR and back, and resources of our own in the shapes laboratories send."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from ndm_advisor.cli.settings import apply_hospital_settings
from ndm_advisor.errors import CaseInvalidError
from ndm_advisor.explain.advise import advise
from ndm_advisor.intake.catalogue import Catalogue
from ndm_advisor.intake.fhir.reader import read_fhir
from ndm_advisor.intake.observed import Report, Understood
from ndm_advisor.intake.to_case import to_cases
from ndm_advisor.intake.told import Told
from ndm_advisor.model.answer import CaseRef, Recommendation
from ndm_advisor.model.case import Case
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case, read_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import vignettes

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = sorted((ROOT / "examples" / "cases").glob("*.toml"))
FULL = ROOT / "tests" / "read" / "full-case.toml"
ON = date(2026, 11, 22)

Resource = dict[str, Any]


def example(path: Path, names: Names) -> Case:
    return read_case(path.read_text("utf-8"), path=str(path), names=names, on=ON)[0]


def vignette_cases(names: Names) -> Iterator[tuple[str, Case]]:
    """Every vignette whose case is a valid one."""
    for vignette in vignettes():
        try:
            yield vignette.label, build_case(vignette.document, names=names, on=ON)[0]
        except CaseInvalidError:
            continue


def answered(case: Case, knowledge: Knowledge) -> Recommendation:
    applied = apply_hospital_settings(case, knowledge, None, guideline=None, region=None)
    return advise(
        applied.case,
        knowledge,
        on=ON,
        settled=applied.settled,
        reference=CaseRef(case.id, None, "0" * 64),
    )


def reports(data: bytes | Resource, catalogue: Catalogue) -> list[Report]:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(read_fhir([io.BytesIO(raw)], ["test.json"], catalogue))


def understood(data: bytes | Resource, catalogue: Catalogue, **told: Any) -> Understood:
    """What becomes of a file that holds one report."""
    (report,) = reports(data, catalogue)
    return to_cases(report, Told(**told), catalogue, on=ON)


# --- resources of our own ------------------------------------------------------------------------

CATEGORY = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"


def bundle(*resources: Resource) -> Resource:
    """A collection with each resource under `Type/id`."""
    entries = [
        {"fullUrl": f"https://lab.example/fhir/{r['resourceType']}/{r['id']}", "resource": r}
        if "id" in r
        else {"resource": r}
        for r in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def patient(**more: Any) -> Resource:
    return {"resourceType": "Patient", "id": "p1", "gender": "female"} | more


def grown(id_: str = "o1", name: str = "Escherichia coli", **more: Any) -> Resource:
    """An organism as the value of a culture."""
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "6463-4"}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-11-18",
        "valueCodeableConcept": {"text": name},
    } | more


def result(id_: str, name: str, category: str | None = None, **more: Any) -> Resource:
    """A result of one drug by its name."""
    made: Resource = {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "code": {"text": name},
        "subject": {"reference": "Patient/p1"},
    }
    if category is not None:
        made["interpretation"] = [{"coding": [{"system": CATEGORY, "code": category}]}]
    return made | more


def mic(value: float, comparator: str | None = None, unit: str = "mg/L") -> Resource:
    quantity: Resource = {"value": value, "unit": unit, "system": UCUM, "code": unit}
    return quantity | ({"comparator": comparator} if comparator else {})


def members(*ids: str) -> list[Resource]:
    return [{"reference": f"Observation/{id_}"} for id_ in ids]


def ordered(drug: str, **more: Any) -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "id": f"m-{drug[:20]}",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": drug},
        "subject": {"reference": "Patient/p1"},
    } | more
