"""Whatever the README shows runs as it is written."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ndm_advisor import __version__
from ndm_advisor.cli.exit_status import MEANINGS, ExitStatus

from .repository import ROOT, blocks, command_lines, readme, set_up_commands

SHOWN = [line for line in command_lines() if line not in set_up_commands()]
EXAMPLES = re.findall(
    r"^ndm-advisor .*$", (ROOT / "examples" / "README.md").read_text(encoding="utf-8"), re.MULTILINE
)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)\)")


@pytest.fixture
def shell(tmp_path):
    """A folder with the README's case file, the examples, and `ndm-advisor` on the path."""
    (tmp_path / "case.toml").write_text(blocks("toml")[0], encoding="utf-8")
    (tmp_path / "examples").symlink_to(ROOT / "examples", target_is_directory=True)
    command = tmp_path / "bin" / "ndm-advisor"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m ndm_advisor "$@"\n')
    command.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if "NDM_ADVISOR" not in name}
    path = os.pathsep.join([str(command.parent), kept["PATH"]])
    environment = kept | {"PATH": path, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp_path)}

    def run(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", line],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


@pytest.mark.parametrize("line", [*SHOWN, *EXAMPLES])
def test_every_command_shown_runs(shell, line):
    done = shell(line)
    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr
    assert (done.stdout + done.stderr).strip()


def test_only_one_case_file_is_shown_and_it_is_valid_without_a_remark(shell):
    assert len(blocks("toml")) == 1
    done = shell("ndm-advisor validate case.toml --on 2026-11-22")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_case_shown_gets_the_pair_as_its_stock_asks(shell):
    done = shell("ndm-advisor advise case.toml --on 2026-11-22 --format json")
    answer = json.loads(done.stdout)
    assert [regimen["id"] for regimen in answer["regimens"]] == ["ceftazidime-avibactam+aztreonam"]
    assert "aztreonam-avibactam" in {rejected["id"] for rejected in answer["rejected"]}


def test_every_command_of_the_help_is_in_the_table_and_the_other_way_round(shell):
    listed = set(re.findall(r"^[│|\s]*([a-z][a-z-]+)\s{2,}\S", _commands_of_help(shell), re.M))
    table = set(re.findall(r"^\| `([a-z-]+)` \|", _section("Commands"), re.MULTILINE))
    assert listed
    assert table == listed


def test_every_command_of_the_table_is_shown_at_work():
    table = set(re.findall(r"^\| `([a-z-]+)` \|", _section("Commands"), re.MULTILINE))
    assert {line.split()[1] for line in SHOWN} == table


def test_the_exit_statuses_are_those_of_the_program():
    table = dict(re.findall(r"^\| (\d+) \| (.+) \|$", readme(), re.MULTILINE))
    used = MEANINGS if "--fail-on" in readme() else MEANINGS.keys() - {ExitStatus.FAIL_ON}
    assert table == {str(int(status)): MEANINGS[status] for status in used}


def test_two_set_up_commands_give_the_advice_and_pass_the_tests():
    advice, tests = set_up_commands()
    assert advice.split(" && ")[-1].startswith(".venv/bin/ndm-advisor advise examples/cases/")
    assert tests.endswith(" && .venv/bin/python -m pytest")


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md", "examples/README.md"])
def test_every_link_leads_somewhere(page):
    file = ROOT / page
    links = LINK.findall(file.read_text(encoding="utf-8"))
    missing = [link for link in links if not (file.parent / link).exists()]
    assert missing == []


def test_the_glossary_defines_each_word_once_in_alphabetical_order():
    words = re.findall(r"^\| `?([^`|]+?)`? \|", _section("Glossary"), re.MULTILINE)[1:]
    assert words == sorted(set(words), key=str.casefold)
    assert {"abstain", "offer", "exclude", "finding", "regimen", "MIC", "crcl_ml_min"} <= set(words)


def test_the_changelog_has_both_headings_for_every_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert versions
    for version in versions:
        assert re.findall(r"^### (.+)$", version, re.MULTILINE) == ["Advice", "Software"]


def test_the_changelog_begins_with_the_version_of_the_program():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", text, re.MULTILINE)
    assert newest is not None
    assert newest[1] == __version__


def test_the_licence_is_whole():
    text = Path(ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert "ndm_advisor contributors" in text


def _section(heading: str) -> str:
    """The README from a second-level heading to the next one."""
    found = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", readme(), re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def _commands_of_help(shell) -> str:
    text = shell("COLUMNS=200 NO_COLOR=1 ndm-advisor --help").stdout
    return text[text.index("Commands") :]
