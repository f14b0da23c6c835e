"""The questions of names, asked of the base as it stands."""

from __future__ import annotations

import pytest

from ndm_advisor.intake.catalogue import load_catalogue
from tests.proof.mutation.questions_codes import ask_codes
from tests.proof.mutation.questions_of_names import name_questions
from tests.proof.mutation.questions_words import word_questions

QUESTIONS = list(name_questions())


@pytest.mark.parametrize("question", QUESTIONS, ids=[q.label for q in QUESTIONS])
def test_a_name_does_what_was_typed(question, knowledge, names):
    assert list(question.ask(knowledge, names)) == []


def test_no_name_is_asked_twice():
    labels = [q.label for q in QUESTIONS]
    assert len(set(labels)) == len(labels)


def test_a_code_is_read_as_typed(knowledge, names):
    assert list(ask_codes(load_catalogue(knowledge, names))) == []


def test_what_an_answer_says_is_as_typed(knowledge, names):
    asked = list(word_questions(knowledge))
    assert len(asked) > 30
    assert [fault for question in asked for fault in question.ask(knowledge, names)] == []
