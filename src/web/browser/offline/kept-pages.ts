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

/** Without the service's name, which ends it. */
const titleIn = (html: string): string =>
  (/<title>([^<]*)<\/title>/.exec(html)?.[1] ?? '').split(' – ').slice(0, -1).join(' – ');

/** Who may see what can change: nothing is kept for longer than it may be read without the server at all. */
const isOld = (own: OwnKeys, { at }: KeptPage): boolean => Math.abs(Date.now() - at) > own.lasts;

export async function keepPage(own: OwnKeys, address: string, html: string): Promise<void> {
  if (html.length > limits.page) return;
  const id = await markOf(own, address);
  const at = Date.now();
  const page: SeenPage = { address, title: titleIn(html), html, at };
  await put('pages', { id, at, ...(await seal(own, id, page)) });
  let bytes = 0;
  const over = (await all('pages'))
    .sort((a, b) => b.at - a.at)
    .filter((kept, index) => {
      bytes += kept.sealed.byteLength;
      return index >= limits.count || bytes > limits.bytes || isOld(own, kept);
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
  return kept && !isOld(own, kept) ? unseal<SeenPage>(own, id, kept) : undefined;
}

/** All that can be read, newest first. */
export async function seenPages(own: OwnKeys): Promise<readonly SeenPage[]> {
  const open = (kept: KeptPage) => unseal<SeenPage>(own, kept.id, kept);
  const pages = await Promise.all((await all('pages')).filter((kept) => !isOld(own, kept)).map(open));
  return pages.filter((page) => page !== undefined).sort((a, b) => b.at - a.at);
}

/** The server shows no page of this person's record here any more: what was kept of it goes. */
export async function forgetPerson(own: OwnKeys, path: string): Promise<void> {
  const [record] = /^\/my-record\/[^/]+/.exec(path) ?? [];
  if (record === undefined) return;
  const of = (await seenPages(own)).filter(({ address }) => `${address}/`.startsWith(`${record}/`));
  if (of.length > 0) await drop('pages', await Promise.all(of.map(({ address }) => markOf(own, address))));
}
