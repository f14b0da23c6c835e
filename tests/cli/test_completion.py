"""Completion scripts and the manual page: all that the program has, nothing that it has not."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from ndm_advisor.cli.command_tree import Node, tree_of
from ndm_advisor.cli.completion_scripts import SHELLS
from ndm_advisor.cli.program import app
from tests.cli.conftest import Run

BASH = shutil.which("bash")


@pytest.fixture(scope="module")
def tree() -> Node:
    return tree_of(typer.Context(get_command(app), info_name="ndm-advisor"))


@pytest.fixture
def complete(run: Run, tmp_path: Path):
    """What bash proposes after these words; the last one is being written."""
    script = tmp_path / "completion.bash"
    script.write_text(run("completion", "bash").stdout, encoding="utf-8")

    def ask(*words: str) -> list[str]:
        asked = " ".join(f"'{word}'" for word in ("ndm-advisor", *words))
        code = (
            f"source '{script}'; COMP_WORDS=({asked}); COMP_CWORD={len(words)}; "
            "_ndm_advisor; printf '%s\\n' \"${COMPREPLY[@]}\""
        )
        done = subprocess.run([str(BASH), "-c", code], capture_output=True, text=True, check=True)
        assert done.stderr == ""
        return done.stdout.split()

    return ask


def names(node: Node) -> set[str]:
    return {name for option in node.options for name in option.names}


def test_the_tree_holds_every_command(tree: Node) -> None:
    paths = {" ".join(node.path) for node in tree.walk()}
    assert {"ndm-advisor advise", "ndm-advisor knowledge check", "ndm-advisor man"} <= paths
    advise = next(node for node in tree.walk() if node.path[-1] == "advise")
    assert {"--why", "--set", "-o", "--output", "--no-tall-man", "--help"} <= names(advise)


class TestCompletion:
    @pytest.mark.parametrize("shell", SHELLS)
    def test_every_command_and_option_is_in_the_script(
        self, run: Run, tree: Node, shell: str
    ) -> None:
        result = run("completion", shell)
        assert result.exit_code == 0
        for node in tree.walk():
            assert node.path[-1] in result.stdout
            for name in names(node):
                shown = name.lstrip("-") if shell == "fish" else name
                assert shown in result.stdout, name

    def test_an_unknown_shell_ends_with_2(self, run: Run) -> None:
        result = run("completion", "csh")
        assert result.exit_code == 2
        assert "bash, zsh, fish" in result.stderr

    @pytest.mark.skipif(BASH is None, reason="needs bash")
    def test_bash_proposes(self, complete) -> None:
        assert {"advise", "explain", "selftest"} <= set(complete(""))
        assert complete("advi") == ["advise"]
        assert complete("knowledge", "li") == ["list"]
        assert complete("knowledge", "list", "aler") == ["alerts"]
        assert set(complete("advise", "--f")) == {"--full", "--format"}
        assert "idsa-2026" in complete("advise", "--guideline", "")
        assert set(complete("advise", "x.toml", "--region", "")) == {"EU", "US"}
        assert complete("explain", "aztreonam-al") == ["aztreonam-alone"]
        assert complete("advise", "") == []  # then the shell names files

    @pytest.mark.skipif(BASH is None, reason="needs bash")
    @pytest.mark.parametrize("shell", ["bash", "zsh"])
    def test_the_script_parses(self, run: Run, tmp_path: Path, shell: str) -> None:
        script = tmp_path / "script"
        script.write_text(run("completion", shell).stdout, encoding="utf-8")
        assert subprocess.run([str(BASH), "-n", str(script)], check=False).returncode == 0


class TestManual:
    def test_it_names_every_command_and_option(self, run: Run, tree: Node) -> None:
        page = run("man").stdout.replace("\\-", "-")
        for node in tree.walk():
            assert " ".join(node.path) in page
            for option in node.options:
                for name in option.names:
                    assert f"\\fB{name}\\fR" in page, (node.path, name)
        for heading in ("NAME", "SYNOPSIS", "COMMANDS", "EXIT STATUS", "ENVIRONMENT"):
            assert f".SH {heading}" in page

    def test_no_line_of_text_is_taken_for_a_request(self, run: Run) -> None:
        known = (".TH ", ".SH ", ".SS ", ".PP", ".TP", ".B ", ".I ", ".nf", ".fi")
        for line in run("man").stdout.splitlines():
            assert not line.startswith("'")
            assert not line.startswith(".") or line.startswith(known), line

    @pytest.mark.skipif(shutil.which("man") is None, reason="needs man")
    def test_man_shows_it_without_a_warning(self, run: Run, tmp_path: Path) -> None:
        page = tmp_path / "ndm-advisor.1"
        page.write_text(run("man").stdout, encoding="utf-8")
        done = subprocess.run(
            ["man", "--warnings", "-l", str(page)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0
        assert done.stderr == ""
        assert "--guideline PROFILE" in done.stdout
        assert "NDM_ADVISOR_GUIDELINE" in done.stdout


class TestHelp:
    def test_topics_and_their_other_names(self, run: Run) -> None:
        assert run("help", "exit-codes").stdout == run("help", "exit-statuses").stdout
        assert run("help", "settings").stdout == run("help", "environment").stdout
        assert "NDM_ADVISOR_ON" in run("help", "environment").stdout
        assert " 70  internal error" in run("help", "exit-codes").stdout

    def test_of_a_command(self, run: Run) -> None:
        shown = run("help", "advise").stdout
        assert shown.startswith("Usage: ")
        assert "--why" in shown
        assert run("help", "knowledge").exit_code == 0


class TestLists:
    def test_every_claim_with_its_verdict(self, run: Run) -> None:
        shown = run("explain", "claims").stdout
        assert shown.count(": Verdict: ") == 43
        assert "1h: Verdict: NOT FOUND: not traced" in shown
        assert "1h: Used as support: no" in shown
        assert "98 %" not in shown

    @pytest.mark.parametrize("kind", ["alerts", "drugs", "regimens", "hazards", "sources", "rows"])
    def test_a_kind(self, run: Run, kind: str) -> None:
        listed = set(run("knowledge", "list", kind).stdout.split())
        shown = run("explain", kind)
        assert shown.exit_code == 0
        assert {line.split(": ")[0] for line in shown.stdout.splitlines()[1:]} == listed


def test_full_shows_the_evidence_and_default_does_not(run: Run, case: Path) -> None:
    full = run("advise", case, "--on", "2026-11-22", "--full").stdout
    assert "Evidence: 1b CONFIRMED, QUALIFIED" in full
    assert "n = 102" in full
    why = run("advise", case, "--on", "2026-11-22", "--why").stdout
    assert "Evidence: " not in why
    assert "Pair test: Best first: " in why
