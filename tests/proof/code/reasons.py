"""Why a mutant of the decision survives, where somebody has looked: reviewed one by one.

A reason never takes a mutant out of the score.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

OPEN: Final = "nothing tells it: an open task"


class Known(NamedTuple):
    """A change in a function, by expressions; mutmut's numbers move when the function changes."""

    function: str  # below `ndm_advisor.decision`
    change: str  # "was -> now"
    why: str


_KNOWN: Final = (
    Known(
        r"dose\.x__(choose|replaced|by_effluent|specialist)",
        r".* -> .*(by_crcl|show_bands)=None.*",
        "equivalent: read as a truth only, where None is False",
    ),
    Known(
        r"alerts\.of_results\.x__said",
        r".* -> .*\.get\(value, (None|str\(None\))?\).*",
        "equivalent: both truths have their word, the default is never taken",
    ),
    Known(
        r"orders\.of_hazards\.x__holds",
        r".* -> if others or any\(.*",
        "equivalent: only conditions on medicines look at the classes it fills in",
    ),
    Known(
        r"alerts\.of_course\.x__source_control",
        r'"hours": .* -> .*',
        "equivalent: the two review times that follow hold the same key",
    ),
)


def reason_of(name: str, change: str) -> str:
    """The reason in a few words; `OPEN` where none is known. `name` is below the decision."""
    function = name.rpartition("__mutmut_")[0]
    for known in _KNOWN:
        if re.fullmatch(known.function, function) and re.fullmatch(known.change, change):
            return known.why
    return OPEN
