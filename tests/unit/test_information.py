"""What stands beside a candidate is true of it (policy 1, 3, 4.3, 4.5, 4.6 and 4.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import Information
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases

Listed = Callable[..., dict[str, Information]]
A, P, F = "aztreonam-avibactam", "ceftazidime-avibactam+aztreonam", "cefiderocol"


@pytest.fixture
def listed(knowledge: Knowledge, names: Names) -> Listed:
    def listed(base: str, changes: dict[str, Any], *unset: str) -> dict[str, Information]:
        flat = load_bases()[base]
        case, _ = build_case(document(flat, changes, list(unset)), names=names, on=ON)
        return {item.id: item for item in advise(case, knowledge, on=ON).information}

    return listed


def test_an_aminoglycoside_that_a_methyltransferase_defeats_is_none(listed: Listed) -> None:
    changes = {
        "isolate.methyltransferase_16s": True,
        "panel.results.amikacin": {"category": "S", "standard": "CLSI"},
    }
    assert "amikacin" not in listed("pneumonia", changes)


def test_an_aminoglycoside_whose_mechanism_is_not_tested_says_so(listed: Listed) -> None:
    changes = {"panel.results.amikacin": {"category": "S", "standard": "CLSI"}}
    said = listed("pneumonia", changes, "isolate.methyltransferase_16s")["amikacin"].text
    assert "Only if the isolate has no 16S methyltransferase." in said


def test_a_tetracycline_is_no_candidate_in_pregnancy(listed: Listed) -> None:
    changes = {
        "infection.severity": "severe",
        "patient.sex": "female",
        "patient.age_years": 30,
        "patient.pregnant": True,
        "panel.results.tigecycline": "S",
    }
    assert "tigecycline" not in listed("pneumonia", changes)


def test_a_second_agent_is_licensed_in_the_region(listed: Listed) -> None:
    changes = {
        "isolate.mbl": "suspected",
        "infection.severity": "severe",
        "panel.results.plazomicin": {"category": "S", "standard": "FDA"},
    }
    assert "plazomicin" not in listed("complicated-uti", changes)
    assert "plazomicin" in listed("complicated-uti", changes | {"hospital.region": "US"})


def test_a_second_agent_is_said_to_be_one_in_blood_too(listed: Listed) -> None:
    changes = {
        "isolate.mbl": "suspected",
        "infection.severity": "severe",
        "panel.results.amikacin": {"category": "S", "standard": "CLSI"},
    }
    assert "until the result, and then drops it" in listed("bloodstream", changes)["amikacin"].text


@pytest.mark.parametrize("ident", [A, P, F])
def test_only_what_is_proven_is_called_active(listed: Listed, ident: str) -> None:
    gone = [f"panel.results.{d}" for d in (A, F)]
    untested = listed("cystitis", {}, *gone)[ident].text
    out = listed("cystitis", {f"hospital.stock.{d}": False for d in (A, "aztreonam", F)})
    allergic = listed(
        "cystitis", {"patient.allergies": [{"drug": "aztreonam", "reaction": "anaphylaxis"}]}
    )
    for said in (untested, out[ident].text, allergic[ident].text):
        assert said
        assert not said.startswith("Active")


@pytest.mark.parametrize("ident", [A, P, F])
def test_no_candidate_is_without_a_word(listed: Listed, ident: str) -> None:
    assert listed("bloodstream", {"infection.site": "cns"})[ident].text
