"""The cases that are measured: the examples, the vignettes, and any number of varied ones.

All are constructed, but for the isolates that `examples/cases` takes from public records.
"""

from __future__ import annotations

import copy
import itertools
import json
import random
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any, Final, NamedTuple

import tomli

from ndm_advisor.cli.base import load_base, names_of
from ndm_advisor.knowledge.load import find_base
from ndm_advisor.model.case import Case
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case, read_case
from ndm_advisor.read.names import Names
from ndm_advisor.read.write_case import to_toml
from tests.vignettes import harness

ROOT: Final = Path(__file__).resolve().parent.parent
EXAMPLES: Final = ROOT / "examples" / "cases"
ON: Final = date(2026, 11, 22)
SEED: Final = 5
_BATCH_SEED_NOTE: Final = "constructed, values varied by a seeded generator"

Document = dict[str, Any]


class Base(NamedTuple):
    """The knowledge and the names a case is read with."""

    knowledge: Knowledge
    names: Names


class Sample(NamedTuple):
    """One case as text and as read; `group` is `examples` or the vignettes' file."""

    group: str
    label: str
    text: str
    case: Case


def base() -> Base:
    """The base of this checkout, as a run finds it."""
    knowledge = load_base(str(find_base()))
    return Base(knowledge, names_of(knowledge))


def examples(known: Base) -> Iterator[Sample]:
    """Every example case, its text as it stands in the file."""
    for path in sorted(EXAMPLES.glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        case, _ = read_case(text, path=None, names=known.names, on=ON)
        yield Sample("examples", path.stem, text, case)


def vignettes(known: Base, *, of: str = "") -> Iterator[Sample]:
    """The vignettes of the files that begin with `of`, as the program itself writes a case file."""
    for vignette in harness.vignettes():
        if not vignette.file.startswith(of):
            continue
        case, _ = build_case(vignette.document, names=known.names, on=ON)
        yield Sample(vignette.file, vignette.name, to_toml(case), case)


def documents() -> list[Document]:
    """The examples and the vignettes as documents, before any check."""
    found = [
        tomli.loads(path.read_text(encoding="utf-8")) for path in sorted(EXAMPLES.glob("*.toml"))
    ]
    return [*found, *(vignette.document for vignette in harness.vignettes())]


def varied(number: int, *, seed: int = SEED) -> Iterator[Document]:
    """`number` cases made from `documents` in turn, values varied; the same for one seed."""
    chance = random.Random(seed)  # noqa: S311  # to vary, not to hide
    sources = itertools.cycle(documents())
    for place, source in enumerate(itertools.islice(sources, number)):
        yield _vary(source, place, chance)


def write_ndjson(path: Path, number: int, *, seed: int = SEED) -> Path:
    """Write `number` varied cases to `path`, one JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        for document in varied(number, seed=seed):
            file.write(json.dumps(document, default=_plain, separators=(",", ":")) + "\n")
    return path


def _vary(source: Document, place: int, chance: random.Random) -> Document:
    """Another patient with another laboratory report; what is absent stays absent."""
    document = copy.deepcopy(source)
    document["id"] = f"varied-{place:06d}"
    document["note"] = _BATCH_SEED_NOTE
    patient = document.get("patient", {})
    if patient.get("age_years", 0) >= 18 and not patient.get("pregnant"):
        patient["age_years"] = chance.randint(18, 95)
    if "weight_kg" in patient:
        patient["weight_kg"] = chance.randint(45, 120)
    if "crcl_ml_min" in patient:
        patient["crcl_ml_min"] = chance.randint(5, 140)
    elif "creatinine_umol_l" in patient:
        patient["creatinine_umol_l"] = chance.randint(50, 500)
    _flip(document.get("panel", {}).get("results", {}), ("S", "R"), chance)
    _flip(document.get("hospital", {}).get("stock", {}), (True, False), chance)
    return document


def _flip(values: dict[str, object], kinds: tuple[object, object], chance: random.Random) -> None:
    """Change a tenth of the plain values to the other of two kinds."""
    for key, value in values.items():
        if value in kinds and type(value) is type(kinds[0]) and chance.random() < 0.1:
            values[key] = kinds[0] if value == kinds[1] else kinds[1]


def _plain(value: object) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(type(value))
