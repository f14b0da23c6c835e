"""To which isolate a result belongs: told by the message, never guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ndm_advisor.intake.catalogue import Catalogue, asked_of, identify_organism
from ndm_advisor.intake.hl7v2.segments import CODED, Segment

_WITHDRAWN: Final = {
    "D": "withdrawn by the laboratory (status D)",
    "W": "withdrawn by the laboratory: reported for another patient (status W)",
    "X": "the laboratory could not obtain a result (status X)",
    "N": "not asked for (status N)",
}
_CORRECTED, _PRELIMINARY, _FINAL = "C", "P", "F"  # OBX-11


class Result(NamedTuple):
    """An OBX with the OBR it stands under."""

    obx: Segment
    obr: Segment | None

    @property
    def sub_id(self) -> str:
        """OBX-4, by which some laboratories number the isolates of a culture."""
        return self.obx.text(4)


class Organism(NamedTuple):
    """An OBX that names an organism, and the key of its isolate."""

    result: Result
    isolate: str


def results_of(segments: Iterable[Segment]) -> Iterator[Result]:
    """Each OBX with the OBR before it."""
    obr = None
    for segment in segments:
        if segment.name == "OBR":
            obr = segment
        elif segment.name == "OBX":
            yield Result(segment, obr)


def organism_of(result: Result, catalogue: Catalogue) -> Organism | None:
    """The organism an OBX names: by its LOINC code, or because its value is one."""
    asked, value = result.obx.item(3), result.obx.item(5)
    is_asked = asked_of(asked.codes, catalogue) == "organism"
    coded = value.codes if result.obx.text(2) in CODED else ()
    if not is_asked and identify_organism(coded, value.text, catalogue).id is None:
        return None
    filler = result.obr.raw(3) if result.obr is not None else ""
    return Organism(result, "|".join((filler, result.sub_id, value.text)))


class Isolates:
    """To which isolate a result belongs."""

    def __init__(self, organisms: list[Organism], results: list[Result]) -> None:
        self.organisms = organisms
        self.keys = list(dict.fromkeys(o.isolate for o in organisms))
        numbered = Counter((id(r.obr), r.sub_id) for r in results if r.sub_id)
        self.shared = {key for key, count in numbered.items() if count > 1}

    def of(self, result: Result) -> str | None:
        """The isolate of a result; None where the message does not say which.

        Even a single isolate is not taken for what points to another one, or to one that names no
        organism known here.
        """
        if any(o.result.obx is result.obx for o in self.organisms):
            return next(o.isolate for o in self.organisms if o.result.obx is result.obx)
        parents = self._parents(result.obr)
        same = [o for o in self.organisms if o.result.obr is result.obr]
        numbered = [o for o in same if result.sub_id and o.result.sub_id == result.sub_id]
        if parents is not None:
            return _only_isolate(parents)
        if numbered:
            return _only_isolate(numbered)
        if (id(result.obr), result.sub_id) in self.shared and self.organisms:
            return None  # results share a number no organism has
        if len(self.keys) <= 1:
            return self.keys[0] if self.keys else "1"
        return _only_isolate(same)

    def _parents(self, obr: Segment | None) -> list[Organism] | None:
        """The organisms that OBR-26 (parent result), else OBR-29 (parent order), points to.

        None where the request points to nothing, or to an order of this message that is no culture.
        """
        if obr is None:
            return None
        sub_id, text = obr.text(26, 2), obr.text(26, 3)
        within = self._of_order(obr)
        found = within or self.organisms
        if text and (named := [o for o in found if o.result.obx.item(5).text == text]):
            return [o for o in named if not sub_id or o.result.sub_id == sub_id] or named
        if sub_id:
            return [o for o in found if o.result.sub_id == sub_id]
        if text:
            return []
        return within or None

    def _of_order(self, obr: Segment) -> list[Organism]:
        parent = obr.parts(29, 2) or obr.parts(29, 1)
        if not parent or not parent[0]:
            return []
        return [o for o in self.organisms if o.result.obr and _is_order(o.result.obr, parent[0])]


def _only_isolate(organisms: list[Organism]) -> str | None:
    keys = {organism.isolate for organism in organisms}
    return keys.pop() if len(keys) == 1 else None


def _is_order(obr: Segment, number: str) -> bool:
    return number in {(obr.parts(field, 1) or [""])[0] for field in (2, 3)}


def asides_of(results: list[Result], isolates: Isolates) -> dict[str, str]:
    """Why results are not to be used: by their status, or because a better one stands beside."""
    reasons: dict[str, str] = {}
    statuses: dict[tuple[str | None, str, str], set[str]] = {}
    for result in results:
        key = (isolates.of(result), result.sub_id, result.obx.raw(3))
        statuses.setdefault(key, set()).add(result.obx.text(11))
    for result in results:
        status = result.obx.text(11)
        beside = statuses[isolates.of(result), result.sub_id, result.obx.raw(3)]
        if status in _WITHDRAWN:
            reasons[result.obx.place] = _WITHDRAWN[status]
        elif status != _CORRECTED and _CORRECTED in beside:
            reasons[result.obx.place] = "corrected by the laboratory in the same message"
        elif status == _PRELIMINARY and _FINAL in beside:
            reasons[result.obx.place] = "preliminary; the final result stands beside it"
    return reasons
