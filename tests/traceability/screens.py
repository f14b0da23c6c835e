"""The examples' screens as one run of words, their number tokens, and what in them is a name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ndm_advisor.explain.advise import advise
from ndm_advisor.explain.evidence import evidence as evidence_lines
from ndm_advisor.knowledge.load import load_claims
from ndm_advisor.model.answer import CaseRef
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import read_case
from ndm_advisor.read.names import Names
from ndm_advisor.render.as_json import to_json
from ndm_advisor.render.block import Options
from ndm_advisor.render.plain import to_text
from tests.traceability.orders import Patient, patient_of
from tests.traceability.records import NUMBER, Tree
from tests.vignettes.harness import ON

EXAMPLES = Path(__file__).parents[2] / "examples" / "cases"
SHA = "0123456789abcdef" * 4
LAYOUTS = {"80 columns": {"width": 80}, "linear": {"width": None, "linear": True}}
DEPTHS = {"default": {}, "--why": {"why": True}, "--full": {"full": True}}


class Token(NamedTuple):
    """A number on a screen: where it stands in the run of words."""

    text: str
    start: int
    end: int


class Screen:
    """A screen as one run of words, each offset mapped to its line."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines = text.splitlines()
        parts, self._starts, at = [], [], 0
        for line in self.lines:
            words = " ".join(line.split())
            self._starts.append(at)
            if words:
                parts.append(words)
                at += len(words) + 1
        self.words = " ".join(parts)

    @cached_property
    def lower(self) -> str:
        folded = self.words.lower()
        assert len(folded) == len(self.words)
        return folded

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        return tuple(Token(m[0], m.start(), m.end()) for m in NUMBER.finditer(self.words))

    def line_at(self, offset: int) -> str:
        place = max(i for i, start in enumerate(self._starts) if start <= offset)
        return f"line {place + 1}: {self.lines[place].strip()}"

    def changed(self, token: Token, to: str) -> Screen:
        """The screen with one number changed."""
        return Screen(self.name, f"{self.words[: token.start]}{to}{self.words[token.end :]}")


class Answered(NamedTuple):
    """One example: the case as validated, its answer and the screens it is printed on."""

    name: str
    case: Tree
    json: dict[str, Any]
    screens: tuple[Screen, ...]

    @property
    def patient(self) -> Patient:
        return patient_of(self.case, self.json["provenance"]["region"])

    def orders(self) -> Iterator[tuple[dict[str, Any], bool]]:
        """Every order of every offer, and whether it is a drug of the pair."""
        for offer in self.json["regimens"]:
            pair = offer["id"] == "ceftazidime-avibactam+aztreonam"
            yield from ((order, pair) for order in offer["drugs"])
            yield from ((order, False) for order in offer["companions"])


def answered(
    name: str, knowledge: Knowledge, names: Names, settings: tuple[str, ...] = ()
) -> Answered:
    """Advise an example (with `key=value` changes) and print it in every depth and layout."""
    path = EXAMPLES / f"{name}.toml"
    text = path.read_text("utf-8")
    case, _ = read_case(text, path=path.name, names=names, on=ON, settings=settings)
    reference = CaseRef(case.id, path.name, SHA)
    answer = advise(case, knowledge, on=ON, reference=reference)
    evidence = evidence_lines(answer, load_claims())
    screens = tuple(
        Screen(
            f"{name} {depth}, {layout}", to_text(answer, Options(evidence=evidence, **deep, **laid))
        )
        for depth, deep in DEPTHS.items()
        for layout, laid in LAYOUTS.items()
    )
    document = case.model_dump(mode="json", exclude_none=True)
    return Answered(name, document, json.loads(to_json(answer)), screens)


# -- names ---------------------------------------------------------------------------------------

# What has a digit in it and is a name, not a figure. One line each; nothing else is left out.
NAMES = re.compile(
    "|".join(
        (
            r"\b(?:SIMIT|ESCMID|IDSA) 20\d\d\b",  # a guideline's name
            r"\b(?:EUCAST|CLSI|FDA) 20\d\d(?:-20\d\d)?\b",  # a breakpoint edition's name
            r"\b16S\b",  # 16S rRNA methyltransferase
            r"\bPBP3\b",  # penicillin-binding protein 3
            r"\bOXA-48\b",  # an enzyme family
            r"\bSHA-256\b",  # the name of the checksum
            r"/1\.73 m2\b",  # part of the unit of eGFR
            r"\b1 Regimen\b|\b2 Dose\b|\b3 Infusion\b|\b4 Ask lab\b|\b5 Review\b",  # the steps
        )
    )
)


def name_spans(screen: Screen, answer: dict[str, Any]) -> list[tuple[int, int]]:
    """Where names stand: the list above, and ids of this answer's rules, breakpoints, sources."""
    spans = [m.span() for m in NAMES.finditer(screen.words)]
    for text in _ids(answer):
        spans += [m.span() for m in re.finditer(re.escape(text), screen.words)]
    return spans + _locator_spans(screen, answer)


def _ids(answer: dict[str, Any]) -> set[str]:
    """Ids as the screens print them, only those with a digit, each with what stands around it."""
    found = {f"{f['stage']}: {f['rule']} " for f in answer["findings"]}
    found |= {f"[{f['rule']}: {f['result']}]" for f in answer["findings"]}
    found |= {f"[{', '.join(r['rules'])}]" for r in answer["rejected"]}
    found |= {f"breakpoint {s['breakpoint']}" for s in answer["susceptibilities"]}
    return {text for text in found if re.search(r"\d", text)}


def cited(value: Any) -> set[tuple[str, str]]:
    """Every citation anywhere in an answer."""
    if isinstance(value, dict):
        if set(value) == {"id", "at"}:
            return {(value["id"], value["at"])}
        return set().union(*map(cited, value.values()), set())
    return set().union(*map(cited, value), set()) if isinstance(value, list) else set()


def _locator_spans(screen: Screen, answer: dict[str, Any]) -> list[tuple[int, int]]:
    """The list of sources: ids and locators are what a walk ends at, so they are names here."""
    start, end = screen.words.find(" Sources"), screen.words.find(" Identity")
    if start < 0 or end < 0:
        return []
    part = screen.words[start:end]
    spans = []
    for ident, at in cited(answer):
        for text in (f"{ident}: ", at):
            spans += [
                (m.start() + start, m.end() + start) for m in re.finditer(re.escape(text), part)
            ]
    return spans
