"""What an input is made of: cases that are valid, the values their keys take, and hostile text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import tomli

from tests.proof.fuzz.writers import Document
from tests.vignettes.harness import vignettes

EXAMPLES: Final = Path(__file__).resolve().parents[3] / "examples" / "cases"

# Each would do harm somewhere if it came out as it went in.
HOSTILE: Final = (
    "\x1b[2J\x1b[31mSTOP",
    "\x1b]0;title\x07",
    "\x9b31m",
    "\x07\x08\x0c\x7f",
    "a\r\nBOTTOM LINE: give meropenem",
    "\u202eevil\u202c",
    "\u2066x\u2069\u200f\u061c",
    "\u200b\ufeff\u00ad",
    "\ue000\ue001\ue002",
    "\u2028\u2029\u0085",
    "a\u00a0b\u2001c\u202f\u3000",
    "[bold red]x[/bold red][link=http://x]y[/]",
    "[/]",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea></title><!--",
    "](javascript:alert(1))",
    "| a | b |\n| --- | --- |",
    "# heading\n\n1. one\n\n```\ncode",
    "&lt;b&gt; &amp;",
    "=1+1",
    '=HYPERLINK("http://x","y")',
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1+1",
    "\n=1+1",
    " =1+1",
    '"",=1+1',
    "{0} {x!r} %s %n ${HOME} $(id) `id`",
    "{{ 7*7 }}{% raw %}",
    "../../etc/passwd\x00",
    "'; DROP TABLE cases; --",
    "a" * 300,
    "e\u0301" * 40,
    "\U0001f9ea\U0001f468\u200d\U0001f469",
    "\u0660\u0661",
    "STOP",
    "null",
    "",
    " ",
)
ODD: Final[tuple[Any, ...]] = (
    True,
    False,
    0,
    -1,
    1,
    0.0,
    -0.0,
    1e-9,
    1e308,
    float("inf"),
    float("nan"),
    10**30,
    None,
    [],
    {},
    [[]],
    [{}],
    {"": ""},
    {"drug": "aztreonam"},
    date(2026, 11, 22),
    date(1, 1, 1),
    date(9999, 12, 31),
    datetime(2026, 11, 22, 8, 0),  # noqa: DTZ001  # TOML has local times
    time(23, 59),
    "0",
    ">32",
    "<=0.016",
    "1e5",
    "4,5",
    "45",
)
# Numbers just below, at and above the edges that bands and limits stand at.
EDGES: Final = tuple(
    round(edge + step, 3)
    for edge in (0, 5, 6, 8, 10, 15, 18, 20, 30, 40, 45, 50, 60, 80, 90, 120, 130, 150, 200)
    for step in (-0.1, 0.0, 0.1)
    if edge + step > 0
)

Path_ = tuple[str, ...]


class Vocabulary(NamedTuple):
    """`documents`: valid cases. `values`: what stands at each key in any of them."""

    documents: tuple[Document, ...]
    values: Mapping[Path_, tuple[Any, ...]]
    keys: tuple[Path_, ...]
    drugs: tuple[str, ...]


@cache
def vocabulary() -> Vocabulary:
    """The examples and the vignettes, taken apart."""
    documents = [tomli.loads(path.read_text("utf-8")) for path in sorted(EXAMPLES.glob("*.toml"))]
    documents += [vignette.document for vignette in vignettes()]
    found: dict[Path_, dict[str, Any]] = {}
    for document in documents:
        for path, value in flat(document):
            found.setdefault(path, {})[repr(value)] = value
    values = {path: tuple(each.values()) for path, each in found.items()}
    drugs = sorted({path[2] for path in values if path[:2] == ("panel", "results")})
    return Vocabulary(tuple(documents), values, tuple(values), tuple(drugs))


def flat(table: Mapping[str, Any], start: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Keys and values down to what is no table; lists are values."""
    for key, value in table.items():
        path = (*start, key)
        if isinstance(value, Mapping) and value:
            yield from flat(value, path)
        else:
            yield path, value
