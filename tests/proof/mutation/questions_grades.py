"""The grade of each regimen by site, severity and enzyme (policy 4.10), and the drugs of cystitis.

Typed from the policy and the dossier on guidelines (1.1, 1.2). Null where a guideline graded
nothing. A grade is asked as an answer does it: for a strategy in a patient.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, Final, NamedTuple

from ndm_advisor.decision.assess import assess
from ndm_advisor.decision.decide import decide
from ndm_advisor.explain.offers import graded
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names
from tests.proof.mutation.base_cases import base_document, case_of
from tests.vignettes.harness import ON

A: Final = "aztreonam-avibactam"
P: Final = "ceftazidime-avibactam+aztreonam"
F: Final = "cefiderocol"
_GRADED_SITES: Final = (
    "bloodstream",
    "complicated-uti",
    "intra-abdominal",
    "pneumonia",
    "skin-soft-tissue",
)
_OTHER_SITES: Final = ("bone-joint", "endovascular")
_AMINOGLYCOSIDES: Final = ("amikacin", "gentamicin", "plazomicin")
# Where an older agent may be offered at all: policy 4.3 and 4.5.
_URINE: Final = ("complicated-uti", "cystitis")
_OLDER: Final = {
    "ciprofloxacin": _URINE,
    "levofloxacin": _URINE,
    "trimethoprim-sulfamethoxazole": _URINE,
    "amikacin": _URINE,
    "gentamicin": _URINE,
    "plazomicin": ("complicated-uti",),
    "fosfomycin-iv": ("complicated-uti",),
    "tigecycline": ("intra-abdominal", "skin-soft-tissue"),
    "eravacycline": ("intra-abdominal", "skin-soft-tissue"),
    "nitrofurantoin": ("cystitis",),
    "pivmecillinam": ("cystitis",),
    "fosfomycin-oral": ("cystitis",),
    "gepotidacin": ("cystitis",),
}
_SEVERITIES: Final = ("severe", "non-severe")


class Grade(NamedTuple):
    """Strength, certainty and basis, with the sources behind them."""

    strength: str | None
    certainty: str | None
    basis: str
    sources: tuple[str, ...]


def _simit(strategy: str, site: str, severity: str, family: str) -> Grade | None:
    """The pair strong/moderate, cefiderocol conditional/low, at every site it graded."""
    if site not in _GRADED_SITES:
        return None
    pair = Grade("strong", "moderate", "guideline_graded", ("SIMIT22",))
    alone = Grade("conditional", "low", "guideline_graded", ("SIMIT22",))
    return {P: pair, F: alone}.get(strategy)


def _escmid(strategy: str, site: str, severity: str, family: str) -> Grade | None:
    """Severe: the pair conditional/moderate, cefiderocol conditional/low; not severe: no grade."""
    source = ("ESCMID22-T",)
    low = Grade("conditional", "low", "guideline_graded", source)
    if strategy in _AMINOGLYCOSIDES:
        return low
    if strategy in _OLDER:
        practice = Grade("good_practice", None, "guideline_not_graded", source)
        return practice if severity == "non-severe" else None
    if site not in _GRADED_SITES or strategy == A:
        return None
    if severity == "non-severe":
        return Grade(None, None, "guideline_not_graded", source)
    return low if strategy == F else low._replace(certainty="moderate")


def _idsa(strategy: str, site: str, severity: str, family: str) -> Grade | None:
    """Not graded by its own rule; tool policy where it is silent, or speaks of NDM only."""
    spoken = Grade("not_graded", None, "guideline_not_graded", ("IDSA26",))
    if strategy in _OLDER or (family == "NDM" and site in _GRADED_SITES):
        return spoken
    return Grade("not_graded", None, "tool_policy", ("policy", "IDSA26"))


_GUIDELINES: Final = {"simit-2022": _simit, "escmid-2022": _escmid, "idsa-2026": _idsa}


class GradeQuestion(NamedTuple):
    """One strategy under one guideline, at all its sites."""

    guideline: str
    strategy: str
    sites: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"grade of {self.strategy} by {self.guideline}"

    @property
    def texts(self) -> set[str]:
        return {self.guideline, self.strategy, *self.sites}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The patients for whom the grade is another."""
        profile = knowledge.profiles[self.guideline]
        for site, severity, family in product(self.sites, _SEVERITIES, ("NDM", "VIM")):
            if site == "cystitis" and severity == "severe":
                continue  # no such case is advised
            case = case_of(_document(site, severity, family), names)
            facts = assess(case, knowledge, guideline=self.guideline, region="EU", on=ON)
            if facts.severity != severity:
                continue  # endovascular is always severe
            row = graded(self.strategy, facts, profile)
            found = None
            if row is not None:
                given = (row.give.get(key) for key in ("strength", "certainty", "basis"))
                found = (*given, tuple(s.id for s in row.sources))
            wanted = _GUIDELINES[self.guideline](self.strategy, site, severity, family)
            if found != wanted:
                yield f"{self.label}: {site}, {severity}, {family}: {found}, not {wanted}"


def _document(site: str, severity: str, family: str) -> dict[str, Any]:
    changes = {"infection.severity": severity, "isolate.mbl_family": family}
    return base_document(site, changes)


# -- cystitis (policy 4.5) ------------------------------------------------------------------------

_PREFERRED: Final = (
    "amikacin",
    "gentamicin",
    "nitrofurantoin",
    "trimethoprim-sulfamethoxazole",
    "ciprofloxacin",
    "levofloxacin",
)
_ALTERNATIVE: Final = ("pivmecillinam", "fosfomycin-oral", "gepotidacin")


class CystitisQuestion(NamedTuple):
    """Every drug of policy 4.5 tested S, under one guideline: ranks and order."""

    guideline: str

    @property
    def label(self) -> str:
        return f"cystitis under {self.guideline}"

    @property
    def texts(self) -> set[str]:
        return {"cystitis", self.guideline, *_PREFERRED, *_ALTERNATIVE}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """Ranks and order, where they are others."""
        changes: dict[str, Any] = {
            f"panel.results.{'fosfomycin (oral)' if drug == 'fosfomycin-oral' else drug}": "S"
            for drug in (*_PREFERRED, *_ALTERNATIVE)
        }
        changes |= {"hospital.guideline": self.guideline, "patient.egfr_ml_min_1_73m2": 80}
        case = case_of(base_document("cystitis", changes), names)
        selection = decide(case, knowledge, on=ON).selection
        assert selection is not None
        found = [(r.strategy, r.rank) for r in selection.ranked]
        wanted = [(s, "preferred") for s in _PREFERRED] + [(s, "alternative") for s in _ALTERNATIVE]
        if found != wanted:
            yield f"{self.label}: {found}"


def grade_questions() -> Iterator[GradeQuestion | CystitisQuestion]:
    """One for each strategy and guideline, and cystitis under each guideline."""
    for guideline in _GUIDELINES:
        for strategy in (A, P, F):
            yield GradeQuestion(guideline, strategy, (*_GRADED_SITES, *_OTHER_SITES))
        for strategy, sites in _OLDER.items():
            yield GradeQuestion(guideline, strategy, sites)
        yield CystitisQuestion(guideline)
