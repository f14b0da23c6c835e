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

    What turns the choice or stops something comes first, then doses. A change stands with what it
    does; alone only where none fits so. Nothing while the changes were not tried.
    """
    if answer.would_change is None:
        return ()
    found = sorted(answer.would_change, key=lightness)
    if not found:
        return (f"no single change of the few tried alters it; more: {_MORE}",)
    told = [f"{entry.says}: {entry.text.partition(';')[0]}" for entry in found]
    shown = _fitting(told) or _fitting([entry.says for entry in found])
    return (_row(shown, len(found) - len(shown)),)


def _fitting(items: list[str]) -> list[str]:
    """As many as one row holds beside the count of the rest, the first of them that fit."""
    shown: list[str] = []
    for item in items:
        if len(_row([*shown, item], len(items) - len(shown) - 1)) <= ROW:
            shown.append(item)
    return shown


def _row(shown: list[str], more: int) -> str:
    if not shown:
        return f"{more} single changes would alter it: {_MORE}"
    return "; ".join((*shown, f"{more} more: {_MORE}" if more else f"more: {_MORE}"))


def lightness(entry: WouldChange) -> int:
    """How little a change weighs: 0 where it turns the choice or stops something, then doses."""
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
