/** Forms as a browser without script sends them: what stands hidden in the page, and what is typed. */
import assert from 'node:assert/strict';
import type { Answered, BrowserOf } from './whole-product.ts';

export type Typed = Readonly<Record<string, string | readonly string[]>>;

export const locationOf = (answer: Answered): string => String(answer.headers.get('location'));

/** The words of a page, without its header and footer. */
export const wordsOf = (answer: Answered): string =>
  answer.text
    .replace(/[\s\S]*<main[^>]*>/, '')
    .replace(/<\/main>[\s\S]*/, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');

const hiddenOf = (text: string): readonly (readonly [string, string])[] =>
  [...text.matchAll(/type="hidden"(?: id="[^"]*")? name="([^"]+)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, value],
  );

export const timesIn = (text: string): readonly string[] =>
  [...text.matchAll(/name="slot" type="radio" value="([^"]+)"/g)].map(([, value = '']) => value);

/** Opens a page with a form and sends it. What is typed may depend on the page: times to choose from. */
export async function sent(
  browser: BrowserOf,
  path: string,
  typed: Typed | ((text: string) => Typed) = {},
): Promise<Answered> {
  const page = await browser.get(path);
  assert.equal(page.status, 200, `${path}: ${page.status} ${wordsOf(page)}`);
  const own = typeof typed === 'function' ? typed(page.text) : typed;
  const body = new URLSearchParams();
  for (const [name, value] of hiddenOf(page.text)) if (!(name in own)) body.append(name, value);
  for (const [name, value] of Object.entries(own))
    for (const one of typeof value === 'string' ? [value] : value) body.append(name, one);
  return browser.post(path.split('?')[0] ?? '', body);
}

/** Sends a page and answers where it went on to. */
export async function on(
  browser: BrowserOf,
  path: string,
  typed: Typed | ((text: string) => Typed) = {},
): Promise<string> {
  const answer = await sent(browser, path, typed);
  assert.equal(answer.status, 303, `${path}: ${answer.status} ${wordsOf(answer)}`);
  return locationOf(answer);
}
