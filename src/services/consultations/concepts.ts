/**
 * Codes to type ahead from: the concepts of every CodeSystem resource of the record, in an index of words. Whoever loads a
 * release of SNOMED CT as CodeSystem resources has it here; a demonstration has the fragment that its region uses.
 */
import type { CodeSystem, CodeSystemConcept } from '@medplum/fhirtypes';
import { type Database, inTransaction } from '../../platform/database.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';

export interface Concept {
  readonly system: string;
  readonly code: string;
  readonly display: string;
}

export interface Concepts {
  /** Whose words begin with all of those typed, the shortest first; none for fewer than two letters. */
  readonly find: (typed: string, most?: number) => Promise<readonly Concept[]>;
  readonly get: (system: string, code: string) => Promise<Concept | undefined>;
  /** Reads the code systems that changed since. */
  readonly refresh: () => Promise<void>;
}

const snomed = 'http://snomed.info/sct';
const atOnce = 1000;

/** Words of letters and digits, lower case: `Type 2 diabetes` is three. */
export const wordsIn = (typed: string): readonly string[] =>
  (typed.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, 8);

const allOf = (concepts: readonly CodeSystemConcept[] | undefined): readonly CodeSystemConcept[] =>
  (concepts ?? []).flatMap((one) => [one, ...allOf(one.concept)]);

/** All words by which a concept is known. */
const saidOf = ({ display = '', designation }: CodeSystemConcept): string =>
  [display, ...(designation ?? []).map(({ value = '' }) => value)].join(' ');

export function openConcepts({
  database,
  record,
  actor,
}: {
  readonly database: Pick<Database, 'pool'>;
  readonly record: CareRecord;
  readonly actor: Actor;
}): Concepts {
  const { pool } = database;
  return {
    async find(typed, most = 12) {
      const words = wordsIn(typed);
      if (words.join('').length < 2) return [];
      const query = words.map((word) => `${word}:*`).join(' & ');
      const rows = await pool`
        select system, code, display from consultation_concept where words @@ to_tsquery('simple', ${query})
        order by length(display), display limit ${most}`;
      return rows.map((row) => ({
        ...{ system: String(row['system']), code: String(row['code']), display: String(row['display']) },
      }));
    },
    async get(system, code) {
      const [row] =
        await pool`select display from consultation_concept where system = ${system} and code = ${code}`;
      return row ? { system, code, display: String(row['display']) } : undefined;
    },
    async refresh() {
      const { matches } = await record.search(
        actor,
        'CodeSystem',
        `url=${encodeURIComponent(snomed)}&_count=100&_sort=_id`,
      );
      const versions = matches.map(({ id, version }) => `${id}/${version}`).join(' ');
      const [read] = await pool`select versions from consultation_concepts_read`;
      if (read?.['versions'] === versions) return;
      await inTransaction(database, async (sql) => {
        await sql`select pg_advisory_xact_lock(hashtext('consultation concepts'))`;
        await sql`delete from consultation_concept`;
        for (const stored of matches) {
          if (!stored.body) continue;
          const system = resourceOf<CodeSystem>(stored);
          const concepts = allOf(system.concept).filter(({ code, display }) => code && display);
          for (let i = 0; i < concepts.length; i += atOnce) {
            const some = concepts.slice(i, i + atOnce);
            await sql`
              insert into consultation_concept (system, code, display, words)
              select ${system.url ?? snomed}, c.code, c.display, to_tsvector('simple', c.words)
              from unnest(${some.map(({ code = '' }) => code)}::text[], ${some.map(({ display = '' }) => display)}::text[],
                ${some.map(saidOf)}::text[]) c (code, display, words)
              on conflict (system, code) do update set display = excluded.display, words = excluded.words`;
          }
        }
        await sql`
          insert into consultation_concepts_read (versions) values (${versions})
          on conflict (one) do update set versions = excluded.versions`;
      });
    },
  };
}
