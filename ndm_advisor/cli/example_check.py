"""The example cases against `NAME.expected.json`: one comparison for `selftest` and the tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from ndm_advisor.model.knowledge import Knowledge

EXPECTED: Final = ".expected.json"
ADVISED_ON: Final = date(2026, 11, 22)  # the date every expected answer is written for
COMPARED: Final = frozenset(
    {
        "policy", "outcome", "dose_pending", "regimens", "alerts", "information", "rejected",
        "not_assessed_keys", "abstention_contains", "notes",
    }
)  # fmt: skip
_PACKAGE: Final = Path(__file__).resolve().parent.parent
_PLACES: Final = (_PACKAGE / "_examples" / "cases", _PACKAGE.parent / "examples" / "cases")
_REGIMEN_KEYS: Final = ("id", "rank", "order", "provisional", "strength", "certainty")
_ORDER_KEYS: Final = ("route", "interval_h", "infusion_h")
_DOSES: Final = ("loading_dose", "maintenance_dose")

Tree = Mapping[str, Any]  # parsed JSON


class Checked(NamedTuple):
    """One example: its name and what its answer does not say as expected."""

    name: str
    differences: tuple[str, ...]


def example_files() -> tuple[Path, ...]:
    """The cases carried with this installation that have an expected answer."""
    for place in _PLACES:
        found = tuple(p for p in sorted(place.glob("*.toml")) if expected_file(p).is_file())
        if found:
            return found
    return ()


def expected_file(case: Path) -> Path:
    """Where a case's expected answer stands."""
    return case.with_suffix(EXPECTED)


def check_examples(knowledge: Knowledge) -> Iterator[Checked]:
    """Advise every example and compare, one at a time."""
    for path in example_files():
        expected = json.loads(expected_file(path).read_bytes())
        yield Checked(path.stem, differences(expected, answer_of(path, knowledge)))


def answer_of(path: Path, knowledge: Knowledge) -> Tree:
    """The answer to an example, as its JSON.

    Raises:
        CaseError: the case is refused.
    """
    from ndm_advisor.cli.base import names_of  # noqa: PLC0415
    from ndm_advisor.explain.advise import advise  # noqa: PLC0415
    from ndm_advisor.read.case_file import read_case  # noqa: PLC0415
    from ndm_advisor.render.as_json import to_json  # noqa: PLC0415

    text = path.read_text(encoding="utf-8")
    case, _ = read_case(text, path=path.name, names=names_of(knowledge), on=ADVISED_ON)
    answer: Tree = json.loads(to_json(advise(case, knowledge, on=ADVISED_ON)))
    return answer


def differences(expected: Tree, answer: Tree) -> tuple[str, ...]:
    """What the answer does not say as expected, one sentence each; none means that it agrees."""
    return tuple(
        difference
        for asked in (_whole, _regimens, _doses, _alerts, _beside)
        for difference in asked(expected, answer)
    )


def _whole(expected: Tree, answer: Tree) -> Iterator[str]:
    unknown = sorted(set(expected) - COMPARED)
    if unknown:
        yield f"expected answer: keys that nothing compares: {', '.join(unknown)}"
    yield from _unlike("outcome", expected["outcome"], answer["outcome"])
    yield from _unlike("dose_pending", expected.get("dose_pending", False), answer["dose_pending"])


def _regimens(expected: Tree, answer: Tree) -> Iterator[str]:
    """The regimens offered, in order, and no others."""
    wanted, got = expected.get("regimens", []), answer["regimens"]
    yield from _unlike("regimens", [r["id"] for r in wanted], [r["id"] for r in got])
    for one, other in zip(wanted, got, strict=False):
        for key in _REGIMEN_KEYS:
            if key in one:
                yield from _unlike(f"{one['id']}, {key}", one[key], other[key])


def _doses(expected: Tree, answer: Tree) -> Iterator[str]:
    offered = {r["id"]: r for r in answer["regimens"]}
    for regimen in expected.get("regimens", []):
        got = offered.get(regimen["id"], {"drugs": [], "companions": []})
        orders = {o["drug"]: o for o in (*got["drugs"], *got["companions"])}
        for wanted in regimen.get("drugs", []):
            if wanted["drug"] in orders:
                yield from _order(wanted, orders[wanted["drug"]])
            else:
                yield f"{regimen['id']}: no order of {wanted['drug']}"


def _order(wanted: Tree, order: Tree) -> Iterator[str]:
    drug = wanted["drug"]
    for key in _ORDER_KEYS:
        if key in wanted:
            yield from _unlike(f"{drug}, {key}", wanted[key], order[key])
    for key in _DOSES:
        if f"{key}_mg" in wanted:
            dose = order[key]
            got = dose["components_mg"] if dose else dose
            yield from _unlike(f"{drug}, {key}_mg", wanted[f"{key}_mg"], got)
    if "crcl_band" in wanted:
        band = order["crcl_band"]
        edges = [band["from_ml_min"], band["to_ml_min"]] if band else band
        yield from _unlike(f"{drug}, crcl_band", wanted["crcl_band"], edges)


def _alerts(expected: Tree, answer: Tree) -> Iterator[str]:
    fired = {a["id"]: a["tier"] for a in answer["alerts"]}
    wanted = expected.get("alerts", {})
    for ident, tier in wanted.get("must", {}).items():
        yield from _unlike(f"alert {ident}", tier, fired.get(ident))
    for ident in wanted.get("must_not", []):
        if ident in fired:
            yield f"alert {ident}: expected not to fire, got {fired[ident]}"


def _beside(expected: Tree, answer: Tree) -> Iterator[str]:
    """What is said beside the regimens: information, rejections, gaps, the abstention."""
    named = {key for item in answer["not_assessed"] for key in item["keys"]}
    held = {
        "information": {i["id"] for i in answer["information"]},
        "rejected": {r["id"] for r in answer["rejected"]},
        "not_assessed_keys": named,
    }
    for key, got in held.items():
        for wanted in expected.get(key, []):
            if wanted.replace(" + ", "+") not in got:
                yield f"{key}: {wanted} is not there"
    said = json.dumps(answer["abstention"], ensure_ascii=False).casefold()
    for text in expected.get("abstention_contains", []):
        if text.casefold() not in said:
            yield f"abstention: does not say: {text}"


def _unlike(what: str, wanted: object, got: object) -> Iterator[str]:
    if wanted != got:
        yield f"{what}: expected {_shown(wanted)}, got {_shown(got)}"


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
