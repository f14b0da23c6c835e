"""`--format md` and `html` of `advise` and `batch`: the page and nothing else."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import BAD, CASES, ON, Run, Start
from tests.cli.test_batch import GOOD, OUT_OF_SCOPE, QUIET, REFUSED, STOP, ndjson

STARTS = {"html": "<!doctype html>\n", "md": "ndm-advisor "}
FORMS = sorted(STARTS)


@pytest.mark.parametrize("form", FORMS)
class TestAdvise:
    def test_the_process_prints_the_page_and_nothing_else(
        self, start: Start, case: Path, form: str
    ) -> None:
        done = start("advise", case, "--on", ON, "--format", form)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.startswith(STARTS[form].encode())
        assert done.stdout.endswith(b"</html>\n" if form == "html" else b"advised 2026-11-22\n")

    def test_into_a_file_of_its_owner(
        self, run: Run, case: Path, tmp_path: Path, form: str
    ) -> None:
        target = tmp_path / f"page.{form}"
        options = (case, "--on", ON, "--format", form)
        assert run("advise", *options, "-o", target).stdout == ""
        assert target.read_text(encoding="utf-8") == run("advise", *options).stdout
        assert stat.S_IMODE(target.stat().st_mode) == 0o600

    def test_it_is_the_same_whatever_else_is_asked(self, run: Run, case: Path, form: str) -> None:
        options = ("advise", case, "--on", ON, "--format", form)
        usual = run(*options).stdout
        for more in ("--why", "--full", "--linear", "--no-color"):
            assert run(*options, more).stdout == usual

    def test_from_the_environment(self, start: Start, case: Path, form: str) -> None:
        done = start("advise", case, "--on", ON, NDM_ADVISOR_FORMAT=form)
        assert done.stdout.decode().startswith(STARTS[form])

    def test_in_utf_8_whatever_the_terminal_speaks(
        self, start: Start, case: Path, form: str
    ) -> None:
        options = ("advise", case, "--on", ON, "--format", form)
        poor = start(*options, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
        assert poor.stdout == start(*options).stdout

    def test_look_alike_names_on_request(self, run: Run, case: Path, form: str) -> None:
        options = ("advise", case, "--on", ON, "--format", form)
        assert "cefTAZidime" not in run(*options).stdout
        assert "cefTAZidime" in run(*options, "--tall-man").stdout

    def test_an_acknowledged_alert_stands_with_its_reason(
        self, run: Run, tmp_path: Path, form: str
    ) -> None:
        path = tmp_path / "case.json"
        path.write_text(json.dumps(STOP))
        seen = ("--ack", "carbapenem-alone", "--reason", "consultant aware")
        page = run("advise", path, "--on", ON, "--format", form, *seen).stdout
        assert "consultant aware" in page
        assert "meropenem is the only beta-lactam ordered" in page.replace("\u00a0", " ")

    def test_a_refused_case_prints_none(self, run: Run, form: str) -> None:
        result = run("advise", "-", "--on", ON, "--format", form, stdin="format = 1")
        assert (result.exit_code, result.stdout) == (4, "")

    def test_other_commands_do_not_write_it(self, start: Start, form: str) -> None:
        look_up = ("dose", "cefiderocol", "--crcl", "45", "--on", ON)
        assert start(*look_up, "--format", form).returncode == 2
        assert start(*look_up, NDM_ADVISOR_FORMAT=form).returncode == 0


def kinds(page: str, form: str) -> list[str]:
    if form == "html":
        return re.findall(r'<tr data-class="([a-z_]+)">', page)
    words = re.findall(r"^\| \S (STOP|NOT ASSESSED|CAUTION|NO ALERT) \| .* \|.*\|", page, re.M)
    return [word.lower().replace(" ", "_") for word in words]


@pytest.mark.parametrize("form", FORMS)
class TestBatch:
    @pytest.fixture
    def mixed(self, tmp_path: Path) -> Path:
        cases = (QUIET, GOOD, REFUSED, "{", OUT_OF_SCOPE, STOP)
        return ndjson(tmp_path / "mixed.ndjson", *cases)

    def test_rows_by_urgency_then_as_given_and_totals_that_add_up(
        self, run: Run, mixed: Path, form: str
    ) -> None:
        page = run("batch", mixed, "--on", ON, "--format", form).stdout
        assert kinds(page, form) == ["stop", *["not_assessed"] * 3, "caution", "no_alert"]
        lines = [int(n) for n in re.findall(r"mixed\.ndjson:(\d+)", page)]
        assert lines == [6, 3, 4, 5, 2, 1]
        assert "1 STOP, 3 not assessed, 1 CAUTION, 1 no alert (6 cases)" in page

    def test_every_example_and_every_refused_case_has_its_row(self, run: Run, form: str) -> None:
        result = run("batch", CASES, BAD, "--on", ON, "--format", form)
        assert result.exit_code == 3
        count = len([*CASES.glob("*.toml"), *BAD.glob("*.toml"), *BAD.glob("*.json")])
        found = kinds(result.stdout, form)
        assert len(found) >= count
        assert f"({len(found)} cases)" in result.stdout
        order = ["stop", "not_assessed", "caution", "no_alert"]
        assert found == sorted(found, key=order.index)

    def test_a_row_holds_what_to_do(self, run: Run, mixed: Path, form: str) -> None:
        page = run("batch", mixed, "--on", ON, "--format", form).stdout.replace("\u00a0", " ")
        assert "carbapenem-alone" in page
        assert "E404" in page
        if form == "html":
            assert "Do: Give ceftazidime-avibactam with aztreonam" in page
            assert "ceftazidime-avibactam: dose withheld" in page

    def test_what_changed_has_a_column(
        self, run: Run, tmp_path: Path, mixed: Path, form: str
    ) -> None:
        before = tmp_path / "before.ndjson"
        run("batch", mixed, "--on", ON, "--format", "ndjson", "-o", before)
        ndjson(mixed, QUIET, STOP | {"id": "good"}, OUT_OF_SCOPE | {"id": "later"})
        options = ("batch", mixed, "--on", ON, "--format", form, "--since", before)
        page = run(*options).stdout
        assert kinds(page, form) == ["stop", "not_assessed"]
        assert "since the earlier run: 2 new or changed, 1 unchanged" in page
        changed = {"html": "<td>advice, case</td></tr>", "md": "| advice, case |\n"}[form]
        assert page.count(changed) == 1
        assert page.count("Changed") == 1

    def test_what_would_change_a_case_stands_behind_its_row(
        self, run: Run, tmp_path: Path, form: str
    ) -> None:
        options = ("batch", ndjson(tmp_path / "a.ndjson", GOOD), "--on", ON, "--format", form)
        assert "What if" not in run(*options).stdout
        assert ("What if" in run(*options, "--what-if").stdout) == (form == "html")

    def test_no_case_at_all(self, run: Run, tmp_path: Path, form: str) -> None:
        result = run("batch", ndjson(tmp_path / "a.ndjson"), "--on", ON, "--format", form)
        assert result.exit_code == 4
        assert kinds(result.stdout, form) == []
        assert "(0 cases)" in result.stdout
