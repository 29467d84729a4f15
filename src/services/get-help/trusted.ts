import type { FastifyRequest } from 'fastify';
import type { Reading } from '../../web/record-reading.ts';
import type { RoomNeeds } from '../../web/room.ts';

/**
 * Reads and writes for what this room has itself checked: as whoever is signed in, and as the server for those who are not. A
 * stranger's request is written so, and nothing is read of any record for them.
 */
export function trustedReading(
  {
    record,
    identityOf,
    trustedActor,
    ownActor,
  }: Pick<RoomNeeds, 'record' | 'identityOf' | 'trustedActor' | 'ownActor'>,
  request: FastifyRequest,
): Reading {
  return { record, actor: identityOf(request) ? trustedActor(request) : ownActor };
}
