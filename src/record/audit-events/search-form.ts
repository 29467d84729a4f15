/** The search parameters of AuditEvent that the log answers. Source: FHIR R4 AuditEvent, Search Parameters. */
import { dateRange } from '../../fhir/dates.ts';
import { quoted } from '../../fhir/message-text.ts';
import { nearestName } from '../../fhir/nearest-name.ts';
import { decodeQuery } from '../../fhir/query-string.ts';
import { isResourceType } from '../../fhir/resource-types.ts';
import { parseCount } from '../../fhir/search-controls.ts';
import { type Problem, problem } from '../../platform/problem.ts';
import { isId } from '../prepare.ts';
import { actionKinds, eventKinds, rest } from './audit-event.ts';
import type { EntriesAsked } from './entries.ts';

export interface AuditSearch extends Omit<EntriesAsked, 'persons'> {
  /** Patient ids; undefined: of anybody. */
  readonly patients?: readonly string[];
}

const shaping = ['_format', '_pretty', '_summary', '_elements'];
const own = ['patient', 'agent', 'date', 'action', 'type', 'outcome', 'entity', '_sort', '_count', '_page'];
const defaultCount = 50;
const largestCount = 500;

const at = (name: string): { where: string } => ({ where: `http.query.${name.slice(0, 100)}` });

/**
 * Reads a query string. Everything that is not known is refused, whatever the client prefers: a filter that were passed over
 * would show more of the log than was meant. Throws a Problem (400).
 */
export function auditSearch(query: string, baseUrl: string): AuditSearch {
  const pairs = decodeQuery(query, 8192).filter(([name]) => !shaping.includes(name));
  const asked = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    if (!own.includes(name)) throw unknown(name);
    if (value === '')
      throw problem('invalid', `${name} has no value. Write a value, or leave the parameter out.`, at(name));
    asked.set(name, [...(asked.get(name) ?? []), value]);
  }
  const once = (name: string): string | undefined => {
    const values = asked.get(name) ?? [];
    if (values.length > 1)
      throw problem(
        'invalid',
        `${name} is given more than once. For any of several, write commas.`,
        at(name),
      );
    return values[0];
  };
  const sort = once('_sort');
  if (sort !== undefined && sort !== '-date')
    throw problem(
      'not-supported',
      'The audit log comes newest first. Write _sort=-date, or leave it out.',
      at('_sort'),
    );
  const count = parseCount(once('_count') ?? String(defaultCount), 'http.query._count');
  if (count === 0)
    throw problem(
      'not-supported',
      'The audit log does not count without listing. Write _count=1 or more.',
      at('_count'),
    );
  const patients = once('patient')
    ?.split(',')
    .map((value) => referred('patient', value, baseUrl, 'Patient').id);
  const agent = once('agent');
  const entity = once('entity');
  const outcomes = once('outcome');
  const cursor = once('_page');
  return {
    count: Math.min(count, largestCount),
    ...times(asked.get('date') ?? []),
    ...kindsOf(once('action'), once('type')),
    ...(patients ? { patients } : {}),
    ...(agent === undefined ? {} : { actor: named('agent', agent, baseUrl) }),
    ...(entity === undefined ? {} : referred('entity', entity, baseUrl)),
    ...(outcomes === undefined ? {} : { outcomes: outcomes.split(',').map(outcomeOf) }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

function unknown(name: string): Problem {
  const [plain = ''] = name.split(/[:.]/);
  if (plain !== name && own.includes(plain))
    return problem(
      'not-supported',
      `${quoted(name)}: the audit log takes ${plain} as it is, without ${quoted(name.slice(plain.length))}.`,
      at(name),
    );
  const near = nearestName(name, own);
  return problem(
    'not-supported',
    `The audit log cannot be searched by ${quoted(name)}.${near === undefined ? ` Known: ${[...own, ...shaping].join(', ')}.` : ` Did you mean ${near}?`}`,
    at(name),
  );
}

/** `Patient/1`, the same under our address, or the id alone where the type is clear. */
function referred(name: string, value: string, baseUrl: string, only?: string): { type: string; id: string } {
  const relative = value.startsWith(`${baseUrl}/`) ? value.slice(baseUrl.length + 1) : value;
  const [first = '', second, ...more] = relative.split('/');
  const [type, id] = second === undefined && only !== undefined ? [only, first] : [first, second];
  if (more.length > 0 || id === undefined || !isId(id) || !isResourceType(type) || (only && type !== only))
    throw problem(
      'invalid',
      `${quoted(value)} is not a reference. Write ${only ?? '[type]'}/[id].`,
      at(name),
    );
  return { type, id };
}

const named = (name: string, value: string, baseUrl: string): string => {
  const { type, id } = referred(name, value, baseUrl);
  return `${type}/${id}`;
};

/** Any number of bounds, all of which hold. */
function times(values: readonly string[]): Pick<AuditSearch, 'from' | 'to'> {
  let from: number | undefined;
  let to: number | undefined;
  for (const value of values) {
    const [, prefix = 'eq', text = ''] = /^(eq|ge|gt|le|lt|sa|eb)?(\d.*)$/s.exec(value) ?? [];
    const range = dateRange(text);
    if (!range)
      throw problem(
        'invalid',
        `${quoted(value)} is not a date with eq, ge, gt, le, lt, sa or eb before it. Write ge2026-11-22 or 2026-11-22T09:30:00Z.`,
        at('date'),
      );
    // An entry has one moment, so that after the range (sa) and greater than it (gt) are the same.
    const low =
      prefix === 'gt' || prefix === 'sa'
        ? range.high
        : prefix === 'ge' || prefix === 'eq'
          ? range.low
          : undefined;
    const high =
      prefix === 'lt' || prefix === 'eb'
        ? range.low
        : prefix === 'le' || prefix === 'eq'
          ? range.high
          : undefined;
    if (low !== undefined) from = Math.max(from ?? low, low);
    if (high !== undefined) to = Math.min(to ?? high, high);
  }
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

function kindsOf(action: string | undefined, type: string | undefined): Pick<AuditSearch, 'kinds'> {
  if (action === undefined && type === undefined) return {};
  const actions = action?.split(',');
  for (const one of actions ?? [])
    if (!/^[CRUDE]$/.test(one))
      throw problem('invalid', `${quoted(one)} is not an action. Write C, R, U, D or E.`, at('action'));
  const types = type?.split(',');
  const events = Object.entries(eventKinds);
  const known = [rest, ...events.map(([, kind]) => kind.type)];
  const isType = (token: string, { system, code }: { system?: string; code?: string }): boolean =>
    token === code || token === `${system}|${code}` || token === `${system}|`;
  for (const one of types ?? [])
    if (!known.some((coding) => isType(one, coding)))
      throw problem(
        'invalid',
        `The log has no entries of the type ${quoted(one)}. Types are ${[...new Set(known.map((coding) => coding.code))].join(', ')}.`,
        at('type'),
      );
  const ofType = (coding: { system?: string; code?: string }) =>
    types?.some((one) => isType(one, coding)) ?? true;
  return {
    kinds: {
      actions: ofType(rest)
        ? actionKinds.filter(({ fhir }) => actions?.includes(fhir) ?? true).map((kind) => kind.action)
        : [],
      events: events
        .filter(([, kind]) => ofType(kind.type) && (actions?.includes(kind.action) ?? true))
        .map(([event]) => event),
    },
  };
}

const codes = { '0': 'success', '4': 'refused', '8': 'failed' } as const;

function outcomeOf(code: string): (typeof codes)[keyof typeof codes] {
  if (code === '0' || code === '4' || code === '8') return codes[code];
  throw problem(
    'invalid',
    `${quoted(code)} is not an outcome here. Write 0 (success), 4 (refused) or 8 (failed).`,
    at('outcome'),
  );
}
