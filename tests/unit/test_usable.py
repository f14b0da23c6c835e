"""What is usable: a drug without a dose row is not, and the trace names the drug's own result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ndm_advisor.decision.decide import Decision, decide
from ndm_advisor.decision.usable import finding_of
from ndm_advisor.explain.recommendation import explain
from ndm_advisor.model.answer import CaseRef, Recommendation
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases

Made = tuple[Decision, Recommendation]
Decide = Callable[..., Made]


@pytest.fixture
def decided(knowledge: Knowledge, names: Names) -> Decide:
    """A decision and its answer, where these drugs have no dosing table at all."""

    def made(base: str, changes: dict[str, Any], *undosed: str) -> Made:
        drugs = dict(knowledge.drugs)
        for drug in undosed:
            drugs[drug] = drugs[drug]._replace(dosing=())
        held = knowledge._replace(drugs=drugs)
        case, _ = build_case(document(load_bases()[base], changes, []), names=names, on=ON)
        decision = decide(case, held, on=ON)
        return decision, explain(
            decision, held, case=CaseRef(None, None, None), tool_version="test"
        )

    return made


def rules(answer: Recommendation) -> dict[str, tuple[str, ...]]:
    return {item.id: item.rules for item in answer.rejected}


# -- without a dose row (policy 4.1) ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "changes", "drug"),
    [
        ("complicated-uti", {"panel.results.amikacin": "S"}, "amikacin"),
        ("cystitis", {"panel.results.nitrofurantoin": "S"}, "nitrofurantoin"),
        ("bloodstream", {}, "aztreonam-avibactam"),
        ("bloodstream", {}, "cefiderocol"),
    ],
)
def test_a_drug_without_a_dose_row_is_not_offered_and_that_is_said(
    decided: Decide, base: str, changes: dict[str, Any], drug: str
) -> None:
    decision, answer = decided(base, changes)
    assert drug in {regimen.id for regimen in answer.regimens}
    assert decision.fates[drug].is_usable
    decision, answer = decided(base, changes, drug)
    assert drug not in {regimen.id for regimen in answer.regimens}
    assert not decision.fates[drug].is_usable
    assert rules(answer)[drug] == ("no-dose",)
    assert f"no dosing table for {drug}" in str(decision.fates[drug].no_dose)


@pytest.mark.parametrize(
    ("base", "drug", "standard"),
    [
        # at a site where it is never given
        ("skin-soft-tissue", "amikacin", "CLSI"),
        # in a region where it is not licensed
        ("complicated-uti", "plazomicin", "FDA"),
    ],
)
def test_a_drug_that_is_not_in_question_lacks_no_dose(
    decided: Decide, base: str, drug: str, standard: str
) -> None:
    result = {"category": "S", "standard": standard}
    decision, answer = decided(base, {f"panel.results.{drug}": result})
    assert decision.facts.of_drug[drug].active
    assert decision.fates[drug].excluded == ()
    assert decision.fates[drug].no_dose is None
    assert rules(answer).get(drug) != ("no-dose",)


# -- the trace -------------------------------------------------------------------------------------


def shown(decision: Decision, strategy: str, rule: str) -> dict[str, Any]:
    (asked,) = (a for a in decision.fates[strategy].asked if a.hazard.id == rule)
    return finding_of(asked, decision.facts).compared


def test_a_finding_names_the_result_of_its_own_drug(decided: Decide) -> None:
    decision, _ = decided("complicated-uti", {})
    standard = {"panel.standard": "EUCAST"}
    for drug in ("amikacin", "gentamicin", "ciprofloxacin"):
        wanted = {f"panel.results.{drug}": "R", **standard}
        assert shown(decision, drug, "drug-resistant") == wanted


def test_a_finding_names_the_stock_of_its_own_drug(decided: Decide) -> None:
    decision, _ = decided("bloodstream", {"hospital.stock.cefiderocol": False})
    wanted = {"hospital.stock.cefiderocol": False}
    assert shown(decision, "cefiderocol", "not-in-stock") == wanted


def test_a_finding_of_the_patient_names_no_result(decided: Decide) -> None:
    decision, _ = decided("cystitis", {"patient.crcl_ml_min": 25})
    found = shown(decision, "pivmecillinam", "pivmecillinam-low-crcl")
    assert found["patient.crcl_ml_min"] == 25
    assert not [key for key in found if key.startswith("panel.")]
