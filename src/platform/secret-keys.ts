import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { problem } from './problem.ts';

const least = 32;

/**
 * The keys that seal what is secret at rest, newest first: the first seals, the others open what former ones sealed. Taken from
 * SECRETS_KEY; a demonstration without it makes one at its first start and keeps it in the data folder for its owner alone.
 */
export function secretKeys(config: Pick<Config, 'secretsKey' | 'dataDir'>): readonly Uint8Array[] {
  return (config.secretsKey ?? keptSecret(config.dataDir, 'secrets.key')).split(',').map((text) => {
    const key = Buffer.from(text.trim(), 'base64');
    if (key.length < least)
      throw problem(
        'value',
        `SECRETS_KEY holds a key of ${key.length} bytes; each needs ${least}, in base64. Make one with: openssl rand -base64 32`,
      );
    return key;
  });
}

/** Random bytes in base64, made at the first start and kept in the data folder under a name, for its owner alone. */
export function keptSecret(folder: string, name: string): string {
  const file = join(folder, name);
  mkdirSync(folder, { recursive: true });
  try {
    // Only one of several processes that start together makes it.
    writeFileSync(file, `${randomBytes(least).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}
