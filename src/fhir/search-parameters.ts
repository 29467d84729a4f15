/** The search parameters and compartments of R4, as src/fhir/r4 holds them. */
import type { Resource } from '@medplum/fhirtypes';
import { referenceValue } from './conversions/reference-values.ts';
import { type CompiledPath, compilePath } from './path/compile.ts';
import { resourceTypes } from './path/nodes.ts';
import compartmentTable from './r4/compartments.json' with { type: 'json' };
import table from './r4/search-parameters.json' with { type: 'json' };
import type { ComponentRow, ParameterRow, SearchParameterTable, Source } from './search-parameter-table.ts';
import type { SearchParameter, SearchPath } from './search-values.ts';

/** A search path with the typed readings that its values are drawn by. */
export interface ReadPath extends SearchPath {
  readonly from: readonly Source[];
  readonly components?: readonly ComponentRow[];
}

// Written by scripts/definitions/search-parameters.ts to this very shape; JSON modules widen the tuples.
const { paths, types } = table as unknown as SearchParameterTable;
const compartments: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = compartmentTable;

const byKey = new Map<string, ReadPath>(paths.map((path) => [path.key, path]));
const byType = new Map<string, ReadonlyMap<string, SearchParameter>>();
const pathsByType = new Map<string, readonly ReadPath[]>();

/** Types without narrative, contained resources or extensions: R4 §2.23.3 (DomainResource). */
const withoutDomain = new Set(['Bundle', 'Binary', 'Parameters', 'Resource']);

const urlBase = 'http://hl7.org/fhir/SearchParameter/';

/**
 * The search parameters of a resource type by code, those of all resources (`_id`, `_tag` …) included.
 * `Resource` has those that every type has. A type that R4 does not know has none of its own.
 */
export function searchParametersOf(type: string): ReadonlyMap<string, SearchParameter> {
  let parameters = byType.get(type);
  if (!parameters) {
    const rows = [
      ...rowsOf('Resource'),
      ...(withoutDomain.has(type) ? [] : rowsOf('DomainResource')),
      ...(type === 'Resource' || type === 'DomainResource' ? [] : rowsOf(type)),
    ];
    parameters = new Map(rows.map((row) => [row[0], parameterOf(row, type)]));
    // Types come from requests too: what is not of R4 must not stay in memory.
    if (resourceTypes.has(type) || rowsOf(type).length > 0) byType.set(type, parameters);
  }
  return parameters;
}

export function searchParameter(type: string, code: string): SearchParameter | undefined {
  return searchParametersOf(type).get(code);
}

/** Every place that the parameters of a type read, each once. */
export function pathsOf(type: string): readonly ReadPath[] {
  let found = pathsByType.get(type);
  if (!found) {
    const keys = new Set(
      [...searchParametersOf(type).values()].flatMap((p) => p.paths.map((path) => path.key)),
    );
    found = [...keys].map(pathOf);
    if (byType.has(type)) pathsByType.set(type, found);
  }
  return found;
}

function rowsOf(type: string): readonly ParameterRow[] {
  return Object.hasOwn(types, type) ? (types[type] ?? []) : [];
}

function parameterOf(
  [code, type, name, keys, targets, description]: ParameterRow,
  resourceType: string,
): SearchParameter {
  const own = keys.map(pathOf);
  return {
    code,
    url: urlBase + name,
    resourceType,
    type,
    expression: own.map((path) => path.expression).join(' | '),
    paths: own,
    targets,
    description,
  };
}

function pathOf(key: string): ReadPath {
  const path = byKey.get(key);
  if (!path)
    throw new Error(`src/fhir/r4/search-parameters.json has no path ${key}; run npm run definitions`);
  return path;
}

/**
 * The codes of the parameters that place a resource of the type in a compartment (`Patient`, `Encounter`,
 * `RelatedPerson`, `Practitioner`, `Device`); empty when the type is never in it. Source: FHIR R4 §4.8
 * (compartments).
 */
export function compartmentParameters(compartment: string, type: string): readonly string[] {
  const members = Object.hasOwn(compartments, compartment) ? compartments[compartment] : undefined;
  return members && Object.hasOwn(members, type) ? (members[type] ?? []) : [];
}

export const compartmentTypes: readonly string[] = Object.keys(compartments);

/**
 * Of the ways into a compartment, the one that says whom a resource is about goes before who else took part.
 */
const aboutFirst = ['subject', 'patient'];

const patientReadings = new Map<string, readonly CompiledPath[]>();

function patientPaths(type: string): readonly CompiledPath[] {
  let readings = patientReadings.get(type);
  if (!readings) {
    const codes = compartmentParameters('Patient', type);
    const ordered = [
      ...aboutFirst.filter((code) => codes.includes(code)),
      ...codes.filter((code) => !aboutFirst.includes(code)),
    ];
    const keys = new Set(
      ordered.flatMap((code) => searchParameter(type, code)?.paths.map((path) => path.key) ?? []),
    );
    readings = [...keys].flatMap((key) => pathOf(key).from.map(([expression]) => compilePath(expression)));
    if (byType.has(type)) patientReadings.set(type, readings);
  }
  return readings;
}

/**
 * The ids of the patients in whose compartments a resource is, the one it is about first: a Patient itself,
 * then `subject` and `patient`, then the other parameters of the Patient compartment in the order of its
 * definition.
 */
export function patientsOf(resource: Resource): string[] {
  const found = new Set<string>();
  if (resource.resourceType === 'Patient' && resource.id) found.add(resource.id);
  for (const read of patientPaths(resource.resourceType)) {
    for (const node of read(resource)) {
      const reference = referenceValue(node);
      if (reference?.type === 'Patient' && reference.id !== undefined) found.add(reference.id);
    }
  }
  return [...found];
}

/** The id of the patient that a resource belongs to: the first of patientsOf. */
export function patientOf(resource: Resource): string | undefined {
  return patientsOf(resource)[0];
}
