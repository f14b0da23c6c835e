"""docs/safety.md from requirements and markers: `python -m tests.safety.table [--check]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from tests.safety.collected import ROOT, Proofs, collect
from tests.safety.requirements import Hazard, Requirement, hazards

PAGE: Final = ROOT / "docs" / "safety.md"
BEGIN: Final = "<!-- safety requirements: written by python -m tests.safety.table -->"
END: Final = "<!-- end of safety requirements -->"


def tables(found: Sequence[Hazard], proofs: Proofs) -> str:
    """Everything between the two markers of the page."""
    lines = [BEGIN, ""]
    for hazard in found:
        lines += _section(hazard, proofs)
    return "\n".join([*lines, END])


def _section(hazard: Hazard, proofs: Proofs) -> Iterator[str]:
    yield f"### {hazard.name}"
    yield ""
    yield hazard.harm
    yield ""
    yield "| requirement | control | the program shall | tests |"
    yield "| --- | --- | --- | --- |"
    for requirement in hazard.requirements:
        yield _row(requirement, proofs.get(requirement.id, []))
    yield ""


def _row(requirement: Requirement, tests: Sequence[str]) -> str:
    shall = requirement.shall[:1].lower() + requirement.shall[1:]
    cells = (requirement.id, requirement.control, shall, "<br>".join(_by_file(tests)) or "none")
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _by_file(tests: Sequence[str]) -> Iterator[str]:
    """Each file once with the tests in it, links from the page's own folder."""
    for file, group in groupby(sorted(tests), key=lambda name: name.partition("::")[0]):
        named = ", ".join(f"`{name.partition('::')[2]}`" for name in group)
        yield f"[{file.removeprefix('tests/')}](../{file}): {named}"


def gaps(found: Sequence[Hazard], proofs: Proofs) -> list[str]:
    """Requirements without a test, and markers that name no requirement; one sentence each."""
    known = [requirement.id for hazard in found for requirement in hazard.requirements]
    untested = [f"{ident} has no test" for ident in known if not proofs.get(ident)]
    strange = [
        f"{ident} is no requirement: {', '.join(tests)}"
        for ident, tests in proofs.items()
        if ident not in known
    ]
    return untested + strange


def in_step(page: str, written: str) -> bool:
    """Whether the page holds what would be written now."""
    return written in page


def written_into(page: str, written: str) -> str:
    """The page with its tables replaced.

    Raises:
        ValueError: the page has not both markers.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        message = f"{PAGE.name} has no place for the tables: {BEGIN} ... {END}"
        raise ValueError(message)
    return f"{before}{written}{after}"


def main() -> int:
    """Write the page; 1 where a requirement has no test or, with --check, the page is behind."""
    parser = argparse.ArgumentParser(prog="python -m tests.safety.table", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if behind")
    only_check = parser.parse_args().check
    found, proofs = hazards(), collect()
    written, page = tables(found, proofs), PAGE.read_text(encoding="utf-8")
    faults = gaps(found, proofs)
    if only_check and not in_step(page, written):
        faults.append(f"{PAGE.name} is behind: python -m tests.safety.table")
    elif not only_check:
        PAGE.write_text(written_into(page, written), encoding="utf-8")
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
