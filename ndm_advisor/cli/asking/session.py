"""One conversation: ask, check each answer as the reader of case files would, go back, correct."""

from __future__ import annotations

from typing import Final

from ndm_advisor.cli.asking.answers import (
    Allergens,
    Choice,
    DrugName,
    NotReadError,
    Result,
    allowed,
    as_row,
    read,
    shown_value,
)
from ndm_advisor.cli.asking.known import Known, Path
from ndm_advisor.cli.asking.questions import ANOTHER, KIDNEY, Question, kidney_key, plan
from ndm_advisor.cli.asking.terminal import Terminal
from ndm_advisor.errors import Problem
from ndm_advisor.model.case import FOSFOMYCIN_NO_ROUTE, Case
from ndm_advisor.model.words import drug_name
from ndm_advisor.read.names import panel_id
from ndm_advisor.read.write_case import organism_name

_INTRODUCTION: Final = (
    "Questions about one case, no name or number of the patient among them. At each question: "
    "Enter or `unknown` when it is not known, `back` for the question before, `?` for help, "
    "`summary` to skip the rest, `quit` to leave."
)
_ENDS: Final = {
    "child": "Below {age:g} years the case is out of scope.",
    "organism": "This organism is none of the Enterobacterales: the case is out of scope.",
    "colonisation": "For colonisation no antibiotic is advised.",
    "ruled-out": "With the MBL ruled out the case is out of scope.",
    "carbapenems-all-S": "MBL unknown and every carbapenem tested S: the case is out of scope.",
}
_SKIPPED: Final = " Questions that cannot change this are skipped."
_BACK, _UNKNOWN, _SUMMARY, _QUIT = "back", "unknown", "summary", "quit"
_HELP: Final = frozenset({"?", "help"})
_NOT_THE_RESULT: Final = frozenset({"method", "standard"})  # of a row: what stays beside a new one
_CANNOT_STAND_BESIDE_NO: Final[dict[str, Path]] = {
    "patient.pregnant": ("patient", "gestation_weeks")
}
_OF_FILES: Final = "leave the line out"  # the reader's help where a value is not known
_UNKNOWN_WILL_DO: Final = "`unknown` is an answer"
_COMBINED_METHOD_LATER: Final = "W304"  # the question after the combined test asks for its method


class Session:
    """Asks until the person is content with the summary."""

    def __init__(self, terminal: Terminal, known: Known, *, finish: str) -> None:
        """`finish` is the word that ends the summary: what happens next."""
        self._terminal = terminal
        self._known = known
        self._finish = finish
        self._answered: list[str] = []
        self._again: str | None = None  # a line of the summary that is asked once more
        self._in_a_hurry = False
        self._section = ""
        self._end: str | None = None
        self._warned: set[tuple[str, str | None, str]] = set()

    def run(self) -> Case:
        """Ask everything, show the summary, ask again what the person wants to correct.

        Raises:
            KeyboardInterrupt: the person left.
        """
        self._known.case()  # what was given with the command must be sound before anything is asked
        self._terminal.say(_INTRODUCTION)
        while True:
            question = self._next()
            if question is not None:
                self._ask(question)
            elif self._is_content():
                return self._known.case()

    # -- which question --

    def _next(self) -> Question | None:
        """The first question that is not answered; None when it is time for the summary."""
        questions = plan(self._known)
        self._say_end()
        wanted, self._again = self._again, None
        if wanted is not None:
            return next(question for question in questions if question.key == wanted)
        for question in questions:
            if question.skip:
                if not question.is_end and self._drop(question):
                    return self._next()
                continue
            hurried = self._in_a_hurry and not question.required
            if question.key not in self._answered and not hurried:
                return question
        return None

    def _say_end(self) -> None:
        end = self._known.end()
        if end is not None and end != self._end:
            age = self._known.setting.knowledge.settings.adult_from_years
            self._terminal.say()
            self._terminal.say(_ENDS[end].format(age=age) + _SKIPPED)
        self._end = end

    def _drop(self, question: Question) -> bool:
        """Take out an answer that another answer has made meaningless."""
        if question.key in self._answered:
            self._answered.remove(question.key)
        if not question.path or self._known.at(*question.path) is None:
            return False
        self._known.put(question.path, None)
        self._terminal.say(f"{question.label}: left out, because {question.skip}.")
        return True

    # -- one question --

    def _ask(self, question: Question) -> None:
        """Ask until the answer can be used, or the person goes back."""
        if question.section != self._section:
            self._section = question.section
            self._terminal.say()
            self._terminal.say(question.section)
        self._terminal.say()
        self._terminal.say(question.text)
        self._terminal.say(allowed(question.answer, self._known.setting.on), indent=1)
        is_done = False
        while not is_done:
            answer = self._terminal.ask(f"[Enter: {self._empty(question)}] > ")
            is_done = self._handle(question, answer)

    def _empty(self, question: Question) -> str:
        value = self._shown(question)
        if value is not None:
            return f"keep {value}"
        if question.required:
            return "needed"
        return self._default(question) or question.enter

    def _handle(self, question: Question, answer: str) -> bool:
        """Do what `answer` says; whether the question is done with."""
        word = answer.casefold()
        if word == _BACK:
            return self._go_back()
        if word == _QUIT:
            self._leave()
        if word in _HELP:
            self._terminal.say(question.help, indent=1)
            return False
        if word == _SUMMARY:
            return self._hurry()
        if word == _UNKNOWN or (not answer and self._shown(question) is None):
            return self._leave_unknown(question)
        if answer and not self._take(question, answer):
            return False
        self._mark(question)
        return True

    def _leave(self) -> None:
        self._terminal.say("Left. Nothing was saved and nothing advised.")
        raise KeyboardInterrupt

    def _hurry(self) -> bool:
        missing = [q.label for q in plan(self._known) if q.required and self._shown(q) is None]
        if missing:
            self._terminal.say(f"First the {' and the '.join(missing)}: a case needs it.")
            return False
        self._in_a_hurry = True
        return True

    def _go_back(self) -> bool:
        """Make the last answered question, if it still stands, the next one."""
        standing = {question.key for question in plan(self._known) if not question.skip}
        while self._answered:
            key = self._answered.pop()
            if key in standing:
                self._again = key
                self._in_a_hurry = False
                self._section = ""
                return True
        self._terminal.say("This is the first question.")
        return False

    def _leave_unknown(self, question: Question) -> bool:
        if question.required:
            self._terminal.say(
                f"The {question.label} is needed: nothing can be advised without it."
            )
            return False
        if question.key.startswith(ANOTHER):
            self._forget_extra(int(question.key.removeprefix(ANOTHER)))
        elif question.key == KIDNEY:
            self._set_kidney(None)
        else:
            self._known.put(question.path, None)
        self._mark(question)
        return True

    def _mark(self, question: Question) -> None:
        if question.key in self._answered:
            self._answered.remove(question.key)
        self._answered.append(question.key)

    # -- taking an answer --

    def _take(self, question: Question, answer: str) -> bool:
        """Put the answer where it belongs; False, with the reason said, when it cannot be used."""
        try:
            value = read(question.answer, answer, self._known.setting.on)
        except NotReadError as error:
            self._terminal.say(f"Not taken: {error}.")
            return False
        if isinstance(question.answer, DrugName):
            return self._take_drug(question, answer)
        if question.key == KIDNEY:
            self._set_kidney(str(value))
            return True
        value = self._with_what_stays(question, value)
        if value is False and question.key in _CANNOT_STAND_BESIDE_NO:
            self._known.put(_CANNOT_STAND_BESIDE_NO[question.key], None)
        if not self._is_sound(question, value):
            return False
        is_row = isinstance(question.answer, Result)
        self._known.put(question.path, as_row(value) if is_row else value)
        shown = self._shown(question)
        if shown is not None and shown.casefold() != answer.casefold():
            self._terminal.say(f"= {shown}", indent=1)
        return True

    def _is_sound(self, question: Question, value: object) -> bool:
        """Judge the case with this value by the rules of the reader, and say what it says."""
        problems = self._known.problems_with(question.path, value)
        errors = [problem for problem in problems if problem.severity == "error"]
        for problem in errors:
            self._say_problem("Not taken", problem)
        if errors:
            return False
        for problem in problems:
            mark = (problem.code, problem.key, problem.message)
            is_later = problem.code == _COMBINED_METHOD_LATER and question.key.endswith("aztreonam")
            if mark not in self._warned and not is_later:
                self._warned.add(mark)
                self._say_problem("Taken, but check", problem)
        return True

    def _say_problem(self, lead: str, problem: Problem) -> None:
        self._terminal.say(f"{lead}: {problem.message}.")
        for remark in (problem.help, problem.note):
            if remark:
                is_of_files = remark.startswith(_OF_FILES)
                self._terminal.say(_UNKNOWN_WILL_DO if is_of_files else remark, indent=1)

    def _with_what_stays(self, question: Question, value: object) -> object:
        """The new value with those parts of the old one that other questions asked for."""
        if isinstance(question.answer, Allergens):
            return self._with_reactions(value)
        if isinstance(question.answer, Result) and isinstance(value, dict):
            return self._with_rest_of_row(question, value)
        return value

    def _with_rest_of_row(self, question: Question, row: dict[str, object]) -> dict[str, object]:
        before = self._known.at(*question.path)
        if before is None:
            return row
        return row | {k: v for k, v in as_row(before).items() if k in _NOT_THE_RESULT}

    def _with_reactions(self, entries: object) -> object:
        """Keep what is known of an allergen that was named before."""
        before = self._known.at("patient", "allergies")
        known = {e["drug"]: e for e in before} if isinstance(before, list) else {}
        return [known.get(e["drug"], e) for e in entries] if isinstance(entries, list) else entries

    def _take_drug(self, question: Question, name: str) -> bool:
        """Another drug of the panel: the result is the next question."""
        path = ("panel", "results", name)
        if not self._is_sound(question._replace(path=path), {"category": "pending"}):
            return False
        found = panel_id(name, self._known.setting.names)
        drug = found[0] if len(found) == 1 else FOSFOMYCIN_NO_ROUTE
        number = int(question.key.removeprefix(ANOTHER))
        own = self._known.extra[number] if number < len(self._known.extra) else None
        asked = {q.key for q in plan(self._known)}
        if drug != own and f"panel.results.{drug}" in asked:
            self._terminal.say(f"{drug_name(drug)} has a question of its own: see the summary.")
            return False
        if drug != own:
            if own is not None:
                self._known.put(("panel", "results", own), None)
            self._known.extra[number : number + 1] = [drug]
        return True

    def _forget_extra(self, number: int) -> None:
        for drug in self._known.extra[number:]:
            self._known.put(("panel", "results", drug), None)
        del self._known.extra[number:]

    def _set_kidney(self, key: str | None) -> None:
        before = kidney_key(self._known)
        if before is not None and before != key:
            self._known.put(("patient", before), None)
        self._known.kidney = key

    # -- what is known --

    def _shown(self, question: Question) -> str | None:
        """What is known already as the answer, in words; None when nothing is."""
        if question.key.startswith(ANOTHER):
            number = int(question.key.removeprefix(ANOTHER))
            extra = self._known.extra
            return drug_name(extra[number]) if number < len(extra) else None
        is_kidney = question.key == KIDNEY
        value = kidney_key(self._known) if is_kidney else self._known.at(*question.path)
        if question.key == "isolate.organism" and value is not None:
            return organism_name(self._known.case().isolate.organism)
        return None if value is None else shown_value(question.answer, value)

    def _default(self, question: Question) -> str | None:
        """What holds without an answer, and where it comes from."""
        settled, local = self._known.settled(), self._known.setting.local
        if question.key == "panel.version" and isinstance(question.answer, Choice):
            return f"{question.answer.values[0]}, the newest held"
        if question.key == "hospital.guideline":
            return f"{settled.guideline}, {_ORIGINS[settled.guideline_from]}"
        if question.key == "hospital.region":
            return f"{settled.region}, {_ORIGINS[settled.region_from]}"
        if question.section == "HOSPITAL" and local is not None:
            kept = local.hospital.stock.get(str(question.path[-1]))
            return None if kept is None else f"{'yes' if kept else 'no'}, configuration file"
        return None

    # -- summary --

    def _is_content(self) -> bool:
        """Show every answer and ask whether it stands; False when a question was chosen."""
        questions = [question for question in plan(self._known) if not question.skip]
        self._section = ""
        self._show_summary(questions)
        while True:
            answer = self._terminal.ask(f"Number to correct [Enter: {self._finish}] > ")
            word = answer.casefold()
            if word in {"", self._finish}:
                return True
            if word == _QUIT:
                self._leave()
            if word == _BACK and self._go_back():
                return False
            if word.isascii() and word.isdecimal() and 0 < int(word) <= len(questions):
                self._again = questions[int(word) - 1].key
                return False
            self._terminal.say(
                f"Write a number from 1 to {len(questions)} to answer that question again, Enter "
                f"to {self._finish}, `back` or `quit`."
            )

    def _show_summary(self, questions: list[Question]) -> None:
        self._terminal.say()
        self._terminal.say("SUMMARY")
        missing: list[str] = []
        for number, question in enumerate(questions, 1):
            value = self._shown(question) or self._default(question)
            if value is None:
                missing.append(f"{number} = {question.label}")
            else:
                self._terminal.say(f"{question.label}: {value}", first=f"{number:>3}  ")
        if missing:
            self._terminal.say()
            self._terminal.say(f"Not known: {'; '.join(missing)}.")
        self._show_skipped()
        self._terminal.say()

    def _show_skipped(self) -> None:
        by_reason: dict[str, list[str]] = {}
        for question in plan(self._known):
            if question.skip and question.label not in by_reason.get(question.skip, ()):
                by_reason.setdefault(question.skip, []).append(question.label)
        if by_reason:
            self._terminal.say()
            self._terminal.say("Not asked, because of other answers:")
        for reason, labels in by_reason.items():
            self._terminal.say(f"{reason}: {', '.join(labels)}", indent=1)


_ORIGINS: Final = {
    "option": "by option",
    "case": "as answered",
    "environment": "from the environment",
    "config": "from the configuration file",
    "profile": "that of the guideline",
    "default": "the default",
}
