"""What a path may lead to, for every command that reads one; a full disk for each that writes."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ndm_advisor import regular_file
from tests.cli.conftest import CASES, ON, Run, Start
from tests.cli.test_batch import GOOD
from tests.cli.test_batch_folder import BAD_FILES, needs_posix

GOOD_CASE = CASES / "bloodstream-all-tested.toml"
READING: dict[str, tuple[str, ...]] = {
    "advise": ("--on", ON),
    "schedule": ("--on", ON),
    "what-if": ("--on", ON),
    "validate": ("--on", ON),
}
DEEP = {
    "deep.toml": "a = " + "[" * 50_000,
    "deep-tables.toml": ".".join("a" * 20_000) + " = 1\n",
    "deep.json": '{"a":' * 50_000,
    "deep-lists.json": '{"a":' + "[" * 50_000 + "]" * 50_000 + "}",
    "digits.json": '{"format": ' + "9" * 20_000 + "}",
    "long-line.toml": 'note = "' + "a" * 900_000 + '"\n',
    "many-lines.toml": "x\n" * 500_000,
    "many-orders.toml": "[[orders]]\n" * 90_000,
    "many-names.toml": "[panel.results]\n" + "".join(f"d{n} = 1\n" for n in range(80_000)),
    "many-medicines.json": '{"patient": {"medicines": [' + ",".join(['"a"'] * 90_000) + "]}}",
    "many-keys.json": json.dumps({f"k{n}": n for n in range(60_000)}),
    "bidi.toml": '"\u202ekey\u202c" = "\u2066\u061c"\n',
}
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
TALL = 3 * 1024 * 1024


def make_deep(name: str) -> Callable[[Path], Any]:
    return lambda path: path.write_text(DEEP[name], encoding="utf-8")


HOSTILE = {name: make for name, (make, _) in BAD_FILES.items()}
HOSTILE |= {name: make_deep(name) for name in DEEP}


@pytest.mark.safety("SAF-406", "SAF-703", "SAF-704")
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("command", READING)
def test_what_is_no_case_is_refused_in_words(
    run: Run, tmp_path: Path, command: str, name: str
) -> None:
    path = tmp_path / name
    HOSTILE[name](path)
    result = run(command, path, *READING[command])
    assert result.exit_code in {2, 4}, result.stderr[-300:]
    if command == "validate" and result.exit_code == 4:
        assert result.stdout.startswith(f"{path}: cannot be assessed; ")
        assert result.stdout.count("\n") == 1
    else:
        assert result.stdout == ""
    assert result.stderr.strip()
    assert "internal error" not in result.stderr
    assert result.stderr.replace("\n", "").isprintable()
    assert len(result.stderr) < 20_000, "a refusal, not the file again"


@pytest.mark.safety("SAF-802", "SAF-703")
@pytest.mark.parametrize("suffix", [".ndjson", ".csv"])
def test_hostile_lines_are_each_a_case(run: Run, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cases{suffix}"
    lines = [text.replace("\n", " ") for text in DEEP.values()]
    if suffix == ".csv":
        lines = [f'"{line.replace(chr(34), chr(34) * 2)}",x' for line in lines]
        head, good = "format,isolate.organism,infection.site", "ndm-advisor/case/1,E. coli,other"
        text = "\n".join([head, *lines, good, ""])
    else:
        text = "\n".join([*lines, json.dumps(GOOD), ""])
    path.write_text(text, encoding="utf-8")
    result = run("batch", path, "--on", ON, "--format", "ndjson")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 3
    assert ["error" in record for record in records] == [True] * len(DEEP) + [False]


@pytest.mark.safety("SAF-406")
@pytest.mark.parametrize("command", READING)
def test_a_file_that_vanishes_between_two_looks(
    run: Run, tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.toml"
    shutil.copy(GOOD_CASE, path)
    real = regular_file.stat.S_ISDIR

    def vanish(mode: int) -> bool:
        path.unlink(missing_ok=True)
        return real(mode)

    monkeypatch.setattr(regular_file.stat, "S_ISDIR", vanish)
    result = run(command, path, *READING[command])
    assert result.exit_code in {2, 4}
    assert result.stdout == ""
    assert "No such file" in result.stderr


@needs_posix
@pytest.mark.safety("SAF-704")
def test_a_pipe_in_place_of_the_configuration_file(
    start: Start, tmp_path: Path, case: Path
) -> None:
    folder = tmp_path / "config" / "ndm-advisor"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "config.toml")
    result = start("advise", case, "--on", ON, XDG_CONFIG_HOME=str(tmp_path / "config"))
    assert (result.returncode, result.stdout) == (2, b"")
    assert b"not a regular file but a pipe" in result.stderr


def target_options(command: str, target: Path) -> tuple[str | Path, ...]:
    return (command, GOOD_CASE, "--on", ON, "-o", target)


WRITING = ("advise", "batch")


@needs_posix
class TestTargets:
    """An output takes the place of a regular file, and of nothing else."""

    @pytest.mark.safety("SAF-704")
    @pytest.mark.parametrize("command", WRITING)
    def test_a_pipe_stays_one(self, run: Run, tmp_path: Path, command: str) -> None:
        target = tmp_path / "out"
        os.mkfifo(target)
        result = run(*target_options(command, target))
        assert result.exit_code == 2
        assert "not a regular file" in result.stderr
        assert target.is_fifo()

    @pytest.mark.safety("SAF-704")
    @pytest.mark.parametrize("command", WRITING)
    @pytest.mark.parametrize("leads_to", ["/dev/null", "file", "gone"])
    def test_a_link_stays_one(self, run: Run, tmp_path: Path, command: str, leads_to: str) -> None:
        (tmp_path / "file").write_text("old", encoding="utf-8")
        target = tmp_path / "out"
        target.symlink_to(leads_to)
        result = run(*target_options(command, target))
        assert result.exit_code == 2
        assert "is a link" in result.stderr
        assert target.is_symlink()
        assert (tmp_path / "file").read_text(encoding="utf-8") == "old"

    @pytest.mark.safety("SAF-704")
    @pytest.mark.parametrize("command", WRITING)
    def test_a_device_stays_one(self, run: Run, command: str) -> None:
        result = run(*target_options(command, Path(os.devnull)))
        assert result.exit_code == 2
        assert Path(os.devnull).is_char_device()

    @pytest.mark.safety("SAF-803")
    def test_no_case_is_replaced_by_an_answer(self, run: Run, tmp_path: Path) -> None:
        other = tmp_path / "other.toml"
        shutil.copy(GOOD_CASE, other)
        for arguments in (
            target_options("advise", other),
            ("batch", tmp_path, "--on", ON, "-o", other),
            ("batch", GOOD_CASE, "--on", ON, "--format", "ndjson", "-o", other),
        ):
            result = run(*arguments)
            assert result.exit_code == 2
            assert "holds a case" in result.stderr
            assert other.read_bytes() == GOOD_CASE.read_bytes()

    @pytest.mark.safety("SAF-803")
    @pytest.mark.parametrize(
        "text",
        [
            "# a note\n  format = 'ndm-advisor/case/1'\n",
            '"format"="ndm-advisor/case/1"\n',
            '{"id": "a", "format" : "ndm-advisor/case/1"}',
            '{"id":"a"}\n{"id":"b","format":"ndm-advisor/case/1"}\n',
            "id,format,isolate.organism\r\na,ndm-advisor/case/1,E. coli\r\n",
            'isolate.organism,format\r\nE. coli,"ndm-advisor/case/1"\r\n',
        ],
    )
    def test_a_case_is_known_however_it_is_written(
        self, run: Run, tmp_path: Path, text: str
    ) -> None:
        other = tmp_path / "other"
        other.write_bytes(text.encode())
        result = run("batch", GOOD_CASE, "--on", ON, "--format", "csv", "-o", other)
        assert result.exit_code == 2
        assert "holds a case" in result.stderr
        assert other.read_bytes() == text.encode()

    @pytest.mark.safety("SAF-803")
    @pytest.mark.parametrize("form", ["csv", "ndjson", "json", "md", "html"])
    def test_an_answer_that_quotes_a_refused_format_is_no_case(
        self, run: Run, tmp_path: Path, form: str
    ) -> None:
        case = tmp_path / "cases" / "newer.toml"
        case.parent.mkdir()
        text = GOOD_CASE.read_text(encoding="utf-8")
        case.write_text(text.replace("ndm-advisor/case/1", "ndm-advisor/case/2"), encoding="utf-8")
        target = tmp_path / "out"
        arguments = ("batch", case.parent, "--on", ON, "--format", form, "-o", target)
        first, second = run(*arguments), run(*arguments)
        assert b"ndm-advisor/case/" in target.read_bytes()
        assert second.exit_code == first.exit_code
        assert run(*arguments, "--resume").exit_code == first.exit_code

    @pytest.mark.safety("SAF-803")
    @pytest.mark.parametrize("form", ["text", "json", "sbar"])
    def test_an_answer_is_replaced_by_the_next(self, run: Run, tmp_path: Path, form: str) -> None:
        arguments = (*target_options("advise", tmp_path / "out"), "--format", form, "--full")
        assert run(*arguments).exit_code == 0
        assert run(*arguments).exit_code == 0


COMMANDS: dict[str, tuple[str | Path, ...]] = {
    "advise": ("advise", GOOD_CASE, "--on", ON),
    "advise json": ("advise", GOOD_CASE, "--on", ON, "--format", "json"),
    "advise sbar": ("advise", GOOD_CASE, "--on", ON, "--format", "sbar"),
    "batch": ("batch", GOOD_CASE, "--on", ON),
    "batch json": ("batch", GOOD_CASE, "--on", ON, "--format", "json"),
    "batch ndjson": ("batch", GOOD_CASE, "--on", ON, "--format", "ndjson"),
    "schedule": ("schedule", GOOD_CASE, "--on", ON),
    "explain": ("explain", "aztreonam-alone"),
    "new": ("new",),
    "help": ("--help",),
}


@needs_posix
@needs_full
@pytest.mark.safety("SAF-803", "SAF-805")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_behind_standard_output_is_said(name: str) -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ndm_advisor", *map(str, COMMANDS[name])],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    assert done.returncode == 2
    said = done.stderr.decode()
    assert "cannot be written: No space left on device" in said
    assert "not whole" in said
    assert "internal error" not in said
    assert "Exception ignored" not in said


@needs_posix
@pytest.mark.safety("SAF-803")
@pytest.mark.parametrize("name", ["advise", "batch ndjson", "help"])
def test_a_closed_standard_output_is_said(name: str) -> None:
    command = [sys.executable, "-m", "ndm_advisor", *map(str, COMMANDS[name])]
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command], stderr=subprocess.PIPE, check=False
    )
    assert done.returncode == 2
    assert b"the output cannot be written" in done.stderr


@needs_posix
@pytest.mark.safety("SAF-803")
def test_closed_streams_do_not_keep_an_answer_from_its_file(tmp_path: Path) -> None:
    arguments = map(str, target_options("advise", tmp_path / "out"))
    command = [sys.executable, "-m", "ndm_advisor", *arguments]
    done = subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *command], check=False)
    assert done.returncode == 0
    assert "BOTTOM LINE" in (tmp_path / "out").read_text(encoding="utf-8").upper()


@needs_posix
class TestDiskThatFills:
    """A limit on the size of files stands for a disk that fills while a file is written."""

    @staticmethod
    def start(*arguments: str | Path, largest: int) -> subprocess.CompletedProcess[bytes]:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, TALL))

        return subprocess.run(
            [sys.executable, "-m", "ndm_advisor", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            preexec_fn=limit,  # nothing here has threads
            check=False,
            timeout=60,
        )

    @pytest.mark.safety("SAF-803")
    @pytest.mark.parametrize("command", WRITING)
    def test_what_stood_there_stands_and_nothing_lies_about(
        self, tmp_path: Path, command: str
    ) -> None:
        target = tmp_path / "out"
        target.write_text("old", encoding="utf-8")
        done = self.start(*target_options(command, target), largest=100)
        assert done.returncode == 2
        assert b"too large" in done.stderr
        assert b"internal error" not in done.stderr
        assert target.read_text(encoding="utf-8") == "old"
        left = {path.name for path in tmp_path.iterdir()} - {"out"}
        assert left <= ({"out.part"} if command == "batch" else set())  # a batch can go on with it

    @pytest.mark.safety("SAF-803", "SAF-804")
    def test_a_batch_goes_on_when_there_is_room_again(self, tmp_path: Path) -> None:
        target = tmp_path / "out"
        arguments = ("batch", CASES, "--on", ON, "--format", "ndjson", "-o", target)
        stopped = self.start(*arguments, largest=200_000)
        assert stopped.returncode == 2
        assert not target.exists()
        assert (tmp_path / "out.part").stat().st_mode & 0o777 == 0o600
        resumed = self.start(*arguments, "--resume", largest=TALL)
        assert resumed.returncode == 0, resumed.stderr
        whole = tmp_path / "whole"
        assert self.start(*arguments[:-1], whole, largest=TALL).returncode == 0
        assert target.read_bytes() == whole.read_bytes()
