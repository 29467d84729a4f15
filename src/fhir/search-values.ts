/**
 * What a resource can be searched by: typed values, drawn from it by the search parameters' expressions.
 * Source: FHIR R4 §3.1.1.4 (search parameter types).
 */

export type SearchParameterType =
  | 'number'
  | 'date'
  | 'string'
  | 'token'
  | 'reference'
  | 'composite'
  | 'quantity'
  | 'uri'
  | 'special';

/**
 * One place in a resource that search parameters read: one member of the union in a parameter's expression,
 * for one resource type. `Observation.combo-code` reads the two paths of `code` and `component-code`; each
 * path is drawn and stored once, whatever number of parameters read it.
 */
export interface SearchPath {
  /** Unique among all paths: `token:Observation.component.code`. Never changes for a given expression. */
  readonly key: string;
  readonly type: Exclude<SearchParameterType, 'special'>;
  /** FHIRPath, starting at the resource: `Observation.component.code`. */
  readonly expression: string;
  /** Composite paths only: the parts, in order, read relative to the expression. */
  readonly components?: readonly {
    readonly type: SearchParameterType;
    readonly expression: string;
    readonly code: string;
  }[];
}

/** A search parameter as one resource type knows it. */
export interface SearchParameter {
  /** Its name on the wire: `combo-code`. */
  readonly code: string;
  readonly url: string;
  readonly resourceType: string;
  readonly type: SearchParameterType;
  readonly expression: string;
  /** Empty for special parameters. */
  readonly paths: readonly SearchPath[];
  /** Reference parameters: the types that may be pointed at. Empty means any. */
  readonly targets: readonly string[];
  readonly description: string;
}

export interface TokenValue {
  readonly kind: 'token';
  /** Absent: the value has no system (not the same as unknown). */
  readonly system?: string;
  readonly code?: string;
  /** Coding.display, CodeableConcept.text or Identifier.type.text, for `:text`. */
  readonly text?: string;
}

/** Identifiers and contact points are tokens too, but nearly unique, so they are stored otherwise. */
export interface IdentifierValue {
  readonly kind: 'identifier';
  readonly system?: string;
  readonly value: string;
  /** Codings of Identifier.type, for `:of-type`. */
  readonly types: readonly { readonly system?: string; readonly code: string }[];
  readonly text?: string;
}

export interface StringValue {
  readonly kind: 'string';
  readonly value: string;
  /**
   * A later word of a name, there to be found by its start: it is no whole value, so `:exact` must not find
   * it.
   */
  readonly part?: true;
}

/**
 * A date, dateTime, instant, Period or Timing as the half-open range [low, high) it covers, in ms since 1970
 * UTC.
 */
export interface DateValue {
  readonly kind: 'date';
  /** -Infinity where a Period has no start. */
  readonly low: number;
  /** Infinity where a Period has no end. */
  readonly high: number;
}

/**
 * A number. From a resource low and high are the value itself, since JSON.parse keeps no trailing zeros
 * (src/fhir/decimals.ts); of a Range or of `<5` they are its ends, -Infinity or Infinity where one is open.
 * R4 §3.1.1.4.6.
 */
export interface NumberValue {
  readonly kind: 'number';
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface QuantityValue {
  readonly kind: 'quantity';
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly system?: string;
  readonly code?: string;
  readonly unit?: string;
  /** The same in UCUM base units, where the unit is UCUM and known. */
  readonly canonical?: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly unit: string;
  };
}

export interface ReferenceValue {
  readonly kind: 'reference';
  /** Set for a literal reference to a resource on this server or in the same base: `Patient`, `123`. */
  readonly type?: string;
  readonly id?: string;
  /** Set for an absolute URL (elsewhere) or canonical, without its version. */
  readonly url?: string;
  /** Version of a canonical (`|2.0`) or of a versioned reference (`/_history/3`). */
  readonly version?: string;
  /** Reference.identifier, for `:identifier`. */
  readonly identifier?: { readonly system?: string; readonly value: string };
}

export interface UriValue {
  readonly kind: 'uri';
  readonly value: string;
}

export interface CompositeValue {
  readonly kind: 'composite';
  /** One array of values for each component, all drawn from the same element. */
  readonly parts: readonly (readonly SearchValue[])[];
}

export type SearchValue =
  | TokenValue
  | IdentifierValue
  | StringValue
  | DateValue
  | NumberValue
  | QuantityValue
  | ReferenceValue
  | UriValue
  | CompositeValue;

/** All that one resource can be found by: path key to values. Paths without a value are absent. */
export type SearchValues = ReadonlyMap<string, readonly SearchValue[]>;
