"""Mutate `decision/`: `python -m tests.proof.code [--minutes N] [--resume] --on DATE`.

mutmut makes the mutants and runs `judged.py` on each; the score is the share that a vignette, an
example or another test of behaviour tells from the code as it is. Survivors are listed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests.proof import page, status
from tests.proof.code import tree as trees
from tests.proof.code.reasons import reason_of
from tests.proof.code.tree import UNDECIDED, Mutant

AIM: Final = 0.95
KILLED: Final = frozenset({"killed", "timeout"})
_TESTS: Final = "tests"  # hashed too: a run goes on only under the same judge
GROWN: Final = "grown"  # survivors were put again to the same tests and new ones
MIXED: Final = "mixed"  # the tests changed between: no figure of one run


def main() -> int:
    """0: the aim is met; 1: not; 2: nothing to resume; 3: broken off."""
    given = _arguments()
    # A program that a shell starts in the background inherits that Ctrl-C is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = given.work / "code"
    tree = folder / "tree"
    proved = page.hashes()
    _begin(folder, proved, given)
    started = time.monotonic()
    seconds = given.minutes * 60 if given.minutes else None
    try:
        trees.run(tree, given.processes, seconds, given.only)
        if not given.only:
            _confirm_timeouts(tree, given.processes)
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        return 3
    spent = _spent(folder, time.monotonic() - started)
    results = trees.results(tree)
    left = sum(mutant.status in UNDECIDED for mutant in results)
    if left and not given.only:
        sys.stderr.write(f"{left} of {len(results)} mutants left; go on with --resume\n")
    if given.survivors:
        _print_survivors(tree, results)
    met = _report(given, tree, results, proved, spent)
    if left:
        return 3
    return 0 if met else 1


def _confirm_timeouts(tree: Path, processes: int) -> None:
    """A machine that stood still for a while runs out every limit: a limit is to be hit twice."""
    timed_out = [mutant for mutant in trees.results(tree) if mutant.status == "timeout"]
    if timed_out and not any(m.status in UNDECIDED for m in trees.results(tree)):
        trees.forget(tree, frozenset({"timeout"}))
        trees.run(tree, processes, None)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proof.code", description=__doc__)
    parser.add_argument("--minutes", type=float, help="stop after so many minutes")
    parser.add_argument("--resume", action="store_true", help="go on with a run broken off")
    parser.add_argument(
        "--again",
        action="store_true",
        help="after tests were added, put what survived to them; an old test that changed since"
        " makes it a look and no run",
    )
    parser.add_argument("--work", type=Path, default=page.WORK, help="folder for what it keeps")
    parser.add_argument("--on", help="the date of the run, for docs/proof.md (whole runs only)")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--survivors", action="store_true", help="print each survivor")
    parser.add_argument("only", nargs="*", help="mutants by name, with *; writes no page")
    return parser.parse_args()


def _begin(folder: Path, proved: dict[str, str], given: argparse.Namespace) -> None:
    """A new copy, or the one that a run on the same code, data and tests left."""
    state = folder / "run.json"
    told: dict[str, Any] = {"hashes": proved, "tests": page.hash_of(page.ROOT, _TESTS)}
    held: dict[str, Any] = json.loads(state.read_text("utf-8")) if state.is_file() else {}
    if given.again and held.get("hashes") == proved:
        # What was killed stays killed under more tests, not under other ones.
        has_grown = held.get("judges", GROWN) == GROWN and trees.has_only_grown(folder / "tree")
        trees.renew(folder / "tree", ["tests"])
        trees.forget(folder / "tree", frozenset({"survived", "no tests", "suspicious"}))
        told |= {"judges": GROWN if has_grown else MIXED, "seconds": held["seconds"]}
    elif given.resume and held.get("hashes") == proved and held.get("tests") == told["tests"]:
        return
    elif given.resume or given.again:
        sys.stderr.write("no run of this code, data and tests broke off here: leave it out\n")
        sys.exit(2)
    else:
        trees.make(folder / "tree")
    state.write_text(json.dumps({"seconds": 0.0, **told}), encoding="utf-8")


def _spent(folder: Path, seconds: float) -> float:
    """The minutes of this run and of those it went on with."""
    state = folder / "run.json"
    held = json.loads(state.read_text(encoding="utf-8"))
    held["seconds"] += seconds
    state.write_text(json.dumps(held), encoding="utf-8")
    return float(held["seconds"]) / 60


def _judges(folder: Path) -> str:
    """Whether the tests are those the run began with (""), more, or others."""
    held: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return str(held.get("judges", ""))


def _report(
    given: argparse.Namespace,
    tree: Path,
    results: list[Mutant],
    proved: dict[str, str],
    minutes: float,
) -> bool:
    judged = [mutant for mutant in results if mutant.status not in UNDECIDED]
    survivors = [mutant for mutant in judged if mutant.status not in KILLED]
    of_status = Counter(mutant.status for mutant in judged)
    killed, total = len(judged) - len(survivors), len(judged)
    met = killed >= AIM * total
    figures = [
        ("mutants", f"{total:,}", ""),
        (
            "killed",
            f"{killed:,} ({killed / total:.1%})" if total else "0",
            f"at least {AIM:.0%}: {'met' if met else 'not met'}",
        ),
        ("of these by mutmut's limit of time", f"{of_status['timeout']:,}", ""),
        ("survivors", f"{len(survivors):,}", ""),
        ("of these reached by no test", f"{of_status['no tests']:,}", ""),
        *_by_module(judged, survivors),
    ]
    for what, figure, aim in figures:
        sys.stdout.write(f"{what}: {figure} {aim}\n")
    judges = _judges(given.work / "code")
    whole = len(judged) == len(results) and not given.only and judges != MIXED
    if whole and given.on:
        ran = f"Every mutant, {minutes:.0f} minutes on {given.processes} processes."
        if judges == GROWN:
            ran += " What survived was put once more to tests that were added after."
        after = "The survivors: [proof-survivors.md](proof-survivors.md)."
        page.write(page.Section("code", ran, given.on, figures, after), proved)
        _list_survivors(tree, survivors)
        status.renew()
    return met


def _by_module(judged: list[Mutant], survivors: list[Mutant]) -> list[tuple[str, str, str]]:
    of, alive = (Counter(mutant.module for mutant in some) for some in (judged, survivors))
    return [
        (f"`{module}`: killed of all", f"{count - alive[module]:,} of {count:,}", "")
        for module, count in sorted(of.items())
    ]


def _print_survivors(tree: Path, results: Sequence[Mutant]) -> None:
    alive = [m for m in results if m.status not in KILLED | UNDECIDED]
    for mutant, change in trees.changes(tree, alive):
        sys.stdout.write(f"{mutant.short} [{mutant.status}]: {change}\n")


def _list_survivors(tree: Path, survivors: list[Mutant]) -> None:
    """Its part of docs/proof-survivors.md: by reason, then in the order of the files."""
    groups: dict[str, list[str]] = {}
    for mutant, change in trees.changes(tree, survivors):
        quoted = change.replace("`", "'")
        groups.setdefault(reason_of(mutant.short, change), []).append(
            f"- {mutant.short}: `{quoted}`"
        )
    lines = []
    for reason, listed in sorted(groups.items(), key=lambda pair: -len(pair[1])):
        lines += [f"### {reason} ({len(listed):,})", "", *listed, ""]
    page.put("code", "\n".join(lines).strip() or "None.", page.SURVIVORS)


if __name__ == "__main__":
    sys.exit(main())
