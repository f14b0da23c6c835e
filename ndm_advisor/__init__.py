"""ndm_advisor: regimen advice for infections by Enterobacterales that make NDM or another MBL.

The public five are `advise`, `load_knowledge`, `Case`, `Recommendation` and `__version__`; they are
imported when first used, so that a command pays only for what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ndm_advisor.version import VERSION as __version__

if TYPE_CHECKING:
    from ndm_advisor.explain.advise import advise
    from ndm_advisor.knowledge.load import load_knowledge
    from ndm_advisor.model.answer import Recommendation
    from ndm_advisor.model.case import Case

__all__ = ["Case", "Recommendation", "__version__", "advise", "load_knowledge"]

_HOMES = {
    "advise": "ndm_advisor.explain.advise",
    "load_knowledge": "ndm_advisor.knowledge.load",
    "Case": "ndm_advisor.model.case",
    "Recommendation": "ndm_advisor.model.answer",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415  # the point of this function

    return getattr(import_module(_HOMES[name]), name)
