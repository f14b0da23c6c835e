"""Drug files to `Drug`: identity, licences, dosing tables with their bands."""

import math
from typing import Any, Final, NamedTuple

from ndm_advisor.knowledge.files import Tree
from ndm_advisor.knowledge.records import cited, head, plain, reviewed, strings
from ndm_advisor.model.knowledge import Amount, Band, Dosing, Drug

# The key of an amount says its unit system; with `_per_kg` it is an amount per kg of the weight.
UNIT_SYSTEMS: Final = {
    "million_units_colistimethate": "million-units-colistimethate",
    "mg_colistin_base": "mg-colistin-base",
    "mg_polymyxin_b": "mg-polymyxin-b",
    "units_polymyxin_b": "units-polymyxin-b",
}
AMOUNT_KEYS: Final = frozenset({"per", "note", "mg_per_kg", "to_mg_per_kg", "max_mg"})
PARTS: Final = "_parts"  # `trimethoprim_parts = 1` in [text.ratio]
_PER_KG: Final = "_per_kg"
_MG: Final = "_mg"
# (key, whether the edge itself belongs to the band), of the measure's own name and unit
_LOWER: Final = (("{}_at_least_{}", True), ("{}_above_{}", False))
_UPPER: Final = (("{}_at_most_{}", True), ("{}_below_{}", False))
_MEASURES: Final = {"crcl_ml_min": ("crcl", "ml_min"), "effluent_l_h": ("effluent", "l_h")}


class _Edge(NamedTuple):
    value: float
    included: bool


def drugs_of(tree: Tree) -> list[Drug]:
    """The drugs of one file: a dosed drug is a file, panel drugs are a list."""
    if "drug" in tree:
        return [drug(record, head(tree)) for record in tree["drug"]]
    return [drug(tree, tree)]


def drug(record: Tree, of_file: Tree) -> Drug:
    """One drug with all its dosing tables."""
    codes = dict(record.get("codes", {}))
    abbreviations = strings(codes.pop("lab_abbreviations", ()))
    reviewed_on, review_due_on = reviewed(record, of_file)
    licences = {region: _with_sites(held) for region, held in record.get("licences", {}).items()}
    return Drug(
        id=record["id"],
        name=record["name"],
        role=record["role"],
        drug_class=record["drug_class"],
        components=components_of(record),
        aliases=strings(record.get("aliases", ())),
        brands=strings(record.get("brands", ())),
        codes=codes,
        licences=licences,
        dosing=tuple(_dosing(table, record) for table in record.get("dosing", ())),
        ratio=_ratio(record),
        text=plain(record.get("text", {})),
        reviewed_on=reviewed_on,
        review_due_on=review_due_on,
        lab_abbreviations=abbreviations,
    )


def components_of(record: Tree) -> tuple[str, ...]:
    """What a product holds; a drug that names nothing holds itself."""
    return strings(record.get("components", (record["id"],)))


def _ratio(record: Tree) -> dict[str, float]:
    """How many mg of each further component go with 1 mg of the first, by a product's parts."""
    parts = record.get("text", {}).get("ratio", {})
    first, *others = components_of(record)
    if first + PARTS not in parts:
        return {}
    return {name: parts[name + PARTS] / parts[first + PARTS] for name in others}


def _with_sites(licence: Tree) -> dict[str, object]:
    """A licence; without `sites` the text read does not list the indications (None, not none)."""
    held: dict[str, object] = plain(licence)
    held["sites"] = strings(licence["sites"]) if "sites" in licence else None
    held["sources"] = cited(licence)
    return held


def _dosing(table: Tree, record: Tree) -> Dosing:
    reviewed_on, review_due_on = reviewed(table, record)
    measure = table["measure"]
    replaced = table.get("haemodialysis")
    return Dosing(
        id=table["id"],
        drug=record["id"],
        use=table["use"],
        regions=tuple(table["regions"]),
        route=table["route"],
        measure=measure,
        bands=tuple(sorted((band(b, measure) for b in table["bands"]), key=_low_edge)),
        weight=table["weight"],
        haemodialysis=None if replaced is None else band(replaced, "none"),
        haemodialysis_text=table.get("haemodialysis_text"),
        crrt_text=table.get("crrt_text"),
        crrt_use=table.get("crrt_use"),
        daily_max_mg=table.get("daily_max_mg"),
        basis=table["basis"],
        label=table["label"],
        sources=cited(table),
        grade=table["grade"],
        reviewed_on=reviewed_on,
        review_due_on=review_due_on,
    )


def _low_edge(made: Band) -> tuple[float, bool]:
    return made.low, not made.low_included


def band(record: Tree, measure: str) -> Band:
    """One band of a table, or its haemodialysis row (measure "none": every value)."""
    low = _edge(record, measure, _LOWER) or _Edge(0.0, included=True)
    high = _edge(record, measure, _UPPER) or _Edge(math.inf, included=False)
    return Band(
        low=low.value,
        low_included=low.included,
        high=high.value,
        high_included=high.included,
        load=amount(record["load"]) if "load" in record else None,
        maintenance=amount(record["maintenance"]) if "maintenance" in record else None,
        interval_h=record.get("interval_h"),
        to_interval_h=record.get("to_interval_h"),
        doses=record.get("doses"),
        infusion_h=record.get("infusion_h"),
        to_infusion_h=record.get("to_infusion_h"),
        no_dose=record.get("no_dose"),
        note=record.get("note"),
        basis=record.get("basis", ""),
        sources=cited(record),
        grade=record["grade"],
    )


def _edge(record: Tree, measure: str, forms: tuple[tuple[str, bool], ...]) -> _Edge | None:
    """The edge of a band on one side; None where the record names none."""
    names = _MEASURES.get(measure)
    if names is None:
        return None
    for form, included in forms:
        key = form.format(*names)
        if key in record:
            return _Edge(float(record[key]), included=included)
    return None


def amount(table: Tree) -> Amount:
    """An amount as its source prints it; the keys say component or unit system."""
    system = next((key for key in UNIT_SYSTEMS if _held(table, key)), None)
    parts, to_parts = _components(table) if system is None else (None, None)
    per_kg = _PER_KG if system is not None and system + _PER_KG in table else ""
    return Amount(
        per=table.get("per", "dose"),
        components_mg=parts or None,
        to_components_mg=to_parts or None,
        mg_per_kg=table.get("mg_per_kg"),
        to_mg_per_kg=table.get("to_mg_per_kg"),
        max_mg=table.get("max_mg"),
        units_system=None if system is None else UNIT_SYSTEMS[system],
        units_amount=None if system is None else table[f"{system}{per_kg}"],
        units_to_amount=None if system is None else table.get(f"to_{system}{per_kg}"),
        units_per_kg=bool(per_kg),
        note=table.get("note"),
    )


def _held(table: Tree, system: str) -> bool:
    return system in table or system + _PER_KG in table


def _components(table: Tree) -> tuple[Any, Any]:
    """(component, mg) pairs and, where the source prints a range, those of its upper end."""
    own = {key: mg for key, mg in table.items() if key.endswith(_MG) and key not in AMOUNT_KEYS}
    low = tuple((k.removesuffix(_MG), mg) for k, mg in own.items() if not k.startswith("to_"))
    high = tuple((k[3:].removesuffix(_MG), mg) for k, mg in own.items() if k.startswith("to_"))
    return low, high
