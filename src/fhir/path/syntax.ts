/** The syntax tree of a FHIRPath expression. Source: FHIRPath 2.0.0 (R4 normative grammar). */

/** The expression is beyond what is compiled here; evaluate it with the `fhirpath` package instead. */
export class UnsupportedPath extends Error {
  readonly expression: string;

  constructor(expression: string, reason: string) {
    super(`FHIRPath not compiled: ${reason} (in ${expression.slice(0, 200)})`);
    this.name = 'UnsupportedPath';
    this.expression = expression;
  }
}

/** A date, dateTime or time literal (`@2024-02`, `@T10:00`), without the `@`; times keep their `T`. */
export interface DateLiteral {
  readonly kind: 'date-literal';
  readonly text: string;
}

/** `5 'mg'` or `3 days`; the unit is UCUM or a word of the calendar in the singular. */
export interface QuantityLiteral {
  readonly kind: 'quantity-literal';
  readonly value: number;
  readonly unit: string;
}

export type Literal = string | number | boolean | DateLiteral | QuantityLiteral;

export type BinaryOperator =
  | '*'
  | '/'
  | 'div'
  | 'mod'
  | '+'
  | '-'
  | '&'
  | '|'
  | '<'
  | '<='
  | '>'
  | '>='
  | '='
  | '!='
  | '~'
  | '!~'
  | 'in'
  | 'contains'
  | 'and'
  | 'or'
  | 'xor'
  | 'implies';

export type Expression =
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'empty' }
  | { readonly kind: 'this' }
  | { readonly kind: 'position' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'member'; readonly on: Expression | undefined; readonly name: string }
  | {
      readonly kind: 'call';
      readonly on: Expression | undefined;
      readonly name: string;
      readonly args: readonly Expression[];
    }
  /** `is`, `as` and `ofType`, in either form. `operator` tells the infix forms. */
  | {
      readonly kind: 'type';
      readonly test: 'is' | 'as' | 'ofType';
      readonly on: Expression | undefined;
      readonly type: string;
    }
  | { readonly kind: 'item'; readonly on: Expression; readonly at: Expression }
  | { readonly kind: 'negative'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    };
