// Global set-up of `node --test`: one database server for the whole run, found by tests in the environment.
import { startTestCluster } from './test-cluster.ts';

let stop: (() => Promise<void>) | undefined;

export async function globalSetup(): Promise<void> {
  if (process.env['THROUGHLINE_TEST_DATABASE']) return; // given from outside
  const cluster = await startTestCluster();
  process.env['THROUGHLINE_TEST_DATABASE'] = cluster.url;
  stop = cluster.stop;
}

export async function globalTeardown(): Promise<void> {
  await stop?.();
}
