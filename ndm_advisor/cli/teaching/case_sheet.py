"""A case as a learner reads it: labelled lines of what is known, in clinical order.

Every value stands as the file gives it; nothing is read, judged or left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

from ndm_advisor.cli.asking.answers import Result, shown_value
from ndm_advisor.cli.asking.wording import SECTIONS, WORDING, answer_of
from ndm_advisor.model.answer import OrderLine
from ndm_advisor.model.case import Case
from ndm_advisor.model.words import drug_name, guideline_name, regimen_name
from ndm_advisor.read.write_case import organism_name
from ndm_advisor.render.sheet import Part

NOT_KNOWN: Final = "What does not stand here is not known: never no, never S."
_OWN_PARTS: Final = frozenset({"panel.results", "hospital.stock"})
_KIDNEY: Final = "kidney"  # a question of the prompt, not a key
_KIDNEY_KEYS: Final = (
    "patient.crcl_ml_min", "patient.creatinine_umol_l", "patient.creatinine_mg_dl"
)  # fmt: skip
_REGIONS: Final = {"EU": "EU labels", "US": "US labels"}

Table = Mapping[str, object]


def case_parts(case: Case, orders: tuple[OrderLine, ...] = ()) -> tuple[Part, ...]:
    """The case in parts. `orders` are its orders as the order check words them."""
    document = case.model_dump(exclude_none=True)
    parts = [Part("Origin", (case.note,))] if case.note else []
    for section, keys in SECTIONS:
        lines = list(_lines(keys, document))
        if section == "RESULTS":
            reported = [f"reported on {case.reported_on}"] if case.reported_on else []
            lines = [*reported, *lines, *_results(document)]
        elif section == "HOSPITAL":
            lines = list(_hospital(case))
        parts.append(Part(section.capitalize(), ("; ".join(lines) or "nothing known",)))
    ordered = tuple(line.text for line in orders if line.text)
    return (*parts, Part("Ordered now", ordered)) if ordered else tuple(parts)


def _lines(keys: tuple[str, ...], document: Table) -> Iterator[str]:
    for key in keys:
        for own in _KIDNEY_KEYS if key == _KIDNEY else (key,):
            value = _at(own, document)
            if value is not None and own not in _OWN_PARTS:
                yield f"{_label(own)}: {_value(own, value)}"


def _at(key: str, document: Table) -> object:
    table, _, field = key.partition(".")
    return cast("Table", document[table]).get(field)


def _label(key: str) -> str:
    return WORDING[key].label


def _value(key: str, value: object) -> str:
    if key == "isolate.organism":
        return organism_name(str(value))
    if key == "patient.allergies":
        entries = cast("tuple[Table, ...]", value)
        return ", ".join(_allergy(entry) for entry in entries) or "none"
    shown = value if not isinstance(value, tuple) else list(value)
    return shown_value(answer_of(key), shown)


def _allergy(entry: Table) -> str:
    said = [str(entry[key]) for key in ("reaction", "severity") if key in entry]
    return f"{entry['drug']} ({', '.join(said)})" if said else str(entry["drug"])


def _results(document: Table) -> Iterator[str]:
    rows = cast("Table", cast("Table", document["panel"]).get("results", {}))
    for drug, row in rows.items():
        given = dict(cast("Table", row))
        method = f" by {str(given['method']).replace('-', ' ')}" if "method" in given else ""
        yield f"{regimen_name(drug)} {shown_value(Result(), given)}{method}"


def _hospital(case: Case) -> Iterator[str]:
    if case.hospital.guideline:
        yield f"guideline {guideline_name(case.hospital.guideline)}"
    if case.hospital.region:
        yield _REGIONS[case.hospital.region]
    for has, words in ((True, "in stock"), (False, "not in stock")):
        held = [drug_name(drug) for drug, kept in case.hospital.stock.items() if kept is has]
        if held:
            yield f"{words}: {', '.join(held)}"
    if case.hospital.aztreonam_interval_h:
        yield f"aztreonam every {case.hospital.aztreonam_interval_h} hours here"
