/**
 * What policy costs: the same reads and searches by an actor who sees everything and by a GP who sees the people of one
 * practice, less what they have withheld; 16 at once, in one process with the record, audit log on.
 *   node bench/policy-cost.ts [--size 100000] [--work .data/bench] [--seconds 3]
 * Needs the data that `npm run bench` has loaded with the same size and folder.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { migrations } from '../src/app/migrations.ts';
import { systemClock } from '../src/platform/clock.ts';
import { startCluster } from '../src/platform/cluster.ts';
import { openDatabase } from '../src/platform/database.ts';
import { uuidv7 } from '../src/platform/ids.ts';
import { migrate } from '../src/platform/migrations.ts';
import type { Actor } from '../src/record/actor.ts';
import type { CareRecord } from '../src/record/care-record.ts';
import { openRecord } from '../src/record/record.ts';
import type { Sight } from '../src/record/sight.ts';
import { type Person, personAt, planFor } from './population.ts';
import { databaseHome } from './product.ts';
import { percentile } from './summary.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '100000' },
    work: { type: 'string', default: '.data/bench' },
    seconds: { type: 'string', default: '3' },
  },
});
const size = Number(values.size);
const seconds = Number(values.seconds);
const home = join(resolve(values.work), `product-${size}-patient`);
if (!existsSync(home)) throw new Error(`No data in ${home}: run "npm run bench -- --size ${size}" first`);

const connections = 16;
const types = ['Patient', 'Encounter', 'Observation'];
const newId = uuidv7(systemClock);

/** A GP of the person's own practice. */
function sightOf({ patient }: Person): Sight {
  const parties = [patient.managingOrganization, ...(patient.generalPractitioner ?? [])].flatMap((one) =>
    one?.reference === undefined ? [] : [one.reference],
  );
  return {
    grants: [
      {
        ...{ types, writes: types, of: { kind: 'related', parties } },
        withheld: ['http://terminology.hl7.org/CodeSystem/v3-Confidentiality|V'],
        consent: { parties: [...parties, 'kind:general-practice'], use: 'care' },
      },
    ],
  };
}

const actorOf = (sight: Sight): Actor => ({
  ...{ id: 'Practitioner/bench', name: 'Dr Amelia Oakwood', role: 'gp', organisation: 'Organization/bench' },
  ...{ purpose: 'TREAT', sight, requestId: newId(), via: 'api' },
});

type Ask = (record: CareRecord, actor: Actor, person: Person) => Promise<unknown>;

const codeOf = ({ favourite }: Person): string => `${favourite.coding.system}|${favourite.coding.code}`;
const cases: Readonly<Record<string, Ask>> = {
  'GET one resource': (record, actor, { patient }) => record.read(actor, 'Patient', String(patient.id)),
  'Observation?patient=&code=&_sort=-date&_count=20': (record, actor, person) =>
    record.search(
      actor,
      'Observation',
      `patient=${person.patient.id}&code=${codeOf(person)}&_sort=-date&_count=20`,
    ),
  'Patient?identifier=': (record, actor, { patient }) =>
    record.search(actor, 'Patient', `identifier=${patient.identifier?.[0]?.value}`),
  'Patient?name= (4 letters)': (record, actor, { patient }) =>
    record.search(actor, 'Patient', `name=${patient.name?.[0]?.family?.slice(0, 4)}&_count=20`),
  'Patient/$everything of 100': (record, actor, { patient }) =>
    record.everything(actor, String(patient.id), { count: 200 }),
};

async function measured(record: CareRecord, ask: Ask, sightFor: (person: Person) => Sight) {
  const times: number[] = [];
  let turn = 0;
  const until = performance.now() + seconds * 1000;
  const before = process.cpuUsage();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < until) {
        const person = people[turn++ % people.length]!;
        const begun = performance.now();
        await ask(record, actorOf(sightFor(person)), person);
        times.push(performance.now() - begun);
      }
    }),
  );
  const { user, system } = process.cpuUsage(before);
  const sorted = Float64Array.from(times).sort();
  return {
    perSecond: times.length / seconds,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    cpu: (user + system) / times.length,
  };
}

const plan = planFor(size, 7);
const people = Array.from({ length: Math.min(400, plan.known) }, (_, n) => personAt(plan, n)).filter(
  ({ observations }) => observations.length <= 100,
);
const cluster = await startCluster(databaseHome(home));
const database = await openDatabase({ url: cluster.url });
try {
  await migrate(database, migrations);
  const record = openRecord({ database, clock: systemClock, newId, baseUrl: 'http://127.0.0.1/fhir' });
  console.log(`${size} resources, ${connections} at once, ${seconds} s each\n`);
  console.log(`${''.padEnd(52)}everything: per s, p50, p99 ms    a GP: per s, p50, p99 ms    share`);
  for (const [name, ask] of Object.entries(cases)) {
    await measured(record, ask, () => 'everything'); // warm-up
    const all = await measured(record, ask, () => 'everything');
    await measured(record, ask, sightOf);
    const some = await measured(record, ask, sightOf);
    const shown = ({ perSecond, p50, p99 }: typeof all) =>
      `${perSecond.toFixed(0).padStart(8)} ${p50.toFixed(2).padStart(7)} ${p99.toFixed(2).padStart(7)}`;
    console.log(
      `${name.padEnd(52)}${shown(all)}        ${shown(some)}        ${(some.perSecond / all.perSecond).toFixed(2)}`,
    );
  }
} finally {
  await database.close();
  await cluster.stop();
}
