import type { Migration } from '../../platform/migrations.ts';

/** What happened other than to a resource: sign-ins, denials, consent. The kind stands in `event`, in words in `note`. */
const events = `
alter table audit add column event text, add column note text;
comment on column audit.action is 'C create, R read, U update, D delete, S search, H history, E everything, X see event';
`;

/**
 * The chain over the audit log (docs/decisions/0007-audit-chain.md), and what the server may ask of it without owning it.
 * Functions that run with the owner's rights look for names in this schema first and never in a session's own tables.
 */
const chain = `
-- Equal numbers of a group commit share one entry: 8 bytes a row.
create index audit_xid on audit (xid);

create table audit_seal (
  number   int8 primary key,       -- 1, 2, 3, …
  from_xid xid8 not null,          -- rows of the transactions after this one …
  to_xid   xid8 not null,          -- … up to and with this one
  sealed   int8 not null,
  form     int2 not null,          -- of the canonical row: which columns, in which order
  months   int4[] not null,        -- 202611: the partitions that the rows lie in
  counts   int8[] not null,        -- rows in each
  contents bytea[] not null,       -- SHA-256 over the rows' digests of each, in the order of (xid, seq)
  members  bytea not null,         -- 16 bytes a row in the same order: seq, and the start of its digest
  hash     bytea not null          -- SHA-256 over the hash before and all columns above save members
);
alter table audit_seal alter column members set storage external;  -- digests cannot be compressed

create table audit_key (
  id     text primary key,         -- the start of the public key's SHA-256
  public bytea not null,           -- Ed25519, 32 bytes
  added  int8 not null
);
create table audit_head (
  number    int8 not null,
  key       text not null,
  at        int8 not null,
  hash      bytea not null,
  signature bytea not null,
  primary key (number, key)
);
-- Months whose retention time was over: their seals stay, their rows are gone.
create table audit_retired (
  month   int4 primary key,
  retired int8 not null,
  count   int8 not null
);

create function audit_stays() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is added to, never changed';
end $$;
create trigger audit_stays before truncate on audit for each statement execute function audit_stays();
create trigger audit_stays before update or delete or truncate on audit_seal
  for each statement execute function audit_stays();
create trigger audit_stays before update or delete or truncate on audit_key
  for each statement execute function audit_stays();
create trigger audit_stays before update or delete or truncate on audit_head
  for each statement execute function audit_stays();
create trigger audit_stays before update or delete or truncate on audit_retired
  for each statement execute function audit_stays();

create function audit_month(at int8) returns int4 immutable parallel safe language sql as $$
  select (extract(year from t) * 100 + extract(month from t))::int4 from (select to_timestamp(at / 1000) at time zone 'UTC') m(t)
$$;
create function audit_month_start(month int4) returns int8 immutable parallel safe language sql as $$
  select (extract(epoch from make_timestamp(month / 100, month % 100, 1, 0, 0, 0) at time zone 'UTC') * 1000)::int8
$$;

-- Seals the rows that no open transaction can add to any more, at most about so many; answers how many it sealed.
-- One session at a time does it: for the others there is nothing to do.
create function audit_seal_next(now int8, most int8) returns int8 security definer language plpgsql
set max_parallel_workers_per_gather = 0 set plan_cache_mode = force_custom_plan as $$
declare
  below xid8;
  last audit_seal;
  edge xid8;
  month int4;
  start int8;
  after int8;
  piece record;
  months int4[] := '{}';
  counts int8[] := '{}';
  contents bytea[] := '{}';
  members bytea := '';
begin
  if not pg_try_advisory_xact_lock(7316403203) then return 0; end if;
  -- Each statement from here on sees at least what this one does, and no transaction below it is still open.
  below := pg_snapshot_xmin(pg_current_snapshot());
  select * into last from audit_seal order by number desc limit 1;
  if not found then
    last.number := 0;
    last.to_xid := '0';
    last.hash := '';
  end if;
  select xid into edge from audit where xid > last.to_xid and xid < below order by xid offset most - 1 limit 1;
  if not found then
    select max(xid) into edge from audit where xid > last.to_xid and xid < below;
    if edge is null then return 0; end if;
  end if;
  -- at + 0: the rows are few and new, so that the index of times, which begins with the oldest, is the wrong way to them.
  select audit_month(min(at + 0)) into month from audit where xid > last.to_xid and xid <= edge;
  while month is not null loop
    start := audit_month_start(month);
    after := audit_month_start(case month % 100 when 12 then month + 89 else month + 1 end);
    select count(*) as count, sha256(string_agg(digest, '' order by xid, seq)) as content,
      string_agg(int8send(seq) || substr(digest, 1, 8), '' order by xid, seq) as members
    into piece from (
      select xid, seq, sha256(convert_to(row(at, seq, person, xid, persons, version, type, outcome, action, id, query,
        actor, actor_name, role, organisation, purpose, via, request, event, note)::text, 'UTF8')) as digest
      from audit
      where xid > last.to_xid and xid <= edge
        and at >= start and at < after
      order by xid, seq
    ) rows;
    months := months || month;
    counts := counts || piece.count;
    contents := contents || piece.content;
    members := members || piece.members;
    select audit_month(min(at + 0)) into month from audit where xid > last.to_xid and xid <= edge and at >= after;
  end loop;
  insert into audit_seal values (last.number + 1, last.to_xid, edge, now, 1, months, counts, contents, members,
    sha256(last.hash || convert_to(concat_ws('|', last.number + 1, last.to_xid, edge, now, 1,
      array_to_string(months, ','), array_to_string(counts, ','),
      (select string_agg(encode(c, 'hex'), ',' order by n) from unnest(contents) with ordinality as u(c, n))), 'UTF8')));
  return (select sum(c) from unnest(counts) as u(c));
end $$;

-- Makes the partition of a month, where there is none. 23514: rows of it lie in audit_other already.
create function audit_make_partition(month int4) returns void security definer language plpgsql as $$
declare
  name text := 'audit_' || month / 100 || '_' || lpad((month % 100)::text, 2, '0');
begin
  perform pg_advisory_xact_lock(7316403202);
  if to_regclass(name) is null then
    execute format('create table %I partition of audit for values from (%s) to (%s)', name, audit_month_start(month),
      audit_month_start(case month % 100 when 12 then month + 89 else month + 1 end));
  end if;
end $$;

-- Lets a month go whose retention time is over: for the owner alone. Its seals stay, so that the chain over all others holds.
create function audit_retire(month int4, now int8) returns int8 language plpgsql as $$
declare
  name text := 'audit_' || month / 100 || '_' || lpad((month % 100)::text, 2, '0');
  count int8;
begin
  if to_regclass(name) is null then raise exception 'There is no partition % of the audit log', name; end if;
  execute format('lock table %I in access exclusive mode', name);
  execute format('select count(*) from %I where xid > (select max(to_xid) from audit_seal)', name) into count;
  if count > 0 then raise exception 'The month % holds % rows that are not sealed yet', month, count; end if;
  select coalesce(sum(c), 0) into count
    from audit_seal s, unnest(s.months, s.counts) as u(m, c) where s.months @> array[audit_retire.month] and m = audit_retire.month;
  insert into audit_retired values (month, now, count);
  execute format('drop table %I', name);
  return count;
end $$;
revoke execute on function audit_retire from public;

do $$
declare
  name text;
begin
  foreach name in array array['audit_seal_next(int8,int8)', 'audit_make_partition(int4)', 'audit_retire(int4,int8)'] loop
    execute format('alter function %s set search_path = %I, pg_temp', name, current_schema());
  end loop;
end $$;
`;

/** Steps of the audit log after its table, which the record's first step makes. */
export const auditMigrations: readonly Migration[] = [
  { room: 'audit', number: 1, title: 'events of security in the audit log', sql: events },
  { room: 'audit', number: 2, title: 'the chain over the audit log', sql: chain },
];
