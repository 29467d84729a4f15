/** FHIRPath Patch: changes told as a Parameters resource. Source: FHIR R4, FHIRPath Patch. */
import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import { quoted } from '../../fhir/message-text.ts';
import { validate } from '../../fhir/validate.ts';
import { Problem, problem } from '../../platform/problem.ts';
import { parseExact, writeExact } from './exact-json.ts';
import { applyPatch, type PatchOperation } from './json-patch.ts';
import { locate, type Member, memberNamed, type Place, readSteps, type Step } from './located-elements.ts';

const kinds = ['add', 'insert', 'delete', 'replace', 'move'] as const;
type Kind = (typeof kinds)[number];

/** One operation as it was sent. */
interface Change {
  readonly kind: Kind;
  readonly steps: readonly Step[];
  readonly parts: readonly ParametersParameter[];
  /** `Parameters.parameter[0]`. */
  readonly where: string;
}

const mostChanges = 200;

/** Reads the operations of a Parameters resource, given as its JSON text. Throws 400 and what is wrong. */
export function readFhirPathPatch(text: string): readonly Change[] {
  const faults = validate(JSON.parse(text)); // was parsed before
  if (faults.some((fault) => fault.severity === 'error')) throw new Problem(faults, { status: 400 });
  const { resourceType, parameter = [] } = parseExact(text) as Parameters; // valid, so it has this form
  if (resourceType !== 'Parameters')
    throw problem('invalid', 'A FHIRPath Patch is a Parameters resource.', { where: 'http.body' });
  if (parameter.length > mostChanges)
    throw problem('too-costly', `A patch may have ${mostChanges} operations; this has ${parameter.length}.`, {
      status: 413,
    });
  return parameter.map((entry, i) => readChange(entry, `Parameters.parameter[${i}]`));
}

function readChange({ name, part = [] }: ParametersParameter, where: string): Change {
  const refuse = (message: string): Problem => problem('invalid', message, { where });
  if (name !== 'operation') throw refuse('Each parameter of a FHIRPath Patch has the name “operation”.');
  const sent = plainPart(part, 'type');
  const kind = kinds.find((one) => one === sent);
  if (!kind) throw refuse(`An operation has a part “type”: one of ${kinds.join(', ')}.`);
  const path = plainPart(part, 'path');
  if (typeof path !== 'string') throw refuse('An operation has a part “path” with a string.');
  return { kind, steps: readSteps(path, where), parts: part, where };
}

const partNamed = (parts: readonly ParametersParameter[], name: string): ParametersParameter | undefined =>
  parts.find((part) => part.name === name);

/** The value[x] of a parameter, with the type that its name tells. */
function choiceOf(
  parameter: ParametersParameter,
): { readonly type: string; readonly value: unknown } | undefined {
  const found = Object.entries(parameter).find(([key]) => /^value[A-Z]/.test(key));
  return found && { type: found[0].slice('value'.length), value: found[1] };
}

function plainPart(parts: readonly ParametersParameter[], name: string): unknown {
  const part = partNamed(parts, name);
  return part && choiceOf(part)?.value;
}

/** The resource after all the changes, each made to what the one before it left. Values are as exact-json.ts reads them. */
export function applyFhirPathPatch(document: unknown, type: string, changes: readonly Change[]): unknown {
  let current = document;
  for (const change of changes) {
    // Paths are followed in plain values; the change is made to the exact ones.
    const plain: unknown = JSON.parse(writeExact(current));
    try {
      current = applyPatch(current, operationsOf(plain, type, change));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw new Problem(
        error.faults.map((fault) => ({ ...fault, where: change.where })),
        { status: error.status, cause: error },
      );
    }
  }
  return current;
}

function operationsOf(resource: unknown, type: string, change: Change): PatchOperation[] {
  switch (change.kind) {
    case 'add':
      return adding(only(locate(resource, type, change.steps), change), change);
    case 'insert':
    case 'move':
      return inList(resource, type, change);
    case 'replace': {
      const place = only(locate(resource, type, change.steps), change);
      return [{ op: 'replace', path: place.pointer, value: valueFor(change, place.type) }];
    }
    case 'delete': {
      const places = locate(resource, type, change.steps);
      // Deleting what is not there leaves what was asked for.
      return places.length === 0 ? [] : deleting(resource, only(places, change));
    }
  }
}

const refused = (message: string, { where }: Change): Problem =>
  problem('business-rule', message, { status: 422, where });

function only(places: readonly Place[], change: Change): Place {
  const [place] = places;
  if (!place || places.length > 1)
    throw refused(`The path leads to ${places.length} elements; ${change.kind} needs exactly one.`, change);
  return place;
}

function adding(holder: Place, change: Change): PatchOperation[] {
  const name = plainPart(change.parts, 'name');
  if (typeof name !== 'string') throw refused('add needs a part “name” with a string.', change);
  const member = memberNamed(holder, name);
  if (!member) throw refused(`${holder.type} has no element ${quoted(name)}.`, change);
  const json = jsonName(member, change);
  const value = valueFor(change, json.type);
  const path = [...holder.pointer, json.name];
  const own = (holder.value ?? {}) as Record<string, unknown>; // only objects have elements
  const present = member.json.some((one) => Object.hasOwn(own, one.name));
  if (!member.isList) {
    if (present) throw refused(`There is a ${name} already. Replace it instead.`, change);
    return [{ op: 'add', path, value }];
  }
  return present ? [{ op: 'add', path: [...path, '-'], value }] : [{ op: 'add', path, value: [value] }];
}

/** The JSON name of an element; of a choice, the one for the type of the value that was sent. */
function jsonName(member: Member, change: Change): Member['json'][number] {
  const [first] = member.json;
  if (first && member.json.length === 1) return first;
  const part = partNamed(change.parts, 'value');
  const sent = part && choiceOf(part);
  const json = member.json.find((one) => one.type.toLowerCase() === sent?.type.toLowerCase());
  if (json) return json;
  throw refused(
    `The value must be of one of these types: ${member.json.map((one) => one.type).join(', ')}.`,
    change,
  );
}

/** insert and move: their path leads to a list. */
function inList(resource: unknown, type: string, change: Change): PatchOperation[] {
  const last = change.steps.at(-1);
  if (last?.kind !== 'member' || change.steps.length < 2)
    throw refused(
      `The path of ${change.kind} ends in the name of a list, such as Patient.identifier.`,
      change,
    );
  const holder = only(locate(resource, type, change.steps.slice(0, -1)), change);
  const member = memberNamed(holder, last.name);
  const json = member?.json[0];
  if (!member?.isList || !json) throw refused(`${quoted(last.name)} of ${holder.type} is no list.`, change);
  const own = (holder.value ?? {}) as Record<string, unknown>; // only objects have elements
  refuseCompanion(own, json.name);
  const list = Array.isArray(own[json.name]) ? (own[json.name] as unknown[]) : [];
  const path = [...holder.pointer, json.name];
  if (change.kind === 'insert') {
    const at = indexOf(change, 'index', list.length);
    const value = valueFor(change, json.type);
    return list.length === 0
      ? [{ op: 'add', path, value: [value] }]
      : [{ op: 'add', path: [...path, at], value }];
  }
  const from = [...path, indexOf(change, 'source', list.length - 1)];
  return [{ op: 'move', from, path: [...path, indexOf(change, 'destination', list.length - 1)] }];
}

function indexOf(change: Change, name: string, most: number): string {
  const index = plainPart(change.parts, name);
  if (typeof index === 'number' && Number.isInteger(index) && index >= 0 && index <= most)
    return String(index);
  throw refused(
    `${change.kind} needs a part “${name}” with a whole number from 0 to ${Math.max(most, 0)}.`,
    change,
  );
}

/** Deletes an element, and with it a list that it was the last of. */
function deleting(resource: unknown, { pointer }: Place): PatchOperation[] {
  const parent = pointer.slice(0, -1);
  const holder = parent.reduce<unknown>((here, step) => (here as Record<string, unknown>)[step], resource); // located
  if (Array.isArray(holder))
    return [
      { op: 'remove', path: holder.length === 1 ? parent : pointer },
      ...withCompanion(resource, parent),
    ];
  return [{ op: 'remove', path: pointer }, ...withCompanion(resource, pointer)];
}

/** A primitive's id and extensions go with it. Those of a list of primitives cannot be told apart once it moves. */
function withCompanion(resource: unknown, pointer: readonly string[]): PatchOperation[] {
  const name = `_${pointer.at(-1)}`;
  const parent = pointer.slice(0, -1);
  const holder = parent.reduce<unknown>((here, step) => (here as Record<string, unknown>)[step], resource); // located
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return [];
  if (Array.isArray((holder as Record<string, unknown>)[name])) throw companionProblem(name.slice(1));
  return [{ op: 'remove', path: [...parent, name] }];
}

function refuseCompanion(holder: Readonly<Record<string, unknown>>, name: string): void {
  if (Object.hasOwn(holder, `_${name}`)) throw companionProblem(name);
}

const companionProblem = (name: string): Problem =>
  problem(
    'not-supported',
    `The list ${quoted(name)} has extensions on its values. Change it by JSON Patch.`,
    {
      status: 422,
    },
  );

/** The value of an operation as JSON: one of a data type, or an element put together from parts. */
function valueFor(change: Change, type: string): unknown {
  const part = partNamed(change.parts, 'value');
  const value = part && built(part, type, change);
  if (value === undefined) throw refused(`${change.kind} needs a part “value”.`, change);
  return value;
}

function built(parameter: ParametersParameter, type: string, change: Change): unknown {
  const choice = choiceOf(parameter);
  if (choice) return choice.value;
  if (parameter.resource) return parameter.resource;
  if (!parameter.part) return undefined;
  const made: Record<string, unknown> = {};
  for (const part of parameter.part) {
    const member = memberNamed({ type }, part.name ?? '');
    const json =
      member?.json.find((one) => one.type.toLowerCase() === choiceOf(part)?.type.toLowerCase()) ??
      member?.json[0];
    const value = json && built(part, json.type, change);
    if (!member || !json || value === undefined)
      throw refused(`${type} has no element ${quoted(part.name ?? '')} with this value.`, change);
    const before = made[json.name];
    made[json.name] = member.isList ? [...(Array.isArray(before) ? before : []), value] : value;
  }
  return made;
}
