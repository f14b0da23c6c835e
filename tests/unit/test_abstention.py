"""Policy 4.2 and 4.7: why nothing is offered, and what would settle it."""

from __future__ import annotations

from typing import Any

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import Abstention
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases

RESISTANT = {"panel.results.aztreonam-avibactam": "R"}
NO_CEFIDEROCOL = {"hospital.stock.cefiderocol": False}


def abstention(
    knowledge: Knowledge, names: Names, changes: dict[str, Any], *unset: str
) -> Abstention:
    """The abstention of a bloodstream infection, EU, with these changes."""
    flat = load_bases()["bloodstream"]
    case = build_case(document(flat, changes, list(unset)), names=names, on=ON)[0]
    found = advise(case, knowledge, on=ON).abstention
    assert found is not None
    return found


def severe(drug: str) -> dict[str, Any]:
    return {"patient.allergies": [{"drug": drug, "reaction": "anaphylaxis"}]}


@pytest.mark.parametrize("drug", ["amoxicillin", "ceftriaxone", "meropenem"])
def test_a_label_is_no_proof_of_cross_reaction(
    knowledge: Knowledge, names: Names, drug: str
) -> None:
    said = abstention(knowledge, names, severe(drug)).reason
    assert "the EU label contraindicates after any severe beta-lactam reaction" in said
    assert "this is not proof of cross-reaction" in said
    assert "shared side chain" not in said


@pytest.mark.parametrize("drug", ["ceftazidime", "aztreonam", "cefiderocol"])
def test_a_shared_side_chain_is_named(knowledge: Knowledge, names: Names, drug: str) -> None:
    said = abstention(knowledge, names, severe(drug)).reason
    assert "shared side chain" in said
    assert "not proof of cross-reaction" not in said


def test_row_6_is_about_supply_where_cefiderocol_is_tolerated(
    knowledge: Knowledge, names: Names
) -> None:
    changes = {**severe("avibactam"), **RESISTANT, **NO_CEFIDEROCOL}
    said = abstention(knowledge, names, changes).reason
    assert "cefiderocol is proven active and not here: emergency supply or transfer now" in said


def test_row_6_is_about_the_allergy_where_it_excludes_cefiderocol(
    knowledge: Knowledge, names: Names
) -> None:
    said = abstention(knowledge, names, {**severe("amoxicillin"), **RESISTANT}).reason
    assert "severe beta-lactam reaction" in said


def test_row_7_asks_for_the_test_where_cefiderocol_is_tolerated(
    knowledge: Knowledge, names: Names
) -> None:
    changes = {**severe("avibactam"), **RESISTANT}
    found = abstention(knowledge, names, changes, "panel.results.cefiderocol")
    assert "cefiderocol is untested" in found.reason
    assert "Urgent cefiderocol result" in " ".join(found.would_settle)


@pytest.mark.parametrize("region", ["EU", "US"])
def test_avibactam_itself_is_named_where_no_label_speaks_of_beta_lactams(
    knowledge: Knowledge, names: Names, region: str
) -> None:
    """Policy section 3: avibactam bears on every avibactam product, on nothing else."""
    changes = {**severe("avibactam"), **NO_CEFIDEROCOL, "hospital.region": region}
    found = abstention(knowledge, names, changes)
    assert found.rule == "allergy-component"
    assert "every product that holds the culprit" in found.reason
    assert "label contraindicates after" not in found.reason
    assert "shared side chain" not in found.reason
