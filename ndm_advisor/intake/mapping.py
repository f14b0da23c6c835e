"""A mapping file: which column of somebody's own table holds what."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import tomli
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ndm_advisor.errors import UsageError

FORMAT: Final = "ndm-advisor/csv-mapping/1"
Name = Annotated[str, Field(min_length=1)]
Measure = Literal["mic_mg_l", "zone_mm", "category"]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Columns(_Shape):
    """Columns that hold one thing about the patient or the isolate; the unit is in the key."""

    organism: Name | None = None
    specimen: Name | None = None
    site: Name | None = None
    reported_on: Name | None = None
    age_years: Name | None = None
    sex: Name | None = None
    weight_kg: Name | None = None
    height_cm: Name | None = None
    creatinine_umol_l: Name | None = None
    creatinine_mg_dl: Name | None = None


class LongResult(_Shape):
    """A table with one row for each result: the columns that hold it."""

    drug: Name
    mic_mg_l: Name | None = None
    mic_sign: Name | None = None
    zone_mm: Name | None = None
    disk_ug: Name | None = None
    category: Name | None = None
    standard: Name | None = None
    version: Name | None = None


class WideResult(_Shape):
    """A column that holds the results of one drug."""

    drug: Name
    measure: Measure
    standard: Name | None = None
    version: Name | None = None
    disk_ug: Name | None = None


class Genes(_Shape):
    """A column that lists the genes found, by name."""

    column: Name
    separator: Name = ";"
    method: Literal["pcr", "sequencing"] | None = None


class Mapping(_Shape):
    """The whole mapping file. `values` translates cells: column of this file, cell, meaning."""

    format: Literal["ndm-advisor/csv-mapping/1"]
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    decimal_comma: bool = False
    isolate: list[Name] = []
    columns: Columns = Columns()
    result: LongResult | None = None
    results: dict[Name, WideResult] = {}
    genes: Genes | None = None
    values: dict[Name, dict[str, str]] = {}
    constant: dict[Literal["organism", "specimen", "site", "standard", "version"], Name] = {}


def parse_mapping(text: str, name: str) -> Mapping:
    """The mapping in the text of a TOML file.

    Raises:
        UsageError: not TOML, or every key that is not as it must be.
    """
    try:
        return Mapping.model_validate(tomli.loads(text))
    except tomli.TOMLDecodeError as error:
        message = f"{name}: not TOML: {error}"
        raise UsageError(message) from None
    except ValidationError as error:
        problems = [
            f"{name}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}"
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise UsageError("\n".join(problems)) from None
