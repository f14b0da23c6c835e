"""The lessons at hand: those of the installation, then those a teacher has put in a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from ndm_advisor.cli.example_check import example_files
from ndm_advisor.cli.settings import config_path
from ndm_advisor.cli.teaching.lesson import Lesson, Surroundings, read_lesson
from ndm_advisor.cli.teaching.mechanism import Mechanism, read_mechanisms
from ndm_advisor.errors import CaseError, Problem, UsageError
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.diagnostics import FileReport
from ndm_advisor.read.names import Names

_PACKAGE: Final = Path(__file__).resolve().parent.parent.parent
_PLACES: Final = (_PACKAGE / "_examples" / "teaching", _PACKAGE.parent / "examples" / "teaching")


class Collection(NamedTuple):
    """Sound lessons by their order, mechanisms by id, and what is wrong with the other files."""

    lessons: tuple[Lesson, ...]
    mechanisms: dict[str, Mechanism]
    refused: tuple[FileReport, ...]
    folders: tuple[Path, ...]


def collect(
    knowledge: Knowledge, names: Names, *, folder: str | None, on: date | None
) -> Collection:
    """Read every lesson. `on` stands in place of their own dates.

    Raises:
        UsageError: `folder` is no directory.
        KnowledgeError: a mechanism of the installation cannot be read.
    """
    built_in = built_in_folder()
    mechanisms = read_mechanisms(built_in / "mechanisms")
    around = Surroundings(
        names=names,
        examples={path.stem: path for path in example_files()},
        mechanisms=mechanisms,
        requests=requests_of(knowledge),
        on=on,
    )
    folders = (built_in, *_own_folders(folder))
    lessons: list[Lesson] = []
    refused: list[FileReport] = []
    for path in _files(folders):
        try:
            lesson = read_lesson(path, around)
        except CaseError as error:
            refused.append(FileReport(str(path), error.problems))
            continue
        if clash := _clash(lesson, lessons):
            refused.append(FileReport(str(path), (clash,)))
        else:
            lessons.append(lesson)
    ordered = tuple(sorted(lessons, key=lambda one: one.order))
    return Collection(ordered, mechanisms, tuple(refused), folders)


def requests_of(knowledge: Knowledge) -> tuple[str, ...]:
    """The ids of everything the tool can ask a laboratory for."""
    held = knowledge.words["lab_requests"]
    return tuple(held) if isinstance(held, Mapping) else ()


def built_in_folder() -> Path:
    """Where the lessons of this installation stand."""
    return next((place for place in _PLACES if place.is_dir()), _PLACES[0])


def _own_folders(named: str | None) -> tuple[Path, ...]:
    """The folder of the configuration where it exists, and the one named by `--dir`."""
    config = config_path()
    own = [config.parent / "teaching"] if config is not None else []
    found = [folder for folder in own if folder.is_dir()]
    if named is not None:
        if not Path(named).is_dir():
            message = f"--dir: {named} is not a directory"
            raise UsageError(message)
        found.append(Path(named))
    return tuple(found)


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    """Every file once, though a folder may be named twice."""
    seen: set[str] = set()
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            real = os.path.realpath(path)
            if real not in seen:
                seen.add(real)
                yield path


def _clash(lesson: Lesson, lessons: list[Lesson]) -> Problem | None:
    for other in lessons:
        if other.id == lesson.id:
            message, help_ = f"a lesson `{lesson.id}` stands in {other.path}", "rename the file"
        elif other.order == lesson.order:
            message = f"order {lesson.order} is that of `{other.id}`"
            help_ = f"take a free number, for example {max(o.order for o in lessons) + 1}"
        else:
            continue
        return Problem("E610", "error", "order", None, None, message, help_)
    return None
