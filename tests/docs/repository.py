"""The repository as a reader meets it: its files, and the blocks of its README."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted((ROOT / "examples" / "cases").glob("*.toml"))
ADVISED_ON = "2026-11-22"
_OURS = ("ndm_advisor", "data", "tests", "examples", "benchmarks", "docs", ".ci")
_MADE = frozenset({"__pycache__", ".ruff_cache", ".mypy_cache"})
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def files() -> list[Path]:
    """Every file that belongs to the project; without git, all but what tools leave behind."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for folder in _OURS for path in (ROOT / folder).rglob("*")]
        found += ROOT.iterdir()
    return sorted(path for path in found if path.is_file() and not _MADE & set(path.parts))


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The README's fenced blocks in one language, in order."""
    return [body for found, body in _BLOCK.findall(readme()) if found == language]


def command_lines() -> list[str]:
    """Every shell line the README shows."""
    return [line for body in blocks("sh") for line in body.splitlines() if line.strip()]


def set_up_commands() -> list[str]:
    """The lines for a fresh machine: `.ci/run` runs them as they stand, these tests do not."""
    return [line for line in command_lines() if line.startswith("python3 -m venv ")]
