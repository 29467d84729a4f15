import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster, stopCluster } from '../../src/platform/cluster.ts';
import { beginningOf } from '../../src/platform/instance-lock.ts';

const start = 'throughline-test-';

/** A database server in a folder of its own, for one run of the tests. Its data is worth nothing: fsync is off. */
export async function startTestCluster(): Promise<{ url: string; stop: () => Promise<void> }> {
  await clearLeftOvers();
  const home = mkdtempSync(join(tmpdir(), `${start}${process.pid}-`));
  chmodSync(home, 0o711);
  const cluster = await startCluster(home, {
    settings: {
      fsync: 'off',
      full_page_writes: 'off',
      shared_buffers: '128MB',
      max_wal_size: '1GB',
      max_connections: '300',
    },
  });
  let stopped = false;
  // A run that ends early (Ctrl-C, a crash) has no time to wait.
  const atExit = () => {
    if (stopped) return;
    endAtOnce(home);
    rmSync(home, { recursive: true, force: true });
  };
  process.once('exit', atExit);
  const stop = async () => {
    await cluster.stop();
    await stopCluster(home);
    stopped = true;
    process.removeListener('exit', atExit);
    rmSync(home, { recursive: true, force: true });
  };
  return { url: cluster.url, stop };
}

/** Servers of runs that were killed: their maker is gone. */
async function clearLeftOvers(): Promise<void> {
  for (const entry of readdirSync(tmpdir())) {
    const maker = entry.startsWith(start) ? Number.parseInt(entry.slice(start.length), 10) : Number.NaN;
    if (Number.isNaN(maker) || beginningOf(maker) !== undefined) continue;
    const home = join(tmpdir(), entry);
    try {
      await stopCluster(home);
      rmSync(home, { recursive: true, force: true });
    } catch {
      // another account's, or another run clears it too
    }
  }
}

function endAtOnce(home: string): void {
  try {
    const pid = Number(readFileSync(join(home, 'data/postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGQUIT');
    spawnSync('sleep', ['0.2']); // its processes write until they are gone
  } catch {
    // already gone
  }
}
