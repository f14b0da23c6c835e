"""What a worker counted, kept in files so that a run can be taken up again."""

from __future__ import annotations

import json
import mmap
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Self

from tests.proof.fuzz.target import Reached

_BITS: Final = 1 << 26  # a million inputs set one bit in 67: a few new ones are taken for old


@dataclass
class Tally:
    """Counts of distinct inputs; `runs` counts the repeated ones too."""

    inputs: int = 0
    runs: int = 0
    decided: int = 0
    rendered: int = 0
    readers: dict[str, int] = field(default_factory=dict)
    renderers: dict[str, int] = field(default_factory=dict)
    slowest_s: float = 0.0
    peak_mb: float = 0.0
    seconds: float = 0.0
    findings: dict[str, str] = field(default_factory=dict)  # kind -> the file with the input

    def add(self, reached: Reached) -> None:
        """Count one new input."""
        self.inputs += 1
        self.decided += reached.decided
        self.rendered += reached.renderer is not None
        self.slowest_s = max(self.slowest_s, reached.seconds)
        self.readers[reached.reader] = self.readers.get(reached.reader, 0) + 1
        if reached.renderer is not None:
            self.renderers[reached.renderer] = self.renderers.get(reached.renderer, 0) + 1

    def joined(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            inputs=self.inputs + other.inputs,
            runs=self.runs + other.runs,
            decided=self.decided + other.decided,
            rendered=self.rendered + other.rendered,
            readers=_sum(self.readers, other.readers),
            renderers=_sum(self.renderers, other.renderers),
            slowest_s=max(self.slowest_s, other.slowest_s),
            peak_mb=max(self.peak_mb, other.peak_mb),
            seconds=max(self.seconds, other.seconds),
            findings={**self.findings, **other.findings},
        )

    def save(self, path: Path) -> None:
        """Write it whole or not at all."""
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(self)), encoding="utf-8")
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """What was saved; nothing yet where there is no file."""
        if not path.is_file():
            return cls()
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted({*one, *other})}


class Seen:
    """Which inputs were met before, in a file of 8 MiB: now and then a new one is taken for old."""

    def __init__(self, path: Path) -> None:
        """Open or begin the file."""
        if not path.is_file():
            path.write_bytes(bytes(_BITS // 8))
        with path.open("r+b") as file:
            self._bits = mmap.mmap(file.fileno(), 0)

    def is_new(self, data: bytes) -> bool:
        """Whether the input was not met before; from now on it was."""
        place = (zlib.crc32(data) << 8 ^ zlib.adler32(data)) % _BITS
        byte, bit = place >> 3, 1 << (place & 7)
        if self._bits[byte] & bit:
            return False
        self._bits[byte] |= bit
        return True
