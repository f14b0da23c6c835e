"""A batch killed ten times and taken up each time ends as one that was never disturbed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from tests.cli.conftest import BAD, CASES, ON, Start
from tests.cli.test_batch import GOOD, OUT_OF_SCOPE, QUIET, REFUSED, STOP, ndjson

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")

KILLS: Final = 10
LINES: Final = 500
MOST_BETWEEN: Final = 40  # cases from one kill to the next: ten of them do not reach the end
LONGEST_S: Final = 60


@pytest.fixture
def inputs(tmp_path: Path) -> list[Path]:
    """Files good and bad, and lines of every class."""
    kinds = (GOOD, STOP, QUIET, OUT_OF_SCOPE, REFUSED)
    lines = [kinds[n % len(kinds)] | {"id": f"{n}"} for n in range(LINES)]
    return [CASES, BAD, ndjson(tmp_path / "lines.ndjson", *lines[:100], "{", "", *lines[100:])]


def records_in(part: Path) -> int:
    """Whole lines of `FILE.part`: its first, then one a case; none where it is not there."""
    return part.read_bytes().count(b"\n") if part.exists() else 0


class Growth:
    """How many lines a file has more than it had; only what is new is read."""

    def __init__(self, part: Path) -> None:
        self._part = part
        # what stands behind the last line end is half a record, which a resumed run drops
        self._read = part.read_bytes().rfind(b"\n") + 1 if part.exists() else 0
        self._lines = 0

    def lines(self) -> int:
        if self._part.exists():
            with self._part.open("rb") as file:
                file.seek(self._read)
                new = file.read()
            new = new[: new.rfind(b"\n") + 1]
            self._read += len(new)
            self._lines += new.count(b"\n")
        return self._lines


def killed(command: list[str], part: Path, *, after: int) -> bool:
    """Start, kill once `after` lines more stand in the part; false if it came to its end first."""
    growth = Growth(part)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + LONGEST_S
    while process.poll() is None and growth.lines() < after:
        assert time.monotonic() < until, "the run does not go on"
        time.sleep(0.001)
    process.kill()
    return process.wait(timeout=LONGEST_S) == -signal.SIGKILL


@pytest.mark.safety("SAF-804")
@pytest.mark.parametrize(
    ("form", "jobs"),
    [("ndjson", "1"), ("csv", "2"), ("json", "1")],
)
def test_ten_times(start: Start, inputs: list[Path], tmp_path: Path, form: str, jobs: str) -> None:
    target, whole = tmp_path / "out", tmp_path / "whole"
    part = Path(f"{target}.part")
    options = ["batch", *map(str, inputs), "--on", ON, "--format", form, "--jobs", jobs]
    undisturbed = start(*options, "-o", whole)
    assert undisturbed.returncode == 3
    moments = random.Random(f"{form} {jobs}")  # noqa: S311  # the same moments in every run
    command = [sys.executable, "-m", "ndm_advisor", *options, "-o", str(target), "--resume"]
    amid = 0
    for _ in range(KILLS):
        before = records_in(part)
        # 0: at once, while it starts; else when it has gone on by so many cases
        assert killed(command, part, after=moments.randrange(0, MOST_BETWEEN))
        assert not target.exists()
        assert records_in(part) >= before
        amid += before < records_in(part)
    assert amid >= KILLS // 2
    resumed = start(*options, "-o", target, "--resume")
    assert resumed.returncode == undisturbed.returncode
    assert target.read_bytes() == whole.read_bytes()
    assert not list(tmp_path.glob("out.part*"))
    if form == "json":
        totals = json.loads(target.read_bytes())["totals"]
        assert totals["cases"] == LINES + 1 + len([*CASES.glob("*.toml"), *BAD.glob("*.toml")])


@pytest.mark.safety("SAF-804")
def test_killed_as_it_ends(start: Start, inputs: list[Path], tmp_path: Path) -> None:
    """Between the last case and the rename: a whole part, and half of the file to come."""
    target, whole = tmp_path / "out", tmp_path / "whole"
    part = Path(f"{target}.part")
    options = ["batch", *map(str, inputs), "--on", ON, "--format", "csv"]
    start(*options, "-o", whole)
    command = [sys.executable, "-m", "ndm_advisor", *options, "-o", str(target)]
    cases = LINES + 1 + len([*CASES.glob("*.toml"), *BAD.glob("*.toml")])
    if killed(command, part, after=cases + 1):
        assert not target.exists() or target.read_bytes() == whole.read_bytes()
    assert start(*options, "-o", target, "--resume").returncode == 3
    assert target.read_bytes() == whole.read_bytes()
