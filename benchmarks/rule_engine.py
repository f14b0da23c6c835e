"""`zen`: the same choice by zen-engine, from decision tables of policy 4.2 and 4.9 written by hand.

The engine gets the facts this program has computed (aztreonam and cefiderocol support, which of A,
P and F are usable, A in stock, severity, E. coli, PBP3 insertion), never the case's raw values: it
does the choice and nothing else. It is timed against `rank`, our choice from the same facts, and
against the whole answer. Each choice is asked twice a case: policy 4.2 (SIMIT) and 4.9 (IDSA).

The answers are compared: strategies, ranks, order, what is provisional, the row that applied.
"""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from benchmarks import cases
from benchmarks.figures import Figure, Measured
from ndm_advisor.decision.decide import Decision, decide
from ndm_advisor.decision.rank import A, F, P, Selection, rank
from ndm_advisor.explain.advise import advise

if TYPE_CHECKING:
    import zen

TABLES: Final = Path(__file__).resolve().parent / "zen"
# Each table and the profile whose choice it holds.
TABLE_OF: Final = {"policy-4-2.json": "simit-2022", "policy-4-9.json": "idsa-2026"}
_ROUNDS, _QUICK_ROUNDS = 15, 5
_IN_A_ROW = 10  # a choice is too short to time alone


class Choice(NamedTuple):
    """A choice in comparable form: strategies with their ranks in order."""

    row: str
    ranked: tuple[tuple[str, str], ...]
    provisional: frozenset[str]


class Asked(NamedTuple):
    """A case with a choice to make, and what the engine is told of it."""

    sample: cases.Sample
    decision: Decision
    context: dict[str, Any]


class Difference(NamedTuple):
    """Two choices that are not the same; `reason` None = nothing accounts for it."""

    label: str
    profile: str
    reason: str | None
    ours: Choice
    theirs: Choice


def measure(*, quick: bool) -> Measured:
    """Compare the choices of both, then time them."""
    known = cases.base()
    engine = load_engine()
    asked = list(_with_a_choice(known))
    differences = list(_compare(asked, engine))
    reasons = Counter(d.reason for d in differences if d.reason is not None)
    choices = len(asked) * len(TABLE_OF)
    figures = [
        Figure("choices that agree", choices - len(differences), f"of {choices}"),
        *(Figure(f"choices that differ: {why}", n) for why, n in reasons.most_common()),
        Figure("choices that differ without a reason", len(differences) - reasons.total(), aim=0),
        *_timed(asked, known, engine, _QUICK_ROUNDS if quick else _ROUNDS),
    ]
    on = (
        f"{len(asked)} cases that come to a choice, from the examples and choice-*.toml; "
        "processor time"
    )
    return Measured(figures, on)


def differences() -> Iterator[Difference]:
    """Every choice in which the two differ."""
    return _compare(list(_with_a_choice(cases.base())), load_engine())


def main() -> None:
    """List the differences, both answers beside the case."""
    for found in differences():
        print(f"{found.label} ({found.profile}): {found.reason or 'no reason'}")
        print(f"  rank():     {found.ours}\n  zen-engine: {found.theirs}")


def load_engine() -> zen.ZenEngine:
    """The engine with both tables compiled beforehand, its fastest way (a static loader)."""
    import zen  # noqa: PLC0415  # an extra: only this part needs it

    content = {name: json.loads((TABLES / name).read_text("utf-8")) for name in TABLE_OF}
    return zen.ZenEngine({"loader": {"type": "static", "content": content}})


def _with_a_choice(known: cases.Base) -> Iterator[Asked]:
    """Isolates that reach policy 4.2 or 4.9: in scope, not cystitis (4.5 has a list of its own)."""
    for sample in (*cases.examples(known), *cases.vignettes(known, of="choice-")):
        decision = decide(sample.case, known.knowledge, on=cases.ON)
        if decision.scope is None and decision.facts.site != "cystitis":
            yield Asked(sample, decision, _context(decision))


def _context(decision: Decision) -> dict[str, Any]:
    facts, fates = decision.facts, decision.fates
    return {
        "aztreonam_support": facts.aztreonam_support,
        "cefiderocol_support": facts.cefiderocol_support,
        "a_usable": fates[A].is_usable,
        "p_usable": fates[P].is_usable,
        "f_usable": fates[F].is_usable,
        "a_stocked": facts.of_drug[A].in_stock is True,
        "severe": facts.severe,
        "e_coli": facts.is_e_coli,
        "pbp3_insertion": facts.pbp3_known is True,
    }


# -- the same answers? ---------------------------------------------------------------------------


def _compare(asked: list[Asked], engine: zen.ZenEngine) -> Iterator[Difference]:
    for one in asked:
        for table, profile in TABLE_OF.items():
            ours = _ours(one.decision.positions[profile])
            theirs = _theirs(engine.evaluate(table, one.context)["result"])
            if ours != theirs:
                reason = _reason(one.decision, profile, ours, theirs)
                yield Difference(one.sample.label, profile, reason, ours, theirs)


def _ours(selection: Selection) -> Choice:
    # "4.9/I7-5" is row 5, "4.2/4a-otherwise" row 4a: our rows are the policy's, made exclusive
    row = selection.rows[0].split("/")[1].removeprefix("I7-").split("-")[0]
    ranked = tuple((r.strategy, str(r.rank)) for r in selection.ranked)
    return Choice(row, ranked, frozenset(r.strategy for r in selection.ranked if r.provisional))


def _theirs(result: dict[str, Any]) -> Choice:
    ranked = [(s, r) for r in ("preferred", "alternative") for s in result[r]]
    return Choice(result["row"], tuple(ranked), frozenset(result["provisional"]))


def _reason(decision: Decision, profile: str, ours: Choice, theirs: Choice) -> str | None:
    """What of the case the two tables do not hold; None where that does not account for it."""
    facts, selection = decision.facts, decision.positions[profile]
    if ours.row != theirs.row:
        return None
    aside = {t.because for t in selection.turned}
    if "type-first" in aside or any(r.strategy not in {A, P, F} for r in selection.ranked):
        return "older agents (policy 4.3, 4.4)"
    if facts.pregnant_eu:
        return "order in pregnancy, EU (policy 4.8)"
    if facts.pair_divergence:
        return "pair behind aztreonam-avibactam at CrCl 30 or less or on haemodialysis (policy 5)"
    if not facts.mbl_confirmed and ours.ranked == theirs.ranked:
        return "MBL not proven, everything provisional (policy 4.4)"
    return None


# -- how long? -----------------------------------------------------------------------------------


def _timed(
    asked: list[Asked], known: cases.Base, engine: zen.ZenEngine, rounds: int
) -> list[Figure]:
    profiles = [known.knowledge.profiles[name] for name in TABLE_OF.values()]
    rows = [_medians_us(one, known, engine, profiles, rounds) for one in asked]
    theirs, ours, whole = (statistics.median(column) for column in zip(*rows, strict=True))
    return [
        Figure("zen-engine: both choices", theirs, "microseconds", note="median"),
        Figure("rank(): both choices", ours, "microseconds", note="median"),
        Figure("advise(): the whole answer, three profiles", whole, "microseconds", note="median"),
        Figure("rank() / zen-engine", ours / theirs),
        Figure("advise() / zen-engine", whole / theirs),
    ]


def _medians_us(
    one: Asked, known: cases.Base, engine: zen.ZenEngine, profiles: list[Any], rounds: int
) -> tuple[float, float, float]:
    facts, fates = one.decision.facts, one.decision.fates

    def theirs() -> None:
        for table in TABLE_OF:
            engine.evaluate(table, one.context)

    def ours() -> None:
        for profile in profiles:
            rank(facts, fates, profile, known.knowledge)

    def whole() -> None:
        advise(one.sample.case, known.knowledge, on=cases.ON)

    turns = [
        (_spent_us(theirs, _IN_A_ROW), _spent_us(ours, _IN_A_ROW), _spent_us(whole, 1))
        for _ in range(rounds)
    ]
    first, second, third = (statistics.median(column) for column in zip(*turns, strict=True))
    return first, second, third


def _spent_us(call: Callable[[], None], times: int) -> float:
    """Processor time of a call, the engine's own threads included."""
    began = time.process_time_ns()
    for _ in range(times):
        call()
    return (time.process_time_ns() - began) / times / 1000


if __name__ == "__main__":
    main()
