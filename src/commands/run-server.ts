import { once } from 'node:events';
import { migrations } from '../app/migrations.ts';
import { type App, openApp } from '../app.ts';
import { systemClock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import { createLog, type Log } from '../platform/log.ts';
import { problem } from '../platform/problem.ts';
import { isServerProcess, runProcesses } from '../platform/processes.ts';
import { openStore } from '../platform/store.ts';
import { bringUpToDate } from '../record/bring-up-to-date.ts';

/**
 * Serves until the signal: in this process, or in several with this one to keep them and the database
 * running. `onReady` is told once, when requests are answered. Answers the exit code.
 */
export async function runServer(
  config: Config,
  signal: AbortSignal,
  onReady: (address: string) => void,
): Promise<number> {
  const log = createLog({ level: config.logLevel });
  if (config.processes === 1 || isServerProcess())
    return serve(config, log, signal, isServerProcess() ? () => {} : onReady);

  let lost = false;
  const broken = new AbortController();
  const giveUp = () => {
    lost = true;
    broken.abort();
  };
  const store = await openStore(config, { role: 'server', log, onLost: giveUp });
  try {
    await bringUpToDate(store, migrations);
    const processes = runProcesses({
      count: config.processes,
      // What each needs to serve: the owner's rights are for this process alone.
      env: { DATABASE_URL: store.database.url, DATABASE_OWNER_URL: '' },
      log,
      clock: systemClock,
      stopSeconds: config.shutdownSeconds + 10,
      onHopeless: giveUp,
    });
    const end = AbortSignal.any([signal, broken.signal]);
    try {
      const stopped = aborted(end);
      await Promise.race([processes.ready, stopped]);
      if (!end.aborted) onReady(config.baseUrl);
      await stopped;
    } finally {
      await processes.stop();
    }
  } finally {
    await store.close();
  }
  return lost ? 1 : 0;
}

async function serve(
  config: Config,
  log: Log,
  signal: AbortSignal,
  onReady: (address: string) => void,
): Promise<number> {
  let lost = false;
  const broken = new AbortController();
  const app: App = await openApp(config, {
    log,
    signal,
    onLost: () => {
      lost = true;
      broken.abort();
    },
  });
  try {
    if (!signal.aborted) {
      const address = await listen(app, config);
      // A free port is known only now.
      onReady(config.port === 0 ? address : config.baseUrl);
      await aborted(AbortSignal.any([signal, broken.signal]));
    }
  } finally {
    await app.close();
  }
  return lost ? 1 : 0;
}

async function listen(app: App, config: Config): Promise<string> {
  try {
    return await app.listen();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw problem(
        'conflict',
        `Port ${config.port} is used by another program. Set PORT to another, such as ${config.port + 1}.`,
        { cause: error },
      );
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
      throw problem(
        'value',
        `This machine does not let it listen on ${config.host}:${config.port} (${code}). Set HOST and PORT.`,
        { cause: error },
      );
    throw error;
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
