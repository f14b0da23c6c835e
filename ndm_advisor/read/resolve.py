"""From the tables of a file to the input of the model: names become ids, text becomes dates.

Nothing is dropped in silence: what cannot be resolved is a problem, or is kept as it stands and
said. The schema is asked afterwards; what has the wrong type is passed on for it to refuse.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final, NamedTuple

from ndm_advisor.model.case import (
    FOSFOMYCIN_NO_ROUTE,
    panel_result,
)
from ndm_advisor.model.mic import CATEGORIES, MicFormatError, is_category, parse_mic
from ndm_advisor.model.names import fold
from ndm_advisor.read.document import Document
from ndm_advisor.read.names import (
    AMBIGUOUS_AZT,
    drug_ids,
    is_azt,
    is_combined_test,
    is_fosfomycin_of_any_route,
    panel_id,
    similar_drugs,
    similar_organisms,
    similar_words,
)
from ndm_advisor.read.positions import Part, Path
from ndm_advisor.read.reading import Reading, Remark, number_text, shown, ticked
from ndm_advisor.read.schema import refuse_unknown_key

Origins = dict[Path, Path]  # path in the model's input -> path in the file

_DATES: Final = (
    "reported_on",
    "active_therapy_started_on",
    "creatinine_measured_on",
    "started_on",
)
_WHOLE: Final = (
    "age_years",
    "sofa_rise",
    "pitt_score",
    "increment_cpe_score",
    "aztreonam_interval_h",
)
_ISO_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?", re.ASCII)
_METALLO: Final = ("ndm", "vim", "imp", "spm", "gim", "sim")
_CARBAPENEMASES: Final = ("KPC", "OXA-48-like", "GES", "IMI", "SME", "other")


class Resolved(NamedTuple):
    """`document` is shaped like the model; `origins` leads from its paths back to the file's."""

    document: Document
    origins: Origins


def resolve(document: Document, reading: Reading) -> Resolved:
    """Shape `document` for the model and note every name, result, date that cannot be read."""
    shaped = _plain(document, (), reading)
    origins: Origins = {}
    for table in ("isolate", "panel", "infection", "patient", "hospital"):
        part = shaped.get(table)
        if isinstance(part, dict):
            shaped[table] = _plain(part, (table,), reading)
    _isolate(shaped.get("isolate"), reading)
    _panel(shaped.get("panel"), reading, origins)
    _patient(shaped.get("patient"), reading)
    _stock(shaped.get("hospital"), reading, origins)
    orders = shaped.get("orders")
    if isinstance(orders, list):
        shaped["orders"] = [
            _order(order, ("orders", index), reading, origins) if isinstance(order, dict) else order
            for index, order in enumerate(orders)
        ]
    return Resolved(shaped, origins)


def _plain(table: Document, path: Path, reading: Reading) -> Document:
    """A copy without nulls (absent), with dates, times and whole numbers as such."""
    return {
        key: _plain_value(key, value, (*path, key), reading)
        for key, value in table.items()
        if value is not None
    }


def _plain_value(key: str, value: object, path: Path, reading: Reading) -> object:
    if key in _DATES:
        return _date(value, path, reading)
    if key == "start_time" and isinstance(value, str):
        return _time(value, path, reading)
    if key in _WHOLE and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _date(value: object, path: Path, reading: Reading) -> object:
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass  # the 30th of February
    if isinstance(value, str | datetime):
        remark = Remark("write a date alone, for example 2026-11-20")
        reading.error("E209", path, f"{shown(value)} is not a date", remark)
    return value


def _time(value: str, path: Path, reading: Reading) -> object:
    if _CLOCK.fullmatch(value):
        return time.fromisoformat(value.zfill(5) if value.count(":") == 1 else value.zfill(8))
    remark = Remark('write a time of the 24-hour clock: 08:00:00 or "08:00"')
    reading.error("E209", path, f"{shown(value)} is not a time", remark)
    return value


# --- isolate ---------------------------------------------------------------------------------


def _isolate(isolate: object, reading: Reading) -> None:
    if not isinstance(isolate, dict):
        return
    organism = isolate.get("organism")
    if isinstance(organism, str):
        isolate["organism"] = _organism(organism, reading)
    others = isolate.get("other_carbapenemases")
    if isinstance(others, list):
        for index, other in enumerate(others):
            if isinstance(other, str):
                _carbapenemase(other, ("isolate", "other_carbapenemases", index), reading)


def _organism(name: str, reading: Reading) -> str:
    known = reading.names.organism_names.get(fold(name))
    if known is not None:
        return known
    near = [_species(near) for near in similar_organisms(name, reading.names)]
    help_ = _did_you_mean(near) or "write genus and species in full"
    message = f"unknown organism {ticked(name)}"
    reading.error("E404", ("isolate", "organism"), message, Remark(help_))
    return name


def _species(organism: str) -> str:
    """An organism as it is printed: a canonical id has hyphens for its spaces."""
    return organism.replace("-", " ").capitalize()


def _carbapenemase(name: str, path: Path, reading: Reading) -> None:
    if name in _CARBAPENEMASES:
        return
    if fold(name).partition("-")[0] in _METALLO:
        remark = Remark('write `mbl = "confirmed"` or "suspected" and `mbl_family`')
        message = f"{shown(name)} is a metallo-beta-lactamase, not another carbapenemase"
        reading.error("E310", path, message, remark)
        return
    near = similar_words(name, _CARBAPENEMASES, alike=0.6)
    help_ = _did_you_mean(near) or f"known: {', '.join(_CARBAPENEMASES)}"
    reading.warn("W403", path, f"no rule knows the carbapenemase {shown(name)}", Remark(help_))


# --- panel -----------------------------------------------------------------------------------


def _panel(panel: object, reading: Reading, origins: Origins) -> None:
    rows = panel.get("results") if isinstance(panel, dict) else None
    if not isinstance(panel, dict) or not isinstance(rows, dict):
        return
    results: dict[str, object] = {}
    for name, given in rows.items():
        if given is None:
            continue
        path: Path = ("panel", "results", name)
        row = _row(given, path, reading)
        drug = _panel_drug(name, path, reading)
        if drug is None:
            drug = f"?{name}"  # refused already; the row is still checked under this stand-in
        if drug in results:
            _second_row(results[drug], row, origins["panel", "results", drug], path, reading)
        else:
            results[drug] = row
            origins["panel", "results", drug] = path
    panel["results"] = results


def _row(given: object, path: Path, reading: Reading) -> object:
    if isinstance(given, str):
        _check_result(given, path, reading)
        return panel_result(given)
    if isinstance(given, int | float) and not isinstance(given, bool):
        help_ = f'write "{shown(given)}" for an MIC in mg/L, or `{{ zone_mm = {shown(given)} }}`'
        remark = Remark(help_, "a bare number could be either", "MIC or zone?")
        reading.error("E208", path, f"{shown(given)} without quotes is not a result", remark)
        return {}
    if not isinstance(given, dict):
        return given
    row = _plain(given, path, reading)
    mic = row.get("mic_mg_l")
    if isinstance(mic, int | float) and not isinstance(mic, bool):
        row["mic_mg_l"] = mic = number_text(mic)  # the key names the unit: a number is clear
    if isinstance(mic, str):
        _check_mic(mic, (*path, "mic_mg_l"), reading)
    if not {"mic_mg_l", "zone_mm", "category"} & row.keys():
        remark = Remark("give category, mic_mg_l or zone_mm, or leave the row out: not tested")
        reading.error("E308", path, "the row holds no result", remark)
    return row


def _check_result(text: str, path: Path, reading: Reading) -> None:
    if is_category(text):
        return
    near = [category for category in CATEGORIES if fold(category) == fold(text)]
    if near or text.strip().isalpha():
        help_ = _did_you_mean(near) or 'an MIC is written "0.5", "<=0.25" or ">32"'
        note = f"categories: {' | '.join(CATEGORIES)}"
        message = f"{shown(text)} is neither a category nor an MIC"
        reading.error("E208", path, message, Remark(help_, note))
        return
    _check_mic(text, path, reading, "neither a category nor an MIC")


def _check_mic(text: str, path: Path, reading: Reading, what: str = "not an MIC") -> None:
    try:
        parse_mic(text)
    except MicFormatError as error:
        reading.error("E208", path, f"{shown(text)} is {what}", Remark(str(error)))


def _panel_drug(name: str, path: Path, reading: Reading) -> str | None:
    """The id of a panel row; None when the name is refused."""
    found = panel_id(name, reading.names)
    if len(found) == 1 and not is_azt(name):
        return found[0]
    if is_fosfomycin_of_any_route(name, reading.names):
        remark = Remark("write `fosfomycin (iv)` or `fosfomycin (oral)`", part="key")
        message = "fosfomycin without a route: the result is used for neither"
        reading.warn("W302", path, message, remark)
        return FOSFOMYCIN_NO_ROUTE
    _refuse_name(name, found, path, reading, "key")
    return None


def _second_row(first: object, second: object, before: Path, path: Path, reading: Reading) -> None:
    if _is_same(first, second):
        message = "the same result stands twice for one drug"
        remark = Remark("keep one row", part="key", also=before, also_caption="first result here")
        reading.warn("W301", path, message, remark)
        return
    remark = Remark(
        "keep one row",
        caption="same drug under another name, different result",
        part="key",
        also=before,
        also_caption="first result here",
    )
    reading.error("E302", path, "two results for one drug disagree", remark)


def _is_same(first: object, second: object) -> bool:
    if isinstance(first, dict) and isinstance(second, dict):
        return {k: shown(v) for k, v in first.items()} == {k: shown(v) for k, v in second.items()}
    return first == second


# --- patient ---------------------------------------------------------------------------------


def _patient(patient: object, reading: Reading) -> None:
    if not isinstance(patient, dict):
        return
    allergies, medicines = patient.get("allergies"), patient.get("medicines")
    if isinstance(allergies, list):
        patient["allergies"] = [
            _allergy(entry, ("patient", "allergies", index), reading)
            for index, entry in enumerate(allergies)
        ]
    if isinstance(medicines, list):
        patient["medicines"] = [
            _medicine(entry, ("patient", "medicines", index), reading)
            for index, entry in enumerate(medicines)
        ]


def _allergy(given: object, path: Path, reading: Reading) -> object:
    if not isinstance(given, dict):
        return given
    entry = _own_fields(given, path, reading)
    name = entry.get("drug")
    if not isinstance(name, str):
        return entry
    where = (*path, "drug")
    drug = _drug_or_none(name, where, reading)
    if drug is None and is_fosfomycin_of_any_route(name, reading.names):
        drug = "fosfomycin-iv"  # an allergy has no route: either id stands for the substance
    classes = reading.names.allergy_classes
    if drug is None and fold(name) not in classes and not reading.is_faulty(where):
        help_ = _did_you_mean((*similar_drugs(name, reading.names), *similar_words(name, classes)))
        message = f"allergy to {ticked(name)} is kept but not assessed: no rule knows the name"
        reading.warn("W401", where, message, Remark(help_))
    return entry | ({"drug_id": drug} if drug else {})


def _medicine(given: object, path: Path, reading: Reading) -> object:
    if not isinstance(given, str):
        message = f"a medicine is its name in quotes, not {shown(given)}"
        reading.error("E204", path, message, Remark('write `medicines = ["valproate"]`'))
        return {"drug": ""}
    drug = _drug_or_none(given, path, reading)
    return {"drug": given} | ({"drug_id": drug} if drug else {})


def _drug_or_none(name: str, path: Path, reading: Reading) -> str | None:
    """The id where the base has one. Unknown names are no fault here; ambiguous ones are."""
    found = drug_ids(name, reading.names)
    if is_azt(name) or (len(found) > 1 and not is_fosfomycin_of_any_route(name, reading.names)):
        _refuse_name(name, found, path, reading, "value")
        return None
    return found[0] if len(found) == 1 else None


def _own_fields(given: Document, path: Path, reading: Reading) -> Document:
    """Refuse the fields only the reader may set."""
    entry = _plain(given, path, reading)
    if "drug_id" in entry:
        refuse_unknown_key(reading, (*path, "drug_id"), entry.pop("drug_id"))
    return entry


# --- hospital and orders ---------------------------------------------------------------------


def _stock(hospital: object, reading: Reading, origins: Origins) -> None:
    rows = hospital.get("stock") if isinstance(hospital, dict) else None
    if not isinstance(hospital, dict) or not isinstance(rows, dict):
        return
    stock: dict[str, object] = {}
    for name, kept in rows.items():
        if kept is None:
            continue
        path: Path = ("hospital", "stock", name)
        drug = _stocked_drug(name, path, reading) or f"?{name}"
        before = origins.get(("hospital", "stock", drug))
        if before is not None:
            _second_answer(stock[drug], kept, before, path, reading)
        else:
            stock[drug] = kept
            origins["hospital", "stock", drug] = path
    hospital["stock"] = stock


def _stocked_drug(name: str, path: Path, reading: Reading) -> str | None:
    found = drug_ids(name, reading.names)
    if len(found) == 1 and not is_azt(name):
        return found[0]
    if is_combined_test(name, reading.names):
        remark = Remark("give each drug its own line", part="key")
        reading.error("E401", path, f"{ticked(name)} is two drugs", remark)
        return None
    if is_fosfomycin_of_any_route(name, reading.names):
        found = ("fosfomycin-iv", "fosfomycin-oral")
    _refuse_name(name, found, path, reading, "key")
    return None


def _second_answer(
    first: object, second: object, before: Path, path: Path, reading: Reading
) -> None:
    remark = Remark("keep one", part="key", also=before, also_caption="first here")
    if first is second:
        reading.warn("W301", path, "one drug stands twice in the stock", remark)
    else:
        reading.error("E309", path, "one drug is both in stock and not", remark)


def _order(given: Document, path: Path, reading: Reading, origins: Origins) -> Document:
    order = _own_fields(given, path, reading)
    name = order.get("drug")
    if isinstance(name, str):
        drug = _ordered_drug(name, order, (*path, "drug"), reading)
        if drug is not None:
            order["drug_id"] = drug
    components = order.get("components_mg")
    if isinstance(components, dict):
        order["components_mg"] = _components(
            components, (*path, "components_mg"), reading, origins, strict="drug_id" in order
        )
    return order


def _ordered_drug(name: str, order: Document, path: Path, reading: Reading) -> str | None:
    route = order.get("route")
    if is_fosfomycin_of_any_route(name, reading.names):
        if route in ("iv", "oral"):
            return f"fosfomycin-{route}"
        message = "fosfomycin without a route: the order is not assessed"
        reading.warn("W402", path, message, Remark('add `route = "iv"` or `route = "oral"`'))
        return None
    if is_combined_test(name, reading.names):
        message = f"{ticked(name)} is two drugs: the order is not assessed"
        reading.warn("W402", path, message, Remark("write one [[orders]] for each drug"))
        return None
    drug = _drug_or_none(name, path, reading)
    if drug in ("fosfomycin-iv", "fosfomycin-oral") and route in ("iv", "oral"):
        _check_route(drug, str(route), path, reading)
    if drug is not None or reading.is_faulty(path):
        return drug
    if near := similar_drugs(name, reading.names):
        message = f"unknown drug {ticked(name)}: the order is not assessed"
        reading.warn("W402", path, message, Remark(_did_you_mean(near)))
    return None


def _check_route(drug: str, route: str, path: Path, reading: Reading) -> None:
    if not drug.endswith(f"-{route}"):
        remark = Remark(f'write `drug = "fosfomycin"` and `route = "{route}"`, or mend the route')
        message = f"`{drug}` is ordered with route {route}"
        reading.error("E307", path, message, remark)


def _components(
    given: Document, path: Path, reading: Reading, origins: Origins, *, strict: bool
) -> Document:
    """Components by id. Those of a drug outside the base keep their text: nothing judges them."""
    components: Document = {}
    for name, amount in given.items():
        where = (*path, name)
        found = drug_ids(name, reading.names)
        if is_azt(name) or (strict and len(found) != 1):
            _refuse_name(name, found, where, reading, "key")
        drug = found[0] if len(found) == 1 else name
        if drug in components:
            remark = Remark("keep one", part="key", also=origins[*path, drug], also_caption="first")
            reading.error("E309", where, "one component stands twice", remark)
        components[drug] = amount
        origins[*path, drug] = where
    return components


# --- names -----------------------------------------------------------------------------------


def _refuse_name(
    name: str, found: tuple[str, ...], path: Path, reading: Reading, part: Part
) -> None:
    if is_azt(name):
        remark = Remark("write the generic name in full", AMBIGUOUS_AZT, part=part)
        reading.error("E403", path, "`AZT` is not accepted as a drug name", remark)
    elif len(found) > 1:
        remark = Remark(f"write {' or '.join(f'`{drug}`' for drug in found)}", part=part)
        reading.error("E402", path, f"{ticked(name)} may mean more than one drug", remark)
    else:
        near = similar_drugs(name, reading.names)
        remark = Remark(_did_you_mean(near) or "write the generic name", part=part)
        reading.error("E401", path, f"unknown drug {ticked(name)}", remark)


def _did_you_mean(near: Sequence[str]) -> str | None:
    unique = list(dict.fromkeys(near))
    if not unique:
        return None
    return f"did you mean {' or '.join(f'`{name}`' for name in unique)}? (not assumed)"
