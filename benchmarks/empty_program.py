"""The empty program on the same stack: what reading and showing a case costs without any advice.

A Typer command with the options of `ndm-advisor advise`. It reads a case file with tomli, validates
it with one pydantic model that has the file's tables as typed fields, and prints one rich panel.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import tomli
import typer
from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.panel import Panel

app = typer.Typer(add_completion=False)


class EmptyCase(BaseModel):
    """The tables of a case file, each key of `isolate`, `infection` and `patient` left as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str
    id: str | None = None
    note: str | None = None
    reported_on: date | None = None
    isolate: dict[str, Any]
    panel: dict[str, Any] = {}
    infection: dict[str, Any]
    patient: dict[str, Any] = {}
    hospital: dict[str, Any] = {}
    orders: tuple[dict[str, Any], ...] = ()


@app.command()
def show(
    case: Path,
    *,
    guideline: Annotated[str | None, typer.Option(help="Guideline profile.")] = None,
    region: Annotated[str | None, typer.Option(help="Region.")] = None,
    output_format: Annotated[str | None, typer.Option("--format", help="Form.")] = None,
    on: Annotated[str | None, typer.Option(help="Date of advice.")] = None,
    data: Annotated[Path | None, typer.Option(help="Knowledge base.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="Change a key.")] = None,
    why: Annotated[bool, typer.Option("--why", help="Reasons.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Everything.")] = False,
    trace: Annotated[bool, typer.Option("--trace", help="Findings.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse overdue.")] = False,
    linear: Annotated[bool, typer.Option("--linear", help="No layout.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour.")] = False,
    no_input: Annotated[bool, typer.Option("--no-input", help="No prompts.")] = False,
    tall_man: Annotated[bool, typer.Option("--tall-man/--no-tall-man", help="Letters.")] = False,
) -> None:
    shown = EmptyCase.model_validate(tomli.loads(case.read_text(encoding="utf-8")))
    Console().print(Panel(f"{shown.id}: {shown.isolate['organism']}, {shown.infection['site']}"))


if __name__ == "__main__":
    app()
