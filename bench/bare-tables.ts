import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import postgres from 'postgres';
import { copyInto, copyLine, type Sql } from '../src/platform/database.ts';
import type { DataSet } from './data.ts';
import { nhsNumberSystem } from './population.ts';

/**
 * What a competent engineer would make for these queries alone: plain columns beside the text, and for each query
 * the index that answers it. Nothing is kept that only a record needs.
 */
const tables = `
  create table resource (id uuid not null, type text not null, patient uuid, code text, date timestamptz, body text not null);
  create table patient (id uuid not null, nhs text not null, body text not null);
  create table patient_name (norm text collate "C" not null, patient uuid not null);
  create table created (id uuid primary key, body text not null);
  create table loaded (folder text not null, resources int not null, seconds float8 not null)`;

const indexes = `
  create unique index on resource (id);
  create index on resource (patient);
  create index on resource (patient, code, date desc) where type = 'Observation';
  create index on resource (code, date desc) where type = 'Observation';
  create unique index on patient (id);
  create unique index on patient (nhs);
  create index on patient_name (norm, patient)`;

/** The fields that the columns are taken from; our own data have them in this one form. */
interface Loaded {
  readonly resourceType: string;
  readonly id: string;
  readonly subject?: { readonly reference: string };
  readonly code?: { readonly coding: readonly { readonly code: string }[] };
  readonly effectiveDateTime?: string;
  readonly identifier?: readonly { readonly system: string; readonly value: string }[];
  readonly name?: readonly { readonly family: string; readonly given: readonly string[] }[];
}

interface Lines {
  resource: string;
  patient: string;
  name: string;
}

function addLines(lines: Lines, text: string): void {
  const resource = JSON.parse(text) as Loaded;
  const { resourceType: type, id } = resource;
  const person = type === 'Patient' ? id : (resource.subject?.reference.slice('Patient/'.length) ?? null);
  const code = type === 'Observation' ? resource.code?.coding[0]?.code : null;
  lines.resource += copyLine([id, type, person, code, resource.effectiveDateTime, text]);
  if (type !== 'Patient') return;
  const nhs = resource.identifier?.find((identifier) => identifier.system === nhsNumberSystem);
  lines.patient += copyLine([id, nhs?.value, text]);
  for (const name of resource.name ?? [])
    for (const part of new Set([name.family, ...name.given]))
      lines.name += copyLine([part.toLowerCase(), id]);
}

const batchBytes = 16 << 20;

async function loadTables(sql: Sql, data: DataSet): Promise<void> {
  let lines: Lines = { resource: '', patient: '', name: '' };
  const flush = async (): Promise<void> => {
    const full = lines;
    lines = { resource: '', patient: '', name: '' };
    await copyInto(sql, 'resource (id, type, patient, code, date, body)', [full.resource]);
    if (full.patient !== '') await copyInto(sql, 'patient (id, nhs, body)', [full.patient]);
    if (full.name !== '') await copyInto(sql, 'patient_name (norm, patient)', [full.name]);
  };
  for (const file of data.files) {
    for await (const text of createInterface({ input: createReadStream(join(data.folder, file)) })) {
      addLines(lines, text);
      if (lines.resource.length > batchBytes) await flush();
    }
  }
  await flush();
}

/**
 * The bare server's database on the server at `url`, loaded with the data set; taken as it is where it is already
 * there. Answers its address.
 */
export async function prepareBare(url: string, data: DataSet): Promise<string> {
  const name = `bare_${data.size}_${data.order}`;
  const own = new URL(url);
  own.pathname = `/${name}`;
  const quiet = { max: 1, onnotice: () => {} };
  const admin = postgres(url, quiet);
  const sql = postgres(own.href, quiet);
  try {
    const there = await admin`select 1 from pg_database where datname = ${name}`;
    if (there.length > 0) {
      const found = await sql`select folder, resources from loaded`.catch(() => []);
      if (found[0]?.['folder'] === data.folder && found[0]?.['resources'] === data.resources) {
        await sql`truncate created`;
        return own.href;
      }
    }
    await admin.unsafe(`drop database if exists ${name} with (force)`);
    await admin.unsafe(`create database ${name}`);
    const start = performance.now();
    await sql.unsafe(tables);
    await loadTables(sql, data);
    await sql.unsafe(indexes);
    await sql.unsafe('vacuum (analyze)');
    const seconds = (performance.now() - start) / 1000;
    await sql`insert into loaded values (${data.folder}, ${data.resources}, ${seconds})`;
    return own.href;
  } finally {
    await sql.end();
    await admin.end();
  }
}
