/**
 * Files that people send. They come in pieces and go on after a break (the tus protocol), or whole with a form where there is
 * no script. Each is its sender's alone, of a kind and size that its form takes, and readable only when found clean.
 */
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { FileStore } from '../../platform/files.ts';
import { clearUnfinished } from '../../platform/files.ts';
import type { NewId } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import { Problem, problem } from '../../platform/problem.ts';
import { partialFiles } from './partial-files.ts';
import type { Scanner } from './scanner.ts';
import { sniffLength, sniffType } from './sniff-type.ts';

/** What one field of one form takes. */
export interface UploadKind {
  /** In addresses and in the database: `my-document`. */
  readonly purpose: string;
  /** Media types, by content: see `sniff-type.ts`. */
  readonly types: readonly string[];
  /** In words, for errors: “a PDF or a photo (JPEG, PNG)”. */
  readonly typesInWords: string;
  /** Bytes. */
  readonly most: number;
}

export interface UploadState {
  readonly id: string;
  readonly purpose: string;
  /** As its sender calls it. */
  readonly name: string;
  /** Bytes, when it is whole. */
  readonly size: number;
  /** Bytes so far. */
  readonly offset: number;
  readonly state: 'receiving' | 'checking' | 'clean' | 'refused';
  /** Media type by content, once whole. */
  readonly type?: string;
  /** Why it was refused, for its sender. */
  readonly reason?: string;
  /** Ms since 1970 UTC. */
  readonly created: number;
}

export interface TakenFile {
  /** In the store of files. */
  readonly hash: string;
  readonly size: number;
  readonly type: string;
  readonly name: string;
}

export interface Uploads {
  /** Makes a kind known. Before the server listens, in every process. */
  readonly define: (kind: UploadKind) => void;
  readonly kind: (purpose: string) => UploadKind | undefined;
  /** Begins one. Throws a Problem: no such kind, too large, too many. */
  readonly begin: (
    account: string,
    file: { readonly purpose: string; readonly name: string; readonly size: number },
  ) => Promise<UploadState>;
  /** Takes one that comes whole, of unknown length. Answers it looked at, or what is wrong with it. */
  readonly receive: (
    account: string,
    file: { readonly purpose: string; readonly name: string },
    content: AsyncIterable<Uint8Array>,
  ) => Promise<UploadState | { readonly error: string }>;
  /** The account's own, or undefined. */
  readonly find: (account: string, id: string) => Promise<UploadState | undefined>;
  /** Writes at an offset that must be where it ended. Answers the new offset. Only under a lease. */
  readonly write: (id: string, offset: number, source: AsyncIterable<Uint8Array>) => Promise<number>;
  /** Looks at one that is whole: kind and malware. Answers how it stands; harmless any number of times. */
  readonly finish: (account: string, id: string) => Promise<UploadState>;
  /**
   * Moves a clean one to the store of files, for the record to point to, and answers it; the same again until `forget`.
   * Throws a Problem where it is another's, of another kind, not whole, refused, or still being checked.
   */
  readonly take: (account: string, id: string, purpose: string) => Promise<TakenFile>;
  /** All of a file that was taken, for those small enough to stand in the record. */
  readonly contentOf: (file: TakenFile) => Promise<Buffer>;
  /** Drops it, whatever its state; a file that was taken stays in the store of files. */
  readonly forget: (account: string, id: string) => Promise<void>;
  /** Drops what is older than a day, and tries again what waits for its check. */
  readonly clear: () => Promise<void>;
}

export interface UploadsNeeds {
  readonly database: Pick<Database, 'pool'>;
  readonly files: FileStore;
  /** Where `files` keeps them. */
  readonly folder: string;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly scanner: Scanner;
}

export const uploadLasts = 24 * 3_600_000;
/** Of one account at once, finished or not, until they are taken. */
const mostOpen = 50;
const longestName = 200;

interface Row {
  readonly id: string;
  readonly account: string;
  readonly purpose: string;
  readonly name: string;
  readonly size: string;
  readonly state: UploadState['state'];
  readonly hash: string | null;
  readonly type: string | null;
  readonly reason: string | null;
  readonly created: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function openUploads(needs: UploadsNeeds): Uploads {
  const { database, files, folder, clock, newId, log, scanner } = needs;
  const { pool } = database;
  const partial = partialFiles(folder);
  const kinds = new Map<string, UploadKind>();

  const stateOf = async (row: Row): Promise<UploadState> => ({
    ...{ id: row.id, purpose: row.purpose, name: row.name, size: Number(row.size), state: row.state },
    // The folder knows best: what was written before the process was killed is there.
    offset: row.state === 'receiving' ? ((await partial.size(row.id)) ?? 0) : Number(row.size),
    ...(row.type === null ? {} : { type: row.type }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    created: Number(row.created),
  });
  const rowOf = async (account: string, id: string): Promise<Row | undefined> => {
    if (!uuid.test(id)) return undefined;
    const [row] = await pool<Row[]>`select * from upload
      where id = ${id} and account = ${account} and expires > ${clock.now()}`;
    return row;
  };
  const known = async (account: string, id: string): Promise<Row> => {
    const row = await rowOf(account, id);
    if (!row)
      throw problem('not-found', 'There is no such file. It may have been too long ago: choose it again.');
    return row;
  };
  const refuse = async (id: string, reason: string): Promise<void> => {
    await pool`update upload set state = 'refused', reason = ${reason} where id = ${id} and state <> 'clean'`;
    await partial.remove(id);
  };

  const headOf = async (id: string): Promise<Buffer> => {
    const parts: Buffer[] = [];
    for await (const part of partial.read(id, sniffLength)) parts.push(part as Buffer);
    return Buffer.concat(parts);
  };

  /** Kind by content, then malware. Leaves it `checking` where the scanner cannot tell now. */
  const check = async ({ id, purpose }: Row): Promise<void> => {
    const kind = kinds.get(purpose);
    const type = sniffType(await headOf(id));
    if (!kind || type === undefined || !kind.types.includes(type)) {
      await refuse(id, `The file must be ${kind?.typesInWords ?? 'of a kind that we take'}`);
      return;
    }
    await pool`update upload set state = 'checking', type = ${type} where id = ${id} and state = 'receiving'`;
    let found: Awaited<ReturnType<Scanner['scan']>>;
    try {
      found = await scanner.scan(partial.read(id));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      log.warn({ err: error.cause, upload: id }, 'a file could not be checked for viruses: it waits');
      return;
    }
    if (found.clean) {
      await pool`update upload set state = 'clean' where id = ${id} and state = 'checking'`;
      return;
    }
    log.warn({ upload: id, found: found.what }, 'a file with malware was refused');
    await refuse(id, 'The file contains a virus');
  };

  const finish: Uploads['finish'] = async (account, id) => {
    const row = await known(account, id);
    if (row.state === 'clean' || row.state === 'refused') return stateOf(row);
    if ((await partial.size(id)) === Number(row.size)) await check(row);
    return stateOf(await known(account, id));
  };

  const kindFor = async (account: string, purpose: string): Promise<UploadKind> => {
    const kind = kinds.get(purpose);
    if (!kind)
      throw problem('value', 'No form takes files of this purpose.', { where: 'Upload-Metadata.purpose' });
    const [open] = await pool`select count(*)::int as n from upload
      where account = ${account} and expires > ${clock.now()}`;
    if (Number(open?.['n']) >= mostOpen)
      throw problem(
        'throttled',
        'You have sent too many files today that were not used. Try again tomorrow.',
        {
          headers: { 'retry-after': '3600' },
        },
      );
    return kind;
  };
  const insert = async (
    id: string,
    account: string,
    purpose: string,
    name: string,
    size: number,
  ): Promise<Row> => {
    const created = clock.now();
    const [row] = await pool<Row[]>`
      insert into upload (id, account, purpose, name, size, created, expires)
      values (${id}, ${account}, ${purpose}, ${plainName(name)}, ${size}, ${created}, ${created + uploadLasts})
      returning *`;
    return row!;
  };

  return {
    define: (kind) => void kinds.set(kind.purpose, kind),
    kind: (purpose) => kinds.get(purpose),
    async begin(account, { purpose, name, size }) {
      const kind = await kindFor(account, purpose);
      if (size > kind.most) throw problem('too-long', tooLarge(kind));
      if (size === 0) throw problem('value', empty);
      const id = newId();
      await partial.create(id);
      return stateOf(await insert(id, account, purpose, name, size));
    },
    async receive(account, { purpose, name }, content) {
      const kind = await kindFor(account, purpose);
      const id = newId();
      await partial.create(id);
      const size = await partial.write(id, 0, upTo(content, kind.most + 1)).catch(async (error: unknown) => {
        await partial.remove(id); // its form was cut off: it is sent again with the form
        throw error;
      });
      if (size === 0 || size > kind.most) {
        await partial.remove(id);
        return { error: size === 0 ? empty : tooLarge(kind) };
      }
      await insert(id, account, purpose, name, size);
      const state = await finish(account, id);
      if (state.state !== 'refused') return state;
      return { error: state.reason ?? 'The file was refused' };
    },
    async find(account, id) {
      const row = await rowOf(account, id);
      return row && stateOf(row);
    },
    write: (id, offset, source) => partial.write(id, offset, source),
    finish,
    async take(account, id, purpose) {
      const { state, reason } = await finish(account, id);
      if (state === 'receiving')
        throw problem('conflict', 'The file is not whole yet. Wait until it has been sent.');
      if (state === 'checking')
        throw problem('transient', 'The file is still being checked for viruses. Try again in a minute.');
      if (state === 'refused') throw problem('business-rule', reason ?? 'The file was refused');
      const row = await known(account, id);
      if (row.purpose !== purpose) throw problem('not-found', 'There is no such file for this form.');
      let { hash } = row;
      if (hash === null) {
        hash = (await files.put(partial.read(id))).hash;
        await pool`update upload set hash = ${hash} where id = ${id}`;
        await partial.remove(id);
      }
      return { hash, size: Number(row.size), type: row.type ?? '', name: row.name };
    },
    async contentOf({ hash }) {
      const pieces: Buffer[] = [];
      for await (const piece of await files.open(hash)) pieces.push(piece as Buffer); // a stream of bytes
      return Buffer.concat(pieces);
    },
    async forget(account, id) {
      if (!uuid.test(id)) return;
      const rows = await pool`delete from upload where id = ${id} and account = ${account} returning id`;
      if (rows.length > 0) await partial.remove(id);
    },
    async clear() {
      const old = await pool<
        { id: string }[]
      >`delete from upload where expires <= ${clock.now()} returning id`;
      for (const { id } of old) await partial.remove(id);
      await clearUnfinished(folder, clock.now());
      const waiting = await pool<
        Row[]
      >`select * from upload where state = 'checking' order by created limit 100`;
      for (const row of waiting) if ((await partial.size(row.id)) !== undefined) await check(row);
    },
  };
}

/** As it may be shown and kept: without folders and what cannot be seen. */
const plainName = (name: string): string =>
  (name.split(/[/\\]/).at(-1) ?? '')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, longestName) || 'File';

const empty = 'The file is empty';
const tooLarge = ({ most }: UploadKind): string => `The file must be smaller than ${megabytes(most)}`;

/** At most so many bytes of it. */
async function* upTo(content: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let left = most;
  for await (const piece of content) {
    yield piece.subarray(0, left);
    left -= piece.length;
    if (left <= 0) return;
  }
}

export const megabytes = (bytes: number): string =>
  bytes < 1024 * 1024
    ? `${Math.round(bytes / 1024)} KB`
    : `${Math.round((bytes / 1024 / 1024) * 10) / 10} MB`;
