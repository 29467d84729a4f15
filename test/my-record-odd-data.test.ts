/** The patient's app over records that are long, empty, foreign and odd. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import Bzip2 from '@foxglove/wasm-bz2';
import type { Resource } from '@medplum/fhirtypes';
import type { FastifyRequest } from 'fastify';
import type { PersonIdentity } from '../src/access/identity.ts';
import { sightOf } from '../src/access/sight/sight-of.ts';
import { systemClock } from '../src/platform/clock.ts';
import { createServer, type HttpServer } from '../src/platform/http.ts';
import { uuidv7 } from '../src/platform/ids.ts';
import { createLog } from '../src/platform/log.ts';
import type { Actor } from '../src/record/actor.ts';
import { myRecord } from '../src/services/my-record/index.ts';
import { setUpShell } from '../src/web/shell.ts';
import type { Ending } from './support/ending.ts';
import { pagesNow, putAll, resourcesOfBundle } from './support/pages-app.ts';
import { people } from './support/people.ts';
import { testRecord } from './support/record.ts';

const synthea = join(import.meta.dirname, '../../shared/data/fhir/synthea-80');
const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let server: HttpServer;
/** Of an American record of many years; none where the shared data are not here. */
let american: string | undefined;
let ownId = 'margaret';

const identityOf = (): PersonIdentity => ({
  ...{ kind: 'person', account: 'a', name: 'Someone', session: 's', method: 'password' },
  ...{ authenticatedAt: pagesNow, patient: ownId, proofing: 'P9' },
});
const actorOf = (request: FastifyRequest): Actor => ({
  ...{ id: `Patient/${ownId}`, name: 'Someone', role: 'patient', purpose: 'PATRQT' },
  sight: sightOf(identityOf(), { now: pagesNow, proxies: [], emergencies: [] }),
  ...{ requestId: request.id, via: 'page' as const },
});

async function americanRecord(): Promise<readonly Resource[]> {
  if (!existsSync(synthea)) return [];
  const bzip2 = await Bzip2.init();
  const [name = ''] = readdirSync(synthea).filter((file) => file.endsWith('.bz2'));
  const text = Buffer.from(bzip2.decompress(readFileSync(join(synthea, name)), 8 << 20)).toString('utf8');
  return resourcesOfBundle(text);
}

const pdf = Buffer.from('%PDF-1.4\n%%EOF\n');
const paper = (id: string, contentType: string, bytes: Buffer, patient = 'margaret'): Resource[] => [
  {
    ...{ resourceType: 'Binary', id: `${id}-file`, contentType, data: bytes.toString('base64') },
    securityContext: { reference: `Patient/${patient}` },
  },
  {
    ...{ resourceType: 'DocumentReference', id, status: 'current', type: { text: 'Clinic letter' } },
    ...{ subject: { reference: `Patient/${patient}` }, date: '2026-10-01T10:00:00Z' },
    content: [{ attachment: { contentType, url: `Binary/${id}-file`, size: bytes.length, title: 'Letter' } }],
  },
];

before(async () => {
  const { record } = await testRecord(ending);
  await putAll(record, people);
  await putAll(record, [
    ...paper('paper', 'application/pdf', pdf),
    ...paper('trap', 'text/html', Buffer.from('<script>alert(1)</script>')),
    ...paper('other', 'application/pdf', pdf, 'odd-person'),
  ]);
  const foreign = await americanRecord();
  await putAll(record, foreign);
  american = foreign.find(({ resourceType }) => resourceType === 'Patient')?.id;
  const shell = setUpShell();
  server = await createServer({
    log: createLog({ level: 'error' }),
    newId: uuidv7(systemClock),
    bodyLimit: 1_000_000,
    ready: async () => [],
    renderers: [shell.errorRenderer],
  });
  shell.register(server.app);
  const clock = { now: () => pagesNow };
  const patientsOf = async () => [ownId];
  const live = { add: () => {} };
  myRecord({ live, shell, record, clock, actorOf, identityOf, patientsOf }).register(server.app);
});
after(async () => {
  await server?.close();
  for (const work of endings.reverse()) await work();
});

const parts = [
  ...['', '/record', '/conditions', '/medicines', '/allergies', '/results', '/vaccinations', '/appointments'],
  ...['/documents', '/imaging', '/care-plan', '/people', '/pregnancy', '/messages', '/search?q=blood'],
];

/** Opens every page of a record, and those that its lists lead to. */
async function wholeRecord(id: string): Promise<void> {
  ownId = id;
  const seen = new Set<string>();
  const open = async (path: string): Promise<string> => {
    seen.add(path);
    const { statusCode, body } = await server.app.inject(path);
    assert.equal(statusCode, 200, path);
    assert.doesNotMatch(body, /undefined|\[object |NaN|Invalid Date/, path);
    assert.doesNotMatch(body, /<img src=x|<script(?! type="module" src="\/assets)/, path);
    assert.equal(body.match(/<h1/g)?.length, 1, path);
    const ids = [...body.matchAll(/ id="([^"]+)"/g)].map(([, one]) => one);
    assert.equal(new Set(ids).size, ids.length, `${path} has an id twice`);
    const bytes = brotliCompressSync(body).length;
    assert.ok(bytes <= 10 * 1024, `${path} moves ${bytes} bytes`);
    return body;
  };
  for (const part of parts) {
    const body = await open(`/my-record/${id}${part}`);
    const links = [
      ...body.matchAll(
        /href="(\/my-record\/[^"#]+\/(?:results|documents)\/[^"#]+|\/my-record\/[^"#]+\?[a-z]+=\d+)/g,
      ),
    ]
      .map(([, href]) => (href ?? '').replaceAll('&amp;', '&'))
      .filter((href) => !seen.has(href) && !href.includes('/files/'));
    for (const href of links.slice(0, 6)) if (!seen.has(href)) await open(href);
  }
}

test('a long record of the United Kingdom', () => wholeRecord('margaret'));
test('a record that holds a name and nothing else', () => wholeRecord('unknown-person'));
test('a record of missing dates, unknown codes and texts that would break a page', () =>
  wholeRecord('odd-person'));
test('an American record of many years', async (t) => {
  if (american === undefined) return t.skip('the shared data are not here');
  await wholeRecord(american);
});

test('a PDF is shown in its page only when asked for, framed by this site alone; its size is told before', async () => {
  ownId = 'margaret';
  const page = await server.app.inject('/my-record/margaret/documents/paper');
  assert.match(page.body, /PDF, \d+ bytes/);
  assert.doesNotMatch(page.body, /<iframe/);
  assert.doesNotMatch(String(page.headers['content-security-policy']), /frame-src/);
  const shown = await server.app.inject('/my-record/margaret/documents/paper?show=0');
  assert.match(
    shown.body,
    /<iframe class="tl-told__file" src="\/my-record\/margaret\/documents\/paper\/files\/0\?in=page"/,
  );
  assert.match(String(shown.headers['content-security-policy']), /frame-src 'self'/);
  const file = await server.app.inject('/my-record/margaret/documents/paper/files/0?in=page');
  assert.deepEqual(file.rawPayload, pdf);
  assert.match(String(file.headers['content-disposition']), /^inline/);
  assert.match(String(file.headers['content-security-policy']), /frame-ancestors 'self'/);
  assert.equal(file.headers['x-frame-options'], 'SAMEORIGIN');
  const download = await server.app.inject('/my-record/margaret/documents/paper/files/0');
  assert.match(String(download.headers['content-disposition']), /^attachment/);
  assert.equal(download.headers['x-frame-options'], 'DENY');
});

test('a document that a browser would run is only ever handed over', async () => {
  ownId = 'margaret';
  for (const query of ['', '?in=page']) {
    const file = await server.app.inject(`/my-record/margaret/documents/trap/files/0${query}`);
    assert.match(String(file.headers['content-disposition']), /^attachment/);
    assert.equal(file.headers['content-type'], 'application/octet-stream');
  }
});

test('another person’s document is as if it were not there', async () => {
  ownId = 'margaret';
  for (const path of [
    'documents/other',
    'documents/other/files/0',
    'documents/paper/files/9',
    'documents/paper/files/x',
  ])
    assert.equal((await server.app.inject(`/my-record/margaret/${path}`)).statusCode, 404, path);
});
