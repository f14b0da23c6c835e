"""The look-ups in words: `dose` and `crcl` as labelled lines; the order as an answer prints it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ndm_advisor.explain.clearance import ByWeight, Changed, Clearance, Near
from ndm_advisor.explain.dose_lookup import Difference, DoseLook, Edge, Question, Row, TableLook
from ndm_advisor.explain.page_parts import GRADES
from ndm_advisor.explain.stamp import Stamp, is_overdue
from ndm_advisor.model.answer import Cited
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.model.words import drug_name, join_names, number, regimen_name
from ndm_advisor.render import phrases
from ndm_advisor.render.provenance import CLOSING, overdue_words
from ndm_advisor.render.sheet import Part, part

_MEASURE: Final = (
    "bands are in mL/min by Cockcroft-Gault; eGFR is another quantity and chooses none"
)
_MODES: Final[Mapping[str, str]] = {"crrt": "CRRT", "sled": "SLED"}
_WEIGHTS: Final[Mapping[str, str]] = {
    "none": "",
    "actual": "actual weight",
    "ideal": "ideal weight",
    "adjusted-above-1.2-ideal": "actual weight; adjusted weight above 1.2 x ideal",
    "adjusted-above-1.25-ideal": "actual weight; adjusted weight from 1.25 x ideal",
}
_BASES: Final[Mapping[str, str]] = {
    "label": "label",
    "guideline": "guideline",
    "derived": "derived, not printed by a source",
    "eucast": "EUCAST dosage",
}


def stamp_lines(made: Stamp) -> tuple[str, ...]:
    """Versions and dates; a warning where the knowledge is overdue."""
    line = (
        f"ndm-advisor {made.tool_version} | knowledge {made.knowledge_version} | "
        f"checked {made.reviewed_on}, due {made.review_due_on}"
    )
    overdue = overdue_words(made.review_due_on)
    return (line, overdue) if is_overdue(made) else (line,)


def _source_lines(cited: tuple[Cited, ...], knowledge: Knowledge) -> tuple[str, ...]:
    """One line for each source with every place in it."""
    places: dict[str, list[str]] = {}
    for citation in dict.fromkeys(cited):
        places.setdefault(citation.id, []).append(citation.at)
    return tuple(_source(ident, at, knowledge) for ident, at in places.items())


def _source(ident: str, places: list[str], knowledge: Knowledge) -> str:
    held = knowledge.sources.get(ident)
    return f"{ident}{f' ({held.title})' if held else ''}: {'; '.join(places)}"


# -- dose -----------------------------------------------------------------------------------------


def dose_page(look: DoseLook, knowledge: Knowledge) -> tuple[str, tuple[Part, ...]]:
    """The title and the parts of a dose look-up."""
    return f"DOSE {_asked(look.asked)}", tuple(_dose_parts(look, knowledge))


def _asked(asked: Question) -> str:
    name = regimen_name(asked.id, "AND")
    if asked.renal_replacement not in {None, "none"}:
        mode = asked.renal_replacement or ""
        return f"{name} on {_MODES.get(mode, mode.replace('-', ' '))}"
    if asked.crcl_ml_min is None:
        return f"{name}, every band"
    return f"{name} at CrCl {number(asked.crcl_ml_min)} mL/min"


def _dose_parts(look: DoseLook, knowledge: Knowledge) -> Iterator[Part]:
    yield Part("Provenance", stamp_lines(look.provenance))
    yield part("Kidney", look.kidney, _MEASURE if look.asked.crcl_ml_min is not None else "")
    yield Part("Standing", look.standing)
    for table in look.tables:
        yield from _table_parts(table, look.asked, knowledge)
    yield Part("EU and US", tuple(_regions(look)), gap=True)
    yield part("Left out", _left_out(look))
    yield Part("NOT ASSESSED", tuple(_gaps(look)))
    yield part("Use", CLOSING)


def _table_parts(table: TableLook, asked: Question, knowledge: Knowledge) -> Iterator[Part]:
    route = phrases.route_words(table.route)
    use = table.use.replace("-", " ")
    label = f"{drug_name(table.drug)}: {table.label}"
    yield part(
        "Table", f"{label}; {use}; {', '.join(table.regions)}; {route} [{table.id}]", gap=True
    )
    yield part("Weight", _WEIGHTS.get(table.weight_rule, table.weight_rule))
    for rule in table.rules:
        lead = "not given: " if rule.withholds else ""
        action = f". Do: {rule.action}" if rule.withholds and rule.action else ""
        yield part("Kidney rule", f"{lead}{rule.text}{action} [{rule.id}]")
    yield from _row_parts(table)
    if table.order is not None:
        yield part("Dose", phrases.order_words(table.order))
        if table.order.maintenance_dose is None and table.row is not None and not _refused(table):
            yield part("As printed", table.row.text)
        yield Part("Note", _notes(table))
    yield Part("Bands", tuple(_row_line(row) for row in table.rows))
    if table.daily_max_mg is not None:
        yield part("Daily maximum", phrases.daily_max_words(table.daily_max_mg))
    yield part("Haemodialysis", table.haemodialysis_text)
    yield part("CRRT", table.crrt_text)
    grade = f"grade {table.grade}: {GRADES[table.grade]}"
    yield part("Basis", f"{_BASES.get(table.basis, table.basis)}; {grade}")
    cited = table.row.sources if table.row else tuple(c for r in table.rows for c in r.sources)
    yield Part("Sources", _source_lines((*cited, *table.sources), knowledge))


def _refused(table: TableLook) -> bool:
    return any(rule.withholds for rule in table.rules)


def _row_parts(table: TableLook) -> Iterator[Part]:
    if table.row is None:
        return
    yield part("Band", f"{table.row.name}{' (derived)' if table.row.derived else ''}")
    yield Part("Edges", tuple(_edge(edge) for edge in table.edges))


def _edge(edge: Edge) -> str:
    """An edge with its side, how far it is, and what stands beyond it."""
    here = "this band" if edge.included else f"the band {_beyond(edge)}"
    near = "; NEAR: recheck before the dose" if edge.near else ""
    dose = "the same dose" if edge.same_dose_beyond else edge.dose_beyond
    distance = _distance(edge)
    return (
        f"{number(edge.at)} {edge.unit} belongs to {here}; {distance} away{near}; "
        f"{_beyond(edge)}: {dose}"
    )


def _beyond(edge: Edge) -> str:
    if edge.side == "lower":
        return "below" if edge.included else "at or below"
    return "above" if edge.included else "at or above"


def _distance(edge: Edge) -> str:
    if edge.distance == 0:
        return "0 " + edge.unit
    if edge.unit == "mL/min":
        return phrases.distance_words(edge.distance)
    return f"{number(edge.distance, 2)} {edge.unit}"


def _notes(table: TableLook) -> tuple[str, ...]:
    """What belongs to the dose: of the order, of the row, of its amounts."""
    own = (table.row.note or "").split("; ") if table.row and table.row.note else []
    notes = table.order.notes if table.order else ()
    return tuple(dict.fromkeys((*notes, *(note for note in own if note not in notes))))


def _row_line(row: Row) -> str:
    note = f" ({row.note})" if row.note else ""
    derived = " [derived]" if row.derived else ""
    return f"{row.name}: {row.text}{note}{derived}"


def _regions(look: DoseLook) -> Iterator[str]:
    if not look.regions_compared:
        return
    if not look.differences:
        yield "the same doses in both regions"
    for difference in look.differences:
        yield from _difference(difference)


def _difference(found: Difference) -> Iterator[str]:
    what = f"{drug_name(found.drug)}, {found.use.replace('-', ' ')}, "
    what += phrases.route_words(found.route)
    for region, lines in (("EU", found.eu), ("US", found.us)):
        if not lines:
            yield f"{region}, {what}: nothing beside the other region's rows"
        yield from (f"{region}, {what}: {line}" for line in lines)


def _left_out(look: DoseLook) -> str:
    if not look.left_out:
        return ""
    site = (look.asked.site or "").replace("-", " ")
    return f"tables that do not serve {site}: {', '.join(look.left_out)}"


def _gaps(look: DoseLook) -> Iterator[str]:
    for gap in look.not_assessed:
        supply = f"; give {gap.supply}" if gap.supply else ""
        yield f"{gap.what}: {gap.why.removeprefix('dose withheld: ')}{supply}"


# -- crcl -----------------------------------------------------------------------------------------


def clearance_page(found: Clearance, knowledge: Knowledge) -> tuple[str, tuple[Part, ...]]:
    """The title and the parts of a clearance look-up."""
    return f"CrCl {_rounded(found.used)}", tuple(_clearance_parts(found, knowledge))


def _rounded(by: ByWeight) -> str:
    return f"{number(by.rounded_ml_min)} mL/min"


def _clearance_parts(found: Clearance, knowledge: Knowledge) -> Iterator[Part]:
    used = found.used
    yield Part("Provenance", stamp_lines(found.provenance))
    yield part("Equation", found.equation)
    yield Part("Filled in", found.filled_in)
    yield part(
        "Result",
        f"unrounded {used.crcl_ml_min!r} mL/min, which chooses every band",
        f"rounded for display {_rounded(used)}",
    )
    yield part(
        "Weight used",
        f"{used.basis}, {number(used.weight_kg, 2)} kg",
        found.why,
        found.ideal_weight_words,
    )
    others = tuple(
        f"{by.basis} weight {number(by.weight_kg, 2)} kg: {_rounded(by)} (unrounded "
        f"{by.crcl_ml_min!r})"
        for by in found.others
    )
    yield Part("Other weights", others or ("none: no other weight is in question",))
    yield Part("Band changes", tuple(_changes(found)))
    yield Part("Near an edge", tuple(_near(edge) for edge in found.near_edges) or ("none",))
    yield part("eGFR", found.egfr)
    yield Part("Sources", _source_lines(found.sources, knowledge))
    yield part("Use", CLOSING)


def _changes(found: Clearance) -> Iterator[str]:
    """Each table that changes once, with the other weights that change it."""
    if found.others and not found.changes:
        yield "none: every weight falls in the same band of every table"
    for other in found.others:
        changed = [c for c in found.changes if c.basis == other.basis]
        if changed:
            drugs = join_names(dict.fromkeys(drug_name(c.drug) for c in changed))
            yield (
                f"with {other.basis} weight ({_rounded(other)}) other bands hold for {drugs}; "
                "both doses:"
            )
        yield from _alike(changed)


def _alike(changed: list[Changed]) -> Iterator[str]:
    """Tables of one drug that change in the same way share a line."""
    held: dict[tuple[str, str, str, str], list[Changed]] = {}
    for change in changed:
        held.setdefault((change.drug, change.route, change.used, change.other), []).append(change)
    for (drug, route, used, other), alike in held.items():
        uses = dict.fromkeys(change.use.replace("-", " ") for change in alike)
        regions = dict.fromkeys(region for change in alike for region in change.regions)
        where = f"{', '.join(uses)}; {', '.join(regions)}; {phrases.route_words(route)}"
        yield f"{drug_name(drug)} ({where}): {used}; with {alike[0].basis} weight: {other}"


def _near(near: Near) -> str:
    drugs = join_names(drug_name(drug) for drug in near.drugs)
    distance = phrases.distance_words(near.distance_ml_min)
    return (
        f"{number(near.edge_ml_min)} mL/min, {distance} away, for {drugs}: "
        "recheck the creatinine before the next dose"
    )
