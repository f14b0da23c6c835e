"""Closed lists of the clinical policy, typed from its pages, against the base."""

from __future__ import annotations

import pytest

from ndm_advisor.model.knowledge import Knowledge

# Policy section 6, column `id` with its tiers, top to bottom.
ALERTS = {
    "aztreonam-alone": {"stop", "note"},
    "inhibitor-combination-alone": {"stop", "caution"},
    "carbapenem-alone": {"stop"},
    "polymyxin-alone": {"stop", "caution"},
    "tetracycline-blood-or-urine": {"stop"},
    "cystitis-drug-outside-cystitis": {"stop"},
    "untested-older-agent": {"stop"},
    "resistant-drug-ordered": {"stop"},
    "severe-allergy": {"stop"},
    "side-chain-escape-routes": {"caution"},
    "partner-missing": {"stop"},
    "pair-not-together": {"caution"},
    "dose-outside-band": {"stop", "caution"},
    "unit-ambiguous": set(),  # an input error, kept for `explain`
    "pair-untested-e-coli": {"caution", "stop"},
    "cefiderocol-untested": {"caution"},
    "mechanism-contradiction": {"caution"},
    "mbl-unconfirmed": {"caution"},
    "pair-renal-divergence": {"caution"},
    "crcl-near-band-edge": {"caution"},
    "creatinine-unstable": {"caution"},
    "off-label": {"note"},
    "liver-monitoring": {"note"},
    "resistance-on-therapy": {"note"},
    "contact-precautions": {"note"},
    "source-control": {"caution", "note"},
    "repeat-cultures": {"caution"},
    "contraindicated-companion": {"stop", "caution"},
    "pregnancy": {"caution", "stop"},
    "hepatic": {"caution", "stop"},
    "renal-limit": {"caution", "stop"},
    "knowledge-overdue": {"caution"},
    "tetracycline-mic": {"caution"},
    "polymyxin-toxicity": {"caution"},
    "duplicate-strategy": {"stop"},
    "result-conflict": {"caution"},
    "severity-conflict": {"caution"},
    "allergy-caution": {"caution"},
    "anaerobic-cover": {"caution"},
    "augmented-clearance": {"note"},
    "treating-colonisation": {"caution"},
    "bacteriuria-exception": {"caution"},
    "breast-feeding": {"note"},
}

# Policy 4.2 (A, P, F), 4.3 in the order of complicated-uti, then the tissue drugs.
ACTIVE = ["aztreonam-avibactam", "ceftazidime-avibactam+aztreonam", "cefiderocol"]
URINARY = [
    "ciprofloxacin",
    "levofloxacin",
    "trimethoprim-sulfamethoxazole",
    "amikacin",
    "gentamicin",
    "plazomicin",
    "fosfomycin-iv",
]
TISSUE = ["tigecycline", "eravacycline"]

# Policy section 4, "Named but never offered".
NEVER = {
    "aztreonam",
    "ceftazidime-avibactam",
    "meropenem-vaborbactam",
    "imipenem-relebactam",
    "meropenem",
    "ertapenem",
    "imipenem",
    "rifampicin+meropenem+colistin",
    "ceftazidime-avibactam+aztreonam+polymyxin-b",
    "minocycline",
}


@pytest.mark.safety("SAF-301")
def test_every_alert_of_the_policy_and_no_other(knowledge: Knowledge) -> None:
    assert knowledge.alerts.keys() == ALERTS.keys()


@pytest.mark.safety("SAF-301")
def test_alerts_have_the_tiers_of_the_policy(knowledge: Knowledge) -> None:
    assert {i: set(alert.tiers) for i, alert in knowledge.alerts.items()} == ALERTS


def test_only_aztreonam_alone_stands(knowledge: Knowledge) -> None:
    assert [i for i, a in knowledge.alerts.items() if a.standing] == ["aztreonam-alone"]


def test_older_agents_stand_in_the_order_of_the_policy(knowledge: Knowledge) -> None:
    older = [s for s in knowledge.strategies.values() if s.kind == "older"]
    assert [s.id for s in older if "complicated-uti" in s.sites] == URINARY
    assert [s.id for s in older if "intra-abdominal" in s.sites] == TISSUE
    assert [s.id for s in older if "skin-soft-tissue" in s.sites] == TISSUE


@pytest.mark.safety("SAF-104")
def test_older_agents_are_never_offered_elsewhere(knowledge: Knowledge) -> None:
    barred = {"bloodstream", "endovascular", "pneumonia", "bone-joint", "cns"}
    assert not {
        s.id for s in knowledge.strategies.values() if s.kind == "older" and barred & set(s.sites)
    }


@pytest.mark.safety("SAF-101")
def test_active_strategies(knowledge: Knowledge) -> None:
    assert [s.id for s in knowledge.strategies.values() if s.kind == "mbl-active"] == ACTIVE


@pytest.mark.safety("SAF-101")
def test_never_offered_ones_say_why(knowledge: Knowledge) -> None:
    never = {s.id: s.because for s in knowledge.strategies.values() if s.kind == "never"}
    assert never.keys() == NEVER
    assert all(never.values())


@pytest.mark.safety("SAF-108")
def test_cystitis_ranks(knowledge: Knowledge) -> None:
    """Policy 4.5."""
    given = [(r.give["strategy"], r.give["rank"]) for r in knowledge.tables["cystitis"].rows]
    preferred = [
        "amikacin",
        "gentamicin",
        "nitrofurantoin",
        "trimethoprim-sulfamethoxazole",
        "ciprofloxacin",
        "levofloxacin",
    ]
    alternative = ["pivmecillinam", "fosfomycin-oral", "gepotidacin"]
    assert given == [(s, "preferred") for s in preferred] + [
        (s, "alternative") for s in alternative
    ]


@pytest.mark.safety("SAF-108")
def test_three_profiles(knowledge: Knowledge) -> None:
    regions = {i: p.default_region for i, p in knowledge.profiles.items()}
    assert regions == {"escmid-2022": "EU", "idsa-2026": "US", "simit-2022": "EU"}


@pytest.mark.safety("SAF-405")
def test_nothing_is_signed_off(knowledge: Knowledge) -> None:
    assert all(source.signed_off_by is None for source in knowledge.sources.values())
