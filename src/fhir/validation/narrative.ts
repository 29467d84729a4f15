/**
 * Narrative XHTML: well-formed, and only what may be shown to a reader without harm.
 * Source: FHIR R4, Narrative, rules txt-1 and txt-2; HTML 4.0 chapters 7 to 11 and 15.
 */
import { shown } from './walk.ts';

const elements = new Set(
  (
    'a abbr acronym address area b bdo big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 ' +
    'h6 hr i img kbd li map ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var'
  ).split(' '),
);

const anyElement = new Set(
  (
    'title style class id lang xml:lang xml:space dir accesskey tabindex ' +
    // Of tables (HTML 4.0 §11); browsers pass over them elsewhere.
    'span width align valign char charoff abbr axis headers scope rowspan colspan'
  ).split(' '),
);

const oneElement: Readonly<Record<string, ReadonlySet<string>>> = {
  a: new Set('charset type name href hreflang rel rev shape coords'.split(' ')),
  area: new Set('shape coords href nohref alt'.split(' ')),
  blockquote: new Set(['cite']),
  img: new Set('src alt longdesc height width usemap ismap border'.split(' ')),
  map: new Set(['name']),
  pre: new Set(['space']),
  q: new Set(['cite']),
  table: new Set('summary border frame rules cellspacing cellpadding'.split(' ')),
  td: new Set(['nowrap']),
};
const nothing: ReadonlySet<string> = new Set();

const addressed = new Set(['href', 'src', 'cite', 'longdesc', 'usemap']);
const namespace = 'http://www.w3.org/1999/xhtml';
/** Elements within elements; a page nested deeper is an attack on the reader's browser. */
const deepest = 100;

// XML 1.0 §2.3: a name, a comment, a tag with its attributes. Each pattern is read from a place ("sticky") and is linear.
const openTag = /<([A-Za-z][\w:.-]*)/y;
const attribute = /\s+([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const tagEnd = /\s*(\/?)>/y;
const closeTag = /<\/([A-Za-z][\w:.-]*)\s*>/y;
const entity = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,30}));/y;

function readAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** What is wrong with a Narrative.div, or undefined when it may be kept and shown. */
export function narrativeFault(text: string): string | undefined {
  const open: string[] = [];
  let at = text.length - text.trimStart().length;
  let hasContent = false;
  let finished = false;
  while (at < text.length) {
    const next = text.charCodeAt(at) === 0x3c ? at : text.indexOf('<', at);
    const end = next < 0 ? text.length : next;
    if (end > at) {
      const characters = text.slice(at, end);
      if (open.length === 0) {
        if (characters.trim() !== '')
          return 'The narrative must be one <div> element, with nothing before or after it.';
      } else if (characters.trim() !== '') hasContent = true;
      const fault = wrongEntity(characters);
      if (fault) return fault;
      at = end;
      continue;
    }
    if (text.startsWith('<!--', at)) {
      const close = text.indexOf('--', at + 4);
      if (close < 0 || text.charAt(close + 2) !== '>')
        return 'A comment in the narrative is not closed properly.';
      at = close + 3;
      continue;
    }
    if (text.startsWith('<![CDATA[', at) && open.length > 0) {
      const close = text.indexOf(']]>', at);
      if (close < 0) return 'A CDATA section in the narrative is not closed.';
      at = close + 3;
      hasContent = true;
      continue;
    }
    if (text.startsWith('</', at)) {
      const match = readAt(closeTag, text, at);
      const name = open.pop();
      if (!match || match[1] !== name)
        return `The narrative is not well-formed: ${shown(text.slice(at, at + 20))} stands where ${name ? `</${name}>` : 'nothing'} was expected.`;
      at += match[0].length;
      finished = open.length === 0;
      continue;
    }
    const tag = readAt(openTag, text, at);
    const name = tag?.[1];
    if (!tag || name === undefined)
      return `The narrative is not well-formed at ${shown(text.slice(at, at + 20))}. Write < as &lt; where it is not part of a tag.`;
    if (open.length === 0 && (finished || name !== 'div'))
      return 'The narrative must be one <div> element, with nothing before or after it.';
    if (!elements.has(name)) return `The element <${name.slice(0, 60)}> is not allowed in a narrative.`;
    if (name === 'img') hasContent = true;
    at += tag[0].length;
    const seen = new Set<string>();
    for (let match = readAt(attribute, text, at); match; match = readAt(attribute, text, at)) {
      const fault = wrongAttribute(name, match[1] ?? '', match[2] ?? match[3] ?? '', seen);
      if (fault) return fault;
      at += match[0].length;
    }
    if (open.length === 0 && !seen.has('xmlns'))
      return `The <div> of a narrative must carry xmlns="${namespace}".`;
    const close = readAt(tagEnd, text, at);
    if (!close)
      return `The narrative is not well-formed in the tag <${name}>: attributes are written name="value".`;
    at += close[0].length;
    if (close[1] === '') {
      open.push(name);
      if (open.length > deepest) return `More than ${deepest} elements inside each other in the narrative.`;
    } else if (open.length === 0) finished = true;
  }
  if (open.length > 0) return `The narrative is not well-formed: <${open.at(-1)}> is not closed.`;
  if (!finished) return 'The narrative must be one <div> element, with nothing before or after it.';
  return hasContent
    ? undefined
    : 'The narrative has neither text nor an image: leave it out, or say something.';
}

function wrongAttribute(element: string, name: string, value: string, seen: Set<string>): string | undefined {
  if (seen.has(name)) return `The attribute ${name} stands twice in one tag of the narrative.`;
  seen.add(name);
  const fault = wrongEntity(value);
  if (fault) return fault;
  if (name === 'xmlns') {
    return value === namespace
      ? undefined
      : `The narrative's namespace must be ${namespace}, found ${shown(value)}.`;
  }
  if (name.startsWith('xmlns:')) return undefined;
  if (!anyElement.has(name) && !(oneElement[element] ?? nothing).has(name))
    return `The attribute ${name.slice(0, 60)} is not allowed on <${element}> in a narrative.`;
  if (addressed.has(name) && isActive(value))
    return `The ${name} of <${element}> may not run a script, found ${shown(value)}.`;
  if (
    name === 'style' &&
    /expression\s*\(|javascript:|vbscript:|@import|behaviou?r\s*:|-moz-binding/i.test(squeezed(value))
  )
    return `The style of <${element}> may not run a script or load a sheet.`;
  return undefined;
}

/** A value as a browser reads it: entities resolved, and the blanks and control characters left out that it passes over. */
function squeezed(value: string): string {
  const plain = value.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(\w{1,30}));/g,
    (_all, decimal, hex, name) => {
      if (name !== undefined) return { colon: ':', Tab: '', NewLine: '', lpar: '(' }[name as string] ?? '?';
      const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return point <= 0x10ffff ? String.fromCodePoint(point) : '?';
    },
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what hides a script
  return plain.replace(/[\u0000-\u0020\u007f-\u00a0\u200b\\]/g, '');
}

const scheme = /^([a-z][a-z0-9+.-]*):/i;
const quiet = new Set(['http', 'https', 'mailto', 'tel', 'ftp', 'urn', 'cid', 'sms']);
function isActive(value: string): boolean {
  const plain = squeezed(value);
  const name = scheme.exec(plain)?.[1]?.toLowerCase();
  if (name === undefined || quiet.has(name)) return false;
  return name === 'data'
    ? !/^data:image\/(?!svg)/i.test(plain)
    : /^(?:javascript|vbscript|livescript|file|blob|filesystem|view-source)$/.test(name);
}

/** XML 1.0 §4.1: `&` begins a character or a named entity, and nothing else. */
function wrongEntity(text: string): string | undefined {
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1))
    if (!readAt(entity, text, at))
      return `The narrative is not well-formed at ${shown(text.slice(at, at + 20))}. Write & as &amp;.`;
  return undefined;
}
