/**
 * Makes src/fhir/r4/search-parameters.json and compartments.json from the definitions as R4 published them,
 * and tells in the JSON what type each path yields, so that nothing has to be worked out while resources are
 * read. Which definitions are left out or corrected, and why: docs/clarifications.md, Search parameters.
 */
import { writeFileSync } from 'node:fs';
import type { SearchParameter } from '@medplum/fhirtypes';
import { parsePath } from '../../src/fhir/path/parse.ts';
import type {
  ParameterRow,
  PathRow,
  SearchParameterTable,
  Source,
} from '../../src/fhir/search-parameter-table.ts';
import type { SearchParameterType } from '../../src/fhir/search-values.ts';
import { impliedSystem } from './code-systems.ts';
import { writeElementNames } from './element-names.ts';
import { readCompartments, readExamples, type readStructures } from './read-definitions.ts';
import {
  alternatives,
  concreteResources,
  type Landing,
  landings,
  resource,
  structureOf,
  textOf,
} from './typed-paths.ts';

const base = 'http://hl7.org/fhir/SearchParameter/';

/** The types that values of a parameter can be made from: FHIR R4 §3.1.1.4. */
const convertible: Readonly<Record<Exclude<SearchParameterType, 'composite' | 'special'>, readonly string[]>> = {
  number: ['decimal', 'integer', 'positiveInt', 'unsignedInt', 'Range'],
  date: ['date', 'dateTime', 'instant', 'Period', 'Timing'],
  string: ['string', 'markdown', 'code', 'id', 'HumanName', 'Address'],
  token: [
    'Coding', 'CodeableConcept', 'Identifier', 'ContactPoint', 'code', 'boolean', 'string', 'id', 'uri', 'canonical',
    'oid', 'uuid', 'integer',
  ],
  reference: ['Reference', 'canonical', 'uri', 'Resource'],
  quantity: ['Quantity', 'Age', 'Count', 'Distance', 'Duration', 'Money', 'Range', 'SampledData'],
  uri: ['uri', 'url', 'canonical', 'oid', 'uuid'],
}; // biome-ignore format: one list

/** Types of R4 that the parameters are for; the abstract ones stand for every type that is one of them. */
const knownBases = new Set([...concreteResources, 'Resource', 'DomainResource']);

/** Described in R4 §3.1.1.1 and §3.1.1.5 but never published as definitions. */
const undefinedInR4: readonly ParameterRow[] = [
  [
    '_has',
    'special',
    'Resource-has',
    [],
    [],
    'Resources that some other resource, itself searched, points at',
  ],
  ['_list', 'special', 'Resource-list', [], [], 'Members of a list'],
  ['_type', 'special', 'Resource-type', [], [], 'Types to search, where the search is of the whole system'],
];

/**
 * The expressions of parameters on extensions yield the Extension, and one names an extension that does not
 * exist.
 */
const extensionNames: Readonly<Record<string, string>> = {
  'patient-extensions-Patient-mothersMaidenName': 'patient-mothersMaidenName',
};

/** Composite parameters whose components were published the wrong way round. */
const swapped = new Set(['DocumentReference-relationship']);

/**
 * The published parameters that say what to read, apart from examples; those with the fewest alternatives
 * first.
 */
function published(): readonly SearchParameter[] {
  return readExamples<SearchParameter>('SearchParameter')
    .filter((p) => p.url?.startsWith(base) && !p.id?.startsWith('example') && p.base?.length > 0)
    .filter((p) => p.expression || !p.base.some((type) => concreteResources.includes(type)))
    .map(corrected)
    .filter((p) => p !== undefined)
    .sort((a, b) => (a.expression ?? '').split('|').length - (b.expression ?? '').split('|').length);
}

function corrected(parameter: SearchParameter): SearchParameter | undefined {
  const { component = [] } = parameter;
  if (swapped.has(parameter.id ?? '')) {
    return {
      ...parameter,
      component: component.map((c, i) => ({
        ...c,
        expression: component[component.length - 1 - i]?.expression ?? '',
      })),
    };
  }
  const extension = /^(\w+)\.extension\('.*\/([^/]+)'\)$/.exec(parameter.expression ?? '');
  if (!extension) return parameter;
  const [, type, name = ''] = extension;
  const url = `http://hl7.org/fhir/StructureDefinition/${extensionNames[name] ?? name}`;
  const definition = extensionDefinitions.get(url);
  const value = definition?.snapshot?.element.find((e) => e.path === 'Extension.value[x]')?.type?.[0]?.code;
  if (!value) return undefined;
  return { ...parameter, expression: `${type}.extension('${url}').value.ofType(${value})` };
}

const extensionDefinitions = new Map(
  readExamples<ReturnType<typeof readStructures>[number]>('StructureDefinition')
    .filter((s) => s.type === 'Extension')
    .map((s) => [s.url, s]),
);

export function searchParameterTable(): SearchParameterTable {
  const paths = new Map<string, PathRow>();
  const types: Record<string, ParameterRow[]> = {};
  const parameters = published();
  const byUrl = new Map(parameters.map((p) => [p.url, p]));

  for (const parameter of parameters) {
    for (const type of parameter.base) {
      if (!knownBases.has(type)) continue;
      const found = pathsOf(parameter, type, byUrl);
      for (const { row } of found) if (!paths.has(row.key)) paths.set(row.key, row);
      const rows = types[type] ?? [];
      types[type] = rows;
      rows.push([
        parameter.code ?? '',
        parameter.type as SearchParameterType, // R4 defines the same nine words
        parameter.url?.slice(base.length) ?? '',
        found.map(({ row }) => row.key),
        parameter.type === 'reference' ? targetsOf(parameter, found) : [],
        descriptionOf(parameter, type),
      ]);
    }
  }
  types['Resource']?.push(...undefinedInR4);
  const sorted = Object.entries(types)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, rows]) => [type, rows.sort(([a], [b]) => (a < b ? -1 : 1))] as const);
  return {
    paths: [...paths.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
    types: Object.fromEntries(sorted),
  };
}

interface FoundPath {
  readonly row: PathRow;
  readonly landings: readonly Landing[];
}

function pathsOf(
  parameter: SearchParameter,
  type: string,
  byUrl: ReadonlyMap<string | undefined, SearchParameter>,
): readonly FoundPath[] {
  const { expression } = parameter;
  if (!expression || parameter.type === 'special') return [];
  const found = alternatives(parsePath(expression)).flatMap((alternative): FoundPath[] => {
    const ends = landings(alternative, resource(type), type);
    if (ends.length === 0) return [];
    const text = textOf(alternative);
    if (parameter.type === 'composite')
      return [{ row: compositeRow(parameter, text, ends, type, byUrl), landings: ends }];
    const from = sourcesOf(parameter.type as SearchParameterType, ends);
    if (from.length === 0) return [];
    const kind = parameter.type as PathRow['type']; // special has gone
    return [{ row: { key: `${kind}:${text}`, type: kind, expression: text, from }, landings: ends }];
  });
  if (found.length === 0) throw new Error(`${parameter.id} reads nothing of ${type}: ${expression}`);
  return found;
}

/**
 * The typed readings of a path; a choice element that is read as it is becomes one for each type that can be
 * converted.
 */
function sourcesOf(type: SearchParameterType, ends: readonly Landing[]): readonly Source[] {
  if (type === 'composite' || type === 'special') return [];
  const wanted = convertible[type];
  return ends.flatMap((end): Source[] => {
    const readable =
      wanted.includes(end.type) || (type === 'reference' && structureOf(end.type)?.kind === 'resource');
    if (!readable) return [];
    const system = type === 'token' && end.type === 'code' ? impliedSystem(end.element) : undefined;
    return [system === undefined ? [end.text, end.type] : [end.text, end.type, system]];
  });
}

function compositeRow(
  parameter: SearchParameter,
  text: string,
  ends: readonly Landing[],
  type: string,
  byUrl: ReadonlyMap<string | undefined, SearchParameter>,
): PathRow {
  const components = (parameter.component ?? []).map((component) => {
    const definition = byUrl.get(component.definition);
    if (!definition) throw new Error(`${parameter.id} has the unknown component ${component.definition}`);
    const parts = alternatives(parsePath(component.expression ?? ''));
    const kind = definition.type as SearchParameterType;
    const from = ends.flatMap((end) =>
      parts.flatMap((part) => sourcesOf(kind, landings(part, { ...end, text: '' }, type))),
    );
    return { type: kind, code: definition.code ?? '', expression: parts.map(textOf).join(' | '), from };
  });
  const key = `composite:${text}(${components.map((c) => c.expression).join(',')})`;
  return { key, type: 'composite', expression: text, from: [], components };
}

/**
 * What the elements may point at, within what the parameter says; the published lists repeat those of other
 * types.
 */
function targetsOf(parameter: SearchParameter, found: readonly FoundPath[]): readonly string[] {
  const said: readonly string[] = parameter.target ?? [];
  const possible = new Set<string>();
  for (const { landings: ends } of found) {
    for (const { targets } of ends) {
      // `Reference(Any)`: the published lists of all types are long, and not all whole.
      if (targets === undefined) return said.length > 100 ? [] : said;
      for (const target of targets) possible.add(target);
    }
  }
  const both = [...possible].filter((target) => said.includes(target));
  return both.length > 0 ? both : [...possible];
}

/** `Multiple Resources: * [Patient](patient.html): …` holds one line for each type. */
function descriptionOf({ description = '' }: SearchParameter, type: string): string {
  const line = description.split(/\r?\n/).find((l) => l.startsWith(`* [${type}](`));
  return (line === undefined ? description : line.replace(/^\* \[\w+\]\([^)]*\): /, ''))
    .replace(/\s+/g, ' ')
    .trim();
}

/** Compartment to resource type to the parameters that place a resource in it, in the definition's order. */
export function compartmentTable(): Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> {
  return Object.fromEntries(
    readCompartments()
      .filter(({ id }) => id !== 'example')
      .map(({ code = '', resource: members = [] }) => [
        code,
        // {def} stands for the resource that defines the compartment.
        Object.fromEntries(
          members
            .map((m) => [m.code ?? '', (m.param ?? []).filter((code) => code !== '{def}')] as const)
            .filter(([, codes]) => codes.length > 0),
        ),
      ]),
  );
}

export function writeSearchParameters(): void {
  writeElementNames();
  const table = searchParameterTable();
  const lines = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).join(',\n');
  const types = Object.entries(table.types).map(
    ([type, rows]) => `${JSON.stringify(type)}:[\n${lines(rows)}]`,
  );
  write('search-parameters', `{"paths":[\n${lines(table.paths)}],\n"types":{\n${types.join(',\n')}}}\n`);
  const compartments = Object.entries(compartmentTable()).map(([code, members]) => {
    const rows = Object.entries(members).map(
      ([type, codes]) => `${JSON.stringify(type)}:${JSON.stringify(codes)}`,
    );
    return `${JSON.stringify(code)}:{\n${rows.join(',\n')}}`;
  });
  write('compartments', `{\n${compartments.join(',\n')}}\n`);
}

function write(name: string, text: string): void {
  writeFileSync(new URL(`../../src/fhir/r4/${name}.json`, import.meta.url), text);
}
