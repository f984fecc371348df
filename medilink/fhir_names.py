"""What FHIR files call things: code systems (HL7 FHIR R4 4.0.1), and MediLink's own marks.

What MediLink wrote carries its marks when it leaves, so that it is known again when it comes back:
an entry by `ENTRY`, a person by `PERSON`, the clinic it was written at by the tag `CLINIC`. What R4
has no place for stands in extensions that begin with `FIELD`. Pure tables.
"""

from __future__ import annotations

import uuid

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CVX = "http://hl7.org/fhir/sid/cvx"
BCP47 = "urn:ietf:bcp:47"
HL7 = "http://terminology.hl7.org/CodeSystem/"
ROLES = HL7 + "v3-RoleCode"
CONTACT_ROLES = HL7 + "v2-0131"
EMERGENCY_CONTACT = "C"  # of v2-0131
VISIT_CLASSES = HL7 + "v3-ActCode"
FLAG_PRIORITY = "http://hl7.org/fhir/StructureDefinition/flag-priority"
FLAG_PRIORITIES = "http://hl7.org/fhir/flag-priority-code"
HIGH_PRIORITY = "PH"

# Identifiers, a tag and extensions of MediLink's own.
ENTRY = "urn:medilink:entry"
PERSON = "urn:medilink:patient"
MEDILINK_ID = "urn:medilink:id"
CLINIC = "urn:medilink:clinic"
DOCUMENT = "urn:medilink:document"
FIELD = "urn:medilink:field:"
# On the lines of a summary of ours, of what came from elsewhere: from where, and when it is from.
ORIGIN, DATED = FIELD + "origin", FIELD + "dated"
NAME = "urn:medilink:name"  # a code system whose codes are names in plain words


def written_uid(uid: bytes) -> str:
    """A uid the way FHIR files write it."""
    digits = uid.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def read_uid(written: object) -> bytes:
    """The uid a text stands for; empty where it is none."""
    try:
        return uuid.UUID(str(written)).bytes
    except ValueError:
        return b""
