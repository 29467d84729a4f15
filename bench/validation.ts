/**
 * Microseconds to read and to validate a resource, over the real Synthea bundles, beside bare JSON.parse.
 * With a guide of profiles, also what these cost over the demonstration's resources, which claim UK Core's.
 *   node bench/validation.ts [bundles] [folder or package of profiles]
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Bzip2 from '@foxglove/wasm-bz2';
import type { Bundle } from '@medplum/fhirtypes';
import { castResources } from '../src/demo/cast/cast.ts';
import { makeRegion, regionResources } from '../src/demo/region.ts';
import { parseJson } from '../src/fhir/json.ts';
import { openProfiles } from '../src/fhir/profiles/profile-set.ts';
import { validate } from '../src/fhir/validate.ts';
import { syntheaFolder } from './synthea.ts';

/** Far above the largest of the bundles, in bytes. */
const decompressedLimit = 64 << 20;
const rounds = 15;

interface Sample {
  readonly type: string;
  readonly bytes: Buffer;
  readonly text: string;
  readonly resource: unknown;
}

async function readSamples(count: number): Promise<Sample[]> {
  const bzip2 = await Bzip2.init();
  return readdirSync(syntheaFolder)
    .filter((file) => file.endsWith('.json.bz2'))
    .slice(0, count)
    .flatMap((file) => {
      const whole = Buffer.from(bzip2.decompress(readFileSync(join(syntheaFolder, file)), decompressedLimit));
      const { entry = [] } = JSON.parse(whole.toString('utf8')) as Bundle; // Synthea's own output
      return entry.flatMap(({ resource }) => {
        if (!resource) return [];
        const text = JSON.stringify(resource);
        return [{ type: resource.resourceType, text, bytes: Buffer.from(text), resource }];
      });
    });
}

/** The median of the rounds, in microseconds for each sample. */
function measure(samples: readonly Sample[], work: (sample: Sample) => unknown): number {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    for (const sample of samples) work(sample);
    times.push(((performance.now() - start) * 1000) / samples.length);
  }
  return times.sort((a, b) => a - b)[rounds >> 1] ?? Number.NaN;
}

if (!existsSync(syntheaFolder)) {
  console.log(`Nothing to measure: the Synthea bundles are not at ${syntheaFolder}.`);
  process.exit(0);
}
const samples = await readSamples(Number(process.argv[2] ?? 12));
// Synthea refers to practitioners and organisations by their identifiers.
const options = { conditionalReferences: true };
const faulty = samples.filter(({ resource }) => validate(resource, options).length > 0).length;
console.log(`${samples.length} resources, ${faulty} of them with faults; µs for each resource`);
console.log(
  'type                     resources   bytes  JSON.parse  parseJson  validate  parseJson+validate',
);
const groups = [...Map.groupBy(samples, ({ type }) => type), ['all', samples] as const];
for (const [type, group] of groups.sort(([, a], [, b]) => a.length - b.length)) {
  const cells = [
    measure(group, ({ text }) => JSON.parse(text)),
    measure(group, ({ bytes }) => parseJson(bytes)),
    measure(group, ({ resource }) => validate(resource, options)),
    measure(group, ({ bytes }) => validate(parseJson(bytes), options)),
  ].map((microseconds, i) => microseconds.toFixed(1).padStart([12, 11, 10, 20][i] ?? 10));
  const size = group.reduce((sum, { bytes }) => sum + bytes.length, 0) / group.length;
  console.log(
    `${type.padEnd(24)} ${String(group.length).padStart(9)} ${size.toFixed(0).padStart(7)}${cells.join('')}`,
  );
}

const guide = process.argv[3];
if (guide !== undefined) {
  const opened = performance.now();
  const profiles = openProfiles([guide]);
  profiles.notes(); // compiles all
  console.log(
    `\n${profiles.profiles.length} profiles opened and compiled in ${(performance.now() - opened).toFixed(0)} ms`,
  );
  const region = makeRegion({ seed: 'bench', now: Date.UTC(2026, 0, 1) });
  const made = [...regionResources(region), ...castResources(region)].map(
    (resource): Sample => ({ type: resource.resourceType, bytes: Buffer.of(), text: '', resource }),
  );
  const standard = measure(made, ({ resource }) => validate(resource));
  const claimed = measure(made, ({ resource }) => profiles.check(resource));
  console.log(
    `${made.length} resources of the demonstration: ${standard.toFixed(1)} µs for R4, ${claimed.toFixed(1)} µs for profiles`,
  );
}
