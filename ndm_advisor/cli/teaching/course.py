"""A sitting: which lesson comes next, what is kept of it, the list with the state of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from ndm_advisor.cli.teaching.adviser import Adviser
from ndm_advisor.cli.teaching.collection import Collection
from ndm_advisor.cli.teaching.desk import Desk
from ndm_advisor.cli.teaching.lesson import Lesson
from ndm_advisor.cli.teaching.play import INTRODUCTION, Play
from ndm_advisor.cli.teaching.progress import Kept, Result, keep, read_progress
from ndm_advisor.cli.teaching.score import Score
from ndm_advisor.explain.page_parts import Shelf
from ndm_advisor.read.names import Names
from ndm_advisor.render.sheet import Part, part

_UNREADABLE: Final = "{path} cannot be used ({fault}); it is put aside when a case is finished."


class Sitting(NamedTuple):
    """Everything lessons are played with. `kept_in` is None when nothing is kept."""

    desk: Desk
    adviser: Adviser
    names: Names
    collection: Collection
    load_shelf: Callable[[], Shelf]
    kept_in: Path | None
    on: date


def play_one(sitting: Sitting, lesson: Lesson) -> None:
    """One lesson, kept when it is finished.

    Raises:
        KeyboardInterrupt: the learner left.
    """
    _begin(sitting)
    _play(sitting, lesson)


def play_on(sitting: Sitting) -> None:
    """Lessons that are not finished, one after the other, until the learner leaves.

    Raises:
        KeyboardInterrupt: the learner left in the middle of a case.
    """
    _begin(sitting)
    done = set(read_progress(sitting.kept_in).results)
    open_ = [lesson for lesson in sitting.collection.lessons if lesson.id not in done]
    for number, lesson in enumerate(open_):
        if number and not _goes_on(sitting, lesson):
            return
        _play(sitting, lesson)
    _end(sitting)


def _begin(sitting: Sitting) -> None:
    say = sitting.desk.terminal.say
    say(INTRODUCTION)
    kept = read_progress(sitting.kept_in)
    if kept.fault:
        say(_UNREADABLE.format(path=sitting.kept_in, fault=kept.fault))


def _play(sitting: Sitting, lesson: Lesson) -> None:
    play = Play(sitting.desk, sitting.adviser, sitting.names, lesson)
    play.run(sitting.collection.mechanisms, sitting.load_shelf, partial(_keep, sitting, lesson))


def _keep(sitting: Sitting, lesson: Lesson, scored: Score) -> None:
    """Keep a finished case, and say where."""
    if sitting.kept_in is None:
        return
    day = sitting.on.isoformat()
    result = Result(scored.earned, scored.of, scored.is_lost, day)
    fault = keep(sitting.kept_in, lesson.id, result)
    said = f"not kept: {fault}" if fault else f"kept in {sitting.kept_in}, readable by you alone"
    sitting.desk.terminal.say(f"Progress {said}.")


def _goes_on(sitting: Sitting, lesson: Lesson) -> bool:
    """Ask whether the next lesson follows; the end of the input is an answer here."""
    terminal = sitting.desk.terminal
    terminal.say()
    terminal.say(f"Next: {lesson.order}, {lesson.title}.")
    try:
        while said := terminal.ask("[Enter: go on] or quit > "):
            if said.casefold() in {"quit", "no", "q"}:
                return False
            terminal.say("Press Enter to go on, or write quit.")
    except KeyboardInterrupt:
        if sitting.desk.is_own:
            raise
        return False
    return True


def _end(sitting: Sitting) -> None:
    terminal = sitting.desk.terminal
    terminal.say()
    if sitting.kept_in is None:
        terminal.say("This was the last lesson.")
        return
    terminal.say(total(sitting.collection, read_progress(sitting.kept_in)))
    terminal.say("`ndm-advisor teach N` plays a lesson again; `--list` names them.")


# -- the list --


def list_parts(collection: Collection, kept: Kept, path: Path | None) -> Iterator[Part]:
    """Every lesson with its state, then the total and where it is kept."""
    for lesson in collection.lessons:
        state = _state(kept.results.get(lesson.id))
        yield part(str(lesson.order), f"{lesson.title}: {state}")
    yield part("Total", total(collection, kept), gap=True)
    if kept.fault:
        yield part("Progress", _UNREADABLE.format(path=path, fault=kept.fault))
    elif path is not None:
        held = "" if path.is_file() else ", once a case is finished"
        yield part("Progress", f"{path}{held}")


def _state(result: Result | None) -> str:
    if result is None:
        return "not played"
    lost = ", lost" if result.lost else ""
    return f"{result.earned} of {result.of}{lost}, on {result.on}"


def total(collection: Collection, kept: Kept) -> str:
    """How many lessons are finished, and the points earned in them."""
    ids = {lesson.id for lesson in collection.lessons}
    results: Mapping[str, Result] = {k: r for k, r in kept.results.items() if k in ids}
    earned, of = (sum(getattr(r, key) for r in results.values()) for key in ("earned", "of"))
    lost = sum(result.lost for result in results.values())
    said = f"{len(results)} of {len(ids)} lessons played"
    return f"{said}, {earned} of {of} points, {lost} lost" if results else said
