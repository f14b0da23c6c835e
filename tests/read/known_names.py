"""A handful of names, enough to ask every question about names without the knowledge base."""

from __future__ import annotations

from datetime import date

from ndm_advisor.errors import CaseError, Problem
from ndm_advisor.model.case import Case
from ndm_advisor.model.names import fold
from ndm_advisor.read.case_file import read_case
from ndm_advisor.read.names import Names

ON = date(2026, 11, 22)

_DRUGS = {
    "aztreonam": ("ATM", "Azactam"),
    "aztreonam-avibactam": ("AZA", "Emblaveo"),
    "ceftazidime": ("CAZ",),
    "avibactam": (),
    "ceftazidime-avibactam": ("CZA", "CAZ-AVI", "Avycaz", "Zavicefta"),
    "cefiderocol": ("FDC", "Fetcroja"),
    "colistin": ("COL", "colistimethate"),
    "polymyxin-b": ("polymyxin B",),
    "fosfomycin-iv": ("fosfomycin (iv)", "intravenous fosfomycin"),
    "fosfomycin-oral": ("fosfomycin (oral)", "Monurol"),
    "meropenem": ("MEM",),
    "nitrofurantoin": ("NIT",),
    "pivmecillinam": ("mecillinam",),
    "tigecycline": ("TGC",),
    "trimethoprim-sulfamethoxazole": ("SXT", "co-trimoxazole"),
}
_ORGANISMS = {
    "Escherichia coli": ("E. coli",),
    "Klebsiella pneumoniae": ("K. pneumoniae",),
    "Pseudomonas aeruginosa": (),
}


def _names() -> Names:
    drug_names: dict[str, tuple[str, ...]] = {}
    for drug, aliases in _DRUGS.items():
        for name in (drug, *aliases):
            drug_names[fold(name)] = (drug,)
    drug_names["fosfomycin"] = ("fosfomycin-iv", "fosfomycin-oral")
    drug_names["polymyxin"] = ("colistin", "polymyxin-b")
    organisms = {
        fold(alias): fold(name) for name, more in _ORGANISMS.items() for alias in (name, *more)
    }
    return Names(drug_names, organisms, frozenset({"penicillin", "beta-lactam"}))


NAMES = _names()

SMALLEST = """\
format = "ndm-advisor/case/1"
[isolate]
organism = "Escherichia coli"
[infection]
site = "bloodstream"
"""


def read(text: str, *, path: str | None = "case.toml", settings: tuple[str, ...] = ()) -> Case:
    """The case, read with these names as of 2026-11-22."""
    return read_case(text, path=path, names=NAMES, on=ON, settings=settings)[0]


def warnings(text: str) -> list[Problem]:
    return list(read_case(text, path="case.toml", names=NAMES, on=ON)[1])


def problems(
    text: str, *, path: str | None = "case.toml", settings: tuple[str, ...] = ()
) -> list[Problem]:
    """What the reader refuses `text` for; it must refuse it."""
    try:
        read_case(text, path=path, names=NAMES, on=ON, settings=settings)
    except CaseError as error:
        return list(error.problems)
    raise AssertionError("the case was accepted")


def codes(
    text: str, *, path: str | None = "case.toml", settings: tuple[str, ...] = ()
) -> list[str]:
    return [problem.code for problem in problems(text, path=path, settings=settings)]
