/** From the scopes of a token and the sight of whom it stands for, the sight of the token. Pure. */
import { resourceTypes } from '../../fhir/resource-types.ts';
import type { Grant, Limits, Sight, Whose } from '../../record/sight.ts';
import type { DataScope, Letter, ScopeLevel } from './scopes.ts';

/**
 * What a request does. The record's grants know seeing and writing only, while scopes part reading from searching and
 * creating from updating and deleting. So the door says what is being done, and each needs its own letters; `any`, for
 * what cannot be told beforehand (a Bundle, an operation, a conditional write), needs all of them.
 */
export type Interaction = 'read' | 'search' | 'create' | 'update' | 'patch' | 'delete' | 'any';

export interface ScopeContext {
  /** Whom the token stands for: scopes of the other kind give nothing. */
  readonly as: 'person' | 'system';
  /** The patient in context, whose data alone `patient/` scopes reach. */
  readonly patient?: string;
  /** Default `any`. */
  readonly interaction?: Interaction;
}

interface Needed {
  readonly seeing: readonly Letter[];
  /** Undefined: nothing is written. */
  readonly writing?: readonly Letter[];
}

const needed: Readonly<Record<Interaction, Needed>> = {
  read: { seeing: ['r'] },
  search: { seeing: ['s'] },
  // The record writes only what it shows; a create answers with what was sent.
  create: { seeing: ['c'], writing: ['c'] },
  // A PUT to a new id creates.
  update: { seeing: ['c', 'u'], writing: ['c', 'u'] },
  // Its answer shows the rest of the resource.
  patch: { seeing: ['r', 'u'], writing: ['r', 'u'] },
  delete: { seeing: ['d'], writing: ['d'] },
  any: { seeing: ['r', 's'], writing: ['c', 'r', 'u', 'd', 's'] },
};

const levels: Readonly<Record<ScopeContext['as'], readonly ScopeLevel[]>> = {
  person: ['patient', 'user'],
  system: ['system'],
};

/**
 * The sight that scopes leave of a base: every grant of it, narrowed to the types, searches and, for `patient/`, the
 * person that a scope names. Never wider than the base.
 */
export function grantsOf(scopes: readonly DataScope[], base: Sight, context: ScopeContext): Limits {
  const whole = base === 'everything' ? everything : base.grants;
  const letters = needed[context.interaction ?? 'any'];
  const usable = scopes.filter((scope) => levels[context.as].includes(scope.level));
  const grants: Grant[] = [];
  for (const level of levels[context.as]) {
    const here = usable.filter((scope) => scope.level === level);
    const plain = here.filter((scope) => scope.query === undefined);
    // Scopes without a search add up; one with a search stands by itself, as its bound must not loosen another's.
    const groups = [plain, ...here.filter((scope) => scope.query !== undefined).map((scope) => [scope])];
    for (const group of groups)
      for (const grant of whole)
        for (const bound of level === 'patient' ? aboutPatient(grant, context.patient) : [grant]) {
          const narrowed = narrow(bound, group, letters);
          if (narrowed) grants.push(narrowed);
        }
  }
  return { grants };
}

const everything: readonly Grant[] = [
  { types: resourceTypes, writes: resourceTypes, of: { kind: 'everyone' }, withheld: [] },
];

function narrow(grant: Grant, scopes: readonly DataScope[], { seeing, writing }: Needed): Grant | undefined {
  const has = (type: string, letters: readonly Letter[]) =>
    letters.every((letter) =>
      scopes.some((scope) => (scope.type === '*' || scope.type === type) && scope.letters.includes(letter)),
    );
  const types = grant.types.filter((type) => has(type, seeing));
  if (types.length === 0) return undefined;
  const shown = new Set(types);
  const [first] = scopes;
  // The record does not hold what is newly written against searches: a scope with one lets nothing be put in.
  const isPutting = first?.query !== undefined && writing?.some((letter) => letter === 'c' || letter === 'u');
  const writes =
    writing && !isPutting ? grant.writes.filter((type) => shown.has(type) && has(type, writing)) : [];
  const only = first?.query === undefined ? grant.only : narrowedSearches(types, grant.only, [first.query]);
  return withOnly({ ...grant, types, writes }, only);
}

/** The grant as far as it is about one person, and the shared data (organisations, practitioners) that it shows. */
function aboutPatient(grant: Grant, patient: string | undefined): Grant[] {
  if (patient === undefined || !idForm.test(patient)) return [];
  const shared = (of: Whose): Grant => ({ ...grant, writes: [], of });
  switch (grant.of.kind) {
    case 'nobody':
      return [shared(grant.of)];
    case 'everyone':
      return [{ ...grant, of: { kind: 'persons', ids: [patient] } }, shared({ kind: 'nobody' })];
    case 'persons':
      return grant.of.ids.includes(patient) ? [{ ...grant, of: { kind: 'persons', ids: [patient] } }] : [];
    case 'related': {
      // The relationship must stand at the time of each request, so it stays.
      const { among } = grant.of;
      if (among && !among.includes(patient)) return [];
      return [{ ...grant, of: { ...grant.of, among: [patient] } }];
    }
  }
}

const idForm = /^[A-Za-z0-9.-]{1,64}$/;

/** Each search of before together with each further one; both must find a resource. */
function narrowedSearches(
  types: readonly string[],
  before: Grant['only'],
  further: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const only: Record<string, readonly string[]> = { ...before };
  for (const type of types) {
    const had = before?.[type];
    only[type] = had ? had.flatMap((one) => further.map((other) => `${one}&${other}`)) : further;
  }
  return only;
}

function withOnly({ only: _, ...grant }: Grant, only: Grant['only']): Grant {
  if (only === undefined) return grant;
  const types = new Set(grant.types);
  const kept = Object.entries(only).filter(([type]) => types.has(type));
  return kept.length === 0 ? grant : { ...grant, only: Object.fromEntries(kept) };
}

/**
 * What a request to the FHIR API does, from its method and its path below the base. Whatever searches within a write, or
 * does several things, is `any`.
 */
export function interactionOf(
  method: string,
  path: string,
  headers: Readonly<Record<string, unknown>> = {},
): Interaction {
  const [steps = '', query = ''] = path.split('?', 2);
  let parts: readonly string[];
  try {
    // An underscore may come encoded too: `Patient/%5Fhistory` is no read of one resource.
    parts = steps
      .split('/')
      .filter((step) => step !== '')
      .map(decodeURIComponent);
  } catch {
    return 'any';
  }
  const [type = '', id, third] = parts;
  if (parts.some((step) => /^\$|[/%]/.test(step)) || !/^[A-Z]/.test(type)) return 'any';
  if (parts.length > 4 || headers['if-none-exist'] !== undefined) return 'any';
  const one = id !== undefined && !id.startsWith('_');
  switch (method) {
    case 'GET':
    case 'HEAD':
      // The history of a type finds what one has no id of.
      return one ? (third === undefined || third === '_history' ? 'read' : 'search') : 'search';
    case 'POST':
      if (parts.at(-1) === '_search') return 'search';
      return parts.length === 1 ? 'create' : 'any';
    case 'PUT':
      return one && query === '' ? 'update' : 'any';
    case 'PATCH':
      return one && query === '' ? 'patch' : 'any';
    case 'DELETE':
      return one && query === '' ? 'delete' : 'any';
    default:
      return 'any';
  }
}
