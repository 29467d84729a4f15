/** Token values. Source: FHIR R4 §3.1.1.4.10. */
import type { IdentifierValue, TokenValue } from '../search-values.ts';
import { asObject, items, text } from './json-members.ts';

type Out = Pick<(TokenValue | IdentifierValue)[], 'push'>;

/** A code, boolean, string, id, uri or number; `system` where the element implies one. */
export function tokenOfPrimitive(node: unknown, out: Out, system?: string): void {
  if (node === '' || node === null || typeof node === 'object' || node === undefined) return;
  const code = String(node);
  out.push(system === undefined ? { kind: 'token', code } : { kind: 'token', system, code });
}

export function tokenOfCoding(node: unknown, out: Out, concept?: string): void {
  const coding = asObject(node);
  if (!coding) return;
  const system = text(coding['system']);
  const code = text(coding['code']);
  const words = text(coding['display']) ?? concept;
  if (system === undefined && code === undefined && words === undefined) return;
  out.push({
    kind: 'token',
    ...(system === undefined ? {} : { system }),
    ...(code === undefined ? {} : { code }),
    ...(words === undefined ? {} : { text: words }),
  });
}

/**
 * Each coding, with the concept's text where it has no display; the text itself when no coding carries it.
 */
export function tokensOfConcept(node: unknown, out: Out): void {
  const concept = asObject(node);
  if (!concept) return;
  const words = text(concept['text']);
  let carried = false;
  for (const coding of items(concept['coding'])) {
    tokenOfCoding(coding, out, words);
    const display = asObject(coding)?.['display'];
    carried ||=
      words === undefined || (asObject(coding) !== undefined && (!text(display) || display === words));
  }
  if (words !== undefined && !carried) out.push({ kind: 'token', text: words });
}

export function identifierOf(node: unknown, out: Out): void {
  const identifier = asObject(node);
  const value = identifier && text(identifier['value']);
  if (!identifier || value === undefined) return;
  const type = asObject(identifier['type']);
  const words = text(type?.['text']);
  const types: { system?: string; code: string }[] = [];
  for (const item of items(type?.['coding'])) {
    const coding = asObject(item);
    const code = text(coding?.['code']);
    const system = text(coding?.['system']);
    if (code !== undefined) types.push(system === undefined ? { code } : { system, code });
  }
  const system = text(identifier['system']);
  out.push({
    kind: 'identifier',
    ...(system === undefined ? {} : { system }),
    value,
    types,
    ...(words === undefined ? {} : { text: words }),
  });
}

/** A telephone number or address has no system in search ("the URI portion is not used"). */
export function tokenOfContactPoint(node: unknown, out: Out): void {
  const value = text(asObject(node)?.['value']);
  if (value !== undefined) out.push({ kind: 'identifier', value, types: [] });
}
