"""The commands with their options as plain data, read from the program that parses them.

Completion scripts and the manual page are made from it, so that they cannot name what is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

_PROGRAM: Final = "ndm-advisor"  # however it was called
_VALUES_APART: Final = "|"


class Option(NamedTuple):
    """An option: its names, what it takes ("" for a flag), the values if they are a closed list."""

    names: tuple[str, ...]
    takes: str
    values: tuple[str, ...]
    help: str


class Argument(NamedTuple):
    """An argument, as its help names it."""

    name: str
    required: bool
    values: tuple[str, ...]
    help: str


class Node(NamedTuple):
    """A command; a group has `commands` of its own. `path` is the words that call it."""

    path: tuple[str, ...]
    short: str
    help: str
    arguments: tuple[Argument, ...]
    options: tuple[Option, ...]
    commands: tuple[Node, ...]

    def walk(self) -> Iterator[Node]:
        """This command and every one below it."""
        yield self
        for command in self.commands:
            yield from command.walk()


def tree_of(context: Any) -> Node:  # noqa: ANN401  # typer's own context
    """The whole program, from the context of any of its commands."""
    return _node(context.find_root(), (_PROGRAM,))


def _node(own: Any, path: tuple[str, ...]) -> Node:  # noqa: ANN401  # as above
    command = own.command
    below: Mapping[str, Any] = getattr(command, "commands", {})
    params = [p for p in command.get_params(own) if not getattr(p, "hidden", False)]
    return Node(
        path,
        command.get_short_help_str(limit=200),
        (command.help or "").replace("\b\n", ""),
        tuple(_argument(p) for p in params if p.param_type_name == "argument"),
        tuple(_option(p) for p in params if p.param_type_name == "option"),
        tuple(
            _node(type(own)(sub, info_name=name, parent=own), (*path, name))
            for name, sub in below.items()
        ),
    )


def _argument(parameter: Any) -> Argument:  # noqa: ANN401  # as above
    name = parameter.metavar or parameter.name.upper()
    return Argument(name, parameter.required, _values(name), parameter.help or "")


def _option(parameter: Any) -> Option:  # noqa: ANN401  # as above
    takes = "" if parameter.is_flag or parameter.count else (parameter.metavar or "VALUE")
    # the two names of --help come in any order; short names stand first, as they are declared
    names = (*sorted(parameter.opts, key=_is_long), *parameter.secondary_opts)
    return Option(names, takes, _values(takes), parameter.help or "")


def _is_long(name: str) -> bool:
    return name.startswith("--")


def _values(metavar: str) -> tuple[str, ...]:
    return tuple(metavar.split(_VALUES_APART)) if _VALUES_APART in metavar else ()
