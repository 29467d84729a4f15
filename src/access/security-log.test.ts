import assert from 'node:assert/strict';
import test from 'node:test';
import { testRecord } from '../../test/support/record.ts';
import { shardKey } from '../record/keys.ts';
import { openSecurityLog, type SecurityEvent } from './security-log.ts';

const event: SecurityEvent = {
  kind: 'sign-in',
  who: { id: 'Practitioner/7', name: 'Nurse "N" \\ Oak', role: 'nurse', organisation: 'Organization/1' },
  outcome: 'success',
  requestId: 'r1',
  via: 'page',
};

test('events of security stand in the audit log when their promise keeps', async (t) => {
  const { database } = await testRecord(t);
  const log = openSecurityLog(database, { now: () => 1_700_000_000_000 });
  await Promise.all([
    log.record(event),
    log.record({ ...event, kind: 'sign-in-failed', outcome: 'failure' }),
    log.record({ ...event, kind: 'denied', outcome: 'failure', patient: 'p', note: 'Not on her caseload' }),
    log.record({ ...event, kind: 'emergency-access', patient: 'p' }),
  ]);
  const rows = await database.pool`
    select event, outcome, actor_name, organisation, purpose, person, id, note, action, at from audit order by seq`;
  const common = {
    actor_name: event.who.name,
    organisation: 'Organization/1',
    action: 'X',
    at: '1700000000000',
  };
  const nobody = { person: '0', id: null, note: null };
  const patient = { person: shardKey('Patient', 'p'), id: 'p' };
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    [
      { ...common, ...nobody, event: 'sign-in', outcome: 200, purpose: 'HOPERAT' },
      { ...common, ...nobody, event: 'sign-in-failed', outcome: 401, purpose: 'HOPERAT' },
      {
        ...{ ...common, ...patient, event: 'denied', outcome: 403, purpose: 'HOPERAT' },
        note: 'Not on her caseload',
      },
      { ...common, ...patient, event: 'emergency-access', outcome: 200, purpose: 'BTG', note: null },
    ],
  );
});
