"""Crashes, interrupts and wrong options: every end has its status and leaks nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ndm_advisor.cli.exit_status import MEANINGS, ExitStatus
from tests.cli.conftest import ON, Run, Start

BEDSIDE = "bed 4, left window"  # stands for anything a case may hold

CRASH = f"""
import sys
import ndm_advisor.read.case_file as module
def crash(*a, **k):
    local = {BEDSIDE!r}
    raise RuntimeError({BEDSIDE!r})
module.read_case = crash
sys.argv = ["ndm-advisor", "advise", sys.argv[1], "--on", "2026-11-22"]
from ndm_advisor.cli.app import main
main()
"""


def crashed(case: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CRASH, str(case)],
        capture_output=True,
        text=True,
        env={**os.environ, **env},
        check=False,
    )


@pytest.mark.safety("SAF-605")
class TestCrash:
    def test_it_ends_with_70_in_one_line_without_the_case(self, case: Path) -> None:
        done = crashed(case)
        assert done.returncode == ExitStatus.INTERNAL == 70
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        assert BEDSIDE not in done.stderr
        assert "RuntimeError" in done.stderr
        assert case.name in done.stderr
        assert "Report" in done.stderr

    def test_the_traceback_is_shown_on_request_without_local_variables(self, case: Path) -> None:
        done = crashed(case, NDM_ADVISOR_DEBUG="1")
        assert done.returncode == 70
        assert "Traceback (most recent call last)" in done.stderr
        assert "local =" not in done.stderr

    def test_in_any_command(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def crash() -> None:
            raise ZeroDivisionError(BEDSIDE)

        monkeypatch.setattr("ndm_advisor.render.as_json.json_schema", crash)
        result = run("schema", "answer")
        assert result.exit_code == 70
        assert BEDSIDE not in result.stderr

    def test_outside_a_command(self) -> None:
        code = (
            "import sys; sys.modules['ndm_advisor.cli.program'] = None\n"
            "from ndm_advisor.cli.app import main; main()"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        assert done.returncode == 70
        assert b"Traceback" not in done.stderr


@pytest.mark.safety("SAF-805")
class TestInterrupt:
    @pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
    def test_ctrl_c_ends_with_130(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "ndm_advisor", "advise", "-", "--on", ON],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        time.sleep(1.5)  # by then it waits for standard input
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=60)
        assert process.returncode == 130
        assert out == b""
        assert b"Traceback" not in said

    def test_inside_a_command(self, run: Run, case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_a: object, **_k: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("ndm_advisor.read.case_file.read_case", interrupt)
        assert run("advise", case, "--on", ON).exit_code == 130


@pytest.mark.safety("SAF-805")
@pytest.mark.parametrize(
    "arguments",
    [
        ("--nonsense",),
        ("advice",),
        ("advise", "case.toml", "--nonsense"),
        ("advise", "case.toml", "another.toml"),
        ("advise", "case.toml", "--on"),
        ("validate",),
        ("schema", "patient"),
        ("knowledge", "show"),
        ("knowledge", "list", "things"),
        ("help", "me"),
    ],
)
def test_wrong_options_end_with_2(start: Start, arguments: tuple[str, ...]) -> None:
    done = start(*arguments)
    assert done.returncode == ExitStatus.USAGE == 2
    assert done.stdout == b""
    assert done.stderr


def test_a_mistyped_command_is_guessed(start: Start) -> None:
    assert b"'advise'" in start("advice").stderr


def test_every_status_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ExitStatus)
