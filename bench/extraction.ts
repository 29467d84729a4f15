/**
 * Microseconds to draw all search values from a resource, over the real Synthea bundles.
 *   node bench/extraction.ts [bundles]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Bzip2 from '@foxglove/wasm-bz2';
import type { Bundle, Resource } from '@medplum/fhirtypes';
import { extract } from '../src/fhir/extract.ts';
import { syntheaFolder } from './synthea.ts';

/** Far above the largest of the bundles, in bytes. */
const decompressedLimit = 64 << 20;
const rounds = 15;

async function readBundles(count: number): Promise<Resource[]> {
  const bzip2 = await Bzip2.init();
  return readdirSync(syntheaFolder)
    .filter((file) => file.endsWith('.json.bz2'))
    .slice(0, count)
    .flatMap((file) => {
      const text = Buffer.from(bzip2.decompress(readFileSync(join(syntheaFolder, file)), decompressedLimit));
      const { entry = [] } = JSON.parse(text.toString('utf8')) as Bundle; // Synthea's own output
      return entry.flatMap(({ resource }) => (resource ? [resource] : []));
    });
}

/** The median of the rounds, in microseconds for each resource. */
function measure(resources: readonly Resource[]): { microseconds: number; values: number } {
  const times: number[] = [];
  let values = 0;
  for (let round = 0; round < rounds; round++) {
    values = 0;
    const start = performance.now();
    for (const resource of resources) for (const found of extract(resource).values()) values += found.length;
    times.push(((performance.now() - start) * 1000) / resources.length);
  }
  times.sort((a, b) => a - b);
  return { microseconds: times[rounds >> 1] as number, values: values / resources.length };
}

const resources = await readBundles(Number(process.argv[2] ?? 12));
const byType = Map.groupBy(resources, (resource) => resource.resourceType);
console.log('type                     resources   µs each   values each');
for (const [type, group] of [...byType, ['all', resources] as const].sort(
  ([, a], [, b]) => a.length - b.length,
)) {
  const { microseconds, values } = measure(group);
  const count = String(group.length).padStart(9);
  console.log(
    `${type.padEnd(24)} ${count} ${microseconds.toFixed(1).padStart(9)} ${values.toFixed(1).padStart(13)}`,
  );
}
