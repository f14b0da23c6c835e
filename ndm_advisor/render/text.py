"""Text fit for a screen: hostile characters made visible, doses kept whole, lines folded.

Three private characters stand for spaces that must not, or not yet, become line ends. They never
leave this module's `fold`, and `visible` shows them as escapes when a case file holds them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

HARD: Final = "\ue000"  # between a number and its unit: never a line end
FIRM: Final = "\ue001"  # between a drug and its amount: a line end only if the line is too narrow
SOFT: Final = "\ue002"  # between the parts of one dose: the first to give way

_UNITS: Final = (
    r"(?:million units(?: colistimethate)?|units(?:/kg)?(?: polymyxin B)?"
    r"|mg colistin base(?:/kg)?|mg polymyxin B(?:/kg)?|mg/kg(?:/day| per day| per dose)?"
    r"|mL/min(?:/1\.73 m2)?|mg/mL|mg/dL|mg/L|micromol/L|g/day|mL|mg|g|kg|L/h|L|mm|cm|micrograms"
    r"|hours?|minutes?|days?|weeks?|months?|years?|vials?|doses?|percent|%)"
)
_NUMBER: Final = r"(?:<=|>=|<|>)?\d[\d,.]*"
# Of a longer word its end is enough; to look at all of it from each of its letters takes minutes.
_LETTERS: Final = "{0,60}"
_AMOUNT: Final = re.compile(
    rf"(?:(?P<word>[^\s\ue000-\ue002]{_LETTERS}[^\s\ue000-\ue002:;,.]) )?"
    rf"(?P<amount>{_NUMBER}(?: to {_NUMBER})? {_UNITS}(?: total)?)(?!\w)"
)
_NAMES: Final = re.compile(
    r"\b(?:polymyxin B|IV fosfomycin|oral fosfomycin|E\. coli|at most|at least)\b"
)
_EDGE: Final = re.compile(rf"\b(above|below|at{HARD}most|at{HARD}least) (?=\d)")
_TIME: Final = re.compile(r"(?:hours?|minutes?|days?|weeks?|months?|years?)$")
_BEFORE_TIME: Final = frozenset({"every", "over"})  # other words may stand at the end of a line
_DOSE: Final = rf"[^\s+]{_LETTERS}{HARD}[^\s+]{_LETTERS}"
_PLUS: Final = re.compile(rf"({_DOSE}) \+ (?={_DOSE})")
_BY_WEIGHT: Final = re.compile(rf"\([^()]*mg/kg, [^()]*{HARD}kg\)")
_BRACKET: Final = re.compile(rf"({HARD}[^\s{HARD}]+) (?=\([^\s]*{HARD}[^\s]*\))")

_TALL_MAN: Final = {
    "ceftazidime": "cefTAZidime",
    "ceftriaxone": "cefTRIAXone",
    "cefazolin": "ceFAZolin",
}
_TALL_MAN_NAMES: Final = re.compile(rf"\b(?:{'|'.join(_TALL_MAN)})\b")

_ASCII: Final = str.maketrans(
    {
        "\u2265": ">=",
        "\u2264": "<=",
        "\u2192": "->",
        "\u2190": "<-",
        "\u03b2": "beta",
        "\u03b1": "alpha",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2026": "...",
        "\u00d7": "x",
        "\u00b5": "micro",
        "\u03bc": "micro",
        "\u00b1": "+/-",
        "\u00b7": "-",
        "\u2022": "*",
        "\u00b0": " degrees",
        "\u00df": "ss",
        "\u0142": "l",
        "\u0141": "L",
        "\u00f8": "o",
        "\u00d8": "O",
    }
)


def visible(text: str) -> str:
    r"""Return `text` on one line with nothing in it that a terminal would obey.

    Control, bidirectional, zero-width, private and surrogate characters become escapes one can see
    (`\x1b`, `\u202e`); tabs, line ends and odd spaces become one ordinary space each.
    """
    if text.isprintable():
        return text
    return "".join(_visible_character(character) for character in text)


def _visible_character(character: str) -> str:
    if character.isprintable():
        return character
    if character in "\t\n\r" or unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode("ascii")


def tall_man(text: str) -> str:
    """Write look-alike names with the letters of the FDA and ISMP list; invents none."""
    return _TALL_MAN_NAMES.sub(lambda match: _TALL_MAN[match[0]], text)


def for_encoding(text: str, encoding: str | None) -> str:
    """Return `text` as a stream of this encoding can hold it; never raises.

    UTF-8 passes unchanged. Elsewhere `>=`, `->` and `beta` stand for their signs, accents that the
    encoding lacks are dropped, and what is left over becomes a question mark.
    """
    if text.isascii() or is_unicode(encoding):
        return text
    target = encoding or "ascii"
    try:
        return text.translate(_ASCII).encode(target).decode(target)
    except LookupError:
        return for_encoding(text, "ascii")
    except UnicodeError:
        plain = unicodedata.normalize("NFKD", text.translate(_ASCII))
        bare = "".join(c for c in plain if not unicodedata.combining(c))
        return bare.encode(target, errors="replace").decode(target, errors="replace")


def is_unicode(encoding: str | None) -> bool:
    """Say whether a stream of this encoding takes every character."""
    name = (encoding or "").lower().replace("-", "").replace("_", "")
    return name.startswith(("utf8", "utf16", "utf32"))


@lru_cache(maxsize=1024)  # a screen is laid out several times until it fits
def bind(text: str) -> str:
    """Mark the spaces inside names, amounts and doses so that `fold` keeps them together."""
    text = _NAMES.sub(lambda match: match[0].replace(" ", HARD), text)
    text = _AMOUNT.sub(_bound_amount, text)
    text = _EDGE.sub(rf"\1{FIRM}", text)
    text = _BY_WEIGHT.sub(lambda match: match[0].replace(" ", SOFT), text)
    text = _PLUS.sub(rf"\1{FIRM}+{SOFT}", text)
    return _BRACKET.sub(rf"\1{SOFT}", text)


def _bound_amount(match: re.Match[str]) -> str:
    amount = match["amount"].replace(" ", HARD)
    word = match["word"]
    if word is None:
        return amount
    free = _TIME.search(match["amount"]) and word not in _BEFORE_TIME
    return f"{word}{' ' if free else FIRM}{amount}"


def loosen(text: str) -> str:
    """Turn every marked space back into an ordinary one."""
    return text.replace(HARD, " ").replace(FIRM, " ").replace(SOFT, " ")


def fold(text: str, width: int | None) -> list[str]:
    """Fold `text` (made by `bind`) into lines of at most `width` characters; at least one line.

    Breaks at spaces only. A name, or a number with its unit, longer than `width` overhangs: a dose
    cut in two is worse than a long line. `width` None does not fold.
    """
    if width is None:
        return [loosen(text)]
    lines: list[str] = []
    line = ""
    for piece in _pieces(text, width):
        joined = f"{line} {piece}" if line else piece
        if line and len(joined) > width:
            lines.append(line)
            line = piece
        else:
            line = joined
    return [loosen(done) for done in [*lines, line]]


def fold_after(text: str, width: int | None, taken: int) -> list[str]:
    """Fold `text`, the first line shorter by the `taken` characters that stand before it."""
    if width is None or taken <= 0:
        return fold(text, width)
    first, *rest = fold(f"{HARD * (taken - 1)}{FIRM}{text}", width)
    return [first.lstrip(" "), *rest]


def _pieces(text: str, width: int) -> Iterator[str]:
    """Yield what may not be broken at this width, splitting doses at their weakest joint only."""
    for word in text.split(" "):
        yield from _weakest(word, width, (SOFT, FIRM))


def _weakest(word: str, width: int, joints: tuple[str, ...]) -> Iterator[str]:
    if len(word) <= width or not joints:
        if word:
            yield word
        return
    for part in word.split(joints[0]):
        yield from _weakest(part, width, joints[1:])
