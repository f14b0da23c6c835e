"""`advise --format sbar` and `-o`: the text and nothing else."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import CASES, ON, Run, Start

FORMAT = ("--on", ON, "--format", "sbar")


def test_the_process_prints_the_text_and_nothing_else(start: Start, case: Path) -> None:
    done = start("advise", case, *FORMAT)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"SITUATION\n")
    assert done.stdout.endswith(b"Verify against local policy.\n")


@pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda p: p.stem)
def test_every_example_without_its_label_or_path(run: Run, path: Path) -> None:
    result = run("advise", path, *FORMAT)
    assert result.exit_code == 0
    label = json.loads(run("advise", path, "--on", ON, "--format", "json").stdout)["case"]["id"]
    for named in (label, path.name, str(path.parent)):
        assert named not in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.safety("SAF-604")
def test_into_a_file_of_its_owner(run: Run, case: Path, tmp_path: Path) -> None:
    target = tmp_path / "handover.txt"
    assert run("advise", case, *FORMAT, "-o", target).stdout == ""
    assert target.read_text(encoding="utf-8") == run("advise", case, *FORMAT).stdout
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_from_the_environment(start: Start, case: Path) -> None:
    done = start("advise", case, "--on", ON, NDM_ADVISOR_FORMAT="sbar")
    assert done.stdout.startswith(b"SITUATION\n")


def test_the_width_is_its_own(start: Start, case: Path) -> None:
    usual = start("advise", case, *FORMAT).stdout
    assert start("advise", case, *FORMAT, COLUMNS="40").stdout == usual
    assert start("advise", case, *FORMAT, "--linear", COLUMNS="200").stdout == usual


def test_a_poor_encoding_gets_ascii(start: Start, case: Path) -> None:
    done = start("advise", case, *FORMAT, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert done.stdout.isascii()


def test_other_commands_do_not_write_it(start: Start) -> None:
    look_up = ("dose", "cefiderocol", "--crcl", "45", "--on", ON)
    assert start(*look_up, "--format", "sbar").returncode == 2
    assert start(*look_up, NDM_ADVISOR_FORMAT="sbar").returncode == 0


@pytest.mark.safety("SAF-406")
def test_a_refused_case_prints_none(run: Run) -> None:
    result = run("advise", "-", *FORMAT, stdin="format = 1")
    assert result.exit_code == 4
    assert result.stdout == ""
