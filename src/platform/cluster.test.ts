import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { atEnd } from '../../test/support/ending.ts';
import { attachCluster, startCluster, stopCluster } from './cluster.ts';
import { openDatabase } from './database.ts';

function folder(t: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), 'throughline-cluster-'));
  chmodSync(home, 0o711);
  atEnd(t, async () => {
    await stopCluster(home);
    rmSync(home, { recursive: true });
  });
  return home;
}

const small = { settings: { shared_buffers: '16MB', max_wal_size: '100MB' } };
const pidFile = (home: string) => join(home, 'data/postmaster.pid');
const pidOf = (home: string) => Number(readFileSync(pidFile(home), 'utf8').split('\n')[0]);

test('a cluster starts, is joined, stops when the last one leaves, and keeps its data', async (t) => {
  const home = folder(t);
  assert.equal(await attachCluster(home), undefined);
  const first = await startCluster(home, small);
  assert.equal(first.started, true);
  assert.equal(await attachCluster(home), first.url);
  const second = await startCluster(home, small);
  assert.deepEqual([second.started, second.url], [false, first.url]);
  const db = await openDatabase({ url: second.url, pool: 1 });
  await db.pool`create table kept as select 1 as n`;
  assert.equal(await first.stop(), false, 'another program is connected');
  assert.equal((await db.pool`select n from kept`)[0]?.['n'], 1);
  await db.close();
  assert.equal(await second.stop(), true);
  assert.equal(await attachCluster(home), undefined);
  const again = await startCluster(home, small);
  assert.equal(again.url, first.url);
  const reopened = await openDatabase({ url: again.url, pool: 1 });
  assert.equal((await reopened.pool`select n from kept`)[0]?.['n'], 1);
  await reopened.close();
  await again.stop();
});

test('the database does not run as root, and no other account reads its data', async (t) => {
  const home = folder(t);
  const cluster = await startCluster(home, small);
  if (process.platform === 'linux') assert.notEqual(statSync(`/proc/${pidOf(home)}`).uid, 0);
  assert.equal(statSync(join(home, 'data')).mode & 0o077, 0);
  assert.equal(statSync(join(home, 'password')).mode & 0o077, 0);
  await cluster.stop();
});

test('a killed database is started again on its port, and open connections go on', async (t) => {
  const home = folder(t);
  let restarted = () => {};
  const again = new Promise<void>((done) => {
    restarted = done;
  });
  const cluster = await startCluster(home, { ...small, onRestart: () => restarted() });
  const db = await openDatabase({ url: cluster.url, pool: 2 });
  await db.pool`create table kept (n int)`;
  await db.pool`insert into kept values (1)`;
  process.kill(pidOf(home), 'SIGKILL');
  await again;
  let rows: readonly unknown[] = [];
  for (let tries = 0; rows.length === 0 && tries < 100; tries += 1) {
    rows = await db.pool`select n from kept`.catch(() => []);
    if (rows.length === 0) await pause(20);
  }
  assert.equal(rows.length, 1);
  await db.close();
  assert.equal(await cluster.stop(), true);
});

test('a process number that another program now has does not keep the database out', async (t) => {
  const home = folder(t);
  await (await startCluster(home, small)).stop();
  writeFileSync(pidFile(home), `${process.pid}\n${join(home, 'data')}\n0\n1\n\n127.0.0.1\n\nready\n`);
  const cluster = await startCluster(home, small);
  assert.equal(cluster.started, true);
  await cluster.stop();
});

test('many that start at once share one database', async (t) => {
  const home = folder(t);
  const clusters = await Promise.all([1, 2, 3].map(() => startCluster(home, small)));
  assert.equal(new Set(clusters.map((cluster) => cluster.url)).size, 1);
  await Promise.all(clusters.map((cluster) => cluster.stop()));
  assert.equal(await attachCluster(home), undefined);
});

test('data of another PostgreSQL is refused in words', async (t) => {
  const home = folder(t);
  await (await startCluster(home, small)).stop();
  writeFileSync(join(home, 'data/PG_VERSION'), '17\n');
  await assert.rejects(startCluster(home, small), /PostgreSQL 17/);
});
