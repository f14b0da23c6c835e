"""Settings given by the caller hold; the three positions stand beside each answer (policy 2)."""

from __future__ import annotations

import pytest

from ndm_advisor.decision.decide import Decision, Settled, decide, deciding
from ndm_advisor.model.case import Case
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from ndm_advisor.steps import finish
from tests.vignettes.harness import ON, document, load_bases

PROFILES = {"simit-2022", "escmid-2022", "idsa-2026"}
OPTION = Settled("idsa-2026", "US", "option", "option")


@pytest.fixture
def case(names: Names) -> Case:
    """A bloodstream infection whose file says nothing of profile and region."""
    without = ["hospital.guideline", "hospital.region"]
    return build_case(document(load_bases()["bloodstream"], {}, without), names=names, on=ON)[0]


def settings(decision: Decision) -> tuple[str, str]:
    return decision.facts.guideline, decision.facts.region


def test_an_option_goes_before_the_default(case: Case, knowledge: Knowledge) -> None:
    default = decide(case, knowledge, on=ON)
    assert settings(default) == ("simit-2022", "EU")
    chosen = decide(case, knowledge, on=ON, settled=OPTION)
    assert chosen.settled == OPTION
    assert settings(chosen) == ("idsa-2026", "US")
    assert chosen.selection == chosen.positions["idsa-2026"]
    assert [o.ranked.strategy for o in chosen.offered] == ["aztreonam-avibactam", "cefiderocol"]


def test_an_answer_holds_all_three_positions(case: Case, knowledge: Knowledge) -> None:
    assert set(decide(case, knowledge, on=ON).positions) == PROFILES
    assert set(finish(deciding(case, knowledge, on=ON)).positions) == PROFILES


@pytest.mark.parametrize("settled", [None, OPTION])
def test_the_outline_needs_the_chosen_position_only(
    case: Case, knowledge: Knowledge, settled: Settled | None
) -> None:
    whole = decide(case, knowledge, on=ON, settled=settled)
    alone = decide(case, knowledge, on=ON, settled=settled, positions_too=False)
    assert set(alone.positions) == {alone.settled.guideline}
    assert alone.outline == whole.outline
