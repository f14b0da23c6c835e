"""`-h` of every command: it fits a terminal, nothing in it is cut, and its examples are true.

What users expect, section 7: help leads with examples, names the documentation and the way to
report an error. Section 9: text folds and is never shortened with an ellipsis.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from ndm_advisor.cli.program import app
from tests.cli.conftest import Run


def commands(held: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, held
    for name, inner in getattr(held, "commands", {}).items():
        yield from commands(inner, (*path, name))


ALL = dict(commands(typer.main.get_command(app)))
NAMED = pytest.mark.parametrize("path", ALL, ids=lambda path: " ".join(path) or "ndm-advisor")


@NAMED
@pytest.mark.parametrize("columns", [None, "80", "100"])
def test_fits_80_columns(
    run: Run, monkeypatch: pytest.MonkeyPatch, path: tuple[str, ...], columns: str | None
) -> None:
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    shown = run(*path, "-h").stdout
    assert [line for line in shown.splitlines() if len(line) > 80] == []


@NAMED
def test_nothing_is_cut(run: Run, path: tuple[str, ...]) -> None:
    """Three points stand for more of the same in a usage line and in an example, nowhere else."""
    shown = run(*path, "-h").stdout
    for name, inner in getattr(ALL[path], "commands", {}).items():
        line = next(x for x in shown.splitlines() if re.match(rf"  {name} ", x))
        assert not line.endswith("..."), line
        assert line.rstrip().endswith("."), (line, inner.name)


@NAMED
def test_every_example_names_options_that_exist(path: tuple[str, ...]) -> None:
    lines = re.sub(r"\\\n\s*", " ", ALL[path].help or "").splitlines()
    examples = [line.strip() for line in lines if line.strip().startswith("ndm-advisor ")]
    for example in examples:
        for piece in re.split(r" \| | > | < |  +", example):
            words = shlex.split(piece)
            if words[:1] != ["ndm-advisor"]:
                continue
            held, rest = typer.main.get_command(app), words[1:]
            while rest and rest[0] in getattr(held, "commands", {}):
                held, rest = held.commands[rest[0]], rest[1:]
            known = {name for p in held.params for name in (*p.opts, *p.secondary_opts)}
            used = {word.partition("=")[0] for word in rest if re.match(r"-\w|--\w", word)}
            assert used <= known | {"-h", "--help"}, example
    assert examples or path == (), path


def test_the_program_names_its_documentation_and_where_errors_go(run: Run) -> None:
    shown = " ".join(run("-h").stdout.split())
    assert "README" in shown
    assert re.search(r"[Rr]eport", shown)


def test_common_options_come_before_the_rest(run: Run) -> None:
    for path in ALL:
        shown = run(*path, "-h").stdout
        if "Common options:" in shown and "Other options:" in shown:
            assert shown.index("Common options:") < shown.index("Other options:"), path


def test_help_on_a_command_of_a_group(run: Run) -> None:
    result = run("help", "import", "fhir")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == run("import", "fhir", "-h").stdout


@pytest.mark.parametrize("topic", ["exit-statuses", "environment"])
def test_a_topic_fits_80_columns(run: Run, topic: str) -> None:
    shown = run("help", topic).stdout
    assert [line for line in shown.splitlines() if len(line) > 80] == []
