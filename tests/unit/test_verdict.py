"""The verdict stands in the answer, in the words of policy section 7."""

from __future__ import annotations

from typing import Any

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases

CEFIDEROCOL = {"drug": "cefiderocol", "dose_mg": 2000, "interval_h": 8, "infusion_h": 3}
MEROPENEM = {"drug": "meropenem", "dose_mg": 2000, "interval_h": 8, "infusion_h": 3}


@pytest.mark.parametrize(
    ("orders", "changes", "verdict"),
    [
        ([], {}, "not_assessed"),
        ([CEFIDEROCOL], {"patient.age_years": 12}, "not_assessable"),
        ([{"drug": "cefiderocol"}], {}, "not_assessable"),
        ([MEROPENEM], {}, "harmful"),
        ([{**CEFIDEROCOL, "infusion_h": 1}], {}, "inadequate"),
        ([CEFIDEROCOL], {}, "appropriate"),
    ],
)
def test_the_first_verdict_that_matches(
    knowledge: Knowledge,
    names: Names,
    orders: list[dict[str, Any]],
    changes: dict[str, Any],
    verdict: str,
) -> None:
    held = {**changes, "orders": [{"route": "iv", **order} for order in orders]}
    case, _ = build_case(document(load_bases()["bloodstream"], held, []), names=names, on=ON)
    assert advise(case, knowledge, on=ON).order_check.verdict == verdict
