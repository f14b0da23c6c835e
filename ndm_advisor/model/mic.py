"""A minimum inhibitory concentration as a laboratory writes it: operator and number in mg/L."""

import math
import re
from typing import Final, Literal, NamedTuple, cast, get_args

Operator = Literal["=", "<", "<=", ">", ">="]
Category = Literal["S", "I", "SDD", "R", "NS", "not tested", "pending"]

CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
NO_RESULT: Final[tuple[Category, ...]] = ("not tested", "pending")
HIGHEST_MG_L: Final = 10_000.0  # no laboratory dilutes so far up: more is a slip

_MIC = re.compile(r"(<=|>=|<|>|=)?[ ]*([0-9]{1,6}(?:\.[0-9]{1,9})?)", re.ASCII)
_COMMA = re.compile(r"[<>=≤≥ ]*[0-9]+,[0-9]+")
_TWO_NUMBERS = re.compile(r"[<>=≤≥ ]*[0-9.]+ *[/-] *[0-9.]+")
_WITH_UNIT = re.compile(r"[<>=≤≥ ]*[0-9.,]+ *(mg|ug|mcg|µg|μg)", re.IGNORECASE)

# Doubling dilutions run through 1 mg/L. EUCAST and CLSI print them shortened below 0.25.
_PRINTED: Final = {
    0.125: (0.125, 0.12),
    0.0625: (0.0625, 0.06),
    0.03125: (0.03125, 0.03),
    0.015625: (0.015625, 0.016, 0.015),
    0.0078125: (0.0078125, 0.008),
    0.00390625: (0.00390625, 0.004),
    0.001953125: (0.001953125, 0.002),
    0.0009765625: (0.0009765625, 0.001),
}


class MicFormatError(ValueError):
    """Text that is no MIC. The message says what to write instead."""


class Mic(NamedTuple):
    """`operator` "=" is an end point; the others mean the end point lies off the tested range.

    `text` is the laboratory's own writing, for display.
    """

    operator: Operator
    value_mg_l: float
    text: str

    @property
    def is_censored(self) -> bool:
        """The end point lies off the tested range."""
        return self.operator != "="


def parse_mic(text: str) -> Mic:
    """Read `0.5`, `<=0.25`, `> 32`.

    Raises:
        MicFormatError: anything else, zero, or more than 10000 mg/L.
    """
    match = _MIC.fullmatch(text.strip())
    if match is None:
        raise MicFormatError(_advice(text.strip()))
    value = float(match[2])
    if not 0 < value <= HIGHEST_MG_L:
        raise MicFormatError("an MIC lies above 0 and not above 10000 mg/L")
    return Mic(cast(Operator, match[1] or "="), value, text.strip())


def is_category(text: str) -> bool:
    """`text` is one of the categories, exactly as the case file writes them."""
    return text in CATEGORIES


def round_up_to_doubling_dilution(value_mg_l: float) -> float:
    """The next doubling dilution, or the value itself when it is one, in mg/L.

    Gradient strips print values between the dilutions (0.19, 0.38, 3); CLSI reads them after
    rounding up. Printed short forms (0.12, 0.06, 0.03, 0.016) count as the dilution they stand for.

    >>> [round_up_to_doubling_dilution(x) for x in (0.19, 0.38, 3, 8, 0.12)]
    [0.25, 0.5, 4.0, 8.0, 0.125]

    Raises:
        ValueError: a value that is not positive and finite.
    """
    if not (value_mg_l > 0 and math.isfinite(value_mg_l)):
        raise ValueError(value_mg_l)
    for dilution, printed in _PRINTED.items():
        if value_mg_l in printed:
            return dilution
    fraction, exponent = math.frexp(value_mg_l)
    # frexp gives 0.5 <= fraction < 1, and exactly 0.5 for a power of two
    return math.ldexp(1.0, exponent - 1 if fraction == 0.5 else exponent)  # noqa: PLR2004


def _advice(text: str) -> str:
    """Say what to write instead of `text`, for the slips that are seen most."""
    example = 'write a number in mg/L with optional <, <=, =, >= or >, for example "<=0.5"'
    if _COMMA.fullmatch(text):
        return f'{example}; a decimal is written with a point: "{text.replace(",", ".")}"'
    if "≤" in text or "≥" in text:
        plain = text.replace("≤", "<=").replace("≥", ">=")
        return f'{example}; here "{plain}"'
    if _WITH_UNIT.match(text):
        return f"{example}, without the unit"
    if _TWO_NUMBERS.fullmatch(text):
        return f"{example}; of a combination, the concentration of its first component"
    if re.fullmatch(r"[<>= ]*\.[0-9]+", text):
        return f'{example}; write the zero before the point: "{text.replace(".", "0.", 1)}"'
    return example
