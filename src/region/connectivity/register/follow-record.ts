/** Follows what others write of the register’s places in the record, through the API or an import: the register then says the same. */
import type { Location } from '@medplum/fhirtypes';
import type { Clock } from '../../../platform/clock.ts';
import type { Log } from '../../../platform/log.ts';
import { Problem } from '../../../platform/problem.ts';
import type { Actor } from '../../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../../record/care-record.ts';
import type { RecordChanges } from '../../../web/live/record-changes.ts';
import type { By, LineSite, RegisterChange } from '../model.ts';
import type { RegisterStore } from './store.ts';

export interface FollowParts {
  readonly record: CareRecord;
  readonly changes: Pick<RecordChanges, 'watch'>;
  readonly store: Pick<RegisterStore, 'save' | 'site'>;
  readonly ownActor: Actor;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is about no person is kept under this key. */
const nobody = '0';
const gatherMs = 1_000;
/** A commit ends after its time was taken. */
const margin = 10_000;
const atOnce = 200;
const by: By = { id: 'Device/throughline', name: 'Throughline', via: 'record' };

/** The site as its Location now has it: only what the Location says is taken over. */
export function siteAsPlaced(site: LineSite, location: Location): LineSite {
  const { name, status, position, address, managingOrganization } = location;
  const organisation = /^Organization\/([A-Za-z0-9\-.]{1,64})$/.exec(
    managingOrganization?.reference ?? '',
  )?.[1];
  const isMoved =
    position !== undefined &&
    (position.latitude !== site.at?.latitude || position.longitude !== site.at?.longitude);
  const isRun = organisation !== undefined && organisation !== site.organisation?.id;
  return {
    ...site,
    ...(name ? { name } : {}),
    ...(status === undefined ? {} : { closed: status === 'inactive' }),
    ...(isMoved && position.latitude !== undefined && position.longitude !== undefined
      ? { at: { latitude: position.latitude, longitude: position.longitude } }
      : {}),
    ...(address?.postalCode ? { postcode: address.postalCode } : {}),
    ...(site.address && address?.line ? { address: address.line } : {}),
    ...(isRun
      ? { organisation: { id: organisation, name: managingOrganization?.display ?? organisation } }
      : {}),
  };
}

/** Brings the register up to date with Locations that changed after a time (ms since 1970 UTC). */
export async function followPlaces(
  { record, store, ownActor, log }: Pick<FollowParts, 'record' | 'store' | 'ownActor' | 'log'>,
  since: number,
): Promise<number> {
  const changes: RegisterChange[] = [];
  const query = `_lastUpdated=gt${new Date(since).toISOString()}&_count=${atOnce}`;
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const page = await record.search(
      ownActor,
      'Location',
      cursor === '' ? query : `${query}&_page=${encodeURIComponent(cursor)}`,
    );
    for (const stored of page.matches) {
      const site = await store.site(stored.id);
      if (site) changes.push({ kind: 'site', site: siteAsPlaced(site, resourceOf<Location>(stored)) });
    }
    cursor = page.next;
  }
  let count = 0;
  // One by one: a place that the register refuses, such as one at sea, must not keep the others from being followed.
  for (const change of changes)
    try {
      count += (await store.save([change], by)).changed;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      log.warn(
        { place: change.kind === 'site' ? change.site.id : '', why: error.message },
        'a place of the record is not as the register of lines takes it',
      );
    }
  return count;
}

/** Answers what ends it. */
export function followRecord(parts: FollowParts): () => Promise<void> {
  const { changes, clock, log } = parts;
  let since = clock.now();
  let waiting: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let isClosed = false;
  const look = async () => {
    waiting = undefined;
    const from = since - margin;
    const now = clock.now();
    await followPlaces(parts, from);
    since = now;
  };
  const wake = () => {
    if (waiting || isClosed) return;
    waiting = setTimeout(() => {
      running = running
        .then(look)
        .catch((error: unknown) =>
          log.warn(
            { err: error },
            'the register of lines could not follow a change of the record: it tries again at the next',
          ),
        );
    }, gatherMs);
    waiting.unref();
  };
  const watching = changes.watch([nobody], wake).catch((error: unknown) => {
    log.warn({ err: error }, 'the register of lines does not hear of changes of the record');
    return () => {};
  });
  return async () => {
    isClosed = true;
    clearTimeout(waiting);
    (await watching)();
    await running;
  };
}
