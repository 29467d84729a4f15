/** A record as a FHIR Bundle, a page of it at a time: nothing of it is held that has been sent. */
import { typesIn } from '../../access/resource-groups.ts';
import type { Actor } from '../../record/actor.ts';
import type { CareRecord, EverythingOptions, Stored } from '../../record/care-record.ts';
import { startOfDay } from '../../web/dates.ts';
import type { RecordSection } from './record-sections.ts';
import type { Span } from './record-span.ts';

export interface BundleAsked {
  readonly record: CareRecord;
  readonly actor: Actor;
  /** Patient id. */
  readonly person: string;
  /** Address of the FHIR API, for `fullUrl`. */
  readonly baseUrl: string;
  /** ms since 1970 UTC. */
  readonly now: number;
  /** Undefined: everything. */
  readonly sections: readonly RecordSection[] | undefined;
  readonly span: Span;
}

const pageSize = 500;
const dayMs = 86_400_000;
/** What a record points at outside itself: who wrote it, and where. */
const shared = typesIn(['directory', 'dictionary'], 'nobody');

/** Questions that together find what was asked for, each thing in one of them or several. */
function questions({ sections, span }: BundleAsked): readonly EverythingOptions[] {
  const bounds: EverythingOptions = {
    ...(span.from === undefined ? {} : { start: startOfDay(span.from) }),
    ...(span.to === undefined ? {} : { end: startOfDay(nextDay(span.to)) }),
  };
  if (!sections) return [bounds];
  const typesOf = (some: readonly RecordSection[]) => some.flatMap(({ types }) => types);
  const dated = typesOf(sections.filter((one) => one.dated));
  // What goes on is told whatever its day.
  const lasting = typesOf(sections.filter((one) => !one.dated)).filter((type) => !dated.includes(type));
  return [
    { types: ['Patient', ...lasting, ...shared] },
    ...(dated.length > 0 ? [{ ...bounds, types: ['Patient', ...dated, ...shared] }] : []),
  ];
}

const nextDay = (key: string): string => new Date(Date.parse(key) + dayMs).toISOString().slice(0, 10);

const keyOf = ({ type, id }: Stored): string => `${type}/${id}`;

/** The text of a Bundle of type collection, piece by piece. Source: FHIR R4 §2.36, Bundle. */
export async function* bundleText(asked: BundleAsked): AsyncGenerator<string> {
  const { record, actor, person, baseUrl, now } = asked;
  const sent = new Set<string>();
  yield `{"resourceType":"Bundle","type":"collection","timestamp":"${new Date(now).toISOString()}","entry":[`;
  for (const question of questions(asked)) {
    let cursor: string | undefined;
    do {
      const page = await record.everything(actor, person, {
        ...{ ...question, count: pageSize },
        ...(cursor === undefined ? {} : { cursor }),
      });
      const fresh = [...(page?.matches ?? []), ...(page?.included ?? [])].filter(
        (stored) => stored.body && !sent.has(keyOf(stored)),
      );
      let text = '';
      for (const stored of fresh) {
        const key = keyOf(stored);
        if (sent.has(key)) continue;
        text += `${sent.size > 0 ? ',' : ''}{"fullUrl":"${baseUrl}/${key}","resource":${stored.body?.toString('utf8')}}`;
        sent.add(key);
      }
      if (text !== '') yield text;
      cursor = page?.next;
    } while (cursor !== undefined);
  }
  yield ']}';
}
