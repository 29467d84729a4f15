import { problem } from '../../platform/problem.ts';
import { idOf, typeOf } from './address.ts';
import { binaryText } from './binary.ts';
import { demandedVersion, onCurrent, refuseIfMatch, refuseIfNoneMatch } from './if-match.ts';
import { textOf } from './request-body.ts';
import { conditionForm, queryOf, requestForm } from './request-form.ts';
import { type Interaction, pathOf } from './rest-parts.ts';
import { sendWritten } from './write-answer.ts';

/** PUT [type]/[id]: a new version, or the first. Source: FHIR R4, RESTful API (update), (If-Match). */
export const update: Interaction = async (parts, request, reply) => {
  const { record } = parts;
  const actor = await parts.actorOf(request);
  const path = pathOf(request);
  const type = typeOf(path['type']);
  const id = idOf(path['id']);
  const form = requestForm(request);
  refuseIfNoneMatch(request);
  const demanded = demandedVersion(request);
  const text = binaryText(request, type, id) ?? textOf(request);
  const put = async (ifMatch: number | undefined) =>
    (
      await record.commit(actor, [
        { kind: 'update', type, id, text, ...(ifMatch === undefined ? {} : { ifMatch }) },
      ])
    ).results[0]!; // one change, one result
  const result =
    demanded === '*'
      ? await onCurrent({ record, actor, type, id, demanded }, ({ version }) => put(version))
      : await put(demanded);
  return sendWritten(reply, form, result, parts);
};

/** PUT [type]?[condition]. Source: FHIR R4, RESTful API (conditional update). */
export const conditionalUpdate: Interaction = async (parts, request, reply) => {
  const actor = await parts.actorOf(request);
  const type = typeOf(pathOf(request)['type']);
  const query = queryOf(request);
  if (query === '')
    throw problem('invalid', `Say what to update: PUT ${type}/[id], or PUT ${type}?[condition].`, {
      where: 'http.query',
    });
  const form = conditionForm(request);
  refuseIfMatch(request);
  refuseIfNoneMatch(request);
  const text = textOf(request);
  const { results } = await parts.record.commit(actor, [{ kind: 'update-where', type, query, text }]);
  return sendWritten(reply, form, results[0]!, parts); // one change, one result
};
