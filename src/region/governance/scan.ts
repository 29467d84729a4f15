/** Looks through the audit log for unusual access, a UK day at a time. */
import { rolesThatMay } from '../../access/roles.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction, type Transaction } from '../../platform/database.ts';
import { typeNumber } from '../../record/type-numbers.ts';
import { addDays, localMoment, startOfDay } from '../../web/dates.ts';
import { dayRoles, thresholds } from './rules.ts';

export interface ScanParts {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  /** Stops after the day in work. */
  readonly cancelled?: AbortSignal;
}

export interface Scanned {
  readonly days: number;
  /** Findings that are new, or say more than before. */
  readonly findings: number;
}

/** A day counts as whole this long after its end: entries of long transactions come late. */
const late = 3_600_000;
/** How far back the first run goes. */
const firstDays = 35;

/**
 * Goes on where the last run stopped, and looks through today again. Harmless when run twice, at once, or cut short: a day
 * is one transaction, and what has been reviewed stays as it was.
 */
export async function scanAccess({ database, clock, cancelled }: ScanParts): Promise<Scanned> {
  let days = 0;
  let findings = 0;
  for (;;) {
    if (cancelled?.aborted) return { days, findings };
    const done = await inTransaction(database, async (sql) => {
      await sql`set local statement_timeout = 0`;
      const [place] = await sql`select day from access_scan for update`;
      const now = clock.now();
      const today = localMoment(now).key;
      const day: string = place?.['day'] ?? addDays(today, -firstDays);
      if (day > today) return undefined;
      const found = await scanDay(sql, day);
      const whole = now >= startOfDay(addDays(day, 1)) + late;
      if (whole) await sql`update access_scan set day = ${addDays(day, 1)}`;
      return { found, more: whole };
    });
    if (!done) return { days, findings };
    days += 1;
    findings += done.found;
    if (!done.more) return { days, findings };
  }
}

/** Reads of one person's record by staff; not the log's own, which governance reads to judge. */
const looks = (auditEvent: number) => `
  a.action in ('R', 'S', 'H', 'E') and a.outcome < 400 and a.person <> 0 and a.via in ('page', 'api')
  and a.actor like 'Practitioner/%' and a.type is distinct from ${auditEvent}`;

const keep = `
  on conflict (rule, actor, person, day) do update
    set first = excluded.first, last = excluded.last, times = excluded.times, evidence = excluded.evidence
    where access_finding.reviewed is null and access_finding.times <> excluded.times`;

const into = `
  insert into access_finding (rule, actor, actor_name, role, organisation, person, day, first, last, times, evidence)`;

/**
 * Whether the record ties them to the person at some time from then on. A message does not count: that of the emergency
 * itself would explain every emergency.
 */
const tied = (alias: string, since: string, until: string) => `
  exists (select 1 from relation x where x.person = ${alias}.person
    and x.party in (access_party(${alias}.actor), access_party(${alias}.organisation))
    and x.low < ${until} and x.high > ${since}
    and not exists (select 1 from resource m where m.person = x.person and m.pk = x.pk and m.type = ${message}))`;
const message = typeNumber('Communication');

async function scanDay(sql: Transaction, day: string): Promise<number> {
  const from = startOfDay(day);
  const until = startOfDay(addDays(day, 1));
  const types = {
    patient: typeNumber('Patient'),
    practitioner: typeNumber('Practitioner'),
    post: typeNumber('PractitionerRole'),
    event: typeNumber('AuditEvent'),
  };
  const span = `a.at >= ${from} and a.at < ${until}`;
  const shared = await sql.unsafe(
    `with seen as materialized (
      select actor, organisation, person, max(actor_name) as actor_name, max(role) as role,
        min(at) as first, max(at) as last, count(*) as times
      from audit a where ${span} and ${looks(types.event)} group by actor, organisation, person),
    patients as materialized (
      select r.person, access_families(b) as families, access_homes(b) as homes, access_selves(b) as selves
      from resource r cross join lateral (select r.body::jsonb as b offset 0) parsed
      where r.type = ${types.patient} and r.person in (select person from seen)),
    staff as materialized (
      select 'Practitioner/' || r.id as actor, access_families(b) as families, access_homes(b) as homes, access_selves(b) as selves
      from resource r cross join lateral (select r.body::jsonb as b offset 0) parsed
      where r.type = ${types.practitioner}),
    posts as materialized (
      select b->'practitioner'->>'reference' as actor, b->'organization'->>'reference' as organisation
      from resource r cross join lateral (select r.body::jsonb as b offset 0) parsed
      where r.type = ${types.post}),
    selves as materialized (
      select distinct p.person, s.actor
      from patients p cross join unnest(p.selves) self
      join (select actor, unnest(selves) as self from staff) s using (self)),
    found as (
      select 'own-record' as rule, n.*, null as shared from seen n join selves s on s.person = n.person and s.actor = n.actor
      union all
      select distinct on (n.actor, n.organisation, n.person) 'colleague', n.*, s.actor
      from seen n join selves s on s.person = n.person and s.actor <> n.actor
      join posts p on p.actor = s.actor and p.organisation = n.organisation
      union all
      select 'same-address', n.*, null from seen n join patients p using (person) join staff s on s.actor = n.actor
      where p.homes && s.homes and not exists (select 1 from selves o where o.person = n.person and o.actor = n.actor)
      union all
      select 'same-family-name', n.*, (select string_agg(f, ', ') from unnest(p.families) f where f = any(s.families))
      from seen n join patients p using (person) join staff s on s.actor = n.actor
      where p.families && s.families and not exists (select 1 from selves o where o.person = n.person and o.actor = n.actor)),
    one as (
      select distinct on (rule, actor, person) * from found order by rule, actor, person, times desc)
    ${into}
    select rule, actor, actor_name, role, organisation, person, $1, first, last, times,
      jsonb_strip_nulls(jsonb_build_object('shared', shared, 'related', ${tied('f', 'f.first', 'f.last + 1')}))
    from one f ${keep}`,
    [day],
  );
  const { night } = thresholds;
  const nightly = await sql.unsafe(
    `${into}
    select 'out-of-hours', actor, max(actor_name), max(role), max(organisation), 0, $1, min(at), max(at), count(*),
      jsonb_build_object('people', count(distinct person))
    from audit a where ${span} and ${looks(types.event)} and role = any($2::text[])
      and (extract(hour from to_timestamp(at / 1000) at time zone 'Europe/London') >= ${night.from}
        or extract(hour from to_timestamp(at / 1000) at time zone 'Europe/London') < ${night.until})
    group by actor ${keep}`,
    [day, dayRoles as string[]],
  );
  const many = await sql.unsafe(
    `with today as materialized (
      select actor, max(actor_name) as actor_name, max(role) as role, max(organisation) as organisation,
        min(at) as first, max(at) as last, count(*) as times, count(distinct person) as people
      from audit a where ${span} and ${looks(types.event)}
      group by actor having count(distinct person) >= ${thresholds.people}),
    usual as (
      select t.actor, count(distinct k.at / 86400000) as days, count(distinct (k.at / 86400000, k.person)) as visits
      from today t join audit_actor k on k.actor = access_party(t.actor)
        and k.at >= ${from - thresholds.usualDays * 86_400_000} and k.at < ${from} and k.person <> 0
      group by t.actor)
    ${into}
    select 'volume', t.actor, actor_name, role, organisation, 0, $1, first, last, times,
      jsonb_build_object('people', people, 'usual', round(visits / days))
    from today t join usual u using (actor)
    where days >= ${thresholds.leastDays} and people > ${thresholds.times} * visits / days ${keep}`,
    [day],
  );
  const week = thresholds.careDays * 86_400_000;
  const alone = await sql.unsafe(
    `with used as (
      select actor, organisation, person, max(actor_name) as actor_name, max(role) as role,
        min(at) as first, max(at) as last, count(*) as times, min(note) as note
      from audit a where a.at >= ${from - week} and a.at < ${until - week}
        and a.event = 'emergency-access' and a.outcome < 400 and a.person <> 0 and a.role = any($1::text[])
      group by actor, organisation, person)
    ${into}
    select 'emergency-alone', actor, actor_name, role, organisation, person,
      to_char(to_timestamp(first / 1000) at time zone 'Europe/London', 'YYYY-MM-DD'), first, last, times,
      jsonb_strip_nulls(jsonb_build_object('note', note))
    from used f where not ${tied('f', 'f.first', String(until))} ${keep}`,
    [rolesThatMay('emergency-access') as string[]],
  );
  return shared.count + nightly.count + many.count + alone.count;
}
