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
from ndm_advisor.decision.questions import answers
from ndm_advisor.knowledge.load import load_knowledge
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from tests.properties.seeded_cases import seeded_document

ON = date(2026, 11, 22)
GENERATED = 150

Truths = dict[tuple[str, str | None, str], bool | None]  # by strategy, drug and hazard


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def _facts(knowledge: Knowledge) -> Iterator[Facts]:
    names = names_of(knowledge)
    for number in range(GENERATED):
        case, _ = build_case(seeded_document(number), names=names, on=ON)
        settled = settle(case, knowledge)
        yield assess(case, knowledge, guideline=settled.guideline, region=settled.region, on=ON)


def _compiled(facts: Facts, knowledge: Knowledge) -> Truths:
    known = answers(facts, knowledge.questions)
    found: Truths = {}
    for strategy, put in knowledge.questions.put[facts.region].items():
        for drug, hazards in put:
            false, unknown = known[drug]
            for hazard, bits in hazards:
                truth = False if bits & false else None if bits & unknown else True
                found[strategy, drug, hazard.id] = truth
    return found


def _asked(facts: Facts, knowledge: Knowledge) -> Truths:
    """By the records themselves, strategy by strategy and drug by drug."""
    found: Truths = {}
    for strategy in knowledge.strategies.values():
        alone = strategy.drugs[0] if len(strategy.drugs) == 1 else None
        subjects = [(f"strategy:{strategy.id}", alone), *((d, d) for d in strategy.drugs)]
        for subject, drug in subjects:
            known = None if drug is None else facts.of_drug[drug]
            for hazard in knowledge.hazards_of.get(subject, ()):
                if hazard.applies_to != "order" and facts.region in hazard.regions:
                    found[strategy.id, drug, hazard.id], _ = ask(hazard.when, facts, known)
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
