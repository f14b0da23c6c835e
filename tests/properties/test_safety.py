"""Safety requirements over generated cases, judged without the program's own rules."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from ndm_advisor.decision.decide import decide
from ndm_advisor.explain.recommendation import explain
from ndm_advisor.model.answer import CaseRef, Recommendation
from ndm_advisor.read.case_file import build_case
from tests.properties.cases import flat_cases
from tests.vignettes.harness import ON, document

NEVER_ALONE = {
    "aztreonam",
    "ceftazidime-avibactam",
    "meropenem",
    "ertapenem",
    "imipenem",
    "meropenem-vaborbactam",
    "imipenem-relebactam",
    "colistin",
    "polymyxin-b",
    "minocycline",
}
BLOOD_OR_URINE = {"bloodstream", "endovascular", "complicated-uti", "cystitis"}
CYSTITIS_ONLY = {"fosfomycin-oral", "nitrofurantoin", "pivmecillinam", "gepotidacin"}
DEEP = {"bloodstream", "endovascular", "pneumonia", "bone-joint"}
ACTIVE = {"aztreonam-avibactam", "ceftazidime-avibactam+aztreonam", "cefiderocol"}
PROFILE = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)


@pytest.fixture(scope="module")
def run(knowledge, names):
    def make(flat: dict[str, Any]) -> Recommendation:
        case, _ = build_case(document(flat, {}, []), names=names, on=ON)
        decision = decide(case, knowledge, on=ON)
        reference = CaseRef(case.id, None, None)
        return explain(decision, knowledge, case=reference, tool_version="test")

    return make


def reported(flat: dict[str, Any], drug: str) -> str:
    keys = {"fosfomycin-iv": "fosfomycin (iv)", "fosfomycin-oral": "fosfomycin (oral)"}
    value = flat.get(f"panel.results.{keys.get(drug, drug)}", "")
    return value if isinstance(value, str) else value["category"]


@pytest.mark.safety("SAF-101", "SAF-102", "SAF-104", "SAF-105")
@PROFILE
@given(flat=flat_cases())
def test_what_is_offered_is_never_one_of_the_known_harms(flat, run) -> None:
    answer = run(flat)
    site = flat["infection.site"]
    for offer in answer.regimens:
        assert offer.id not in NEVER_ALONE
        if "+" not in offer.id:
            assert reported(flat, offer.id) != "R", offer.id
        if offer.id in {"tigecycline", "eravacycline"}:
            assert site not in BLOOD_OR_URINE
        if offer.id in CYSTITIS_ONLY:
            assert site == "cystitis"
        if site in DEEP:
            assert offer.id in ACTIVE
        if flat.get(f"hospital.stock.{offer.id}") is False:
            pytest.fail(f"{offer.id} is not in stock")


@pytest.mark.safety("SAF-109", "SAF-404")
@PROFILE
@given(flat=flat_cases())
def test_one_outcome_and_regimens_only_with_it(flat, run) -> None:
    answer = run(flat)
    assert answer.outcome in {"out_of_scope", "not_treatment", "abstention", "regimens"}
    assert bool(answer.regimens) == (answer.outcome == "regimens")
    assert (answer.abstention is not None) == (answer.outcome == "abstention")


@pytest.mark.safety("SAF-204", "SAF-208")
@PROFILE
@given(flat=flat_cases())
def test_every_offer_is_sourced_ranked_and_dosed_or_pending(flat, run, knowledge) -> None:
    answer = run(flat)
    ranks = ["preferred", "alternative", "last_resort"]
    assert [ranks.index(o.rank) for o in answer.regimens] == sorted(
        ranks.index(o.rank) for o in answer.regimens
    )
    for offer in answer.regimens:
        assert offer.sources
        assert {s.id for s in offer.sources} <= set(knowledge.sources)
        for order in offer.drugs:
            assert order.sources
            assert (order.maintenance_dose is None) == (order.pending is not None)
    pending = any(o.pending for r in answer.regimens for o in (*r.drugs, *r.companions))
    assert answer.dose_pending == pending


@pytest.mark.safety("SAF-203")
@PROFILE
@given(flat=flat_cases())
def test_no_daily_dose_passes_the_maximum(flat, run) -> None:
    answer = run(flat)
    for offer in answer.regimens:
        for order in offer.drugs:
            dose = order.maintenance_dose
            if dose is None or dose.total_mg is None or order.daily_max_mg is None:
                continue
            highest = dose.to_total_mg or dose.total_mg
            per_day = highest * (24 / order.interval_h if order.interval_h else 1)
            assert per_day <= order.daily_max_mg * 1.0001, (order.drug, per_day)


@pytest.mark.safety("SAF-107")
@PROFILE
@given(flat=flat_cases())
def test_nothing_offered_raises_a_stop_but_row_4b_with_an_insertion(flat, run) -> None:
    answer = run(flat)
    stops = {a.id for a in answer.alerts if a.tier == "stop" and not a.standing}
    if answer.outcome == "regimens":
        assert stops <= {"pair-untested-e-coli"}


@pytest.mark.safety("SAF-301")
@PROFILE
@given(flat=flat_cases())
def test_each_alert_id_stands_once_and_speaks(flat, run) -> None:
    answer = run(flat)
    ids = [a.id for a in answer.alerts]
    assert len(ids) == len(set(ids))
    for alert in answer.alerts:
        assert alert.text.strip(" .")
        assert alert.action.strip(" .")
        assert "{" not in alert.text + alert.action
        assert alert.sources
