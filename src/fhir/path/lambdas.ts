/**
 * The functions of FHIRPath that evaluate an argument for each item. Source: FHIRPath 2.0.0 §5.1, §5.2, §5.8.
 */
import { keyOf } from './compare.ts';
import { bool } from './functions.ts';
import { type Nodes, nothing } from './nodes.ts';
import type { Compiler, Evaluate, Scope, Truth } from './scope.ts';
import type { Expression } from './syntax.ts';

/** A bound for repeat(), which could otherwise make new items without end. */
const mostRepeated = 100_000;

type Lambda = {
  readonly least: number;
  readonly most: number;
  readonly compile: (input: Evaluate, args: readonly Expression[], compiler: Compiler) => Evaluate;
};

/** Calls with each item and $index set; stops when told so. */
function each(nodes: Nodes, scope: Scope, visit: (node: unknown) => boolean): void {
  const outer = scope.index;
  for (let i = 0; i < nodes.length; i++) {
    scope.index = i;
    if (!visit(nodes[i])) break;
  }
  scope.index = outer;
}

export function someHold(nodes: Nodes, criterion: Truth, scope: Scope): boolean {
  let found = false;
  each(nodes, scope, (node) => {
    found = criterion(node, scope) === true;
    return !found;
  });
  return found;
}

export function allHold(nodes: Nodes, criterion: Truth, scope: Scope): boolean {
  let held = true;
  each(nodes, scope, (node) => {
    held = criterion(node, scope) === true;
    return held;
  });
  return held;
}

/** The callers have checked the number of arguments. */
const only = (args: readonly Expression[]): Expression => args[0] as Expression;

export const lambdas: Readonly<Record<string, Lambda>> = {
  where: {
    least: 1,
    most: 1,
    compile: (input, args, compiler) => {
      const criterion = compiler.truth(only(args));
      return (focus, scope) => {
        const nodes = input(focus, scope);
        if (nodes.length === 0) return nothing;
        const kept: unknown[] = [];
        each(nodes, scope, (node) => {
          if (criterion(node, scope) === true) kept.push(node);
          return true;
        });
        return kept;
      };
    },
  },
  select: {
    least: 1,
    most: 1,
    compile: (input, args, compiler) => {
      const projection = compiler.evaluate(only(args));
      return (focus, scope) => {
        const out: unknown[] = [];
        each(input(focus, scope), scope, (node) => {
          for (const item of projection(node, scope)) out.push(item);
          return true;
        });
        return out;
      };
    },
  },
  exists: {
    least: 0,
    most: 1,
    compile: (input, args, compiler) => {
      if (args.length === 0) return (focus, scope) => bool(input(focus, scope).length > 0);
      const criterion = compiler.truth(only(args));
      return (focus, scope) => bool(someHold(input(focus, scope), criterion, scope));
    },
  },
  all: {
    least: 1,
    most: 1,
    compile: (input, args, compiler) => {
      const criterion = compiler.truth(only(args));
      return (focus, scope) => bool(allHold(input(focus, scope), criterion, scope));
    },
  },
  repeat: {
    least: 1,
    most: 1,
    compile: (input, args, compiler) => {
      const projection = compiler.evaluate(only(args));
      return (focus, scope) => {
        const seen = new Set<string>();
        const out: unknown[] = [];
        const take = (nodes: Nodes): void => {
          for (const node of nodes) {
            const key = keyOf(node);
            if (seen.has(key) || out.length >= mostRepeated) continue;
            seen.add(key);
            out.push(node);
          }
        };
        each(input(focus, scope), scope, (node) => {
          take(projection(node, scope));
          return true;
        });
        for (let i = 0; i < out.length; i++) take(projection(out[i], scope));
        return out;
      };
    },
  },
  iif: {
    least: 2,
    most: 3,
    compile: (input, args, compiler) => {
      const [criterion, then, otherwise] = args;
      const condition = compiler.truth(criterion as Expression);
      const first = compiler.evaluate(then as Expression);
      const second = otherwise ? compiler.evaluate(otherwise) : () => nothing;
      return (focus, scope) => {
        const nodes = input(focus, scope);
        if (nodes.length > 1) return nothing;
        return condition(nodes[0], scope) === true ? first(nodes[0], scope) : second(nodes[0], scope);
      };
    },
  },
  /** Logging the data of a record is the one thing trace() must not do here. */
  trace: { least: 1, most: 2, compile: (input) => input },
};
