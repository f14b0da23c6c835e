"""What a mutant of the decision is put to: vignettes, examples, questions of the typed tables.

mutmut forks from a process that has imported this file and run it once on the unchanged code, and
runs it again in each fork. So that a survivor costs seconds and not a minute, what a mutant cannot
change is not asked again: a case that never reaches its function, and the words of an answer whose
decision came out as before. Cases that killed a mutant of the same function come first. And calls
go straight to a function: mutmut's wrapper asks at each which mutant is active, which in a fork
stays the same.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple

from ndm_advisor.cli.base import names_of
from ndm_advisor.decision.decide import Decision, decide
from ndm_advisor.knowledge.load import load_knowledge
from ndm_advisor.model.case import Case
from ndm_advisor.model.knowledge import Knowledge
from tests.proof.mutation.cases import CaseProbe
from tests.proof.mutation.judge import Probe, probes
from tests.vignettes.harness import ON
from tests.vignettes.said import trace_faults, word_faults
from tests.vignettes.second import choice_faults
from tests.vignettes.worded import order_faults, reading_faults

_UNCHANGED: Final = "__mutmut_orig"  # how mutmut names the original beside its mutants
_WRAPPER: Final = "_trampoline_wrapper"  # the code of what it puts in a function's place
_KILLERS: Final = Path(__file__).parents[3] / "killers.ndjson"

KNOWLEDGE: Final = load_knowledge()
NAMES: Final = names_of(KNOWLEDGE)
LOADING: Final = -1  # in the place of a case: what loading the base goes through


class Put(NamedTuple):
    """A probe; of one with a case also the case, read before any mutant is."""

    probe: Probe
    case: Case | None


def _put(probe: Probe) -> Put:
    if not isinstance(probe, CaseProbe):
        return Put(probe, None)
    return Put(probe, probe.case(NAMES))


ALL: Final = tuple(map(_put, probes(KNOWLEDGE, NAMES)))


def _spread() -> list[int]:
    """One of each file in turn, since neighbours tell the same."""
    turns: dict[str, int] = defaultdict(int)
    placed = []
    for number, put in enumerate(ALL):
        file, _, _ = put.probe.label.partition(":")
        placed.append((turns[file], number))
        turns[file] += 1
    return [number for _, number in sorted(placed)]


ORDER: Final = _spread()


class Before(NamedTuple):
    """What the unchanged code did: decisions, and which functions each case went through."""

    decisions: dict[int, Decision]
    reached: dict[str, set[int]]
    worded: dict[str, set[int]]  # reached from the words of an answer, the decision being made


BEFORE: Final = Before({}, defaultdict(set), defaultdict(set))


def _under_test() -> str:
    """The function of which a mutant is active, as `module.function`; "" for unchanged code."""
    return os.environ.get("MUTANT_UNDER_TEST", "").rpartition("__mutmut_")[0]


def _call_directly(mutant: str) -> None:
    """Let every name of a wrapped function stand for the function: the mutant's, or the original.

    What holds a wrapper elsewhere, a class or a table, goes on through it and meets the same.
    """
    home, _, changed = mutant.rpartition(".")
    function = changed.rpartition("__mutmut_")[0].removeprefix("x_")
    for name, module in tuple(sys.modules.items()):
        if not name.startswith(("ndm_advisor.", "tests.")):
            continue
        for held, value in tuple(vars(module).items()):
            if getattr(getattr(value, "__code__", None), "co_name", "") != _WRAPPER:
                continue
            is_changed = (value.__module__, value.__name__) == (home, function)
            direct = vars(sys.modules[home])[changed] if is_changed else value.__wrapped__
            setattr(module, held, direct)


@contextmanager
def _noting(reached: dict[str, set[int]], number: int) -> Iterator[None]:
    """Note every original that is entered."""

    def note(frame: FrameType, event: str, _: object) -> None:
        name = frame.f_code.co_name
        if event == "call" and name.endswith(_UNCHANGED):
            module = frame.f_globals["__name__"]
            reached[f"{module}.{name.removesuffix(_UNCHANGED)}"].add(number)

    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(None)


def _faults(number: int, base: Knowledge) -> list[str]:
    put = ALL[number]
    if put.case is None:
        return list(put.probe.ask(base, NAMES))
    decision = decide(put.case, base, on=ON)
    as_before = decision == BEFORE.decisions.get(number)
    if as_before and number not in BEFORE.worded[_under_test()]:
        return []
    return _told(put.probe, decision, base)


def _told(probe: Any, decision: Decision, base: Knowledge) -> list[str]:
    said = (trace_faults(decision), word_faults(decision, base))
    worded = (order_faults(decision), reading_faults(decision))
    chosen = (choice_faults(decision, base),)
    if found := [fault for faults in (*said, *worded, *chosen) for fault in faults]:
        return found
    return list(probe.faults(decision, probe.answer(decision, base)))


def _record(number: int, base: Knowledge) -> list[str]:
    """As `_faults`, of the unchanged code."""
    put = ALL[number]
    if put.case is None:
        with _noting(BEFORE.reached, number):
            return list(put.probe.ask(base, NAMES))
    with _noting(BEFORE.reached, number):
        BEFORE.decisions[number] = decision = decide(put.case, base, on=ON)
    with _noting(BEFORE.worded, number):
        return _told(put.probe, decision, base)


def _asked(function: str) -> Iterator[int]:
    """The cases that reach a function, those first that killed a mutant of it."""
    known = _killers(function)
    yield from known
    reaching = BEFORE.reached[function] | BEFORE.worded[function]
    if LOADING in reaching:
        reaching = set(ORDER)
    yield from (number for number in ORDER if number in reaching and number not in known)


def _killers(function: str) -> list[int]:
    if not _KILLERS.is_file():
        return []
    lines = [json.loads(line) for line in _KILLERS.read_text("utf-8").splitlines()]
    return list(dict.fromkeys(number for of, number in reversed(lines) if of == function))


def _note_killer(function: str, number: int) -> None:
    with _KILLERS.open("a", encoding="utf-8") as file:
        file.write(json.dumps([function, number]) + "\n")


def _first_fault(
    numbers: Iterator[int], ask: Callable[[int, Knowledge], list[str]], base: Knowledge
) -> str:
    function = _under_test()
    for number in numbers:
        try:
            found = ask(number, base)
        except Exception:
            if function:
                _note_killer(function, number)
            raise
        if found:
            if function:
                _note_killer(function, number)
            return f"{ALL[number].probe.label}: {found}"
    return ""


def test_every_case_and_question() -> None:
    function = _under_test()
    if function and BEFORE.decisions:
        _call_directly(os.environ["MUTANT_UNDER_TEST"])
        loads = LOADING in BEFORE.reached[function]
        base = load_knowledge() if loads else KNOWLEDGE
        assert not _first_fault(_asked(function), _faults, base)
    elif os.environ.get("MUTANT_UNDER_TEST"):  # mutmut itself notes who reaches what
        assert not _first_fault(iter(ORDER), _faults, load_knowledge())
    else:
        with _noting(BEFORE.reached, LOADING):
            load_knowledge()
        assert not _first_fault(iter(ORDER), _record, KNOWLEDGE)
