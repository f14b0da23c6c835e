"""Questions of organisms: how a name is read, what resists by nature, which breakpoints apply.

The names are typed a second time; what a genus resists is policy 3 (`organism_group`), and which
species a breakpoint is for is the column `organism_group` of the breakpoint dossier. Nothing is
compared with a record: a case is read, a panel is interpreted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ndm_advisor.decision.assess import assess
from ndm_advisor.decision.interpret import Reading, interpret
from ndm_advisor.model.case import FORMAT, Case
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.model.names import fold
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.names import Names
from tests.knowledge.double_entry_rows import lines
from tests.vignettes.harness import ON

_GROUP: Final = {
    "E. coli": "e-coli",
    "Enterobacterales": "other-enterobacterales",
    "other": "out-of-scope",
}

# Policy 3, row organism_group: what each genus resists by nature, or is not used for.
_POLYMYXINS: Final = ("colistin", "polymyxin-b")
_FOSFOMYCIN: Final = ("fosfomycin-iv", "fosfomycin-oral")
_TETRACYCLINES: Final = ("tigecycline", "eravacycline")
_RESISTED: Final[dict[str, tuple[str, ...]]] = {
    "Proteus": (*_POLYMYXINS, "nitrofurantoin", *_TETRACYCLINES),
    "Morganella": (*_POLYMYXINS, *_FOSFOMYCIN, "nitrofurantoin", *_TETRACYCLINES),
    "Providencia": (*_POLYMYXINS, "nitrofurantoin", *_TETRACYCLINES),
    "Serratia": (*_POLYMYXINS, "nitrofurantoin"),
    "Hafnia": _POLYMYXINS,
    "Leclercia": _FOSFOMYCIN,
}
_ASKED: Final = (*_POLYMYXINS, *_FOSFOMYCIN, "nitrofurantoin", *_TETRACYCLINES)

_MORGANELLACEAE: Final = frozenset({"Proteus", "Morganella", "Providencia"})
_MECILLINAM: Final = frozenset({"Citrobacter", "Klebsiella", "Raoultella", "Enterobacter"})
# "Klebsiella spp. (except K. aerogenes)": a genus without its species may be the exception.
_NOT_KLEBSIELLA: Final = frozenset({"Klebsiella aerogenes", "Klebsiella species"})


class Row(NamedTuple):
    """One number on a report, how it is read, and what must come out."""

    drug: str
    mic: str
    indication: str
    standard: str
    category: str | None  # None: there is no breakpoint for the species
    because: str = ""  # a part of the reason where there is none


class OrganismQuestion(NamedTuple):
    """One organism in every way of writing it, and all that follows from which one it is."""

    species: str
    written: tuple[str, ...]
    group: str
    resisted: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def label(self) -> str:
        return f"organism {self.species}"

    @property
    def texts(self) -> set[str]:
        return {fold(self.species), *self.written}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The names not read as this organism, and what does not follow from it."""
        for name in self.written:
            read = names.organism_names.get(fold(name))
            if read != fold(self.species):
                yield f"{name} is read as {read}"
        yield from self._nature(knowledge, names)
        for row in self.rows:
            yield from self._reading(row, knowledge)

    def _nature(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """Every drug is reported S: what the species resists counts as R all the same."""
        document = _document(self.written[0], {drug: {"category": "S"} for drug in _ASKED})
        case, _ = build_case(document, names=names, on=ON)
        facts = assess(case, knowledge, guideline="simit-2022", region="EU", on=ON)
        if facts.organism_group != self.group:
            yield f"{self.species}: {facts.organism_group}"
        for drug in _ASKED:
            used = facts.of_drug[drug].used
            if (used == "R") != (drug in self.resisted):
                yield f"{self.species}: {drug} reported S counts as {used}"

    def _reading(self, row: Row, knowledge: Knowledge) -> Iterator[str]:
        document = _document(fold(self.species), {row.drug: {"mic_mg_l": row.mic}})
        how = Reading(fold(self.species), row.indication, row.standard, "2026")
        got = interpret(Case.model_validate(document), how, knowledge)[row.drug]
        if got.read_as != row.category or row.because not in got.why:
            yield f"{self.species}: {row.drug} {row.mic} is {got.read_as}, {got.why}"


def _document(organism: str, results: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "isolate": {"organism": organism},
        "infection": {"site": "complicated-uti"},
        "panel": {"standard": "EUCAST", "version": "2026", "results": results},
    }


def organism_questions() -> Iterator[OrganismQuestion]:
    """One for each typed organism."""
    for row in lines("organisms.csv"):
        species = row["species"]
        genus = species.split()[0]
        written = [species, *_shortened(species)]
        written += [name.strip() for name in row["written"].split(";") if name.strip()]
        rows = () if row["kind"] == "other" else tuple(_rows(species, genus))
        yield OrganismQuestion(
            species, tuple(written), _GROUP[row["kind"]], _RESISTED.get(genus, ()), rows
        )


def _shortened(species: str) -> Iterator[str]:
    """As laboratories write it: "K. oxytoca", "Klebsiella sp."; longer names are typed."""
    genus, *rest = species.split()
    if rest == ["species"]:
        yield from (f"{genus} sp.", f"{genus} spp.")
    elif len(rest) == 1 and genus[0].isupper():
        yield f"{genus[0]}. {rest[0]}"


def _rows(species: str, genus: str) -> Iterator[Row]:
    """The breakpoint dossier's rows that are for some species only, and one that is for all."""
    is_e_coli = species == "Escherichia coli"
    morganellaceae = genus in _MORGANELLACEAE
    klebsiella = genus == "Klebsiella" and species not in _NOT_KLEBSIELLA
    is_mirabilis = species == "Proteus mirabilis"
    koseri = species == "Citrobacter koseri"
    eucast = "EUCAST"

    yield Row("cefiderocol", "1", "systemic", eucast, "S")
    yield Row("imipenem", "2", "systemic", eucast, "I" if morganellaceae else "S")
    yield Row("imipenem-relebactam", "1", "systemic", eucast, "S" if not morganellaceae else None)
    yield Row("plazomicin", "2", "systemic", "CLSI", "S" if not morganellaceae else None)
    yield Row("tigecycline", "0.5", "systemic", eucast, "S" if is_e_coli or koseri else None)
    yield Row("eravacycline", "0.5", "systemic", eucast, "S" if is_e_coli else None)
    sxt = "trimethoprim-sulfamethoxazole"
    yield Row(sxt, "0.5", "systemic", eucast, "S" if genus != "Serratia" else None)
    temocillin = is_e_coli or klebsiella or is_mirabilis
    yield Row("temocillin", "8", "urinary", eucast, "I" if temocillin else None)
    mecillinam = is_e_coli or genus in _MECILLINAM or is_mirabilis
    yield Row("pivmecillinam", "8", "uncomplicated", eucast, "S" if mecillinam else None)
    yield Row(
        "trimethoprim", "2", "uncomplicated", eucast, "S" if is_e_coli or klebsiella else None
    )
    note = "" if is_e_coli else "a note instead of a breakpoint"
    yield Row("fosfomycin-iv", "8", "urinary", eucast, "S" if is_e_coli else None, note)
