"""Inputs as large as a case file may be, which no fuzzer finds: much of one thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.proof.fuzz.mutate import READERS
from tests.proof.fuzz.writers import Reader

_HEAD: Final = """format = "ndm-advisor/case/1"
[isolate]
organism = "E. coli"
mbl = "confirmed"
[infection]
site = "bloodstream"
"""
_COLUMNS: Final = "format,isolate.organism,infection.site,note\n"
_ROW: Final = "ndm-advisor/case/1,E. coli,bloodstream,"
_DRUGS: Final = ("aztreonam", "ceftazidime-avibactam", "meropenem", "amikacin", "tigecycline")
_CHOICES: Final = (0, 1, 2, 10, 11, 12, 20, 21, 22)  # each shows the answer in another way


def _orders(count: int) -> str:
    return "".join(
        f'[[orders]]\ndrug = "{_DRUGS[number % len(_DRUGS)]}"\ndose_mg = 1000\n'
        for number in range(count)
    )


def _texts() -> Iterator[tuple[Reader, str]]:
    yield "toml", _HEAD + _orders(99)
    yield "toml", _HEAD + _orders(20_000)
    yield "toml", "[[orders]]\n" * 90_000
    yield "toml", _HEAD + "[panel.results]\n" + "".join(f'd{n} = "S"\n' for n in range(980))
    yield "toml", _HEAD + "[panel.results]\n" + "".join(f"d{n} = 1\n" for n in range(80_000))
    yield "toml", _HEAD + "[hospital.stock]\n" + "".join(f"aztreonm{n}=true\n" for n in range(980))
    yield "toml", _HEAD + "[patient]\nmedicines = [" + '"warfarin", ' * 99 + "]\n"
    yield "toml", _HEAD + "[patient]\nmedicines = [" + '"med", ' * 90_000 + "]\n"
    yield "toml", f'note = "{"word " * 3999}"\n{_HEAD}'
    yield "toml", f'id = "{"a" * 20_000}"\n{_HEAD}'
    yield "toml", f'id = "{"a" * 1_000_000}"\n{_HEAD}'
    yield "toml", f'note = "{"[x](y) " * 2800}"\n{_HEAD}'
    yield "toml", "x\n" * 500_000
    yield "toml", "a = 1 = 2\n" * 100_000
    yield "toml", "a = " + "[" * 1_000_000
    yield "toml", "#" * 1_100_000
    yield "json", '{"a":' * 200_000
    yield "json", '{"note": "' + "a" * 1_000_000 + '"}'
    yield "json", '{"a": ' + "9" * 1_000_000 + "}"
    yield "ndjson", '{"note": "' + "a" * 3_000_000 + '"}\n'
    yield "csv", _COLUMNS + _ROW + "a" * 1_000_000 + "\n"
    yield "csv", _COLUMNS + _ROW + '"' + "a\n" * 600  # as many cases that cannot be read
    yield "csv", ",".join(f"c{n}" for n in range(100_000)) + "\n" + "1," * 99_999 + "1\n"


def large_inputs() -> Iterator[bytes]:
    """Each text for its reader, in several ways to show the answer."""
    for reader, text in _texts():
        for choice in _CHOICES:
            yield bytes((READERS.index(reader), choice)) + text.encode()
