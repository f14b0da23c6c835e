"""Which tests carry which requirement, as pytest collects them."""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]

Proofs = dict[str, list[str]]  # requirement id -> tests, in the order of the files


class Collector:
    """Takes the markers down while pytest collects; no test is run."""

    def __init__(self) -> None:
        self.proofs: dict[str, dict[str, None]] = {}

    def pytest_collection_modifyitems(self, items: Iterable[pytest.Item]) -> None:
        """Called by pytest once with every test."""
        for item in items:
            for marker in item.iter_markers("safety"):
                for ident in marker.args:
                    named = _name(item, marker.kwargs.get("of"))
                    self.proofs.setdefault(ident, {})[named] = None


def _name(item: pytest.Item, group: str | None) -> str:
    """A test by file and name; its parameters are one test, but for a named group of them."""
    name = item.nodeid.partition("[")[0]
    return f"{name}[{group}]" if group else name


def collect() -> Proofs:
    """Every marked test under tests/, whatever part of the suite runs now.

    Raises:
        RuntimeError: pytest cannot collect the tests.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.safety.collected"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr or done.stdout)
    proofs: Proofs = json.loads(done.stdout)
    return proofs


def main() -> int:
    """Collect in this process and print the proofs as JSON."""
    collector = Collector()
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = pytest.main(
            ["--collect-only", "-qqq", "-p", "no:cacheprovider", "tests"], plugins=[collector]
        )
    if status != pytest.ExitCode.OK:
        sys.stderr.write(said.getvalue())
        return 1
    sys.stdout.write(json.dumps({k: sorted(v) for k, v in sorted(collector.proofs.items())}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
