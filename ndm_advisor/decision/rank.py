"""Fates and a profile's tables to ranked strategies, or an abstention (policy sections 4.2 to 4.9).

Nothing is decided here but by look-up: each table is proved total and exclusive when the base is
loaded. Calling this for three profiles gives the three guideline positions.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ndm_advisor.decision.usable import Fate
from ndm_advisor.model.answer import Cited, Finding, Outcome, Rank
from ndm_advisor.model.facts import Facts, compared
from ndm_advisor.model.knowledge import Knowledge, Profile, Table, TableRow

A: Final = "aztreonam-avibactam"
P: Final = "ceftazidime-avibactam+aztreonam"
F: Final = "cefiderocol"
FAMILY: Final = "aztreonam-family"
CHOICE_2022: Final = "choice-2022"
A_KEY: Final = "panel.results.aztreonam-avibactam"
PAIR_KEY: Final = "panel.results.ceftazidime-avibactam+aztreonam"
_ACTIVE: Final = (A, P, F)
_COMPONENT: Final = "component"  # reason of a cell of the allergy graph
_NOT_USABLE: Final = "not-usable"
_CYSTITIS: Final = "4.5"
_RANKS: Final = ("preferred", "alternative", "last_resort")


class Ranked(NamedTuple):
    """One strategy offered; `says` are keys of sentences in the base."""

    strategy: str
    rank: Rank
    provisional: bool
    row: str
    says: tuple[str, ...]
    sources: tuple[Cited, ...]


class Turned(NamedTuple):
    """A usable strategy the tables do not offer, and why (a key of words in the base)."""

    strategy: str
    because: str
    row: str


class Applied(NamedTuple):
    """A row that applied, and the older agent it was asked of; no row for a printed list."""

    id: str
    row: TableRow | None
    older: str = ""


class Selection(NamedTuple):
    """What a profile's tables make of the fates. `reason` is the key of the abstention's words."""

    outcome: Outcome
    reason: str
    ranked: tuple[Ranked, ...]
    turned: tuple[Turned, ...]
    applied: tuple[Applied, ...]

    @property
    def rows(self) -> tuple[str, ...]:
        """The ids of the rows that applied, once each."""
        return tuple(dict.fromkeys(applied.id for applied in self.applied))


def rank(facts: Facts, fates: dict[str, Fate], profile: Profile, knowledge: Knowledge) -> Selection:
    """Rank the usable strategies of a case under one profile."""
    if facts.site == "cystitis":
        return _cystitis(facts, fates, knowledge)
    values = columns(facts, fates)
    row = _look_up(profile.choice, values)
    active = list(_active(row, values, facts, knowledge.tables["family"]))
    older = list(_older(facts, fates, profile))
    offered, turned = _make_room(active, older)
    ranked = _ordered(offered, [o.ranked for o in older], profile, facts)
    applied = [Applied(row.id, row)]
    if any(r.strategy in {A, P} for r in active) and profile.choice.id == CHOICE_2022:
        family = _look_up(knowledge.tables["family"], values)
        applied.append(Applied(family.id, family))
    applied += [Applied(o.row.id, o.row, o.strategy) for o in older]
    if ranked:
        return Selection("regimens", "", ranked, turned, tuple(applied))
    reason = _abstention(row, facts, fates)
    return Selection("abstention", reason, (), turned, tuple(applied))


# -- A, P and F ----------------------------------------------------------------------------------


def columns(facts: Facts, fates: dict[str, Fate]) -> dict[str, object]:
    """What the choice tables look at; a table uses the columns it names."""
    a, p, f = (fates[s].is_usable for s in _ACTIVE)
    family = "ap" if a or p else ""
    usable = {("ap", True): "ap-and-f", ("ap", False): "ap-only", ("", True): "f-only"}
    return {
        "aztreonam_support": facts.aztreonam_support,
        "cefiderocol_support": facts.cefiderocol_support,
        "usable": usable.get((family, f), "none"),
        "proven_first": facts.proven_first,
        "aztreonam_avibactam": _stock_column(facts, a),
        "pair_usable": p,
        "cefiderocol_usable": f,
        "is_e_coli": facts.is_e_coli,
        "pregnant_eu": facts.pregnant_eu,
        "pair_divergence": facts.pair_divergence,
    }


def _stock_column(facts: Facts, usable: bool) -> str:  # noqa: FBT001  # private, one caller
    if not usable:
        return _NOT_USABLE
    return "stocked" if facts.of_drug[A].in_stock else "stock-unknown"


def _look_up(table: Table, values: dict[str, object]) -> TableRow:
    """The one row that matches; the load check has proved that there is exactly one."""
    for row in table.rows:
        for column, allowed in row.when.items():
            if values[column] not in allowed:
                break
        else:
            return row
    message = f"table {table.id} has no row for this case"
    raise LookupError(message)


def _active(
    row: TableRow, values: dict[str, object], facts: Facts, families: Table
) -> list[Ranked]:
    """The row's offers, A and P expanded by the family table."""
    offers: tuple[dict[str, object], ...] = row.give.get("offer", ())  # type: ignore[assignment]  # by the load check
    ranked = [r for o in offers for r in _expanded(o, row, values, facts, families)]
    return _pregnancy_order(ranked) if facts.pregnant_eu else ranked


def _pregnancy_order(ranked: list[Ranked]) -> list[Ranked]:
    """EU pregnancy: A before P, cefiderocol last (policy 4.8); one of them stays preferred."""
    in_order = sorted(ranked, key=lambda r: _ACTIVE.index(r.strategy))
    aztreonam = [r for r in in_order if r.strategy != F]
    if not aztreonam:
        return in_order
    if not any(r.rank == "preferred" for r in aztreonam):
        aztreonam[0] = aztreonam[0]._replace(rank="preferred")
    last = [r._replace(rank="alternative") for r in in_order if r.strategy == F]
    return [*aztreonam, *last]


def _expanded(
    offer: dict[str, object],
    row: TableRow,
    values: dict[str, object],
    facts: Facts,
    families: Table,
) -> Iterator[Ranked]:
    rank_: Rank = offer["rank"]  # type: ignore[assignment]  # checked at load
    says = tuple(str(offer[key]) for key in ("say",) if key in offer)
    provisional = bool(offer.get("provisional")) or not facts.mbl_confirmed
    made = Ranked(str(offer["strategy"]), rank_, provisional, row.id, says, row.sources)
    if made.strategy != FAMILY:
        yield made
        return
    family = _look_up(families, values)
    first, pair = str(family.give["first"]), str(family.give["pair"])
    yield made._replace(strategy=first, sources=(*made.sources, *family.sources))
    if pair == "out" or (first == P and values["aztreonam_avibactam"] == _NOT_USABLE):
        return
    second = A if first == P else P
    second_rank: Rank = "alternative" if pair == "alternative" else rank_
    yield made._replace(
        strategy=second, rank=second_rank, row=family.id, sources=(*made.sources, *family.sources)
    )


# -- older agents --------------------------------------------------------------------------------


class _Older(NamedTuple):
    ranked: Ranked | None
    row: TableRow
    strategy: str


def qualifying(facts: Facts, fates: dict[str, Fate]) -> Iterator[str]:
    """Older agents at their site, usable and proven active (policy 4.3)."""
    for fate in fates.values():
        strategy = fate.strategy
        here = facts.site in strategy.sites and facts.region in strategy.regions
        if strategy.kind == "older" and here and fate.is_usable:
            yield strategy.id


def _older(facts: Facts, fates: dict[str, Fate], profile: Profile) -> Iterator[_Older]:
    active_usable = any(fates[s].is_usable for s in _ACTIVE)
    by_allergy = any(a.hazard.alert == "severe-allergy" for s in _ACTIVE for a in fates[s].excluded)
    values: dict[str, object] = {
        "mbl_confirmed": facts.mbl_confirmed,
        "severe": facts.severe,
        "active_usable": active_usable,
        "allergy_took_all": by_allergy and not active_usable,
    }
    for strategy in qualifying(facts, fates):
        values["group"] = fates[strategy].strategy.group
        row = _look_up(profile.older, values)
        rank_: Rank | str = str(row.give["rank"])
        ranked = None
        if rank_ in _RANKS:
            ranked = Ranked(strategy, rank_, not facts.mbl_confirmed, row.id, (), row.sources)
        yield _Older(ranked, row, strategy)


def _make_room(
    active: list[Ranked], older: list[_Older]
) -> tuple[list[Ranked], tuple[Turned, ...]]:
    """What the older agents' rows make of A, P and F: kept, put behind, or "type first"."""
    turned = [
        Turned(o.strategy, "reserve-for-no-beta-lactam", o.row.id) for o in older if not o.ranked
    ]
    effects = [(o.row.give["active"], o.row) for o in older if o.ranked]
    for effect, row in effects:
        if effect == "out":
            out = [Turned(r.strategy, "type-first", row.id) for r in active]
            return [], (*turned, *out)
    if any(effect == "alternative" for effect, _ in effects):
        behind = [r._replace(rank="alternative", says=(*r.says, "keep-in-reserve")) for r in active]
        return behind, tuple(turned)
    return active, tuple(turned)


def _ordered(
    active: list[Ranked], older: Iterable[Ranked | None], profile: Profile, facts: Facts
) -> tuple[Ranked, ...]:
    """Offers in screen order: by rank; among SIMIT's alternatives A/P, older agents, F."""
    older_kept = [o for o in older if o is not None]
    if profile.older_before_cefiderocol and not facts.pregnant_eu:
        early = [r for r in active if r.strategy != F or r.rank == "preferred"]
        late = [r for r in active if r.strategy == F and r.rank != "preferred"]
        offers = [*early, *older_kept, *late]
    else:
        offers = [*active, *older_kept]
    return tuple(sorted(offers, key=lambda r: _RANKS.index(r.rank)))


# -- cystitis ------------------------------------------------------------------------------------


def _cystitis(facts: Facts, fates: dict[str, Fate], knowledge: Knowledge) -> Selection:
    """Policy 4.5: proven, usable drugs in the printed order; no profile differs."""
    ranked = []
    for row in knowledge.tables["cystitis"].rows:
        strategy = str(row.give["strategy"])
        fate = fates[strategy]
        if fate.is_usable and facts.region in fate.strategy.regions:
            provisional = not facts.mbl_confirmed
            ranked.append(
                Ranked(strategy, row.give["rank"], provisional, row.id, (), row.sources)  # type: ignore[arg-type]  # checked at load
            )
    applied = (Applied(_CYSTITIS, None),)
    if ranked:
        usable = (s for s in _ACTIVE if fates[s].is_usable)
        kept = tuple(Turned(s, "cystitis-reserve", _CYSTITIS) for s in usable)
        return Selection("regimens", "", tuple(ranked), kept, applied)
    return Selection("abstention", "cystitis-none", (), (), applied)


# -- abstention ----------------------------------------------------------------------------------


def _abstention(row: TableRow, facts: Facts, fates: dict[str, Fate]) -> str:
    """Which abstention it is: the row's own, or 4.7 where allergy took what was left."""
    reason = str(row.give["abstain"])
    excluded_by = {s: {a.hazard.alert for a in fates[s].excluded} for s in _ACTIVE}
    if reason == "row-8":
        return reason  # nothing active is left, whoever tolerates it
    deciding = (F,) if reason in {"row-6-stock", "row-7"} else _ACTIVE
    if any("severe-allergy" in excluded_by[s] for s in deciding):
        return _allergy_reason(facts, fates)
    return reason


def _allergy_reason(facts: Facts, fates: dict[str, Fate]) -> str:
    """Whether a shared side chain, a label or a component stands in the way (policy 4.7)."""
    if facts.severe_side_chain:
        return "allergy-shared-side-chain"
    drugs = {d for s in _ACTIVE for d in fates[s].strategy.drugs}
    reasons = {f.reason for f in facts.allergy_findings if f.drug in drugs and f.excludes}
    return "allergy-component" if reasons == {_COMPONENT} else "allergy-label"


# -- the trace -----------------------------------------------------------------------------------

_COLUMN_FACTS: Final[dict[str, tuple[str, ...]]] = {
    "mbl_confirmed": ("mbl_status",),
    "severe": ("severity",),
    "proven_first": ("severity", "pbp3_insertion", "pregnant"),
    "pregnant_eu": ("pregnant",),
    "pair_divergence": ("crcl_ml_min", "renal_replacement"),
}
_STOCK_KEYS: Final = tuple(
    f"hospital.stock.{d}" for d in (A, "ceftazidime-avibactam", "aztreonam", F)
)
_USABLE: Final = frozenset(
    {"usable", "active_usable", "aztreonam_avibactam", "pair_usable", "cefiderocol_usable"}
)


def findings_of(selection: Selection, facts: Facts) -> Iterator[Finding]:
    """A finding for each row that applied, with the case's answers behind its columns."""
    for applied in selection.applied:
        if applied.row is None:
            values = compared(facts, ("site", "severity"))
            yield Finding("rank", applied.id, "true", values, (Cited("policy", applied.id),))
        else:
            yield _row_finding(applied.row, facts, applied.older)


def _row_finding(row: TableRow, facts: Facts, older: str) -> Finding:
    names: list[str] = []
    for column in row.when:
        names += _COLUMN_FACTS.get(column, (column,) if hasattr(facts, column) else ())
    values = compared(facts, tuple(dict.fromkeys(names)))
    keys: tuple[str, ...] = ()
    if _USABLE & set(row.when):
        keys = (*_STOCK_KEYS, "patient.allergies", "panel.results.cefiderocol", PAIR_KEY, A_KEY)
    if older:
        keys = (*keys, f"panel.results.{older}")
    if keys:
        keys = (*keys, "panel.standard")
    values.update({key: facts.given[key] for key in keys if key in facts.given})
    return Finding("rank", row.id, "true", values, row.sources)
