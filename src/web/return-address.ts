/**
 * Where to go on to after signing in, from a parameter that anyone may have written: a path of this site, else the start
 * page. Whatever a browser could take for another site's address is refused (`//elsewhere`, `/\elsewhere`, `https:…`).
 */
export function returnAddress(given: unknown): string {
  const text = Array.isArray(given) ? given[0] : given;
  if (typeof text !== 'string' || text.length > 2000 || !/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text))
    return '/';
  if (!URL.canParse(text, here)) return '/';
  const { origin, pathname, search, hash } = new URL(text, here);
  // Resolving takes out dots and line breaks, after which a path may begin as an address does.
  if (origin !== here || pathname.startsWith('//')) return '/';
  return `${pathname}${search}${hash}`;
}

const here = 'https://here.invalid';

/** The parameter by which an address is handed on; empty for the start page. */
export const returnQuery = (returnTo: string): string =>
  returnTo === '/' ? '' : `?return=${encodeURIComponent(returnTo)}`;
