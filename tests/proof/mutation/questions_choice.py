"""What is offered, in which rank and order: policy 4.2 to 4.9 asked of whole patients.

The policy's tables are typed here a second time, in its own form: rows in order, the first that
fits. The base holds them as rows that exclude each other; nothing here looks at those. A patient is
made for every combination of results, stock, species, severity, kidneys and pregnancy.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, Final, Literal, NamedTuple

from ndm_advisor.decision.decide import decide
from ndm_advisor.decision.rank import Selection
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names
from tests.proof.mutation.base_cases import base_document, case_of
from tests.vignettes.harness import ON

A: Final = "aztreonam-avibactam"
P: Final = "ceftazidime-avibactam+aztreonam"
F: Final = "cefiderocol"
_SIMIT, _ESCMID, _IDSA = "simit-2022", "escmid-2022", "idsa-2026"
_PROFILES: Final = (_SIMIT, _ESCMID, _IDSA)


class Offered(NamedTuple):
    """What a guideline's position must be: ids in order, and those that are provisional."""

    preferred: tuple[str, ...] = ()
    alternative: tuple[str, ...] = ()
    last_resort: tuple[str, ...] = ()
    provisional: frozenset[str] = frozenset()
    abstains: str = ""


class Patient(NamedTuple):
    """What the tables look at; `older` is an agent tested S, the others are R."""

    support: Literal["S", "R", ""] = "S"
    cefiderocol: Literal["S", "R", ""] = "S"
    stock: tuple[bool | None, bool, bool] = (True, True, True)  # of A, P and F
    is_e_coli: bool = True
    severe: bool = True
    pbp3: bool = False
    kidneys_part: bool = False  # CrCl 30 or less: the pair's intervals part company
    pregnant: bool = False
    site: str = "bloodstream"
    older: str = ""
    confirmed: bool = True
    allergic: bool = False

    @property
    def usable(self) -> tuple[bool, bool, bool]:
        """Whether A, P and F can be given (policy 4.1)."""
        if self.allergic:
            return False, False, False
        a, p, f = self.stock
        holds = self.support != "R"
        return holds and a is not False, holds and p, self.cefiderocol == "S" and f


# -- the policy's tables, the first row that fits -------------------------------------------------


def _aztreonam(p: Patient) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A and P of a 2022 row at its rank, and behind it (policy 2, 4.8, 5)."""
    a_usable, p_usable, _ = p.usable
    if not (a_usable and p_usable):
        return tuple(s for s, usable in ((A, a_usable), (P, p_usable)) if usable), ()
    if p.pregnant:
        return ((A,) if p.stock[0] else (A, P)), ()
    if p.kidneys_part:
        return (A,), (P,)
    return ((A, P) if p.stock[0] else (P, A)), ()


def _choice_2022(p: Patient) -> Offered:
    """Policy 4.2."""
    first, behind = _aztreonam(p)
    open_ = frozenset({*first, *behind}) if p.support == "" else frozenset()
    *_, f_usable = p.usable
    if first and f_usable:
        proven_first = p.support == "" and p.is_e_coli and (p.severe or p.pbp3) and not p.pregnant
        if proven_first:
            return Offered((F, *first), behind, (), open_)
        return Offered(first, (*behind, F), (), open_)
    if first:
        return Offered(first, behind, (), open_)
    return Offered((F,)) if f_usable else Offered(abstains=_abstains(p))


def _abstains(p: Patient) -> str:
    """Rows 6 to 9."""
    if p.support != "R":
        return "row-9"
    return {"S": "row-6-stock", "": "row-7", "R": "row-8"}[p.cefiderocol]


def _choice_idsa(p: Patient) -> Offered:
    """Policy 4.9."""
    if not any(p.usable):
        return Offered(abstains=_abstains(p))
    if p.support == "R":
        return Offered((F,))
    return _idsa_susceptible(p) if p.support == "S" else _idsa_untested(p)


def _idsa_susceptible(p: Patient) -> Offered:
    """Rows I1 to I4. A whose stock is unknown leaves P as the alternative."""
    a, pair, f = p.usable
    if a:
        to_be_had = (P,) if pair and p.stock[0] is None else ()
        return Offered((A, F) if f else (A,), to_be_had)
    if f:
        return Offered((F,), (P,) if pair else ())
    return Offered((P,))


def _idsa_untested(p: Patient) -> Offered:
    """Rows I5 and I6: A, else P, is provisional."""
    a, pair, f = p.usable
    then = (A,) if a else (P,) if pair else ()
    if not f:
        return Offered(then, (), (), frozenset(then))
    if a and not p.is_e_coli:
        return Offered((F, A), (), (), frozenset(then))
    return Offered((F,), then, (), frozenset(then))


def _cefiderocol_last(rows: Offered) -> Offered:
    """Policy 4.8, EU: A before P, F last; one of A and P is preferred."""
    held = (*rows.preferred, *rows.alternative)
    aztreonam = tuple(s for s in (A, P) if s in held)
    if not aztreonam:
        return rows
    first = tuple(s for s in aztreonam if s in rows.preferred) or aztreonam[:1]
    behind = tuple(s for s in (*aztreonam, F) if s in held and s not in first)
    return rows._replace(preferred=first, alternative=behind)


# -- older agents: policy 4.3, 4.4, 4.7 and the last line of 4.9 ----------------------------------

_ORAL: Final = frozenset({"ciprofloxacin", "levofloxacin", "trimethoprim-sulfamethoxazole"})


def _wanted(p: Patient, profile: str) -> Offered:
    """What the profile must offer the patient."""
    rows = _choice_idsa(p) if profile == _IDSA else _choice_2022(p)
    if p.pregnant:
        rows = _cefiderocol_last(rows)
    if not p.older:
        return rows
    found = _with_older(p, profile, rows)
    if any(found[:3]):
        found = found._replace(abstains="")
    if p.confirmed:
        return found
    return found._replace(provisional=frozenset({*found[0], *found[1], *found[2]}))


def _with_older(p: Patient, profile: str, rows: Offered) -> Offered:
    """The rows with an older agent that qualifies."""
    last = rows._replace(last_resort=(p.older,))
    if p.allergic:
        return last
    if p.severe:
        return rows if any(p.usable) else last
    if not p.confirmed:
        return Offered((p.older,))
    return _not_severe(p, profile, rows, last)


def _not_severe(p: Patient, profile: str, rows: Offered, last: Offered) -> Offered:
    """Confirmed and not severe: here the guidelines differ."""
    if profile == _ESCMID or (profile == _IDSA and p.older in _ORAL):
        return Offered((p.older,), (*rows.preferred, *rows.alternative))
    if profile == _SIMIT:
        before = tuple(s for s in rows.alternative if s != F)
        behind = tuple(s for s in rows.alternative if s == F)
        return rows._replace(alternative=(*before, p.older, *behind))
    if p.site == "complicated-uti":
        return rows._replace(alternative=(*rows.alternative, p.older))
    return rows if any(p.usable) else last


# -- patients -------------------------------------------------------------------------------------

_SPECIES: Final = {True: "Escherichia coli", False: "Klebsiella pneumoniae"}
_OLDER: Final = {
    "ciprofloxacin": "complicated-uti",
    "trimethoprim-sulfamethoxazole": "complicated-uti",
    "amikacin": "complicated-uti",
    "fosfomycin-iv": "complicated-uti",
    "tigecycline": "intra-abdominal",
}
_STOCKED: Final = ((True, True, True), (None, True, True), (None, False, True), (False, True, True))


def _document(p: Patient) -> dict[str, Any]:
    """The case of a patient: a base case of the site with what the tables look at."""
    changes: dict[str, Any] = {
        "isolate.organism": _SPECIES[p.is_e_coli],
        "infection.severity": "severe" if p.severe else "non-severe",
        "patient.pregnant": p.pregnant,
        "patient.crcl_ml_min": 30 if p.kidneys_part else 90,
        "hospital.stock.aztreonam": p.stock[1],
        "hospital.stock.cefiderocol": p.stock[2],
        "hospital.region": "EU",
    }
    without = []
    for key, value in (
        ("panel.results.aztreonam-avibactam", p.support),
        ("panel.results.cefiderocol", p.cefiderocol),
    ):
        changes[key] = value
        without += [] if value else [key]
    changes["hospital.stock.aztreonam-avibactam"] = bool(p.stock[0])
    without += ["hospital.stock.aztreonam-avibactam"] if p.stock[0] is None else []
    changes["isolate.pbp3_insertion"] = "YRIN" if p.pbp3 else "none"
    without += [] if p.is_e_coli else ["isolate.pbp3_insertion"]
    if p.older:
        name = "fosfomycin (iv)" if p.older == "fosfomycin-iv" else p.older
        changes[f"panel.results.{name}"] = "S"
    if not p.confirmed:
        changes["isolate.mbl"] = "suspected"
    if p.allergic:
        changes["patient.allergies"] = [{"drug": "ceftazidime", "reaction": "anaphylaxis"}]
    return base_document(p.site, changes, without)


class ChoiceQuestion(NamedTuple):
    """Patients of one kind, and what every guideline must offer each of them."""

    about: str
    patients: tuple[Patient, ...]
    profiles: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"choice: {self.about}"

    @property
    def texts(self) -> set[str]:
        tables = {"choice-idsa-2026" if p == _IDSA else "choice-2022" for p in self.profiles}
        older = {f"older-{p}" for p in self.profiles} if self.patients[0].older else {"family"}
        return {*self.profiles, *tables, *older, self.patients[0].older}

    def ask(self, knowledge: Knowledge, names: Names) -> Iterator[str]:
        """The patients who are offered something else."""
        for patient in self.patients:
            decision = decide(case_of(_document(patient), names), knowledge, on=ON)
            for profile in self.profiles:
                found = _offered(decision.positions[profile])
                wanted = _wanted(patient, profile)
                if found != wanted:
                    yield f"{profile}: {patient}: {found}, not {wanted}"


def _offered(selection: Selection) -> Offered:
    by_rank = [
        tuple(r.strategy for r in selection.ranked if r.rank == rank)
        for rank in ("preferred", "alternative", "last_resort")
    ]
    provisional = frozenset(r.strategy for r in selection.ranked if r.provisional)
    return Offered(*by_rank, provisional, selection.reason)


def choice_questions() -> Iterator[ChoiceQuestion]:
    """By results and profile for A, P and F; by agent for the older ones."""
    for support, cefiderocol in product(("S", "", "R"), repeat=2):
        about = f"support {support or 'untested'}, cefiderocol {cefiderocol or 'untested'}"
        for chosen in ((_SIMIT, _ESCMID), (_IDSA,)):
            patients = tuple(_of_results(support, cefiderocol))
            yield ChoiceQuestion(f"{about}, {chosen[0]}", patients, chosen)
    for agent in _OLDER:
        for profile in _PROFILES:
            yield ChoiceQuestion(f"{agent}, {profile}", tuple(_of_agent(agent)), (profile,))


def _of_results(support: Any, cefiderocol: Any) -> Iterator[Patient]:
    stocks = product((True, None, False), (True, False), (True, False))
    for stock, is_e_coli in product(stocks, (True, False)):
        yield Patient(support, cefiderocol, stock, is_e_coli)
    for stock in _STOCKED:
        base = Patient(support, cefiderocol, stock)
        yield base._replace(severe=False)
        yield base._replace(severe=False, pbp3=True)
        yield base._replace(kidneys_part=True)
        yield base._replace(pregnant=True)
        yield base._replace(pregnant=True, kidneys_part=True)


def _of_agent(agent: str) -> Iterator[Patient]:
    gone = (False, False, False)
    for severe, confirmed in product((True, False), repeat=2):
        base = Patient(severe=severe, confirmed=confirmed, site=_OLDER[agent], older=agent)
        yield base
        yield base._replace(stock=gone)
        yield base._replace(allergic=True)
