"""`selftest`: what this installation answers to the examples it carries."""

import time
from typing import TYPE_CHECKING, Final

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import Data, Linear

if TYPE_CHECKING:
    from ndm_advisor.cli.example_check import Checked
    from ndm_advisor.explain.page_parts import Section
    from ndm_advisor.model.knowledge import Knowledge

HELP: Final = """
Re-run the example cases of this installation against their expected answers, and every check of
its knowledge base.

Examples:

\b
  ndm-advisor selftest
  ndm-advisor selftest --data ./data  another base, the same examples

Exit status 0: all as expected. 1: an answer differs; each difference is printed. 5: the base has
problems. The expected answers were written by hand from the policy, not from this program.
"""


def selftest(*, data: Data = None, linear: Linear = False) -> ExitStatus:
    """Run it."""
    from ndm_advisor.cli.base import directory_of_base  # noqa: PLC0415
    from ndm_advisor.cli.example_check import check_examples  # noqa: PLC0415
    from ndm_advisor.cli.pages import write_page  # noqa: PLC0415
    from ndm_advisor.knowledge.files import read_files  # noqa: PLC0415
    from ndm_advisor.knowledge.load import (  # noqa: PLC0415
        checksum,
        find_base,
        load_unsealed,
    )
    from ndm_advisor.knowledge.seal import SEAL, read  # noqa: PLC0415

    began = time.perf_counter()
    base = find_base(directory_of_base(data))
    files = read_files(base)
    sha256 = checksum(files)
    knowledge = load_unsealed(files, sha256)  # every check, whatever the seal says
    sealed = read(base / SEAL, sha256) is not None
    checked = list(check_examples(knowledge))
    failed = [one for one in checked if one.differences]
    took = time.perf_counter() - began
    held = f"{len(files)} files, every check passed; {'sealed' if sealed else 'not sealed'}"
    sections = _sections(knowledge, held, checked, failed, took)
    write_page("Self-test", sections, linear=linear)
    return ExitStatus.FAIL_ON if failed or not checked else ExitStatus.OK


def _sections(
    knowledge: "Knowledge",
    held: str,
    checked: "list[Checked]",
    failed: "list[Checked]",
    seconds: float,
) -> "list[Section]":
    from ndm_advisor.cli.example_check import ADVISED_ON  # noqa: PLC0415
    from ndm_advisor.explain.page_parts import Section  # noqa: PLC0415
    from ndm_advisor.version import VERSION  # noqa: PLC0415

    passed = len(checked) - len(failed)
    examples = f"{len(checked)} run, {passed} passed, {len(failed)} failed; advised {ADVISED_ON}"
    if not checked:
        examples = "none found: this installation carries no example cases"
    return [
        Section("Result", ("FAILED" if failed or not checked else "passed",)),
        Section("Knowledge", (held,)),
        Section("Examples", (examples,)),
        *(Section(f"FAILED {one.name}", one.differences) for one in failed),
        Section("Versions", (f"tool {VERSION}, knowledge {knowledge.version}", knowledge.sha256)),
        Section("Time", (f"{seconds:.1f} seconds",)),
    ]
