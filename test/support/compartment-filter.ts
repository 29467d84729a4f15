/** `GET /Patient/1/Observation`: the part of a search that keeps to a compartment, for the oracle. Source: FHIR R4 §3.1.1.2, §4.8. */
import { compartmentParameters, searchParameter } from '../../src/fhir/search-parameters.ts';
import type { Filter } from '../../src/fhir/search-query.ts';

/** Resources of the type that the compartment's parameters place with `Patient/1`, and that resource itself. */
export function compartmentFilter(compartment: string, id: string, type: string): Filter {
  const filters = compartmentParameters(compartment, type).flatMap((code): Filter[] => {
    const parameter = searchParameter(type, code);
    return parameter?.type === 'reference'
      ? [{ kind: 'value', parameter, operands: [{ kind: 'reference', type: compartment, id }] }]
      : [];
  });
  return {
    kind: 'any',
    filters: type === compartment ? [...filters, { kind: 'id', ids: [id], not: false }] : filters,
  };
}
