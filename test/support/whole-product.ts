/** The product put together as `start` does it, in this process, with a clock that can be moved on; behind https, as it is served. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '../../src/app/migrations.ts';
import { openApp } from '../../src/app.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { createLog } from '../../src/platform/log.ts';
import { testDatabaseUrl } from './database.ts';
import { atEnd, type Ending } from './ending.ts';
import { freePort } from './free-port.ts';

/** Where people reach it: a TLS proxy stands before it, so its cookies and headers are those of https. */
export const publicAddress = 'https://care.example';

export interface WholeProduct {
  /** Where it listens. */
  readonly local: string;
  /** Bearer of the configured access token, who may do all. */
  readonly operator: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly databaseUrl: string;
  /** Moves the clock on. */
  readonly pass: (ms: number) => void;
  /** Stops the clock until what it answers is called, for what must come within a second on a busy machine too. */
  readonly stopClock: () => () => void;
  /** Asks it, by path. Redirects are not followed. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Answered>;
  /** A browser that nobody has signed in with. */
  readonly browser: () => BrowserOf;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Keeps cookies, sends what a browser sends, follows nothing. */
export interface BrowserOf {
  readonly cookies: Map<string, string>;
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Answered>;
  readonly post: (
    path: string,
    form: Readonly<Record<string, string>> | URLSearchParams,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answered>;
  /** Becomes someone of the demonstration, by name. */
  readonly become: (name: string, returnTo?: string) => Promise<Answered>;
}

export interface WholeProductOptions {
  /** Reached where it listens, without a proxy, as a browser on this machine does. */
  readonly plain?: boolean;
  /** People beside the named ones, who ask for help and have appointments. */
  readonly people?: number;
}

export async function wholeProduct(
  t: Ending,
  { plain = false, people = 0 }: WholeProductOptions = {},
): Promise<WholeProduct> {
  const databaseUrl = await testDatabaseUrl(t, { migrations });
  const dataDir = mkdtempSync(join(tmpdir(), 'throughline-whole-'));
  atEnd(t, () => rmSync(dataDir, { recursive: true, force: true }));
  const port = plain ? String(await freePort()) : '0';
  const token = 'Wq7fWk0rJc3yT5mB9xZ1vN8sLh2dGp4u';
  const config = loadConfig({
    mode: 'start',
    env: {
      ...{ PORT: port, BASE_URL: plain ? `http://127.0.0.1:${port}` : publicAddress },
      ...{ DATABASE_URL: databaseUrl, DATA_DIR: dataDir },
      ...{ ACCESS_TOKEN: token, TRUST_PROXY: 'false', SHUTDOWN_SECONDS: '1', DEMO_PEOPLE: String(people) },
    },
  });
  let moved = 0;
  let stopped: number | undefined;
  const clock: Clock = { now: () => (stopped ?? Date.now()) + moved };
  const app = await openApp(config, { log: createLog({ level: 'error' }), clock });
  atEnd(t, app.close);
  const local = await app.listen();

  const ask = async (path: string, init: RequestInit = {}): Promise<Answered> => {
    const address = path.startsWith(publicAddress) ? path.slice(publicAddress.length) : path;
    const answer = await fetch(`${local}${address}`, { redirect: 'manual', ...init });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };

  const browser = (): BrowserOf => {
    const cookies = new Map<string, string>();
    const send = async (path: string, init: RequestInit) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { accept: 'text/html', cookie, ...(init.headers as Record<string, string>) };
      const answer = await ask(path, { ...init, headers });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === '' || /max-age=0(;|$)/i.test(line)) cookies.delete(name);
        else cookies.set(name, value);
      }
      return answer;
    };
    const own: BrowserOf = {
      cookies,
      get: (path, headers = {}) => send(path, { headers }),
      post: (path, form, headers = {}) =>
        send(path, {
          method: 'POST',
          body: new URLSearchParams(form),
          headers: { 'sec-fetch-site': 'same-origin', origin: publicAddress, ...headers },
        }),
      async become(name, returnTo = '/') {
        const page = await own.get('/sign-in');
        const account = page.text.match(new RegExp(`value="([^"]+)" aria-label="${name},`))?.[1];
        if (account === undefined) throw new Error(`The sign-in page does not list ${name}`);
        const answer = await own.post('/sign-in/demonstration', { account, return: returnTo });
        if (answer.status !== 303) throw new Error(`${name} was not signed in: ${answer.status}`);
        return answer;
      },
    };
    return own;
  };
  return {
    ...{ local, clock, databaseUrl, ask, browser },
    operator: { authorization: `Bearer ${token}` },
    pass: (ms) => {
      moved += ms;
    },
    stopClock: () => {
      stopped = Date.now();
      return () => {
        stopped = undefined;
      };
    },
  };
}
