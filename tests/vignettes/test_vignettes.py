"""Every vignette through `advise`, and what the vignettes as a whole must reach."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ndm_advisor.decision.decide import decide
from ndm_advisor.explain.recommendation import explain
from ndm_advisor.model.answer import CaseRef
from ndm_advisor.read.case_file import build_case
from ndm_advisor.render.as_json import to_json
from tests.vignettes.harness import (
    ON,
    Vignette,
    differences,
    fact_differences,
    hazard_differences,
    vignettes,
)
from tests.vignettes.said import trace_faults, word_faults
from tests.vignettes.second import choice_faults
from tests.vignettes.worded import order_faults, reading_faults

ALL = list(vignettes())

# The safety requirements that the vignettes of a file prove.
PROVES = {
    "alert-advice": ("SAF-301",),
    "choice-allergy-pregnancy": ("SAF-103", "SAF-105", "SAF-108"),
    "choice-escmid": ("SAF-108",),
    "choice-idsa": ("SAF-108",),
    "choice-simit": ("SAF-108", "SAF-404"),
    "choice-sites": ("SAF-104", "SAF-108"),
    "choice-suspected": ("SAF-108", "SAF-401"),
    "dose-aki": ("SAF-202",),
    "dose-beta-lactams": ("SAF-202",),
    "dose-older-agents": ("SAF-202",),
    "dose-renal-replacement": ("SAF-202", "SAF-204"),
    "dose-unknown-crcl": ("SAF-204",),
    "fact-age": ("SAF-109",),
    "fact-allergy": ("SAF-103",),
    "fact-aztreonam-support": ("SAF-102",),
    "fact-cefiderocol-support": ("SAF-102",),
    "fact-crcl": ("SAF-209",),
    "fact-mbl": ("SAF-109",),
    "fact-organism": ("SAF-109",),
    "fact-stock": ("SAF-105",),
    "fact-susceptibility": ("SAF-102",),
    "hazard-activity": ("SAF-102",),
    "hazard-allergy": ("SAF-103",),
    "hazard-companions": ("SAF-105",),
    "hazard-kidney": ("SAF-105",),
    "hazard-liver": ("SAF-105",),
    "hazard-pregnancy": ("SAF-105",),
    "hazard-site": ("SAF-104",),
    "hazard-supply": ("SAF-105",),
    "orders-dose": ("SAF-203", "SAF-301", "SAF-302"),
    "orders-patient": ("SAF-103", "SAF-301", "SAF-302"),
    "orders-results": ("SAF-102", "SAF-301", "SAF-302"),
    "orders-strategies": ("SAF-101", "SAF-301", "SAF-302"),
    "orders-verdict": ("SAF-302",),
    "rows": ("SAF-108",),
}


def marked(vignette: Vignette):
    ids = PROVES.get(vignette.file, ())
    marks = [pytest.mark.safety(*ids, of=vignette.file)] if ids else []
    return pytest.param(vignette, marks=marks, id=vignette.label)


@pytest.mark.parametrize("vignette", [marked(v) for v in ALL])
def test_vignette(vignette: Vignette, knowledge, names) -> None:
    case, _ = build_case(vignette.document, names=names, on=ON)
    decision = decide(case, knowledge, on=ON)
    answer = explain(decision, knowledge, case=CaseRef(case.id, None, None), tool_version="test")
    found = differences(vignette.expect, json.loads(to_json(answer)))
    found += fact_differences(vignette.expect.get("facts", {}), decision.facts)
    found += hazard_differences(vignette.expect, decision)
    found += [*trace_faults(decision), *word_faults(decision, knowledge)]
    found += [*order_faults(decision), *reading_faults(decision)]
    found += choice_faults(decision, knowledge)
    assert not found, "\n".join(found)


def test_every_vignette_names_its_policy_row() -> None:
    assert [v.label for v in ALL if not v.policy.strip()] == []


def test_every_vignette_expects_something() -> None:
    assert [v.label for v in ALL if not v.expect] == []


def test_names_are_unique() -> None:
    labels = [v.label for v in ALL]
    assert len(labels) == len(set(labels))


@pytest.fixture(scope="module")
def reached(knowledge, names) -> dict[str, set[Any]]:
    """Which rules were true, false and unknown over all vignettes."""
    seen: dict[str, set[Any]] = {
        "true": set(),
        "unknown": set(),
        "false": set(),
        "rows": set(),
        "outcomes": set(),
        "reasons": set(),
        "alerts": set(),
        "silent": set(),
        "sites": set(),
        "profiles": set(),
    }
    for vignette in ALL:
        case, _ = build_case(vignette.document, names=names, on=ON)
        decision = decide(case, knowledge, on=ON)
        asked = {(a.hazard.id, a.holds) for f in decision.fates.values() for a in f.asked}
        seen["true"] |= {h for h, holds in asked if holds}
        seen["unknown"] |= {h for h, holds in asked if holds is None}
        seen["false"] |= set(knowledge.hazards) - {h for h, _ in asked}
        for selection in decision.positions.values():
            seen["rows"] |= set(selection.rows) | {r.row for r in selection.ranked}
            seen["reasons"].add(selection.reason)
        seen["outcomes"].add(decision.outcome)
        seen["reasons"].add(decision.outline.reason)
        fired = {(r.id, r.tier) for r in decision.raised}
        seen["alerts"] |= fired
        seen["silent"] |= set(knowledge.alerts) - {i for i, _ in fired}
        seen["sites"].add(decision.facts.site)
        seen["profiles"].add(decision.settled.guideline)
    return seen


@pytest.mark.safety("SAF-105")
def test_every_hazard_fires_and_misses(reached, knowledge) -> None:
    candidates = {h.id for h in knowledge.hazards.values() if h.applies_to != "order"}
    never_asked = {h for h in candidates if not asked_of_a_candidate(h, knowledge)}
    assert candidates - never_asked - reached["true"] == set(), "never fires"
    assert candidates - never_asked - reached["false"] == set(), "never misses"


@pytest.mark.safety("SAF-105", "SAF-401")
def test_every_hazard_that_can_be_unknown_meets_unknown(reached, knowledge) -> None:
    speaking = {h.id for h in knowledge.hazards.values() if h.unknown_as}
    assert speaking - reached["unknown"] == set()


def asked_of_a_candidate(hazard_id: str, knowledge_: Any) -> bool:
    """A record about drugs that only orders can name waits for the order check."""
    hazard = knowledge_.hazards[hazard_id]
    held = {d for s in knowledge_.strategies.values() if s.kind != "never" for d in s.drugs}
    return any(s.startswith("strategy:") or s in held for s in hazard.subject)


@pytest.mark.safety("SAF-108")
def test_every_choice_row_is_reached(reached, knowledge) -> None:
    rows = {r.id for p in knowledge.profiles.values() for t in (p.choice, p.older) for r in t.rows}
    rows |= {r.id for r in knowledge.tables["family"].rows if r.give["pair"] != "out"}
    assert rows - reached["rows"] == set()


@pytest.mark.safety("SAF-109", "SAF-404")
def test_every_outcome_and_abstention_is_reached(reached, knowledge) -> None:
    assert reached["outcomes"] == {"out_of_scope", "not_treatment", "abstention", "regimens"}
    worded = set(knowledge.words["abstention"]) - {"common"}
    assert worded - reached["reasons"] == set()


@pytest.mark.safety("SAF-301")
def test_every_alert_fires_and_stays_silent(reached, knowledge) -> None:
    listed = {a.id for a in knowledge.alerts.values() if a.tiers} - NEEDS_ANOTHER_DATE
    assert listed - {i for i, _ in reached["alerts"]} == set(), "never fires"
    assert listed - reached["silent"] == set(), "never silent"


@pytest.mark.safety("SAF-301")
def test_every_tier_of_every_alert_is_reached(reached, knowledge) -> None:
    listed = {(a.id, t) for a in knowledge.alerts.values() for t in a.tiers}
    listed = {pair for pair in listed if pair[0] not in NEEDS_ANOTHER_DATE}
    assert listed - reached["alerts"] == set()


NEEDS_ANOTHER_DATE = {"knowledge-overdue"}  # tests/unit/test_overdue.py


def test_every_site_and_profile_is_reached(reached, knowledge) -> None:
    assert len(reached["sites"]) == 11
    assert reached["profiles"] == set(knowledge.profiles)
