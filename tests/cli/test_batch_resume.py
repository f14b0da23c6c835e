"""`--resume`: the finished file is that of a run that was never disturbed. `--since`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ndm_advisor.cli.batch import judge as judging
from ndm_advisor.cli.batch import pool
from tests.cli.conftest import ON, Run, Start
from tests.cli.test_batch import GOOD, OUT_OF_SCOPE, QUIET, REFUSED, STOP, ndjson

FORMATS = ("table", "json", "ndjson", "csv", "md", "html")


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    named = [c | {"id": f"{n}"} for n, c in enumerate((GOOD, STOP, QUIET, OUT_OF_SCOPE, REFUSED))]
    return ndjson(tmp_path / "cases.ndjson", *named, "{", GOOD)


def interrupted(run: Run, monkeypatch: pytest.MonkeyPatch, after: int, *arguments: Any) -> None:
    """A run that judges case by case and is broken off."""
    real = judging.Judge.all
    done = []

    def some(self: judging.Judge, items: Any) -> Any:
        if len(done) == after:
            raise KeyboardInterrupt
        done.append(items)
        return real(self, items)

    with monkeypatch.context() as patched:
        patched.setattr(pool, "_CHUNK", 1)
        patched.setattr(judging.Judge, "all", some)
        assert run("batch", *arguments).exit_code == 130


class TestResume:
    @pytest.mark.safety("SAF-804")
    @pytest.mark.parametrize("form", FORMATS)
    @pytest.mark.parametrize("after", [0, 3, 6])
    def test_the_file_is_the_same(
        self, run: Run, cases: Path, monkeypatch: pytest.MonkeyPatch, form: str, after: int
    ) -> None:
        target, whole = cases.with_suffix(".out"), cases.with_suffix(".whole")
        options = (cases, "--on", ON, "--format", form)
        undisturbed = run("batch", *options, "-o", whole)
        interrupted(run, monkeypatch, after, *options, "-o", target)
        part = Path(f"{target}.part")
        with part.open("ab") as file:
            file.write(b'[["stop", null, "half')
        assert not target.exists()
        resumed = run("batch", *options, "-o", target, "--resume")
        assert resumed.exit_code == undisturbed.exit_code == 3
        assert target.read_bytes() == whole.read_bytes()
        assert not part.exists()

    @pytest.mark.parametrize("form", ["json", "md", "html"])
    def test_with_since(
        self, run: Run, cases: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str
    ) -> None:
        before = tmp_path / "before.ndjson"
        run("batch", cases, "--on", ON, "--format", "ndjson", "-o", before)
        ndjson(cases, GOOD | {"id": "0"}, GOOD | {"id": "1"}, STOP | {"id": "new"})
        options = (cases, "--on", ON, "--format", form, "--since", before)
        whole = run("batch", *options).stdout
        target = tmp_path / f"out.{form}"
        interrupted(run, monkeypatch, 2, *options, "-o", target)
        run("batch", *options, "-o", target, "--resume")
        assert target.read_text("utf-8") == whole

    @pytest.mark.safety("SAF-804")
    def test_another_run_is_refused_with_what_differs(
        self, run: Run, cases: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target = cases.with_suffix(".out")
        options = ("--format", "ndjson", "-o", target)
        interrupted(run, monkeypatch, 2, cases, "--on", ON, *options)
        part = Path(f"{target}.part").read_bytes()
        other = run("batch", cases, "--on", "2026-11-23", *options, "--trace", "--resume")
        assert other.exit_code == 2
        assert "date differ" in other.stderr
        assert "options differ" in other.stderr
        ndjson(cases, GOOD)
        assert "inputs differ" in run("batch", cases, "--on", ON, *options, "--resume").stderr
        assert Path(f"{target}.part").read_bytes() == part
        Path(f"{target}.part").write_bytes(b"nonsense")
        said = run("batch", cases, "--on", ON, *options, "--resume").stderr
        assert "first line cannot be read" in said

    @pytest.mark.parametrize("written", [0, 1, 40])
    def test_a_run_cut_off_in_its_first_line_begins_anew(
        self, run: Run, cases: Path, monkeypatch: pytest.MonkeyPatch, written: int
    ) -> None:
        target = cases.with_suffix(".out")
        options = (cases, "--on", ON, "--format", "csv", "-o", target)
        interrupted(run, monkeypatch, 0, *options)
        part = Path(f"{target}.part")
        part.write_bytes(part.read_bytes()[:written])
        assert run("batch", *options, "--resume").exit_code == 3
        assert target.read_text("utf-8") == run("batch", *options[:-2]).stdout

    @pytest.mark.safety("SAF-804")
    @pytest.mark.parametrize("form", FORMATS)
    def test_cut_off_at_any_byte(
        self, run: Run, cases: Path, monkeypatch: pytest.MonkeyPatch, form: str
    ) -> None:
        target = cases.with_suffix(".out")
        options = (cases, "--on", ON, "--format", form, "-o", target)
        interrupted(run, monkeypatch, 6, *options)
        part, records = Path(f"{target}.part"), Path(f"{target}.part.records")
        whole, beside = part.read_bytes(), records.read_bytes()
        head = whole.index(b"\n") + 1
        ends = [head + n for n, byte in enumerate(whole[head:]) if byte == ord("\n")]
        wanted = None
        for size in (head, ends[0], ends[0] + 1, ends[2] + 30, ends[3] - 1, ends[5], len(whole)):
            part.write_bytes(whole[:size])
            records.write_bytes(beside)
            Path(f"{target}.part.whole").write_bytes(b"of a run killed as it ended")
            assert run("batch", *options, "--resume").exit_code == 3
            made = target.read_bytes()
            assert made == (wanted := wanted or made)
            assert not list(cases.parent.glob("*.part*"))
        run("batch", *options)
        assert target.read_bytes() == wanted

    def test_nothing_to_go_on_with_is_a_fresh_run(self, run: Run, cases: Path) -> None:
        target = cases.with_suffix(".out")
        assert run("batch", cases, "--on", ON, "-o", target, "--resume").exit_code == 3
        assert target.exists()


class TestSince:
    def now(self, run: Run, path: Path, before: Path, *options: str) -> dict[str, Any]:
        result = run("batch", path, "--on", ON, "--format", "json", "--since", before, *options)
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    @pytest.mark.parametrize("form", ["json", "ndjson"])
    def test_the_same_again_shows_nothing(self, run: Run, cases: Path, form: str) -> None:
        before = cases.with_suffix(".before")
        run("batch", cases, "--on", ON, "--format", form, "-o", before)
        found = self.now(run, cases, before)
        assert found["cases"] == []
        assert found["totals"]["cases"] == 7
        assert found["since"] == {"shown": 0, "unchanged": 7, "gone": 0}

    @pytest.mark.safety("SAF-602")
    def test_what_changed_and_why(self, run: Run, tmp_path: Path) -> None:
        path, before = tmp_path / "c.ndjson", tmp_path / "before"
        ndjson(path, GOOD, STOP, QUIET)
        run("batch", path, "--on", ON, "--format", "ndjson", "-o", before)
        ndjson(path, GOOD, STOP | {"orders": []}, OUT_OF_SCOPE)
        found = {
            r["case"]["id"]: r["since"]["changed"] for r in self.now(run, path, before)["cases"]
        }
        assert found == {"stop": ["advice", "case"], "out": ["new"]}

    def test_moved_cases_are_found_by_id(self, run: Run, tmp_path: Path) -> None:
        path, before = tmp_path / "c.ndjson", tmp_path / "before"
        ndjson(path, GOOD, STOP)
        run("batch", path, "--on", ON, "--format", "ndjson", "-o", before)
        ndjson(path, QUIET, GOOD, STOP)
        found = self.now(run, path, before)
        assert [r["case"]["id"] for r in found["cases"]] == ["quiet"]
        assert found["since"]["gone"] == 0

    @pytest.mark.safety("SAF-602")
    def test_an_id_seen_twice_is_reported_and_not_matched(self, run: Run, tmp_path: Path) -> None:
        first, second, before = (tmp_path / n for n in ("a.ndjson", "b.ndjson", "before"))
        ndjson(first, GOOD, GOOD)
        ndjson(second, GOOD)
        run("batch", first, "--on", ON, "--format", "ndjson", "-o", before)
        result = run("batch", second, "--on", ON, "--since", before)
        assert "the id good stands twice" in result.stderr
        assert "Changed: new" in result.stdout

    def test_the_date_alone_changes_nothing(self, run: Run, cases: Path) -> None:
        before = cases.with_suffix(".before")
        run("batch", cases, "--on", ON, "--format", "ndjson", "-o", before)
        result = run("batch", cases, "--on", "2026-11-23", "--since", before)
        assert "0 new or changed, 7 unchanged" in result.stdout

    def test_something_else_is_refused(self, run: Run, cases: Path) -> None:
        result = run("batch", cases, "--on", ON, "--since", cases)
        assert result.exit_code == 2
        assert "not what batch wrote" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_process_stopped_by_a_signal_can_be_gone_on_with(
    run: Run, start: Start, tmp_path: Path, number: signal.Signals, jobs: str
) -> None:
    path = ndjson(tmp_path / "c.ndjson", *(STOP | {"id": f"{n}"} for n in range(300)))
    target = tmp_path / "out.ndjson"
    options = ("batch", path, "--on", ON, "--format", "ndjson", "-o", target)
    process = subprocess.Popen(
        [sys.executable, "-m", "ndm_advisor", *map(str, options), "--jobs", jobs],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    part, records = Path(f"{target}.part"), Path(f"{target}.part.records")
    until = time.monotonic() + 30
    while time.monotonic() < until and not (records.exists() and records.stat().st_size > 100_000):
        time.sleep(0.02)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == (130 if number == signal.SIGINT else -signal.SIGKILL)
    assert b"Traceback" not in said
    assert part.exists()
    assert not target.exists()
    before = records.stat().st_size
    assert start(*options, "--resume").returncode == 0
    assert before > 100_000
    assert target.read_text("utf-8") == run(*options[:-2]).stdout
