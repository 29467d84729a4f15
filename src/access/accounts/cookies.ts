/**
 * The cookies of signing in. Over https each has the prefix `__Host-`, which a browser takes only with Secure, for this
 * host alone and for every path (RFC 6265bis §4.1.3), so that no neighbouring host can plant one.
 */
export type CookieName = 'session' | 'device' | 'step';

export interface Cookies {
  /** The value in a Cookie header, or undefined. */
  readonly read: (header: string | undefined, name: CookieName) => string | undefined;
  /** A Set-Cookie header. Without an age it ends with the browser. */
  readonly set: (name: CookieName, value: string, maxAgeSeconds?: number) => string;
  readonly clear: (name: CookieName) => string;
}

/** Our own tokens and nothing else: 43 characters of base64url. */
const form = /^[A-Za-z0-9_-]{43}$/;

export function cookiesFor(baseUrl: string): Cookies {
  const secure = baseUrl.startsWith('https:');
  const full = (name: CookieName) => (secure ? `__Host-${name}` : name);
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
  return {
    read(header, name) {
      if (header === undefined) return undefined;
      const wanted = full(name);
      for (const pair of header.split(';')) {
        const equals = pair.indexOf('=');
        if (equals < 0 || pair.slice(0, equals).trim() !== wanted) continue;
        const value = pair.slice(equals + 1).trim();
        return form.test(value) ? value : undefined;
      }
      return undefined;
    },
    set: (name, value, maxAgeSeconds) =>
      `${full(name)}=${value}; ${attributes}${maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`}`,
    clear: (name) => `${full(name)}=; ${attributes}; Max-Age=0`,
  };
}
