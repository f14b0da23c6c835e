"""TOML trees to `Knowledge`. Takes for granted that `check` has found the trees sound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from ndm_advisor.decision.questions import compile_questions
from ndm_advisor.knowledge.allergies import allergy_graph
from ndm_advisor.knowledge.drugs import drugs_of
from ndm_advisor.knowledge.files import Tree
from ndm_advisor.knowledge.records import (
    cited,
    frozen,
    head,
    named_drugs,
    plain,
    reviewed,
    strings,
)
from ndm_advisor.knowledge.tables import decision_table, profile
from ndm_advisor.model.knowledge import (
    AlertText,
    Breakpoint,
    Condition,
    Drug,
    Hazard,
    Knowledge,
    Medicines,
    Organism,
    Profile,
    Region,
    Settings,
    Source,
    Strategy,
    Table,
    Value,
    Variable,
)
from ndm_advisor.model.names import fold

Trees = dict[str, Tree]
COMPANIONS: Final = ("metronidazole", "meropenem")  # asked about beside the strategies' own drugs
BOTH: Final[tuple[Region, ...]] = ("EU", "US")
_UNROUTED: Final = "fosfomycin"  # the reader asks which route is meant
_DOSAGES: Final = "eucast-dosages.toml"


def compile_base(trees: Trees, sha256: str) -> Knowledge:
    """The whole base in memory, not sealed."""
    drugs = {d.id: d for tree in below(trees, "drugs/") for d in drugs_of(tree)}
    for drug, statement in _dosages(trees[_DOSAGES]):
        drugs[drug] = drugs[drug]._replace(text={**drugs[drug].text, "eucast_dosage": statement})
    organisms = {o["id"]: organism(o) for o in trees["organisms.toml"]["organism"]}
    strategies = dict(_strategies(trees))
    hazards = {h.id: h for tree in below(trees, "hazards/") for h in _hazards(tree)}
    hazards_of = _by_subject(hazards.values())
    tables = {t["id"]: decision_table(t) for t in below(trees, "tables/")}
    base = trees["base.toml"]
    earliest_on, earliest_due = _earliest(trees)
    return Knowledge(
        version=base["version"],
        sha256=sha256,
        reviewed_on=earliest_on,
        review_due_on=earliest_due,
        drugs=drugs,
        organisms=organisms,
        organism_groups=frozen(trees["organisms.toml"]["groups"]),
        drug_names=drug_names(drugs.values()),
        organism_names=organism_names(organisms.values()),
        breakpoints=_breakpoints(trees),
        strategies=strategies,
        hazards=hazards,
        hazards_of=hazards_of,
        questions=compile_questions(hazards_of, strategies),
        profiles=dict(_profiles(trees, tables)),
        tables=tables,
        alerts=_alerts(trees["alerts.toml"]),
        words=plain(trees["words.toml"]),
        allergy=allergy_graph(trees["allergy.toml"]),
        medicines=_medicines(trees["medicines.toml"]),
        settings=_settings(trees),
        strategy_drugs=_strategy_drugs(strategies.values()),
        sources={s.id: s for tree in below(trees, "sources/") for s in _sources(tree)},
        variables=tuple(sorted(_variables(trees["what-if.toml"]), key=lambda v: v.priority)),
        setting_records={k: plain(t) for k, t in trees["settings.toml"].items() if k != "file"},
        sealed=False,
    )


def _dosages(tree: Tree) -> Iterator[tuple[str, dict[str, object]]]:
    """What EUCAST's breakpoints of a drug assume, as a statement of the drug's own page."""
    for dosage in tree["dosage"]:
        high = dosage.get("high_dose") or dosage["no_high_dose"]
        said = [f"standard dose: {dosage['standard_dose']}", f"high dose: {high}"]
        if "uncomplicated_uti" in dosage:
            said.append(f"uncomplicated urinary infection: {dosage['uncomplicated_uti']}")
        if "special" in dosage:
            said.append(dosage["special"])
        grade, sources = tree["file"]["grade"], plain(dosage)["sources"]
        yield dosage["drug"], {"text": "; ".join(said), "sources": sources, "grade": grade}


def below(trees: Trees, folder: str) -> Iterator[Tree]:
    """The trees of one folder, by path."""
    return (trees[path] for path in sorted(trees) if path.startswith(folder))


# -- names ----------------------------------------------------------------------------------------


def drug_names(drugs: Iterable[Drug]) -> dict[str, tuple[str, ...]]:
    """Folded id, name, aliases and brands to drug ids; two ids make the name ambiguous.

    Laboratories' abbreviations are no names: one letter pair means different drugs in two places.
    """
    names: dict[str, tuple[str, ...]] = {}
    for drug in drugs:
        for name in dict.fromkeys(map(fold, (drug.id, drug.name, *drug.aliases, *drug.brands))):
            names[name] = (*names.get(name, ()), drug.id)
    names.pop(_UNROUTED, None)
    return names


def organism_names(organisms: Iterable[Organism]) -> dict[str, str]:
    """Folded id, name and aliases to organism id."""
    return {fold(name): o.id for o in organisms for name in (o.id, o.name, *o.aliases)}


def organism(record: Tree) -> Organism:
    """One organism, with the names a case file may use."""
    return Organism(
        id=record["id"],
        name=record["name"],
        aliases=strings(record["aliases"]),
        group=record["group"],
        genus=record["genus"],
        family=record["family"],
        intrinsic=strings([*record["intrinsic"], *record.get("tool_policy", ())]),
    )


def _medicines(tree: Tree) -> Medicines:
    """Classes of medicines by folded name, whatever a membership rests on."""
    classes: dict[str, tuple[str, ...]] = {}
    for medicine in tree["medicine"]:
        held = [*medicine.get("classes", ()), *medicine.get("tool_policy_classes", ())]
        for name in map(fold, (medicine["id"], *medicine.get("names", ()))):
            classes[name] = strings(held)
    return Medicines(classes=classes)


# -- strategies and hazards -----------------------------------------------------------------------


def _strategies(trees: Trees) -> Iterator[tuple[str, Strategy]]:
    why_not = trees["words.toml"].get("why_not", {})
    for record in trees["strategies.toml"]["strategy"]:
        reason = why_not.get(record["id"], "")
        yield (
            record["id"],
            Strategy(
                id=record["id"],
                drugs=named_drugs(record["id"]),
                kind=record["kind"],
                support=record.get("support", "none"),
                sites=strings(record.get("sites", ())),
                regions=tuple(record.get("regions", BOTH)),
                uses=plain(record.get("uses", {})),
                alternatives=plain(record.get("alternatives", {})),
                because=reason.get("text", "") if isinstance(reason, dict) else reason,
                sources=cited(record),
                group=record.get("group", ""),
            ),
        )


def _strategy_drugs(strategies: Iterable[Strategy]) -> tuple[str, ...]:
    in_strategies = (drug for strategy in strategies for drug in strategy.drugs)
    return tuple(dict.fromkeys([*in_strategies, *COMPANIONS]))


def _hazards(tree: Tree) -> Iterator[Hazard]:
    for record in tree["hazard"]:
        reviewed_on, review_due_on = reviewed(record, head(tree))
        yield Hazard(
            id=record["id"],
            alert=record.get("alert", ""),
            subject=strings(record["subject"]),
            regions=tuple(record.get("regions", BOTH)),
            when=tuple(map(condition, record["when"])),
            tier=record["tier"],
            because=record["because"],
            do=record["do"],
            unknown_as=record.get("unknown_as", ""),
            condition=record.get("condition", ""),
            unknown_excludes=record.get("unknown_excludes", False),
            applies_to=record.get("applies_to", "both"),
            sources=cited(record),
            grade=record["grade"],
            reviewed_on=reviewed_on,
            review_due_on=review_due_on,
        )


def condition(record: Tree) -> Condition:
    """`{ fact = "site", is_none_of = ["cystitis"] }`: the fact and the one comparison beside it."""
    ((op, value),) = ((key, item) for key, item in record.items() if key != "fact")
    return Condition(record["fact"], op, frozen(value))  # type: ignore[arg-type]  # by shapes


def _by_subject(hazards: Iterable[Hazard]) -> dict[str, tuple[Hazard, ...]]:
    by_subject: dict[str, tuple[Hazard, ...]] = {}
    for hazard in hazards:
        for subject in hazard.subject:
            by_subject[subject] = (*by_subject.get(subject, ()), hazard)
    return by_subject


# -- the rest -------------------------------------------------------------------------------------


def _profiles(trees: Trees, tables: dict[str, Table]) -> Iterator[tuple[str, Profile]]:
    for tree in below(trees, "profiles/"):
        yield tree["id"], profile(tree, tables)


def _breakpoints(trees: Trees) -> dict[str, tuple[Breakpoint, ...]]:
    by_drug: dict[str, tuple[Breakpoint, ...]] = {}
    for tree in below(trees, "breakpoints/"):
        for record in tree["breakpoint"]:
            found = _breakpoint(record, tree["file"])
            by_drug[found.drug] = (*by_drug.get(found.drug, ()), found)
    return by_drug


def _breakpoint(record: Tree, of_file: Tree) -> Breakpoint:
    optional: dict[str, Any] = dict.fromkeys(Breakpoint._fields)
    optional |= {"off_scale_s": False, "remark": ""}
    optional |= {key: value for key, value in record.items() if key in Breakpoint._fields}
    optional |= {"standard": of_file["standard"], "version": of_file["version"]}
    return Breakpoint(**optional | {"sources": cited(record, of_file)})


def _alerts(tree: Tree) -> dict[str, AlertText]:
    """By id; the place in the file is the display priority."""
    placed = enumerate(tree["alert"], start=1)
    return {record["id"]: _alert(record, place, head(tree)) for place, record in placed}


def _alert(record: Tree, priority: int, of_file: Tree) -> AlertText:
    reviewed_on, review_due_on = reviewed(record, of_file)
    return AlertText(
        id=record["id"],
        tiers=tuple(record["tiers"]),
        priority=priority,
        standing=record["standing"],
        fires_when=record["fires_when"],
        texts=dict(record["texts"]),
        actions=dict(record["actions"]),
        misuse=record["misuse"],
        needs_orders=record["needs_orders"],
        sources=cited(record),
        reviewed_on=reviewed_on,
        review_due_on=review_due_on,
    )


def _sources(tree: Tree) -> Iterator[Source]:
    for record in tree["source"]:
        reviewed_on, review_due_on = reviewed(record, head(tree))
        yield Source(
            id=record["id"],
            title=record["title"],
            year=record.get("year"),
            url=record["url"],
            seen_as=record["seen_as"],
            kind=record["kind"],
            grade=record["grade"],
            reviewed_on=reviewed_on,
            review_due_on=review_due_on,
        )


def _variables(tree: Tree) -> Iterator[Variable]:
    for record in tree["variable"]:
        yield Variable(
            key=record["key"],
            name=record["name"],
            kind=record["kind"],
            priority=record["priority"],
            each=record.get("each", ""),
            changes=record.get("changes", False),
            missing=record.get("missing", False),
            values_from=record.get("values_from", ""),
            needs=frozen(record.get("needs", {})),
            ask=record["ask"],
            values=tuple(map(_value, record["value"])),
        )


def _value(record: Tree) -> Value:
    return Value(
        says=record["says"],
        set=plain(record.get("set", {})),
        clear=strings(record.get("clear", ())),
        allergy=record.get("allergy", ""),
        short=record.get("short", False),
        only=record.get("only", ""),
    )


def _earliest(trees: Trees) -> tuple[str, str]:
    """The earliest review and the earliest due date of any record."""
    dates = [reviewed(holder) for tree in trees.values() for holder in _dated(tree)]
    return min(on for on, _ in dates), min(due for _, due in dates)


def _dated(value: object) -> Iterator[Tree]:
    """Every table, however deep, that carries its own review dates."""
    if isinstance(value, dict):
        if "reviewed_on" in value:
            yield value
        for item in value.values():
            yield from _dated(item)
    elif isinstance(value, list):
        for item in value:
            yield from _dated(item)


# Field of `Settings` -> where it stands in settings.toml.
SETTINGS: Final = {
    "severe_sofa_rise": "severity.sofa_rise_at_least",
    "severe_pitt": "severity.pitt_score_at_least",
    "severe_increment_cpe": "severity.increment_cpe_score_at_least",
    "adult_from_years": "adult.age_at_least_years",
    "ideal_weight_ratio": "adjusted_weight.above_ratio_to_ideal",
    "adjusted_weight_share": "adjusted_weight.factor",
    "plazomicin_weight_ratio": "adjusted_weight_plazomicin.above_ratio_to_ideal",
    "unreduced_crcl": "unreduced_clearance.crcl_ml_min",
    "crcl_difference": "crcl_given_against_computed.difference_fraction",
    "near_edge_share": "near_edge.fraction",
    "stale_creatinine_days": "stale_creatinine.older_than_days",
    "unstable_crcl_at_most": "low_clearance_severe.crcl_at_most_ml_min",
    "divergence_crcl_at_most": "pair_divergence.crcl_at_most_ml_min",
    "six_hourly_crcl_above": "pair_six_hourly.crcl_above_ml_min",
    "not_interchangeable_crcl_at_most": "pair_not_interchangeable.crcl_at_most_ml_min",
    "augmented_crcl_at_least": "augmented_clearance.crcl_at_least_ml_min",
    "tetracycline_mic_mg_l": "tetracycline_mic.mic_at_least_mg_l",
    "pair_aztreonam_interval_h": "pair.aztreonam_interval_h",
    "pair_infusion_h": "pair.infusion_h",
    "haemodialysis_residual_crcl_above": "haemodialysis_residual.crcl_above_ml_min",
    "dose_tolerance": "order_rounding.fraction",
    "dose_caution_beyond": "order_dose.caution_beyond_fraction",
    "dose_stop_above": "order_dose.stop_above_ratio",
    "dose_stop_below": "order_dose.stop_below_ratio",
    "pair_starts_apart_minutes": "order_starts.apart_more_than_minutes",
}
SETTING_PAIRS: Final = {
    "pregnancy_asked_years": ("pregnancy_ask.from_age_years", "pregnancy_ask.to_age_years"),
    "review_hours": ("review.first_h", "review.last_h"),
}


def _settings(trees: Trees) -> Settings:
    tree = trees["settings.toml"]
    values: dict[str, Any] = {field: _at(tree, path) for field, path in SETTINGS.items()}
    for field, (low, high) in SETTING_PAIRS.items():
        values[field] = (_at(tree, low), _at(tree, high))
    listed = (d for d in trees[_DOSAGES]["dosage"] if "high_dose" in d)
    values["eucast_high_doses"] = {d["drug"]: d["high_dose"] for d in listed}
    versions: dict[str, tuple[str, ...]] = {}
    held = sorted(
        ((t["file"]["standard"], t["file"]["version"]) for t in below(trees, "breakpoints/")),
        reverse=True,
    )
    for standard, version in held:
        versions[standard] = (*versions.get(standard, ()), version)
    return Settings(**values, breakpoint_versions=versions)


def _at(tree: Tree, path: str) -> float:
    section, key = path.split(".")
    value: float = tree[section][key]
    return value
