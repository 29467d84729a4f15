/** The published R4 definitions, as the packages that hold them carry them. Development only. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CompartmentDefinition, ElementDefinition, SearchParameter } from '@medplum/fhirtypes';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const medplum = join(modules, '@medplum', 'definitions', 'dist', 'fhir', 'r4');
const examples = join(modules, 'hl7.fhir.r4.examples');

/** As much of a StructureDefinition as is used here. */
export interface Structure {
  readonly resourceType: 'StructureDefinition';
  readonly url: string;
  readonly name: string;
  readonly type: string;
  readonly kind: 'primitive-type' | 'complex-type' | 'resource' | 'logical';
  readonly abstract: boolean;
  readonly derivation?: 'specialization' | 'constraint';
  readonly baseDefinition?: string;
  readonly snapshot?: { readonly element: readonly ElementDefinition[] };
}

function readBundle(file: string): readonly { resourceType: string }[] {
  const bundle: { entry: readonly { resource: { resourceType: string } }[] } = JSON.parse(
    readFileSync(join(medplum, file), 'utf8'),
  );
  return bundle.entry.map((entry) => entry.resource);
}

/** The types of R4 itself, as first published: no profiles, no examples. */
export function readStructures(): readonly Structure[] {
  return readExamples<Structure>('StructureDefinition').filter(
    (s) => s.derivation !== 'constraint' && s.url === `http://hl7.org/fhir/StructureDefinition/${s.type}`,
  );
}

/** The search parameters of the definitions package (errata of R4 applied by its publishers). */
export function readSearchParameters(): readonly SearchParameter[] {
  return readBundle('search-parameters.json').filter(
    (resource): resource is SearchParameter => resource.resourceType === 'SearchParameter',
  );
}

/** Resources of one type among the official R4 examples, which include the definitions as first published. */
export function readExamples<T extends { resourceType: string }>(type: T['resourceType']): readonly T[] {
  return readdirSync(examples)
    .filter((file) => file.startsWith(`${type}-`) && file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(examples, file), 'utf8')) as T) // published resources
    .filter((resource) => resource.resourceType === type);
}

export function readCompartments(): readonly CompartmentDefinition[] {
  return readExamples<CompartmentDefinition>('CompartmentDefinition');
}

/**
 * The type code of an element, with FHIRPath's `System.String` and the like as the FHIR type they stand for.
 */
export function typeCodes(element: ElementDefinition): readonly string[] {
  return (element.type ?? []).map(({ code, extension }) =>
    code?.startsWith('http') ? (extension?.find((e) => e.valueUrl)?.valueUrl ?? 'string') : (code ?? ''),
  );
}
