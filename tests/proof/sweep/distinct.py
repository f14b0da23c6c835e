"""How many different 64-bit digests several files hold, in little memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_PARTS: Final = 16
_BITS: Final = 60  # the four highest bits choose the part: 700,000 of ten million at a time


def distinct(folder: Path, names: Iterable[str], kind: str) -> int:
    """Count the different digests in the files of `names`, part by part."""
    paths = [folder / f"{name}.{kind}" for name in names]
    total = 0
    for part in range(_PARTS):
        seen: set[int] = set()
        for path in paths:
            held = array("Q")
            held.frombytes(path.read_bytes())
            seen.update(digest for digest in held if digest >> _BITS == part)
        total += len(seen)
    return total
