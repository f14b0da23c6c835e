"""The dose of every offer against the figures as typed a second time from the dossier.

`tests/knowledge/double_entry/doses.csv` holds the rows, `other.csv` the daily maxima; neither was
made from `data/`. A dose that is printed must be the order of a typed row that serves this
patient; where the fact that chooses the row is missing, every row must give the same order, else
the dose is withheld.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from ndm_advisor.model.answer import Outline
from ndm_advisor.model.case import Case, Patient
from tests.knowledge.double_entry_rows import Ends, Typed, lines, typed_doses
from tests.proof.sweep.known import Kidneys, dosing_weight, kidneys

PAIR: Final = "ceftazidime-avibactam+aztreonam"
HOURS: Final = 24
_ROUNDING: Final = 0.004  # 533.3 mg a day for 400 mg every 18 hours
_PER_KG: Final = "mg_per_kg"
_AKI: Final = frozenset(
    {"ceftazidime-avibactam", "aztreonam", "aztreonam-avibactam", "cefiderocol"}
)
_FULL_CRCL: Final = 100.0  # a clearance without reduction and without augmentation
_LABELLED: Final = frozenset({"complicated-uti"})  # a cystitis gets one dose, which no session has
_SIX: Final = "pair-6-hourly"


class Printed(NamedTuple):
    """The dose key of an outline, by name."""

    route: str
    load: tuple[Any, ...] | None
    maintenance: tuple[Any, ...] | None
    interval_h: float | None
    to_interval_h: float | None
    doses: int | None
    infusion_h: float | None
    to_infusion_h: float | None
    other: tuple[Any, ...] | None  # the dose beside it: why, route, load, dose, interval, infusion

    @property
    def why(self) -> str | None:
        """Why another dose stands beside it."""
        return self.other[0] if self.other else None

    @property
    def alternative(self) -> tuple[Any, ...] | None:
        """That dose."""
        return self.other[3] if self.other else None


def dose_faults(case: Case, outline: Outline, kidney: Kidneys, region: str) -> Iterator[str]:
    """Every dose that is not a typed row's, above its maximum, or printed without its fact."""
    held: dict[str, set[str]] = {}
    pending = False
    for strategy, drug, key in outline.doses:
        printed = Printed(*key)
        held.setdefault(strategy, set()).add(drug)
        pending = pending or printed.maintenance is None
        yield from _row_faults(strategy, drug, printed, case=case, kidney=kidney, region=region)
        yield from _maximum_faults(drug, printed, case)
    if pending != outline.dose_pending:
        yield f"dose_pending is {outline.dose_pending}"
    for strategy, _, _ in outline.ranked:
        wanted = {"ceftazidime-avibactam", "aztreonam"} if strategy == PAIR else {strategy}
        if not wanted <= held.get(strategy, set()):
            yield f"{strategy} is offered with orders of {held.get(strategy)} only"


def _row_faults(
    strategy: str, drug: str, printed: Printed, *, case: Case, kidney: Kidneys, region: str
) -> Iterator[str]:
    rows = _rows(strategy, drug, printed.route, case, region)
    if rows is None:
        return
    serving = _serving(drug, rows, case, kidney, region)
    if printed.maintenance is None:
        if serving and not _needs_weight(serving, case.patient):
            yield f"{drug}: no dose though {serving[0].line} serves"
        return
    if not serving:
        yield f"{drug}: {printed} though no typed row serves {kidney}"
    elif not all(_agrees(row, drug, printed, case.patient) for row in serving):
        yield f"{drug}: {printed} for {kidney}; typed: {[r.order for r in serving]}"
    if printed.why == "aki-first-48-h":
        yield from _aki_faults(drug, rows, printed, case, kidney)


def _aki_faults(
    drug: str, rows: list[Typed], printed: Printed, case: Case, kidney: Kidneys
) -> Iterator[str]:
    """Policy 5: the full dose beside the banded one, only in kidney injury, never by guess."""
    patient = case.patient
    injured = patient.aki_within_48h is True and patient.baseline_ckd is not True
    if not injured or kidney.replaced or drug not in _AKI:
        yield f"{drug}: a full dose for kidney injury stands beside, {kidney}"
    full = [row for row in rows if row.span.measure == "clearance" and row.span.holds(_FULL_CRCL)]
    amounts = dict((printed.alternative or (0, 0, ()))[2] or ())
    for row in full:
        daily = row.order.daily or {}
        per_dose = HOURS / row.order.interval[0] if isinstance(row.order.interval, tuple) else 1.0
        if not all(_near(amounts.get(n, 0.0) * per_dose, e[0]) for n, e in daily.items()):
            yield f"{drug}: the full dose is {amounts}, typed {daily}"


# -- which rows serve -----------------------------------------------------------------------------


@cache
def _typed() -> tuple[Typed, ...]:
    return tuple(map(_closed, typed_doses()))


def _closed(row: Typed) -> Typed:
    """The label leaves intravenous ciprofloxacin at exactly 30 open; the lower row serves (dossier
    section 0.3)."""
    open_at_30 = row.span[:3] == ("ciprofloxacin", "US", "iv") and row.span.high == 30
    return row._replace(span=row.span._replace(high_included=True)) if open_at_30 else row


@cache
def _rows_of(drug: str, region: str, route: str, uses: frozenset[str]) -> list[Typed]:
    return [
        row
        for row in _typed()
        if row.span[:3] == (drug, region, route)
        and (row.use in uses or (_LABELLED & uses and row.use == "label" and _after_sessions(row)))
    ]


def _after_sessions(row: Typed) -> bool:
    """Gentamicin on haemodialysis is dosed by the label: the once-daily scheme has no row."""
    return row.span.drug == "gentamicin" and row.span.measure == "haemodialysis"


def _rows(strategy: str, drug: str, route: str, case: Case, region: str) -> list[Typed] | None:
    """The typed rows of this drug, region, route and use; None where the dossier types none.

    EUCAST's high doses know no kidney function; their reduced rows are the labels' (checked by
    their maximum here, row by row by the double entry).
    """
    row = case.panel.results.get(drug)
    if row is not None and row.category == "I" and strategy == drug and drug != "cefiderocol":
        return None
    use = {case.infection.site, "systemic", "companion"}
    if drug == "aztreonam":
        six = case.hospital.aztreonam_interval_h == 6
        use = {_SIX if six and _above_30(case) else "mbl-pair"}
    if drug == "eravacycline":
        inducer = any(m.drug == "strong-cyp3a-inducer" for m in case.patient.medicines or ())
        if case.patient.child_pugh == "C" and not inducer and region == "US":
            return None  # two doses on day 1: typed as a load, printed in a note
        use = {"with-strong-cyp3a-inducer" if inducer else "systemic"}
    if case.patient.renal_replacement == "crrt" and drug == "cefiderocol":
        use = {"crrt"}
    return _rows_of(drug, region, route, frozenset(use))


def _above_30(case: Case) -> bool:
    crcl = kidneys(case.patient).crcl
    return crcl is not None and crcl > 30


def _serving(drug: str, rows: list[Typed], case: Case, kidney: Kidneys, region: str) -> list[Typed]:
    """The rows that may hold for this patient; empty: a dose must not be printed."""
    dosed = [row for row in rows if row.order.daily is not None]
    if drug == "nitrofurantoin":  # its limits stand in the requirements; its dose is one
        return dosed
    on_line = [row for row in rows if row.span.measure == "clearance"]
    same = len({repr(row.order) for row in on_line}) == 1
    by_clearance = [row for row in dosed if row.span.measure == "clearance"]
    if kidney.replaced:
        steady = same and _one_line(on_line)  # a drug that no renal measure changes
        return by_clearance if steady else _on_replacement(drug, dosed, case, kidney, region)
    if kidney.crcl is None:
        return by_clearance if same else []
    found = [row for row in by_clearance if row.span.holds(kidney.crcl)]
    if not found and drug == "aztreonam-avibactam" and kidney.mode is None:
        # EU, 15 or less: only on renal replacement, which is not known and stands as condition.
        return [row for row in dosed if row.span.measure == "haemodialysis"]
    return found


def _on_replacement(
    drug: str, dosed: list[Typed], case: Case, kidney: Kidneys, region: str
) -> list[Typed]:
    """Policy 5, renal replacement: clearance is not used."""
    if kidney.mode == "crrt" and drug == "cefiderocol":
        effluent = case.patient.crrt_effluent_l_h
        found = [row for row in dosed if row.span.measure == "effluent"]
        return [row for row in found if effluent is not None and row.span.holds(effluent)]
    if kidney.mode != "intermittent-haemodialysis":
        return []
    sessions = [row for row in dosed if row.span.measure == "haemodialysis"]
    if drug == "ceftazidime-avibactam" and region == "US":
        residual = case.patient.residual_crcl_ml_min or 0.0  # not known: every 48 hours
        return [row for row in sessions if row.span.holds(residual)]
    return sessions


def _one_line(rows: list[Typed]) -> bool:
    """Whether every row holds for the whole line."""
    return all(row.span.low == 0 and math.isinf(row.span.high) for row in rows)


def _needs_weight(rows: list[Typed], patient: Patient) -> bool:
    by_weight = any(_PER_KG in (row.order.daily or {}) for row in rows)
    return by_weight and patient.weight_kg is None


# -- whether it agrees ----------------------------------------------------------------------------


def _agrees(row: Typed, drug: str, printed: Printed, patient: Patient) -> bool:
    a_day = _times_a_day(row, printed)
    if a_day is None or row.order.daily is None or printed.maintenance is None:
        return False
    return (
        _infusion_agrees(row, drug, printed)
        and _amounts_agree(drug, printed.maintenance, row.order.daily, a_day, patient)
        and _load_agrees(row.order.load, printed.load)
    )


def _times_a_day(row: Typed, printed: Printed) -> tuple[float, float] | None:
    """Fewest and most doses a day as printed; None where the interval is not the typed one."""
    interval = row.order.interval
    if not isinstance(interval, tuple):
        return (1.0, 1.0) if printed.interval_h is None and printed.doses == 1 else None
    if printed.interval_h is None:
        return None
    longest = printed.to_interval_h or printed.interval_h
    if _near(printed.interval_h, interval[0]) and _near(longest, interval[1]):
        return HOURS / longest, HOURS / printed.interval_h
    return None


def _infusion_agrees(row: Typed, drug: str, printed: Printed) -> bool:
    """Compared where both sides print one; the pair runs over 3 hours (policy 5)."""
    paired = row.use in {"mbl-pair", _SIX} or drug == "ceftazidime-avibactam"
    typed = 3.0 if paired else row.order.infusion[0] if row.order.infusion else None
    return None in {typed, printed.infusion_h} or _near(printed.infusion_h or 0.0, typed or 0.0)


def _amounts_agree(
    drug: str,
    maintenance: tuple[Any, ...],
    daily: dict[str, Ends],
    a_day: tuple[float, float],
    patient: Patient,
) -> bool:
    slow, times = a_day
    total, to_total, components, _ = maintenance
    parts = dict(components or ())
    if _PER_KG in daily:
        above = 1.25 if drug == "plazomicin" else 1.2
        actual = drug in {"eravacycline", "trimethoprim-sulfamethoxazole"}
        weight = patient.weight_kg if actual else dosing_weight(patient, above)
        cap = daily["cap"][0] if "cap" in daily else math.inf
        lead = parts.get("trimethoprim", total)
        return weight is not None and _near(lead * times, min(daily[_PER_KG][0] * weight, cap))
    if len(daily) == 1 and len(parts) == 1:
        (low, high), (mg,) = *daily.values(), parts.values()
        return _near(mg * slow, low) and _near((to_total or mg) * times, high)
    return all(_near(parts.get(name, 0.0) * times, low) for name, (low, _) in daily.items())


def _load_agrees(typed: dict[str, Ends] | None, printed: tuple[Any, ...] | None) -> bool:
    if typed is None or printed is None:
        return typed is None and printed is None
    total, to_total, components, _ = printed
    parts = dict(components or ())
    if len(typed) == 1 and len(parts) == 1:
        ((low, high),) = typed.values()
        return _near(total, low) and _near(to_total or total, high)
    return all(_near(parts.get(name, 0.0), low) for name, (low, _) in typed.items())


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_ROUNDING)


# -- the most a day -------------------------------------------------------------------------------


@cache
def _maxima() -> dict[str, float]:
    """Most mg a day by `drug` or `drug/component`."""
    return {
        row["key"].removesuffix(" EU"): float(row["value"])
        for row in lines("other.csv")
        if row["kind"] == "daily-max" and row["unit"] == "mg" and " CrCl " not in row["key"]
    }


def _maximum_faults(drug: str, printed: Printed, case: Case) -> Iterator[str]:
    for dose, interval in (
        (printed.maintenance, printed.interval_h),
        (printed.alternative, printed.interval_h if printed.why != "aki-first-48-h" else None),
    ):
        if dose is None:
            continue
        total, to_total, components, _ = dose
        times = HOURS / interval if interval else 1.0
        amounts = {drug: (to_total or total or 0.0), **_named(drug, components)}
        for name, mg in amounts.items():
            most = _maxima().get(name)
            if most is not None and mg * times > most * (1 + _ROUNDING):
                yield f"{name}: {mg * times} mg a day is above {most}"
    inducer = any(m.drug == "strong-cyp3a-inducer" for m in case.patient.medicines or ())
    weight = case.patient.weight_kg
    if drug == "eravacycline" and printed.maintenance is not None and weight:
        most = (1.5 if inducer else 1.0) * weight
        if printed.maintenance[0] > most * (1 + _ROUNDING):
            yield f"eravacycline: {printed.maintenance[0]} mg is above {most}"


def _named(drug: str, components: Any) -> dict[str, float]:
    return {f"{drug}/{name}": mg for name, mg in components or ()}
