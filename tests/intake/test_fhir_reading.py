"""`import fhir`: what is read, what is set aside and why, and that the counts add up."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ndm_advisor.intake import fhir
from ndm_advisor.intake.catalogue import Catalogue
from ndm_advisor.intake.fhir.documents import READ, documents
from ndm_advisor.intake.fhir.reader import read_fhir
from ndm_advisor.intake.fhir.results import MODIFIED
from ndm_advisor.intake.observed import Code, Understood
from ndm_advisor.model import fhir_terms as terms
from ndm_advisor.model.case import canonical_json
from tests.intake.conftest import peer
from tests.intake.fhir_cases import (
    ABSENT,
    CATEGORY,
    LOINC,
    ROOT,
    Resource,
    bundle,
    grown,
    members,
    mic,
    ordered,
    patient,
    reports,
    result,
    understood,
)

pytest.importorskip("fhir.resources")
pytest.importorskip("lxml")

BELGIAN = "fhir-be-antibiogram-ecoli-saureus.json"
SWISS = "fhir-ch-elm-cpe.xml"
SITE = {"site": "bloodstream"}


def adds_up(made: Understood) -> None:
    """Issue 9: read + set aside with a reason = observations in the message."""
    assert made.read + len(made.set_aside) == made.observations == len(made.report.observations)
    assert all(left.reason for left in made.set_aside)


def panel(made: Understood, case: int = 0) -> dict[str, Any]:
    table: Any = made.cases[case].document.get("panel", {})
    return dict(table.get("results", {}))


def reasons(made: Understood) -> dict[str, str]:
    """Why each was set aside, by what it is called."""
    return {s.observation.name or str(s.observation.value): s.reason for s in made.set_aside}


# --- real files ----------------------------------------------------------------------------------


def test_the_belgian_antibiogram(catalogue: Catalogue) -> None:
    """52 Observation resources in the text; a sex, a birth date, a report date, a specimen."""
    data = peer(BELGIAN).read_bytes()
    assert len(re.findall(rb'"resourceType"\s*:\s*"Observation"', data)) == 52
    made = understood(data, catalogue, site="complicated-uti")
    adds_up(made)
    assert made.observations == 52 + 4
    assert (made.read, len(made.set_aside)) == (21, 35)
    coli, aureus = made.cases  # the antibiogram stands twice, and is one isolate
    assert coli.case.isolate.organism == "escherichia-coli"
    assert aureus.case.isolate.organism == "staphylococcus-aureus"
    assert {drug: row["category"] for drug, row in panel(made).items()} == {
        "amoxicillin": "R",
        "amoxicillin-clavulanic-acid": "I",
        "cefuroxime": "I",
        "temocillin": "I",
        "piperacillin-tazobactam": "S",
        "ceftazidime": "S",
        "meropenem": "I",
    }
    assert coli.conflicts == aureus.conflicts == ()
    two_drugs = reasons(made)["Cefotaxim/ceftriaxone"]
    assert two_drugs.startswith("unknown drug")
    assert coli.case.patient.age_years == 110  # born 1911-11-11, specimen of 2022-02-26
    assert coli.case.panel.standard is None  # none is named


def test_no_identifier_of_the_belgian_patient_is_kept(catalogue: Catalogue) -> None:
    made = understood(peer(BELGIAN).read_bytes(), catalogue, site="complicated-uti")
    kept = json.dumps([case.document for case in made.cases], default=str)
    places = " ".join(o.place for o in made.report.observations)
    for named in ("Xchelpdesk", "11111102504", "1911", "405636", "220226100201", "GENT"):
        assert named not in kept
        assert named not in places


def test_the_swiss_notification(catalogue: Catalogue) -> None:
    """One Observation; a sex, a birth date, a specimen. No organism and no drug is named."""
    data = peer(SWISS).read_bytes()
    assert data.count(b"<Observation>") == 1
    made = understood(data, catalogue, site="complicated-uti")
    adds_up(made)
    assert (made.observations, made.read) == (4, 0)
    assert made.cases == ()
    assert made.no_case == ("no organism is named",)


# --- fixtures of our own, in the shape of the real ones ------------------------------------------


def coded_category(code: str) -> Resource:
    return {"valueCodeableConcept": {"coding": [{"system": CATEGORY, "code": code}]}}


def local(id_: str, code: str, name: str, **more: Any) -> Resource:
    """A result under a laboratory's own code, its category in the value."""
    made = result(id_, name, None, **more)
    made["code"]["coding"] = [{"system": "https://lab.example", "code": code}]
    return made


def laboratory_bundle() -> Resource:
    """Two organisms below one culture, the first twice; local codes; two drugs in one test."""
    first = [
        local("r1", "MER", "Meropenem (RIS)", **coded_category("R")),
        local("r2", "CTX", "Cefotaxim/ceftriaxone (RIS)", **coded_category("R")),
        local("r3", "XYZ", "Ceftazidime/avibactam (RIS)", **coded_category("R")),
    ]
    again = [r | {"id": f"{r['id']}b"} for r in first]
    other = [local("r4", "PEN", "Vancomycin (RIS)", **coded_category("S"))]
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "112283007"}]}
    coli = grown(
        "o1", code=code | {"text": "Escherichia coli"}, hasMember=members("r1", "r2", "r3")
    )
    del coli["valueCodeableConcept"]
    coli["valueString"] = "++"
    twin = coli | {"id": "o2", "hasMember": members("r1b", "r2b", "r3b")}
    aureus = grown("o3", "Staphylococcus aureus", hasMember=members("r4"))
    culture = result("c", "Culture", None, hasMember=members("o1", "o2", "o3"))
    return bundle(patient(), *first, *again, *other, coli, twin, aureus, culture)


def test_a_bundle_of_the_belgian_shape(catalogue: Catalogue) -> None:
    made = understood(laboratory_bundle(), catalogue, **SITE)
    adds_up(made)
    assert made.observations == 1 + 3 + 3 + 1 + 3 + 1  # sex, results twice, another, grown, culture
    assert [case.case.isolate.organism for case in made.cases] == [
        "escherichia-coli",
        "staphylococcus-aureus",
    ]
    assert panel(made) == {
        "meropenem": {"category": "R"},
        "ceftazidime-avibactam": {"category": "R"},  # never ceftazidime
    }
    assert "Cefotaxim/ceftriaxone" in reasons(made)
    assert reasons(made)["Culture"] == "a heading over others"


def swiss_xml(organism: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Bundle xmlns="http://hl7.org/fhir">
  <type value="collection"/>
  <!-- a comment -->
  <entry><fullUrl value="urn:uuid:1"/><resource><Patient>
    <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">Jane</div></text>
    <identifier><value value="7561234567897"/></identifier>
    <gender value="female"/><birthDate value="1981-02-07"/>
  </Patient></resource></entry>
  <entry><fullUrl value="urn:uuid:2"/><resource><Observation>
    <status value="final"/>
    <code><coding><system value="http://loinc.org"/><code value="73982-1"/></coding></code>
    <subject><reference value="urn:uuid:1"/></subject>
    <effectiveDateTime value="2026-11-19T14:20:00+02:00"/>
    <interpretation><coding>
      <system value="http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"/>
      <code value="POS"/>
    </coding></interpretation>
  </Observation></resource></entry>
  {organism}
</Bundle>""".encode()


GROWN_XML = """<entry><fullUrl value="urn:uuid:3"/><resource><Observation>
    <status value="final"/>
    <code><coding><system value="http://loinc.org"/><code value="6463-4"/></coding></code>
    <subject><reference value="urn:uuid:1"/></subject>
    <valueCodeableConcept><text value="Escherichia coli"/></valueCodeableConcept>
    <component>
      <code><text value="meropenem"/></code>
      <valueQuantity><value value="32"/><comparator value="&gt;"/>
        <system value="http://unitsofmeasure.org"/><code value="mg/L"/></valueQuantity>
    </component>
  </Observation></resource></entry>"""


def test_xml_of_the_swiss_shape(catalogue: Catalogue) -> None:
    """The narrative is removed first, and every entry is valid FHIR."""
    made = understood(swiss_xml(GROWN_XML), catalogue, **SITE)
    adds_up(made)
    (case,) = made.cases
    assert (case.case.isolate.mbl, case.case.isolate.mbl_family) == ("confirmed", "NDM")
    assert case.case.patient.age_years == 45
    assert made.report.notes == ()
    assert "Jane" not in str(made)


def test_xml_without_an_organism_makes_no_case(catalogue: Catalogue) -> None:
    made = understood(swiss_xml(), catalogue, **SITE)
    adds_up(made)
    assert (made.cases, made.read) == ((), 0)


ENTITIES = [
    b'<?xml version="1.0"?><!DOCTYPE Bundle [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<Bundle xmlns="http://hl7.org/fhir"><id value="&b;"/></Bundle>',
    b'<!DOCTYPE Bundle [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<Bundle xmlns="http://hl7.org/fhir"><id>&x;</id></Bundle>',
    b'<!DOCTYPE Bundle SYSTEM "http://evil.example/x.dtd"><Bundle xmlns="http://hl7.org/fhir"/>',
    '<!DOCTYPE Bundle [<!ENTITY x "y">]><Bundle xmlns="http://hl7.org/fhir"/>'.encode("utf-16"),
    b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE Bundle+AD4-<Bundle/>',
]


@pytest.mark.parametrize("data", ENTITIES)
def test_entities_and_document_types_are_refused(data: bytes, catalogue: Catalogue) -> None:
    (report,) = reports(data, catalogue)
    assert report.observations == ()
    (fault,) = report.faults
    assert "root:" not in fault  # of /etc/passwd
    assert "XML" in fault


def test_the_example(catalogue: Catalogue) -> None:
    """Every kind of resource in one constructed bundle; each value by hand from its text."""
    made = understood((ROOT / "examples" / "lab" / "bundle.json").read_bytes(), catalogue)
    adds_up(made)
    assert made.report.notes == made.report.faults == ()
    assert reasons(made) == {"Cefotaxime/ceftriaxone": "unknown drug name"}
    (case,) = made.cases
    assert json.loads(canonical_json(case.case)) == {
        "format": "ndm-advisor/case/1",
        "id": "fhir-1",
        "reported_on": "2026-11-20",
        "isolate": {
            "organism": "escherichia-coli",
            "mbl": "confirmed",
            "mbl_family": "NDM",
            "mbl_method": "pcr",
        },
        "panel": {
            "standard": "EUCAST",
            "version": "2026",
            "results": {
                "meropenem": {"mic_mg_l": ">32", "category": "R"},
                "aztreonam": {"mic_mg_l": "64", "category": "R"},
                "ceftazidime-avibactam": {"mic_mg_l": ">256", "category": "R"},
                "aztreonam-avibactam": {"mic_mg_l": "0.5", "category": "S"},
                "amikacin": {"mic_mg_l": ">64", "category": "R"},
                "colistin": {"mic_mg_l": "0.5"},
            },
        },
        "infection": {"site": "bloodstream"},
        "patient": {
            "age_years": 67,  # born 1959-03-01, specimen of 2026-11-18
            "sex": "female",
            "weight_kg": 71.0,
            "height_cm": 165.0,
            "creatinine_umol_l": 88.0,
            "creatinine_measured_on": "2026-11-20",
            "allergies": [
                {
                    "drug": "trimethoprim-sulfamethoxazole",
                    "reaction": "rash",
                    "severity": "mild",
                }
            ],
        },
        "orders": [
            {
                "drug": "meropenem",
                "dose_mg": 2000.0,
                "interval_h": 8.0,
                "infusion_h": 3.0,
                "route": "iv",
                "started_on": "2026-11-19",
            }
        ],
    }


# --- entries that are not valid ------------------------------------------------------------------


def test_an_entry_that_is_not_valid_is_read_leniently_and_named(catalogue: Catalogue) -> None:
    bad = result("r1", "meropenem", "R", colour="blue")
    bad["status"] = ["final"]
    good = result("r2", "aztreonam", "S")
    made = understood(bundle(patient(), grown(), bad, good), catalogue, **SITE)
    adds_up(made)
    assert panel(made) == {"meropenem": {"category": "R"}, "aztreonam": {"category": "S"}}
    (note,) = made.report.notes
    assert note.startswith("entry 3 (Observation): not valid FHIR, read leniently (at fault: ")
    assert "colour" in note


def test_half_a_bundle_gives_the_good_half_and_says_what_is_wrong(catalogue: Catalogue) -> None:
    made = bundle(patient(), grown(), result("r1", "meropenem", "R"))
    made["entry"] += [{}, {"resource": "text"}, "text", {"resource": {"resourceType": 3}}]
    read = understood(made, catalogue, **SITE)
    adds_up(read)
    assert panel(read) == {"meropenem": {"category": "R"}}
    assert read.report.faults == (
        "entry 4: no resource in it",
        "entry 5: no resource in it",
        "entry 6: no resource in it",
        "entry 7: not a FHIR resource",
    )


def test_a_key_that_stands_twice_costs_its_entry(catalogue: Catalogue) -> None:
    text = json.dumps(bundle(patient(), grown(), result("r1", "meropenem", "S")))
    before = '"status": "final", "code": {"text": "mero'
    twice = text.replace(before, f'"status": "cancelled", {before}')
    assert twice != text
    made = understood(twice.encode(), catalogue, **SITE)
    assert panel(made) == {}
    (fault,) = made.report.faults
    assert fault.startswith("entry 3 (Observation): a key stands twice")


BROKEN = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"resourceType": "Bundle", "entry": 3}',
    b'{"a": NaN}',
    b"\xff\xfe\x00",
    b"<Bundle",
    b"<a/>",
    b'{"resourceType": "Bundle", "entry": [' + b'{"resource": {"a":' * 2000,
    b'{"value": ' + b"9" * 5000 + b"}",
    b"[" * 100_000,
]


@pytest.mark.parametrize("data", BROKEN, ids=lambda data: repr(data[:24]))
def test_what_is_no_fhir_at_all_is_a_fault(data: bytes, catalogue: Catalogue) -> None:
    (report,) = reports(data, catalogue)
    assert report.observations == ()


# --- which isolate -------------------------------------------------------------------------------


def test_one_organism_takes_every_result(catalogue: Catalogue) -> None:
    made = understood(bundle(patient(), grown(), result("r1", "meropenem", "R")), catalogue, **SITE)
    assert panel(made) == {"meropenem": {"category": "R"}}


def test_a_result_of_nobody_knows_which_of_two_isolates_is_set_aside(catalogue: Catalogue) -> None:
    two = (grown(), grown("o2", "Klebsiella pneumoniae"))
    made = understood(bundle(patient(), *two, result("r1", "meropenem", "S")), catalogue, **SITE)
    adds_up(made)
    assert [panel(made, 0), panel(made, 1)] == [{}, {}]
    assert reasons(made)["meropenem"] == ("which of several isolates it is told of is not stated")


NOT_FOUND = [
    {"valueCodeableConcept": {"text": "Not detected"}},
    {"valueBoolean": False},
    {"interpretation": [{"coding": [{"system": CATEGORY, "code": "NEG"}]}]},
]


@pytest.mark.parametrize("value", NOT_FOUND)
def test_an_organism_that_was_looked_for_and_not_found_did_not_grow(
    value: Resource, catalogue: Catalogue
) -> None:
    looked_for = result("r1", "Escherichia coli", None, **value)
    made = understood(bundle(patient(), looked_for), catalogue, **SITE)
    adds_up(made)
    assert made.cases == ()


def test_a_result_derived_from_an_organism_is_of_it(catalogue: Catalogue) -> None:
    two = (grown(), grown("o2", "Klebsiella pneumoniae"))
    of = result("r1", "meropenem", "R", derivedFrom=members("o2"))
    made = understood(bundle(patient(), *two, of), catalogue, **SITE)
    assert [panel(made, 0), panel(made, 1)] == [{}, {"meropenem": {"category": "R"}}]


def specimen(id_: str, kind: str) -> Resource:
    return {
        "resourceType": "Specimen",
        "id": id_,
        "type": {"text": kind},
        "subject": {"reference": "Patient/p1"},
    }


def test_specimens_tell_isolates_and_sites_apart(catalogue: Catalogue) -> None:
    blood, urine = ({"specimen": {"reference": f"Specimen/{s}"}} for s in ("s1", "s2"))
    made = understood(
        bundle(
            patient(),
            specimen("s1", "blood"),
            specimen("s2", "urine"),
            grown("o1", **blood),
            grown("o2", "Klebsiella pneumoniae", **urine),
            result("r1", "meropenem", "R", **blood),
            result("r2", "aztreonam", "S", **urine),
        ),
        catalogue,
    )
    adds_up(made)
    (case,) = made.cases  # urine does not tell the site
    assert case.case.infection.site == "bloodstream"
    assert panel(made) == {"meropenem": {"category": "R"}}


def test_an_isolate_made_a_specimen_of_its_own_leads_back_to_the_blood(
    catalogue: Catalogue,
) -> None:
    parent = {"parent": [{"reference": "Specimen/s1"}]}
    of = [{"specimen": {"reference": f"Specimen/{s}"}} for s in ("i1", "i2")]
    made = understood(
        bundle(
            patient(),
            specimen("s1", "blood"),
            specimen("i1", "isolate") | parent,
            specimen("i2", "isolate") | parent,
            grown("o1", **of[0]),
            grown("o2", "Klebsiella pneumoniae", **of[1]),
            result("r1", "meropenem", "R", **of[0]),
            result("r2", "meropenem", "S", **of[1]),
        ),
        catalogue,
    )
    adds_up(made)
    assert [case.case.infection.site for case in made.cases] == ["bloodstream", "bloodstream"]
    assert [panel(made, case)["meropenem"] for case in (0, 1)] == [
        {"category": "R"},
        {"category": "S"},
    ]


def test_a_result_of_another_specimen_is_not_the_only_organisms(catalogue: Catalogue) -> None:
    made = understood(
        bundle(
            patient(),
            specimen("s1", "blood"),
            specimen("s2", "urine"),
            grown("o1", specimen={"reference": "Specimen/s1"}),
            result("r1", "meropenem", "S", specimen={"reference": "Specimen/s2"}),
        ),
        catalogue,
    )
    adds_up(made)
    assert panel(made) == {}


def test_two_colonies_with_different_results_stay_two(catalogue: Catalogue) -> None:
    made = understood(
        bundle(
            patient(),
            grown("o1", hasMember=members("r1")),
            grown("o2", hasMember=members("r2")),
            result("r1", "meropenem", "R"),
            result("r2", "meropenem", "S"),
        ),
        catalogue,
        **SITE,
    )
    assert [panel(made, 0), panel(made, 1)] == [
        {"meropenem": {"category": "R"}},
        {"meropenem": {"category": "S"}},
    ]


def test_the_same_isolate_twice_among_several_specimens_is_one(catalogue: Catalogue) -> None:
    blood = {"specimen": {"reference": "Specimen/s1"}}
    made = understood(
        bundle(
            patient(),
            specimen("s1", "blood"),
            specimen("s2", "urine"),
            grown("o1", hasMember=members("r1"), **blood),
            grown("o2", hasMember=members("r2"), **blood),
            result("r1", "meropenem", "R"),
            result("r2", "meropenem", "R"),
        ),
        catalogue,
    )
    adds_up(made)
    assert len(made.cases) == 1
    assert made.no_case == ()
    assert panel(made) == {"meropenem": {"category": "R"}}


def test_many_colonies_of_one_patient(catalogue: Catalogue) -> None:
    """Each result goes to the colony it hangs on; colonies that agree are one isolate."""
    numbers = range(400)
    held = [grown(f"o{n}", hasMember=members(f"r{n}"), note=[{"text": str(n)}]) for n in numbers]
    rows = [result(f"r{n}", "meropenem", "RS"[n % 2]) for n in numbers]
    (report,) = reports(bundle(patient(), *held, *rows), catalogue)
    isolates = {o.isolate for o in report.observations if o.kind == "susceptibility"}
    assert len(isolates) == 2  # the R colonies are one, and the S colonies another


def test_a_circle_of_members_ends(catalogue: Catalogue) -> None:
    made = understood(
        bundle(
            patient(),
            grown("o1", hasMember=members("r1", "o1")),
            result("r1", "meropenem", "R", hasMember=members("r1", "o1")),
        ),
        catalogue,
        **SITE,
    )
    assert panel(made) == {"meropenem": {"category": "R"}}


# --- results -------------------------------------------------------------------------------------

RESULTS = [
    ({"valueQuantity": mic(0.25, "<=")}, {"mic_mg_l": "<=0.25"}),
    ({"valueQuantity": mic(8, unit="ug/mL")}, {"mic_mg_l": "8"}),
    ({"valueQuantity": mic(23, unit="mm"), "method": {"text": "EUCAST"}}, None),  # disk not stated
    ({"valueQuantity": mic(8, unit="mol/L")}, None),
    ({"valueQuantity": {"value": 8}}, None),  # no unit, no method
    ({"valueString": "<=0.25", "method": {"text": "MIC"}}, {"mic_mg_l": "<=0.25"}),
    ({"valueCodeableConcept": {"text": "Resistant"}}, {"category": "R"}),
    (coded_category("SDD"), {"category": "SDD"}),
    (coded_category("IE"), None),
    ({"interpretation": [{"text": "R"}]}, {"category": "R"}),
    ({"valueQuantity": mic(1), "interpretation": [{"coding": [
        {"system": "http://snomed.info/sct", "code": "1306583007"}]}]},
     {"mic_mg_l": "1", "category": "I"}),
    ({"interpretation": [{"coding": [{"system": CATEGORY, "code": "S"}]},
                         {"coding": [{"system": CATEGORY, "code": "R"}]}]}, {"category": "R"}),
    ({"interpretation": [{"coding": [{"system": CATEGORY, "code": "S"}]},
                         {"coding": [{"system": CATEGORY, "code": "I"}]}]}, None),
    ({**coded_category("S"),
      "interpretation": [{"coding": [{"system": CATEGORY, "code": "R"}]}]}, {"category": "R"}),
    ({"valueString": "S",
      "interpretation": [{"coding": [{"system": CATEGORY, "code": "R"}]}]}, {"category": "R"}),
    ({"status": "entered-in-error", **coded_category("S")}, None),
    ({"status": "cancelled", **coded_category("S")}, None),
    ({"modifierExtension": [{"url": "urn:x", "valueBoolean": True}], **coded_category("S")}, None),
    ({"interpretation": [{"coding": [{"system": CATEGORY, "code": "S"}], "text": "Resistant"}]},
     {"category": "R"}),
    ({"interpretation": [{"coding": [{"system": CATEGORY, "code": "S"}], "text": "Susceptible"}]},
     {"category": "S"}),
    ({"dataAbsentReason": {"coding": [{"system": ABSENT, "code": "not-performed"}]},
      **coded_category("S")}, None),
    ({"dataAbsentReason": {"coding": [{"system": ABSENT, "code": "not-performed"}]},
      "valueQuantity": mic(0.25)}, None),
    ({"dataAbsentReason": {"coding": [{"system": ABSENT, "code": "not-performed"}]},
      **coded_category("R")}, {"category": "R"}),
    ({"status": "registered"}, {"category": "pending"}),
    ({"dataAbsentReason": {"coding": [{"system": ABSENT, "code": "not-performed"}]}},
     {"category": "not tested"}),
    ({}, None),
]  # fmt: skip


@pytest.mark.parametrize(("more", "row"), RESULTS, ids=lambda held: json.dumps(held)[:60])
def test_results(more: Resource, row: Resource | None, catalogue: Catalogue) -> None:
    """What cannot be taken is set aside: it is never turned into an S."""
    tested = result("r1", "aztreonam", None) | more
    made = understood(bundle(patient(), grown(), tested), catalogue, **SITE)
    adds_up(made)
    assert panel(made) == ({} if row is None else {"aztreonam": row})
    assert ("aztreonam" in reasons(made)) is (row is None)


def test_drugs_by_loinc_code_and_by_component(catalogue: Catalogue) -> None:
    code = {"coding": [{"system": LOINC, "code": "12-5"}]}  # amikacin, MIC
    parts = [
        {"code": code, "valueQuantity": mic(64, ">")},
        {"code": {"text": "aztreonam-avibactam"}, "valueQuantity": mic(0.5)},
        {"code": {"text": "no such drug"}, "valueQuantity": mic(1)},
    ]
    made = understood(bundle(patient(), grown(component=parts)), catalogue, **SITE)
    adds_up(made)
    assert made.observations == 1 + 1 + 3  # sex, organism, three components
    assert panel(made) == {
        "amikacin": {"mic_mg_l": ">64"},
        "aztreonam-avibactam": {"mic_mg_l": "0.5"},
    }


def test_a_panel_with_its_organism_in_a_component(catalogue: Catalogue) -> None:
    parts = [
        {"code": {"text": "organism"}, "valueCodeableConcept": {"text": "Escherichia coli"}},
        {"code": {"text": "meropenem"}, **coded_category("R")},
    ]
    heading = result("h", "antibiogram", None, component=parts)
    made = understood(bundle(patient(), heading), catalogue, **SITE)
    adds_up(made)
    assert panel(made) == {"meropenem": {"category": "R"}}
    assert reasons(made) == {"antibiogram": "a heading over others"}


GENES = [
    ("73982-1", {"valueCodeableConcept": {"text": "Detected"}}, ("confirmed", "NDM")),
    ("73982-1", {"interpretation": [{"coding": [{"system": CATEGORY, "code": "POS"}]}]},
     ("confirmed", "NDM")),
    ("73982-1", {"valueBoolean": True}, ("confirmed", "NDM")),
    ("73982-1", {"valueBoolean": False}, (None, None)),
    ("73982-1", {"valueCodeableConcept": {"coding": [
        {"system": "http://snomed.info/sct", "code": "260415000"}]}}, (None, None)),
    ("LP113695-3", {"valueCodeableConcept": {"text": "blaNDM-5"}}, ("confirmed", "NDM")),
    ("86930-5", {"valueCodeableConcept": {"text": "Detected"}}, (None, None)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "value", "mbl"), GENES)
def test_genes(
    code: str, value: Resource, mbl: tuple[str | None, str | None], catalogue: Catalogue
) -> None:
    gene = result("g1", "", None, **value)
    gene["code"] = {"coding": [{"system": LOINC, "code": code}]}
    made = understood(bundle(patient(), grown(), gene), catalogue, **SITE)
    adds_up(made)
    isolate = made.cases[0].case.isolate
    assert (isolate.mbl, isolate.mbl_family) == mbl


# --- the patient ---------------------------------------------------------------------------------

FACTS = [
    ("29463-7", mic(71000, unit="g"), ("weight_kg", 71.0)),
    ("3141-9", mic(71, unit="kg"), ("weight_kg", 71.0)),
    ("8302-2", mic(1.65, unit="m"), ("height_cm", 165.0)),
    ("14682-9", mic(88, unit="umol/L"), ("creatinine_umol_l", 88.0)),
    ("2160-0", mic(1.2, unit="mg/dL"), ("creatinine_mg_dl", 1.2)),
    ("2160-0", {"value": 1.2}, ("creatinine_mg_dl", None)),  # no unit: nothing is assumed
    ("29463-7", mic(150, unit="[stone_av]"), ("weight_kg", None)),
]


@pytest.mark.parametrize(("code", "quantity", "wanted"), FACTS)
def test_facts_in_the_units_stated(
    code: str, quantity: Resource, wanted: tuple[str, float | None], catalogue: Catalogue
) -> None:
    fact = result("f1", "", None, valueQuantity=quantity)
    fact["code"] = {"coding": [{"system": LOINC, "code": code}]}
    made = understood(bundle(patient(), grown(), fact), catalogue, **SITE)
    adds_up(made)
    key, value = wanted
    assert getattr(made.cases[0].case.patient, key) == value


def allergy(id_: str, to: str, **more: Any) -> Resource:
    return {
        "resourceType": "AllergyIntolerance",
        "id": id_,
        "code": {"text": to},
        "patient": {"reference": "Patient/p1"},
    } | more


def test_allergies(catalogue: Catalogue) -> None:
    reaction = {"manifestation": [{"text": "anaphylaxis"}], "severity": "severe"}
    refuted = {"coding": [{"code": "refuted"}]}
    made = understood(
        bundle(
            patient(),
            grown(),
            allergy("a1", "ceftazidime", reaction=[reaction]),
            allergy("a2", "some plant"),
            allergy("a3", "aztreonam", verificationStatus=refuted),
        ),
        catalogue,
        **SITE,
    )
    adds_up(made)
    held = made.cases[0].case.patient.allergies
    assert held is not None
    assert [(a.drug, a.reaction, a.severity) for a in held] == [
        ("ceftazidime", "anaphylaxis", "severe"),
        ("some plant", None, None),
    ]
    assert reasons(made)["aztreonam"] == "refuted or entered in error"


OWN_NONE = {"coding": [{"system": "urn:ndm-advisor:fhir:case-word", "code": "none"}]}


@pytest.mark.parametrize(
    ("allergies", "wanted"),
    [
        ([], None),
        ([allergy("a1", "No known allergies")], None),  # words, of nobody knows how much asking
        ([allergy("a1", "none", code=OWN_NONE)], ()),
        ([allergy("a1", "none", code=OWN_NONE), allergy("a2", "aztreonam")], ("aztreonam",)),
    ],
)
def test_none_is_not_the_same_as_not_told(
    allergies: list[Resource], wanted: tuple[str, ...] | None, catalogue: Catalogue
) -> None:
    made = understood(bundle(patient(), grown(), *allergies), catalogue, **SITE)
    adds_up(made)
    held = made.cases[0].case.patient.allergies
    assert (None if held is None else tuple(a.drug for a in held)) == wanted


# --- orders --------------------------------------------------------------------------------------


def dosage(**more: Any) -> Resource:
    return {
        "timing": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "d"}},
        "route": {"text": "intravenous"},
        "doseAndRate": [{"doseQuantity": mic(2, unit="g")}],
    } | more


ORDERS = [
    (dosage(), {"dose_mg": 2000, "interval_h": 8, "route": "iv"}),
    (dosage(timing={"repeat": {"frequency": 1, "period": 8, "periodUnit": "h", "duration": 180,
                               "durationUnit": "min"}}),
     {"dose_mg": 2000, "interval_h": 8, "infusion_h": 3, "route": "iv"}),
    (dosage(timing={"repeat": {"count": 1}}), {"dose_mg": 2000, "route": "iv"}),
    (dosage(timing={"repeat": {"frequency": 1, "period": 6, "periodMax": 8, "periodUnit": "h"}}),
     {"dose_mg": 2000, "route": "iv"}),
    (dosage(asNeededBoolean=True), {"dose_mg": 2000, "route": "iv"}),
    (dosage(doseAndRate=[{"doseQuantity": mic(2, unit="mL")}]), {"interval_h": 8, "route": "iv"}),
    (dosage(doseAndRate=[{"doseRange": {"low": mic(1, unit="g"), "high": mic(2, unit="g")}}]),
     {"interval_h": 8, "route": "iv"}),
    (dosage(route={"coding": [{"system": "http://snomed.info/sct", "code": "47625008"}]}),
     {"dose_mg": 2000, "interval_h": 8}),
]  # fmt: skip


@pytest.mark.parametrize(("given", "wanted"), ORDERS)
def test_orders_hold_what_is_stated_one_way(
    given: Resource, wanted: Resource, catalogue: Catalogue
) -> None:
    order = ordered("aztreonam", dosageInstruction=[given])
    made = understood(bundle(patient(), grown(), order), catalogue, **SITE)
    adds_up(made)
    assert made.cases[0].document["orders"] == [{"drug": "aztreonam"} | wanted]


NOT_ORDERS = [
    ({"intent": "proposal"}, "no order: intent proposal"),
    ({"intent": "plan"}, "no order: intent plan"),
    ({"status": "stopped"}, "not running: status stopped"),
    ({"status": "draft"}, "not running: status draft"),
    ({"doNotPerform": True}, "says not to give the drug"),
    ({"modifierExtension": [{"url": "urn:x"}]}, MODIFIED),
]


@pytest.mark.parametrize(("more", "why"), NOT_ORDERS)
def test_what_is_no_order_is_set_aside(more: Resource, why: str, catalogue: Catalogue) -> None:
    order = ordered("meropenem", **more)
    made = understood(bundle(patient(), grown(), order), catalogue, **SITE)
    adds_up(made)
    assert "orders" not in made.cases[0].document
    assert reasons(made)["meropenem"] == why


def test_colistin_in_bare_mg_is_never_taken_for_base(catalogue: Catalogue) -> None:
    """Milligrams of colistin base and of colistimethate differ more than twofold."""
    given = dosage(doseAndRate=[{"doseQuantity": mic(150, unit="mg")}])
    order = ordered("colistin", dosageInstruction=[given])
    made = understood(bundle(patient(), grown(), order), catalogue, **SITE)
    assert made.cases[0].document["orders"] == [
        {"drug": "colistin", "interval_h": 8, "route": "iv"}
    ]


def test_a_drug_referred_to_and_contained(catalogue: Catalogue) -> None:
    order = ordered("x", medicationReference={"reference": "#m"})
    del order["medicationCodeableConcept"]
    order["contained"] = [
        {"resourceType": "Medication", "id": "m", "code": {"text": "cefiderocol"}}
    ]
    made = understood(bundle(patient(), grown(), order), catalogue, **SITE)
    assert made.cases[0].document["orders"] == [{"drug": "cefiderocol"}]


# --- sites ---------------------------------------------------------------------------------------


def test_a_condition_that_names_the_site(catalogue: Catalogue) -> None:
    said = {
        "resourceType": "Condition",
        "id": "c1",
        "code": {"text": "Pneumonia"},
        "subject": {"reference": "Patient/p1"},
    }
    made = understood(bundle(patient(), grown(), said), catalogue)
    adds_up(made)
    assert made.cases[0].case.infection.site == "pneumonia"
    over = said | {"clinicalStatus": {"coding": [{"code": "resolved"}]}}
    assert understood(bundle(patient(), grown(), over), catalogue).cases == ()
    other = said | {"code": {"text": "no pneumonia"}}  # a part of a name is no name
    assert understood(bundle(patient(), grown(), other), catalogue).cases == ()


# --- several patients, bulk files ----------------------------------------------------------------


def second_patient() -> list[Resource]:
    subject = {"subject": {"reference": "Patient/p2"}}
    return [
        patient(id="p2", gender="male"),
        grown("o9", hasMember=members("r9"), **subject),
        result("r9", "aztreonam", "S", **subject),
    ]


def test_two_patients_in_one_bundle_are_never_mixed(catalogue: Catalogue) -> None:
    made = bundle(patient(), grown(), result("r1", "meropenem", "R"), *second_patient())
    one, two = reports(made, catalogue)
    assert {o.name for o in one.observations if o.kind == "susceptibility"} == {"meropenem"}
    assert {o.name for o in two.observations if o.kind == "susceptibility"} == {"aztreonam"}
    assert [o.value for o in two.observations if o.kind == "sex"] == ["male"]


def test_bulk_files_belong_together_whatever_their_order(catalogue: Catalogue) -> None:
    first = [patient(), grown(), result("r1", "meropenem", "R")]
    resources = [*first, *second_patient()]
    observed = [r for r in resources if r["resourceType"] == "Observation"]
    people = [r for r in resources if r["resourceType"] == "Patient"]
    files = [
        io.BytesIO(b"\n\n".join(json.dumps(r).encode() for r in held) + b"\nnot json\n")
        for held in (observed, people)
    ]
    made = list(read_fhir(files, ["o.ndjson", "p.ndjson"], catalogue))
    assert [sum(o.kind == "susceptibility" for o in report.observations) for report in made] == [
        1,
        1,
    ]
    assert sorted(o.value or "" for r in made for o in r.observations if o.kind == "sex") == [
        "female",
        "male",
    ]
    faults = [fault for report in made for fault in report.faults]
    assert len(faults) == 2
    assert faults[0].startswith("o.ndjson, line 8: not JSON")


def test_a_broken_first_line_of_a_bulk_file_costs_that_line(catalogue: Catalogue) -> None:
    resources = [patient(), grown(), result("r1", "meropenem", "R")]
    lines = [b'{"resourceType": "Pat', *(json.dumps(r).encode() for r in resources)]
    made = understood(b"\n".join(lines), catalogue, **SITE)
    adds_up(made)
    assert panel(made) == {"meropenem": {"category": "R"}}
    (fault,) = made.report.faults
    assert fault.startswith("line 1: not JSON")


def test_of_a_resource_only_what_is_read_is_held() -> None:
    """Bulk files are held until their last line; a name or an address never is."""
    person = patient(name=[{"family": "Doe"}], address=[{"city": "Ghent"}], birthDate="1960-02-29")
    inner = {"resourceType": "Specimen", "id": "s1", "text": {"div": "<div>Doe</div>"}}
    whole = bundle(person, grown(contained=[inner], note=[{"text": "Doe"}]))
    (made,) = documents(io.BytesIO(json.dumps(whole).encode()))
    assert len(made.entries) == 3
    assert "Doe" not in str(made.entries)
    assert "Ghent" not in str(made.entries)
    assert made.entries[0].resource["birthDate"] == "1960-02-29"


def test_every_key_that_is_read_is_held() -> None:
    asked = re.compile(r'\b(?:resource|whole),\s*"(\w+)"')
    folder = Path(fhir.__file__).parent
    read = {key for path in folder.glob("*.py") for key in asked.findall(path.read_text("utf-8"))}
    of_bundles = {"entry", "contained"}
    values = {key for key in read if key.startswith("value")}
    assert len(read) > 20
    assert read - of_bundles - values <= READ


# --- our own codes in another's hands ------------------------------------------------------------

KEY = "urn:ndm-advisor:fhir:case-key"
STRANGE = [
    "format",
    "isolate.organism.x",
    "panel.results",
    "hospital.stock",
    "patient.__class__",
    "panel.results.../../x",
    "",
]


@pytest.mark.parametrize("key", STRANGE)
def test_keys_the_case_file_does_not_have_are_set_aside(key: str, catalogue: Catalogue) -> None:
    fact = result("f1", "", None, valueString="x")
    fact["code"] = {"coding": [{"system": KEY, "code": key}], "text": "strange"}
    made = understood(bundle(patient(), grown(), fact), catalogue, **SITE)
    adds_up(made)
    assert len(made.cases) == 1
    assert len(made.set_aside) == 1


def test_an_id_cannot_leave_the_directory_of_the_cases(catalogue: Catalogue) -> None:
    case = {"url": "urn:ndm-advisor:fhir:case", "extension": [
        {"url": "id", "valueString": "../../outside"}]}  # fmt: skip
    said = {
        "resourceType": "Condition",
        "extension": [case],
        "category": [{"coding": [{"system": KEY, "code": "infection.site"}]}],
        "code": {"coding": [{"system": "urn:ndm-advisor:fhir:case-word", "code": "pneumonia"}]},
        "subject": {"reference": "Patient/p1"},
    }
    made = understood(bundle(patient(), grown(), said), catalogue)
    adds_up(made)
    assert made.cases[0].case.id == "fhir-1"


def test_the_codes_written_are_codes_read(catalogue: Catalogue) -> None:
    """Another program's reader may know only LOINC: ours are those of the base's table."""
    kinds = {"age_years": "age", "weight_kg": "weight", "height_cm": "height"}
    for key, code in terms.LOINC_OF_KEY.items():
        wanted = kinds.get(key, "creatinine")
        assert catalogue.asked[Code("loinc", code)] == wanted
    assert catalogue.asked[Code("loinc", terms.BACTERIA_IDENTIFIED)] == "organism"
