import { join } from 'node:path';
import { startCluster } from './cluster.ts';
import type { Config } from './config.ts';
import { type Database, openDatabase } from './database.ts';
import { takeLock } from './instance-lock.ts';
import type { Log } from './log.ts';
import { problem } from './problem.ts';

/** The database that the configuration names, open, with whatever runs it. */
export interface Store {
  /** As the server's user. */
  readonly database: Database;
  /**
   * Does what only the database's owner may, such as migrations. `server` is the user that `database` is opened as, to be
   * granted what it needs; undefined where no owner apart from it is configured: then `owner` is `database`.
   */
  readonly asOwner: <T>(work: (owner: Database, server: string | undefined) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

/**
 * `server`: the one server of its data folder; a second is refused. `command`: works beside a running server,
 * or alone.
 */
export type Role = 'server' | 'command';

export interface StoreOptions {
  readonly role: Role;
  readonly log: Log;
  /** Told when the embedded database died and cannot be started again. */
  readonly onLost?: (error: unknown) => void;
}

/** The folder of the embedded database. */
const databaseFolder = (config: Pick<Config, 'dataDir'>): string => join(config.dataDir, 'database');

/**
 * Opens the database of the configuration, and runs the embedded one where none is named.
 */
export async function openStore(config: Config, options: StoreOptions): Promise<Store> {
  const { role, log } = options;
  const { databasePool: pool, searchTimeoutSeconds: statementSeconds } = config;
  if (config.databaseUrl !== undefined) {
    const { databaseUrl: url, databaseOwnerUrl: ownerUrl } = config;
    const database = await openDatabase({ url, pool, statementSeconds });
    return {
      database,
      asOwner: ownerUrl === undefined ? (work) => work(database, undefined) : withOwner(ownerUrl, url),
      close: database.close,
    };
  }
  const lock = role === 'server' ? lockData(config.dataDir) : undefined;
  try {
    const cluster = await startCluster(databaseFolder(config), {
      onRestart: () => log.warn('the embedded database had died and was started again'),
      onLost: (error) => {
        log.fatal({ err: error }, 'the embedded database died and cannot be started again');
        options.onLost?.(error);
      },
    });
    const database = await openDatabase({ url: cluster.serverUrl, pool, statementSeconds });
    const close = async () => {
      await database.close();
      if (!(await cluster.stop())) log.info('the embedded database keeps running: another program uses it');
      lock?.release();
    };
    return { database, asOwner: withOwner(cluster.url, cluster.serverUrl), close };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/** Opens connections as the owner for as long as the work takes: a server that runs holds none. */
const withOwner =
  (ownerUrl: string, serverUrl: string): Store['asOwner'] =>
  async (work) => {
    const owner = await openDatabase({ url: ownerUrl, pool: 1, name: 'throughline owner' });
    try {
      return await work(owner, decodeURIComponent(new URL(serverUrl).username));
    } finally {
      await owner.close();
    }
  };

function lockData(folder: string): { release: () => void } {
  const attempt = takeLock(folder, 'server.lock');
  if ('lock' in attempt) return attempt.lock;
  throw problem(
    'conflict',
    `A Throughline server (process ${attempt.heldBy}) already runs on ${folder}. Stop it first, or give this one another DATA_DIR and PORT. To use more cores, set PROCESSES.`,
  );
}
