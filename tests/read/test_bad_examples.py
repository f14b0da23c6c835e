"""Each refused file in examples/bad prints exactly the diagnostics beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ndm_advisor.read.codes import CODES
from ndm_advisor.read.diagnostics import FileReport, render_report

from .known_names import problems

ROOT = Path(__file__).parents[2]
BAD = sorted((ROOT / "examples" / "bad").glob("*.toml"))


def test_there_are_examples():
    assert len(BAD) >= 15


@pytest.mark.safety("SAF-406")
@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_prints_as_expected(file):
    path = f"examples/bad/{file.name}"
    found = problems(file.read_text(encoding="utf-8"), path=path)
    expected = file.with_suffix(".expected.txt").read_text(encoding="utf-8")
    assert render_report([FileReport(path, tuple(found))]) == expected


def test_every_code_the_reader_uses_is_in_the_table_and_the_other_way_round():
    sources = (ROOT / "ndm_advisor" / "read").glob("*.py")
    used = {
        code
        for source in sources
        if source.name != "codes.py"
        for code in re.findall(r'"([EW]\d{3})"', source.read_text(encoding="utf-8"))
    }
    assert used == set(CODES)
