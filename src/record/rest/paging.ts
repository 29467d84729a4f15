import type { Link } from './bundle-text.ts';

/** A query without one of its parameters. */
function without(query: string, name: string): string {
  if (!query.includes(name) && !query.includes('%')) return query;
  return query
    .split('&')
    .filter((pair) => {
      const written = pair.split('=', 1)[0] ?? '';
      return written !== name && !(written.includes('%') && decodeURIComponent(written) === name);
    })
    .join('&');
}

/**
 * Links of a page: `self` as asked and understood, `first`, and `next` where there is more. `address` is what comes
 * before the question mark; `query` is encoded as in an address.
 */
export function pageLinks(address: string, query: string, next: string | undefined): Link[] {
  const at = (text: string): string => (text === '' ? address : `${address}?${text}`);
  const links: Link[] = [{ relation: 'self', url: at(query) }];
  if (next === undefined && !query.includes('_page')) return links;
  const first = without(query, '_page');
  links.push({ relation: 'first', url: at(first) });
  if (next !== undefined) {
    const place = `_page=${encodeURIComponent(next)}`;
    links.push({ relation: 'next', url: at(first === '' ? place : `${first}&${place}`) });
  }
  return links;
}
