import { compartmentParameters, searchParameter } from '../fhir/search-parameters.ts';
import { labelOf, partyKey } from './consent-rules.ts';
import { isKeptWithPeople } from './home.ts';
import { pathNumber, shardKey } from './keys.ts';
import type { Condition } from './search/condition.ts';
import type { Parameters } from './search/parameters.ts';
import type { ConsentAsked, Grant, Limits, Whose } from './sight.ts';
import { typeNumber } from './type-numbers.ts';

type Test = Condition['test'];

/** An actor's sight as SQL. Each test is true where the actor may see. */
export interface Seen {
  /** Of a row of `resource` under the alias. */
  readonly row: Test;
  /** Of a place: the alias has `person` and `pk` alone. */
  readonly place: Test;
  /**
   * Of a row of `history`: seen where its resource is now (where that is deleted, by type and person), provided that the
   * version lived with the same person and bore no label that its resource no longer has.
   */
  readonly version: Test;
  /** Of a resource that has been deleted, by `type` and `person` under the alias. */
  readonly gone: Test;
  /** Of what is to be written: `type` and `person` under the alias. */
  readonly newState: Test;
  /** Of a row of `resource` that is to be changed or deleted. */
  readonly oldState: Test;
}

/** Types that never live with a person: in no compartment by R4, and not kept with one here (as a Task for someone is). */
const isNobodys = (type: string): boolean =>
  type !== 'Patient' && compartmentParameters('Patient', type).length === 0 && !isKeptWithPeople(type);

/** Turns a search of one type into a condition: for grants bounded by searches. */
export type Compile = (type: string, query: string) => Promise<Condition>;

/** What a sight is held against: `now`, ms since 1970 UTC, for relationships and consents; the API's own address, for files. */
export interface SeenParts {
  readonly now: number;
  readonly baseUrl: string;
  readonly compile: Compile;
}

export async function seenWithin({ grants }: Limits, { now, baseUrl, compile }: SeenParts): Promise<Seen> {
  const rows: Test[] = [];
  const gone: Test[] = [];
  const newStates: Test[] = [];
  const oldStates: Test[] = [];
  for (const grant of grants) {
    const bounds = await boundsOf(grant, compile);
    const shown = (types: readonly string[]): Test | undefined => {
      const one = typesAndPeople(grant.of, types, now);
      return (
        one &&
        ((alias, to) =>
          [
            one(alias, to),
            ...withheld(grant, alias, to),
            ...consented(grant, now, alias, to),
            ...bounds.map((test) => test(alias, to)),
            ...(types.includes('Binary') ? filed(grant, { now, baseUrl }, bounds, alias, to) : []),
          ].join(' and '))
      );
    };
    const own = shown(grant.types);
    if (own) rows.push(own);
    const old = shown(grant.writes);
    if (old) oldStates.push(old);
    const fresh = typesAndPeople(grant.of, grant.writes, now);
    // What is given to someone by a search, such as their tasks, may open the record that it is put into to whom it names: only
    // those who are shown the person may put it there.
    const known: Test = (alias, to) =>
      grant.of.kind === 'everyone' && grant.only !== undefined
        ? ` and not exists (select 1 from resource ${alias}p where ${alias}p.person = ${alias}.person and ${alias}p.type = ${to.add(patientType, 'int2')} and not ${row(`${alias}p`, to)} offset 0)`
        : '';
    if (fresh) newStates.push((alias, to) => `${fresh(alias, to)}${known(alias, to)}`);
    // Of what was deleted nothing is left to hold labels, consents and searches against.
    const plain = grant.withheld.length === 0 && !grant.consent && !grant.only;
    const bare = plain ? typesAndPeople(grant.of, grant.types, now) : undefined;
    if (bare) gone.push(bare);
  }
  const row = anyOf(rows);
  const deleted = anyOf(gone);
  return {
    row,
    place: (alias, to) =>
      `exists (select 1 from resource ${alias}v where ${alias}v.person = ${alias}.person and ${alias}v.pk = ${alias}.pk and ${row(`${alias}v`, to)} offset 0)`,
    version: (alias, to) => {
      const current = `from resource ${alias}v where ${alias}v.person = ${alias}.person and ${alias}v.pk = ${alias}.pk`;
      const now = `exists (select 1 ${current} and ${alias}.labels <@ ${alias}v.slice and ${row(`${alias}v`, to)} offset 0)`;
      return `(coalesce(${alias}.lived, ${alias}.person) = ${alias}.person and (${now} or (${deleted(alias, to)} and not exists (select 1 ${current}))))`;
    },
    gone: deleted,
    newState: anyOf(newStates),
    oldState: anyOf(oldStates),
  };
}

const patientType = typeNumber('Patient');

const anyOf =
  (tests: readonly Test[]): Test =>
  (alias, to) =>
    tests.length === 0 ? 'false' : `(${tests.map((test) => `(${test(alias, to)})`).join(' or ')})`;

/** Undefined where it can hold for nothing. */
function typesAndPeople(of: Whose, types: readonly string[], now: number): Test | undefined {
  const fitting = of.kind === 'nobody' ? types.filter(isNobodys) : types;
  if (fitting.length === 0) return undefined;
  const numbers = fitting.map(typeNumber);
  const typed = (alias: string, to: Parameters): string => `${alias}.type = any(${to.list(numbers, 'int2')})`;
  switch (of.kind) {
    case 'nobody':
    case 'everyone':
      return typed;
    case 'persons': {
      if (of.ids.length === 0) return undefined;
      const keys = of.ids.map((id) => shardKey('Patient', id));
      return (alias, to) => `${typed(alias, to)} and ${alias}.person = any(${to.list(keys, 'int8')})`;
    }
    case 'related': {
      if (of.parties.length === 0) return undefined;
      const parties = of.parties.map(partyKey);
      const among = of.among?.map((id) => shardKey('Patient', id));
      const bound = (alias: string, to: Parameters): string =>
        among ? ` and ${alias}.person = any(${to.list(among, 'int8')})` : '';
      return (alias, to) =>
        `${typed(alias, to)}${bound(alias, to)} and exists (select 1 from relation x where x.person = ${alias}.person and x.party = any(${to.list(parties, 'int8')}) and x.low <= ${to.add(now, 'int8')} and x.high > ${to.add(now, 'int8')} offset 0)`;
    }
  }
}

const withheld = ({ withheld: labels }: Grant, alias: string, to: Parameters): string[] =>
  labels.length === 0 ? [] : [`not (${alias}.slice && ${to.list(labels.map(labelOf), 'int8')})`];

function consented({ consent }: Grant, now: number, alias: string, to: Parameters): string[] {
  if (!consent) return [];
  const denied = `select 1 from consent_rule d where d.person = ${alias}.person and d.exception_to is null and ${applies('d', consent, now, alias, to)} and not exists (select 1 from consent_rule e where e.person = d.person and e.pk = d.pk and e.exception_to = d.n and ${applies('e', consent, now, alias, to)})`;
  return [`not exists (${denied} offset 0)`];
}

const file = typeNumber('Binary');
const [locationPath] = searchParameter('DocumentReference', 'location')?.paths ?? [];

/**
 * A file says nothing of itself: it is kept back with the document that holds it. Where a grant keeps anything of a record
 * back, it shows a file that a DocumentReference of the person holds, and none that one holds which it does not show, by
 * whichever name: relative, of a version, with the whole address.
 */
function filed(
  grant: Grant,
  { now, baseUrl }: Pick<SeenParts, 'now' | 'baseUrl'>,
  bounds: readonly Test[],
  alias: string,
  to: Parameters,
): string[] {
  const document = `${alias}d`;
  const asked = [
    ...withheld(grant, document, to),
    ...consented(grant, now, document, to),
    ...bounds.map((test) => test(document, to)),
  ];
  if (asked.length === 0) return [];
  const value = `${alias}f.value`;
  const holding = (named: string): string =>
    `select 1 from search_exact ${alias}f join resource ${document} on ${document}.person = ${alias}f.person and ${document}.pk = ${alias}f.pk where ${alias}f.path = ${pathNumber(locationPath!.key)} and ${named} and ${alias}f.person = ${alias}.person`;
  const keeping = (named: string): string =>
    `not exists (${holding(named)} and not (${asked.join(' and ')}) offset 0)`;
  const own = `'Binary/' || ${alias}.id`;
  const whole = `${to.add(`${baseUrl}/Binary/`, 'text')} || ${alias}.id`;
  // '0' is the sign after '/'.
  const versionOf = (name: string): string =>
    `${value} > ${name} || '/_history/' and ${value} < ${name} || '/_history0'`;
  const kept = [`${value} = any(array[${own}, ${whole}])`, versionOf(own), versionOf(whole)].map(keeping);
  return [
    `(${alias}.type <> ${file} or (exists (${holding(`${value} = ${own}`)} offset 0) and ${kept.join(' and ')}))`,
  ];
}

/** SQL: the rule says something of the row under the alias, to those who ask, now. */
function applies(rule: string, consent: ConsentAsked, now: number, alias: string, to: Parameters): string {
  const parties = to.list(consent.parties.map(partyKey), 'int8');
  const item = `exists (select 1 from unnest(${rule}.item_types, ${rule}.item_ids) t(type, id) join identity i on i.type = t.type and i.id = t.id where i.person = ${alias}.person and i.pk = ${alias}.pk)`;
  return [
    `${rule}.low <= ${to.add(now, 'int8')}`,
    `${rule}.high > ${to.add(now, 'int8')}`,
    ...(consent.use === 'care' ? [`not ${rule}.secondary`] : []),
    `(${rule}.parties = '{}' or ${rule}.parties && ${parties})`,
    `(${rule}.types = '{}' or ${alias}.type = any(${rule}.types))`,
    `(${rule}.labels = '{}' or ${rule}.labels && ${alias}.slice)`,
    `(${rule}.item_ids = '{}' or ${item})`,
  ].join(' and ');
}

/** Bounds by searches: of each type named, one of its searches must find the resource. */
async function boundsOf({ only = {} }: Grant, compile: Compile): Promise<Test[]> {
  const tests: Test[] = [];
  for (const [type, queries] of Object.entries(only)) {
    const conditions: Condition[] = [];
    for (const query of queries) conditions.push(await compile(type, query));
    const number = typeNumber(type);
    const found = anyOf(conditions.map((one) => one.test));
    tests.push((alias, to) => `(${alias}.type <> ${number} or ${found(alias, to)})`);
  }
  return tests;
}
