"""Orders of any kind, in any mixture, never break the check, and one verdict stands."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ndm_advisor.decision.decide import decide
from ndm_advisor.explain.recommendation import explain
from ndm_advisor.model.answer import CaseRef
from ndm_advisor.read.case_file import build_case
from tests.properties.cases import flat_cases
from tests.vignettes.harness import ON, document

DRUGS = [
    "aztreonam",
    "ceftazidime-avibactam",
    "aztreonam-avibactam",
    "cefiderocol",
    "meropenem",
    "ertapenem",
    "meropenem-vaborbactam",
    "colistin",
    "polymyxin b",
    "tigecycline",
    "eravacycline",
    "fosfomycin",
    "amikacin",
    "gentamicin",
    "tobramycin",
    "ciprofloxacin",
    "levofloxacin",
    "trimethoprim-sulfamethoxazole",
    "nitrofurantoin",
    "pivmecillinam",
    "gepotidacin",
    "rifampicin",
    "metronidazole",
    "minocycline",
    "plazomicin",
    "piperacillin-tazobactam",
    "vancomycin",
    "caspofungin",
    "not a drug",
]
VERDICTS = {"not_assessed", "not_assessable", "harmful", "inadequate", "appropriate"}
ALONE = {"aztreonam", "ceftazidime-avibactam", "meropenem", "ertapenem"}


@st.composite
def orders(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [draw(order()) for _ in range(draw(st.integers(1, 4)))]


@st.composite
def order(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {"drug": draw(st.sampled_from(DRUGS))}
    key = {"colistin": "dose_million_units", "polymyxin b": "dose_mg_polymyxin_b"}
    amount = draw(st.sampled_from([None, 3.0, 100.0, 500.0, 2000.0, 2500.0]))
    if amount is not None:
        unit = key.get(made["drug"], "dose_mg")
        made[unit] = (
            min(amount, 9.0)
            if unit == "dose_million_units"
            else min(amount, 400.0)
            if unit != "dose_mg"
            else amount
        )
    options = {
        "interval_h": st.sampled_from([6.0, 8.0, 12.0, 24.0]),
        "infusion_h": st.sampled_from([0.5, 1.0, 3.0]),
        "route": st.sampled_from(["iv", "oral"]),
        "kind": st.sampled_from(["loading", "maintenance"]),
        "start_time": st.sampled_from(["08:00", "14:30"]),
    }
    for name, values in options.items():
        if draw(st.booleans()):
            made[name] = draw(values)
    return made


@pytest.mark.safety("SAF-302")
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)
@given(flat=flat_cases(), placed=orders())
def test_any_orders_get_one_verdict(flat, placed, knowledge, names) -> None:
    case, _ = build_case({**document(flat, {}, []), "orders": placed}, names=names, on=ON)
    decision = decide(case, knowledge, on=ON)
    answer = explain(decision, knowledge, case=CaseRef(None, None, None), tool_version="test")
    check = answer.order_check
    assert check.verdict in VERDICTS
    stops = [a for a in check.alerts if a.tier == "stop"]
    if check.verdict in {"appropriate", "inadequate"}:
        assert not stops
    ids = [a.id for a in answer.alerts]
    assert len(ids) == len(set(ids))
    drugs = {o["drug"] for o in placed}
    in_scope = answer.outcome in {"regimens", "abstention"}
    mbl = decision.facts.mbl_in_play and decision.facts.mbl_stated != "unknown"
    if in_scope and mbl and len(drugs) == 1 and drugs <= ALONE:
        assert check.verdict == "harmful", drugs
