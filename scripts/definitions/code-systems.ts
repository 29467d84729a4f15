import type { ElementDefinition, ValueSet } from '@medplum/fhirtypes';
import { readExamples } from './read-definitions.ts';

const valueSets = new Map(readExamples<ValueSet>('ValueSet').map((set) => [set.url, set]));

/**
 * The code system that a `code` element implies: that of its required value set, where the set draws on one
 * system only. Source: FHIR R4 §3.1.1.4.10 ("the system is defined in the value set").
 */
export function impliedSystem(element: ElementDefinition | undefined): string | undefined {
  const binding = element?.binding;
  if (binding?.strength !== 'required' || !binding.valueSet) return undefined;
  const systems = systemsOf(binding.valueSet, new Set());
  return systems.size === 1 ? [...systems][0] : undefined;
}

function systemsOf(canonical: string, visited: Set<string>): Set<string> {
  const [url = ''] = canonical.split('|');
  const systems = new Set<string>();
  if (visited.has(url)) return systems;
  visited.add(url);
  for (const { system, valueSet = [] } of valueSets.get(url)?.compose?.include ?? []) {
    if (system) systems.add(system);
    for (const inner of valueSet) for (const found of systemsOf(inner, visited)) systems.add(found);
  }
  return systems;
}
