"""What is asked of every typed breakpoint, one row at a time, numbers or none.

An isolate whose MIC or zone stands at an edge is read; the reading must rest on the row's own
numbers, which the answer prints, and name their source. `explain BREAKPOINT` must say how the row
reads, also where it holds no number. Typed from the breakpoint dossier: `double_entry`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ndm_advisor.decision.interpret import Reading, interpret
from ndm_advisor.explain.drug_pages import breakpoint_sections
from ndm_advisor.explain.page_parts import Shelf
from ndm_advisor.model.case import FORMAT, Case
from ndm_advisor.model.facts import Susceptibility
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names
from tests.knowledge.double_entry_rows import lines
from tests.knowledge.test_double_entry import DRUGS, INDICATIONS, VERSIONS

# A species of each group that no other group of the same drug holds.
_SPECIES: Final = {
    "Enterobacterales": "escherichia-coli",
    "E. coli": "escherichia-coli",
    "E. coli and C. koseri": "citrobacter-koseri",
    "Enterobacterales except Morganellaceae": "escherichia-coli",
    "Morganellaceae": "proteus-mirabilis",
    "Enterobacterales except Serratia": "escherichia-coli",
    "Enterobacterales other than E. coli": "klebsiella-pneumoniae",
    "E. coli, Klebsiella spp. (except K. aerogenes), P. mirabilis": "proteus-mirabilis",
    "E. coli, Klebsiella spp. (except K. aerogenes)": "klebsiella-pneumoniae",
    "E. coli, Citrobacter, Klebsiella, Raoultella, Enterobacter, P. mirabilis": "proteus-mirabilis",
}
_READ_AT: Final = {
    "meningitis": "meningitis",
    "infections originating from the urinary tract": "urinary",
    "uncomplicated UTI only": "uncomplicated",
    "urine only": "uncomplicated",
    "E. coli urinary isolates": "uncomplicated",
}
# Areas of technical uncertainty (breakpoint dossier, trap 6 and the notes of its table).
_UNCERTAIN: Final = {
    ("piperacillin-tazobactam", "MIC"): (16, 16),
    ("piperacillin-tazobactam", "disk"): (19, 19),
    ("ciprofloxacin", "MIC"): (0.5, 0.5),
    ("ciprofloxacin", "disk"): (22, 24),
    ("cefiderocol", "disk"): (21, 23),
    ("aztreonam-avibactam", "disk"): (22, 24),
    ("meropenem-vaborbactam", "disk"): (15, 19),
    ("imipenem-relebactam", "disk"): (20, 22),
    ("cefepime-enmetazobactam", "disk"): (21, 22),
    ("ceftolozane-tazobactam", "disk"): (19, 21),
}
_UNCERTAINTY: Final = "in the area of technical uncertainty"
# What the page says of a row without numbers.
_WITHOUT: Final = {
    "dash": "the standard prints a dash: not read",
    "note": "the standard prints a note: not read",
    "not-listed": "not listed by the standard: not read",
    "none-set": "not listed by the standard: not read",
    "no-row": "not listed by the standard: not read",
    "not-recognized": "not listed by the standard: not read",
    "not-seen": "the value could not be read in the copy at hand: not read",
    "unreadable-use-ed35": "the value could not be read in the copy at hand: not read",
    "m100-recognized": "the standard refers to another",
    "no-s-category": "the standard has no category S here",
    "bracketed": "printed in brackets: read only as the policy allows",
}
_FILES: Final = {"EUCAST": "eucast-2026", "FDA": "fda"}


class BreakpointQuestion(NamedTuple):
    """One typed row."""

    row: tuple[tuple[str, str], ...]

    def _of(self, key: str) -> str:
        return dict(self.row)[key]

    @property
    def drug(self) -> str:
        return DRUGS.get(self._of("drug"), self._of("drug"))

    @property
    def version(self) -> str:
        named, _, _ = self._of("version").partition(" (")
        return VERSIONS.get(named, "2024-2025")

    @property
    def organism(self) -> str:
        return _SPECIES[self._of("organisms")]

    @property
    def id(self) -> str:
        """The id that stands for the row on its page."""
        standard = self._of("standard")
        file = _FILES.get(standard, f"clsi-{self.version}")
        indication = INDICATIONS.get(self._of("indication"), self._of("indication"))
        return f"{file}/{self.drug}/{indication}/{self._of('method').casefold()}"

    @property
    def label(self) -> str:
        return f"breakpoint {self.id}, {self._of('organisms')}"

    @property
    def texts(self) -> set[str]:
        return {self.drug, self.id, self._of("standard"), self.organism}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """What is not read, or not said, as typed."""
        yield from (f"{self.label}: {fault}" for fault in self._page(knowledge))
        if self._of("status") in {"number", "bracketed", "off-scale"}:
            yield from (f"{self.label}: {fault}" for fault in self._read(knowledge))

    # -- the page ---------------------------------------------------------------------------------

    def _page(self, knowledge: Knowledge) -> Iterator[str]:
        shelf = Shelf(knowledge, (), {})
        held = (b.id for rows in knowledge.breakpoints.values() for b in rows)
        ids = [i for i in held if i == self.id or i.startswith(f"{self.id}/")]
        pages = [{s.label: s.lines for s in breakpoint_sections(i, shelf)} for i in ids]
        wanted = tuple(self._limits())
        fitting = [page for page in pages if page.get("Reads", ()) == wanted]
        if not fitting:
            yield f"no page reads {wanted}: {[page.get('Reads') for page in pages]}"
        if not all(page.get("Sources") for page in pages):
            yield "a page without a source"

    def _limits(self) -> Iterator[str]:
        unit = "mg/L" if self._of("method") == "MIC" else "mm"
        for category, key, side in (
            ("S at", "s_at_most_mg_l", " or less"),
            ("S at", "s_at_least_mm", " or more"),
            ("R above", "r_above_mg_l", ""),
            ("R at", "r_at_least_mg_l", " or more"),
            ("R below", "r_below_mm", ""),
            ("R at", "r_at_most_mm", " or less"),
        ):
            if self._of(key):
                yield f"{category} {self._of(key)} {unit}{side}"
        between = self._of("between").rstrip("^")
        if between in {"I", "SDD"}:
            yield f"{between} between the two"
        if self._of("status") in _WITHOUT:
            yield _WITHOUT[self._of("status")]

    # -- the reading ------------------------------------------------------------------------------

    def _read(self, knowledge: Knowledge) -> Iterator[str]:
        """Numbers at the edge of S and well inside R; the area between; what the answer cites."""
        of_s = float(self._of("s_at_most_mg_l") or self._of("s_at_least_mm"))
        best = {"bracketed": None, "off-scale": "I"}.get(self._of("status"), "S")
        read = self._reading(of_s, knowledge)
        if read.read_as != best:
            yield f"{of_s:g} is read as {read.read_as}, not {best}"
        if not re.search(rf"{re.escape(self._said())}(?:;|$)", read.why):
            yield f"{read.why}, not {self._said()}"
        if not {c.id for c in read.sources} - {"policy"}:
            yield "the reading cites no table"
        yield from self._uncertain(knowledge)

    def _said(self) -> str:
        """The row as an answer prints it."""
        parts = (
            ("S at most {} mg/L", "s_at_most_mg_l"),
            ("R above {} mg/L", "r_above_mg_l"),
            ("R at least {} mg/L", "r_at_least_mg_l"),
            ("S at least {} mm", "s_at_least_mm"),
            ("R below {} mm", "r_below_mm"),
            ("R at most {} mm", "r_at_most_mm"),
        )
        limits = [words.format(self._of(key)) for words, key in parts if self._of(key)]
        return f"{self._of('standard')} {self.version}, {', '.join(limits)}"

    def _uncertain(self, knowledge: Knowledge) -> Iterator[str]:
        """Inside and just outside the area of technical uncertainty; without one, nowhere."""
        mic = self._of("method") == "MIC"
        area = _UNCERTAIN.get((self.drug, self._of("method")))
        if self._of("standard") != "EUCAST" or self._of("indication") == "meningitis":
            area = None
        if area is None:
            return
        low, high = area
        outside = {low - 1, high + 1}
        if mic:  # the dilutions beside it, and what a gradient strip reads next to it
            outside = {low / 2, high * 2, low * 15 / 16, high * 17 / 16}
        for value in sorted({low, high, *outside}):
            warned = _UNCERTAINTY in self._reading(value, knowledge).why
            if warned != (value in {low, high}):
                yield f"{value:g}: the area of technical uncertainty is {low:g} to {high:g}"

    def _reading(self, value: float, knowledge: Knowledge) -> Susceptibility:
        mic = self._of("method") == "MIC"
        row: dict[str, Any] = {"mic_mg_l": f"{value:g}"} if mic else {"zone_mm": value}
        document = {
            "format": FORMAT,
            "isolate": {"organism": self.organism},
            "panel": {
                "standard": self._of("standard"),
                "version": self.version,
                "results": {self.drug: row},
            },
            "infection": {"site": "other"},
        }
        read_at = _READ_AT.get(self._of("indication"), "systemic")
        how = Reading(self.organism, read_at, self._of("standard"), self.version)
        return interpret(Case.model_validate(document), how, knowledge)[self.drug]


def breakpoint_questions() -> Iterator[BreakpointQuestion]:
    """One for each typed row."""
    for row in lines("breakpoints.csv"):
        yield BreakpointQuestion(tuple(row.items()))
