// The whole composition on one page: what everything stands on, the record, then what people see.
import { openAccess } from './access/access.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { folderStore } from './platform/files.ts';
import { createServer } from './platform/http.ts';
import { uuidv7 } from './platform/ids.ts';
import { jobMigrations, openJobs } from './platform/jobs.ts';
import type { Log } from './platform/log.ts';
import { type Migration, pendingMigrations } from './platform/migrations.ts';
import { metricsOfAll } from './platform/processes.ts';
import { openStore } from './platform/store.ts';
import { openSigningKey } from './record/audit/heads.ts';
import { keepSealing } from './record/audit/seal.ts';
import { keepAuditPartitions } from './record/audit-partitions.ts';
import { bringUpToDate } from './record/bring-up-to-date.ts';
import { ownerAdvice, rightsOverAudit } from './record/database-rights.ts';
import { openRecord } from './record/record.ts';
import { fhirErrors } from './record/rest/errors.ts';
import { fhirRoutes } from './record/rest/routes.ts';
import { recordMigrations } from './record/schema.ts';
import { chart } from './services/chart/index.ts';
import { setUpShell } from './web/shell.ts';

/** Every step of the schema, lowest floor first. */
export const migrations: readonly Migration[] = [...jobMigrations, ...recordMigrations];

const fhirPath = '/fhir';

export interface App {
  /** Starts answering. Answers the address. */
  readonly listen: () => Promise<string>;
  readonly close: () => Promise<void>;
}

export interface AppOptions {
  readonly log: Log;
  readonly clock?: Clock;
  /** Told when the embedded database died and cannot be started again. */
  readonly onLost?: (error: unknown) => void;
}

/** Opens everything, lowest floor first; what was opened is closed again when a later part fails. */
export async function openApp(
  config: Config,
  { log, clock = systemClock, onLost }: AppOptions,
): Promise<App> {
  const endings: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of endings.splice(0).reverse()) await end();
  };
  try {
    const store = await openStore(config, { role: 'server', log, ...(onLost ? { onLost } : {}) });
    endings.push(store.close);
    const { database } = store;
    await bringUpToDate(store, migrations);
    for (const right of await rightsOverAudit(database.pool))
      log.warn(`the server’s database user ${right}. ${ownerAdvice}`);
    const key = openSigningKey(config.auditSigningKey, config.dataDir);
    endings.push(keepSealing({ database, clock, log, key }));
    await folderStore(config.filesDir);
    const newId = uuidv7(clock);
    const jobs = await openJobs({ database, clock, newId, log, concurrency: config.jobConcurrency });
    endings.push(jobs.close);

    const ready = async () => {
      try {
        const missing = await pendingMigrations(database, migrations);
        return missing.length > 0 ? ['the schema is not up to date'] : [];
      } catch {
        return ['the database does not answer, or is newer than this release'];
      }
    };
    const shell = setUpShell();
    const server = await createServer({
      log,
      newId,
      bodyLimit: config.bodyLimitMb * 1024 * 1024,
      trustProxy: config.trustProxy,
      https: config.baseUrl.startsWith('https:'),
      ready,
      renderers: [fhirErrors(fhirPath), shell.errorRenderer],
      metricsToken: config.accessToken,
      metricsOfAll,
      shutdownSeconds: config.shutdownSeconds,
    });
    endings.push(server.close);

    const { app: http } = server;
    const access = openAccess({
      accessToken: config.accessToken,
      identityOf: async () => undefined,
      sightOf: async () => ({ grants: [] }),
      clientOf: async () => undefined,
    });
    access.register(http);
    const baseUrl = `${config.baseUrl}${fhirPath}`;
    const record = openRecord({ database, clock, newId, baseUrl });
    endings.push(await keepAuditPartitions(database, clock));
    const limits = { body: config.bodyLimitMb * 1024 * 1024 };
    await http.register(fhirRoutes({ record, actorOf: access.apiActor, baseUrl, clock, limits }), {
      prefix: fhirPath,
    });

    shell.register(http);
    const services = [chart({ record, shell, clock, actorOf: access.pageActor })];
    for (const service of services) service.register(http);
    await jobs.run();
    return { listen: () => server.listen(config.host, config.port), close };
  } catch (error) {
    await close();
    throw error;
  }
}
