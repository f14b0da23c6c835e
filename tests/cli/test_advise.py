"""`advise`: one case, one answer."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import tomli

from ndm_advisor.cli.base import names_of
from ndm_advisor.knowledge.load import find_base, load_knowledge
from ndm_advisor.model.case import canonical_json
from ndm_advisor.read.case_file import read_case
from ndm_advisor.render.as_json import json_schema
from tests.cli.conftest import BAD, CASES, ON, Run, Start

HOSTILE = r"[/red] [bold]x[/] \u001b[31m \u202e {0} %s \u0000"


def answer(run: Run, *arguments: str | Path, stdin: str | None = None) -> dict[str, object]:
    result = run("advise", *arguments, "--on", ON, "--format", "json", stdin=stdin)
    assert result.exit_code == 0, result.stderr
    made: dict[str, object] = json.loads(result.stdout)
    return made


@pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda p: p.stem)
def test_every_example_answers_in_the_published_schema(run: Run, path: Path) -> None:
    made = answer(run, path)
    jsonschema.Draft202012Validator(json_schema()).validate(made)
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    assert made["outcome"] == expected["outcome"]


@pytest.mark.safety("SAF-406")
@pytest.mark.parametrize("path", sorted(BAD.glob("*.toml")), ids=lambda p: p.stem)
def test_a_refused_case_ends_with_4_and_prints_no_answer(run: Run, path: Path) -> None:
    result = run("advise", path, "--on", ON, "--format", "json")
    assert result.exit_code == 4
    assert result.stdout == ""
    assert "error[E" in result.stderr
    assert "not assessed" in result.stderr


def test_an_abstention_is_an_answer(run: Run) -> None:
    result = run("advise", CASES / "cns-meningitis.toml", "--on", ON)
    assert result.exit_code == 0
    assert "NO REGIMEN" in result.stdout


def test_the_process_prints_the_answer_and_nothing_else(start: Start, case: Path) -> None:
    done = start("advise", case, "--on", ON)
    assert done.returncode == 0
    assert done.stderr == b""
    assert b"BOTTOM LINE" in done.stdout
    assert b"\x1b" not in done.stdout


@pytest.mark.safety("SAF-504")
def test_the_same_call_gives_the_same_bytes(start: Start, case: Path) -> None:
    calls = [start("advise", case, "--on", ON, "--format", "json").stdout for _ in range(2)]
    assert calls[0] == calls[1]


class TestInput:
    def test_standard_input(self, run: Run, case: Path) -> None:
        made = answer(run, "-", stdin=case.read_text(encoding="utf-8"))
        assert made["case"]["path"] is None  # type: ignore[index]

    def test_json_is_read_as_json_and_has_the_same_hash(
        self, run: Run, case: Path, tmp_path: Path
    ) -> None:
        text = json.dumps(tomli.loads(case.read_text(encoding="utf-8")), default=str)
        (tmp_path / "case.json").write_text(text, encoding="utf-8")
        from_toml = answer(run, case)
        from_file = answer(run, tmp_path / "case.json")
        from_stdin = answer(run, "-", stdin=text)
        hashes = {a["case"]["sha256"] for a in (from_toml, from_file, from_stdin)}  # type: ignore[index]
        assert len(hashes) == 1
        assert from_file["case"]["path"] == str(tmp_path / "case.json")  # type: ignore[index]

    def test_the_path_stands_as_given(
        self, run: Run, case: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(case.parent)
        assert answer(run, case.name)["case"]["path"] == case.name  # type: ignore[index]

    def test_without_a_case_help_and_2(self, run: Run) -> None:
        result = run("advise", "--on", ON)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert "Examples:" in result.stderr
        assert "give a case file, or -" in result.stderr

    @pytest.mark.safety("SAF-406")
    @pytest.mark.parametrize("name", ["missing.toml", ".", "nul\0byte"])
    def test_an_unreadable_path_ends_with_2(self, run: Run, name: str) -> None:
        result = run("advise", name, "--on", ON)
        assert result.exit_code == 2
        assert result.stdout == ""

    def test_not_utf_8_ends_with_4(self, run: Run) -> None:
        assert run("advise", "-", "--on", ON, stdin=b'format = "\xff"').exit_code == 4

    def test_warnings_come_before_the_answer(self, start: Start, case: Path) -> None:
        done = start("advise", case, "--on", ON, "--set", "patient.medicines=['unheard-of-drug']")
        assert done.returncode == 0
        warned = start("advise", case, "--on", ON, "--set", "isolate.other_carbapenemases=['XYZ']")
        assert warned.returncode == 0
        assert b"warning[W403]" in warned.stderr
        assert b"BOTTOM LINE" in warned.stdout


class TestSet:
    def test_it_changes_the_case(self, run: Run, case: Path) -> None:
        before, after = answer(run, case), answer(run, case, "--set", "patient.crcl_ml_min=25")
        assert before["case"]["sha256"] != after["case"]["sha256"]  # type: ignore[index]
        assert after["kidney"]["crcl_ml_min"] == 25  # type: ignore[index]

    def test_it_may_be_repeated(self, run: Run, case: Path) -> None:
        made = answer(run, case, "--set", "infection.site=colonisation", "--set", "id=changed")
        assert made["outcome"] == "not_treatment"
        assert made["case"]["id"] == "changed"  # type: ignore[index]

    def test_what_is_no_setting_ends_with_2(self, run: Run, case: Path) -> None:
        result = run("advise", case, "--on", ON, "--set", "infection.site")
        assert result.exit_code == 2
        assert "--> --set" in result.stderr

    def test_what_makes_the_case_invalid_ends_with_4(self, run: Run, case: Path) -> None:
        assert run("advise", case, "--on", ON, "--set", "infection.site=moon").exit_code == 4


class TestOutputFile:
    @pytest.mark.safety("SAF-604")
    def test_it_holds_the_answer_for_its_owner_only(
        self, run: Run, case: Path, tmp_path: Path
    ) -> None:
        target = tmp_path / "answer.json"
        result = run("advise", case, "--on", ON, "--format", "json", "-o", target)
        assert result.exit_code == 0
        assert result.stdout == ""
        assert json.loads(target.read_bytes())["schema_version"] == "1"
        assert target.stat().st_mode & 0o777 == 0o600
        assert [p.name for p in tmp_path.iterdir() if "part" in p.name] == []

    def test_text_goes_there_plain(self, run: Run, case: Path, tmp_path: Path) -> None:
        target = tmp_path / "answer.txt"
        assert run("advise", case, "--on", ON, "--format", "text", "-o", target).exit_code == 0
        assert "\x1b" not in target.read_text(encoding="utf-8")
        assert "BOTTOM LINE" in target.read_text(encoding="utf-8")

    def test_a_directory_is_refused(self, run: Run, case: Path, tmp_path: Path) -> None:
        assert run("advise", case, "--on", ON, "-o", tmp_path).exit_code == 2
        assert run("advise", case, "--on", ON, "-o", tmp_path / "no" / "file").exit_code == 2

    @pytest.mark.safety("SAF-803")
    def test_the_case_file_is_never_overwritten(self, run: Run, case: Path, tmp_path: Path) -> None:
        copy = tmp_path / "case.toml"
        shutil.copy(case, copy)
        assert run("advise", copy, "--on", ON, "-o", copy).exit_code == 2
        assert copy.read_bytes() == case.read_bytes()

    @pytest.mark.safety("SAF-803")
    def test_a_refused_case_leaves_the_old_file(self, run: Run, tmp_path: Path) -> None:
        target = tmp_path / "answer.json"
        target.write_text("old", encoding="utf-8")
        bad = BAD / "unknown-key.toml"
        assert run("advise", bad, "--on", ON, "-o", target).exit_code == 4
        assert target.read_text(encoding="utf-8") == "old"

    @pytest.mark.safety("SAF-803")
    def test_a_failed_write_leaves_nothing_behind(
        self, run: Run, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target = tmp_path / "answer.txt"
        target.write_text("old", encoding="utf-8")

        def no_space(_handle: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", no_space)
        result = run("advise", case, "--on", ON, "-o", target)
        assert result.exit_code == 2
        assert "No space left" in result.stderr
        assert [p.name for p in tmp_path.iterdir()] == ["answer.txt"]
        assert target.read_text(encoding="utf-8") == "old"


@pytest.mark.safety("SAF-701")
class TestHostileText:
    def test_it_reaches_the_screen_as_text(self, run: Run, case: Path) -> None:
        settings = ("--set", f'id="{HOSTILE}"', "--set", f'note="{HOSTILE}"')
        for form in ("plain", "text"):
            result = run("advise", case, "--on", ON, "--format", form, *settings)
            if result.exit_code == 4:  # the reader refuses such an id: nothing is printed
                assert result.stdout == ""
                continue
            assert "\x1b" not in result.stdout
            assert "\u202e" not in result.stdout
            assert "[/red]" in result.stdout

    def test_markup_survives(self, run: Run, case: Path) -> None:
        result = run("advise", case, "--on", ON, "--full", "--set", 'note="bed [s]4[/x] {0}"')
        assert "bed [s]4[/x] {0}" in result.stdout


class TestKnowledge:
    @pytest.mark.safety("SAF-503")
    def test_no_base_ends_with_5(self, run: Run, case: Path, tmp_path: Path) -> None:
        result = run("advise", case, "--on", ON, "--data", tmp_path)
        assert result.exit_code == 5
        assert result.stdout == ""
        assert "knowledge base" in result.stderr

    @pytest.mark.safety("SAF-503")
    def test_a_damaged_base_ends_with_5(self, run: Run, case: Path, tmp_path: Path) -> None:
        base = tmp_path / "data"
        shutil.copytree(find_base(), base)
        alerts = base / "alerts.toml"
        alerts.write_text(alerts.read_text(encoding="utf-8") + "\n[[alert]]\n", encoding="utf-8")
        result = run("advise", case, "--on", ON, "--data", base)
        assert result.exit_code == 5
        assert "alerts.toml" in result.stderr

    @pytest.mark.safety("SAF-501")
    def test_overdue_is_refused_only_under_strict(self, run: Run, case: Path) -> None:
        late = ("advise", case, "--on", "2030-01-01")
        assert "OVERDUE" in run(*late).stdout.upper()
        result = run(*late, "--strict")
        assert result.exit_code == 5
        assert result.stdout == ""
        assert run("advise", case, "--on", ON, "--strict").exit_code == 0


def test_trace_adds_the_reasons_and_what_applied(run: Run, case: Path) -> None:
    result = run("advise", case, "--on", ON, "--trace")
    assert "guideline simit-2022" in result.stderr
    assert "knowledge " in result.stderr
    assert len(result.stdout) > len(run("advise", case, "--on", ON).stdout)


@pytest.mark.safety("SAF-602")
def test_the_hash_is_of_the_canonical_case(run: Run, case: Path) -> None:

    read, _ = read_case(
        case.read_text(encoding="utf-8"),
        path=None,
        names=names_of(load_knowledge()),
        on=date.fromisoformat(ON),
    )
    digest = hashlib.sha256(canonical_json(read)).hexdigest()
    assert answer(run, case)["case"]["sha256"] == digest  # type: ignore[index]
