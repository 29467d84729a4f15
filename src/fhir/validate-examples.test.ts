import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseJson } from './json.ts';
import { validate } from './validate.ts';

const folder = new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== 'package.json');

const emptyNarrative = 'the narrative is an empty <div>, against txt-2';
const noBase = 'a search parameter on an extension, with the required base left out';
const pattern = 'a logical pattern without baseDefinition, against sdf-4';
const guide =
  'a package list: required name and status missing, and an id of 70 characters where R4 allows 64';

/** The official examples that break R4, each with the reason and a piece of the first fault. */
const broken: Readonly<Record<string, readonly [reason: string, fault: RegExp]>> = {
  'ActivityDefinition-blood-tubes-supply': [emptyNarrative, /narrative has neither/],
  'ActivityDefinition-heart-valve-replacement': [emptyNarrative, /narrative has neither/],
  'Bundle-dataelements': ['two entries have one fullUrl, against bdl-7', /bdl-7/],
  'DeviceMetric-example': ['parent points at a DeviceDefinition; R4 allows Device', /may point at Device/],
  'DeviceUseStatement-example': ['reasonReference points at a Procedure', /is of type Procedure/],
  'EventDefinition-example': [emptyNarrative, /narrative has neither/],
  'ImplementationGuide-fhir': [guide, /Expected Type\/id|is required/],
  'ig-r4': [guide, /Expected Type\/id|is required/],
  'Library-zika-virus-intervention-logic': [
    'urn:oid:X.Y.Z stands where an OID is to come',
    /Expected an OID/,
  ],
  'MedicationRequest-medrx0301': [
    'performer points at a Practitioner; R4 allows Organization',
    /is of type Practitioner/,
  ],
  'Observation-clinical-gender': ['performer points at an Encounter', /is of type Encounter/],
  'PlanDefinition-example-cardiology-os': [
    'points at contained resources that are not there, against ref-1',
    /ref-1/,
  ],
  'Questionnaire-qs1': ['items without the required linkId', /linkId is required/],
  'Questionnaire-zika-virus-exposure-assessment': [emptyNarrative, /narrative has neither/],
  'SearchParameter-codesystem-extensions-CodeSystem-author': [noBase, /base is required/],
  'SearchParameter-codesystem-extensions-CodeSystem-effective': [noBase, /base is required/],
  'SearchParameter-codesystem-extensions-CodeSystem-end': [noBase, /base is required/],
  'SearchParameter-codesystem-extensions-CodeSystem-keyword': [noBase, /base is required/],
  'SearchParameter-codesystem-extensions-CodeSystem-workflow': [noBase, /base is required/],
  'SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject': [
    'an id of 70 characters where R4 allows 64',
    /Expected an id/,
  ],
  'SearchParameter-valueset-extensions-ValueSet-author': [noBase, /base is required/],
  'SearchParameter-valueset-extensions-ValueSet-effective': [noBase, /base is required/],
  'SearchParameter-valueset-extensions-ValueSet-end': [noBase, /base is required/],
  'SearchParameter-valueset-extensions-ValueSet-keyword': [noBase, /base is required/],
  'SearchParameter-valueset-extensions-ValueSet-workflow': [noBase, /base is required/],
  'StructureDefinition-Definition': [pattern, /sdf-4/],
  'StructureDefinition-Event': [pattern, /sdf-4/],
  'StructureDefinition-FiveWs': [pattern, /sdf-4/],
  'StructureDefinition-Request': [pattern, /sdf-4/],
};

test('every official R4 example is accepted, or refused for its stated reason', () => {
  assert.ok(files.length > 5000);
  const refused: string[] = [];
  for (const file of files) {
    const name = file.replace(/\.json$/, '');
    const [error] = validate(parseJson(readFileSync(new URL(file, folder)))).filter(
      (fault) => fault.severity !== 'warning' && fault.severity !== 'information',
    );
    if (!error) continue;
    refused.push(name);
    const [reason, expected] = broken[name] ?? ['', /^$/];
    assert.match(error.message, expected, `${name} at ${error.where} ${reason}`);
  }
  assert.deepEqual(refused.sort(), Object.keys(broken).sort());
});
