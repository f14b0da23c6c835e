"""Guideline, region, stock and interval: option, case, environment, configuration file, default.

They set what the hospital decides, never a clinical figure. What the configuration file changed is
named in the answer, with the file's path and hash.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ndm_advisor.cli.inputs import open_file
from ndm_advisor.decision.decide import DEFAULT_GUIDELINE, Settled
from ndm_advisor.errors import CaseError, Problem, UsageError

if TYPE_CHECKING:
    from ndm_advisor.model.case import Case, Hospital
    from ndm_advisor.model.knowledge import Knowledge
    from ndm_advisor.read.names import Names

GUIDELINE: Final = "NDM_ADVISOR_GUIDELINE"
REGION: Final = "NDM_ADVISOR_REGION"
REGIONS: Final = ("EU", "US")
_TABLE: Final = "hospital"
_REST_OF_A_CASE: Final = {
    "isolate": {"organism": "Escherichia coli"},
    "infection": {"site": "other"},
}


class Local(NamedTuple):
    """The configuration file: where it stands, its SHA-256, and its `[hospital]` table."""

    path: str
    sha256: str
    hospital: Hospital


class Applied(NamedTuple):
    """A case with the local stock and interval filled in, and what was settled beside it.

    `local_override` is None, or {"path", "sha256", "keys"} with the keys that took effect.
    """

    case: Case
    settled: Settled
    local_override: dict[str, object] | None


def apply_hospital_settings(
    case: Case,
    knowledge: Knowledge,
    local: Local | None,
    *,
    guideline: str | None,
    region: str | None,
) -> Applied:
    """Settle guideline and region, and fill in what the case leaves to the hospital.

    `guideline` and `region` are the options. The case's own stock and interval stand.

    Raises:
        UsageError: an option or a variable names what does not exist.
    """
    own = local.hospital if local is not None else None
    named, named_by = _first(
        ("option", "--guideline", guideline),
        ("case", "", case.hospital.guideline),
        ("environment", GUIDELINE, os.environ.get(GUIDELINE)),
        ("config", "", own.guideline if own else None),
        known=knowledge.profiles,
        what="guideline",
    )
    chosen = named or DEFAULT_GUIDELINE
    place, place_by = _first(
        ("option", "--region", region),
        ("case", "", case.hospital.region),
        ("environment", REGION, os.environ.get(REGION)),
        ("config", "", own.region if own else None),
        known=REGIONS,
        what="region",
    )
    settled = Settled(
        chosen,
        place or knowledge.profiles[chosen].default_region,
        named_by or "default",
        place_by or "profile",
    )
    keys = [key for key, by in (("guideline", named_by), ("region", place_by)) if by == "config"]
    filled, more = _filled(case, own)
    return Applied(filled, settled, _override(local, [*keys, *more]))


def _first(
    *sources: tuple[str, str, str | None], known: Collection[str], what: str
) -> tuple[str | None, str | None]:
    """The first value given, with its origin; each source is (origin, name in a message, value)."""
    for origin, name, value in sources:
        if not value:
            continue
        if value not in known:
            message = f"{name}: `{value}` is not a {what}; write one of {', '.join(sorted(known))}"
            raise UsageError(message)
        return value, origin
    return None, None


def _filled(case: Case, own: Hospital | None) -> tuple[Case, list[str]]:
    """The case with stock and interval from the configuration where it has none of its own."""
    if own is None:
        return case, []
    stock = {d: kept for d, kept in own.stock.items() if d not in case.hospital.stock}
    update: dict[str, object] = {"stock": {**stock, **case.hospital.stock}} if stock else {}
    keys = [f"stock.{drug}" for drug in stock]
    if own.aztreonam_interval_h is not None and case.hospital.aztreonam_interval_h is None:
        update["aztreonam_interval_h"] = own.aztreonam_interval_h
        keys.append("aztreonam_interval_h")
    if not update:
        return case, []
    return case.model_copy(update={_TABLE: case.hospital.model_copy(update=update)}), keys


def _override(local: Local | None, keys: list[str]) -> dict[str, object] | None:
    if local is None or not keys:
        return None
    named = [f"{_TABLE}.{key}" for key in keys]
    return {"path": local.path, "sha256": local.sha256, "keys": named}


# -- the configuration file --


def config_path() -> Path | None:
    """`$XDG_CONFIG_HOME/ndm-advisor/config.toml`, else below ~/.config; None without a home."""
    named = os.environ.get("XDG_CONFIG_HOME", "")
    # The XDG specification: a relative path is to be ignored.
    try:
        folder = Path(named) if Path(named).is_absolute() else Path.home() / ".config"
    except RuntimeError:
        return None
    return folder / "ndm-advisor" / "config.toml"


def read_local(names: Names, *, on: date) -> Local | None:
    """Read the configuration file; None where there is none.

    Raises:
        UsageError: unreadable, or not only a valid `[hospital]` table; each fault with its line.
    """
    from ndm_advisor.read.document import LARGEST_BYTES  # noqa: PLC0415

    path = config_path()
    if path is None:
        return None
    try:
        with open_file(str(path)) as file:
            data = file.read(LARGEST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise UsageError(message) from error
    try:
        hospital = _hospital(data, str(path), names, on)
    except CaseError as error:
        raise _refusal(str(path), error.problems) from error
    return Local(str(path), hashlib.sha256(data).hexdigest(), hospital)


def _hospital(data: bytes, path: str, names: Names, on: date) -> Hospital:
    """The `[hospital]` table, judged as that of a case."""
    from ndm_advisor.errors import CaseFormatError, CaseInvalidError  # noqa: PLC0415
    from ndm_advisor.model.case import FORMAT  # noqa: PLC0415
    from ndm_advisor.read.case_file import build_case  # noqa: PLC0415
    from ndm_advisor.read.document import decode, parse  # noqa: PLC0415

    document, locate, faults = parse(decode(data, path=path), path=path)
    if faults:
        raise CaseFormatError(path, faults)
    strangers = [key for key in document if key != _TABLE]
    if strangers:
        place = locate((strangers[0],), "key")
        problem = Problem(
            code="E201",
            severity="error",
            key=strangers[0],
            line=place.line if place else None,
            column=place.column if place else None,
            message=f"`{strangers[0]}` is not a setting",
            help="a configuration holds one table, [hospital]: guideline, region, stock, "
            "aztreonam_interval_h",
            source_line=place.source_line if place else None,
            width=place.width if place else 1,
        )
        raise CaseInvalidError(path, (problem,))
    whole: dict[str, object] = {"format": FORMAT, **_REST_OF_A_CASE, **document}
    case, _ = build_case(whole, path=path, names=names, on=on, locate=locate)
    return case.hospital


def _refusal(path: str, problems: tuple[Problem, ...]) -> UsageError:
    from ndm_advisor.read.diagnostics import render_problem  # noqa: PLC0415

    shown = "".join(render_problem(p, path=path) for p in problems if p.severity == "error")
    return UsageError(f"the configuration file cannot be used\n{shown}")
