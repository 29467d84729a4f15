/** The operations there are: what the routes, the CapabilityStatement and the errors know of. */
import { listed, quoted } from '../../fhir/message-text.ts';
import { type Problem, problem } from '../../platform/problem.ts';

export interface OperationEntry {
  readonly name: string;
  /** Canonical URL of its OperationDefinition. */
  readonly definition: string;
  /** Undefined: every type. */
  readonly type?: string;
  readonly onType: boolean;
  readonly onInstance: boolean;
  readonly documentation: string;
}

export const operations: readonly OperationEntry[] = [
  {
    name: 'everything',
    definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything',
    type: 'Patient',
    onType: false,
    onInstance: true,
    documentation:
      'All that is in the record about one person, and the shared resources that it points at. Takes _since, _type, start, end and _count.',
  },
  {
    name: 'validate',
    definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate',
    onType: true,
    onInstance: true,
    documentation: 'Says what is wrong with a resource, without storing it.',
  },
];

/** Refuses an operation that is not there, and names those that are. `name` as in the address: `$export`. */
export function unknownOperation(name: string, type?: string, id?: string): Problem {
  const place = [type, id, ''].filter((step) => step !== undefined).join('/');
  const there = operations
    .filter((one) => one.type === undefined || type === undefined || one.type === type)
    .flatMap((one) => [
      ...(one.onType ? [`${type ?? '[type]'}/$${one.name}`] : []),
      ...(one.onInstance ? [`${type ?? one.type ?? '[type]'}/[id]/$${one.name}`] : []),
    ]);
  return problem(
    'not-supported',
    `There is no operation ${quoted(`${place}${name}`)}. There are ${listed(there)}.`,
    { status: 404, where: 'http.path.operation' },
  );
}
