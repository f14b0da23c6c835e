"""The questions about rules, choice, grades and the pages that explain them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.proof.mutation.questions_choice import ChoiceQuestion, choice_questions
from tests.proof.mutation.questions_grades import CystitisQuestion, GradeQuestion, grade_questions
from tests.proof.mutation.questions_pages import OrderQuestion, PageQuestion, page_questions
from tests.proof.mutation.questions_rules import RuleQuestion, rule_questions

RulesQuestion = (
    RuleQuestion | PageQuestion | OrderQuestion | ChoiceQuestion | GradeQuestion | CystitisQuestion
)


def rules_probes() -> Iterator[RulesQuestion]:
    """All of them."""
    yield from rule_questions()
    yield from page_questions()
    yield from choice_questions()
    yield from grade_questions()
