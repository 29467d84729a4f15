/**
 * A profile's elements as a tree: what each place may hold, and its slices. Made from the snapshot, or from the
 * differentials of the profile and of those that it is based on. Source: FHIR R4 ElementDefinition, Profiling FHIR.
 */
import type { ElementDefinition, StructureDefinition } from '@medplum/fhirtypes';
import { typeDefinition } from '../definitions.ts';

/** What a place may hold: the newest word of the profiles on it, and all of their rules. */
export type Constraints = Partial<Omit<ElementDefinition, 'id' | 'path'>> & Record<string, unknown>;

export interface ElementNode {
  /** As the profile names it: `Patient.identifier:nhsNumber.system`. */
  readonly id: string;
  /** The element, or the slice of it: `identifier`, `value[x]`, `nhsNumber`. */
  readonly name: string;
  readonly rules: Constraints;
  readonly children: Map<string, ElementNode>;
  readonly slices: Map<string, ElementNode>;
  /** In a slice, the same place in the element that is sliced: what is said there holds here too. */
  like?: ElementNode;
}

const canonicalOfType = (type: string): string => `http://hl7.org/fhir/StructureDefinition/${type}`;

/** Undefined, with the reason told, where a base of the profile is not known. */
export function elementTree(
  structure: StructureDefinition,
  find: (url: string) => StructureDefinition | undefined,
): { readonly root: ElementNode } | { readonly missing: string } {
  const chain: StructureDefinition[] = [];
  for (let at: StructureDefinition | undefined = structure; at; ) {
    if (chain.includes(at)) return { missing: at.url ?? '' };
    chain.unshift(at);
    // A snapshot says all that its bases say.
    if (at.snapshot) break;
    const base: string | undefined = at.baseDefinition?.split('|')[0];
    if (base === undefined || base === canonicalOfType(at.type ?? '')) break;
    const next = find(base);
    if (next?.derivation === 'specialization') break;
    if (!next) {
      // The standard's own types are checked before any profile.
      if (typeDefinition(base.slice(canonicalOfType('').length))) break;
      return { missing: base };
    }
    at = next;
  }
  const root = newNode(structure.type ?? '', structure.type ?? '');
  for (const { snapshot, differential } of chain)
    grow(root, snapshot?.element ?? differential?.element ?? []);
  linkSlices(root);
  return { root };
}

function linkSlices(node: ElementNode): void {
  for (const slice of node.slices.values()) liken(slice, node);
  for (const below of [...node.children.values(), ...node.slices.values()]) linkSlices(below);
}

function liken(node: ElementNode, like: ElementNode): void {
  for (const [name, child] of node.children) {
    const same = like.children.get(name);
    if (!same) continue;
    child.like = same;
    liken(child, same);
    for (const [of, slice] of child.slices) {
      const twin = same.slices.get(of);
      if (!twin) continue;
      slice.like = twin;
      liken(slice, twin);
    }
  }
}

/** Whether a place asks for anything, itself or below. */
export function asks(node: ElementNode): boolean {
  const { constraint = [], type: _type, slicing: _slicing, ...rules } = node.rules;
  const own = Object.keys(rules).some((name) => name !== 'isModifier' && name !== 'isModifierReason');
  return own || constraint.length > 0 || [...node.children.values(), ...node.slices.values()].some(asks);
}

function newNode(id: string, name: string): ElementNode {
  return { id, name, rules: {}, children: new Map(), slices: new Map() };
}

function grow(root: ElementNode, elements: readonly ElementDefinition[]): void {
  /** The node that each path stands for just now: without ids, what follows a slice belongs to it. */
  const current = new Map<string, ElementNode>();
  for (const element of elements) {
    const node = element.id === undefined ? byPath(root, element, current) : byId(root, element.id);
    merge(node, element);
  }
}

function byId(root: ElementNode, id: string): ElementNode {
  let node = root;
  for (const [i, step] of id.split('.').entries()) {
    const [name = '', slice] = splitAt(step, ':');
    if (i > 0) node = childOf(node, name);
    if (slice !== undefined) node = sliceOf(node, slice);
  }
  return node;
}

function byPath(
  root: ElementNode,
  { path = '', sliceName }: ElementDefinition,
  current: Map<string, ElementNode>,
): ElementNode {
  const steps = path.split('.');
  const last = steps.at(-1) ?? '';
  const above = steps.slice(0, -1).join('.');
  let node = steps.length === 1 ? root : childOf(current.get(above) ?? byId(root, above), last);
  if (sliceName !== undefined) node = sliceOf(node, sliceName);
  for (const known of current.keys()) if (known.startsWith(`${path}.`)) current.delete(known);
  current.set(path, node);
  return node;
}

function splitAt(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function childOf(node: ElementNode, name: string): ElementNode {
  let child = node.children.get(name);
  if (!child) {
    child = newNode(`${node.id}.${name}`, name);
    node.children.set(name, child);
  }
  return child;
}

/** A slice of a slice is named `slice/part`. */
function sliceOf(node: ElementNode, name: string): ElementNode {
  let at = node;
  let whole = '';
  for (const step of name.split('/')) {
    whole = whole === '' ? step : `${whole}/${step}`;
    let slice = at.slices.get(step);
    if (!slice) {
      slice = newNode(`${node.id}:${whole}`, step);
      at.slices.set(step, slice);
    }
    at = slice;
  }
  return at;
}

/** Words for people, which bind nothing. */
const idle = new Set([
  ...[
    'id',
    'path',
    'sliceName',
    'short',
    'definition',
    'comment',
    'requirements',
    'alias',
    'base',
    'example',
  ],
  ...['mapping', 'mustSupport', 'label', 'code', 'isSummary', 'condition', 'representation', 'constraint'],
]);

function merge(node: ElementNode, element: ElementDefinition): void {
  const rules = node.rules as Record<string, unknown>; // made by newNode
  for (const [name, value] of Object.entries(element)) {
    if (idle.has(name)) continue;
    rules[name] = value;
  }
  const { constraint = [] } = node.rules;
  const known = new Set(constraint.map(({ key }) => key));
  rules['constraint'] = [...constraint, ...(element.constraint ?? []).filter(({ key }) => !known.has(key))];
}

/** The value of `fixed[x]` or `pattern[x]`, or undefined. */
export function choiceIn(rules: Constraints, prefix: 'fixed' | 'pattern' | 'minValue' | 'maxValue'): unknown {
  for (const name in rules) if (name.startsWith(prefix)) return rules[name];
  return undefined;
}
