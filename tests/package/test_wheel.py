"""The wheel alone gives the advice: built, installed where nothing else is, run from elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import venv
import zipfile
from pathlib import Path

import pytest

from ndm_advisor import __version__

ROOT = Path(__file__).resolve().parents[2]
CASE = "bloodstream-all-tested"
NO_INDEX = ("No matching distribution found", "Could not find a version")

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run without anything of this checkout or this environment in the way."""
    ours = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ours and not name.startswith("NDM_ADVISOR")
    }
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def pip(python: Path, *arguments: str | Path, cwd: Path) -> None:
    """Run pip; without a package index to ask, skip, but never in continuous integration."""
    done = run(python, "-m", "pip", *arguments, "-q", "--disable-pip-version-check", cwd=cwd)
    unreachable = any(words in done.stderr for words in NO_INDEX)
    if done.returncode and unreachable and not os.environ.get("CI"):
        pytest.skip("pip reaches no package index, so no wheel can be built and installed")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Path:
    """A folder far from the checkout with a new environment in it."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder / "venv", with_pip=True)
    return folder


@pytest.fixture(scope="module")
def wheel(clean) -> Path:
    python = clean / "venv" / "bin" / "python"
    pip(python, "wheel", "--no-deps", "-w", clean / "dist", ROOT, cwd=clean)
    (built,) = (clean / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def installed(clean, wheel) -> Path:
    """The command of the installed wheel."""
    binaries = clean / "venv" / "bin"
    pip(binaries / "python", "install", wheel, cwd=clean)
    return binaries / "ndm-advisor"


@pytest.mark.safety("SAF-506")
def test_carries_every_file_of_the_knowledge_base(names):
    ours = {
        f"ndm_advisor/_data/{file.relative_to(ROOT / 'data').as_posix()}"
        for file in (ROOT / "data").rglob("*.toml")
    }
    assert ours
    assert ours <= set(names)


def test_carries_every_example_with_what_is_expected_of_it(names):
    ours = {
        f"ndm_advisor/_examples/cases/{file.name}"
        for file in (ROOT / "examples" / "cases").iterdir()
        if file.suffix in {".toml", ".json"}
    }
    assert ours
    assert ours <= set(names)


def test_carries_every_lesson_and_what_prints_them(names):
    teaching = ROOT / "examples" / "teaching"
    ours = {
        f"ndm_advisor/_examples/teaching/{file.relative_to(teaching).as_posix()}"
        for file in teaching.rglob("*.toml")
    }
    assert ours
    assert ours | {"ndm_advisor/cli/teaching/page.html.j2"} <= set(names)


def test_carries_every_template_of_a_page(names):
    folder = ROOT / "ndm_advisor" / "render" / "pages" / "templates"
    ours = {file.relative_to(ROOT).as_posix() for file in folder.iterdir()}
    assert {Path(name).suffix for name in ours} == {".html", ".css", ".js"}
    assert ours <= set(names)


def test_carries_nothing_else(names):
    folders = {name.split("/")[0] for name in names}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {"ndm_advisor"}
    strange = {"tests", "shared", "bad", "__pycache__", ".ruff_cache", ".mypy_cache"}
    assert [name for name in names if strange & set(name.split("/"))] == []


def test_carries_the_licence_and_the_mark_of_typing(names):
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]
    assert "ndm_advisor/py.typed" in names


def test_every_module_of_the_checkout_is_in_it(names):
    modules = {file.relative_to(ROOT).as_posix() for file in (ROOT / "ndm_advisor").rglob("*.py")}
    assert modules <= set(names)


@pytest.mark.safety("SAF-506")
def test_gives_the_advice_for_an_example_it_carries(installed, clean):
    package = run(
        installed.with_name("python"),
        "-c",
        "import ndm_advisor, pathlib; print(pathlib.Path(ndm_advisor.__file__).parent)",
        cwd=clean,
    ).stdout.strip()
    assert Path(package).is_relative_to(clean / "venv")
    case = Path(package) / "_examples" / "cases" / f"{CASE}.toml"
    done = run(installed, "advise", case, "--on", "2026-11-22", "--format", "json", cwd=clean)
    assert done.returncode == 0, done.stderr
    expected = json.loads(case.with_suffix(".expected.json").read_text(encoding="utf-8"))
    answer = json.loads(done.stdout)
    assert answer["outcome"] == expected["outcome"]
    keys = ("id", "rank", "order", "provisional")
    offered = [[regimen[key] for key in keys] for regimen in answer["regimens"]]
    assert offered == [[regimen[key] for key in keys] for regimen in expected["regimens"]]


def test_teaches_from_the_lessons_it_carries(installed, clean):
    done = run(installed, "teach", "--check", cwd=clean)
    assert done.returncode == 0, done.stderr
    assert "_examples" in done.stdout
    page = run(installed, "teach", "--export", "html", "1", cwd=clean)
    assert page.stdout.startswith("<!DOCTYPE html>"), page.stderr


def test_writes_the_page_of_an_example_it_carries(installed, clean):
    home = installed.parents[1]
    (case,) = home.rglob(f"_examples/cases/{CASE}.toml")
    done = run(installed, "advise", case, "--on", "2026-11-22", "--format", "html", cwd=clean)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("<!doctype html>")
    assert "<svg " in done.stdout


def test_checks_its_own_knowledge_base(installed, clean):
    done = run(installed, "knowledge", "check", cwd=clean)
    assert done.returncode == 0, done.stderr


@pytest.mark.safety("SAF-502")
@pytest.mark.skipif(not (ROOT / "data" / "seal.json").is_file(), reason="the base is not sealed")
def test_starts_from_the_seal_it_carries(installed, clean):
    done = run(installed, "about", cwd=clean)
    assert "(sealed)" in done.stdout, "seal it anew: ndm-advisor knowledge check --seal data"


def test_says_its_version(installed, clean):
    assert __version__ in run(installed, "--version", cwd=clean).stdout
