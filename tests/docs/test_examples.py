"""The example cases: enough of them, all valid, each with its origin."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import tomli

from .repository import ADVISED_ON, CASES, ROOT

CONSTRUCTED = "constructed, no real patient"
SOURCE = re.compile(
    r"^Isolate .*BioSample SAMN\d+"
    r"|^Published case: .*\((?:doi 10\.|PMC\d|PubMed \d|ofad\d|.*\d{4};)"
)


def test_there_are_enough_and_nothing_else_is_a_case():
    assert len(CASES) >= 14
    others = set((ROOT / "examples").rglob("*.toml")) - set(CASES)
    # bad: refused on purpose, tests/read; teaching: lessons, tests/cli; lab: mappings, tests/cli
    assert {file.parent.name for file in others} <= {"bad", "teaching", "mechanisms", "lab"}


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_says_whether_published_or_constructed(file):
    note = tomli.loads(file.read_text(encoding="utf-8"))["note"]
    assert note.startswith(CONSTRUCTED) or SOURCE.search(note)


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_is_named_as_its_file(file):
    assert tomli.loads(file.read_text(encoding="utf-8"))["id"] == file.stem


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_real_panels_mark_every_invented_line(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    if not re.match(r"ar-|tainan-", file.stem):
        return
    patient = lines[lines.index("[infection]") :]
    facts = [line for line in patient if "=" in line]
    assert facts
    assert [line for line in facts if not line.endswith("# constructed")] == []


def test_all_are_valid():
    command = [sys.executable, "-m", "ndm_advisor", "validate", *map(str, CASES)]
    done = subprocess.run(
        [*command, "--on", ADVISED_ON], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "error[" not in done.stderr


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_what_policy_asks_for_stands_beside_it(file):
    assert file.with_suffix(".expected.json").is_file()
