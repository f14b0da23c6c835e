"""The seal: a compiled base in one JSON file, beside the checksum of the TOML it was made from.

A seal whose checksum and format fit the files says that the checks have passed, and spares parsing
them again. It holds every named tuple as a list in field order; `_READERS` says what stands in it.
"""

from __future__ import annotations

import gc
import hashlib
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ndm_advisor.decision.questions import compile_questions
from ndm_advisor.errors import KnowledgeError
from ndm_advisor.model.answer import Cited
from ndm_advisor.model.knowledge import (
    NO_QUESTIONS,
    AlertText,
    AllergyCell,
    AllergyGraph,
    Amount,
    Band,
    Breakpoint,
    Condition,
    Dosing,
    Drug,
    Hazard,
    Knowledge,
    Medicines,
    Organism,
    Profile,
    Settings,
    Source,
    Strategy,
    Table,
    TableRow,
    Value,
    Variable,
)
from ndm_advisor.regular_file import read_regular

SEAL: Final = "seal.json"
_FIRST: Final = '{"format":"%s","sha256":"%s"}\n'

_KINDS: Final = (
    *(AlertText, AllergyCell, AllergyGraph, Amount, Band, Breakpoint, Cited, Condition, Dosing),
    *(Drug, Hazard, Knowledge, Medicines, Organism, Profile, Settings, Source, Strategy),
    *(Table, TableRow, Value, Variable),
)

Row = Any  # a JSON value
Reader = Callable[[Row], Any]


def seal_format() -> str:
    """Changes with the form of the seal and with any field of what it holds."""
    fields = repr([(kind.__name__, kind._fields) for kind in _KINDS])
    return f"1-{hashlib.sha256(fields.encode()).hexdigest()[:8]}"


def write(path: Path, knowledge: Knowledge) -> None:
    """Write the seal of a base that has passed its checks.

    The first line holds format and checksum, so that a stale seal is seen without reading it all.
    """
    by_id = {subject: [h.id for h in found] for subject, found in knowledge.hazards_of.items()}
    bare = knowledge._replace(hazards_of={}, questions=NO_QUESTIONS)
    flat = [*_flat(bare[:-1]), by_id]
    body = json.dumps(flat, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    path.write_text(_FIRST % (seal_format(), knowledge.sha256) + body + "\n", encoding="utf-8")


def read(path: Path, sha256: str) -> Knowledge | None:
    """The base of a seal that fits `sha256` and this program; None when there is none that fits.

    Raises:
        KnowledgeError: a seal that claims to fit and is damaged.
    """
    try:
        first, _, body = read_regular(path).partition(b"\n")
    except OSError:
        return None
    if first + b"\n" != (_FIRST % (seal_format(), sha256)).encode():
        return None
    collecting = gc.isenabled()
    gc.disable()  # thousands of tuples are made that all stay: looking for garbage takes longer
    try:
        return _knowledge(json.loads(body))
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        problem = f"{SEAL}: file: damaged; run `ndm-advisor knowledge check --seal`"
        raise KnowledgeError((problem,)) from error
    finally:
        if collecting:
            gc.enable()


# -- writing --------------------------------------------------------------------------------------


def _flat(value: Any) -> Row:  # noqa: ANN401  # anything a base holds
    """A value of the base as JSON: lists for tuples, pairs for keys that are no text."""
    if isinstance(value, dict):
        if all(isinstance(key, str) for key in value):
            return {key: _flat(item) for key, item in value.items()}
        return [[_flat(key), _flat(item)] for key, item in value.items()]
    if isinstance(value, frozenset):
        return sorted(map(_flat, value))
    if isinstance(value, (list, tuple)):
        return [_flat(item) for item in value]
    return None if value == math.inf else value


# -- reading --------------------------------------------------------------------------------------


def _reader(kind: Any, **nested: Reader) -> Reader:  # noqa: ANN401  # a NamedTuple class
    """Reads a list as a `kind`; `nested` names the fields that are not plain JSON values."""
    make = kind._make
    slots = tuple((kind._fields.index(name), read_) for name, read_ in nested.items())

    def read_row(row: Row) -> Any:  # noqa: ANN401  # a `kind`
        for place, read_ in slots:
            row[place] = read_(row[place])
        return make(row)

    return read_row


def _each(read_: Reader) -> Reader:
    return lambda rows: tuple(map(read_, rows))


def _maybe(read_: Reader) -> Reader:
    return lambda row: None if row is None else read_(row)


def _values(read_: Reader) -> Reader:
    return lambda rows: {key: read_(row) for key, row in rows.items()}


def _tuples(value: Row) -> Any:  # noqa: ANN401  # a JSON value with tuples for lists
    if isinstance(value, list):
        return tuple(map(_tuples, value))
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return value


def _unbounded(value: float | None) -> float:
    return math.inf if value is None else value


_cited: Final = _each(Cited._make)
_pairs: Final = _maybe(_each(tuple))
_amount: Final = _reader(Amount, components_mg=_pairs, to_components_mg=_pairs)
_band: Final = _reader(
    Band, high=_unbounded, load=_maybe(_amount), maintenance=_maybe(_amount), sources=_cited
)
_dosing: Final = _reader(
    Dosing, regions=tuple, bands=_each(_band), haemodialysis=_maybe(_band), sources=_cited
)


def _licence(held: Row) -> dict[str, object]:
    sites = held["sites"]
    return {
        **held,
        "sites": None if sites is None else tuple(sites),
        "sources": _cited(held["sources"]),
    }


_drug: Final = _reader(
    Drug,
    components=tuple,
    aliases=tuple,
    brands=tuple,
    licences=_values(_licence),
    dosing=_each(_dosing),
    lab_abbreviations=tuple,
)
_organism: Final = _reader(Organism, aliases=tuple, intrinsic=tuple)
_breakpoint: Final = _reader(Breakpoint, sources=_cited)
_strategy: Final = _reader(Strategy, drugs=tuple, sites=tuple, regions=tuple, sources=_cited)
_condition: Final = _reader(Condition, value=_tuples)
_hazard: Final = _reader(
    Hazard, subject=tuple, regions=tuple, when=_each(_condition), sources=_cited
)
_row: Final = _reader(TableRow, when=_tuples, give=_tuples, sources=_cited)
_table: Final = _reader(Table, columns=_tuples, impossible=_tuples, rows=_each(_row))
_profile: Final = _reader(Profile, choice=_table, older=_table, grades=_each(_row))
_alert: Final = _reader(AlertText, tiers=tuple, sources=_cited)
_cell: Final = _reader(AllergyCell, sources=_cited)
_allergy: Final = _reader(
    AllergyGraph,
    drugs=tuple,
    cells=lambda rows: {tuple(key): _cell(row) for key, row in rows},
    severe_words=tuple,
    culprits=_tuples,
    side_chain_group=tuple,
    avibactam_products=tuple,
    avibactam_cell=_cell,
    label_forbids=lambda rows: frozenset(map(tuple, rows)),
    class_members=_tuples,
    class_sources=_cited,
)
_medicines: Final = _reader(Medicines, classes=_tuples)
_variable: Final = _reader(Variable, needs=_tuples, values=_each(_reader(Value, clear=tuple)))
_settings: Final = _reader(
    Settings, pregnancy_asked_years=tuple, review_hours=tuple, breakpoint_versions=_tuples
)


_base: Final = _reader(
    Knowledge,
    drugs=_values(_drug),
    organisms=_values(_organism),
    organism_groups=_tuples,
    drug_names=_tuples,
    breakpoints=_values(_each(_breakpoint)),
    strategies=_values(_strategy),
    questions=lambda _: NO_QUESTIONS,
    hazards=_values(_hazard),
    profiles=_values(_profile),
    tables=_values(_table),
    alerts=_values(_alert),
    allergy=_allergy,
    medicines=_medicines,
    settings=_settings,
    strategy_drugs=tuple,
    sources=_values(Source._make),
    variables=_each(_variable),
)


def _knowledge(row: Row) -> Knowledge:
    """The base; the last item of the list names the hazards of each subject by id."""
    *fields, by_id = row
    base: Knowledge = _base([*fields, True])
    found = {subject: tuple(base.hazards[i] for i in ids) for subject, ids in by_id.items()}
    return base._replace(hazards_of=found, questions=compile_questions(found, base.strategies))
