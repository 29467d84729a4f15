import { problem } from '../../platform/problem.ts';
import { idOf, typeOf, versionOf } from './address.ts';
import { sendVersion } from './read.ts';
import { type Interaction, pathOf } from './rest-parts.ts';

/** GET [type]/[id]/_history/[vid]. Source: FHIR R4, RESTful API (vread). */
export const vread: Interaction = async (parts, request, reply) => {
  const actor = await parts.actorOf(request);
  const path = pathOf(request);
  const type = typeOf(path['type']);
  const id = idOf(path['id']);
  const version = versionOf(type, id, path['vid']);
  const stored = await parts.record.readVersion(actor, type, id, version);
  if (!stored)
    throw problem('not-found', `There is no version ${version} of ${type}/${id}.`, {
      where: 'http.path.vid',
    });
  return sendVersion(request, reply, stored);
};
