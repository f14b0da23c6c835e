"""Policy sections 6 and 7: what a correction, and an alert beside it, says in words.

The vignettes ask which order gets which change; here stands what each change says, and in which
order the changes of one order are to be done.
"""

from __future__ import annotations

from typing import Any

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import Recommendation
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases

CAZ_AVI = {"drug": "ceftazidime-avibactam", "dose_mg": 2500, "interval_h": 8, "infusion_h": 3}
AZTREONAM = {"drug": "aztreonam", "dose_mg": 2000, "interval_h": 8, "infusion_h": 3}
ATM_AVI = {"drug": "aztreonam-avibactam", "dose_mg": 2000, "interval_h": 6, "infusion_h": 3}
LOAD = {"drug": "aztreonam-avibactam", "dose_mg": 2670, "infusion_h": 3, "kind": "loading"}
UNTESTED = "panel.results.aztreonam-avibactam"
NO_ATM_AVI = {"hospital.stock.aztreonam-avibactam": False}
PAIRED_AZTREONAM = "aztreonam 2 g IV every 8 hours over 3 hours"


@pytest.fixture
def answered(knowledge: Knowledge, names: Names) -> Any:
    """The answer for orders in a base case: bloodstream, every fact known, unless said."""

    def made(
        orders: list[dict[str, Any]],
        facts: dict[str, Any] | None = None,
        *unset: str,
        base: str = "bloodstream",
    ) -> Recommendation:
        placed = [{"route": "iv", **order} for order in orders]
        flat = document(load_bases()[base], {**(facts or {}), "orders": placed}, list(unset))
        case, _ = build_case(flat, names=names, on=ON)
        return advise(case, knowledge, on=ON)

    return made


def said(answer: Recommendation, ident: str) -> str:
    (alert,) = [a for a in answer.order_check.alerts if a.id == ident]
    return f"{alert.text} {alert.action}"


# -- two changes of one order ----------------------------------------------------------------------


def test_a_dose_is_mended_before_its_partner_is_added(answered: Any) -> None:
    """The first change is done to the order as it stands, the second beside it."""
    twice = {**AZTREONAM, "dose_mg": 4000}
    changes = answered([twice], NO_ATM_AVI).order_check.change
    assert [(c.order, c.do, c.to) for c in changes] == [
        (1, "adjust", "aztreonam"),
        (1, "add", "ceftazidime-avibactam"),
    ]


def test_the_changes_follow_the_orders_and_not_the_gravity_of_alerts(answered: Any) -> None:
    """The caution about order 1 comes before the stop about order 2."""
    wrong = {**ATM_AVI, "infusion_h": 1}
    meropenem = {"drug": "meropenem", "dose_mg": 2000, "interval_h": 8, "infusion_h": 3}
    changes = answered([wrong, meropenem]).order_check.change
    assert [(c.order, c.do) for c in changes] == [(1, "adjust"), (2, "stop")]


# -- the corrected order in full -------------------------------------------------------------------


def test_a_partner_without_a_dose_gets_its_whole_order(answered: Any) -> None:
    undosed = {"drug": "aztreonam", "infusion_h": 3}
    (change,) = answered([CAZ_AVI, undosed]).order_check.change
    assert tuple(change) == (2, "adjust", "aztreonam", PAIRED_AZTREONAM)


def test_where_no_regimen_is_proven_what_runs_is_named_and_kept(answered: Any) -> None:
    """Row 4b with a PBP3 insertion: start now, test now, call (policy sections 4.2 and 6)."""
    facts = {"isolate.pbp3_insertion": "YRIN", "panel.results.cefiderocol": "R"}
    (change,) = answered([ATM_AVI], facts, UNTESTED).order_check.change
    assert change[:3] == (1, "call", None)
    assert change.because.startswith("aztreonam-avibactam is not stopped before the replacement")
    assert change.because.endswith("call infectious diseases now")


def test_the_second_strategy_stops_because_it_is_given_twice(answered: Any) -> None:
    changes = answered([CAZ_AVI, AZTREONAM, ATM_AVI]).order_check.change
    because = "given twice; stop before the next dose"
    assert [tuple(change) for change in changes] == [
        (1, "stop", None, f"ceftazidime-avibactam: {because}"),
        (2, "stop", None, f"aztreonam: {because}"),
    ]


# -- no alert asks for what a change forbids -------------------------------------------------------


def test_a_drug_that_goes_is_not_kept_once_because_it_was_ordered_twice(answered: Any) -> None:
    """R: its first maintenance order is replaced, so the second is not "the one too many"."""
    answer = answered([LOAD, ATM_AVI, ATM_AVI], {UNTESTED: "R"})
    done = [(c.order, c.do) for c in answer.order_check.change]
    assert {(2, "replace"), (3, "stop")} <= set(done)
    assert "Keep 1 order" not in said(answer, "duplicate-strategy")
    assert "this order goes" in said(answer, "duplicate-strategy")


# -- figures ---------------------------------------------------------------------------------------


def test_a_daily_amount_is_said_to_a_tenth_of_a_milligram(answered: Any) -> None:
    """100 mg every 7 hours are 342.857... mg a day."""
    order = {"drug": "tigecycline", "dose_mg": 100, "interval_h": 7, "infusion_h": 1}
    answer = answered([order], {"panel.results.tigecycline": "S"}, base="intra-abdominal")
    assert "342.9 mg a day ordered" in said(answer, "dose-outside-band")


def test_the_seconds_of_a_start_are_sixtieths(answered: Any) -> None:
    orders = [{**CAZ_AVI, "start_time": "08:00"}, {**AZTREONAM, "start_time": "08:30:45"}]
    assert "start 30.8 minutes apart" in said(answered(orders), "pair-not-together")


# -- the reason of an abstention -------------------------------------------------------------------


def test_another_severe_allergy_does_not_turn_a_component_into_a_label(answered: Any) -> None:
    """Avibactam is what excludes both; colistin plays no part in it (policy 4.7)."""
    allergies = [{"drug": d, "reaction": "anaphylaxis"} for d in ("avibactam", "colistin")]
    facts = {"patient.allergies": allergies, "hospital.stock.cefiderocol": False}
    abstention = answered([], facts).abstention
    assert abstention is not None
    assert "every product that holds the culprit" in abstention.reason
    assert "label contraindicates" not in abstention.reason


# -- the starts of the pair ------------------------------------------------------------------------


def test_starts_apart_are_mended_by_starting_together(answered: Any) -> None:
    """Policy 6, pair-not-together: an order without its start would be the same order again."""
    pair = [{**CAZ_AVI, "start_time": "08:00"}, {**AZTREONAM, "start_time": "09:00"}]
    (change,) = answered(pair, NO_ATM_AVI).order_check.change
    assert (change.order, change.do, change.to) == (2, "adjust", "aztreonam")
    wanted = f"{PAIRED_AZTREONAM}, started together with ceftazidime-avibactam"
    assert change.because == wanted


# -- kidney injury, loads, single doses ------------------------------------------------------------


def test_the_full_dose_in_kidney_injury_is_a_persons_choice(answered: Any) -> None:
    """Policy 5: both doses are named, and who chooses."""
    injured = {"patient.crcl_ml_min": 40, "patient.aki_within_48h": True}
    (change,) = answered([ATM_AVI], injured).order_check.change
    assert change.do == "adjust"
    assert change.because.endswith(
        ", or the full dose that is ordered where a named prescriber confirms it"
    )
    assert change.because.startswith("1 g (aztreonam 0.75 g + avibactam 0.25 g) IV every 6 hours")


@pytest.mark.parametrize(
    ("load_mg", "verdict", "variant"),
    [
        (2670, "appropriate", ""),
        (2900, "appropriate", ""),  # within a tenth
        (3000, "inadequate", "this patient's is"),
        (5340, "inadequate", "this patient's is"),  # twice, not beyond
        (5600, "harmful", "more than twice this patient's"),
        (8000, "harmful", "more than twice this patient's"),
        (8300, "harmful", "above the label maximum of 8 g a day"),
        (26700, "harmful", "above the label maximum of 8 g a day"),
    ],
)
def test_a_load_is_compared_with_this_patients_load(
    answered: Any, load_mg: float, verdict: str, variant: str
) -> None:
    """Policy 6, dose-outside-band; EU label: load 2 g + 0.67 g, 8 g a day at most."""
    answer = answered([ATM_AVI, {**LOAD, "dose_mg": load_mg}])
    assert answer.order_check.verdict == verdict
    if not variant:
        assert answer.order_check.change == ()
        return
    assert variant in said(answer, "dose-outside-band")
    (change,) = answer.order_check.change
    wanted = "2.67 g (aztreonam 2 g + avibactam 0.67 g) IV once over 3 hours"
    assert (change.order, change.do, change.because) == (2, "adjust", wanted)


@pytest.mark.parametrize(
    ("interval_h", "verdict"), [(None, "appropriate"), (24, "inadequate"), (8, "harmful")]
)
def test_what_is_given_once_is_not_given_again(
    answered: Any, interval_h: float | None, verdict: str
) -> None:
    """Policy 9.4, cystitis: oral fosfomycin 1 dose."""
    order = {"drug": "fosfomycin", "dose_mg": 3000, "route": "oral", "interval_h": interval_h}
    given = {key: value for key, value in order.items() if value is not None}
    answer = answered([given], {"panel.results.fosfomycin (oral)": "S"}, base="cystitis")
    assert answer.order_check.verdict == verdict
