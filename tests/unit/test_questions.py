"""The compiled conditions answer as `conditions.ask` does, hazard by hazard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from ndm_advisor.cli.base import names_of
from ndm_advisor.decision.assess import assess
from ndm_advisor.decision.conditions import ask
from ndm_advisor.decision.decide import settle
from ndm_advisor.decision.questions import DrugAnswers
from ndm_advisor.knowledge.load import load_knowledge
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from tests.properties.seeded_cases import seeded_document

ON = date(2026, 11, 22)
GENERATED = 150
_STRATEGY = "strategy:"

Truths = dict[tuple[str, str], bool | None]  # by subject and hazard


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def _facts(knowledge: Knowledge) -> Iterator[Facts]:
    names = names_of(knowledge)
    for number in range(GENERATED):
        case, _ = build_case(seeded_document(number), names=names, on=ON)
        settled = settle(case, knowledge)
        yield assess(case, knowledge, guideline=settled.guideline, region=settled.region, on=ON)


def _subjects(knowledge: Knowledge) -> Iterator[tuple[str, str | None]]:
    """Every strategy, with the drug it may be asked about, and each of its drugs."""
    for strategy in knowledge.strategies.values():
        if strategy.kind != "never":
            yield _STRATEGY + strategy.id, strategy.drugs[0] if len(strategy.drugs) == 1 else None
            yield from ((drug, drug) for drug in strategy.drugs)


def _compiled(facts: Facts, knowledge: Knowledge) -> Truths:
    answers = DrugAnswers(facts, knowledge.questions)
    found: Truths = {}
    for subject, drug in _subjects(knowledge):
        false, unknown = answers.about(drug)
        for hazard, bits in knowledge.questions.put[facts.region].get(subject, ()):
            found[subject, hazard.id] = False if bits & false else None if bits & unknown else True
    return found


def _asked(facts: Facts, knowledge: Knowledge) -> Truths:
    found: Truths = {}
    for subject, drug in _subjects(knowledge):
        known = None if drug is None else facts.of_drug[drug]
        for hazard in knowledge.hazards_of.get(subject, ()):
            if hazard.applies_to != "order" and facts.region in hazard.regions:
                found[subject, hazard.id], _ = ask(hazard.when, facts, known)
    return found


@pytest.mark.safety("SAF-401")
def test_a_compiled_hazard_answers_as_its_record(knowledge: Knowledge) -> None:
    seen: Counter[bool | None] = Counter()
    for facts in _facts(knowledge):
        asked = _asked(facts, knowledge)
        assert _compiled(facts, knowledge) == asked
        seen.update(asked.values())
    # Not all of one kind, or the comparison would say nothing.
    assert min(seen[truth] for truth in (True, False, None)) > GENERATED
