"""From the bytes of a file to FHIR resources, each with its place, each asked whether it is valid.

Nothing is fetched and nothing is expanded: an XML file with a document type is refused whole. What
cannot be read is a fault with its place; the rest of the file is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from typing import Any, BinaryIO, Final, NamedTuple, NoReturn

from ndm_advisor.errors import UsageError
from ndm_advisor.intake.fhir.elements import Element, dicts, many, text

LARGEST_BYTES: Final = 64 * 1024 * 1024  # of one document, or of one line of NDJSON
NEEDS_EXTRA: Final = "FHIR needs fhir.resources and lxml: pip install 'ndm-advisor[fhir]'"
_NAMESPACE: Final = "{http://hl7.org/fhir}"
_DEEPEST: Final = 100  # levels of JSON; FHIR's own resources stay below twenty
_MOST_BUNDLES: Final = 5  # bundles within bundles
_ENCODING: Final = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.\-]+)""", re.ASCII)
_ENCODINGS: Final = (
    b"utf-8",
    b"us-ascii",
    b"ascii",
    b"iso-8859-1",
    b"iso-8859-15",
    b"windows-1252",
)
# What any part of this package reads of a resource; names, addresses and narratives are not kept.
READ: Final = frozenset(
    {
        *("resourceType", "id", "status", "extension", "modifierExtension", "code", "component"),
        *("subject", "patient", "specimen", "parent", "hasMember", "result"),  # who belongs to whom
        *("derivedFrom", "focus", "medicationReference"),
        *("effectiveDateTime", "effectivePeriod", "issued", "collection", "type"),
        *("interpretation", "method", "dataAbsentReason"),
        *("gender", "birthDate", "identifier"),
        *("category", "clinicalStatus", "verificationStatus", "reaction"),
        *("medicationCodeableConcept", "intent", "doNotPerform", "dosageInstruction"),
    }
)
_DOCUMENT_TYPE: Final = (b"<!DOCTYPE", b"<!ENTITY")
_NO_DOCUMENT_TYPE: Final = "an XML file with a document type or entities is not read"
_WHOLE: Final = "the document"
_TOO_LARGE: Final = "larger than 64 MiB: split it, or use NDJSON"


class Entry(NamedTuple):
    """One resource. `url` is what other resources call it; `lenient` says what is not valid."""

    place: str
    url: str
    resource: Element
    lenient: str | None = None


class Document(NamedTuple):
    """A bundle, or a resource alone. `is_bulk`: one line of NDJSON, one of many that belong."""

    entries: tuple[Entry, ...]
    faults: tuple[str, ...] = ()
    is_bulk: bool = False


class _Twice(dict[str, object]):
    """An object in which a key stands twice: which of the two holds cannot be told."""


class _UnreadableError(Exception):
    """The message says why."""


def require_extra() -> None:
    """Say which extra is needed, before any file is opened.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import_module("fhir.resources.R4B")
        import_module("lxml.etree")
    except ImportError as error:
        raise UsageError(NEEDS_EXTRA) from error


def documents(file: BinaryIO, name: str = "") -> Iterator[Document]:
    """The documents of a file: a bundle in JSON or XML, or one for each line of NDJSON.

    `name` begins every place, for files read together.
    """
    before = f"{name}, " if name else ""
    first = file.readline(LARGEST_BYTES + 1)
    while first and not first.strip().removeprefix(b"\xef\xbb\xbf"):
        first = file.readline(LARGEST_BYTES + 1)
    if _is_a_whole_object(first):
        yield from _lines(first, file, before)
        return
    data = first + file.read(max(0, LARGEST_BYTES + 1 - len(first)))
    lines = data.splitlines()
    if any(_is_a_resource(line) for line in lines[1:]):  # NDJSON that begins with a broken line
        yield from (
            _bulk(line, f"{before}line {number}")
            for number, line in enumerate([*lines, *file], 1)
            if line.strip()
        )
        return
    yield _document(data, before)


def _is_a_whole_object(line: bytes) -> bool:
    """The line is a JSON object by itself: of NDJSON, or of a file of one line."""
    if not line.strip().removeprefix(b"\xef\xbb\xbf").startswith(b"{"):
        return False
    try:
        _json(line)
    except _UnreadableError:
        return False
    return True


def _is_a_resource(line: bytes) -> bool:
    return line.startswith(b"{") and b'"resourceType"' in line and _is_a_whole_object(line)


def _lines(first: bytes, file: BinaryIO, before: str) -> Iterator[Document]:
    """Each line a resource; a file of one line is the resource or bundle itself."""
    is_bulk = False
    for number, line in enumerate(iter(lambda: file.readline(LARGEST_BYTES + 1), b""), 2):
        if line.strip():
            if not is_bulk:
                yield _bulk(first, f"{before}line 1")
            is_bulk = True
            yield _bulk(line, f"{before}line {number}")
    if not is_bulk:
        yield _document(first, before)


def _bulk(line: bytes, place: str) -> Document:
    try:
        return Document(*_entries(_json(line), place, {}), is_bulk=True)
    except _UnreadableError as error:
        return Document((), (f"{place}: {error}",), is_bulk=True)


def _document(data: bytes, before: str) -> Document:
    if len(data) > LARGEST_BYTES:
        return Document((), (f"{before}{_TOO_LARGE}",))
    try:
        if data.lstrip().removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" or _is_utf16(data):
            root, checks = _xml(data)
        else:
            root, checks = _json(data), {}
        return Document(*_entries(root, f"{before}{_WHOLE}", checks))
    except _UnreadableError as error:
        return Document((), (f"{before}{error}",))


def _is_utf16(data: bytes) -> bool:
    return data.startswith((b"\xff\xfe", b"\xfe\xff"))


# --- JSON ------------------------------------------------------------------------------------


def _json(data: bytes) -> Element:
    if len(data) > LARGEST_BYTES:
        raise _UnreadableError(_TOO_LARGE)
    try:
        made = json.loads(
            data.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        message = f"not UTF-8 at byte {error.start + 1}"
        raise _UnreadableError(message) from None
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise _UnreadableError(message) from None
    except RecursionError:
        raise _UnreadableError("nested too deeply") from None
    except ValueError:  # more digits than Python converts
        raise _UnreadableError("a number that cannot be read") from None
    if not isinstance(made, dict):
        raise _UnreadableError("not a FHIR resource: not a JSON object")
    return made


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _object(pairs: list[tuple[str, object]]) -> Element:
    made = dict(pairs)
    return made if len(made) == len(pairs) else _Twice(made)


# --- XML -------------------------------------------------------------------------------------

_Checks = dict[int, Any]  # id of a resource read from XML -> its XML element


def _xml(data: bytes) -> tuple[Element, _Checks]:
    etree: Any = import_module("lxml.etree")
    declared = _ENCODING.match(data)
    if _is_utf16(data) or (declared and declared[1].lower() not in _ENCODINGS):
        raise _UnreadableError("the encoding of an XML file is UTF-8")
    if any(mark in data for mark in _DOCUMENT_TYPE):
        raise _UnreadableError(_NO_DOCUMENT_TYPE)
    try:
        root = etree.fromstring(data, parser=_parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f" at line {line}" if line else ""
        raise _UnreadableError(f"not XML{where}") from None
    tree = root.getroottree()
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise _UnreadableError(_NO_DOCUMENT_TYPE)
    checks: _Checks = {}
    return _resource(root, checks, 0), checks


def _parser() -> Any:  # noqa: ANN401  # lxml carries no types
    """Nothing is expanded, fetched or validated from outside."""
    etree: Any = import_module("lxml.etree")
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _resource(node: Any, checks: _Checks, depth: int) -> Element:  # noqa: ANN401
    made = {"resourceType": _name(node)} | _children(node, checks, depth)
    checks[id(made)] = node
    return made


def _children(node: Any, checks: _Checks, depth: int) -> Element:  # noqa: ANN401
    if depth > _DEEPEST:
        raise _UnreadableError("nested too deeply")
    made: dict[str, list[object]] = {}
    for child in node:
        if not isinstance(child.tag, str) or not child.tag.startswith(_NAMESPACE):
            continue  # the narrative, which is XHTML, and what is no FHIR
        name = _name(child)
        if name in {"resource", "contained"}:
            inner = next((grand for grand in child if isinstance(grand.tag, str)), None)
            held: object = None if inner is None else _resource(inner, checks, depth + 1)
        else:
            held = child.get("value")
            if held is None:
                held = _children(child, checks, depth + 1)
        if held is not None:
            made.setdefault(name, []).append(held)
    if node.get("url") is not None:
        made["url"] = [node.get("url")]
    return dict(made)


def _name(node: Any) -> str:  # noqa: ANN401
    return str(node.tag).removeprefix(_NAMESPACE)


# --- resources -------------------------------------------------------------------------------


def _entries(
    root: Element, place: str, checks: _Checks
) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Every resource of a document, the bundle's own entries or the document itself."""
    found = _Collection(checks)
    found.collect(root, place, "")
    return tuple(found.entries), tuple(found.faults)


class _Collection:
    """Entries and faults, as the bundle and the bundles in it are gone through."""

    def __init__(self, checks: _Checks) -> None:
        self.entries: list[Entry] = []
        self.faults: list[str] = []
        self._checks = checks

    def collect(self, resource: Element, place: str, url: str, bundles: int = 0) -> None:
        """Take a resource, or each entry of a bundle; `bundles` counts those around it."""
        kind = text(resource, "resourceType")
        if kind is None or not (kind.isascii() and kind.isalpha()):
            self.faults.append(f"{place}: not a FHIR resource")
        elif kind != "Bundle":
            self._take(resource, f"{place} ({kind})", url)
        elif bundles == _MOST_BUNDLES:
            self.faults.append(f"{place}: bundles within bundles, too many")
        else:
            before = place.removesuffix(_WHOLE) if place.endswith(_WHOLE) else f"{place}, "
            for number, entry in enumerate(many(resource, "entry"), 1):
                self._open(entry, f"{before}entry {number}", bundles + 1)

    def _open(self, entry: object, place: str, bundles: int) -> None:
        held = next(iter(dicts(entry, "resource")), None)
        if held is None:
            self.faults.append(f"{place}: no resource in it")
        else:
            self.collect(held, place, text(entry, "fullUrl") or "", bundles)

    def _take(self, resource: Element, place: str, url: str) -> None:
        if _stands_twice(resource):
            why = "a key stands twice, or it is nested too deeply: not read"
            self.faults.append(f"{place}: {why}")
            return
        lenient = _why_not_valid(resource, self._checks.get(id(resource)))
        known_as = url or f"{text(resource, 'resourceType')}/{text(resource, 'id') or place}"
        self.entries.append(Entry(place, known_as, _kept(resource), lenient))
        for number, inner in enumerate(dicts(resource, "contained"), 1):
            kind = text(inner, "resourceType")
            if kind is not None and kind != "Bundle":
                inner_url = f"{known_as}#{text(inner, 'id') or number}"
                inner_place = f"{place}, contained {number} ({kind})"
                self.entries.append(Entry(inner_place, inner_url, _kept(inner)))


def _kept(resource: Element) -> Element:
    """What is read of a resource: of bulk files, every one is held until the last line."""
    return {k: held for k, held in resource.items() if k in READ or k.startswith("value")}


def _stands_twice(held: object, depth: int = 0) -> bool:
    if isinstance(held, _Twice) or depth > _DEEPEST:
        return True
    if isinstance(held, dict):
        return any(_stands_twice(inner, depth + 1) for inner in held.values())
    return isinstance(held, list) and any(_stands_twice(inner, depth + 1) for inner in held)


def _why_not_valid(resource: Element, node: Any) -> str | None:  # noqa: ANN401
    """What the model of its type refuses; None where it accepts the resource."""
    models: Any = import_module("fhir.resources.R4B")
    try:
        model = models.get_fhir_model_class(text(resource, "resourceType"))
        if node is None:
            model.model_validate({k: v for k, v in resource.items() if k != "text"})
        else:
            model.model_validate_xml(_without_narrative(node), xmlparser=_parser())
    except Exception as error:  # noqa: BLE001  # whatever the models stumble over is not valid
        return _where(error)
    return None


def _without_narrative(node: Any) -> bytes:  # noqa: ANN401
    etree: Any = import_module("lxml.etree")
    copy = etree.fromstring(etree.tostring(node), parser=_parser())
    for narrative in copy.findall(f"{_NAMESPACE}text"):
        copy.remove(narrative)
    return bytes(etree.tostring(copy))


def _where(error: Exception) -> str:
    """The elements at fault, never their values."""
    problems: Any = getattr(error, "errors", None)
    if not callable(problems):
        return "an element"
    found = (".".join(map(str, problem["loc"])) for problem in problems())
    places = [place[:60] for place in dict.fromkeys(found) if place]
    return ", ".join(places[:3]) or "an element"
