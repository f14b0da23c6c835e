"""What stands beside A, P and F where cystitis leaves nothing to offer (policy 1 and 4.5)."""

from __future__ import annotations

from typing import Any

import pytest

from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import Information
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases

A = "aztreonam-avibactam"
P = "ceftazidime-avibactam+aztreonam"
F = "cefiderocol"


def information(
    knowledge: Knowledge, names: Names, changes: dict[str, Any]
) -> dict[str, Information]:
    """The information of a cystitis in which every older agent is R."""
    case, _ = build_case(document(load_bases()["cystitis"], changes, []), names=names, on=ON)
    answer = advise(case, knowledge, on=ON)
    assert answer.outcome == "abstention"
    return {item.id: item for item in answer.information}


def test_what_is_active_is_kept_in_reserve(knowledge: Knowledge, names: Names) -> None:
    said = information(knowledge, names, {})
    assert set(said) == {A, P, F}
    for item in said.values():
        assert item.text.startswith("Active, kept in reserve")
        assert all(status.startswith("S") for status in item.status.values())


@pytest.mark.parametrize(
    ("key", "resistant"),
    [("panel.results.aztreonam-avibactam", {A, P}), ("panel.results.cefiderocol", {F})],
)
def test_what_is_resistant_is_not_called_active(
    knowledge: Knowledge, names: Names, key: str, resistant: set[str]
) -> None:
    said = information(knowledge, names, {key: "R"})
    for ident, item in said.items():
        assert item.text.startswith("Active") == (ident not in resistant)
        assert ("R" in {s[0] for s in item.status.values()}) == (ident in resistant)
        assert item.text
