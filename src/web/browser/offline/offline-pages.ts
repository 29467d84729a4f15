/** Pages that the worker answers itself: what was seen before, what can be read, and what waits. */
import type { OwnKeys } from './device-store.ts';
import { type SeenPage, seenPages } from './kept-pages.ts';
import { type ShownWaiting, sentJustNow, waitingOf } from './waiting-forms.ts';

const offlinePath = '/offline';
export const waitingPath = '/offline/waiting';
const shellCache = 'shell';

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => signs[sign] ?? '');

/** Words with their `{name}` filled, as HTML. */
const filled = (words: string | undefined, values: Readonly<Record<string, string>> = {}): string =>
  escaped(words ?? '').replace(/\{(\w+)\}/g, (_whole, name: string) => escaped(values[name] ?? ''));

/** “12 May” and “14:03”, as the language writes them, by the clock of the place. */
function momentOf(own: OwnKeys, at: number): Readonly<Record<string, string>> {
  const say = (how: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(own.language, { ...how, timeZone: 'Europe/London' }).format(at);
  return {
    day: say({ day: 'numeric', month: 'long' }),
    time: say({ hour: '2-digit', minute: '2-digit', hour12: false }),
  };
}

/** Keeps what every page needs, and the pages that know no one. A page that fails keeps its former copy. */
export async function keepShell(assets: readonly string[]): Promise<void> {
  const cache = await caches.open(shellCache);
  await Promise.all([...new Set([...assets, offlinePath, waitingPath])].map((address) => cache.add(address)));
}

/** The pages that know no one, anew in the language of whoever reads here. */
export async function keepPagesAnew(): Promise<void> {
  const cache = await caches.open(shellCache);
  await Promise.all([offlinePath, waitingPath].map((address) => cache.add(address)));
}

const mostAssets = 60;

/** A file whose name holds a hash of it never changes: from here where it is, else from the server. */
export async function assetFor(request: Request): Promise<Response> {
  const cache = await caches.open(shellCache);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    await cache.put(request, answer.clone());
    const assets = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith('/assets/'));
    for (const old of assets.slice(0, Math.max(0, assets.length - mostAssets))) await cache.delete(old);
  }
  return answer;
}

/** A page of our own, with the policy that the server gives its pages. */
async function pageOf(html: string, shell?: Response): Promise<Response> {
  const like = shell ?? (await (await caches.open(shellCache)).match(offlinePath, { ignoreVary: true }));
  const policy = like?.headers.get('content-security-policy') ?? "default-src 'self'";
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  };
  return new Response(html, { headers });
}

const notice = (text: string): string =>
  `<div class="nhsuk-inset-text" role="status" data-offline><p>${text}</p></div>`;

/** Puts something first in a page's content. */
const withFirst = (html: string, first: string): string =>
  html.replace(/<main\b[^>]*>/, (start) => `${start}\n${first}`);

/** Sending it from here is another deed than the one that its key was made for. */
const withNewKeys = (html: string): string =>
  html.replace(/(<input type="hidden" name="form" value=")[^"]*"/g, (_whole, start: string) => {
    return `${start}${crypto.randomUUID()}"`;
  });

/** A page as it was last seen; `slow`: there is a line, but no answer came. */
export const seenPage = (own: OwnKeys, page: SeenPage, slow: boolean): Promise<Response> =>
  pageOf(
    withFirst(
      withNewKeys(page.html),
      notice(filled(slow ? own.words['slow'] : own.words['seen'], momentOf(own, page.at))),
    ),
  );

/** The server's page about a form that waited, with what was typed. */
export const answerPage = (html: string): Promise<Response> => pageOf(html);

/** For an address that was not seen before: what can be read instead. `lost`: something was to be sent, and was not. */
export async function offlinePage(own: OwnKeys | undefined, lost = false): Promise<Response> {
  const cache = await caches.open(shellCache);
  const shell = await cache.match(offlinePath, { ignoreVary: true });
  if (!shell) return Response.error();
  let html = await shell.text();
  if (own) {
    const pages = await seenPages(own);
    const items = pages.map(
      (page) =>
        `<li><a href="${escaped(page.address)}">${page.title}</a> <span class="tl-note">${filled(own.words['seenAt'], momentOf(own, page.at))}</span></li>`,
    );
    if (items.length > 0)
      html = html.replace(
        '<div id="kept-pages"></div>',
        `<div id="kept-pages"><h2 class="nhsuk-heading-m">${filled(own.words['canRead'])}</h2><ul class="nhsuk-list">${items.join('\n')}</ul></div>`,
      );
    if (lost) html = withFirst(html, notice(filled(own.words['notSent'])));
  }
  return pageOf(html, shell);
}

const hidden = (name: string, value: string): string =>
  `<input type="hidden" name="${name}" value="${escaped(value)}">`;

function waitingItem(own: OwnKeys, { form, typed }: ShownWaiting): string {
  const { words } = own;
  const wrong = form.state === 'refused';
  const state =
    form.state === 'waiting'
      ? filled(words['stateWaiting'])
      : form.state === 'sign-in'
        ? `<a href="/sign-in?return=${encodeURIComponent(waitingPath)}">${filled(words['stateSignIn'])}</a>`
        : `<a href="${escaped(typed.path)}?waiting=${encodeURIComponent(form.id)}">${filled(words['stateWrong'])}</a>`;
  const cancel = `${filled(words['cancel'])}<span class="nhsuk-u-visually-hidden"> ${escaped(typed.title)}</span>`;
  return `<li class="nhsuk-card"><div class="nhsuk-card__content"><h2 class="nhsuk-heading-s"><bdi>${escaped(typed.title)}</bdi></h2>
<p>${filled(words['written'], momentOf(own, form.at))}</p><p${wrong ? ' class="nhsuk-error-message"' : ''}>${state}</p>
<form method="post" action="${waitingPath}">${hidden('cancel', form.id)}<button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="submit">${cancel}</button></form></div></li>`;
}

/** What waits to be sent, with a way to send it now and to cancel it. */
export async function waitingPage(own: OwnKeys | undefined): Promise<Response | undefined> {
  const cache = await caches.open(shellCache);
  const shell = await cache.match(waitingPath, { ignoreVary: true });
  if (!shell || !own) return undefined;
  const forms = await waitingOf(own);
  const address = sentJustNow();
  const sent = address ? `<p><a href="${escaped(address)}">${filled(own.words['allSent'])}</a></p>` : '';
  const list = forms.length
    ? `<p>${filled(own.words['urgent'])}</p><ul class="nhsuk-list">${forms.map((form) => waitingItem(own, form)).join('\n')}</ul>
<form method="post" action="${waitingPath}">${hidden('send', 'yes')}<button class="nhsuk-button" type="submit">${filled(own.words['sendNow'])}</button></form>`
    : `${sent}<p>${filled(own.words['nothing'])}</p>`;
  const html = (await shell.text()).replace(
    /<div id="waiting">[\s\S]*?<\/div>/,
    `<div id="waiting">${list}</div>`,
  );
  return pageOf(html, shell);
}
