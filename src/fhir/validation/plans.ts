/**
 * A type's definition made into closures, once: every name that an object of the type may have, with the check of its
 * value. Validation then walks the object, never the definitions. Source: FHIR R4 §2.6.2 (JSON), §2.24 (data types).
 */
import { choiceName, type ElementDefinition, elementsOf, typeDefinition } from '../definitions.ts';
import { nearestName } from '../nearest-name.ts';
import { requiredBinding } from './bindings.ts';
import { checkNested } from './nested.ts';
import { hasInnerBlank, primitiveChecks } from './primitives.ts';
import { checkReference, localType, noteLocalUri } from './references.ts';
import { compileRule } from './rules.ts';
import { needAbsolute, typeChecks } from './type-checks.ts';
import { type Members, report, shown, type Walk } from './walk.ts';

/** Checks a value that stands at the place of the walk. */
export type Check = (value: unknown, walk: Walk) => void;

interface Property {
  /** As FHIRPath names it: a choice without its type. */
  readonly path: string;
  /** Checks the member's value: one, or an array of them. */
  readonly check: (value: unknown, walk: Walk, owner: Members) => void;
  /** A bit of its own where the element is required or a choice, else 0. */
  readonly bit: number;
  readonly choice: boolean;
  /** Counts as content: id and resourceType alone do not make an element (ele-1). */
  readonly content: boolean;
}

export interface Plan {
  readonly name: string;
  readonly properties: ReadonlyMap<string, Property>;
  readonly required: number;
  readonly requiredNames: readonly { readonly name: string; readonly bit: number }[];
  /** Whether an object without content is a fault: elements, not resources. */
  readonly needsContent: boolean;
  readonly rules: readonly Check[];
}

/** Of elements, for values that did not come through parseJson (which stops sooner): the walk is recursive. */
const deepest = 200;

const plans = new Map<string, Plan>();

/** The plan of a type. It is empty while its parts are compiled, for types that hold themselves. */
export function planOf(type: string): Plan {
  const known = plans.get(type);
  if (known) return known;
  const definition = typeDefinition(type);
  if (!definition) throw new Error(`${type} is not a type of R4`);
  const properties = new Map<string, Property>();
  const requiredNames: { name: string; bit: number }[] = [];
  const rules: Check[] = [];
  const isResource = definition.kind === 'resource';
  const plan = { name: type, properties, required: 0, requiredNames, needsContent: !isResource, rules };
  plans.set(type, plan);
  let bits = 0;
  for (const [name, element] of elementsOf(type)) {
    const choice = name.endsWith('[x]');
    let bit = 0;
    if (choice || element.min) {
      if (bits === 31) throw new Error(`${type} has more required and choice elements than fit in 31 bits`);
      bit = 1 << bits;
      bits += 1;
    }
    const path = choice ? name.slice(0, -3) : name;
    if (element.min) {
      plan.required |= bit;
      requiredNames.push({ name: path, bit });
    }
    for (const elementType of element.types) {
      const written = choice ? choiceName(name, elementType) : name;
      const content = name !== 'id';
      const common = { path, bit, choice, content };
      const one = checkOf(elementType, element);
      const primitive = primitiveChecks[elementType] !== undefined;
      properties.set(written, { ...common, check: memberCheck(written, one, element, primitive) });
      // Resource.id is a primitive too, but R4 gives it no extensions; Element.id and Extension.url are XML attributes.
      const isAttribute = (name === 'id' && !isResource) || (type === 'Extension' && name === 'url');
      if (primitive && !isAttribute)
        properties.set(`_${written}`, { ...common, check: extraCheck(written, element), content: true });
    }
  }
  if (isResource)
    properties.set('resourceType', {
      path: 'resourceType',
      check: () => {},
      bit: 0,
      choice: false,
      content: false,
    });
  const keys = new Set<string>(); // Duration repeats a rule of Quantity, its base
  for (let base: string | undefined = type; base !== undefined; base = typeDefinition(base)?.base)
    for (const key of typeDefinition(base)?.rules ?? []) keys.add(key);
  for (const key of keys) rules.push(compileRule(key));
  const own = typeChecks[type];
  if (own) rules.push(own);
  // What a canonical resource is known by everywhere.
  const { url } = definition.elements;
  if (isResource && url?.types[0] === 'uri')
    rules.push((value, walk) => needAbsolute(value as Members, 'url', walk));
  return plan;
}

/** Checks a resource that stands at the place of the walk. */
export function checkResource(value: unknown, walk: Walk): void {
  checkNested(value, walk, (type, resource, inner) => checkMembers(planOf(type), resource, inner));
}

/** The check of one value of a type, in the place of an element. */
function checkOf(type: string, element: ElementDefinition): Check {
  const steps: Check[] = [];
  const primitive = primitiveChecks[type];
  if (primitive) {
    if (type === 'canonical' || type === 'uri' || type === 'url') steps.push(localUriCheck(type));
  } else if (type === 'Resource') {
    return checkResource;
  } else if (type === 'Reference') {
    const targets = element.targets ? new Set(element.targets) : undefined;
    steps.push((value, walk) => checkReference(value as Members, targets, walk)); // seen to be an object
  }
  const [strength, valueSet] = element.binding ?? [];
  const bound =
    strength === 'required' && valueSet !== undefined ? requiredBinding(type, valueSet) : undefined;
  if (bound) steps.push(bound);
  for (const key of element.rules ?? []) steps.push(compileRule(key));
  const [first, second] = steps;
  const rest = second
    ? (value: unknown, walk: Walk) => {
        for (const step of steps) step(value, walk);
      }
    : first;
  if (primitive)
    return (value, walk) => {
      const fault = primitive(value);
      if (fault !== undefined) report(walk, typeof value === 'object' ? 'structure' : 'value', fault);
      else rest?.(value, walk);
    };
  let plan: Plan | undefined;
  return (value, walk) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      report(walk, 'structure', `Expected an object (${type}), found ${shown(value)}.`);
      return;
    }
    plan ??= planOf(type);
    const { misshapen } = walk;
    checkMembers(plan, value as Members, walk); // an object that is no array
    if (walk.misshapen === misshapen) rest?.(value, walk);
  };
}

function localUriCheck(type: string): Check {
  return (value, walk) => {
    const uri = value as string; // the primitive's own check has seen a text
    if (hasInnerBlank(uri))
      report(walk, 'value', `A URI should not hold spaces, found ${shown(uri)}.`, { severity: 'warning' });
    if (uri.charCodeAt(0) !== 0x23) return;
    if (type === 'canonical') localType(uri, walk);
    else noteLocalUri(uri, walk);
  };
}

/** The check of a member: one value or an array, as the element says. */
function memberCheck(
  written: string,
  one: Check,
  element: ElementDefinition,
  primitive: boolean,
): Property['check'] {
  if (element.max === undefined || element.max === 1)
    return (value, walk, owner) => {
      if (value === null) {
        if (!(primitive && owner[`_${written}`]))
          report(walk, 'structure', 'null is not allowed here: leave the property out.');
      } else if (Array.isArray(value)) {
        report(walk, 'structure', 'This may be given once only, so it is not written as an array.');
      } else one(value, walk);
    };
  const most = element.max === '*' ? Number.POSITIVE_INFINITY : element.max;
  return (value, walk, owner) => {
    if (!Array.isArray(value)) {
      if (value === null) report(walk, 'structure', 'null is not allowed here: leave the property out.');
      else
        report(walk, 'structure', 'This may be given more than once, so it is always written as an array.');
      return;
    }
    const { length } = value;
    if (length === 0) report(walk, 'structure', 'An array may not be empty: leave the property out.');
    if (length > most) report(walk, 'structure', `At most ${most} are allowed here; there are ${length}.`);
    const { depth, indexes } = walk;
    for (let i = 0; i < length; i += 1) {
      indexes[depth] = i;
      const item: unknown = value[i];
      if (item !== null) one(item, walk);
      else if (!primitive) report(walk, 'structure', 'null is not allowed in an array of objects.');
      else if (!hasExtra(owner[`_${written}`], i))
        report(
          walk,
          'structure',
          `null stands for a value that has only extensions, and _${written}[${i}] has none.`,
        );
    }
    indexes[depth] = -1;
  };
}

function hasExtra(extras: unknown, index: number): boolean {
  return Array.isArray(extras) && typeof extras[index] === 'object' && extras[index] !== null;
}

/** The check of `_name`: id and extensions of primitives. Source: FHIR R4 §2.6.2.3 (JSON, primitive elements). */
function extraCheck(written: string, element: ElementDefinition): Property['check'] {
  let plan: Plan | undefined;
  const one = (extra: unknown, value: unknown, walk: Walk): void => {
    if (typeof extra !== 'object' || extra === null || Array.isArray(extra)) {
      report(walk, 'structure', `_${written} holds an object with id or extension, found ${shown(extra)}.`);
      return;
    }
    plan ??= planOf('Element');
    const members = extra as Members; // an object that is no array
    checkMembers(plan, members, walk, value !== undefined && value !== null);
  };
  if (element.max === undefined || element.max === 1)
    return (extra, walk, owner) => {
      if (Array.isArray(extra))
        report(walk, 'structure', `_${written} is not written as an array, as ${written} is not.`);
      else one(extra, owner[written], walk);
    };
  return (extras, walk, owner) => {
    if (!Array.isArray(extras)) {
      report(walk, 'structure', `_${written} is written as an array, as ${written} is.`);
      return;
    }
    const values = owner[written];
    const { depth, indexes } = walk;
    if (extras.length === 0) report(walk, 'structure', 'An array may not be empty: leave the property out.');
    for (let i = 0; i < extras.length; i += 1) {
      indexes[depth] = i;
      const value: unknown = Array.isArray(values) ? values[i] : undefined;
      if (extras[i] !== null) one(extras[i], value, walk);
      else if (value === undefined)
        report(walk, 'structure', `_${written}[${i}] is null, and ${written} has no value there either.`);
    }
    indexes[depth] = -1;
  };
}

/** Checks an object that stands at the place of the walk. `hasValue`: it belongs to a primitive that has a value. */
export function checkMembers(plan: Plan, node: Members, walk: Walk, hasValue = false): void {
  const { properties } = plan;
  const { names, indexes } = walk;
  walk.depth += 1;
  const { depth, misshapen } = walk;
  if (depth > deepest) {
    walk.depth -= 1;
    report(walk, 'structure', `More than ${deepest} elements inside each other.`);
    return;
  }
  indexes[depth] = -1;
  let seen = 0;
  let content = hasValue || !plan.needsContent;
  for (const name in node) {
    const property = properties.get(name);
    if (property === undefined) {
      names[depth] = /^\w{1,64}$/.test(name) ? name : `\`${name.slice(0, 64).toWellFormed()}\``;
      unknownName(plan, name, walk);
      content = true;
      continue;
    }
    const { bit } = property;
    names[depth] = property.path;
    if (bit !== 0) {
      if ((seen & bit) !== 0 && property.choice) checkOneChoice(plan, node, property, walk);
      seen |= bit;
    }
    if (property.content) content = true;
    property.check(node[name], walk, node);
  }
  walk.depth = depth - 1;
  if ((seen & plan.required) !== plan.required)
    for (const { name, bit } of plan.requiredNames)
      if ((seen & bit) === 0)
        report(walk, 'required', `${name} is required here and missing.`, { member: name });
  if (!content) report(walk, 'structure', 'An element must have a value or members besides its id (ele-1).');
  if (walk.misshapen === misshapen) for (const rule of plan.rules) rule(node, walk);
}

function checkOneChoice(plan: Plan, node: Members, property: Property, walk: Walk): void {
  const given = Object.keys(node).filter((name) => plan.properties.get(name)?.bit === property.bit);
  const types = [...new Set(given.map((name) => name.replace(/^_/, '')))];
  // Told once, at the last of them.
  if (types.length > 1 && plan.properties.get(given.at(-1) ?? '') === property)
    report(walk, 'structure', `Only one of ${types.join(', ')} may be given.`);
}

function unknownName(plan: Plan, name: string, walk: Walk): void {
  const known = [...plan.properties.keys()].filter((k) => !k.startsWith('_'));
  const choice = known.filter((k) => plan.properties.get(k)?.choice && plan.properties.get(k)?.path === name);
  const near = nearestName(name, known);
  let hint = '';
  if (choice.length > 0)
    hint = ` Write its type too: ${choice.slice(0, 6).join(', ')}${choice.length > 6 ? ' …' : ''}.`;
  else if (near !== undefined) hint = ` Did you mean ${near}?`;
  report(walk, 'structure', `${plan.name} has no property ${shown(name)}.${hint}`);
}
