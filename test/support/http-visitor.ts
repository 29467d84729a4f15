/** A browser without a screen: keeps cookies, follows redirects and fills in forms, over real HTTP. */

export interface Seen {
  readonly status: number;
  /** Where it ended after redirects. */
  readonly url: URL;
  readonly body: string;
  /** Every address on the way, the first asked for first. */
  readonly way: readonly string[];
}

export interface Visitor {
  readonly get: (address: string, how?: How) => Promise<Seen>;
  readonly post: (address: string, form: Readonly<Record<string, string>>, how?: How) => Promise<Seen>;
  /** The Cookie header that an address gets. */
  readonly cookiesFor: (address: string) => string;
}

export interface How {
  /** Stops at the first redirect whose target this holds for: the answer is that redirect, not followed. */
  readonly until?: (target: URL) => boolean;
}

export function visitor(): Visitor {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (url: URL) => {
    const known = jars.get(url.origin) ?? new Map<string, string>();
    jars.set(url.origin, known);
    return known;
  };
  const header = (url: URL) => [...jarOf(url)].map(([name, value]) => `${name}=${value}`).join('; ');
  const keep = (url: URL, setCookies: readonly string[]) => {
    for (const line of setCookies) {
      const [pair = '', ...attributes] = line.split(';');
      const equals = pair.indexOf('=');
      const [name, value] = [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
      const ended = attributes.some((one) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(one));
      if (ended || value === '') jarOf(url).delete(name);
      else jarOf(url).set(name, value);
    }
  };

  const visit = async (address: string, form: URLSearchParams | undefined, { until }: How = {}) => {
    const way: string[] = [];
    let url = new URL(address);
    let body = form;
    for (let steps = 0; steps < 20; steps += 1) {
      way.push(url.href);
      const answer = await fetch(url, {
        method: body ? 'POST' : 'GET',
        headers: { cookie: header(url), ...(body ? { 'sec-fetch-site': 'same-origin' } : {}) },
        redirect: 'manual',
        ...(body ? { body } : {}),
      });
      keep(url, answer.headers.getSetCookie());
      const location = answer.headers.get('location');
      const text = await answer.text();
      if (location === null) return { status: answer.status, url, body: text, way };
      const next = new URL(location, url);
      if (until?.(next)) return { status: answer.status, url: next, body: text, way };
      url = next;
      if (answer.status !== 307) body = undefined;
    }
    throw new Error(`More redirects than anyone follows: ${way.join(' → ')}`);
  };
  return {
    get: (address, how) => visit(address, undefined, how),
    post: (address, form, how) => visit(address, new URLSearchParams(form), how),
    cookiesFor: (address) => header(new URL(address)),
  };
}
