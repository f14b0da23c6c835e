"""What a learner has finished, in one file that only its owner can read. No case stands in it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from ndm_advisor.cli.screen import write_file
from ndm_advisor.errors import UsageError

FORMAT: Final = "ndm-advisor/teaching/1"
_NAME: Final = "teaching.json"
_LARGEST_BYTES: Final = 1024 * 1024
_OWNER_ONLY: Final = 0o700


class Result(NamedTuple):
    """The last score of a lesson."""

    earned: int
    of: int
    lost: bool
    on: str


class Kept(NamedTuple):
    """Results by the id of the lesson. `fault` says why an existing file could not be read."""

    results: Mapping[str, Result]
    fault: str = ""


def progress_path() -> Path | None:
    """`$XDG_STATE_HOME/ndm-advisor/teaching.json`, else below ~/.local/state; None without a home.

    The XDG specification: a relative path is to be ignored.
    """
    named = os.environ.get("XDG_STATE_HOME", "")
    try:
        is_named = Path(named).is_absolute()
        folder = Path(named) if is_named else Path.home() / ".local" / "state"
    except RuntimeError:
        return None
    return folder / "ndm-advisor" / _NAME


def read_progress(path: Path | None) -> Kept:
    """What was kept; nothing, with the reason, when the file cannot be used."""
    if path is None:
        return Kept({})
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return Kept({})
    except OSError as error:
        return Kept({}, error.strerror or type(error).__name__)
    try:
        return Kept(_results(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Kept({}, "it is not a progress file, or damaged")


def _results(data: bytes) -> dict[str, Result]:
    if len(data) > _LARGEST_BYTES:
        raise ValueError
    tree = json.loads(data)
    if tree["format"] != FORMAT:
        raise ValueError
    return {str(ident): _result(held) for ident, held in tree["lessons"].items()}


def _result(held: Mapping[str, object]) -> Result:
    result = Result(held["earned"], held["of"], held["lost"], held["on"])  # type: ignore[arg-type]  # judged below
    numbers = all(type(n) is int for n in (result.earned, result.of))
    if not (numbers and 0 <= result.earned <= result.of and isinstance(result.lost, bool)):
        raise ValueError
    date.fromisoformat(result.on)
    return result


def keep(path: Path, ident: str, result: Result) -> str:
    """Add a result to what the file holds now, as another session may have written meanwhile.

    A file that could not be read is put aside, never overwritten.

    Returns:
        Why nothing was kept; "" when it was.
    """
    held = read_progress(path)
    lessons = {**held.results, ident: result}
    tree = {"format": FORMAT, "lessons": {key: one._asdict() for key, one in lessons.items()}}
    try:
        path.parent.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        if held.fault:
            path.replace(f"{path}.unreadable")
        write_file(str(path), json.dumps(tree, indent=1).encode() + b"\n")
    except OSError as error:
        return error.strerror or type(error).__name__
    except UsageError as error:
        return str(error).removeprefix("-o: ")
    return ""
