"""Readings that rest on the edition, the method or the operator (policy section 3, traps 1 to 12).

The breakpoints are made up, as in `test_interpret.py`.
"""

from __future__ import annotations

from typing import Any

import pytest

from ndm_advisor.decision.interpret import Reading, interpret, may_reach
from ndm_advisor.model.facts import Susceptibility
from ndm_advisor.model.knowledge import Breakpoint, Knowledge
from ndm_advisor.model.mic import parse_mic
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.unit.made_up_breakpoints import row
from tests.vignettes.harness import ON

SPECIES = "escherichia-coli"


@pytest.fixture
def read(knowledge: Knowledge, names: Names) -> Any:
    """The reading of a row of the panel, in a base with these breakpoints and no others."""
    group = next(g for g, held in knowledge.organism_groups.items() if SPECIES in held)

    def made(
        result: Any, *rows: Breakpoint, drug: str = "amikacin", **panel: Any
    ) -> Susceptibility:
        held = tuple(b._replace(organisms=group, drug=drug) for b in rows)
        document: dict[str, Any] = {
            "format": "ndm-advisor/case/1",
            "isolate": {"organism": SPECIES},
            "infection": {"site": "pneumonia"},
            "panel": {**panel, "results": {drug: result}},
        }
        case, _ = build_case(document, names=names, on=ON)
        how = Reading(SPECIES, "systemic", case.panel.standard, case.panel.version)
        return interpret(case, how, knowledge._replace(breakpoints={drug: held}))[drug]

    return made


def test_a_category_counts_by_the_edition_that_is_named(read: Any) -> None:
    """2025 is CLSI Ed35: a breakpoint that came with Ed36 does not make its S count."""
    newer = row(standard="CLSI", version="2026", s_at_most_mg_l=4.0, r_at_least_mg_l=16.0)
    got = read("S", newer, standard="CLSI", version="2025")
    assert (got.used, got.why) == (
        "untested",
        "reported S, but no CLSI breakpoint for this drug, species and indication: "
        "counts as untested",
    )
    assert read("S", newer, standard="CLSI", version="2026").used == "S"
    assert read("S", newer, standard="CLSI").used == "S"


def test_the_table_that_stands_in_for_fda_is_the_newest(read: Any) -> None:
    """The version belongs to the panel's own standard: it chooses no edition of another's."""
    newer = row(standard="CLSI", version="2026", s_at_most_mg_l=4.0, r_at_least_mg_l=16.0)
    assert read("S", newer, standard="FDA", version="2025").used == "S"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("dash", "CLSI calls the drug unsuitable"),
        ("note", "CLSI gives a note instead of a breakpoint"),
    ],
)
@pytest.mark.parametrize("standard", ["CLSI", "FDA"])
def test_a_refused_category_says_which_table_refuses_it_and_why(
    read: Any, standard: str, status: str, words: str
) -> None:
    got = read("S", row(standard="CLSI", status=status), standard=standard)
    assert (got.used, got.why) == ("untested", f"reported S, but {words}: counts as untested")


def test_between_the_standards_compares_mics_with_mics(read: Any) -> None:
    zones = {"method": "disk", "s_at_least_mm": 20.0}
    got = read(
        {"mic_mg_l": "4"},
        row(**zones),
        row(s_at_most_mg_l=2.0, r_above_mg_l=2.0),
        row(standard="CLSI", **zones),
        row(standard="CLSI", s_at_most_mg_l=4.0, r_at_least_mg_l=16.0),
        drug="cefiderocol",
        standard="EUCAST",
    )
    assert got.used == "R"
    assert got.why.endswith("; between the standards: EUCAST R, CLSI S")


def test_eucast_values_are_not_rounded_to_a_dilution(read: Any) -> None:
    """Above 3 may be 4, which is S: rounding up is CLSI's rule for gradient strips."""
    got = read({"mic_mg_l": ">3"}, row(s_at_most_mg_l=4.0, r_above_mg_l=4.0), standard="EUCAST")
    assert (got.used, got.read_as, got.not_susceptible) == ("untested", None, False)


def test_a_row_without_any_number_reads_nothing(read: Any) -> None:
    got = read({"mic_mg_l": "2"}, row(), standard="EUCAST")
    assert (got.used, got.read_as, got.not_susceptible) == ("untested", None, False)


@pytest.mark.parametrize("known", [{"atu_from": 4.0}, {"atu_to": 8.0}])
def test_half_an_area_of_uncertainty_warns_of_nothing(read: Any, known: dict[str, float]) -> None:
    got = read(
        {"mic_mg_l": "4"}, row(s_at_most_mg_l=8.0, r_above_mg_l=8.0, **known), standard="EUCAST"
    )
    assert got.used == "S"
    assert "uncertainty" not in got.why


@pytest.mark.parametrize("text", ["0.5", "1", "<=0.5", "<1", ">=0.25", ">0.25"])
def test_an_mic_that_may_be_half_a_milligram_or_more(text: str) -> None:
    """Policy 6, tetracycline-mic: also where the end point lies off the tested range."""
    assert may_reach(parse_mic(text), 0.5)


@pytest.mark.parametrize("text", ["0.25", "<=0.25", "<0.5"])
def test_an_mic_that_is_certainly_below_half_a_milligram(text: str) -> None:
    assert not may_reach(parse_mic(text), 0.5)
