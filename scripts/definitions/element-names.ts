import { writeFileSync } from 'node:fs';
import { readStructures, type Structure, typeCodes } from './read-definitions.ts';

/** What the JSON of src/fhir/r4/element-names.json holds. */
interface ElementNames {
  /** Concrete resource types. */
  readonly resources: readonly string[];
  /** Choice elements: `value` to the types it may have somewhere in R4, in the order of the definitions. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
  /** All other elements: name to the types it has somewhere in R4. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** Complex data types: the names that their JSON may have. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
}

/**
 * The names of elements across all of R4, which is all that FHIRPath over plain JSON must know of the types.
 */
export function elementNames(): ElementNames {
  const structures = readStructures();
  const choices = new Map<string, Set<string>>();
  const names = new Map<string, Set<string>>();
  for (const structure of structures) {
    if (structure.kind === 'primitive-type') continue;
    for (const element of structure.snapshot?.element ?? []) {
      const name = element.path?.split('.').slice(1).pop();
      if (name === undefined) continue;
      const choice = name.endsWith('[x]');
      const table = choice ? choices : names;
      const key = choice ? name.slice(0, -3) : name;
      const types = table.get(key) ?? new Set();
      for (const type of typeCodes(element)) types.add(type);
      table.set(key, types);
    }
  }
  const parts = structures
    .filter((s) => s.kind === 'complex-type' && !s.abstract && s.name !== 'BackboneElement')
    .map((s) => [s.type, partsOf(s)] as const);
  const sorted = (table: Map<string, Set<string>>) =>
    Object.fromEntries(
      [...table].map(([name, types]) => [name, [...types]] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return {
    resources: structures
      .filter((s) => s.kind === 'resource' && !s.abstract)
      .map((s) => s.name)
      .sort(),
    choices: sorted(choices),
    names: sorted(names),
    parts: Object.fromEntries(parts),
  };
}

/** The direct elements of a data type, choices with each of their names. */
function partsOf(structure: Structure): readonly string[] {
  return (structure.snapshot?.element ?? []).flatMap((element) => {
    const [, name, deeper] = element.path?.split('.') ?? [];
    if (name === undefined || deeper !== undefined) return [];
    if (!name.endsWith('[x]')) return [name];
    return typeCodes(element).map(
      (type) => `${name.slice(0, -3)}${type.charAt(0).toUpperCase()}${type.slice(1)}`,
    );
  });
}

export function writeElementNames(): void {
  writeFileSync(
    new URL('../../src/fhir/r4/element-names.json', import.meta.url),
    `${JSON.stringify(elementNames())}\n`,
  );
}
