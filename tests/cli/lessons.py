"""Lessons for the tests: those of the repository, the right answers typed, and files at fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from ndm_advisor.cli.teaching.adviser import Adviser
from ndm_advisor.cli.teaching.check import orders_of
from ndm_advisor.cli.teaching.collection import Collection, collect
from ndm_advisor.cli.teaching.lesson import Lesson
from ndm_advisor.cli.teaching.printed import tests_of as choices_of
from ndm_advisor.model.case import Order
from ndm_advisor.model.knowledge import Knowledge

DECISIONS = {"abstention": "call", "not_treatment": "none", "out_of_scope": "outside"}

MINIMAL = """
format = "ndm-advisor/lesson/1"
order = 50
title = "A lesson of my own"
on = 2026-11-22
before = "Read the panel."
after = "That was all."
see = ["1t"]
example = "bloodstream-all-tested"
"""

INLINE = """
[case]
note = "constructed, no real patient"
[case.isolate]
organism = "E. coli"
mbl = "confirmed"
mbl_family = "NDM"
mbl_method = "pcr"
[case.infection]
site = "colonisation"
"""


class Room(NamedTuple):
    """The lessons of the repository and who answers them."""

    collection: Collection
    adviser: Adviser

    def lesson(self, ident: str) -> Lesson:
        return next(lesson for lesson in self.collection.lessons if lesson.id == ident)

    def right(self, lesson: Lesson) -> tuple[str, str]:
        """What the tool itself would type: drugs with doses, and the numbers of its requests."""
        answer = self.adviser.answer(lesson)
        choices = choices_of(lesson, self.adviser.knowledge)
        tests = ", ".join(str(choices.index(name) + 1) for name in answer.lab_names)
        if answer.outcome != "regimens":
            return DECISIONS[answer.outcome], tests
        return ", ".join(typed(order) for order in orders_of(answer.regimens[0])), tests


def room(knowledge: Knowledge, names: Any, folder: Path | None = None) -> Room:
    own = None if folder is None else str(folder)
    return Room(
        collect(knowledge, names, folder=own, on=None), Adviser(knowledge, None, None, None)
    )


def typed(order: Order) -> str:
    """An order in the learner's form."""
    amount = f"{order.dose_mg:g} mg"
    rhythm = "once" if order.interval_h is None else f"every {order.interval_h:g} h"
    time = "" if order.infusion_h is None else f" over {order.infusion_h:g} h"
    return f"{order.drug} {amount} {rhythm}{time}"


def write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder
