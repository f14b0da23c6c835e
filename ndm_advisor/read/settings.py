"""`--set key=value`: a change to the document of a case before it is judged as a whole."""

import copy
import re
from collections.abc import Sequence
from typing import Final, NamedTuple, NoReturn

import tomli

from ndm_advisor.errors import CaseInvalidError, Problem
from ndm_advisor.model.case import panel_result
from ndm_advisor.read.document import Document
from ndm_advisor.read.names import Names, panel_id
from ndm_advisor.read.positions import Path, dotted
from ndm_advisor.read.schema import is_case_key

# Keys whose value is text or a name: `--set id=7` and an unquoted CSV cell mean the text "7".
_TEXT_KEYS: Final = frozenset({"id", "note", "format", "version", "drug", "reaction", "organism"})
_PLUS_NAME: Final = re.compile(r"([^.]*\+[^.]*)")
_KEY: Final = re.compile(r"""((?:[^="']|"[^"]*"|'[^']*')*)=(.*)""", re.DOTALL)


class Setting(NamedTuple):
    """`value` None takes the key out."""

    path: Path
    value: object


def is_text_field(path: Path) -> bool:
    """Whether a bare word or number at `path` is text: free text, a name, a panel result."""
    if path[:2] == ("panel", "results"):
        return len(path) == 3 or path[-1] in ("mic_mg_l", "category", "method", "standard")  # noqa: PLR2004
    return bool(path) and path[-1] in _TEXT_KEYS


def apply_settings(
    document: Document, settings: Sequence[str], names: Names | None = None
) -> Document:
    """A copy of `document` with each `key=value` applied in turn; `key=` takes the key out.

    The key is dotted as in TOML, orders counting from 1 (`orders.1.dose_mg`). The value is a TOML
    value or a bare word. With `names`, a panel row is found under any name of its drug.

    Raises:
        CaseInvalidError: a setting that cannot be read or applied.
    """
    changed = copy.deepcopy(document)
    for text in settings:
        setting = read_setting(text)
        _apply(changed, _same_row(changed, setting, names))
    return changed


def settings_paths(
    document: Document, settings: Sequence[str], names: Names | None = None
) -> tuple[Path, ...]:
    """The keys that `settings` change: their lines in the file no longer say what holds."""
    return tuple(_same_row(document, read_setting(text), names).path for text in settings)


_KEYS: Final = "`ndm-advisor new` prints a blank case with every key"
_NUMBERED: Final = "members of a list count from 1, without a gap: orders.1.dose_mg"


def read_setting(text: str) -> Setting:
    """Read one `key=value`.

    Raises:
        CaseInvalidError: no `=`, a key or a value that is not TOML.
    """
    match = _KEY.fullmatch(text)
    if match is None or not match[1].strip():
        _refuse(text, "a setting is written key=value", "for example --set infection.site=cystitis")
    path = _key_path(match[1].strip())
    value = match[2].strip()
    return Setting(path, _value(value, path) if value else None)


def _key_path(written: str) -> Path:
    # Names of two drugs are printed without quotes, which TOML would ask for round a plus.
    bare = "+" in written and '"' not in written and "'" not in written
    asked = _PLUS_NAME.sub(r'"\1"', written) if bare else written
    try:
        table = tomli.loads(f"{asked} = 0")
    except (ValueError, RecursionError):
        _refuse(
            written,
            f"`{written}` is not a dotted key",
            'quote a name with spaces: panel.results."ceftazidime-avibactam + aztreonam"',
        )
    path: list[str | int] = []
    node: object = table
    while isinstance(node, dict):
        key, node = next(iter(node.items()))
        path.append(key)
    if len(path) > 1 and path[0] in ("orders", "patient"):
        return tuple(_index(part) for part in path)
    return tuple(path)


def _index(part: str | int) -> str | int:
    """Members of a list count from 1 in a key; `0` and beyond the end are refused when applied."""
    text = str(part)
    return int(text) - 1 if text.isascii() and text.isdecimal() and len(text) < 4 else text  # noqa: PLR2004


def _value(text: str, path: Path) -> object:
    if is_text_field(path) and text[0] not in "\"'[{":
        return text
    try:
        table = tomli.loads(f"value = {text}")
    except (ValueError, RecursionError):
        table = {}
    if list(table) == ["value"]:
        return table["value"]
    if text[0] in "\"'[{":
        _refuse(dotted(path), f"`{text}` is not a TOML value", "a bare word needs no quotes")
    return text


def _same_row(document: Document, setting: Setting, names: Names | None) -> Setting:
    """Point a setting of a panel row at the name under which the file has that drug."""
    path = setting.path
    if names is None or path[:2] != ("panel", "results") or len(path) < 3:  # noqa: PLR2004
        return setting
    wanted = panel_id(str(path[2]), names)
    panel = document.get("panel")
    rows = panel.get("results") if isinstance(panel, dict) else None
    if not wanted or not isinstance(rows, dict) or path[2] in rows:
        return setting
    for name in rows:
        if panel_id(name, names) == wanted:
            return Setting(("panel", "results", name, *path[3:]), setting.value)
    return setting


def _apply(document: Document, setting: Setting) -> None:
    path, value = setting
    if value is None and not is_case_key(path):
        _refuse(dotted(path), f"`{dotted(path)}` is not a key of a case: nothing to remove", _KEYS)
    node: object = document
    for depth in range(len(path) - 1):
        node = _step(node, path, depth, make=value is not None)
        if node is None:
            return  # removing what is not there
    _put(node, path, value)


def _step(node: object, path: Path, depth: int, *, make: bool) -> object:
    """The table or list at `path[depth]` inside `node`, made when it is missing and `make`."""
    part = path[depth]
    fresh: object = [] if isinstance(path[depth + 1], int) else {}
    if isinstance(node, list) and isinstance(part, int):
        if part == len(node) and make:
            node.append(fresh)
        if 0 <= part < len(node):
            return node[part]
    elif isinstance(node, dict):
        found = node.get(_name(part))
        if found is None and make:
            found = node[_name(part)] = fresh
        elif isinstance(found, str) and path[:2] == ("panel", "results"):
            found = node[_name(part)] = dict(panel_result(found))
        return found
    here = dotted(path[: depth + 1])
    return _refuse(here, f"`{here}` is not in the case", _NUMBERED)


def _put(node: object, path: Path, value: object) -> None:
    last = path[-1]
    if isinstance(node, dict):
        if value is None:
            node.pop(_name(last), None)
        else:
            node[_name(last)] = value
    elif isinstance(node, list) and isinstance(last, int) and 0 <= last <= len(node):
        node[last : last + 1] = [] if value is None else [value]
    else:
        _refuse(dotted(path), f"`{dotted(path)}` is not in the case", _NUMBERED)


def _name(part: str | int) -> str:
    return str(part + 1) if isinstance(part, int) else part


def _refuse(key: str, message: str, help_: str | None) -> NoReturn:
    problem = Problem("E211", "error", key, None, None, message, help_)
    raise CaseInvalidError(None, (problem,)) from None
