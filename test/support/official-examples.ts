/**
 * Tests only: the official R4 examples, the published definitions, and the reference interpreter of FHIRPath.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { SearchParameter, StructureDefinition } from '@medplum/fhirtypes';
import { isObject, type JsonObject } from '../../src/fhir/path/nodes.ts';
import { resolveReference } from '../../src/fhir/path/references.ts';

const folder = fileURLToPath(new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url));

export const exampleFiles: readonly string[] = readdirSync(folder)
  .filter((file) => /^[A-Z].*\.json$/.test(file))
  .sort();

/** A fresh copy of an example. */
export function readExample(file: string): JsonObject & { readonly resourceType: string } {
  return JSON.parse(readFileSync(folder + file, 'utf8'));
}

export function readDefinitions<T extends SearchParameter | StructureDefinition>(
  type: T['resourceType'],
): T[] {
  return exampleFiles
    .filter((file) => file.startsWith(`${type}-`))
    .map((file): unknown => readExample(file))
    .filter((resource): resource is T => isObject(resource) && resource['resourceType'] === type);
}

interface Interpreter {
  compile(
    expression: string,
    model: unknown,
    options: unknown,
  ): (resource: unknown, variables: Record<string, unknown>) => unknown[];
  readonly util: { valData(node: unknown): unknown };
}

const require = createRequire(import.meta.url);
const fhirpath = require('fhirpath') as Interpreter; // its own types describe the same functions less exactly
const model: unknown = require('fhirpath/fhir-context/r4');

/** The resource that is being asked, for resolve(). */
let current: unknown;

// The interpreter resolves by fetching; here the type that a reference names is all that is asked.
const refersTo = {
  fn: (nodes: readonly unknown[]) =>
    nodes.flatMap((node) => {
      const target = resolveReference(fhirpath.util.valData(node), current);
      return isObject(target) ? [target['resourceType']] : [];
    }),
  arity: { 0: [] },
};

const compiled = new Map<string, (resource: unknown, variables: Record<string, unknown>) => unknown[]>();

/** What the reference interpreter makes of an expression, on a whole resource. Throws what it throws. */
export function interpret(expression: string, resource: unknown): unknown[] {
  current = resource;
  let run = compiled.get(expression);
  if (!run) {
    const text = expression
      .replace(/resolve\(\) is (\w+)/g, "refersTo() = '$1'")
      .replace(/hasExtension\(('[^']*')\)/g, 'extension($1).exists()');
    run = fhirpath.compile(text, model, { userInvocationTable: { refersTo }, traceFn: () => {} });
    compiled.set(expression, run);
  }
  return run(resource, { resource, rootResource: resource });
}
