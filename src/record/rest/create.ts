import { readResource } from '../prepare.ts';
import { typeOf } from './address.ts';
import { binaryText } from './binary.ts';
import { textOf } from './request-body.ts';
import { requestForm } from './request-form.ts';
import { type Interaction, pathOf } from './rest-parts.ts';
import { sendWritten } from './write-answer.ts';

/** POST [type], with If-None-Exist a conditional create. Source: FHIR R4, RESTful API (create), . */
export const create: Interaction = async (parts, request, reply) => {
  const actor = await parts.actorOf(request);
  const type = typeOf(pathOf(request)['type']);
  const form = requestForm(request);
  const text = binaryText(request, type) ?? textOf(request);
  refuseOther(text, type);
  const condition = conditionOf(request.headers['if-none-exist']);
  const { results } = await parts.record.commit(actor, [
    { kind: 'create', text, ...(condition === undefined ? {} : { ifNoneExist: condition }) },
  ]);
  return sendWritten(reply, form, results[0]!, parts); // one change, one result
};

/** Refuses a body of another type than the address names. The usual beginning is recognised without parsing. */
function refuseOther(text: string, type: string): void {
  const quick = /^\s*\{\s*"resourceType"\s*:\s*"([A-Za-z]+)"/.exec(text);
  if (quick?.[1] !== type) readResource(text, type);
}

/** The query of If-None-Exist; some clients write the question mark too. */
function conditionOf(header: string | readonly string[] | undefined): string | undefined {
  const text = typeof header === 'string' ? header : header?.join(',');
  return text?.trim().replace(/^(?:[A-Za-z]+)?\?/, '');
}
