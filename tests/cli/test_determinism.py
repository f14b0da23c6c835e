"""Same case, knowledge, settings and date: the same bytes, whatever the machine is set to.

Each environment is one process that writes many outputs, and all are compared with the first.
"""

from __future__ import annotations

import json
import locale
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CASES, ON, Start
from tests.cli.test_screen import on_terminal

pytestmark = pytest.mark.safety("SAF-504")

CASE = CASES / "bloodstream-all-tested.toml"
# Run in the process under test: every command into one stream, byte for byte.
ALL_OF_THEM = f"""
import io, sys
sys.path[:0] = [{str(CASES.parents[1])!r}]
from ndm_advisor.cli.program import app
CASES = {[str(path) for path in sorted(CASES.glob("*.toml"))[::6]]!r}
ON = ["--on", {ON!r}]
COMMANDS = [["advise", case, *ON, "--format", form] for case in CASES for form in
            ("json", "text", "sbar")]
COMMANDS += [[name, CASES[0], *ON] for name in ("what-if", "schedule", "validate")]
COMMANDS += [["batch", *CASES, *ON, "--format", form] for form in ("json", "csv", "table")]
COMMANDS += [["completion", "zsh"], ["explain", "aztreonam-alone"], ["knowledge", "list", "drug"]]
COMMANDS += [["dose", "cefiderocol", "--crcl", "45"], ["schema"], ["new"], ["about"], ["man"]]
for command in COMMANDS:
    print("==", *command, flush=True)
    try:
        app(command, prog_name="ndm-advisor")
    except SystemExit as end:
        print("==", end.code, flush=True)
"""
# Few processes, each set in several ways at once: what differs says in which.
SETTINGS: dict[str, dict[str, str]] = {
    "seed 0, locale C, far east": {
        "PYTHONHASHSEED": "0",
        "LC_ALL": "C",
        "TZ": "Pacific/Kiritimati",
    },
    "seed 1, locale POSIX, far west": {
        "PYTHONHASHSEED": "1",
        "LC_ALL": "POSIX",
        "TZ": "Etc/GMT+12",
    },
    "seed 2, half an hour off, every warning shown": {
        "PYTHONHASHSEED": "2",
        "TZ": "America/St_Johns",
        "PYTHONDEVMODE": "1",
    },
    "seed by chance, no such time zone, no assertions": {
        "PYTHONHASHSEED": "random",
        "TZ": "Nowhere/Never",
        "PYTHONOPTIMIZE": "1",
    },
    "German": {"LC_ALL": "de_DE.UTF-8"},
    "Turkish": {"LC_ALL": "tr_TR.UTF-8"},
    "Arabic": {"LC_ALL": "ar_EG.UTF-8"},
}


def everything(**settings: str) -> bytes:
    ours = {"TZ", "LANG", "LANGUAGE", "COLUMNS", "NO_COLOR", "XDG_CONFIG_HOME"}
    kept = {k: v for k, v in os.environ.items() if k not in ours}
    kept = {k: v for k, v in kept.items() if not k.startswith(("LC_", "PYTHONHASH"))}
    done = subprocess.run(
        [sys.executable, "-c", ALL_OF_THEM],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**kept, "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": "/nonexistent", **settings},
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def usual() -> bytes:
    written = everything()
    assert written.count(b"\n== 0\n") == written.count(b"== advise") + 14
    return written


def is_installed(name: str) -> bool:
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_ALL, before)
    return True


@pytest.mark.parametrize("name", SETTINGS)
def test_every_output_is_the_same(usual: bytes, name: str) -> None:
    wanted = SETTINGS[name].get("LC_ALL")
    if wanted is not None and not is_installed(wanted):
        pytest.skip(f"this machine has no locale {wanted}")
    assert everything(**SETTINGS[name]) == usual


@pytest.mark.parametrize("form", ["json", "ndjson", "csv"])
def test_any_number_of_jobs(start: Start, form: str) -> None:
    options = ("batch", CASES, "--on", ON, "--format", form)
    alone = start(*options)
    assert alone.returncode == 0
    assert len(alone.stdout) > 10_000
    for jobs in ("2", "3"):
        assert start(*options, "--jobs", jobs).stdout == alone.stdout


def test_the_order_of_keys_in_a_file_changes_no_advice(start: Start, tmp_path: Path) -> None:
    text = CASE.read_text(encoding="utf-8")
    document = json.loads(start("advise", CASE, "--on", ON, "--format", "json").stdout)
    head, *tables = text.split("\n[")
    turned = tmp_path / CASE.name
    turned.write_text("\n[".join([head, *reversed(tables)]) + "\n", encoding="utf-8")
    done = start("advise", turned, "--on", ON, "--format", "json")
    other = json.loads(done.stdout)
    assert other["case"]["sha256"] == document["case"]["sha256"]
    assert [r["id"] for r in other["regimens"]] == [r["id"] for r in document["regimens"]]


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    "settings",
    [{}, {"COLUMNS": "40"}, {"TERM": "dumb"}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}],
    ids=str,
)
def test_json_does_not_depend_on_the_terminal(start: Start, settings: dict[str, str]) -> None:
    options = ("advise", CASE, "--on", ON, "--format", "json")
    status, screen = on_terminal(*options, **settings)
    assert status == 0
    assert screen.encode() == start(*options).stdout
