/**
 * Makes a resource's narrative safe to show. Nothing is trusted: every tag and attribute that goes out is written here
 * anew from a short list (a subset of what FHIR R4 §2.6.0.1 allows), and all text is escaped again.
 */

const kept = new Set(
  'p br div span b i u strong em small big sub sup code pre tt kbd samp var q cite abbr acronym dfn blockquote address hr ul ol li dl dt dd table caption thead tbody tfoot tr th td a'.split(
    ' ',
  ),
);
const empty = new Set(['br', 'hr']);
const headings = /^h[1-6]$/;
const spans = new Set(['colspan', 'rowspan']);
/** Elements whose text is not for reading: left out with all they hold. */
const dropped = new Set([
  'script',
  'style',
  'head',
  'title',
  'template',
  'iframe',
  'object',
  'svg',
  'math',
  'noscript',
]);

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

const decode = (text: string): string =>
  text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,8}));/gi, (whole, hex, decimal, name) => {
    if (name) return entities[name] ?? whole;
    const point = hex ? Number.parseInt(hex, 16) : Number(decimal);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '';
  });

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (c) => escapes[c] ?? '');

/** Only web addresses and e-mail may be followed from a narrative. */
const safeLink = (href: string): boolean => /^(?:https?:\/\/[^\s]|mailto:)/i.test(href);

const tag = /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>|<!--[\s\S]*?-->|<[!?][^>]*>/g;
const attribute = /([a-zA-Z:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

const attributesOf = (text: string): Map<string, string> =>
  new Map(
    [...text.matchAll(attribute)].map(([, name, a, b]) => [String(name).toLowerCase(), decode(a ?? b ?? '')]),
  );

const opening = (name: string, attributes: Map<string, string>): string => {
  if (name === 'a') {
    const href = attributes.get('href')?.trim() ?? '';
    return safeLink(href) ? `<a href="${escapeHtml(href)}" rel="noopener noreferrer nofollow">` : '<span>';
  }
  const shown = [...attributes].filter(([key, value]) => spans.has(key) && /^\d{1,3}$/.test(value));
  return `<${name}${shown.map(([key, value]) => ` ${key}="${value}"`).join('')}>`;
};

/** The narrative's XHTML (`Narrative.div`) as HTML that is safe within a page. Images become their alternative text. */
export function safeNarrative(div: unknown): string {
  if (typeof div !== 'string') return '';
  const open: { name: string; close: string }[] = [];
  let out = '';
  let skipped: string | undefined;
  let at = 0;
  const text = (raw: string): void => {
    if (skipped === undefined) out += escapeHtml(decode(raw));
  };
  for (const found of div.matchAll(tag)) {
    text(div.slice(at, found.index));
    at = found.index + found[0].length;
    const name = found[2]?.toLowerCase();
    if (name === undefined) continue;
    const closing = found[1] === '/';
    if (skipped !== undefined) {
      if (closing && name === skipped) skipped = undefined;
      continue;
    }
    if (closing) {
      const place = open.findLastIndex((one) => one.name === name);
      if (place >= 0) for (const one of open.splice(place).reverse()) out += one.close;
      continue;
    }
    const selfClosed = found[3]?.trimEnd().endsWith('/') ?? false;
    const attributes = attributesOf(found[3] ?? '');
    if (dropped.has(name)) {
      if (!selfClosed) skipped = name;
    } else if (empty.has(name)) out += `<${name}>`;
    else if (name === 'img') out += escapeHtml(attributes.get('alt') ?? '');
    else if (!selfClosed && headings.test(name)) {
      out += '<p><strong>';
      open.push({ name, close: '</strong></p>' });
    } else if (!selfClosed && kept.has(name)) {
      const start = opening(name, attributes);
      out += start;
      open.push({ name, close: start === '<span>' ? '</span>' : `</${name}>` });
    }
  }
  text(div.slice(at));
  for (const one of open.reverse()) out += one.close;
  return out;
}
