"""The manual page in roff, made from the command tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ndm_advisor.cli.command_tree import Argument, Node
from ndm_advisor.cli.exit_status import MEANINGS

_EXAMPLES: Final = "Examples:"


def manual(root: Node, *, version: str, on: str, environment: str) -> str:
    """The page; `on` is the date printed at its foot, `environment` the topic of that name."""
    return "\n".join(_lines(root, version, on, environment)) + "\n"


def _lines(root: Node, version: str, on: str, environment: str) -> Iterator[str]:
    program = root.path[0]
    yield f'.TH {program.upper()} 1 "{on}" "{program} {version}" "User commands"'
    yield ".SH NAME"
    yield f"{_safe(program)} \\- {_safe(_first_sentence(root))}"
    yield ".SH SYNOPSIS"
    yield f".B {_safe(program)}"
    yield "COMMAND [OPTIONS] [ARGUMENTS]"
    yield ".SH DESCRIPTION"
    yield from _prose(root)
    yield from _options(root)
    yield ".SH COMMANDS"
    for node in root.walk():
        if node is not root:
            yield from _command(node)
    yield ".SH EXIT STATUS"
    for status, meaning in MEANINGS.items():
        yield from (".TP", f".B {int(status)}", _safe(meaning))
    yield ".SH ENVIRONMENT"
    yield from _verbatim(environment)
    yield ".SH SEE ALSO"
    yield f"{_safe(program)} about, {_safe(program)} help, {_safe(program)} explain"


def _command(node: Node) -> Iterator[str]:
    """A heading with the usage, then prose, arguments, options and examples."""
    yield f'.SS "{_safe(" ".join(node.path))}"'
    takes = " ".join(_usage(argument) for argument in node.arguments)
    options = "[OPTIONS]" if node.options else ""
    below = "COMMAND" if node.commands else ""
    usage = " ".join(part for part in (" ".join(node.path), options, takes, below) if part)
    yield from (_safe(usage), ".PP")
    yield from _prose(node)
    for argument in node.arguments:
        yield from (".TP", f".I {_safe(argument.name)}", _safe(argument.help))
    yield from _options(node)


def _options(node: Node) -> Iterator[str]:
    for option in node.options:
        names = ", ".join(f"\\fB{_safe(name)}\\fR" for name in option.names)
        takes = f" \\fI{_safe(option.takes)}\\fR" if option.takes else ""
        yield from (".TP", f"{names}{takes}", _safe(option.help))


def _usage(argument: Argument) -> str:
    return argument.name if argument.required else f"[{argument.name}]"


def _prose(node: Node) -> Iterator[str]:
    """The help's paragraphs; what follows "Examples:" as it is laid out."""
    for paragraph in re.split(r"\n\s*\n", node.help.strip()):
        lines = paragraph.splitlines()
        if paragraph.strip() == _EXAMPLES:
            yield from (".PP", _EXAMPLES)
        elif all(line.startswith("  ") for line in lines):
            yield from _verbatim(paragraph)
        else:
            yield from (".PP", _safe(" ".join(line.strip() for line in lines)))


def _verbatim(text: str) -> Iterator[str]:
    yield from (".nf", *(_safe(line) for line in text.rstrip().splitlines()), ".fi")


def _first_sentence(root: Node) -> str:
    words = " ".join(root.help.split())
    return words.partition(". Decision")[0].partition(", or abstain")[0]


def _safe(text: str) -> str:
    """Text that roff prints as it stands, backslashes, hyphens and leading dots included."""
    shown = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{shown}" if shown.startswith((".", "'")) else shown
