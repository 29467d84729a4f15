import { type Kept, keptOf, type Part, subsetTag, summaryOf } from '../../fhir/subset.ts';
import { elements, members } from '../resource-text.ts';

const tag = JSON.stringify(subsetTag);
const brace = '{'.charCodeAt(0);
const bracket = '['.charCodeAt(0);

/** The part of a resource's JSON that was asked for, tagged SUBSETTED; numbers keep their digits. */
export function subsetText(text: string, type: string, part: Part): string {
  const kept = keptOf(type, part);
  const out: string[] = [];
  let hasMeta = false;
  for (const member of members(text)) {
    if (member.key === 'meta') {
      hasMeta = true;
      out.push(`"meta":${taggedMeta(text, member.valueStart)}`);
      continue;
    }
    if (member.key === 'resourceType') out.push(text.slice(member.start, member.end));
    else pushKept(text, kept, member, out);
  }
  if (!hasMeta) out.push(`"meta":{"tag":[${tag}]}`);
  return `{${out.join(',')}}`;
}

function pushKept(text: string, kept: Kept, member: ReturnType<typeof members>[number], out: string[]): void {
  const { key, start, valueStart, end } = member;
  const choice = kept.get(key) ?? (key.startsWith('_') ? kept.get(key.slice(1)) : undefined);
  if (choice === undefined) return;
  if (choice === 'whole') out.push(text.slice(start, end));
  else out.push(`"${key}":${cutValue(text, valueStart, end, summaryOf(choice.summaryOf))}`);
}

function cutValue(text: string, at: number, end: number, kept: Kept): string {
  const first = text.charCodeAt(at);
  if (first === bracket)
    return `[${elements(text, at)
      .map(([from, to]) => cutValue(text, from, to, kept))
      .join(',')}]`;
  if (first !== brace) return text.slice(at, end);
  const out: string[] = [];
  for (const member of members(text, at)) pushKept(text, kept, member, out);
  // An object may not be empty in FHIR (ele-1), so what has nothing of the summary stays whole.
  return out.length === 0 ? text.slice(at, end) : `{${out.join(',')}}`;
}

function taggedMeta(text: string, at: number): string {
  const inner = members(text, at);
  const out = inner.map(({ key, start, valueStart, end }) =>
    key === 'tag' && text.charCodeAt(valueStart) === bracket
      ? `${text.slice(start, end - 1)},${tag}]`
      : text.slice(start, end),
  );
  if (!inner.some((member) => member.key === 'tag')) out.push(`"tag":[${tag}]`);
  return `{${out.join(',')}}`;
}
