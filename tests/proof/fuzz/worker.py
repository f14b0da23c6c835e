"""One fuzzing process: libFuzzer chooses by coverage, our mutator knows what a case is.

`python -m tests.proof.fuzz.worker FOLDER NUMBER UNTIL DEADLINE`: goes on until UNTIL distinct
inputs were put through or the clock passes DEADLINE; counts stand in FOLDER.
"""

from __future__ import annotations

import hashlib
import os
import resource
import sys
import time
from pathlib import Path
from typing import Final

import atheris

with atheris.instrument_imports(include=["ndm_advisor"]):
    from tests.proof.fuzz.large import large_inputs
    from tests.proof.fuzz.mutate import Mutator
    from tests.proof.fuzz.tally import Seen, Tally
    from tests.proof.fuzz.target import Target, Violation

LARGEST_MB: Final = 200
_SEEDS: Final = 400  # inputs to begin with
_SAVE_EVERY: Final = 1000
_LONGEST_INPUT: Final = 1 << 16  # larger ones have tests of their own
_MOST_KINDS: Final = 30


class Worker:
    """Counts what the target reports; keeps the input of each kind of violation."""

    def __init__(self, folder: Path, number: int, until: int, deadline: float) -> None:
        self.folder, self.number, self.until, self.deadline = folder, number, until, deadline
        self.state = folder / f"worker-{number}.json"
        self.tally = Tally.load(self.state)
        self.before_s = self.tally.seconds
        self.started = time.monotonic()
        self.seen = Seen(folder / f"worker-{number}.seen")
        self.target = Target()
        self.mutator = Mutator(number)
        self.corpus_is_read = False
        if self.tally.runs == 0:
            self._large_inputs()

    def _large_inputs(self) -> None:
        """What is too large for the fuzzer to find, shared among the processes at their start."""
        for place, data in enumerate(large_inputs()):
            if place % 2 == self.number % 2:
                self.one(data)

    def corpus(self) -> Path:
        """The folder libFuzzer keeps its inputs in, with some to begin with."""
        made = self.folder / f"corpus-{self.number}"
        if not made.is_dir():
            made.mkdir()
            for seed in range(_SEEDS):
                (made / f"seed-{seed:03d}").write_bytes(self.mutator.fresh())
        return made

    def mutate(self, data: bytes, _most: int, seed: int) -> bytes:
        """What libFuzzer calls for the next input."""
        self.corpus_is_read = True
        return self.mutator.mutated(data, seed=seed * 4 + self.number)[:_LONGEST_INPUT]

    def one(self, data: bytes) -> None:
        """Put one input through and count it.

        One that was put through before is not again, unless libFuzzer reads its corpus, whose
        coverage it has to know.
        """
        tally = self.tally
        tally.runs += 1
        is_new = self.seen.is_new(data)
        if not is_new and self.corpus_is_read:
            return
        try:
            reached = self.target(data)
        except Violation as found:
            self._keep(found, data)
            tally.inputs += is_new
        else:
            if is_new:
                tally.add(reached)
        self._watch_memory(data)
        is_over = tally.inputs >= self.until or time.time() >= self.deadline
        if is_over or tally.runs % _SAVE_EVERY == 0:
            self._save()
        if is_over or len(tally.findings) >= _MOST_KINDS:
            self._save()
            os._exit(0)  # libFuzzer has no other way out that keeps what we know

    def _keep(self, found: Violation, data: bytes) -> None:
        if found.kind in self.tally.findings:
            return
        place = self.folder / "found" / hashlib.sha256(data).hexdigest()[:16]
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)
        place.with_suffix(".txt").write_text(f"{found}\n", encoding="utf-8", errors="replace")
        self.tally.findings[found.kind] = place.name
        self._save()

    def _watch_memory(self, data: bytes) -> None:
        """The peak of the whole process, the fuzzer and its corpus included."""
        unit = 1024 if sys.platform != "darwin" else 1024 * 1024
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
        if peak > LARGEST_MB >= self.tally.peak_mb:
            self._keep(Violation("too much memory", f"{peak:.0f} MB"), data)
        self.tally.peak_mb = max(self.tally.peak_mb, peak)

    def _save(self) -> None:
        self.tally.seconds = self.before_s + time.monotonic() - self.started
        self.tally.save(self.state)


def main() -> None:
    """Fuzz until told to stop."""
    folder, number, until, deadline = sys.argv[1:]
    worker = Worker(Path(folder), int(number), int(until), float(deadline))
    options = [
        "fuzz",
        str(worker.corpus()),
        f"-seed={int(number) + 1}",
        f"-max_len={_LONGEST_INPUT}",
        "-rss_limit_mb=0",  # memory is watched here, with the input that took it
        "-timeout=60",
        "-verbosity=0",
        "-print_final_stats=0",
    ]
    atheris.Setup(options, worker.one, custom_mutator=worker.mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
