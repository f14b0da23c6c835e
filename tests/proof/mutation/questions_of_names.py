"""Every question of a name: medicines, panel rows, organisms, allergies, words of a reaction."""

from __future__ import annotations

from collections.abc import Iterator

from tests.proof.mutation.questions_allergy import (
    AllergyQuestion,
    ReactionQuestion,
    allergy_questions,
    reaction_questions,
)
from tests.proof.mutation.questions_names import (
    MedicineQuestion,
    PanelNameQuestion,
    medicine_questions,
    panel_name_questions,
)
from tests.proof.mutation.questions_organisms import OrganismQuestion, organism_questions

Question = (
    MedicineQuestion | PanelNameQuestion | OrganismQuestion | AllergyQuestion | ReactionQuestion
)


def name_questions() -> Iterator[Question]:
    """All of them, in the order of the modules."""
    yield from medicine_questions()
    yield from panel_name_questions()
    yield from organism_questions()
    yield from allergy_questions()
    yield from reaction_questions()
