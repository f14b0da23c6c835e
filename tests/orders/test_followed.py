"""Policy 7: whoever follows every correction ends with a regimen that treats, and with no harm.

Sets of one to three orders in situations that exclude now this strategy, now that. The corrections
are carried out on paper; what then runs is judged by rules of its own, not by the order check.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from ndm_advisor.decision.decide import Decision, decide
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases

A, CZA, ATM, FDC = "aztreonam-avibactam", "ceftazidime-avibactam", "aztreonam", "cefiderocol"
PAIR = {CZA, ATM}
ORDERS: dict[str, dict[str, Any]] = {
    A: {"dose_mg": 2000, "interval_h": 6, "infusion_h": 3},
    CZA: {"dose_mg": 2500, "interval_h": 8, "infusion_h": 3, "start_time": "08:00"},
    ATM: {"dose_mg": 2000, "interval_h": 8, "infusion_h": 3, "start_time": "10:00"},
    FDC: {"dose_mg": 2000, "interval_h": 8, "infusion_h": 3},
    "meropenem": {"dose_mg": 2000, "interval_h": 8, "infusion_h": 3},
    "ertapenem": {"dose_mg": 1000, "interval_h": 24},
    "ciprofloxacin": {"dose_mg": 400, "interval_h": 8, "route": "iv"},
    "amikacin": {"dose_mg": 1000, "interval_h": 24},
    "colistin": {"dose_million_units": 4.5, "interval_h": 12},
    "tigecycline": {"dose_mg": 50, "interval_h": 12},
    "metronidazole": {"dose_mg": 500, "interval_h": 8},
}
SETS = [
    *((drug,) for drug in ORDERS),
    *combinations(ORDERS, 2),
    *((A, CZA, ATM, other) for other in ORDERS if other not in {A, CZA, ATM}),
    *((CZA, ATM, other) for other in ORDERS if other not in {CZA, ATM}),
    (A, A),
    (CZA, ATM, ATM),
    (CZA, CZA, ATM, ATM),
    (FDC, FDC, FDC),
    ("ertapenem", "ertapenem"),
]


def severe(drug: str) -> dict[str, Any]:
    return {"patient.allergies": [{"drug": drug, "reaction": "anaphylaxis"}]}


SITUATIONS: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "all three usable": ("bloodstream", {}, []),
    "stock of A unknown": ("bloodstream", {}, ["hospital.stock.aztreonam-avibactam"]),
    "A not in stock": ("bloodstream", {"hospital.stock.aztreonam-avibactam": False}, []),
    "partners R": ("bloodstream", {f"panel.results.{ATM}": "R", f"panel.results.{CZA}": "R"}, []),
    "A and P R": ("bloodstream", {f"panel.results.{A}": "R"}, []),
    "cefiderocol R": ("bloodstream", {f"panel.results.{FDC}": "R"}, []),
    "avibactam allergy": ("bloodstream", severe("avibactam"), []),
    "colistin allergy": ("bloodstream", severe("colistin"), []),
    "CrCl 25": ("bloodstream", {"patient.crcl_ml_min": 25}, []),
    "IDSA, US, CrCl 25": (
        "bloodstream",
        {
            "hospital.guideline": "idsa-2026",
            "hospital.region": "US",
            "patient.crcl_ml_min": 25,
        },
        [],
    ),
    "older agents S": (
        "bloodstream",
        {f"panel.results.{d}": "S" for d in ("ciprofloxacin", "amikacin", "tigecycline")},
        [],
    ),
    "intra-abdominal": ("intra-abdominal", {}, []),
    "intra-abdominal, metronidazole allergy": ("intra-abdominal", severe("metronidazole"), []),
    "complicated UTI": ("complicated-uti", {"panel.results.ciprofloxacin": "S"}, []),
    "pneumonia": ("pneumonia", {}, []),
    "pregnant, EU": (
        "bloodstream",
        {"patient.sex": "female", "patient.age_years": 30, "patient.pregnant": True},
        [],
    ),
    "CRRT": ("bloodstream", {"patient.renal_replacement": "crrt"}, ["patient.crcl_ml_min"]),
    "CrCl unknown": ("bloodstream", {}, ["patient.crcl_ml_min"]),
    "untested, PBP3 insertion": (
        "bloodstream",
        {"isolate.pbp3_insertion": "YRIN", f"panel.results.{FDC}": "R"},
        [f"panel.results.{A}"],
    ),
    "MBL suspected": ("bloodstream", {"isolate.mbl": "suspected"}, []),
    "nothing active": ("bloodstream", {f"panel.results.{A}": "R", f"panel.results.{FDC}": "R"}, []),
    "ceftazidime allergy": ("bloodstream", severe("ceftazidime"), []),
}


def decided(
    situation: str, drugs: tuple[str, ...], times: int, knowledge: Knowledge, names: Names
) -> Decision:
    base, changes, unset = SITUATIONS[situation]
    orders = [{"drug": drug, **ORDERS[drug]} for drug in drugs]
    for order in orders:
        order |= {key: times * order[key] for key in order if key.startswith("dose_m")}
    made = document(load_bases()[base], {**changes, "orders": orders}, unset)
    return decide(build_case(made, names=names, on=ON)[0], knowledge, on=ON)


def left(drugs: tuple[str, ...], decision: Decision, knowledge: Knowledge) -> list[str]:
    """What runs when every correction is carried out."""
    changes = decision.judgement.changes
    ends = {c.order for c in changes if c.do in {"stop", "replace"}}
    running = [drug for number, drug in enumerate(drugs, 1) if number not in ends]
    replaced = dict.fromkeys(c.to for c in changes if c.do == "replace" and c.to)
    for strategy in replaced:  # two orders replaced by one regimen are one regimen
        running += knowledge.strategies[strategy].drugs
    for change in changes:
        if change.do == "add" and change.to is not None:
            regimen = knowledge.strategies.get(change.to)
            running += regimen.drugs if regimen else (change.to,)
    return running


def faults(drugs: tuple[str, ...], decision: Decision, knowledge: Knowledge) -> list[str]:
    changes = decision.judgement.changes
    running = left(drugs, decision, knowledge)
    found = [*_at_odds(drugs, decision), *_allergic(drugs, decision)]
    if not any(c.do == "call" for c in changes):  # a call leaves it to who is called
        found += _harm(running, decision)
    return [f"{fault}: {running}, {[tuple(c)[:3] for c in changes]}" for fault in found]


def _harm(running: list[str], decision: Decision) -> list[str]:
    offered = [set(o.fate.strategy.drugs) for o in decision.offered]
    told = {
        "aztreonam runs alone": ATM in running and not {CZA, A} & set(running),
        "ceftazidime-avibactam runs alone": CZA in running and ATM not in running,
        "aztreonam-avibactam beside a partner": A in running and bool(PAIR & set(running)),
        "a drug runs twice": len(running) != len(set(running)),
        "no regimen that is offered runs": bool(offered)
        and not any(regimen <= set(running) for regimen in offered),
    }
    return [fault for fault, holds in told.items() if holds]


def _allergic(drugs: tuple[str, ...], decision: Decision) -> list[str]:
    """A drug of a severe allergy whose order has no change that ends it."""
    excluded = {f.drug for f in decision.facts.allergy_findings if f.excludes}
    ended = {c.order for c in decision.judgement.changes if c.do in {"stop", "replace", "call"}}
    return [
        f"{drug} runs on after a severe reaction"
        for number, drug in enumerate(drugs, 1)
        if drug in excluded and number not in ended
    ]


def _at_odds(drugs: tuple[str, ...], decision: Decision) -> list[str]:
    """Two changes of one order that cannot both be done."""
    done = {
        n: [c.do for c in decision.judgement.changes if c.order == n] for n in range(len(drugs) + 1)
    }
    allowed = (["add", "adjust"], ["adjust", "call"])
    return [f"order {n}: {d}" for n, d in done.items() if len(d) > 1 and sorted(d) not in allowed]


@pytest.mark.safety("SAF-107")
@pytest.mark.parametrize("times", [1, 2], ids=["as usual", "doubled"])
@pytest.mark.parametrize("situation", SITUATIONS)
def test_corrections_followed_leave_a_regimen_and_no_harm(
    situation: str, times: int, knowledge: Knowledge, names: Names
) -> None:
    found = {}
    for drugs in SETS:
        decision = decided(situation, drugs, times, knowledge, names)
        if wrong := faults(drugs, decision, knowledge):
            found[drugs] = wrong
    assert not found
