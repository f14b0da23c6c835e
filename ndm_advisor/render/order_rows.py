"""The orders of a case, one row each: what is ordered, and what to do with it in full."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ndm_advisor.model.answer import Change, OrderLine, Recommendation
from ndm_advisor.model.words import drug_name, join_names, regimen_name

VERDICTS: Final[Mapping[str, str]] = {
    "not_assessed": "not assessed",
    "not_assessable": "not assessable",
    "harmful": "harmful",
    "inadequate": "inadequate",
    "appropriate": "appropriate",
}
_VERBS: Final[Mapping[str, str]] = {
    "replace": "replace",
    "stop": "stop",
    "add": "complete",
    "adjust": "adjust",
    "call": "call about",
}
_RUNS_ON: Final = "is not stopped before"  # the last clause of a replacement names the running drug


def order_rows(answer: Recommendation, printed: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Write a row for each order; a change that repeats an earlier one points at it.

    `printed` are the regimens whose orders stand above in full: a replacement by one of them does
    not repeat them.
    """
    check = answer.order_check
    changes: dict[int, list[Change]] = {}
    for change in check.change:
        changes.setdefault(change.order, []).append(change)
    seen: dict[tuple[str, str], str] = {}
    rows = []
    for line in check.orders or tuple(
        OrderLine(n, None, "", assessed=True) for n in sorted(changes)
    ):
        done = [_done(change, line, seen, printed) for change in changes.get(line.order, ())]
        said = "; and ".join(done) or _unchanged(line, check.verdict)
        of_drug = f"{drug_name(line.drug)}: " if line.drug else ": "  # the row names it already
        said = said.replace(f": {of_drug}", ": ", 1)
        rows.append(f"order {line.order}{f' {line.text}' if line.text else ''}: {said}")
    return tuple(rows)


def _unchanged(line: OrderLine, verdict: str) -> str:
    """Say of an order without a change what the check can say, never that it is safe."""
    if line.drug is None:
        return "not assessed"
    if not line.assessed:
        return "not assessable"
    return "no change" if verdict == "appropriate" else "no change of its own"


def _done(
    change: Change,
    line: OrderLine,
    seen: dict[tuple[str, str], str],
    printed: tuple[str, ...],
) -> str:
    """Write one change in full, or by the order above that has the same."""
    if change.do != "replace" or change.to is None:
        return _change(change, line)
    whole, running = _parted(change.because)
    name = regimen_name(change.to, "AND")
    tail = f"; {running}" if running else ""
    if change.to in printed:
        return f"replace with {name} as above{tail}"
    first = seen.setdefault((change.to, whole), f"order {change.order}")
    if first != f"order {change.order}":
        return f"replace with the same {name} as {first}{tail}"
    lead = "" if whole.startswith(f"{name} ") else f"{name}: "
    return f"replace with {lead}{whole}{tail}"


def _change(change: Change, line: OrderLine) -> str:
    because = change.because
    if change.do == "adjust" and because == line.text:
        return "adjust as its alert says; the dose stands"
    if change.do in {"adjust", "add"} and change.to is not None:
        lead = "adjust to" if change.do == "adjust" else "add"
        if because.startswith((drug_name(change.to), change.to.split("-")[0])):
            return f"{lead} {because}"
        if because[:1].isdigit():
            return f"{lead} {drug_name(change.to)} {because}"
        return f"{change.do} {drug_name(change.to)}: {because}"
    to = f" {regimen_name(change.to)}" if change.to else ""
    return f"{change.do}{to}: {because}"


def _parted(because: str) -> tuple[str, str]:
    """Split what to give from the clause on the drug that is running."""
    whole, _, last = because.rpartition("; ")
    return (whole, last) if whole and _RUNS_ON in last else (because, "")


def ordered_now(answer: Recommendation) -> str:
    """Say at the top of a screen that the orders are harmful, and what to do with which; or ""."""
    check = answer.order_check
    if check.verdict != "harmful":
        return ""
    texts = {line.order: drug_name(line.drug) for line in check.orders if line.drug}
    parts = [
        f"{verb} {_named([c.order for c in check.change if c.do == do], texts)}"
        for do, verb in _VERBS.items()
        if any(c.do == do for c in check.change)
    ]
    if not parts:
        parts = [join_names(alert.id for alert in check.alerts if alert.tier == "stop")]
    return f"Ordered now: STOP, harmful: {'; '.join(parts)}."


def _named(numbers: list[int], texts: Mapping[int, str]) -> str:
    """Name orders by drug and number: `meropenem (order 1)`."""
    return join_names(
        f"{texts[n]} (order {n})" if n in texts else f"order {n}" for n in sorted(numbers)
    )


def about_orders(answer: Recommendation) -> frozenset[str]:
    """Return the ids of the alerts that speak of orders."""
    return frozenset(alert.id for alert in answer.order_check.alerts)
