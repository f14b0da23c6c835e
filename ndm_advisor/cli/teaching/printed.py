"""Lessons on paper: the questions, which hold no answer, and the key, which is worked out anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, cast

from ndm_advisor.cli.teaching.adviser import Adviser
from ndm_advisor.cli.teaching.answer_sheet import answer_parts, key_line, reason_parts
from ndm_advisor.cli.teaching.case_sheet import NOT_KNOWN, case_parts
from ndm_advisor.cli.teaching.lesson import Lesson
from ndm_advisor.cli.teaching.mechanism import Mechanism
from ndm_advisor.explain.page_parts import Shelf
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.render.sheet import Part, part

# Not an answer to any case: a carbapenem alone is never offered.
EXAMPLE: Final = "meropenem 1000 mg every 8 hours over 1 hour"
CHOICES: Final = (
    ("call", "no regimen can be chosen here: infectious diseases are called now"),
    ("none", "no antibiotic is given"),
    ("outside", "this needs another guideline"),
)
_OF_ONE_SITE: Final = "older-agents-"


class Page(NamedTuple):
    """A title and what stands under it."""

    title: str
    parts: tuple[Part, ...]


def title_of(lesson: Lesson) -> str:
    """The line a lesson begins with."""
    return f"LESSON {lesson.order}: {lesson.title}"


def tests_of(lesson: Lesson, knowledge: Knowledge) -> tuple[str, ...]:
    """The names of the laboratory requests to choose from, each once.

    Without a choice of the lesson's own, all but those made for another site.
    """
    held = cast("Mapping[str, Mapping[str, object]]", knowledge.words["lab_requests"])
    own = f"{_OF_ONE_SITE}{lesson.case.infection.site}"
    here = [key for key in held if not key.startswith(_OF_ONE_SITE) or key == own]
    return tuple(dict.fromkeys(str(held[key]["name"]) for key in lesson.laboratory or here))


def case_page(lesson: Lesson, adviser: Adviser) -> Page:
    """What the learner is given: the lesson's own words and the case."""
    orders = adviser.judge(lesson, lesson.case.orders).order_check.orders
    known = case_parts(adviser.case_of(lesson), orders)
    questions = Part("Think about", lesson.questions)
    parts = (Part("Before", lesson.before), *known, part("Not known", NOT_KNOWN), questions)
    return Page(title_of(lesson), tuple(held for held in parts if held.lines))


def questions_page(lesson: Lesson, adviser: Adviser) -> Page:
    """The case with the three questions, to be answered on paper."""
    page = case_page(lesson, adviser)
    tests = "; ".join(f"{n} = {name}" for n, name in enumerate(_tests(lesson, adviser), 1))
    words = "; ".join(f"{word}: {meaning}" for word, meaning in CHOICES)
    tasks = (
        part("1 Regimen", f"Which drugs, by name? Or one of these words: {words}.", gap=True),
        part("2 Dose", f"Each drug with amount, interval and infusion, as in: {EXAMPLE}."),
        part("3 Laboratory", f"What is asked for, if anything? {tests}."),
    )
    return page._replace(parts=(*page.parts, *tasks))


def _tests(lesson: Lesson, adviser: Adviser) -> tuple[str, ...]:
    return tests_of(lesson, adviser.knowledge)


def key_page(
    lesson: Lesson, adviser: Adviser, mechanisms: dict[str, Mechanism], shelf: Shelf
) -> Page:
    """What is right, as the tool works it out now, with reasons and sources."""
    answer = adviser.answer(lesson)
    asked = "; ".join(answer.lab_names) or "nothing"
    parts = (
        part("1 Regimen", key_line(answer)),
        part("2 Dose", "stands with each regimen below" if answer.regimens else ""),
        part("3 Laboratory", asked),
        *answer_parts(answer),
        *reason_parts(lesson, answer, mechanisms, shelf),
    )
    return Page(f"KEY TO {title_of(lesson)}", tuple(_held(parts)))


def _held(parts: tuple[Part, ...]) -> Iterator[Part]:
    return (one for one in parts if one.lines)
