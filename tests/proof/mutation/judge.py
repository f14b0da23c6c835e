"""Mutants judged by behaviour: vignettes and examples, the likeliest first, to the first kill.

What each case reads of the base is recorded once, on the unchanged base; a mutant is then put to
the cases that read what it changed, and to no other: the rest cannot answer differently. Among
those, the cases whose answers name the mutated record come first.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, Protocol

import tomli

from ndm_advisor.cli import example_check
from ndm_advisor.cli.base import names_of
from ndm_advisor.decision.decide import decide
from ndm_advisor.explain.recommendation import explain
from ndm_advisor.knowledge.compile import compile_base
from ndm_advisor.knowledge.files import parse, read_files
from ndm_advisor.knowledge.load import find_base
from ndm_advisor.model.answer import CaseRef
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from ndm_advisor.render.as_json import to_json
from tests.proof.mutation.mutants import Mutant, Trees, mutants, mutated, printed
from tests.proof.mutation.questions import dose_questions, panel_questions, species_questions
from tests.vignettes.harness import (
    ON,
    differences,
    fact_differences,
    hazard_differences,
    vignettes,
)

_WHOLE: Final = "*"  # a part of the base that was gone through from end to end
_LONGEST: Final = 90  # a longer text is a sentence, which no record is known by
_SPLIT: Final = (
    "organisms",
    "organism_groups",
    "breakpoints",
    "alerts",
    "words",
    "drug_names",
    "organism_names",
)
_OF_ALLERGY: Final = ("cells", "culprits", "class_of", "class_members")
_OF_MEDICINES: Final = ("classes", "names")
_UNSEEN: Final = frozenset({"sha256", "version", "reviewed_on", "review_due_on", "sealed"})
Key = tuple[str, str]


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


class CaseProbe(NamedTuple):
    """A case with what its whole answer is expected to say."""

    label: str
    document: dict[str, Any]
    differences: Callable[[Any, dict[str, Any]], Iterable[str]]

    @property
    def texts(self) -> set[str]:
        return set(_texts(self.document))

    def answer(self, knowledge: Knowledge, names: Names) -> tuple[Any, dict[str, Any]]:
        """The decision, and the answer as its JSON."""
        case, _ = build_case(self.document, names=names, on=ON)
        decision = decide(case, knowledge, on=ON)
        reference = CaseRef(case.id, None, None)
        answer = explain(decision, knowledge, case=reference, tool_version="test")
        return decision, json.loads(to_json(answer))

    def ask(self, knowledge: Knowledge, names: Names) -> list[str]:
        """That offers and alerts are sourced holds of every answer, so it is asked of each."""
        decision, shown = self.answer(knowledge, names)
        return [*self.differences(decision, shown), *unsourced(shown)]


SAME: Final = -1  # the mutant compiles to the base itself


class Verdict(NamedTuple):
    """`killed_by` is the label of the case that told the difference; "" for a survivor.

    `asked` counts the cases that read what was changed; `SAME` where nothing was.
    """

    killed_by: str
    asked: int


def probes(knowledge: Knowledge, names: Names) -> Iterator[Probe]:
    """The vignettes, the examples, and the questions that the typed tables ask."""
    for vignette in vignettes():
        yield CaseProbe(vignette.label, vignette.document, _Expected(vignette.expect))
    for path in example_check.example_files():
        expected = json.loads(example_check.expected_file(path).read_bytes())
        document = tomli.loads(path.read_text(encoding="utf-8"))
        yield CaseProbe(f"examples: {path.stem}", document, _AsExample(expected))
    yield from dose_questions(knowledge)
    yield from panel_questions(knowledge, names)
    yield from species_questions(knowledge, names)


class _Expected:
    """What a vignette names, by the harness of the vignettes."""

    def __init__(self, expect: dict[str, Any]) -> None:
        self._expect = expect

    def __call__(self, decision: Any, answer: dict[str, Any]) -> Iterator[str]:
        yield from differences(self._expect, answer)
        yield from fact_differences(self._expect.get("facts", {}), decision.facts)
        yield from hazard_differences(self._expect, decision)


class _AsExample:
    """What an example's expected answer names."""

    def __init__(self, expected: dict[str, Any]) -> None:
        self._expected = expected

    def __call__(self, decision: Any, answer: dict[str, Any]) -> Iterator[str]:
        yield from example_check.differences(self._expected, answer)


def unsourced(answer: dict[str, Any]) -> Iterator[str]:
    for regimen in answer["regimens"]:
        for held in (regimen, *regimen["drugs"], *regimen["companions"]):
            if not held["sources"]:
                yield f"{regimen['id']}: no source"
    for alert in answer["alerts"]:
        if not alert["sources"]:
            yield f"alert {alert['id']}: no source"


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
        self._names = names_of(self.base)
        self._probes = list(probes(self.base, self._names))
        self._readers: dict[Key, set[int]] = defaultdict(set)
        self._named: dict[str, set[int]] = defaultdict(set)
        for number, probe in enumerate(self._probes):
            self._record(number, probe)
        self._last: list[int] = []  # what killed the mutants before: neighbours die alike

    def _record(self, number: int, probe: Probe) -> None:
        read: set[Key] = set()
        base = watched(self.base, read)
        texts = set(probe.texts)
        if isinstance(probe, CaseProbe):
            decision, shown = probe.answer(base, names_of(base))
            texts |= set(_texts(shown))
            found = [*probe.differences(decision, shown), *unsourced(shown)]
        else:
            found = list(probe.ask(base, names_of(base)))
        assert not found, f"{probe.label}: {found}"
        for key in read:
            self._readers[key].add(number)
        for text in texts:
            self._named[text].add(number)

    def verdict(self, mutant: Mutant) -> Verdict:
        """Whether a case tells the mutant from the base."""
        with mutated(self.trees, mutant) as trees:
            try:
                changed = compile_base(trees, "")
            except Exception as error:  # noqa: BLE001  # a base that cannot be compiled advises nobody
                return Verdict(f"does not compile: {type(error).__name__}", 0)
            record = _record_of(trees, mutant) | _edited(mutant)
        parts = self._changed(changed)
        if not parts:
            return Verdict("", SAME)
        names = names_of(changed) if parts & _OF_NAMES else self._names
        asked = self._asked(parts, changed)
        for number in self._in_order(asked, record):
            try:
                found = list(self._probes[number].ask(changed, names))
            except Exception as error:  # noqa: BLE001  # no answer is no behaviour to rely on
                found = [type(error).__name__]
            if found:
                self._last = [number, *(n for n in self._last if n != number)][:8]
                return Verdict(self._probes[number].label, len(asked))
        return Verdict("", len(asked))

    def _changed(self, changed: Knowledge) -> set[str]:
        was, now = parts_of(self.base), parts_of(changed)
        fields = was.keys() | now.keys()
        return {field for field in fields if was.get(field) != now.get(field)}

    def _asked(self, fields: set[str], changed: Knowledge) -> set[int]:
        """The cases that read something that is not what it was."""
        old, new = parts_of(self.base), parts_of(changed)
        found: set[int] = set()
        for field in fields:
            was, now = old.get(field, {}), new.get(field, {})
            if not _is_watched(field):
                return set(range(len(self._probes)))
            found |= self._readers[field, _WHOLE]
            for key in was.keys() | now.keys():
                if was.get(key) != now.get(key):
                    found |= self._readers[field, str(key)]
        return found

    def _in_order(self, asked: set[int], record: set[str]) -> list[int]:
        score: Counter[int] = Counter()
        total = len(self._probes)
        for text in record:
            known = self._named.get(text, ())
            if known:
                weight = math.log(1 + total / len(known))
                for number in known:
                    score[number] += weight
        for place, number in enumerate(self._last):
            score[number] += 8 - place
        return sorted(asked, key=lambda number: (-score[number], number))


_OF_NAMES: Final = frozenset(
    {"drug_names", "organism_names", "allergy culprits", "allergy class_of"}
)


def _edited(mutant: Mutant) -> set[str]:
    """The texts an edit itself names: the member of a list that is taken out."""
    return {str(step) for step in mutant.record if isinstance(step, str)}


def _record_of(trees: Trees, mutant: Mutant) -> set[str]:
    """The short texts of the mutated record and of what it stands in."""
    node: Any = trees[mutant.file]
    found = {str(node["id"])} if "id" in node else set()
    for step in mutant.record:
        try:
            node = node[step]
        except (KeyError, IndexError):  # the record itself was taken out
            break
        if isinstance(node, dict):
            found |= {v for v in node.values() if isinstance(v, str) and len(v) <= _LONGEST}
    return found | set(_texts(node)) if isinstance(node, dict) else found


def _texts(value: object) -> Iterator[str]:
    """Every short text of a tree, keys of tables included: ids are keys in places."""
    if isinstance(value, str):
        if len(value) <= _LONGEST:
            yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


# -- what is read ---------------------------------------------------------------------------------


def parts_of(base: Knowledge) -> dict[str, Any]:
    """The base in parts by name: those that are read by key as dicts, the rest as they are."""
    parts: dict[str, Any] = {f: getattr(base, f) for f in Knowledge._fields if f not in _UNSEEN}
    drugs, allergy, medicines = parts["drugs"], base.allergy, base.medicines
    for drug in drugs.values():
        parts[f"text of {drug.id}"] = drug.text
    parts["drugs"] = {ident: drug._replace(text={}) for ident, drug in drugs.items()}
    for field in _OF_ALLERGY:
        parts[f"allergy {field}"] = getattr(allergy, field)
    parts["allergy"] = allergy._replace(**{field: {} for field in _OF_ALLERGY})
    for field in _OF_MEDICINES:
        parts[f"medicines {field}"] = getattr(medicines, field)
    del parts["medicines"]
    return parts


def _is_watched(field: str) -> bool:
    """Whether `watched` notes what is read of a part; of any other part everything counts."""
    named = ("text of ", "allergy ", "medicines ")
    return field in _SPLIT or field == "drugs" or field.startswith(named)


def watched(base: Knowledge, read: set[Key]) -> Knowledge:
    """The base with the parts that are read by key watched."""
    parts: dict[str, Any] = {field: _Watched(field, getattr(base, field), read) for field in _SPLIT}
    texts = {
        ident: drug._replace(text=_Watched(f"text of {ident}", drug.text, read))
        for ident, drug in base.drugs.items()
    }
    parts["drugs"] = _Watched("drugs", texts, read)
    allergy = {f: _Watched(f"allergy {f}", getattr(base.allergy, f), read) for f in _OF_ALLERGY}
    parts["allergy"] = base.allergy._replace(**allergy)
    known = {f: _Watched(f"medicines {f}", getattr(base.medicines, f), read) for f in _OF_MEDICINES}
    parts["medicines"] = base.medicines._replace(**known)
    return base._replace(**parts)


class _Watched(dict[Any, Any]):
    """A part of the base that notes which of its keys are asked for."""

    def __init__(self, field: str, held: Mapping[Any, Any], read: set[Key]) -> None:
        super().__init__(held)
        self._field = field
        self._read = read

    def __getitem__(self, key: Any) -> Any:
        self._read.add((self._field, str(key)))
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        self._read.add((self._field, str(key)))
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._read.add((self._field, str(key)))
        return super().__contains__(key)

    def _through(self) -> None:
        self._read.add((self._field, _WHOLE))

    def __iter__(self) -> Iterator[Any]:
        self._through()
        return super().__iter__()

    def keys(self) -> Any:
        self._through()
        return super().keys()

    def values(self) -> Any:
        self._through()
        return super().values()

    def items(self) -> Any:
        self._through()
        return super().items()
