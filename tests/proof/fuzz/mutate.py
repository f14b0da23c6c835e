"""Structure-aware mutation: mostly still a case, now and then no case, sometimes no text.

An input is two bytes that choose reader and renderer, then the bytes of the file.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import random
from collections.abc import Callable, Sequence
from typing import Any, Final

import tomli

from tests.proof.fuzz.vocabulary import EDGES, HOSTILE, ODD, Path_, Vocabulary, vocabulary
from tests.proof.fuzz.writers import WRITERS, Document, Reader

READERS: Final[tuple[Reader, ...]] = tuple(WRITERS)
HEAD: Final = 2
TEXT_KEYS: Final = (("id",), ("note",))
_MOST_CASES: Final = 3  # in one NDJSON or CSV input


def reader_of(data: bytes) -> Reader:
    """The reader an input is for."""
    return READERS[data[0] % len(READERS)] if data else READERS[0]


def parts(data: bytes) -> tuple[bytes, bytes]:
    """The two bytes that choose, and the file."""
    return data[:HEAD].ljust(HEAD, b"\0"), data[HEAD:]


class Mutator:
    """Makes inputs; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311  # to vary, not to hide
        self.words: Vocabulary = vocabulary()

    def fresh(self) -> bytes:
        """An input from nothing: one to three cases, each changed a little."""
        reader = self.chance.choice(READERS)
        several = reader in ("ndjson", "csv")
        count = self.chance.choices((1, 2, _MOST_CASES), (8, 1, 1))[0] if several else 1
        documents = [copy.deepcopy(self.chance.choice(self.words.documents)) for _ in range(count)]
        for document in documents:
            self.change(document)
        return self.written(reader, documents)

    def mutated(self, data: bytes, *, seed: int) -> bytes:
        """Another input from one: its structure changed, or its bytes, or one from nothing."""
        self.chance.seed(seed)
        kind = self.chance.random()
        if kind < _FRESH or len(data) <= HEAD:
            return self.fresh()
        if kind < _STRUCTURE:
            documents = self.taken_apart(data) or [copy.deepcopy(self.words.documents[0])]
            for document in documents:
                self.change(document)
            reader = reader_of(data) if self.chance.random() < 0.7 else self.chance.choice(READERS)
            return self.written(reader, documents)
        return self.scrambled(data)

    def written(self, reader: Reader, documents: Sequence[Document]) -> bytes:
        """The documents in the writing of a reader, behind the two bytes that choose."""
        head = bytes((READERS.index(reader), self.chance.randrange(256)))
        try:
            text = WRITERS[reader](documents)
        except (TypeError, ValueError, RecursionError):  # what this writing has no form for
            text = '{"a":' * 3000
        if self.chance.random() < _WINDOWS:
            text = text.replace("\n", "\r\n")
        return head + text.encode("utf-8", errors="surrogatepass")

    def taken_apart(self, data: bytes) -> list[Document]:
        """The documents of an input; none where it cannot be read."""
        text = parts(data)[1].decode("utf-8", errors="replace")
        try:
            return _APART[reader_of(data)](text)
        except (ValueError, RecursionError, csv.Error):
            return []

    def change(self, document: Document) -> None:
        """One to four changes of a document in place; most of them leave it a case."""
        for _ in range(self.chance.choice((1, 1, 1, 2, 2, 3, 4))):
            self.chance.choices(self._CHANGES, self._WEIGHTS)[0](self, document)

    # -- single changes ---------------------------------------------------------------------------

    def _another_value(self, document: Document) -> None:
        path = self.chance.choice(self.words.keys)
        _put(document, path, copy.deepcopy(self.chance.choice(self.words.values[path])))

    def _left_out(self, document: Document) -> None:
        tables = [t for t in (document, *document.values()) if isinstance(t, dict) and t]
        if tables:
            table = self.chance.choice(tables)
            table.pop(self.chance.choice(list(table)), None)

    def _hostile_text(self, document: Document) -> None:
        text = self._text()
        places: tuple[Callable[[], None], ...] = (
            lambda: _put(document, self.chance.choice(TEXT_KEYS), text),
            lambda: _put(document, ("patient", "medicines"), [text]),
            lambda: _put(document, ("patient", "allergies"), [{"drug": text, "reaction": text}]),
            lambda: _put(document, ("infection", "other_organisms"), [text]),
            lambda: _put(document, ("isolate", "other_carbapenemases"), [text]),
            lambda: _put(document, ("orders",), [{"drug": text, "dose_mg": 500.0}]),
        )
        self.chance.choice(places)()

    def _text(self) -> str:
        picked = self.chance.choices(HOSTILE, k=self.chance.choice((1, 1, 2)))
        return self.chance.choice(("", "bed 4 ")) + "".join(picked)

    def _a_number(self, document: Document) -> None:
        numbers = [p for p in self.words.keys if p[-1].rpartition("_")[2] in _UNITS]
        _put(document, self.chance.choice(numbers), self.chance.choice(EDGES))

    def _a_result(self, document: Document) -> None:
        drug = self.chance.choice(self.words.drugs)
        value = self.chance.choice(("S", "I", "R", "0.25", "4", ">32", "<=0.5", "not tested"))
        _put(document, ("panel", "results", drug), value)

    def _an_order(self, document: Document) -> None:
        path = ("orders",)
        lists = [v for v in self.words.values.get(path, ()) if isinstance(v, list) and v]
        orders = copy.deepcopy(self.chance.choice(lists)) if lists else []
        held = document.get("orders")
        document["orders"] = [*(held if isinstance(held, list) else []), *orders][:6]

    def _an_odd_value(self, document: Document) -> None:
        _put(document, self.chance.choice(self.words.keys), self.chance.choice(ODD))

    def _an_odd_key(self, document: Document) -> None:
        path = (*self.chance.choice(self.words.keys)[:-1], self._text())
        _put(document, path, self.chance.choice(ODD))

    def _deep(self, document: Document) -> None:
        value: Any = 1
        for _ in range(self.chance.choice((5, 50, 150))):
            value = [value] if self.chance.random() < 0.5 else {"a": value}
        _put(document, self.chance.choice(self.words.keys), value)

    _CHANGES: Final = (
        _another_value,
        _left_out,
        _hostile_text,
        _a_number,
        _a_result,
        _an_order,
        _an_odd_value,
        _an_odd_key,
        _deep,
    )
    _WEIGHTS: Final = (30, 12, 20, 12, 12, 6, 4, 2, 1)

    # -- bytes ------------------------------------------------------------------------------------

    def scrambled(self, data: bytes) -> bytes:
        """Bytes cut out, doubled, exchanged or put in."""
        head, file = parts(data)
        for _ in range(self.chance.randint(1, 3)):
            start = self.chance.randint(0, len(file))
            end = min(len(file), start + self.chance.choice((0, 1, 2, 8, 40)))
            piece = self.chance.choice(
                (
                    b"",
                    file[start:end] * 2,
                    self.chance.randbytes(self.chance.randint(1, 4)),
                    self._text().encode("utf-8", errors="surrogatepass"),
                    b"\xff\xfe",
                    b"\xed\xa0\x80",
                    b'"',
                    b"\n",
                    b"[" * self.chance.choice((1, 2000)),
                )
            )
            file = file[:start] + piece + file[end:]
        return head + file


_FRESH: Final = 0.25  # near a case: what is changed again and again drifts away from one
_STRUCTURE: Final = 0.72
_WINDOWS: Final = 0.1
_UNITS: Final = frozenset({"years", "kg", "cm", "min", "l", "dl", "weeks", "h", "score", "1"})


def _put(document: Document, path: Path_, value: object) -> None:
    """Set a value, making tables on the way; what is no table there gives way to one."""
    table = document
    for key in path[:-1]:
        inner = table.get(key)
        if not isinstance(inner, dict):
            inner = table[key] = {}
        table = inner
    table[path[-1]] = value


def _json_lines(text: str) -> list[Document]:
    found = [json.loads(line) for line in text.splitlines() if line.strip()]
    return [document for document in found if isinstance(document, dict)][:_MOST_CASES]


def _one_json(text: str) -> list[Document]:
    return [document for document in [json.loads(text)] if isinstance(document, dict)]


def _csv_rows(text: str) -> list[Document]:
    """Rows as documents; a cell that is TOML is its value, any other is text."""
    found = []
    for row in csv.DictReader(io.StringIO(text)):
        document: Document = {}
        for column, cell in row.items():
            if column and isinstance(cell, str) and cell.strip():
                _put(document, _path_of(column), _cell_value(cell))
        found.append(document)
    return found[:_MOST_CASES]


def _path_of(column: str) -> Path_:
    for start in ("panel.results.", "hospital.stock."):
        if column.startswith(start):
            return (*start.strip(".").split("."), column.removeprefix(start))
    return tuple(column.split("."))


def _cell_value(cell: str) -> object:
    try:
        return tomli.loads(f"x = {cell.strip()}")["x"]
    except (ValueError, KeyError):
        return cell


_APART: Final[dict[Reader, Callable[[str], list[Document]]]] = {
    "toml": lambda text: [tomli.loads(text)],
    "json": _one_json,
    "ndjson": _json_lines,
    "csv": _csv_rows,
}
