"""Mechanisms of resistance: a small drawing, the same in sentences, and the sources of both."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import tomli

from ndm_advisor.errors import KnowledgeError
from ndm_advisor.model.answer import Cited


class Mechanism(NamedTuple):
    """`drawing` is for the eye; `sentences` say the same to a screen reader, and a little more."""

    id: str
    title: str
    drawing: tuple[str, ...]
    sentences: tuple[str, ...]
    sources: tuple[Cited, ...]


def read_mechanisms(folder: Path) -> dict[str, Mechanism]:
    """Every mechanism of a folder by its id, which is the name of its file.

    Raises:
        KnowledgeError: a file of this installation cannot be read or lacks a key.
    """
    return {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}


def _read(path: Path) -> Mechanism:
    try:
        tree = tomli.loads(path.read_text(encoding="utf-8"))
        return Mechanism(
            id=path.stem,
            title=tree["title"],
            drawing=tuple(tree["drawing"].strip("\n").splitlines()),
            sentences=tuple(tree["sentences"]),
            sources=tuple(Cited(source["id"], source["at"]) for source in tree["sources"]),
        )
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError, KeyError) as error:
        message = f"teaching: mechanisms/{path.name}: {type(error).__name__}: {error}"
        raise KnowledgeError((message,)) from error
