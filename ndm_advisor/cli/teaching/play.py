"""One lesson at a desk: the case, the learner's commitment, then the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NoReturn

from ndm_advisor.cli.asking.answers import NONE
from ndm_advisor.cli.teaching.adviser import Adviser
from ndm_advisor.cli.teaching.answer_sheet import answer_parts, reason_parts, verdict_parts
from ndm_advisor.cli.teaching.desk import Desk
from ndm_advisor.cli.teaching.lesson import Lesson
from ndm_advisor.cli.teaching.mechanism import Mechanism
from ndm_advisor.cli.teaching.printed import CHOICES, EXAMPLE, Page, case_page, tests_of, title_of
from ndm_advisor.cli.teaching.score import Commitment, Decision, Score, score
from ndm_advisor.cli.teaching.typed_orders import (
    DOSE_FORM,
    NotUnderstoodError,
    Typed,
    read_drugs,
    read_order,
)
from ndm_advisor.explain.page_parts import Shelf
from ndm_advisor.model.case import Order
from ndm_advisor.model.names import fold
from ndm_advisor.model.words import drug_name, join_names
from ndm_advisor.read.names import Names, similar_words

INTRODUCTION: Final = (
    "Worked cases. You commit first, then the tool answers. Safety is scored before choice: an "
    "order that would harm loses the case. At each question: `back` for the one before, `case` to "
    "read the case again, `?` for help, `quit` to leave."
)
_DECISIONS: Final[dict[str, Decision]] = {"call": "call", "none": "none", "outside": "outside"}
_HELP: Final = {
    "drugs": (
        "Names are matched whole: a part of a name is another drug. Doses may stand with the "
        f"names, as in: {EXAMPLE}. The orders take the place of those that run now."
    ),
    "dose": (
        f"{DOSE_FORM} `as a load` behind it makes it a loading dose; write the drug twice in the "
        "first question for load and maintenance."
    ),
    "tests": "Numbers or names, with commas between them. What is chosen in vain costs a point.",
    "commit": "After this the answer is shown and the case is scored.",
}


class _BackError(Exception):
    """The learner wants the question before."""


class Play:
    """One lesson, from the case to the score."""

    def __init__(self, desk: Desk, adviser: Adviser, names: Names, lesson: Lesson) -> None:
        self._desk = desk
        self._terminal = desk.terminal
        self._adviser = adviser
        self._names = names
        self._lesson = lesson
        self._tests = tests_of(lesson, adviser.knowledge)
        self._decision: Decision = "regimen"
        self._typed: tuple[Typed, ...] = ()
        self._orders: list[Order] = []
        self._chosen: tuple[str, ...] = ()

    def run(
        self,
        mechanisms: dict[str, Mechanism],
        load_shelf: Callable[[], Shelf],
        keep: Callable[[Score], None],
    ) -> None:
        """Show the case, take the commitment, show the answer; `keep` is told the score first.

        Raises:
            KeyboardInterrupt: the learner left, or the input ended.
        """
        self._desk.show(case_page(self._lesson, self._adviser))
        made = self._commitment()
        answer = self._adviser.answer(self._lesson)
        judged = self._adviser.judge(self._lesson, made.orders)
        scored = score(made, answer, judged)
        ordered = frozenset(order.drug_id or "" for order in made.orders)
        title = title_of(self._lesson)
        self._desk.show(Page(f"YOUR ANSWER TO {title}", tuple(verdict_parts(judged, scored))))
        keep(scored)
        self._pause("the tool's answer")
        shown = tuple(answer_parts(answer, ordered))
        self._desk.show(Page("THE TOOL'S ANSWER", shown))
        self._pause("reasons and sources")
        reasons = tuple(reason_parts(self._lesson, answer, mechanisms, load_shelf()))
        self._desk.show(Page("REASONS AND SOURCES", reasons))

    def _pause(self, what: str) -> None:
        """Let a person read before the next page; a pipe holds answers only."""
        if self._desk.is_own:
            self._terminal.say()
            if self._terminal.ask(f"[Enter: {what}] > ").casefold() == "quit":
                raise KeyboardInterrupt

    # -- committing --

    def _commitment(self) -> Commitment:
        steps = (self._ask_drugs, self._ask_doses, self._ask_tests, self._ask_to_commit)
        place = 0
        while place < len(steps):
            try:
                steps[place]()
                place += 1
            except _BackError:
                place = self._step_before(place)
        return Commitment(self._decision, tuple(self._orders), frozenset(self._chosen))

    def _step_before(self, place: int) -> int:
        if place == 0:
            self._terminal.say("This is the first question.")
        before = max(0, place - 1)
        return before if before != 1 or self._asks_doses() else 0

    def _asks_doses(self) -> bool:
        return any(not typed.dose for typed in self._typed)

    def _ask(self, prompt: str, help_: str) -> str:
        """One answer; the words that may stand at every question are dealt with here."""
        while True:
            said = self._terminal.ask(f"{prompt} > ")
            word = said.casefold()
            if word == "back":
                raise _BackError
            if word == "quit":
                self._leave()
            if word in {"?", "help"}:
                self._terminal.say(_HELP[help_], indent=1)
            elif word == "case":
                self._desk.show(case_page(self._lesson, self._adviser))
            else:
                return said

    def _leave(self) -> NoReturn:
        self._terminal.say("Left. This case was not finished and is not kept.")
        raise KeyboardInterrupt

    def _refuse(self, why: object) -> None:
        said = f"Not taken: {why}"
        self._terminal.say(said if said.endswith((".", "?", ")")) else f"{said}.")

    # -- 1: the regimen --

    def _ask_drugs(self) -> None:
        say = self._terminal.say
        say()
        say("1 What do you give?")
        say("Drugs by name, with commas between them. Or one of these words:", indent=1)
        for word, meaning in CHOICES:
            say(f"{word}: {meaning}", indent=2)
        while not self._take_drugs(self._ask("[needed]", "drugs")):
            pass

    def _take_drugs(self, said: str) -> bool:
        decision = _DECISIONS.get(said.casefold())
        if decision is not None:
            self._decision, self._typed, self._orders = decision, (), []
            return True
        try:
            typed = read_drugs(said, self._names)
            for one in typed:
                self._read(one.drug, one.dose)
        except NotUnderstoodError as error:
            self._refuse(error)
            return False
        self._decision, self._typed = "regimen", typed
        self._terminal.say(f"= {join_names(drug_name(one.drug) for one in typed)}", indent=1)
        return True

    def _read(self, drug: str, dose: str) -> Order:
        """The order; what the reader of case files remarks on it is said.

        Raises:
            NotUnderstoodError: it could stand in no case file.
        """
        order, remarks = read_order(drug, dose, names=self._names, on=self._lesson.on)
        for remark in remarks:
            self._terminal.say(f"Check: {remark}.")
        return order

    # -- 2: the doses --

    def _ask_doses(self) -> None:
        self._orders = []
        for typed in self._typed:
            order = self._read(typed.drug, typed.dose) if typed.dose else self._ask_dose(typed.drug)
            self._orders.append(order)
            self._terminal.say(f"= {self._words(order)}", indent=1)

    def _ask_dose(self, drug: str) -> Order:
        self._terminal.say()
        self._terminal.say(f"2 How is {drug_name(drug)} dosed?")
        self._terminal.say(DOSE_FORM, indent=1)
        while True:
            said = self._ask("[Enter: left open]", "dose")
            try:
                return self._read(drug, "" if said.casefold() == "unknown" else said)
            except NotUnderstoodError as error:
                self._refuse(error)

    def _words(self, order: Order) -> str:
        """The order as the order check words it."""
        return self._adviser.judge(self._lesson, (order,)).order_check.orders[0].text

    # -- 3: the laboratory --

    def _ask_tests(self) -> None:
        self._terminal.say()
        self._terminal.say("3 What do you ask the laboratory for?")
        options = "; ".join(f"{n} = {name}" for n, name in enumerate(self._tests, 1))
        self._terminal.say(f"Several with commas between them. {options}.", indent=1)
        while not self._take_tests(self._ask("[Enter: nothing]", "tests")):
            pass

    def _take_tests(self, said: str) -> bool:
        given = [part.strip() for part in said.replace(";", ",").split(",") if part.strip()]
        if fold(said) in {NONE, "nothing", ""}:
            given = []
        found = [self._test(part) for part in given]
        if None in found:
            wrong = given[found.index(None)]
            near = similar_words(wrong, self._tests)
            meant = f" Did you mean {join_names(near, 'or')}?" if near else ""
            self._refuse(f"`{wrong}` is no number or name of this list.{meant}")
            return False
        self._chosen = tuple(dict.fromkeys(name for name in found if name))
        self._terminal.say(f"= {'; '.join(self._chosen) or 'nothing'}", indent=1)
        return True

    def _test(self, said: str) -> str | None:
        if said.isascii() and said.isdecimal() and 0 < int(said) <= len(self._tests):
            return self._tests[int(said) - 1]
        return next((name for name in self._tests if fold(name) == fold(said)), None)

    # -- and commit --

    def _ask_to_commit(self) -> None:
        self._terminal.say()
        while self._ask("[Enter: commit] back to correct", "commit"):
            self._refuse("press Enter to commit, or write back to correct")
