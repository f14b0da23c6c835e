"""Panel rows to susceptibilities (policy section 3, `susceptibility`; breakpoint traps 1 to 12).

The laboratory's category stands when it gives one; an MIC or zone is read only with the row's own
standard, and standards are never mixed. A drug, species or indication without a breakpoint in that
standard counts as untested, whatever was reported, except that a reported R or NS stays.
"""

from typing import Final, NamedTuple, Self

from ndm_advisor.model.answer import Cited
from ndm_advisor.model.case import Case, PanelResult
from ndm_advisor.model.facts import Susceptibility
from ndm_advisor.model.knowledge import Breakpoint, Knowledge
from ndm_advisor.model.mic import NO_RESULT, Mic, parse_mic, round_up_to_doubling_dilution
from ndm_advisor.model.words import number

PAIR_TEST: Final = "ceftazidime-avibactam+aztreonam"
_SEVERITY_OF: Final = {"S": 0, "I": 1, "SDD": 1, "NS": 2, "R": 3}
_POLICY: Final = (Cited("policy", "section 3, susceptibility"),)

_NO_NUMBERS: Final = frozenset({"dash", "note", "not_listed", "refers", "unreadable"})

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


_NOT_READ: Final = _Read(None, not_susceptible=False, breakpoint=None, why="")


def indication_of(site: str, source: str | None, severity: str) -> str:
    """Which rows are read: cystitis the uncomplicated-UTI rows, urinary sources the urinary."""
    if site == "cystitis":
        return "uncomplicated"
    if site == "complicated-uti":
        return "urinary"
    if site == "bloodstream" and source == "complicated-uti" and severity == "non-severe":
        return "urinary"
    return "meningitis" if site == "cns" else "systemic"


def interpret(case: Case, reading: Reading, knowledge: Knowledge) -> dict[str, Susceptibility]:
    """Every panel row with what it counts as, by drug id."""
    return {
        drug: _susceptibility(_row_asked(drug, row, reading, knowledge))
        for drug, row in case.panel.results.items()
    }


class _Row(NamedTuple):
    """One panel row with the standard it is read by."""

    drug: str
    row: PanelResult
    mic: Mic | None
    standard: str | None
    version: str | None
    reading: Reading
    knowledge: Knowledge

    @property
    def what(self) -> str:
        return "MIC" if self.mic is not None else "zone"

    @property
    def method(self) -> str:
        return "MIC" if self.mic is not None else "disk"

    @property
    def shown(self) -> str:
        if self.mic is not None:
            return f"{self.what} {self.row.mic_mg_l} mg/L"
        return f"{self.what} {number(self.row.zone_mm or 0)} mm"

    @property
    def by_mic(self) -> Self:
        """The row with its MIC alone."""
        return self._replace(row=self.row.model_copy(update={"zone_mm": None}))

    @property
    def by_zone(self) -> Self:
        """The row with its zone alone."""
        return self._replace(mic=None, row=self.row.model_copy(update={"mic_mg_l": None}))


def _row_asked(drug: str, row: PanelResult, reading: Reading, knowledge: Knowledge) -> _Row:
    """A row's own standard stands before the panel's; the panel's version belongs to its own."""
    standard = row.standard or reading.standard
    version = reading.version if standard == reading.standard else None
    mic = parse_mic(row.mic_mg_l) if row.mic_mg_l is not None else None
    return _Row(drug, row, mic, standard, version, reading, knowledge)


def _susceptibility(asked: _Row) -> Susceptibility:
    drug, row = asked.drug, asked.row
    intrinsic = drug in asked.knowledge.organisms[asked.reading.organism].intrinsic
    if drug == PAIR_TEST:
        read = _NOT_READ
        used, why = _pair_used(row)
    else:
        read = _read_numbers(asked)
        used, why = _used(asked, read)
    if intrinsic:
        used, why = "R", f"{why}; this species is resistant by nature, which stands"
    listed = drug in asked.knowledge.settings.eucast_high_doses
    high_dose = used == "I" and asked.standard == "EUCAST" and listed
    return Susceptibility(
        drug=drug,
        mic=asked.mic,
        zone_mm=row.zone_mm,
        reported=row.category,
        read_as=read.category,
        breakpoint=None if read.breakpoint is None else read.breakpoint.id,
        used=used,
        active=used == "S" or high_dose,
        high_dose=high_dose,
        not_susceptible=read.not_susceptible and not intrinsic,
        standard=asked.standard,
        version=asked.version or known_version(asked.standard, None, asked.knowledge),
        method=row.method,
        conflict=_conflict(row.category, read),
        intrinsic=intrinsic,
        why=why,
        key=f"panel.results.{drug}",
        sources=_POLICY if read.breakpoint is None else (*read.breakpoint.sources, *_POLICY),
    )


def known_version(standard: str | None, version: str | None, knowledge: Knowledge) -> str | None:
    """The table read for a standard: the version named, else the newest; None when not held."""
    if standard is None:
        return None
    versions = knowledge.settings.breakpoint_versions.get(standard, ())
    if version is None:
        return versions[0] if versions else None
    return version if version in versions else None


def _rows(asked: _Row, standard: str, version: str) -> list[Breakpoint]:
    """The breakpoints of the drug for the indication, whatever the species; the best first."""
    wanted = _INDICATIONS[asked.reading.indication]
    rows = [
        b
        for b in asked.knowledge.breakpoints.get(asked.drug, ())
        if b.standard == standard and b.version == version and b.indication in wanted
    ]
    return sorted(rows, key=lambda b: wanted.index(b.indication))


def _find(asked: _Row, method: str | None, standard: str, version: str) -> Breakpoint | None:
    """The row for a method (None = any) and standard; falls back to the edition before.

    CLSI Ed36 rows that were unreadable at the source are replaced by the Ed35 rows
    (breakpoint dossier, cross-check record). An edition that holds the drug for other species only
    leaves this one out: no edition before it stands in.
    """
    groups = asked.knowledge.organism_groups
    versions = asked.knowledge.settings.breakpoint_versions[standard]
    unusable: Breakpoint | None = None
    for edition in (v for v in versions if v <= version):
        held = _rows(asked, standard, edition)
        rows = [b for b in held if asked.reading.organism in groups[b.organisms]]
        if held and not rows:
            break
        fitting = [b for b in rows if method is None or b.method == method]
        rows = fitting or [b for b in rows if b.status in _NO_NUMBERS]
        readable = [b for b in rows if b.status != "unreadable"]
        if readable:
            return readable[0]
        unusable = unusable or (rows[0] if rows else None)
    return unusable


def _read_numbers(asked: _Row) -> _Read:
    """Read the MIC, the zone, or the worse of both, with the row's own standard."""
    if asked.mic is not None and asked.row.zone_mm is not None:
        return _worse(_read_numbers(asked.by_mic), _read_numbers(asked.by_zone))
    if asked.mic is None and asked.row.zone_mm is None:
        return _NOT_READ
    if asked.standard is None:
        return _NOT_READ._replace(why=f"{asked.what} not read: no standard named")
    edition = known_version(asked.standard, asked.version, asked.knowledge)
    if edition is None:
        held = f"{asked.standard} {asked.version} is not held"
        return _NOT_READ._replace(why=f"{asked.what} not read: {held}")
    found = _find(asked, asked.method, asked.standard, edition)
    if found is None or found.status in _NO_NUMBERS:
        why = f"{asked.what} not read: {_no_breakpoint(found, asked.standard)}"
        return _NOT_READ._replace(why=why)
    return _compared(asked, found)


def _worse(mic: _Read, zone: _Read) -> _Read:
    """Of an MIC and a zone in one row the less susceptible reading; one alone where one is read."""
    if mic.category == zone.category and mic.not_susceptible == zone.not_susceptible:
        return mic
    first = max(mic, zone, key=_severity_of_reading)
    other = zone if first is mic else mic
    return first._replace(why=f"{first.why}; beside it {other.why}")


def _severity_of_reading(read: _Read) -> float:
    """A value that can only be not susceptible stands above I; one that is not read, below S."""
    if read.category is not None:
        return _SEVERITY_OF[read.category]
    return _SEVERITY_OF["NS"] if read.not_susceptible else -1


def _compared(asked: _Row, found: Breakpoint) -> _Read:
    """A number against its breakpoint."""
    if asked.mic is not None:
        category, certain = _category_of_mic(asked.mic, found)
    else:
        category, certain = _category_of_zone(asked.row.zone_mm, found)
    said = f"{describe(found)}{_atu(asked, found)}"
    if category is None:
        return _Read(None, certain, found, f"{asked.shown} cannot be categorised: {said}")
    if found.status == "brackets" and category != "R":
        remark = "a bracketed breakpoint finds resistance only"
        return _NOT_READ._replace(breakpoint=found, why=f"{asked.shown}: {remark}; {said}")
    between = _between_standards(asked)
    return _Read(category, certain, found, f"{asked.shown} read by the tool: {said}{between}")


def _between_standards(asked: _Row) -> str:
    """A cefiderocol MIC that EUCAST calls R and CLSI calls S says so (policy section 3)."""
    if asked.drug != "cefiderocol" or asked.mic is None:
        return ""
    called = {}
    for standard in ("EUCAST", "CLSI"):
        newest = asked.knowledge.settings.breakpoint_versions[standard][0]
        row = _find(asked, "MIC", standard, newest)
        called[standard] = _category_of_mic(asked.mic, row)[0] if row else None
    if called["EUCAST"] == called["CLSI"] or None in called.values():
        return ""
    return f"; between the standards: EUCAST {called['EUCAST']}, CLSI {called['CLSI']}"


def is_at_most(mic: Mic, limit_mg_l: float) -> bool:
    """Whether the end point is certainly at most the limit; `<=x` is when x is (trap 11)."""
    return mic.operator in {"=", "<=", "<"} and mic.value_mg_l <= limit_mg_l


def may_reach(mic: Mic, limit_mg_l: float) -> bool:
    """Whether the end point is not certainly below the limit: `<=x` may be x, `>x` is above."""
    if mic.operator == "<":
        return mic.value_mg_l > limit_mg_l
    return mic.operator in {">", ">="} or mic.value_mg_l >= limit_mg_l


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


def _atu(asked: _Row, found: Breakpoint) -> str:
    """The laboratory's area of technical uncertainty is a warning, never a category (trap 6)."""
    value = asked.mic.value_mg_l if asked.mic is not None else asked.row.zone_mm
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


def _used(asked: _Row, read: _Read) -> tuple[str, str]:
    """(what the row counts as, why)."""
    reported = asked.row.category
    if reported is None or reported in NO_RESULT:
        return _used_of_number(read, reported or "not tested")
    counted, remark = _counted(asked, reported)
    both = "; ".join(part for part in (remark, read.why) if part)
    if counted == "S" and read.not_susceptible and read.category is None:
        why = f"{read.why}; whatever the value, it is not susceptible"
        return "NS", f"reported S, but {why}; the worse one is used"
    if read.category is None or counted == "untested":
        return counted, both
    if _SEVERITY_OF[read.category] > _SEVERITY_OF[counted]:
        return read.category, f"reported {reported}, but {read.why}; the worse one is used"
    return counted, both


def _used_of_number(read: _Read, without: str) -> tuple[str, str]:
    """The same where the laboratory gives no category; `without` says so where nothing is read."""
    if read.category is not None:
        return read.category, read.why
    if read.not_susceptible:
        return "untested", f"{read.why}; whatever the value, it is not susceptible"
    return "untested", read.why or without


def _counted(asked: _Row, reported: str) -> tuple[str, str]:
    """What a reported category counts as, given whether its standard has such a breakpoint."""
    said = f"reported {reported}"
    if reported in {"R", "NS"}:
        return reported, said
    if asked.standard is None:
        return reported, f"{said}, no standard named"
    standard, row = asked.standard, _any_row(asked, asked.standard)
    if row is None and standard == "FDA":
        # The FDA table held is partial and FDA recognises M100 with exceptions.
        standard, row = "CLSI", _any_row(asked, "CLSI")
    refused = _refusal(row, standard, reported)
    if refused:
        return "untested", f"{said}, but {refused}: counts as untested"
    if row is not None and row.off_scale_s and reported == "S":
        return "I", f"{said}; {standard} has no S for this species, it is I"
    return reported, f"{said} by {asked.standard}"


def _any_row(asked: _Row, standard: str) -> Breakpoint | None:
    """Any row of the standard for this drug, species and indication, by the edition named."""
    version = asked.version if standard == asked.standard else None
    newest = known_version(standard, None, asked.knowledge)
    edition = known_version(standard, version, asked.knowledge) or newest
    return _find(asked, None, standard, edition) if edition else None


def _refusal(row: Breakpoint | None, standard: str, reported: str) -> str:
    """Why a category does not count; "" when it does."""
    if row is None or row.status in {"dash", "note", "not_listed"}:
        return _no_breakpoint(row, standard)
    if row.status == "brackets":
        return "the breakpoint is bracketed and finds resistance only"
    if row.status == "no_s_category" and reported == "S":
        return f"{standard} has no S category for it"
    return ""


def _pair_used(row: PanelResult) -> tuple[str, str]:
    """The combined test has categories only; its number is never compared with a breakpoint."""
    method = row.method or "no method named"
    if row.category is None or row.category in NO_RESULT:
        number_said = "; a number from this test is not read" if row.mic_mg_l else ""
        return "untested", f"{row.category or 'no category'}{number_said}"
    return row.category, f"reported {row.category} ({method})"


def _conflict(reported: str | None, read: _Read) -> bool:
    """Category against MIC or zone in one row."""
    if reported is None or reported in NO_RESULT:
        return False
    if read.category is not None:
        same = {reported, read.category} <= {"R", "NS"} or reported == read.category
        return not same
    return read.not_susceptible and reported == "S"
