"""A folder of everything a ward's folder can hold: each counted once, none stops the others."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ndm_advisor.cli.batch import judge as judging
from tests.cli.conftest import CASES, ON, Run, Start
from tests.cli.test_batch import GOOD, OUT_OF_SCOPE, REFUSED, STOP, ndjson

WARD = CASES / "ar-0048-bloodstream.toml"  # class CAUTION
LARGEST = 1024 * 1024

needs_posix = pytest.mark.skipif(os.name != "posix", reason="needs pipes and links")


def link_to_nowhere(path: Path) -> None:
    path.symlink_to(path.parent / "gone")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def locked(path: Path) -> None:
    shutil.copy(WARD, path)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("whoever runs this test reads every file")


# What cannot be assessed, each under a name of its own, and the code its record has.
BAD_FILES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "refused.toml": (lambda path: path.write_text('format = "ndm-advisor/case/1"\n'), "E201"),
    "syntax.toml": (lambda path: path.write_text("format = \n[isolate\n"), "E104"),
    "empty.toml": (Path.touch, "E201"),
    "empty.json": (Path.touch, "E105"),
    "huge.toml": (lambda path: path.write_bytes(b"#" * (LARGEST + 1)), "E101"),
    "binary.toml": (lambda path: path.write_bytes(bytes(range(256)) * 8), "E102"),
    "utf-16.toml": (lambda path: path.write_bytes("format".encode("utf-16")), "E102"),
    "nul.toml": (lambda path: path.write_bytes(b"id = \0\n"), "E103"),
    "folder.toml": (Path.mkdir, "E100"),
}
ON_POSIX: dict[str, tuple[Callable[[Path], Any], str]] = {
    "nowhere.toml": (link_to_nowhere, "E100"),
    "itself.toml": (link_to_itself, "E100"),
    "pipe.toml": (lambda path: os.mkfifo(path), "E100"),  # noqa: PLW0108  # Windows has none
    "endless.toml": (endless, "E100"),
    "locked.toml": (locked, "E100"),
}
if os.name == "posix":
    BAD_FILES |= ON_POSIX


def records(run: Run, *arguments: Any, status: int) -> list[dict[str, Any]]:
    result = run("batch", *arguments, "--on", ON, "--format", "ndjson")
    assert result.exit_code == status, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def totals(run: Run, *arguments: Any) -> dict[str, int]:
    result = run("batch", *arguments, "--on", ON, "--format", "json")
    found: dict[str, Any] = json.loads(result.stdout)
    counted: dict[str, int] = found["totals"]
    assert counted["cases"] == len(found["cases"]) == sum(counted.values()) - counted["cases"]
    return counted


@pytest.fixture
def ward(tmp_path: Path) -> Path:
    made = tmp_path / "ward"
    made.mkdir()
    return made


@pytest.fixture
def mixed(ward: Path) -> Path:
    """Good and bad files; a copy, which is a case of its own; and what is no case."""
    for name in ("a.toml", "copy-of-a.toml", ".hidden.toml", "notes.txt"):
        shutil.copy(WARD, ward / name)
    (ward / "good.json").write_text(json.dumps(GOOD), encoding="utf-8")
    (ward / "good.expected.json").write_text("{}", encoding="utf-8")
    for name, (make, _) in BAD_FILES.items():
        if make is not locked:
            make(ward / name)
    return ward


@pytest.mark.safety("SAF-802")
class TestOneBadFile:
    @pytest.mark.parametrize("name", BAD_FILES)
    def test_alone_none_is_assessed(self, run: Run, ward: Path, name: str) -> None:
        make, code = BAD_FILES[name]
        make(ward / name)
        (record,) = records(run, ward, status=4)
        assert record["case"] == {"id": None, "path": str(ward / name), "sha256": None}
        assert record["error"]["problems"][0]["code"] == code
        assert totals(run, ward) == {
            "cases": 1,
            "stop": 0,
            "not_assessed": 1,
            "caution": 0,
            "no_alert": 0,
        }

    @pytest.mark.parametrize("name", BAD_FILES)
    def test_beside_a_good_one_some_are(self, run: Run, ward: Path, name: str) -> None:
        BAD_FILES[name][0](ward / name)
        shutil.copy(WARD, ward / "a.toml")
        assert len(records(run, ward, status=3)) == 2
        assert len(records(run, ward, "--fail-on", "caution", status=3)) == 2

    def test_without_one_the_class_decides(self, run: Run, ward: Path) -> None:
        shutil.copy(WARD, ward / "a.toml")
        records(run, ward, "--fail-on", "caution", status=1)
        records(run, ward, "--fail-on", "stop", status=0)


class TestMixed:
    @pytest.mark.safety("SAF-801")
    def test_every_file_counts_once(self, run: Run, mixed: Path) -> None:
        bad = sorted(name for name in BAD_FILES if name != "locked.toml")
        found = records(run, mixed, status=3)
        names = [Path(record["case"]["path"]).name for record in found]
        assert names == sorted(["a.toml", "copy-of-a.toml", "good.json", *bad])
        assert [n for n, r in zip(names, found, strict=True) if "error" in r] == bad
        counted = totals(run, mixed)
        assert counted["not_assessed"] == len(bad)
        assert counted["cases"] == len(bad) + 3

    @pytest.mark.safety("SAF-601")
    def test_the_others_are_as_if_they_were_alone(self, run: Run, mixed: Path) -> None:
        among = {r["case"]["path"]: r for r in records(run, mixed, status=3)}
        for name in ("a.toml", "copy-of-a.toml", "good.json"):
            (alone,) = records(run, mixed / name, status=0)
            assert among[str(mixed / name)] == alone

    @pytest.mark.safety("SAF-504", "SAF-601")
    def test_the_bytes_do_not_depend_on_the_processes(self, start: Start, mixed: Path) -> None:
        options = ("batch", mixed, "--on", ON, "--format", "csv")
        one, two = start(*options), start(*options, "--jobs", "2")
        assert (one.returncode, two.returncode) == (3, 3)
        assert one.stdout == two.stdout

    @pytest.mark.safety("SAF-801")
    def test_files_lines_and_rows_add_up(self, run: Run, mixed: Path) -> None:
        lines = ndjson(mixed / "l.ndjson", GOOD, "", "{", "  ", STOP, REFUSED, OUT_OF_SCOPE)
        rows = mixed / "r.csv"
        head = "format,id,isolate.organism,infection.site"
        good = "ndm-advisor/case/1,7,E. coli,bloodstream"
        rows.write_text(f"{head}\n{good}\n,,,\nshort,row\n{good}x\n\n{good}\n", encoding="utf-8")
        before = totals(run, mixed)
        found = records(run, mixed, lines, rows, lines, mixed / "a.toml", status=3)
        assert len(found) == before["cases"] + 5 + 4
        of_lines = [r for r in found if r["case"]["path"] == str(lines)]
        assert [r["case"]["line"] for r in of_lines] == [1, 3, 5, 6, 7]
        assert ["error" in r for r in of_lines] == [False, True, False, True, False]
        of_rows = [r for r in found if r["case"]["path"] == str(rows)]
        assert [r["case"]["line"] for r in of_rows] == [2, 4, 5, 7]
        assert ["error" in r for r in of_rows] == [False, True, True, False]
        assert of_rows[0] | {"case": None} == of_rows[3] | {"case": None}
        counted = totals(run, mixed, lines, rows)
        assert counted["cases"] == before["cases"] + 9
        assert counted["stop"] == before["stop"] + 1
        assert counted["not_assessed"] == before["not_assessed"] + 3 + 2

    @pytest.mark.safety("SAF-801")
    def test_the_worklist_as_csv_has_them_all(self, run: Run, mixed: Path) -> None:
        shown = run("batch", mixed, "--on", ON, "--format", "csv").stdout
        rows = list(csv.DictReader(io.StringIO(shown)))
        assert len(rows) == totals(run, mixed)["cases"]
        assert all(row["problems"] for row in rows if row["class"] == "not_assessed")

    @pytest.mark.safety("SAF-802")
    def test_a_file_that_vanishes_is_not_assessed(
        self, run: Run, ward: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("a.toml", "b.toml", "c.toml"):
            shutil.copy(WARD, ward / name)
        real = judging.Judge.all

        def judge(self: judging.Judge, items: Any) -> Any:
            (ward / "b.toml").unlink(missing_ok=True)
            return real(self, items)

        monkeypatch.setattr(judging.Judge, "all", judge)
        found = records(run, ward, status=3)
        assert ["error" in record for record in found] == [False, True, False]
        assert found[1]["error"]["problems"][0]["code"] == "E100"


@pytest.mark.safety("SAF-801")
class TestOneFileByTwoPaths:
    def test_written_in_two_ways(self, run: Run, ward: Path) -> None:
        shutil.copy(WARD, ward / "a.toml")
        roundabout = ward / ".." / "ward" / "a.toml"
        (record,) = records(run, ward, roundabout, ward / "*.toml", status=0)
        assert record["case"]["path"] == str(ward / "a.toml")

    @needs_posix
    def test_a_link(self, run: Run, ward: Path) -> None:
        shutil.copy(WARD, ward / "a.toml")
        (ward / "latest.toml").symlink_to("a.toml")
        (record,) = records(run, ward, status=0)
        assert record["case"]["path"] == str(ward / "a.toml")

    def test_a_copy_is_another_case(self, run: Run, ward: Path) -> None:
        for name in ("a.toml", "b.toml"):
            shutil.copy(WARD, ward / name)
        assert len(records(run, ward, status=0)) == 2


@pytest.mark.safety("SAF-704")
@needs_posix
class TestPipes:
    """Whoever opened one that nobody writes to would wait for ever."""

    @pytest.fixture
    def pipe(self, tmp_path: Path) -> Callable[[str], Path]:
        def make(name: str) -> Path:
            os.mkfifo(tmp_path / name)
            return tmp_path / name

        return make

    @pytest.mark.parametrize("name", ["p.toml", "p.json", "p.ndjson", "p.jsonl", "p.csv"])
    def test_batch(self, start: Start, pipe: Callable[[str], Path], name: str) -> None:
        path = pipe(name)
        result = start("batch", path, WARD, "--on", ON, "--format", "ndjson")
        assert result.returncode == 3
        refused, answer = map(json.loads, result.stdout.splitlines())
        assert "outcome" in answer
        (problem,) = refused["error"]["problems"]
        assert problem["code"] == "E100"
        assert problem["line"] is None
        assert "not a regular file but a pipe" in problem["message"]

    def test_what_reads_one_case(self, start: Start, pipe: Callable[[str], Path]) -> None:
        path = pipe("p.toml")
        for command in ("advise", "validate"):
            result = start(command, path, "--on", ON)
            assert (result.returncode, result.stdout) == (2, b"")
            assert b"not a regular file but a pipe" in result.stderr

    def test_an_earlier_run(self, start: Start, pipe: Callable[[str], Path]) -> None:
        result = start("batch", WARD, "--on", ON, "--since", pipe("before.json"))
        assert result.returncode == 2
        assert b"not a regular file" in result.stderr

    def test_the_part_of_an_interrupted_run(
        self, start: Start, tmp_path: Path, pipe: Callable[[str], Path]
    ) -> None:
        pipe("out.csv.part")
        options = ("batch", WARD, "--on", ON, "--format", "csv", "-o", tmp_path / "out.csv")
        resumed = start(*options, "--resume")
        assert resumed.returncode == 2
        assert b"out.csv.part is not a regular file" in resumed.stderr
        assert start(*options).returncode == 0
