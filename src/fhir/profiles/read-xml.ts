/**
 * FHIR XML made into the JSON that the rest works with: by the definitions of R4, which say what repeats and what is a
 * number. Guides are often published so. Source: FHIR R4 §2.6.1 (XML), §2.6.2 (JSON).
 */
import { problem } from '../../platform/problem.ts';
import { choiceName, type ElementDefinition, elementsOf, typeDefinition } from '../definitions.ts';
import { isResourceType } from '../resource-types.ts';

interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  /** Where it stands in the text, tags included: narratives are kept as they were written. */
  readonly start: number;
  end: number;
}

type Json = Record<string, unknown>;

/** The resource that the text holds. Throws a Problem where it is no well-formed XML, or no resource of R4. */
export function readXmlResource(text: string): Json {
  return resourceOf(parse(text), text);
}

const skipped = /(?:[^<]+|<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<!DOCTYPE[^>[]*>)+/y;
const openTag = /<([A-Za-z_][\w:.-]*)/y;
const attribute = /\s+([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const tagEnd = /\s*(\/?)>/y;
const closeTag = /<\/([A-Za-z_][\w:.-]*)\s*>/y;

function readAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function parse(text: string): XmlElement {
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let at = 0;
  while (at < text.length) {
    at += readAt(skipped, text, at)?.[0].length ?? 0;
    if (at >= text.length) break;
    const close = readAt(closeTag, text, at);
    if (close) {
      const element = open.pop();
      if (!element || element.name !== close[1]) throw malformed(text, at);
      at += close[0].length;
      element.end = at;
      continue;
    }
    const tag = readAt(openTag, text, at);
    if (!tag || (root && open.length === 0)) throw malformed(text, at);
    const start = at;
    at += tag[0].length;
    const attributes = new Map<string, string>();
    for (let found = readAt(attribute, text, at); found; found = readAt(attribute, text, at)) {
      attributes.set(found[1] ?? '', unescaped(found[2] ?? found[3] ?? ''));
      at += found[0].length;
    }
    const end = readAt(tagEnd, text, at);
    if (!end) throw malformed(text, at);
    at += end[0].length;
    const element: XmlElement = { name: tag[1] ?? '', attributes, children: [], start, end: at };
    open.at(-1)?.children.push(element);
    root ??= element;
    if (end[1] === '') open.push(element);
  }
  if (!root || open.length > 0) throw malformed(text, text.length);
  return root;
}

function malformed(text: string, at: number): Error {
  const line = text.slice(0, at).split('\n').length;
  return problem('structure', `The XML is not well-formed at line ${line}.`);
}

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|(\w+));/g, (whole, decimal, hex, name) => {
    const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : undefined;
    if (code !== undefined) return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
    return named[name] ?? whole;
  });
}

function resourceOf(element: XmlElement, text: string): Json {
  if (!isResourceType(element.name)) throw problem('structure', `<${element.name}> is not a resource of R4.`);
  return { resourceType: element.name, ...membersOf(element, element.name, text) };
}

interface Member {
  readonly type: string;
  readonly element: ElementDefinition;
}

const known = new Map<string, ReadonlyMap<string, Member>>();

/** The elements of a type by the names that they have in XML: choices with their type. */
function namesOf(type: string): ReadonlyMap<string, Member> {
  let names = known.get(type);
  if (!names) {
    const made = new Map<string, Member>();
    for (const [name, element] of elementsOf(type))
      for (const of of element.types)
        made.set(name.endsWith('[x]') ? choiceName(name, of) : name, { type: of, element });
    names = made;
    known.set(type, names);
  }
  return names;
}

function membersOf(from: XmlElement, type: string, text: string): Json {
  const out: Json = {};
  for (const name of ['id', 'url']) {
    const value = from.attributes.get(name);
    if (value !== undefined) out[name] = value;
  }
  const names = namesOf(type);
  for (const child of from.children) {
    const member = names.get(child.name);
    if (!member) throw problem('structure', `${type} has no element <${child.name}>.`);
    const { value, extra } = readValue(child, member.type, text);
    const repeats = member.element.max === '*' || (member.element.max ?? 1) > 1;
    if (!repeats) {
      if (value !== undefined) out[child.name] = value;
      if (extra !== undefined) out[`_${child.name}`] = extra;
      continue;
    }
    const values = listOf(out, child.name);
    values.push(value ?? null);
    const extras = out[`_${child.name}`];
    if (extra !== undefined || extras !== undefined) {
      const list = listOf(out, `_${child.name}`);
      while (list.length < values.length - 1) list.push(null);
      list.push(extra ?? null);
    }
  }
  for (const name of Object.keys(out)) {
    const list = out[name];
    // A primitive all of whose values are only extensions is written without the list of values.
    if (Array.isArray(list) && list.every((item) => item === null)) delete out[name];
  }
  return out;
}

function listOf(out: Json, name: string): unknown[] {
  const list = (out[name] ?? []) as unknown[]; // made here
  out[name] = list;
  return list;
}

function readValue(child: XmlElement, type: string, text: string): { value?: unknown; extra?: Json } {
  if (type === 'Resource') {
    const [inner] = child.children;
    if (!inner) throw problem('structure', `<${child.name}> holds no resource.`);
    return { value: resourceOf(inner, text) };
  }
  if (type === 'xhtml') return { value: text.slice(child.start, child.end) };
  if (typeDefinition(type)?.kind !== 'primitive-type') return { value: membersOf(child, type, text) };
  const written = child.attributes.get('value');
  const extra = membersOf(child, 'Element', text);
  return {
    ...(written === undefined ? {} : { value: primitive(written, type) }),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  };
}

const numeric = new Set(['decimal', 'integer', 'unsignedInt', 'positiveInt']);

function primitive(written: string, type: string): unknown {
  if (type === 'boolean') return written === 'true' ? true : written === 'false' ? false : written;
  return numeric.has(type) && written.trim() !== '' ? Number(written) : written;
}
