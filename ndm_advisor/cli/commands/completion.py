"""`completion`: the script that completes commands, options and ids in a shell."""

from typing import Annotated, Final

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import Data
from ndm_advisor.errors import UsageError

HELP: Final = """
Print the script that completes commands, options, values and ids in a shell.

Examples:

\b
  source <(ndm-advisor completion bash)         this session; or in ~/.bashrc
  source <(ndm-advisor completion zsh)          likewise, in ~/.zshrc
  ndm-advisor completion fish | source          likewise, in config.fish

The script is plain text: it starts no program when a key is pressed. Ids are those of the
installed base; print the script again after a new one.
"""
_KINDS: Final = ("alert", "regimen", "drug", "hazard", "source", "claim")


def completion(
    context: typer.Context,
    shell: Annotated[
        str, typer.Argument(metavar="bash|zsh|fish", show_default=False, help="The shell.")
    ],
    *,
    data: Data = None,
) -> ExitStatus:
    """Print a script."""
    from ndm_advisor.cli.command_tree import tree_of  # noqa: PLC0415
    from ndm_advisor.cli.completion_scripts import SHELLS, script  # noqa: PLC0415
    from ndm_advisor.cli.screen import write_out  # noqa: PLC0415

    if shell not in SHELLS:
        message = f"`{shell}` is not one of {', '.join(SHELLS)}"
        raise UsageError(message)
    write_out(script(shell, tree_of(context), _words(data)))
    return ExitStatus.OK


def _words(data: str | None) -> dict[str, tuple[str, ...]]:
    """The values of metavars that the base or the program knows."""
    from ndm_advisor.cli.commands.topics import TOPICS  # noqa: PLC0415
    from ndm_advisor.cli.shelf import load_shelf  # noqa: PLC0415
    from ndm_advisor.explain.pages import KINDS  # noqa: PLC0415

    shelf = load_shelf(data)
    ids = [i for kind in KINDS if kind.name in _KINDS for i in kind.ids(shelf)]
    kinds = tuple(kind.plural for kind in KINDS)
    dosed = [d.id for d in shelf.knowledge.drugs.values() if d.dosing]
    pairs = [s.id for s in shelf.knowledge.strategies.values() if len(s.drugs) > 1]
    return {
        "ID": tuple(dict.fromkeys((*kinds, *ids))),
        "KIND": kinds,
        "TOPIC": TOPICS,
        "PROFILE": tuple(shelf.knowledge.profiles),
        "DRUG": (*dosed, *pairs),
    }
