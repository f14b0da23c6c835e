"""One lesson: what its file may hold, and every fault of a file at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final, NamedTuple, cast

from ndm_advisor.cli.teaching.mechanism import Mechanism
from ndm_advisor.errors import CaseError, CaseFormatError, CaseInvalidError, Problem
from ndm_advisor.model.case import FORMAT as CASE_FORMAT
from ndm_advisor.model.case import Case
from ndm_advisor.read.case_file import build_case, read_case
from ndm_advisor.read.diagnostics import in_order
from ndm_advisor.read.document import Document, decode, parse
from ndm_advisor.read.names import Names, similar_words
from ndm_advisor.read.positions import Locate, Part, Position
from ndm_advisor.read.positions import Path as KeyPath
from ndm_advisor.read.reading import Reading, Remark, shown, ticked

FORMAT: Final = "ndm-advisor/lesson/1"
LONGEST: Final[Mapping[str, int]] = {"title": 60, "before": 700, "after": 1000}
LONGEST_QUESTION: Final = 200
MOST_QUESTIONS: Final = 4
_LISTS: Final = ("questions", "laboratory", "mechanisms", "see")
_KEYS: Final = ("format", "order", *LONGEST, *_LISTS, "on", "example", "case")
_HIGHEST_ORDER: Final = 999
_DOSE: Final = re.compile(
    r"\d[\d.,]*\s*(?:mg|g|grams?|mL|micrograms?|mcg|million units|units)(?![\w/])", re.IGNORECASE
)
# A case in a lesson is printed and handed out: it says that it is no patient's.
_ORIGINS: Final = ("constructed", "published case")
_PARAGRAPH: Final = re.compile(r"\n\s*\n")


class Lesson(NamedTuple):
    """A lesson as its file gives it. `on` is the date its case is advised on.

    `id` is the name of the file without its ending; `order` is the number it is called by.
    `laboratory` holds ids of requests to choose from; empty: all of them.
    """

    id: str
    path: str
    order: int
    title: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    questions: tuple[str, ...]
    laboratory: tuple[str, ...]
    mechanisms: tuple[str, ...]
    see: tuple[str, ...]
    on: date
    case: Case


class Surroundings(NamedTuple):
    """What a lesson may refer to. `on`, where given, stands in place of each lesson's own date."""

    names: Names
    examples: Mapping[str, Path]
    mechanisms: Mapping[str, Mechanism]
    requests: tuple[str, ...]
    on: date | None


def read_lesson(path: Path, around: Surroundings) -> Lesson:
    """Read the file of one lesson.

    Raises:
        CaseFormatError: not readable; with the lines at fault.
        CaseInvalidError: readable, with every fault of the lesson and of its case.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        problem = Problem("E600", "error", None, None, None, f"not read: {error.strerror}")
        raise CaseFormatError(str(path), (problem,)) from error
    document, locate, faults = parse(decode(data, path=str(path)), path=str(path))
    if faults:
        raise CaseFormatError(str(path), faults)
    return _Reader(document, locate, path, around).lesson()


class _Reader:
    """Reads one document and collects what is wrong with it."""

    def __init__(
        self, document: Document, locate: Locate, path: Path, around: Surroundings
    ) -> None:
        self._document = document
        self._locate = locate
        self._path = path
        self._around = around
        self._day = self._read_day()
        self._reading = Reading(names=around.names, on=self._day or date.max, locate=locate)

    def lesson(self) -> Lesson:
        """The lesson, or all faults."""
        self._check_keys()
        texts = {key: self._text(key) for key in LONGEST}
        lists = {key: self._list(key) for key in _LISTS}
        self._check_questions(lists["questions"])
        self._known("mechanisms", lists["mechanisms"], tuple(self._around.mechanisms))
        self._known("laboratory", lists["laboratory"], self._around.requests)
        order, case = self._order(), self._case()
        problems = in_order(self._reading.problems)
        if case is None or any(problem.severity == "error" for problem in problems):
            raise CaseInvalidError(str(self._path), problems)
        return Lesson(
            id=self._path.stem,
            path=str(self._path),
            order=order,
            title=" ".join(texts["title"].split()),
            before=paragraphs(texts["before"]),
            after=paragraphs(texts["after"]),
            on=self._day or date.max,
            case=case,
            **lists,
        )

    # -- keys --

    def _check_keys(self) -> None:
        for key in self._document:
            if key not in _KEYS:
                near = similar_words(key, _KEYS)
                help_ = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(_KEYS)}"
                self._fault("E602", (key,), f"{ticked(key)} is no key of a lesson", help_)
        if self._document.get("format") != FORMAT:
            self._fault("E601", ("format",), "not a lesson", f'write format = "{FORMAT}"')
        self._needs("title", "the line the lesson is listed by")
        self._needs("order", "the number the lesson is called by")
        if self._day is None:
            self._fault("E604", ("on",), "the lesson has no date", "write on = 2026-11-22")

    def _needs(self, key: str, why: str) -> None:
        if key not in self._document:
            self._fault("E604", (key,), f"`{key}` is missing", why)

    def _read_day(self) -> date | None:
        given = self._document.get("on")
        own = given if isinstance(given, date) and not isinstance(given, datetime) else None
        return self._around.on or own

    def _order(self) -> int:
        value = self._document.get("order", 1)
        if isinstance(value, bool) or not isinstance(value, int):
            self._fault("E603", ("order",), f"{shown(value)} is no whole number", "write order = 7")
            return 0
        if not 1 <= value <= _HIGHEST_ORDER:
            message = f"{value} is outside 1 to {_HIGHEST_ORDER}"
            self._fault("E603", ("order",), message, "write order = 7")
        return value

    # -- text --

    def _text(self, key: str) -> str:
        value = self._document.get(key, "")
        if not isinstance(value, str):
            self._fault("E603", (key,), f"{shown(value)} is no text", "text stands in quotes")
            return ""
        if key == "title" and key in self._document and not value.strip():
            self._fault("E604", (key,), "the title is empty", "write what the lesson is about")
        self._check_text((key,), value, LONGEST[key])
        return value

    def _check_text(self, path: KeyPath, text: str, longest: int) -> None:
        if len(text) > longest:
            message = f"{len(text)} characters, at most {longest} fit a screen"
            self._fault("E605", path, message, "shorten it, or make a second lesson of it")
        if dose := _DOSE.search(text):
            message = f"the text holds an amount: {shown(dose[0])}"
            self._fault("E608", path, message, "leave doses to the tool, which prints its own")

    def _list(self, key: str) -> tuple[str, ...]:
        value = self._document.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._fault("E603", (key,), "not a list of texts", f'write {key} = ["...", "..."]')
            return ()
        return tuple(cast("list[str]", value))

    def _check_questions(self, questions: tuple[str, ...]) -> None:
        if len(questions) > MOST_QUESTIONS:
            message = f"{len(questions)} questions, at most {MOST_QUESTIONS}"
            self._fault("E605", ("questions",), message, "keep those that matter here")
        for number, question in enumerate(questions):
            self._check_text(("questions", number), question, LONGEST_QUESTION)

    def _known(self, key: str, given: tuple[str, ...], known: tuple[str, ...]) -> None:
        for number, name in enumerate(given):
            if name not in known:
                near = similar_words(name, known)
                help_ = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(known)}"
                self._fault("E607", (key, number), f"{ticked(name)} is not known", help_)

    # -- case --

    def _case(self) -> Case | None:
        example, inline = self._document.get("example"), self._document.get("case")
        if (example is None) == (inline is None):
            both = "both an example and a case" if example is not None else "no case"
            help_ = 'either example = "NAME" of examples/cases, or a table [case]'
            self._fault("E606", ("example",), f"the lesson holds {both}", help_)
            return None
        if self._day is None:
            return None
        return self._inline(inline) if example is None else self._example(example)

    def _inline(self, inline: object) -> Case | None:
        if not isinstance(inline, dict):
            self._fault("E603", ("case",), "not a table", "write the case under [case]")
            return None
        note = inline.get("note")
        if not isinstance(note, str) or not note.casefold().startswith(_ORIGINS):
            message = "the note does not say what the case is"
            help_ = 'begin it with "constructed" or "Published case"; never a patient of your own'
            self._fault("E609", ("case", "note"), message, help_)
        whole: Document = {"format": CASE_FORMAT, **inline}
        try:
            return build_case(
                whole, names=self._around.names, on=self._reading.on, locate=self._in_case
            )[0]
        except CaseInvalidError as error:
            self._reading.problems.extend(error.problems)
            return None

    def _in_case(self, path: KeyPath, part: Part) -> Position | None:
        return self._locate(("case", *path), part)

    def _example(self, name: object) -> Case | None:
        file = self._around.examples.get(name) if isinstance(name, str) else None
        if file is None:
            known = tuple(self._around.examples)
            near = similar_words(name, known) if isinstance(name, str) else ()
            help_ = f"did you mean `{near[0]}`?" if near else "a file of examples/cases, no ending"
            self._fault("E607", ("example",), f"{shown(name)} is no example case", help_)
            return None
        try:
            text = file.read_text(encoding="utf-8")
            return read_case(text, path=str(file), names=self._around.names, on=self._reading.on)[0]
        except CaseError as error:
            first = next(p for p in error.problems if p.severity == "error")
            self._fault("E607", ("example",), f"the example is refused: {first.message}", "")
            return None

    def _fault(self, code: str, path: KeyPath, message: str, help_: str) -> None:
        self._reading.error(code, path, message, Remark(help_ or None))


def paragraphs(text: str) -> tuple[str, ...]:
    """A text in paragraphs, which empty lines part, each on one line."""
    folded = (" ".join(part.split()) for part in _PARAGRAPH.split(text))
    return tuple(part for part in folded if part)
