/** The shape of src/fhir/r4/search-parameters.json, shared by what writes it and what reads it. */
import type { SearchParameterType, SearchPath } from './search-values.ts';

/**
 * One typed reading of a path: expression, the FHIR type of what it yields, and the code system that a code
 * implies.
 */
export type Source = readonly [expression: string, type: string, system?: string];

export interface ComponentRow {
  readonly type: SearchParameterType;
  readonly code: string;
  readonly expression: string;
  /** Relative to the composite's element. */
  readonly from: readonly Source[];
}

export interface PathRow {
  readonly key: string;
  readonly type: SearchPath['type'];
  readonly expression: string;
  /** Empty for composites, which have `components`. */
  readonly from: readonly Source[];
  readonly components?: readonly ComponentRow[];
}

export type ParameterRow = readonly [
  code: string,
  type: SearchParameterType,
  /** The url after http://hl7.org/fhir/SearchParameter/. */
  name: string,
  /** Keys of paths. */
  paths: readonly string[],
  targets: readonly string[],
  description: string,
];

export interface SearchParameterTable {
  readonly paths: readonly PathRow[];
  /** By resource type; `Resource` and `DomainResource` hold what all types share. */
  readonly types: Readonly<Record<string, readonly ParameterRow[]>>;
}
