import type { Transaction } from '../platform/database.ts';
import { problem } from '../platform/problem.ts';
import type { Item, Rewriting } from './item.ts';

const temporary = /"(urn:(?:uuid|oid):[^"\\#]+)(#[^"\\]*)?"/g;
const reference = /("reference"\s*:\s*")([^"\\]*)"/g;
const href = /((?:href|src)=\\")(urn:(?:uuid|oid):[^"\\#]+)/g;
const conditional = /"reference"\s*:\s*"[A-Z][A-Za-z]*\?/;

/**
 * Rewrites the links between the entries of a transaction once each entry's place is known, in the text, so that
 * nothing else of what was sent changes: references, URIs and narrative links to an entry's fullUrl, and references
 * by condition (`Patient?identifier=…`). Source: FHIR R4 §3.1.0.11.2.
 */
export function linksOf(
  items: readonly Item[],
  baseUrl: string,
  match: (sql: Transaction, type: string, query: string) => Promise<readonly string[]>,
  options: {
    /** Leave links to entries that are not there as they are, as in a Bundle that is no transaction. */
    readonly keepUnknown?: boolean;
  } = {},
): Rewriting {
  const places = new Map<string, string>();
  const texts = items.map(({ change }) => ('text' in change ? change.text : ''));
  const byCondition = texts.map((text) => conditional.test(text));
  const links = texts.some((text) => text.includes('"reference"') || text.includes('urn:'));

  const resolved = new Map<string, string>();
  const findByCondition = async (
    sql: Transaction,
    asked: string,
    where: string | undefined,
  ): Promise<string> => {
    const known = resolved.get(asked);
    if (known !== undefined) return known;
    const at = asked.indexOf('?');
    const type = asked.slice(0, at);
    const ids = await match(sql, type, unescaped(asked.slice(at + 1)));
    if (ids.length !== 1)
      throw problem(
        ids.length === 0 ? 'not-found' : 'multiple-matches',
        `The reference ${asked} matches ${ids.length === 0 ? 'nothing' : 'more than one resource'}. A reference by condition must match exactly one.`,
        {
          status: 412,
          ...(where === undefined ? {} : { where }),
        },
      );
    const place = `${type}/${ids[0]}`;
    resolved.set(asked, place);
    return place;
  };

  return {
    needsDatabase: byCondition.includes(true),
    learn(found) {
      places.clear();
      resolved.clear();
      found.forEach((place, i) => {
        const fullUrl = items[i]?.fullUrl;
        if (place === undefined || fullUrl === undefined) return;
        places.set(fullUrl, place);
        // A reference relative to the sender's base means the entry whose fullUrl lies below it.
        const local = /^https?:\/\/.*\/([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})$/.exec(fullUrl)?.[1];
        if (local !== undefined && !places.has(local)) places.set(local, place);
      });
    },
    async apply(text, item, sql) {
      if (!links) return text;
      let rewritten = text;
      if (rewritten.includes('urn:')) {
        rewritten = rewritten
          .replace(temporary, (whole, url: string, fragment: string | undefined) => {
            const place = places.get(url);
            return place === undefined ? whole : `"${place}${fragment ?? ''}"`;
          })
          .replace(href, (whole, start: string, url: string) => {
            const place = places.get(url);
            return place === undefined ? whole : `${start}${place}`;
          });
      }
      const missing: string[] = [];
      const conditions = new Set<string>();
      rewritten = rewritten.replace(reference, (whole, start: string, target: string) => {
        const place = places.get(target);
        if (place !== undefined) return `${start}${place}"`;
        if (/^urn:(?:uuid|oid):/.test(target)) missing.push(target);
        else if (/^[A-Z][A-Za-z]*\?/.test(target)) conditions.add(target);
        else if (target.startsWith(`${baseUrl}/`)) return `${start}${target.slice(baseUrl.length + 1)}"`;
        return whole;
      });
      const where = item.prefix;
      if (missing.length > 0 && !options.keepUnknown)
        throw problem('not-found', `No entry has the fullUrl ${missing[0]}, which a reference points at.`, {
          status: 400,
          ...(where === undefined ? {} : { where }),
        });
      for (const asked of conditions) {
        if (!sql) throw new Error('A reference by condition needs the database'); // needsDatabase said so
        const place = await findByCondition(sql, asked, where);
        rewritten = rewritten.replaceAll(`"${asked}"`, `"${place}"`);
      }
      return rewritten;
    },
  };
}

/** The text between the quotation marks of a JSON string. */
const unescaped = (text: string): string => JSON.parse(`"${text}"`) as string; // a JSON string by construction
