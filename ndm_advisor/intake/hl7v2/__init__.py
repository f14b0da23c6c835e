"""HL7 version 2 ORU^R01: microbiology results, message by message, segment by segment.

The `hl7` package splits a message by the separators its own MSH names. Whatever a segment lacks or
gets wrong costs that segment and is reported; the rest of the message is read.
"""
