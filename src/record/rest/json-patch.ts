/** JSON Patch. Source: RFC 6902; JSON Pointer RFC 6901. */
import { isDeepStrictEqual } from 'node:util';
import { quoted } from '../../fhir/message-text.ts';
import { type Problem, problem } from '../../platform/problem.ts';
import { numberOf } from './exact-json.ts';

/** One operation, its pointers taken apart. */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: readonly string[];
  readonly from?: readonly string[];
  readonly value?: unknown;
}

const mostOperations = 1000;
const operations: ReadonlySet<unknown> = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

type Json = Record<string, unknown> | unknown[];

/** Checks a patch document; throws 400 and the operation that is wrong. */
export function readPatch(document: unknown): readonly PatchOperation[] {
  if (!Array.isArray(document))
    throw malformed(
      'A JSON Patch is a list of operations: [{"op": "replace", "path": "/active", "value": true}].',
      '',
    );
  if (document.length > mostOperations)
    throw problem(
      'too-costly',
      `A patch may have ${mostOperations} operations; this has ${document.length}.`,
      {
        status: 413,
      },
    );
  return document.map(readOperation);
}

function readOperation(entry: unknown, index: number): PatchOperation {
  const at = `[${index}]`;
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    throw malformed('An operation is an object with op and path.', at);
  const { op, path, from, value } = entry as Record<string, unknown>; // any object may be asked
  if (!operations.has(op))
    throw malformed('op is one of add, remove, replace, move, copy and test.', `${at}.op`);
  const name = op as PatchOperation['op']; // one of the set
  const needsValue = name === 'add' || name === 'replace' || name === 'test';
  if (needsValue && !Object.hasOwn(entry, 'value')) throw malformed(`${name} needs a value.`, `${at}.value`);
  const target = pointer(path, `${at}.path`);
  if (name !== 'move' && name !== 'copy') return { op: name, path: target, ...(needsValue ? { value } : {}) };
  const source = pointer(from, `${at}.from`);
  if (name === 'move' && target.length > source.length && source.every((step, i) => step === target[i]))
    throw malformed('Nothing can be moved into itself.', `${at}.path`);
  return { op: name, path: target, from: source };
}

function pointer(text: unknown, at: string): string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/')) || /~(?![01])/.test(text))
    throw malformed(
      'Write a JSON Pointer such as /name/0/family, with ~1 for a slash and ~0 for a tilde.',
      at,
    );
  const steps = text
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (steps.includes('__proto__')) throw malformed('No element of FHIR has the name __proto__.', at);
  return steps;
}

function malformed(message: string, at: string): Problem {
  return problem('structure', message, { where: `http.body${at}` });
}

/**
 * The document after all the operations, which are tried on a copy. Throws 422 where one cannot be done or a test
 * fails. Values are as exact-json.ts reads them.
 */
export function applyPatch(document: unknown, patch: readonly PatchOperation[]): unknown {
  const root = { '': copyOf(document) };
  for (const [index, operation] of patch.entries()) apply(root, operation, index);
  return root[''];
}

function apply(root: { '': unknown }, { op, path, from, value }: PatchOperation, index: number): void {
  const at = `http.body[${index}]`;
  // The whole document is the one member of a holder, so that it needs no rules of its own.
  const target = ['', ...path];
  switch (op) {
    case 'add':
      add(root, target, copyOf(value), `${at}.path`);
      return;
    case 'remove':
      take(root, target, `${at}.path`);
      return;
    case 'replace':
      replace(root, target, copyOf(value), `${at}.path`);
      return;
    case 'move':
      add(root, target, take(root, ['', ...(from ?? [])], `${at}.from`), `${at}.path`);
      return;
    case 'copy':
      add(root, target, copyOf(get(root, ['', ...(from ?? [])], `${at}.from`)), `${at}.path`);
      return;
    case 'test':
      if (!isDeepStrictEqual(plain(get(root, target, `${at}.path`)), plain(value)))
        throw problem('business-rule', `The test of ${shown(target)} fails, so nothing was changed.`, {
          status: 422,
          where: at,
        });
  }
}

/** The array or object that holds what a pointer names, and its name there. */
function holder(root: Json, target: readonly string[], at: string): { in: Json; name: string } {
  const name = target.at(-1) ?? '';
  let here: unknown = root;
  for (const [i, step] of target.slice(0, -1).entries()) here = child(here, step, target.slice(0, i + 1), at);
  if (typeof here !== 'object' || here === null || numberOf(here) !== undefined)
    throw absent(target.slice(0, -1), at);
  return { in: here as Json, name };
}

function child(here: unknown, step: string, sofar: readonly string[], at: string): unknown {
  if (Array.isArray(here)) {
    if (/^(?:0|[1-9]\d*)$/.test(step) && Number(step) < here.length) return here[Number(step)];
  } else if (typeof here === 'object' && here !== null && Object.hasOwn(here, step)) {
    return (here as Record<string, unknown>)[step]; // its own
  }
  throw absent(sofar, at);
}

function get(root: Json, target: readonly string[], at: string): unknown {
  const place = holder(root, target, at);
  return child(place.in, place.name, target, at);
}

function add(root: Json, target: readonly string[], value: unknown, at: string): void {
  const place = holder(root, target, at);
  if (!Array.isArray(place.in)) {
    place.in[place.name] = value;
    return;
  }
  const index =
    place.name === '-' ? place.in.length : /^(?:0|[1-9]\d*)$/.test(place.name) ? Number(place.name) : -1;
  if (index < 0 || index > place.in.length)
    throw problem(
      'business-rule',
      `${shown(target)} is no place in the list: it takes 0 to ${place.in.length}, or - for its end.`,
      { status: 422, where: at },
    );
  place.in.splice(index, 0, value);
}

function replace(root: Json, target: readonly string[], value: unknown, at: string): void {
  get(root, target, at);
  const place = holder(root, target, at);
  if (Array.isArray(place.in)) place.in[Number(place.name)] = value;
  else place.in[place.name] = value;
}

function take(root: Json, target: readonly string[], at: string): unknown {
  const value = get(root, target, at);
  const place = holder(root, target, at);
  if (Array.isArray(place.in)) place.in.splice(Number(place.name), 1);
  else delete place.in[place.name];
  return value;
}

const shown = (target: readonly string[]): string => quoted(target.join('/') || '/');

function absent(target: readonly string[], at: string): Problem {
  return problem('business-rule', `The resource has nothing at ${shown(target)}.`, {
    status: 422,
    where: at,
  });
}

function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || numberOf(value) !== undefined) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyOf(item)]));
}

/** With plain numbers, as RFC 6902 §4.6 compares them: by value, not by digits. */
function plain(value: unknown): unknown {
  const number = numberOf(value);
  if (number !== undefined) return number;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}
