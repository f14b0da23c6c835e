"""Which pairs of values, of two different facts each, stand together in some vector.

The groups are complete in the facts that interact. That everything else met everything else at
least once is not left to the generator: it is counted, over every two values that a case file can
hold together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Final, NamedTuple

from tests.proof.sweep.axes import AXES, PLACE, positions
from tests.proof.sweep.groups import Vector, settled

SUFFIX: Final = "pairs"


class Value(NamedTuple):
    """One partition: the place of its axis and its position there."""

    place: int
    at: int

    def __str__(self) -> str:
        return f"{AXES[self.place].key} = {AXES[self.place].values[self.at]}"


VALUES: Final = tuple(
    Value(place, at) for place, axis in enumerate(AXES) for at in range(len(axis.values))
)
_WEEKS: Final = PLACE["patient.gestation_weeks"]
_PREGNANT: Final = Value(PLACE["patient.pregnant"], positions("patient.pregnant", (True,))[0])
_CRRT: Final = Value(
    PLACE["patient.renal_replacement"], positions("patient.renal_replacement", ("crrt",))[0]
)


def _can_meet(one: Value, other: Value) -> bool:
    """Whether the reader takes both in one case: weeks ask for a pregnancy, and so on."""
    made = [0] * len(AXES)
    made[_CRRT.place] = _CRRT.at
    if any(value.place == _WEEKS and value.at for value in (one, other)):
        made[_PREGNANT.place] = _PREGNANT.at
    for value in (one, other):
        made[value.place] = value.at
    kept = settled(made)
    return all(kept[value.place] == value.at for value in (one, other))


PAIRS: Final = tuple(
    (first, second)
    for (first, one), (second, other) in combinations(enumerate(VALUES), 2)
    if one.place != other.place and _can_meet(one, other)
)
"""Every pair to be met, as numbers in `VALUES`."""


def met(vectors: Sequence[Vector]) -> bytes:
    """One byte for each of `PAIRS`, in their order: 1 where a vector holds both values."""
    holders = _holders(vectors)
    return bytes(bool(holders[first] & holders[second]) for first, second in PAIRS)


def _holders(vectors: Sequence[Vector]) -> list[int]:
    """For each value, which vectors hold it: one bit a vector."""
    columns = [bytes(column) for column in zip(*vectors, strict=True)]
    return [int(columns[value.place].translate(_only(value.at)), 2) for value in VALUES]


def _only(at: int) -> bytes:
    """A table that writes one position as the digit 1 and every other as 0."""
    return bytes(ord("1") if byte == at else ord("0") for byte in range(256))


def keep(folder: Path, name: str, vectors: Sequence[Vector]) -> None:
    """Write what a job met beside its digests."""
    (folder / f"{name}.{SUFFIX}").write_bytes(met(vectors))


def missing(folder: Path, names: Iterable[str]) -> list[str]:
    """The pairs that none of these jobs met, in words."""
    return apart((folder / f"{name}.{SUFFIX}").read_bytes() for name in names)


def apart(runs: Iterable[bytes]) -> list[str]:
    """The pairs that stand in none of what `met` gave for several runs of vectors, in words."""
    seen = 0
    for run in runs:
        seen |= int.from_bytes(run, "big")
    held = seen.to_bytes(len(PAIRS), "big")
    return [
        f"{VALUES[first]} with {VALUES[second]}"
        for (first, second), found in zip(PAIRS, held, strict=True)
        if not found
    ]
