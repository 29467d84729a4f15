import { sendJson, warn } from './answer.ts';
import { textOf } from './request-body.ts';
import { requestForm } from './request-form.ts';
import type { Interaction } from './rest-parts.ts';

/** POST to the base: a Bundle of type batch or transaction. Source: FHIR R4, RESTful API. */
export const bundle: Interaction = async (parts, request, reply) => {
  const actor = await parts.actorOf(request);
  const form = requestForm(request);
  const { prefer } = form;
  // Unless asked for, what was just sent is not sent back: a bundle may be large.
  const options = prefer.asked ? { prefer: prefer.return } : {};
  const { body } = await parts.record.bundle(actor, textOf(request), options);
  warn(reply, form);
  return sendJson(reply, form, body);
};
