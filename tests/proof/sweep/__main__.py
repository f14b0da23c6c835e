"""Run the sweep: `python -m tests.proof.sweep [--slice N/M] [--minutes N] [--resume] --on DATE`."""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any, Final

from tests.proof import page, status
from tests.proof.sweep.distinct import distinct
from tests.proof.sweep.groups import REST
from tests.proof.sweep.jobs import WHOLE, Done, Job, knowledge, plan, run
from tests.proof.sweep.pairs import PAIRS, missing

OUTLINES: Final = 10_050_000  # a few vectors of the rest are met twice
WHOLES: Final = 200_000
AIMS: Final = {"outlines": 10_000_000, "whole": 200_000}
_SHOWN: Final = 10


def main() -> int:
    """0: nothing broken; 1: a counterexample; 2: nothing to resume; 3: broken off."""
    given = _arguments()
    folder = given.work / "sweep"
    proved = page.hashes()
    jobs = plan(given.outlines, given.whole, *given.slice)
    told = {"hashes": proved, "jobs": [jobs[0].name, jobs[-1].name, len(jobs)]}
    done = _begin(folder, told, resume=given.resume)
    left = [job for job in jobs if job.name not in done]
    until = time.monotonic() + given.minutes * 60 if given.minutes else float("inf")
    seconds, started = _spent(folder), time.monotonic()
    for found in _worked(left, folder, until, given.processes):
        done[found.name] = found
        _append(folder, found, seconds + time.monotonic() - started)
        _progress(found, len(done), len(jobs))
    if len(done) < len(jobs):
        sys.stderr.write(f"{len(done)} of {len(jobs)} jobs done; go on with --resume\n")
        return 3
    return _report(given, folder, list(done.values()), proved, _spent(folder) / 60)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proof.sweep", description=__doc__)
    parser.add_argument("--slice", type=_slice, default=(1, 1), metavar="N/M")
    parser.add_argument("--minutes", type=float, help="stop after so many minutes")
    parser.add_argument("--resume", action="store_true", help="go on with a run broken off")
    parser.add_argument("--work", type=Path, default=page.WORK, help="folder for what it keeps")
    parser.add_argument("--on", help="the date of the run, for docs/proof.md (whole runs only)")
    parser.add_argument("--outlines", type=int, default=OUTLINES)
    parser.add_argument("--whole", type=int, default=WHOLES)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    return parser.parse_args()


def _slice(text: str) -> tuple[int, int]:
    part, _, parts = text.partition("/")
    if not 1 <= int(part) <= int(parts):
        raise argparse.ArgumentTypeError(text)
    return int(part), int(parts)


# -- state ----------------------------------------------------------------------------------------


def _begin(folder: Path, told: dict[str, Any], *, resume: bool) -> dict[str, Done]:
    """The jobs already done by a run of the same jobs on the same code and data."""
    state = folder / "done.ndjson"
    if resume and state.is_file():
        first, *rest = state.read_text(encoding="utf-8").splitlines()
        if json.loads(first) != told:
            sys.stderr.write(
                "another run broke off here, or the code changed: leave out --resume\n"
            )
            sys.exit(2)
        return {entry["name"]: Done(**entry) for entry in map(json.loads, rest)}
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    state.write_text(json.dumps(told) + "\n", encoding="utf-8")
    return {}


def _spent(folder: Path) -> float:
    """The seconds of this run so far and of those it went on with."""
    state = folder / "seconds"
    return float(state.read_text(encoding="utf-8")) if state.is_file() else 0.0


def _append(folder: Path, found: Done, seconds: float) -> None:
    with (folder / "done.ndjson").open("a", encoding="utf-8") as file:
        file.write(json.dumps(found._asdict()) + "\n")
    (folder / "seconds").write_text(str(seconds), encoding="utf-8")


def _worked(jobs: list[Job], folder: Path, until: float, processes: int) -> Iterator[Done]:
    """The jobs as they finish; none is begun after `until`."""
    running: set[Future[Done]] = set()
    with ProcessPoolExecutor(processes, initializer=_settle) as pool:
        for job in jobs:
            if time.monotonic() >= until:
                break
            running.add(pool.submit(run, job, folder))
            if len(running) > processes:  # one waits, so that no process does
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in finished)
        yield from (future.result() for future in wait(running).done)


def _settle() -> None:
    """The base stays: no search for garbage looks at it again."""
    knowledge()
    gc.collect()
    gc.freeze()


def _progress(found: Done, done: int, jobs: int) -> None:
    broken = f", {found.faults} BROKEN" if found.faults else ""
    sys.stderr.write(f"\r{done}/{jobs} {found.name}{broken}" + ("\n" if broken else " " * 20))


# -- report ---------------------------------------------------------------------------------------


def _report(
    given: argparse.Namespace,
    folder: Path,
    done: list[Done],
    proved: dict[str, str],
    minutes: float,
) -> int:
    outlined = [found for found in done if found.group != WHOLE]
    whole = [found for found in done if found.group == WHOLE]
    broken = sum(found.faults for found in done)
    vectors = distinct(folder, [found.name for found in outlined], "vectors")
    answers = distinct(folder, [found.name for found in outlined], "answers")
    complete = distinct(folder, [f.name for f in outlined if f.group != REST.name], "vectors")
    of_whole = distinct(folder, [found.name for found in whole], "vectors")
    unmet = missing(folder, [found.name for found in outlined])
    outcomes: Counter[str] = sum((Counter(f.outcomes) for f in outlined), Counter())
    figures = [
        ("distinct vectors through `outline`", f"{vectors:,}", _aim(vectors, AIMS["outlines"])),
        ("of these in complete groups", f"{complete:,}", ""),
        ("pairs of values of two facts", f"{len(PAIRS) - len(unmet):,}", _aim_of_all(unmet)),
        ("distinct answers (outlines)", f"{answers:,}", ""),
        ("distinct vectors through `advise`", f"{of_whole:,}", _aim(of_whole, AIMS["whole"])),
        ("counterexamples", f"{broken:,}", "none: " + ("met" if not broken else "not met")),
        *((f"outcome {name}", f"{count:,}", "") for name, count in sorted(outcomes.items())),
    ]
    for what, figure, aim in figures:
        sys.stdout.write(f"{what}: {figure} {aim}\n")
    for text in [example for found in done for example in found.examples][:_SHOWN]:
        sys.stdout.write(f"\n{text}")
    if given.slice == (1, 1) and given.on:
        ran = f"The whole sweep, {minutes:.0f} minutes on {given.processes} processes."
        page.write(page.Section("sweep", ran, given.on, figures), proved)
        status.renew()
    return 1 if broken else 0


def _aim_of_all(unmet: list[str]) -> str:
    said = f"not met: {'; '.join(unmet[:_SHOWN])}" if unmet else "met"
    return f"all {len(PAIRS):,}: {said}"


def _aim(count: int, aim: int) -> str:
    return f"at least {aim:,}: {'met' if count >= aim else 'not met'}"


if __name__ == "__main__":
    sys.exit(main())
