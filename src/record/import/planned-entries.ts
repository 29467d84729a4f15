import type { BundleEntry } from '@medplum/fhirtypes';
import { parseJson } from '../../fhir/json.ts';
import { Problem, problem } from '../../platform/problem.ts';
import { order, readEntry } from '../bundle.ts';
import type { Change } from '../care-record.ts';
import type { Item } from '../item.ts';
import { readResource } from '../prepare.ts';
import { type Span, splitBundle } from './split-bundle.ts';

/** One resource to be written: the index of its entry, or -1 where the document is the resource. */
export interface Planned {
  readonly entry: number;
  readonly item: Item;
  /** Its text, as sent. */
  readonly sent: string;
}

/** What was refused: an entry, or with -1 the whole document. */
export interface Refused {
  readonly entry: number;
  readonly why: Problem;
  readonly sent: string;
}

export interface Plan {
  readonly planned: readonly Planned[];
  readonly refused: readonly Refused[];
  /** Links between entries are rewritten. `strict`: those to entries that are not there are refused, as in a transaction. */
  readonly links: 'none' | 'keep' | 'strict';
}

const typeAtStart = /^\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"/;
const nameAtStart =
  /^\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"\s*(?:,\s*"id"\s*:\s*"([A-Za-z0-9\-.]{1,64})")?/;

/** Type and own id, from the beginning of the text where they stand there; the rest of the text may still be wrong. */
function nameOf(text: string): { type: string; id?: string } {
  const found = nameAtStart.exec(text);
  if (found?.[1] && found[2]) return { type: found[1], id: found[2] };
  const resource = readResource(text) as { resourceType: string; id?: unknown }; // any JSON value until validated
  const { resourceType: type, id } = resource;
  if (id === undefined) return { type };
  if (typeof id !== 'string')
    throw problem('value', 'An id is a string of 1 to 64 letters, digits, - and dots.', {
      where: `${type}.id`,
    });
  return { type, id };
}

/** A resource with an id of its own goes under that id, another one under a new one. */
function changeOf(text: string): Change {
  const { type, id } = nameOf(text);
  return id === undefined ? { kind: 'create', text } : { kind: 'update', type, id, text };
}

/** What a document says is to be written. Throws a Problem where the whole of it cannot be read. */
export function planOf(text: string): Plan {
  const type = typeAtStart.exec(text)?.[1] ?? readResource(text).resourceType;
  return type === 'Bundle' ? bundlePlan(text) : resourcePlan(text);
}

const resourcePlan = (text: string): Plan => ({
  planned: [{ entry: -1, item: { change: changeOf(text) }, sent: text }],
  refused: [],
  links: 'none',
});

function bundlePlan(text: string): Plan {
  const split = splitBundle(text);
  if (!split) throw unreadable(text);
  const { parts, entries } = split;
  for (const [key, span] of parts) if (key !== 'entry') partOf(text, span);
  const type = partOf(text, parts.get('type'));
  if (typeof type !== 'string' || !bundleTypes.has(type))
    throw problem('value', 'Bundle.type is missing, or none of R4.', { where: 'Bundle.type' });
  if (!entries && parts.has('entry'))
    throw problem('structure', 'Bundle.entry is a list.', { where: 'Bundle.entry' });

  const planned: (Planned & { order: number })[] = [];
  const refused: Refused[] = [];
  for (const [entry, { span, parts: own }] of (entries ?? []).entries()) {
    const where = `Bundle.entry[${entry}]`;
    let sent = text.slice(...span);
    try {
      if (!own) throw problem('structure', 'An entry is an object.', { where });
      const resource = own.get('resource');
      if (resource) sent = text.slice(...resource);
      const made = entryOf(type, {
        entry,
        where,
        sent: resource && sent,
        part: (key) => partOf(text, own.get(key)),
      });
      if (made) planned.push({ entry, sent, ...made });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refused.push({ entry, why: error, sent });
    }
  }
  // A history lists the newest first.
  if (type === 'history') planned.reverse();
  else if (type === 'transaction' || type === 'batch') planned.sort((a, b) => a.order - b.order);
  return { planned, refused, links: type === 'transaction' ? 'strict' : 'keep' };
}

const bundleTypes = new Set([
  ...['transaction', 'batch', 'collection', 'searchset', 'document', 'message', 'history'],
  ...['transaction-response', 'batch-response'],
]);

interface ReadingEntry {
  readonly entry: number;
  readonly where: string;
  readonly sent: string | undefined;
  readonly part: (key: string) => unknown;
}

/** Undefined: an entry that by its nature holds nothing to keep. */
function entryOf(
  type: string,
  { entry, where, sent, part }: ReadingEntry,
): { item: Item; order: number } | undefined {
  const fullUrl = part('fullUrl');
  const url = typeof fullUrl === 'string' ? { fullUrl } : {};
  const prefix = `${where}.resource`;
  const request = part('request') as BundleEntry['request']; // looked at by readEntry
  if (type === 'transaction' || type === 'batch') {
    if (typeof request !== 'object' || request === null)
      throw problem('required', 'Each entry of a transaction or batch has a request with method and url.', {
        status: 400,
        where: `${where}.request`,
      });
    const named =
      sent === undefined ? undefined : { resourceType: nameAtStart.exec(sent)?.[1] ?? nameOf(sent).type };
    const light = { ...url, request, resource: named } as BundleEntry; // what readEntry looks at
    const { item, method } = readEntry(light, entry, where, sent, '');
    if (!item)
      throw problem('not-supported', `An import writes only; the entry asks for ${method}.`, {
        where: `${where}.request.method`,
      });
    return { item, order: order[method] };
  }
  if (type === 'history' && request?.method === 'DELETE') {
    const light = { ...url, request } as BundleEntry; // what readEntry looks at
    const { item } = readEntry(light, entry, where, undefined, '');
    return item && { item, order: 0 };
  }
  if (sent === undefined) {
    if (type.endsWith('-response') || type === 'history') return undefined;
    throw problem('required', 'The entry has no resource.', { where: prefix });
  }
  const search = part('search') as { mode?: unknown } | undefined; // any JSON
  if (type === 'searchset' && search?.mode === 'outcome') return undefined;
  return { item: { change: changeOf(sent), prefix, ...url }, order: 0 };
}

function partOf(text: string, span: Span | undefined): unknown {
  if (!span) return undefined;
  try {
    return JSON.parse(text.slice(...span));
  } catch {
    throw unreadable(text);
  }
}

/** Why the text is no JSON, with line and column. */
export function unreadable(text: string): Problem {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  return problem('structure', 'An object names one of its members twice.'); // all else that we refuse is no JSON either
}
