"""`advise --format fhir|cds-hooks` and `import fhir` as commands."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from ndm_advisor.cli.screen import FORMAT
from tests.cli.conftest import ON, Run, Start

pytest.importorskip("fhir.resources")

OUT = ("--on", ON, "--format", "fhir")


@pytest.fixture
def without_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where neither fhir.resources nor lxml was ever installed."""
    for name in ("fhir.resources.R4B", "lxml.etree"):
        monkeypatch.setitem(sys.modules, name, None)


def test_from_case_to_fhir_to_case_through_a_pipe(start: Start, case: Path) -> None:
    written = start("advise", case, *OUT)
    assert (written.returncode, written.stderr) == (0, b"")
    back = start("import", "fhir", "-", "--on", ON, stdin=written.stdout)
    assert back.returncode == 0
    hash_of = json.loads(start("advise", case, "--on", ON, "--format", "json").stdout)["case"]
    answered = start("advise", "-", "--on", ON, "--format", "json", stdin=back.stdout)
    assert json.loads(answered.stdout)["case"]["sha256"] == hash_of["sha256"]


def test_into_a_file_of_its_owner(run: Run, case: Path, tmp_path: Path) -> None:
    target = tmp_path / "answer.fhir.json"
    assert run("advise", case, *OUT, "-o", target).stdout == ""
    assert target.read_text(encoding="utf-8") == run("advise", case, *OUT).stdout
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_the_formats_by_the_environment(
    run: Run, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FORMAT, "cds-hooks")
    made = json.loads(run("advise", case, "--on", ON).stdout)
    assert made["cards"][0]["summary"].startswith("Give ")
    assert run("schedule", case, "--on", ON).exit_code == 0  # another command's own format


@pytest.mark.usefixtures("without_extra")
def test_fhir_without_the_extra_writes_nothing_and_names_it(run: Run, case: Path) -> None:
    result = run("advise", case, *OUT)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "pip install 'ndm-advisor[fhir]'" in result.stderr


@pytest.mark.usefixtures("without_extra")
def test_cards_need_no_extra(run: Run, case: Path) -> None:
    assert run("advise", case, "--on", ON, "--format", "cds-hooks").exit_code == 0


@pytest.mark.usefixtures("without_extra")
def test_import_without_the_extra_names_it(run: Run, tmp_path: Path) -> None:
    result = run("import", "fhir", tmp_path / "not-even-opened.json", "--on", ON)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "pip install 'ndm-advisor[fhir]'" in result.stderr


def test_import_into_a_folder(run: Run, case: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "answer.json", tmp_path / "cases"
    run("advise", case, *OUT, "-o", source)
    result = run("import", "fhir", source, "--on", ON, "--to", target)
    assert result.exit_code == 0
    (made,) = target.iterdir()
    assert made.name == "bloodstream-all-tested.toml"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert run("validate", made, "--on", ON).exit_code == 0
    assert "isolates: 1; cases written: 1; without a case: 0" in result.stderr


def test_a_file_that_is_none_is_said_and_ends_with_4(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("\x1b[31m{not json", encoding="utf-8")
    result = run("import", "fhir", wrong, "--on", ON)
    assert (result.exit_code, result.stdout) == (4, "")
    assert "not JSON" in result.stderr
    assert "\x1b" not in result.stderr


def test_hostile_text_of_a_bundle_is_inert_in_the_account(run: Run, tmp_path: Path) -> None:
    said = {"resourceType": "Observation", "status": "final",
            "code": {"text": "\x1b]0;title\x07\u202e[s]name[/s]"}, "valueString": "=cmd()",
            "\x1b[31mkey": 1}  # fmt: skip
    source = tmp_path / "bundle.json"
    source.write_text(json.dumps({"resourceType": "Bundle", "entry": [{"resource": said}]}))
    result = run("import", "fhir", source, "--on", ON, "--verbose")
    assert result.exit_code == 4
    assert "[s]name[/s]" in result.stderr
    assert not {"\x1b", "\x07", "\u202e"} & set(result.stderr)
