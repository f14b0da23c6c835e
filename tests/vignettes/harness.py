"""Reads vignettes and compares what `expect` names with an answer; no rule lives here."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import tomli

HERE = Path(__file__).parent
ON = date(2026, 11, 22)


class Vignette(NamedTuple):
    file: str
    name: str
    policy: str
    document: dict[str, Any]
    expect: dict[str, Any]

    @property
    def label(self) -> str:
        return f"{self.file}: {self.name}"


# Keys of `expect` that ask the decision itself: facts, and hazards by what came out.
OF_THE_DECISION = {"facts", "fired", "missed", "unknown"}


def vignettes() -> Iterator[Vignette]:
    """Every vignette of every file, its case built from its base."""
    bases = load_bases()
    for path in sorted(HERE.glob("*.toml")):
        if path.name.startswith("bases"):
            continue
        for record in tomli.loads(path.read_text("utf-8"))["vignette"]:
            yield Vignette(
                path.stem,
                record["name"],
                record.get("policy", ""),
                document(bases[record["base"]], record.get("set", {}), record.get("unset", [])),
                {**record["expect"]},
            )


def load_bases() -> dict[str, dict[str, Any]]:
    bases: dict[str, dict[str, Any]] = {}
    for path in sorted(HERE.glob("bases*.toml")):
        bases.update(tomli.loads(path.read_text("utf-8")))
    return bases


def document(base: dict[str, Any], changes: dict[str, Any], removed: list[str]) -> dict[str, Any]:
    """A nested case document from flat dotted keys."""
    flat = {**copy.deepcopy(base), **copy.deepcopy(changes)}
    for key in removed:
        assert key in flat, f"unset names a key the base does not have: {key}"
        del flat[key]
    nested: dict[str, Any] = {}
    for key, value in flat.items():
        place = nested
        *tables, last = _path(key)
        for table in tables:
            place = place.setdefault(table, {})
        place[last] = value
    return nested


def _path(key: str) -> list[str]:
    """Dotted keys; the drug is everything after `panel.results.` or `hospital.stock.`."""
    for prefix in ("panel.results.", "hospital.stock."):
        if key.startswith(prefix):
            return [*prefix.strip(".").split("."), key.removeprefix(prefix)]
    return key.split(".")


def differences(expect: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    """What the JSON answer does not say as expected, one sentence each."""
    found = []
    for key, wanted in expect.items():
        if key in OF_THE_DECISION:
            continue
        got = _ASKED[key](answer, wanted)
        if got is not None:
            found.append(f"{key}: expected {wanted!r}, got {got!r}")
    return found


def _plain(key: str):
    return lambda answer, wanted: None if answer[key] == wanted else f"{answer[key]!r}"


def _ranked(rank: str):
    def ask(answer, wanted):
        got = [r["id"] for r in answer["regimens"] if r["rank"] == rank]
        return None if got == wanted else got

    return ask


def _provisional(answer, wanted):
    got = [r["id"] for r in answer["regimens"] if r["provisional"]]
    return None if sorted(got) == sorted(wanted) else got


def _contains(key: str, field: str):
    def ask(answer, wanted):
        got = [item[field] for item in answer[key]]
        return None if set(wanted) <= set(got) else got

    return ask


def _no_information(answer, wanted):
    got = [item["id"] for item in answer["information"]]
    return [i for i in got if i in wanted] or None


def _alerts(answer, wanted):
    got = [f"{a['id']}:{a['tier']}" for a in answer["alerts"]]
    return None if set(wanted) <= set(got) else sorted(got)


def _no_alerts(answer, wanted):
    got = [a["id"] for a in answer["alerts"]]
    return [i for i in got if i in wanted] or None


def _said(answer, wanted):
    """Alert id to a part, or parts, of what it says or asks for."""
    got = {a["id"]: f"{a['text']} {a['action']}" for a in answer["alerts"]}
    parts = {k: [part] if isinstance(part, str) else part for k, part in wanted.items()}
    missing = (k for k, of in parts.items() if not all(part in got.get(k, "") for part in of))
    return {k: got.get(k) for k in missing} or None


def _strength(answer, wanted):
    got = {r["id"]: r["strength"] or "" for r in answer["regimens"]}
    return {k: got.get(k, "not offered") for k in wanted if got.get(k) != wanted[k]} or None


def _not_assessed(answer, wanted):
    named = {key for item in answer["not_assessed"] for key in item["keys"]}
    return [
        w for w in wanted if w.replace(" ", "") not in {n.replace(" ", "") for n in named}
    ] or None


def _conditions(answer, wanted):
    """Regimen or drug id to a part of one of its conditions."""
    got = {r["id"]: r["conditions"] for r in answer["regimens"]}
    missing = {i: got.get(i) for i, t in wanted.items() if not any(t in c for c in got.get(i, []))}
    return missing or None


def _doses(answer, wanted):
    orders = {}
    for regimen in answer["regimens"]:
        for order in (*regimen["drugs"], *regimen["companions"]):
            orders.setdefault(order["drug"], dose_text(order))
    wrong = {}
    for drug, text in wanted.items():
        got = orders.get(drug, "not offered")
        if got != text and not (
            got.startswith(f"{text} after load") and " after load " not in text
        ):
            wrong[drug] = got
    return wrong or None


def _alternative_doses(answer, wanted):
    orders = {
        order["drug"]: order["alternative_dose"]
        for regimen in answer["regimens"]
        for order in regimen["drugs"]
    }
    wrong = {}
    for drug, text in wanted.items():
        alternative = orders[drug]
        got = "none" if alternative is None else dose_text(alternative)
        if got != text:
            wrong[drug] = got
    return wrong or None


def _supply(answer, wanted):
    """Lines of vials and sodium: every line of each drug that is named, and no other."""
    named = {line.partition(": ")[0] for line in wanted}
    lines = {line for regimen in answer["regimens"] for line in regimen["supply"]}
    got = sorted(line for line in lines if line.partition(": ")[0] in named)
    return None if got == sorted(wanted) else got


def _susceptibility(answer, wanted):
    used = {s["drug"]: s["used"] for s in answer["susceptibilities"]}
    wrong = {}
    for drug, category in wanted.items():
        key = drug.replace(" + ", "+").replace("fosfomycin (iv)", "fosfomycin-iv")
        key = key.replace("fosfomycin (oral)", "fosfomycin-oral").replace(
            "polymyxin b", "polymyxin-b"
        )
        if used.get(key, "untested") != category:
            wrong[drug] = used.get(key, "untested")
    return wrong or None


def dose_text(order: dict[str, Any]) -> str:
    """An order as the vignettes write it: "2000 mg every 8 h over 3 h after load 2000 mg"."""
    dose = order["maintenance_dose"]
    if dose is None:
        return "none"
    text = _amount(dose)
    if order["interval_h"] is None:
        text += " once"
    else:
        text += f" every {_span(order['interval_h'], order.get('to_interval_h'))} h"
    if order["infusion_h"] is not None:
        text += f" over {_span(order['infusion_h'], order.get('to_infusion_h'))} h"
    if order["loading_dose"] is not None:
        text += f" after load {_amount(order['loading_dose'])}"
    return text


def _amount(dose: dict[str, Any]) -> str:
    if dose["units"] is not None:
        units = dose["units"]
        return f"{_span(units['amount'], units['to_amount'])} {units['system']}"
    if dose["to_total_mg"] is not None:
        return f"{_span(dose['total_mg'], dose['to_total_mg'])} mg"
    return "+".join(_number(v) for v in dose["components_mg"].values()) + " mg"


def _span(low: float, high: float | None) -> str:
    return _number(low) if high is None or high == low else f"{_number(low)}..{_number(high)}"


def _number(x: float) -> str:
    return f"{round(x, 4):g}" if x < 1e6 else str(x)


def _verdict(answer, wanted):
    got = answer["order_check"]["verdict"]
    return None if got == wanted else f"{got!r}"


def _order_alerts(answer, wanted):
    got = [f"{a['id']}:{a['tier']}" for a in answer["order_check"]["alerts"]]
    return None if set(wanted) <= set(got) else sorted(got)


def _no_order_alerts(answer, wanted):
    got = [a["id"] for a in answer["order_check"]["alerts"]]
    return [i for i in got if i in wanted] or None


def _change(answer, wanted):
    """ "order:do" or "order:do:to", each among the changes."""
    got = [f"{c['order']}:{c['do']}:{c['to']}" for c in answer["order_check"]["change"]]
    missing = [w for w in wanted if not any(g == w or g.startswith(f"{w}:") for g in got)]
    return (missing, got) if missing else None


def _change_said(answer, wanted):
    """Words that the changes of an order hold, by its number."""
    got = answer["order_check"]["change"]
    said = {n: [c["because"] for c in got if str(c["order"]) == n] for n in wanted}
    missing = {n: w for n, w in wanted.items() if not any(w in text for text in said[n])}
    return (missing, said) if missing else None


def _changes(answer, wanted):
    """How many changes there are in all."""
    got = len(answer["order_check"]["change"])
    return None if got == wanted else (wanted, got)


_ASKED = {
    "verdict": _verdict,
    "order_alerts": _order_alerts,
    "no_order_alerts": _no_order_alerts,
    "change": _change,
    "changes": _changes,
    "change_said": _change_said,
    "outcome": _plain("outcome"),
    "dose_pending": _plain("dose_pending"),
    "preferred": _ranked("preferred"),
    "alternative": _ranked("alternative"),
    "last_resort": _ranked("last_resort"),
    "provisional": _provisional,
    "rejected_contains": _contains("rejected", "id"),
    "information": _contains("information", "id"),
    "no_information": _no_information,
    "alerts": _alerts,
    "no_alerts": _no_alerts,
    "said": _said,
    "strength": _strength,
    "not_assessed": _not_assessed,
    "doses": _doses,
    "conditions": _conditions,
    "alternative_doses": _alternative_doses,
    "supply": _supply,
    "susceptibility": _susceptibility,
}


def fact_differences(wanted: dict[str, Any], facts: Any) -> list[str]:
    """What the facts do not say as expected; hyphen and underscore count as the same."""
    found = []
    for key, value in wanted.items():
        got = getattr(facts, key) if key != "crcl_method" else facts.kidney.method
        if isinstance(got, float):
            got = round(got, 2)
        same = str(got).replace("-", "_") == str(value).replace("-", "_") or got == value
        if not same:
            found.append(f"fact {key}: expected {value!r}, got {got!r}")
    return found


def hazard_differences(expect: dict[str, Any], decision: Any) -> list[str]:
    """Hazards that did not come out as expected: fired, missed (asked, false) or unknown."""
    asked = {(a.hazard.id, a.holds) for f in decision.fates.values() for a in f.asked}
    fired = {h for h, holds in asked if holds}
    unknown = {h for h, holds in asked if holds is None}
    found = [f"fired: {h} did not" for h in expect.get("fired", []) if h not in fired]
    found += [f"unknown: {h} was not" for h in expect.get("unknown", []) if h not in unknown]
    missed = expect.get("missed", [])
    return found + [f"missed: {h} did not" for h in missed if h in fired | unknown]
