/** The audit log as an operator proves it: sealed by a running server, verified beside it, tampered with by the owner. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { attachCluster } from '../src/platform/cluster.ts';
import { testDatabaseUrl } from './support/database.ts';
import { atEnd } from './support/ending.ts';
import { startProduct, throughline } from './support/product.ts';

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; out: string; told: string }> {
  const child = throughline(args, env);
  let out = '';
  let told = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    told += chunk.toString();
  });
  const [code] = await once(child, 'close');
  return { code, out, told };
}

test('a server seals what it writes; verify proves it and finds what the owner of the database changed', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'throughline-audit-'));
  chmodSync(dataDir, 0o711); // the database runs as another account
  atEnd(t, async () => rmSync(dataDir, { recursive: true, force: true }));
  const product = await startProduct(dataDir);
  atEnd(t, () => product.stop());
  for (let n = 0; n < 5; n += 1) await (await fetch(`${product.url}/fhir/Patient/none-${n}`)).arrayBuffer();
  const owner = postgres((await attachCluster(join(dataDir, 'database'))) ?? '', {
    max: 1,
    onnotice: () => {},
  });
  atEnd(t, () => owner.end());
  for (;;) {
    const [left] =
      await owner`select count(*) as n from audit where xid > coalesce((select max(to_xid) from audit_seal), '0')`;
    if (Number(left?.['n']) === 0) break;
    await pause(100);
  }
  const env = { DATA_DIR: dataDir };
  const sound = await run(['audit', 'verify'], env);
  assert.equal(sound.code, 0, sound.told);
  // Those five, and what the rooms read for themselves.
  const [, entries = ''] =
    /^(\d+) entries in \d+ blocks? verified: nothing was changed\.$/m.exec(sound.out) ?? [];
  assert.ok(Number(entries) >= 5, sound.out);
  assert.match(sound.told, new RegExp(`${entries} of ${entries} audit entries, 100 %`));

  const heads = join(dataDir, 'heads.json');
  const exported = await run(['audit', 'export'], env);
  assert.equal(exported.code, 0, exported.told);
  writeFileSync(heads, exported.out);
  assert.equal((await run(['audit', 'verify', '--heads', heads], env)).code, 0);

  await owner.begin(async (sql) => {
    await sql.unsafe(
      `set local session_replication_role = replica; update audit set outcome = 200 where id = 'none-3'`,
    );
  });
  const changed = await run(['audit', 'verify', '--heads', heads, '--from', '1'], env);
  assert.equal(changed.code, 1);
  assert.match(
    changed.out,
    /^Row \d+ of transaction \d+, written at \S+, was changed after it was sealed in block \d+/m,
  );
  await owner.begin(async (sql) => {
    await sql.unsafe(
      'set local session_replication_role = replica; delete from audit_seal; delete from audit_head; delete from audit',
    );
  });
  assert.match((await run(['audit', 'verify', '--heads', heads], env)).out, /the end was cut off/);
});

test('with an owner apart, the server’s user is granted what it needs; one user for all is told what it may', async (t) => {
  const ownerUrl = await testDatabaseUrl(t);
  const user = `server_${new URL(ownerUrl).pathname.slice(-12)}`;
  const owner = postgres(ownerUrl, { max: 1, onnotice: () => {} });
  await owner.unsafe(`create role ${user} login password 'x'`);
  atEnd(t, async () => {
    await owner.unsafe(`drop owned by ${user}; drop role ${user}`);
    await owner.end();
  });
  const url = new URL(ownerUrl);
  url.username = user;
  url.password = 'x';
  const alone = await run(['migrate'], { DATABASE_URL: url.href });
  assert.match(alone.told, /Set DATABASE_OWNER_URL/);
  const both = await run(['migrate'], { DATABASE_URL: url.href, DATABASE_OWNER_URL: ownerUrl });
  assert.equal(both.code, 0, both.told);
  const apart = await run(['check'], { DATABASE_URL: url.href });
  assert.deepEqual([apart.code, apart.out], [0, '0 resources checked: no faults.\n'], apart.told);
  assert.match(
    (await run(['check'], { DATABASE_URL: ownerUrl })).out,
    /database user may delete audit entries.*DATABASE_OWNER_URL/,
  );
});

test('what cannot be understood is said', async (t) => {
  const env = { DATABASE_URL: await testDatabaseUrl(t) };
  for (const [args, code, said] of [
    [[], 2, /audit verify/],
    [['verify', '--from', 'yesterday'], 2, /2026-11-01/],
    [['export', '--from', '1'], 2, /takes no options/],
    [['verify', '--heads', join(tmpdir(), 'none.json')], 1, /cannot be read/],
    [['verify'], 1, /throughline migrate/],
  ] as const) {
    const result = await run(['audit', ...args], env);
    assert.equal(result.code, code);
    assert.match(result.told, said);
  }
});
