import type { Stored } from './care-record.ts';
import type { Key } from './keys.ts';
import { packed, type Row, unpackBehind } from './packed-row.ts';
import { type GroupedSearches, shapeParameters } from './search/grouped.ts';
import type { Seen } from './seen.ts';
import { typeNumber } from './type-numbers.ts';

/** What a read by id found for an actor who does not see everything. */
export interface SeenOne {
  readonly stored: Stored | undefined;
  /** It was there, may be known to have been, and has been deleted. */
  readonly gone: boolean;
  /** It is there, and the actor may not know. */
  readonly hidden: boolean;
  /** Whose it is, for the audit log alone; 0: there is none. */
  readonly person: Key;
}

/** Reads one resource as far as it may be seen; together with those who ask alike at the same moment. */
export async function readOne(
  grouped: GroupedSearches,
  seen: Seen,
  type: string,
  id: string,
): Promise<SeenOne> {
  const to = shapeParameters();
  const text = `select ${packed('r', ['asked.n'])}, i.person,
      (case when r.pk is null then ${seen.gone('i', to)} else ${seen.row('r', to)} end)::text as seen
    from identity i left join resource r on r.person = i.person and r.pk = i.pk
    where i.type = ${to.add(typeNumber(type), 'int2')} and i.id = ${to.add(id, 'text')}`;
  const [row] = await grouped.ask({ text, types: to.types, quick: true }, to.values);
  return row ? found(row) : { stored: undefined, gone: false, hidden: false, person: '0' };
}

function found(row: Row): SeenOne {
  const [, body, person, mark] = row;
  const mayKnow = mark === 'true';
  return {
    stored: mayKnow && body ? unpackBehind(row) : undefined,
    gone: mayKnow && !body,
    hidden: !mayKnow,
    person: person ?? '0',
  };
}
