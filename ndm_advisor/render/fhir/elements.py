"""The small parts FHIR resources are made of, and the bundle that holds the resources."""

from __future__ import annotations

import uuid
from datetime import date, time
from typing import Final

from ndm_advisor.model import fhir_terms as terms

Element = dict[str, object]

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, terms.BASE)


class Bundle:
    """Resources in their order, each under a UUID made of `seed` and its name: never a random one.

    The same case, knowledge and date give the same bundle, byte for byte.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._entries: list[Element] = []

    def url(self, name: str) -> str:
        """Where the resource of this name stands, or will stand."""
        return f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{self._seed}/{name}')}"

    def add(self, name: str, resource: Element) -> Element:
        """Put a resource in; the reference to it."""
        self._entries.append({"fullUrl": self.url(name), "resource": resource})
        return self.reference(name)

    def reference(self, name: str) -> Element:
        """A reference to the resource of this name."""
        return {"reference": self.url(name)}

    def resource(self) -> Element:
        """The whole as a Bundle. No time stands in it: an answer depends on its date alone."""
        return {"resourceType": "Bundle", "type": "collection", "entry": self._entries}


def coding(system: str, code: str, display: str | None = None) -> Element:
    """One code of one system."""
    made: Element = {"system": system, "code": code}
    if display:
        made["display"] = display
    return made


def concept(*codings: Element, text: str | None = None) -> Element:
    """A thing by its codes, and in words."""
    made: Element = {"coding": list(codings)} if codings else {}
    if text:
        made["text"] = text
    return made


def quantity(value: float, ucum: str, unit: str | None = None) -> Element:
    """A number with its unit; `unit` in words where the UCUM code is not what people read."""
    return {"value": value, "unit": unit or ucum, "system": terms.UCUM, "code": ucum}


def extension(url: str, value: object) -> Element:
    """One extension: of scalars its value, of a list of extensions its parts."""
    if isinstance(value, list):
        return {"url": url, "extension": value}
    return {"url": url, f"value{_type_of(value)}": _written(value)}


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return "Boolean"
    for kind, name in ((int, "Integer"), (float, "Decimal"), (date, "Date"), (time, "Time")):
        if isinstance(value, kind):
            return name
    return "String"


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, date | time) else value
