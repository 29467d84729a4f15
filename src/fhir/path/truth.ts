/** Expressions of which only the truth is asked, compiled without collections where that is possible. */
import { chainOf, chainReaches } from './chains.ts';
import { keyOf } from './compare.ts';
import { hasValue, truthOf } from './functions.ts';
import { allHold, someHold } from './lambdas.ts';
import { type Nodes, rawValue } from './nodes.ts';
import { comparisons, logic } from './operators.ts';
import type { Compiler, Truth } from './scope.ts';
import type { Expression } from './syntax.ts';

export function compileTruth(expression: Expression, compiler: Compiler): Truth {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'boolean' ? constant(expression.value) : constant(true);
    case 'binary':
      return binaryTruth(expression, compiler) ?? anyTruth(expression, compiler);
    case 'call':
      return callTruth(expression, compiler) ?? anyTruth(expression, compiler);
    default:
      return anyTruth(expression, compiler);
  }
}

function constant(value: boolean): Truth {
  return () => value;
}

function anyTruth(expression: Expression, compiler: Compiler): Truth {
  const evaluate = compiler.evaluate(expression);
  return (focus, scope) => truthOf(evaluate(focus, scope));
}

function binaryTruth(expression: Expression & { kind: 'binary' }, compiler: Compiler): Truth | undefined {
  const { operator, left, right } = expression;
  const connective = logic[operator];
  if (connective) {
    const first = compiler.truth(left);
    const second = compiler.truth(right);
    return (focus, scope) => connective(first(focus, scope), () => second(focus, scope));
  }
  const comparison = comparisons[operator];
  if (!comparison) return undefined;
  const first = compiler.evaluate(left);
  const literal = right.kind === 'literal' ? right.value : undefined;
  if (
    (operator === '=' || operator === '!=') &&
    (typeof literal === 'string' || typeof literal === 'boolean')
  ) {
    const wanted = operator === '=';
    return (focus, scope) => {
      const nodes = first(focus, scope);
      if (nodes.length === 0) return undefined;
      return (nodes.length === 1 && rawValue(nodes[0]) === literal) === wanted;
    };
  }
  const members = operator === 'in' ? literalsOf(right) : undefined;
  if (members) {
    const keys = new Set(members.map(keyOf));
    return (focus, scope) => {
      const nodes = first(focus, scope);
      return nodes.length === 0 ? undefined : nodes.length === 1 && keys.has(keyOf(nodes[0]));
    };
  }
  const second = compiler.evaluate(right);
  return (focus, scope) => comparison(first(focus, scope), second(focus, scope));
}

/** The items of `'a' | 'b' | 'c'`. */
function literalsOf(expression: Expression): Nodes | undefined {
  if (expression.kind === 'literal')
    return typeof expression.value === 'object' ? undefined : [expression.value];
  if (expression.kind !== 'binary' || expression.operator !== '|') return undefined;
  const left = literalsOf(expression.left);
  const right = literalsOf(expression.right);
  return left && right ? [...left, ...right] : undefined;
}

function callTruth(expression: Expression & { kind: 'call' }, compiler: Compiler): Truth | undefined {
  const { name, args } = expression;
  const on: Expression = expression.on ?? { kind: 'this' };
  switch (`${name}/${args.length}`) {
    case 'exists/0':
      return existence(on, compiler);
    case 'empty/0': {
      const exists = existence(on, compiler);
      return (focus, scope) => !exists(focus, scope);
    }
    case 'not/0': {
      const inner = compiler.truth(on);
      return (focus, scope) => {
        const truth = inner(focus, scope);
        return truth === undefined ? undefined : !truth;
      };
    }
    case 'hasValue/0': {
      const input = compiler.evaluate(on);
      return (focus, scope) => hasValue(input(focus, scope));
    }
    case 'exists/1':
    case 'all/1': {
      const input = compiler.evaluate(on);
      const criterion = compiler.truth(args[0] as Expression);
      const hold = name === 'all' ? allHold : someHold;
      return (focus, scope) => hold(input(focus, scope), criterion, scope);
    }
    default:
      return undefined;
  }
}

function existence(on: Expression, compiler: Compiler): Truth {
  const chain = chainOf(on, compiler);
  if (chain) return chainReaches(chain, compiler);
  if (on.kind === 'call' && on.name === 'where' && on.args.length === 1) {
    const input = compiler.evaluate(on.on ?? { kind: 'this' });
    const criterion = compiler.truth(on.args[0] as Expression);
    return (focus, scope) => someHold(input(focus, scope), criterion, scope);
  }
  const input = compiler.evaluate(on);
  return (focus, scope) => input(focus, scope).length > 0;
}
