"""Policy section 6, `knowledge-overdue`: the alert names the record due first, and when."""

from __future__ import annotations

from datetime import date

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import document, load_bases

_DUE = {
    "aztreonam": "2027-04-02",
    "aztreonam-avibactam": "2027-04-03",
    "ceftazidime-avibactam": "2027-04-01",
    "cefiderocol": "2027-04-04",
}


@pytest.fixture
def dated(knowledge: Knowledge) -> Knowledge:
    """The base with another review date for each of the three beta-lactam strategies' drugs."""
    drugs = {
        name: drug._replace(review_due_on=_DUE.get(name, "2027-12-31"))
        for name, drug in knowledge.drugs.items()
    }
    return knowledge._replace(drugs=drugs, review_due_on="2027-05-22")


@pytest.mark.parametrize(
    ("changes", "on", "said"),
    [
        (
            {},
            date(2027, 6, 1),
            "Ceftazidime-avibactam was due for review on 2027-04-01; this answer rests on it.",
        ),
        ({}, date(2027, 4, 1), None),
        (
            {"infection.site": "colonisation"},
            date(2027, 6, 1),
            "Knowledge base was due for review on 2027-05-22; this answer rests on it.",
        ),
        ({"infection.site": "colonisation"}, date(2027, 5, 22), None),
    ],
    ids=["due first of what is offered", "its last day", "nothing offered", "the base's last day"],
)
def test_says_what_is_overdue(
    dated: Knowledge, names: Names, changes: dict[str, str], on: date, said: str | None
) -> None:
    case = build_case(document(load_bases()["facts-bsi"], changes, []), names=names, on=on)[0]
    alerts = {a.id: a.text for a in advise(case, dated, on=on).alerts}
    assert alerts.get("knowledge-overdue") == said
