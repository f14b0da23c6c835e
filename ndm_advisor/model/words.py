"""How numbers, amounts, times and names are written, once, for doses, reasons and screens.

The rules follow the safe-presentation list (ISMP): no trailing zero, always a leading zero, a space
between number and unit, a comma from 1,000, words for times ("every 8 hours"), names in full.

One rule for weights:

* a single amount (`grams`) prints in mg below 1,000 mg and in g from there on ("750 mg", "1.5 g"),
  in mg whenever g would need more than three decimals ("1,234.5678 mg" stays in mg);
* an amount reckoned per kg prints in whole mg (`milligrams(x, decimals=0)`);
* a product of two components (`components`) prints every part and the total in g, as the labels
  do, because parts of one product in two units invite a mix-up:
  "ceftazidime 2 g + avibactam 0.5 g (2.5 g total)".

Nothing here rounds for a decision: these functions make text only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

MG_PER_G: Final = 1000
MINUTES_PER_HOUR: Final = 60
_NOISE_DECIMALS: Final = 6  # beyond any figure a source prints: removes binary noise only
_GRAM_DECIMALS: Final = 3
_MOST_DECIMALS: Final = 15  # what a binary number can tell apart

RENAL_REPLACEMENTS: Final[Mapping[str, str]] = {
    "intermittent-haemodialysis": "haemodialysis",
    "crrt": "CRRT",
    "peritoneal-dialysis": "peritoneal dialysis",
    "sled": "SLED",
}
_DISPLAY_NAMES: Final[Mapping[str, str]] = {
    "fosfomycin-iv": "IV fosfomycin",
    "fosfomycin-oral": "oral fosfomycin",
    "polymyxin-b": "polymyxin B",
}
_SCHEMES: Final[Mapping[str, str]] = {
    "million-units-colistimethate": "million units colistimethate",
    "mg-colistin-base": "mg colistin base",
    "mg-polymyxin-b": "mg polymyxin B",
    "units-polymyxin-b": "units polymyxin B",
}


@lru_cache(maxsize=4096)  # the same few hundred figures of the base, over and over
def number(x: float, decimals: int | None = None) -> str:
    """Write a number: `2`, `0.67`, `1,250`; never `2.0` or `.67`.

    `decimals` rounds for display; without it up to six decimals are kept, those that are there.

    >>> number(2.0), number(0.670), number(1250), number(187.5), number(44.649, 1)
    ('2', '0.67', '1,250', '187.5', '44.6')
    """
    places = _NOISE_DECIMALS if decimals is None else decimals
    text = f"{x:,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def decimals_beside(x: float, limit: float) -> int:
    """With how many decimals a value does not print as the limit it differs from: 1 or more.

    >>> decimals_beside(50.04, 50), decimals_beside(50.2, 50), decimals_beside(50, 50)
    (2, 1, 1)
    """
    if x == limit:
        return 1
    places = range(1, _MOST_DECIMALS)
    return next((n for n in places if round(x, n) != round(limit, n)), _MOST_DECIMALS)


def milligrams(mg: float, decimals: int | None = None) -> str:
    """Write an amount in mg whatever its size: `187.5 mg`, `1,065 mg`."""
    return f"{number(mg, decimals)} mg"


def in_grams(mg: float) -> str:
    """Write an amount given in mg in g whatever its size: `0.1875 g`, `2.5 g`."""
    return f"{number(mg / MG_PER_G)} g"


def grams(mg: float) -> str:
    """Write a single amount given in mg: in mg below 1,000 mg, else in g.

    Stays in mg where g would need more than three decimals.

    >>> grams(2000), grams(750), grams(187.5), grams(1250), grams(1234.5678)
    ('2 g', '750 mg', '187.5 mg', '1.25 g', '1,234.5678 mg')
    """
    exact_in_g = round(mg, _NOISE_DECIMALS) == round(mg, _GRAM_DECIMALS - 3)
    if mg >= MG_PER_G and exact_in_g:
        return in_grams(mg)
    return milligrams(mg)


def grams_range(mg: float, to_mg: float | None) -> str:
    """Write an amount or a range, the unit once when both ends share it: `4 to 8 g`."""
    low = grams(mg)
    if to_mg is None or to_mg == mg:
        return low
    high = grams(to_mg)
    value, unit = low.rsplit(" ", 1)
    return f"{value} to {high}" if high.endswith(f" {unit}") else f"{low} to {high}"


def split(components_mg: Mapping[str, float]) -> str:
    """Write the parts of a product in g: `aztreonam 2 g + avibactam 0.67 g`."""
    return " + ".join(f"{name} {in_grams(mg)}" for name, mg in components_mg.items())


def components(components_mg: Mapping[str, float]) -> str:
    """Write an amount by its parts with the total, names included.

    >>> components({"ceftazidime": 2000, "avibactam": 500})
    'ceftazidime 2 g + avibactam 0.5 g (2.5 g total)'
    >>> components({"aztreonam": 2000})
    'aztreonam 2 g'
    """
    if len(components_mg) == 1:
        ((name, mg),) = components_mg.items()
        return f"{name} {grams(mg)}"
    return f"{split(components_mg)} ({in_grams(sum(components_mg.values()))} total)"


def total_then_split(components_mg: Mapping[str, float]) -> str:
    """Write both notations of a product, total first: for labels that name the total.

    >>> total_then_split({"aztreonam": 2000, "avibactam": 670})
    '2.67 g (aztreonam 2 g + avibactam 0.67 g)'
    """
    return f"{in_grams(sum(components_mg.values()))} ({split(components_mg)})"


def polymyxin_amount(system: str, amount: float, to_amount: float | None = None) -> str:
    """Write a polymyxin amount with its unit system: `9 million units colistimethate`.

    Raises:
        KeyError: a unit system that is not in the answer's contract.
    """
    ends = number(amount) if to_amount is None else f"{number(amount)} to {number(to_amount)}"
    return f"{ends} {_SCHEMES[system]}"


def hours(h: float) -> str:
    """Write a time given in hours: `8 hours`, `1 hour`, `30 minutes`."""
    if h < 1:
        return _minutes(h)
    return "1 hour" if h == 1 else f"{number(h, 2)} hours"


def every(h: float | None, to_h: float | None = None) -> str:
    """Write an interval given in hours: `every 8 hours`, `every 4 to 6 hours`; "" for None."""
    return "" if h is None else f"every {_span(h, to_h)}"


def over(h: float | None, to_h: float | None = None) -> str:
    """Write an infusion time in hours: `over 3 hours`, `over 30 to 60 minutes`; "" for None."""
    return "" if h is None else f"over {_span(h, to_h)}"


def _span(h: float, to_h: float | None) -> str:
    if to_h is None or to_h == h:
        return hours(h)
    if h < 1 and to_h <= 1:
        return f"{number(h * MINUTES_PER_HOUR, 0)} to {_minutes(to_h)}"
    if h < 1:
        return f"{hours(h)} to {hours(to_h)}"
    return f"{number(h, 2)} to {hours(to_h)}"


def _minutes(h: float) -> str:
    minutes = number(h * MINUTES_PER_HOUR, 0)
    return "1 minute" if minutes == "1" else f"{minutes} minutes"


def join_names(names: Iterable[str], last: str = "and") -> str:
    """Join names as prose does: `a`, `a and b`, `a, b and c`."""
    items: Sequence[str] = list(names)
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def drug_name(drug: str) -> str:
    """Write a drug id as its generic name: `fosfomycin-iv` becomes `IV fosfomycin`."""
    return _DISPLAY_NAMES.get(drug, drug)


def regimen_name(regimen: str, last: str = "+") -> str:
    """Write a regimen id by its drugs' names: `ceftazidime-avibactam + aztreonam`."""
    return f" {last} ".join(drug_name(part) for part in regimen.split("+"))


def guideline_name(guideline: str) -> str:
    """Write a profile id as the guideline is called: `simit-2022` becomes `SIMIT 2022`."""
    return guideline.replace("-", " ").upper()
