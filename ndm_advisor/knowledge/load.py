"""`load_knowledge`: finds the base, and takes it from its seal when that fits the files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ndm_advisor.errors import KnowledgeError
from ndm_advisor.knowledge import seal
from ndm_advisor.knowledge.files import parse, read_files
from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.regular_file import read_regular

_PACKAGE: Final = Path(__file__).resolve().parent.parent
_PLACES: Final = (_PACKAGE / "_data", _PACKAGE.parent / "data")  # inside a wheel; in the repository


def find_base(directory: Path | None = None) -> Path:
    """The directory of the base: the given one, else the wheel's own, else the repository's.

    Raises:
        KnowledgeError: no base there.
    """
    for place in (directory,) if directory is not None else _PLACES:
        if (place / "base.toml").is_file():
            return place
    looked = directory if directory is not None else _PLACES[0]
    raise KnowledgeError((f"{looked}: directory: holds no knowledge base (no base.toml)",))


def load_knowledge(directory: Path | None = None) -> Knowledge:
    """The knowledge base, from its seal or else parsed and checked.

    `Knowledge.sealed` says which. A sealed base costs one JSON file and a checksum of the rest.

    Raises:
        KnowledgeError: no base, a damaged seal, or every problem the checks found.
    """
    base = find_base(directory)
    files = read_files(base)
    sha256 = checksum(files)
    return seal.read(base / seal.SEAL, sha256) or load_unsealed(files, sha256)


def load_unsealed(files: Mapping[str, bytes], sha256: str) -> Knowledge:
    """Parse, check and compile.

    Raises:
        KnowledgeError: every problem found.
    """
    from ndm_advisor.knowledge.check import check  # noqa: PLC0415  # not for a sealed base
    from ndm_advisor.knowledge.compile import compile_base  # noqa: PLC0415  # as above

    trees = parse(files)
    if problems := check(trees):
        raise KnowledgeError(problems)
    return compile_base(trees, sha256)


def write_seal(directory: Path | None = None) -> Path:
    """Check a base and seal it; returns the seal's path.

    Raises:
        KnowledgeError: every problem found; nothing is written then.
    """
    base = find_base(directory)
    files = read_files(base)
    path = base / seal.SEAL
    seal.write(path, load_unsealed(files, checksum(files)))
    return path


def checksum(files: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents, in the order of the names."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name}\0{len(files[name])}\0".encode())
        total.update(files[name])
    return total.hexdigest()


def load_claims(directory: Path | None = None) -> tuple[dict[str, Any], ...]:
    """The claims of the source documents with their verdicts, for `explain`.

    Raises:
        KnowledgeError: no base, or a file that is not TOML.
    """
    return tuple(_aside("claims.toml", directory)["claim"])


def load_loinc(directory: Path | None = None) -> dict[str, Any]:
    """LOINC codes by drug and method, for importers. Raises as `load_claims`."""
    return _aside("loinc.toml", directory)


def load_codes(directory: Path | None = None) -> dict[str, Any]:
    """Codes of genes, answers, specimens and categories, for importers. Raises as `load_claims`."""
    return _aside("codes.toml", directory)


def load_organism_codes(directory: Path | None = None) -> dict[tuple[str, str], str]:
    """(code system, code) to organism id, for importers. Raises as `load_claims`."""
    return {
        (system, code): record["id"]
        for record in _aside("organisms.toml", directory)["organism"]
        for system, code in record.get("codes", {}).items()
    }


def load_conditions(directory: Path | None = None) -> tuple[dict[str, Any], ...]:
    """What each value of `patient.conditions` means. Raises as `load_claims`."""
    return tuple(_aside("conditions.toml", directory)["condition"])


def _aside(name: str, directory: Path | None) -> dict[str, Any]:
    base = find_base(directory)
    try:
        content = read_regular(base / name)
    except OSError as error:
        raise KnowledgeError((f"{name}: file: {error.strerror}",)) from error
    return parse({name: content})[name]
