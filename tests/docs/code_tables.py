"""The code tables of docs/interoperability.md, made from the knowledge base.

    python -m tests.docs.code_tables        writes them into the page

Between `<!-- table: NAME -->` and `<!-- end -->` nothing is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from ndm_advisor.intake.quantities import UNITS
from ndm_advisor.knowledge.load import (
    load_codes,
    load_knowledge,
    load_loinc,
    load_organism_codes,
)

from .repository import ROOT

PAGE: Final = ROOT / "docs" / "interoperability.md"
_TABLE: Final = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def page_with_tables(text: str) -> str:
    """The page with every table as the base has it now."""
    return _TABLE.sub(lambda found: found[1] + TABLES[found[2]]() + found[3], text)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [_row(head), _row("---" for _ in head), *map(_row, rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _drugs() -> str:
    loinc = load_loinc()["drugs"]
    rows = []
    for drug in sorted(load_knowledge().drugs.values(), key=lambda d: d.id):
        held = loinc.get(drug.id, loinc.get("fosfomycin", {}) if _is_fosfomycin(drug.id) else {})
        if held or drug.codes:
            codes = (drug.codes.get(system, "") for system in ("whonet", "atc", "rxnorm"))
            rows.append((drug.id, *codes, _loinc(held)))
    return _table(("drug", "WHONET", "ATC", "RxNorm", "LOINC"), rows)


def _is_fosfomycin(id_: str) -> bool:
    return id_.startswith("fosfomycin-")


def _loinc(held: Mapping[str, list[str]]) -> str:
    return "; ".join(f"{kind.replace('_', ' ')} {', '.join(codes)}" for kind, codes in held.items())


def _organisms() -> str:
    rows = sorted((id_, system, code) for (system, code), id_ in load_organism_codes().items())
    return _table(("organism", "system", "code"), rows)


def _genes() -> str:
    codes = load_codes()
    rows = [
        (g["family"], g["system"], g["code"], "one variant" if g["variant"] else "the family")
        for g in codes["gene"]
    ]
    names = [
        (g["family"], "name", g["name"] + ("-number" if g["variants"] else ""), "")
        for g in codes["gene_name"]
    ]
    return _table(("family", "system", "code", "asks for"), [*rows, *names])


def _asked() -> str:
    codes = load_codes()
    rows = [(kind.replace("_", " "), ", ".join(held)) for kind, held in codes["asked"].items()]
    methods = [(k.replace("_", " "), ", ".join(held)) for k, held in codes["methods"].items()]
    return _table(("what", "LOINC, or a code with its system"), [*rows, *methods])


def _answers() -> str:
    codes = load_codes()
    rows = [(a["means"], a["system"], f"{a['code']} {a['display']}") for a in codes["answer"]]
    words = [(means, "words", ", ".join(said)) for means, said in codes["answer_words"].items()]
    stated = [
        (f"{c['category']} ({c['standard']})", c["system"], f"{c['code']} {c['display']}")
        for c in codes["category"]
    ]
    return _table(("meaning", "system", "code or word"), [*rows, *words, *stated])


def _specimens() -> str:
    rows = [
        (s["name"], s.get("site", "none"), s["because"], ", ".join([*s["codes"], *s["names"]]))
        for s in load_codes()["specimen"]
    ]
    return _table(("specimen", "site", "because", "known by"), rows)


def _units() -> str:
    rows = [
        (kind, unit, known.key, f"{known.factor:.10g}")
        for kind, held in UNITS.items()
        for unit, known in held.items()
    ]
    return _table(("value", "unit stated", "key", "times"), rows)


TABLES: Final[dict[str, Callable[[], str]]] = {
    "drugs": _drugs,
    "organisms": _organisms,
    "genes": _genes,
    "asked": _asked,
    "answers": _answers,
    "specimens": _specimens,
    "units": _units,
}

if __name__ == "__main__":
    PAGE.write_text(page_with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
