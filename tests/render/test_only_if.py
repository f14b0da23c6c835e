"""What an offer depends on, and what becomes of an order, in each form: said once and in English.

The label `only if` already says "if": "only if: if your hospital stocks it" reads as a slip. An
order is replaced *with* a drug, as the screen says it.
"""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape

import pytest
import tomli

from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import CaseRef, Recommendation
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from ndm_advisor.render.fhir.cds_hooks import to_cards
from ndm_advisor.render.fhir.document import bundle_of
from ndm_advisor.render.pages.report import answered_row
from ndm_advisor.render.plain import to_text
from ndm_advisor.render.sbar import to_sbar
from ndm_advisor.render.view import Options
from ndm_advisor.render.worklist import row_of

from .factory import PAIR, answer
from .test_examples import EXAMPLES

ON = date(2026, 11, 22)
CONDITIONS = (
    "if your hospital stocks aztreonam",
    "only if CrCl is above 30 mL/min",
    "only without a severe reaction to aztreonam or a related drug",
)
TWICE = re.compile(r"only if:? (?:only|if)\b", re.IGNORECASE)


@pytest.fixture
def conditional() -> Recommendation:
    return answer(PAIR._replace(conditions=CONDITIONS))


def forms(made: Recommendation, knowledge: Knowledge) -> dict[str, str]:
    full = to_text(made, Options(why=True, full=True, tall_man=False, width=100))
    report = answered_row("html", made, row_of(made), tall_man=False).decode()
    return {
        "full": " ".join(full.split()),
        "sbar": " ".join(to_sbar(made).split()),
        "cards": json.dumps(json.loads(to_cards(made, knowledge))),
        "report": " ".join(unescape(report).split()),
    }


@pytest.mark.parametrize("form", ["full", "sbar", "cards", "report"])
def test_a_condition_is_led_once(conditional, knowledge, form) -> None:
    said = forms(conditional, knowledge)[form]
    assert "only if: " in said
    assert not TWICE.search(said)
    for bare in ("your hospital stocks aztreonam", "CrCl is above 30 mL/min"):
        assert bare in said


def test_a_replaced_order_is_replaced_with_something(knowledge: Knowledge, names: Names) -> None:
    document = tomli.loads(EXAMPLES["bloodstream-all-tested"].read_text("utf-8"))
    document["orders"] = [
        {"drug": "meropenem", "dose_mg": 2000, "interval_h": 8, "infusion_h": 3},
        {"drug": "vancomycin", "dose_mg": 1000, "interval_h": 12},
    ]
    case, _ = build_case(document, names=names, on=ON)
    made = advise(case, knowledge, on=ON, reference=CaseRef("a", None, "a" * 64))
    assert [change.do for change in made.order_check.change] == ["replace"]
    bundle = json.dumps(bundle_of(made, case, knowledge))
    for said in (forms(made, knowledge)["cards"], bundle):
        assert "replace to" not in said
        assert re.search(r"rder 1 meropenem 2 g every 8 hours over 3 hours: replace with ", said)
        assert re.search(r"rder 2 vancomycin 1 g every 12 hours: not assessed", said)
