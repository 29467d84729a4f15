import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type TestAccounts, TestBrowser, testAccounts } from '../../../test/support/accounts.ts';
import type { Ending } from '../../../test/support/ending.ts';
import { testBaseUrl, tester } from '../../../test/support/record.ts';
import { openAccess } from '../../access/access.ts';
import { createServer, type HttpServer } from '../../platform/http.ts';
import { uuidv7 } from '../../platform/ids.ts';
import { createLog } from '../../platform/log.ts';
import { problem } from '../../platform/problem.ts';
import { openRecord } from '../../record/record.ts';
import type { Sight } from '../../record/sight.ts';
import { type Live, openLive } from './live.ts';
import { openRecordChanges, type RecordChanges } from './record-changes.ts';

/** Reads a stream of events as a browser does. */
interface Listener {
  readonly status: number;
  /** Names of the events so far; `message` where there is none. */
  readonly events: readonly string[];
  readonly lastId: () => string;
  readonly ended: Promise<void>;
  readonly close: () => void;
  readonly until: (name: string, times?: number) => Promise<void>;
}

describe('live parts of pages', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  const log = createLog({ level: 'silent' });
  let held: TestAccounts;
  let server: HttpServer;
  let live: Live;
  let changes: RecordChanges;
  let base: string;
  const allowed = new Set<string>();
  const sights = new Map<string, Sight>();
  const listeners: Listener[] = [];

  before(async () => {
    held = await testAccounts(ending);
    const { database, clock, accounts } = held;
    // The process that serves the page is another than the one that writes.
    const reader = openRecord({ database, clock, newId: uuidv7(clock), baseUrl: testBaseUrl });
    changes = openRecordChanges({ database, store: reader.store, clock, log });
    const writer = held.record as ReturnType<typeof openRecord>;
    const writing = openRecordChanges({ database, store: writer.store, clock, log });
    server = await createServer({ log, newId: uuidv7(clock), bodyLimit: 1000, ready: async () => [] });
    const access = openAccess({
      accessToken: 'unused-in-these-tests-0123456789abcdef',
      identityOf: accounts.identityOf,
      sightOf: async () => ({ grants: [] }),
      clientOf: async () => undefined,
    });
    access.register(server.app);
    live = openLive({
      ...{ changes, clock, log, identityOf: access.identityOf, beatMs: 150, mostOfOne: 3 },
      identityNow: (cookies) => accounts.identityOf(cookies, { unseen: true }),
      seenBy: (identity, people, after) =>
        reader.changesSeen({ ...tester, sight: sights.get(identity.account) ?? 'everything' }, people, after),
    });
    live.add(server.app, '/of/:person/live', async (identity, request) => {
      const { person } = request.params as { person: string };
      if (!allowed.has(`${identity.account} ${person}`)) throw problem('not-found', 'There is no such page.');
      return [person];
    });
    base = await server.listen('127.0.0.1', 0);
    endings.push(writing.close);
    await held.record.commit(tester, [patient('ann'), patient('bob')]);
  });
  after(async () => {
    for (const one of listeners) one.close();
    live?.close();
    await changes?.close();
    await server?.close();
    for (const work of endings.reverse()) await work();
  });

  const patient = (id: string) =>
    ({ kind: 'update', type: 'Patient', id, text: JSON.stringify({ resourceType: 'Patient', id }) }) as const;
  const note = (of: string) => ({
    kind: 'create' as const,
    type: 'Observation' as const,
    text: JSON.stringify({
      ...{ resourceType: 'Observation', status: 'final', code: { text: 'Weight' } },
      subject: { reference: `Patient/${of}` },
    }),
  });
  const signedIn = async (): Promise<{ cookie: string; account: string; browser: TestBrowser }> => {
    const account = await held.accounts.createAccount({ kind: 'person', name: 'Ann Ash' });
    const browser = new TestBrowser();
    browser.signedIn(await held.accounts.startSession(account, 'passkey', browser.visit));
    return { cookie: browser.cookie ?? '', account, browser };
  };
  const listen = async (cookie: string, path = '/of/ann/live', headers = {}): Promise<Listener> => {
    const stop = new AbortController();
    const answer = await fetch(`${base}${path}`, { headers: { cookie, ...headers }, signal: stop.signal });
    const events: string[] = [];
    let id = '';
    const read = async () => {
      let text = '';
      for await (const chunk of answer.body ?? []) {
        text += Buffer.from(chunk).toString('utf8');
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          id = /^id: (.+)$/m.exec(block)?.[1] ?? id;
          events.push(/^event: (.+)$/m.exec(block)?.[1] ?? 'message');
        }
      }
    };
    const ended = read().catch(() => {});
    const listener: Listener = {
      ...{ status: answer.status, events, lastId: () => id, ended, close: () => stop.abort() },
      async until(name, times = 1) {
        for (let waited = 0; events.filter((one) => one === name).length < times; waited += 10) {
          if (waited > 5000) throw new Error(`${name} did not come: ${events}`);
          await pause(10);
        }
      },
    };
    listeners.push(listener);
    return listener;
  };
  const changesOf = ({ events }: Listener): number => events.filter((one) => one === 'change').length;

  it('say that a record changed, in another process too, and nothing of any other record', async () => {
    const { cookie, account } = await signedIn();
    allowed.add(`${account} ann`);
    const listener = await listen(cookie);
    assert.equal(listener.status, 200);
    await listener.until('message');
    await held.record.commit(tester, [note('bob')]);
    await held.record.commit(tester, [note('ann')]);
    await listener.until('change');
    await listener.until('message', 3); // beats
    assert.equal(changesOf(listener), 1);
    await held.record.commit(tester, [patient('ann')]); // unchanged
    await held.record.commit(tester, [
      {
        kind: 'update',
        type: 'Patient',
        id: 'ann',
        text: '{"resourceType":"Patient","id":"ann","gender":"female"}',
      },
    ]);
    await listener.until('change', 2);
    listener.close();
  });

  it('tell what was missed while the line was gone, and what changed while the page was on its way', async () => {
    const { cookie, account } = await signedIn();
    allowed.add(`${account} ann`);
    const first = await listen(cookie);
    await first.until('message');
    first.close();
    held.pass(20_000);
    const at = String(held.clock.now());
    held.pass(20_000);
    const quiet = await listen(cookie, '/of/ann/live', { 'last-event-id': String(held.clock.now()) });
    await quiet.until('message', 3);
    assert.equal(changesOf(quiet), 0);
    quiet.close();
    await held.record.commit(tester, [note('ann')]);
    for (const [path, headers] of [
      ['/of/ann/live', { 'last-event-id': at }],
      [`/of/ann/live?since=${at}`, {}],
      ['/of/ann/live?ago=30000', {}],
      ['/of/ann/live?since=0', {}],
    ] as const) {
      const again = await listen(cookie, path, headers);
      await again.until('change');
      again.close();
    }
  });

  it('say nothing of what is hidden from whoever listens: not that it was written, changed or deleted', async () => {
    const { cookie, account } = await signedIn();
    allowed.add(`${account} ann`);
    const hidden = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality|V';
    sights.set(account, {
      grants: [
        {
          ...{ types: ['Patient', 'Condition'], writes: [], withheld: [hidden] },
          of: { kind: 'persons', ids: ['ann'] },
        },
      ],
    });
    const condition = (id: string, code?: string) => {
      const meta = { security: [{ system: hidden.split('|')[0], code }] };
      const subject = { reference: 'Patient/ann' };
      const text = JSON.stringify({ resourceType: 'Condition', id, ...(code ? { meta } : {}), subject });
      return { kind: 'update', type: 'Condition', id, text } as const;
    };
    await held.record.commit(tester, [condition('seen-before')]);
    const listener = await listen(cookie, `/of/ann/live?since=${held.clock.now() + 10_000}`);
    await listener.until('message');
    const beats = () => listener.events.filter((one) => one === 'message').length;
    for (const change of [
      note('ann'),
      condition('secret', 'V'),
      condition('secret', 'N'),
      condition('secret', 'V'),
      { kind: 'delete', type: 'Condition', id: 'secret' } as const,
    ]) {
      const isSeen = change.kind === 'update' && change.text.includes('"N"');
      const before = changesOf(listener);
      await held.record.commit(tester, [change]);
      if (isSeen) await listener.until('change', before + 1);
      else await listener.until('message', beats() + 2);
      assert.equal(changesOf(listener), before + (isSeen ? 1 : 0), JSON.stringify(change));
    }
    await held.record.commit(tester, [condition('seen')]);
    await listener.until('change', 2);
    const again = await listen(cookie, `/of/ann/live?since=${held.clock.now() - 1000}`);
    await again.until('change');
    listener.close();
    again.close();
  });

  it('are for whoever may see the record, and end when they may no more', async () => {
    const { cookie, account } = await signedIn();
    assert.equal((await listen(cookie)).status, 404);
    assert.equal((await listen('')).status, 401);
    allowed.add(`${account} ann`);
    const listener = await listen(cookie);
    await listener.until('message');
    allowed.delete(`${account} ann`);
    await held.record.commit(tester, [note('ann')]);
    await listener.ended;
    assert.deepEqual([listener.events.at(-1), changesOf(listener)], ['end', 0]);
  });

  it('end with the session: at sign-out, when it is idle for too long, and they do not keep it from being idle', async () => {
    const { cookie, account, browser } = await signedIn();
    allowed.add(`${account} ann`);
    const listener = await listen(cookie);
    await listener.until('message');
    await held.accounts.signOut(browser.visit);
    await held.record.commit(tester, [note('ann')]);
    await listener.ended;
    assert.deepEqual([listener.events.at(-1), changesOf(listener)], ['end', 0]);

    const other = await signedIn();
    allowed.add(`${other.account} ann`);
    const idle = await listen(other.cookie);
    for (let minutes = 0; minutes < 70; minutes += 10) {
      held.pass(10 * 60_000);
      await pause(160);
    }
    await idle.ended;
    assert.equal(idle.events.at(-1), 'end');
  });

  it('are limited in number for one account, and free their place when they are closed', async () => {
    const { cookie, account } = await signedIn();
    allowed.add(`${account} ann`);
    const open = [await listen(cookie), await listen(cookie), await listen(cookie)];
    assert.equal((await listen(cookie)).status, 429);
    for (const one of open) one.close();
    let status = 429;
    for (let tries = 0; status === 429 && tries < 100; tries += 1) {
      await pause(20);
      const again = await listen(cookie);
      status = again.status;
      again.close();
    }
    assert.equal(status, 200);
  });
});
