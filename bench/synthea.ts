/** The real bundles that the import is measured with, as they are and as NDJSON. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Bzip2 from '@foxglove/wasm-bz2';
import type { Bundle } from '@medplum/fhirtypes';

/** Far above the largest of the bundles, in bytes. */
const decompressedLimit = 64 << 20;

/** The folder of a developer's checkout where the bundles lie; benchmarks that need them say so when it is absent. */
export const syntheaFolder = join(import.meta.dirname, '../../shared/data/fhir/synthea-80');

export interface SyntheaInput {
  /** What to give to the import command. */
  readonly path: string;
  readonly resources: number;
}

/** Counts the resources of the bundles and writes the same as NDJSON, references by id, one file for all. */
export async function syntheaInputs(work: string): Promise<{ bundles: SyntheaInput; ndjson: SyntheaInput }> {
  const bzip2 = await Bzip2.init();
  const lines: string[] = [];
  for (const name of readdirSync(syntheaFolder).filter((file) => file.endsWith('.json.bz2'))) {
    const packed = readFileSync(join(syntheaFolder, name));
    const text = Buffer.from(bzip2.decompress(packed, decompressedLimit)).toString('utf8');
    const { entry = [] } = JSON.parse(text) as Bundle; // Synthea's own output
    const places = new Map(
      entry.map(({ fullUrl, resource }) => [fullUrl, `${resource?.resourceType}/${resource?.id}`]),
    );
    for (const { resource } of entry) {
      const line = JSON.stringify(resource);
      lines.push(
        line.replace(/"urn:uuid:[0-9a-f-]{36}"/g, (quoted) => {
          const place = places.get(quoted.slice(1, -1));
          return place === undefined ? quoted : `"${place}"`;
        }),
      );
    }
  }
  const folder = join(work, 'synthea-ndjson');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'synthea.ndjson'), `${lines.join('\n')}\n`);
  const resources = lines.length;
  return { bundles: { path: syntheaFolder, resources }, ndjson: { path: folder, resources } };
}
