/**
 * Stands between the pages and the line. It keeps what every page needs; the pages of a person's own record as they last saw
 * them, sealed; and forms that could not be sent. Of staff's pages it keeps nothing.
 */

import { findPage, forgetPerson, isRecordPage, keepPage, seenPages } from './offline/kept-pages.ts';
import {
  answerPage,
  assetFor,
  keepPagesAnew,
  keepShell,
  offlinePage,
  seenPage,
  waitingPage,
  waitingPath,
} from './offline/offline-pages.ts';
import { follow, forgetAll, ownKeys } from './offline/own-keys.ts';
import {
  addWaiting,
  answerTo,
  cancelWaiting,
  queueField,
  sendWaiting,
  stateNow,
  tellPages,
} from './offline/waiting-forms.ts';
import { type FetchEvent, worker } from './offline/worker-scope.ts';
import { listenForPush, type PushScope } from './push.ts';

/** Someone who waits longer for a page that is here is shown it, ms. */
const patience = 10_000;
const signsOut = /^\/(sign-out|account\/sign-out-everywhere|sign-in\/elsewhere\/sign-out)$/;
const languageIn = (html: string): string => /<html lang="([^"]+)"/.exec(html)?.[1] ?? 'en-GB';
const addressOf = ({ pathname, search }: URL): string => pathname + search;
const isPage = (answer: Response): boolean =>
  (answer.headers.get('content-type') ?? '').startsWith('text/html');

worker.addEventListener('install', (event) => {
  event.waitUntil(keepShell(worker.shellAssets ?? []).then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => {
  const ready = async () => {
    await worker.registration.navigationPreload?.enable();
    await worker.clients.claim();
  };
  event.waitUntil(ready());
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== worker.location.origin) return;
  if (request.method === 'GET' && url.pathname.startsWith('/assets/'))
    return event.respondWith(assetFor(request));
  if (request.mode !== 'navigate') return;
  if (request.method === 'GET') event.respondWith(open(event, url));
  else if (request.method === 'POST') event.respondWith(send(event, url));
});

listenForPush(globalThis as unknown as PushScope);

worker.addEventListener('sync', (event) => {
  if (event.tag === 'waiting') event.waitUntil(sendWaiting());
});

worker.addEventListener('message', (event) => {
  const message = event.data as { kind?: string; address?: string; html?: string; tag?: string }; // of our own page alone
  const heard = async () => {
    if (message.kind === 'seen') await see(message.tag ?? '-', message.address ?? '', message.html ?? '');
    if (message.kind === 'send') await sendWaiting();
    event.source?.postMessage(await stateNow());
  };
  event.waitUntil(heard());
});

/** Follows who a page is for, and keeps it where it is of their own record. */
async function see(header: string, address: string, html: string): Promise<void> {
  const before = await ownKeys();
  const own = await follow(header, languageIn(html));
  if (!own) return before ? tellPages() : undefined;
  if (before?.language !== own.language) await keepPagesAnew().catch(() => undefined);
  if (isRecordPage(address)) await keepPage(own, address, html);
  await sendWaiting();
}

/** What can be known from an answer, once it is here. Undefined where it tells nothing, as a file does: it is not copied then. */
function hear(answer: Response, url: URL): Promise<void> | undefined {
  const header = answer.headers.get('offline-for');
  if (header === null || !isPage(answer)) return undefined;
  const copy = answer.clone();
  const heard = async () => {
    const isWhole = answer.status === 200 && !url.searchParams.has('waiting');
    await see(header, isWhole ? addressOf(url) : '', await copy.text());
    const own = await ownKeys();
    if (own && (answer.status === 403 || answer.status === 404)) await forgetPerson(own, url.pathname);
  };
  return heard().catch(() => undefined);
}

async function open(event: FetchEvent, url: URL): Promise<Response> {
  if (url.pathname === waitingPath) return openWaiting(event, url);
  const waiting = url.searchParams.get('waiting');
  if (waiting !== null) {
    const own = await ownKeys();
    const html = own && (await answerTo(own, waiting));
    if (html) return answerPage(html);
  }
  const asked = ask(event).then((answer) => {
    event.waitUntil(hear(answer, url) ?? Promise.resolve());
    return answer;
  });
  asked.catch(() => undefined);
  const tooLong = new Promise<'slow'>((resolve) => setTimeout(() => resolve('slow'), patience));
  const first = await Promise.race([asked, tooLong]).catch(() => 'gone' as const);
  if (first instanceof Response) return first;
  return (await seenBefore(url, first === 'slow')) ?? (first === 'slow' ? asked.catch(unseen) : unseen());
}

/** What waits; where no one is known here, the server says first who it is. */
async function openWaiting(event: FetchEvent, url: URL): Promise<Response> {
  const known = await waitingPage(await ownKeys());
  if (known) return known;
  const answer = await ask(event).catch(unseen);
  await hear(answer, url);
  return (await waitingPage(await ownKeys())) ?? answer;
}

const ask = async (event: FetchEvent): Promise<Response> =>
  (await event.preloadResponse) ?? fetch(event.request);

const unseen = async (): Promise<Response> => offlinePage(await ownKeys());

async function seenBefore(url: URL, slow: boolean): Promise<Response | undefined> {
  const own = await ownKeys();
  if (!own) return undefined;
  const page = await findPage(own, addressOf(url));
  if (page) return seenPage(own, page, slow);
  // Where the app begins leads to whoever's record there is.
  if (slow || (url.pathname !== '/' && url.pathname !== '/my-record')) return undefined;
  const homes = (await seenPages(own)).filter(({ address }) => /^\/my-record\/[^/?]+$/.test(address));
  return homes.length === 1 ? Response.redirect(homes[0]?.address ?? '/') : undefined;
}

async function send(event: FetchEvent, url: URL): Promise<Response> {
  const { request } = event;
  if (url.pathname === waitingPath) return manage(new URLSearchParams(await request.text()));
  const type = request.headers.get('content-type') ?? '';
  // A form with files is not copied: it may be large, and does not wait.
  const copy = type.startsWith('application/x-www-form-urlencoded') ? request.clone() : undefined;
  if (signsOut.test(url.pathname)) {
    await forgetAll();
    await tellPages();
  }
  try {
    const answer = await fetch(request);
    const waited = url.searchParams.get('waiting');
    if (waited !== null && (answer.type === 'opaqueredirect' || answer.ok)) await cancelWaiting(waited);
    event.waitUntil(hear(answer, url) ?? Promise.resolve());
    return answer;
  } catch {
    return wait(copy, url);
  }
}

/** Keeps a form for which there was no line, where its page says that it may wait. */
async function wait(request: Request | undefined, url: URL): Promise<Response> {
  const own = await ownKeys();
  if (!own || !request) return offlinePage(own, true);
  const fields = [...new URLSearchParams(await request.text())];
  const title = fields.find(([name]) => name === queueField)?.[1];
  if (title === undefined) return offlinePage(own, true);
  const typed = fields.filter(([name]) => name !== queueField);
  await addWaiting(own, { path: url.pathname, title, fields: typed });
  const before = url.searchParams.get('waiting');
  if (before !== null && before !== typed.find(([name]) => name === 'form')?.[1]) await cancelWaiting(before);
  return Response.redirect(waitingPath, 303);
}

/** The buttons of the page of what waits. */
async function manage(fields: URLSearchParams): Promise<Response> {
  const cancel = fields.get('cancel');
  if (cancel !== null) await cancelWaiting(cancel);
  else await sendWaiting();
  return Response.redirect(waitingPath, 303);
}
