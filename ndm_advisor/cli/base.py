"""The knowledge base as the command line finds it: option, environment, installation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ndm_advisor.model.knowledge import Knowledge
    from ndm_advisor.read.names import Names

DATA: Final = "NDM_ADVISOR_DATA"


def directory_of_base(option: str | None = None) -> Path | None:
    """The directory named by `--data`, else by the environment; None for the installed base."""
    named = option or os.environ.get(DATA)
    return Path(named) if named else None


def load_base(option: str | None = None) -> Knowledge:
    """Load the base.

    Raises:
        KnowledgeError: missing, damaged, or every problem found in it.
    """
    from ndm_advisor.knowledge.load import load_knowledge  # noqa: PLC0415

    return load_knowledge(directory_of_base(option))


def version_of_base() -> str:
    """The base's version alone, without loading the rest.

    Raises:
        KnowledgeError: no base, or its head cannot be read.
    """
    from ndm_advisor.errors import KnowledgeError  # noqa: PLC0415
    from ndm_advisor.knowledge.files import parse  # noqa: PLC0415
    from ndm_advisor.knowledge.load import find_base  # noqa: PLC0415

    try:
        content = (find_base(directory_of_base()) / "base.toml").read_bytes()
    except OSError as error:
        raise KnowledgeError((f"base.toml: file: {error.strerror}",)) from error
    return str(parse({"base.toml": content})["base.toml"].get("version", "without a version"))


def names_of(knowledge: Knowledge) -> Names:
    """What the reader needs of the base: names, and the groups an allergy may name."""
    from ndm_advisor.read.names import Names  # noqa: PLC0415

    classes = frozenset(knowledge.allergy.culprits) | frozenset(knowledge.allergy.class_of)
    return Names(knowledge.drug_names, knowledge.organism_names, classes)
