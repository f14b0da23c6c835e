"""The hazards and safety requirements of requirements.toml."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import tomli

FILE: Final = Path(__file__).with_name("requirements.toml")


class Requirement(NamedTuple):
    """What the program must do (`shall`) and how it is brought about (`control`)."""

    id: str
    control: str
    shall: str


class Hazard(NamedTuple):
    """What can go wrong for a patient, and the requirements that stand against it."""

    id: str
    name: str
    harm: str
    requirements: tuple[Requirement, ...]


def hazards() -> tuple[Hazard, ...]:
    """Every hazard, in the order of the file."""
    found = tomli.loads(FILE.read_text(encoding="utf-8"))["hazard"]
    return tuple(
        Hazard(
            hazard["id"],
            hazard["name"],
            hazard["harm"],
            tuple(Requirement(**requirement) for requirement in hazard["requirement"]),
        )
        for hazard in found
    )
