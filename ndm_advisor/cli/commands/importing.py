"""`import`: laboratories' exports to case files."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from ndm_advisor.cli.exit_status import ExitStatus
from ndm_advisor.cli.options import COMMON, Data, On
from ndm_advisor.errors import UsageError

if TYPE_CHECKING:
    from ndm_advisor.intake.catalogue import Catalogue
    from ndm_advisor.intake.observed import Report
    from ndm_advisor.intake.told import Told

HELP: Final = """
Read a laboratory's own export and write case files, or one case a line for `batch -`.

Examples:

\b
  ndm-advisor import whonet export.csv --site pneumonia | ndm-advisor batch -
  ndm-advisor import hl7 message.hl7 --to cases
  ndm-advisor import fhir bundle.json --to cases
  ndm-advisor import csv panel.csv --mapping mapping.toml --dry-run

What the file does not say stays unknown; what a case cannot hold is set aside and counted.
"""
_OUTPUT_HELP: Final = """
Without --to, one case a line (NDJSON) goes to standard output; the account of what was
understood and set aside goes to standard error. Exit status 3: some isolates make no case,
4: none does.
"""
FHIR_HELP: Final = (
    """
Read FHIR R4: bundles in JSON or XML, and NDJSON bulk files, which are read together.

Examples:

\b
  ndm-advisor import fhir bundle.json --dry-run --verbose
  ndm-advisor import fhir report.xml --site bloodstream --to cases
  ndm-advisor import fhir Patient.ndjson Observation.ndjson --to cases

An entry that is not valid FHIR is read as far as it goes, and named.
Needs the extra: pip install 'ndm-advisor[fhir]'
"""
    + _OUTPUT_HELP
)
HL7_HELP: Final = (
    """
Read HL7 version 2 results (ORU^R01): one or many messages, batches, any line ending.

Examples:

\b
  ndm-advisor import hl7 result.hl7 --dry-run --verbose
  ndm-advisor import hl7 results/*.hl7 --site bloodstream --to cases

Needs the extra: pip install 'ndm-advisor[hl7]'
"""
    + _OUTPUT_HELP
)
WHONET_HELP: Final = (
    """
Read WHONET exports: one row an isolate, columns such as MEM_NM, CAZ_ED10, ATM_NE.

Examples:

\b
  ndm-advisor import whonet export.txt --dry-run
  ndm-advisor import whonet export.csv --site pneumonia | ndm-advisor batch -
"""
    + _OUTPUT_HELP
)
NCBI_HELP: Final = (
    """
Read tables downloaded from NCBI: the AST browser's export, isolates with their genes.
Several files are joined by BioSample.

Examples:

\b
  ndm-advisor import ncbi asts.tsv --site bloodstream
  ndm-advisor import ncbi isolates.csv panels.csv --standard CLSI --to cases
"""
    + _OUTPUT_HELP
)
CSV_HELP: Final = (
    """
Read a table of your own by a mapping file that says which column holds what
(docs/interoperability.md shows one).

Examples:

\b
  ndm-advisor import csv panel.csv --mapping mapping.toml --dry-run
  ndm-advisor import csv panel.csv --mapping mapping.toml --to cases
"""
    + _OUTPUT_HELP
)

Files = Annotated[
    list[str],
    typer.Argument(metavar="FILE...", show_default=False, help="Files; - reads standard input."),
]
To = Annotated[
    str | None,
    typer.Option(
        "--to",
        "-o",
        metavar="DIR",
        rich_help_panel=COMMON,
        help="Write one TOML file a case into DIR, readable by its owner only.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Write over case files that are there.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", rich_help_panel=COMMON, help="Write no case; only the account.")
]
Verbose = Annotated[
    bool, typer.Option("--verbose", help="Name each value with its place, and each set aside.")
]
SiteOption = Annotated[
    str | None,
    typer.Option(
        "--site",
        metavar="SITE",
        rich_help_panel=COMMON,
        help="Site of infection where the file tells none (bloodstream, pneumonia ...).",
    ),
]
Severity = Annotated[
    str | None,
    typer.Option("--severity", metavar="severe|non-severe", help="For every case of the run."),
]
StandardOption = Annotated[
    str | None,
    typer.Option(
        "--standard",
        metavar="EUCAST|CLSI|FDA",
        help="Standard of results where the file names none.",
    ),
]
Version = Annotated[
    str | None, typer.Option("--version", metavar="YEAR", help="Edition of --standard.")
]
StandardDisks = Annotated[
    bool,
    typer.Option(
        "--standard-disks",
        help="Zones without a disk content were made with the standard's own disk.",
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a key in every case; repeatable."),
]
KeepId = Annotated[
    str | None,
    typer.Option(
        "--keep-id",
        metavar="keyed",
        help="Name each case by a keyed hash of the identifiers; else they are dropped.",
    ),
]
KeyFile = Annotated[
    str | None,
    typer.Option("--key-file", metavar="FILE", help="The key of --keep-id, at least 16 bytes."),
]

Read = Callable[["Sequence[str]", "Catalogue", ExitStack], "Reading"]

_SEVERITIES: Final = ("severe", "non-severe")
_STANDARDS: Final = ("EUCAST", "CLSI", "FDA")
_LONGEST_KEY: Final = 65_536
_TOGETHER: Final = "--keep-id keyed and --key-file FILE go together"


class Reading(NamedTuple):
    """What a format makes of its files: reports, read as they are asked for.

    `unread`: columns that are not read. `faults` says, when all is read, what was no row.
    `may_repeat`: one isolate may come in several reports.
    """

    reports: "Iterator[Report]"
    unread: tuple[str, ...] = ()
    faults: "Callable[[], Iterator[str]] | None" = None
    may_repeat: bool = False


def _command_of(read: Read) -> Callable[..., ExitStatus]:
    """The command of one format. All take the same options; only the reading differs."""

    def command(
        files: Files,
        *,
        to: To = None,
        dry_run: DryRun = False,
        site: SiteOption = None,
        on: On = None,
        severity: Severity = None,
        standard: StandardOption = None,
        version: Version = None,
        standard_disks: StandardDisks = False,
        settings: Set = None,
        keep_id: KeepId = None,
        key_file: KeyFile = None,
        force: Force = False,
        verbose: Verbose = False,
        data: Data = None,
    ) -> ExitStatus:
        told = _told(site, severity, standard, version, standard_disks, settings, keep_id, key_file)
        return _run(read, files, told, _Output(to, dry_run, force, verbose), on=on, data=data)

    return command


def csv(
    files: Files,
    *,
    mapping: Annotated[
        str,
        typer.Option(
            "--mapping",
            metavar="FILE",
            rich_help_panel=COMMON,
            help="What the columns hold (TOML).",
        ),
    ],
    to: To = None,
    dry_run: DryRun = False,
    site: SiteOption = None,
    on: On = None,
    severity: Severity = None,
    standard: StandardOption = None,
    version: Version = None,
    standard_disks: StandardDisks = False,
    settings: Set = None,
    keep_id: KeepId = None,
    key_file: KeyFile = None,
    force: Force = False,
    verbose: Verbose = False,
    data: Data = None,
) -> ExitStatus:
    """Read tables by a mapping file."""
    told = _told(site, severity, standard, version, standard_disks, settings, keep_id, key_file)

    def read(names: Sequence[str], _: "Catalogue", held: ExitStack) -> Reading:
        from ndm_advisor.cli.inputs import read_text  # noqa: PLC0415
        from ndm_advisor.cli.lab_files import faults_of, open_tables  # noqa: PLC0415
        from ndm_advisor.intake.mapped import read_mapped  # noqa: PLC0415
        from ndm_advisor.intake.mapping import parse_mapping  # noqa: PLC0415

        wanted = parse_mapping(read_text(mapping), mapping)
        tables = open_tables(names, held, wanted.delimiter)
        reports, unread = read_mapped(tables, [wanted] * len(tables), "csv")
        return Reading(reports, unread, lambda: faults_of(tables))

    return _run(read, files, told, _Output(to, dry_run, force, verbose), on=on, data=data)


class _Output(NamedTuple):
    """Where the cases go, as the options say."""

    to: str | None
    dry_run: bool
    force: bool
    verbose: bool


def _run(
    read: Read,
    files: Sequence[str],
    told: "Told",
    output: _Output,
    *,
    on: str | None,
    data: str | None,
) -> ExitStatus:
    """Read, write, and give the account, whatever happens on the way."""
    from pathlib import Path  # noqa: PLC0415

    from ndm_advisor.cli.base import directory_of_base, load_base, names_of  # noqa: PLC0415
    from ndm_advisor.cli.importing import (  # noqa: PLC0415
        Tally,
        Target,
        run_import,
        say_account,
        status_of,
    )
    from ndm_advisor.cli.inputs import date_of_advice  # noqa: PLC0415
    from ndm_advisor.intake.catalogue import load_catalogue  # noqa: PLC0415

    day = date_of_advice(on)
    directory = Path(output.to) if output.to is not None else None
    target = Target(directory, output.force, output.dry_run, output.verbose)
    base = load_base(data)
    catalogue = load_catalogue(base, names_of(base), directory_of_base(data))
    tally = Tally()
    with ExitStack() as held:
        reading = read(files, catalogue, held)
        try:
            again = reading.may_repeat
            run_import(reading.reports, told, catalogue, target, tally, on=day, may_repeat=again)
        except UsageError:
            say_account(tally, reading.unread, dry_run=False)  # what was written until then
            raise
    for fault in reading.faults() if reading.faults is not None else ():
        tally.fault(fault)
    say_account(tally, reading.unread, dry_run=output.dry_run)
    return status_of(tally)


def _told(  # noqa: PLR0917 - the options of the command, once each
    site: str | None,
    severity: str | None,
    standard: str | None,
    version: str | None,
    standard_disks: bool,  # noqa: FBT001 - as typer hands it over
    settings: list[str] | None,
    keep_id: str | None,
    key_file: str | None,
) -> "Told":
    """What the options say, checked.

    Raises:
        UsageError: a value an option does not take.
    """
    from typing import get_args  # noqa: PLC0415

    from ndm_advisor.intake.told import Told  # noqa: PLC0415
    from ndm_advisor.model.case import Site  # noqa: PLC0415

    _check(site, get_args(Site), "--site")
    _check(severity, _SEVERITIES, "--severity")
    _check(standard, _STANDARDS, "--standard")
    _check(keep_id, ("keyed",), "--keep-id")
    if version is not None and standard is None:
        message = "--version is the edition of --standard: give both"
        raise UsageError(message)
    if (keep_id is None) != (key_file is None):
        raise UsageError(_TOGETHER)
    key = _key(key_file) if key_file is not None else None
    return Told(site, severity, standard, version, standard_disks, tuple(settings or ()), key)


def _check(value: str | None, known: Sequence[str], option: str) -> None:
    if value is not None and value not in known:
        message = f"{option}: `{value}` is not known here; write one of {', '.join(known)}"
        raise UsageError(message)


def _key(name: str) -> bytes:
    from pathlib import Path  # noqa: PLC0415

    from ndm_advisor.intake.pseudonym import SHORTEST_KEY  # noqa: PLC0415

    try:
        with Path(name).open("rb") as file:  # a pipe may hand the key over; a device never ends
            key = file.read(_LONGEST_KEY + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        message = f"--key-file: {name}: {reason}"
        raise UsageError(message) from error
    if len(key) > _LONGEST_KEY:
        message = f"--key-file: {name}: longer than {_LONGEST_KEY} bytes: no key"
        raise UsageError(message)
    key = key.strip()
    if len(key) < SHORTEST_KEY:
        message = f"--key-file: the key has {len(key)} bytes; it needs at least {SHORTEST_KEY}"
        raise UsageError(message)
    return key


# --- the formats --------------------------------------------------------------------------------


def _read_hl7(names: "Sequence[str]", catalogue: "Catalogue", held: ExitStack) -> Reading:
    try:
        from ndm_advisor.intake.hl7v2.read import read_hl7  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name != "hl7":
            raise
        message = "import hl7 needs the extra hl7: pip install 'ndm-advisor[hl7]'"
        raise UsageError(message) from None
    from ndm_advisor.cli.lab_files import open_bytes  # noqa: PLC0415

    files = [open_bytes(name, held) for name in names]
    return Reading(read_hl7(files, names, catalogue), may_repeat=True)


def _read_fhir(names: "Sequence[str]", catalogue: "Catalogue", held: ExitStack) -> Reading:
    from ndm_advisor.intake.fhir.documents import require_extra  # noqa: PLC0415

    require_extra()
    from ndm_advisor.cli.lab_files import open_bytes  # noqa: PLC0415
    from ndm_advisor.intake.fhir.reader import read_fhir  # noqa: PLC0415

    files = [open_bytes(name, held) for name in names]
    return Reading(read_fhir(files, names, catalogue), may_repeat=True)


def _read_whonet(names: "Sequence[str]", _: "Catalogue", held: ExitStack) -> Reading:
    from ndm_advisor.cli.lab_files import faults_of, open_tables  # noqa: PLC0415
    from ndm_advisor.intake.whonet import read_whonet  # noqa: PLC0415

    tables = open_tables(names, held)
    reports, unread = read_whonet(tables)
    return Reading(reports, unread, lambda: faults_of(tables))


def _read_ncbi(names: "Sequence[str]", _: "Catalogue", held: ExitStack) -> Reading:
    from ndm_advisor.cli.lab_files import faults_of, open_tables  # noqa: PLC0415
    from ndm_advisor.intake.mapped import ncbi_mapping, read_mapped  # noqa: PLC0415

    tables = open_tables(names, held)
    reports, unread = read_mapped(tables, [ncbi_mapping(table) for table in tables], "ncbi")
    return Reading(reports, unread, lambda: faults_of(tables))


fhir = _command_of(_read_fhir)
hl7 = _command_of(_read_hl7)
whonet = _command_of(_read_whonet)
ncbi = _command_of(_read_ncbi)
