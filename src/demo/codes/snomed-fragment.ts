/** The codes of conditions that the region uses, as a CodeSystem that holds a part: pages find codes by their words in it. */
import type { CodeSystem, CodeSystemConcept } from '@medplum/fhirtypes';
import { conditionKinds } from './conditions.ts';

export function snomedFragment(): CodeSystem {
  const concepts = new Map<string, CodeSystemConcept>();
  for (const { code, term, plain } of conditionKinds.values())
    if (code !== undefined && !concepts.has(code))
      concepts.set(code, { code, display: term, ...(plain ? { designation: [{ value: plain }] } : {}) });
  return {
    ...{ resourceType: 'CodeSystem', id: 'demo-snomed', url: 'http://snomed.info/sct', status: 'active' },
    ...{ name: 'SnomedFragment', title: 'SNOMED CT: conditions of the demonstration', content: 'fragment' },
    copyright: 'This includes SNOMED Clinical Terms, used by permission of SNOMED International (free set).',
    concept: [...concepts.values()],
  };
}
