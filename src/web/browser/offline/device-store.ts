/**
 * What this browser keeps, in IndexedDB. Health data is sealed before it comes here; what stands in the open is sizes, moments,
 * and marks that say nothing to whoever has not the key.
 */

/** The keys of whoever is signed in, and what the worker says to them. No script can read the keys out again. */
export interface OwnKeys {
  /** Mark of the account. */
  readonly tag: string;
  readonly seal: CryptoKey;
  readonly mark: CryptoKey;
  /** How long what is kept may be read without the server, ms. */
  readonly lasts: number;
  /** When the server last knew the session, ms since 1970 UTC. */
  readonly known: number;
  /** Language tag (BCP 47) of the words. */
  readonly language: string;
  readonly words: Readonly<Record<string, string>>;
}

export interface KeptPage {
  /** Keyed mark of its address. */
  readonly id: string;
  readonly sealed: ArrayBuffer;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly at: number;
}

export interface WaitingForm {
  readonly id: string;
  readonly tag: string;
  readonly sealed: ArrayBuffer;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly at: number;
  /** `sign-in`: its session had ended. `refused`: the server’s page about it is sealed as `answer`. */
  readonly state: 'waiting' | 'sign-in' | 'refused';
  readonly answer?: { readonly sealed: ArrayBuffer; readonly iv: Uint8Array<ArrayBuffer> };
}

interface Stores {
  readonly keys: OwnKeys;
  readonly pages: KeptPage;
  readonly waiting: WaitingForm;
}

const stores = { keys: 'tag', pages: 'id', waiting: 'id' } as const satisfies Record<keyof Stores, string>;
const names = Object.keys(stores) as (keyof Stores)[];

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open('kept', 1);
  request.addEventListener('upgradeneeded', () => {
    for (const name of names) request.result.createObjectStore(name, { keyPath: stores[name] });
  });
  return done(request);
}

/** One piece of work on the store. It is closed after, so that nothing stands in the way of clearing it. */
async function within<T>(mode: IDBTransactionMode, work: (on: IDBTransaction) => Promise<T>): Promise<T> {
  const database = await opened();
  try {
    const transaction = database.transaction(names, mode);
    const ended = new Promise<void>((resolve, reject) => {
      transaction.addEventListener('complete', () => resolve());
      transaction.addEventListener('abort', () => reject(transaction.error));
    });
    const result = await work(transaction);
    await ended;
    return result;
  } finally {
    database.close();
  }
}

export const all = <K extends keyof Stores>(name: K): Promise<Stores[K][]> =>
  within('readonly', (on) => done(on.objectStore(name).getAll() as IDBRequest<Stores[K][]>));

export const one = <K extends keyof Stores>(name: K, id: string): Promise<Stores[K] | undefined> =>
  within('readonly', (on) => done(on.objectStore(name).get(id) as IDBRequest<Stores[K] | undefined>));

export const put = <K extends keyof Stores>(name: K, value: Stores[K]): Promise<unknown> =>
  within('readwrite', (on) => done(on.objectStore(name).put(value)));

export const drop = (name: keyof Stores, ids: readonly string[]): Promise<unknown> =>
  within('readwrite', (on) => Promise.all(ids.map((id) => done(on.objectStore(name).delete(id)))));

/** Empties stores, all in one step. */
export const empty = (which: readonly (keyof Stores)[]): Promise<unknown> =>
  within('readwrite', (on) => Promise.all(which.map((name) => done(on.objectStore(name).clear()))));
