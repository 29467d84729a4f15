/** Follows FHIRPath through the published structures, to know at build time what type each path yields. */
import type { ElementDefinition } from '@medplum/fhirtypes';
import type { Expression } from '../../src/fhir/path/syntax.ts';
import { readStructures, type Structure, typeCodes } from './read-definitions.ts';

/** One kind of node that a path can lead to. */
export interface Landing {
  /** FHIR type of the node: `Quantity`, `code`, `BackboneElement`. */
  readonly type: string;
  /** Where its elements are defined: `Quantity`, `Observation.component`. */
  readonly at: string;
  /** A path that leads only to nodes of this type. */
  readonly text: string;
  /** The element's definition, where the path ends in one. */
  readonly element: ElementDefinition | undefined;
  /** Types that a Reference may point at; undefined: any. */
  readonly targets: readonly string[] | undefined;
}

const structures = new Map(readStructures().map((s) => [s.type, s]));
const elements = new Map<string, ElementDefinition>();
for (const { snapshot } of structures.values()) {
  for (const element of snapshot?.element ?? []) if (element.path) elements.set(element.path, element);
}

export function structureOf(type: string): Structure | undefined {
  return structures.get(type);
}

export const concreteResources: readonly string[] = [...structures.values()]
  .filter((s) => s.kind === 'resource' && !s.abstract)
  .map((s) => s.type)
  .sort();

const isA = (type: string, ancestor: string): boolean => {
  for (
    let at: string | undefined = type;
    at !== undefined;
    at = structures.get(at)?.baseDefinition?.split('/').pop()
  ) {
    if (at === ancestor) return true;
  }
  return false;
};

const systemTypes: Readonly<Record<string, string>> = {
  DateTime: 'dateTime',
  String: 'string',
  Boolean: 'boolean',
};

/**
 * What the expression leads to, from nodes such as `start` in a resource of type `root`. Empty: it can lead
 * nowhere.
 */
export function landings(expression: Expression, start: Landing, root: string): readonly Landing[] {
  const on = (inner: Expression | undefined): readonly Landing[] =>
    inner === undefined ? [start] : landings(inner, start, root);
  switch (expression.kind) {
    case 'this':
      return [start];
    case 'variable':
      if (expression.name === 'resource') return [{ ...resource(root), text: '%resource' }];
      throw new Error(`%${expression.name} in a search parameter`);
    case 'member':
      if (expression.on === undefined && /^[A-Z]/.test(expression.name)) {
        const { name } = expression;
        return isA(start.type, name) ? [{ ...start, text: name }] : [];
      }
      return on(expression.on).flatMap((landing) => member(landing, expression.name));
    case 'type': {
      const type = systemTypes[expression.type] ?? expression.type;
      return on(expression.on).filter((landing) => isA(landing.type, type));
    }
    case 'item': {
      const [position] = expression.at.kind === 'literal' ? [String(expression.at.value)] : [];
      return on(expression.on).map((landing) => ({ ...landing, text: `${landing.text}[${position}]` }));
    }
    case 'call':
      return called(expression, on(expression.on));
    case 'binary': {
      if (expression.operator === '|') throw new Error('unions are split before');
      return [
        { type: 'boolean', at: 'boolean', text: textOf(expression), element: undefined, targets: undefined },
      ];
    }
    default:
      throw new Error(`${expression.kind} in a search parameter`);
  }
}

export function resource(type: string): Landing {
  return { type, at: type, text: '', element: undefined, targets: undefined };
}

function called(expression: Expression & { kind: 'call' }, on: readonly Landing[]): readonly Landing[] {
  const { name, args } = expression;
  const text = (landing: Landing) => `${landing.text}.${name}(${args.map(textOf).join(', ')})`;
  switch (name) {
    case 'where': {
      const [criterion] = args;
      const narrowed =
        criterion?.kind === 'type' && criterion.on?.kind === 'call' && criterion.on.name === 'resolve';
      return on.map((landing) => ({
        ...landing,
        text: text(landing),
        targets: narrowed ? [criterion.type] : landing.targets,
      }));
    }
    case 'extension':
      return on.flatMap((landing) =>
        member(landing, 'extension').map((extension) => ({ ...extension, text: text(landing) })),
      );
    case 'exists':
    case 'not':
      return on.map((landing) => ({ ...landing, type: 'boolean', at: 'boolean', text: text(landing) }));
    default:
      throw new Error(`${name}() in a search parameter`);
  }
}

function member(landing: Landing, name: string): Landing[] {
  const prefix = landing.text === '' ? '' : `${landing.text}.`;
  const plain = elements.get(`${landing.at}.${name}`);
  if (plain) return typed(plain, `${prefix}${name}`, false);
  const choice = elements.get(`${landing.at}.${name}[x]`);
  return choice ? typed(choice, `${prefix}${name}`, true) : [];
}

function typed(element: ElementDefinition, text: string, choice: boolean): Landing[] {
  if (element.contentReference) {
    const at = element.contentReference.replace(/^.*#/, '');
    return [{ type: 'BackboneElement', at, text, element, targets: undefined }];
  }
  return typeCodes(element).map((type) => ({
    type,
    at: type === 'BackboneElement' || type === 'Element' ? (element.path ?? '') : type,
    text: choice ? `${text}.ofType(${type})` : text,
    element,
    targets: targetsOf(element, type),
  }));
}

function targetsOf(element: ElementDefinition, type: string): readonly string[] | undefined {
  const profiles = element.type
    ?.find((t) => t.code === type)
    ?.targetProfile?.map((url) => url.split('/').pop() ?? '');
  return profiles === undefined || profiles.includes('Resource') ? undefined : profiles;
}

/** An expression in one spelling, whatever its spaces and brackets were; `as` is written as `ofType`. */
export function textOf(expression: Expression): string {
  const on = (inner: Expression | undefined): string => (inner === undefined ? '' : `${textOf(inner)}.`);
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string' ? `'${expression.value}'` : String(expression.value);
    case 'this':
      return '$this';
    case 'variable':
      return `%${expression.name}`;
    case 'member':
      return `${on(expression.on)}${expression.name}`;
    case 'call':
      return `${on(expression.on)}${expression.name}(${expression.args.map(textOf).join(', ')})`;
    case 'type': {
      const type = systemTypes[expression.type] ?? expression.type;
      if (expression.test === 'is') return `${expression.on ? textOf(expression.on) : '$this'} is ${type}`;
      return `${on(expression.on)}ofType(${type})`;
    }
    case 'item':
      return `${textOf(expression.on)}[${textOf(expression.at)}]`;
    case 'binary':
      return `${textOf(expression.left)} ${expression.operator} ${textOf(expression.right)}`;
    default:
      throw new Error(`${expression.kind} in a search parameter`);
  }
}

/** The members of a union. */
export function alternatives(expression: Expression): readonly Expression[] {
  return expression.kind === 'binary' && expression.operator === '|'
    ? [...alternatives(expression.left), ...alternatives(expression.right)]
    : [expression];
}
