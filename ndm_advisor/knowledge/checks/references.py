"""Every id that a record names exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ndm_advisor.knowledge.checks.conditions import STRATEGY
from ndm_advisor.knowledge.checks.walk import (
    Trees,
    dosing_tables,
    drug_ids,
    drug_records,
    every,
    ids,
    records,
    said,
)
from ndm_advisor.knowledge.compile import BOTH, SETTING_PAIRS, SETTINGS
from ndm_advisor.knowledge.drugs import components_of
from ndm_advisor.knowledge.files import Tree
from ndm_advisor.knowledge.records import named_drugs

_SOURCES: Final = ("sources", "group_sources")
_UNROUTED: Final = frozenset({"fosfomycin"})  # LOINC and EUCAST name it without a route
_ANY_SITE: Final = "*"
_CITATION: Final = frozenset({"grade", "sources"})


def problems(trees: Trees) -> Iterator[str]:
    """Ids that lead nowhere, and ids that stand twice."""
    yield from _cited(trees)
    yield from _twice(trees)
    yield from _choice(trees)
    yield from _uses(trees)
    yield from _susceptibility(trees)
    yield from _patients(trees)
    yield from _settings(trees)


def _cited(trees: Trees) -> Iterator[str]:
    """Every citation names a source that is held, and a place in it."""
    known = ids(trees, "sources/", "source")
    for held in every(trees):
        for cite in (c for key in _SOURCES for c in held.table.get(key, ())):
            for what in _citation(cite, known):
                yield said(held.path, held.record, what)
    for path, tree in trees.items():
        if path.startswith("profiles/"):
            yield from _missing(path, tree["id"], "source", [tree["source"]], known)
    for path, claim in records(trees, "claims.toml", "claim"):
        yield from _missing(path, claim["id"], "source", claim["grades"], known)


def _citation(cite: object, known: frozenset[str]) -> Iterator[str]:
    if not isinstance(cite, dict) or not cite.get("id") or not cite.get("at"):
        yield "a citation needs `id` and `at`"
    elif cite["id"] not in known:
        yield f"there is no source {cite['id']}"


def _twice(trees: Trees) -> Iterator[str]:
    """An id stands once in its kind, whatever the file."""
    kinds = [
        ("hazards/", "hazard"),
        ("sources/", "source"),
        ("strategies.toml", "strategy"),
        ("breakpoints/", "breakpoint"),
        ("organisms.toml", "organism"),
        ("alerts.toml", "alert"),
        ("medicines.toml", "medicine"),
        ("claims.toml", "claim"),
    ]
    for start, key in kinds:
        yield from _repeated((path, record["id"]) for path, record in records(trees, start, key))
    yield from _repeated((path, record["id"]) for path, record in drug_records(trees))
    yield from _repeated((path, table["id"]) for path, _, table in dosing_tables(trees))


def _repeated(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    seen: set[str] = set()
    for path, name in pairs:
        if name in seen:
            yield said(path, name, "this id stands twice")
        seen.add(name)


# -- choice ---------------------------------------------------------------------------------------


def _choice(trees: Trees) -> Iterator[str]:
    drugs = drug_ids(trees)
    strategies = ids(trees, "strategies.toml", "strategy")
    alerts = ids(trees, "alerts.toml", "alert")
    subjects = drugs | {STRATEGY + strategy for strategy in strategies}
    for path, strategy in records(trees, "strategies.toml", "strategy"):
        own = named_drugs(strategy["id"])
        yield from _missing(path, strategy["id"], "drug", own, drugs)
        named = {*strategy.get("uses", {}), *strategy.get("alternatives", {})}
        yield from _missing(path, strategy["id"], "drug of its own", named, own)
    for path, hazard in records(trees, "hazards/", "hazard"):
        yield from _missing(path, hazard["id"], "subject", hazard["subject"], subjects)
        if "alert" in hazard:
            yield from _missing(path, hazard["id"], "alert", [hazard["alert"]], alerts)
    tables = {tree["id"] for path, tree in trees.items() if path.startswith("tables/")}
    for path, tree in trees.items():
        if path.startswith("profiles/"):
            named = {tree["choice"], tree["older"]}
            yield from _missing(path, tree["id"], "table", named, tables)
            graded = {s for row in tree["grade"] for s in row["strategies"]}
            yield from _missing(path, tree["id"], "strategy", graded, strategies)


def _uses(trees: Trees) -> Iterator[str]:
    """The dosing tables a strategy names are held for each of its regions."""
    held = {
        (drug["id"], table["use"], region)
        for _, drug, table in dosing_tables(trees)
        for region in table["regions"]
    }
    for path, strategy in records(trees, "strategies.toml", "strategy"):
        for drug, by_site in strategy.get("uses", {}).items():
            yield from _unreachable(path, strategy, drug, by_site)
            for use in dict.fromkeys(by_site.values()):
                for region in strategy.get("regions", BOTH):
                    if (drug, use, region) not in held:
                        what = f"{drug} has no dosing table for {use} in the {region}"
                        yield said(path, strategy["id"], what)
    yield from _replacement_tables(trees)


def _unreachable(path: str, strategy: Tree, drug: str, by_site: dict[str, str]) -> Iterator[str]:
    """Every site at which a strategy may be offered has a table."""
    if _ANY_SITE not in by_site:
        for site in sorted(set(strategy.get("sites", ())) - by_site.keys()):
            yield said(path, strategy["id"], f"{drug} has no dosing table named for {site}")


def _replacement_tables(trees: Trees) -> Iterator[str]:
    known = {table["id"] for _, _, table in dosing_tables(trees)}
    for path, _, table in dosing_tables(trees):
        if "crrt_use" in table:
            yield from _missing(path, table["id"], "dosing table", [table["crrt_use"]], known)


def _missing(
    path: str, record: str, kind: str, named: Iterable[str], known: Iterable[str]
) -> Iterator[str]:
    for name in sorted(set(named) - set(known)):
        yield said(path, record, f"there is no {kind} {name}")


# -- susceptibility -------------------------------------------------------------------------------


def _susceptibility(trees: Trees) -> Iterator[str]:
    drugs = drug_ids(trees)
    organisms = ids(trees, "organisms.toml", "organism")
    groups = trees["organisms.toml"]["groups"]
    rows = ids(trees, "breakpoints/", "breakpoint")
    for group, members in groups.items():
        yield from _missing("organisms.toml", group, "organism", members, organisms)
    for path, organism in records(trees, "organisms.toml", "organism"):
        resisted = [*organism["intrinsic"], *organism.get("tool_policy", ())]
        yield from _missing(path, organism["id"], "drug", resisted, drugs)
    for path, row in records(trees, "breakpoints/", "breakpoint"):
        yield from _missing(path, row["id"], "drug", [row["drug"]], drugs)
        yield from _missing(path, row["id"], "group of organisms", [row["organisms"]], groups)
        if "falls_back_to" in row:
            yield from _missing(path, row["id"], "row", [row["falls_back_to"]], rows)
    for path, dosage in records(trees, "eucast-dosages.toml", "dosage"):
        yield from _missing(path, dosage["id"], "drug", [dosage["drug"]], drugs | _UNROUTED)
    for path, drug in drug_records(trees):
        yield from _missing(path, drug["id"], "component", components_of(drug), drugs | _UNROUTED)
    loinc = trees["loinc.toml"]
    yield from _missing("loinc.toml", "drugs", "drug", loinc["drugs"], drugs | _UNROUTED)
    yield from _missing("loinc.toml", "file", "drug", loinc["file"]["without_code"], drugs)


# -- patients -------------------------------------------------------------------------------------


def _patients(trees: Trees) -> Iterator[str]:
    yield from _allergy(trees["allergy.toml"], drug_ids(trees))
    asked = frozenset(_asked_classes(trees))
    for path, medicine in records(trees, "medicines.toml", "medicine"):
        named = {*medicine.get("classes", ()), *medicine.get("tool_policy_classes", ())}
        yield from _missing(path, medicine["id"], "rule on the class", named, asked)


def _asked_classes(trees: Trees) -> Iterator[str]:
    """The classes of medicines that a rule asks about: any other would be known and not judged."""
    for _, hazard in records(trees, "hazards/", "hazard"):
        for asked in hazard["when"]:
            if asked["fact"] == "medicine_classes":
                yield from asked["contains_any"]


def _allergy(tree: Tree, drugs: frozenset[str]) -> Iterator[str]:
    """The graph is whole: every culprit's row has a cell for every drug and region."""
    path = "allergy.toml"
    cells = [(c["culprit"], c["drug"], c["region"]) for c in tree["cell"]]
    rows = {culprit for culprit, _, _ in cells}
    columns = {drug for _, drug, _ in cells}
    yield from _repeated((path, " / ".join(cell)) for cell in cells)
    for cell in sorted({(r, d, g) for r in rows for d in columns for g in BOTH} - set(cells)):
        yield said(path, " / ".join(cell), "the graph has no cell")
    yield from _missing(path, "cell", "drug", columns, drugs)
    for name, culprit in tree["culprits"].items():
        yield from _missing(path, name, "row of the graph", culprit["rows"], rows)
    for entry in tree["label_forbids_any"]:
        yield from _missing(path, "label_forbids_any", "row of the graph", entry["culprits"], rows)
        yield from _missing(path, "label_forbids_any", "drug of the graph", entry["drugs"], columns)
    yield from _missing(path, "side_chain_group", "drug", tree["side_chain_group"], drugs)
    yield from _missing(path, "avibactam_products", "drug", tree["avibactam_products"], columns)
    for name, group in tree["classes"].items():
        yield from _missing(path, name, "drug", group["drugs"], drugs)


def _settings(trees: Trees) -> Iterator[str]:
    """Every threshold the decision asks for is there, and no other: a number has one home."""
    tree = trees["settings.toml"]
    places = [*SETTINGS.values(), *(p for pair in SETTING_PAIRS.values() for p in pair)]
    for table, key in (place.split(".") for place in places):
        if key not in tree.get(table, {}):
            yield said("settings.toml", table, f"lacks `{key}`")
    for table, setting in tree.items():
        for key in () if table == "file" else setting.keys() - _CITATION:
            if f"{table}.{key}" not in places:
                yield said("settings.toml", table, f"no rule reads `{key}`")
