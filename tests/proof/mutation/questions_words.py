"""Questions of what an answer says beside the drugs: how long, what to measure, on whose word.

Durations are policy 9.4, put to a whole case; what is measured for which drug is the dosing
dossier's. That every sentence rests on a source is asked of every page of `explain`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ndm_advisor.decision.decide import decide
from ndm_advisor.explain.course import duration
from ndm_advisor.explain.page_parts import Section, Shelf
from ndm_advisor.explain.rule_pages import fact_ids, fact_sections, reason_ids, reason_sections
from ndm_advisor.explain.sentence_pages import sentence_ids, sentence_sections
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.vignettes.harness import ON, document, load_bases

_GUIDELINE: Final = "hospital.guideline"
_CONTROL: Final = "infection.source_control"
_REGION: Final = "hospital.region"


def _active(drug: str, **more: str) -> dict[str, str]:
    return {f"panel.results.{drug}": "S", **more}


class Course(NamedTuple):
    """A case, and how long policy 9.4 says to treat it. None: infectious diseases decides."""

    base: str
    set: dict[str, Any]
    first: str  # the record of words.toml that speaks: what kills a mutant of it
    days: tuple[float | None, float | None]


_COURSES: Final = (
    Course("cystitis", _active("amikacin"), "amikacin", (1, 1)),
    Course("cystitis", _active("gentamicin"), "gentamicin", (1, 1)),
    Course("cystitis", _active("fosfomycin (oral)"), "fosfomycin-oral", (1, 1)),
    Course("cystitis", _active("nitrofurantoin"), "nitrofurantoin", (5, 5)),
    Course(
        "cystitis",
        _active("trimethoprim-sulfamethoxazole"),
        "trimethoprim-sulfamethoxazole",
        (3, 3),
    ),
    Course("cystitis", _active("pivmecillinam"), "pivmecillinam", (3, None)),
    Course("cystitis", _active("ciprofloxacin"), "cystitis", (None, None)),
    Course("complicated-uti", {}, "complicated-uti", (7, 7)),
    Course(
        "complicated-uti",
        _active("ciprofloxacin", **{_GUIDELINE: "idsa-2026"}),
        "ciprofloxacin",
        (5, 7),
    ),
    Course(
        "complicated-uti",
        _active("levofloxacin", **{_GUIDELINE: "idsa-2026"}),
        "levofloxacin",
        (5, 7),
    ),
    Course("bloodstream", {}, "bloodstream", (7, 14)),
    Course("intra-abdominal", {_CONTROL: "achieved"}, "source-controlled", (4, 4)),
    Course("intra-abdominal", {_CONTROL: "pending", _REGION: "EU"}, "EU", (5, 10)),
    Course("intra-abdominal", {_CONTROL: "pending", _REGION: "US"}, "US", (5, 14)),
    Course("pneumonia", {}, "pneumonia", (7, 14)),
    Course("skin-soft-tissue", {}, "skin-soft-tissue", (None, None)),
    Course("bone-joint", {}, "bone-joint", (None, None)),
    Course("endovascular", {}, "endovascular", (None, None)),
)


class DurationQuestion(NamedTuple):
    """How long a case is treated, and on whose word."""

    course: Course
    document: dict[str, Any]

    @property
    def label(self) -> str:
        return f"duration of {self.course.base}, {self.course.first}"

    @property
    def texts(self) -> set[str]:
        return {"durations", self.course.base, self.course.first}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """What the answer says instead."""
        case, _ = build_case(self.document, names=names, on=ON)
        found = duration(decide(case, knowledge, on=ON), knowledge)
        if found is None:
            yield f"{self.label}: none"
        elif (found.from_days, found.to_days) != self.course.days:
            yield f"{self.label}: {found.from_days} to {found.to_days} days"
        elif not found.sources:
            yield f"{self.label}: no source"


# What is measured, by the dossier's section; the first words of each line.
_MEASURED: Final = {
    "liver": "ALT, AST",
    "creatinine": "creatinine and CrCl",
    "blood-count": "blood count",
    "inr": "INR",
    "neurotoxicity": "consciousness",
    "aminoglycoside-levels": "aminoglycoside level",
    "fibrinogen": "fibrinogen",
    "lipase": "lipase",
    "potassium-sodium": "potassium, sodium",
    "potassium-creatinine": "potassium, sodium, creatinine",
    "polymyxin": "creatinine, potassium, calcium, magnesium",
    "qt": "12-lead ECG",
    "coombs": "transfusion laboratory",
    "stool": "stool test for C. difficile",
    "lungs-nerves": "cough, breathlessness",
    "tendon": "tendon pain",
}
# Guidelines dossier 1.1: the year of each; policy 9.4: with bacteraemia 7.
_PRINTED: Final = {
    **{f"monitoring.{ident}": {"Test": said} for ident, said in _MEASURED.items()},
    "guidelines.simit-2022": {"Year": "2022"},
    "guidelines.escmid-2022": {"Year": "2022"},
    "guidelines.idsa-2026": {"Year": "2026"},
    "durations.complicated-uti.with-bacteraemia": {"From days": "7", "To days": "7"},
}


class PagesQuestion(NamedTuple):
    """One section of sentences: every page of it names its source, and says what was typed."""

    section: str
    ids: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"pages of {self.section}"

    @property
    def texts(self) -> set[str]:
        return {self.section, *self.ids, *(part for i in self.ids for part in i.split("."))}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The pages without a source, and those that say something else."""
        shelf = Shelf(knowledge, (), {})
        for ident in self.ids:
            page = {s.label: s.lines for s in _page(ident, shelf) if s.lines}
            if "Sources" not in page:
                yield f"{ident}: no source"
            for label, said in _PRINTED.get(ident, {}).items():
                line = " ".join(page.get(label, ()))
                if not line.startswith(said):
                    yield f"{ident}: {label} is {line}"


def _page(ident: str, shelf: Shelf) -> Iterator[Section]:
    if ident in reason_ids(shelf):
        return reason_sections(ident, shelf)
    if ident in fact_ids(shelf):
        return fact_sections(ident, shelf)
    return sentence_sections(ident, shelf)


def word_questions(knowledge: Knowledge) -> Iterator[DurationQuestion | PagesQuestion]:
    """One for each course, and one for each section of the words."""
    bases = load_bases()
    for course in _COURSES:
        yield DurationQuestion(course, document(bases[course.base], course.set, []))
    shelf = Shelf(knowledge, (), {})
    by_section: dict[str, list[str]] = {
        "abstention and out_of_scope": list(reason_ids(shelf)),
        "findings": list(fact_ids(shelf)),
    }
    for ident in (*sentence_ids(shelf), *_PRINTED):
        held = by_section.setdefault(ident.split(".")[0], [])
        if ident not in held:
            held.append(ident)
    for section, ids in by_section.items():
        yield PagesQuestion(section, tuple(ids))
