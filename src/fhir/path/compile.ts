/**
 * FHIRPath compiled to closures over plain FHIR JSON: no tree is walked and no types are looked up while it
 * runs.
 *
 * JSON does not carry FHIR's types. Choice elements tell theirs by name (`valueQuantity`), resources by
 * `resourceType`, and names that have one type in all of R4 tell it too; where none of these decides,
 * compiling throws UnsupportedPath.
 */
import { type Clock, systemClock } from '../../platform/clock.ts';
import { chainOf, evaluateChain } from './chains.ts';
import { bool, functions, plainValues } from './functions.ts';
import { lambdas } from './lambdas.ts';
import { type Nodes, nothing, rawValue } from './nodes.ts';
import { comparisons, logic, operations } from './operators.ts';
import { parsePath } from './parse.ts';
import type { Compiler, Evaluate, Scope } from './scope.ts';
import { type BinaryOperator, type Expression, UnsupportedPath } from './syntax.ts';
import { compileTruth } from './truth.ts';
import { compileType } from './type-expressions.ts';

/**
 * Gives the nodes that a path leads to from `node`: JSON values, those without a value (only extensions) left
 * out. `resource` is %resource, the node itself unless given; `rootResource` is %rootResource, the same
 * unless given.
 */
export type CompiledPath = (node: unknown, resource?: unknown, rootResource?: unknown) => Nodes;

/** Whether the invariant holds; undefined where it gives no answer (an empty collection). */
export type CompiledInvariant = (
  node: unknown,
  resource?: unknown,
  rootResource?: unknown,
) => boolean | undefined;

/**
 * Compiles a FHIRPath expression. Throws UnsupportedPath for what is beyond it: fall back to the `fhirpath`
 * package.
 */
export function compilePath(expression: string, clock: Clock = systemClock): CompiledPath {
  const evaluate = compilerOf(expression).evaluate(parsePath(expression));
  return (node, resource = node, rootResource = resource) =>
    plainValues(evaluate(node, scopeOf(node, resource, rootResource, clock)));
}

/** A path for many uses on one resource: its scope made once, primitives with extensions left wrapped. */
export function compileNodes(expression: string): Evaluate {
  return compilerOf(expression).evaluate(parsePath(expression));
}

/** What a path on a whole resource sees. */
export function scopeOfResource(resource: unknown): Scope {
  return scopeOf(resource, resource, resource, systemClock);
}

/**
 * Compiles an invariant (ElementDefinition.constraint.expression). Throws UnsupportedPath as compilePath
 * does.
 */
export function compileInvariant(expression: string, clock: Clock = systemClock): CompiledInvariant {
  const truth = compilerOf(expression).truth(parsePath(expression));
  return (node, resource = node, rootResource = resource) =>
    truth(node, scopeOf(node, resource, rootResource, clock));
}

function scopeOf(context: unknown, resource: unknown, rootResource: unknown, { now }: Clock): Scope {
  return { context, resource, rootResource, now, index: 0 };
}

function compilerOf(text: string): Compiler {
  const compiler: Compiler = {
    evaluate: (expression) => compileExpression(expression, compiler),
    truth: (expression) => compileTruth(expression, compiler),
    refuse: (reason) => {
      throw new UnsupportedPath(text, reason);
    },
  };
  return compiler;
}

function compileExpression(expression: Expression, compiler: Compiler): Evaluate {
  switch (expression.kind) {
    case 'literal':
      return constant([expression.value]);
    case 'empty':
      return constant(nothing);
    case 'position':
      return (_, scope) => [scope.index];
    case 'variable':
      return variable(expression.name, compiler);
    case 'this':
    case 'member': {
      const chain = chainOf(expression, compiler);
      return chain ? evaluateChain(chain, compiler) : compiler.refuse('no path');
    }
    case 'call':
      return call(expression, compiler);
    case 'type':
      return compileType(expression, compiler);
    case 'item':
      return item(expression, compiler);
    case 'negative': {
      const of = compiler.evaluate(expression.of);
      return (focus, scope) => {
        const nodes = of(focus, scope);
        const value = nodes.length === 1 ? rawValue(nodes[0]) : undefined;
        return typeof value === 'number' ? [-value] : nothing;
      };
    }
    case 'binary':
      return binary(expression, compiler);
  }
}

function constant(nodes: Nodes): Evaluate {
  return () => nodes;
}

/** FHIR R4 §2.9.1.6 and FHIRPath 2.0.0 §9. */
function variable(name: string, compiler: Compiler): Evaluate {
  switch (name) {
    case 'resource':
      return (_, scope) => [scope.resource];
    case 'rootResource':
      return (_, scope) => [scope.rootResource];
    case 'context':
      return (_, scope) => [scope.context];
    case 'ucum':
      return constant(['http://unitsofmeasure.org']);
    case 'sct':
      return constant(['http://snomed.info/sct']);
    case 'loinc':
      return constant(['http://loinc.org']);
  }
  if (name.startsWith('vs-')) return constant([`http://hl7.org/fhir/ValueSet/${name.slice(3)}`]);
  if (name.startsWith('ext-')) return constant([`http://hl7.org/fhir/StructureDefinition/${name.slice(4)}`]);
  return compiler.refuse(`%${name} is not known`);
}

function call(expression: Expression & { kind: 'call' }, compiler: Compiler): Evaluate {
  const { name, args } = expression;
  const known = Object.hasOwn(lambdas, name)
    ? lambdas[name]
    : Object.hasOwn(functions, name)
      ? functions[name]
      : undefined;
  if (!known) return compiler.refuse(`${name}() is not supported`);
  if (args.length < known.least || args.length > known.most)
    return compiler.refuse(`${name}() has ${args.length} arguments`);
  const input = compiler.evaluate(expression.on ?? { kind: 'this' });
  if ('compile' in known) return known.compile(input, args, compiler);
  const { run } = known;
  const [first, ...others] = args.map((argument) => compiler.evaluate(argument));
  if (!first) return (focus, scope) => run(input(focus, scope), [], scope);
  if (others.length === 0) return (focus, scope) => run(input(focus, scope), [first(focus, scope)], scope);
  const all = [first, ...others];
  return (focus, scope) =>
    run(
      input(focus, scope),
      all.map((argument) => argument(focus, scope)),
      scope,
    );
}

function item(expression: Expression & { kind: 'item' }, compiler: Compiler): Evaluate {
  const on = compiler.evaluate(expression.on);
  const at = compiler.evaluate(expression.at);
  return (focus, scope) => {
    const nodes = on(focus, scope);
    const position = at(focus, scope)[0];
    return typeof position === 'number' && position >= 0 && position < nodes.length
      ? [nodes[position]]
      : nothing;
  };
}

function binary(expression: Expression & { kind: 'binary' }, compiler: Compiler): Evaluate {
  const { operator, left, right } = expression;
  if (logic[operator] || comparisons[operator]) {
    const truth = compiler.truth(expression);
    return (focus, scope) => bool(truth(focus, scope));
  }
  if (isQuantityArithmetic(operator, left, right)) return compiler.refuse('arithmetic with quantities');
  const operation = operations[operator];
  if (!operation) return compiler.refuse(`${operator} is not supported`);
  const first = compiler.evaluate(left);
  const second = compiler.evaluate(right);
  return (focus, scope) => operation(first(focus, scope), second(focus, scope));
}

/** `today() - 18 years` needs a calendar, which is left to the interpreter. */
function isQuantityArithmetic(operator: BinaryOperator, left: Expression, right: Expression): boolean {
  const quantity = (e: Expression) => e.kind === 'literal' && typeof e.value === 'object';
  return operator !== '|' && operator !== '&' && (quantity(left) || quantity(right));
}
