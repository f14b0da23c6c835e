"""Why a mutant of the decision survives, where somebody has looked: reviewed one by one.

A reason never takes a mutant out of the score.
"""

from __future__ import annotations

import re
from typing import Final

from tests.proof.code.tree import Mutant

OPEN: Final = "nothing tells it: an open task"

# By mutmut's name below `ndm_advisor.decision`; numbers move when the function changes, so an entry
# names the function and, in words, the change it is about.
_KNOWN: Final[tuple[tuple[str, str], ...]] = ()


def reason_of(mutant: Mutant) -> str:
    """The reason in a few words; `OPEN` where none is known."""
    for pattern, reason in _KNOWN:
        if re.fullmatch(pattern, mutant.short):
            return reason
    return OPEN
