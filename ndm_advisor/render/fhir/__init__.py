"""An answer, with the case it answers, as FHIR R4; and as CDS Hooks cards."""
