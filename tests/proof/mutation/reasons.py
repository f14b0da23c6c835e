"""Why a mutant survives, where the reason is known by where it stands."""

from __future__ import annotations

import re
from typing import Final, Protocol

from tests.proof.mutation.judge import SAME

OPEN: Final = "no vignette tells it: an open task"

# By the beginning of "file: what"; the first that fits. A reason never takes a mutant out of the
# score.
_BY_PLACE: Final[tuple[tuple[str, str], ...]] = (
    (
        r"drugs/aztreonam-avibactam\.toml: text sodium .* 44\.6 to 44\.5",
        "sodium a day is printed in whole mg: no dose of the label tells 0.1 mg in a vial",
    ),
    (
        r"drugs/metronidazole\.toml: .* haemodialysis infusion_h 0\.33 to 0\.34",
        "a third of an hour is printed as 20 minutes either way",
    ),
    (
        r"drugs/tigecycline\.toml: text vial .* 50 to 51",
        "whole vials: no dose that is advised tells 50 mg from 51 mg in a vial",
    ),
)


class Survivor(Protocol):
    """What a reason looks at."""

    @property
    def kind(self) -> str:
        """The kind of mutant."""

    @property
    def name(self) -> str:
        """File and what was changed."""

    @property
    def asked(self) -> int:
        """How many cases read it."""


def reason_of(survivor: Survivor) -> str:
    """The reason in a few words; `OPEN` where none is known."""
    if survivor.asked == SAME:
        return "compiles to the same base: said twice, or read by nothing that advises"
    if survivor.kind == "name":
        return "another name for the same thing: no case file of the vignettes writes it"
    for pattern, reason in _BY_PLACE:
        if re.fullmatch(pattern, survivor.name):
            return reason
    if survivor.asked == 0:
        return "no vignette reads it"
    return OPEN
