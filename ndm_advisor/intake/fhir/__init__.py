"""FHIR R4: bundles in JSON and XML, and NDJSON bulk files, into the observations of a report."""
