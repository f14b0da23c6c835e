"""Read one case: text in, a valid `Case` and its warnings out, or every problem at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pydantic import ValidationError

from ndm_advisor.errors import CaseFormatError, CaseInvalidError, Problem
from ndm_advisor.model.case import Case
from ndm_advisor.read.checks import check
from ndm_advisor.read.diagnostics import in_order
from ndm_advisor.read.document import Document, parse, refuse_too_many
from ndm_advisor.read.names import Names
from ndm_advisor.read.positions import Locate, Part, Path, Position, nowhere
from ndm_advisor.read.reading import Reading
from ndm_advisor.read.resolve import resolve
from ndm_advisor.read.schema import explain
from ndm_advisor.read.settings import apply_settings, settings_paths


def read_case(
    text: str, *, path: str | None, names: Names, on: date, settings: Sequence[str] = ()
) -> tuple[Case, tuple[Problem, ...]]:
    """Read a case file, TOML or JSON, as of the date of advice `on`.

    `settings` are `key=value` changes (`--set`) made before the case is judged.

    Returns:
        The case, and its warnings sorted by line.

    Raises:
        CaseFormatError: not readable; the problems include those of the lines that could be read.
        CaseInvalidError: readable, but not a valid case.
    """
    document, locate, faults = parse(text, path=path)
    refuse_too_many(document, path=path)
    if settings and not faults:
        try:
            changed = settings_paths(document, settings, names)
            document = apply_settings(document, settings, names)
        except CaseInvalidError as error:
            raise CaseInvalidError(path, error.problems) from None
        locate = _hiding(locate, changed)
    if faults:
        reading = Reading(names=names, on=on, locate=locate)
        _judge(document, reading, whole=False)
        raise CaseFormatError(path, in_order([*faults, *reading.problems]))
    return build_case(document, path=path, names=names, on=on, locate=locate, is_small=not settings)


def build_case(
    document: Document,
    *,
    names: Names,
    on: date,
    path: str | None = None,
    locate: Locate = nowhere,
    is_small: bool = False,
) -> tuple[Case, tuple[Problem, ...]]:
    """Judge the tables of a case, wherever they come from: TOML, JSON, a row of a table.

    `locate` says where a key or value stands in the source; None where it has no line. `is_small`:
    the text was too short to hold more values than a case can.

    Raises:
        CaseInvalidError: with every error and warning, sorted by line.
        CaseFormatError: more values than a case can hold.
    """
    if not is_small:
        refuse_too_many(document, path=path)
    reading = Reading(names=names, on=on, locate=locate)
    case = _judge(document, reading, whole=True)
    problems = in_order(reading.problems)
    if case is None or any(problem.severity == "error" for problem in problems):
        raise CaseInvalidError(path, problems)
    return case, problems


def _judge(document: Document, reading: Reading, *, whole: bool) -> Case | None:
    resolved = resolve(document, reading)
    check(resolved, reading, whole=whole)
    try:
        return Case.model_validate(resolved.document)
    except ValidationError as error:
        explain(error, reading, resolved.origins, whole=whole)
    return None


def _hiding(locate: Locate, changed: Sequence[Path]) -> Locate:
    """The lines of what a setting changed do not say what holds: they are not shown."""

    def hiding(path: Path, part: Part) -> Position | None:
        if any(path[: len(hidden)] == hidden for hidden in changed):
            return None
        return locate(path, part)

    return hiding
