/** The pages over a real record, served as the product serves them. */
import type { Resource } from '@medplum/fhirtypes';
import { systemClock } from '../../src/platform/clock.ts';
import { createServer, type HttpServer } from '../../src/platform/http.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { createLog } from '../../src/platform/log.ts';
import type { CareRecord, Change } from '../../src/record/care-record.ts';
import { about } from '../../src/services/about/index.ts';
import { chart } from '../../src/services/chart/index.ts';
import { start } from '../../src/services/start/index.ts';
import { setUpShell } from '../../src/web/shell.ts';
import { tester } from './record.ts';

/** What pages take for now: ages and what is still to come follow from it. */
export const pagesNow = Date.parse('2026-11-22T12:00:00Z');

export async function pagesServer(record: CareRecord): Promise<HttpServer> {
  const shell = setUpShell();
  const server = await createServer({
    log: createLog({ level: 'error' }),
    newId: uuidv7(systemClock),
    bodyLimit: 1_000_000,
    ready: async () => [],
    renderers: [shell.errorRenderer],
  });
  shell.register(server.app);
  const actorOf = () => ({ ...tester, via: 'page' as const });
  const needs = { record, shell, clock: { now: () => pagesNow }, actorOf };
  chart(needs).register(server.app);
  const nobody = { viewerOf: () => undefined, isDemonstration: true };
  start({ ...needs, ...nobody }).register(server.app);
  about({ shell, contact: undefined, isDemonstration: true }).register(server.app);
  return server;
}

/** Writes resources that have ids, a thousand at a time. */
export async function putAll(record: CareRecord, resources: readonly Resource[]): Promise<void> {
  for (let at = 0; at < resources.length; at += 1000) {
    const changes = resources.slice(at, at + 1000).map((resource): Change => {
      const text = JSON.stringify(resource);
      return { kind: 'update', type: resource.resourceType, id: resource.id ?? '', text };
    });
    await record.commit(tester, changes);
  }
}

/** The resources of a Synthea bundle as a record keeps them: references by urn:uuid are made literal. */
export function resourcesOfBundle(text: string): Resource[] {
  const bundle = JSON.parse(text) as { entry: { fullUrl: string; resource: Resource }[] };
  const types = new Map(
    bundle.entry.map(({ fullUrl, resource }) => [fullUrl, `${resource.resourceType}/${resource.id}`]),
  );
  const literal = text.replaceAll(/"urn:uuid:[0-9a-f-]{36}"/g, (quoted) => {
    const target = types.get(quoted.slice(1, -1));
    return target ? `"${target}"` : quoted;
  });
  return (JSON.parse(literal) as typeof bundle).entry.map((entry) => entry.resource);
}
