/** The files of MapLibre as they were published: sent to whoever asks for the map that moves, and kept by their browser. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { problem } from '../../../platform/problem.ts';

const folder = dirname(fileURLToPath(import.meta.resolve('maplibre-gl')));

const types: Readonly<Record<string, string>> = {
  'maplibre-gl.mjs': 'text/javascript; charset=utf-8',
  'maplibre-gl-shared.mjs': 'text/javascript; charset=utf-8',
  'maplibre-gl-worker.mjs': 'text/javascript; charset=utf-8',
  'maplibre-gl.css': 'text/css; charset=utf-8',
};

const { version } = JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8')) as { version: string }; // of the package

/** Addresses with the version in them: another release is another address. The files name each other. */
export const mapPart = (name: keyof typeof types & string): string => `/lines/map-parts/${version}/${name}`;

export function mapParts(app: FastifyInstance): void {
  app.get<{ Params: { version: string; name: string } }>(
    '/lines/map-parts/:version/:name',
    async ({ params }, reply) => {
      const type = Object.hasOwn(types, params.name) ? types[params.name] : undefined;
      if (type === undefined || params.version !== version)
        throw problem('not-found', 'There is no such part of the map. Open the map again.');
      return reply
        .header('cache-control', 'public, max-age=31536000, immutable')
        .type(type)
        .send(await readFile(join(folder, params.name)));
    },
  );
}
