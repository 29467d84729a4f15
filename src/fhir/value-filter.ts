/** The filter of one ordinary search parameter: its modifier checked, its values read. Source: FHIR R4 §3.1.1.4.5. */
import { type Problem, problem } from '../platform/problem.ts';
import { listed, quoted } from './message-text.ts';
import { type OperandContext, parseOperand } from './operands.ts';
import { isResourceType } from './resource-types.ts';
import { splitEscaped } from './search-escapes.ts';
import { searchParameter } from './search-parameters.ts';
import type { Filter, Modifier, Operand } from './search-query.ts';
import type { SearchParameter, SearchParameterType } from './search-values.ts';

/** `:missing` goes with every type; `:[type]` with references. R4 §3.1.1.4.5. */
const modifiers: Record<SearchParameterType, readonly Modifier[]> = {
  string: ['exact', 'contains'],
  token: ['not', 'text', 'in', 'not-in', 'above', 'below', 'of-type'],
  reference: ['identifier'],
  uri: ['above', 'below'],
  date: [],
  number: [],
  quantity: [],
  composite: [],
  special: [],
};

export const mostOperands = 1_000;

export interface ValueContext {
  readonly where: string;
  readonly baseUrl: string;
}

/**
 * Reads `values`, a list with commas of which one must match. A value filter without operands matches nothing: `subject:Device=Patient/1`.
 * Throws a Problem (400) at a modifier that does not go with the parameter and at a value that cannot be read.
 */
export function valueFilter(
  parameter: SearchParameter,
  modifier: string | undefined,
  values: string,
  context: ValueContext,
): Filter {
  if (modifier === 'missing') {
    return { kind: 'missing', parameter, missing: readBoolean(values, context.where) };
  }
  if (modifier === undefined)
    return { kind: 'value', parameter, operands: operandsOf(parameter, undefined, values, context) };
  if (parameter.type === 'reference' && isResourceType(modifier)) {
    return typedReference(parameter, modifier, values, context);
  }
  const known = modifiers[parameter.type].find((m) => m === modifier);
  if (known === undefined) throw wrongModifier(parameter, modifier, context.where);
  return {
    kind: 'value',
    parameter,
    modifier: known,
    operands: operandsOf(parameter, known, values, context),
  };
}

/** `true` or `false`, or a Problem. */
export function readBoolean(text: string, where: string): boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw problem('invalid', `${quoted(text)} is neither true nor false.`, { where });
}

/** The values of a list with commas, escapes still inside. Throws when one is empty or there are too many. */
export function listOf(values: string, where: string): string[] {
  const list = splitEscaped(values, ',');
  if (list.length > mostOperands) throw tooMany(list.length, where);
  if (list.includes('')) {
    throw problem('invalid', 'A value is empty. Write a value, or leave the parameter or the comma out.', {
      where,
    });
  }
  return list;
}

function tooMany(count: number, where: string): Problem {
  return problem(
    'too-costly',
    `There are ${count} values; at most ${mostOperands} are taken. Ask in several searches.`,
    { where },
  );
}

/** A modifier that is not supported is an error even where unknown parameters are not (R4 §3.1.1.4.5). */
export function wrongModifier(
  parameter: Pick<SearchParameter, 'code' | 'type'>,
  modifier: string,
  where: string,
): Problem {
  const allowed = ['missing', ...modifiers[parameter.type]].map((m) => `:${m}`);
  if (parameter.type === 'reference') allowed.push(':[type]');
  return problem(
    'invalid',
    `The modifier :${modifier.slice(0, 40)} does not go with ${parameter.code}, a ${parameter.type} parameter. It takes ${allowed.join(', ')}.`,
    { where },
  );
}

function operandsOf(
  parameter: SearchParameter,
  modifier: Modifier | undefined,
  values: string,
  context: ValueContext,
): readonly Operand[] {
  const operandContext: OperandContext = {
    ...context,
    targets: parameter.targets,
    components: parameter.type === 'composite' ? componentsOf(parameter) : [],
  };
  const list = listOf(values, context.where);
  const texts = parameter.type === 'composite' ? pairings(list, values, operandContext) : list;
  return texts.map((text) => parseOperand(parameter.type, modifier, text, operandContext));
}

/**
 * The values of a composite list. `a$1,b$2` are two values; `a,b$1,2`, whose commas stand within the parts, is written out as every
 * part with every other. The standard shows only the first form, and clients send both.
 */
function pairings(list: readonly string[], values: string, context: OperandContext): readonly string[] {
  const parts = splitEscaped(values, '$');
  const count = context.components.length;
  if (parts.length !== count || list.every((text) => splitEscaped(text, '$').length === count)) return list;
  let texts = [''];
  parts.forEach((part, i) => {
    const alternatives = listOf(part, context.where);
    if (texts.length * alternatives.length > mostOperands)
      throw tooMany(texts.length * alternatives.length, context.where);
    texts = texts.flatMap((text) => alternatives.map((one) => (i === 0 ? one : `${text}$${one}`)));
  });
  return texts;
}

/** The parts of a composite parameter; the same for each of its paths. */
function componentsOf(parameter: SearchParameter): OperandContext['components'] {
  const components = parameter.paths[0]?.components ?? [];
  return components.map(({ type, code }) => ({
    type,
    targets: searchParameter(parameter.resourceType, code)?.targets ?? [],
  }));
}

/** `subject:Patient=23`: the type goes to the values without one; values of another type can match nothing. */
function typedReference(
  parameter: SearchParameter,
  type: string,
  values: string,
  context: ValueContext,
): Filter {
  checkTarget(parameter, type, context.where);
  const operands = operandsOf({ ...parameter, targets: [type] }, undefined, values, context);
  const elsewhere = new RegExp(`/${type}/[^/]+$`);
  return {
    kind: 'value',
    parameter,
    operands: operands.filter(
      (operand) =>
        operand.kind === 'reference' &&
        (operand.type === type || (operand.url !== undefined && elsewhere.test(operand.url))),
    ),
  };
}

/** Throws when the parameter never points at the type. */
export function checkTarget(parameter: SearchParameter, type: string, where: string): void {
  if (parameter.targets.length === 0 || parameter.targets.includes(type)) return;
  throw problem(
    'invalid',
    `${parameter.code} of ${parameter.resourceType} never points at ${type}. It points at ${listed(parameter.targets)}.`,
    { where },
  );
}
