"""The real program in two ways: in this process (most tests) and as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ndm_advisor.cli.program import app
from ndm_advisor.knowledge import load
from ndm_advisor.model.knowledge import Knowledge

ROOT = Path(__file__).resolve().parent.parent.parent
CASES = ROOT / "examples" / "cases"
BAD = ROOT / "examples" / "bad"
ON = "2026-11-22"

Run = Callable[..., Result]
Start = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine reaches a test."""
    for name in [n for n in os.environ if n.startswith("NDM_ADVISOR_")]:
        monkeypatch.delenv(name)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR", "GITHUB_ACTIONS", "TERMINAL_WIDTH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-config"))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def run(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process; the installed base is loaded once for all tests."""
    real = load.load_knowledge

    def load_once(directory: Path | None = None) -> Knowledge:
        return knowledge if directory is None else real(directory)

    monkeypatch.setattr(load, "load_knowledge", load_once)

    def invoke(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(app, list(map(str, arguments)), input=stdin)

    return invoke


@pytest.fixture
def start() -> Start:
    """Run a command as a process of its own, as a user does; nothing on standard input."""

    def process(
        *arguments: str | Path, stdin: bytes = b"", **env: str
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "ndm_advisor", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            env={**os.environ, **env},
            timeout=60,
            check=False,
        )

    return process


@pytest.fixture
def case() -> Path:
    return CASES / "bloodstream-all-tested.toml"


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Write the configuration file and make it the user's."""

    def write(text: str) -> Path:
        path = tmp_path / "config" / "ndm-advisor" / "config.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
        return path

    return write
