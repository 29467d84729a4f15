/**
 * The structures of FHIR R4 as src/fhir/r4/structures.json holds them (made by scripts/definitions/structures.ts from
 * the published definitions). Read once, when first asked for.
 */
import { readFileSync } from 'node:fs';

export type BindingStrength = 'required' | 'extensible' | 'preferred' | 'example';

export interface ElementDefinition {
  /** Absent: 0. */
  readonly min?: number;
  /** Absent: 1. */
  readonly max?: number | '*';
  /** Names of types: `string`, `HumanName`, `Patient.contact` (of its own structure), `Resource` (any). */
  readonly types: readonly string[];
  /** Resource types that a Reference or canonical may point at. Absent: any. */
  readonly targets?: readonly string[];
  /** Strength, and the value set's URL without version. */
  readonly binding?: readonly [BindingStrength, string];
  /** Keys of the rules that hold for each value of this element. */
  readonly rules?: readonly string[];
  /** Part of `_summary=true`. */
  readonly summary?: true;
  readonly modifier?: true;
}

export interface TypeDefinition {
  readonly kind: 'resource' | 'complex-type' | 'primitive-type' | 'backbone';
  readonly abstract?: true;
  readonly base?: string;
  readonly rules?: readonly string[];
  /** By name; a choice ends in `[x]`. Without those of the base. */
  readonly elements: Readonly<Record<string, ElementDefinition>>;
}

export interface RuleDefinition {
  readonly severity: 'error' | 'warning';
  readonly human: string;
  /** FHIRPath. */
  readonly expression: string;
}

interface Structures {
  readonly fhirVersion: string;
  readonly rules: Readonly<Record<string, RuleDefinition>>;
  readonly types: Readonly<Record<string, TypeDefinition>>;
}

let read: Structures | undefined;
function structures(): Structures {
  read ??= JSON.parse(readFileSync(new URL('r4/structures.json', import.meta.url), 'utf8')) as Structures; // our own file
  return read;
}

/** The definition of a type by its name (`Patient`, `Period`, `Patient.contact`), or undefined. */
export function typeDefinition(name: string): TypeDefinition | undefined {
  const { types } = structures();
  return Object.hasOwn(types, name) ? types[name] : undefined;
}

/** Names of all types, in the order of the definitions. */
export function typeNames(): readonly string[] {
  return Object.keys(structures().types);
}

/** Elements of a type, those of its bases first. */
export function elementsOf(name: string): [name: string, element: ElementDefinition][] {
  const type = typeDefinition(name);
  if (!type) return [];
  return [...(type.base ? elementsOf(type.base) : []), ...Object.entries(type.elements)];
}

/** A rule (invariant) by its key. */
export function ruleDefinition(key: string): RuleDefinition {
  const rule = structures().rules[key];
  if (!rule) throw new Error(`The definitions have no rule ${key}`);
  return rule;
}

/** Keys of all rules that are carried as FHIRPath. */
export function ruleKeys(): readonly string[] {
  return Object.keys(structures().rules);
}

/** `value[x]` and `Quantity` make `valueQuantity`. */
export function choiceName(element: string, type: string): string {
  return element.slice(0, -3) + type.charAt(0).toUpperCase() + type.slice(1);
}
