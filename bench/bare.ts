/**
 * The bare limit of each case: Fastify and pg with the hand-written SQL for that one thing, and nothing else: no
 * validation, policy, search rows, history or audit.
 *   BARE_DATABASE_URL=postgres://… node bench/bare.ts [--port 0]
 * Prints its address once it listens. The tables are those of bare-tables.ts.
 */
import { parseArgs } from 'node:util';
import fastify, { type FastifyReply } from 'fastify';
import pg from 'pg';
import { systemClock } from '../src/platform/clock.ts';
import { uuidv7 } from '../src/platform/ids.ts';

const { values: flags } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const url = process.env['BARE_DATABASE_URL'];
if (url === undefined) throw new Error('Set BARE_DATABASE_URL to the database that bare-tables.ts loaded');
const pool = new pg.Pool({ connectionString: url, max: 8 });
pool.on('error', (error) => console.error(`bare server: ${error.message}`));
const newId = uuidv7(systemClock);

type Asked = Readonly<Record<string, string>>;
type Row = { readonly body: string };

/** Runs a prepared statement and answers the stored texts as one JSON array. */
function listing(name: string, text: string, values: (asked: Asked) => unknown[]) {
  return async ({ query }: { query: unknown }, reply: FastifyReply) => {
    const found = await pool.query<Row>({ name, text, values: values(query as Asked) }); // parsed by Fastify
    let bodies = '';
    for (const row of found.rows) bodies += bodies === '' ? row.body : `,${row.body}`;
    return reply.type('application/fhir+json').send(`[${bodies}]`);
  };
}

/** The end of the range of texts that begin with the prefix, in code point order. */
const after = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);

const app = fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 10 << 20 }, (_request, body, done) =>
  done(null, body),
);

app.get('/read', async ({ query }, reply) => {
  const { id } = query as Asked; // parsed by Fastify
  const found = await pool.query<Row>({
    name: 'read',
    text: 'select body from resource where id = $1',
    values: [id],
  });
  return reply.type('application/fhir+json').send(found.rows[0]?.body ?? '');
});

app.post('/create', async ({ body }, reply) => {
  const id = newId();
  await pool.query({
    name: 'create',
    text: 'insert into created (id, body) values ($1, $2)',
    values: [id, body],
  });
  return reply.code(201).header('location', `/read?id=${id}`).type('application/fhir+json').send(body);
});

app.post('/transaction', async ({ body }, reply) => {
  const { entry } = JSON.parse(body as string) as { entry: { resource: object }[] }; // sent by the benchmark
  const ids = entry.map(newId);
  const bodies = entry.map((each) => JSON.stringify(each.resource));
  await pool.query({
    name: 'transaction',
    text: 'insert into created (id, body) select * from unnest($1::uuid[], $2::text[])',
    values: [ids, bodies],
  });
  return reply.type('application/fhir+json').send(JSON.stringify(ids));
});

app.get(
  '/patient-code',
  listing(
    'patient-code',
    `select body from resource where patient = $1 and code = $2 and type = 'Observation' order by date desc limit 20`,
    ({ patient, code }) => [patient, code],
  ),
);
app.get(
  '/identifier',
  listing('identifier', 'select body from patient where nhs = $1', ({ nhs }) => [nhs]),
);
app.get(
  '/name',
  listing(
    'name',
    `select body from patient where id in
      (select patient from patient_name where norm >= $1 and norm < $2 order by norm limit 20)`,
    ({ name = '' }) => [name, after(name)],
  ),
);
app.get(
  '/everything',
  listing('everything', 'select body from resource where patient = $1', ({ patient }) => [patient]),
);
app.get(
  '/population',
  listing(
    'population',
    `select body from resource where code = $1 and date >= $2 and type = 'Observation' order by date desc limit 20`,
    ({ code, date }) => [code, date],
  ),
);
app.get(
  '/chain',
  listing(
    'chain',
    `select o.body from (select distinct patient from patient_name where norm >= $1 and norm < $2) n
      join resource o on o.patient = n.patient and o.code = $3 and o.type = 'Observation' limit 20`,
    ({ name = '', code }) => [name, after(name), code],
  ),
);
app.get(
  '/has',
  listing(
    'has',
    `select p.body from patient p
      where exists (select from resource o where o.patient = p.id and o.code = $1 and o.type = 'Observation') limit 20`,
    ({ code }) => [code],
  ),
);
app.get(
  '/has-rare',
  listing(
    'has-rare',
    `select body from patient where id in
      (select patient from resource where code = $1 and type = 'Observation' limit 40) limit 20`,
    ({ code }) => [code],
  ),
);

process.on('SIGINT', () => {}); // the benchmark says when to end
process.once('SIGTERM', () => {
  app.close().then(() => pool.end());
});
console.log(await app.listen({ host: '127.0.0.1', port: Number(flags.port) }));
