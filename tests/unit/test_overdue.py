"""Policy section 6, `knowledge-overdue`: any used record past its review date."""

from __future__ import annotations

from datetime import date

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.read.case_file import build_case
from tests.vignettes.harness import document, load_bases


@pytest.fixture
def case(names):
    flat = load_bases()["facts-bsi"]
    return build_case(document(flat, {}, []), names=names, on=date(2027, 1, 1))[0]


@pytest.mark.safety("SAF-501")
@pytest.mark.parametrize(
    ("on", "fires"),
    [(date(2027, 5, 21), False), (date(2027, 5, 22), False), (date(2027, 5, 23), True)],
)
def test_from_the_day_after_the_due_date(case, knowledge, on: date, *, fires: bool) -> None:
    alerts = {a.id: a.tier for a in advise(case, knowledge, on=on).alerts}
    assert ("knowledge-overdue" in alerts) is fires
    assert alerts.get("knowledge-overdue", "caution") == "caution"
