/** Draws from a resource all that it can be searched by. */
import type { Resource } from '@medplum/fhirtypes';
import { type Convert, conversionOf } from './conversions/convert.ts';
import { compileNodes, scopeOfResource } from './path/compile.ts';
import { rawValue, resourceTypes } from './path/nodes.ts';
import type { Evaluate, Scope } from './path/scope.ts';
import type { Source } from './search-parameter-table.ts';
import { pathsOf, type ReadPath } from './search-parameters.ts';
import type { SearchParameterType, SearchValue, SearchValues } from './search-values.ts';

/** A compiled reading: where to look, and what to make of what is there. */
interface Reading {
  readonly path: Evaluate;
  readonly convert: Convert;
}

type Draw = (resource: unknown, scope: Scope) => SearchValue[];

const draws = new Map<string, ReadonlyMap<string, Draw>>();

/**
 * The search values of a resource by path key, for every search parameter of its type; paths without a value
 * are absent, and no value stands twice under one path. Never throws: what has not the shape that R4 gives it
 * has no value.
 */
export function extract(resource: Resource): SearchValues {
  const found = new Map<string, readonly SearchValue[]>();
  const scope = scopeOfResource(resource);
  for (const [key, draw] of drawsOf(resource.resourceType)) {
    const values = draw(resource, scope);
    if (values.length > 0) found.set(key, values.length === 1 ? values : distinct(values));
  }
  return found;
}

/** Compiled when the first resource of a type comes by. */
function drawsOf(type: string): ReadonlyMap<string, Draw> {
  let compiled = draws.get(type);
  if (!compiled) {
    compiled = new Map(pathsOf(type).map((path) => [path.key, drawOf(path)]));
    if (resourceTypes.has(type)) draws.set(type, compiled);
  }
  return compiled;
}

function drawOf(path: ReadPath): Draw {
  return path.type === 'composite' ? composite(path) : simple(readingsOf(path.type, path.from));
}

function readingsOf(type: SearchParameterType, sources: readonly Source[]): readonly Reading[] {
  return sources.map((source) => ({ path: compileNodes(source[0]), convert: conversionOf(type, source) }));
}

function read(readings: readonly Reading[], node: unknown, scope: Scope): SearchValue[] {
  const values: SearchValue[] = [];
  for (const { path, convert } of readings) {
    for (const found of path(node, scope)) convert(rawValue(found), values);
  }
  return values;
}

function simple(readings: readonly Reading[]): Draw {
  return (resource, scope) => read(readings, resource, scope);
}

function composite(path: ReadPath): Draw {
  const elements = compileNodes(path.expression);
  const components = (path.components ?? []).map((component) => readingsOf(component.type, component.from));
  return (resource, scope) => {
    const values: SearchValue[] = [];
    for (const element of elements(resource, scope)) {
      const parts: SearchValue[][] = [];
      for (const readings of components) {
        const part = read(readings, element, scope);
        if (part.length === 0) break;
        parts.push(part);
      }
      if (parts.length === components.length) values.push({ kind: 'composite', parts });
    }
    return values;
  };
}

function distinct(values: readonly SearchValue[]): readonly SearchValue[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    // Infinity is null in JSON, which only an equal open end could be confused with.
    const key = JSON.stringify(value);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
