"""The copy of the repository in which mutmut works, and what it found there.

mutmut writes beside the sources it is given, so it is given a copy inside `.proof/` and the
checkout stays as it is. Which mutants there are, how they are run and when one counts as timed out
is mutmut's own.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.proof.page import ROOT

COPIED: Final = ("ndm_advisor", "data", "examples", "tests")
DECISION: Final = "ndm_advisor/decision"
_JUDGE: Final = "tests/proof/code/judged.py"
JUDGED: Final = (
    _JUDGE,
    "tests/unit",
    "tests/explain",
    "tests/orders/test_contradictions.py",
    "tests/orders/test_daily_units.py",
)
# All that JUDGED reads among the tests.
_JUDGING: Final = (
    "tests/explain",
    "tests/knowledge",
    "tests/orders",
    "tests/proof/mutation",
    "tests/unit",
    "tests/vignettes",
)
UNDECIDED: Final = frozenset({"not checked", "check was interrupted by user"})
_TOLD_EVERY: Final = 15  # seconds
_ENDS: Final = 120  # seconds mutmut has to stop in after it was told to
_TAIL: Final = 3000  # characters of its log

# A mutant may take three times what its tests took, and ten seconds: others share the machine.
_SETTINGS: Final = """\
[tool.mutmut]
source_paths = ["ndm_advisor"]
only_mutate = {mutated}
also_copy = ["data", "examples"]
pytest_add_cli_args_test_selection = {judged}
pytest_add_cli_args = ["-p", "no:xdist", "-p", "no:cacheprovider", "-p", "no:logging"]
timeout_multiplier = 3.0
timeout_constant = 10.0
track_dependencies = false
use_git_change_detection = false

[tool.pytest.ini_options]
markers = ["slow", "safety(*ids, of=None)"]
"""
# Started in the background of a shell a program would inherit that Ctrl-C is ignored. A fork asks
# the judge itself and starts pytest, which takes a fifth of a second, for what the judge lets live.
_STARTED: Final = """\
import signal
import sys

signal.signal(signal.SIGINT, signal.default_int_handler)
from mutmut.__main__ import cli
from mutmut.runners.harness import PytestRunner

through_pytest = PytestRunner.run_tests


def run_tests(self, *, mutant_name, tests):
    judge = sys.modules.get({module!r})
    if mutant_name is not None and judge is not None:
        try:
            judge.test_every_case_and_question()
        except Exception:
            return 1
        tests = [test for test in tests if not test.startswith({path!r})]
        if not tests:
            return 0
    return through_pytest(self, mutant_name=mutant_name, tests=tests)


PytestRunner.run_tests = run_tests
cli()
""".format(module=_JUDGE.removesuffix(".py").replace("/", "."), path=_JUDGE)


class Mutant(NamedTuple):
    """One mutant by mutmut's name, and what became of it in mutmut's words."""

    name: str
    status: str

    @property
    def short(self) -> str:
        """The name below `ndm_advisor.decision`."""
        return self.name.removeprefix("ndm_advisor.decision.")

    @property
    def module(self) -> str:
        """The module below `ndm_advisor.decision`."""
        return self.short.rpartition(".")[0]


def make(
    tree: Path, mutated: Sequence[str] = (f"{DECISION}/*",), judged: Sequence[str] = JUDGED
) -> None:
    """Copy the repository anew."""
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    renew(tree, COPIED, mutated, judged)


def renew(
    tree: Path,
    folders: Sequence[str],
    mutated: Sequence[str] = (f"{DECISION}/*",),
    judged: Sequence[str] = JUDGED,
) -> None:
    """Copy these folders over what stands there, and write mutmut's settings."""
    for folder in folders:
        shutil.rmtree(tree / folder, ignore_errors=True)
        shutil.copytree(
            ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
        )
    text = _SETTINGS.format(mutated=json.dumps(list(mutated)), judged=json.dumps(list(judged)))
    (tree / "pyproject.toml").write_text(text, encoding="utf-8")


def has_only_grown(tree: Path, root: Path = ROOT) -> bool:
    """Whether every judging test of the copy still stands as it was, whatever stands beside it."""
    held = [
        path
        for folder in _JUDGING
        for path in (tree / folder).rglob("*")
        if path.suffix in {".py", ".toml"}
    ]
    return all(
        (root / path.relative_to(tree)).is_file()
        and (root / path.relative_to(tree)).read_bytes() == path.read_bytes()
        for path in (*held, tree / _JUDGE)
    )


def run(tree: Path, processes: int, seconds: float | None, only: Sequence[str] = ()) -> None:
    """Let mutmut judge every mutant it has no result for, or those named; stop after `seconds`.

    Raises:
        RuntimeError: mutmut could not begin, for instance because the unchanged code fails.
    """
    command = [sys.executable, "-c", _STARTED, "run", "--max-children", str(processes), *only]
    log = tree / "mutmut.log"
    until = time.monotonic() + (seconds or float("inf"))
    # Its own session: a Ctrl-C reaches it once, from here.
    with (
        log.open("wb") as said,
        subprocess.Popen(
            command, cwd=tree, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        ) as mutmut,
    ):
        if not _ended(mutmut, tree, until):
            return
    if mutmut.returncode:
        last = log.read_text(encoding="utf-8", errors="replace")[-_TAIL:]
        message = f"mutmut ended with {mutmut.returncode}:\n{last}"
        raise RuntimeError(message)


def _ended(mutmut: subprocess.Popen[bytes], tree: Path, until: float) -> bool:
    """Wait for mutmut and tell how far it is; after `until` or a Ctrl-C stop it."""
    try:
        while time.monotonic() < until:
            try:
                mutmut.wait(min(_TOLD_EVERY, max(until - time.monotonic(), 0)))
            except subprocess.TimeoutExpired:
                found = results(tree)
                done = sum(mutant.status not in UNDECIDED for mutant in found)
                sys.stderr.write(f"\r{done} of {len(found)} ")
            else:
                return True
    except KeyboardInterrupt:
        pass
    mutmut.send_signal(signal.SIGINT)
    try:
        mutmut.wait(_ENDS)
    except subprocess.TimeoutExpired:
        mutmut.kill()
    return False


def results(tree: Path) -> list[Mutant]:
    """Every mutant there is, in the order of the files."""
    from mutmut.stats import status_by_exit_code  # noqa: PLC0415  # of the extra `proof`

    found = []
    for path in sorted((tree / "mutants" / DECISION).rglob("*.py.meta")):
        try:
            codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        except json.JSONDecodeError:  # just being written
            continue
        found += [Mutant(name, status_by_exit_code[code]) for name, code in codes.items()]
    return found


def forget(tree: Path, statuses: frozenset[str]) -> None:
    """Take back the results with these statuses, so that the next run judges those mutants."""
    from mutmut.stats import status_by_exit_code  # noqa: PLC0415  # of the extra `proof`

    for path in (tree / "mutants" / DECISION).rglob("*.py.meta"):
        meta = json.loads(path.read_text(encoding="utf-8"))
        codes = meta["exit_code_by_key"]
        for name, code in codes.items():
            if status_by_exit_code[code] in statuses:
                codes[name] = None
        path.write_text(json.dumps(meta, indent=4), encoding="utf-8")


def changes(tree: Path, mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """Each mutant with the lines it changed, on one line."""
    for mutant in mutants:
        path = tree / "mutants" / f"{mutant.name.rpartition('.')[0].replace('.', '/')}.py"
        if not path.is_file():
            path = path.with_suffix("") / "__init__.py"
        spans = json.loads(path.with_name(f"{path.name}.spans").read_text("utf-8"))["spans"]
        lines = path.read_text(encoding="utf-8").splitlines()
        name = mutant.name.rpartition(".")[2]
        original = f"{name.rpartition('__mutmut_')[0]}__mutmut_orig"
        before, after = (
            [line.replace(held, "") for line in lines[spans[held][0] - 1 : spans[held][1]]]
            for held in (original, name)
        )
        yield mutant, _changed(before, after)


def _changed(before: list[str], after: list[str]) -> str:
    """What stands between the lines that both begin with and both end with."""
    while before and after and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    was, now = (" ".join(line.strip() for line in lines) for lines in (before, after))
    return f"{was} -> {now}"
