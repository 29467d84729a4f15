import type { ResourceType } from '@medplum/fhirtypes';
import { asProblem } from '../platform/sql-error.ts';
import type { Stored } from './care-record.ts';
import type { Key } from './keys.ts';
import { packed, type Row, unpack } from './packed-row.ts';
import { parameters } from './search/parameters.ts';
import type { Seen } from './seen.ts';
import type { Connection } from './store.ts';
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

/** Reads one resource as far as it may be seen. */
export async function readOne(sql: Connection, seen: Seen, type: string, id: string): Promise<SeenOne> {
  const to = parameters();
  const text = `select ${packed('r')}, i.person,
      case when r.pk is null then ${seen.gone('i', to)} else ${seen.row('r', to)} end as seen
    from identity i left join resource r on r.person = i.person and r.pk = i.pk
    where i.type = ${to.add(typeNumber(type), 'int2')} and i.id = ${to.add(id, 'text')}`;
  let rows: Row[];
  try {
    rows = await sql.unsafe(text, [...to.values], { prepare: true }).raw();
  } catch (error) {
    throw asProblem(error);
  }
  const [row] = rows;
  if (!row) return { stored: undefined, gone: false, hidden: false, person: '0' };
  const [, body, person, mark] = row;
  const mayKnow = mark?.toString('latin1') === 't';
  return {
    stored: mayKnow && body ? { ...unpack(row), type: type as ResourceType } : undefined, // the type asked for
    gone: mayKnow && !body,
    hidden: !mayKnow,
    person: person?.toString('latin1') ?? '0',
  };
}
