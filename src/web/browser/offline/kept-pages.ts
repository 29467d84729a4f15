/** Pages of the record as they were last seen, sealed, within limits, oldest out first. */
import { all, drop, type KeptPage, type OwnKeys, one, put } from './device-store.ts';
import { markOf, seal, unseal } from './seal.ts';

/** What one page may be, what all may be (bytes), and how many. */
const limits = { page: 500_000, bytes: 5_000_000, count: 200 } as const;

export interface SeenPage {
  readonly address: string;
  readonly title: string;
  readonly html: string;
  readonly at: number;
}

/** Links to share tell their code once, and are not for reading again. */
const neverKept = /^\/my-record\/[^/]+\/(share|download)\b/;

export const isRecordPage = (path: string): boolean =>
  path.startsWith('/my-record/') && !neverKept.test(path);

const titleIn = (html: string): string =>
  (/<title>([^<]*)<\/title>/.exec(html)?.[1] ?? '').split(' – ')[0] ?? '';

export async function keepPage(own: OwnKeys, address: string, html: string): Promise<void> {
  if (html.length > limits.page) return;
  const id = await markOf(own, address);
  const at = Date.now();
  const page: SeenPage = { address, title: titleIn(html), html, at };
  await put('pages', { id, at, ...(await seal(own, id, page)) });
  let bytes = 0;
  const over = (await all('pages'))
    .sort((a, b) => b.at - a.at)
    .filter(({ sealed }, index) => {
      bytes += sealed.byteLength;
      return index >= limits.count || bytes > limits.bytes;
    });
  if (over.length > 0)
    await drop(
      'pages',
      over.map(({ id: old }) => old),
    );
}

export async function findPage(own: OwnKeys, address: string): Promise<SeenPage | undefined> {
  const id = await markOf(own, address);
  const kept = await one('pages', id);
  return kept && unseal<SeenPage>(own, id, kept);
}

/** All that can be read, newest first. */
export async function seenPages(own: OwnKeys): Promise<readonly SeenPage[]> {
  const open = (kept: KeptPage) => unseal<SeenPage>(own, kept.id, kept);
  const pages = await Promise.all((await all('pages')).map(open));
  return pages.filter((page) => page !== undefined).sort((a, b) => b.at - a.at);
}
