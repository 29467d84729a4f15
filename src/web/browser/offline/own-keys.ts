/** The keys that seal what this browser keeps: given by the server to whoever is signed in, and destroyed with what they seal. */
import { all, drop, empty, type OwnKeys, put } from './device-store.ts';

interface Given {
  readonly tag: string;
  /** 64 bytes in base64url: the first half seals, the second marks addresses. */
  readonly key: string;
  readonly hours: number;
  readonly language: string;
  readonly words: Readonly<Record<string, string>>;
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));

/** Those of whoever was last known to be signed in. Too long without the server, and they are destroyed. */
export async function ownKeys(): Promise<OwnKeys | undefined> {
  const [own] = await all('keys');
  // A clock that was put back must not make them last.
  if (own && Math.abs(Date.now() - own.known) > own.lasts) {
    await forgetPages();
    return undefined;
  }
  return own;
}

/** Asks the server for them. Undefined where it gives none, or cannot be reached. */
async function askKeys(): Promise<OwnKeys | undefined> {
  const answer = await fetch('/offline/key', { method: 'POST', redirect: 'error' }).catch(() => undefined);
  if (!answer?.ok) return undefined;
  const { tag, key, hours, language, words }: Given = await answer.json();
  const bytes = bytesOf(key);
  const own: OwnKeys = {
    ...{ tag, language, words, lasts: hours * 3_600_000, known: Date.now() },
    seal: await crypto.subtle.importKey('raw', bytes.slice(0, 32), 'AES-GCM', false, ['encrypt', 'decrypt']),
    mark: await crypto.subtle.importKey('raw', bytes.slice(32), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ]),
  };
  bytes.fill(0);
  return own;
}

/** The pages and what opens them. Forms that wait stay, sealed: only their writer's next sign-in brings the key again. */
export const forgetPages = (): Promise<unknown> => empty(['keys', 'pages']);

export const forgetAll = (): Promise<unknown> => empty(['keys', 'pages', 'waiting']);

/**
 * Follows what an answer says of who is signed in (`offline-for`): no one, an account for whom nothing is kept, or one with.
 * Answers the keys of whoever it is; what was kept for another is gone before.
 */
export async function follow(header: string, language: string): Promise<OwnKeys | undefined> {
  const [tag = '-', keep] = header.split(' ');
  if (tag === '-') {
    await forgetPages();
    return undefined;
  }
  const [before] = await all('keys');
  if (before && before.tag !== tag) await forgetAll();
  const others = (await all('waiting')).filter((form) => form.tag !== tag);
  if (others.length > 0)
    await drop(
      'waiting',
      others.map(({ id }) => id),
    );
  if (keep !== 'keep') {
    await forgetAll();
    return undefined;
  }
  const isFit = before?.tag === tag && before.language === language;
  const own = isFit ? { ...before, known: Date.now() } : await askKeys();
  if (own?.tag !== tag) return undefined;
  await put('keys', own);
  return own;
}
