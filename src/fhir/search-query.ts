/**
 * A search as it was asked, parsed and checked against the search parameters: what the record turns into SQL.
 * Source: FHIR R4 §3.1.1 (search).
 */
import type { Fault } from '../platform/problem.ts';
import type { SearchParameter } from './search-values.ts';

/** R4 §3.1.1.4.4: eq where none is written. */
export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap';

export interface TokenOperand {
  readonly kind: 'token';
  /** undefined: any system (`code`); null: explicitly none (`|code`). */
  readonly system?: string | null;
  /** undefined: any code of the system (`system|`). */
  readonly code?: string;
}
/** `:of-type`: system|type-code|value. */
export interface OfTypeOperand {
  readonly kind: 'of-type';
  readonly system: string;
  readonly type: string;
  readonly value: string;
}
export interface StringOperand {
  readonly kind: 'string';
  readonly value: string;
}
/** The half-open range [low, high) that the written date covers, in ms since 1970 UTC. */
export interface DateOperand {
  readonly kind: 'date';
  readonly prefix: Prefix;
  readonly low: number;
  readonly high: number;
}
export interface NumberOperand {
  readonly kind: 'number';
  readonly prefix: Prefix;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
export interface QuantityOperand {
  readonly kind: 'quantity';
  readonly prefix: Prefix;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** undefined: any; null: explicitly none. */
  readonly system?: string | null;
  /** Code or unit, as written. */
  readonly code?: string;
  /** In UCUM base units, where the operand names a UCUM unit that is known. */
  readonly canonical?: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly unit: string;
  };
}
export interface ReferenceOperand {
  readonly kind: 'reference';
  /** Literal reference to this server: a type where one was written or is implied, and an id. */
  readonly type?: string;
  readonly id?: string;
  /** Absolute URL elsewhere, or canonical without version. */
  readonly url?: string;
  readonly version?: string;
}
/** A URI; with `:in` and `:not-in` the value set's URL or reference (`ValueSet/1`), whose codes the record finds. */
export interface UriOperand {
  readonly kind: 'uri';
  readonly value: string;
}
export interface CompositeOperand {
  readonly kind: 'composite';
  readonly parts: readonly Operand[];
}
export type Operand =
  | TokenOperand
  | OfTypeOperand
  | StringOperand
  | DateOperand
  | NumberOperand
  | QuantityOperand
  | ReferenceOperand
  | UriOperand
  | CompositeOperand;

/** Modifiers that change how a value is compared. `:missing`, `:[type]` and chains have filters of their own. */
export type Modifier =
  | 'exact'
  | 'contains'
  | 'text'
  | 'not'
  | 'above'
  | 'below'
  | 'in'
  | 'not-in'
  | 'of-type'
  | 'identifier';

export type Filter =
  /**
   * The resource is of the parameter's `resourceType` (`Resource`: any type) and has a value of the parameter that matches
   * one of the operands (`not`, `not-in`: has none that does). No operands: matches nothing.
   */
  | {
      readonly kind: 'value';
      readonly parameter: SearchParameter;
      readonly modifier?: Modifier;
      readonly operands: readonly Operand[];
    }
  /** Also only for resources of the parameter's `resourceType`. */
  | { readonly kind: 'missing'; readonly parameter: SearchParameter; readonly missing: boolean }
  /** The parameter points at a resource of `type` that passes the filter. Several target types: one filter each, any may hold. */
  | {
      readonly kind: 'chain';
      readonly parameter: SearchParameter;
      readonly targets: readonly { readonly type: string; readonly filter: Filter }[];
    }
  /** Some resource of `type` points here by `parameter` and passes the filter. */
  | {
      readonly kind: 'has';
      readonly type: string;
      readonly parameter: SearchParameter;
      readonly filter: Filter;
    }
  | { readonly kind: 'id'; readonly ids: readonly string[]; readonly not: boolean }
  | { readonly kind: 'last-updated'; readonly operands: readonly DateOperand[] }
  /** `_text` (narrative) and `_content` (everything), in PostgreSQL's websearch syntax. */
  | { readonly kind: 'words'; readonly where: 'text' | 'content'; readonly words: string }
  /** `_list`: members of the List with this id. */
  | { readonly kind: 'list'; readonly id: string }
  /** Any of these may hold; made where one parameter stands for several, as it does in a search of several types. */
  | { readonly kind: 'any'; readonly filters: readonly Filter[] };

export interface SortKey {
  /** `_id` and `_lastUpdated` have a SearchParameter too (Resource-id, Resource-lastUpdated). */
  readonly parameter: SearchParameter;
  readonly descending: boolean;
}

export interface Include {
  readonly reverse: boolean;
  readonly iterate: boolean;
  /** Type whose reference is followed. */
  readonly source: string;
  /** undefined: every reference parameter (`*`). */
  readonly parameter?: SearchParameter;
  /** Only references to this type. */
  readonly target?: string;
}

export type Summary = 'true' | 'text' | 'data' | 'count' | 'false';

export interface SearchQuery {
  /** Types searched: one for a type search; several or none (all) for a system search with `_type`. */
  readonly types: readonly string[];
  /** All must hold. */
  readonly filters: readonly Filter[];
  readonly sort: readonly SortKey[];
  /** As asked; the record applies its default and its largest. */
  readonly count?: number;
  readonly total?: 'none' | 'estimate' | 'accurate';
  readonly summary?: Summary;
  readonly elements?: readonly string[];
  readonly contained?: 'true' | 'false' | 'both';
  readonly containedType?: 'container' | 'contained';
  readonly includes: readonly Include[];
  /** Opaque place to go on from, from a `next` link. */
  readonly cursor?: string;
  /** What was not understood and therefore left out (under `handling=strict` the parser throws instead). */
  readonly warnings: readonly Fault[];
  /** The parameters that were understood, in order, as sent: for the `self` link. */
  readonly understood: readonly (readonly [name: string, value: string])[];
}
