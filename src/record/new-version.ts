import type { Actor } from './actor.ts';
import type { Stored } from './care-record.ts';
import type { Known } from './held.ts';
import type { Prepared } from './prepare.ts';
import { fillText } from './resource-text.ts';
import type { AuditRow, NewVersion } from './statement.ts';
import { StoredText } from './stored-text.ts';

export function newVersion(
  one: Prepared,
  pk: number,
  version: number,
  updated: number,
  claim: boolean,
): NewVersion {
  return {
    type: one.typeNumber,
    id: one.id,
    pk,
    version,
    updated,
    body: fillText(one.text, version, updated),
    rows: one.rows,
    claim,
  };
}

export function auditOf(actor: Actor, version: NewVersion, action: 'C' | 'U', outcome: number): AuditRow {
  return {
    at: version.updated,
    actor,
    action,
    outcome,
    person: version.rows.person,
    type: version.type,
    id: version.id,
    version: version.version,
  };
}

export function storedOf(type: string, version: NewVersion): Stored {
  return new StoredText(type, version.id, version.version, version.updated, version.body);
}

export function storedNow(type: string, id: string, at: Known): Stored {
  return new StoredText(type, id, at.version, at.updated, at.current);
}
