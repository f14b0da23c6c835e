"""Panel rows to susceptibilities (policy section 3, `susceptibility`; breakpoint traps 1 to 12).

The laboratory's category stands when it gives one; an MIC or zone is read only with the row's own
standard, and standards are never mixed. A drug, species or indication without a breakpoint in that
standard counts as untested, whatever was reported, except that a reported R or NS stays.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ndm_advisor.model.answer import Cited
from ndm_advisor.model.case import Case, PanelResult
from ndm_advisor.model.facts import Susceptibility
from ndm_advisor.model.knowledge import Breakpoint, Knowledge
from ndm_advisor.model.mic import Mic, parse_mic, round_up_to_doubling_dilution
from ndm_advisor.model.words import number

PAIR_TEST: Final = "ceftazidime-avibactam+aztreonam"
_NO_RESULT: Final = ("not tested", "pending")
_SEVERITY_OF: Final = {"S": 0, "I": 1, "SDD": 1, "NS": 2, "R": 3}
_POLICY: Final = (Cited("policy", "section 3, susceptibility"),)

# Rows are tried in this order; "else the systemic rows" (policy section 3, indication).
_INDICATIONS: Final[dict[str, tuple[str, ...]]] = {
    "uncomplicated": ("uncomplicated-uti", "urine-only", "urinary-origin", "not-meningitis", "all"),
    "urinary": ("urinary-origin", "urine-only", "not-meningitis", "all"),
    "meningitis": ("meningitis", "systemic", "not-meningitis", "all"),
    "systemic": ("systemic", "not-meningitis", "all", "other"),
}


class Reading(NamedTuple):
    """How the panel's rows are to be read for this case."""

    organism: str
    indication: str  # a key of _INDICATIONS
    standard: str | None
    version: str | None


class _Read(NamedTuple):
    category: str | None
    not_susceptible: bool
    breakpoint: Breakpoint | None
    why: str


def indication_of(site: str, source: str | None, severity: str) -> str:
    """Which rows are read: cystitis the uncomplicated-UTI rows, urinary sources the urinary rows."""
    if site == "cystitis":
        return "uncomplicated"
    if site == "complicated-uti":
        return "urinary"
    if site == "bloodstream" and source == "complicated-uti" and severity == "non-severe":
        return "urinary"
    return "meningitis" if site == "cns" else "systemic"


def interpret(case: Case, reading: Reading, knowledge: Knowledge) -> dict[str, Susceptibility]:
    """Every panel row with what it counts as, by drug id."""
    results = case.panel.results
    return {drug: _row(drug, row, reading, knowledge) for drug, row in results.items()}


def _row(drug: str, row: PanelResult, reading: Reading, knowledge: Knowledge) -> Susceptibility:
    standard = row.standard or reading.standard
    version = reading.version if standard == reading.standard else None
    reported = row.category
    mic = parse_mic(row.mic_mg_l) if row.mic_mg_l is not None else None
    intrinsic = drug in knowledge.organisms[reading.organism].intrinsic
    if drug == PAIR_TEST:
        read = _Read(None, not_susceptible=False, breakpoint=None, why="")
        used, why = _pair_used(row)
    else:
        read = _read_numbers(drug, row, mic, standard, version, reading, knowledge)
        used, why = _used(drug, reported, read, standard, version, reading, knowledge)
    conflict = _conflict(reported, read)
    if intrinsic:
        used, why = "R", f"{why}; this species is resistant by nature, which stands"
    high_dose = used == "I" and standard == "EUCAST" and drug in knowledge.settings.eucast_high_doses
    return Susceptibility(
        drug=drug,
        mic=mic,
        zone_mm=row.zone_mm,
        reported=reported,
        read_as=read.category,
        breakpoint=None if read.breakpoint is None else read.breakpoint.id,
        used=used,
        active=used == "S" or high_dose,
        high_dose=high_dose,
        not_susceptible=read.not_susceptible and not intrinsic,
        standard=standard,
        version=_version_shown(standard, version, knowledge),
        method=row.method,
        conflict=conflict,
        intrinsic=intrinsic,
        why=why,
        key=f"panel.results.{drug}",
        sources=_POLICY if read.breakpoint is None else (*read.breakpoint.sources, *_POLICY),
    )


def known_version(standard: str | None, version: str | None, knowledge: Knowledge) -> str | None:
    """The table read for a standard: the named version, the newest when none is named, else None."""
    if standard is None:
        return None
    versions = knowledge.settings.breakpoint_versions.get(standard, ())
    if version is None:
        return versions[0] if versions else None
    return version if version in versions else None


def _version_shown(standard: str | None, version: str | None, knowledge: Knowledge) -> str | None:
    return version or known_version(standard, None, knowledge)


def _rows(
    drug: str, standard: str, version: str, reading: Reading, knowledge: Knowledge
) -> list[Breakpoint]:
    """The breakpoints that apply, best indication first."""
    wanted = _INDICATIONS[reading.indication]
    rows = [
        b
        for b in knowledge.breakpoints.get(drug, ())
        if b.standard == standard
        and b.version == version
        and b.indication in wanted
        and reading.organism in knowledge.organism_groups[b.organisms]
    ]
    return sorted(rows, key=lambda b: wanted.index(b.indication))


def find_breakpoint(
    drug: str,
    method: str | None,
    standard: str,
    version: str,
    reading: Reading,
    knowledge: Knowledge,
) -> Breakpoint | None:
    """The row for a drug, method (None = any), standard and case; falls back to the edition before.

    CLSI Ed36 rows that were unreadable at the source are replaced by the Ed35 rows
    (breakpoint dossier, cross-check record).
    """
    older = [v for v in knowledge.settings.breakpoint_versions[standard] if v <= version]
    unusable: Breakpoint | None = None
    for edition in older:
        rows = _rows(drug, standard, edition, reading, knowledge)
        rows = [b for b in rows if method is None or b.method == method] or (
            [b for b in rows if b.status not in {"numeric", "no_s_category", "brackets"}]
        )
        readable = [b for b in rows if b.status != "unreadable"]
        if readable:
            return readable[0]
        unusable = unusable or (rows[0] if rows else None)
    return unusable


def _read_numbers(
    drug: str,
    row: PanelResult,
    mic: Mic | None,
    standard: str | None,
    version: str | None,
    reading: Reading,
    knowledge: Knowledge,
) -> _Read:
    """Read the MIC (or the zone) of a row with the row's own standard."""
    if mic is None and row.zone_mm is None:
        return _Read(None, not_susceptible=False, breakpoint=None, why="")
    what = "MIC" if mic is not None else "zone"
    if standard is None:
        return _Read(None, False, None, f"{what} not read: no standard named")  # noqa: FBT003  # a record's field
    edition = known_version(standard, version, knowledge)
    if edition is None:
        return _Read(None, False, None, f"{what} not read: {standard} {version} is not held")  # noqa: FBT003  # as above
    found = find_breakpoint(
        drug, "MIC" if mic is not None else "disk", standard, edition, reading, knowledge
    )
    if found is None or found.status in {"dash", "note", "not_listed", "refers", "unreadable"}:
        return _Read(None, False, None, f"{what} not read: {_no_breakpoint(found, standard)}")  # noqa: FBT003  # as above
    category, certain = (
        _category_of_mic(mic, found) if mic is not None else _category_of_zone(row.zone_mm, found)
    )
    shown = f"{what} {row.mic_mg_l if mic is not None else number(row.zone_mm or 0)}"
    if category is None:
        return _Read(None, certain, found, f"{shown} cannot be categorised: {describe(found)}")
    if found.status == "brackets" and category != "R":
        remark = "a bracketed breakpoint finds resistance only"
        return _Read(None, False, found, f"{shown}: {remark}; {describe(found)}")  # noqa: FBT003  # as above
    return _Read(category, certain, found, f"{shown} read by the tool: {describe(found)}{_atu(mic, row, found)}")


def is_at_most(mic: Mic, limit_mg_l: float) -> bool:
    """Whether the end point is certainly at most the limit; `<=x` is when x is (trap 11)."""
    return mic.operator in {"=", "<=", "<"} and mic.value_mg_l <= limit_mg_l


def is_above(mic: Mic, limit_mg_l: float) -> bool:
    """Whether the end point is certainly above the limit; `>x` is when x reaches it (trap 11)."""
    if mic.operator == ">":
        return mic.value_mg_l >= limit_mg_l
    return mic.operator in {"=", ">="} and mic.value_mg_l > limit_mg_l


def _category_of_mic(mic: Mic, row: Breakpoint) -> tuple[str | None, bool]:
    """(category or None, whether the result can only be not susceptible)."""
    if row.standard != "EUCAST":
        mic = mic._replace(value_mg_l=round_up_to_doubling_dilution(mic.value_mg_l))
    s_max = row.s_at_most_mg_l
    above = row.r_above_mg_l
    if above is None and row.r_at_least_mg_l is not None:
        above = row.r_at_least_mg_l / 2  # the doubling dilution below "R >="
    if s_max is not None and is_at_most(mic, s_max):
        return ("I" if row.off_scale_s else "S"), False
    if above is not None and is_above(mic, above):
        return "R", True
    if s_max is not None and not is_above(mic, s_max):
        return None, False
    if above is None:
        return ("NS" if s_max is not None else None), s_max is not None
    if is_at_most(mic, above):
        return (row.between or "I"), True
    return None, s_max is not None


def _category_of_zone(zone_mm: float | None, row: Breakpoint) -> tuple[str | None, bool]:
    if zone_mm is None or row.s_at_least_mm is None:
        return None, False
    if zone_mm >= row.s_at_least_mm:
        return ("I" if row.off_scale_s else "S"), False
    if row.r_below_mm is not None:
        return ("R" if zone_mm < row.r_below_mm else row.between or "I"), True
    if row.r_at_most_mm is not None:
        return ("R" if zone_mm <= row.r_at_most_mm else row.between or "I"), True
    return "NS", True


def _atu(mic: Mic | None, row: PanelResult, found: Breakpoint) -> str:
    """The laboratory's area of technical uncertainty is a warning, never a category (trap 6)."""
    value = mic.value_mg_l if mic is not None else row.zone_mm
    if found.atu_from is None or found.atu_to is None or value is None:
        return ""
    inside = found.atu_from <= value <= found.atu_to
    return "; in the area of technical uncertainty: ask the laboratory" if inside else ""


def describe(row: Breakpoint) -> str:
    """A breakpoint in its own standard's convention, in words."""
    parts = []
    if row.method == "MIC":
        parts += [f"S at most {number(row.s_at_most_mg_l)} mg/L"] if row.s_at_most_mg_l else []
        parts += [f"R above {number(row.r_above_mg_l)} mg/L"] if row.r_above_mg_l else []
        parts += [f"R at least {number(row.r_at_least_mg_l)} mg/L"] if row.r_at_least_mg_l else []
    else:
        parts += [f"S at least {number(row.s_at_least_mm)} mm"] if row.s_at_least_mm else []
        parts += [f"R below {number(row.r_below_mm)} mm"] if row.r_below_mm else []
        parts += [f"R at most {number(row.r_at_most_mm)} mm"] if row.r_at_most_mm else []
    return f"{row.standard} {row.version}, {', '.join(parts) or 'no numbers'}"


def _no_breakpoint(row: Breakpoint | None, standard: str) -> str:
    words = {
        "dash": f"{standard} calls the drug unsuitable",
        "note": f"{standard} gives a note instead of a breakpoint",
        "refers": f"{standard} refers to another standard's table, which is not mixed in",
        "unreadable": f"the {standard} row was not readable at its source",
    }
    default = f"no {standard} breakpoint for this drug, species and indication"
    return words.get(row.status, default) if row else default


def _used(
    drug: str,
    reported: str | None,
    read: _Read,
    standard: str | None,
    version: str | None,
    reading: Reading,
    knowledge: Knowledge,
) -> tuple[str, str]:
    """(what the row counts as, why)."""
    if reported is None or reported in _NO_RESULT:
        if read.category is not None:
            return read.category, read.why
        if read.not_susceptible:
            return "untested", f"{read.why}; whatever the value, it is not susceptible"
        return "untested", read.why or (reported or "not tested")
    counted, remark = _counted(drug, reported, standard, version, reading, knowledge)
    if read.category is None or counted == "untested":
        return counted, "; ".join(part for part in (remark, read.why) if part)
    if _SEVERITY_OF[read.category] > _SEVERITY_OF[counted]:
        return read.category, f"reported {reported}, but {read.why}; the worse one is used"
    return counted, "; ".join(part for part in (remark, read.why) if part)


def _counted(
    drug: str,
    reported: str,
    standard: str | None,
    version: str | None,
    reading: Reading,
    knowledge: Knowledge,
) -> tuple[str, str]:
    """What a reported category counts as, given whether its standard has such a breakpoint."""
    said = f"reported {reported}"
    if reported in {"R", "NS"}:
        return reported, said
    if standard is None:
        return reported, f"{said}, no standard named"
    edition = known_version(standard, version, knowledge) or known_version(standard, None, knowledge)
    row = find_breakpoint(drug, None, standard, edition or "", reading, knowledge) if edition else None
    if row is None and standard == "FDA":
        # The FDA table held is partial and FDA recognises M100 with exceptions.
        return _counted(drug, reported, "CLSI", None, reading, knowledge)
    if row is None or row.status in {"dash", "note", "not_listed"}:
        return "untested", f"{said}, but {_no_breakpoint(row, standard)}: counts as untested"
    if row.status == "brackets":
        return "untested", f"{said} by a bracketed breakpoint, which finds resistance only: counts as untested"
    if row.status == "no_s_category" and reported == "S":
        return "untested", f"{said}, but {standard} has no S category for it: counts as untested"
    if row.off_scale_s and reported == "S":
        return "I", f"{said}; {standard} has no S for this species, it is I"
    return reported, f"{said} by {standard}"


def _pair_used(row: PanelResult) -> tuple[str, str]:
    """The combined test has categories only; its number is never compared with a breakpoint."""
    method = row.method or "no method named"
    if row.category is None or row.category in _NO_RESULT:
        number_said = "; a number from this test is not read" if row.mic_mg_l else ""
        return "untested", f"{row.category or 'no category'}{number_said}"
    return row.category, f"reported {row.category} ({method})"


def _conflict(reported: str | None, read: _Read) -> bool:
    """Category against MIC or zone in one row."""
    if reported is None or reported in _NO_RESULT:
        return False
    if read.category is not None:
        same = {reported, read.category} <= {"R", "NS"} or reported == read.category
        return not same
    return read.not_susceptible and reported == "S"
