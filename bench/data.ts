/**
 * Writes the synthetic population as NDJSON, once for each size, order and seed.
 *   node bench/data.ts --size 100000 --out .data/bench/data [--order patient|arrival] [--seed 7]
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { firstDay, lastDay, type Person, personAt, planFor, sharedResources } from './population.ts';

/**
 * In which order the record gets the data: person by person, as when a region's systems are loaded, or month by month
 * as care happens, so that one person's rows lie scattered.
 */
export type Order = 'patient' | 'arrival';

export interface DataSet {
  readonly folder: string;
  readonly size: number;
  readonly seed: number;
  readonly order: Order;
  /** Names of the files in `folder`, in the order to load them. */
  readonly files: readonly string[];
  readonly resources: number;
  readonly bytes: number;
  readonly byType: Readonly<Record<string, number>>;
}

const resourcesPerFile = 20_000;
const bufferSize = 1 << 20;

/** An NDJSON file that is being written. */
function ndjson(path: string): { readonly add: (line: string) => void; readonly close: () => void } {
  const file = openSync(path, 'w');
  let waiting: string[] = [];
  let length = 0;
  const flush = (): void => {
    if (waiting.length > 0) writeSync(file, `${waiting.join('\n')}\n`);
    waiting = [];
    length = 0;
  };
  return {
    add: (line) => {
      waiting.push(line);
      length += line.length;
      if (length > bufferSize) flush();
    },
    close: () => {
      flush();
      closeSync(file);
    },
  };
}

/** Milliseconds of the moment that a resource tells of; people themselves come first. */
function momentOf(resource: object): number {
  const { effectiveDateTime, recordedDate, period } = resource as {
    effectiveDateTime?: string;
    recordedDate?: string;
    period?: { start?: string };
  }; // the three dates that our own resources have
  return Date.parse(effectiveDateTime ?? recordedDate ?? period?.start ?? new Date(firstDay).toISOString());
}

/** The data set in its own folder under `parent`; made where it is not there yet. */
export function dataSet(parent: string, size: number, order: Order, seed: number): DataSet {
  const folder = join(parent, `${size}-${order}-${seed}`);
  const manifest = join(folder, 'manifest.json');
  if (existsSync(manifest)) return { ...(JSON.parse(readFileSync(manifest, 'utf8')) as DataSet), folder };

  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const plan = planFor(size, seed);
  const byType: Record<string, number> = {};
  let bytes = 0;
  let resources = 0;
  const files: string[] = [];
  const create = (name: string): ReturnType<typeof ndjson> => {
    files.push(name);
    return ndjson(join(partial, name));
  };
  const put = (file: ReturnType<typeof ndjson>, resource: { resourceType: string }): void => {
    const line = JSON.stringify(resource);
    byType[resource.resourceType] = (byType[resource.resourceType] ?? 0) + 1;
    bytes += Buffer.byteLength(line);
    resources += 1;
    file.add(line);
  };

  const shared = create('000-shared.ndjson');
  for (const resource of sharedResources(plan)) put(shared, resource);
  shared.close();

  const months = (lastDay - firstDay) / 120 + 1;
  const byMonth =
    order === 'arrival'
      ? Array.from({ length: 120 }, (_, month) =>
          create(`${String(month + 1).padStart(3, '0')}-month.ndjson`),
        )
      : [];
  let current: ReturnType<typeof ndjson> | undefined;
  let inFile = 0;
  for (let index = 0; index < plan.patients; index += 1) {
    const all = resourcesOf(personAt(plan, index));
    if (order === 'arrival') {
      for (const resource of all)
        put(byMonth[Math.floor((momentOf(resource) - firstDay) / months)]!, resource);
      continue;
    }
    if (current === undefined || inFile > resourcesPerFile) {
      current?.close();
      current = create(`${String(files.length).padStart(3, '0')}-people.ndjson`);
      inFile = 0;
    }
    for (const resource of all) put(current, resource);
    inFile += all.length;
  }
  current?.close();
  for (const file of byMonth) file.close();

  const made: DataSet = { folder, size, seed, order, files, resources, bytes, byType };
  writeFileSync(join(partial, 'manifest.json'), JSON.stringify(made, null, 2));
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return made;
}

const resourcesOf = (person: Person): readonly { resourceType: string }[] => [
  person.patient,
  ...person.encounters,
  ...person.conditions,
  ...person.observations,
];

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: '100000' },
      out: { type: 'string', default: '.data/bench/data' },
      order: { type: 'string', default: 'patient' },
      seed: { type: 'string', default: '7' },
    },
  });
  if (values.order !== 'patient' && values.order !== 'arrival')
    throw new Error('--order is patient or arrival');
  const made = dataSet(values.out, Number(values.size), values.order, Number(values.seed));
  console.log(`${made.resources} resources, ${made.bytes} bytes in ${made.folder}`);
}
