import type { FastifyReply } from 'fastify';
import { problem } from '../../platform/problem.ts';
import { idOf, typeOf } from './address.ts';
import { sendOutcome, told, warn } from './answer.ts';
import { etagOf } from './etags.ts';
import { demandedVersion, onCurrent, refuseIfMatch } from './if-match.ts';
import { conditionForm, queryOf, type RequestForm, requestForm } from './request-form.ts';
import { type Interaction, pathOf } from './rest-parts.ts';
import type { Result } from './write-answer.ts';

/** DELETE [type]/[id]; history stays. Source: FHIR R4, RESTful API (delete). */
export const remove: Interaction = async (parts, request, reply) => {
  const { record } = parts;
  const actor = await parts.actorOf(request);
  const path = pathOf(request);
  const type = typeOf(path['type']);
  const id = idOf(path['id']);
  const form = requestForm(request);
  const demanded = demandedVersion(request);
  const take = async (ifMatch: number | undefined): Promise<Result> =>
    (
      await record.commit(actor, [
        { kind: 'delete', type, id, ...(ifMatch === undefined ? {} : { ifMatch }) },
      ])
    ).results[0]!; // one change, one result
  const result =
    demanded === '*'
      ? await onCurrent({ record, actor, type, id, demanded }, ({ version }) => take(version))
      : await take(demanded);
  return sendDeleted(reply, form, result, `${type}/${id}`);
};

/** DELETE [type]?[condition]: one match at most. Source: FHIR R4, RESTful API (conditional delete). */
export const conditionalDelete: Interaction = async (parts, request, reply) => {
  const actor = await parts.actorOf(request);
  const type = typeOf(pathOf(request)['type']);
  const query = queryOf(request);
  if (query === '')
    throw problem('invalid', `Say what to delete: DELETE ${type}/[id], or DELETE ${type}?[condition].`, {
      where: 'http.query',
    });
  refuseIfMatch(request);
  const form = conditionForm(request);
  const { results } = await parts.record.commit(actor, [{ kind: 'delete-where', type, query }]);
  const result = results[0]!; // one change, one result
  return sendDeleted(reply, form, result, result.stored ? `${type}/${result.stored.id}` : undefined);
};

/** 204; or 200 with an OperationOutcome where one is preferred. The same whether or not there was anything to delete. */
function sendDeleted(
  reply: FastifyReply,
  form: RequestForm,
  { outcome, stored }: Result,
  place: string | undefined,
): FastifyReply {
  if (stored) reply.header('etag', etagOf(stored.version));
  warn(reply, form);
  if (form.prefer.return !== 'OperationOutcome') return reply.code(204).send();
  const said =
    outcome === 'deleted'
      ? `${place} was deleted. Its earlier versions are in its history.`
      : place === undefined
        ? 'Nothing meets the condition, so nothing was deleted.'
        : `There was no ${place} to delete.`;
  return sendOutcome(reply, form, told(said));
}
