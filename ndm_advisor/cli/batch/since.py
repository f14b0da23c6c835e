"""`--since FILE`: what differs from an earlier run, and whether case, rules or local file did."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from ndm_advisor.cli.inputs import open_file
from ndm_advisor.errors import UsageError
from ndm_advisor.render.worklist import Row

Record = Mapping[str, Any]
Place = tuple[str | None, int | None]

_ORDER: Final = (
    "drug",
    "route",
    "loading_dose",
    "maintenance_dose",
    "interval_h",
    "to_interval_h",
    "doses",
    "infusion_h",
    "to_infusion_h",
)
_DOSE: Final = ("total_mg", "to_total_mg", "components_mg", "per_kg", "units")


class Print(NamedTuple):
    """What one record is compared by. `advice` is a hash without words and dates."""

    id: str | None
    place: Place
    advice: str
    case: str
    rules: str
    local: str
    settings: str


class Change(NamedTuple):
    """How a case differs: `new`, or what changed among advice, case, rules, local file, settings.

    `note` is what has to be said beside: an id that stands twice.
    """

    changed: tuple[str, ...]
    note: str | None = None

    @property
    def is_shown(self) -> bool:
        """Whether the case belongs among what changed: new rules that change no advice do not."""
        return bool({"new", "advice", "case"} & set(self.changed))


def print_of(record: Record) -> Print:
    """What an answer, or the record of a refused case, is compared by."""
    case = record.get("case") or {}
    stamp = record.get("provenance") or {}
    advice = _refusal(record) if "error" in record else _advice(record)
    return Print(
        case.get("id"),
        (case.get("path"), case.get("line")),
        hashlib.sha256(json.dumps(advice, sort_keys=True).encode()).hexdigest(),
        str(case.get("sha256")),
        f"{stamp.get('tool_version')} {stamp.get('knowledge_sha256')}",
        json.dumps(stamp.get("local_override"), sort_keys=True),
        f"{stamp.get('guideline')} {stamp.get('region')}",
    )


def _refusal(record: Record) -> object:
    return [(p["code"], p["key"], p["message"]) for p in record["error"]["problems"]]


def _advice(record: Record) -> object:
    offers = [
        [offer["id"], offer["rank"], offer["provisional"]]
        + [_order(order) for order in (*offer["drugs"], *offer["companions"])]
        for offer in record["regimens"]
    ]
    alerts = [(alert["id"], alert["tier"], alert["standing"]) for alert in record["alerts"]]
    check = record["order_check"]
    changes = [(change["order"], change["do"], change["to"]) for change in check["change"]]
    reason = (record["abstention"] or {}).get("reason")
    outcome = (record["outcome"], record["dose_pending"], reason)
    return [outcome, offers, alerts, check["verdict"], changes]


def _order(order: Record) -> object:
    return [_numbers(order[key]) if key.endswith("_dose") else order[key] for key in _ORDER]


def _numbers(dose: Record | None) -> object:
    return None if dose is None else [dose[key] for key in _DOSE]


class Since:
    """The earlier run, and which of its cases have been met again."""

    def __init__(self, path: str) -> None:
        """Read the earlier run: what `--format json` or `ndjson` wrote.

        Raises:
            UsageError: it cannot be read, or holds something else.
        """
        self._by_place: dict[Place, Print] = {}
        self._by_id: dict[str, Print] = {}
        self._twice: set[str] = set()
        self._met: set[Place] = set()
        self._ids: set[str] = set()
        self.unchanged = 0
        try:
            for record in _records(path):
                self._keep(print_of(record))
        except OSError as error:
            message = f"--since: {path}: {error.strerror}"
            raise UsageError(message) from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            message = f"--since: {path}: not what batch wrote with --format json or ndjson"
            raise UsageError(message) from error

    def _keep(self, made: Print) -> None:
        self._by_place[made.place] = made
        if made.id is None:
            return
        if made.id in self._by_id:
            self._twice.add(made.id)
        self._by_id[made.id] = made

    def compare(self, made: Print) -> Change:
        """How a case of this run differs from the earlier one."""
        before = self._by_place.get(made.place)
        if before is not None and None not in {before.id, made.id} and before.id != made.id:
            before = None  # another case stands in that place now
        note = None
        if before is None and made.id is not None:
            before, note = self._named(made.id)
        self.meet(made.id, before.place if before else None)
        if before is None:
            return Change(("new",), note)
        pairs = {
            "advice": (before.advice, made.advice),
            "case": (before.case, made.case),
            "rules": (before.rules, made.rules),
            "local file": (before.local, made.local),
            "settings": (before.settings, made.settings),
        }
        change = Change(tuple(name for name, (old, new) in pairs.items() if old != new))
        self.unchanged += not change.is_shown
        return change

    def _named(self, ident: str) -> tuple[Print | None, str | None]:
        if ident in self._twice or ident in self._ids:
            return None, f"the id {ident} stands twice: not matched"
        return self._by_id.get(ident), None

    def resume(self, row: Row, *, shown: bool) -> None:
        """Take up what an interrupted run had compared."""
        self.meet(row.id, None if row.changed == "new" else self._place(row.id, row))
        self.unchanged += not shown

    def _place(self, ident: str | None, row: Row) -> Place | None:
        before = self._by_place.get((row.path, row.line))
        if before is None or (None not in {before.id, ident} and before.id != ident):
            before = self._by_id.get(ident or "")
        return before.place if before else None

    def meet(self, ident: str | None, place: Place | None) -> None:
        """Note that a case was met again."""
        if ident is not None:
            self._ids.add(ident)
        if place is not None:
            self._met.add(place)

    @property
    def gone(self) -> int:
        """How many cases of the earlier run are not in this one."""
        return len(self._by_place.keys() - self._met)


def _records(path: str) -> Iterator[Record]:
    with open_file(path) as file:
        first = file.readline()
        head = _one(first)
        if head is None or "cases" in head:
            file.seek(0)
            yield from json.load(file)["cases"]
            return
        yield head
        for line in file:
            if line.strip():
                yield json.loads(line)


def _one(line: bytes) -> Record | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def with_change(payload: bytes, change: Change) -> bytes:
    """The record as JSON with the key `since`."""
    said = json.dumps({"changed": list(change.changed)}).encode()
    return payload[:-1] + b',"since":' + said + b"}"


def changed_row(row: Row, change: Change) -> Row:
    """The line of the worklist with what changed."""
    return row._replace(changed=", ".join(change.changed))
