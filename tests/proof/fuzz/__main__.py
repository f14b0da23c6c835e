"""Fuzz readers, decision and renderers: `python -m tests.proof.fuzz [--inputs N] [--resume]`.

See docs/proof.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.proof import page
from tests.proof.fuzz.tally import Tally

ASKED: Final = 1_000_000
DECIDED_AT_LEAST: Final = 0.30
RENDERED_AT_LEAST: Final = 0.10
LONGEST_S: Final = 1.0
LARGEST_MB: Final = 200.0
FOLDER: Final = page.WORK / "fuzz"
_CODE: Final = ("ndm_advisor", "data", "tests/proof/fuzz")
_KEPT: Final = frozenset({".py", ".toml"})
_EVERY_S: Final = 30
_ROUND: Final = 125_000  # distinct inputs of one process: a fresh one keeps its memory small


def main() -> int:
    """Run, print, write the page after a whole run; 1 where something did not hold."""
    arguments = _arguments()
    if find_spec("atheris") is None:
        sys.stderr.write("fuzzing needs atheris: pip install 'ndm-advisor[proof]'\n")
        return 2
    proved = page.hashes()
    if not _prepared(arguments.folder, resume=arguments.resume):
        return 2
    total = _run(arguments)
    faults = _faults(total)
    for what, figure, aim in _figures(total):
        _say(f"{what}: {figure}{f' ({aim})' if aim else ''}")
    for fault in faults:
        _say(fault)
    if total.inputs >= ASKED and page.hashes() == proved:
        page.write(_section(total, arguments.jobs), proved)
    else:
        _say(f"{page.PAGE.name} stays as it is: it holds whole runs only.")
    return 1 if faults else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proof.fuzz")
    parser.add_argument("--inputs", type=int, default=ASKED, metavar="N", help="distinct inputs")
    parser.add_argument("--minutes", type=float, default=60, metavar="N", help="at most")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    parser.add_argument("--resume", action="store_true", help="go on where a run was broken off")
    parser.add_argument("--folder", type=Path, default=FOLDER, metavar="DIR", help="for its state")
    return parser.parse_args()


def _prepared(folder: Path, *, resume: bool) -> bool:
    """The folder of the run; a run of other code is not gone on with."""
    stamp, now = folder / "code.json", {name: _digest(name) for name in _CODE}
    if resume and stamp.is_file():
        before = json.loads(stamp.read_text(encoding="utf-8"))
        changed = [name for name in _CODE if before.get(name) != now[name]]
        if changed:
            sys.stderr.write(f"--resume: changed since: {', '.join(changed)}\n")
        return not changed
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    stamp.write_text(json.dumps(now), encoding="utf-8")
    return True


def _digest(folder: str) -> str:
    total = hashlib.sha256()
    for path in sorted((page.ROOT / folder).rglob("*")):
        if path.suffix in _KEPT:
            total.update(f"{path}\0".encode() + path.read_bytes())
    return total.hexdigest()


def _total(folder: Path, jobs: int) -> Tally:
    total = Tally()
    for number in range(jobs):
        total = total.joined(Tally.load(folder / f"worker-{number}.json"))
    return total


def _run(arguments: argparse.Namespace) -> Tally:
    """Keep all processes at work until each has its share or the time is over."""
    folder, jobs = arguments.folder, arguments.jobs
    deadline = time.time() + arguments.minutes * 60
    share = -(-arguments.inputs // jobs)
    running: dict[int, subprocess.Popen[bytes]] = {}
    shown = time.monotonic()
    while True:
        for number in range(jobs):
            if number in running and running[number].poll() is None:
                continue
            if number in running and running.pop(number).returncode:
                _lost(folder, number)
            done = Tally.load(folder / f"worker-{number}.json")
            if done.inputs < share and time.time() < deadline:
                until = min(share, done.inputs + _ROUND)
                running[number] = _start(folder, number, until, deadline)
        if not running:
            return _total(folder, jobs)
        time.sleep(0.5)
        if time.monotonic() - shown > _EVERY_S:
            shown = time.monotonic()
            so_far = _total(folder, jobs)
            _say(f"{so_far.inputs:,} inputs, {len(so_far.findings)} findings")


def _start(folder: Path, number: int, until: int, deadline: float) -> subprocess.Popen[bytes]:
    settings = {n: v for n, v in os.environ.items() if not n.startswith("NDM_ADVISOR_")}
    command = [sys.executable, "-m", "tests.proof.fuzz.worker"]
    with (folder / f"worker-{number}.log").open("ab") as log:
        return subprocess.Popen(  # ourselves
            [*command, str(folder), str(number), str(until), str(deadline)],
            cwd=page.ROOT,
            env={**settings, "XDG_CONFIG_HOME": str(folder / "no-config")},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _lost(folder: Path, number: int) -> None:
    """A process that ended by itself was ended by an input: that is a finding."""
    state = folder / f"worker-{number}.json"
    tally = Tally.load(state)
    tally.findings["the process ended"] = f"worker-{number}.log"
    tally.save(state)
    sys.stderr.write(f"process {number} ended by itself: {folder / f'worker-{number}.log'}\n")


def _share(part: int, total: Tally) -> float:
    return part / total.inputs if total.inputs else 0.0


def _met(is_met: bool, aim: str) -> str:  # noqa: FBT001  # reads as a sentence
    return f"{aim}: {'met' if is_met else 'not met'}"


def _figures(total: Tally) -> list[tuple[str, str, str]]:
    decided, rendered = _share(total.decided, total), _share(total.rendered, total)
    readers = ", ".join(f"{name} {count:,}" for name, count in total.readers.items())
    renderers = ", ".join(f"{name} {count:,}" for name, count in total.renderers.items())
    return [
        ("distinct inputs", f"{total.inputs:,}", _met(total.inputs >= ASKED, "at least 1,000,000")),
        ("by reader", readers, ""),
        (
            "reached the decision",
            f"{decided:.1%}",
            _met(decided >= DECIDED_AT_LEAST, "at least 30 %"),
        ),
        (
            "reached a renderer",
            f"{rendered:.1%}",
            _met(rendered >= RENDERED_AT_LEAST, "at least 10 %"),
        ),
        ("by renderer", renderers, ""),
        (
            "slowest input, processor time",
            f"{total.slowest_s:.2f} s",
            _met(total.slowest_s <= LONGEST_S, "at most 1 s"),
        ),
        (
            "most memory of a process, fuzzer included",
            f"{total.peak_mb:.0f} MB",
            _met(total.peak_mb <= LARGEST_MB, "at most 200 MB"),
        ),
        ("kinds of violation", str(len(total.findings)), _met(not total.findings, "none")),
    ]


def _faults(total: Tally) -> list[str]:
    found = [f"found: {kind} ({name})" for kind, name in sorted(total.findings.items())]
    if _share(total.decided, total) < DECIDED_AT_LEAST:
        found.append("too few inputs reached the decision")
    if _share(total.rendered, total) < RENDERED_AT_LEAST:
        found.append("too few inputs reached a renderer")
    return found


def _section(total: Tally, jobs: int) -> page.Section:
    listed = "\n".join(f"- {fault}" for fault in _faults(total))
    ran = (
        f"`python -m tests.proof.fuzz`: {total.seconds / 60:.0f} minutes with {jobs} processes, "
        f"{total.runs:,} runs, repeated inputs counted once. Python "
        f"{sys.version_info.major}.{sys.version_info.minor}, atheris."
    )
    return page.Section("fuzz", ran, time.strftime("%Y-%m-%d"), _figures(total), listed)


if __name__ == "__main__":
    sys.exit(main())
