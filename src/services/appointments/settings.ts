/** How each practice works: its weekly sessions and their exceptions, kept apart from the record (decision 0034). */
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { problem } from '../../platform/problem.ts';
import type { SessionException, SessionTemplate } from './session-template.ts';

export interface StoredTemplate extends SessionTemplate {
  readonly version: number;
}

export interface Settings {
  /** Of a practice, by clinician, then by the time of day; of all without one. */
  readonly templates: (organisation?: string) => Promise<readonly StoredTemplate[]>;
  /** With `version`: only where it is still at it; otherwise 409. */
  readonly saveTemplate: (template: SessionTemplate, version?: number) => Promise<void>;
  readonly exceptions: (organisation?: string) => Promise<readonly SessionException[]>;
  readonly saveException: (exception: SessionException) => Promise<void>;
  readonly removeException: (organisation: string, id: string) => Promise<void>;
}

export function openSettings({ pool }: Pick<Database, 'pool'>, clock: Clock): Settings {
  return {
    async templates(organisation) {
      const rows = await pool<{ body: SessionTemplate; version: number }[]>`
        select body, version from appointment_template
        where ${organisation ?? null}::text is null or organisation = ${organisation ?? null}
        order by body->>'practitionerName', body->>'from', id`;
      return rows.map(({ body, version }) => ({ ...body, version }));
    },
    async saveTemplate(template, version) {
      const { id, organisation, practitioner, site } = template;
      const body = pool.json(JSON.parse(JSON.stringify(template)));
      if (version === undefined) {
        await pool`
          insert into appointment_template (id, organisation, practitioner, site, body, updated)
          values (${id}, ${organisation}, ${practitioner}, ${site}, ${body}, ${clock.now()})
          on conflict do nothing`;
        return;
      }
      const rows = await pool`
        update appointment_template set practitioner = ${practitioner}, site = ${site}, body = ${body},
          version = version + 1, updated = ${clock.now()}
        where id = ${id} and organisation = ${organisation} and version = ${version} returning 1`;
      if (rows.length === 0)
        throw problem(
          'conflict',
          'Someone else changed this session meanwhile. Open it again and look at it first.',
        );
    },
    async exceptions(organisation) {
      const rows = await pool<{ body: SessionException }[]>`
        select body from appointment_exception
        where ${organisation ?? null}::text is null or organisation = ${organisation ?? null}
        order by body->>'from', id`;
      return rows.map(({ body }) => body);
    },
    async saveException(exception) {
      await pool`
        insert into appointment_exception (id, organisation, body, updated)
        values (${exception.id}, ${exception.organisation}, ${pool.json(JSON.parse(JSON.stringify(exception)))}, ${clock.now()})
        on conflict do nothing`;
    },
    async removeException(organisation, id) {
      await pool`delete from appointment_exception where id = ${id} and organisation = ${organisation}`;
    },
  };
}
