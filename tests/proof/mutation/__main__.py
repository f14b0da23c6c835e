"""Mutate `data/`: `python -m tests.proof.mutation [--minutes N] [--resume] --on DATE`.

Every mutant is put to the vignettes, the examples and the questions of the typed tables; the score
is the share that any of them tells from the base. Survivors are listed, each with a reason.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.proof import page, status
from tests.proof.mutation.judge import Judge
from tests.proof.mutation.reasons import reason_of

AIM: Final = 0.99
_JOB: Final = 40  # mutants: neighbours stay together, since what kills one kills the next


class Result(NamedTuple):
    """One mutant and what became of it; `killed_by` is "" for a survivor."""

    number: int
    kind: str
    name: str
    killed_by: str
    asked: int


_judges: list[Judge] = []


def _judge() -> Judge:
    """The judge, made once in each process."""
    if not _judges:
        _judges.append(Judge())
        gc.collect()
        gc.freeze()  # thousands of recorded decisions stay out of the search for garbage
    return _judges[0]


def run(numbers: list[int]) -> list[Result]:
    """Judge some mutants, by their place in the fixed order."""
    judge = _judge()
    found = []
    for number in numbers:
        mutant = judge.mutants[number]
        verdict = judge.verdict(mutant)
        found.append(Result(number, mutant.kind, mutant.name, *verdict))
    return found


def main() -> int:
    """0: the aim is met; 1: not; 2: nothing to resume; 3: broken off."""
    given = _arguments()
    folder = given.work / "mutation"
    proved = page.hashes()
    part, parts = given.slice
    numbers = range(part - 1, len(_judge().mutants), parts)
    done = _begin(folder, {"hashes": proved, "slice": given.slice}, resume=given.resume)
    left = [number for number in numbers if number not in done]
    until = time.monotonic() + given.minutes * 60 if given.minutes else float("inf")
    started = time.monotonic()
    for results in _worked(left, until, given.processes):
        done.update({result.number: result for result in results})
        _append(folder, results)
        sys.stderr.write(f"\r{len(done)} of {len(numbers)}")
    sys.stderr.write("\n")
    minutes = (time.monotonic() - started) / 60
    if len(done) < len(numbers):
        sys.stderr.write("broken off; go on with --resume\n")
        return 3
    return _report(given, [done[number] for number in sorted(done)], proved, minutes)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proof.mutation", description=__doc__)
    parser.add_argument("--slice", type=_slice, default=[1, 1], metavar="N/M")
    parser.add_argument("--minutes", type=float, help="stop after so many minutes")
    parser.add_argument("--resume", action="store_true", help="go on with a run broken off")
    parser.add_argument("--work", type=Path, default=page.WORK, help="folder for what it keeps")
    parser.add_argument("--on", help="the date of the run, for docs/proof.md (whole runs only)")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--survivors", action="store_true", help="print each survivor")
    return parser.parse_args()


def _slice(text: str) -> list[int]:
    part, _, parts = text.partition("/")
    if not 1 <= int(part) <= int(parts):
        raise argparse.ArgumentTypeError(text)
    return [int(part), int(parts)]


def _begin(folder: Path, told: dict[str, Any], *, resume: bool) -> dict[int, Result]:
    """The mutants already judged by a run on the same code and data."""
    state = folder / "done.ndjson"
    if resume and state.is_file():
        first, *rest = state.read_text(encoding="utf-8").splitlines()
        if json.loads(first) != told:
            sys.stderr.write(
                "another run broke off here, or the code changed: leave out --resume\n"
            )
            sys.exit(2)
        return {result.number: result for line in rest for result in [Result(*json.loads(line))]}
    folder.mkdir(parents=True, exist_ok=True)
    state.write_text(json.dumps(told) + "\n", encoding="utf-8")
    return {}


def _append(folder: Path, results: list[Result]) -> None:
    with (folder / "done.ndjson").open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(result) + "\n" for result in results)


def _worked(numbers: list[int], until: float, processes: int) -> Iterator[list[Result]]:
    jobs = (numbers[i : i + _JOB] for i in range(0, len(numbers), _JOB))
    # Forked workers share the judge that is already made here.
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        while time.monotonic() < until:
            some = [job for _, job in zip(range(processes * 2), jobs, strict=False)]
            if not some:
                return
            yield from pool.imap_unordered(run, some)


def _report(
    given: argparse.Namespace, results: list[Result], proved: dict[str, str], minutes: float
) -> int:
    survivors = [result for result in results if not result.killed_by]
    killed, total = len(results) - len(survivors), len(results)
    met = "met" if killed >= AIM * total else "not met"
    of_kind = Counter(result.kind for result in results)
    alive = Counter(result.kind for result in survivors)
    figures = [
        ("mutants", f"{total:,}", ""),
        ("killed", f"{killed:,} ({killed / total:.1%})", f"at least {AIM:.0%}: {met}"),
        ("survivors that no case reads", f"{sum(r.asked <= 0 for r in survivors):,}", ""),
        *(
            (f"{kind}: killed of all", f"{count - alive[kind]:,} of {count:,}", "")
            for kind, count in sorted(of_kind.items())
        ),
    ]
    for what, figure, aim in figures:
        sys.stdout.write(f"{what}: {figure} {aim}\n")
    if given.survivors:
        sys.stdout.writelines(f"- {r.kind}: {r.name} [{reason_of(r)}]\n" for r in survivors)
    if given.slice == [1, 1] and given.on:
        ran = f"Every mutant, {minutes:.0f} minutes on {given.processes} processes."
        after = "The survivors, each with its reason: [proof-survivors.md](proof-survivors.md)."
        page.write(page.Section("mutation", ran, given.on, figures, after), proved)
        _list_survivors(survivors)
        status.renew()
    return 0 if met == "met" else 1


def _list_survivors(survivors: list[Result]) -> None:
    """Its part of docs/proof-survivors.md: by reason, then in the order of the files."""
    groups: dict[str, list[Result]] = {}
    for result in survivors:
        groups.setdefault(reason_of(result), []).append(result)
    lines = []
    for reason, listed in sorted(groups.items(), key=lambda pair: -len(pair[1])):
        lines += [f"### {reason} ({len(listed):,})", ""]
        lines += [*(f"- {result.kind}: {result.name}" for result in listed), ""]
    page.put("mutation", "\n".join(lines).strip() or "None.", page.SURVIVORS)


if __name__ == "__main__":
    sys.exit(main())
