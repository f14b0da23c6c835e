"""Other Pythons, other versions of the dependencies, installed as users do: one command.

`python -m tests.proof.environment [--python PATH]... [--only NAME | --resume]`; see docs/proof.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

import tomli

from tests.proof import page

VERSIONS: Final = ("3.11", "3.12", "3.13")
AT_LEAST: Final = 2
FOLDER: Final = page.WORK / "environment"
ON: Final = "2026-11-22"
# A part of the suite that meets every dependency: parser, model, terminal, program.
QUICK: Final = (
    "tests/cli/test_commands.py",
    "tests/cli/test_completion.py",
    "tests/cli/test_schedule.py",
    "tests/cli/test_screen.py",
    "tests/cli/test_statuses.py",
    "tests/read",
    "tests/render/test_rich_text.py",
    "tests/render/test_as_json.py",
    "tests/orders/test_contradictions.py",
)
_LONGEST_S: Final = 900
_STEP_FAILED: Final = "failed"
_STATE: Final = "tried.json"


class Step(NamedTuple):
    """One thing that was tried in one environment; `said` is empty where it worked."""

    what: str
    said: str


class Environment(NamedTuple):
    """A Python and a choice of versions, `lowest` or `highest`."""

    version: str
    python: str
    choice: str

    @property
    def name(self) -> str:
        return f"{self.version} {self.choice}"


class StepError(Exception):
    """A command ended otherwise than it should."""


def main() -> int:
    """Try every environment, print, write the page; 1 where something did not work."""
    arguments = _arguments()
    proved = page.hashes()
    kept = _kept(arguments.folder) if arguments.resume else Kept({}, 0.0)
    if kept is None:
        sys.stderr.write("no run of this program and data broke off here: leave out --resume\n")
        return 2
    if not arguments.resume:
        shutil.rmtree(arguments.folder, ignore_errors=True)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    found = dict(_pythons(arguments.python))
    chosen = [
        environment
        for version, python in found.items()
        for choice in ("lowest", "highest")
        if (environment := Environment(version, python, choice)).name == arguments.only
        or arguments.only is None
    ]
    tried, seconds = _tried(chosen, arguments, kept)
    if arguments.only is not None:
        sys.stdout.write(f"{page.PAGE.name} stays as it is: it holds whole runs only.\n")
    elif len(found) < AT_LEAST:
        page.put("environment", f"Not run: found only Python {', '.join(found) or 'none'}.")
    elif page.hashes() == proved:
        page.write(_section(tried, seconds), proved)
    return int(any(step.said for steps in tried.values() for step in steps))


def _tried(
    chosen: list[Environment], arguments: argparse.Namespace, kept: Kept
) -> tuple[dict[Environment, list[Step]], float]:
    """What each environment said, and the seconds of this run and of those it went on with."""
    started = time.monotonic()
    tried = {one: kept.steps[one.name] for one in chosen if one.name in kept.steps}
    left = [one for one in chosen if one not in tried]
    for one in left:
        shutil.rmtree(_place(one, arguments.folder), ignore_errors=True)
    built = _built(arguments.folder)
    seconds = kept.seconds
    with ThreadPoolExecutor(arguments.processes) as pool:  # each waits for its programs
        done = pool.map(lambda one: list(_steps(one, arguments.folder, built)), left)
        for environment, steps in zip(left, done, strict=True):
            tried[environment] = steps
            seconds = kept.seconds + time.monotonic() - started
            _keep(arguments.folder, tried, seconds)
            for step in steps:
                sys.stdout.write(f"{environment.name}: {step.what}: {step.said or 'ok'}\n")
                sys.stdout.flush()
    return {one: tried[one] for one in chosen}, seconds


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proof.environment")
    parser.add_argument(
        "--python", action="append", default=[], metavar="PATH", help="another Python to try"
    )
    parser.add_argument("--only", metavar="NAME", help='one environment, such as "3.12 lowest"')
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on with a run broken off, and try again what failed",
    )
    parser.add_argument("--folder", type=Path, default=FOLDER, metavar="DIR")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N")
    return parser.parse_args()


# -- what a run keeps to go on with ---------------------------------------------------------------


class Kept(NamedTuple):
    """The environments in which everything worked, and the seconds spent so far."""

    steps: dict[str, list[Step]]
    seconds: float


def _stamp() -> dict[str, str]:
    return {name: page.hash_of(page.ROOT, name) for name in ("ndm_advisor", "data")}


def _kept(folder: Path) -> Kept | None:
    """None where no run on the same program and data broke off."""
    state = folder / _STATE
    if not state.is_file():
        return None
    held = json.loads(state.read_text(encoding="utf-8"))
    if held["stamp"] != _stamp():
        return None
    tried = {name: [Step(*step) for step in steps] for name, steps in held["tried"].items()}
    worked = {name: steps for name, steps in tried.items() if not any(s.said for s in steps)}
    return Kept(worked, held["seconds"])


def _keep(folder: Path, tried: dict[Environment, list[Step]], seconds: float) -> None:
    held = {
        "stamp": _stamp(),
        "tried": {environment.name: steps for environment, steps in tried.items()},
        "seconds": seconds,
    }
    (folder / _STATE).write_text(json.dumps(held), encoding="utf-8")


# -- what there is --------------------------------------------------------------------------------


def _pythons(named: list[str]) -> Iterator[tuple[str, str]]:
    """Each version that is found and runs: named, on the path, or kept by pyenv."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in VERSIONS:
        kept = sorted(root.glob(f"{version}.*/bin/python"))
        for candidate in (*named, f"python{version}", *map(str, kept)):
            path = shutil.which(candidate)
            if path and _version_of(path) == version:
                yield version, path
                break


def _version_of(python: str) -> str:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def lowest(project: Path = page.ROOT / "pyproject.toml") -> list[str]:
    """The lower bound of every dependency as an exact version, `name==version`."""
    needed = tomli.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    found = [re.fullmatch(r"([A-Za-z0-9_-]+)>=([0-9.]+)", each) for each in needed]
    bounds = [f"{match[1]}=={match[2]}" for match in found if match]
    _expect(len(bounds) == len(needed), "a dependency has no lower bound")
    return bounds


def _place(environment: Environment, folder: Path) -> Path:
    return folder / environment.name.replace(" ", "-")


def _built(folder: Path) -> tuple[Path, Path]:
    """Wheel and source distribution of this checkout."""
    shutil.rmtree(folder / "dist", ignore_errors=True)
    _run(sys.executable, "-m", "build", "--outdir", folder / "dist", page.ROOT, cwd=folder)
    (wheel,) = (folder / "dist").glob("*.whl")
    (source,) = (folder / "dist").glob("*.tar.gz")
    return wheel, source


# -- what is tried --------------------------------------------------------------------------------


def _steps(environment: Environment, folder: Path, built: tuple[Path, Path]) -> Iterator[Step]:
    wheel, source = built
    place = _place(environment, folder)
    pinned = lowest() if environment.choice == "lowest" else []
    tried = (
        ("wheel installs", lambda: _install(environment, place, wheel, pinned)),
        ("selftest", lambda: _self_test(place)),
        ("Windows line ends", lambda: _windows_line_ends(place)),
        ("quick tests", lambda: _quick_tests(place)),
        # after the others: its extras may raise a version that is to be the lowest
        ("README commands", lambda: _readme_commands(place)),
        ("source distribution", lambda: _source(environment, place, source, pinned)),
    )
    for what, step in tried:
        try:
            step()
        except StepError as error:
            yield Step(what, str(error))
            if what == "wheel installs":
                return  # nothing else can be tried
        else:
            yield Step(what, "")


def _install(environment: Environment, place: Path, wheel: Path, pinned: list[str]) -> None:
    place.mkdir(parents=True)
    _run(environment.python, "-m", "venv", place / "venv", cwd=place)
    _pip(place, "install", wheel, *pinned)


def _self_test(place: Path) -> None:
    said = _run(_command(place), "selftest", cwd=place)
    _expect("Result: passed" in said, "selftest does not say that it passed")
    _run(_command(place), "knowledge", "check", cwd=place)


def _readme_commands(place: Path) -> None:
    """Every command the README shows, with the extras it names, beside its case and examples."""
    text = (page.ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"ndm-advisor\[([\w,]+)\]", text)
    _pip(place, "install", *_extras(*dict.fromkeys(",".join(named).split(","))))
    (case,) = re.findall(r"^```toml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)[:1]
    (place / "case.toml").write_text(case, encoding="utf-8")
    shutil.copytree(page.ROOT / "examples", place / "examples", dirs_exist_ok=True)
    shown = re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    for line in "".join(shown).splitlines():
        if line.startswith("ndm-advisor "):
            _run("bash", "-c", line, cwd=place)


def _windows_line_ends(place: Path) -> None:
    """Cases and knowledge with \\r\\n: the same answers."""
    turned = place / "windows"
    for folder in ("examples/cases", "data"):
        for path in sorted((page.ROOT / folder).rglob("*.toml")):
            copy = turned / path.relative_to(page.ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    _run(_command(place), "knowledge", "check", turned / "data", cwd=place)
    options = ("--on", ON, "--format", "ndjson")
    usual = _answers(place, page.ROOT / "examples" / "cases", *options)
    _expect(usual == _answers(place, turned / "examples" / "cases", *options), "cases differ")
    base = ("--data", turned / "data")
    _expect(
        _without_base(usual)
        == _without_base(_answers(place, page.ROOT / "examples" / "cases", *options, *base)),
        "answers by the knowledge with Windows line ends differ",
    )


def _answers(place: Path, folder: Path, *options: str | Path) -> list[str]:
    """The records of a batch without the folder their paths begin with."""
    lines = _run(_command(place), "batch", folder, *options, cwd=place).splitlines()
    return [line.replace(str(folder), "") for line in lines]


def _without_base(records: list[str]) -> list[str]:
    """The hash of the base is of its bytes, and those differ."""
    return [re.sub(r'"knowledge_sha256":"[0-9a-f]+"', "", record) for record in records]


def _quick_tests(place: Path) -> None:
    _pip(place, "install", *_extras("test"))
    # others use the other cores, and clear away the folders that pytest takes for its own
    options = ("-q", "-x", "-p", "no:cacheprovider", "-n", "0", f"--basetemp={place / 'tmp'}")
    _run(place / "venv" / "bin" / "python", "-m", "pytest", *options, *QUICK, cwd=page.ROOT)


def _extras(*names: str) -> list[str]:
    """What the extras of these names require."""
    declared = tomli.loads((page.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    held = declared["project"]["optional-dependencies"]
    return [requirement for name in names for requirement in held[name]]


def _source(environment: Environment, place: Path, source: Path, pinned: list[str]) -> None:
    """Installed from source elsewhere; it carries its tests and answers its examples."""
    with tarfile.open(source) as archive:
        names = archive.getnames()
    _expect(any(name.endswith("tests/conftest.py") for name in names), "it has no tests")
    elsewhere = place / "from-source"
    elsewhere.mkdir()
    _run(environment.python, "-m", "venv", elsewhere / "venv", cwd=elsewhere)
    _pip(elsewhere, "install", source, *pinned)
    _run(_command(elsewhere), "selftest", cwd=elsewhere)


# -- running --------------------------------------------------------------------------------------


def _command(place: Path) -> Path:
    return place / "venv" / "bin" / "ndm-advisor"


def _pip(place: Path, *arguments: str | Path) -> None:
    python = place / "venv" / "bin" / "python"
    quiet = ("-q", "--disable-pip-version-check")
    _run(python, "-m", "pip", *arguments, *quiet, cwd=place)


def _run(*command: str | Path, cwd: Path) -> str:
    """Standard output; nothing of this environment or this user's settings reaches it.

    Raises:
        StepError: it ended with another status than 0.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"} and "NDM_ADVISOR" not in name
    }
    place = cwd / "venv" / "bin"
    kept |= {"XDG_CONFIG_HOME": str(cwd / "no-config"), "PATH": f"{place}:{kept['PATH']}"}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=kept,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=_LONGEST_S,
        check=False,
    )
    if done.returncode:
        last = (done.stdout + done.stderr).strip().splitlines()[-3:]
        message = f"{Path(str(command[0])).name} {command[1]}: {' / '.join(last)}"
        raise StepError(message)
    return done.stdout


def _expect(held: object, otherwise: str) -> None:
    if not held:
        raise StepError(otherwise)


def _section(tried: dict[Environment, list[Step]], seconds: float) -> page.Section:
    rows = [
        (
            f"Python {environment.version}, {environment.choice} versions",
            ", ".join(step.what for step in steps if not step.said) or "nothing",
            "all worked"
            if not any(step.said for step in steps)
            else "; ".join(f"{step.what} {_STEP_FAILED}" for step in steps if step.said),
        )
        for environment, steps in tried.items()
    ]
    found = {environment.version for environment in tried}
    missing = [version for version in VERSIONS if version not in found]
    absent = f" Not found, not run: Python {', '.join(missing)}." if missing else ""
    said = [
        f"- {environment.name}: {step.what}: {step.said}".replace(str(page.ROOT), ".")
        for environment, steps in tried.items()
        for step in steps
        if step.said
    ]
    ran = (
        f"`python -m tests.proof.environment`: {seconds / 60:.0f} minutes. "
        f"Lowest: {', '.join(lowest())}.{absent}"
    )
    return page.Section("environment", ran, time.strftime("%Y-%m-%d"), rows, "\n".join(said))


if __name__ == "__main__":
    sys.exit(main())
