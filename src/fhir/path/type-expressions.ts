/** Compiles `is`, `as` and `ofType`. */
import { chainOf, evaluateChain } from './chains.ts';
import { bool } from './functions.ts';
import { descendantsNamed, isChoice, type Nodes, nothing, type Step, stepTo, typesOfName } from './nodes.ts';
import type { Compiler, Evaluate } from './scope.ts';
import type { Expression } from './syntax.ts';
import { choiceMembers, namesOfType, nodeTest, resourceTest, type TypeTest } from './types.ts';

type TypeExpression = Expression & { kind: 'type' };

/** FHIRPath's own types and the FHIR types whose values they are. */
const systemTypes: Readonly<Record<string, string>> = {
  Boolean: 'boolean',
  String: 'string',
  Integer: 'integer',
  Decimal: 'decimal',
  Date: 'date',
  DateTime: 'dateTime',
  Time: 'time',
};

export function compileType(expression: TypeExpression, compiler: Compiler): Evaluate {
  const named = expression.type.replace(/^System\./, '');
  const type = systemTypes[named] ?? named;
  const on: Expression = expression.on ?? { kind: 'this' };
  const filtered = filterOf(on, type, compiler);
  if (expression.test !== 'is') return filtered;
  const all = compiler.evaluate(on);
  return (focus, scope) => {
    const input = all(focus, scope);
    return input.length === 0 ? nothing : bool(filtered(focus, scope).length === input.length);
  };
}

/** What of the expression is of the type. */
function filterOf(on: Expression, type: string, compiler: Compiler): Evaluate {
  const resource = resourceTest(type);
  if (resource) return filterBy(compiler.evaluate(on), resource);
  if (on.kind === 'call' && on.name === 'descendants') return descendantsOf(on, type, compiler);
  const name = lastName(on);
  if (name !== undefined && isChoice(name) && on.kind === 'member') {
    return choiceOf(on, type, compiler);
  }
  const test = nodeTest(type, name);
  if (!test) return compiler.refuse(`cannot tell which of these are of type ${type}`);
  return filterBy(compiler.evaluate(on), test);
}

function filterBy(evaluate: Evaluate, test: TypeTest): Evaluate {
  return (focus, scope) => {
    const input = evaluate(focus, scope);
    const kept = input.filter(test);
    return kept.length === input.length ? input : kept;
  };
}

/**
 * `value.ofType(Quantity)` is `valueQuantity`, and `value` itself where that is a plain element of the type.
 */
function choiceOf(on: Expression & { kind: 'member' }, type: string, compiler: Compiler): Evaluate {
  const members = choiceMembers(on.name, type);
  const plain = typesOfName(on.name).includes(type) ? nodeTest(type, on.name) : undefined;
  if (typesOfName(on.name).includes(type) && !plain)
    return compiler.refuse(`${on.name} may be of several types`);
  const chain = chainOf(on, compiler);
  if (!chain) return compiler.refuse(`${on.name} is no path`);
  const [first, ...others] = members;
  const before = chain.steps.slice(0, -1);
  const last: Step | undefined =
    first === undefined
      ? undefined
      : { ...stepTo(first, false), choices: others.length > 0 ? others : undefined };
  const choice = last ? evaluateChain({ ...chain, steps: [...before, last] }, compiler) : undefined;
  if (!plain) return choice ?? (() => nothing);
  const asPlain = filterBy(
    evaluateChain({ ...chain, steps: [...before, stepTo(on.name, false)] }, compiler),
    plain,
  );
  if (!choice) return asPlain;
  return (focus, scope) => {
    const found = choice(focus, scope);
    const others: Nodes = asPlain(focus, scope);
    return others.length === 0 ? found : [...found, ...others];
  };
}

function descendantsOf(on: Expression & { kind: 'call' }, type: string, compiler: Compiler): Evaluate {
  const wanted = namesOfType(type);
  const test = nodeTest(type, undefined);
  if (!wanted || !test) return compiler.refuse(`cannot tell which descendants are of type ${type}`);
  const input = compiler.evaluate(on.on ?? { kind: 'this' });
  return (focus, scope) => descendantsNamed(input(focus, scope), wanted).filter(test);
}

/** The element name of what an expression yields, where it is one. */
function lastName(expression: Expression): string | undefined {
  switch (expression.kind) {
    case 'member':
      return expression.name;
    case 'item':
      return lastName(expression.on);
    case 'call':
      return ['where', 'first', 'last', 'tail', 'skip', 'take', 'distinct', 'trace'].includes(
        expression.name,
      ) && expression.on
        ? lastName(expression.on)
        : undefined;
    default:
      return undefined;
  }
}
