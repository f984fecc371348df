"""What MediLink knows of FHIR's resource types: which exist in R4, and what it makes of each.

Tables only. `docs/formats/import-fhir.md` shows them; a test keeps both the same.
"""

from __future__ import annotations

import re

from medilink.intake.fhir_values import Json

# What is read from a resource type. Every other R4 type is kept as it came and not shown yet.
READ_AS = {
    "Patient": "the person",
    "AllergyIntolerance": "Allergy",
    "Condition": "Condition",
    "Coverage": "Coverage",
    "DiagnosticReport": "Observation and Document",
    "DocumentReference": "Document",
    "Encounter": "Encounter",
    "Flag": "Alert",
    "Immunization": "Immunization",
    "MedicationRequest": "Medication",
    "MedicationStatement": "Medication",
    "Observation": "Observation",
    "Procedure": "Procedure",
    "RelatedPerson": "Contact",
}

# Types whose R4 definition has a field for the patient they are about. Without it they are
# nobody's, whoever points to them; all other types (Organization, Practitioner, Medication …) are
# kept with the patients whose entries point to them.
ABOUT_A_PATIENT = frozenset(
    """
    Account AdverseEvent AllergyIntolerance BodyStructure CarePlan CareTeam ChargeItem Claim
    ClaimResponse ClinicalImpression Communication CommunicationRequest Composition Condition
    Consent Contract Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue
    DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference Encounter
    EpisodeOfCare ExplanationOfBenefit FamilyMemberHistory Flag Goal GuidanceResponse ImagingStudy
    Immunization ImmunizationEvaluation ImmunizationRecommendation Invoice List MeasureReport Media
    MedicationAdministration MedicationDispense MedicationRequest MedicationStatement
    MolecularSequence NutritionOrder Observation Procedure QuestionnaireResponse RelatedPerson
    RequestGroup RiskAssessment ServiceRequest Specimen SupplyDelivery Task VisionPrescription
    """.split()
)

# Not records of anybody, whatever the file.
NO_RECORD = {
    "Bundle": "It is a bundle inside the bundle. Export it as a file of its own.",
    "OperationOutcome": "It is a notice of the sending system, not part of a record.",
    "Parameters": "It is a message between systems, not part of a record.",
}

# Resource types of FHIR R4 (4.0.1) and R4B (4.3.0).
R4_KINDS = frozenset(
    """
    Account ActivityDefinition AdministrableProductDefinition AdverseEvent AllergyIntolerance
    Appointment AppointmentResponse AuditEvent Basic Binary BiologicallyDerivedProduct BodyStructure
    Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem ChargeItemDefinition
    Citation Claim ClaimResponse ClinicalImpression ClinicalUseDefinition CodeSystem Communication
    CommunicationRequest CompartmentDefinition Composition ConceptMap Condition Consent Contract
    Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue Device
    DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest
    DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest
    EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceReport EvidenceVariable
    ExampleScenario ExplanationOfBenefit FamilyMemberHistory Flag Goal GraphDefinition Group
    GuidanceResponse HealthcareService ImagingStudy Immunization ImmunizationEvaluation
    ImmunizationRecommendation ImplementationGuide Ingredient InsurancePlan Invoice Library Linkage
    List Location ManufacturedItemDefinition Measure MeasureReport Media Medication
    MedicationAdministration MedicationDispense MedicationKnowledge MedicationRequest
    MedicationStatement MedicinalProduct MedicinalProductAuthorization
    MedicinalProductContraindication MedicinalProductDefinition MedicinalProductIndication
    MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured
    MedicinalProductPackaged MedicinalProductPharmaceutical MedicinalProductUndesirableEffect
    MessageDefinition MessageHeader MolecularSequence NamingSystem NutritionOrder NutritionProduct
    Observation ObservationDefinition OperationDefinition OperationOutcome Organization
    OrganizationAffiliation PackagedProductDefinition Parameters Patient PaymentNotice
    PaymentReconciliation Person PlanDefinition Practitioner PractitionerRole Procedure Provenance
    Questionnaire QuestionnaireResponse RegulatedAuthorization RelatedPerson RequestGroup
    ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment
    RiskEvidenceSynthesis Schedule SearchParameter ServiceRequest Slot Specimen SpecimenDefinition
    StructureDefinition StructureMap Subscription SubscriptionStatus SubscriptionTopic Substance
    SubstanceDefinition SubstanceNucleicAcid SubstancePolymer SubstanceProtein
    SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification SupplyDelivery
    SupplyRequest Task TerminologyCapabilities TestReport TestScript ValueSet VerificationResult
    VisionPrescription
    """.split()
)

# ---- other versions of FHIR

_OLDER_KINDS = frozenset(
    "BodySite Conformance DataElement DeviceComponent DeviceUseRequest DiagnosticOrder "
    "EligibilityRequest EligibilityResponse ExpansionProfile ImagingManifest "
    "ImagingObjectSelection MedicationOrder Order OrderResponse ProcedureRequest ProcessRequest "
    "ProcessResponse ReferralRequest Sequence ServiceDefinition".split()
)
_NEWER_KINDS = frozenset(
    "ActorDefinition ArtifactAssessment BiologicallyDerivedProductDispense ConditionDefinition "
    "DeviceAlert DeviceAssociation DeviceDispense DeviceUsage EncounterHistory FormularyItem "
    "GenomicStudy ImagingSelection InsuranceProduct InventoryItem InventoryReport MoietyDefinition "
    "MolecularDefinition NutritionIntake PersonalRelationship Permission RequestOrchestration "
    "Requirements TestPlan Transport".split()
)
OLDER, NEWER = "an older FHIR (DSTU2 or STU3)", "a newer FHIR (R5)"

# (resource types, field, how it is built there, which version that is): where R4 changed a shape.
_OTHER_SHAPES: tuple[tuple[str, str, type, str], ...] = (
    ("Condition AllergyIntolerance", "clinicalStatus", str, OLDER),
    ("Condition AllergyIntolerance", "verificationStatus", str, OLDER),
    ("Condition Observation MedicationRequest Procedure", "context", dict, OLDER),
    ("Condition", "patient", dict, OLDER),
    ("Encounter", "class", str, OLDER),
    ("Encounter", "patient", dict, OLDER),
    ("AllergyIntolerance", "substance", dict, OLDER),
    ("MedicationStatement", "taken", str, OLDER),
    ("MedicationStatement", "wasNotTaken", bool, OLDER),
    ("Immunization", "notGiven", bool, OLDER),
    ("Immunization", "date", str, OLDER),
    ("Procedure", "notDone", bool, OLDER),
    ("Procedure", "notPerformed", bool, OLDER),
    ("Observation", "comment", str, OLDER),
    ("Observation", "comments", str, OLDER),
    ("Composition", "class", dict, OLDER),
    ("Patient", "careProvider", list, OLDER),
    ("Patient", "animal", dict, OLDER),
    ("Encounter", "class", list, NEWER),
    ("Encounter", "actualPeriod", dict, NEWER),
    ("Encounter", "admission", dict, NEWER),
    ("AllergyIntolerance", "type", dict, NEWER),
    ("AllergyIntolerance Condition", "participant", list, NEWER),
    ("MedicationRequest MedicationStatement", "medication", dict, NEWER),
    ("MedicationRequest MedicationStatement", "reason", list, NEWER),
    ("MedicationStatement", "adherence", dict, NEWER),
    ("Immunization", "informationSource", dict, NEWER),
    ("Procedure", "occurrenceDateTime", str, NEWER),
    ("Procedure", "occurrencePeriod", dict, NEWER),
    ("Composition", "subject", list, NEWER),
    ("DocumentReference", "context", list, NEWER),
)
# A profile of HL7's own may name the version it is of: http://hl7.org/fhir/5.0/StructureDefinition/…
_PROFILE_OF = re.compile(r"http://hl7\.org/fhir/(\d+)\.\d")
_R4 = 4


def other_version(kind: str, resource: Json) -> str:
    """Which other FHIR version this resource is written in; empty for R4 as far as can be seen."""
    if kind in _OLDER_KINDS:
        return OLDER
    if kind in _NEWER_KINDS:
        return NEWER
    for kinds, field, shape, version in _OTHER_SHAPES:
        if kind in kinds.split() and isinstance(resource.get(field), shape):
            return version
    return _version_said(resource)


def _version_said(resource: Json) -> str:
    """Which other version its profiles are of, where they say one."""
    meta = resource.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    for profile in profiles if isinstance(profiles, list) else []:
        said = _PROFILE_OF.match(str(profile))
        if said and int(said[1]) != _R4:
            return OLDER if int(said[1]) < _R4 else NEWER
    return ""
