"""Policy section 7: `change` gives the corrected order in full, or "stop", or "call"."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from ndm_advisor.decision.decide import decide
from ndm_advisor.model.answer import Change
from ndm_advisor.model.knowledge import Condition, Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases

Corrected = Callable[..., tuple[Change, ...]]

CAZ_AVI = {"drug": "ceftazidime-avibactam", "dose_mg": 2500, "interval_h": 8, "infusion_h": 3}
AZTREONAM = {"drug": "aztreonam", "dose_mg": 2000, "interval_h": 8, "infusion_h": 3}
ATM_AVI = {"drug": "aztreonam-avibactam", "dose_mg": 2000, "interval_h": 6, "infusion_h": 3}
MEROPENEM = {"drug": "meropenem", "dose_mg": 2000, "interval_h": 8, "infusion_h": 3}
CIPROFLOXACIN = {"drug": "ciprofloxacin", "dose_mg": 400, "interval_h": 8, "infusion_h": 1}
NO_ATM_AVI = {"hospital.stock.aztreonam-avibactam": False}
PAIR = (
    "ceftazidime 2 g + avibactam 0.5 g (2.5 g total) IV every 8 hours over 3 hours; "
    "aztreonam 2 g IV every 8 hours over 3 hours"
)


@pytest.fixture
def corrected(knowledge: Knowledge, names: Names) -> Corrected:
    """The changes for orders in a base case: bloodstream, every fact known, unless said."""

    def made(
        orders: Iterable[dict[str, Any]],
        facts: dict[str, Any] | None = None,
        *,
        base: str = "bloodstream",
        of: Knowledge = knowledge,
    ) -> tuple[Change, ...]:
        placed = [{"route": "iv", **order} for order in orders]
        flat = document(load_bases()[base], {**(facts or {}), "orders": placed}, [])
        case, _ = build_case(flat, names=names, on=ON)
        return decide(case, of, on=ON).judgement.changes

    return made


# -- a dose that is mended -------------------------------------------------------------------------


def test_a_partner_is_mended_to_its_dose_in_the_pair(corrected: Corrected) -> None:
    """Both drugs of the pair run over 3 hours, whatever the single label says (section 5)."""
    wrong = {**AZTREONAM, "dose_mg": 1000}
    assert corrected([CAZ_AVI, wrong]) == (
        (2, "adjust", "aztreonam", "aztreonam 2 g IV every 8 hours over 3 hours"),
    )


def test_a_drug_that_is_no_partner_is_mended_to_its_own_dose(corrected: Corrected) -> None:
    wrong = {**ATM_AVI, "dose_mg": 1000}
    text = "2 g (aztreonam 1.5 g + avibactam 0.5 g) IV every 6 hours over 3 hours"
    assert corrected([wrong]) == ((1, "adjust", "aztreonam-avibactam", text),)


def test_a_drug_beside_the_pair_is_mended_to_its_own_dose(corrected: Corrected) -> None:
    """EU table, CrCl 90: 9 million units a day (dosing dossier 10.2); 12 are ordered."""
    colistin = {"drug": "colistin", "dose_million_units": 6, "interval_h": 12, "infusion_h": 1}
    (change,) = corrected([CAZ_AVI, AZTREONAM, colistin])
    assert change[:3] == (3, "adjust", "colistin")
    assert change.because.startswith("3 million units colistimethate IV every 8 hours")


# -- a regimen in place of what runs ---------------------------------------------------------------


def test_the_pair_replaces_in_full_and_what_runs_stays_until_it_hangs(
    corrected: Corrected,
) -> None:
    assert corrected([MEROPENEM], NO_ATM_AVI) == (
        (
            *(1, "replace", "ceftazidime-avibactam+aztreonam"),
            f"{PAIR}; meropenem is not stopped before the replacement hangs",
        ),
    )


def test_an_allergen_is_not_given_until_the_replacement_hangs(corrected: Corrected) -> None:
    facts = {
        "panel.results.amikacin": "S",
        "patient.allergies": [{"drug": "amikacin", "reaction": "anaphylaxis"}],
    }
    amikacin = {"drug": "amikacin", "dose_mg": 990, "interval_h": 24, "infusion_h": 1}
    (change,) = corrected([amikacin], facts, base="complicated-uti")
    assert change[:3] == (1, "replace", "aztreonam-avibactam")
    assert change.because.endswith("; give no further dose of amikacin")


def test_where_nothing_offered_is_ordered_the_pair_is_given_in_full(corrected: Corrected) -> None:
    facts = {**NO_ATM_AVI, "panel.results.ciprofloxacin": "S"}
    because = f"{PAIR}; ciprofloxacin is not stopped before the replacement hangs"
    assert corrected([CIPROFLOXACIN], facts) == (
        (1, "replace", "ceftazidime-avibactam+aztreonam", because),
    )


# -- what is stopped -------------------------------------------------------------------------------


def test_beside_the_pair_a_resistant_drug_stops(corrected: Corrected) -> None:
    because = "meropenem: ceftazidime-avibactam with aztreonam stands without it"
    assert corrected([CAZ_AVI, AZTREONAM, MEROPENEM]) == ((3, "stop", None, because),)


def test_a_drug_ordered_twice_stops_once(corrected: Corrected) -> None:
    because = "aztreonam-avibactam: given twice; stop before the next dose"
    assert corrected([ATM_AVI, ATM_AVI]) == ((2, "stop", None, because),)


# -- a note asks for nothing -----------------------------------------------------------------------


def test_a_note_about_a_drug_changes_no_order(corrected: Corrected, knowledge: Knowledge) -> None:
    """Policy section 6: a note is context; a hospital's own base may hold one about a drug."""
    held = knowledge.hazards["trimethoprim-sulfamethoxazole-low-crcl"]
    note = held._replace(
        id="a-note",
        subject=("aztreonam-avibactam",),
        tier="note",
        when=(Condition("crcl_ml_min", "above", 0),),
        unknown_as="",
    )
    of_drug = (*knowledge.hazards_of.get("aztreonam-avibactam", ()), note)
    noted = knowledge._replace(
        hazards={**knowledge.hazards, note.id: note},
        hazards_of={**knowledge.hazards_of, "aztreonam-avibactam": of_drug},
    )
    wrong = {**ATM_AVI, "dose_mg": 1000}
    (change,) = corrected([wrong], of=noted)
    assert change[:3] == (1, "adjust", "aztreonam-avibactam")
