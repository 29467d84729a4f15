/**
 * Where someone goes on to after signing in: a page of this server, or the start page for anything else that an address
 * may hold (`//elsewhere`, `/\elsewhere`, `https:`), so that no link to us leads people away.
 */
export function localPath(given: unknown): string {
  if (typeof given !== 'string' || given.length > 1000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(given))
    return '/';
  const url = URL.parse(given, 'http://here.invalid');
  if (url?.origin !== 'http://here.invalid' || url.pathname.startsWith('//')) return '/';
  return url.pathname + url.search;
}
