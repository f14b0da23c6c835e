"""Nothing is sent anywhere, nothing is written but where asked, and nobody else can read it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CASES, ON, ROOT, Run
from tests.cli.watched import Seen, watched

CASE = CASES / "bloodstream-all-tested.toml"
LAB = ROOT / "examples" / "lab"
BEDSIDE = "bed 4, left window"  # stands for anything a case may hold

# Every command, most of them in several formats; none is asked to write a file.
READING: dict[str, tuple[str | Path, ...]] = {
    "advise": ("advise", CASE, "--on", ON),
    "advise --full": ("advise", CASE, "--on", ON, "--full", "--why"),
    "advise --trace": ("advise", CASE, "--on", ON, "--trace", "--format", "text"),
    "advise json": ("advise", CASE, "--on", ON, "--format", "json"),
    "advise sbar": ("advise", CASE, "--on", ON, "--format", "sbar"),
    "advise html": ("advise", CASE, "--on", ON, "--format", "html"),
    "advise md": ("advise", CASE, "--on", ON, "--format", "md"),
    "advise fhir": ("advise", CASE, "--on", ON, "--format", "fhir"),
    "advise cds-hooks": ("advise", CASE, "--on", ON, "--format", "cds-hooks"),
    "advise -": ("advise", "-", "--on", ON),
    "batch": ("batch", CASES, "--on", ON),
    "batch ndjson": ("batch", CASES, "--on", ON, "--format", "ndjson"),
    "batch csv": ("batch", CASES, "--on", ON, "--format", "csv"),
    "validate": ("validate", CASE, "--on", ON),
    "what-if": ("what-if", CASE, "--on", ON),
    "schedule": ("schedule", CASE, "--on", ON),
    "explain": ("explain", "aztreonam-alone"),
    "dose": ("dose", "cefiderocol", "--crcl", "45"),
    "crcl": ("crcl", "--age", "60", "--sex", "male", "--weight", "70", "--creatinine-umol", "90"),
    "new": ("new",),
    "schema": ("schema",),
    "about": ("about",),
    "selftest": ("selftest",),
    "completion": ("completion", "bash"),
    "man": ("man",),
    "help": ("help", "exit-statuses"),
    "knowledge check": ("knowledge", "check"),
    "knowledge list": ("knowledge", "list", "drug"),
    "knowledge diff": ("knowledge", "diff", "--against", "idsa-2026", CASE, "--on", ON),
    "teach list": ("teach", "--list"),
    "teach blind": ("teach", "--blind", "2"),
    "teach html": ("teach", "--export", "html", "1"),
    "import whonet": ("import", "whonet", LAB / "whonet.csv", "--site", "complicated-uti"),
    "import fhir": ("import", "fhir", LAB / "bundle.json", "--on", ON, "--dry-run"),
    "knowledge show": ("knowledge", "show", "aztreonam"),
}
# Each with the file it is asked for, OUT.
WRITING: dict[str, tuple[str | Path, ...]] = {
    "advise": ("advise", CASE, "--on", ON, "-o", "OUT"),
    "advise json": ("advise", CASE, "--on", ON, "--format", "json", "-o", "OUT"),
    "advise sbar": ("advise", CASE, "--on", ON, "--format", "sbar", "-o", "OUT"),
    "advise html": ("advise", CASE, "--on", ON, "--format", "html", "-o", "OUT"),
    "advise fhir": ("advise", CASE, "--on", ON, "--format", "fhir", "-o", "OUT"),
    "teach html": ("teach", "--export", "html", "1", "-o", "OUT"),
    "batch": ("batch", CASES, "--on", ON, "-o", "OUT"),
    "batch html": ("batch", CASES, "--on", ON, "--format", "html", "-o", "OUT"),
    "batch json": ("batch", CASES, "--on", ON, "--format", "json", "-o", "OUT"),
    "batch ndjson": ("batch", CASES, "--on", ON, "--format", "ndjson", "-o", "OUT"),
    "batch csv": ("batch", CASES, "--on", ON, "--format", "csv", "-o", "OUT", "--jobs", "2"),
}


def test_every_command_is_watched(run: Run) -> None:
    shown = run("--help").stdout
    listed = {
        line.split()[0] for line in shown[shown.index("Commands:") :].splitlines()[1:] if line
    }
    commands = {name.split()[0] for name in READING}
    assert {name for name in listed if not name.startswith(("More", "ndm-"))} <= commands


@pytest.mark.safety("SAF-603")
@pytest.mark.parametrize("name", READING)
def test_a_command_that_is_not_asked_to_writes_nothing(tmp_path: Path, name: str) -> None:
    before = sorted(tmp_path.rglob("*"))
    seen = watched(tmp_path, *READING[name], stdin=CASE.read_bytes())
    assert seen.status in {0, 2}, seen.stderr
    assert seen.talked == []
    assert seen.touched <= {os.devnull}
    assert [event for event in seen.events if event[0] == "nameless"] == []
    assert before == []


@pytest.mark.safety("SAF-603")
@pytest.mark.parametrize("form", ["json", "html"])
def test_the_records_of_a_run_without_a_file_have_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """These put the worst first: until the end the records wait in a file without a name."""
    short_lived = tmp_path / "short-lived"
    short_lived.mkdir()
    monkeypatch.setenv("TMPDIR", str(short_lived))
    seen = watched(tmp_path, "batch", CASES, "--on", ON, "--format", form)
    assert seen.status == 0
    assert seen.talked == []
    assert {what for what in seen.touched if not what.startswith(str(short_lived))} <= {os.devnull}
    assert list(short_lived.iterdir()) == []


@pytest.mark.safety("SAF-603", "SAF-604")
@pytest.mark.parametrize("name", WRITING)
def test_a_command_writes_what_it_is_asked_for_and_for_its_owner_only(
    tmp_path: Path, name: str
) -> None:
    target = tmp_path / "asked for"
    target.mkdir()
    out = target / "out"
    seen = watched(tmp_path, *(out if a == "OUT" else a for a in WRITING[name]), umask=0)
    assert seen.status == 0, seen.stderr
    assert seen.talked == []
    ours = {str(out), f"{out}.part", f"{out}.part.whole"}
    strange = {what for what in seen.touched if not any(path in what for path in ours)}
    assert strange <= {os.devnull}
    assert [path.name for path in target.iterdir()] == ["out"]
    assert out.stat().st_mode & 0o777 == 0o600


@pytest.mark.safety("SAF-604")
def test_the_part_of_a_run_is_its_owners_only(tmp_path: Path) -> None:
    options = ("batch", "-", "--on", ON, "--format", "ndjson", "-o", tmp_path / "out")
    process = subprocess.Popen(
        [sys.executable, "-m", "ndm_advisor", *map(str, options)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        umask=0,
    )
    assert process.stdin is not None
    process.stdin.write(b'{"format": 1}\n{"format": 2}\n')
    process.stdin.flush()
    part = tmp_path / "out.part"
    try:
        while process.poll() is None and not part.exists():
            pass
        assert part.stat().st_mode & 0o777 == 0o600
    finally:
        process.kill()
        process.communicate()


CRASH = f"""
import importlib, sys
module, name = sys.argv[1].rsplit(".", 1)
def crash(*a, **k):
    held = {BEDSIDE!r}
    raise RuntimeError({BEDSIDE!r})
setattr(importlib.import_module(module), name, crash)
sys.argv = ["ndm-advisor", *sys.argv[2:]]
from ndm_advisor.cli.app import main
main()
"""
STAGES = {
    "read": "ndm_advisor.read.case_file._judge",
    "decide": "ndm_advisor.decision.decide.assess",
    "explain": "ndm_advisor.explain.recommendation.offers",
}
OF_A_CASE = ("advise", "what-if", "schedule", "validate", "batch")


@pytest.mark.safety("SAF-605")
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("command", OF_A_CASE)
def test_a_crash_repeats_nothing_of_the_case(tmp_path: Path, command: str, stage: str) -> None:
    case = tmp_path / "case.toml"
    text = CASE.read_text(encoding="utf-8")
    noted = f'\n# {BEDSIDE}\nnote = "{BEDSIDE}" #'
    case.write_text(text.replace("\nnote = ", noted, 1), encoding="utf-8")
    assert BEDSIDE in case.read_text(encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", CRASH, STAGES[stage], command, str(case), "--on", ON],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=60,
    )
    if command == "validate" and stage != "read":
        assert done.returncode == 0  # it decides nothing
        return
    assert done.returncode == 70, done.stderr
    assert "RuntimeError at " in done.stderr
    assert BEDSIDE not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


class TestWatch:
    """The watch sees what it is there to see."""

    def see(self, tmp_path: Path, code: str) -> Seen:
        package = tmp_path / "ndm_advisor"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(code, encoding="utf-8")
        return watched(tmp_path)  # the package beside the working folder comes first

    def test_a_socket(self, tmp_path: Path) -> None:
        seen = self.see(tmp_path, "import socket; socket.socket()")
        assert seen.talked == ["socket.__new__"]
        assert seen.status == 1
        assert b"no network" in seen.stderr

    def test_a_written_file_and_a_folder(self, tmp_path: Path) -> None:
        code = "import os; open('x', 'w'); os.mkdir('y'); os.rename('x', 'z')"
        seen = self.see(tmp_path, code)
        assert {"x", "y"} < seen.touched
        assert len(seen.touched) == 3
