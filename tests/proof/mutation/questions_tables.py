"""Every question of the dosing tables, drugs, breakpoints and settings, in one list."""

from __future__ import annotations

from collections.abc import Iterator

from ndm_advisor.model.knowledge import Knowledge
from tests.proof.mutation.questions_breakpoints import BreakpointQuestion, breakpoint_questions
from tests.proof.mutation.questions_doses import (
    DosePageQuestion,
    LoadQuestion,
    PartsQuestion,
    dose_page_questions,
)
from tests.proof.mutation.questions_drugs import Asked, drug_questions
from tests.proof.mutation.questions_settings import SettingQuestion, setting_questions

TableQuestion = (
    Asked | BreakpointQuestion | DosePageQuestion | LoadQuestion | PartsQuestion | SettingQuestion
)


def table_questions(knowledge: Knowledge) -> Iterator[TableQuestion]:
    """The cheap ones that know a table, a drug or a breakpoint by name."""
    yield from dose_page_questions()
    yield from drug_questions(knowledge)
    yield from breakpoint_questions()
    yield from setting_questions()
