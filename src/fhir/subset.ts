/**
 * Which members of a resource stay when a client asks for a part of it by `_summary` or `_elements`. Says what to keep;
 * the record cuts the text. Source: FHIR R4, Search (summary), (elements).
 */
import { choiceName, type ElementDefinition, elementsOf, typeDefinition } from './definitions.ts';

/**
 * The members of an object that stay: of each either the whole, or those of the named type that belong to its summary.
 * The companion of a primitive (`_birthDate`) stays with it. `resourceType` is not listed; it always stays.
 */
export type Kept = ReadonlyMap<string, 'whole' | { readonly summaryOf: string }>;

export interface Part {
  /** `true`: what the definitions mark as summary. `text`: narrative, id, meta and what must be there. `data`: all but the narrative. */
  readonly summary?: 'true' | 'text' | 'data';
  /** Names of elements at the root: `name`, `value` for value[x]. */
  readonly elements?: readonly string[];
}

/** Marks a resource as less than the whole. Source: FHIR R4, Search. */
export const subsetTag = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
} as const;

const summaries = new Map<string, Kept>();

/** What stays of a resource of the type. Elements that the standard demands always do. */
export function keptOf(type: string, part: Part): Kept {
  if (part.elements === undefined && part.summary === 'true') return summaryOf(type);
  const wanted = part.elements && new Set(part.elements);
  return keep(type, (name, element) => {
    if (name === 'id' || name === 'meta' || isRequired(element)) return 'whole';
    if (wanted) return wanted.has(plain(name)) || namesOf(name, element).some((n) => wanted.has(n));
    return part.summary === 'text' ? name === 'text' : name !== 'text';
  });
}

/** What stays of an object of the type, a resource or a part of one, in a summary. */
export function summaryOf(type: string): Kept {
  let kept = summaries.get(type);
  if (!kept) {
    kept = keep(type, (name, element) => {
      if (name === 'meta' || element.modifier) return 'whole';
      return element.summary === true || isRequired(element);
    });
    if (typeDefinition(type)) summaries.set(type, kept);
  }
  return kept;
}

/** The names that `_elements` may give for a type. */
export function rootElements(type: string): string[] {
  return elementsOf(type).flatMap(([name, element]) => [
    ...new Set([plain(name), ...namesOf(name, element)]),
  ]);
}

const isRequired = (element: ElementDefinition): boolean => (element.min ?? 0) > 0;
const plain = (name: string): string => name.replace(/\[x\]$/, '');

function namesOf(name: string, element: ElementDefinition): string[] {
  return name.endsWith('[x]') ? element.types.map((type) => choiceName(name, type)) : [name];
}

function keep(type: string, choose: (name: string, element: ElementDefinition) => boolean | 'whole'): Kept {
  const kept = new Map<string, 'whole' | { readonly summaryOf: string }>();
  for (const [name, element] of elementsOf(type)) {
    const choice = choose(name, element);
    if (choice === false) continue;
    for (const of of element.types) {
      const member = name.endsWith('[x]') ? choiceName(name, of) : name;
      kept.set(member, choice === true && isCut(of) ? { summaryOf: of } : 'whole');
    }
  }
  return kept;
}

/** Whether the summary of a type is less than the type: some of its elements are marked, and some are not. */
function isCut(type: string): boolean {
  const definition = typeDefinition(type);
  if (definition?.kind !== 'complex-type' && definition?.kind !== 'backbone') return false;
  const own = elementsOf(type).filter(([name]) => !generalElements.has(name));
  return own.some(([, e]) => e.summary) && own.some(([, e]) => !e.summary && !isRequired(e));
}
const generalElements = new Set(['id', 'extension', 'modifierExtension']);
