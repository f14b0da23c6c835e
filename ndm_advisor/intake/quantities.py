"""Numbers with units as laboratories write them, in the units of the case file."""

from __future__ import annotations

import math
import re
from typing import Final, NamedTuple

_NUMBER: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?|\.[0-9]{1,9}", re.ASCII)
_LONGEST_SHOWN: Final = 40


class Unit(NamedTuple):
    """A unit a message may state: the key it makes, and what to multiply by."""

    key: str
    factor: float


class Amount(NamedTuple):
    """A number under the key of the case file that names its unit."""

    key: str
    value: float


# UCUM codes first, then what laboratories print. Nothing is assumed where none is stated.
UNITS: Final[dict[str, dict[str, Unit]]] = {
    "age": {
        **dict.fromkeys(("a", "year", "years", "yr", "yrs", "y"), Unit("age_years", 1.0)),
        **dict.fromkeys(("mo", "month", "months"), Unit("age_years", 1 / 12)),
    },
    "weight": {
        **dict.fromkeys(("kg", "kilogram"), Unit("weight_kg", 1.0)),
        **dict.fromkeys(("g", "gram"), Unit("weight_kg", 0.001)),
        **dict.fromkeys(("[lb_av]", "lb", "lbs"), Unit("weight_kg", 0.45359237)),
    },
    "height": {
        **dict.fromkeys(("cm", "centimeter", "centimetre"), Unit("height_cm", 1.0)),
        **dict.fromkeys(("m", "meter", "metre"), Unit("height_cm", 100.0)),
        **dict.fromkeys(("[in_i]", "in", "inch", "inches"), Unit("height_cm", 2.54)),
    },
    "creatinine": {
        **dict.fromkeys(("umol/l", "µmol/l", "μmol/l", "micromol/l"), Unit("creatinine_umol_l", 1)),
        "mmol/l": Unit("creatinine_umol_l", 1000.0),
        "mg/dl": Unit("creatinine_mg_dl", 1.0),
    },
}
_DECIMALS: Final = 4  # of a converted value: floating dust is not the laboratory's


def number_of(text: str) -> float | None:
    """A plain decimal number; None for anything else, a decimal comma or a sign included.

    >>> number_of("71.0"), number_of("06"), number_of("7,1"), number_of("-3")
    (71.0, 6.0, None, None)
    """
    plain = text.strip()
    if _NUMBER.fullmatch(plain) is None:
        return None
    value = float(plain)
    return value if math.isfinite(value) else None


def amount_of(kind: str, text: str | None, unit: str | None) -> Amount | str:
    """The value under its key of the case file, or the reason why there is none.

    >>> amount_of("height", "1.7", "m"), amount_of("weight", "70", None)
    (Amount(key='height_cm', value=170.0), 'no unit is stated')
    """
    number = number_of(text or "")
    if number is None:
        return f"{shown(text or '')} is not a number"
    if unit is None or not unit.strip():
        return "no unit is stated"
    known = UNITS[kind].get(unit.strip().lower())
    if known is None:
        return f"the unit {shown(unit)} is not known for {kind}"
    value = round(number * known.factor, _DECIMALS)
    if kind == "age":
        return Amount(known.key, math.floor(value))
    return Amount(known.key, value)


def shown(text: str) -> str:
    """A piece of the message in quotes, short enough for a line."""
    cut = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."
    return f"`{cut}`"
