"""The one way in which names are compared: case files and the knowledge base fold them alike."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

# space, slash, underscore, point, parentheses, hyphen, the typographic dashes, the minus sign
_DASHES: Final = re.compile("[\\s/_.()\\-\u2010-\u2015\u2212]+")
_LONGEST_KEPT: Final = 80  # characters; longer text is no name that comes again
_PLUS: Final = re.compile(r"-*\+-*")


def fold(name: str) -> str:
    """One spelling for all ways of writing a name.

    Upper and lower case are one. Compatibility forms are made plain (non-breaking spaces and
    hyphens, full-width letters). Space, `/`, `_`, `.`, any dash and parentheses all separate like
    a hyphen, and a row of them counts once; at the ends they are dropped. `+` keeps its meaning,
    with or without spaces round it.

    >>> fold("Ceftazidime / Avibactam"), fold("fosfomycin (IV)"), fold("E. coli")
    ('ceftazidime-avibactam', 'fosfomycin-iv', 'e-coli')
    >>> fold("ceftazidime-avibactam + aztreonam")
    'ceftazidime-avibactam+aztreonam'
    """
    return _folded(name) if len(name) <= _LONGEST_KEPT else _folded.__wrapped__(name)


@lru_cache(maxsize=2048)  # the names of the base and of its cases, over and over
def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold().replace("β", "beta")
    return _PLUS.sub("+", _DASHES.sub("-", plain)).strip("-")
