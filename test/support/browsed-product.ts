/** The whole product with the demonstration's named people, in this process, as a browser on this machine reaches it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '../../src/app/migrations.ts';
import { openApp } from '../../src/app.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { createLog } from '../../src/platform/log.ts';
import type { KnownRoute } from '../../src/platform/routes.ts';
import { testDatabaseUrl } from './database.ts';
import { atEnd, type Ending } from './ending.ts';
import { freePort } from './free-port.ts';

export interface BrowsedProduct {
  readonly url: string;
  readonly databaseUrl: string;
  readonly routes: readonly KnownRoute[];
}

export async function browsedProduct(
  t: Ending,
  settings: Readonly<Record<string, string>> = {},
): Promise<BrowsedProduct> {
  const databaseUrl = await testDatabaseUrl(t, { migrations });
  const dataDir = mkdtempSync(join(tmpdir(), 'throughline-browsed-'));
  atEnd(t, () => rmSync(dataDir, { recursive: true, force: true }));
  const port = String(await freePort());
  const env = {
    ...{ PORT: port, BASE_URL: `http://127.0.0.1:${port}`, DATABASE_URL: databaseUrl, DATA_DIR: dataDir },
    ...{ SHUTDOWN_SECONDS: '1', DEMO_PEOPLE: '0', ...settings },
  };
  const app = await openApp(loadConfig({ mode: 'start', env }), { log: createLog({ level: 'error' }) });
  atEnd(t, app.close);
  await app.listen();
  return { url: env.BASE_URL, databaseUrl, routes: app.routes };
}
