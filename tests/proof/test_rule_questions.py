"""What the mutants of the rules are asked, asked of the base itself."""

from __future__ import annotations

import pytest

from ndm_advisor.cli.base import names_of
from tests.proof.mutation.about_rules import rules_probes
from tests.proof.mutation.questions_pages import typed_pages
from tests.proof.mutation.questions_rules import typed_rules


@pytest.mark.parametrize("question", list(rules_probes()), ids=lambda q: q.label)
def test_the_base_answers_as_typed(question, knowledge):
    assert not list(question.ask(knowledge, names_of(knowledge)))


def test_every_rule_and_page_is_asked(knowledge):
    assert {rule["id"] for rule in typed_rules()} == set(knowledge.hazards)
    typed = typed_pages()
    assert set(typed["alert"]) == set(knowledge.alerts)
    assert set(typed["regimen"]) == set(knowledge.strategies)
    assert set(typed["profile"]) == set(knowledge.profiles)
    assert set(typed["table"]) == {t.id for t in knowledge.tables.values() if t.columns}
    assert set(typed["row"]) == {r.id for t in knowledge.tables.values() for r in t.rows}
