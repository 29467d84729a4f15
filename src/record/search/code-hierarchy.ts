import type { CodeSystem, CodeSystemConcept } from '@medplum/fhirtypes';

/** Which codes of a code system stand below which. */
export interface Hierarchy {
  readonly all: ReadonlySet<string>;
  /** The code and all below it. A code that the system does not have stands alone. */
  below(code: string): ReadonlySet<string>;
  /** The code and all above it. */
  above(code: string): ReadonlySet<string>;
}

/**
 * The hierarchy of a stored code system: by nesting, and by the properties `parent` and `child`, by which a concept may
 * have several parents. Source: FHIR R4 §4.8.5 (CodeSystem hierarchy).
 */
export function hierarchyOf(system: CodeSystem): Hierarchy {
  const all = new Set<string>();
  const children = new Map<string, string[]>();
  const parents = new Map<string, string[]>();
  const link = (parent: string, child: string): void => {
    children.set(parent, [...(children.get(parent) ?? []), child]);
    parents.set(child, [...(parents.get(child) ?? []), parent]);
  };
  const take = (concepts: readonly CodeSystemConcept[], parent: string | undefined): void => {
    for (const concept of concepts) {
      const { code } = concept;
      if (code === undefined) continue;
      all.add(code);
      if (parent !== undefined) link(parent, code);
      for (const { code: property, valueCode } of concept.property ?? []) {
        if (valueCode === undefined) continue;
        if (property === 'parent') link(valueCode, code);
        else if (property === 'child') link(code, valueCode);
      }
      take(concept.concept ?? [], code);
    }
  };
  take(system.concept ?? [], undefined);
  return { all, below: (code) => reached(code, children), above: (code) => reached(code, parents) };
}

function reached(from: string, links: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set([from]);
  for (const code of found) for (const next of links.get(code) ?? []) found.add(next); // grows while it is walked
  return found;
}
