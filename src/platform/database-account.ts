import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The account that the embedded database runs as. Empty: the same as this process. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

const isRoot = process.getuid?.() === 0;
let known: Account | undefined;

/** PostgreSQL refuses to run as root. `postgres` where there is one, else `nobody`, which is everywhere. */
export function databaseAccount(): Account {
  if (known) return known;
  if (!isRoot) {
    known = {};
    return known;
  }
  const user = spawnSync('id', ['-u', 'postgres']).status === 0 ? 'postgres' : 'nobody';
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  known = { uid: id('-u'), gid: id('-g') };
  return known;
}

/** True when the account may enter the folder (or the nearest one above it that exists) and all above that. */
export function canReach(account: Account, folder: string): boolean {
  if (account.uid === undefined) return true;
  for (let path = resolve(folder); ; path = dirname(path)) {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found) {
      const bit = found.uid === account.uid ? 0o100 : found.gid === account.gid ? 0o010 : 0o001;
      if ((found.mode & bit) === 0) return false;
    }
    if (path === dirname(path)) return true;
  }
}

/** The folder of this checkout. */
export const checkout: string = resolve(import.meta.dirname, '../..');

/**
 * Where data is kept unless the configuration says otherwise: `.data` in the checkout. For root, when the
 * database's account cannot enter the checkout (such as one under /root), /var/lib/throughline.
 */
export function defaultDataFolder(): string {
  return canReach(databaseAccount(), checkout) ? join(checkout, '.data') : '/var/lib/throughline';
}
