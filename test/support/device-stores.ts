/** What a browser keeps for the product, looked at from a page of it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';

export interface DeviceStores {
  /** How many rows each store has. */
  readonly counts: Readonly<Record<string, number>>;
  /** All that is in the stores and caches, as text. */
  readonly text: string;
  /** How many keys a script could read out. */
  readonly exported: number;
  /** Addresses in the caches. */
  readonly cached: readonly string[];
  /** How many service workers are registered. */
  readonly workers: number;
}

// Text, as the types of the tests know no browser.
const look = `(async () => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const latin = (bytes) => [...new Uint8Array(bytes)].map((byte) => String.fromCharCode(byte)).join('');
  const counts = {};
  let text = '';
  let exported = 0;
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const rows = await done(database.transaction(store).objectStore(store).getAll());
      counts[store] = rows.length;
      for (const row of rows)
        for (const value of Object.values(row)) {
          if (value instanceof ArrayBuffer) text += latin(value);
          else if (value instanceof CryptoKey)
            await crypto.subtle.exportKey('raw', value).then(() => { exported += 1; }, () => undefined);
          else text += JSON.stringify(value);
        }
    }
    database.close();
  }
  const cached = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      cached.push(new URL(request.url).pathname);
      text += await (await cache.match(request, { ignoreVary: true })).text();
    }
  }
  const workers = (await navigator.serviceWorker.getRegistrations()).length;
  return { counts, text, exported, cached, workers };
})()`;

export const storesOf = (page: Page): Promise<DeviceStores> => page.evaluate<DeviceStores>(look);

/** Rows of all stores together. */
export const rowsIn = ({ counts }: DeviceStores): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Waits until the worker has kept so many pages. */
export async function untilKept(page: Page, pages: number): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (((await storesOf(page)).counts['pages'] ?? 0) >= pages) return;
    await pause(50);
  }
  throw new Error(`${pages} pages are not kept after ten seconds`);
}

export const workerReady = (page: Page): Promise<unknown> =>
  page.evaluate('navigator.serviceWorker.ready.then(() => true)');

/** As the browser tells a page that there is a line again. */
export const tellOnline = (page: Page): Promise<unknown> =>
  page.evaluate("dispatchEvent(new Event('online'))");
