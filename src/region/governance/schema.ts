import { nhsNumberSystem } from '../../fhir/nhs-number.ts';
import type { Migration } from '../../platform/migrations.ts';

const tables = `
-- Unusual access, for review. One row a rule, member of staff, person and day.
create table access_finding (
  id            uuid primary key default gen_random_uuid(),
  rule          text not null,
  actor         text not null,
  actor_name    text not null,
  role          text not null,
  organisation  text,
  person        int8 not null,    -- 0 where it is about many people
  day           text not null,    -- 2026-05-04, UK time
  first         int8 not null,    -- ms since 1970 UTC
  last          int8 not null,
  times         int4 not null,    -- entries of the log
  evidence      jsonb not null,
  reviewed      int8,
  reviewer      text,
  reviewer_name text,
  outcome       text check (outcome in ('explained', 'concern')),
  note          text,
  unique (rule, actor, person, day)
);
create index access_finding_open on access_finding (last desc, id desc) where reviewed is null;
create index access_finding_done on access_finding (reviewed desc, id desc) where reviewed is not null;

-- One row: the first day that has not been looked through for good.
create table access_scan (
  one bool primary key default true check (one),
  day text
);
insert into access_scan (day) values (null);

-- What people may share, from Patient and Practitioner alike; an element of another form counts as none.
create function access_list(value jsonb) returns setof jsonb immutable parallel safe language sql as $$
  select e from jsonb_array_elements(case jsonb_typeof(value) when 'array' then value else '[]' end) e
$$;
create function access_families(body jsonb) returns text[] immutable parallel safe language sql as $$
  select coalesce(array_agg(distinct lower(trim(n->>'family'))), '{}')
  from access_list(body->'name') n where trim(n->>'family') <> ''
$$;
create function access_homes(body jsonb) returns text[] immutable parallel safe language sql as $$
  select coalesce(array_agg(distinct line || '|' || code), '{}') from (
    select lower(regexp_replace(coalesce(a->'line'->>0, split_part(a->>'text', ',', 1)), '[^[:alnum:]]', '', 'g')) as line,
      upper(regexp_replace(a->>'postalCode', '\\s', '', 'g')) as code
    from access_list(body->'address') a where coalesce(a->>'use', '') <> 'work') h
  where line <> '' and code <> ''
$$;
-- By what one person is known in both their capacities: NHS number, or whole name and date of birth.
create function access_selves(body jsonb) returns text[] immutable parallel safe language sql as $$
  select coalesce(array_agg(distinct self), '{}') from (
    select 'nhs:' || (i->>'value') as self from access_list(body->'identifier') i
    where i->>'system' = '${nhsNumberSystem}' and i->>'value' <> ''
    union all
    select 'name:' || lower(trim(n->>'family')) || '|' || lower(trim(n->'given'->>0)) || '|' || (body->>'birthDate')
    from access_list(body->'name') n where length(body->>'birthDate') = 10) s
  where self is not null
$$;
-- As the record keys a party of a relationship.
create function access_party(reference text) returns int8 immutable parallel safe language sql as $$
  select ('x' || encode(substr(sha256(convert_to(reference, 'UTF8')), 1, 8), 'hex'))::bit(64)::int8
$$;
`;

export const governanceMigrations: readonly Migration[] = [
  { room: 'governance', number: 1, title: 'unusual access, for review', sql: tables },
];
