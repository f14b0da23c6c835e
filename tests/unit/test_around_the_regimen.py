"""What stands around a regimen is true of this case (policy 1, 4.5, 5, 6 and 9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import Recommendation
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document

Advised = Callable[..., Recommendation]

CYSTITIS_AGENTS = (
    "amikacin",
    "gentamicin",
    "nitrofurantoin",
    "trimethoprim-sulfamethoxazole",
    "ciprofloxacin",
    "levofloxacin",
    "pivmecillinam",
    "gepotidacin",
    "fosfomycin (oral)",
)
PATIENT: dict[str, Any] = {
    "format": "ndm-advisor/case/1",
    "isolate.organism": "Escherichia coli",
    "isolate.mbl": "confirmed",
    "isolate.mbl_method": "pcr",
    "isolate.mbl_family": "NDM",
    "isolate.mbl_on": "current",
    "isolate.methyltransferase_16s": False,
    "panel.standard": "EUCAST",
    "infection.severity": "severe",
    "patient.age_years": 60,
    "patient.sex": "female",
    "patient.weight_kg": 70,
    "patient.crcl_ml_min": 100,
    "patient.renal_replacement": "none",
    "patient.pregnant": False,
    "patient.allergies": [],
    "patient.medicines": [],
    "patient.conditions": [],
    "patient.child_pugh": "A",
    "hospital.region": "EU",
}
BLOOD = {"infection.site": "bloodstream"}
CUTI = {"infection.site": "complicated-uti"}
CYSTITIS = {"infection.site": "cystitis", "infection.severity": "non-severe"}
AZTREONAM_R = {"panel.results.aztreonam-avibactam": "R"}
BOTH_R = {**AZTREONAM_R, "panel.results.cefiderocol": "R"}
BOTH_S = {"panel.results.aztreonam-avibactam": "S", "panel.results.cefiderocol": "S"}


def results(category: str, *drugs: str) -> dict[str, Any]:
    return {f"panel.results.{drug}": category for drug in drugs}


@pytest.fixture
def advised(knowledge: Knowledge, names: Names) -> Advised:
    def advised(*changes: dict[str, Any]) -> Recommendation:
        merged = {key: value for change in changes for key, value in change.items()}
        case, _ = build_case(document(PATIENT, merged, []), names=names, on=ON)
        return advise(case, knowledge, on=ON)

    return advised


# -- abstention: what is asked, and what would settle it (policy 1, 4.2 row 8, 4.5) ---------------


def test_infectious_diseases_is_asked_to_release_only_what_is_active(advised: Advised) -> None:
    said = advised(CYSTITIS, AZTREONAM_R, results("S", "cefiderocol")).abstention
    assert said is not None
    assert said.ask == "Does infectious diseases release cefiderocol, active but kept in reserve?"


@pytest.mark.parametrize("panel", [BOTH_R, {}], ids=["resistant", "untested"])
def test_nothing_inactive_or_untested_is_called_active(
    advised: Advised, panel: dict[str, Any]
) -> None:
    said = advised(CYSTITIS, panel).abstention
    assert said is not None
    assert "active but kept in reserve" not in said.ask
    assert said.ask.startswith("Which treatment does infectious diseases want?")


def test_the_pair_and_the_product_are_released_together(advised: Advised) -> None:
    said = advised(CYSTITIS, BOTH_S).abstention
    assert said is not None
    assert said.ask == (
        "Does infectious diseases release aztreonam-avibactam, the pair or cefiderocol, "
        "active but kept in reserve?"
    )


def test_results_that_are_given_do_not_settle_a_cystitis(advised: Advised) -> None:
    answer = advised(CYSTITIS, results("R", *CYSTITIS_AGENTS))
    assert answer.abstention is not None
    said = " ".join(answer.abstention.would_settle)
    assert "not yet tested" not in said
    assert "fosfomycin" not in said
    assert answer.abstention.would_settle
    assert answer.lab_requests == ()


def test_oral_fosfomycin_settles_nothing_in_another_species(advised: Advised) -> None:
    other = {"isolate.organism": "Klebsiella pneumoniae"}
    said = advised(CYSTITIS, other).abstention
    assert said is not None
    assert said.would_settle == ("Results for the cystitis agents not yet tested",)


GIVEN = results("R", "fosfomycin (iv)", "tigecycline", "colistin", "amikacin")


def test_salvage_results_that_are_given_are_not_asked_for(advised: Advised) -> None:
    answer = advised(BLOOD, BOTH_R, GIVEN, {"isolate.pbp3_insertion": "none"})
    assert answer.abstention is not None
    assert answer.lab_requests == ()
    assert not any("agar dilution" in line for line in answer.abstention.would_settle)


def test_the_salvage_result_that_is_lacking_is_named(advised: Advised) -> None:
    answer = advised(BLOOD, BOTH_R, results("R", "fosfomycin (iv)", "colistin"))
    assert answer.abstention is not None
    assert answer.abstention.would_settle == ("Tigecycline MIC",)
    assert "the salvage agents" in answer.lab_names


# -- requests (policy 1, 4.5, 6 `mbl-unconfirmed`) -------------------------------------------------


def test_an_agent_that_cannot_be_given_does_not_spare_the_others_a_test(advised: Advised) -> None:
    low = {"patient.crcl_ml_min": 20}
    answer = advised(CYSTITIS, low, results("S", "nitrofurantoin"))
    assert answer.outcome == "abstention"
    assert answer.lab_names == ("the cystitis agents",)


def test_no_cystitis_agent_is_asked_for_where_it_is_no_cystitis(advised: Advised) -> None:
    answer = advised(CYSTITIS, {"infection.severity": "severe"})
    assert answer.outcome == "abstention"
    assert "the cystitis agents" not in answer.lab_names


@pytest.mark.parametrize(
    "unproven",
    [
        {"isolate.mbl_method": "other"},
        {"isolate.mbl_method": "inhibitor-panel"},
        {"isolate.mbl_on": "previous"},
    ],
)
def test_an_mbl_ruled_out_by_no_proof_is_typed(advised: Advised, unproven: dict[str, Any]) -> None:
    ruled_out = {"isolate.mbl": "ruled-out", "isolate.mbl_family": "unknown"}
    answer = advised(BLOOD, ruled_out, unproven)
    assert "mbl-unconfirmed" in {alert.id for alert in answer.alerts}
    assert answer.lab_names == ("a carbapenemase test covering NDM, VIM and IMP",)


# -- monitoring (policy 5, 9.4) --------------------------------------------------------------------


def measured(answer: Recommendation) -> set[str]:
    return {line.test for line in answer.monitoring}


@pytest.mark.parametrize("kind", ["crrt", "intermittent-haemodialysis", "sled"])
def test_nothing_is_banded_by_creatinine_on_renal_replacement(advised: Advised, kind: str) -> None:
    replaced = {"patient.renal_replacement": kind}
    assert "creatinine and CrCl" not in measured(advised(BLOOD, BOTH_S, replaced))
    assert "creatinine and CrCl" in measured(advised(BLOOD, BOTH_S))


LEVEL = "aminoglycoside level, creatinine, hearing and balance"


def test_a_single_dose_has_no_level_before_the_second(advised: Advised) -> None:
    answer = advised(CYSTITIS, results("S", "amikacin"))
    assert answer.regimens[0].drugs[0].doses == 1
    assert LEVEL not in measured(answer)
    urine = {**CUTI, "infection.severity": "non-severe"}
    assert LEVEL in measured(advised(urine, BOTH_S, results("S", "amikacin")))


def test_the_inr_is_not_for_a_patient_who_takes_nothing(advised: Advised) -> None:
    assert "INR" not in measured(advised(BLOOD, BOTH_S))
    assert "INR" in measured(advised(BLOOD, BOTH_S, {"patient.medicines": ["warfarin"]}))
    assert "INR" in measured(advised(BLOOD, BOTH_S, {"patient.medicines": ["apixaban"]}))


# -- duration (policy 9.4) -------------------------------------------------------------------------


def test_each_cystitis_agent_has_its_own_duration(advised: Advised) -> None:
    found = advised(CYSTITIS, results("S", "amikacin", "nitrofurantoin", "ciprofloxacin")).duration
    assert found is not None
    assert found.text == (
        "amikacin: 1 dose; nitrofurantoin: 5 days; ciprofloxacin: no source gives a duration for "
        "this drug: infectious diseases or microbiology sets it; "
        "counted from the first day of active therapy"
    )
    assert (found.from_days, found.to_days) == (1, 1)


def test_agents_of_one_duration_share_it(advised: Advised) -> None:
    found = advised(CYSTITIS, results("S", "amikacin", "gentamicin")).duration
    assert found is not None
    assert found.text.startswith("1 dose; ")


# -- step-down (policy 6 `contraindicated-companion` and `allergy-caution`, 9.5) -------------------

FLUOROQUINOLONE = results("S", "ciprofloxacin")


def test_a_step_down_names_what_speaks_against_it(advised: Advised) -> None:
    patient = {
        "patient.medicines": ["amiodarone"],
        "patient.allergies": [{"drug": "ciprofloxacin", "reaction": "rash", "severity": "mild"}],
    }
    said = advised(CUTI, BOTH_S, FLUOROQUINOLONE, patient).step_down
    assert said is not None
    assert "Before it, weigh: " in said
    assert "ciprofloxacin and another of the medicines both prolong QT" in said
    assert "a mild reaction, or one of unknown severity, to a drug related to ciprofloxacin" in said


def test_a_step_down_without_a_clash_names_none(advised: Advised) -> None:
    said = advised(CUTI, BOTH_S, FLUOROQUINOLONE, {"patient.medicines": ["amlodipine"]}).step_down
    assert said is not None
    assert "weigh" not in said


# -- supply (policy 5, AKI within 48 hours, and 9.3) -----------------------------------------------

INJURED = {
    "patient.crcl_ml_min": 40,
    "patient.aki_within_48h": True,
    "patient.baseline_ckd": False,
}


def test_both_doses_of_a_kidney_injury_have_their_vials(advised: Advised) -> None:
    pair = next(
        offer
        for offer in advised(BLOOD, BOTH_S, INJURED).regimens
        if offer.id == "ceftazidime-avibactam+aztreonam"
    )
    assert [line for line in pair.supply if line.startswith("ceftazidime-avibactam")] == [
        "ceftazidime-avibactam, banded dose: 1 vial per dose",
        "ceftazidime-avibactam, banded dose: 6 mL of a 12 mL vial per dose",
        "ceftazidime-avibactam, banded dose: 3 vials for the first 24 hours",
        "ceftazidime-avibactam, banded dose: 219 mg sodium a day",
        "ceftazidime-avibactam, full dose: 1 vial per dose",
        "ceftazidime-avibactam, full dose: 3 vials for the first 24 hours",
        "ceftazidime-avibactam, full dose: 438 mg sodium a day",
    ]


# -- not assessed, not offered (policy 3, 4.5, 7 and 10) -------------------------------------------


def supplied(answer: Recommendation, what: str) -> str:
    return next(item.supply for item in answer.not_assessed if item.what == what)


def test_a_combined_test_is_asked_for_with_its_method(advised: Advised) -> None:
    asked = supplied(advised(BLOOD), "combined test")
    assert 'method = "broth-disk-elution"' in asked
    assert "MIC" not in asked


def test_a_combined_result_without_a_method_is_not_passed_in_silence(advised: Advised) -> None:
    pair = {"panel.results.ceftazidime-avibactam + aztreonam": {"category": "S"}}
    item = next(i for i in advised(BLOOD, pair).not_assessed if i.what == "combined test")
    assert item.why == "no method: counts as untested"


def test_a_polymyxin_is_asked_for_in_its_unit(advised: Advised) -> None:
    orders = [{"drug": "colistin", "interval_h": 12, "infusion_h": 1, "route": "iv"}]
    keys = supplied(advised(BLOOD, BOTH_S, {"orders": orders}), "order 1 (colistin)")
    assert "dose_mg_colistin_base" in keys
    assert "orders.1.dose_mg;" not in f"{keys};"


def test_a_load_lacks_no_interval(advised: Advised) -> None:
    load = {
        "drug": "aztreonam-avibactam",
        "components_mg": {"aztreonam": 2000, "avibactam": 670},
        "kind": "loading",
        "infusion_h": 3,
        "route": "iv",
    }
    answer = advised(BLOOD, BOTH_S, {"orders": [load]})
    assert not any(item.what.startswith("order 1 ") for item in answer.not_assessed)


def test_nothing_untested_is_called_active_and_kept_in_reserve(advised: Advised) -> None:
    def said(*panel: dict[str, Any]) -> str:
        answer = advised(CYSTITIS, results("S", "amikacin"), *panel)
        return next(r.because[0] for r in answer.rejected if r.id == "aztreonam-avibactam")

    assert said() == "untested, kept in reserve: an older agent treats this cystitis"
    assert said(BOTH_S) == "active, kept in reserve: an older agent treats this cystitis"


# -- the first line (policy 4.2 row 4a, 4.9 row I5) ------------------------------------------------


def test_the_first_line_parts_the_proven_from_the_untested(advised: Advised) -> None:
    answer = advised(BLOOD, results("S", "cefiderocol"))
    assert [offer.provisional for offer in answer.regimens] == [False, True, True]
    assert answer.summary == (
        "Give cefiderocol. Provisional, untested: "
        "ceftazidime-avibactam with aztreonam or aztreonam-avibactam."
    )
    assert "Provisional" not in advised(BLOOD, BOTH_S).summary
    pending = {"patient.renal_replacement": "crrt"}  # no effluent rate, no dose
    assert advised(BLOOD, results("S", "cefiderocol"), pending).summary.endswith("Dose pending.")
