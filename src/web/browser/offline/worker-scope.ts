/** What a service worker's own scope has that a page has not: the library of the browser's types knows the page alone. */

export interface WorkerEvent extends Event {
  readonly waitUntil: (work: Promise<unknown>) => void;
}

export interface FetchEvent extends WorkerEvent {
  readonly request: Request;
  /** The answer that the browser began to fetch while the worker started; undefined where it did not. */
  readonly preloadResponse?: Promise<Response | undefined>;
  readonly respondWith: (answer: Promise<Response> | Response) => void;
}

export interface MessageEventOfPage extends WorkerEvent {
  readonly data: unknown;
  readonly source: { readonly postMessage: (message: unknown) => void } | null;
}

interface Events {
  readonly install: WorkerEvent;
  readonly activate: WorkerEvent;
  readonly fetch: FetchEvent;
  readonly message: MessageEventOfPage;
  readonly sync: WorkerEvent & { readonly tag: string };
}

export interface WorkerScope {
  readonly location: Location;
  readonly registration: ServiceWorkerRegistration & {
    readonly sync?: { readonly register: (tag: string) => Promise<void> };
  };
  readonly clients: {
    readonly claim: () => Promise<void>;
    readonly matchAll: () => Promise<readonly { readonly postMessage: (message: unknown) => void }[]>;
  };
  readonly skipWaiting: () => Promise<void>;
  /** Written by the server in front of this code: addresses of what every page needs. */
  readonly shellAssets?: readonly string[];
  readonly addEventListener: <K extends keyof Events>(name: K, heard: (event: Events[K]) => void) => void;
}

export const worker = globalThis as unknown as WorkerScope;
