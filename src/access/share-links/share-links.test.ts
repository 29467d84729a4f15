/** Links that share a part of a record: made once, told once, opened by link and code together, and ended in every way. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { testDatabase } from '../../../test/support/database.ts';
import { migrate } from '../../platform/migrations.ts';
import { Problem } from '../../platform/problem.ts';
import type { SecurityEvent } from '../security-log.ts';
import { shareLinkMigrations } from './schema.ts';
import { openShareLinks, type ShareOwner } from './share-links.ts';
import { shareSight } from './share-sight.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const hour = 3_600_000;
const formOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const person = (key: string): ShareOwner => ({
  ...{ kind: 'person', account: `account-${key}`, name: `Mrs ${key}`, session: 's', method: 'passkey' },
  ...{ authenticatedAt: start, proofing: 'P9', patient: key },
});
const iris = person('iris');
const mallory = person('mallory');

async function opened(t: TestContext) {
  const database = await testDatabase(t);
  await migrate(database, shareLinkMigrations);
  const time = { now: start };
  const events: SecurityEvent[] = [];
  const standing = { is: true };
  const links = openShareLinks({
    ...{ database, clock: { now: () => time.now }, secrets: [Buffer.alloc(32, 7)] },
    securityLog: { record: async (event) => void events.push(event) },
    stands: async () => standing.is,
  });
  const make = (n = 1, hours = 24) =>
    links.make(iris, { form: formOf(n), name: 'Mrs Iris', sections: ['conditions'], hours }, 'r1');
  const made = async (n = 1, hours = 24) => {
    const told = await links.reveal(iris, await make(n, hours));
    assert.ok(told);
    return told;
  };
  return { links, time, events, standing, database, make, made };
}

const wrongOf = (code: string): string => (code === 'AAAAAA' ? 'BBBBBB' : 'AAAAAA');

test('a form sent twice makes one link, whose link and code are told once and stand nowhere in the database', async (t) => {
  const { links, make, database } = await opened(t);
  const [a, b] = await Promise.all([make(), make()]);
  assert.equal(a, b);
  assert.equal((await links.listOf(iris)).length, 1);
  const tellings = await Promise.all([links.reveal(iris, a), links.reveal(iris, a)]);
  const told = tellings.filter((one) => one !== undefined);
  assert.equal(told.length, 1);
  const { token, code } = told[0]!;
  assert.match(token, /^[\w-]{22}$/);
  assert.match(code, /^[2-9A-HJ-NP-Z]{6}$/);
  const [row] = await database.pool`select row_to_json(l)::text as row from share_link l`;
  assert.ok(!String(row?.['row']).includes(token) && !String(row?.['row']).includes(code));
});

test('link and code together open it, however the code is typed; each opening is told and counted', async (t) => {
  const { links, made, events, time } = await opened(t);
  const { token, code } = await made();
  const found = await links.find(token);
  assert.equal(found?.state, 'open');
  const entered = await links.enter(token, ` ${code.slice(0, 3).toLowerCase()}-${code.slice(3)} `, 'r2');
  assert.ok(entered.state === 'open');
  assert.equal(links.passes(entered.link, entered.pass), true);
  assert.deepEqual(
    events.map(({ kind, who, patient }) => [kind, who.name, patient]),
    [
      ['share-changed', 'Mrs iris', 'iris'],
      ['share-opened', 'Share link of Mrs Iris', 'iris'],
    ],
  );
  const [own] = await links.listOf(iris);
  assert.deepEqual([own?.openings, own?.opened], [1, [start]]);
  time.now += 31 * 60_000;
  assert.equal(links.passes(entered.link, entered.pass), false);
});

test('what lets one link’s pages be seen lets no other’s be seen, nor for longer', async (t) => {
  const { links, made } = await opened(t);
  const first = await made(1);
  const second = await made(2);
  const entered = await links.enter(first.token, first.code, 'r');
  const other = await links.find(second.token);
  assert.ok(entered.state === 'open' && other);
  assert.equal(links.passes(other, entered.pass), false);
  const [until = '', mac = ''] = entered.pass.split('.');
  for (const forged of ['', '.', `${Number(until) + 1}.${mac}`, `${until}.`, until, `x.${mac}`])
    assert.equal(links.passes(entered.link, forged), false, forged);
});

test('five wrong codes end a link, even at once and even for the right code afterwards', async (t) => {
  const { links, made, events } = await opened(t);
  const { token, code } = await made();
  const answers = await Promise.all(Array.from({ length: 12 }, () => links.enter(token, wrongOf(code), 'r')));
  assert.equal(answers.filter(({ state }) => state === 'wrong').length, 4);
  assert.equal((await links.enter(token, code, 'r')).state, 'gone');
  assert.equal(await links.find(token), undefined);
  assert.equal((await links.listOf(iris))[0]?.state, 'locked');
  assert.equal(events.filter(({ kind }) => kind === 'share-refused').length, 5);
});

test('right codes use up no tries', async (t) => {
  const { links, made } = await opened(t);
  const { token, code } = await made();
  for (let n = 0; n < 8; n += 1) assert.equal((await links.enter(token, code, 'r')).state, 'open');
  assert.deepEqual(await links.enter(token, wrongOf(code), 'r'), { state: 'wrong', left: 4 });
});

test('an expired, a withdrawn and a guessed link, and one whose owner’s account has ended, open nothing', async (t) => {
  const { links, made, time, standing } = await opened(t);
  const brief = await made(1, 1);
  const { token, code } = await made(2, 48);
  for (const guess of ['', 'x', 'A'.repeat(22), `${token.slice(0, 21)}${token.endsWith('A') ? 'B' : 'A'}`])
    assert.equal((await links.enter(guess, code, 'r')).state, 'gone', guess);
  time.now += hour;
  assert.equal((await links.enter(brief.token, brief.code, 'r')).state, 'gone');
  assert.equal((await links.enter(token, brief.code, 'r')).state, 'wrong');
  standing.is = false;
  assert.equal(await links.find(token), undefined);
  standing.is = true;
  assert.equal(await links.withdraw(iris, formOf(2), 'r'), true);
  assert.equal((await links.enter(token, code, 'r')).state, 'gone');
});

test('nobody sees, learns or ends another’s link', async (t) => {
  const { links, make } = await opened(t);
  const id = await make();
  assert.deepEqual(await links.listOf(mallory), []);
  assert.equal(await links.reveal(mallory, id), undefined);
  assert.equal(await links.withdraw(mallory, id, 'r'), false);
  await assert.rejects(
    links.make(mallory, { form: id, name: 'x', sections: ['results'], hours: 1 }, 'r'),
    Problem,
  );
  assert.equal((await links.listOf(iris))[0]?.state, 'open');
});

test('no more than twenty are open at a time', async (t) => {
  const { links, make } = await opened(t);
  for (let n = 1; n <= 20; n += 1) await make(n);
  await assert.rejects(make(21), /as many as there can be/);
  await links.withdraw(iris, formOf(3), 'r');
  await make(21);
});

test('a link’s sight is of one person, of no other types than were chosen and the person sees, and writes nothing', () => {
  const { grants } = shareSight('iris', ['Condition', 'Flag', 'AuditEvent', 'Task', 'Bundle']);
  const [own, shared] = grants;
  assert.deepEqual(own?.of, { kind: 'persons', ids: ['iris'] });
  assert.deepEqual(own?.types, ['Patient', 'Condition', 'AuditEvent']);
  assert.ok(own?.withheld.some((label) => label.endsWith('|NOPAT')));
  assert.ok(own?.withheld.some((label) => label.endsWith('|HIV')));
  assert.ok(own?.consent);
  assert.deepEqual(shared?.of, { kind: 'nobody' });
  for (const { writes } of grants) assert.deepEqual(writes, []);
});
