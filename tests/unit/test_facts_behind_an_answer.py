"""What an answer shows of its facts: given values, contradictions, allergies, settings.

Policy section 3 (mbl, allergy), 4.7 and 2; interface section 5.
"""

from __future__ import annotations

from typing import Any

import pytest

from ndm_advisor.decision.allergy import severity_of
from ndm_advisor.decision.assess import given_values
from ndm_advisor.decision.conditions import ask, fact_value
from ndm_advisor.decision.decide import Decision, Settled, decide, settle
from ndm_advisor.model.case import Allergy, Case
from ndm_advisor.model.knowledge import Condition, Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases


@pytest.fixture
def case(names: Names) -> Any:
    def made(base: str = "facts-bsi", unset: tuple[str, ...] = (), **changes: Any) -> Case:
        flat = {key.replace("__", "."): value for key, value in changes.items()}
        return build_case(document(load_bases()[base], flat, list(unset)), names=names, on=ON)[0]

    return made


@pytest.fixture
def decided(case: Any, knowledge: Knowledge) -> Any:
    def made(**changes: Any) -> Decision:
        return decide(case(**changes), knowledge, on=ON)

    return made


def compared(decision: Decision, rule: str) -> dict[str, Any]:
    (found,) = (f for f in decision.facts.findings if f.rule == rule)
    return dict(found.compared)


# -- given values ----------------------------------------------------------------------------------


def test_a_panel_row_is_one_value_and_each_of_its_parts(case: Any) -> None:
    row = {"category": "S", "mic_mg_l": "<=0.5", "zone_mm": 24}
    given = given_values(case(panel__results__cefiderocol=row))
    assert given["panel.results.cefiderocol"] == "S <=0.5 24 mm"
    assert given["panel.results.cefiderocol.category"] == "S"
    assert given["panel.results.cefiderocol.mic_mg_l"] == "<=0.5"
    assert given["panel.results.cefiderocol.zone_mm"] == 24
    assert "panel.results.cefiderocol.method" not in given
    assert None not in given.values()


def test_lists_are_shown_in_words_as_they_were_given(case: Any) -> None:
    given = given_values(
        case(
            patient__allergies=[
                {"drug": "aztreonam", "reaction": "rash", "severity": "mild"},
                {"drug": "latex"},
            ],
            isolate__other_carbapenemases=["OXA-48-like", "KPC"],
            patient__medicines=["warfarin"],
        )
    )
    assert given["patient.allergies"] == "aztreonam rash mild, latex"
    assert given["isolate.other_carbapenemases"] == "OXA-48-like, KPC"
    assert given["patient.medicines"] == "warfarin"


# -- what a confirmation is worth ------------------------------------------------------------------


def test_a_confirmation_on_an_earlier_isolate_shows_that_it_was_earlier(decided: Any) -> None:
    shown = compared(decided(isolate__mbl_on="previous"), "mbl-suspected")
    assert shown["isolate.mbl"] == "confirmed"
    assert shown["isolate.mbl_on"] == "previous"


def test_a_discordant_result_is_shown(decided: Any) -> None:
    changes = {"panel__results__ceftazidime-avibactam": "S"}
    shown = compared(decided(**changes), "mbl-discordant")
    assert shown["panel.results.ceftazidime-avibactam"] == "S"


# -- allergies -------------------------------------------------------------------------------------


@pytest.mark.parametrize("reaction", [None, "", "rash", "ten minutes later itching"])
def test_words_that_name_no_severe_reaction_leave_it_unknown(
    knowledge: Knowledge, reaction: str | None
) -> None:
    entry = Allergy(drug="aztreonam", reaction=reaction)
    assert severity_of(entry, knowledge.allergy) == "unknown"


def test_a_class_reaction_beside_a_component_hides_nothing(decided: Any) -> None:
    """Policy 4.7: avibactam is the reason, whatever else the patient does not tolerate."""
    decision = decided(
        patient__allergies=[
            {"drug": "avibactam", "reaction": "anaphylaxis"},
            {"drug": "ciprofloxacin", "reaction": "anaphylaxis"},
        ],
        panel__results__cefiderocol="R",
    )
    assert decision.outcome == "abstention"
    assert decision.outline.reason == "allergy-component"
    reasons = {f.drug: f.reason for f in decision.facts.allergy_findings}
    assert (reasons["aztreonam-avibactam"], reasons["levofloxacin"]) == ("component", "class")
    assert {f.cell for f in decision.facts.allergy_findings} == {"no"}


def test_a_mild_reaction_keeps_every_drug(decided: Any) -> None:
    """Policy 3, allergy: nothing is excluded; the EU label's own sentence is kept apart."""
    decision = decided(
        patient__allergies=[{"drug": "ceftriaxone", "reaction": "rash", "severity": "mild"}]
    )
    cells = {f.drug: f.cell for f in decision.facts.allergy_findings}
    assert (cells["aztreonam"], cells["cefiderocol"]) == ("none", "label")
    assert not {"no", "avoid"} & set(cells.values())


# -- settings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unset", "settled"),
    [
        ((), Settled("simit-2022", "EU", "case", "case")),
        (("hospital.guideline",), Settled("simit-2022", "EU", "default", "case")),
        (("hospital.region",), Settled("simit-2022", "EU", "case", "profile")),
        (
            ("hospital.guideline", "hospital.region"),
            Settled("simit-2022", "EU", "default", "profile"),
        ),
    ],
)
def test_settings_say_where_they_come_from(
    case: Any, knowledge: Knowledge, unset: tuple[str, ...], settled: Settled
) -> None:
    assert settle(case("bloodstream", unset), knowledge) == settled


# -- conditions ------------------------------------------------------------------------------------


def test_an_open_condition_names_what_is_missing_and_only_that(decided: Any) -> None:
    """Policy 4.1: the fact that is unknown stands in `not_assessed`, not the one that is known."""
    facts = decided(patient__crcl_ml_min=20).facts._replace(child_pugh=None)
    when = (Condition("crcl_ml_min", "below", 30), Condition("child_pugh", "is", "C"))
    assert ask(when, facts, None) == (None, ("child_pugh",))
    assert ask(when[:1], facts, None) == (True, ("crcl_ml_min",))


def test_a_drug_nobody_named_has_no_value(decided: Any) -> None:
    assert fact_value("drug.used", decided().facts, None) is None


# -- weights ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kg", "others"), [(45.0, []), (45.5, []), (46.0, ["ideal"])])
def test_a_weight_that_is_the_ideal_weight_leaves_no_other(
    case: Any, knowledge: Knowledge, kg: float, others: list[str]
) -> None:
    """Dossier 1.2: a woman of 60 inches has an ideal weight of 45.5 kg."""
    small = case(
        "facts-cuti",
        ("patient.crcl_ml_min",),
        patient__sex="female",
        patient__height_cm=152.4,
        patient__weight_kg=kg,
        patient__creatinine_mg_dl=1.0,
    )
    assert [basis for basis, _ in decide(small, knowledge, on=ON).facts.other_crcl] == others
