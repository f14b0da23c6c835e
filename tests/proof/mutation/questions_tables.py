"""Every question of the dosing tables, the drugs and the breakpoints, in one list."""

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

TableQuestion = Asked | BreakpointQuestion | DosePageQuestion | LoadQuestion | PartsQuestion


def table_questions(knowledge: Knowledge) -> Iterator[TableQuestion]:
    """The cheap ones that know a table, a drug or a breakpoint by name."""
    yield from dose_page_questions()
    yield from drug_questions(knowledge)
    yield from breakpoint_questions()
