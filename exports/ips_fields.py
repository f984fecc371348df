"""What each resource of an International Patient Summary has to say: statuses of FHIR R4, and the
fields HL7 IPS 2.0.1 asks for in its profiles. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from medilink.intake.fhir_values import Json, inside

# R4 value sets of required strength for the statuses a summary holds.
_STATUSES: dict[str, str] = {
    "Composition": "preliminary final amended",
    "Flag": "active",
    "Immunization": "completed not-done",
    "MedicationRequest": "active on-hold cancelled completed stopped draft unknown",
    "MedicationStatement": "active completed intended stopped on-hold unknown not-taken",
    "Observation": "registered preliminary final amended corrected cancelled unknown",
    "Procedure": "preparation in-progress not-done on-hold stopped completed unknown",
}
# The same for other fields: codes, or concepts of which each code is one of these.
_CODES: dict[tuple[str, str], str] = {
    ("AllergyIntolerance", "clinicalStatus"): "active inactive resolved",
    ("AllergyIntolerance", "criticality"): "low high unable-to-assess",
    ("AllergyIntolerance", "verificationStatus"): "unconfirmed confirmed refuted",
    ("Condition", "clinicalStatus"): "active recurrence relapse inactive remission resolved",
    ("Condition", "verificationStatus"): "unconfirmed provisional differential confirmed refuted",
    ("Patient", "gender"): "male female other unknown",
}
# Fields a summary needs of each type: one of each group, as such or marked as not known.
_NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "AllergyIntolerance": (("code",), ("patient",)),
    "Composition": (("date",), ("author",), ("title",), ("subject",)),
    "Condition": (("code",), ("subject",)),
    "Flag": (("code",), ("subject",)),
    "Immunization": (
        ("vaccineCode",), ("patient",), ("occurrenceDateTime", "occurrenceString"),
    ),
    "Medication": (("code",),),
    "MedicationRequest": (
        ("medicationCodeableConcept", "medicationReference"), ("subject",), ("intent",),
    ),
    "MedicationStatement": (
        ("medicationCodeableConcept", "medicationReference"),
        ("subject",),
        ("effectiveDateTime", "effectivePeriod"),
    ),
    "Observation": (("code",),),
    "Organization": (("name",),),
    "Patient": (("birthDate",), ("name",)),
    "Practitioner": (("name",),),
    "Procedure": (
        ("code",),
        ("subject",),
        ("performedDateTime", "performedPeriod", "performedString", "performedAge",
         "performedRange"),
    ),
}  # fmt: skip


def wrong_fields(resource: Json) -> Iterator[str]:
    """What the resource itself lacks, or says that cannot be said."""
    kind = str(resource.get("resourceType", ""))
    allowed = _STATUSES.get(kind)
    if allowed is not None and resource.get("status") not in allowed.split():
        yield "has a status that its type does not have."
    for (of_kind, key), codes in _CODES.items():
        if of_kind == kind and not _codes_in(resource.get(key)) <= {*codes.split()}:
            yield f"has a {key} that is none."
    for group in _NEEDED.get(kind, ()):
        if not any(resource.get(key) or resource.get(f"_{key}") for key in group):
            yield f"has no {group[0]}."
    if kind == "Patient" and not _is_named(resource.get("name")):
        yield "has a name without family, given or text (ips-pat-1)."
    if any(value in ("", None, [], {}) for node in inside(resource) for value in node.values()):
        yield "has a field with nothing in it."


def _codes_in(said: object) -> set[str]:
    """The codes of a concept, or the one it is itself."""
    if not isinstance(said, dict):
        return set() if said is None else {str(said)}
    held = said.get("coding")
    codings = held if isinstance(held, list) else []
    return {str(one.get("code")) for one in codings if isinstance(one, dict)}


def _is_named(names: object) -> bool:
    parts = ("family", "given", "text", "_family", "_given", "_text")
    held = names if isinstance(names, list) else []
    return all(isinstance(name, dict) and any(name.get(part) for part in parts) for name in held)
