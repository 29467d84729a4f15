/** Where an extension may stand. Source: FHIR R4 StructureDefinition.context, Defining Extensions. */
import type { StructureDefinition } from '@medplum/fhirtypes';
import { typeDefinition } from '../definitions.ts';

/** An element by all its names: `Patient.contact`, `ContactPoint.system`, its type and the bases of that. */
export interface Place {
  /** The type of the element: `ContactPoint`, `Patient.contact`. */
  readonly type: string | undefined;
  /** Its path from the resource: `Patient.contact.telecom`. */
  readonly path: string;
  /** Its name in the type that it is part of: `ContactPoint.system`. */
  readonly own: string;
  /** URL of the extension that it is, where it is one. */
  readonly extension?: string;
}

/** Whether a definition lets an extension stand at the place; true where that cannot be told. */
export function mayStand({ context = [] }: StructureDefinition, place: Place): boolean {
  if (context.length === 0) return true;
  return context.some(({ type, expression = '' }) => {
    if (type === 'fhirpath') return true;
    if (type === 'extension') return place.extension === expression;
    // A profile's URL, with or without an element of it.
    if (/^https?:/.test(expression)) return true;
    if (expression === 'Element') return true; // R4 means resources too
    const named = expression.replace(/\[x\]/g, '');
    return named === place.path || named === place.own || basesOf(place.type).includes(named);
  });
}

function basesOf(type: string | undefined): readonly string[] {
  const bases: string[] = [];
  for (let at = type; at !== undefined; at = typeDefinition(at)?.base) bases.push(at);
  if (type !== undefined && typeDefinition(type)?.kind === 'backbone')
    bases.push('BackboneElement', 'Element');
  if (type !== undefined && typeDefinition(type)?.kind === 'primitive-type') bases.push('Element');
  return bases;
}
