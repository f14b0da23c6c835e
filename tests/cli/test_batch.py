"""Interface section 4: one record for each case, classes that add up, statuses, formats."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ndm_advisor.cli.batch import judge as judging
from ndm_advisor.cli.batch import progress
from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.render.as_json import json_schema
from ndm_advisor.render.batch_schema import batch_schema, record_schema, refused_schema
from ndm_advisor.render.worklist import neutral
from ndm_advisor.version import VERSION
from tests.cli.conftest import BAD, CASES, ON, Run, Start

GOOD = {
    "format": "ndm-advisor/case/1",
    "id": "good",
    "isolate": {"organism": "E. coli", "mbl": "confirmed", "mbl_family": "NDM"},
    "infection": {"site": "bloodstream"},
}
STOP = GOOD | {
    "id": "stop",
    "orders": [{"drug": "meropenem", "dose_mg": 2000, "interval_h": 8, "route": "iv"}],
}
OUT_OF_SCOPE = GOOD | {"id": "out", "isolate": {"organism": "E. coli", "mbl": "ruled-out"}}
REFUSED = GOOD | {"id": "refused", "isolate": {"organism": "E. colli"}}
QUIET = GOOD | {"id": "quiet", "infection": {"site": "colonisation"}}
ALL = ("stop", "not_assessed", "caution", "no_alert")


def ndjson(path: Path, *cases: Any) -> Path:
    lines = (case if isinstance(case, str) else json.dumps(case) for case in cases)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def records(run: Run, *arguments: Any) -> list[dict[str, Any]]:
    result = run("batch", *arguments, "--on", ON, "--format", "ndjson")
    assert result.exit_code in {0, 1, 3, 4}, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    return ndjson(tmp_path / "mixed.ndjson", QUIET, GOOD, "", REFUSED, "{", OUT_OF_SCOPE, STOP)


class TestReaders:
    def test_a_directory_holds_cases_and_not_what_is_expected_of_them(self, run: Run) -> None:
        found = records(run, CASES)
        assert [Path(r["case"]["path"]).name for r in found] == sorted(
            path.name for path in CASES.glob("*.toml")
        )

    @pytest.mark.safety("SAF-801")
    def test_a_glob_and_a_file_named_twice_count_once(self, run: Run, case: Path) -> None:
        found = records(run, str(CASES / "bloodstream-all*"), case, case)
        assert [r["case"]["path"] for r in found] == [str(case)]

    def test_blank_lines_are_skipped_and_lines_keep_their_numbers(
        self, run: Run, mixed: Path
    ) -> None:
        found = records(run, mixed)
        assert [r["case"]["line"] for r in found] == [1, 2, 4, 5, 6, 7]
        assert [r["case"]["id"] for r in found] == ["quiet", "good", "refused", None, "out", "stop"]

    @pytest.mark.safety("SAF-802")
    def test_a_refused_case_stands_in_its_place(self, run: Run, mixed: Path) -> None:
        refused, broken = records(run, mixed)[2:4]
        assert set(refused) == {"schema_version", "case", "error"}
        assert refused["case"] == {"id": "refused", "path": str(mixed), "line": 4, "sha256": None}
        (problem,) = refused["error"]["problems"]
        keys = {"code", "severity", "key", "line", "column", "message", "help"}
        assert set(problem) == keys
        assert (problem["key"], problem["line"]) == ("isolate.organism", 4)
        assert broken["error"]["problems"][0]["line"] == 5

    @pytest.mark.safety("SAF-601")
    def test_one_bad_case_changes_no_other(self, run: Run, tmp_path: Path) -> None:
        alone = records(run, ndjson(tmp_path / "a.ndjson", GOOD))[0]
        among = records(run, ndjson(tmp_path / "b.ndjson", STOP, REFUSED, GOOD, "[1]"))[2]
        for record in (alone, among):
            record["case"] = None
        assert among == alone

    def test_diagnostics_are_text_on_standard_error(self, run: Run, mixed: Path) -> None:
        result = run("batch", mixed, "--on", ON, "--format", "json")
        assert f"--> {mixed}:4: isolate.organism" in result.stderr
        assert "E. colli" not in result.stdout.split('"message"')[0]
        json.loads(result.stdout)

    def test_a_line_that_is_too_long_is_one_case(self, run: Run, tmp_path: Path) -> None:
        long = json.dumps(GOOD | {"note": "x" * 3_000_000})
        found = records(run, ndjson(tmp_path / "a.ndjson", long, GOOD))
        assert [r["case"]["line"] for r in found] == [1, 2]
        assert found[0]["error"]["problems"][0]["code"] == "E101"
        assert "outcome" in found[1]

    def test_bytes_that_are_no_text_are_one_case(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "a.ndjson"
        path.write_bytes(b"\xff\xfe{}\n\x80\n" + json.dumps(GOOD).encode() + b"\r\n")
        found = records(run, path)
        assert ["error" in record for record in found] == [True, True, False]

    @pytest.mark.safety("SAF-802")
    def test_an_unreadable_file_among_others_is_a_case(self, run: Run, case: Path) -> None:
        result = run("batch", "gone.toml", case, "--on", ON, "--format", "ndjson")
        assert result.exit_code == ExitStatus.SOME_NOT_ASSESSED
        gone, there = map(json.loads, result.stdout.splitlines())
        assert gone["error"]["problems"][0]["code"] == "E100"
        assert there["case"]["path"] == str(case)

    def test_a_directory_that_may_not_be_read_is_one_case(
        self, run: Run, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_path: Path) -> Any:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "iterdir", refuse)
        first, second = records(run, tmp_path, case)
        assert first["error"]["problems"][0]["code"] == "E100"
        assert "outcome" in second

    def test_standard_input_holds_lines_or_one_case(self, run: Run, case: Path) -> None:
        lines = "".join(json.dumps(c) + "\n" for c in (GOOD, STOP))
        result = run("batch", "-", "--on", ON, "--format", "ndjson", stdin=lines)
        found = [json.loads(line)["case"] for line in result.stdout.splitlines()]
        assert [(c["path"], c["line"]) for c in found] == [(None, 1), (None, 2)]
        one = run("batch", "-", "--on", ON, "--format", "ndjson", stdin=case.read_bytes())
        assert json.loads(one.stdout)["case"]["path"] is None


class TestAnswers:
    @pytest.mark.safety("SAF-601")
    def test_an_answer_is_that_of_advise_but_for_its_findings(self, run: Run, case: Path) -> None:
        (made,) = records(run, case)
        wanted = json.loads(run("advise", case, "--on", ON, "--format", "json").stdout)
        left_out = {"findings", "would_change", "missing_value_effects", "next_question"}
        assert {key for key in left_out if made[key] is not None} == set()
        reasons = [item["what"] for item in made["not_assessed"][-3:]]
        assert reasons == ["would_change", "missing_value_effects", "findings"]
        made["not_assessed"] = made["not_assessed"][:-3]
        assert made | {key: wanted[key] for key in left_out} == wanted
        (whole,) = records(run, case, "--trace", "--what-if")
        assert whole == wanted

    def test_every_record_fits_the_schema(self, run: Run) -> None:
        checker = jsonschema.Draft202012Validator(json_schema())
        for asked in ([], ["--trace", "--what-if"]):
            for record in records(run, CASES, *asked):
                checker.validate(record)

    def test_options_reach_every_case(self, run: Run, mixed: Path) -> None:
        found = records(run, mixed, "--guideline", "idsa-2026", "--region", "US")
        stamps = {
            (r["provenance"]["guideline"], r["provenance"]["region"])
            for r in found
            if "outcome" in r
        }
        assert stamps == {("idsa-2026", "US")}


class TestSchemas:
    """What a batch writes fits what `schema` publishes."""

    @pytest.fixture
    def published(self) -> dict[str, Any]:
        made = {"refused": refused_schema, "record": record_schema, "batch": batch_schema}
        return {name: jsonschema.Draft202012Validator(make()) for name, make in made.items()}

    @pytest.fixture
    def inputs(self, mixed: Path, tmp_path: Path) -> list[Path]:
        rows = tmp_path / "r.csv"
        rows.write_text('format,id,x\n1,2\n1,"2,3\n', encoding="utf-8")
        return [CASES, BAD, mixed, rows, tmp_path / "gone.toml"]

    @pytest.mark.parametrize("asked", [[], ["--trace"]])
    def test_records(self, run: Run, inputs: list[Path], published: Any, asked: list[str]) -> None:
        found = records(run, *inputs, *asked)
        for record in found:
            published["record"].validate(record)
            assert published["refused"].is_valid(record) == ("error" in record)
        assert {"error" in record for record in found} == {True, False}

    def test_the_whole(self, run: Run, inputs: list[Path], published: Any) -> None:
        made = json.loads(run("batch", *inputs, "--on", ON, "--format", "json").stdout)
        published["batch"].validate(made)

    def test_since_an_earlier_run(
        self, run: Run, inputs: list[Path], mixed: Path, published: Any
    ) -> None:
        before = mixed.with_suffix(".before")
        run("batch", *inputs, "--on", ON, "--format", "ndjson", "-o", before)
        ndjson(mixed, GOOD | {"id": "new"}, STOP, REFUSED | {"id": "worse"}, QUIET)
        for form, name in (("json", "batch"), ("ndjson", "record")):
            shown = run("batch", *inputs, "--on", ON, "--format", form, "--since", before).stdout
            whole = json.loads(shown) if form == "json" else None
            found = whole["cases"] if whole else [json.loads(x) for x in shown.splitlines()]
            assert {"error" in record for record in found} == {True, False}
            assert all(record["since"]["changed"] for record in found)
            for each in [whole] if whole else found:
                published[name].validate(each)

    def test_what_does_not_fit(self, run: Run, mixed: Path, published: Any) -> None:
        made = json.loads(run("batch", mixed, "--on", ON, "--format", "json").stdout)
        refused = next(record for record in made["cases"] if "error" in record)
        for wrong in (
            {**made, "more": 1},
            {key: value for key, value in made.items() if key != "totals"},
            {**made, "totals": made["totals"] | {"stop": -1}},
            {**made, "since": {"shown": 1}},
            {**made, "cases": [{**refused, "outcome": "regimens"}]},
            {**made, "cases": [{**refused, "error": {"problems": []}}]},
            {**made, "cases": [{**refused, "since": {"changed": ["weather"]}}]},
        ):
            assert not published["batch"].is_valid(wrong)


class TestClasses:
    @pytest.mark.safety("SAF-305")
    def test_of_each_kind(self, run: Run, mixed: Path) -> None:
        result = run("batch", mixed, "--on", ON, "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(result.stdout)))
        assert [(row["id"], row["class"]) for row in rows] == [
            ("quiet", "no_alert"),
            ("good", "caution"),
            ("refused", "not_assessed"),
            ("", "not_assessed"),
            ("out", "not_assessed"),
            ("stop", "stop"),
        ]

    @pytest.mark.safety("SAF-305", "SAF-801")
    def test_the_json_is_in_worklist_order_and_adds_up(self, run: Run, mixed: Path) -> None:
        found = json.loads(run("batch", mixed, "--on", ON, "--format", "json").stdout)
        assert found["schema_version"] == "1"
        totals = found["totals"]
        assert totals == {"cases": 6, "stop": 1, "not_assessed": 3, "caution": 1, "no_alert": 1}
        assert [r["case"]["line"] for r in found["cases"]] == [7, 4, 5, 6, 2, 1]

    def test_the_table(self, run: Run, mixed: Path) -> None:
        shown = run("batch", mixed, "--on", ON).stdout
        first = "1 STOP, 3 not assessed, 1 CAUTION, 1 no alert (6 cases)"
        assert shown.splitlines()[0] == first
        labels = [line.split(":")[0] for line in shown.splitlines() if str(mixed) in line]
        assert labels == ["STOP", *["NOT ASSESSED"] * 3, "CAUTION", "NO ALERT"]
        assert "carbapenem-alone" in shown

    def test_the_table_ends_after_200(self, run: Run, tmp_path: Path) -> None:
        path = ndjson(tmp_path / "a.ndjson", *["{"] * 150, *[OUT_OF_SCOPE] * 60, STOP)
        shown = run("batch", path, "--on", ON).stdout
        assert shown.count("NOT ASSESSED: ") == 199
        assert shown.index("\nSTOP: ") < shown.index("\nNOT ASSESSED: ")
        assert "and 11 more" in shown
        assert "(211 cases)" in shown

    def test_a_wide_table_keeps_its_columns(self, run: Run, mixed: Path, monkeypatch: Any) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        shown = run("batch", mixed, "--on", ON).stdout
        assert "\nSTOP          " in shown
        assert "[carbapenem-alone]" in shown
        assert "STOP: " in run("batch", mixed, "--on", ON, "--linear").stdout


class TestStatus:
    @pytest.mark.safety("SAF-805")
    @pytest.mark.parametrize(
        ("cases", "options", "status"),
        [
            ((GOOD, STOP), (), 0),
            ((GOOD, OUT_OF_SCOPE), (), 0),
            ((GOOD, OUT_OF_SCOPE), ("--fail-on", "stop"), 0),
            ((QUIET,), ("--fail-on", "caution"), 0),
            ((GOOD,), ("--fail-on", "caution"), 1),
            ((GOOD, STOP), ("--fail-on", "stop"), 1),
            ((STOP,), ("--fail-on", "caution"), 1),
            ((STOP,), ("--fail-on", "never"), 0),
            ((STOP, REFUSED), ("--fail-on", "stop"), 3),
            ((REFUSED, "{"), ("--fail-on", "stop"), 4),
            ((), (), 4),
        ],
    )
    def test_in_the_order_of_the_contract(
        self, run: Run, tmp_path: Path, cases: Any, options: tuple[str, ...], status: int
    ) -> None:
        path = ndjson(tmp_path / "a.ndjson", *cases)
        assert run("batch", path, "--on", ON, *options).exit_code == status

    @pytest.mark.parametrize(
        "arguments",
        [
            ("gone.toml",),
            ("gone/*.toml", "gone.csv"),
            (CASES, "--format", "sbar"),
            (CASES, "--fail-on", "note"),
            (CASES, "--jobs", "0"),
            (CASES, "--on", "tomorrow"),
            (CASES, "--guideline", "mine"),
            (CASES, "--resume"),
            (CASES, "--since", "gone.json"),
            (CASES, "-o", "gone/out.json"),
            ("-", "-o", "out.json", "--resume"),
        ],
    )
    def test_wrong_options_end_with_2(self, run: Run, arguments: Any) -> None:
        result = run("batch", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr

    @pytest.mark.safety("SAF-501")
    def test_overdue_and_strict(self, run: Run) -> None:
        assert run("batch", CASES, "--on", "2031-01-01", "--strict").exit_code == 5

    def test_no_base(self, run: Run, tmp_path: Path) -> None:
        assert run("batch", CASES, "--data", tmp_path).exit_code == 5

    @pytest.mark.safety("SAF-605", "SAF-802", "SAF-805")
    @pytest.mark.parametrize("stage", ["deciding", "advising", "row_of"])
    def test_a_crash_in_one_case_leaves_the_others(
        self, run: Run, mixed: Path, monkeypatch: pytest.MonkeyPatch, stage: str
    ) -> None:
        real = getattr(judging, stage)

        def crash(made: Any, *rest: Any, **named: Any) -> Any:
            case = made if stage == "deciding" else made.case
            if case.id == "good":
                raise RuntimeError(case.id)
            return real(made, *rest, **named)

        monkeypatch.setattr(judging, stage, crash)
        result = run("batch", mixed, "--on", ON, "--format", "ndjson")
        assert result.exit_code == ExitStatus.INTERNAL
        found = [json.loads(line) for line in result.stdout.splitlines()]
        assert len(found) == 6
        assert found[1]["error"]["problems"][0]["code"] == "E900"
        assert found[5]["case"]["id"] == "stop"

    def test_interrupted(self, run: Run, mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_a: object, **_k: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(judging, "deciding", interrupt)
        assert run("batch", mixed, "--on", ON).exit_code == 130


@pytest.mark.safety("SAF-702")
class TestSpreadsheets:
    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " ="])
    def test_a_formula_is_text(self, run: Run, tmp_path: Path, start: str) -> None:
        hostile = f"{start}cmd|' /C calc'!A0"
        assert neutral(hostile).startswith("'")
        path = ndjson(tmp_path / "a.ndjson", GOOD | {"id": hostile}, REFUSED | {"id": hostile})
        out = run("batch", path, "--on", ON, "--format", "csv").stdout
        rows = list(csv.DictReader(io.StringIO(out)))
        assert len(rows) == 2
        assert all(row["id"].startswith("'") for row in rows)

    def test_a_hostile_id_stays_on_its_line(self, run: Run, tmp_path: Path) -> None:
        path = ndjson(tmp_path / "a.ndjson", GOOD | {"id": "a\n\x1b[31mb"})
        for form in ("table", "csv", "ndjson", "json", "md", "html"):
            result = run("batch", path, "--on", ON, "--format", form)
            assert "\x1b" not in result.stdout + result.stderr


class TestOutput:
    @pytest.mark.safety("SAF-604", "SAF-803")
    def test_owner_only_whole_and_without_part(self, run: Run, mixed: Path, tmp_path: Path) -> None:
        for form in ("table", "json", "ndjson", "csv", "md", "html"):
            target = tmp_path / f"out.{form}"
            options = ("--on", ON, "--format", form)
            shown = run("batch", mixed, *options).stdout
            assert run("batch", mixed, *options, "-o", target).stdout == ""
            assert target.read_bytes() == shown.encode()
            if os.name == "posix":
                assert stat.S_IMODE(target.stat().st_mode) == 0o600
            assert not list(tmp_path.glob("*.part*"))

    def test_the_output_is_not_an_input(self, run: Run, case: Path, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_bytes(case.read_bytes())
        options = ("--on", ON, "--format", "json", "-o", tmp_path / "out.json")
        assert run("batch", tmp_path, *options).exit_code == 0
        assert run("batch", tmp_path, *options).exit_code == 0
        assert run("batch", tmp_path / "a.toml", "-o", tmp_path / "a.toml").exit_code == 2

    @pytest.mark.safety("SAF-504", "SAF-601")
    @pytest.mark.parametrize("form", ["json", "html"])
    def test_the_bytes_do_not_depend_on_the_processes(self, start: Start, form: str) -> None:
        options = ("--on", ON, "--format", form, "--tall-man")
        one = start("batch", CASES, BAD, *options)
        three = start("batch", CASES, BAD, *options, "--jobs", "3")
        assert one.returncode == 3
        assert one.stdout == three.stdout
        said = [line for line in one.stderr.splitlines() if b"cases done" not in line]
        assert said == [line for line in three.stderr.splitlines() if b"cases done" not in line]

    def test_tall_man_letters_are_not_for_paths(self, run: Run, tmp_path: Path) -> None:
        path = ndjson(tmp_path / "ceftazidime.ndjson", GOOD | {"id": "ceftazidime"})
        shown = run("batch", path, "--on", ON, "--tall-man").stdout
        assert "ceftazidime.ndjson:1 (ceftazidime)" in shown
        page = run("batch", path, "--on", ON, "--tall-man", "--format", "md").stdout
        assert "ceftazidime.ndjson:1 (ceftazidime)" in page
        page = run("batch", path, "--on", ON, "--tall-man", "--format", "html").stdout
        assert ">ceftazidime<" in page
        assert "ceftazidime.ndjson:1<" in page
        assert "cefTAZidime-avibactam" in page

    @pytest.mark.parametrize(("named", "status"), [("json", 0), ("plain", 0), ("nonsense", 2)])
    def test_the_format_of_the_environment(
        self, run: Run, case: Path, monkeypatch: pytest.MonkeyPatch, named: str, status: int
    ) -> None:
        monkeypatch.setenv("NDM_ADVISOR_FORMAT", named)
        result = run("batch", case, "--on", ON)
        assert result.exit_code == status
        assert result.stdout.startswith("{") == (named == "json")


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX pipes")
class TestClosedPipe:
    """`batch ... | head -1`: no traceback, and the status of what was judged until then."""

    def head(self, path: Path, *options: str) -> tuple[bytes, bytes, int]:
        """The first line, what was said, and the status, the pipe being closed after the line."""
        command = [sys.executable, "-m", "ndm_advisor", "batch", str(path), "--on", ON, *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            line = process.stdout.readline()
            process.stdout.close()
            said = process.stderr.read()
            return line, said, process.wait(timeout=60)

    @pytest.mark.parametrize(
        ("form", "jobs"),
        [("ndjson", "1"), ("ndjson", "2"), ("csv", "1"), ("json", "1"), ("table", "1")],
    )
    def test_ends_quietly(self, tmp_path: Path, form: str, jobs: str) -> None:
        path = ndjson(tmp_path / "c.ndjson", "{", *[STOP] * 150)
        line, said, status = self.head(path, "--format", form, "--jobs", jobs)
        assert line.endswith(b"\n")
        assert status == ExitStatus.SOME_NOT_ASSESSED
        assert said.count(b"error[") == 1
        for word in (b"Traceback", b"BrokenPipe", b"Exception", b"internal error"):
            assert word not in said

    @pytest.mark.parametrize(
        ("fail_on", "status"), [("never", ExitStatus.OK), ("stop", ExitStatus.FAIL_ON)]
    )
    def test_the_status_is_of_what_was_judged(
        self, tmp_path: Path, fail_on: str, status: ExitStatus
    ) -> None:
        path = ndjson(tmp_path / "c.ndjson", *[STOP] * 150)
        line, said, found = self.head(path, "--format", "ndjson", "--fail-on", fail_on)
        assert json.loads(line)["outcome"]
        assert (found, said) == (status, b"")

    def test_a_reader_that_reads_nothing(self, tmp_path: Path) -> None:
        path = ndjson(tmp_path / "c.ndjson", "{")
        reading, writing = os.pipe()
        os.close(reading)
        command = [sys.executable, "-m", "ndm_advisor", "batch", str(path), "--on", ON]
        result = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
        os.close(writing)
        assert result.returncode == ExitStatus.SOME_NOT_ASSESSED
        assert b"Traceback" not in result.stderr


class TestProgress:
    @pytest.mark.parametrize("linear", [True, False])
    def test_one_line_in_50_cases_where_nothing_is_redrawn(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, linear: bool
    ) -> None:
        now = [0.0]
        monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
        shown = progress.Progress(linear=linear)
        for number in range(1, 151):
            now[0] = 0.5 if number <= 50 else 2
            shown.tick(number)
        shown.clear()
        said = capsys.readouterr()
        assert (said.out, said.err) == ("", "100 cases done\n150 cases done\n")

    def test_on_a_terminal_one_line_is_redrawn_after_a_second(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = [0.0]
        monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        shown = progress.Progress(linear=False)
        shown.tick(1)
        assert capsys.readouterr().err == ""
        now[0] = 1.5
        shown.tick(7)
        shown.clear()
        assert capsys.readouterr().err == "7 cases done\r            \r"


class TestStamp:
    """What users expect, section 5: every output says by what it was made, and till when."""

    WANTED = (
        f"ndm-advisor {VERSION}",
        "knowledge 2026.11",
        "checked 2026-11-22, due 2027-05-22",
        "SIMIT 2022, EU",
        "advised 2026-11-22",
    )

    @pytest.mark.parametrize("form", ["table", "md", "html"])
    def test_a_worklist_names_versions_and_dates(self, run: Run, mixed: Path, form: str) -> None:
        page = run("batch", mixed, "--on", ON, "--format", form).stdout
        assert [words for words in self.WANTED if words not in page] == []
        assert re.search(r"not clinically (signed off|validated)", page, re.IGNORECASE)

    @pytest.mark.parametrize("columns", ["40", "60", "100"])
    def test_at_each_width_the_stamp_is_whole_and_fits(
        self, run: Run, mixed: Path, monkeypatch: pytest.MonkeyPatch, columns: str
    ) -> None:
        monkeypatch.setenv("COLUMNS", columns)
        page = run("batch", mixed, "--on", ON).stdout
        stamp = page.partition("NO ALERT")[2]
        assert [words for words in self.WANTED if words not in " ".join(stamp.split())] == []
        if columns != "40":  # rows of `label: value` are not folded
            assert max(map(len, stamp.splitlines()[1:])) <= int(columns)

    @pytest.mark.parametrize("form", ["table", "md", "html"])
    def test_overdue_knowledge_is_said_before_the_cases(
        self, run: Run, mixed: Path, form: str
    ) -> None:
        said = "KNOWLEDGE OVERDUE FOR REVIEW since 2027-05-22"
        page = run("batch", mixed, "--on", "2028-01-01", "--format", form).stdout
        assert said in page
        assert page.index(said) < page.index("mixed.ndjson")
        assert said not in run("batch", mixed, "--on", ON, "--format", form).stdout

    def test_a_local_file_that_applied_is_named(
        self, run: Run, mixed: Path, configure: Callable[[str], Path]
    ) -> None:
        path = configure('[hospital]\nregion = "US"\n')
        page = run("batch", mixed, "--on", ON).stdout
        assert f"local override {path} (" in page
        assert "SIMIT 2022, US" in page

    def test_each_row_of_the_csv_names_review_and_breakpoints(self, run: Run, mixed: Path) -> None:
        shown = run("batch", mixed, "--on", ON, "--format", "csv").stdout
        rows = [r for r in csv.DictReader(io.StringIO(shown)) if r["outcome"]]
        assert rows
        for row in rows:
            assert (row["reviewed_on"], row["review_due_on"]) == ("2026-11-22", "2027-05-22")
            assert row["breakpoints"]
            assert row["knowledge_sha256"]
            assert "local_override" in row
