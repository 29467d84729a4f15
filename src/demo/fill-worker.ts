// A thread that makes people of the demonstration and writes their records the way of the import.
import { workerData } from 'node:worker_threads';
import type { Outcome } from '../record/import/import-units.ts';
import type { WorkerData } from '../record/import/open-writing.ts';
import { runThread } from '../record/import/run-thread.ts';
import { keepPart } from '../record/import/source-rows.ts';
import { type PlacedPlan, type Writing, writePlans, writeWhole } from '../record/import/write-plans.ts';
import type { Demonstration } from './demonstration-note.ts';
import { lifeOf } from './history/life.ts';
import { recordOf } from './history/record-of.ts';
import type { Person } from './model.ts';
import { peopleOf, randomOf } from './population/people.ts';
import { makeRegion } from './region.ts';

/** People by their numbers, counted from 1, both ends included. */
export interface PeopleTask {
  readonly source: string;
  readonly first: number;
  readonly last: number;
}

export type FillData = WorkerData & {
  readonly demonstration: Demonstration;
  /** How many there will be: relatives beyond are named, and have no record. */
  readonly people: number;
};

const { demonstration, people } = workerData as FillData; // given by fill.ts
const region = makeRegion(demonstration);

function* between(first: number, last: number): Generator<Person> {
  let n = first;
  for (const person of peopleOf(region, { from: first - 1, count: people })) {
    yield person;
    n += 1;
    if (n > last) return;
  }
}

function plansOf({ first, last }: PeopleTask): PlacedPlan[] {
  return [...between(first, last)].map((person, i) => ({
    place: first + i,
    plan: {
      links: 'none',
      refused: [],
      planned: recordOf(lifeOf(person, region, randomOf(region, person)), region).map((resource, entry) => {
        const sent = JSON.stringify(resource);
        const { resourceType: type, id = '' } = resource;
        return { entry, sent, item: { change: { kind: 'update', type, id, text: sent } } };
      }),
    },
  }));
}

async function fill(writing: Writing, task: PeopleTask): Promise<Outcome> {
  const plans = plansOf(task);
  const { written, unchanged, refusals } = await writeWhole(writing.database, async (sql, careful) => {
    const done = await writePlans(writing, sql, plans, { final: true, careful });
    await keepPart(sql, task.source, { ...task, ...done });
    return done;
  });
  const entries = plans.reduce((sum, { plan }) => sum + plan.planned.length, 0);
  return {
    ...{ kind: 'done', source: task.source, entries, written, unchanged },
    ...{ refused: refusals.length, examples: refusals.slice(0, 3) },
  };
}

runThread<PeopleTask>(fill);
