"""Two directories to two bases that have passed their checks, and the records that differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ndm_advisor.cli.batch.judge import Judge, Plan
from ndm_advisor.errors import KnowledgeError
from ndm_advisor.knowledge.diff import differences
from ndm_advisor.knowledge.files import parse, read_files

if TYPE_CHECKING:
    from ndm_advisor.model.difference import BaseDifference


def judges_of(plan: Plan, directories: tuple[str, str]) -> tuple[Judge, Judge]:
    """A judge for each base, by the same settings.

    Raises:
        KnowledgeError: every problem of both bases, each with its directory.
        UsageError: a setting is wrong in one of them.
    """
    made: list[Judge] = []
    problems: list[str] = []
    for directory in directories:
        try:
            made.append(Judge(plan._replace(data=directory)))
        except KnowledgeError as error:
            problems += [_placed(directory, problem) for problem in error.problems]
    if problems:
        raise KnowledgeError(tuple(dict.fromkeys(problems)))
    old, new = made
    return old, new


def _placed(directory: str, problem: str) -> str:
    return problem if problem.startswith(f"{directory}: ") else f"{directory}: {problem}"


def differing_records(directories: tuple[str, str]) -> BaseDifference:
    """The records of two sound bases that differ; only files that differ are parsed."""
    old, new = (read_files(Path(directory)) for directory in directories)
    alike = {path for path, content in old.items() if new.get(path) == content}
    return differences(
        parse({path: content for path, content in old.items() if path not in alike}),
        parse({path: content for path, content in new.items() if path not in alike}),
    )
