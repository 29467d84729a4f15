/**
 * The bare limit of a journey: Fastify and pg with the hand-written rows that each step reads and writes, and a page of the
 * same length as text. No sign-in beyond a look at the session, no rules, history, audit, consent, search rows or templates.
 *   BARE_DATABASE_URL=postgres://… node bench/primary-care-bare.ts
 * Prints its address once it listens.
 */
import fastify from 'fastify';
import pg from 'pg';
import { systemClock } from '../src/platform/clock.ts';
import { uuidv7 } from '../src/platform/ids.ts';
import { steps } from './primary-care-journey.ts';

const url = process.env['BARE_DATABASE_URL'];
if (url === undefined) throw new Error('Set BARE_DATABASE_URL to an empty database');
const pool = new pg.Pool({ connectionString: url, max: 8 });
pool.on('error', (error) => console.error(`bare server: ${error.message}`));
const newId = uuidv7(systemClock);

await pool.query(`
  drop schema if exists bare_care cascade; create schema bare_care;
  create table bare_care.session (id text primary key, who text not null);
  create table bare_care.person (id text primary key, practice text not null, body text not null);
  create table bare_care.draft (id uuid primary key, person text not null, body text not null);
  create table bare_care.request (id uuid primary key, person text not null, practice text not null, urgency int2 not null,
    due int8 not null, closed int8, body text not null, answers text not null);
  create index on bare_care.request (practice, urgency, due) where closed is null;
  create table bare_care.lock (request uuid primary key, who text not null, until int8 not null);
  create table bare_care.message (id uuid primary key, request uuid not null, person text not null, body text not null);
  create index on bare_care.message (request);
  create table bare_care.invitation (id uuid primary key, request uuid not null, person text not null, closed int8, body text not null);
  create index on bare_care.invitation (person) where closed is null;
  create table bare_care.slot (id int8 primary key, clinician text not null, at int8 not null, free bool not null, body text not null);
  create index on bare_care.slot (clinician, at) where free;
  create table bare_care.appointment (id uuid primary key, slot int8 not null unique, person text not null, body text not null);
  insert into bare_care.session select 's' || n, 'p' || n from generate_series(0, 9999) n;
  insert into bare_care.person select 'p' || n, 'o' || n % 10, repeat('x', 900) from generate_series(0, 9999) n;
  insert into bare_care.slot select n, 'o' || n % 10, n, true, repeat('x', 900) from generate_series(0, 99999) n;
  insert into bare_care.request select gen_random_uuid(), 'p' || n, 'o' || n % 10, n % 4, n, null, repeat('x', 1500), repeat('x', 1200)
    from generate_series(0, 499) n;
`);

/** Bodies as long as those of the product's resources. */
const body = 'x'.repeat(1500);
type Values = readonly unknown[];
type Ask = readonly [name: string, text: string, values: Values];
const ask = ([name, text, values]: Ask) => pool.query({ name, text, values: [...values] });

/** Several statements in one transaction. */
async function together(all: readonly Ask[]): Promise<readonly pg.QueryResult[]> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const answers: pg.QueryResult[] = [];
    for (const [name, text, values] of all)
      answers.push(await client.query({ name, text, values: [...values] }));
    await client.query('commit');
    return answers;
  } finally {
    client.release();
  }
}

interface Asked {
  readonly n: number;
  readonly person: string;
  readonly practice: string;
  readonly id: string;
}

const requestOf = ({ id }: Asked): Ask => ['request', 'select * from bare_care.request where id = $1', [id]];
const personOf = ({ person }: Asked): Ask => [
  'person',
  'select * from bare_care.person where id = $1',
  [person],
];
const draftOf = ({ id }: Asked): Ask => ['draft', 'select * from bare_care.draft where id = $1', [id]];
const messagesOf = ({ id }: Asked): Ask => [
  'messages',
  'select * from bare_care.message where request = $1',
  [id],
];
const saveDraft = ({ id }: Asked): Ask => [
  'save',
  'update bare_care.draft set body = $2 where id = $1',
  [id, body],
];
const lockOf = ({ id }: Asked): Ask => [
  'lock',
  `insert into bare_care.lock values ($1, 'gp', 1) on conflict (request) do update set until = excluded.until`,
  [id],
];
const message = ({ id, person }: Asked): Ask => [
  'message',
  'insert into bare_care.message values ($1, $2, $3, $4)',
  [newId(), id, person, body],
];
const update = ({ id }: Asked, closed: number | null): Ask => [
  'update',
  'update bare_care.request set body = $2, closed = $3 where id = $1',
  [id, body, closed],
];

/** What each step reads and writes, by its name in the journey. */
const work: Readonly<Record<string, (asked: Asked) => Promise<unknown>>> = {
  'Ask: first page': async (asked) => ask(personOf(asked)),
  'Ask: send words': async ({ id, person }) =>
    ask(['begin', 'insert into bare_care.draft values ($1, $2, $3)', [id, person, body]]),
  'Ask: more': async (asked) => ask(draftOf(asked)),
  'Ask: send more': async (asked) => ask(saveDraft(asked)),
  'Ask: how': async (asked) => ask(draftOf(asked)),
  'Ask: send how': async (asked) => ask(saveDraft(asked)),
  'Ask: check': async (asked) => ask(draftOf(asked)),
  'Ask: send request': async ({ id, person, practice, n }) =>
    together([
      [
        'send',
        'insert into bare_care.request values ($1, $2, $3, 3, $4, null, $5, $5)',
        [id, person, practice, Date.now() + n, body],
      ],
      ['drop', 'delete from bare_care.draft where id = $1', [id]],
    ]),
  Queue: async ({ practice }) =>
    Promise.all([
      ask([
        'queue',
        `select r.*, p.body as patient from bare_care.request r join bare_care.person p on p.id = r.person
         where r.practice = $1 and closed is null order by urgency, due limit 25`,
        [practice],
      ]),
      ask([
        'counts',
        'select urgency, count(*) from bare_care.request where practice = $1 and closed is null group by 1',
        [practice],
      ]),
    ]),
  Request: async (asked) =>
    Promise.all([ask(requestOf(asked)), ask(personOf(asked)), ask(messagesOf(asked)), ask(lockOf(asked))]),
  'Invite: page': async (asked) =>
    Promise.all([ask(requestOf(asked)), ask(personOf(asked)), ask(lockOf(asked))]),
  'Invite: send': async (asked) =>
    together([
      update(asked, null),
      message(asked),
      [
        'invite',
        'insert into bare_care.invitation values ($1, $1, $2, null, $3)',
        [asked.id, asked.person, body],
      ],
    ]),
  'Book: what to answer': async ({ person }) =>
    ask(['invitations', 'select * from bare_care.invitation where person = $1 and closed is null', [person]]),
  'Book: times': async ({ practice }) =>
    ask([
      'times',
      'select * from bare_care.slot where clinician = $1 and free order by at limit 420',
      [practice],
    ]),
  'Book: choose': async (asked) => {
    // Among the hundred first free, as people do; one that went meanwhile is not taken twice.
    for (let tries = 0; tries < 8; tries += 1) {
      const found = await ask([
        'free',
        'select id from bare_care.slot where clinician = $1 and free order by at limit 100',
        [asked.practice],
      ]);
      const slot = found.rows[asked.n % Math.max(1, found.rows.length)]?.id;
      if (slot === undefined) return;
      const [taken] = await together([
        ['take', 'update bare_care.slot set free = false where id = $1 and free returning id', [slot]],
        [
          'book',
          'insert into bare_care.appointment values ($1, $2, $3, $4) on conflict do nothing',
          [asked.id, slot, asked.person, body],
        ],
        ['used', 'update bare_care.invitation set closed = 1 where id = $1', [asked.id]],
        update(asked, null),
      ]);
      if (taken?.rowCount === 1) return;
    }
  },
  'Book: booked': async ({ id }) =>
    ask(['booked', 'select * from bare_care.appointment where id = $1', [id]]),
  'Answer: page': async (asked) =>
    Promise.all([ask(requestOf(asked)), ask(personOf(asked)), ask(lockOf(asked))]),
  'Answer: send and close': async (asked) => together([update(asked, 1), message(asked)]),
  'Patient reads it': async (asked) => Promise.all([ask(requestOf(asked)), ask(messagesOf(asked))]),
};
for (const { name } of steps) if (!work[name]) throw new Error(`the bare server lacks the step ${name}`);

const app = fastify();
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, text, done) =>
  done(null, text),
);
const pages = new Map<number, string>();
/** A page of so many bytes. */
const pageOf = (bytes: number): string => {
  const known = pages.get(bytes) ?? 'x'.repeat(bytes);
  pages.set(bytes, known);
  return known;
};
const answer = async (query: Readonly<Record<string, string>>): Promise<string> => {
  const n = Number(query['n']);
  await ask(['session', 'select who from bare_care.session where id = $1', [`s${n % 10_000}`]]);
  await work[query['step'] ?? '']!({
    n,
    ...{ person: `p${n % 10_000}`, practice: `o${n % 10}`, id: query['id'] ?? '' },
  });
  return pageOf(Number(query['bytes']));
};
app.get('/step', async ({ query }, reply) => reply.type('text/html').send(await answer(query as never))); // sent by the benchmark
app.post('/step', async ({ query }, reply) => reply.type('text/html').send(await answer(query as never)));

console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
process.once('SIGTERM', async () => {
  await app.close();
  await pool.end();
});
