"""Orders of an answer against the dosing bands of `data/drugs`: which band, and its figures.

Everything is reckoned here again from the files, by the named formulas below; nothing is taken from
the package but the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.traceability.records import Leaf, Tree, drug_file, leaf, trees

PAIR = "ceftazidime-avibactam+aztreonam"
_UNITS = {
    "million_units_colistimethate": "million-units-colistimethate",
    "mg_colistin_base": "mg-colistin-base",
    "mg_polymyxin_b": "mg-polymyxin-b",
    "units_polymyxin_b": "units-polymyxin-b",
}
_EDGES = {
    "crcl_at_least_ml_min": ("from", True),
    "crcl_above_ml_min": ("from", False),
    "crcl_at_most_ml_min": ("to", True),
    "crcl_below_ml_min": ("to", False),
    "effluent_at_least_l_h": ("from", True),
    "effluent_above_l_h": ("from", False),
    "effluent_at_most_l_h": ("to", True),
    "effluent_below_l_h": ("to", False),
}

# -- named formulas ------------------------------------------------------------------------------


def cockcroft_gault(
    *, age_years: float, weight_kg: float, creatinine_mg_dl: float, sex: str
) -> float:
    """(140 - age) x weight / (72 x creatinine), x 0.85 in women [FDA-MERO-2026, dossier 1.1]."""
    value = (140 - age_years) * weight_kg / (72 * creatinine_mg_dl)
    return value * 0.85 if sex == "female" else value


def devine(*, height_cm: float, sex: str) -> float:
    """50 (45.5) kg + 2.3 kg for each inch over 60 [GLOBALRPH-CG, dossier 1.2]."""
    return (50 if sex == "male" else 45.5) + 2.3 * (height_cm / 2.54 - 60)


def adjusted(*, actual_kg: float, ideal_kg: float) -> float:
    """Ideal + factor x (actual - ideal); the factor is a setting."""
    return ideal_kg + setting("adjusted_weight", "factor") * (actual_kg - ideal_kg)


def setting(*keys: str) -> Any:
    return leaf("settings.toml", *keys).value


class Patient(NamedTuple):
    """What the orders of one case need, from the case itself."""

    region: str
    actual_kg: float | None
    ideal_kg: float | None
    crcl: float | None
    weights: tuple[tuple[str, float, float], ...]  # basis, kg, CrCl; the one that counts first


def patient_of(case: Tree, region: str) -> Patient:
    given = case.get("patient", {})
    actual, height, sex = (given.get(k) for k in ("weight_kg", "height_cm", "sex"))
    ideal = devine(height_cm=height, sex=sex) if height and sex else None
    weights = tuple(_clearances(given, actual, ideal))
    crcl = given.get("crcl_ml_min", weights[0][2] if weights else None)
    replaced = given.get("renal_replacement", "none") != "none"
    return Patient(region, actual, ideal, None if replaced else crcl, weights)


def _clearances(given: Tree, actual, ideal) -> Iterator[tuple[str, float, float]]:
    creatinine = given.get("creatinine_mg_dl")
    if creatinine is None and "creatinine_umol_l" in given:
        creatinine = given["creatinine_umol_l"] / 88.4
    age, sex = given.get("age_years"), given.get("sex")
    if None in (creatinine, age, sex, actual):
        return
    weights = [("actual", actual)]
    if ideal is not None and actual > ideal:
        weights.append(("ideal", ideal))
        if actual > setting("adjusted_weight", "above_ratio_to_ideal") * ideal:
            weights.insert(0, ("adjusted", adjusted(actual_kg=actual, ideal_kg=ideal)))
    for basis, kg in weights:
        crcl = cockcroft_gault(age_years=age, weight_kg=kg, creatinine_mg_dl=creatinine, sex=sex)
        yield basis, kg, crcl


# -- bands ---------------------------------------------------------------------------------------


class Row(NamedTuple):
    """One band (or haemodialysis row) of a dosing table, asked for one patient and one offer."""

    drug: str
    table: Tree
    band: Tree
    patient: Patient
    pair: bool  # both drugs of the pair run over the pair's own time

    @property
    def leaf(self) -> Leaf:
        """Where the row stands, for the report of a walk."""
        place = "haemodialysis"
        if self.band in self.table["bands"]:
            place = f"bands.{self.table['bands'].index(self.band)}"
        keys = ("dosing", self.table["id"], *place.split("."))
        return Leaf(drug_file(self.drug), keys, None, self.sources, self.band["grade"])

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        return citations(self.band)

    @property
    def infusion_h(self) -> tuple[float | None, float | None]:
        if self.pair:
            return setting("pair", "infusion_h"), None
        return self.band.get("infusion_h"), self.band.get("to_infusion_h")

    @property
    def edges(self) -> dict[str, Any]:
        """The band's edges as JSON prints them."""
        found: dict[str, Any] = {"from": 0, "from_in": True, "to": None, "to_in": False}
        for key, (side, included) in _EDGES.items():
            if key in self.band:
                found |= {side: self.band[key], f"{side}_in": included}
        return found

    def holds(self, value: float) -> bool:
        edges = self.edges
        above = value > edges["from"] or (edges["from_in"] and value == edges["from"])
        if edges["to"] is None:
            return above
        return above and (value < edges["to"] or (edges["to_in"] and value == edges["to"]))

    def dose(self, kind: str) -> dict[str, Any] | None:
        amount = self.band.get(kind)
        return None if amount is None else reckoned(amount, self)

    def order(self) -> tuple[Any, ...]:
        """What makes two rows different orders."""
        keys = ("load", "maintenance", "interval_h", "doses", "infusion_h", "no_dose")
        return tuple(self.band.get(key) for key in keys)


def rows(drug: str, patient: Patient, *, pair: bool) -> Iterator[Row]:
    """Every row of every dosing table of a drug in the patient's region."""
    for table in trees()[drug_file(drug)].get("dosing", ()):
        if patient.region in table["regions"]:
            held = [*table["bands"], *filter(None, [table.get("haemodialysis")])]
            yield from (Row(drug, table, band, patient, pair) for band in held)


def neighbours(row: Row) -> list[tuple[float, Row]]:
    """(edge, the band beyond it) on both sides, past bands that order the same."""
    bands = [row._replace(band=band) for band in row.table["bands"]]
    bands.sort(key=lambda r: r.edges["from"])
    place = next(i for i, r in enumerate(bands) if r.band is row.band)
    below = next((r for r in reversed(bands[:place]) if r.order() != row.order()), None)
    above = next((r for r in bands[place + 1 :] if r.order() != row.order()), None)
    return [(r.edges[side], r) for side, r in (("to", below), ("from", above)) if r is not None]


# -- figures -------------------------------------------------------------------------------------


def weight(table: Tree, patient: Patient) -> tuple[str, float | None]:
    """(basis, kg) by the table's rule; the actual weight where the height is not known."""
    rule, actual, ideal = table["weight"], patient.actual_kg, patient.ideal_kg
    if rule in {"none", "actual"} or actual is None or ideal is None:
        return "actual", actual
    if rule == "ideal":
        return "ideal", ideal
    if rule == "adjusted-above-1.25-ideal":
        heavy = actual >= setting("adjusted_weight_plazomicin", "above_ratio_to_ideal") * ideal
    else:
        heavy = actual > setting("adjusted_weight", "above_ratio_to_ideal") * ideal
    return ("adjusted", adjusted(actual_kg=actual, ideal_kg=ideal)) if heavy else ("actual", actual)


def reckoned(amount: Tree, row: Row) -> dict[str, Any] | None:
    """One administration as JSON prints it, without its text; None where the weight is missing.

    A daily amount is divided by the doses of a day; an amount per kg is multiplied by the weight.
    """
    interval = row.band.get("interval_h")
    parts = 24 / interval if amount.get("per") == "day" and interval else 1
    empty = dict.fromkeys(("total_mg", "to_total_mg", "components_mg", "per_kg", "units"))
    basis, kg = weight(row.table, row.patient)
    for key, system in _UNITS.items():
        for held, factor in ((key, 1), (f"{key}_per_kg", kg)):
            if held in amount:
                low, high = (
                    None if x is None or factor is None else x * factor / parts
                    for x in (amount[held], amount.get(f"to_{held}"))
                )
                units = {"system": system, "amount": low, "to_amount": high}
                return None if low is None else {**empty, "units": units}
    if "mg_per_kg" in amount:
        return None if kg is None else {**empty, **_per_kg(amount, parts, basis, kg, row.drug)}
    own = {k.removesuffix("_mg"): mg / parts for k, mg in amount.items() if k.endswith("_mg")}
    low = {name: mg for name, mg in own.items() if not name.startswith("to_")}
    high = [mg for name, mg in own.items() if name.startswith("to_")]
    total = {"total_mg": sum(low.values()), "to_total_mg": sum(high) if high else None}
    return {**empty, **total, "components_mg": low}


def _per_kg(amount: Tree, parts: float, basis: str, kg: float, drug: str) -> dict[str, Any]:
    rate = amount["mg_per_kg"] / parts
    to_rate = amount["to_mg_per_kg"] / parts if "to_mg_per_kg" in amount else None
    mg = min(rate * kg, amount.get("max_mg", float("inf")) / parts)
    record = trees()[drug_file(drug)]
    first, *others = record["components"]
    ratio = record["text"].get("ratio", {})
    components = {first: mg}
    for name in others:
        components[name] = mg * ratio[f"{name}_parts"] / ratio[f"{first}_parts"]
    per_kg = {"mg_per_kg": rate, "to_mg_per_kg": to_rate, "weight_kg": kg, "weight_basis": basis}
    to_total = None if to_rate is None else to_rate * kg
    total = {"total_mg": sum(components.values()), "to_total_mg": to_total}
    return {**total, "components_mg": components, "per_kg": per_kg}


def same(wanted: Any, got: Any) -> bool:
    """Equality of figures up to binary noise; `text` and keys of one side only do not count."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        return all(same(value, got.get(key)) for key, value in wanted.items())
    if isinstance(wanted, (int, float)) and isinstance(got, (int, float)):
        return abs(wanted - got) < 1e-6
    return wanted == got


# -- which row an order rests on -----------------------------------------------------------------


def citations(record: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The sources of a record, of the base or of an answer."""
    return tuple((c["id"], c["at"]) for c in record["sources"])


def is_row_of(row: Row, order: dict[str, Any]) -> bool:
    """Whether every figure of an order, and what it cites, is this row's."""
    band, hours = row.band, row.infusion_h
    wanted = {
        "route": row.table["route"],
        "loading_dose": row.dose("load"),
        "maintenance_dose": row.dose("maintenance"),
        "interval_h": band.get("interval_h"),
        "infusion_h": hours[0],
    }
    optional = {
        "to_interval_h": band.get("to_interval_h"),
        "to_infusion_h": hours[1],
        "doses": band.get("doses"),
        "daily_max_mg": row.table.get("daily_max_mg"),
    }
    wanted |= {key: value for key, value in optional.items() if key in order}
    if not same(wanted, order):
        return False
    edges = order.get("crcl_band")
    return edges is None or list(edges.values()) == list(row.edges.values())


def rows_of(order: dict[str, Any], patient: Patient, *, pair: bool) -> list[Row]:
    """The rows an order may rest on: its figures, its edges and exactly its sources.

    More than one where tables of several uses print the same row. An order withheld for want of a
    weight rests on its table, and its row is known by the edges.
    """
    held = rows(order["drug"], patient, pair=pair)
    if order["pending"] and order["crcl_band"]:
        edges = list(order["crcl_band"].values())
        return [
            row
            for row in held
            if list(row.edges.values()) == edges and citations(row.table) == citations(order)
        ]
    return [row for row in held if is_row_of(row, order) and row.sources == citations(order)]


def alternative_rows(order: dict[str, Any], patient: Patient, *, pair: bool) -> list[Row]:
    """The rows of the alternative dose; the 48-hour rule's own source may stand after the row's."""
    other = order["alternative_dose"]
    if other is None:
        return []
    return [
        row
        for row in rows(order["drug"], patient, pair=pair)
        if is_row_of(row, other) and row.sources == citations(other)[: len(row.sources)]
    ]


def pending_rows(order: dict[str, Any], patient: Patient, *, pair: bool) -> list[Row]:
    """The rows printed while the patient's own is not known, in the order of the answer."""
    found = []
    for band in order["bands"] or ():
        asked = {**band, "route": order["route"]}
        fitting = (
            row
            for row in rows(order["drug"], patient, pair=pair)
            if is_row_of(row, asked) and row.sources == citations(band)
        )
        found += [row for row in fitting if edge_words(row)[0] == band["band"]][:1]
    return found


# -- words ---------------------------------------------------------------------------------------


def shown(x: float, places: int = 6) -> str:
    """A number as the screens print it: no trailing zero, a comma from 1,000."""
    text = f"{x:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def edge_words(row: Row) -> tuple[str, str]:
    """A band in words, in full and as the kidney line has it."""
    effluent = any(key.startswith("effluent") for key in row.band)
    name, unit = ("effluent", "L/h") if effluent else ("CrCl", "mL/min")
    edges, ends = row.edges, []
    if edges["from"] > 0:
        ends.append(f"{'at least' if edges['from_in'] else 'above'} {shown(edges['from'])}")
    elif edges["to"] is None:
        ends.append("at least 0")
    if edges["to"] is not None:
        ends.append(f"{'at most' if edges['to_in'] else 'below'} {shown(edges['to'])}")
    return f"{name} {' and '.join(ends)} {unit}", f"{', '.join(ends)} {unit}"
