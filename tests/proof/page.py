"""docs/proof.md: what each slow proof found, and on which code and data it found it.

A figure counts while the three hashes beside it are current. Code moves on every day and a full
run takes up to an hour, so a figure that has gone stale fails no test: `python -m
tests.proof.status` says which figures are current, and with `--write` puts that into the page.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs" / "proof.md"
SURVIVORS: Final = ROOT / "docs" / "proof-survivors.md"
WORK: Final = ROOT / ".proof"  # git-ignored: what a run that was broken off needs to go on
PROVED: Final = ("ndm_advisor/model", "ndm_advisor/decision", "data")
_KEPT: Final = frozenset({".py", ".toml"})  # the seal is made of the rest of data/
_HASH: Final = re.compile(r"^\| `([a-z_/]+)` \| `([0-9a-f]{64})` \|$", re.MULTILINE)


class Section(NamedTuple):
    """One section of the page: what ran in a sentence, the figures, and what follows them."""

    name: str
    ran: str
    on: str
    figures: Sequence[tuple[str, str, str]]  # what, figure, aim and whether it is met
    after: str = ""


def hashes(root: Path = ROOT) -> dict[str, str]:
    """SHA-256 of each proved folder: over the path and the bytes of its files, sorted by path."""
    return {folder: hash_of(root, folder) for folder in PROVED}


def hash_of(root: Path, folder: str) -> str:
    """SHA-256 over one folder."""
    total = hashlib.sha256()
    files = sorted(p for p in (root / folder).rglob("*") if p.suffix in _KEPT and p.is_file())
    for path in files:
        content = path.read_bytes()
        total.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()


def write(section: Section, proved: Mapping[str, str], page: Path = PAGE) -> None:
    """Put a section between its markers, with the hashes its run began with.

    Raises:
        ValueError: the page has no markers for this section.
    """
    rows = [f"| {what} | {figure} | {aim} |" for what, figure, aim in section.figures]
    signed = [f"| `{folder}` | `{digest}` |" for folder, digest in proved.items()]
    lines = [
        f"Run on {section.on}. {section.ran}",
        "",
        "| measured | figure | aim |",
        "| --- | --- | --- |",
        *rows,
        "",
        "| proved | SHA-256 |",
        "| --- | --- |",
        *signed,
    ]
    if section.after:
        lines += ["", section.after]
    put(section.name, "\n".join(lines), page)


def put(name: str, text: str, page: Path = PAGE) -> None:
    """Replace what stands between the markers of `name`.

    Raises:
        ValueError: the page has no such markers.
    """
    whole = page.read_text(encoding="utf-8")
    begin, end = markers(name)
    between = re.compile(f"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
    if not between.search(whole):
        message = f"{page.name} has no place for {name}: {begin} ... {end}"
        raise ValueError(message)
    made = f"{begin}\n\n{text}\n\n{end}"
    page.write_text(between.sub(lambda _: made, whole, count=1), encoding="utf-8")


def between(name: str, page: Path = PAGE) -> str:
    """What stands between the markers of `name`; "" where it has none."""
    begin, end = markers(name)
    return page.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0].strip()


def markers(name: str) -> tuple[str, str]:
    """The two lines of the page between which a section stands."""
    return f"<!-- proof: {name} -->", f"<!-- end of proof: {name} -->"


def names(page: Path = PAGE) -> list[str]:
    """The sections of the page that a run writes, in their order."""
    found = re.findall(r"^<!-- proof: ([a-z-]+) -->$", page.read_text("utf-8"), re.MULTILINE)
    return [name for name in found if name != "status"]


def signed(text: str) -> dict[str, str]:
    """The hashes a section names."""
    return dict(_HASH.findall(text))


def stale(name: str, page: Path = PAGE, root: Path = ROOT) -> list[str] | None:
    """The folders that have changed since a section was written; None where it never ran."""
    was = signed(between(name, page))
    if not was:
        return None
    now = hashes(root)
    return [folder for folder in PROVED if was.get(folder) != now[folder]]
