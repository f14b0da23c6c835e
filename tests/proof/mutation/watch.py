"""What is read of a base: a copy of it that notes which of its parts, and which keys of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ndm_advisor.model.knowledge import Knowledge
from ndm_advisor.read.names import Names

WHOLE: Final = "*"  # a part of the base that was gone through from end to end
Key = tuple[str, str]  # a part and a key of it
_SPLIT: Final = (
    "organisms",
    "organism_groups",
    "breakpoints",
    "alerts",
    "words",
    "drug_names",
    "organism_names",
    "setting_records",
)
_OF_ALLERGY: Final = ("cells", "culprits", "class_of", "class_members")
_OF_MEDICINES: Final = ("classes",)
_UNSEEN: Final = frozenset({"sha256", "version", "reviewed_on", "review_due_on", "sealed"})
_IN_PARTS: Final = frozenset({*_SPLIT, "drugs", "medicines"})  # their keys are noted, not they


def parts_of(base: Knowledge) -> dict[str, Any]:
    """The base in parts by name: those that are read by key as dicts, the rest as they are."""
    parts: dict[str, Any] = {f: getattr(base, f) for f in Knowledge._fields if f not in _UNSEEN}
    drugs, allergy, medicines = parts["drugs"], base.allergy, base.medicines
    for drug in drugs.values():
        parts[f"text of {drug.id}"] = drug.text
    parts["drugs"] = {ident: drug._replace(text={}) for ident, drug in drugs.items()}
    for field in _OF_ALLERGY:
        parts[f"allergy {field}"] = getattr(allergy, field)
    parts["allergy"] = allergy._replace(**{field: {} for field in _OF_ALLERGY})
    for field in _OF_MEDICINES:
        parts[f"medicines {field}"] = getattr(medicines, field)
    del parts["medicines"]
    return parts


def is_watched(field: str) -> bool:
    """Whether the keys that are read of a part are noted; of any other part all counts as one."""
    named = ("text of ", "allergy ", "medicines ")
    return field in _SPLIT or field == "drugs" or field.startswith(named)


def changed_keys(was: Mapping[str, Any], now: Mapping[str, Any]) -> set[Key]:
    """The keys of two bases in parts that differ, each changed part as a whole among them."""
    found: set[Key] = set()
    for field in was.keys() | now.keys():
        old, new = was.get(field, {}), now.get(field, {})
        if old == new:
            continue
        found.add((field, WHOLE))
        if is_watched(field):
            keys = old.keys() | new.keys()
            found |= {(field, str(key)) for key in keys if old.get(key) != new.get(key)}
    return found


def watched(base: Knowledge, read: set[Key]) -> Knowledge:
    """The base with the parts that are read by key watched."""
    parts: dict[str, Any] = {field: _Watched(field, getattr(base, field), read) for field in _SPLIT}
    texts = {
        ident: drug._replace(text=_Watched(f"text of {ident}", drug.text, read))
        for ident, drug in base.drugs.items()
    }
    parts["drugs"] = _Watched("drugs", texts, read)
    allergy = {f: _Watched(f"allergy {f}", getattr(base.allergy, f), read) for f in _OF_ALLERGY}
    parts["allergy"] = base.allergy._replace(**allergy)
    known = {f: _Watched(f"medicines {f}", getattr(base.medicines, f), read) for f in _OF_MEDICINES}
    parts["medicines"] = base.medicines._replace(**known)
    return _WatchedBase.of(base._replace(**parts), read)


def watched_names(base: Knowledge, read: set[Key]) -> Names:
    """The names of a watched base, where those of allergens are noted too."""
    culprits, class_of = base.allergy.culprits, base.allergy.class_of
    held = _WatchedAllergens([*dict.keys(culprits), *dict.keys(class_of)])
    held.read = read
    return Names(base.drug_names, base.organism_names, held)


class _WatchedAllergens(frozenset[str]):
    """The names of allergens, which stand in two parts of the base."""

    read: set[Key]

    def _note(self, key: str) -> None:
        self.read |= {("allergy culprits", key), ("allergy class_of", key)}

    def __contains__(self, key: object) -> bool:
        self._note(str(key))
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self._note(WHOLE)
        return super().__iter__()


class _WatchedBase(Knowledge):
    """A base that notes which of its parts are asked for."""

    _read: set[Key]

    @classmethod
    def of(cls, base: Knowledge, read: set[Key]) -> _WatchedBase:
        made = cls(*base)
        made._read = read
        return made

    def __getattribute__(self, name: str) -> Any:  # any part of the base
        if name in Knowledge._fields and name not in _IN_PARTS:
            self._read.add((name, WHOLE))
        return super().__getattribute__(name)


class _Watched(dict[Any, Any]):
    """A part of the base that notes which of its keys are asked for."""

    def __init__(self, field: str, held: Mapping[Any, Any], read: set[Key]) -> None:
        super().__init__(held)
        self._field = field
        self._read = read

    def __getitem__(self, key: Any) -> Any:
        self._read.add((self._field, str(key)))
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        self._read.add((self._field, str(key)))
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._read.add((self._field, str(key)))
        return super().__contains__(key)

    def _through(self) -> None:
        self._read.add((self._field, WHOLE))

    def __iter__(self) -> Iterator[Any]:
        self._through()
        return super().__iter__()

    def keys(self) -> Any:
        self._through()
        return super().keys()

    def values(self) -> Any:
        self._through()
        return super().values()

    def items(self) -> Any:
        self._through()
        return super().items()
