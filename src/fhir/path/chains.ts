/** Runs of members, `a.b.c`, made one walk instead of a collection for each name. */
import { isObject, isTypeName, type Nodes, reaches, type Step, stepTo, walk } from './nodes.ts';
import type { Compiler, Evaluate, Truth } from './scope.ts';
import type { Expression } from './syntax.ts';
import { resourceTest } from './types.ts';

/** A walk from where `base` leads (undefined: from the focus). */
export interface Chain {
  readonly base: Expression | undefined;
  readonly steps: readonly Step[];
  /** `Patient.name` walks only from a Patient. */
  readonly from: ((focus: unknown) => boolean) | undefined;
}

/** The chain that ends in this expression; undefined when it does not end in a member or $this. */
export function chainOf(expression: Expression, compiler: Compiler): Chain | undefined {
  const steps: Step[] = [];
  let at: Expression | undefined = expression;
  while (at?.kind === 'member') {
    if (at.name in Object.prototype) return compiler.refuse(`${at.name} is no element`);
    if (at.on === undefined && /^[A-Z]/.test(at.name)) {
      return { base: undefined, steps: steps.reverse(), from: startTest(at.name, compiler) };
    }
    steps.push(stepTo(at.name));
    at = at.on;
  }
  if (at?.kind === 'this') at = undefined;
  else if (steps.length === 0) return undefined;
  return { base: at, steps: steps.reverse(), from: undefined };
}

/**
 * A type name at the start of a path says where the path starts; only resources can be asked whether they are
 * of it.
 */
function startTest(type: string, compiler: Compiler): (focus: unknown) => boolean {
  const test = resourceTest(type);
  if (test) return test;
  if (!isTypeName(type)) return compiler.refuse(`${type} is no type of R4`);
  return (focus) => isObject(focus) && focus['resourceType'] === undefined;
}

export function evaluateChain({ base, steps, from }: Chain, compiler: Compiler): Evaluate {
  if (base === undefined) {
    return (focus) => {
      if (focus === undefined || (from && !from(focus))) return [];
      if (steps.length === 0) return [focus];
      const out: unknown[] = [];
      walk(focus, steps, 0, out);
      return out;
    };
  }
  const start = compiler.evaluate(base);
  return (focus, scope) => walkAll(start(focus, scope), steps);
}

export function walkAll(nodes: Nodes, steps: readonly Step[]): Nodes {
  if (steps.length === 0) return nodes;
  const out: unknown[] = [];
  for (const node of nodes) walk(node, steps, 0, out);
  return out;
}

/** Whether the chain leads anywhere, without collecting what it leads to. */
export function chainReaches({ base, steps, from }: Chain, compiler: Compiler): Truth {
  if (base === undefined) {
    return (focus) => {
      if (focus === undefined || (from && !from(focus))) return false;
      return steps.length === 0 || reaches(focus, steps, 0);
    };
  }
  const start = compiler.evaluate(base);
  return (focus, scope) => {
    const nodes = start(focus, scope);
    return steps.length === 0 ? nodes.length > 0 : nodes.some((node) => reaches(node, steps, 0));
  };
}
