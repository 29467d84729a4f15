import type { Nodes } from './nodes.ts';
import type { Expression } from './syntax.ts';

/** What an expression sees besides the node it is evaluated on. */
export interface Scope {
  /** %resource: the resource that holds the node. */
  readonly resource: unknown;
  /** %rootResource: the resource that contains %resource, or %resource itself. */
  readonly rootResource: unknown;
  /** %context: the node that the whole expression was given. */
  readonly context: unknown;
  /** Milliseconds since 1970 UTC, for today() and now(). */
  readonly now: () => number;
  /** $index. */
  index: number;
}

/** A compiled expression. `focus` is $this; undefined stands for an empty collection. */
export type Evaluate = (focus: unknown, scope: Scope) => Nodes;

/** A compiled expression of which only truth is asked; undefined where FHIRPath gives an empty collection. */
export type Truth = (focus: unknown, scope: Scope) => boolean | undefined;

/** The compiler, as its parts see one another. */
export interface Compiler {
  evaluate(expression: Expression): Evaluate;
  truth(expression: Expression): Truth;
  /** Throws UnsupportedPath. */
  refuse(reason: string): never;
}
