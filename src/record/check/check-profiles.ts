import type { ProfileSet } from '../../fhir/profiles/profile-set.ts';
import type { ProfileFault } from '../../fhir/profiles/told-faults.ts';
import { type Database, inTransaction } from '../../platform/database.ts';
import { typeName } from '../type-numbers.ts';

export interface ProfileCheckOptions {
  readonly database: Database;
  readonly profiles: ProfileSet;
  /** Go on after this place, as a run that was stopped told it. */
  readonly after?: Place;
  readonly signal?: AbortSignal;
  readonly watch?: (done: number, total: number) => void;
}

/** A place in the order in which resources are gone through: the keys of a row, as text. */
export interface Place {
  readonly person: string;
  readonly pk: string;
}

/** A rule that stored resources break. */
export interface BrokenRule {
  readonly profile: string;
  readonly rule: string;
  readonly severity: ProfileFault['severity'];
  readonly message: string;
  /** Resources, each counted once. */
  count: number;
  readonly examples: string[];
}

export interface ProfileCheckResult {
  readonly resources: number;
  /** Those that claim a known profile. */
  readonly claiming: number;
  /** Those that break one, by an error. */
  readonly broken: number;
  /** Most broken first. */
  readonly rules: readonly BrokenRule[];
  /** Profiles that are claimed and not known, with how often. */
  readonly unknown: ReadonlyMap<string, number>;
  /** Where a run that was stopped can go on; undefined at the end. */
  readonly stoppedAt: Place | undefined;
}

const sliceSize = 500;
const mostExamples = 5;

/**
 * Checks what is stored against the profiles that it claims. Reads slice by slice in the order of the rows' keys, so that
 * nothing is held open and a later run can go on where this one stopped; memory does not grow with the record.
 */
export async function checkProfiles(options: ProfileCheckOptions): Promise<ProfileCheckResult> {
  const { database, profiles, signal, watch } = options;
  const rules = new Map<string, BrokenRule>();
  const unknown = new Map<string, number>();
  let at = options.after;
  let resources = 0;
  let claiming = 0;
  let broken = 0;
  const total = await countAfter(database, at);
  for (;;) {
    if (signal?.aborted) return result(at ?? lowest);
    const rows = await sliceAfter(database, at);
    for (const { person, pk, type, id, body } of rows) {
      const resource: unknown = JSON.parse(body);
      const faults = profiles.check(resource);
      const name = `${typeName(type)}/${id}`;
      if (claims(resource).some((url) => profiles.find(url))) claiming += 1;
      if (faults.some(({ severity }) => severity === 'error')) broken += 1;
      for (const fault of new Map(faults.map((one) => [keyOf(one), one])).values()) note(fault, name);
      for (const url of profiles.unknownClaims(resource)) unknown.set(url, (unknown.get(url) ?? 0) + 1);
      at = { person, pk };
    }
    resources += rows.length;
    watch?.(resources, total);
    if (rows.length < sliceSize) return result(undefined);
  }

  function note(fault: ProfileFault, name: string): void {
    const key = keyOf(fault);
    const { profile, rule, severity, message } = fault;
    const known = rules.get(key) ?? { profile, rule, severity, message, count: 0, examples: [] };
    known.count += 1;
    if (known.examples.length < mostExamples) known.examples.push(name);
    rules.set(key, known);
  }

  function result(stoppedAt: Place | undefined): ProfileCheckResult {
    const listed = [...rules.values()].sort((a, b) => b.count - a.count);
    return { resources, claiming, broken, rules: listed, unknown, stoppedAt };
  }
}

const keyOf = ({ profile, rule, severity }: ProfileFault): string => `${profile} ${rule} ${severity}`;

function claims(resource: unknown): readonly string[] {
  const { meta } = resource as { meta?: { profile?: readonly string[] } }; // stored, so valid
  return meta?.profile ?? [];
}

interface Row extends Place {
  readonly type: number;
  readonly id: string;
  readonly body: string;
}

async function sliceAfter(database: Database, after: Place | undefined): Promise<readonly Row[]> {
  const { person, pk } = after ?? lowest;
  return inTransaction(
    database,
    async (sql) => sql<Row[]>`select r.person::text, r.pk::text, r.type::int, r.id, r.body from resource r
      where (r.person, r.pk) > (${person}::bigint, ${pk}::bigint) order by r.person, r.pk limit ${sliceSize}`,
    { mode: 'isolation level read committed read only' },
  );
}

async function countAfter(database: Database, after: Place | undefined): Promise<number> {
  const { person, pk } = after ?? lowest;
  return inTransaction(
    database,
    async (sql) => {
      await sql`select set_config('statement_timeout', '0', true)`;
      const [{ total } = { total: 0 }] = await sql<{ total: number }[]>`select count(*)::int as total
        from resource r where (r.person, r.pk) > (${person}::bigint, ${pk}::bigint)`;
      return total;
    },
    { mode: 'isolation level read committed read only' },
  );
}

const lowest: Place = { person: '-9223372036854775808', pk: '-9223372036854775808' };
