/** One visit to each page: what it moves over the line, as a browser asks for it. */
import { get } from 'node:http';

export interface Weight {
  /** Bytes of all that a first visit asks for, as they go over the line. */
  readonly first: number;
  /** Bytes of a visit when what every page needs is there already. */
  readonly later: number;
  /** Requests of a first visit. */
  readonly requests: number;
}

const asked = (address: string, cookie: string): Promise<{ status: number; bytes: number; type: string }> =>
  new Promise((resolve, reject) => {
    const headers = { cookie, accept: 'text/html,*/*', 'accept-encoding': 'br, gzip' };
    get(address, { headers }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      const { statusCode: status = 0, headers: told } = answer;
      answer.on('end', () => resolve({ status, bytes, type: String(told['content-type'] ?? '') }));
    }).on('error', reject);
  });

/** What a page names that a browser loads with it: styles, scripts, its icon, its manifest, and images that are not lazy. */
export function loadedWith(html: string): readonly string[] {
  const tags = html.match(/<(?:link|script|img|iframe|object|source)\b[^>]*>/g) ?? [];
  const found = tags.flatMap((tag) => {
    if (/loading="lazy"|rel="(?:alternate|canonical|apple-touch-icon)"/.test(tag)) return [];
    const [, address] = /\b(?:href|src|data)="([^"]+)"/.exec(tag) ?? [];
    return address === undefined || address.startsWith('data:') ? [] : [address.replaceAll('&amp;', '&')];
  });
  return [...new Set(found)];
}

/** Addresses that every page of someone loads: what a later visit has. */
const ofEveryPage = /^\/assets\/(throughline|icon|offline|staff-keys)-|^\/manifest/;

/** Weighs pages of one server; what was weighed once is known. */
export function scales(base: string): (
  address: string,
  html: string,
  cookie: string,
  /** Asked for after the page, by what it sets to work. */
  after: readonly string[],
) => Promise<Weight> {
  const known = new Map<string, number>();
  const weigh = async (path: string, cookie: string): Promise<number> => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const { bytes, status } = await asked(base + path, cookie);
    if (status !== 200) throw new Error(`${path} answers ${status}`);
    if (path.startsWith('/assets/')) known.set(path, bytes);
    return bytes;
  };
  return async (address, html, cookie, after) => {
    const page = await weigh(address, cookie);
    const parts = [...loadedWith(html), ...after];
    let first = page;
    let later = page;
    for (const part of parts) {
      const bytes = await weigh(part, cookie);
      first += bytes;
      if (!ofEveryPage.test(part) && !after.includes(part)) later += bytes;
    }
    return { first, later, requests: 1 + parts.length };
  };
}
