"""Terminals: colour, width, encodings, pipes. A pseudo-terminal stands for the real one."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ON, Run, Start

pty = pytest.importorskip("pty", reason="needs a pseudo-terminal")
fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")


def on_terminal(*arguments: str | Path, columns: int = 80, **env: str) -> tuple[int, str]:
    """Exit status and screen of the program on a terminal of this width."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "ndm_advisor", *map(str, arguments)],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**os.environ, **env},
    )
    os.close(follower)
    seen = bytearray()
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    os.close(leader)
    return process.wait(timeout=60), seen.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colour(case: Path) -> None:
    status, screen = on_terminal("advise", case, "--on", ON)
    assert status == 0
    assert "\x1b[" in screen
    assert "BOTTOM LINE" in screen


@pytest.mark.safety("SAF-701")
@pytest.mark.parametrize(
    ("options", "env"),
    [
        (("--no-color",), {}),
        (("--format", "plain"), {}),
        (("--linear",), {}),
        ((), {"NO_COLOR": "1"}),
        ((), {"TERM": "dumb"}),
        ((), {"NDM_ADVISOR_FORMAT": "plain"}),
    ],
)
def test_plain_has_no_escape_codes(
    case: Path, options: tuple[str, ...], env: dict[str, str]
) -> None:
    status, screen = on_terminal("advise", case, "--on", ON, *options, **env)
    assert status == 0
    assert "\x1b" not in screen
    assert "BOTTOM LINE" in screen


def test_an_empty_no_color_says_nothing(case: Path) -> None:
    assert "\x1b[" in on_terminal("advise", case, "--on", ON, NO_COLOR="")[1]


def test_a_narrow_terminal_is_read_line_by_line(case: Path) -> None:
    _, screen = on_terminal("advise", case, "--on", ON, columns=50)
    assert "\x1b" not in screen
    assert "BOTTOM LINE: " in screen


def test_columns_is_respected(case: Path) -> None:
    _, narrow = on_terminal("advise", case, "--on", ON, COLUMNS="50")
    assert "BOTTOM LINE: " in narrow
    _, screen = on_terminal("advise", case, "--on", ON, "--no-color", COLUMNS="60")
    assert "BOTTOM LINE: " not in screen
    assert sum(len(line) > 60 for line in screen.splitlines()) <= 1  # a dose is never cut


def test_a_terminal_on_standard_input_is_never_waited_for(case: Path) -> None:
    for arguments in (("advise", "--no-input"), ("advise", "-"), ("validate", "-")):
        status, screen = on_terminal(*arguments)
        assert status == 2
        assert "ndm-advisor: " in screen


def test_a_pipe_gets_one_label_and_value_a_line(run: Run, case: Path) -> None:
    lines = run("advise", case, "--on", ON).stdout.splitlines()
    assert all(": " in line for line in lines)


def test_text_asked_for_by_name_has_the_form_of_the_screen(run: Run, case: Path) -> None:
    shown = run("advise", case, "--on", ON, "--format", "text").stdout
    assert "BOTTOM LINE: " not in shown
    assert "\x1b" not in shown


@pytest.mark.safety("SAF-504")
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_no_encoding_raises(start: Start, case: Path, encoding: str) -> None:
    note = 'note="\u03b2 \u2265 \u4f60"'
    for arguments in (("advise", case, "--on", ON, "--full", "--set", note), ("about",)):
        done = start(*arguments, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert done.returncode == 0, done.stderr
        done.stdout.decode(encoding)


def test_a_closed_pipe_is_no_fault(case: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ndm_advisor", "advise", str(case), "--on", ON],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 0
    assert said == b""


def test_tall_man_letters_on_request(run: Run, case: Path) -> None:
    assert "cefTAZidime" in run("advise", case, "--on", ON, "--full", "--tall-man").stdout
    assert "cefTAZidime" not in run("advise", case, "--on", ON, "--full", "--no-tall-man").stdout
