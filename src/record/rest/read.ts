import type { FastifyReply, FastifyRequest } from 'fastify';
import { problem } from '../../platform/problem.ts';
import { jsonOf, type Stored } from '../care-record.ts';
import { idOf, typeOf } from './address.ts';
import { describeVersion, sendJson, shaped, warn } from './answer.ts';
import { sendContent, wantsContent } from './binary.ts';
import { isUnchanged } from './etags.ts';
import { requestForm } from './request-form.ts';
import { type Interaction, pathOf } from './rest-parts.ts';

/** GET [type]/[id]. Source: FHIR R4, RESTful API (read), (conditional read). */
export const read: Interaction = async (parts, request, reply) => {
  const actor = await parts.actorOf(request);
  const path = pathOf(request);
  const type = typeOf(path['type']);
  const id = idOf(path['id']);
  const stored = await parts.record.read(actor, type, id);
  if (!stored) throw problem('not-found', `There is no ${type}/${id}.`, { where: `http.path.id` });
  return sendVersion(request, reply, stored);
};

/** A version, or 304 where the client has it. */
export function sendVersion(request: FastifyRequest, reply: FastifyReply, stored: Stored): FastifyReply {
  const json = jsonOf(stored);
  if (json === undefined)
    throw problem('deleted', `${stored.type}/${stored.id} was deleted in version ${stored.version}.`);
  if (stored.type === 'Binary' && wantsContent(request)) return sendContent(request, reply, stored);
  const form = requestForm(request);
  describeVersion(reply, stored);
  warn(reply, form);
  if (isUnchanged(request.headers, stored.version, stored.updated)) return reply.code(304).send();
  return sendJson(reply, form, shaped(json, stored.type, form));
}
