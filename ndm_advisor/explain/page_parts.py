"""What the pages of every kind share: sections, citations, grades, values in words."""

from collections.abc import Mapping
from typing import Final, NamedTuple, cast

from ndm_advisor.model import words
from ndm_advisor.model.answer import Cited
from ndm_advisor.model.knowledge import Knowledge

GRADES: Final[Mapping[str, str]] = {
    "P": "the primary page was read",
    "S": "as reported by others: a digest, table or report of the source was read",
    "V": "the text itself, or a machine copy of it, was read",
    "Q": "a quotation or summary was read, not the document itself",
    "D": "derived, or tool policy: no source prints it",
    "U": "unverified: nothing read confirms it",
}


class Section(NamedTuple):
    """A label and its lines."""

    label: str
    lines: tuple[str, ...]


class Shelf(NamedTuple):
    """What pages are made from. `claims` are the parsed records of that file.

    `cases` maps an alert id to the names of the example cases in which it fires.
    """

    knowledge: Knowledge
    claims: tuple[Mapping[str, object], ...]
    cases: Mapping[str, tuple[str, ...]]


def cited_section(cited: tuple[Cited, ...], shelf: Shelf) -> Section:
    """Citations, one line for each source with every place in it."""
    places: dict[str, list[str]] = {}
    for citation in dict.fromkeys(cited):
        places.setdefault(citation.id, []).append(citation.at)
    lines = (_citation(ident, at, shelf) for ident, at in places.items())
    return Section("Sources", tuple(lines))


def _citation(ident: str, places: list[str], shelf: Shelf) -> str:
    source = shelf.knowledge.sources.get(ident)
    title = f" ({source.title})" if source else ""
    return f"{ident}{title}: {'; '.join(places)}"


def reviewed_section(on: str, due: str) -> Section:
    """When a record was checked, and when it is due."""
    line = f"checked against its sources on {on}, due {due}; not clinically signed off"
    return Section("Review", (line,))


def grade_section(grade: str) -> Section:
    """How a record's source was read."""
    return Section("Grade", (f"{grade}: {GRADES[grade]}",) if grade in GRADES else ())


def one(label: str, *lines: str) -> Section:
    """A section of the lines that hold anything."""
    return Section(label, tuple(line for line in lines if line))


def value_words(value: object) -> str:
    """A value of the base as a reader writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return words.number(value)
    if isinstance(value, list | tuple):
        return words.join_names([value_words(item) for item in value], "or")
    return str(value)


def placeholders(text: str) -> str:
    """`{drug}` as `<drug>`: what this case puts there."""
    return text.replace("{", "<").replace("}", ">")


def flagged(statement: Mapping[str, object]) -> str:
    """A statement with the word that a weak grade asks for."""
    lead = {"U": "unverified: ", "D": "derived or tool policy: "}.get(
        str(statement.get("grade", "")), ""
    )
    return f"{lead}{statement.get('text', '')}"


def sourced(statement: Mapping[str, object]) -> str:
    """A statement with the places it was read in, so that each can be checked by itself."""
    places = [f"{ident}, {at}" for ident, at in places_of(statement.get("sources", ()))]
    return f"{flagged(statement)} [{'; '.join(places)}]" if places else flagged(statement)


def places_of(sources: object) -> list[Cited]:
    """Citations, as tuples or as the records of a file."""
    made = []
    for source in cast("tuple[object, ...]", sources):
        if isinstance(source, Mapping):
            made.append(Cited(str(source["id"]), str(source["at"])))
        else:
            ident, at = cast("tuple[str, str]", source)
            made.append(Cited(ident, at))
    return made


def label_words(key: str) -> str:
    """A key of the base as a label: `mbl_activity` becomes `MBL activity`."""
    said = [_CAPITALS.get(word, word) for word in key.split("_")]
    return " ".join([said[0][:1].upper() + said[0][1:], *said[1:]])


_CAPITALS: Final[Mapping[str, str]] = {
    "mbl": "MBL",
    "eu": "EU",
    "us": "US",
    "gb": "GB",
    "uk": "UK",
    "eucast": "EUCAST",
    "clsi": "CLSI",
    "fda": "FDA",
    "mic": "MIC",
    "crcl": "CrCl",
    "crrt": "CRRT",
    "aki": "AKI",
}
