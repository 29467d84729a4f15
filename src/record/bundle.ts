import type { Bundle, BundleEntry } from '@medplum/fhirtypes';
import { parseJson } from '../fhir/json.ts';
import { operationOutcome, outcomeOf } from '../fhir/outcome.ts';
import { isResourceType } from '../fhir/resource-types.ts';
import type { Clock } from '../platform/clock.ts';
import { Problem, problem } from '../platform/problem.ts';
import type { Actor } from './actor.ts';
import { type BundleAnswer, type CareRecord, type Change, jsonOf, type Stored } from './care-record.ts';
import type { CommitResult, Committer } from './commit.ts';
import { adviceOn, type Guides } from './guides.ts';
import type { Item } from './item.ts';
import { linksOf } from './links.ts';
import { isId } from './prepare.ts';
import { elements, members } from './resource-text.ts';
import { searchsetText } from './rest/bundle-text.ts';
import { pageLinks } from './rest/paging.ts';
import type { Searcher } from './search/searcher.ts';

export interface BundleParts {
  readonly record: CareRecord;
  readonly committer: Committer;
  readonly searcher: Searcher;
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly guides?: Guides | undefined;
}

/** What the answer holds of what was written. */
type Preferred = 'minimal' | 'representation' | 'OperationOutcome';

/** Most entries that one bundle may hold; larger loads go through the import. */
const mostEntries = 20_000;

type Method = 'DELETE' | 'POST' | 'PUT' | 'GET' | 'HEAD';

/** An entry with its request understood. */
export interface Entry {
  readonly index: number;
  readonly method: Method;
  /** Below the base: `Patient/1`, `Patient?identifier=x`. */
  readonly url: string;
  readonly where: string;
  readonly item: Item | undefined;
}

/** What an entry came to. */
type Answer =
  | { readonly kind: 'written'; readonly result: CommitResult }
  | { readonly kind: 'read'; readonly stored: Stored; readonly text?: undefined }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'failed'; readonly problem: Problem };

/** Runs a transaction (all or nothing) or a batch (each entry by itself). Source: FHIR R4 §3.1.0.11. */
export async function runBundle(
  parts: BundleParts,
  actor: Actor,
  text: string,
  options: { readonly prefer?: Preferred },
): Promise<BundleAnswer> {
  const bundle = parseJson(text) as Partial<Bundle> | null; // any JSON; each part is looked at before it is used
  if (typeof bundle !== 'object' || bundle === null || bundle.resourceType !== 'Bundle')
    throw problem('structure', 'Send a Bundle of type transaction or batch here.', { where: 'Bundle' });
  const { type } = bundle;
  if (type !== 'transaction' && type !== 'batch')
    throw problem(
      'value',
      `A Bundle sent here has the type transaction or batch, not “${String(type).slice(0, 40)}”. To store one, send it to /Bundle.`,
      {
        status: 400,
        where: 'Bundle.type',
      },
    );
  const entries = readEntries(bundle, text, parts.baseUrl);
  const answers =
    type === 'transaction' ? await transaction(parts, actor, entries) : await batch(parts, actor, entries);
  return { body: writeAnswer(type, answers, parts, options.prefer ?? 'minimal') };
}

function readEntries(bundle: Partial<Bundle>, text: string, baseUrl: string): Entry[] {
  const list: unknown = bundle.entry ?? [];
  if (!Array.isArray(list)) throw problem('structure', 'Bundle.entry is a list.', { where: 'Bundle.entry' });
  if (list.length > mostEntries)
    throw problem(
      'too-costly',
      `A bundle may hold ${mostEntries} entries; this has ${list.length}. Send it in parts, or import it.`,
      { status: 413, where: 'Bundle.entry' },
    );
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const at = members(text, start).find((member) => member.key === 'entry')?.valueStart;
  const spans = at === undefined ? [] : elements(text, at);
  return list.map((entry: BundleEntry | null, index) => {
    const where = `Bundle.entry[${index}]`;
    const request = entry?.request;
    if (typeof entry !== 'object' || entry === null || typeof request !== 'object' || request === null)
      throw problem('required', 'Each entry of a transaction or batch has a request with method and url.', {
        status: 400,
        where: `${where}.request`,
      });
    const span = members(text, spans[index]![0]).find((member) => member.key === 'resource');
    const sent = span && text.slice(span.valueStart, span.end);
    return readEntry(entry, index, where, sent, baseUrl);
  });
}

/** Reads the request of an entry; `sent` is the text of its resource. Throws a Problem that says what is wrong. */
export function readEntry(
  entry: BundleEntry,
  index: number,
  where: string,
  sent: string | undefined,
  baseUrl: string,
): Entry {
  const { method, url } = entry.request as { method?: unknown; url?: unknown }; // any JSON
  if (typeof url !== 'string' || (url === '' && method !== 'GET'))
    throw problem('required', 'An entry needs request.url, such as Patient or Patient/1.', {
      status: 400,
      where: `${where}.request.url`,
    });
  const relative = (url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length + 1) : url).replace(/^\//, '');
  const [path = '', query] = splitOnce(relative, '?');
  const [type = '', id, ...more] = path.split('/');
  const fullUrl = typeof entry.fullUrl === 'string' ? { fullUrl: entry.fullUrl } : {};
  const prefix = `${where}.resource`;
  if (method === 'GET' || method === 'HEAD') return { index, method, url: relative, where, item: undefined };
  if (method !== 'POST' && method !== 'PUT' && method !== 'DELETE')
    throw problem(
      'not-supported',
      `The method ${String(method).slice(0, 20)} is not supported in a bundle. Use GET, POST, PUT or DELETE.`,
      { where: `${where}.request.method` },
    );
  if (!isResourceType(type))
    throw problem('not-supported', `“${type.slice(0, 64)}” is not an R4 resource type.`, {
      status: 400,
      where: `${where}.request.url`,
    });
  const made = (change: Change): Entry => ({
    index,
    method,
    url: relative,
    where,
    item: { change, prefix, ...fullUrl },
  });
  if (method === 'DELETE') {
    if (id === undefined && query !== undefined) return made({ kind: 'delete-where', type, query });
    if (id === undefined || more.length > 0 || !isId(id)) throw wrongUrl(method, where);
    return made({ kind: 'delete', type, id, ...ifMatchOf(entry, where) });
  }
  if (sent === undefined)
    throw problem('required', `An entry with ${method} has a resource.`, { status: 400, where: prefix });
  const resource = entry.resource as { resourceType?: unknown } | undefined; // any JSON
  if (resource?.resourceType !== type)
    throw problem(
      'value',
      `request.url names ${type}, but the resource is a ${String(resource?.resourceType).slice(0, 64)}.`,
      { status: 400, where: prefix },
    );
  if (method === 'POST') {
    if (id !== undefined) throw wrongUrl(method, where);
    const condition = entry.request?.ifNoneExist;
    return made({ kind: 'create', text: sent, ...(condition ? { ifNoneExist: condition } : {}) });
  }
  if (id === undefined && query !== undefined) return made({ kind: 'update-where', type, query, text: sent });
  if (id === undefined || more.length > 0 || !isId(id)) throw wrongUrl(method, where);
  return made({ kind: 'update', type, id, text: sent, ...ifMatchOf(entry, where) });
}

const wrongUrl = (method: string, where: string): Problem =>
  problem(
    'value',
    method === 'POST'
      ? 'POST takes the type alone: Patient.'
      : `${method} takes Type/id or Type?condition: Patient/1.`,
    { status: 400, where: `${where}.request.url` },
  );

function ifMatchOf(entry: BundleEntry, where: string): { ifMatch?: number } {
  const given = entry.request?.ifMatch;
  if (given === undefined) return {};
  const version = /^(?:W\/)?"?(\d+)"?$/.exec(given)?.[1];
  if (version === undefined)
    throw problem('value', 'ifMatch has the form W/"3".', { status: 400, where: `${where}.request.ifMatch` });
  return { ifMatch: Number(version) };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** The order in which methods run. Source: FHIR R4 §3.1.0.11.2. */
export const order: Record<Method, number> = { DELETE: 0, POST: 1, PUT: 2, GET: 3, HEAD: 3 };

async function transaction(parts: BundleParts, actor: Actor, entries: readonly Entry[]): Promise<Answer[]> {
  const { committer, searcher, baseUrl } = parts;
  refuseEqual(entries);
  const writes = entries.filter((entry) => entry.item).sort((a, b) => order[a.method] - order[b.method]);
  const items = writes.map((entry) => entry.item!);
  const links = linksOf(items, baseUrl, (sql, type, query) => searcher.matchIds(sql, actor, type, query));
  const results = items.length === 0 ? [] : await committer.commit(actor, items, links);
  const answers: Answer[] = [];
  for (const [i, entry] of writes.entries()) answers[entry.index] = { kind: 'written', result: results[i]! };
  // Reads come last and see what was written; by then the transaction stands.
  for (const entry of entries) if (!entry.item) answers[entry.index] = await readOne(parts, actor, entry);
  return answers;
}

/** Two conditional creates with one condition would each find nothing: named, not guessed. */
function refuseEqual(entries: readonly Entry[]): void {
  const seen = new Map<string, Entry>();
  const urls = new Map<string, Entry>();
  for (const entry of entries) {
    const change = entry.item?.change;
    const key =
      change?.kind === 'create' && change.ifNoneExist !== undefined
        ? `${entry.url}?${change.ifNoneExist}`
        : change?.kind === 'update-where'
          ? entry.url
          : undefined;
    const before = key === undefined ? undefined : seen.get(key);
    if (before)
      throw problem(
        'duplicate',
        `Entries ${before.index} and ${entry.index} have the same condition (${key}). A transaction may change a resource once.`,
        { status: 400, where: entry.where },
      );
    if (key !== undefined) seen.set(key, entry);
    const fullUrl = entry.item?.fullUrl;
    const twin = fullUrl === undefined ? undefined : urls.get(fullUrl);
    if (twin)
      throw problem(
        'duplicate',
        `Entries ${twin.index} and ${entry.index} have the same fullUrl, so references to it have two meanings.`,
        { status: 400, where: `${entry.where}.fullUrl` },
      );
    if (fullUrl !== undefined) urls.set(fullUrl, entry);
  }
}

/** Entries of one method at a time, those together, so that their writes share round trips. */
async function batch(parts: BundleParts, actor: Actor, entries: readonly Entry[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const step of [0, 1, 2, 3]) {
    const mine = entries.filter((entry) => order[entry.method] === step);
    for (let i = 0; i < mine.length; i += 50)
      await Promise.all(
        mine.slice(i, i + 50).map(async (entry) => {
          answers[entry.index] = await batchOne(parts, actor, entry);
        }),
      );
  }
  return answers;
}

async function batchOne(parts: BundleParts, actor: Actor, entry: Entry): Promise<Answer> {
  try {
    if (!entry.item) return await readOne(parts, actor, entry);
    const [result] = await parts.committer.commit(actor, [entry.item]);
    return { kind: 'written', result: result! };
  } catch (error) {
    if (error instanceof Problem) return { kind: 'failed', problem: error };
    throw error;
  }
}

async function readOne({ record, baseUrl, clock }: BundleParts, actor: Actor, entry: Entry): Promise<Answer> {
  try {
    const [path = '', query = ''] = splitOnce(entry.url, '?');
    const [type = '', id, history, version] = path.split('/');
    if (type !== '' && !isResourceType(type))
      throw problem('not-supported', `“${type.slice(0, 64)}” is not an R4 resource type.`, {
        status: 404,
        where: `${entry.where}.request.url`,
      });
    if (id === undefined) {
      const page = await record.search(actor, type === '' ? undefined : type, query, { handling: 'lenient' });
      return { kind: 'text', text: searchset(page, entry.url, baseUrl, clock.now()) };
    }
    const stored =
      history === undefined
        ? await record.read(actor, type, id)
        : history === '_history' && /^\d{1,9}$/.test(version ?? '')
          ? await record.readVersion(actor, type, id, Number(version))
          : undefined;
    if (!stored || jsonOf(stored) === undefined)
      throw problem('not-found', `There is no ${path.slice(0, 200)}.`, {
        where: `${entry.where}.request.url`,
      });
    return { kind: 'read', stored };
  } catch (error) {
    if (error instanceof Problem) return { kind: 'failed', problem: error };
    throw error;
  }
}

/** The same searchset that the address would answer, what was left out of the search told. */
function searchset(
  page: Awaited<ReturnType<CareRecord['search']>>,
  url: string,
  baseUrl: string,
  at: number,
): string {
  const [path = '', query = ''] = splitOnce(url, '?');
  const found = (stored: Stored) => ({ type: stored.type, id: stored.id, body: jsonOf(stored)! }); // what is found is not deleted
  return searchsetText({
    baseUrl,
    links: pageLinks(path === '' ? baseUrl : `${baseUrl}/${path}`, query, page.next),
    at,
    matches: page.matches.map(found),
    included: page.included.map(found),
    ...(page.total === undefined ? {} : { total: page.total }),
    ...(page.warnings.length === 0 ? {} : { outcome: operationOutcome(page.warnings) }),
  }).toString('utf8');
}

const reasons: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  400: 'Bad Request',
  404: 'Not Found',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  422: 'Unprocessable Entity',
};
const statusText = (status: number): string =>
  reasons[status] ? `${status} ${reasons[status]}` : String(status);
const statusOf: Record<CommitResult['outcome'], number> = {
  created: 201,
  updated: 200,
  unchanged: 200,
  found: 200,
  deleted: 204,
  absent: 204,
};

function entryText(answer: Answer, { baseUrl, guides }: BundleParts, prefer: Preferred): string {
  switch (answer.kind) {
    case 'failed':
      return `{"response":${JSON.stringify({ status: statusText(answer.problem.status), outcome: outcomeOf(answer.problem) })}}`;
    case 'text':
      return `{"resource":${answer.text},"response":{"status":"200 OK"}}`;
    case 'read':
      return `{"fullUrl":"${baseUrl}/${answer.stored.type}/${answer.stored.id}","resource":${jsonOf(answer.stored)},"response":${JSON.stringify(responseOf(200, answer.stored))}}`;
    case 'written': {
      const { outcome, stored } = answer.result;
      const json = stored && jsonOf(stored);
      const shown = prefer === 'representation' && json !== undefined ? `"resource":${json},` : '';
      const url = stored && json !== undefined ? `"fullUrl":"${baseUrl}/${stored.type}/${stored.id}",` : '';
      const located = outcome === 'created' || outcome === 'updated' || outcome === 'found';
      const response = responseOf(statusOf[outcome], stored, located ? baseUrl : undefined);
      const advice = prefer === 'OperationOutcome' ? adviceOn(stored, outcome, guides) : [];
      const told = advice.length > 0 ? { ...response, outcome: operationOutcome(advice) } : response;
      return `{${url}${shown}"response":${JSON.stringify(told)}}`;
    }
  }
}

function writeAnswer(
  type: 'transaction' | 'batch',
  answers: readonly Answer[],
  parts: BundleParts,
  prefer: Preferred,
): Buffer {
  const entries = answers.map((answer) => entryText(answer, parts, prefer));
  return Buffer.from(
    `{"resourceType":"Bundle","type":"${type}-response"${entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`}}`,
  );
}

function responseOf(status: number, stored: Stored | undefined, baseUrl?: string): Record<string, string> {
  return {
    status: statusText(status),
    ...(stored && baseUrl !== undefined
      ? { location: `${baseUrl}/${stored.type}/${stored.id}/_history/${stored.version}` }
      : {}),
    ...(stored
      ? { etag: `W/"${stored.version}"`, lastModified: new Date(stored.updated).toISOString() }
      : {}),
  };
}
