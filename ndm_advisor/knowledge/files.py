"""The files of a base, read and parsed: relative path to bytes, relative path to TOML tree."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ndm_advisor.errors import KnowledgeError
from ndm_advisor.regular_file import read_regular

Tree = dict[str, Any]  # a TOML table: only `shapes.py` knows what a file may hold


def read_files(directory: Path) -> dict[str, bytes]:
    """Every TOML file below `directory`, by relative path with forward slashes, sorted.

    Raises:
        KnowledgeError: a file that cannot be read.
    """
    try:
        paths = sorted(directory.rglob("*.toml"))
    except OSError as error:
        raise KnowledgeError((f"{directory}: {error.strerror}",)) from error
    names = [path.relative_to(directory).as_posix() for path in paths]
    return {name: _read(path, name) for path, name in zip(paths, names, strict=True)}


def _read(path: Path, name: str) -> bytes:
    try:
        return read_regular(path)
    except OSError as error:
        raise KnowledgeError((f"{name}: file: {error.strerror}",)) from error


def parse(files: Mapping[str, bytes]) -> dict[str, Tree]:
    """Every file as a TOML tree.

    Raises:
        KnowledgeError: all files that are not UTF-8 or not TOML, each with its fault.
    """
    import tomli  # noqa: PLC0415  # a sealed base is loaded without a TOML parser

    trees: dict[str, Tree] = {}
    problems: list[str] = []
    for path, content in files.items():
        try:
            trees[path] = tomli.loads(content.decode("utf-8"))
        except (UnicodeDecodeError, tomli.TOMLDecodeError) as error:
            problems.append(f"{path}: file: {error}")
    if problems:
        raise KnowledgeError(tuple(problems))
    return trees
