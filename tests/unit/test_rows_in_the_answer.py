"""Policy sections 2 and 4: the row that was taken, what it looked at, and what it says.

The trace shows each row that applied with the case's own answers behind its columns, no others, and
cites the place of the policy the row stands at; an offer cites the rows it came from.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ndm_advisor.decision.decide import decide
from ndm_advisor.explain.advise import advise
from ndm_advisor.explain.findings import findings
from ndm_advisor.model.answer import Finding, Recommendation
from ndm_advisor.model.case import Case
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases

A = "aztreonam-avibactam"
P = "ceftazidime-avibactam+aztreonam"
F = "cefiderocol"
A_RESULT = "panel.results.aztreonam-avibactam"
F_RESULT = "panel.results.cefiderocol"
STOCK = {f"hospital.stock.{d}" for d in (A, "ceftazidime-avibactam", "aztreonam", F)}
CIPROFLOXACIN = {"panel.results.ciprofloxacin": "S"}

Cases = Callable[..., Case]
Traced = Callable[..., dict[str, Finding]]
Advised = Callable[..., Recommendation]


@pytest.fixture
def a_case(names: Names) -> Cases:
    """A base case with changes; every fact is known unless it is taken out."""

    def made(base: str, changes: dict[str, Any] | None = None, *unset: str) -> Case:
        flat = document(load_bases()[base], changes or {}, [*unset])
        return build_case(flat, names=names, on=ON)[0]

    return made


@pytest.fixture
def rows(a_case: Cases, knowledge: Knowledge) -> Traced:
    """The rows of the trace by their ids."""

    def made(base: str, changes: dict[str, Any] | None = None, *unset: str) -> dict[str, Finding]:
        found = findings(decide(a_case(base, changes, *unset), knowledge, on=ON), knowledge)
        return {finding.rule: finding for finding in found if finding.stage == "rank"}

    return made


@pytest.fixture
def advised(a_case: Cases, knowledge: Knowledge) -> Advised:
    def made(base: str, changes: dict[str, Any] | None = None, *unset: str) -> Recommendation:
        return advise(a_case(base, changes, *unset), knowledge, on=ON)

    return made


def cited(finding: Finding) -> list[tuple[str, str]]:
    return [(source.id, source.at) for source in finding.sources]


# -- what a row looked at --------------------------------------------------------------------------


def test_row_1_shows_results_stock_and_allergies(rows: Traced) -> None:
    """4.2 row 1: support susceptible, A/P and F usable; 4.1 says what makes a regimen usable."""
    allergy = [{"drug": "ciprofloxacin", "reaction": "rash"}]
    finding = rows("bloodstream", {"patient.allergies": allergy})["4.2/1"]
    assert cited(finding) == [("policy", "4.2 row 1")]
    wanted = {A_RESULT, F_RESULT, "patient.allergies", "panel.standard", *STOCK}
    assert wanted <= set(finding.compared)
    assert finding.compared[F_RESULT] == "S"
    assert "infection.site" not in finding.compared


def test_row_i5_shows_the_species(rows: Traced) -> None:
    """4.9 row I5 parts E. coli from the others."""
    found = rows("bloodstream", {}, A_RESULT)
    assert "isolate.organism" in found["4.9/I5-a-e-coli"].compared


def test_row_4a_shows_severity_insertion_and_the_untested_result(rows: Traced) -> None:
    """4.2 row 4a: E. coli and (severe, or PBP3 insertion known)."""
    shown = rows("bloodstream", {}, A_RESULT)["4.2/4a-proven-first"].compared
    assert {"infection.severity", "isolate.pbp3_insertion", A_RESULT} <= set(shown)
    assert shown[A_RESULT] is None


def test_an_older_agents_row_shows_its_own_result_and_no_stock(rows: Traced) -> None:
    """4.3, not severe: MBL, severity and the agent's own category; stock is not asked there."""
    finding = rows("complicated-uti", CIPROFLOXACIN)["4.3/simit-not-severe"]
    assert cited(finding) == [("policy", "4.3 simit-2022, not severe")]
    shown = finding.compared
    assert shown["panel.results.ciprofloxacin"] == "S"
    assert {"isolate.mbl", "infection.severity", "panel.standard"} <= set(shown)
    assert not STOCK & set(shown)
    assert "patient.allergies" not in shown


def test_a_severe_infections_row_shows_why_the_others_are_usable(rows: Traced) -> None:
    """4.3, severe: only when none of A, P, F is usable; a result is shown with its standard."""
    severe = {**CIPROFLOXACIN, "infection.severity": "severe"}
    shown = rows("complicated-uti", severe)["4.3/severe-kept-back"].compared
    assert shown["panel.standard"] == "EUCAST"
    assert {A_RESULT, F_RESULT, "infection.severity", *STOCK} <= set(shown)


def test_cystitis_goes_by_its_printed_list(rows: Traced) -> None:
    """4.5: the site and a severity that is not severe."""
    finding = rows("cystitis")["4.5"]
    assert cited(finding) == [("policy", "4.5")]
    assert finding.result == "true"
    assert finding.compared["infection.site"] == "cystitis"
    assert finding.compared["infection.severity"] == "non-severe"


# -- A beside P under the 2022 profiles ------------------------------------------------------------


def test_how_a_and_p_stand_to_each_other_is_traced_for_the_2022_guidelines(rows: Traced) -> None:
    """Section 2: the fixed product beside the pair is a matter of the 2022 profiles only."""
    finding = rows("bloodstream")["family/stocked"]
    assert cited(finding) == [("policy", "section 2")]
    assert finding.text.startswith("SIMIT 2022 and ESCMID 2022: ")
    assert "IDSA" not in finding.text


def test_a_and_p_each_cite_the_row_and_what_sets_them_side_by_side(advised: Advised) -> None:
    offers = {offer.id: offer for offer in advised("bloodstream").regimens}
    for regimen in (A, P):
        held = [(source.id, source.at) for source in offers[regimen].sources]
        assert ("policy", "4.2 row 1") in held
        assert ("policy", "section 2") in held
    assert ("policy", "section 2") not in [(s.id, s.at) for s in offers[F].sources]


# -- an older agent first --------------------------------------------------------------------------


@pytest.mark.parametrize("guideline", ["escmid-2022", "idsa-2026"])
def test_what_stands_behind_an_older_agent_is_kept_in_reserve(
    advised: Advised, guideline: str
) -> None:
    """4.3 under ESCMID, 4.9 last line: the others become alternatives, "keep in reserve"."""
    changes = {**CIPROFLOXACIN, "hospital.guideline": guideline}
    offers = advised("complicated-uti", changes).regimens
    assert [o.id for o in offers if o.rank == "preferred"] == ["ciprofloxacin"]
    behind = [o for o in offers if o.id in {A, P, F}]
    assert behind
    for offer in behind:
        assert offer.rank == "alternative"
        assert "keep in reserve" in offer.because


def test_beside_an_older_agent_that_is_only_an_alternative_nothing_is_kept_in_reserve(
    advised: Advised,
) -> None:
    """4.3 under SIMIT: the pair stays preferred."""
    for offer in advised("complicated-uti", CIPROFLOXACIN).regimens:
        assert "keep in reserve" not in offer.because
