"""What would change the advice: one row for a first screen, every line for `--full`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ndm_advisor.model.answer import MissingEffect, NextQuestion, Recommendation, WouldChange
from ndm_advisor.render.block import ROW

_WEIGHTY: Final = frozenset({"outcome", "preferred", "stop"})
_MORE: Final = "what-if"  # the command that shows the rest


def one_row(answer: Recommendation) -> tuple[str, ...]:
    """The changes that were tried and fit one row, and where the rest is.

    What turns the choice or stops something comes first, then doses; what a change does is left
    out where only the change fits. Nothing while the changes were not tried.
    """
    if answer.would_change is None:
        return ()
    found = sorted(answer.would_change, key=_lightness)
    if not found:
        return (f"no single change of the few tried alters it; more: {_MORE}",)
    shown: list[str] = []
    for entry in found:
        for words in (f"{entry.says}: {entry.text.partition(';')[0]}", entry.says):
            if len(_row([*shown, words], len(found) - len(shown) - 1)) <= ROW:
                shown.append(words)
                break
    return (_row(shown, len(found) - len(shown)),)


def _row(shown: list[str], more: int) -> str:
    if not shown:
        return f"{more} single changes would alter it: {_MORE}"
    return "; ".join((*shown, f"{more} more: {_MORE}" if more else f"more: {_MORE}"))


def _lightness(entry: WouldChange) -> int:
    flips = set(entry.flips)
    return 0 if _WEIGHTY & flips else 1 if "dose" in flips else 2


def change_lines(entries: tuple[WouldChange, ...]) -> Iterator[str]:
    """One line for each change."""
    for entry in entries:
        yield f"{entry.says}: {entry.text}"


def missing_lines(effects: tuple[MissingEffect, ...]) -> Iterator[str]:
    """One line for each fact that could change something; the others together in one."""
    idle = [item.name for item in effects if item.effect == "none"]
    yield from (f"{item.name}: {item.detail}" for item in effects if item.effect != "none")
    if idle:
        yield f"same outcome, regimens and doses whatever these are: {', '.join(idle)}"


def question_lines(question: NextQuestion | None) -> Iterator[str]:
    """The next most useful test or question, with its text to send."""
    if question is not None:
        yield question.text
        yield f"why: {question.because}"
