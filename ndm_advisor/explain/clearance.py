"""`crcl`: one creatinine clearance with its equation, its weight, and what another weight changes.

The numbers are those an answer would use: the facts come from `decision/assess.py`, the constants
of the equation from `decision/renal.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from ndm_advisor.decision import renal
from ndm_advisor.decision.dose import band_at, row_text, same_order
from ndm_advisor.explain.dosing_pages import band_words
from ndm_advisor.explain.stamp import Stamp
from ndm_advisor.model.answer import Cited
from ndm_advisor.model.facts import Facts
from ndm_advisor.model.knowledge import Dosing, Knowledge
from ndm_advisor.model.words import number

SCHEMA_VERSION: Final = "1"
DECIMALS: Final = 1  # as an answer prints a computed clearance
SOURCES: Final = (
    Cited("FDA-MERO-2026", "dosing dossier section 1.1, Cockcroft-Gault"),
    Cited("GLOBALRPH-CG", "dosing dossier sections 1.1 and 1.2, Devine and adjusted weight"),
    Cited("FRASER-COL", "dosing dossier section 1.2, adjusted weight above 1.2 x ideal"),
    Cited("policy", "section 3, row crcl"),
)
EGFR: Final = (
    "eGFR (mL/min/1.73 m2) is another quantity, indexed to body surface: it is not used for a dose "
    "here, and bands nothing but nitrofurantoin in the UK rule."
)


class ByWeight(NamedTuple):
    """The clearance by one weight, unrounded and as an answer prints it."""

    basis: str
    weight_kg: float
    crcl_ml_min: float
    rounded_ml_min: float


class Changed(NamedTuple):
    """A table whose row changes between the weight that counts and another."""

    table: str
    drug: str
    use: str
    regions: tuple[str, ...]
    route: str
    basis: str  # the other weight
    used: str
    other: str


class Near(NamedTuple):
    """An edge within the share of policy section 3, with the tables that change there."""

    edge_ml_min: float
    distance_ml_min: float
    drugs: tuple[str, ...]
    tables: tuple[str, ...]


class Clearance(NamedTuple):
    """The whole look-up. `ideal_weight_kg` null: no height."""

    schema_version: str
    provenance: Stamp
    equation: str
    filled_in: tuple[str, ...]
    used: ByWeight
    why: str
    ideal_weight_kg: float | None
    ideal_weight_words: str | None
    others: tuple[ByWeight, ...]
    changes: tuple[Changed, ...]
    near_edges: tuple[Near, ...]
    egfr: str
    sources: tuple[Cited, ...]


def clearance(
    facts: Facts, knowledge: Knowledge, stamped: Stamp, *, height_cm: float | None, mg_dl: float
) -> Clearance:
    """The clearance of these facts with everything that led to it.

    Args:
        facts: with a computed clearance: age, sex, weight and creatinine are known.
        knowledge: the base.
        stamped: versions and dates.
        height_cm: None where it was not given.
        mg_dl: the creatinine in mg/dL.
    """
    used = _used(facts)
    others = tuple(_other(basis, crcl, facts) for basis, crcl in facts.other_crcl)
    return Clearance(
        schema_version=SCHEMA_VERSION,
        provenance=stamped,
        equation=_equation(facts),
        filled_in=tuple(_filled(facts, used, mg_dl)),
        used=used,
        why=_why(facts, used, knowledge, height_cm),
        ideal_weight_kg=facts.ideal_weight_kg,
        ideal_weight_words=_devine(facts, height_cm),
        others=others,
        changes=tuple(_changes(used, others, facts, knowledge)),
        near_edges=tuple(_near(used.crcl_ml_min, knowledge)),
        egfr=EGFR,
        sources=SOURCES,
    )


def _used(facts: Facts) -> ByWeight:
    kidney = facts.kidney
    if kidney.crcl_ml_min is None or kidney.weight_kg is None or kidney.weight_basis is None:
        message = "the facts hold no computed clearance"
        raise ValueError(message)
    return _by_weight(kidney.weight_basis, kidney.weight_kg, kidney.crcl_ml_min)


def _other(basis: str, crcl: float, facts: Facts) -> ByWeight:
    weights = {"actual": facts.weight_kg, "ideal": facts.ideal_weight_kg}
    return _by_weight(basis, weights[basis] or 0.0, crcl)


def _by_weight(basis: str, weight_kg: float, crcl: float) -> ByWeight:
    return ByWeight(basis, weight_kg, crcl, round(crcl, DECIMALS))


# -- the equation ---------------------------------------------------------------------------------


def _equation(facts: Facts) -> str:
    start, divisor = number(renal.AGE_FROM_YEARS), number(renal.DIVISOR)
    text = (
        f"Cockcroft-Gault: ({start} - age in years) x weight in kg / "
        f"({divisor} x creatinine in mg/dL)"
    )
    return f"{text}, x {number(renal.FEMALE_FACTOR)} for women" if _is_female(facts) else text


def _is_female(facts: Facts) -> bool:
    return facts.sex == "female"


def _filled(facts: Facts, used: ByWeight, mg_dl: float) -> Iterator[str]:
    umol = facts.given.get("patient.creatinine_umol_l")
    if isinstance(umol, int | float):
        yield (
            f"creatinine {number(umol)} micromol/L / {number(renal.UMOL_L_PER_MG_DL)} = "
            f"{number(mg_dl)} mg/dL"
        )
    female = f" x {number(renal.FEMALE_FACTOR)}" if _is_female(facts) else ""
    yield (
        f"({number(renal.AGE_FROM_YEARS)} - {number(facts.age_years or 0)}) x "
        f"{number(used.weight_kg)} / ({number(renal.DIVISOR)} x {number(mg_dl)}){female} = "
        f"{used.crcl_ml_min!r} mL/min"
    )


def _devine(facts: Facts, height_cm: float | None) -> str | None:
    """Devine's ideal weight with the numbers filled in."""
    if facts.ideal_weight_kg is None or height_cm is None or facts.sex is None:
        return None
    base, step = renal.DEVINE_BASE_KG[facts.sex], renal.DEVINE_KG_PER_INCH
    text = (
        f"ideal weight (Devine): {number(base)} + {number(step)} x ({number(height_cm)} / "
        f"{number(renal.CM_PER_INCH)} - {number(renal.DEVINE_FROM_INCHES)}) = "
        f"{number(facts.ideal_weight_kg, 2)} kg"
    )
    if renal.is_below_devine(height_cm):
        text += f"; extrapolated below {number(renal.DEVINE_FROM_INCHES)} inches, grade U"
    return text


def _why(facts: Facts, used: ByWeight, knowledge: Knowledge, height_cm: float | None) -> str:
    """Which weight counts, and why (policy section 3, row crcl)."""
    if facts.ideal_weight_kg is None or facts.weight_kg is None:
        gap = "height" if height_cm is None else "sex"
        return f"{gap} not given: actual weight used"
    ratio = number(knowledge.settings.ideal_weight_ratio)
    times = number(facts.weight_kg / facts.ideal_weight_kg, 2)
    if used.basis == "adjusted":
        share = number(knowledge.settings.adjusted_weight_share)
        return (
            f"actual weight is {times} x ideal, above {ratio}: adjusted weight, ideal + {share} x "
            f"(actual - ideal)"
        )
    if facts.weight_kg <= facts.ideal_weight_kg:
        return f"actual weight is {times} x ideal, not above it: actual weight"
    return f"actual weight is {times} x ideal, at most {ratio}: actual weight"


# -- what it changes ------------------------------------------------------------------------------


def _banded(knowledge: Knowledge) -> Iterator[Dosing]:
    for drug in knowledge.drugs.values():
        yield from (t for t in drug.dosing if t.measure == "crcl_ml_min")


def _changes(
    used: ByWeight, others: tuple[ByWeight, ...], facts: Facts, knowledge: Knowledge
) -> Iterator[Changed]:
    for table in _banded(knowledge):
        here = band_at(table, used.crcl_ml_min)
        for other in others:
            there = band_at(table, other.crcl_ml_min)
            if same_order(here, there):
                continue
            said = [row_text(b, table, facts, knowledge) or band_words(b) for b in (here, there)]
            yield Changed(
                table.id, table.drug, table.use, table.regions, table.route, other.basis, *said
            )


def _near(crcl: float, knowledge: Knowledge) -> Iterator[Near]:
    """Every edge within the share of policy section 3 at which a table's order changes."""
    share = knowledge.settings.near_edge_share
    found: dict[float, list[Dosing]] = {}
    for table in _banded(knowledge):
        for low, high in zip(table.bands, table.bands[1:], strict=False):
            edge = high.low
            if abs(crcl - edge) <= share * edge and not same_order(low, high):
                found.setdefault(edge, []).append(table)
    for edge, tables in sorted(found.items(), key=lambda item: abs(crcl - item[0])):
        drugs = tuple(dict.fromkeys(t.drug for t in tables))
        yield Near(edge, abs(crcl - edge), drugs, tuple(t.id for t in tables))
