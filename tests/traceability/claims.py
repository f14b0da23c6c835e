"""What may explain a number on a screen: phrases, each with the place its figures come from.

A claim is a phrase, not a bare number: "aztreonam 2 g every 8 hours over 3 hours" as the band has
it, a sentence of the base word for word, `patient.crcl_ml_min = 42`. A number is explained where a
claim covers it, so that a figure changed inside a phrase is explained by nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from ndm_advisor.knowledge.files import read_files
from ndm_advisor.knowledge.load import checksum
from ndm_advisor.version import VERSION
from tests.traceability.orders import (
    Row,
    alternative_rows,
    edge_words,
    neighbours,
    pending_rows,
    rows,
    rows_of,
    shown,
)
from tests.traceability.records import DATA, Leaf, drug_file, leaf, leaves, trees
from tests.traceability.screens import SHA, Answered, Screen
from tests.vignettes.harness import ON

Span = tuple[int, int]


class Origin(NamedTuple):
    """Where a number comes from. `kind`: case | record | formula | stamp."""

    kind: str
    path: str
    sources: tuple[tuple[str, str], ...] = ()
    grade: str = ""
    text: str = ""  # the sentence, for records that are sentences


class Claim(NamedTuple):
    """A phrase and its origin: its groups are the explained parts, without groups the whole."""

    pattern: re.Pattern[str] | str
    origin: Origin

    def spans(self, screen: Screen) -> Iterator[Span]:
        if isinstance(self.pattern, str):
            at = screen.lower.find(self.pattern)
            while at >= 0:
                yield at, at + len(self.pattern)
                at = screen.lower.find(self.pattern, at + 1)
            return
        for match in self.pattern.finditer(screen.words):
            if self.pattern.groups:
                numbered = range(1, self.pattern.groups + 1)
                yield from (match.span(i) for i in numbered if match[i] is not None)
            else:
                yield match.span()


def claim(pattern: str, origin: Origin) -> Claim:
    return Claim(re.compile(pattern, re.IGNORECASE), origin)


def of_leaf(found: Leaf) -> Origin:
    return Origin("record", found.path, found.sources, found.grade, str(found.value))


def computed(name: str, *inputs: Leaf) -> Origin:
    """A named formula, with what it was reckoned from where that is a record."""
    sources = tuple(s for item in inputs for s in item.sources)
    path = "; ".join([name, *(item.path for item in inputs)])
    return Origin("formula", path, sources)


def claims_of(answer: Answered) -> list[Claim]:
    """Everything that may explain a number on the screens of one answer."""
    return [c for made in _MAKERS for c in made(answer)]


# -- (1) the case --------------------------------------------------------------------------------


def _case(answer: Answered) -> Iterator[Claim]:
    """Values of the case beside their keys, in panel rows, as clearance and week of pregnancy."""
    case = answer.case
    for key, text in _given(case):
        origin = Origin("case", key)
        if re.search(r"\d", text):
            yield claim(rf"\b{re.escape(key)} = [^=]*?({re.escape(text)})(?![\d.]*\d)", origin)
    for drug, row in case.get("panel", {}).get("results", {}).items():
        yield from _panel_row(drug, row)
    patient = case.get("patient", {})
    if (crcl := patient.get("crcl_ml_min")) is not None:
        origin = Origin("case", "patient.crcl_ml_min")
        yield claim(rf"\bCrCl ({_either(crcl)}) mL/min(?! or)", origin)
    if weeks := patient.get("gestation_weeks"):
        yield claim(rf"\b({shown(weeks)}) weeks", Origin("case", "patient.gestation_weeks"))
    for key, value in case.get("infection", {}).items():
        if isinstance(value, int):
            words = rf"\b{key.replace('_', ' ')} is ({value}): handled as severe"
            yield claim(words, Origin("case", f"infection.{key}"))


def _given(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """(dotted key, value as printed) of every value; the values of a list stand under its key."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _given(item, f"{key}.{name}" if key else name)
            if isinstance(item, dict):  # a row of the panel is printed under its own key
                yield from ((f"{key}.{name}", text) for _, text in _given(item))
    elif isinstance(value, list):
        yield from ((key, text) for item in value for _, text in _given(item))
    elif not isinstance(value, bool):
        yield key, shown(value) if isinstance(value, (int, float)) else str(value)


def _panel_row(drug: str, row: dict[str, Any]) -> Iterator[Claim]:
    named = re.escape(drug.replace("+", " + ").replace("polymyxin-b", "polymyxin B"))
    named = named.replace(r"fosfomycin\-iv", "IV fosfomycin")
    named = named.replace(r"fosfomycin\-oral", "oral fosfomycin")
    for key, what in (("mic_mg_l", "MIC"), ("zone_mm", "zone")):
        if key in row:
            value = row[key] if isinstance(row[key], str) else shown(row[key])
            origin = Origin("case", f"panel.results.{drug}.{key}")
            number = re.escape(value)
            yield claim(rf"\b{named}: used as \w+; {what} ({number}) m", origin)
            said = rf"\b{named}: used as (?:(?!: used as).)*? {what} ({number})"
            unit = "(?: mg/L| mm)"
            yield claim(rf"{said}{unit}(?: read|:| cannot)", origin)
            # the alerts, and what was not read
            yield claim(rf"\b{named} {what} ({number}) m", origin)
            yield claim(rf"\b{named}: {what} ({number}){unit} (?:cannot|not read)", origin)
            yield claim(rf"\b{named}: reported \w+, but {what} ({number}){unit} reads", origin)
            yield claim(rf"\b{what} ({number}){unit} read by the tool: .*? between the st", origin)


def _note(answer: Answered) -> Iterator[Claim]:
    """The case's own note, as far as the screen has it."""
    note = " ".join(answer.case.get("note", "").split())
    words = note.split(" ")
    head = r"Case note:? "
    rest = "".join(f"(?: {re.escape(w)}" for w in words[1:]) + ")?" * (len(words) - 1)
    if note:
        yield claim(f"{head}({re.escape(words[0])}{rest})", Origin("case", "note"))


def _either(x: float) -> str:
    """A number whole and with one decimal."""
    return "|".join(dict.fromkeys(re.escape(shown(x, places)) for places in (6, 1)))


# -- (2) sentences of the base -------------------------------------------------------------------


def _sentences(answer: Answered) -> Iterator[Claim]:
    """Sentences of the records in play, word for word, between placeholders."""
    for file, keys in _in_play(answer):
        for item in leaves(file):
            shown_here = not file.startswith("drugs/") or _of_answer(item, answer)
            if item.keys[: len(keys)] == keys and isinstance(item.value, str) and shown_here:
                yield from _fragments(item)


def _in_play(answer: Answered) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(file, first keys) of the records this answer rests on."""
    data = answer.json
    yield "words.toml", ()
    for alert in data["alerts"]:
        for part in ("texts", "actions"):
            yield "alerts.toml", ("alert", alert["id"], part)
    rules = {finding["rule"] for finding in data["findings"]}
    rules |= {rule for item in data["rejected"] for rule in item["rules"]}
    for file in trees():
        if file.startswith("hazards/"):
            yield from ((file, ("hazard", rule)) for rule in sorted(rules))
    for drug in sorted(drugs_in_play(answer)):
        yield "eucast-dosages.toml", ("dosage", f"eucast-2026-dosage/{drug}")
        if drug_file(drug) in trees():
            yield drug_file(drug), ()


def drugs_in_play(answer: Answered) -> set[str]:
    """Drugs offered with their companions, turned down, or named to a specialist."""
    data = answer.json
    found = {order["drug"] for order, _ in answer.orders()}
    listed = [*data["rejected"], *data["information"], *data["regimens"]]
    found |= {drug for item in listed for drug in item["id"].split("+")}
    if any(alert["id"] == "anaerobic-cover" for alert in data["alerts"]):
        found.add("metronidazole")
    return found


_SHOWN_TEXTS = ("pregnancy", "breast_feeding")  # sentences of [text] that an answer prints


def _of_answer(item: Leaf, answer: Answered) -> bool:
    """Whether a drug's sentence can stand in an answer: of its region's tables, or shown text."""
    if item.keys[0] != "dosing":
        return item.keys[0] == "text" and item.keys[1].startswith(_SHOWN_TEXTS)
    tables = trees()[item.file]["dosing"]
    regions = next(table["regions"] for table in tables if table["id"] == item.keys[1])
    return answer.json["provenance"]["region"] in regions


@cache
def _fragments(item: Leaf) -> tuple[Claim, ...]:
    """A sentence whole and by clause; a few words count only with the label before them."""
    if not re.search(r"\d", item.value):
        return ()
    made = []
    for piece in re.split(r"\{[^}]*\}", item.value):
        clauses = re.split(r"(?<=[.;:]) ", piece)
        for text in {piece, *(c for c in clauses if len(c) > 24)}:
            bare = _LEADS.sub("", text.strip()).strip(" .;:").lower()
            if re.search(r"\d", bare) and len(bare) > 10:
                made.append(Claim(bare, of_leaf(item)))
    if item.keys[0] == "durations":
        made.append(claim(rf"Duration:? {re.escape(item.value)}(?=;| )", of_leaf(item)))
        if item.keys[1] == "cystitis":  # where they differ, each stands behind its own drug
            drug = drug_words(item.keys[2])
            made.append(claim(rf"{drug}: {re.escape(item.value)}(?=;| )", of_leaf(item)))
    return tuple(made)


_LEADS = re.compile(r"^(?:only if|only when|only|if) ")  # the label before them says it


def _high_dose(answer: Answered) -> Iterator[Claim]:
    """EUCAST's high dose beside an I."""
    for drug in drugs_in_play(answer):
        for item in leaves("eucast-dosages.toml"):
            if item.keys[1:] == (f"eucast-2026-dosage/{drug}", "high_dose_text"):
                yield claim(rf"high dose {re.escape(item.value)}", of_leaf(item))


# -- (2) sentences with a value in them ----------------------------------------------------------

_REVIEW = {"first": ("review", "first_h"), "second": ("review", "last_h")}
# alert and placeholder -> the setting printed there; "*" for every alert
_SETTINGS: dict[tuple[str, str], tuple[str, ...]] = {
    ("*", "first"): _REVIEW["first"],
    ("*", "second"): _REVIEW["second"],
    ("source-control", "hours"): _REVIEW["first"],
    ("tetracycline-mic", "hours"): _REVIEW["first"],
    ("anaerobic-cover", "hours"): _REVIEW["first"],
    ("severity-conflict", "hours"): _REVIEW["first"],
    ("tetracycline-mic", "limit"): ("tetracycline_mic", "mic_at_least_mg_l"),
    ("aztreonam-alone", "hours"): ("pair", "infusion_h"),
    ("augmented-clearance", "hours"): ("pair", "infusion_h"),
    ("augmented-clearance", "limit"): ("augmented_clearance", "crcl_at_least_ml_min"),
}


_UNIT_OF_LIMIT = {"mic_at_least_mg_l": " mg/L", "crcl_at_least_ml_min": " mL/min"}


def _alerts(answer: Answered) -> Iterator[Claim]:
    """The words of the alerts that fired, each placeholder by the setting it prints."""
    fired = {alert["id"] for alert in answer.json["alerts"]}
    for record in trees()["alerts.toml"]["alert"]:
        if record["id"] in fired:
            for part in ("texts", "actions"):
                for text in record[part].values():
                    yield from _filled(record["id"], text)
    if "creatinine-unstable" in fired:
        yield from _kidney_injury_words()


def _filled(alert: str, text: str) -> Iterator[Claim]:
    for name in set(re.findall(r"\{(\w+)\}", text)):
        keys = _SETTINGS.get((alert, name), _SETTINGS.get(("*", name)))
        if keys is not None:
            found = leaf("settings.toml", *keys)
            unit = _UNIT_OF_LIMIT.get(keys[-1], "") if name == "limit" else ""
            number = rf"({re.escape(shown(found.value))}){unit}"
            yield claim(_template(text, name, number), of_leaf(found))


def _template(text: str, name: str, number: str) -> str:
    """A sentence as a pattern: one placeholder is the number, the others are any words."""
    parts = re.split(r"(\{\w+\})", text.strip().rstrip("."))
    filled = {f"{{{name}}}": number}
    return "".join(
        filled.get(part, r".{0,300}?") if part.startswith("{") else re.escape(part)
        for part in parts
    )


def _kidney_injury_words() -> Iterator[Claim]:
    """The hours of kidney injury by the alert's definition, and those of the re-check."""
    defined = leaf("alerts.toml", "alert", "creatinine-unstable", "fires_when")
    (hours,) = re.findall(r"Kidney injury within (\d+) hours", defined.value)
    yield claim(rf"Kidney injury within ({hours}) hours", of_leaf(defined))
    again = leaf("words.toml", "aki", "recheck")
    (hours,) = re.findall(r"at (\d+) hours", again.value)
    yield claim(rf"re-check(?: creatinine and choice)? at ({hours}) hours", of_leaf(again))


def _fixed_phrases(answer: Answered) -> Iterator[Claim]:
    """Words of the renderer that repeat a figure of the base: they must agree with it."""
    first, last = (leaf("settings.toml", *_REVIEW[key]) for key in ("first", "second"))
    yield claim(rf"\(({first.value}) and {last.value} hours\)", of_leaf(first))
    yield claim(rf"\({first.value} and ({last.value}) hours\)", of_leaf(last))
    defined = leaf("alerts.toml", "alert", "creatinine-unstable", "fires_when")
    (hours,) = re.findall(r"Kidney injury within (\d+) hours", defined.value)
    yield claim(rf"kidney injury began within ({hours}) hours \(a named", of_leaf(defined))
    limit = leaf("settings.toml", "pair_divergence", "crcl_at_most_ml_min")
    said = rf"\bat CrCl ({limit.value}) mL/min or less or on renal replacement: interval"
    yield claim(said, of_leaf(limit))


def _hazards(answer: Answered) -> Iterator[Claim]:
    """`{limit}` in the words of a hazard is the limit of its own condition."""
    rules = {f["rule"] for f in answer.json["findings"]}
    for file, tree in trees().items():
        for record in tree.get("hazard", ()) if file.startswith("hazards/") else ():
            if record["id"] in rules:
                found = leaves(file)
                limits = [
                    item
                    for item in found
                    if item.keys[:3] == ("hazard", record["id"], "when")
                    and isinstance(item.value, (int, float))
                    and not isinstance(item.value, bool)
                ]
                for key in ("because", "unknown_as", "condition"):
                    text = _LEADS.sub("", record.get(key, ""))
                    if "{limit}" in text:
                        number = f"({shown(limits[-1].value)})"
                        yield claim(_template(text, "limit", number), of_leaf(limits[-1]))


def _breakpoints(answer: Answered) -> Iterator[Claim]:
    """A breakpoint in words, from the row the answer names."""
    for line in answer.json["susceptibilities"]:
        if line["breakpoint"] is None:
            continue
        file = f"breakpoints/{line['breakpoint'].split('/')[0]}.toml"
        value = line["mic_mg_l"] and f"MIC {line['mic_mg_l']}"
        value = re.escape(value or f"zone {shown(line['zone_mm'])}")
        edition = r"[A-Z]+ [\d-]+, (?:[SR] [a-z ]+ [\d.]+ (?:mg/L|mm), )?"
        for item in leaves(file):
            said = _LIMITS.get(item.keys[-1])
            if item.keys[1] == line["breakpoint"] and said:
                number = rf"{said[0]} ({re.escape(shown(item.value))}) {said[1]}"
                yield claim(rf"\b{value}\b[^;.]*?: (?:[a-z ]+; )?{edition}{number}", of_leaf(item))


_LIMITS = {
    "s_at_most_mg_l": ("S at most", "mg/L"),
    "r_above_mg_l": ("R above", "mg/L"),
    "r_at_least_mg_l": ("R at least", "mg/L"),
    "s_at_least_mm": ("S at least", "mm"),
    "r_below_mm": ("R below", "mm"),
    "r_at_most_mm": ("R at most", "mm"),
}


# -- (2) the trace: conditions and case values in sentences ---------------------------------------


def _finding_limits(answer: Answered) -> Iterator[Claim]:
    """`is below 30 mL/min` in a finding is the limit of the rule that stands behind it."""
    rules = {f["rule"] for f in answer.json["findings"]}
    for file in (file for file in trees() if file.startswith("hazards/")):
        for item in leaves(file):
            if item.keys[2:3] == ("when",) and item.keys[1] in rules and _is_number(item.value):
                words = item.keys[-1].replace("_", " ")
                rule = rf"(?=[^\[]*\[{re.escape(item.keys[1])}: )"
                yield claim(rf"\bis {words} ({shown(item.value)}) [mw]{rule}", of_leaf(item))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _finding_values(answer: Answered) -> Iterator[Claim]:
    """`weight 70 kg`: values of the case by the words of their keys."""
    held = trees()["words.toml"]["case_keys"]
    for key, text in _given(answer.case):
        if re.search(r"\d", text):
            origin = Origin("case", key)
            value = _either(float(text)) if _plain_number(text) else re.escape(text)
            for name in _names_of(key, held):
                yield claim(rf"\b{name} [^,;\[]*?({value})(?![\d.]*\d)", origin)


def _plain_number(text: str) -> bool:
    return re.fullmatch(r"\d+(\.\d+)?", text) is not None


def _names_of(key: str, held: dict[str, Any]) -> Iterator[str]:
    """How a sentence names a key of the case; a condition names two of them in its own way."""
    lead = "panel.results."
    if key.startswith(lead):
        drug = key.removeprefix(lead).split(".")[0]
        yield f"{drug_words(drug)} result".replace(r"\+", r" \+ ")
    elif key in held:
        yield re.escape(held[key]["name"])
    if key == "patient.gestation_weeks":
        yield "pregnancy"


def _evidence(_answer: Answered) -> Iterator[Claim]:
    """A claim of the source documents, word for word from its record."""
    for record in trees()["claims.toml"]["claim"]:
        note = f" ({record['verdict_note']})" if record["verdict_note"] else ""
        use = "" if record["support"] else "; not used as support"
        n = f"; n = {shown(record['n'])}" if "n" in record else ""
        read = ", ".join(f"{source} {grade}" for source, grade in record["grades"].items())
        line = (
            f"{record['id']} {record['verdict']}{note}{use}. {record['honest']} "
            f"[{record['design']}; {record['population']}{n}; {read}]"
        )
        cited = tuple((source["id"], source["at"]) for source in record["sources"])
        path = f"data/claims.toml: {record['id']}"
        yield Claim(line.lower(), Origin("record", path, cited, record["grade"], record["honest"]))


# -- (2) doses -----------------------------------------------------------------------------------

_ROUTE = r"(?:IV|IM|by mouth)"
_NAMES = {
    "fosfomycin-iv": "IV fosfomycin",
    "fosfomycin-oral": "oral fosfomycin",
    "polymyxin-b": "polymyxin B",
}
_SCHEMES = {
    "million-units-colistimethate": "million units colistimethate",
    "mg-colistin-base": "mg colistin base",
    "mg-polymyxin-b": "mg polymyxin B",
    "units-polymyxin-b": "units polymyxin B",
}


def drug_words(drug: str) -> str:
    return re.escape(_NAMES.get(drug, drug))


def _doses(answer: Answered) -> Iterator[Claim]:
    """Every order by its band: dose, interval and infusion time as one phrase."""
    patient = answer.patient
    for order, pair in answer.orders():
        for row in rows_of(order, patient, pair=pair):
            if order["maintenance_dose"]:
                yield claim(order_phrase(row), of_leaf(row.leaf))
            yield from _band(row, order)
        for row in alternative_rows(order, patient, pair=pair):
            lead = r"(?:chooses\):|by mouth:|label dose:|, full)"
            yield claim(rf"{lead} ({order_phrase(row)})", of_leaf(row.leaf))
        yield from _pending(pending_rows(order, patient, pair=pair))
        yield from _daily_maximum(order)


def _companion(answer: Answered) -> Iterator[Claim]:
    """Metronidazole where the alert asks for it beside a regimen that has none."""
    if any(alert["id"] == "anaerobic-cover" for alert in answer.json["alerts"]):
        for row in rows("metronidazole", answer.patient, pair=False):
            if row.table["use"] == "companion":
                yield claim(order_phrase(row), of_leaf(row.leaf))


def _band(row: Row, order: dict[str, Any]) -> Iterator[Claim]:
    if order["crcl_band"] is None:
        return
    words, name = re.escape(edge_words(row)[1]), drug_words(row.drug)
    yield claim(rf"\b(?:band:?|{name}) ({words})", of_leaf(row.leaf))
    crcl = row.patient.crcl
    if crcl is None or not (beyond := neighbours(row)):
        return
    edge, other = min(beyond, key=lambda pair: abs(crcl - pair[0]))
    origin = computed("distance to an edge: |CrCl - edge|", row.leaf)
    away = re.escape(shown(abs(crcl - edge), 1))
    if away == "0" and crcl != edge:
        away = r"0|less than 0\.1"
    yield claim(rf"\b{name}, nearest edge: ({away}) mL/min away", origin)
    if other.dose("maintenance"):
        yield claim(rf"\bbeyond it: ({order_phrase(other)})", of_leaf(other.leaf))
        unnamed = order_phrase(other, named=False)
        yield claim(rf"\bbeyond it {name} is ({unnamed})", of_leaf(other.leaf))
    yield claim(rf"lies ({away}) mL/min from the edge at", origin)
    yield claim(rf"from the edge at ({shown(edge)}); beyond it", of_leaf(row.leaf))


def _pending(found: list[Row]) -> Iterator[Claim]:
    """Every band in a row of its own, and above them what the bands share."""
    for row in found:
        dose = order_phrase(row) if row.dose("maintenance") else ""
        for words in edge_words(row):
            yield claim(rf"\b{re.escape(words)}: {dose}", of_leaf(row.leaf))
        time = _over(row)
        if time:
            yield claim(rf"\b{drug_words(row.drug)} {_ROUTE} {time}, by CrCl", of_leaf(row.leaf))


def _daily_maximum(order: dict[str, Any]) -> Iterator[Claim]:
    for item in leaves(drug_file(order["drug"])):
        if item.keys[-1] == "daily_max_mg" and item.value == order["daily_max_mg"]:
            words = rf"\b{drug_words(order['drug'])}, at most {_grams(item.value)} per day"
            yield claim(words, of_leaf(item))


def order_phrase(row: Row, *, named: bool = True) -> str:
    """A row's order as the screens may write it: load, dose, route, interval, infusion time.

    Not `named`: the sentence has named the drug.
    """
    load, dose = row.dose("load"), row.dose("maintenance")
    if dose is None:
        return r"(?!)"  # nothing to dose: matches nothing
    whole = rf"(?<!, then ){_amount(dose, row.drug, named=named)}"
    if load is not None:
        first = _amount(load, row.drug, named=False)
        again = _amount(dose, row.drug, named=False)
        whole = rf"(?:(?:load {first}, then |{first} first, then ){again}|{whole})"
    time = _over(row)
    head = rf"(?:{_ROUTE} {time}: )?" if time else ""
    count = rf"(?: for {row.band['doses']} doses)?" if row.band.get("doses") else ""
    tail = rf"(?:,? (?:each )?(?:{_ROUTE} )?{time})?" if time else ""
    return rf"{head}{whole}(?: {_ROUTE})? {_every(row)}{count}{tail}"


def _amount(dose: dict[str, Any], drug: str, *, named: bool) -> str:
    if dose["units"]:
        low, high, scheme = dose["units"]["amount"], dose["units"]["to_amount"], dose["units"]
        ends = shown(low) + ("" if high is None else f" to {shown(high)}")
        return rf"(?:{drug_words(drug)} )?{re.escape(ends)} {_SCHEMES[scheme['system']]}"
    parts = dose["components_mg"]
    if dose["per_kg"]:
        return _weighed(dose, drug)
    if len(parts) > 1:
        split = r" \+ ".join(f"{re.escape(n)} {_in_grams(mg)}" for n, mg in parts.items())
        total = _in_grams(dose["total_mg"])
        return rf"(?:{drug_words(drug)} )?(?:{total} \({split}\)|{split} \({total} total\))"
    name = f"{drug_words(drug)} " if named else f"(?:{drug_words(drug)} )?"
    if dose["to_total_mg"]:
        low, high = _grams(dose["total_mg"]), _grams(dose["to_total_mg"])
        return rf"{name}(?:{low}|{low.rsplit(' ', 1)[0]}) to {high}"
    return name + _grams(dose["total_mg"])


def _weighed(dose: dict[str, Any], drug: str) -> str:
    """An amount per kg of the weight: the product in whole mg, the rate and the weight."""
    rate = dose["per_kg"]
    (first, mg), *others = dose["components_mg"].items()
    name = re.escape(first) if others else drug_words(drug)
    words = rf"{name} {shown(mg, 0)} mg \({re.escape(shown(rate['mg_per_kg']))} mg/kg, "
    words += rf"{rate['weight_basis']} weight {re.escape(shown(rate['weight_kg'], 1))} kg"
    words += r"(?:, ceiling reached)?\)"
    return words + "".join(rf" \+ {re.escape(n)} {shown(x, 0)} mg" for n, x in others)


def _grams(mg: float) -> str:
    """A single amount: in mg below 1,000 mg, else in g."""
    return _in_grams(mg) if mg >= 1000 else f"{re.escape(shown(mg))} mg"


def _in_grams(mg: float) -> str:
    return f"{re.escape(shown(mg / 1000))} g"


def _every(row: Row) -> str:
    low, high = row.band.get("interval_h"), row.band.get("to_interval_h")
    return "(?:as a single dose|once)" if low is None else f"every {_hours(low, high)}"


def _over(row: Row) -> str:
    low, high = row.infusion_h
    return "" if low is None else f"over {_hours(low, high)}"


def _hours(low: float, high: float | None) -> str:
    """Hours, in minutes below one hour; "(?: to ...)?" where some lines print the lower end."""
    if high is None or high == low:
        return _time(low)
    if low < 1:
        both = rf"{shown(low * 60, 0)} to {shown(high * 60, 0)} minutes"
        return rf"(?:{both if high <= 1 else f'{_time(low)} to {_time(high)}'}|{_time(low)})"
    return rf"(?:{shown(low)} to {_time(high)}|{_time(low)})"


def _time(hours: float) -> str:
    if hours < 1:
        return f"{shown(hours * 60, 0)} minutes"
    return "1 hour" if hours == 1 else f"{re.escape(shown(hours, 2))} hours"


# -- (3) formulas --------------------------------------------------------------------------------


def _clearance(answer: Answered) -> Iterator[Claim]:
    """Cockcroft-Gault by every weight of the dosing rules, each weight beside its result."""
    patient = answer.patient
    for basis, kg, crcl in patient.weights:
        origin = Origin(
            "formula",
            f"Cockcroft-Gault by {basis} weight: patient.age_years, sex, creatinine, weight",
            (("FDA-MERO-2026", "dosing dossier 1.1"),),
        )
        value = re.escape(shown(crcl, 1))
        yield claim(rf"\bCrCl ({value}) mL/min", origin)
        yield claim(rf"\bwith {basis} weight gives ({value}) mL/min", origin)
        yield claim(rf"\b{basis}(?: weight| kg) gives ({value})\b", origin)
        of_weight = Origin(
            "formula",
            f"{basis} weight: Devine and the share of the excess; patient.weight_kg, height_cm",
            (("GLOBALRPH-CG", "dosing dossier 1.2"),),
        )
        if basis == "actual":
            of_weight = Origin("case", "patient.weight_kg")
        weight = re.escape(shown(kg, 1))
        yield claim(rf"\b{basis} weight ({weight}) kg", of_weight)
        yield claim(rf"\bWeight ({weight}) kg gives", of_weight)


def _age_of_creatinine(answer: Answered) -> Iterator[Claim]:
    measured = answer.case.get("patient", {}).get("creatinine_measured_on")
    if measured:
        days = (ON - date.fromisoformat(measured)).days
        origin = Origin("formula", "age of the creatinine: advised on - creatinine_measured_on")
        yield claim(rf"creatinine is ({days}) days old", origin)


def _review_dates(answer: Answered) -> Iterator[Claim]:
    started = answer.case.get("infection", {}).get("active_therapy_started_on")
    start = date.fromisoformat(started) if started else ON
    for key in ("first", "second"):
        hours = leaf("settings.toml", *_REVIEW[key])
        day = (start + timedelta(hours=hours.value)).isoformat()
        words = rf"\b({day}) and 2" if key == "first" else rf" and ({day})[: ]"
        origin = computed(f"start of active therapy + {hours.value} hours", hours)
        yield claim(words, origin)


def _missed_starts(answer: Answered) -> Iterator[Claim]:
    """Aztreonam starts in 48 hours without ceftazidime-avibactam beside them."""
    for offer in answer.json["regimens"]:
        hours = {order["drug"]: order["interval_h"] for order in offer["drugs"]}
        partner, aztreonam = hours.get("ceftazidime-avibactam"), hours.get("aztreonam")
        if partner and aztreonam:
            starts = [n * aztreonam for n in range(int(48 / aztreonam))]
            missed = sum(1 for start in starts if start % partner)
            origin = Origin("formula", "missed starts in 48 hours, from the two intervals_h")
            words = rf"\b({missed} of {len(starts)}) aztreonam starts in (48) hours"
            yield claim(words, origin)


def _supply(answer: Answered) -> Iterator[Claim]:
    """Vials, mL of a vial and sodium, from the vial of the drug's own record."""
    region = answer.json["provenance"]["region"].lower()
    for order, said in _counted(answer):
        dose = order["maintenance_dose"]
        if not (dose and dose["total_mg"]):
            continue
        key, vial = _statement(order, "vial", region)
        mg = sum(vial.get("vial_mg", {}).values())
        yield from _sodium(order, said, mg, region)
        if not mg:
            continue
        yield from _vials(order, said, mg, key)
        if "vial_volume_ml" in vial:
            volume = leaf(drug_file(order["drug"]), "text", key, "vial_volume_ml")
            part = re.escape(shown(dose["total_mg"] / mg * volume.value, 1))
            of = re.escape(shown(volume.value))
            origin = computed("mL of a vial: dose / vial x volume", volume)
            yield claim(rf"{said}({part}) mL of an? {of} mL vial per dose", origin)
            yield claim(rf"{said}{part} mL of an? ({of}) mL vial per dose", of_leaf(volume))


def _counted(answer: Answered) -> Iterator[tuple[dict[str, Any], str]]:
    """Every order with what its lines begin with; both doses of a kidney injury, one by one."""
    for order, _ in answer.orders():
        name, other = rf"\b{drug_words(order['drug'])}", order["alternative_dose"]
        if other is None or other["why"] != "aki-first-48-h":
            yield order, f"{name}: "
            continue
        dosed = ("loading_dose", "maintenance_dose", "interval_h")
        yield order, f"{name}, banded dose: "
        yield order | {key: other[key] for key in dosed}, f"{name}, full dose: "


def _statement(order: dict[str, Any], what: str, region: str) -> tuple[str, dict[str, Any]]:
    """A drug's statement for the region, else for both, with its key."""
    text = trees()[drug_file(order["drug"])]["text"]
    key = f"{what}_{region}" if f"{what}_{region}" in text else what
    return key, text.get(key, {})


def _vials(order: dict[str, Any], said: str, mg: float, key: str) -> Iterator[Claim]:
    vial = next(
        item
        for item in leaves(drug_file(order["drug"]))
        if item.keys[:3] == ("text", key, "vial_mg")
    )
    each = _up(order["maintenance_dose"]["total_mg"] / mg)
    starts = _up(24 / (order["interval_h"] or 24))
    load = order["loading_dose"]
    day = starts * each if load is None else _up(load["total_mg"] / mg) + (starts - 1) * each
    origin = computed("vials: dose / vial, whole vials", vial)
    yield claim(rf"{said}({each}) vials? per dose", origin)
    words = leaf("words.toml", "supply", "first_day")
    (span,) = re.findall(r"first (\d+) hours", words.value)
    of_day = computed("vials of a day", vial)
    yield claim(rf"{said}({day}) vials? for the first {span} hours", of_day)
    yield claim(rf"{said}{day} vials? for the first ({span}) hours", of_leaf(words))


def _sodium(order: dict[str, Any], said: str, vial_mg: float, region: str) -> Iterator[Claim]:
    if order["interval_h"] is None:
        return
    key, _ = _statement(order, "sodium", region)
    per_day = order["maintenance_dose"]["total_mg"] * 24 / order["interval_h"]
    for item in leaves(drug_file(order["drug"])):
        unit_mg = {"sodium_mg_per_vial": vial_mg, "sodium_mg_per_g": 1000}.get(item.keys[-1])
        if item.keys[:2] == ("text", key) and unit_mg:
            sodium = shown(per_day / unit_mg * item.value, 0)
            origin = computed("sodium a day: doses in 24 hours x sodium of the vial", item)
            yield claim(rf"{said}({sodium}) mg sodium a day", origin)


def _up(x: float) -> int:
    return int(-(-round(x, 6) // 1))


def _daily_dose(answer: Answered) -> Iterator[Claim]:
    """Aztreonam a day, which the liver alert names."""
    for order, pair in answer.orders():
        if pair and order["drug"] == "aztreonam" and order["maintenance_dose"]:
            per_day = order["maintenance_dose"]["total_mg"] * 24 / order["interval_h"]
            for row in rows_of(order, answer.patient, pair=pair):
                origin = computed("doses in 24 hours: dose x 24 / interval", row.leaf)
                yield claim(rf"\bAztreonam ({_grams(per_day)}) a day", origin)


def _counts(answer: Answered) -> Iterator[Claim]:
    """Counts of what the answer holds."""
    data = answer.json
    json_only = {"would_change", "missing_value_effects"}
    gaps = [item for item in data["not_assessed"] if item["what"] not in json_only]
    origin = Origin("formula", "count of not_assessed")
    yield claim(rf"NOT ASSESSED \(({len(gaps)})\)", origin)
    for screen in answer.screens:
        yield from _counts_on(screen, gaps, data)


def _counts_on(screen: Screen, gaps: list[dict], data: dict[str, Any]) -> Iterator[Claim]:
    """Counts of what one screen leaves out."""
    listed = re.search(r"NOT ASSESSED \(\d+\):? (.*?) and \d+ more: --full", screen.words)
    if listed:
        names = [gap["what"].partition(": ")[0] for gap in gaps]
        rest = len(gaps) - len(listed[1].split(", "))
        assert set(listed[1].split(", ")) <= set(names)
        yield claim(rf"and ({rest}) more: --full", Origin("formula", "count of gaps left out"))
    more = re.search(r"and \d+ more CAUTION: ([^()]*) \(--full\)", screen.words)
    if more:
        count = len(more[1].split(", "))
        yield claim(rf"and ({count}) more CAUTION", Origin("formula", "count of cautions left out"))
    left = [
        note
        for note in data["notes"]
        if " ".join(note.split()) not in screen.words and "guidelines disagree" not in note
    ]
    if left:
        origin = Origin("formula", "count of notes left out")
        yield claim(rf"\(({len(left)}) notes?: --full\)", origin)
    others = len(data["regimens"])
    same_rank = sum(1 for r in data["regimens"] if r["rank"] == data["regimens"][0]["rank"])
    if others:
        origin = Origin("formula", "count of the first rank's other regimens")
        yield claim(rf"or one of ({same_rank - 1}) others below", origin)


# -- (4) stamps ----------------------------------------------------------------------------------

CASE_SHA = f"case {SHA[:6]}"


def _stamps(answer: Answered) -> Iterator[Claim]:
    """Versions, dates and checksums, each reckoned here from what it stamps."""
    base = trees()["base.toml"]
    dates = sorted(_dates("reviewed_on"))[0], sorted(_dates("review_due_on"))[0]
    case = answer.case
    for path, words in (
        ("ndm_advisor/version.py", f"ndm-advisor {VERSION}"),
        ("data/base.toml: version", f"knowledge {base['version']}"),
        ("data/**: earliest reviewed_on, review_due_on", f"checked {dates[0]}, due {dates[1]}"),
        ("date of advice", f"advised {ON}"),
        ("case id and SHA-256", f"case {case['id']} ({SHA[:6]})" if "id" in case else CASE_SHA),
        ("case SHA-256", f"case SHA-256 {SHA}"),
        ("case path", f"case file {answer.name}.toml"),
        ("SHA-256 of data/", f"knowledge SHA-256 {_checksum()}"),
    ):
        yield claim(rf"\b{re.escape(words)}", Origin("stamp", path))


@cache
def _dates(key: str) -> tuple[str, ...]:
    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if key in value:
                yield str(value[key])
            for item in value.values():
                yield from walk(item)
        elif isinstance(value, list):
            for item in value:
                yield from walk(item)

    return tuple(walk(trees()))


@cache
def _checksum() -> str:
    return checksum(read_files(DATA))


_MAKERS: tuple[Callable[[Answered], Iterator[Claim]], ...] = (
    _case,
    _note,
    _sentences,
    _high_dose,
    _alerts,
    _fixed_phrases,
    _hazards,
    _finding_limits,
    _finding_values,
    _evidence,
    _breakpoints,
    _doses,
    _companion,
    _clearance,
    _age_of_creatinine,
    _review_dates,
    _missed_starts,
    _supply,
    _daily_dose,
    _counts,
    _stamps,
)
