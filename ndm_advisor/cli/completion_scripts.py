"""Completion scripts: plain text made from the command tree, nothing runs when a key is pressed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from ndm_advisor.cli.command_tree import Argument, Node, Option

SHELLS: Final = ("bash", "zsh", "fish")
Words = Mapping[str, tuple[str, ...]]  # what an argument or option of this metavar may be

_BASH_HEAD: Final = """\
# Completion of {program} for bash. Load it: source <({program} completion bash)
_{function}() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}"
    local command="" word
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$command $word" in
{known}
        esac
    done
    case "$command $before" in
{values}
    esac
    if [[ $current == -* ]]; then
        case "$command" in
{options}
        esac
        return
    fi
    case "$command" in
{arguments}
    esac
}}
complete -o default -o bashdefault -F _{function} {program}
"""
_ZSH_HEAD: Final = """\
# Completion of {program} for zsh, by its bash form.
# Load it: source <({program} completion zsh)
autoload -U +X compinit && compinit -u
autoload -U +X bashcompinit && bashcompinit
"""


def script(shell: str, root: Node, words: Words) -> str:
    """The script of a shell; `words` are the values of metavars that are no closed list."""
    if shell == "fish":
        return "\n".join(_fish(root, words)) + "\n"
    bash = _bash(root, words)
    if shell == "bash":
        return bash
    return _ZSH_HEAD.format(program=root.path[0]) + bash


# -- bash ----------------------------------------------------------------------------------------


def _bash(root: Node, words: Words) -> str:
    program = root.path[0]
    nodes = list(root.walk())
    return _BASH_HEAD.format(
        program=program,
        function=program.replace("-", "_"),
        known="\n".join(_known(node) for node in nodes if node is not root),
        values="\n".join(line for node in nodes for line in _bash_values(node, words)),
        options="\n".join(_case(_name(n), tuple(_option_names(n))) for n in nodes),
        arguments="\n".join(_case(_name(n), _first_words(n, words)) for n in nodes),
    )


def _known(node: Node) -> str:
    before = " ".join(node.path[1:-1])
    return f'            "{before} {node.path[-1]}") command="{_name(node)}" ;;'


def _bash_values(node: Node, words: Words) -> Iterator[str]:
    for option in node.options:
        values = option.values or words.get(option.takes, ())
        for name in option.names if option.takes else ():
            chosen = _reply(values) if values else "COMPREPLY=()"  # then the shell names files
            yield f'        "{_name(node)} {name}") {chosen}; return ;;'


def _case(name: str, candidates: tuple[str, ...]) -> str:
    return f'            "{name}") {_reply(candidates)} ;;'


def _reply(candidates: tuple[str, ...]) -> str:
    return f'COMPREPLY=($(compgen -W "{" ".join(candidates)}" -- "$current"))'


def _option_names(node: Node) -> Iterator[str]:
    for option in node.options:
        yield from option.names


def _first_words(node: Node, words: Words) -> tuple[str, ...]:
    """Commands of a group; the values of a command's arguments."""
    below = tuple(command.path[-1] for command in node.commands)
    return (*below, *(value for a in node.arguments for value in _of(a, words)))


def _of(argument: Argument, words: Words) -> tuple[str, ...]:
    return argument.values or words.get(argument.name, ())


def _name(node: Node) -> str:
    return " ".join(node.path[1:])


# -- fish ----------------------------------------------------------------------------------------


def _fish(root: Node, words: Words) -> Iterator[str]:
    program = root.path[0]
    yield f"# Completion of {program} for fish. Load it: {program} completion fish | source"
    for node in root.walk():
        when = _fish_condition(node)
        for command in node.commands:
            short = _quoted(command.short)
            yield f"complete -c {program} -n {when} -f -a {command.path[-1]} -d {short}"
        for option in node.options:
            yield _fish_option(program, when, option, words)
        for argument in node.arguments:
            if values := _of(argument, words):
                yield f"complete -c {program} -n {when} -f -a {_quoted(' '.join(values))}"


def _fish_option(program: str, when: str, option: Option, words: Words) -> str:
    parts = [f"complete -c {program} -n {when}"]
    for name in option.names:
        parts.append(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}")
    if option.takes:
        values = option.values or words.get(option.takes, ())
        parts.append(f"-x -a {_quoted(' '.join(values))}" if values else "-r")
    return " ".join([*parts, f"-d {_quoted(option.help)}"])


def _fish_condition(node: Node) -> str:
    *_, last = ("", *node.path[1:])
    if not last:
        return "__fish_use_subcommand"
    seen = " ; and ".join(f"__fish_seen_subcommand_from {word}" for word in node.path[1:])
    below = " ".join(command.path[-1] for command in node.commands)
    beyond = f" ; and not __fish_seen_subcommand_from {below}" if below else ""
    return _quoted(f"{seen}{beyond}")


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
