/** What this server can do, as FHIR tells it: made from the tables that the server itself works by. Source: FHIR R4 CapabilityStatement. */
import { readFileSync } from 'node:fs';
import type {
  CapabilityStatement,
  CapabilityStatementRestResource,
  CapabilityStatementRestResourceOperation,
  CapabilityStatementRestResourceSearchParam,
  CapabilityStatementRestSecurity,
} from '@medplum/fhirtypes';
import type { KnownProfile } from '../../fhir/profiles/profile-set.ts';
import { resourceTypes } from '../../fhir/resource-types.ts';
import { compartmentTypes, searchParametersOf } from '../../fhir/search-parameters.ts';
import type { SearchParameter } from '../../fhir/search-values.ts';
import { type OperationEntry, operations } from './operations.ts';
import { patchType } from './patch.ts';

type SearchParam = CapabilityStatementRestResourceSearchParam;

const software = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}; // our own file

const typeInteractions = [
  'read',
  'vread',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
  'create',
  'search-type',
] as const;
const systemInteractions = ['transaction', 'batch', 'search-system', 'history-system'] as const;

/** Parameters that have no places in a resource, and are searched all the same. */
const withoutPaths = new Set(['_content', '_text', '_list', '_has']);

const byToken: CapabilityStatementRestSecurity = {
  cors: false,
  description:
    'Send “Authorization: Bearer” with an access token of the server. Every read and write is in the audit trail before it is answered.',
};

export function capabilityStatement(
  baseUrl: string,
  startedAt: number,
  security: CapabilityStatementRestSecurity = byToken,
  profiles: readonly KnownProfile[] = [],
): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    id: 'throughline',
    url: `${baseUrl}/metadata`,
    version: software.version,
    name: 'Throughline',
    title: 'Throughline FHIR API',
    status: 'active',
    experimental: false,
    date: new Date(startedAt).toISOString(),
    publisher: 'Throughline',
    description: software.description,
    kind: 'instance',
    instantiates: ['http://hl7.org/fhir/CapabilityStatement/base'],
    software: { name: 'Throughline', version: software.version },
    implementation: { description: 'The longitudinal record', url: baseUrl },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    patchFormat: [patchType, 'application/fhir+json'],
    rest: [
      {
        mode: 'server',
        documentation:
          'Every resource type of FHIR R4. Unknown search parameters are refused under “Prefer: handling=strict” and told of in an OperationOutcome otherwise.',
        security,
        resource: resourceTypes.map((type) => resourceEntry(type, profiles)),
        interaction: systemInteractions.map((code) => ({ code })),
        searchParam: searchParams('Resource'),
        compartment: compartmentTypes.map(
          (type) => `http://hl7.org/fhir/CompartmentDefinition/${compartmentId(type)}`,
        ),
      },
    ],
  };
}

/** As R4 names them: http://hl7.org/fhir/CompartmentDefinition/relatedPerson. */
const compartmentId = (type: string): string => type.charAt(0).toLowerCase() + type.slice(1);

function resourceEntry(type: string, profiles: readonly KnownProfile[]): CapabilityStatementRestResource {
  const supported = profiles.filter((profile) => profile.type === type).map(({ url }) => url);
  const here = operations.filter((one) => one.type === undefined || one.type === type);
  const includes = searchIncludes(type);
  const reverse = reverseIncludes(type);
  return {
    type: type as CapabilityStatementRestResource['type'] & string, // one of the resource types
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    ...(supported.length > 0 ? { supportedProfile: supported } : {}),
    interaction: typeInteractions.map((code) => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'full-support',
    conditionalUpdate: true,
    conditionalDelete: 'single',
    referencePolicy: ['literal', 'logical'],
    ...(includes.length > 0 ? { searchInclude: includes } : {}),
    ...(reverse.length > 0 ? { searchRevInclude: reverse } : {}),
    searchParam: searchParams(type),
    ...(here.length > 0 ? { operation: here.map(operationEntry) } : {}),
  };
}

function operationEntry({
  name,
  definition,
  documentation,
}: OperationEntry): CapabilityStatementRestResourceOperation {
  return { name, definition, documentation };
}

function searchParams(type: string): SearchParam[] {
  const found: SearchParam[] = [];
  for (const parameter of searchParametersOf(type).values()) {
    if (parameter.paths.length === 0 && !withoutPaths.has(parameter.code)) continue;
    found.push({
      name: parameter.code,
      definition: parameter.url,
      type: parameter.type,
      ...(parameter.description === '' ? {} : { documentation: parameter.description }),
    });
  }
  return found;
}

function references(type: string): SearchParameter[] {
  return [...searchParametersOf(type).values()].filter(
    (parameter) => parameter.type === 'reference' && parameter.paths.length > 0,
  );
}

function searchIncludes(type: string): string[] {
  const codes = references(type).map((parameter) => `${type}:${parameter.code}`);
  return codes.length === 0 ? [] : ['*', `${type}:*`, ...codes];
}

const pointing = new Map<string, string[]>();

/** What points at a type, by way of which parameter. Worked out once for all types. */
function reverseIncludes(type: string): string[] {
  if (pointing.size === 0) {
    for (const source of resourceTypes) {
      for (const { code, targets } of references(source)) {
        for (const target of targets.length > 0 ? targets : resourceTypes) {
          const list = pointing.get(target) ?? [];
          list.push(`${source}:${code}`);
          pointing.set(target, list);
        }
      }
    }
  }
  return pointing.get(type) ?? [];
}
