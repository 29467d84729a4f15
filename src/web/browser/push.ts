/**
 * Notifications in the service worker: `listenForPush(self)` shows what the server sends and opens its page when it is chosen.
 * What is shown holds no one’s name and nothing of their health: the server sends none.
 */

interface PushEventLike extends Event {
  readonly data: { json(): unknown } | null;
  waitUntil(work: Promise<unknown>): void;
}

interface ClickEventLike extends Event {
  readonly notification: { readonly data: unknown; close(): void };
  waitUntil(work: Promise<unknown>): void;
}

interface ChangeEventLike extends Event {
  readonly oldSubscription?: PushSubscription | null;
  waitUntil(work: Promise<unknown>): void;
}

interface WindowLike {
  readonly url: string;
  readonly focused?: boolean;
  focus(): Promise<unknown>;
  navigate(url: string): Promise<unknown>;
}

/** What of a ServiceWorkerGlobalScope is used. */
export interface PushScope {
  readonly registration: {
    showNotification(title: string, options?: NotificationOptions): Promise<void>;
    readonly pushManager: PushManager;
  };
  readonly clients: {
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly WindowLike[]>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly location: { readonly origin: string };
  addEventListener(type: string, listener: (event: Event) => void): void;
}

const textOf = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;

/** An address of this site; its start for any other. */
const ownAddress = (value: unknown, origin: string): string => {
  const url = URL.canParse(textOf(value, '/'), origin) ? new URL(textOf(value, '/'), origin) : undefined;
  return url?.origin === origin ? url.href : `${origin}/`;
};

async function show(scope: PushScope, event: PushEventLike): Promise<void> {
  let sent: Record<string, unknown> = {};
  try {
    const read: unknown = event.data?.json();
    if (typeof read === 'object' && read !== null) sent = { ...read };
  } catch {
    // Browsers ask that each message shows something.
  }
  const lang = textOf(sent['lang'], 'en');
  await scope.registration.showNotification(textOf(sent['title'], 'Throughline'), {
    ...{ body: textOf(sent['body'], ''), lang, dir: lang === 'ur' ? 'rtl' : 'ltr' },
    // The same message that comes twice stands once, and says nothing the second time.
    ...(typeof sent['tag'] === 'string' ? { tag: sent['tag'] } : {}),
    data: { url: ownAddress(sent['url'], scope.location.origin) },
  });
}

async function open(scope: PushScope, { notification }: ClickEventLike): Promise<void> {
  notification.close();
  const { url } = (notification.data ?? {}) as { url?: unknown };
  const address = ownAddress(url, scope.location.origin);
  const windows = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = windows.find((one) => one.url === address);
  // Another page may hold what someone is typing: it is left as it is.
  if (there) await there.focus();
  else await scope.clients.openWindow(address);
}

/** The browser gave itself another address: the server learns it, if whoever it belongs to is still signed in. */
async function renew(scope: PushScope, { oldSubscription }: ChangeEventLike): Promise<void> {
  const key = oldSubscription?.options.applicationServerKey;
  if (!key) return;
  const fresh = await scope.registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  await fetch('/notifications/browsers', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fresh),
  });
}

/** To be called once, while the worker starts. */
export function listenForPush(scope: PushScope): void {
  scope.addEventListener('push', (event) => {
    const push = event as PushEventLike;
    push.waitUntil(show(scope, push));
  });
  scope.addEventListener('notificationclick', (event) => {
    const click = event as ClickEventLike;
    click.waitUntil(open(scope, click));
  });
  scope.addEventListener('pushsubscriptionchange', (event) => {
    const change = event as ChangeEventLike;
    change.waitUntil(renew(scope, change));
  });
}
