import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { testDatabase } from '../../../test/support/database.ts';
import type { Ending } from '../../../test/support/ending.ts';
import type { Database } from '../../platform/database.ts';
import { createServer, type HttpServer } from '../../platform/http.ts';
import { createLog } from '../../platform/log.ts';
import { migrate } from '../../platform/migrations.ts';
import { problem } from '../../platform/problem.ts';
import { webMigrations } from '../schema.ts';
import { defineForm } from './define-form.ts';
import { requiredText } from './fields.ts';
import { openForms } from './forms.ts';

const page = '/notes/new';

/** A server with one form that writes notes down, slowly; a header says who is signed in. */
async function notesServer(database: Database, time: { now: number }, done: string[]): Promise<HttpServer> {
  const clock = { now: () => time.now };
  const server = await createServer({
    log: createLog({ level: 'silent' }),
    newId: () => 'request',
    bodyLimit: 1_000_000,
    ready: async () => [],
  });
  const accountOf = (request: { headers: Record<string, unknown> }) =>
    typeof request.headers['x-who'] === 'string' ? request.headers['x-who'] : undefined;
  const forms = openForms({
    ...{ database, clock, baseUrl: 'https://here.example', secrets: [new Uint8Array(32).fill(3)] },
    accountOf,
  });
  const form = defineForm({
    fields: { text: requiredText('text', { missing: 'Enter a note', what: 'Note', most: 50 }) },
  });
  forms.add(server.app, page, {
    about: (request) => {
      if (accountOf(request) === undefined) throw problem('login', 'Sign in to write.');
      return accountOf(request);
    },
    form: () => form,
    show: (reply, { form: { key, shownTo, kept }, typed, errors }) =>
      reply.type('application/json').send({ key, shownTo, kept, typed, errors }),
    async act({ text }, about, { key }) {
      await new Promise((go) => setTimeout(go, 30));
      if (text === 'fails') throw problem('conflict', 'It cannot be done now.');
      if (text === 'wrong') return [{ field: 'text', text: 'Not this' }];
      done.push(`${about}: ${text}`);
      return `/notes/${key}`;
    },
  });
  return server;
}

interface Shown {
  readonly key: string;
  readonly shownTo: string;
  readonly kept: boolean;
  readonly typed: { readonly text: string };
  readonly errors: readonly { readonly text: string }[];
}

describe('forms', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  const time = { now: Date.parse('2026-11-22T12:00:00Z') };
  const done: string[] = [];
  const servers: HttpServer[] = [];
  let database: Database;
  before(async () => {
    database = await testDatabase(ending);
    await migrate(database, webMigrations);
    // As two processes have it: they meet in the database alone.
    for (let i = 0; i < 2; i += 1) servers.push(await notesServer(database, time, done));
  });
  after(async () => {
    for (const server of servers) await server.close();
    for (const work of endings.reverse()) await work();
  });

  const get = async (who: string, cookie = ''): Promise<Shown> => {
    const answer = await servers[0]!.app.inject({ url: page, headers: { 'x-who': who, cookie } });
    assert.equal(answer.statusCode, 200);
    return answer.json<Shown>();
  };
  const post = async (who: string, fields: Record<string, string>, on = 0, cookie = '') => {
    const answer = await servers[on]!.app.inject({
      method: 'POST',
      url: page,
      payload: new URLSearchParams(fields).toString(),
      headers: {
        ...(who === '' ? {} : { 'x-who': who }),
        ...{ cookie, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
      },
    });
    const cookieSet = String(answer.headers['set-cookie'] ?? '').split(';')[0] ?? '';
    return { status: answer.statusCode, to: answer.headers.location, body: answer.body, cookie: cookieSet };
  };
  const fieldsOf = ({ key, shownTo }: Shown, text: string) => ({ form: key, 'form-for': shownTo, text });

  it('are done once however often and wherever at once they are sent, and lead to the same place', async () => {
    const shown = await get('ann');
    const fields = fieldsOf(shown, 'one');
    const answers = await Promise.all([0, 1, 0, 1, 0, 1].map((on) => post('ann', fields, on)));
    answers.push(await post('ann', fields, 1));
    assert.deepEqual(
      [...new Set(answers.map(({ status, to }) => `${status} ${to}`))],
      [`303 /notes/${shown.key}`],
    );
    assert.deepEqual(done.splice(0), ['ann: one']);
  });

  it('take another’s key as a key of their own: nobody learns where another’s form led', async () => {
    const shown = await get('ann');
    await post('ann', fieldsOf(shown, 'mine'));
    await post('bob', { form: shown.key, text: 'mine' });
    assert.deepEqual(done.splice(0), ['ann: mine', 'bob: mine']);
  });

  it('sent again with other answers are not lost: they are shown again under a new key', async () => {
    const shown = await get('ann');
    await post('ann', fieldsOf(shown, 'first'));
    const second = await post('ann', fieldsOf(shown, 'second'));
    assert.equal(second.status, 422);
    const again = JSON.parse(second.body) as Shown;
    assert.equal(again.typed.text, 'second');
    assert.notEqual(again.key, shown.key);
    assert.equal((await post('ann', fieldsOf(again, 'second'))).status, 303);
    assert.deepEqual(done.splice(0), ['ann: first', 'ann: second']);
  });

  it('that fail or are refused may be sent again', async () => {
    const shown = await get('ann');
    assert.equal((await post('ann', fieldsOf(shown, 'fails'))).status, 409);
    const wrong = await post('ann', fieldsOf(shown, 'wrong'));
    assert.deepEqual([wrong.status, (JSON.parse(wrong.body) as Shown).errors[0]?.text], [422, 'Not this']);
    assert.equal((await post('ann', fieldsOf(shown, ''))).status, 422);
    assert.equal((await post('ann', fieldsOf(shown, 'good'))).status, 303);
    assert.deepEqual(done.splice(0), ['ann: good']);
  });

  it('are taken over when the process that was doing them died', async () => {
    const shown = await get('ann');
    await database.pool`insert into form_receipt (account, form, key, content, claimed)
      values ('ann', ${page}, ${shown.key}, ${Buffer.from('x')}, ${time.now - 120_000})`;
    assert.equal((await post('ann', fieldsOf(shown, 'after'))).status, 303);
    assert.deepEqual(done.splice(0), ['ann: after']);
  });

  it('whose session had ended are kept, and filled in again after signing in', async () => {
    const shown = await get('ann');
    const ended = await post('', { ...fieldsOf(shown, 'typed for an hour'), password: 'hidden' });
    assert.equal(ended.status, 303);
    assert.equal(ended.to, `/sign-in?return=${encodeURIComponent(page)}&kept=yes`);
    assert.match(ended.cookie, /^__Host-kept=/);
    const back = await get('ann', ended.cookie);
    assert.deepEqual([back.kept, back.typed.text], [true, 'typed for an hour']);
    const [row] = await database.pool`select sealed from kept_form`;
    assert.ok(!Buffer.from(row?.['sealed']).includes('typed'));
    assert.equal((await post('ann', fieldsOf(back, 'typed for an hour'), 1, ended.cookie)).status, 303);
    assert.equal((await get('ann', ended.cookie)).kept, false);
    done.splice(0);
  });

  it('kept are shown to nobody else, in no other browser, and not for longer than an hour', async () => {
    const shown = await get('ann');
    const { cookie } = await post('', fieldsOf(shown, 'about my health'));
    assert.equal((await get('bob', cookie)).kept, false);
    assert.equal((await get('ann')).kept, false);
    assert.equal((await get('ann', `__Host-kept=${'A'.repeat(43)}`)).kept, false);
    await database.pool`update kept_form set account = 'bob'`; // whoever can write the table still cannot read it
    assert.equal((await get('bob', cookie)).kept, false);
    await database.pool`update kept_form set account = 'ann'`;
    assert.equal((await get('ann', cookie)).kept, true);
    time.now += 3_600_001;
    assert.equal((await get('ann', cookie)).kept, false);
  });

  it('are not kept for whom we did not show them, nor when too large, and a planted cookie is replaced', async () => {
    const shown = await get('ann');
    const forged = Buffer.from(
      Buffer.from(shown.shownTo, 'base64url').map((byte, i) => (i === 40 ? byte ^ 1 : byte)),
    );
    for (const field of ['', 'x', forged.toString('base64url'), 'A'.repeat(2000)])
      assert.equal((await post('', { text: 'y', 'form-for': field })).status, 401);
    assert.equal((await post('', fieldsOf(shown, 'x'.repeat(200_000)))).status, 401);
    const planted = `__Host-kept=${'B'.repeat(43)}`;
    const { cookie } = await post('', fieldsOf(shown, 'typed'), 0, planted);
    assert.notEqual(cookie, planted);
  });

  it('shown to one person are not sent as another who signed in meanwhile', async () => {
    const shown = await get('ann');
    assert.equal((await post('bob', fieldsOf(shown, 'from ann'))).status, 403);
    assert.deepEqual(done, []);
  });
});
