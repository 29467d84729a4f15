import { newToken } from '../accounts/secret-tokens.ts';
import { flowMinutes } from './flows.ts';

/**
 * The cookie by which an answer of another provider is known to come back to the browser that asked. Lax, as the answer
 * comes by a link from the provider's site; with the prefix `__Host-` over https (RFC 6265bis §4.1.3).
 */
export interface BrowserCookie {
  readonly read: (header: string | undefined) => string | undefined;
  /** The value this browser has, or a new one; and the Set-Cookie header that keeps it long enough. */
  readonly give: (header: string | undefined) => { readonly value: string; readonly setCookie: string };
}

export function browserCookie(baseUrl: string): BrowserCookie {
  const secure = baseUrl.startsWith('https:');
  const name = secure ? '__Host-elsewhere' : 'elsewhere';
  const read = (header: string | undefined): string | undefined => {
    const pairs = (header ?? '').split(';').map((pair) => pair.trim());
    const found = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
    return found !== undefined && /^[A-Za-z0-9_-]{43}$/.test(found) ? found : undefined;
  };
  return {
    read,
    give(header) {
      // Kept where there is one: sign-ins begun in two tabs both come back.
      const value = read(header) ?? newToken();
      const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${flowMinutes * 60}${secure ? '; Secure' : ''}`;
      return { value, setCookie: `${name}=${value}; ${attributes}` };
    },
  };
}
