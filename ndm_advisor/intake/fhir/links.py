"""Which resource belongs to which patient, and which result to which isolate.

A result whose isolate is not told belongs to none where there are several: it is never shared out.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ndm_advisor.intake.fhir.documents import Entry
from ndm_advisor.intake.fhir.elements import dicts, text

_VERSION: Final = re.compile(r"/_history/[^/]+$")
_TYPE_AND_ID: Final = re.compile(r"(?:^|/)([A-Za-z]+/[A-Za-z0-9.\-]{1,64})$")
_SUBJECT: Final = ("subject", "patient")
_UPWARDS: Final = ("derivedFrom", "focus")  # from a result to what it was found in


class Links:
    """References between the resources of one document, or of all bulk files together."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_name: dict[str, Entry] = {}
        self._parents: dict[str, list[str]] = {}
        held = tuple(entries)
        for entry in held:
            for name in _names_of(entry):
                self._by_name.setdefault(name, entry)
        for entry in held:
            for member in self.targets(entry, "hasMember", "result"):
                self._parents.setdefault(member.url, []).append(entry.url)
            for above in self.targets(entry, *_UPWARDS):
                self._parents.setdefault(entry.url, []).append(above.url)

    def targets(self, entry: Entry, *keys: str) -> Iterator[Entry]:
        """The resources that an entry refers to under any of the keys."""
        for key in keys:
            for reference in dicts(entry.resource, key):
                target = self.target(entry, text(reference, "reference"))
                if target is not None:
                    yield target

    def target(self, entry: Entry, reference: str | None) -> Entry | None:
        """The resource of a reference; None where it is not in the file."""
        if not reference:
            return None
        if reference.startswith("#"):
            return self._by_name.get(f"{entry.url.partition('#')[0]}{reference}")
        found = self._by_name.get(reference)
        return found or self._by_name.get(_short(reference))

    def patient_of(self, entry: Entry) -> str | None:
        """What the patient of an entry is called: its own, else that of what holds it."""
        for url in self.upwards(entry.url):
            above = self._by_name.get(url)
            if above is None:
                continue
            if text(above.resource, "resourceType") == "Patient":
                return above.url
            for key in _SUBJECT:
                for reference in dicts(above.resource, key):
                    named = text(reference, "reference")
                    target = self.target(above, named)
                    if target is not None or named:
                        return target.url if target else _short(str(named))
        return None

    def specimens(self, entry: Entry) -> set[str]:
        """What the specimens of an entry are called."""
        return {target.url for target in self.targets(entry, "specimen")}

    def origins(self, entry: Entry) -> set[str]:
        """The specimens of an entry, and those they were taken from: an isolate's blood culture."""
        found: dict[str, Entry] = {}
        queue = deque(self.targets(entry, "specimen"))
        while queue:
            here = queue.popleft()
            if here.url not in found:
                found[here.url] = here
                queue.extend(self.targets(here, "parent"))
        return set(found)

    def upwards(self, url: str) -> Iterator[str]:
        """The entry, then what holds it, nearest first; a circle ends."""
        seen = {url}
        queue = deque([url])
        while queue:
            here = queue.popleft()
            yield here
            for parent in self._parents.get(here, ()):
                if parent not in seen:
                    seen.add(parent)
                    queue.append(parent)


class Isolates:
    """The organisms of one patient, and which of them a result is told of.

    Every organism entry is an isolate under its own name.
    """

    def __init__(self, grown: Mapping[str, Entry], links: Links) -> None:
        self._links = links
        self._all = set(grown)
        self._below: dict[str, set[str]] = {}  # what holds organisms -> those organisms
        self._specimens: dict[str, set[str]] = {}
        self._origins: dict[str, set[str]] = {}
        self._without = {url for url, entry in grown.items() if not links.specimens(entry)}
        for url, entry in grown.items():
            for above in links.upwards(url):
                self._below.setdefault(above, set()).add(url)
            for specimen in links.specimens(entry):
                self._specimens.setdefault(specimen, set()).add(url)
            for specimen in links.origins(entry):
                self._origins.setdefault(specimen, set()).add(url)

    def holds(self, entry: Entry) -> bool:
        """The entry is an organism, or hangs below one."""
        return any(url in self._all for url in self._links.upwards(entry.url))

    def of(self, entry: Entry) -> str | None:
        """The isolate of a result; None where no organism is reported at all.

        Raises:
            LookupError: there are several, and nothing tells which.
        """
        if not self._all:
            return None
        above = tuple(self._links.upwards(entry.url))
        for url in above:
            if url in self._all:
                return url
        for url in above[1:]:
            if within := self._below.get(url):
                return _only(within)
        return _only(self._by_specimen(entry))

    def grown_in(self, specimen: Entry) -> set[str]:
        """The isolates of a specimen, and of specimens taken from it."""
        return self._origins.get(specimen.url, set())

    def _by_specimen(self, entry: Entry) -> set[str]:
        """Isolates of its own specimen, else of what it was taken from, else of none named."""
        own = self._links.specimens(entry)
        shared = set[str]().union(*(self._specimens.get(url, set()) for url in own))
        if not shared:
            reached = self._links.origins(entry)
            shared = set[str]().union(*(self._origins.get(url, set()) for url in reached))
        return shared or (self._without if own else self._all)


def _only(isolates: set[str]) -> str:
    """The one there is.

    Raises:
        LookupError: there is none, or there are several.
    """
    if len(isolates) != 1:
        raise LookupError
    return next(iter(isolates))


def _names_of(entry: Entry) -> Iterator[str]:
    yield entry.url
    yield _short(entry.url)
    id_ = text(entry.resource, "id")
    if id_ and "#" not in entry.url:
        yield f"{text(entry.resource, 'resourceType')}/{id_}"


def _short(reference: str) -> str:
    """`https://server/fhir/Observation/1/_history/2` as `Observation/1`."""
    plain = _VERSION.sub("", reference)
    match = _TYPE_AND_ID.search(plain)
    return match[1] if match else plain
