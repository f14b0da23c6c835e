"""What is known so far: the document of a case, and what its reader and the rules make of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from ndm_advisor.cli.settings import Local, apply_hospital_settings
from ndm_advisor.decision.assess import assess
from ndm_advisor.decision.decide import Settled
from ndm_advisor.decision.scope import scope
from ndm_advisor.errors import CaseInvalidError, Problem
from ndm_advisor.model.case import FORMAT, Case
from ndm_advisor.model.facts import Facts
from ndm_advisor.read.case_file import build_case
from ndm_advisor.read.document import Document
from ndm_advisor.read.names import Names

if TYPE_CHECKING:
    from ndm_advisor.model.knowledge import Knowledge

Path = tuple[str | int, ...]

# Stand for what is not answered yet, so that the rest can be judged; nothing is concluded from it.
_STAND_INS: Final = {
    ("isolate", "organism"): "Escherichia coli",
    ("infection", "site"): "other",
}
# Ends of policy section 1 that no later answer changes: those that hold whatever the site, and
# those that hold for this one.
_ENDS_ANYWHERE: Final = frozenset({"child", "organism"})
_ENDS_HERE: Final = frozenset({"colonisation", "ruled-out", "carbapenems-all-S"})


class Setting(NamedTuple):
    """Where the questions are asked: the base, its names, the day, and what is settled already."""

    knowledge: Knowledge
    names: Names
    on: date
    local: Local | None
    guideline: str | None
    region: str | None


class Known:
    """The answers so far. `extra` are drugs of the panel that the person named."""

    def __init__(self, setting: Setting, document: Document) -> None:
        self.setting = setting
        self.document = document
        self.extra: list[str] = []
        self.kidney: str | None = None

    def at(self, *path: str | int) -> object:
        """The value at `path`; None when it is not known."""
        return value_at(self.document, path)

    def put(self, path: Path, value: object) -> None:
        """Set a value; None takes it out."""
        put_at(self.document, path, value)

    def problems_with(self, path: Path, value: object) -> tuple[Problem, ...]:
        """What the reader would say of the case with `value` at `path`."""
        changed = _copy(self.document)
        put_at(cast(Document, changed), path, value)
        return _judged(cast(Document, changed), self.setting)[1]

    def case(self) -> Case:
        """The case as it stands, stand-ins for what is required and not answered yet."""
        case, problems = _judged(self.document, self.setting)
        if case is None:
            raise CaseInvalidError(None, problems)
        return case

    def settled(self) -> Settled:
        """Guideline and region as they stand, and what each comes from."""
        given = self.setting
        return apply_hospital_settings(
            self.case(),
            given.knowledge,
            given.local,
            guideline=given.guideline,
            region=given.region,
        ).settled

    def facts(self) -> Facts:
        """The facts as they stand."""
        settled, given = self.settled(), self.setting
        return assess(
            self.case(),
            given.knowledge,
            guideline=settled.guideline,
            region=settled.region,
            on=given.on,
        )

    def end(self) -> str | None:
        """The reason of an outcome that no further question can change, else None."""
        ended = scope(self.facts(), self.setting.knowledge.settings)
        if ended is None or self.at("isolate", "organism") is None:
            return None
        if ended.reason in _ENDS_ANYWHERE:
            return ended.reason
        is_here = self.at("infection", "site") is not None and ended.reason in _ENDS_HERE
        return ended.reason if is_here else None


def value_at(document: Mapping[str, object], path: Path) -> object:
    """The value at `path` in nested tables and lists, None when there is none."""
    node: object = document
    for part in path:
        if isinstance(node, Mapping):
            node = node.get(str(part))
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        else:
            return None
    return node


def put_at(document: Document, path: Path, value: object) -> None:
    """Set the value at `path`, making tables on the way; None takes it out, empty tables too."""
    head, *rest = path
    if not rest:
        if value is None:
            document.pop(str(head), None)
        else:
            document[str(head)] = value
        return
    if isinstance(rest[0], int):
        rows = document.get(str(head))
        if isinstance(rows, list) and rest[0] < len(rows):
            put_at(rows[rest[0]], tuple(rest[1:]), value)
        return
    table = document.setdefault(str(head), {})
    if isinstance(table, dict):
        put_at(table, tuple(rest), value)
        if not table:
            del document[str(head)]


def _judged(document: Document, setting: Setting) -> tuple[Case | None, tuple[Problem, ...]]:
    whole = cast(Document, _copy(document))
    whole["format"] = FORMAT
    for path, value in _STAND_INS.items():
        if value_at(whole, path) is None:
            put_at(whole, path, value)
    try:
        return build_case(whole, names=setting.names, on=setting.on)
    except CaseInvalidError as error:
        return None, error.problems


def _copy(value: object) -> object:
    if isinstance(value, dict):
        return {key: _copy(part) for key, part in value.items()}
    return [_copy(part) for part in value] if isinstance(value, list) else value
