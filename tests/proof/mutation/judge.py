"""Mutants judged by behaviour: questions, vignettes and examples, the likeliest first.

What each reads of the base is recorded once, on the unchanged base; a mutant is then put to those
that read what it changed, and to no other: the rest cannot answer differently. The first that
answers differently kills it. Those whose texts or answers name the mutated record come first.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, zip_longest
from typing import Any, Final, NamedTuple, Protocol

from ndm_advisor.cli.base import names_of
from ndm_advisor.decision.decide import decide
from ndm_advisor.intake.catalogue import catalogue_of
from ndm_advisor.knowledge.compile import compile_base
from ndm_advisor.knowledge.files import parse, read_files
from ndm_advisor.knowledge.load import find_base
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names
from tests.proof.mutation.about_rules import rules_probes
from tests.proof.mutation.cases import CaseProbe, Settled, case_probes
from tests.proof.mutation.mutants import Mutant, Trees, mutants, mutated, printed
from tests.proof.mutation.questions import dose_questions, panel_questions, species_questions
from tests.proof.mutation.questions_codes import ask_codes
from tests.proof.mutation.questions_of_names import name_questions
from tests.proof.mutation.questions_tables import table_questions
from tests.proof.mutation.questions_words import word_questions
from tests.proof.mutation.watch import Key, changed_keys, parts_of, watched, watched_names
from tests.vignettes.harness import ON

_TAKEN: Final = 4  # what a mutant takes out says more than what stands beside it
_LONGEST: Final = 90  # a longer text is a sentence, which no record is known by


class Probe(Protocol):
    """Something asked of a base whose answer is known: a vignette, an example, a question."""

    @property
    def label(self) -> str:
        """Which one it is."""

    @property
    def texts(self) -> set[str]:
        """Words by which it is known beside those of its answer."""

    def ask(self, knowledge: Knowledge, names: Names) -> Iterable[str]:
        """What the base does not answer as expected."""


SAME: Final = -1  # the mutant compiles to the base itself


class Verdict(NamedTuple):
    """`killed_by` is the label of the case that told the difference; "" for a survivor.

    `asked` counts the cases that read what was changed; `SAME` where nothing was.
    """

    killed_by: str
    asked: int


def probes(knowledge: Knowledge, names: Names) -> Iterator[Probe]:
    """The vignettes, the examples, and the questions that the typed tables ask."""
    yield from case_probes()
    yield from dose_questions(knowledge)
    yield from panel_questions(knowledge, names)
    yield from species_questions(knowledge, names)
    yield from rules_probes()
    yield from name_questions()
    yield from word_questions(knowledge)
    yield from table_questions(knowledge)


class Judge:
    """The unchanged base, what each case reads of it, and what its answer names."""

    def __init__(self) -> None:
        """Put every case to the unchanged base once.

        Raises:
            AssertionError: a case that does not pass on the unchanged base.
        """
        files = read_files(find_base())
        self.trees: Trees = parse(files)
        self.mutants = tuple(mutants(printed(files)))
        self.base = compile_base(parse(files), "")
        self._parts = parts_of(self.base)
        self._names = names_of(self.base)
        self._probes = list(probes(self.base, self._names))
        self._settled: dict[int, Settled] = {}
        self._readers: dict[Key, set[int]] = defaultdict(set)
        self._worders: dict[Key, set[int]] = defaultdict(set)  # cases that read it for their words
        self._named: dict[str, set[int]] = defaultdict(set)
        for number, probe in enumerate(self._probes):
            self._record(number, probe)
        self._last: list[int] = []  # what killed the mutants before: neighbours die alike

    def _record(self, number: int, probe: Probe) -> None:
        read: set[Key] = set()
        base = watched(self.base, read)
        names = watched_names(base, read)
        read.clear()
        texts = set(probe.texts)
        if isinstance(probe, CaseProbe):
            decision = decide(probe.case(names), base, on=ON)
            of_decision = frozenset(read)
            read.clear()
            shown = probe.answer(decision, base)
            for key in read:
                self._worders[key].add(number)
            read |= of_decision
            self._settled[number] = Settled(decision.case, decision)
            texts |= {*_texts(probe.document), *_texts(shown)}
            found = probe.faults(decision, shown)
        else:
            found = list(probe.ask(base, names))
        assert not found, f"{probe.label}: {found}"
        for key in read:
            self._readers[key].add(number)
        for text in texts:
            self._named[text].add(number)

    def verdict(self, mutant: Mutant) -> Verdict:
        """Whether a case tells the mutant from the base."""
        record = _record_of(self.trees, mutant) | _steps(mutant)
        with mutated(self.trees, mutant) as trees:
            try:
                changed = compile_base(trees, "")
            except Exception as error:  # noqa: BLE001  # a base that cannot be compiled advises nobody
                return Verdict(f"does not compile: {type(error).__name__}", 0)
            if mutant.file == "codes.toml":
                return _of_codes(changed, self._names, trees)
        keys = changed_keys(self._parts, parts_of(changed))
        if not keys:
            return Verdict("", SAME)
        parts = {field for field, _ in keys}
        names = names_of(changed) if parts & _OF_NAMES else self._names
        asked = set(chain.from_iterable(self._readers.get(key, ()) for key in keys))
        worded = set(chain.from_iterable(self._worders.get(key, ()) for key in keys))
        for number in self._in_order(asked, record, _taken_out(self.trees, mutant)):
            if self._tells(number, changed, names, worded=number in worded):
                self._last = [number, *(n for n in self._last if n != number)][:8]
                return Verdict(self._probes[number].label, len(asked))
        return Verdict("", len(asked))

    def _tells(self, number: int, changed: Knowledge, names: Names, *, worded: bool) -> bool:
        """Whether one case tells the changed base from the other.

        The same decision is worded again only where its words read what was changed.
        """
        probe = self._probes[number]
        try:
            if not isinstance(probe, CaseProbe):
                return any(True for _ in probe.ask(changed, names))
            settled = self._settled[number]
            case = settled.case if names is self._names else probe.case(names)
            decision = decide(case, changed, on=ON)
            if not worded and not settled.unlike(decision):
                return False
            return bool(probe.faults(decision, probe.answer(decision, changed)))
        except Exception:  # noqa: BLE001  # no answer is no behaviour to rely on
            return True

    def _in_order(self, asked: set[int], record: set[str], taken: set[str]) -> list[int]:
        """The likeliest first.

        Questions that name the record cost a tenth of a case and are the likelier to tell; then
        questions and cases in turn.
        """
        score: Counter[int] = Counter()
        total = len(self._probes)
        for text in record | taken:
            known = self._named.get(text, ())
            if known:
                weight = math.log(1 + total / len(known)) * (_TAKEN if text in taken else 1)
                for number in known:
                    score[number] += weight
        for place, number in enumerate(self._last):
            score[number] += 8 - place
        ranked = sorted(asked, key=lambda number: (-score[number], number))
        naming = set(chain.from_iterable(self._named.get(text, ()) for text in record))
        questions = [number for number in ranked if number not in self._settled]
        first = [number for number in questions if number in naming]
        others = [number for number in questions if number not in naming]
        cases = [number for number in ranked if number in self._settled]
        in_turn = chain.from_iterable(zip_longest(others, cases))
        return [*first, *(number for number in in_turn if number is not None)]


_OF_NAMES: Final = frozenset(
    {"drug_names", "organism_names", "allergy culprits", "allergy class_of"}
)


def _of_codes(base: Knowledge, names: Names, trees: Trees) -> Verdict:
    """Codes are read by the importers alone and are no part of a base: they are asked apart."""
    try:
        catalogue = catalogue_of(base, names, trees["loinc.toml"], trees["codes.toml"], {})
        found = next(ask_codes(catalogue), "")
    except Exception as error:  # noqa: BLE001  # no answer is no behaviour to rely on
        found = type(error).__name__
    return Verdict(f"codes: {found}" if found else "", 1)


def _steps(mutant: Mutant) -> set[str]:
    """The keys on the way to the record: ids in some tables."""
    return {str(step) for step in mutant.record if isinstance(step, str)}


def _taken_out(trees: Trees, mutant: Mutant) -> set[str]:
    """The members of lists that a mutant takes out: what names them tells it first."""
    found: set[str] = set()
    for edit in mutant.edits:
        if edit.do != "drop":
            continue
        node: Any = trees[mutant.file]
        for step in edit.place:
            node = node[step]
        if isinstance(node, str):
            found.add(node)
    return found


def _record_of(trees: Trees, mutant: Mutant) -> set[str]:
    """The short texts of the record that is mutated or taken out, and of what it stands in."""
    node: Any = trees[mutant.file]
    found = {str(node["id"])} if "id" in node else set()
    for step in mutant.record:
        node = node[step]
        if isinstance(node, dict):
            found |= {v for v in node.values() if isinstance(v, str) and len(v) <= _LONGEST}
    return found | set(_texts(node)) if isinstance(node, dict) else found


def _texts(value: object) -> Iterator[str]:
    """Every short text of a tree, keys of tables included: ids are keys in places."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            if len(one) <= _LONGEST:
                yield one
        elif isinstance(one, dict):
            yield from map(str, one)
            left += one.values()
        elif isinstance(one, list):
            left += one
