"""The advice on a lesson's case, exactly as `advise` gives it: same base, same settings."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from ndm_advisor.cli.settings import Applied, Local, apply_hospital_settings
from ndm_advisor.explain.advise import advise
from ndm_advisor.model.answer import CaseRef, Recommendation
from ndm_advisor.model.case import Case, Order, canonical_json

if TYPE_CHECKING:
    from ndm_advisor.cli.teaching.lesson import Lesson
    from ndm_advisor.model.knowledge import Knowledge


class Adviser(NamedTuple):
    """Base and settings. `guideline` and `region` are the options of the command."""

    knowledge: Knowledge
    local: Local | None
    guideline: str | None
    region: str | None

    def case_of(self, lesson: Lesson) -> Case:
        """The case with what the hospital's settings fill in."""
        return self._applied(lesson).case

    def answer(self, lesson: Lesson) -> Recommendation:
        """The tool's answer on the case as it stands."""
        return self._advise(lesson, self.case_of(lesson))

    def judge(self, lesson: Lesson, orders: tuple[Order, ...]) -> Recommendation:
        """The answer with `orders` in place of those that stand in the case."""
        return self._advise(lesson, self.case_of(lesson).model_copy(update={"orders": orders}))

    def _applied(self, lesson: Lesson) -> Applied:
        return apply_hospital_settings(
            lesson.case, self.knowledge, self.local, guideline=self.guideline, region=self.region
        )

    def _advise(self, lesson: Lesson, case: Case) -> Recommendation:
        applied = self._applied(lesson)
        sha256 = hashlib.sha256(canonical_json(lesson.case)).hexdigest()
        return advise(
            case,
            self.knowledge,
            on=lesson.on,
            settled=applied.settled,
            reference=CaseRef(lesson.case.id, lesson.path, sha256),
            local_override=applied.local_override,
            traced=False,
        )
