import type { ResourceType } from '@medplum/fhirtypes';
import type { Actor } from './actor.ts';
import type { Stored } from './care-record.ts';
import type { Known } from './held.ts';
import type { Prepared } from './prepare.ts';
import { fillText } from './resource-text.ts';
import type { AuditRow, NewVersion } from './statement.ts';

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
  return {
    type: type as ResourceType,
    id: version.id,
    version: version.version,
    updated: version.updated,
    body: Buffer.from(version.body),
  };
}

export function storedNow(type: string, id: string, at: Known): Stored {
  return {
    type: type as ResourceType,
    id,
    version: at.version,
    updated: at.updated,
    body: Buffer.from(at.current!),
  };
}
